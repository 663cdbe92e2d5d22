//! Finds the files that git neither knows nor ignores, without asking git about every folder.
//!
//! `git ls-files --others` reads ignore rules in every folder and compares every name with them:
//! most of the time of a small diff. Here the folders are read and compared with the index alone;
//! only what stands in them besides, seldom anything, is shown to git, which decides. Nothing that
//! git calls untracked is missed: it lies in a folder of the index, or below something that does.

use std::fs;
use std::num::NonZeroUsize;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, PoisonError};
use std::thread;

use crate::git;

/// With more strangers than this git is asked about the whole tree: it compares each with every
/// file.
const MANY: usize = 32;

/// What compilers of Python leave behind, in every folder of a package: no source.
const COMPILED: &[u8] = b"__pycache__";

/// Returns the untracked files of the tree at `top`, relative to it; `known` are the paths of its
/// index, each ended by a zero byte.
pub(crate) fn find(top: &Path, known: &[u8]) -> anyhow::Result<Vec<PathBuf>> {
    let mut known: Vec<&[u8]> =
        known.split(|&byte| byte == 0).filter(|path| !path.is_empty()).collect();
    if !known.is_sorted() {
        known.sort_unstable();
    }
    let strangers = strangers(top, &known);
    match strangers.len() {
        0 => Ok(Vec::new()),
        1..=MANY => git::untracked_among(top, &strangers),
        _ => git::untracked_among(top, &[]),
    }
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

/// What stands in the folders of the index, which is sorted, and is not in it.
fn strangers(top: &Path, known: &[&[u8]]) -> Vec<PathBuf> {
    let queue = Queue { folders: vec![(Vec::new(), 0..known.len())], running: 0 };
    let (queue, more) = (&Mutex::new(queue), &Condvar::new());
    let work = || {
        let mut strangers = Vec::new();
        let mut inner = Vec::new();
        loop {
            let mut queued = queue.lock().unwrap_or_else(PoisonError::into_inner);
            let folder = loop {
                if let Some(folder) = queued.folders.pop() {
                    break folder;
                }
                if queued.running == 0 {
                    return strangers;
                }
                queued = more.wait(queued).unwrap_or_else(PoisonError::into_inner);
            };
            queued.running += 1;
            drop(queued);
            read(top, known, &folder, &mut inner, &mut strangers);
            let mut queued = queue.lock().unwrap_or_else(PoisonError::into_inner);
            queued.folders.append(&mut inner);
            queued.running -= 1;
            more.notify_all();
        }
    };
    let count = thread::available_parallelism().map_or(1, NonZeroUsize::get).min(MAX_THREADS);
    thread::scope(|scope| {
        let running: Vec<_> = (1..count).map(|_| scope.spawn(work)).collect();
        let mut strangers = work();
        for part in running {
            strangers.extend(part.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        strangers
    })
}

/// Reads one folder: which folders of the index lie in it, and what is not in the index.
fn read(
    top: &Path,
    known: &[&[u8]],
    (folder, range): &Folder,
    folders: &mut Vec<Folder>,
    strangers: &mut Vec<PathBuf>,
) {
    let inside = known.get(range.clone()).unwrap_or_default();
    // A folder that is gone has nothing untracked, one that cannot be read is passed over by git
    // as well.
    let Ok(entries) = fs::read_dir(top.join(git::path(folder.clone()))) else { return };
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
            continue;
        }
        path.push(b'/');
        let from = inside.partition_point(|known| *known < path.as_slice());
        let rest = inside.get(from..).unwrap_or_default();
        let count = rest.partition_point(|known| known.starts_with(&path));
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if count > 0 && is_folder {
            let from = range.start + from;
            folders.push((path, from..from + count));
        } else {
            path.pop();
            strangers.push(git::path(path));
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
        let mut found = strangers(project.path(), &known);
        found.sort();
        let expected = ["b/new.py", "gone-dir", "ven"].map(PathBuf::from);
        assert_eq!(found, expected);
    }
}
