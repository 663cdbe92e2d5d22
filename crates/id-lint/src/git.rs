//! Asks git what changed. Nothing of a repository is walked here; git answers from its index, and
//! `untracked.rs` reads folders for what is not in it, `objects.rs` the texts before.
//!
//! Programs that a repository's configuration names (external diffs, text conversions, pagers) are
//! never run. What git answers goes to `commands/changes.rs`.

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;

use anyhow::Context as _;
use id_scan::Change;

use crate::exit::Usage;
use crate::index::Index;
use crate::objects::Objects;
use crate::untracked;

/// A state of a tree against another one.
#[derive(Debug, Default)]
pub(crate) struct Diff {
    /// The top of the working tree, which the paths are relative to.
    pub(crate) top: PathBuf,
    /// What changed, as git shows it.
    pub(crate) text: Vec<u8>,
    /// What changed besides.
    pub(crate) changes: Vec<Change>,
    /// Files that git does not know and does not ignore, relative to the top.
    pub(crate) untracked: Vec<PathBuf>,
}

/// How a diff has to look, whatever is configured.
const DIFF: [&str; 11] = [
    "diff",
    "--unified=0",
    "--find-renames",
    "--diff-filter=d",
    "--no-color",
    "--no-ext-diff",
    "--no-textconv",
    "--no-relative",
    "--src-prefix=a/",
    "--dst-prefix=b/",
    "--ignore-submodules=all",
];

/// Endings of what is never source: git looks at every other file, and this is half of many a tree.
const NEVER: [&str; 14] = [
    "css", "csv", "gif", "html", "jpg", "json", "md", "mo", "png", "po", "rst", "svg", "txt",
    "yaml",
];

/// Whether a path ends as what is never source does.
pub(crate) fn is_never_source(path: &[u8]) -> bool {
    let dot = path.iter().rev().take(6).position(|&byte| byte == b'.');
    let ending = dot.and_then(|back| path.get(path.len() - back..));
    ending.is_some_and(|ending| NEVER.iter().any(|never| never.as_bytes() == ending))
}

/// So many changed files are named to git; of more it is asked as a whole.
const MANY: usize = 500;

/// What changed in the working tree since the common ancestor with `reference`.
pub(crate) fn since(folder: &Path, reference: &str) -> anyhow::Result<Diff> {
    let top = Top::of(folder)?;
    // What cannot be found in this way is asked of git, which also says what is wrong.
    if let Top::Known(top) = &top
        && std::env::var_os("GIT_INDEX_FILE").is_none()
        && let Some(diff) = since_by_index(top, reference)
    {
        return Ok(diff);
    }
    since_by_git(folder, top, reference)
}

/// The same, where the index at `top` is understood.
fn since_by_index(top: &Path, reference: &str) -> Option<Diff> {
    let mut objects = Objects::start(top)?;
    objects.ask(&["HEAD^{commit}".to_owned(), format!("{reference}^{{commit}}")])?;
    let index = Index::read(top)?;
    let (head, base) = (objects.next("commit")?, objects.next("commit")?);
    // Where the index is the ancestor, the tree has to be compared with the index alone.
    let staged = index.tree().map(|tree| format!("tree {tree}\n"));
    let is_staged = |tree: String| head.content.starts_with(tree.as_bytes());
    if head.name != base.name || !staged.is_some_and(is_staged) {
        return since_by_names(top, &index, reference);
    }
    let found = untracked::find(top, &index).ok()?;
    let diff = Diff { top: top.to_owned(), untracked: found.untracked, ..Diff::default() };
    if found.changed.is_empty() {
        return Some(diff);
    }
    if found.changed.len() <= MANY
        && !has_filters(top, &index)
        && let Some(changes) = changes(top, &index, &found.changed, &mut objects)
    {
        return Some(Diff { changes, ..diff });
    }
    diff_by_index(top, &index, reference, &found.changed).map(|text| Diff { text, ..diff })
}

