//! The functions with which databases make ids, wherever SQL stands: in files, and in the strings of
//! every other language.
//!
//! A string in other code is read as SQL just far enough to know a call: a name of the table,
//! brackets behind it, no letter before it. A file of SQL is read by the shared engine.
// id-lint: allow-file[UID010] the functions that are looked for

use super::shared::lexer::{FIRST, Kind};
use super::shared::syntax::{self, Escape, StringForm, Syntax, quoted};
use super::shared::{Description, File, Grammar, NO_GRAMMAR, Own};
use super::{Shape, Use};
use crate::prefilter::{Check, is_word};
use crate::tracked::Family;

/// Files of SQL, of any database.
pub(crate) static SQL: Description = Description {
    extensions: &["sql", "ddl", "pgsql", "psql", "tsql", "plsql", "mysql"],
    minified: false,
    experimental: false,
    interpreters: &[],
    syntax: SYNTAX,
    grammar: GRAMMAR,
    separator: ".",
    modules: &[],
    needles: FILE_NEEDLES,
};

/// The bodies of functions between `$$` are code like the rest.
const SYNTAX: Syntax = Syntax {
    line_comments: &["--"],
    block_comments: &[("/*", "*/")],
    nested_comments: true,
    strings: &[
        StringForm { escape: Escape::DoubledOrBackslash, lines: true, ..quoted("'") },
        StringForm { escape: Escape::Doubled, ..quoted("\"") },
        StringForm { escape: Escape::Doubled, ..quoted("`") },
    ],
    name_bytes: b"@$#",
    accessors: &["::", "."],
    ..syntax::NONE
};

const GRAMMAR: Grammar = Grammar {
    forms: &[
        ("text", Shape::Str),
        ("TEXT", Shape::Str),
        ("varchar", Shape::Str),
        ("VARCHAR", Shape::Str),
        ("lower", Shape::Str),
        ("LOWER", Shape::Str),
        ("upper", Shape::Str),
        ("UPPER", Shape::Str),
        ("hex", Shape::Hex),
        ("HEX", Shape::Hex),
        ("UUID_TO_BIN", Shape::Bytes),
        ("uuid_to_bin", Shape::Bytes),
    ],
    own,
    plain_strings: true,
    ..NO_GRAMMAR
};

/// What is in every file with a call, in any of the cases that are written.
const FILE_NEEDLES: &[(&str, Check)] = &[
    ("uuid", called),
    ("UUID", called),
    ("Uuid", called),
    ("newid", called),
    ("NEWID", called),
    ("NewId", called),
    ("NewID", called),
    ("Newid", called),
    ("newsequentialid", called),
    ("NEWSEQUENTIALID", called),
    ("NewSequentialId", called),
    ("NewSequentialID", called),
    ("sys_guid", called),
    ("SYS_GUID", called),
    ("Sys_Guid", called),
    ("randomblob", called),
    ("RANDOMBLOB", called),
];

/// Whether the name around a literal has a bracket behind it.
fn called(text: &[u8], at: usize) -> bool {
    let rest = text.get(at..).unwrap_or_default();
    let mut rest = rest.iter().skip_while(|byte| is_word(**byte) || matches!(byte, b'"' | b'`'));
    rest.find(|byte| !byte.is_ascii_whitespace()) == Some(&b'(')
}

