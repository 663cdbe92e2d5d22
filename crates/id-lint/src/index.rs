//! Reads git's index: which files it knows, and how they looked when it was written.
//!
//! Only what tells whether a file may have changed is read. What is not understood - an index in
//! two files, folders instead of files, a newer version - gives nothing, and git is asked instead.
//!
//! Specification: <https://git-scm.com/docs/index-format>. Used by `git.rs` and `untracked.rs`.

use std::fs;
use std::path::Path;

use crate::folder::State;

/// The files that an index knows, sorted by their paths.
#[derive(Debug, Default)]
pub(crate) struct Index {
    /// All paths, one after the other.
    paths: Vec<u8>,
    entries: Vec<Entry>,
    /// The names of the texts of the files, one after the other, and how long each is.
    objects: Vec<u8>,
    hash: usize,
    /// The name of the tree that a commit of the index would have, if that is known.
    tree: Option<Vec<u8>>,
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
        let written = State::of(&file.metadata().ok()?).mtime;
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
        let mut index = Self { hash, written, ..Self::default() };
        index.entries.reserve(count.min(bytes.len() / 60));
        index.objects.reserve(hash * count.min(bytes.len() / 60));
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
            index.objects.extend_from_slice(bytes.get(first + 40..first + 40 + hash)?);
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
            let len = usize::try_from(number(bytes, at + 4)?).ok()?;
            if name == b"TREE" {
                index.tree = root_tree(bytes.get(at + 8..)?.get(..len)?, hash);
            }
            at += 8 + len;
        }
        let is_sorted = index.paths().is_sorted();
        (at + hash == bytes.len() && is_sorted).then_some(index)
    }

    fn start(&self, at: usize) -> usize {
        at.checked_sub(1).and_then(|at| self.entries.get(at)).map_or(0, |entry| entry.end)
    }

    /// The path of that number.
    pub(crate) fn path(&self, at: usize) -> &[u8] {
        let end = self.entries.get(at).map_or(0, |entry| entry.end);
        self.paths.get(self.start(at)..end).unwrap_or_default()
    }

    /// The name of the text of a file, in hexadecimal digits.
    pub(crate) fn object(&self, at: usize) -> String {
        let start = at * self.hash;
        hex(self.objects.get(start..start + self.hash).unwrap_or_default())
    }

    /// Whether an entry is a regular file, neither a link nor another repository.
    pub(crate) fn is_text(&self, at: usize) -> bool {
        self.entries.get(at).is_some_and(|entry| matches!(entry.mode, 0o100_644 | 0o100_755))
    }

    /// Whether an entry is another repository.
    pub(crate) fn is_module(&self, at: usize) -> bool {
        self.entries.get(at).is_some_and(|entry| entry.mode == 0o160_000)
    }

    /// The name of the tree that a commit of the index would have; `None` where git has not noted
    /// it, as after `git add`.
    pub(crate) fn tree(&self) -> Option<String> {
        self.tree.as_deref().map(hex)
    }

    /// All paths, from the top of the tree.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.entries.len()).map(|at| self.path(at))
    }

    /// Whether the file of that number may be another one than the index knows; `None` says that it
    /// is gone.
    pub(crate) fn may_differ(&self, at: usize, found: Option<&State>) -> bool {
        let Some(entry) = self.entries.get(at) else { return true };
        if entry.is_assumed {
            return false;
        }
        let Some(found) = found else { return true };
        let low = |number: i64| (number & 0xffff_ffff).cast_unsigned();
        let same = |time: (i64, i64), known: (u32, u32)| {
            low(time.0) == u64::from(known.0) && low(time.1) == u64::from(known.1)
        };
        let is_executable = found.mode & 0o100 != 0;
        let is_mode = match (found.mode & 0o170_000, entry.mode) {
            (0o100_000, 0o100_644) => !is_executable,
            (0o100_000, 0o100_755) => is_executable,
            (0o120_000, 0o120_000) => true,
            _ => false,
        };
        // A file that is as young as the index may have changed after it was looked at.
        let is_settled = found.mtime < self.written;
        !(is_settled
            && is_mode
            && same(found.mtime, entry.mtime)
            && same(found.ctime, entry.ctime)
            && found.size & 0xffff_ffff == u64::from(entry.size)
            && found.inode & 0xffff_ffff == u64::from(entry.inode))
    }
}

/// The first tree of the extension that notes trees: an empty path, how many files it covers or -1
/// if it is not known, how many trees lie in it, and its name.
fn root_tree(extension: &[u8], hash: usize) -> Option<Vec<u8>> {
    let rest = extension.strip_prefix(b"\0")?;
    let line = rest.iter().position(|byte| *byte == b'\n')?;
    let known = !rest.starts_with(b"-");
    known.then(|| rest.get(line + 1..line + 1 + hash).map(<[u8]>::to_vec)).flatten()
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    let digit = |value: u8| DIGITS.get(usize::from(value)).copied().unwrap_or_default();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
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
                let staged = git(top, &["ls-files", "--stage"]);
                let objects: Vec<_> = (0..paths.len()).map(|at| index.object(at)).collect();
                let known = staged.lines().filter_map(|line| line.split(' ').nth(1));
                assert_eq!(objects, known.collect::<Vec<_>>(), "version {version} {format}");
                // A file that is only meant to be there is in no tree.
                if version == "3" {
                    assert_eq!(index.tree(), None);
                    continue;
                }
                let author = ["-c", "user.name=a", "-c", "user.email=a@example.org"];
                git(top, &[&author[..], &["commit", "-q", "-m", "all"]].concat());
                let tree = git(top, &["rev-parse", "HEAD^{tree}"]);
                let index = Index::read(top).unwrap();
                assert_eq!(index.tree().as_deref(), Some(tree.trim()));
                std::fs::write(top.join("a.py"), "other").unwrap();
                git(top, &["add", "a.py"]);
                assert_eq!(Index::read(top).unwrap().tree(), None);
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
        let state = |name: &str| top.join(name).symlink_metadata().ok().as_ref().map(State::of);
        let differs =
            |index: &Index, at: usize, name: &str| index.may_differ(at, state(name).as_ref());
        // A file that is as young as the index may have changed after it was looked at.
        let written = state("a.py").unwrap().mtime;
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