/// The same, where the index may be another than the ancestor.
fn since_by_names(top: &Path, index: &Index, reference: &str) -> Option<Diff> {
    let names = ["diff", "--name-only", "-z", "--no-renames", "--no-relative", "--no-ext-diff"];
    let names = [&names[..], &["--ignore-submodules=all", "--cached", "--merge-base"]].concat();
    let staged = start(top, &[&names[..], &["--end-of-options", reference, "--"]].concat()).ok()?;
    let found = untracked::find(top, index);
    let staged = end(staged);
    let (found, staged) = (found.ok()?, staged.ok()?);
    let is_same = staged.iter().all(|&byte| byte == 0);
    let diff = Diff { top: top.to_owned(), untracked: found.untracked, ..Diff::default() };
    let text = if is_same {
        diff_by_index(top, index, reference, &found.changed)?
    } else {
        // Git is slow at showing a few files of another commit.
        diff_by_git(top, reference).ok()?
    };
    Some(Diff { text, ..diff })
}

/// What git says of files that differ from the index.
fn diff_by_index(top: &Path, index: &Index, reference: &str, files: &[usize]) -> Option<Vec<u8>> {
    if files.is_empty() {
        return Some(Vec::new());
    }
    if files.len() > MANY {
        return diff_by_git(top, reference).ok();
    }
    let mut command = command(top, &[&DIFF[..], &["--"]].concat());
    command.env("GIT_LITERAL_PATHSPECS", "1");
    command.args(files.iter().map(|at| path(index.path(*at).to_vec())));
    command.spawn().ok().and_then(|child| end(child).ok())
}

/// Compares files with the texts that the index knows of them.
fn changes(
    top: &Path,
    index: &Index,
    files: &[usize],
    objects: &mut Objects,
) -> Option<Vec<Change>> {
    let place = |at: usize| path(index.path(at).to_vec());
    let is_there = |at: &usize| {
        let found = top.join(place(*at)).symlink_metadata();
        index.is_text(*at) && found.is_ok_and(|found| found.is_file())
    };
    let files: Vec<usize> = files.iter().copied().filter(is_there).collect();
    let names: Vec<String> = files.iter().map(|at| index.object(*at)).collect();
    let texts = objects.texts(&names)?;
    let mut changes = Vec::new();
    for (at, old) in files.into_iter().zip(texts) {
        let place = place(at);
        // What cannot be read is said by git.
        let new = std::fs::read(top.join(&place)).ok()?;
        if new != old {
            changes.push(Change::between(place, &old, &new));
        }
    }
    Some(changes)
}

/// Whether texts may stand in the repository in another form than in the folder: a program that git
/// calls changes them on their way, or their encoding. Ends of lines do not count.
fn has_filters(top: &Path, index: &Index) -> bool {
    const FILE: &[u8] = b".gitattributes";
    let known = index.paths().filter(|path| path.ends_with(FILE));
    let mut files: Vec<PathBuf> = known.map(|known| top.join(path(known.to_vec()))).collect();
    files.extend([".gitattributes", ".git/info/attributes"].map(|name| top.join(name)));
    // The folder of another working tree does not hold what all share.
    let is_shared = !top.join(".git").is_dir();
    is_shared
        || files.iter().any(|file| match std::fs::read(file) {
            Ok(text) => {
                let text = String::from_utf8_lossy(&text);
                text.contains("filter") || text.contains("encoding")
            }
            Err(error) => error.kind() != std::io::ErrorKind::NotFound,
        })
}

/// The diff of the whole tree, but for what is never source.
fn diff_by_git(folder: &Path, reference: &str) -> anyhow::Result<Vec<u8>> {
    let excluded: Vec<String> =
        NEVER.iter().map(|ending| format!(":(top,exclude)*.{ending}")).collect();
    let with = |merge_base: &[&'static str]| {
        let mut words: Vec<&str> = DIFF.to_vec();
        words.extend(merge_base);
        words.extend(["--end-of-options", reference, "--", ":(top)"]);
        words.extend(excluded.iter().map(String::as_str));
        start(folder, &words).and_then(end)
    };
    with(&["--merge-base"]).or_else(|error| {
        // A shallow clone has no common ancestor, and a tree or an old git knows no such thing.
        with(&[]).map_err(|_| error)
    })
}

