//! `unified-id inspect`: explains ids, one answer per text, in order, never stopping at a bad one.

use std::ffi::OsStr;
use std::io::{self, BufReader, Write};

use anyhow::Context;
use unified_id::legacy::Reader;

use crate::args::{InputFormat, InspectArgs, InspectFormat};
use crate::exit::Outcome;
use crate::output::{self, text::Styles};
use crate::source::lines::each_line;
use id_server::inspect::{Failure, Record};

/// How much is read from standard input at once.
const BUFFER_BYTES: usize = 1 << 16;

pub(crate) fn run(args: &InspectArgs) -> anyhow::Result<Outcome> {
    if let Some(path) = &args.profile {
        return super::profile::run(path, args);
    }
    let reader = super::reader::of(&args.reader)?;
    let mut answers = Answers::new(args.format, &reader);
    if args.ids.is_empty() {
        let mut lines = 0;
        each_line(&mut BufReader::with_capacity(BUFFER_BYTES, io::stdin().lock()), |line| {
            lines += 1;
            answers.answer(line, args.input, Some(lines))
        })
        // A closed pipe is the one of the answers.
        .map_err(|error| match error.downcast::<io::Error>() {
            Ok(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                anyhow::Error::new(error).context("cannot read standard input")
            }
            Ok(error) => error.into(),
            Err(error) => error,
        })?;
    } else {
        for id in &args.ids {
            answers.answer(id_bytes(id), InputFormat::Text, None)?;
        }
    }
    answers.finish()
}

/// Returns the bytes of an argument; an argument that is not Unicode is still answered.
fn id_bytes(argument: &OsStr) -> &[u8] {
    argument.as_encoded_bytes()
}

/// Prints answers as they come.
struct Answers<'a> {
    out: output::Output,
    styles: Styles,
    /// Where an answer for eyes is made, to be written in one piece.
    page: String,
    reader: &'a Reader,
    format: InspectFormat,
    now_ms: i64,
    count: u64,
    refused: u64,
}

impl<'a> Answers<'a> {
    fn new(format: InspectFormat, reader: &'a Reader) -> Self {
        let is_styled = format == InspectFormat::Text && output::is_styled();
        let now_ms = jiff::Timestamp::now().as_millisecond();
        Self {
            // Without colours there is nothing to be taken out again.
            out: output::stdout(is_styled),
            styles: Styles::of(is_styled),
            page: String::new(),
            reader,
            format,
            now_ms,
            count: 0,
            refused: 0,
        }
    }

    /// Answers a text, which came on this line of standard input or as an argument.
    fn answer(&mut self, line: &[u8], input: InputFormat, at: Option<u64>) -> anyhow::Result<()> {
        match (input, str::from_utf8(line)) {
            (InputFormat::Text, Ok(text)) => self.print(&Record::of(text, self.reader), at),
            (InputFormat::Text, Err(error)) => {
                let id_error =
                    unified_id::parse_any_bytes(line).expect_err("invariant: it is not UTF-8");
                let failure = Failure {
                    code: id_error.code(),
                    message: id_error.to_string(),
                    position: error.valid_up_to().min(id_error.position()),
                    help: id_error.help().to_owned(),
                };
                self.print(&Record::of_failure(&String::from_utf8_lossy(line), failure), at)
            }
            (InputFormat::Json, _) => match serde_json::from_slice::<String>(line) {
                Ok(text) => self.print(&Record::of(&text, self.reader), at),
                Err(error) => {
                    let failure = Failure {
                        code: "invalid_json",
                        message: format!("the line is no JSON string: {error}"),
                        position: error.column().saturating_sub(1),
                        help: "write each text as one JSON string on a line of its own".to_owned(),
                    };
                    self.print(&Record::of_failure(&String::from_utf8_lossy(line), failure), at)
                }
            },
        }
    }

    fn print(&mut self, record: &Record<'_>, at: Option<u64>) -> anyhow::Result<()> {
        let is_first = self.count == 0;
        self.count += 1;
        self.refused += u64::from(!record.ok);
        match self.format {
            InspectFormat::Text => {
                self.page.clear();
                if !is_first {
                    self.page.push('\n');
                }
                output::text::write(&mut self.page, record, self.now_ms, &self.styles, at);
                self.out.write_all(self.page.as_bytes())?;
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
        self.out.flush().context("cannot write to standard output")?;
        Ok(if self.refused == 0 { Outcome::Done } else { Outcome::SomeAreNoIds })
    }
}