/// A call of one of the functions.
fn own(file: &File<'_>, at: u32) -> Option<Own> {
    let open = at + 1;
    if file.kind(at) != Kind::Name || file.kind(open) != Kind::Open || !file.is(open, "(") {
        return None;
    }
    let name = file.spelling(at).to_ascii_lowercase();
    let name = std::str::from_utf8(&name).ok()?;
    let deterministic = DETERMINISTIC.contains(&name);
    if !deterministic && !FUNCTIONS.contains(&name) {
        return None;
    }
    let close = file.link(open);
    let empty = close == open + 1;
    let fits = match name {
        "generateuuidv4" | "generateuuidv7" | "uuidv7" => true,
        "randomblob" => file.is(open + 1, "16") && close == open + 2,
        _ => empty || deterministic,
    };
    // A function of that name that is defined, granted or removed is not called.
    let mut first = at;
    while file.kind(first.wrapping_sub(1)) == Kind::Dot
        && file.is(first - 1, ".")
        && file.kind(first.wrapping_sub(2)) == Kind::Name
    {
        first -= 2;
    }
    if first != at && (name == "uuid" || file.end(first) == file.start(at)) {
        return None;
    }
    let before = |back: u32, word: &str| {
        first.checked_sub(back).is_some_and(|at| file.is_any_case(at, word))
    };
    let defined = before(1, "function")
        || before(1, "procedure")
        || before(1, "table")
        || before(1, "into")
        || (before(1, "exists") && (before(3, "function") || before(4, "function")));
    let random_order = before(1, "by") && before(2, "order");
    let random_number = before(1, "(") && (before(2, "checksum") || before(2, "binary_checksum"));
    if !fits || defined || random_order || random_number {
        return None;
    }
    Some(Own {
        first,
        last: close,
        family: if deterministic { Family::Deterministic } else { Family::Database },
        function: file.string(at),
        call: true,
        target: target(file, first, close),
    })
}

/// The column or variable that is given the id.
fn target(file: &File<'_>, first: u32, close: u32) -> Option<String> {
    if file.is_any_case(close + 1, "as") && file.kind(close + 2) == Kind::Name {
        return Some(file.string(close + 2));
    }
    // Out of the calls and brackets around it.
    let mut at = first;
    for _ in 0..256 {
        let before = at.checked_sub(1)?;
        match file.kind(before) {
            Kind::Name if file.is_any_case(before, "default") => {
                let text = file.text.get(..file.start(before)).unwrap_or_default();
                let text = text.get(text.len().saturating_sub(512)..).unwrap_or_default();
                let mut text = text.to_vec();
                text.extend_from_slice(b"DEFAULT ");
                return column(&text);
            }
            Kind::Equal => return assigned(file, before),
            Kind::Operator if file.is(before, "=") => return assigned(file, before),
            Kind::Open if file.is_any_case(before.checked_sub(1)?, "values") => {
                return inserted(file, before, first);
            }
            Kind::Semicolon => return None,
            Kind::Close => at = file.link(before).min(before),
            _ => at = before,
        }
    }
    None
}

/// The name before an equals sign, past its type: `SET a = `, `DECLARE @a uuid = `, `a uuid := `.
fn assigned(file: &File<'_>, equal: u32) -> Option<String> {
    let last = equal.checked_sub(1)?;
    if file.kind(last) != Kind::Name {
        return None;
    }
    let mut name = last;
    let types = ["uuid", "uniqueidentifier", "text", "varchar"];
    let annotated =
        types.iter().any(|known| file.is_any_case(last, known)) && !file.has(last, FIRST);
    let column = last.checked_sub(1).is_some_and(|word| file.is_any_case(word, "set"));
    if annotated && !column && file.before(last) == Kind::Name {
        name = last - 1;
    }
    Some(file.string(name).trim_start_matches('@').to_owned())
}

/// The column at the place of a value: `INSERT INTO t (a, b) VALUES (x, y)`.
fn inserted(file: &File<'_>, open: u32, value: u32) -> Option<String> {
    let mut place = 0;
    let mut at = open + 1;
    while at < value {
        place += usize::from(file.kind(at) == Kind::Comma);
        let next = file.after(at);
        if next > value {
            break;
        }
        at = next;
    }
    let close = open.checked_sub(2).filter(|close| file.kind(*close) == Kind::Close)?;
    let mut columns = (file.link(close) + 1..close).filter(|at| file.kind(*at) != Kind::Comma);
    let column = columns.nth(place)?;
    let name = match file.kind(column) {
        Kind::Name => file.string(column),
        _ => String::from_utf8_lossy(file.unquoted(column)).into_owned(),
    };
    Some(name)
}

/// The functions that make the same id of the same arguments.
const DETERMINISTIC: &[&str] = &["uuid_generate_v3", "uuid_generate_v5"];

