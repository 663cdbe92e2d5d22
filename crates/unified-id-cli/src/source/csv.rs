//! One column of a table in CSV, field by field, so that no row and no field needs more memory than another.

use std::io::BufRead;

use anyhow::{anyhow, bail};
use csv_core::{ReadFieldResult, Reader, ReaderBuilder};

use super::Sink;

/// How much of a field is kept: more than an id can have.
const KEPT_BYTES: usize = 4096;
/// A quoted field beyond this has lost its closing quote.
const MAX_FIELD_BYTES: u64 = 1 << 20;

/// How a table is written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Dialect {
    pub(crate) delimiter: u8,
    pub(crate) has_header: bool,
}

/// Guesses the delimiter by the first line: the one of `,`, `;`, tab and `|` that stands there most often outside quotes.
pub(crate) fn guess_delimiter(head: &[u8]) -> u8 {
    const CANDIDATES: [u8; 4] = [b',', b';', b'\t', b'|'];
    let mut counts = [0_u32; CANDIDATES.len()];
    let mut quoted = false;
    for byte in head {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => break,
            byte if !quoted => {
                if let Some(at) = CANDIDATES.iter().position(|candidate| candidate == byte) {
                    counts[at] += 1;
                }
            }
            _ => {}
        }
    }
    // The first of equals: a comma if there is none of all.
    let most = counts.iter().max().copied().unwrap_or_default();
    let at = counts.iter().position(|count| *count == most).unwrap_or_default();
    CANDIDATES[at]
}

/// Reads one column, by its name or, where no column has that name, by its number from 1.
pub(crate) fn read(
    input: &mut impl BufRead,
    dialect: Dialect,
    column: &str,
    sink: &mut impl Sink,
) -> anyhow::Result<()> {
    let mut fields = Fields::new(input, dialect.delimiter);
    let wanted = if dialect.has_header {
        let header = header(&mut fields)?;
        find(column, &header)?
    } else {
        column.parse::<usize>().ok().and_then(|number| number.checked_sub(1)).ok_or_else(|| {
            anyhow!("without a header a column has no name: `{column}`\nhelp:  `--column 1` is the first one")
        })?
    };
    let mut count = 0;
    while let Some(field) = fields.next()? {
        count += 1;
        if field.number == wanted {
            match field.text {
                b"" => sink.absent(),
                text => sink.value(text, field.row),
            }
        }
        if field.ends_row {
            if count <= wanted {
                sink.unreadable(field.row, || {
                    let fields = if count == 1 { "field" } else { "fields" };
                    format!("the row has {count} {fields}, the column is number {}", wanted + 1)
                });
            }
            count = 0;
        }
    }
    if fields.is_unclosed {
        let row = fields.row;
        sink.unreadable(row, || "the quote that begins a field is never closed".to_owned());
    }
    Ok(())
}

/// Returns the names of the columns.
pub(crate) fn columns(head: &[u8], delimiter: u8) -> anyhow::Result<Vec<String>> {
    header(&mut Fields::new(&mut &head[..], delimiter))
}

fn header<R: BufRead>(fields: &mut Fields<'_, R>) -> anyhow::Result<Vec<String>> {
    let mut names = Vec::new();
    while let Some(field) = fields.next()? {
        names.push(String::from_utf8_lossy(field.text).into_owned());
        if field.ends_row {
            break;
        }
    }
    Ok(names)
}

/// How many names of columns an error lists, and how much of each.
const SHOWN_NAMES: usize = 50;
const SHOWN_CHARS: usize = 64;

fn find(column: &str, header: &[String]) -> anyhow::Result<usize> {
    let mut named = (0..header.len()).filter(|at| header[*at] == column);
    let all = || {
        let shown =
            |name: &String| format!("`{}`", name.chars().take(SHOWN_CHARS).collect::<String>());
        let more = header.len().saturating_sub(SHOWN_NAMES);
        let more = (more > 0).then(|| format!("{more} more"));
        header.iter().take(SHOWN_NAMES).map(shown).chain(more).collect::<Vec<_>>().join(", ")
    };
    match (named.next(), named.next()) {
        (Some(at), None) => Ok(at),
        (Some(first), Some(second)) => bail!(
            "two columns are named `{column}`: number {} and number {}\nhelp:  name the column by its number",
            first + 1,
            second + 1
        ),
        _ => {
            let number = column.parse::<usize>().ok().filter(|at| (1..=header.len()).contains(at));
            number.map(|number| number - 1).ok_or_else(|| {
                anyhow!(
                    "no column `{column}`; there are: {}\nhelp:  write its name as it stands there, or its number from 1",
                    all()
                )
            })
        }
    }
}

