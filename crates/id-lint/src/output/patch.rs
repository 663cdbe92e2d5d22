//! Changes of files as a unified patch, in bytes: what is no UTF-8 comes out as it is in the file.
//!
//! `git apply` and `patch -p1` read it. Lines end at `\n` alone, as for them: a lone `\r` is a
//! character of its line.

use std::io::{self, Write};

use similar::{Algorithm, DiffOp, capture_diff_slices, group_diff_ops};

/// How many equal lines are shown around a change.
const CONTEXT: usize = 3;

/// Writes the change of one file.
pub(crate) fn write(out: &mut impl Write, path: &str, old: &[u8], new: &[u8]) -> io::Result<()> {
    let (old, new) = (lines(old), lines(new));
    let ops = capture_diff_slices(Algorithm::Myers, &old, &new);
    let path = path.trim_start_matches('/');
    writeln!(out, "--- {}", name("a", path))?;
    writeln!(out, "+++ {}", name("b", path))?;
    for group in group_diff_ops(ops, CONTEXT) {
        hunk(out, &group, &old, &new)?;
    }
    Ok(())
}

/// The name of a side. With a blank in it a tab ends it, as the tools that read patches expect.
fn name(side: &str, path: &str) -> String {
    let end = if path.contains(' ') { "\t" } else { "" };
    format!("{side}/{path}{end}")
}

fn lines(text: &[u8]) -> Vec<&[u8]> {
    text.split_inclusive(|byte| *byte == b'\n').collect()
}

fn hunk(out: &mut impl Write, ops: &[DiffOp], old: &[&[u8]], new: &[&[u8]]) -> io::Result<()> {
    let (Some(first), Some(last)) = (ops.first(), ops.last()) else { return Ok(()) };
    let range = |start: usize, end: usize| match end - start {
        0 => format!("{start},0"),
        1 => format!("{}", start + 1),
        count => format!("{},{count}", start + 1),
    };
    let before = range(first.old_range().start, last.old_range().end);
    let after = range(first.new_range().start, last.new_range().end);
    writeln!(out, "@@ -{before} +{after} @@")?;
    for op in ops {
        let (old, new) = (old.get(op.old_range()), new.get(op.new_range()));
        if let DiffOp::Equal { .. } = op {
            side(out, b' ', old.unwrap_or_default())?;
        } else {
            side(out, b'-', old.unwrap_or_default())?;
            side(out, b'+', new.unwrap_or_default())?;
        }
    }
    Ok(())
}

fn side(out: &mut impl Write, sign: u8, lines: &[&[u8]]) -> io::Result<()> {
    for line in lines {
        out.write_all(&[sign])?;
        out.write_all(line)?;
        if !line.ends_with(b"\n") {
            out.write_all(b"\n\\ No newline at end of file\n")?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(old: &str, new: &str, expected: &str) {
        let mut out = Vec::new();
        write(&mut out, "a.py", old.as_bytes(), new.as_bytes()).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[test]
    fn changes_are_hunks_with_lines_around_them() {
        check(
            "1\n2\n3\n4\n5\n",
            "1\n2\n3\n4\nx\n",
            "--- a/a.py\n+++ b/a.py\n@@ -2,4 +2,4 @@\n 2\n 3\n 4\n-5\n+x\n",
        );
        check("", "x\n", "--- a/a.py\n+++ b/a.py\n@@ -0,0 +1 @@\n+x\n");
        check(
            "a\r\nb",
            "a\r\nc",
            "--- a/a.py\n+++ b/a.py\n@@ -1,2 +1,2 @@\n a\r\n-b\n\\ No newline at end of file\n+c\n\\ \
             No newline at end of file\n",
        );
    }
}
