//! Reads unified diffs: which files changed, which lines are new, and what a file was before.
//!
//! Takes what `git diff` writes, with any prefixes, quoted names, renames and files without a last
//! end of line, and what `diff -u` writes. What a file was before follows from what it is and the
//! diff alone, so that nothing has to be asked of a repository. Nothing is read here: texts in,
//! texts out. The caller compares the findings of both texts.

use std::ops::Range;
use std::path::PathBuf;

use bstr::ByteSlice as _;

use crate::error::{ScanError, ScanErrorKind};

/// The change of one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Change {
    /// The path after the change, as the diff names it without the prefixes `a/` and `b/`.
    pub path: PathBuf,
    /// The path before; `None` if the file is new.
    pub old_path: Option<PathBuf>,
    hunks: Vec<Hunk>,
    /// Lines of the new file that are new, from 1, ascending.
    new_lines: Vec<Range<usize>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Hunk {
    /// The first line in the new file, from 1; with no new lines, the line before it.
    new_start: usize,
    new_len: usize,
    lines: Vec<Line>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Line {
    mark: Mark,
    /// With its end, unless the file ends without one.
    text: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    Both,
    Old,
    New,
}

impl Change {
    /// Whether a line of the new file, from 1, was added or changed.
    #[must_use]
    pub fn is_new_line(&self, line: usize) -> bool {
        let after = self.new_lines.partition_point(|lines| lines.end <= line);
        self.new_lines.get(after).is_some_and(|lines| lines.contains(&line))
    }

    /// Whether nothing was taken away: every old line is still there.
    #[must_use]
    pub fn only_adds(&self) -> bool {
        self.hunks.iter().flat_map(|hunk| &hunk.lines).all(|line| line.mark != Mark::Old)
    }

    /// Returns the change from one text to another of the file `path`, whose name stayed.
    ///
    /// Lines that differ in their ends alone, `\r\n` and `\n`, are the same: a repository may hold
    /// others than a folder. Texts that are far apart count as one change of all lines between the
    /// first and the last that differ.
    ///
    /// ```
    /// let change = id_scan::Change::between("x.py".into(), b"a\nb\n", b"a\nc\n");
    /// assert!(!change.is_new_line(1) && change.is_new_line(2));
    /// assert_eq!(change.before(b"a\nc\n").as_deref(), Some(&b"a\nb\n"[..]));
    /// ```
    #[must_use]
    pub fn between(path: PathBuf, old: &[u8], new: &[u8]) -> Self {
        let old: Vec<&[u8]> = old.lines_with_terminator().collect();
        let new: Vec<&[u8]> = new.lines_with_terminator().collect();
        let mut hunks = Vec::new();
        let (mut at_old, mut at_new) = (0, 0);
        for (same_old, same_new) in common(&old, &new).into_iter().chain([(old.len(), new.len())]) {
            let (gone, came) = (old.get(at_old..same_old), new.get(at_new..same_new));
            let (gone, came) = (gone.unwrap_or_default(), came.unwrap_or_default());
            if !gone.is_empty() || !came.is_empty() {
                let line = |mark| move |text: &&[u8]| Line { mark, text: text.to_vec() };
                let lines =
                    gone.iter().map(line(Mark::Old)).chain(came.iter().map(line(Mark::New)));
                let new_start = at_new + usize::from(!came.is_empty());
                hunks.push(Hunk { new_start, new_len: came.len(), lines: lines.collect() });
            }
            (at_old, at_new) = (same_old + 1, same_new + 1);
        }
        let new_lines = new_lines(&hunks);
        Self { old_path: Some(path.clone()), path, hunks, new_lines }
    }

    /// Returns what the file was before, from what it is; `None` if it is not what the diff made.
    #[must_use]
    pub fn before(&self, new: &[u8]) -> Option<Vec<u8>> {
        if self.old_path.is_none() {
            return Some(Vec::new());
        }
        let mut old = Vec::with_capacity(new.len());
        let mut rest = new.lines_with_terminator();
        let mut at = 1;
        for hunk in &self.hunks {
            let first = if hunk.new_len == 0 { hunk.new_start + 1 } else { hunk.new_start };
            while at < first {
                old.extend_from_slice(rest.next()?);
                at += 1;
            }
            for line in &hunk.lines {
                if line.mark != Mark::Old {
                    if rest.next()? != line.text {
                        return None;
                    }
                    at += 1;
                }
                if line.mark != Mark::New {
                    old.extend_from_slice(&line.text);
                }
            }
        }
        rest.for_each(|line| old.extend_from_slice(line));
        Some(old)
    }
}

/// Reads a diff: the files that are there after it and whose text it changed.
///
/// ```
/// let diff = b"--- a/x.py\n+++ b/x.py\n@@ -1 +1 @@\n-old\n+new\n";
/// let changes = id_scan::changes(diff)?;
/// assert_eq!(changes[0].path.to_str(), Some("x.py"));
/// assert_eq!(changes[0].before(b"new\nrest\n").as_deref(), Some(&b"old\nrest\n"[..]));
/// # Ok::<(), id_scan::ScanError>(())
/// ```
///
/// # Errors
///
/// `Diff`, with the line, if a part of it has no sense: a hunk that is cut off, a combined diff of a
/// merge, or a text without any diff in it.
pub fn changes(diff: &[u8]) -> Result<Vec<Change>, ScanError> {
    let mut reader = Reader { lines: diff.lines_with_terminator().collect(), at: 0 };
    let mut changes = Vec::new();
    let mut is_diff = diff.trim().is_empty();
    // What stands between the header of git and its first hunk.
    let mut old: Option<Vec<u8>> = None;
    while let Some(line) = reader.next() {
        let is_file = line.starts_with(b"--- ") && reader.peek().starts_with(b"+++ ");
        if line.starts_with(b"diff --git ") {
            (is_diff, old) = (true, None);
        } else if line.starts_with(b"diff --cc ") || line.starts_with(b"diff --combined ") {
            return Err(
                reader.wrong("a combined diff of a merge does not say what one side changed")
            );
        } else if let Some(from) = line.strip_prefix(b"rename from ") {
            old = Some(name(from));
        } else if is_file {
            is_diff = true;
            let before = name(line.get(4..).unwrap_or_default());
            let after = reader.next().and_then(|line| line.get(4..)).map(name).unwrap_or_default();
            let hunks = reader.hunks()?;
            if after == b"/dev/null" {
                continue;
            }
            let is_new = before == b"/dev/null";
            let has_prefix = (is_new || has_prefix(&before)) && has_prefix(&after);
            let plain = |name: Vec<u8>| {
                let name =
                    if has_prefix { name.get(2..).unwrap_or_default().to_vec() } else { name };
                name.to_path_lossy().into_owned()
            };
            let from = old.take().map(|name| name.to_path_lossy().into_owned());
            let old_path = (!is_new).then(|| from.unwrap_or_else(|| plain(before)));
            let new_lines = new_lines(&hunks);
            changes.push(Change { path: plain(after), old_path, hunks, new_lines });
        } else if line.starts_with(b"@@ ") {
            return Err(reader.wrong("a hunk belongs to no file"));
        }
    }
    if is_diff {
        Ok(changes)
    } else {
        Err(ScanError::about(ScanErrorKind::Diff, "it holds no change of a file"))
    }
}

/// So many lines may have come and gone for the shortest change to be looked for: the work grows with
/// the square of it.
const MAX_EDITS: usize = 400;

/// The numbers of lines that stand in both texts, as long a row of them as can be, both ascending.
fn common(old: &[&[u8]], new: &[&[u8]]) -> Vec<(usize, usize)> {
    let is_same = |(a, b): &(&&[u8], &&[u8])| plain_end(a) == plain_end(b);
    let head = old.iter().zip(new).take_while(is_same).count();
    let (inner_old, inner_new) =
        (old.get(head..).unwrap_or_default(), new.get(head..).unwrap_or_default());
    let tail = inner_old.iter().rev().zip(inner_new.iter().rev()).take_while(is_same).count();
    let inner_old = inner_old.get(..inner_old.len() - tail).unwrap_or_default();
    let inner_new = inner_new.get(..inner_new.len() - tail).unwrap_or_default();
    let mut pairs: Vec<_> = (0..head).map(|at| (at, at)).collect();
    pairs.extend(shortest(inner_old, inner_new).into_iter().map(|(a, b)| (head + a, head + b)));
    pairs.extend((0..tail).map(|at| (old.len() - tail + at, new.len() - tail + at)));
    pairs
}

/// The same, by Myers' greedy search for the shortest change; nothing where that is long.
fn shortest(old: &[&[u8]], new: &[&[u8]]) -> Vec<(usize, usize)> {
    let is_same = |a: usize, b: usize| match (old.get(a), new.get(b)) {
        (Some(a), Some(b)) => plain_end(a) == plain_end(b),
        _ => false,
    };
    // How far in the old text the best way on each diagonal `old - new` has come, after each number
    // of edits. A diagonal's place is its number and `MAX_EDITS + 1`.
    let place = |diagonal: isize| diagonal.wrapping_add_unsigned(MAX_EDITS + 1).cast_unsigned();
    let reached = |far: &[usize], diagonal| far.get(place(diagonal)).copied().unwrap_or(0);
    let from = |far: &[usize], edits: isize, diagonal: isize| {
        let (left, right) = (reached(far, diagonal - 1), reached(far, diagonal + 1));
        // A line that came, or one that is gone.
        if diagonal == -edits || (diagonal != edits && left < right) {
            (diagonal + 1, right)
        } else {
            (diagonal - 1, left + 1)
        }
    };
    let mut far = vec![0usize; 2 * MAX_EDITS + 3];
    let mut rounds: Vec<Vec<usize>> = Vec::new();
    let max = MAX_EDITS.min(old.len() + new.len()).cast_signed();
    let mut length = None;
    'search: for edits in 0..=max {
        rounds.push(far.clone());
        for diagonal in (-edits..=edits).step_by(2) {
            let mut at = if edits == 0 { 0 } else { from(&far, edits, diagonal).1 };
            let other = |at: usize| at.cast_signed().wrapping_sub(diagonal);
            while other(at) >= 0 && is_same(at, other(at).cast_unsigned()) {
                at += 1;
            }
            if let Some(known) = far.get_mut(place(diagonal)) {
                *known = at;
            }
            if at >= old.len() && other(at) >= new.len().cast_signed() {
                length = Some(edits);
                break 'search;
            }
        }
    }
    let Some(length) = length else { return Vec::new() };
    let mut pairs = Vec::new();
    let (mut at, mut diagonal) = (old.len(), old.len().cast_signed() - new.len().cast_signed());
    for edits in (0..=length).rev() {
        let far = rounds.get(edits.cast_unsigned()).map_or(&[][..], Vec::as_slice);
        let (before, start) = if edits == 0 { (0, 0) } else { from(far, edits, diagonal) };
        while at > start {
            at -= 1;
            pairs.push((at, at.cast_signed().wrapping_sub(diagonal).cast_unsigned()));
        }
        if edits > 0 {
            at = reached(far, before);
            diagonal = before;
        }
    }
    pairs.reverse();
    pairs
}

