//! Finds the files that git neither knows nor ignores, and those that may have changed, without
//! asking git about every folder and every file.
//!
//! `git ls-files --others` reads ignore rules in every folder and compares every name with them:
//! most of the time of a small diff. Here the folders are read and compared with the index alone;
//! only what stands in them besides, seldom anything, is shown to git, which decides. Nothing that
//! git calls untracked is missed: it lies in a folder of the index, or below something that does.
//! On the way each file is compared with what the index noted of it, by all processors, where git
//! uses one for few files; what may have changed is shown to git too.

use std::num::NonZeroUsize;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::thread;

use crate::folder::{Entries, Folder};
use crate::git;
use crate::index::Index;

/// With more strangers than this git is asked about the whole tree: it compares each with every
/// file.
const MANY: usize = 32;

/// What compilers of Python leave behind, in every folder of a package: no source.
const COMPILED: &[u8] = b"__pycache__/";

/// What a tree has that its index does not.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// The untracked files, relative to the top.
    pub(crate) untracked: Vec<PathBuf>,
    /// The numbers of the files of the index that may have changed or are gone, ascending.
    pub(crate) changed: Vec<usize>,
}

/// Compares the tree at `top` with its index; what is never source is left out of what changed.
pub(crate) fn find(top: &Path, index: &Index) -> anyhow::Result<Found> {
    let known: Vec<&[u8]> = index.paths().collect();
    let Seen { strangers, mut changed } = compare(top, &known, Some(index));
    let untracked = ask(top, &strangers)?;
    changed.sort_unstable();
    Ok(Found { untracked, changed })
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
type Inside = (Vec<u8>, Range<usize>);

/// More threads than this do not make a file system faster.
const MAX_THREADS: usize = 4;

/// Folders that nobody has taken yet.
#[derive(Default)]
struct Queue {
    folders: Vec<Inside>,
    /// How many threads have folders of their own, and so may add some.
    running: usize,
}

/// Reads the folders of an index, whose paths are sorted.
fn compare(top: &Path, known: &[&[u8]], index: Option<&Index>) -> Seen {
    let queue = Queue { folders: vec![(Vec::new(), 0..known.len())], running: 0 };
    let (queue, more, waiting) = (&Mutex::new(queue), &Condvar::new(), &AtomicUsize::new(0));
    let next = || {
        let mut queued = queue.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(folder) = queued.folders.pop() {
                queued.running += 1;
                return Some(folder);
            }
            if queued.running == 0 {
                more.notify_all();
                return None;
            }
            waiting.fetch_add(1, Ordering::Relaxed);
            queued = more.wait(queued).unwrap_or_else(PoisonError::into_inner);
            waiting.fetch_sub(1, Ordering::Relaxed);
        }
    };
    let work = || {
        let mut reader = Reader {
            top,
            known,
            index,
            folders: Vec::new(),
            seen: Seen::default(),
            entries: Entries::default(),
            buffer: Vec::new(),
        };
        while let Some(folder) = next() {
            reader.folders.push(folder);
            while let Some(folder) = reader.folders.pop() {
                reader.read(&folder);
                // Asking costs less than a lock for each folder.
                if waiting.load(Ordering::Relaxed) > 0 && reader.folders.len() > 1 {
                    // The first ones are those with most below them.
                    let half = reader.folders.len().div_ceil(2);
                    let mut queued = queue.lock().unwrap_or_else(PoisonError::into_inner);
                    queued.folders.extend(reader.folders.drain(..half));
                    more.notify_all();
                }
            }
            queue.lock().unwrap_or_else(PoisonError::into_inner).running -= 1;
        }
        reader.seen
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
    folders: Vec<Inside>,
    seen: Seen,
    entries: Entries,
    buffer: Vec<u8>,
}

impl Reader<'_> {
    /// Reads one folder: which folders of the index lie in it, what is not in the index, and which
    /// files differ from it.
    fn read(&mut self, (folder, range): &Inside) {
        let mut entries = std::mem::take(&mut self.entries);
        let place = self.top.join(git::path(folder.clone()));
        // A folder that is gone has nothing untracked, one that cannot be read is passed over by
        // git as well.
        match Folder::open(place) {
            Ok(open) if open.read(&mut entries, &mut self.buffer).is_ok() => {
                self.merge(&open, &entries, folder, range);
            }
            _ => self.differ(range.clone()),
        }
        self.entries = entries;
    }

    /// Goes through the entries of a folder and the paths of the index together: both are sorted in
    /// the same way, the name of a folder with a `/` at its end.
    fn merge(&mut self, open: &Folder, entries: &Entries, folder: &[u8], range: &Range<usize>) {
        let mut at = range.start;
        for name in entries.iter().filter(|name| !matches!(*name, b".git/" | b".git" | COMPILED)) {
            let mut gone = at..at;
            while gone.end < range.end && self.name(gone.end, folder) < name {
                gone.end += 1;
            }
            at = gone.end;
            self.differ(gone);
            let is_folder = name.ends_with(b"/");
            let end = if is_folder { self.end(at, range.end, folder, name) } else { at + 1 };
            if at < end && at < range.end && self.name(at, folder) == name {
                if is_folder {
                    self.folders.push(([folder, name].concat(), at..end));
                } else if let Some(index) = self.index
                    && !git::is_never_source(name)
                    && index.may_differ(at, open.state(name).as_ref())
                {
                    self.seen.changed.push(at);
                }
                at = end;
                continue;
            }
            let path = [folder, name.strip_suffix(b"/").unwrap_or(name)].concat();
            let inside = self.known.get(range.clone()).unwrap_or_default();
            let place = inside.binary_search(&path.as_slice()).ok();
            // A submodule is known by its own name, and no file of it is.
            let is_module =
                |at: usize| self.index.is_some_and(|index| index.is_module(range.start + at));
            if !place.is_some_and(is_module) {
                self.seen.strangers.push(git::path(path));
            }
        }
        self.differ(at..range.end);
    }

    /// What a known path is called in a folder around it.
    fn name(&self, at: usize, folder: &[u8]) -> &[u8] {
        let path = self.known.get(at).copied().unwrap_or_default();
        let rest = path.get(folder.len()..).unwrap_or_default();
        let end = rest.iter().position(|byte| *byte == b'/').map_or(rest.len(), |end| end + 1);
        rest.get(..end).unwrap_or_default()
    }

    /// Where the known paths end that lie in the folder `name` of a folder, from the number `at` on.
    fn end(&self, at: usize, end: usize, folder: &[u8], name: &[u8]) -> usize {
        let rest = self.known.get(at..end).unwrap_or_default();
        let is_inside =
            |path: &&[u8]| path.get(folder.len()..).is_some_and(|inside| inside.starts_with(name));
        at + rest.partition_point(is_inside)
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
        // Whether `sub` is another repository or took the place of a file, git has to say.
        let expected = ["b/new.py", "gone-dir", "sub", "ven"].map(PathBuf::from);
        assert_eq!(found, expected);
    }
}
