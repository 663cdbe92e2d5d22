//! Reads git's index: which files it knows, and how they looked when it was written.
//!
//! Only what tells whether a file may have changed is read. What is not understood - an index in
//! two files, folders instead of files, a newer version - gives nothing, and git is asked instead.
//!
//! Specification: <https://git-scm.com/docs/index-format>. Used by `untracked.rs`.

use std::fs::{self, Metadata};
use std::path::Path;

/// The files that an index knows, sorted by their paths.
#[derive(Debug, Default)]
pub(crate) struct Index {
    /// All paths, one after the other.
    paths: Vec<u8>,
    entries: Vec<Entry>,
    /// When the index was written: a file that is as young may have changed since without a trace.
    written: (i64, i64),
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    end: usize,
    mtime: (u32, u32),
    ctime: (u32, u32),
    inode: u32,
    size: u32,
    mode: u32,
    /// The working tree is not to be asked about the file.
    is_assumed: bool,
}

/// The lengths of the names of objects: SHA-1 and SHA-256.
const HASHES: [usize; 2] = [20, 32];

impl Index {
    /// Reads the index of the repository at `top`; `None` if it is not understood.
    pub(crate) fn read(top: &Path) -> Option<Self> {
        let git = top.join(".git");
        let git = if git.is_file() {
            let text = fs::read_to_string(&git).ok()?;
            top.join(text.lines().next()?.strip_prefix("gitdir: ")?)
        } else {
            git
        };
        let file = git.join("index");
        let written = times(&file.metadata().ok()?).0;
        let bytes = fs::read(&file).ok()?;
        HASHES.into_iter().find_map(|hash| Self::parse(&bytes, hash, written))
    }

    fn parse(bytes: &[u8], hash: usize, written: (i64, i64)) -> Option<Self> {
        let version = number(bytes, 4)?;
        if bytes.get(..4)? != b"DIRC" || !(2..=4).contains(&version) {
            return None;
        }
        let count = usize::try_from(number(bytes, 8)?).ok()?;
        // An entry takes more than 60 bytes.
        let mut index = Self { written, ..Self::default() };
        index.entries.reserve(count.min(bytes.len() / 60));
        let mut at = 12;
        let mut before = 0usize..0;
        for _ in 0..count {
            let first = at;
            let field = |place: usize| number(bytes, first + 4 * place);
            let mode = field(6)?;
            let flags = number(bytes, at + 40 + hash - 2)? & 0xffff;
            let mut name = at + 42 + hash;
            let mut extended = 0;
            if flags & 0x4000 != 0 {
                extended = number(bytes, name - 2)? & 0xffff;
                name += 2;
            }
            let start = index.paths.len();
            if version == 4 {
                let (cut, rest) = offset(bytes, name)?;
                let kept: usize = before.end - before.start;
                index.paths.extend_from_within(before.start..before.start + kept.checked_sub(cut)?);
                name = rest;
            }
            let rest = bytes.get(name..)?;
            let length = rest.iter().position(|byte| *byte == 0)?;
            index.paths.extend_from_slice(rest.get(..length)?);
            at = match version {
                4 => name + length + 1,
                // Entries are padded with 1 to 8 zero bytes.
                _ => at + ((name + length - at + 8) & !7),
            };
            let end = index.paths.len();
            before = start..end;
            // A folder that stands for all its files, or a state of a merge.
            if mode == 0o040_000 || flags & 0x3000 != 0 {
                return None;
            }
            let is_assumed = flags & 0x8000 != 0 || extended & 0x4000 != 0 || mode == 0o160_000;
            index.entries.push(Entry {
                end,
                ctime: (field(0)?, field(1)?),
                mtime: (field(2)?, field(3)?),
                inode: field(5)?,
                mode,
                size: field(9)?,
                is_assumed,
            });
        }
        // The extensions, then the hash of all: a wrong length of hashes does not come out even.
        while at + hash < bytes.len() {
            let name = bytes.get(at..at + 4)?;
            // The rest of the files stands elsewhere.
            if name == b"link" || name == b"sdir" {
                return None;
            }
            at += 8 + usize::try_from(number(bytes, at + 4)?).ok()?;
        }
        let is_sorted = index.paths().is_sorted();
        (at + hash == bytes.len() && is_sorted).then_some(index)
    }

    fn start(&self, at: usize) -> usize {
        at.checked_sub(1).and_then(|at| self.entries.get(at)).map_or(0, |entry| entry.end)
    }

    /// The path of that number.
    fn path(&self, at: usize) -> &[u8] {
        let end = self.entries.get(at).map_or(0, |entry| entry.end);
        self.paths.get(self.start(at)..end).unwrap_or_default()
    }

    /// All paths, from the top of the tree.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.entries.len()).map(|at| self.path(at))
    }

    /// Whether the file of that number may be another one than the index knows; `None` says that it
    /// is gone.
    pub(crate) fn may_differ(&self, at: usize, found: Option<&Metadata>) -> bool {
        let Some(entry) = self.entries.get(at) else { return true };
        if entry.is_assumed {
            return false;
        }
        let Some(found) = found else { return true };
        let (mtime, ctime) = times(found);
        let low = |number: i64| (number & 0xffff_ffff).cast_unsigned();
        let same = |time: (i64, i64), known: (u32, u32)| {
            low(time.0) == u64::from(known.0) && low(time.1) == u64::from(known.1)
        };
        // A file that is as young as the index may have changed after it was looked at.
        let is_settled = mtime < self.written;
        !(is_settled
            && same(mtime, entry.mtime)
            && same(ctime, entry.ctime)
            && found.len() & 0xffff_ffff == u64::from(entry.size)
            && is_mode(found, entry.mode)
            && inode(found) & 0xffff_ffff == u64::from(entry.inode))
    }
}

