//! Finds the files: walks folders in parallel, keeps ignore rules, reports what cannot be entered.
//!
//! `walk/tree.rs` goes through the folders, `walk/folder.rs` reads them, `walk/rules.rs` knows what
//! is ignored. As ripgrep does: `.gitignore`, `.ignore` and git's own exclude files hold, also outside a git
//! repository; hidden files and folders are skipped; links are not followed. As git does: the
//! rules of a `.gitignore` end at the root of a repository, whether the walk begins in it or meets
//! it. A path that is named is scanned whatever the rules say, and followed if it is a link: rules
//! from above a named folder hold unless they leave nothing of it to scan. Files go to `engine.rs`,
//! one visitor for each thread.

mod folder;
mod rules;
mod tree;

pub(crate) use folder::Met;

use std::collections::HashSet;
use std::io;
use std::num::NonZeroUsize;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use rules::{Fault, IGNORE_FILES, Rules};

use crate::config::Config;
use crate::diagnostic::{Problem, ProblemKind};

/// What a thread does with what the walk meets.
pub(crate) trait Visitor: Send {
    /// Whether a file of that name may be of interest: of others nothing is asked.
    fn wants(&self, name: &Path) -> bool;
    /// A regular file; `named` if the path itself was asked for. Returns whether it is a source
    /// file of a language that is scanned.
    fn file(&mut self, place: &Met<'_>, named: bool) -> bool;
    /// Something that cannot be entered.
    fn problem(&mut self, problem: Problem);
    /// The path as it is shown.
    fn shown(&self, path: &Path) -> String;
}

/// More threads than this do not help, and many more cannot be started.
const MAX_THREADS: usize = 256;
/// As many as ripgrep takes by itself.
const OWN_THREADS: usize = 12;

/// Walks all paths of `config`; `visitor` makes the visitor of a thread.
pub(crate) fn walk<V: Visitor>(config: &Config, visitor: impl Fn() -> V + Sync) {
    let mut folders = Vec::new();
    let only = config.only.as_ref().map(|files| Only::new(files));
    let mut first = visitor();
    for path in &config.paths {
        let full = plain(config, path);
        match full.metadata() {
            Ok(metadata) if metadata.is_dir() => folders.push(full),
            Ok(metadata) if metadata.is_file() => {
                if only.as_ref().is_none_or(|only| only.files.contains(&full)) {
                    first.file(&Met::named(&full), true);
                }
            }
            Ok(_) => {
                let shown = first.shown(&full);
                let message = "it is neither a file nor a folder";
                first.problem(Problem::new(shown, ProblemKind::Unreadable, message));
            }
            Err(error) => {
                let shown = first.shown(&full);
                first.problem(unreachable(&full, shown, &error));
            }
        }
    }
    drop(first);
    for folder in folders {
        let met = walk_folder(config, &folder, true, only.as_ref(), &visitor);
        if !met && only.is_none() && has_rules_above(&folder) {
            walk_folder(config, &folder, false, None, &visitor);
        }
    }
}

/// The path from the root of the file system, without `.`. Where paths are compared with others, `..`
/// is resolved too.
fn plain(config: &Config, path: &Path) -> PathBuf {
    let full: PathBuf = config.root.join(path).components().collect();
    let climbs = full.components().any(|part| part == Component::ParentDir);
    if climbs && (config.only.is_some() || !config.exclude.is_empty()) {
        return full.canonicalize().unwrap_or(full);
    }
    full
}

/// Walks a folder, under the rules of the folders above it or without them; returns whether there
/// was a source file.
fn walk_folder<V: Visitor>(
    config: &Config,
    folder: &Path,
    with_above: bool,
    only: Option<&Only>,
    visitor: &(impl Fn() -> V + Sync),
) -> bool {
    // What excludes a folder that was named was overruled by naming it.
    let is_excluded = excluded_above(config, folder);
    let exclude = (!is_excluded && !config.exclude.is_empty()).then_some(&config.exclude);
    // Patterns are those of a folder by its true name, whatever link led here.
    let real = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let keeps = |path: &dyn Fn() -> PathBuf, is_folder: bool| {
        if only.is_none() && config.skip.is_empty() && exclude.is_none() {
            return true;
        }
        let path = path();
        if only.is_some_and(|only| !only.leads_to(&path, is_folder))
            || (is_folder && config.skip.contains(&path))
        {
            return false;
        }
        exclude.is_none_or(|exclude| {
            let below = path.strip_prefix(folder).unwrap_or(&path);
            !exclude.covers(&real.join(below), is_folder)
        })
    };
    let mut first = visitor();
    let rules = rules_above(&real, with_above, &mut first);
    drop(first);
    let own = || std::thread::available_parallelism().map_or(1, NonZeroUsize::get).min(OWN_THREADS);
    let threads = config.threads.map_or_else(own, |threads| threads.get().min(MAX_THREADS));
    let start = tree::Start { path: folder.to_owned(), real: real.clone(), rules };
    tree::walk(start, threads, &keeps, visitor)
}

/// The rules that hold around a folder, which is named without links; `None` if none hold in it
/// and below, as a file above cannot be opened without waiting for ever.
fn rules_above(folder: &Path, with_above: bool, visitor: &mut impl Visitor) -> Option<Arc<Rules>> {
    let mut rules = Arc::new(Rules::global());
    if !with_above {
        return Some(rules);
    }
    let above: Vec<&Path> = folder.ancestors().skip(1).collect();
    for folder in above.into_iter().rev() {
        let mut faults = Vec::new();
        rules = Rules::above(&rules, folder, &mut faults);
        let is_trap = faults.iter().any(|(_, fault)| matches!(fault, Fault::Trap));
        for (path, fault) in &faults {
            // What is wrong far above concerns whoever scans there.
            if is_trap {
                report_fault(path, fault, visitor);
            }
        }
        if is_trap {
            return None;
        }
    }
    Some(rules)
}

/// Files that alone are to be met, and the folders on the way to them.
struct Only {
    files: HashSet<PathBuf>,
    folders: HashSet<PathBuf>,
}

impl Only {
    fn new(files: &[PathBuf]) -> Self {
        let above =
            |file: &PathBuf| file.ancestors().skip(1).map(Path::to_owned).collect::<Vec<_>>();
        let folders = files.iter().flat_map(above).collect();
        Self { files: files.iter().cloned().collect(), folders }
    }

