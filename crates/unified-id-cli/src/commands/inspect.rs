//! `unified-id inspect`: explains ids, one answer per text, in order, never stopping at a bad one.

use std::ffi::OsStr;
use std::io::{self, BufRead, BufReader, Write};

use anyhow::{Context, anyhow};
use unified_id::legacy::Reader;

use crate::args::{InputFormat, InspectArgs, InspectFormat};
use crate::exit::Outcome;
use crate::output;
use crate::record::{Failure, Record};

/// How much of one line of standard input is kept: far more than an id can have, little enough for any machine.
const MAX_LINE_BYTES: usize = 1 << 20;

pub(crate) fn run(args: &InspectArgs) -> anyhow::Result<Outcome> {
    let reader = reader(args)?;
    let mut answers = Answers::new(args.format, &reader);
    if args.ids.is_empty() {
        read_lines(&mut BufReader::new(io::stdin().lock()), |line| {
            answers.answer(line, args.input)
        })?;
    } else {
        for id in &args.ids {
            answers.answer(id_bytes(id), InputFormat::Text)?;
        }
    }
    answers.finish()
}

fn reader(args: &InspectArgs) -> anyhow::Result<Reader> {
    let Some(name) = &args.dialect else {
        return Ok(Reader::new());
    };
    let dialect = name.parse().map_err(|_| anyhow!("unknown dialect `{name}`"))?;
    Ok(Reader::new().with_dialect(dialect))
}

/// Returns the bytes of an argument; an argument that is not Unicode is still answered.
fn id_bytes(argument: &OsStr) -> &[u8] {
    argument.as_encoded_bytes()
}

/// Calls `each` for every line, without its `\n`; of a line beyond all measure only the start is kept.
fn read_lines(
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
                Err(error) => return Err(error).context("cannot read standard input"),
            };
            if chunk.is_empty() {
                break;
            }
            is_empty = false;
            let (text, used) = match chunk.iter().position(|byte| *byte == b'\n') {
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
        if is_empty {
            return Ok(());
        }
        each(&line)?;
        if is_last {
            return Ok(());
        }
    }
}

/// Prints answers as they come.
struct Answers<'a> {
    out: output::Output,
    reader: &'a Reader,
    format: InspectFormat,
    now_ms: i64,
    count: u64,
    refused: u64,
}

impl<'a> Answers<'a> {
    fn new(format: InspectFormat, reader: &'a Reader) -> Self {
        let out = output::stdout(format == InspectFormat::Text);
        let now_ms = jiff::Timestamp::now().as_millisecond();
        Self { out, reader, format, now_ms, count: 0, refused: 0 }
    }

    fn answer(&mut self, line: &[u8], input: InputFormat) -> anyhow::Result<()> {
        match (input, str::from_utf8(line)) {
            (InputFormat::Text, Ok(text)) => self.print(&Record::of(text, self.reader)),
            (InputFormat::Text, Err(error)) => {
                let id_error =
                    unified_id::parse_any_bytes(line).expect_err("invariant: it is not UTF-8");
                let failure = Failure {
                    code: id_error.code(),
                    message: id_error.to_string(),
                    position: error.valid_up_to().min(id_error.position()),
                    help: id_error.help().to_owned(),
                };
                self.print(&Record::of_failure(&String::from_utf8_lossy(line), failure))
            }
            (InputFormat::Json, _) => match serde_json::from_slice::<String>(line) {
                Ok(text) => self.print(&Record::of(&text, self.reader)),
                Err(error) => {
                    let failure = Failure {
                        code: "invalid_json",
                        message: format!("the line is no JSON string: {error}"),
                        position: error.column().saturating_sub(1),
                        help: "write each text as one JSON string on a line of its own".to_owned(),
                    };
                    self.print(&Record::of_failure(&String::from_utf8_lossy(line), failure))
                }
            },
        }
    }

    fn print(&mut self, record: &Record<'_>) -> anyhow::Result<()> {
        let is_first = self.count == 0;
        self.count += 1;
        self.refused += u64::from(!record.ok);
        match self.format {
            InspectFormat::Text => {
                if !is_first {
                    writeln!(self.out)?;
                }
                output::text::write(&mut self.out, record, self.now_ms)?;
            }
            InspectFormat::Json => {
                write!(self.out, "{}", if is_first { "[\n" } else { ",\n" })?;
                serde_json::to_writer(&mut self.out, record).map_err(io::Error::from)?;
            }
            InspectFormat::Jsonl => {
                serde_json::to_writer(&mut self.out, record).map_err(io::Error::from)?;
                writeln!(self.out)?;
            }
        }
        Ok(())
    }

    fn finish(mut self) -> anyhow::Result<Outcome> {
        if self.format == InspectFormat::Json {
            write!(self.out, "{}", if self.count == 0 { "[]\n" } else { "\n]\n" })?;
        }
        self.out.flush()?;
        Ok(if self.refused == 0 { Outcome::Done } else { Outcome::SomeAreNoIds })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(input: &[u8]) -> Vec<Vec<u8>> {
        let mut lines = Vec::new();
        let mut reader = BufReader::with_capacity(3, input);
        read_lines(&mut reader, |line| {
            lines.push(line.to_vec());
            Ok(())
        })
        .unwrap();
        lines
    }

    #[test]
    fn lines_are_split_at_newlines_only() {
        assert_eq!(lines(b""), Vec::<Vec<u8>>::new());
        assert_eq!(lines(b"\n"), [b""]);
        assert_eq!(lines(b"abcdef"), [b"abcdef"]);
        assert_eq!(lines(b"a\n\nb\r\n"), [b"a".to_vec(), b"".to_vec(), b"b\r".to_vec()]);
        assert_eq!(lines(b"abc\nde"), [b"abc".to_vec(), b"de".to_vec()]);
    }

    #[test]
    fn a_line_beyond_all_measure_is_cut_and_the_next_one_is_read() {
        let mut input = vec![b'x'; MAX_LINE_BYTES + 10];
        input.extend_from_slice(b"\nnext");
        let lines = lines(&input);
        assert_eq!((lines.len(), lines[0].len()), (2, MAX_LINE_BYTES));
        assert_eq!(lines[1], b"next");
    }
}