/// Four bytes as a number.
fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..at + 4)?;
    Some(u32::from_be_bytes(bytes.try_into().ok()?))
}

/// A number of any length, as packs have it, and where it ends.
fn offset(bytes: &[u8], mut at: usize) -> Option<(usize, usize)> {
    let mut byte = *bytes.get(at)?;
    let mut value = usize::from(byte & 0x7f);
    while byte & 0x80 != 0 {
        at += 1;
        byte = *bytes.get(at)?;
        value = value.checked_add(1)?.checked_mul(128)?.checked_add(usize::from(byte & 0x7f))?;
    }
    Some((value, at + 1))
}

/// When a file was changed, and when what is said of it was: seconds and nanoseconds.
#[cfg(unix)]
fn times(found: &Metadata) -> ((i64, i64), (i64, i64)) {
    use std::os::unix::fs::MetadataExt as _;
    ((found.mtime(), found.mtime_nsec()), (found.ctime(), found.ctime_nsec()))
}

#[cfg(unix)]
fn inode(found: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(found)
}

#[cfg(unix)]
fn is_mode(found: &Metadata, mode: u32) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let is_executable = found.mode() & 0o100 != 0;
    match mode {
        0o100_644 => found.is_file() && !is_executable,
        0o100_755 => found.is_file() && is_executable,
        0o120_000 => found.is_symlink(),
        _ => false,
    }
}

/// Elsewhere nothing of a file tells that it is the same: git is asked.
#[cfg(not(unix))]
fn times(_found: &Metadata) -> ((i64, i64), (i64, i64)) {
    ((i64::MAX, 0), (0, 0))
}

#[cfg(not(unix))]
fn inode(_found: &Metadata) -> u64 {
    u64::MAX
}

#[cfg(not(unix))]
fn is_mode(_found: &Metadata, _mode: u32) -> bool {
    false
}

#[cfg(test)]
#[expect(
    clippy::disallowed_methods,
    reason = "a tree that is there for a test is written as it comes"
)]
mod tests {
    use std::process::Command;

    use id_testkit::TempProject;

    use super::*;

    fn git(folder: &Path, words: &[&str]) -> String {
        let mut command = Command::new("git");
        command.arg("-C").arg(folder).args(words).env("GIT_CONFIG_GLOBAL", "/dev/null");
        let output = command.output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    #[test]
    fn every_version_of_an_index_is_read_as_git_reads_it() {
        for version in ["2", "3", "4"] {
            for format in ["sha1", "sha256"] {
                let mut project = TempProject::new();
                for name in
                    ["a.py", "b/c.py", "b/c/d.py", "b/cd.py", "deep/er/and/deeper/still/x.py"]
                {
                    project = project.file(name, name);
                }
                let top = project.path();
                git(top, &["init", "-q", "--object-format", format]);
                git(top, &["add", "."]);
                if version == "3" {
                    std::fs::write(top.join("meant.py"), "").unwrap();
                    git(top, &["add", "--intent-to-add", "meant.py"]);
                }
                git(top, &["update-index", "--index-version", version]);
                let index = Index::read(top).unwrap();
                let paths: Vec<_> =
                    index.paths().map(|path| String::from_utf8(path.to_vec()).unwrap()).collect();
                let listed = git(top, &["ls-files"]);
                assert_eq!(paths, listed.lines().collect::<Vec<_>>(), "version {version} {format}");
            }
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_changed_is_never_taken_for_the_same() {
        let project = TempProject::new().file("a.py", "one").file("b.py", "two").file("c.py", "3");
        let top = project.path();
        git(top, &["init", "-q"]);
        git(top, &["add", "."]);
        let index = Index::read(top).unwrap();
        let differs = |index: &Index, at: usize, name: &str| {
            index.may_differ(at, top.join(name).symlink_metadata().ok().as_ref())
        };
        // A file that is as young as the index may have changed after it was looked at.
        let written = times(&top.join("a.py").symlink_metadata().unwrap()).0;
        let young = Index { written, ..Index::read(top).unwrap() };
        assert!(differs(&young, 0, "a.py"));
        // An index that is written later knows them for sure.
        let later = Index { written: (i64::MAX, 0), ..index };
        assert!(!differs(&later, 0, "a.py") && !differs(&later, 1, "b.py"));
        std::fs::write(top.join("a.py"), "uno").unwrap();
        std::fs::remove_file(top.join("b.py")).unwrap();
        std::os::unix::fs::symlink("a.py", top.join("b.py")).unwrap();
        std::fs::remove_file(top.join("c.py")).unwrap();
        assert!(differs(&later, 0, "a.py"), "same size, written anew");
        assert!(differs(&later, 1, "b.py"), "a link in its place");
        assert!(differs(&later, 2, "c.py"), "gone");
    }

    #[test]
    fn what_is_no_index_is_not_understood() {
        for bytes in [&b""[..], b"DIRC", b"DIRC\0\0\0\x09\0\0\0\0", &[0xff; 200]] {
            assert!(HASHES.iter().all(|hash| Index::parse(bytes, *hash, (0, 0)).is_none()));
        }
        let mut huge = b"DIRC\0\0\0\x02\xff\xff\xff\xff".to_vec();
        huge.extend([0; 100]);
        assert!(Index::parse(&huge, 20, (0, 0)).is_none());
    }
}
