//! The value at one place of every JSON value of a file, one value per line; nothing else of a line is built.

use std::borrow::Cow;
use std::fmt;
use std::io::{self, BufRead};

use anyhow::{anyhow, bail};
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::Sink;

/// The longest line that is read: a whole document may stand on it.
const MAX_LINE_BYTES: usize = 1 << 26;

/// A place in a JSON value, as RFC 6901 writes it: `/run/id`, and nothing for the whole value.
#[derive(Debug)]
pub(crate) struct Pointer(Vec<String>);

impl Pointer {
    pub(crate) fn parse(text: &str) -> anyhow::Result<Self> {
        let Some(rest) = text.strip_prefix('/') else {
            if text.is_empty() {
                return Ok(Self(Vec::new()));
            }
            bail!(
                "`--json-pointer {text}` does not start with `/`\nhelp:  `/{}` names the field `{text}`",
                text.replace('.', "/")
            );
        };
        let wrong = |token: &str| {
            let mut after = token.split('~').skip(1);
            after.any(|piece| !piece.starts_with(['0', '1']))
        };
        if let Some(token) = rest.split('/').find(|token| wrong(token)) {
            bail!(
                "`{token}` has a `~` that stands for nothing\nhelp:  write `~0` for `~` and `~1` for `/`"
            );
        }
        Ok(Self(rest.split('/').map(|token| token.replace("~1", "/").replace("~0", "~")).collect()))
    }
}

/// Reads the lines; blank ones are skipped.
pub(crate) fn read(
    input: &mut impl BufRead,
    pointer: &Pointer,
    sink: &mut impl Sink,
) -> anyhow::Result<()> {
    let (mut row, mut line) = (0, Vec::new());
    loop {
        row += 1;
        line.clear();
        if read_line(input, &mut line)? == 0 {
            return Ok(());
        }
        if line.len() > MAX_LINE_BYTES {
            sink.unreadable(row, || "the line is longer than 64 MiB".to_owned());
        } else if !line.trim_ascii().is_empty() {
            match find(&line, &pointer.0) {
                Ok(Some(found)) => hand_over(found, row, sink, true),
                Ok(None) => sink.absent(),
                Err(error) => sink.unreadable(row, || no_json(&error)),
            }
        }
    }
}

/// Reads a line with its `\n`; of one that is too long only so much that this can be seen. Gives the bytes read.
fn read_line(input: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<usize> {
    let mut read = 0;
    loop {
        let chunk = match input.fill_buf() {
            Ok(chunk) => chunk,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let end = memchr::memchr(b'\n', chunk);
        let used = end.map_or(chunk.len(), |end| end + 1);
        let room = (MAX_LINE_BYTES + 1).saturating_sub(line.len());
        line.extend_from_slice(&chunk[..used.min(room)]);
        input.consume(used);
        read += used;
        if end.is_some() || used == 0 {
            return Ok(read);
        }
    }
}

/// Hands over a value that was found: a text, the digits of a number, or each element of an array of those.
fn hand_over(found: &RawValue, row: u64, sink: &mut impl Sink, may_be_array: bool) {
    let raw = found.get();
    match raw.as_bytes() {
        b"null" => sink.absent(),
        [b'"', text @ .., b'"'] if memchr::memchr(b'\\', text).is_none() => sink.value(text, row),
        [b'"', ..] => match serde_json::from_str::<String>(raw) {
            Ok(text) => sink.value(text.as_bytes(), row),
            Err(error) => sink.unreadable(row, || no_json(&error)),
        },
        // As it stands there: a number with more digits than a machine word is an id like any other.
        [b'0'..=b'9' | b'-', ..] => sink.value(raw.as_bytes(), row),
        [b'[', ..] if may_be_array => match serde_json::from_str::<Vec<&RawValue>>(raw) {
            Ok(elements) if elements.is_empty() => sink.absent(),
            Ok(elements) => {
                for element in elements {
                    hand_over(element, row, sink, false);
                }
            }
            Err(error) => sink.unreadable(row, || no_json(&error)),
        },
        _ => sink.unreadable(row, || format!("the value there is {}, not a text", what(raw))),
    }
}

/// What is wrong with a line; its number is known better elsewhere.
fn no_json(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let what = message.split(" at line ").next().unwrap_or_default();
    format!("no JSON value: {what} at column {}", error.column())
}

fn what(raw: &str) -> &'static str {
    match raw.as_bytes().first() {
        Some(b'{') => "an object",
        Some(b'[') => "an array in an array",
        _ => "true or false",
    }
}

fn find<'de>(line: &'de [u8], tokens: &[String]) -> serde_json::Result<Option<&'de RawValue>> {
    let mut json = serde_json::Deserializer::from_slice(line);
    let found = At(tokens).deserialize(&mut json)?;
    json.end()?;
    Ok(found)
}

