//! Goes through a tree of folders with several threads.
//!
//! A thread takes a folder, reads it, hands its files to its visitor while the folder is open, and
//! puts the folders in it on a common stack: the last one comes next, so that few wait. The files
//! of a large folder are shared out. Nothing recurses, so that depth costs no stack.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;

use super::folder::{Entries, Folder, Kind, Met};
use super::rules::{Fault, Rules};
use super::{Visitor, examine_link, report_fault, unreachable};

/// How many files of a folder one thread takes; the rest of them is for whoever is free.
const SHARE: usize = 64;

/// What a thread is to do.
enum Work {
    Folder {
        path: PathBuf,
        /// The same without links, by which rules are asked; `None` if it is `path` itself.
        real: Option<PathBuf>,
        /// What holds around the folder; `None` if no rule holds in it.
        rules: Option<Arc<Rules>>,
    },
    /// Files of a large folder: a range of those that are met.
    Files(Arc<Large>, Range<usize>),
}

/// A folder with more files than one thread should take.
struct Large {
    folder: Folder,
    entries: Entries,
    /// The numbers of the entries that are met.
    files: Vec<usize>,
}

/// The folder that a walk begins with.
pub(super) struct Start {
    pub(super) path: PathBuf,
    pub(super) real: PathBuf,
    pub(super) rules: Option<Arc<Rules>>,
}

#[derive(Default)]
struct Queue {
    work: Vec<Work>,
    /// How many threads are at work, and so may add some.
    running: usize,
}

/// Visits everything below `start`; `keeps` says of what no rule ignores whether it is met, by its
/// path and whether it is a folder. Returns whether a source file was met.
pub(super) fn walk<V: Visitor>(
    start: Start,
    threads: usize,
    keeps: &(impl Fn(&dyn Fn() -> PathBuf, bool) -> bool + Sync),
    visitor: &(impl Fn() -> V + Sync),
) -> bool {
    let Start { path, real, rules } = start;
    let real = (real != path).then_some(real);
    let queue = Queue { work: vec![Work::Folder { path, real, rules }], running: 0 };
    let shared = Shared {
        queue: Mutex::new(queue),
        more: Condvar::new(),
        met_source: AtomicBool::new(false),
    };
    thread::scope(|scope| {
        let run = || Worker::new(&shared, keeps, visitor()).run();
        let others: Vec<_> = (1..threads)
            .map_while(|_| thread::Builder::new().spawn_scoped(scope, run).ok())
            .collect();
        run();
        for other in others {
            // A panic there is a panic here.
            other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        }
    });
    shared.met_source.into_inner()
}

struct Shared {
    queue: Mutex<Queue>,
    more: Condvar,
    met_source: AtomicBool,
}

impl Shared {
    /// Takes the last of what is to be done, waiting for it; `None` if nothing is left.
    fn next(&self) -> Option<Work> {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(work) = queue.work.pop() {
                queue.running += 1;
                return Some(work);
            }
            if queue.running == 0 {
                self.more.notify_all();
                return None;
            }
            queue = self.more.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Adds what was found while working.
    fn add(&self, found: &mut Vec<Work>) {
        if found.is_empty() {
            return;
        }
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        queue.work.append(found);
        self.more.notify_all();
    }
}

/// Marks a thread as at work no more, whatever ends its work.
struct AtWork<'a>(&'a Shared);

impl Drop for AtWork<'_> {
    fn drop(&mut self) {
        let mut queue = self.0.queue.lock().unwrap_or_else(PoisonError::into_inner);
        queue.running -= 1;
        if queue.running == 0 && queue.work.is_empty() {
            self.0.more.notify_all();
        }
    }
}

struct Worker<'a, V, K> {
    shared: &'a Shared,
    keeps: &'a K,
    visitor: V,
    entries: Entries,
    buffer: Vec<u8>,
    files: Vec<usize>,
    found: Vec<Work>,
    met_source: bool,
}

impl<'a, V: Visitor, K: Fn(&dyn Fn() -> PathBuf, bool) -> bool> Worker<'a, V, K> {
    fn new(shared: &'a Shared, keeps: &'a K, visitor: V) -> Self {
        let (entries, buffer, files, found) = Default::default();
        Self { shared, keeps, visitor, entries, buffer, files, found, met_source: false }
    }