/// The literals of which one stands in every text with a call, if its word passes [`is_near`].
pub(crate) const NEEDLES: &[&str] = &[
    "gen_random_uuid(",
    "GEN_RANDOM_UUID(",
    "uuid_generate_v1(",
    "UUID_GENERATE_V1(",
    "uuid_generate_v1mc(",
    "UUID_GENERATE_V1MC(",
    "uuid_generate_v4(",
    "UUID_GENERATE_V4(",
    "uuid_generate_v7(",
    "UUID_GENERATE_V7(",
    "uuidv4(",
    "UUIDV4(",
    "uuidv7(",
    "UUIDV7(",
    "generateUUIDv4(",
    "generateUUIDv7(",
    "random_uuid(",
    "RANDOM_UUID(",
    "generate_uuid(",
    "GENERATE_UUID(",
    "uuid_string(",
    "UUID_STRING(",
    "newid(",
    "NEWID(",
    "NewId(",
    "newsequentialid(",
    "NEWSEQUENTIALID(",
    "sys_guid(",
    "SYS_GUID(",
    "randomblob(",
    "RANDOMBLOB(",
    "UUID(",
];

/// Whether the function at `at` stands for itself, or where SQL asks for a value.
pub(crate) fn is_near(text: &[u8], at: usize) -> bool {
    let rest = text.get(at..).unwrap_or_default();
    !rest.starts_with(b"UUID(") || is_default(text.get(..at).unwrap_or_default())
}

/// The functions, in small letters.
const FUNCTIONS: &[&str] = &[
    "gen_random_uuid",
    "uuid_generate_v1",
    "uuid_generate_v1mc",
    "uuid_generate_v4",
    "uuid_generate_v7",
    "generateuuidv4",
    "generateuuidv7",
    "newid",
    "newsequentialid",
    "uuidv4",
    "uuidv7",
    "random_uuid",
    "sys_guid",
    "generate_uuid",
    "uuid_string",
    "randomblob",
    "uuid",
];

/// Whether a name is such a function where nothing else says that it is SQL.
pub(crate) fn is_function(name: &[u8]) -> bool {
    let own = !name.eq_ignore_ascii_case(b"uuid") && !name.eq_ignore_ascii_case(b"randomblob");
    own && is_known(name)
}

/// Whether nothing but a function of a database has such a name.
pub(crate) fn is_peculiar(name: &[u8]) -> bool {
    const COMMON: [&str; 6] =
        ["newid", "uuidv4", "uuidv7", "random_uuid", "generate_uuid", "uuid_string"];
    !COMMON.iter().any(|common| name.eq_ignore_ascii_case(common.as_bytes()))
}

/// Whether a name is one of the functions, in one of the cases in which they are written.
fn is_known(name: &[u8]) -> bool {
    // Most names are told by their first letter.
    if !matches!(name, [b'g' | b'u' | b'n' | b'r' | b's' | b'G' | b'U' | b'N' | b'R' | b'S', ..]) {
        return false;
    }
    let small = || !name.iter().any(u8::is_ascii_uppercase);
    let large = || !name.iter().any(u8::is_ascii_lowercase);
    let mixed = || name.starts_with(b"generateUUIDv") || name == b"NewId";
    (4..=20).contains(&name.len())
        && FUNCTIONS.iter().any(|known| name.eq_ignore_ascii_case(known.as_bytes()))
        && (small() || large() || mixed())
}

/// A call in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) start: usize,
    /// Behind the closing bracket.
    pub(crate) end: usize,
    /// As it is written.
    pub(crate) name: String,
    /// The column whose default it is.
    pub(crate) column: Option<String>,
}

impl Call {
    /// The use that this call is, in a text that starts at a byte; `around` is what is known of the text.
    pub(super) fn use_at(self, start: usize, around: &Use) -> Use {
        Use {
            family: Family::Database,
            function: self.name,
            start: start + self.start,
            end: start + self.end,
            target: self.column.or_else(|| around.target.clone()),
            ..around.clone()
        }
    }
}

