//! Where values come from: a file or standard input, read as lines, CSV, JSON lines or a log, in little memory.
//!
//! `open` looks at the first bytes and refuses what is no text; the readers hand one value after the other to a `Sink`.
//! Next: `commands/profile.rs`.

pub(crate) mod csv;
pub(crate) mod json;
pub(crate) mod lines;
pub(crate) mod log;

use std::fs::File;
use std::io::{self, BufReader, Cursor, Read};
use std::path::Path;

use anyhow::{Context, bail};

/// What takes the values; rows are counted from 1.
pub(crate) trait Sink {
    /// A value, as it stands there.
    fn value(&mut self, value: &[u8], row: u64);
    /// No value in this row.
    fn absent(&mut self);
    /// A row that cannot be read, and why; the reason is built only when somebody wants it.
    fn unreadable(&mut self, row: u64, why: impl FnOnce() -> String);
}

/// An input whose first bytes were looked at.
pub(crate) type Input = BufReader<io::Chain<Cursor<Vec<u8>>, Box<dyn Read>>>;

/// How much is looked at before reading begins; the header of a table fits.
const HEAD_BYTES: u64 = 1 << 16;
/// How much is read at once.
const BUFFER_BYTES: usize = 1 << 18;

/// Opens a file, or standard input for `-`.
///
/// Returns the first bytes, too, so that a reader can find out more before it begins.
pub(crate) fn open(path: &Path) -> anyhow::Result<(Input, Vec<u8>)> {
    let mut file: Box<dyn Read> = if path.as_os_str() == "-" {
        Box::new(io::stdin().lock())
    } else {
        let file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
        if file.metadata().is_ok_and(|data| data.is_dir()) {
            bail!("{} is a folder\nhelp:  name a file in it", path.display());
        }
        Box::new(file)
    };
    let mut head = Vec::new();
    (&mut file)
        .take(HEAD_BYTES)
        .read_to_end(&mut head)
        .with_context(|| format!("cannot read {}", path.display()))?;
    refuse_other_than_text(&head).map_err(|why| anyhow::anyhow!("{} {why}", path.display()))?;
    // A mark that the text is UTF-8 is no part of the first value.
    let skipped = if head.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    let head = head.split_off(skipped);
    let input = Cursor::new(head.clone()).chain(file);
    Ok((BufReader::with_capacity(BUFFER_BYTES, input), head))
}

/// Says what a file is that holds no text that could be read, and what to do with it.
fn refuse_other_than_text(head: &[u8]) -> Result<(), String> {
    const MAGIC: [(&[u8], &str); 8] = [
        (b"\xff\xfe", UTF16),
        (b"\xfe\xff", UTF16),
        (
            b"\x1f\x8b",
            "is compressed by gzip\nhelp:  `gzip -dc FILE | unified-id inspect --profile -`",
        ),
        (
            b"\x28\xb5\x2f\xfd",
            "is compressed by zstd\nhelp:  `zstd -dc FILE | unified-id inspect --profile -`",
        ),
        (b"PK\x03\x04", "is a zip archive\nhelp:  unpack it first"),
        (b"PAR1", "is a Parquet file\nhelp:  export the column as CSV"),
        (b"SQLite format 3\0", "is an SQLite database\nhelp:  export the column as CSV"),
        (b"%PDF", "is a PDF document\nhelp:  name a text file"),
    ];
    const UTF16: &str = "is UTF-16, not UTF-8\nhelp:  `iconv -f UTF-16 -t UTF-8 FILE | unified-id inspect --profile -`";
    if head.is_empty() {
        return Err(
            "is empty: there is nothing to profile\nhelp:  check that it was written".to_owned()
        );
    }
    if let Some((_, what)) = MAGIC.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Err((*what).to_owned());
    }
    // Without a mark: every second byte of plain text is NUL.
    let start = &head[..head.len().min(64) & !1];
    let nul = |odd: usize| start.iter().skip(odd).step_by(2).all(|byte| *byte == 0);
    if start.len() >= 4 && (nul(0) || nul(1)) && start.iter().any(|byte| *byte != 0) {
        return Err(UTF16.to_owned());
    }
    Ok(())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Notes everything that it gets.
    #[derive(Debug, Default, PartialEq, Eq)]
    pub(crate) struct Notes(pub(crate) Vec<String>);

    impl Sink for Notes {
        fn value(&mut self, value: &[u8], row: u64) {
            self.0.push(format!("{row} {}", value.escape_ascii()));
        }

        fn absent(&mut self) {
            self.0.push("absent".to_owned());
        }

        fn unreadable(&mut self, row: u64, why: impl FnOnce() -> String) {
            self.0.push(format!("{row}: {}", why()));
        }
    }

    /// An input that gives a byte at a time, the hardest case for whoever reads in pieces.
    pub(crate) fn slowly(text: &[u8]) -> BufReader<Cursor<Vec<u8>>> {
        BufReader::with_capacity(1, Cursor::new(text.to_vec()))
    }

    #[test]
    fn what_is_no_text_is_named() {
        let cases: [(&[u8], &str); 6] = [
            (b"", "is empty"),
            (b"\xff\xfei\0d\0", "is UTF-16"),
            (b"i\0d\0s\0\n\0", "is UTF-16"),
            (b"\0i\0d\0s\0\n", "is UTF-16"),
            (b"\x1f\x8b\x08", "is compressed by gzip"),
            (b"SQLite format 3\0", "is an SQLite database"),
        ];
        for (head, what) in cases {
            assert!(refuse_other_than_text(head).unwrap_err().starts_with(what), "{what}");
        }
        for head in [&b"id\n"[..], b"\xef\xbb\xbfid", b"\xe4\xf6", b"\0\0\0\0", b"a"] {
            assert_eq!(refuse_other_than_text(head), Ok(()));
        }
    }
}