/// The same, by git alone.
fn since_by_git(folder: &Path, top: Top, reference: &str) -> anyhow::Result<Diff> {
    // Everything runs at once: each takes some milliseconds.
    let diff = || diff_by_git(folder, reference);
    let (text, others) = thread::scope(|scope| {
        let diff = scope.spawn(diff);
        let known = start(folder, &["ls-files", "-z", "--full-name", ":/"]);
        let others = top.read().and_then(|top| {
            let known = known.and_then(end)?;
            let untracked = untracked::untracked(&top, &known)?;
            Ok((top, untracked))
        });
        (diff.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), others)
    });
    let text = text.map_err(|error| {
        let help = "name a commit, branch or tag that `git rev-parse` knows; in a shallow clone, fetch it first";
        error.context(Usage::new(format!("the changes since `{reference}` cannot be read"), help))
    });
    let (top, untracked) = others?;
    Ok(Diff { top, text: text?, untracked, ..Diff::default() })
}

/// Which of `paths` are untracked files or hold some, as git sees it; of no paths, the whole tree.
pub(crate) fn untracked_among(top: &Path, paths: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
    let words = ["ls-files", "--others", "--exclude-standard", "--full-name", "-z", "--"];
    let mut command = command(top, &words);
    command.env("GIT_LITERAL_PATHSPECS", "1").args(paths);
    let names = command.spawn().context("git cannot be run").and_then(end)?;
    let names = names.split(|&byte| byte == 0).filter(|name| !name.is_empty());
    Ok(names.map(|name| path(name.to_vec())).collect())
}

/// What the next commit would change.
pub(crate) fn staged(folder: &Path) -> anyhow::Result<Diff> {
    let top = Top::of(folder)?;
    let mut words = DIFF.to_vec();
    words.push("--cached");
    let text = start(folder, &words).and_then(end);
    let top = top.read()?;
    Ok(Diff { top, text: text?, ..Diff::default() })
}

/// Reads files as they are staged, by their paths from the top; `None` for one that is not.
pub(crate) fn staged_texts(top: &Path, paths: &[PathBuf]) -> anyhow::Result<Vec<Option<Vec<u8>>>> {
    if paths.is_empty() {
        return Ok(Vec::new());
    }
    let mut child = command(top, &["cat-file", "--batch", "-z"])
        .stdin(Stdio::piped())
        .spawn()
        .context("git cannot be run")?;
    let mut input = child.stdin.take().context("git takes no input")?;
    let mut asked = Vec::new();
    for path in paths {
        asked.extend_from_slice(b":");
        asked.extend_from_slice(path.as_os_str().as_encoded_bytes());
        asked.push(0);
    }
    // While git writes what it was asked first, it does not read what it is asked next.
    let writer = thread::spawn(move || input.write_all(&asked));
    let answer = end(child)?;
    let _ = writer.join();
    let mut rest = answer.as_slice();
    let mut texts = Vec::with_capacity(paths.len());
    for _ in paths {
        let line_len =
            rest.iter().position(|&byte| byte == b'\n').context("git's answer is cut off")?;
        let (line, after) = rest.split_at(line_len);
        rest = after.get(1..).unwrap_or_default();
        let line = String::from_utf8_lossy(line);
        let size = line.rsplit(' ').next().and_then(|size| size.parse::<usize>().ok());
        let Some(size) = size.filter(|_| line.contains(" blob ")) else {
            texts.push(None);
            continue;
        };
        let text = rest.get(..size).context("git's answer is cut off")?;
        texts.push(Some(text.to_vec()));
        rest = rest.get(size + 1..).unwrap_or_default();
    }
    Ok(texts)
}

/// The top of the working tree around a folder; `None` if there is none, or no git.
pub(crate) fn top(folder: &Path) -> Option<PathBuf> {
    start(folder, &["rev-parse", "--show-toplevel"]).and_then(end).ok().map(path)
}

