//! Finds the files that git neither knows nor ignores, and those that may have changed, without
//! asking git about every folder and every file.
//!
//! `git ls-files --others` reads ignore rules in every folder and compares every name with them:
//! most of the time of a small diff. Here the folders are read and compared with the index alone;
//! only what stands in them besides, seldom anything, is shown to git, which decides. Nothing that
//! git calls untracked is missed: it lies in a folder of the index, or below something that does.
//! On the way each file is compared with what the index noted of it, by all processors, where git
//! uses one for few files; what may have changed is shown to git too.

use std::fs;
use std::num::NonZeroUsize;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, PoisonError};
use std::thread;

use crate::git;
use crate::index::Index;

/// With more strangers than this git is asked about the whole tree: it compares each with every
/// file.
const MANY: usize = 32;

/// What compilers of Python leave behind, in every folder of a package: no source.
const COMPILED: &[u8] = b"__pycache__";

/// What a tree has that its index does not.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// The untracked files, relative to the top.
    pub(crate) untracked: Vec<PathBuf>,
    /// The files of the index that may have changed or are gone, relative to the top.
    pub(crate) changed: Vec<PathBuf>,
}

/// Compares the tree at `top` with its index; what is never source is left out of what changed.
pub(crate) fn find(top: &Path, index: &Index) -> anyhow::Result<Found> {
    let known: Vec<&[u8]> = index.paths().collect();
    let Seen { strangers, mut changed } = compare(top, &known, Some(index));
    let untracked = ask(top, &strangers)?;
    changed.sort_unstable();
    let path = |at: &usize| known.get(*at).map(|path| git::path(path.to_vec()));
    Ok(Found { untracked, changed: changed.iter().filter_map(path).collect() })
}

/// Returns the untracked files of the tree at `top`, relative to it; `known` are the paths of its
/// index, each ended by a zero byte.
pub(crate) fn untracked(top: &Path, known: &[u8]) -> anyhow::Result<Vec<PathBuf>> {
    let mut known: Vec<&[u8]> =
        known.split(|&byte| byte == 0).filter(|path| !path.is_empty()).collect();
    if !known.is_sorted() {
        known.sort_unstable();
    }
    ask(top, &compare(top, &known, None).strangers)
}

/// Asks git about what the index does not know.
fn ask(top: &Path, strangers: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
    match strangers.len() {
        0 => Ok(Vec::new()),
        1..=MANY => git::untracked_among(top, strangers),
        _ => git::untracked_among(top, &[]),
    }
}

/// What stands in the folders of an index and is not in it, and the numbers of its files that may
/// have changed.
#[derive(Debug, Default)]
struct Seen {
    strangers: Vec<PathBuf>,
    changed: Vec<usize>,
}

/// A folder of the index with its last `/`, and which of the known paths lie in it.
type Folder = (Vec<u8>, Range<usize>);

/// More threads than this do not make a file system faster.
const MAX_THREADS: usize = 4;

/// Folders that are to be read, and how many are being read.
#[derive(Default)]
struct Queue {
    folders: Vec<Folder>,
    running: usize,
}

/// Reads the folders of an index, whose paths are sorted.
fn compare(top: &Path, known: &[&[u8]], index: Option<&Index>) -> Seen {
    let queue = Queue { folders: vec![(Vec::new(), 0..known.len())], running: 0 };
    let (queue, more) = (&Mutex::new(queue), &Condvar::new());
    let work = || {
        let mut reader = Reader { top, known, index, folders: Vec::new(), seen: Seen::default() };
        loop {
            let mut queued = queue.lock().unwrap_or_else(PoisonError::into_inner);
            let folder = loop {
                if let Some(folder) = queued.folders.pop() {
                    break folder;
                }
                if queued.running == 0 {
                    return reader.seen;
                }
                queued = more.wait(queued).unwrap_or_else(PoisonError::into_inner);
            };
            queued.running += 1;
            drop(queued);
            reader.read(&folder);
            let mut queued = queue.lock().unwrap_or_else(PoisonError::into_inner);
            queued.folders.append(&mut reader.folders);
            queued.running -= 1;
            more.notify_all();
        }
    };
    let count = thread::available_parallelism().map_or(1, NonZeroUsize::get).min(MAX_THREADS);
    thread::scope(|scope| {
        let running: Vec<_> = (1..count).map(|_| scope.spawn(work)).collect();
        let mut seen = work();
        for part in running {
            let part = part.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            seen.strangers.extend(part.strangers);
            seen.changed.extend(part.changed);
        }
        seen
    })
}