/// Returns the fields of the object that a line is, for an error that shows what there is.
pub(crate) fn fields(line: &[u8]) -> anyhow::Result<Vec<String>> {
    let line = line.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let object: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(line)
        .map_err(|error| anyhow!("the first line is no JSON object: {error}"))?;
    Ok(object.into_iter().map(|(key, _)| key).collect())
}

/// Walks to a place and skips everything else.
struct At<'t>(&'t [String]);

impl<'de> DeserializeSeed<'de> for At<'_> {
    type Value = Option<&'de RawValue>;

    fn deserialize<D: serde::Deserializer<'de>>(self, json: D) -> Result<Self::Value, D::Error> {
        if self.0.is_empty() {
            return serde::Deserialize::deserialize(json).map(Some);
        }
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for At<'_> {
    type Value = Option<&'de RawValue>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut found = None;
        while let Some(Key(key)) = map.next_key()? {
            if *key == *self.0[0] {
                found = map.next_value_seed(At(&self.0[1..]))?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(found)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        // As RFC 6901 writes a place in an array: digits alone, without leading zeros.
        let token = self.0[0].as_str();
        let is_index = token == "0" || token.starts_with(|first| matches!(first, '1'..='9'));
        let wanted = token.parse::<usize>().ok().filter(|_| is_index);
        let (mut found, mut at) = (None, 0);
        loop {
            if Some(at) == wanted {
                match seq.next_element_seed(At(&self.0[1..]))? {
                    Some(element) => found = element,
                    None => return Ok(found),
                }
            } else if seq.next_element::<IgnoredAny>()?.is_none() {
                return Ok(found);
            }
            at += 1;
        }
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
}

/// The name of a field, borrowed where it has no escapes.
#[derive(serde::Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

#[cfg(test)]
mod tests {
    use super::super::tests::{Notes, slowly};
    use super::*;

    fn values(pointer: &str, text: &[u8]) -> Vec<String> {
        let mut notes = Notes::default();
        read(&mut slowly(text), &Pointer::parse(pointer).unwrap(), &mut notes).unwrap();
        notes.0
    }

    #[test]
    fn a_pointer_walks_objects_and_arrays() {
        let line = br#"{"a":{"b/c":[1,{"~":"x"}]},"id":"y","e":"\u0061","n":184353963786069567532,"\u0069":null}"#;
        let check = |pointer: &str, expected: &[&str]| {
            assert_eq!(values(pointer, line), expected, "{pointer}");
        };
        check("/a/b~1c/1/~0", &["1 x"]);
        check("/id", &["1 y"]);
        check("/e", &["1 a"]);
        check("/n", &["1 184353963786069567532"]);
        check("/a/b~1c", &["1 1", "1: the value there is an object, not a text"]);
        check("/a/b~1c/0", &["1 1"]);
        for nowhere in
            ["/x", "/id/x", "/a/b~1c/2", "/a/b~1c/x", "/a/b~1c/00", "/a/b~1c/+0", "/i", "/n/0"]
        {
            check(nowhere, &["absent"]);
        }
        check("", &["1: the value there is an object, not a text"]);
    }

    #[test]
    fn lines_that_are_no_json_are_told_and_the_others_read() {
        let text = b"\"a\"\n\n{\n\"b\" 1\n\"\xff\"\n7\nnull\n[]\n[\"c\",null,[1]]\ntrue";
        let shown = values("", text);
        let kept: Vec<_> =
            shown.iter().map(|line| line.split(": no JSON").next().unwrap()).collect();
        assert_eq!(
            kept,
            [
                "1 a",
                "3",
                "4",
                "5",
                "6 7",
                "absent",
                "absent",
                "9 c",
                "absent",
                "9: the value there is an array in an array, not a text",
                "10: the value there is true or false, not a text",
            ]
        );
    }

    #[test]
    fn a_pointer_that_is_none_says_how_to_write_it() {
        let error = Pointer::parse("run.id").unwrap_err().to_string();
        assert!(error.contains("`/run/id`"), "{error}");
        assert!(Pointer::parse("/a~2").unwrap_err().to_string().contains("~0"));
        assert!(Pointer::parse("/~01").is_ok());
    }

    #[test]
    fn the_fields_of_the_first_line_are_told() {
        assert_eq!(fields(b"{\"b\":1,\"a\":{}}\n{").unwrap(), ["a", "b"]);
        assert!(fields(b"[1]").is_err());
    }
}
