//! Reads a file and tells where in it a byte stands: line, column, the lines around.
//!
//! The buffer is reused from file to file. Positions are characters: bytes of a UTF-8 file that
//! continue a character are not counted, a byte order mark neither. Lines end with `\n`, `\r\n` or
//! `\r`. This module and `walk.rs` are the only readers of files. What was read goes to
//! `prefilter.rs`.

use std::fs::File;
use std::io::{self, Read, Seek as _};
use std::ops::Range;

use crate::walk::Met;

/// Offsets inside the engine are 32 bits wide.
pub(crate) const MAX_BYTES: u64 = 4_000_000_000;

/// How much of a line is kept around a finding, in bytes on each side.
pub(crate) const EXCERPT: usize = 240;

/// Files above this size are read in windows.
pub(crate) const WHOLE: u64 = 32 << 20;

/// So much of a file is read before its size is asked: nearly all files are smaller.
const SMALL: usize = 128 << 10;

/// A file that is open to be read.
#[derive(Debug)]
pub(crate) struct Opened {
    file: File,
}

impl Opened {
    pub(crate) fn new(place: &Met<'_>) -> io::Result<Self> {
        Ok(Self { file: place.open()? })
    }

    /// The size of the file in bytes.
    pub(crate) fn len(&self) -> io::Result<u64> {
        let metadata = self.file.metadata()?;
        if metadata.is_dir() {
            return Err(io::Error::from(io::ErrorKind::IsADirectory));
        }
        Ok(metadata.len())
    }

    /// Reads enough for a first line.
    pub(crate) fn read_head(&mut self, buffer: &mut Vec<u8>) -> io::Result<()> {
        buffer.clear();
        (&mut self.file).take(128).read_to_end(buffer)?;
        Ok(())
    }