    fn leads_to(&self, path: &Path, is_folder: bool) -> bool {
        if is_folder { self.folders.contains(path) } else { self.files.contains(path) }
    }
}

/// Whether the exclusions leave out a folder that was named, or one around it.
fn excluded_above(config: &Config, folder: &Path) -> bool {
    let real = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    real.ancestors().any(|above| config.exclude.covers(above, true))
}

/// Reports what hides the rules of a file.
fn report_fault(path: &Path, fault: &Fault, visitor: &mut impl Visitor) {
    let message = match fault {
        Fault::Folder => "it is a folder; it holds no rules".to_owned(),
        Fault::Trap => {
            "it is no regular file; no ignore rules hold in its folder and below".to_owned()
        }
        Fault::Rules(error) => match error.io_error() {
            Some(error) => format!("its rules do not hold: {}", sentence(&error.to_string())),
            None => return ignore_problems(error, path, None, visitor),
        },
    };
    let shown = visitor.shown(path);
    visitor.problem(Problem::new(shown, ProblemKind::IgnoreFile, message));
}

/// Whether a folder above holds rules that may concern `folder`.
fn has_rules_above(folder: &Path) -> bool {
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let holds =
        |above: &Path| IGNORE_FILES.iter().chain(&[".git"]).any(|name| above.join(name).exists());
    folder.ancestors().skip(1).any(holds)
}

/// Reports a link that is met and points nowhere, or to a folder around it.
fn examine_link(path: &Path, visitor: &mut impl Visitor) {
    let shown = visitor.shown(path);
    if let Some(problem) = link_problem(path, shown) {
        visitor.problem(problem);
    }
}

/// Reports each pattern that is wrong, with its file and line.
fn ignore_problems(
    error: &ignore::Error,
    path: &Path,
    line: Option<u64>,
    visitor: &mut impl Visitor,
) {
    let message = match error {
        ignore::Error::Partial(errors) => {
            for error in errors {
                ignore_problems(error, path, line, visitor);
            }
            return;
        }
        ignore::Error::WithPath { path, err } => return ignore_problems(err, path, line, visitor),
        ignore::Error::WithLineNumber { line, err } => {
            return ignore_problems(err, path, Some(*line), visitor);
        }
        ignore::Error::WithDepth { err, .. } => return ignore_problems(err, path, line, visitor),
        ignore::Error::Glob { glob: Some(glob), err } => {
            format!("the pattern `{}` is wrong: {}", shortened(glob), sentence(err))
        }
        other => sentence(&other.to_string()),
    };
    let mut problem = Problem::new(visitor.shown(path), ProblemKind::IgnoreFile, message);
    problem.line = line.and_then(|line| usize::try_from(line).ok());
    problem.column = problem.line.map(|_| 1);
    visitor.problem(problem);
}

/// What is wrong with a link that is met: it points nowhere, or to a folder around it.
fn link_problem(path: &Path, shown: String) -> Option<Problem> {
    match path.canonicalize() {
        Err(error) => Some(unreachable(path, shown, &error)),
        Ok(target) => {
            let around = path.parent()?.canonicalize().ok()?;
            around.starts_with(&target).then(|| {
                let message = "the link points to a folder that it lies in; it is not followed";
                Problem::new(shown, ProblemKind::LinkLoop, message)
            })
        }
    }
}

/// Says why a path cannot be read.
pub(crate) fn unreachable(path: &Path, shown: String, error: &io::Error) -> Problem {
    let link = path.symlink_metadata().is_ok_and(|metadata| metadata.is_symlink());
    let (kind, message) = match error.kind() {
        io::ErrorKind::NotFound if link => {
            let target = path.read_link().unwrap_or_default();
            let target = shortened(&target.to_string_lossy());
            (
                ProblemKind::BrokenLink,
                format!("the link points to `{target}`, which does not exist"),
            )
        }
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {
            (ProblemKind::NotFound, "no such file or folder".to_owned())
        }
        // The kind for this is not stable; its number on Unix systems is 40 or 62.
        _ if link && error.raw_os_error().is_some_and(|code| matches!(code, 40 | 62)) => {
            (ProblemKind::LinkLoop, "the link leads back to itself".to_owned())
        }
        _ => (ProblemKind::Unreadable, sentence(&error.to_string())),
    };
    Problem::new(shown, kind, message)
}

/// The first line of a foreign message, without its number.
fn sentence(message: &str) -> String {
    let line = message.lines().next().unwrap_or_default();
    let line = line.split(" (os error").next().unwrap_or(line).trim_end_matches('.');
    let mut line = line.to_owned();
    if let Some(first) = line.get_mut(..1) {
        first.make_ascii_lowercase();
    }
    line
}

fn shortened(text: &str) -> String {
    text.chars().take(64).collect()
}

/// Writes a path relative to `root` with `/`, or absolute if it lies outside. `.` is left out, `..`
/// resolved where no link stands before it; bytes that are no text are written `\xE9`.
pub(crate) fn shown(root: &Path, path: &Path) -> String {
    let full = root.join(path);
    let mut plain = PathBuf::new();
    for component in full.components() {
        match component {
            Component::CurDir => {}
            // Behind a link, `..` is not the folder that the link stands in.
            Component::ParentDir if plain.is_symlink() => plain.push(component),
            Component::ParentDir if plain.ends_with("..") => plain.push(component),
            Component::ParentDir => {
                plain.pop();
            }
            other => plain.push(other),
        }
    }
    let relative = plain.strip_prefix(root).unwrap_or(&plain);
    if relative.as_os_str().is_empty() {
        return ".".to_owned();
    }
    let text = escaped(relative);
    if std::path::MAIN_SEPARATOR == '/' { text } else { text.replace('\\', "/") }
}

fn escaped(path: &Path) -> String {
    use std::fmt::Write as _;
    let mut text = String::new();
    for chunk in path.as_os_str().as_encoded_bytes().utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            // Writing to a string cannot fail.
            let _ = write!(text, "\\x{byte:02X}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_shown_relative_without_dots() {
        let root = Path::new("/srv/project");
        let check = |path: &str, expected: &str| assert_eq!(shown(root, Path::new(path)), expected);
        check("./a/./b.py", "a/b.py");
        check("a/../b.py", "b.py");
        check("../other/b.py", "/srv/other/b.py");
        check("/srv/project/a.py", "a.py");
        check(".", ".");
    }

    #[cfg(unix)]
    #[test]
    fn bytes_that_are_no_text_are_kept_readable() {
        use std::os::unix::ffi::OsStrExt as _;
        let name = std::ffi::OsStr::from_bytes(b"caf\xe9.py");
        assert_eq!(shown(Path::new("/x"), Path::new(name)), r"caf\xE9.py");
    }
}
