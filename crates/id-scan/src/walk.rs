//! Finds the files: walks folders in parallel, keeps ignore rules, reports what cannot be entered.
//!
//! As ripgrep does: `.gitignore`, `.ignore` and git's own exclude files hold, also outside a git
//! repository; hidden files and folders are skipped; links are not followed. As git does: the
//! rules of a `.gitignore` end at the root of a repository, whether the walk begins in it or meets
//! it. A path that is named is scanned whatever the rules say, and followed if it is a link: rules
//! from above a named folder hold unless they leave nothing of it to scan. Files go to `engine.rs`,
//! one visitor for each thread.

use std::collections::HashSet;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use ignore::{WalkBuilder, WalkState};

use crate::config::{Config, Exclude};
use crate::diagnostic::{Problem, ProblemKind};

/// What a thread does with what the walk meets.
pub(crate) trait Visitor: Send {
    /// A regular file; `named` if the path itself was asked for. Returns whether it is a source
    /// file of a language that is scanned.
    fn file(&mut self, path: &Path, named: bool) -> bool;
    /// Something that cannot be entered.
    fn problem(&mut self, problem: Problem);
    /// The path as it is shown.
    fn shown(&self, path: &Path) -> String;
}

/// More threads than this do not help, and many more cannot be started.
const MAX_THREADS: usize = 256;

/// Which ignore files hold in a walk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rules {
    /// Those above the folder, and its own.
    Above,
    /// Those of the folder and below it.
    Own,
    /// None: one of them cannot be opened without waiting for ever.
    None,
}