    /// Reads a file from its start; `false` if there is more of it.
    ///
    /// Its size is not asked: one call fewer for each file.
    pub(crate) fn read_small(&mut self, buffer: &mut Vec<u8>) -> io::Result<bool> {
        buffer.clear();
        buffer.reserve(SMALL);
        let room = buffer.capacity();
        while buffer.len() < room {
            let before = buffer.len();
            read_once(&mut self.file, buffer)?;
            if buffer.len() == before {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Reads what is left of the file behind what is in `buffer`.
    pub(crate) fn read_rest(&mut self, buffer: &mut Vec<u8>) -> io::Result<()> {
        let len = self.len()?;
        if len > MAX_BYTES {
            return Err(io::Error::new(
                io::ErrorKind::FileTooLarge,
                "the file is larger than 4 GB",
            ));
        }
        let len = usize::try_from(len).unwrap_or(0);
        buffer.reserve(len.saturating_sub(buffer.len()) + 1);
        (&mut self.file).take(MAX_BYTES).read_to_end(buffer)?;
        Ok(())
    }

    /// Reads up to `count` bytes more behind what is in `buffer`; fewer only at the file's end.
    pub(crate) fn read_more(&mut self, count: u64, buffer: &mut Vec<u8>) -> io::Result<u64> {
        buffer.reserve_exact(usize::try_from(count).unwrap_or(0));
        Ok((&mut self.file).take(count).read_to_end(buffer)? as u64)
    }

    /// Goes back to the start.
    pub(crate) fn rewind(&mut self) -> io::Result<()> {
        self.file.rewind()
    }
}

/// Reads once into the room that a buffer has left; nothing is read at the end of the file.
#[cfg(target_os = "linux")]
fn read_once(file: &mut File, buffer: &mut Vec<u8>) -> io::Result<()> {
    loop {
        match rustix::io::read(&*file, rustix::buffer::spare_capacity(buffer)) {
            Ok(_) => return Ok(()),
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

#[cfg(not(target_os = "linux"))]
fn read_once(file: &mut File, buffer: &mut Vec<u8>) -> io::Result<()> {
    let room = buffer.capacity() - buffer.len();
    file.take(room as u64).read_to_end(buffer)?;
    Ok(())
}

/// The byte order mark at the start of a file.
pub(crate) const BOM: &[u8] = b"\xef\xbb\xbf";

/// The length of the byte order mark of a text.
pub(crate) fn bom(text: &[u8]) -> usize {
    if text.starts_with(BOM) { BOM.len() } else { 0 }
}

/// Whether the bytes are UTF-16 or UTF-32, which are not searched.
pub(crate) fn is_wide(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\xff\xfe")
        || bytes.starts_with(b"\xfe\xff")
        || matches!(bytes, [0, _, 0, ..] | [1..=127, 0, 1..=127, 0, ..])
}

/// A place in a text: line and column, both from 1, the column in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The character in the line.
    pub column: usize,
}

/// Computes the positions of `offsets`, which ascend, in one pass.
pub(crate) fn positions(text: &[u8], offsets: &[usize], single_byte: bool) -> Vec<Position> {
    let (mut line, mut column) = (1, 1);
    let mut at = bom(text);
    let mut positions = Vec::with_capacity(offsets.len());
    for &offset in offsets {
        let end = offset.min(text.len()).max(at);
        let mut start = at;
        for found in memchr::memchr2_iter(b'\n', b'\r', text.get(at..end).unwrap_or_default()) {
            let found = at + found;
            // `\r\n` is one end of line, counted at its `\n`.
            if text.get(found) == Some(&b'\n') || text.get(found + 1) != Some(&b'\n') {
                (line, column, start) = (line + 1, 1, found + 1);
            }
        }
        let rest = text.get(start..end).unwrap_or_default();
        let is_first = |byte: &&u8| single_byte || **byte & 0xc0 != 0x80;
        column += rest.iter().filter(is_first).count();
        at = end;
        positions.push(Position { line, column });
    }
    positions
}

/// A part of a line to be shown, with a mark on some of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Excerpt {
    /// The text; what is no UTF-8 in it is replaced.
    pub text: String,
    /// The bytes of `text` to be marked: the part of the finding on its first line.
    pub mark: Range<usize>,
    /// The line goes on before `text`.
    pub cut_before: bool,
    /// The line goes on after `text`.
    pub cut_after: bool,
}

/// Takes the line around a span, at most a few hundred bytes of it.
pub(crate) fn excerpt(text: &[u8], span: &Range<usize>) -> Excerpt {
    let near = span.start.saturating_sub(EXCERPT);
    let before = text.get(near..span.start).unwrap_or_default();
    let line_start = before.iter().rposition(|byte| matches!(byte, b'\n' | b'\r'));
    let mut from = line_start.map_or(near, |at| near + at + 1);
    if from == 0 && text.starts_with(BOM) {
        from = BOM.len();
    }
    let cut_before = line_start.is_none() && near > 0;
    let far = (span.start + 2 * EXCERPT).min(text.len());
    let rest = text.get(span.start..far).unwrap_or_default();
    let line_end = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
    let to = line_end.map_or(far, |at| span.start + at);
    let cut_after = line_end.is_none() && far < text.len();
    let is_rest = |at: usize| text.get(at).is_some_and(|byte| byte & 0xc0 == 0x80);
    while cut_before && from < span.start && is_rest(from) {
        from += 1;
    }
    let piece = |range: Range<usize>| {
        String::from_utf8_lossy(text.get(range).unwrap_or_default()).into_owned()
    };
    let mut shown = piece(from..span.start);
    let mark_start = shown.len();
    let marked_to = span.end.min(to).max(span.start);
    shown.push_str(&piece(span.start..marked_to));
    let mark = mark_start..shown.len();
    shown.push_str(&piece(marked_to..to));
    Excerpt { text: shown, mark, cut_before, cut_after }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &[u8], offset: usize) -> (usize, usize) {
        let position = positions(text, &[offset], false)[0];
        (position.line, position.column)
    }

    #[test]
    fn positions_count_characters_and_every_end_of_line() {
        let text = "\u{feff}a\r\n\u{e4}\u{1f600}x\ry\n".as_bytes();
        let offset = |wanted: u8| text.iter().position(|&byte| byte == wanted).unwrap();
        assert_eq!(at(text, 3), (1, 1));
        assert_eq!(at(text, offset(b'x')), (2, 3));
        assert_eq!(at(text, offset(b'y')), (3, 1));
    }

    #[test]
    fn an_excerpt_is_one_line_and_not_long() {
        let text = format!("first\n{}mark{}\nlast", "a".repeat(1000), "b".repeat(1000));
        let excerpt = excerpt(text.as_bytes(), &(1006..1010));
        assert_eq!(&excerpt.text[excerpt.mark.clone()], "mark");
        assert!(excerpt.cut_before && excerpt.cut_after && excerpt.text.len() < 1000);
        let whole = super::excerpt(b"one\n  two\nx", &(6..11));
        assert_eq!((whole.text.as_str(), whole.mark), ("  two", 2..5));
    }

    #[test]
    fn wide_encodings_are_known_by_their_first_bytes() {
        assert!(is_wide(b"\xff\xfei\0") && is_wide(b"i\0m\0") && is_wide(b"\0i\0m"));
        assert!(!is_wide(b"import uuid") && !is_wide(b"") && !is_wide(b"\0"));
    }
}