/// The states of a file in the history of the present commit, oldest first, each with its time in
/// seconds since 1970: at most `count` of them, evenly spread. Empty where there is no history.
pub(crate) fn history(file: &Path, count: usize) -> Vec<(i64, Vec<u8>)> {
    let (Some(folder), Some(name)) =
        (file.parent(), file.file_name().and_then(|name| name.to_str()))
    else {
        return Vec::new();
    };
    let words = ["log", "--first-parent", "--format=%H %ct", "--max-count=5000", "--", name];
    let Ok(log) = start(folder, &words).and_then(end) else { return Vec::new() };
    let log = String::from_utf8_lossy(&log).into_owned();
    let commits: Vec<_> = log.lines().rev().filter_map(|line| line.split_once(' ')).collect();
    let last = commits.len().saturating_sub(1);
    let steps = count.min(commits.len());
    let chosen = (0..steps).filter_map(|step| {
        let at = if steps < 2 { last } else { step * last / (steps - 1) };
        commits.get(at)
    });
    chosen
        .filter_map(|(commit, time)| {
            let blob = format!("{commit}:./{name}");
            let text = start(folder, &["cat-file", "blob", &blob]).and_then(end).ok()?;
            Some((time.parse().ok()?, text))
        })
        .collect()
}

/// The top of a working tree, or git being asked for it.
enum Top {
    Known(PathBuf),
    Asked(Child),
}

impl Top {
    fn of(folder: &Path) -> anyhow::Result<Self> {
        // Git has to be asked only where it was told of another tree.
        let told = ["GIT_DIR", "GIT_WORK_TREE"].iter().any(|name| std::env::var_os(name).is_some());
        let found = folder.ancestors().find(|above| above.join(".git").exists());
        Ok(match found {
            Some(top) if !told => Self::Known(top.to_owned()),
            _ => Self::Asked(start(folder, &["rev-parse", "--show-toplevel"])?),
        })
    }

    fn read(self) -> anyhow::Result<PathBuf> {
        match self {
            Self::Known(top) => Ok(top),
            Self::Asked(child) => end(child).map(path),
        }
    }
}

pub(crate) fn command(folder: &Path, words: &[&str]) -> Command {
    let mut command = Command::new("git");
    // A file system monitor is a program too.
    let settings = ["-c", "core.quotePath=false", "-c", "core.fsmonitor=false", "--no-pager"];
    command.arg("-C").arg(folder).args(settings).args(words);
    command.env("LC_ALL", "C").env("GIT_OPTIONAL_LOCKS", "0");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn start(folder: &Path, words: &[&str]) -> anyhow::Result<Child> {
    command(folder, words).spawn().context("git cannot be run")
}

/// Reads what a program writes until it ends.
fn end(mut child: Child) -> anyhow::Result<Vec<u8>> {
    let mut errors = child.stderr.take();
    let reader = thread::spawn(move || {
        let mut text = Vec::new();
        if let Some(errors) = &mut errors {
            // What cannot be read cannot be told.
            let _ = errors.read_to_end(&mut text);
        }
        text
    });
    let mut output = Vec::new();
    if let Some(stdout) = &mut child.stdout {
        stdout.read_to_end(&mut output).context("git's answer cannot be read")?;
    }
    let status = child.wait().context("git cannot be waited for")?;
    let errors = reader.join().unwrap_or_default();
    if !status.success() {
        let errors = String::from_utf8_lossy(&errors);
        let first = errors.lines().next().unwrap_or("it gave no reason");
        let reason = first.trim_start_matches("fatal: ").trim_start_matches("error: ");
        return Err(Usage::new(
            format!("git failed: {reason}"),
            "run this in a repository that git can read",
        )
        .into());
    }
    Ok(output)
}

/// A path as git writes it.
pub(crate) fn path(mut bytes: Vec<u8>) -> PathBuf {
    while bytes.last().is_some_and(|byte| matches!(byte, b'\n' | b'\r')) {
        bytes.pop();
    }
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStringExt as _;
        PathBuf::from(std::ffi::OsString::from_vec(bytes))
    }
    #[cfg(not(unix))]
    {
        PathBuf::from(String::from_utf8_lossy(&bytes).into_owned())
    }
}