/// The files that hold rules.
const IGNORE_FILES: [&str; 2] = [".gitignore", ".ignore"];

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
                    first.file(&full, true);
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
        let met = walk_folder(config, &folder, Rules::Above, only.as_ref(), &visitor);
        if !met && only.is_none() && has_rules_above(&folder) {
            walk_folder(config, &folder, Rules::Own, None, &visitor);
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

/// Walks a folder and the repositories in it; returns whether there was a source file.
fn walk_folder<V: Visitor>(
    config: &Config,
    folder: &Path,
    rules: Rules,
    only: Option<&Only>,
    visitor: &(impl Fn() -> V + Sync),
) -> bool {
    // What excludes a folder that was named was overruled by naming it.
    let is_excluded = excluded_above(config, folder);
    let exclude = if is_excluded { Exclude::default() } else { config.exclude.clone() };
    let met_source = AtomicBool::new(false);
    let mut starts = vec![(folder.to_owned(), rules)];
    while let Some((start, mut rules)) = starts.pop() {
        let mut first = visitor();
        // The walker reads the rules above a folder in any case, to look for a repository.
        if has_trap_above(&start, &mut first) || examine_rules(&start, &mut first) {
            rules = Rules::None;
        }
        drop(first);
        let mut builder = WalkBuilder::new(&start);
        builder.threads(config.threads.map_or(0, |threads| threads.get().min(MAX_THREADS)));
        // The walker keeps the rules of each repository to itself only if it may do so for all.
        let by_repository = rules == Rules::Above && in_repository(&start);
        builder.require_git(by_repository).parents(rules == Rules::Above);
        if rules == Rules::None {
            builder.standard_filters(false).hidden(true);
        }
        // What has to be walked on its own: repositories elsewhere, and folders of rules that
        // cannot be opened.
        let apart = Arc::new(Mutex::new(Vec::new()));
        let mine = Arc::clone(&apart);
        let exclude = exclude.clone();
        // Patterns are those of a folder by its true name, whatever link led here.
        let (named, real) = (start.clone(), start.canonicalize().unwrap_or_else(|_| start.clone()));
        let only = only.cloned();
        builder.filter_entry(move |entry| {
            let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
            if only.as_ref().is_some_and(|only| !only.leads_to(entry.path(), is_folder)) {
                return false;
            }
            if entry.depth() > 0 && !exclude.is_empty() {
                let below = entry.path().strip_prefix(&named).unwrap_or(entry.path());
                if exclude.covers(&real.join(below), is_folder) {
                    return false;
                }
            }
            if rules == Rules::None || !is_folder || entry.depth() == 0 {
                return true;
            }
            let stays = !has_trap(entry.path()) && (by_repository || !is_repository(entry.path()));
            if !stays {
                let mut mine = mine.lock().unwrap_or_else(PoisonError::into_inner);
                mine.push((entry.path().to_owned(), rules));
            }
            stays
        });
        builder.build_parallel().run(|| {
            let (mut visitor, met_source) = (visitor(), &met_source);
            Box::new(move |entry| {
                match entry {
                    Ok(entry) => {
                        if met(&entry, &mut visitor) {
                            met_source.store(true, Ordering::Relaxed);
                        }
                    }
                    Err(error) => {
                        let problem = walk_problem(&error, None, &visitor);
                        visitor.problem(problem);
                    }
                }
                WalkState::Continue
            })
        });
        starts.append(&mut apart.lock().unwrap_or_else(PoisonError::into_inner));
    }
    met_source.into_inner()
}

/// Files that alone are to be met, and the folders on the way to them.
#[derive(Clone)]
struct Only {
    files: Arc<HashSet<PathBuf>>,
    folders: Arc<HashSet<PathBuf>>,
}

impl Only {
    fn new(files: &[PathBuf]) -> Self {
        let above =
            |file: &PathBuf| file.ancestors().skip(1).map(Path::to_owned).collect::<Vec<_>>();
        let folders = files.iter().flat_map(above).collect();
        Self { files: Arc::new(files.iter().cloned().collect()), folders: Arc::new(folders) }
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

/// Whether a folder is the root of a repository.
fn is_repository(folder: &Path) -> bool {
    folder.join(".git").exists() || folder.join(".jj").exists()
}

/// Whether a folder lies in a repository or is its root.
fn in_repository(folder: &Path) -> bool {
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    folder.ancestors().any(is_repository)
}

/// Whether opening a file of rules in a folder may never end: it is neither a file nor a folder.
fn has_trap(folder: &Path) -> bool {
    let is_trap = |name: &&str| {
        let metadata = folder.join(name).metadata();
        metadata.is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir())
    };
    IGNORE_FILES.iter().any(is_trap)
}

/// Whether such a file lies above a folder; it is reported.
fn has_trap_above(folder: &Path, visitor: &mut impl Visitor) -> bool {
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let found = folder.ancestors().skip(1).find(|above| has_trap(above));
    found.is_some_and(|above| examine_rules(above, visitor))
}

/// Reports the files of rules in a folder that cannot be read; returns whether one is a trap.
fn examine_rules(folder: &Path, visitor: &mut impl Visitor) -> bool {
    let mut is_trap = false;
    for path in IGNORE_FILES.map(|name| folder.join(name)) {
        let Ok(metadata) = path.metadata() else { continue };
        let message = if metadata.is_dir() {
            "it is a folder; it holds no rules".to_owned()
        } else if !metadata.is_file() {
            is_trap = true;
            "it is no regular file; no ignore rules hold in its folder and below".to_owned()
        } else if let Err(error) = std::fs::File::open(&path) {
            format!("its rules do not hold: {}", sentence(&error.to_string()))
        } else {
            continue;
        };
        let shown = visitor.shown(&path);
        visitor.problem(Problem::new(shown, ProblemKind::IgnoreFile, message));
    }
    is_trap
}

/// Whether a folder above holds rules that may concern `folder`.
fn has_rules_above(folder: &Path) -> bool {
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let holds =
        |above: &Path| IGNORE_FILES.iter().chain(&[".git"]).any(|name| above.join(name).exists());
    folder.ancestors().skip(1).any(holds)
}

/// Hands on what the walk has met; returns whether it is a source file.
fn met(entry: &ignore::DirEntry, visitor: &mut impl Visitor) -> bool {
    if let Some(error) = entry.error() {
        ignore_problems(error, entry.path(), None, visitor);
    }
    if entry.depth() > 0 && entry.file_type().is_some_and(|kind| kind.is_dir()) {
        examine_rules(entry.path(), visitor);
    }
    let Some(kind) = entry.file_type() else { return false };
    if kind.is_file() {
        return visitor.file(entry.path(), false);
    }
    if kind.is_symlink() {
        let shown = visitor.shown(entry.path());
        if let Some(problem) = link_problem(entry.path(), shown) {
            visitor.problem(problem);
        }
    }
    false
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

fn walk_problem(error: &ignore::Error, path: Option<&Path>, visitor: &impl Visitor) -> Problem {
    match error {
        ignore::Error::WithPath { path, err } => walk_problem(err, Some(path), visitor),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => {
            walk_problem(err, path, visitor)
        }
        other => {
            let place = path.unwrap_or(Path::new(""));
            let shown = visitor.shown(place);
            match other {
                ignore::Error::Io(error) => unreachable(place, shown, error),
                other => Problem::new(shown, ProblemKind::IgnoreFile, sentence(&other.to_string())),
            }
        }
    }
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