    fn run(mut self) {
        while let Some(work) = self.shared.next() {
            let _at_work = AtWork(self.shared);
            match work {
                Work::Folder { path, real, rules } => {
                    self.folder(path, real.as_deref(), rules.as_ref());
                }
                Work::Files(large, range) => {
                    let Large { folder, entries, files } = &*large;
                    self.files(folder, entries, files.get(range).unwrap_or_default());
                }
            }
        }
        self.shared.met_source.fetch_or(self.met_source, Ordering::Relaxed);
    }

    fn folder(&mut self, path: PathBuf, real: Option<&Path>, rules: Option<&Arc<Rules>>) {
        let folder = match Folder::open(path) {
            Ok(folder) => folder,
            Err((path, error)) => {
                let problem = unreachable(&path, self.visitor.shown(&path), &error);
                self.visitor.problem(problem);
                return;
            }
        };
        let mut entries = std::mem::take(&mut self.entries);
        if let Err(error) = folder.read(&mut entries, &mut self.buffer) {
            let problem = unreachable(&folder.path, self.visitor.shown(&folder.path), &error);
            self.visitor.problem(problem);
        }
        let real = real.unwrap_or(&folder.path);
        let mut faults = Vec::new();
        // Where nothing holds, what is wrong with it is said all the same.
        let none = rules.is_none().then(|| Arc::new(Rules::none()));
        let around = rules.or(none.as_ref());
        let inside = around.map(|rules| Rules::inside(rules, real, &entries, &mut faults));
        let inside = inside.filter(|_| rules.is_some());
        let is_trap = faults.iter().any(|(_, fault)| matches!(fault, Fault::Trap));
        for (path, fault) in &faults {
            report_fault(path, fault, &mut self.visitor);
        }
        let rules = inside.filter(|_| !is_trap);
        let mut files = std::mem::take(&mut self.files);
        self.sort(&folder, real, &entries, rules.as_ref(), &mut files);
        if files.len() <= SHARE {
            self.shared.add(&mut self.found);
            self.files(&folder, &entries, &files);
            (self.entries, self.files) = (entries, files);
            return;
        }
        // Put on top of the folders: the storage of their names and the open folder go first.
        let count = files.len();
        let large = Arc::new(Large { folder, entries, files });
        let shares = (SHARE..count).step_by(SHARE);
        let shares = shares.map(|from| from..(from + SHARE).min(count));
        self.found.extend(shares.map(|share| Work::Files(Arc::clone(&large), share)));
        self.shared.add(&mut self.found);
        self.files(&large.folder, &large.entries, large.files.get(..SHARE).unwrap_or_default());
    }

    /// Goes through what stands in a folder: folders are to be done, files are written down.
    fn sort(
        &mut self,
        folder: &Folder,
        real: &Path,
        entries: &Entries,
        rules: Option<&Arc<Rules>>,
        files: &mut Vec<usize>,
    ) {
        files.clear();
        let asked = rules.filter(|rules| !rules.is_empty());
        let mut path = real.to_owned();
        for (at, (name, kind)) in entries.iter().enumerate() {
            let is_folder = kind == Kind::Folder;
            // Most files of most trees are of no language.
            if kind == Kind::Other || (kind == Kind::File && !self.visitor.wants(Path::new(name))) {
                continue;
            }
            let is_ignored = match asked {
                None => name.as_encoded_bytes().first() == Some(&b'.'),
                Some(rules) => {
                    path.push(name);
                    let is_ignored = rules.ignores(&path, name, is_folder);
                    path.pop();
                    is_ignored
                }
            };
            if is_ignored || !(self.keeps)(&|| folder.path.join(name), is_folder) {
                continue;
            }
            match kind {
                Kind::File => files.push(at),
                Kind::Folder => {
                    let path = folder.path.join(name);
                    let real = (*real != *folder.path).then(|| real.join(name));
                    self.found.push(Work::Folder { path, real, rules: rules.cloned() });
                }
                Kind::Link => examine_link(&folder.path.join(name), &mut self.visitor),
                Kind::Other => {}
            }
        }
    }

    fn files(&mut self, folder: &Folder, entries: &Entries, files: &[usize]) {
        for (name, _) in files.iter().filter_map(|at| entries.entry(*at)) {
            self.met_source |= self.visitor.file(&Met { folder: Some(folder), name }, false);
        }
    }
}