/// A line with `\n` as its end where it ends with `\r\n`.
fn plain_end(line: &[u8]) -> (&[u8], bool) {
    match line {
        [text @ .., b'\r', b'\n'] | [text @ .., b'\n'] => (text, true),
        text => (text, false),
    }
}

/// Which lines of the new file are new.
fn new_lines(hunks: &[Hunk]) -> Vec<Range<usize>> {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for hunk in hunks {
        let there = hunk.lines.iter().filter(|line| line.mark != Mark::Old);
        for (at, _) in (hunk.new_start..).zip(there).filter(|(_, line)| line.mark == Mark::New) {
            match ranges.last_mut() {
                Some(last) if last.end == at => last.end += 1,
                _ => ranges.push(at..at + 1),
            }
        }
    }
    // A diff that somebody put together may have its hunks in any order.
    ranges.sort_by_key(|range| range.start);
    ranges
}

/// Whether a name begins as git marks the two sides.
fn has_prefix(name: &[u8]) -> bool {
    matches!(name, [b'a' | b'b' | b'i' | b'w' | b'c' | b'o', b'/', ..])
}

/// Reads a name: quoted if it has to be, before a tab with a time where `diff` wrote it.
fn name(text: &[u8]) -> Vec<u8> {
    let text = text.trim_end_with(|c| matches!(c, '\n' | '\r'));
    let Some(quoted) = text.strip_prefix(b"\"") else {
        let end = text.find_byte(b'\t').unwrap_or(text.len());
        return text.get(..end).unwrap_or_default().to_vec();
    };
    let mut name = Vec::new();
    let mut letters = quoted.iter().copied().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            b'"' => break,
            b'\\' => match letters.next() {
                Some(b'n') => name.push(b'\n'),
                Some(b't') => name.push(b'\t'),
                Some(b'r') => name.push(b'\r'),
                Some(b'a') => name.push(7),
                Some(b'b') => name.push(8),
                Some(b'v') => name.push(11),
                Some(b'f') => name.push(12),
                Some(digit @ b'0'..=b'7') => {
                    let mut number = u32::from(digit - b'0');
                    for _ in 0..2 {
                        let Some(next) = letters.next_if(|next| matches!(next, b'0'..=b'7')) else {
                            break;
                        };
                        number = number * 8 + u32::from(next - b'0');
                    }
                    name.push((number & 0xff) as u8);
                }
                Some(other) => name.push(other),
                None => {}
            },
            other => name.push(other),
        }
    }
    name
}