/// Finds the calls in a text.
pub(crate) fn calls(text: &[u8]) -> Vec<Call> {
    let mut found = Vec::new();
    // Most texts are short and hold no bracket.
    for open in memchr::memchr_iter(b'(', text) {
        let before = text.get(..open).unwrap_or_default();
        let name = before.iter().rev().take_while(|byte| is_word(**byte)).count();
        let start = open - name;
        let name = text.get(start..open).unwrap_or_default();
        if !is_known(name) {
            continue;
        }
        let rest = text.get(open..).unwrap_or_default();
        let Some(close) = rest.iter().take(64).position(|byte| *byte == b')') else { continue };
        let arguments = rest.get(1..close).unwrap_or_default();
        let fits = match name.to_ascii_lowercase().as_slice() {
            // The name of a type too, and of a function in other languages.
            b"uuid" => {
                name == b"UUID"
                    && arguments.is_empty()
                    && is_default(text.get(..start).unwrap_or_default())
            }
            b"randomblob" => arguments == b"16",
            b"generateuuidv4" | b"generateuuidv7" => true,
            _ => arguments.is_empty(),
        };
        if fits {
            let name = String::from_utf8_lossy(name).into_owned();
            let column = column(text.get(..start).unwrap_or_default());
            found.push(Call { start, end: open + close + 1, name, column });
        }
    }
    found
}

/// Whether a call of `UUID` stands where SQL asks for a value.
fn is_default(before: &[u8]) -> bool {
    let upper = before.get(before.len().saturating_sub(60)..).unwrap_or_default();
    let upper = upper.to_ascii_uppercase();
    let tail = upper.trim_ascii_end();
    let tail = tail.strip_suffix(b"(").unwrap_or(tail).trim_ascii_end();
    tail.ends_with(b"DEFAULT")
        || tail.ends_with(b"SELECT")
        || (memchr::memmem::find(tail, b"VALUES").is_some() && tail.ends_with(b","))
        || tail.ends_with(b"VALUES")
}

/// The first word of the line or list element that a default stands in.
fn column(before: &[u8]) -> Option<String> {
    let upper = before.to_ascii_uppercase();
    memchr::memmem::rfind(&upper, b"DEFAULT")?;
    // Back to where the column begins; `CHAR(36)` is passed over, `DEFAULT (UUID())` opened.
    let (mut from, mut depth) = (before.len(), 0u32);
    while let Some(byte) = from.checked_sub(1).and_then(|at| before.get(at)) {
        match byte {
            b')' => depth += 1,
            b'(' if depth > 0 => depth -= 1,
            b'(' => {
                let outside = upper.get(..from - 1).unwrap_or_default().trim_ascii_end();
                if !outside.ends_with(b"DEFAULT") {
                    break;
                }
            }
            b',' | b';' | b'\n' if depth == 0 => break,
            _ => {}
        }
        from -= 1;
    }
    let line = before.get(from..).unwrap_or_default();
    let words = String::from_utf8_lossy(line).into_owned();
    let mut words = words.split_whitespace().filter(|word| {
        !["alter", "table", "column", "add", "set"].contains(&word.to_ascii_lowercase().as_str())
    });
    let name = words.next()?.trim_matches(['"', '`', '[', ']', '\'']).to_owned();
    let plain = name.bytes().all(is_word) && !name.is_empty();
    (plain && !name.eq_ignore_ascii_case("default")).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_found_with_their_columns() {
        let check = |text: &str, expected: &[(&str, Option<&str>)]| {
            let found = calls(text.as_bytes());
            let found: Vec<_> = found
                .iter()
                .map(|call| (&text[call.start..call.end], call.column.as_deref()))
                .collect();
            assert_eq!(found, expected, "{text}");
        };
        check("gen_random_uuid()", &[("gen_random_uuid()", None)]);
        check(
            "CREATE TABLE a (\n  id uuid DEFAULT gen_random_uuid(),\n  b int)",
            &[("gen_random_uuid()", Some("id"))],
        );
        check("user_id CHAR(36) DEFAULT (UUID())", &[("UUID()", Some("user_id"))]);
        check("[Id] uniqueidentifier DEFAULT NEWID()", &[("NEWID()", Some("Id"))]);
        check("UUID() my_newid() newid_() uuid4()", &[]);
        check("lower(hex(randomblob(16))) randomblob(8)", &[("randomblob(16)", None)]);
        check("generateUUIDv4(1)", &[("generateUUIDv4(1)", None)]);
    }
}