#[cfg(test)]
#[expect(
    clippy::disallowed_methods,
    reason = "a tree that is there for a test is written as it comes"
)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::Mutex;

    use ignore::WalkBuilder;
    use proptest::prelude::*;

    use super::*;
    use crate::config::Config;
    use crate::diagnostic::Problem;
    use crate::walk;

    struct Seen<'a>(&'a Mutex<BTreeSet<PathBuf>>);

    impl Visitor for Seen<'_> {
        fn wants(&self, _name: &Path) -> bool {
            true
        }

        fn file(&mut self, met: &Met<'_>, _named: bool) -> bool {
            assert!(self.0.lock().unwrap().insert(met.path()), "{met:?} is met twice");
            true
        }

        fn problem(&mut self, _problem: Problem) {}

        fn shown(&self, path: &Path) -> String {
            path.display().to_string()
        }
    }

    fn seen(folder: &Path, threads: usize) -> BTreeSet<PathBuf> {
        let mut config = Config::new(folder, [folder.to_owned()]);
        config.threads = std::num::NonZeroUsize::new(threads);
        let seen = Mutex::new(BTreeSet::new());
        walk::walk(&config, || Seen(&seen));
        seen.into_inner().unwrap()
    }

    /// What ripgrep's own walk meets.
    fn expected(folder: &Path, is_repository: bool) -> BTreeSet<PathBuf> {
        let walk = WalkBuilder::new(folder).require_git(is_repository).build();
        let files = walk.flatten().filter(|entry| entry.file_type().is_some_and(|k| k.is_file()));
        files.map(ignore::DirEntry::into_path).collect()
    }

    const NAMES: [&str; 9] = ["a", "b", "c.py", "d.py", "build", ".hidden", "x_pb2.py", "a.b", "-"];
    const PATTERNS: [&str; 20] = [
        "*.py",
        "a/",
        "/a",
        "!c.py",
        "build/",
        "**/b",
        "a/**",
        "!.hidden",
        "*_pb2.py",
        "/b/*.py",
        "!/b/c.py",
        "# a",
        "",
        "a/b",
        "a.*",
        "\\-",
        "!a/",
        "**/build/**/c.py",
        "?",
        "!*",
    ];

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(100))]

        /// In one repository, and in a tree that is none, files are met as ripgrep meets them.
        #[test]
        fn files_are_met_as_ripgrep_meets_them(
            files in proptest::collection::vec(
                proptest::collection::vec(proptest::sample::select(NAMES.to_vec()), 1..5), 1..30),
            rules in proptest::collection::vec((
                proptest::collection::vec(proptest::sample::select(NAMES.to_vec()), 0..3),
                any::<bool>(),
                proptest::collection::vec(proptest::sample::select(PATTERNS.to_vec()), 1..4),
            ), 0..6),
            exclude in proptest::option::of(proptest::sample::select(PATTERNS.to_vec())),
            is_repository in any::<bool>(),
            below in proptest::option::of(proptest::sample::select(NAMES.to_vec())),
        ) {
            let temporary = tempfile::tempdir().unwrap();
            // The name of a temporary folder is hidden, and the walk begins in a folder all the same.
            let root = temporary.path().canonicalize().unwrap().join("root");
            std::fs::create_dir(&root).unwrap();
            if is_repository {
                std::fs::create_dir_all(root.join(".git/info")).unwrap();
                std::fs::write(root.join(".git/info/exclude"), exclude.unwrap_or("")).unwrap();
            }
            for parts in &files {
                let path: PathBuf = std::iter::once(root.clone()).chain(parts.iter().map(PathBuf::from)).collect();
                // One name may be a file here and a folder there.
                let _ = std::fs::create_dir_all(path.parent().unwrap());
                let _ = std::fs::write(&path, "");
            }
            for (folder, is_git, patterns) in &rules {
                let folder: PathBuf = std::iter::once(root.clone()).chain(folder.iter().map(PathBuf::from)).collect();
                let name = if *is_git { ".gitignore" } else { ".ignore" };
                let _ = std::fs::write(folder.join(name), patterns.join("\n"));
            }
            let mut start = root.clone();
            if let Some(name) = below.filter(|name| root.join(name).is_dir()) {
                start = root.join(name);
            }
            let expected = expected(&start, is_repository);
            // Where rules from above leave nothing, a named folder is scanned without them.
            if !expected.is_empty() {
                prop_assert_eq!(&seen(&start, 1), &expected);
                prop_assert_eq!(&seen(&start, 3), &expected);
            }
        }
    }

    #[test]
    fn the_files_of_a_large_folder_are_each_met_once() {
        let temporary = tempfile::tempdir().unwrap();
        for number in 0..=SHARE * 3 {
            std::fs::write(temporary.path().join(format!("f{number}.py")), "").unwrap();
        }
        let folder = temporary.path().canonicalize().unwrap();
        assert_eq!(seen(&folder, 4).len(), SHARE * 3 + 1);
    }
}