/// The lines of a diff.
struct Reader<'a> {
    lines: Vec<&'a [u8]>,
    at: usize,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Option<&'a [u8]> {
        let line = self.lines.get(self.at).copied();
        self.at += usize::from(line.is_some());
        line
    }

    fn peek(&self) -> &'a [u8] {
        self.lines.get(self.at).copied().unwrap_or_default()
    }

    fn wrong(&self, what: &str) -> ScanError {
        ScanError::about(ScanErrorKind::Diff, format!("line {}: {what}", self.at))
    }

    fn hunks(&mut self) -> Result<Vec<Hunk>, ScanError> {
        let mut hunks: Vec<Hunk> = Vec::new();
        while self.peek().starts_with(b"@@ ") {
            let header = self.next().unwrap_or_default();
            let (mut old, new_start, new_len) = header_numbers(header)
                .ok_or_else(|| self.wrong("the numbers of a hunk cannot be read"))?;
            let mut new = new_len;
            let mut lines: Vec<Line> = Vec::new();
            while old > 0 || new > 0 {
                let Some(line) = self.next() else { return Err(self.wrong("a hunk is cut off")) };
                let (mark, text) = match line {
                    [b'+', text @ ..] => (Mark::New, text),
                    [b'-', text @ ..] => (Mark::Old, text),
                    [b' ', text @ ..] => (Mark::Both, text),
                    // Some write an empty line without its blank.
                    [b'\n'] | [b'\r', b'\n'] => (Mark::Both, line),
                    [b'\\', ..] => {
                        unend(&mut lines);
                        continue;
                    }
                    _ => {
                        return Err(
                            self.wrong("a line of a hunk begins with none of `+`, `-` and a blank")
                        );
                    }
                };
                let fits = (mark == Mark::New || old > 0) && (mark == Mark::Old || new > 0);
                if !fits {
                    return Err(self.wrong("a hunk has more lines than it says"));
                }
                old -= usize::from(mark != Mark::New);
                new -= usize::from(mark != Mark::Old);
                lines.push(Line { mark, text: text.to_vec() });
            }
            if self.peek().starts_with(b"\\") {
                self.next();
                unend(&mut lines);
            }
            hunks.push(Hunk { new_start, new_len, lines });
        }
        Ok(hunks)
    }
}

