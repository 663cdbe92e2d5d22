//! Ids inside a text: leaves of JSON and parts of lists; every byte around them stays.

use std::ops::Range;

use rusqlite::types::Value;
use serde::de::IgnoredAny;

/// A leaf of a JSON text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Leaf {
    /// `$.a.b[*]`.
    pub(crate) path: String,
    /// Where its token stands.
    pub(crate) span: Range<usize>,
    /// A text or an integer; all else is no id.
    pub(crate) value: Value,
}

/// Whether a text is a JSON object or array.
pub(crate) fn is_json(text: &str) -> bool {
    text.trim_start().starts_with(['{', '[']) && serde_json::from_str::<IgnoredAny>(text).is_ok()
}

/// Returns the leaves of a JSON text that [`is_json`] accepts.
pub(crate) fn leaves(text: &str) -> Vec<Leaf> {
    found(text, false)
}

/// Returns the same leaves and the whole numbers that are too large to be one here, as the text of their digits.
#[cfg(feature = "duckdb")]
pub(crate) fn wide_leaves(text: &str) -> Vec<Leaf> {
    found(text, true)
}

fn found(text: &str, is_wide: bool) -> Vec<Leaf> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    // For each open bracket: the length of the path before it, and whether it is an array.
    let mut open: Vec<(usize, bool)> = Vec::new();
    let mut path = "$".to_owned();
    let mut at = 0;
    let mut is_key = false;
    while at < bytes.len() {
        let start = at;
        match bytes[at] {
            b'{' => {
                open.push((path.len(), false));
                is_key = true;
                at += 1;
                continue;
            }
            b'[' => {
                open.push((path.len(), true));
                path.push_str("[*]");
                is_key = false;
                at += 1;
                continue;
            }
            b'}' | b']' => {
                if let Some((length, _)) = open.pop() {
                    path.truncate(length);
                }
                at += 1;
                continue;
            }
            b',' => {
                if let Some((length, is_array)) = open.last() {
                    is_key = !is_array;
                    if !is_array {
                        path.truncate(*length);
                    }
                }
                at += 1;
                continue;
            }
            b'"' => {
                at += 1;
                while at < bytes.len() && bytes[at] != b'"' {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
                at += 1;
            }
            byte if byte.is_ascii_whitespace() || byte == b':' => {
                at += 1;
                continue;
            }
            _ => {
                while at < bytes.len()
                    && !matches!(bytes[at], b',' | b'}' | b']')
                    && !bytes[at].is_ascii_whitespace()
                {
                    at += 1;
                }
            }
        }
        let span = start..at.min(bytes.len());
        let token = &text[span.clone()];
        let value = match serde_json::from_str::<serde_json::Value>(token) {
            Ok(serde_json::Value::String(text)) => Value::Text(text),
            Ok(serde_json::Value::Number(number)) if number.is_i64() => {
                Value::Integer(number.as_i64().unwrap_or_default())
            }
            Ok(serde_json::Value::Number(_)) if is_wide && is_whole(token) => {
                Value::Text(token.to_owned())
            }
            _ => continue,
        };
        match value {
            Value::Text(key) if is_key => {
                let is_plain = !key.is_empty()
                    && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
                path.push('.');
                path.push_str(if is_plain { &key } else { token });
                is_key = false;
            }
            value => found.push(Leaf { path: path.clone(), span, value }),
        }
    }
    found
}

fn is_whole(token: &str) -> bool {
    token.strip_prefix('-').unwrap_or(token).bytes().all(|byte| byte.is_ascii_digit())
}

/// Returns where the names of members stand in the path of a leaf.
pub(crate) fn members(path: &str) -> Vec<Range<usize>> {
    let bytes = path.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] != b'.' {
            at += 1;
            continue;
        }
        let start = at + 1;
        at = start;
        if bytes.get(at) == Some(&b'"') {
            at += 1;
            while at < bytes.len() && bytes[at] != b'"' {
                at += if bytes[at] == b'\\' { 2 } else { 1 };
            }
            at += 1;
        } else {
            while at < bytes.len() && !matches!(bytes[at], b'.' | b'[') {
                at += 1;
            }
        }
        found.push(start..at.min(bytes.len()));
    }
    found
}

/// Replaces spans, which are in order, by other texts.
pub(crate) fn replace(text: &str, edits: &[(Range<usize>, String)]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for (span, with) in edits {
        out.push_str(&text[from..span.start]);
        out.push_str(with);
        from = span.end;
    }
    out.push_str(&text[from..]);
    out
}

/// Returns the parts of a list, without the blanks around them.
pub(crate) fn parts<'a>(text: &'a str, separator: &str) -> Vec<(Range<usize>, &'a str)> {
    let mut at = 0;
    text.split(separator)
        .map(|part| {
            let start = at + (part.len() - part.trim_start().len());
            at += part.len() + separator.len();
            let part = part.trim();
            (start..start + part.len(), part)
        })
        .collect()
}

/// The number that a part of a list is in a column without a type, where a text of digits is another value.
pub(crate) fn number(part: &str) -> Option<Value> {
    let number = part.parse::<i64>().ok().filter(|number| number.to_string() == part)?;
    Some(Value::Integer(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaves_have_paths_and_spans() {
        let text = r#"{ "a": {"b c": ["x", 7, {"d":"y\"z"}], "e": null}, "f" : "w" , "g":1.5}"#;
        assert!(is_json(text));
        let found: Vec<_> = leaves(text)
            .iter()
            .map(|leaf| format!("{} {}", leaf.path, &text[leaf.span.clone()]))
            .collect();
        assert_eq!(
            found,
            [r#"$.a."b c"[*] "x""#, r#"$.a."b c"[*] 7"#, r#"$.a."b c"[*].d "y\"z""#, r#"$.f "w""#]
        );
        assert!(!is_json("{a}") && !is_json("7"));
        let path = r#"$.a."b.\" c"[*].d"#;
        let names: Vec<&str> = members(path).into_iter().map(|span| &path[span]).collect();
        assert_eq!(names, ["a", r#""b.\" c""#, "d"]);
    }

    #[cfg(feature = "duckdb")]
    #[test]
    fn numbers_beyond_64_bits_are_leaves_for_those_who_ask() {
        let text = r#"{"a": [18446744073709551615, -170141183460469231731687303715884105728, 1e30, 1.5, 7]}"#;
        let said: Vec<Value> = wide_leaves(text).into_iter().map(|leaf| leaf.value).collect();
        let digits = |text: &str| Value::Text(text.to_owned());
        assert_eq!(
            said,
            [
                digits("18446744073709551615"),
                digits("-170141183460469231731687303715884105728"),
                Value::Integer(7)
            ]
        );
        assert_eq!(leaves(text).len(), 1);
    }

    #[test]
    fn parts_are_numbers_as_they_are_written() {
        assert_eq!(number("-7"), Some(Value::Integer(-7)));
        assert!(
            ["07", "+7", "7.0", "", "9223372036854775808"]
                .iter()
                .all(|part| number(part).is_none())
        );
    }

    #[test]
    fn parts_keep_blanks_outside() {
        let text = "a, bc ,d";
        let found = parts(text, ",");
        assert_eq!(
            found.iter().map(|(span, part)| (&text[span.clone()], *part)).collect::<Vec<_>>(),
            [("a", "a"), ("bc", "bc"), ("d", "d")]
        );
    }
}