/// The part of a thread.
struct Reader<'a> {
    top: &'a Path,
    known: &'a [&'a [u8]],
    index: Option<&'a Index>,
    /// Folders that are to be read next.
    folders: Vec<Folder>,
    seen: Seen,
}

impl Reader<'_> {
    /// Reads one folder: which folders of the index lie in it, what is not in the index, and which
    /// files differ from it.
    fn read(&mut self, (folder, range): &Folder) {
        let inside = self.known.get(range.clone()).unwrap_or_default();
        // A folder that is gone has nothing untracked, one that cannot be read is passed over by
        // git as well.
        let Ok(entries) = fs::read_dir(self.top.join(git::path(folder.clone()))) else {
            self.differ(range.clone());
            return;
        };
        // What of the index was met: files by their numbers, folders by those of their files.
        let mut met: Vec<Range<usize>> = Vec::new();
        for entry in entries.flatten() {
            let name = entry.file_name();
            let name = name.as_encoded_bytes();
            if matches!(name, b".git" | COMPILED) {
                continue;
            }
            let mut path = folder.clone();
            path.extend_from_slice(name);
            let place = inside.partition_point(|known| *known < path.as_slice());
            // A submodule is known by its own name too.
            if inside.get(place) == Some(&path.as_slice()) {
                let at = range.start + place;
                met.push(at..at + 1);
                if let Some(index) = self.index
                    && !git::is_never_source(&path)
                    && index.may_differ(at, entry.metadata().ok().as_ref())
                {
                    self.seen.changed.push(at);
                }
                continue;
            }
            path.push(b'/');
            let from = inside.partition_point(|known| *known < path.as_slice());
            let rest = inside.get(from..).unwrap_or_default();
            let count = rest.partition_point(|known| known.starts_with(&path));
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            if count > 0 && is_folder {
                let from = range.start + from;
                met.push(from..from + count);
                self.folders.push((path, from..from + count));
            } else {
                path.pop();
                self.seen.strangers.push(git::path(path));
            }
        }
        if self.index.is_some() {
            met.sort_unstable_by_key(|part| part.start);
            let mut next = range.start;
            for part in met {
                self.differ(next..part.start);
                next = part.end;
            }
            self.differ(next..range.end);
        }
    }

    /// Notes files of the index that are not there.
    fn differ(&mut self, gone: Range<usize>) {
        let Some(index) = self.index else { return };
        for at in gone {
            let path = self.known.get(at).copied().unwrap_or_default();
            if !git::is_never_source(path) && index.may_differ(at, None) {
                self.seen.changed.push(at);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use id_testkit::TempProject;

    use super::*;

    #[test]
    fn what_the_index_does_not_know_is_a_stranger() {
        let mut project = TempProject::new();
        for name in [
            "a.py",
            "b/c.py",
            "b/new.py",
            "b/__pycache__/c.pyc",
            "b-c/d.py",
            "ven/x/y.py",
            "gone-dir",
            "sub/x.py",
        ] {
            project = project.file(name, "");
        }
        let known: [&[u8]; 7] =
            [b"a.py", b"b-c/d.py", b"b/c.py", b"b/gone.py", b"gone-dir/x.py", b"gone/x.py", b"sub"];
        let mut found = compare(project.path(), &known, None).strangers;
        found.sort();
        let expected = ["b/new.py", "gone-dir", "ven"].map(PathBuf::from);
        assert_eq!(found, expected);
    }
}
