//! Lines of an input, each in one buffer that is used again.

use std::io::{self, BufRead};

use super::Sink;

/// How much of one line is kept: far more than an id can have, little enough for any machine.
pub(crate) const MAX_LINE_BYTES: usize = 1 << 20;

/// Calls `each` for every line, without its `\n`; of a line beyond all measure only the start is kept.
pub(crate) fn each_line(
    reader: &mut impl BufRead,
    mut each: impl FnMut(&[u8]) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut line = Vec::new();
    loop {
        line.clear();
        let mut is_last = true;
        let mut is_empty = true;
        loop {
            let chunk = match reader.fill_buf() {
                Ok(chunk) => chunk,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error.into()),
            };
            if chunk.is_empty() {
                break;
            }
            is_empty = false;
            let end = memchr::memchr(b'\n', chunk);
            // A line that lies whole in the buffer is not copied.
            if let (Some(end), true) = (end, line.is_empty()) {
                let room = end.min(MAX_LINE_BYTES);
                each(&chunk[..room])?;
                reader.consume(end + 1);
                is_last = false;
                is_empty = true;
                break;
            }
            let (text, used) = match end {
                Some(end) => (&chunk[..end], end + 1),
                None => (chunk, chunk.len()),
            };
            let room = MAX_LINE_BYTES - line.len();
            line.extend_from_slice(&text[..text.len().min(room)]);
            is_last = used == text.len();
            reader.consume(used);
            if !is_last {
                break;
            }
        }
        if !is_empty {
            each(&line)?;
        }
        if is_last {
            return Ok(());
        }
    }
}

/// Takes each line as one value; an empty one is none, and the carriage return of another system ends a line, too.
pub(crate) fn read(reader: &mut impl BufRead, sink: &mut impl Sink) -> anyhow::Result<()> {
    let mut row = 0;
    each_line(reader, |line| {
        row += 1;
        match line.strip_suffix(b"\r").unwrap_or(line) {
            [] => sink.absent(),
            line => sink.value(line, row),
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::super::tests::{Notes, slowly};
    use super::*;

    fn lines(input: &[u8], capacity: usize) -> Vec<Vec<u8>> {
        let mut lines = Vec::new();
        let mut reader = BufReader::with_capacity(capacity, input);
        each_line(&mut reader, |line| {
            lines.push(line.to_vec());
            Ok(())
        })
        .unwrap();
        lines
    }

    #[test]
    fn lines_are_split_at_newlines_only() {
        for capacity in [1, 2, 3, 4, 7, 64] {
            let check = |input: &[u8], expected: &[&[u8]]| {
                assert_eq!(lines(input, capacity), expected, "{capacity}");
            };
            check(b"", &[]);
            check(b"\n", &[b""]);
            check(b"\n\n", &[b"", b""]);
            check(b"abcdef", &[b"abcdef"]);
            check(b"a\n\nb\r\n", &[b"a", b"", b"b\r"]);
            check(b"abc\nde", &[b"abc", b"de"]);
            check(b"abc\nde\n", &[b"abc", b"de"]);
        }
    }

    #[test]
    fn a_line_beyond_all_measure_is_cut_and_the_next_one_is_read() {
        let mut input = vec![b'x'; MAX_LINE_BYTES + 10];
        input.extend_from_slice(b"\nnext");
        for capacity in [3, 4 << 20] {
            let lines = lines(&input, capacity);
            assert_eq!((lines.len(), lines[0].len()), (2, MAX_LINE_BYTES));
            assert_eq!(lines[1], b"next");
        }
    }

    #[test]
    fn a_line_is_a_value_and_an_empty_one_is_none() {
        let mut notes = Notes::default();
        read(&mut slowly(b"a\r\n\r\n\n b \n"), &mut notes).unwrap();
        assert_eq!(notes.0, ["1 a", "absent", "absent", "4  b "]);
    }
}
