//! PowerShell: commands with a verb, types in brackets, names in any case.
//!
//! Specification: <https://learn.microsoft.com/powershell/scripting/lang-spec/chapter-01>.

use super::Shape;
use super::shared::lexer::{FIRST, Kind};
use super::shared::syntax::{self, Escape, StringForm, Syntax, quoted};
use super::shared::{Description, File, Grammar, NO_GRAMMAR, Own};
use crate::prefilter::{self, Check, is_word};
use crate::tracked::Family;

pub(crate) static POWERSHELL: Description = Description {
    extensions: &["ps1", "psm1", "psd1"],
    minified: false,
    experimental: false,
    interpreters: &["pwsh"],
    syntax: SYNTAX,
    grammar: GRAMMAR,
    separator: ".",
    modules: &[],
    needles: NEEDLES,
};

const FIELDS: &[(&str, &str)] = &[("$(", ")")];

const SYNTAX: Syntax = Syntax {
    line_comments: &["#"],
    block_comments: &[("<#", "#>")],
    strings: &[
        StringForm {
            open: "@\"",
            close: "\"@",
            escape: Escape::Grave,
            lines: true,
            ..StringForm { fields: FIELDS, ..quoted("\"") }
        },
        StringForm { open: "@'", close: "'@", escape: Escape::Never, lines: true, ..quoted("'") },
        StringForm { escape: Escape::Grave, lines: true, fields: FIELDS, ..quoted("\"") },
        StringForm { escape: Escape::Doubled, lines: true, ..quoted("'") },
    ],
    name_bytes: b"$-",
    accessors: &["::", "."],
    comments_apart: true,
    loose: false,
    ..syntax::NONE
};

const GRAMMAR: Grammar = Grammar {
    forms: &[
        ("ToString", Shape::Str),
        ("Guid", Shape::Str),
        ("Replace", Shape::Hex),
        ("ToUpper", Shape::Str),
        ("ToLower", Shape::Str),
        ("ToByteArray", Shape::Bytes),
    ],
    slices: &["Substring", "SubString", "Remove"],
    own,
    ..NO_GRAMMAR
};

/// Names are written in any case: their ends are searched for, in three of them.
const NEEDLES: &[(&str, Check)] = &[
    ("guid", made),
    ("Guid", made),
    ("GUID", made),
    ("Version7", |_, _| true),
    ("Get-Date", prefilter::part),
    ("Get-Random", prefilter::part),
    ("get-date", prefilter::part),
    ("get-random", prefilter::part),
];

/// Whether `New` stands before a literal in its word.
fn made(text: &[u8], at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    let word = before.iter().rev().take_while(|byte| is_word(**byte) || **byte == b'-').count();
    let word = before.get(before.len() - word..).unwrap_or_default();
    word.to_ascii_lowercase().starts_with(b"new")
}

/// The last token of a command: its arguments belong to it.
fn command_end(file: &File<'_>, at: u32) -> u32 {
    let mut last = at;
    loop {
        let next = last + 1;
        let ends = match file.kind(next) {
            Kind::Semicolon | Kind::Close | Kind::FieldClose | Kind::StringClose | Kind::End => {
                true
            }
            Kind::Operator => file.is(next, "|"),
            _ => file.has(next, FIRST),
        };
        if ends {
            return last;
        }
        last = file.after(next).saturating_sub(1).max(next);
    }
}

/// `New-Guid`, `[guid]::NewGuid()`.
fn own(file: &File<'_>, at: u32) -> Option<Own> {
    if file.kind(at) != Kind::Name {
        return None;
    }
    let own = |first, last| Own {
        first,
        last,
        family: Family::Fresh,
        function: file.string(at),
        call: true,
        target: None,
    };
    let part = ["Get-Date", "Get-Random"].iter().any(|known| file.is_any_case(at, known));
    if part || file.is_any_case(at, "New-Guid") {
        let defined = at.checked_sub(1).is_some_and(|word| {
            ["function", "filter"].iter().any(|known| file.is_any_case(word, known))
        });
        // The name of a command elsewhere is an argument: `Get-Command New-Guid`.
        let argument = at.checked_sub(1).is_some_and(|word| {
            file.kind(word) == Kind::Name
                && !file.has(at, FIRST)
                && !["return", "else", "do", "process", "begin", "end", "try", "finally"]
                    .iter()
                    .any(|known| file.is_any_case(word, known))
        });
        let key = file.before(at) == Kind::Dot || file.kind(at + 1) == Kind::Equal;
        let family = match file.spelling(at).get(4) {
            _ if !part => Family::Fresh,
            Some(b'D' | b'd') => Family::Time,
            _ => Family::Random,
        };
        let last = if part { command_end(file, at) } else { at };
        return (!defined && !argument && !key).then(|| Own { family, ..own(at, last) });
    }
    let method = file.is_any_case(at, "NewGuid") || file.is_any_case(at, "CreateVersion7");
    if !method || file.before(at) != Kind::Dot || !file.is(at - 1, "::") {
        return None;
    }
    let close = at.checked_sub(2).filter(|close| file.is(*close, "]"))?;
    let open = file.link(close);
    let name: Vec<u8> =
        (open + 1..close).take(5).flat_map(|at| file.spelling(at)).copied().collect();
    let name = name.to_ascii_lowercase();
    if name != b"guid" && name != b"system.guid" {
        return None;
    }
    let last = if file.is_call(at + 1) { file.link(at + 1) } else { at };
    Some(Own { call: last != at, ..own(open, last) })
}