/// One field of a table.
struct Field<'a> {
    text: &'a [u8],
    /// Its place in its row, from 0.
    number: usize,
    /// The line on which it begins, from 1.
    row: u64,
    ends_row: bool,
}

/// The fields of a table, one after the other.
struct Fields<'a, R> {
    input: &'a mut R,
    core: Reader,
    kept: Box<[u8; KEPT_BYTES]>,
    number: usize,
    row: u64,
    /// The last byte of the input.
    last: u8,
    /// The input ended inside quotes.
    is_unclosed: bool,
}

impl<'a, R: BufRead> Fields<'a, R> {
    fn new(input: &'a mut R, delimiter: u8) -> Self {
        Self {
            input,
            core: ReaderBuilder::new().delimiter(delimiter).build(),
            kept: Box::new([0; KEPT_BYTES]),
            number: 0,
            row: 1,
            last: 0,
            is_unclosed: false,
        }
    }

    fn next(&mut self) -> anyhow::Result<Option<Field<'_>>> {
        let (mut len, mut written, mut breaks) = (0, 0_u64, 0);
        loop {
            let chunk = self.input.fill_buf()?;
            let is_end = chunk.is_empty();
            // The parser does not tell whether the input ends inside quotes; a line break more does, which is part of a field
            // only there.
            let text = if is_end { &b"\n"[..] } else { chunk };
            let (result, used, wrote) = self.core.read_field(text, &mut self.kept[len..]);
            if is_end && matches!(result, ReadFieldResult::InputEmpty) {
                self.is_unclosed = wrote > 0;
                self.row = self.core.line() - 1 - breaks;
                return Ok(None);
            }
            let used = if is_end { 0 } else { used };
            if let Some(last) = chunk[..used].last() {
                self.last = *last;
            }
            self.input.consume(used);
            breaks += memchr::memchr_iter(b'\n', &self.kept[len..len + wrote]).count() as u64;
            written += wrote as u64;
            len += wrote;
            match result {
                ReadFieldResult::InputEmpty => {}
                // Only the start is kept; what follows is written over and over.
                ReadFieldResult::OutputFull => len = KEPT_BYTES / 2,
                ReadFieldResult::Field { record_end } => {
                    let number = self.number;
                    self.number = if record_end { 0 } else { number + 1 };
                    // The parser counts the line break that ended the row already.
                    let ended = u64::from(record_end && (is_end || self.last == b'\n'));
                    self.row = self.core.line() - ended - breaks;
                    // Of a long field the first half is its start; more than an id can have in any case.
                    let len = if written > KEPT_BYTES as u64 { KEPT_BYTES / 2 } else { len };
                    let text = &self.kept[..len];
                    return Ok(Some(Field { text, number, row: self.row, ends_row: record_end }));
                }
                ReadFieldResult::End => return Ok(None),
            }
            if written > MAX_FIELD_BYTES {
                let line = self.core.line() - breaks;
                bail!(
                    "a field that begins on line {line} is longer than 1 MiB\nhelp:  look for a quote there that is never closed"
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::super::tests::{Notes, slowly};
    use super::*;

    const COMMA: Dialect = Dialect { delimiter: b',', has_header: true };

    fn read_column(text: &[u8], dialect: Dialect, column: &str) -> Result<Vec<String>, String> {
        let mut notes = Notes::default();
        let whole =
            read(&mut &text[..], dialect, column, &mut notes).map_err(|error| error.to_string());
        let mut pieces = Notes::default();
        let slow = read(&mut slowly(text), dialect, column, &mut pieces)
            .map_err(|error| error.to_string());
        assert_eq!((&whole, &notes), (&slow, &pieces));
        whole.map(|()| notes.0)
    }

    #[test]
    fn a_column_is_found_by_name_or_number() {
        let table = b"id,run id,\"a,b\"\n1,x,\n2,\"y\"\"z\",\"two\nlines\"\n\n3,,w\r\n";
        let check = |column: &str, expected: &[&str]| {
            assert_eq!(read_column(table, COMMA, column).unwrap(), expected, "{column}");
        };
        check("run id", &["2 x", r#"3 y\"z"#, "absent"]);
        check("2", &["2 x", r#"3 y\"z"#, "absent"]);
        check("a,b", &["absent", "3 two\\nlines", "6 w"]);
        check("id", &["2 1", "3 2", "6 3"]);
        let error = read_column(table, COMMA, "run_id").unwrap_err();
        assert!(
            error.starts_with("no column `run_id`; there are: `id`, `run id`, `a,b`"),
            "{error}"
        );
        let error = read_column(b"a,a\n1,2\n", COMMA, "a").unwrap_err();
        assert!(error.starts_with("two columns are named `a`: number 1 and number 2"), "{error}");
    }

    #[test]
    fn without_a_header_the_first_row_is_a_value() {
        let plain = Dialect { delimiter: b';', has_header: false };
        assert_eq!(read_column(b"a;b\nc;d", plain, "2").unwrap(), ["1 b", "2 d"]);
        for wrong in ["b", "0", "-1"] {
            let error = read_column(b"a;b\n", plain, wrong).unwrap_err();
            assert!(error.starts_with("without a header a column has no name"), "{error}");
        }
    }

    #[test]
    fn short_rows_and_lost_quotes_are_told() {
        assert_eq!(
            read_column(b"a,b\n1\n2,x\n", COMMA, "b").unwrap(),
            ["2: the row has 1 field, the column is number 2", "3 x"]
        );
        let lost = read_column(b"a,b\n1,\"x\n2,y\n", COMMA, "a").unwrap();
        assert_eq!(lost, ["2 1", "2: the quote that begins a field is never closed"]);
        // Also where the column itself is the field, and where nothing follows.
        for (text, row) in [
            ("a,b\n1,\"x\n2,y\n", 2),
            ("a,b\n1,y\n2,\"x", 3),
            ("a,b\n1,y\n2,\"", 3),
            ("a,b\n1,y\n2,\"x\"\"", 3),
        ] {
            let lost = read_column(text.as_bytes(), COMMA, "b").unwrap();
            let expected = format!("{row}: the quote that begins a field is never closed");
            assert_eq!((lost.len(), lost.last().unwrap()), (row - 1, &expected), "{text}");
        }
        assert_eq!(read_column(b"a,b\n1,\"x\"", COMMA, "b").unwrap(), ["2 x"]);
        let mut endless = b"a,b\n1,\"".to_vec();
        endless.resize(3 << 20, b'x');
        let error = read(&mut &endless[..], COMMA, "a", &mut Notes::default()).unwrap_err();
        assert!(
            error.to_string().starts_with("a field that begins on line 2 is longer"),
            "{error}"
        );
    }

    #[test]
    fn a_long_field_is_cut_and_the_next_is_read() {
        let mut table = "a\n".to_owned();
        for len in [KEPT_BYTES - 1, KEPT_BYTES, KEPT_BYTES + 1, 3 * KEPT_BYTES] {
            writeln!(table, "{}", "x".repeat(len)).unwrap();
        }
        table.push_str("next\n");
        let values = read_column(table.as_bytes(), COMMA, "a").unwrap();
        assert_eq!((values.len(), values[4].as_str()), (5, "6 next"));
        assert!(
            values[..4]
                .iter()
                .all(|value| value.len() > 1024 && value[2..].bytes().all(|b| b == b'x'))
        );
    }

    #[test]
    fn the_delimiter_is_guessed_by_the_header() {
        for (head, delimiter) in [
            ("a,b;c,d", b','),
            ("a;b;c,d", b';'),
            ("a\tb", b'\t'),
            ("a|b", b'|'),
            ("a", b','),
            ("\"a;b;c\",d", b','),
        ] {
            assert_eq!(guess_delimiter(head.as_bytes()), delimiter, "{head}");
        }
        assert_eq!(columns(b"a;b\n1;2\n", b';').unwrap(), ["a", "b"]);
    }
}