/// Takes the end from the last line: the file ends without one.
fn unend(lines: &mut [Line]) {
    if let Some(line) = lines.last_mut()
        && line.text.ends_with(b"\n")
    {
        line.text.pop();
    }
}

/// Reads `@@ -1,2 +3,4 @@`: old lines, first new line, new lines.
fn header_numbers(header: &[u8]) -> Option<(usize, usize, usize)> {
    let text = header.to_str_lossy();
    let mut words = text.split(' ').skip(1);
    let range = |word: &str, mark: char| {
        let word = word.strip_prefix(mark)?;
        let (start, len) = word.split_once(',').unwrap_or((word, "1"));
        Some((start.parse::<usize>().ok()?, len.parse::<usize>().ok()?))
    };
    let (_, old) = range(words.next()?, '-')?;
    let (start, new) = range(words.next()?, '+')?;
    Some((old, start, new))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn one(diff: &str) -> Change {
        let mut changes = changes(diff.as_bytes()).expect("it is a diff");
        assert_eq!(changes.len(), 1);
        changes.remove(0)
    }

    #[test]
    fn names_are_read_in_every_spelling() {
        let check = |old: &str, new: &str, expected: (Option<&str>, &str)| {
            let change = one(&format!("--- {old}\n+++ {new}\n@@ -0,0 +1 @@\n+x\n"));
            let old_path = change.old_path.as_deref().map(|path| path.to_str().expect("text"));
            assert_eq!((old_path, change.path.to_str().expect("text")), expected);
        };
        check("a/x.py", "b/x.py", (Some("x.py"), "x.py"));
        check("i/x.py", "w/x.py", (Some("x.py"), "x.py"));
        check("x.py", "x.py", (Some("x.py"), "x.py"));
        check("/dev/null", "b/x.py", (None, "x.py"));
        check("a/b/x.py", "b/b/x.py", (Some("b/x.py"), "b/x.py"));
        check("x.py\t2026-01-01 00:00:00", "x.py\t2026-01-01", (Some("x.py"), "x.py"));
        check(
            "\"a/\\303\\244\\t.py\"",
            "\"b/\\303\\244\\t.py\"",
            (Some("\u{e4}\t.py"), "\u{e4}\t.py"),
        );
    }

    #[test]
    fn a_rename_names_the_old_path_and_a_deleted_file_is_left_out() {
        let change = one(
            "diff --git a/x.py b/y.py\nsimilarity index 90%\nrename from x.py\nrename to y.py\n--- a/x.py\n+++ b/y.py\n@@ -1 +1 @@\n-a\n+b\n",
        );
        assert_eq!(change.old_path.as_deref(), Some("x.py".as_ref()));
        let gone = "diff --git a/x.py b/x.py\ndeleted file mode 100644\n--- a/x.py\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n";
        assert_eq!(changes(gone.as_bytes()).expect("it is a diff"), []);
        assert_eq!(changes(b"").expect("nothing changed"), []);
    }

    #[test]
    fn what_is_no_diff_is_refused_with_its_line() {
        let check = |text: &str, expected: &str| {
            let error = changes(text.as_bytes()).expect_err(text);
            assert_eq!(error.to_string(), format!("the diff cannot be read: {expected}"));
        };
        check("hello\n", "it holds no change of a file");
        check("--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n", "line 4: a hunk is cut off");
        check(
            "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n?\n",
            "line 5: a line of a hunk begins with none of `+`, `-` and a blank",
        );
        check(
            "--- a/x\n+++ b/x\n@@ -1,x +1 @@\n-a\n",
            "line 3: the numbers of a hunk cannot be read",
        );
        check(
            "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n-b\n",
            "line 5: a hunk has more lines than it says",
        );
        check("@@ -1 +1 @@\n-a\n+b\n", "line 1: a hunk belongs to no file");
        check(
            "diff --cc x.py\n",
            "line 1: a combined diff of a merge does not say what one side changed",
        );
    }

    #[test]
    fn lines_with_any_ends_and_without_the_last_one() {
        let change =
            one("--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n a\r\n-b\n\\ No newline at end of file\n+c\n");
        assert_eq!(change.before(b"a\r\nc\n").as_deref(), Some(&b"a\r\nb"[..]));
        assert!(change.is_new_line(2) && !change.is_new_line(1) && !change.only_adds());
        assert_eq!(change.before(b"a\r\nd\n"), None);
    }

    /// A diff of two texts as the crudest program would write it: what they have in common at both
    /// ends, with up to `context` lines of it.
    fn crude(old: &[&str], new: &[&str], context: usize) -> String {
        let same = old.iter().zip(new).take_while(|(a, b)| a == b).count();
        let tail = old[same..]
            .iter()
            .rev()
            .zip(new[same..].iter().rev())
            .take_while(|(a, b)| a == b)
            .count();
        let from = same.saturating_sub(context);
        let after = tail.min(context);
        let (old_end, new_end) = (old.len() - tail, new.len() - tail);
        let (old_len, new_len) = (old_end + after - from, new_end + after - from);
        let start = |len: usize| if len == 0 { from } else { from + 1 };
        let mut diff = format!(
            "--- a/x\n+++ b/x\n@@ -{},{old_len} +{},{new_len} @@\n",
            start(old_len),
            start(new_len)
        );
        let mut add = |mark: char, lines: &[&str]| {
            for line in lines {
                diff.push(mark);
                diff.push_str(line);
                if !line.ends_with('\n') {
                    diff += "\n\\ No newline at end of file\n";
                }
            }
        };
        add(' ', &old[from..same]);
        add('-', &old[same..old_end]);
        add('+', &new[same..new_end]);
        add(' ', &new[new_end..new_end + after]);
        diff
    }

    /// How many lines two texts have in common at most, by the table that every textbook has.
    fn longest_common(old: &[&str], new: &[&str]) -> usize {
        let mut row = vec![0; new.len() + 1];
        for a in old {
            let mut next = vec![0];
            for (at, b) in new.iter().enumerate() {
                next.push(if a == b { row[at] + 1 } else { row[at + 1].max(next[at]) });
            }
            row = next;
        }
        row[new.len()]
    }

    #[test]
    fn texts_that_are_far_apart_are_one_change() {
        let text = |word: &str| {
            let lines = (0..50_000).map(|line| format!("{word} {line}\n"));
            format!("first\n{}last\n", lines.collect::<String>())
        };
        let (old, new) = (text("old"), text("new"));
        let change = Change::between("x".into(), old.as_bytes(), new.as_bytes());
        assert_eq!(change.new_lines.first(), Some(&(2..50_002)));
        assert_eq!(change.new_lines.len(), 1);
        assert_eq!(change.before(new.as_bytes()).as_deref(), Some(old.as_bytes()));
    }

    proptest! {
        #[test]
        fn a_diff_leads_back(old in "([ab]{0,2}\r?\n){0,8}[ab]{0,2}", new in "([ab]{0,2}\r?\n){0,8}[ab]{0,2}", context in 0..3_usize) {
            let old_lines: Vec<_> = old.split_inclusive('\n').collect();
            let new_lines: Vec<_> = new.split_inclusive('\n').collect();
            let diff = crude(&old_lines, &new_lines, context);
            let change = one(&diff);
            prop_assert_eq!(change.before(new.as_bytes()), Some(old.as_bytes().to_vec()), "{}", diff);
        }

        #[test]
        fn what_lies_between_two_texts_is_the_shortest_change_and_leads_back(
            old in "([abc]\r?\n){0,9}[ab]{0,2}", new in "([abc]\r?\n){0,9}[ab]{0,2}",
        ) {
            let change = Change::between("x".into(), old.as_bytes(), new.as_bytes());
            let unix = |text: &str| text.replace("\r\n", "\n");
            let before = String::from_utf8(change.before(new.as_bytes()).unwrap()).unwrap();
            prop_assert_eq!(unix(&before), unix(&old));
            let (old, new) = (unix(&old), unix(&new));
            let old_lines: Vec<_> = old.split_inclusive('\n').collect();
            let new_lines: Vec<_> = new.split_inclusive('\n').collect();
            let came = (1..=new_lines.len()).filter(|line| change.is_new_line(*line)).count();
            prop_assert_eq!(new_lines.len() - came, longest_common(&old_lines, &new_lines));
            prop_assert_eq!(change.only_adds(), came + old_lines.len() == new_lines.len());
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>, text in "(--- a/x\n\\+\\+\\+ b/x\n@@ -[0-3],[0-3] \\+[0-3],[0-3] @@\n([-+ \\\\][ab]?\n){0,5})?") {
            for diff in [bytes.as_slice(), text.as_bytes()] {
                for change in changes(diff).unwrap_or_default() {
                    let _ = (change.before(b"a\nb\n"), change.is_new_line(1));
                }
            }
        }
    }
}
