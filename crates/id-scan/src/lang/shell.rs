//! Shell: commands in place of calls, substitutions in strings, and the commands that make ids.
//!
//! Specification: <https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html>.

use super::shared::lexer::{FIRST, Kind};
use super::shared::syntax::{self, Escape, StringForm, Syntax, quoted};
use super::shared::{Description, File, Grammar, NO_GRAMMAR, Own};
use crate::prefilter::{self, Check};
use crate::tracked::Family;

pub(crate) static SHELL: Description = Description {
    extensions: &["sh", "bash", "zsh", "ksh"],
    minified: false,
    experimental: true,
    interpreters: &["sh", "bash", "zsh", "ksh", "dash"],
    syntax: SYNTAX,
    grammar: GRAMMAR,
    separator: ".",
    modules: &[],
    needles: NEEDLES,
};

const FIELDS: &[(&str, &str)] = &[("$(", ")"), ("`", "`")];

/// A grave accent is an operator: what stands between two is code.
const SYNTAX: Syntax = Syntax {
    line_comments: &["#"],
    strings: &[
        StringForm { lines: true, fields: FIELDS, ..quoted("\"") },
        StringForm { open: "$'", lines: true, ..quoted("'") },
        StringForm { escape: Escape::Never, lines: true, ..quoted("'") },
    ],
    name_bytes: b"$/-.",
    accessors: &[],
    comments_apart: true,
    heredocs: &["<<-", "<<"],
    heredoc_fields: FIELDS,
    loose: true,
    ..syntax::NONE
};

const GRAMMAR: Grammar = Grammar { own, ..NO_GRAMMAR };

const NEEDLES: &[(&str, Check)] = {
    const ANY: Check = |_, _| true;
    &[
        ("uuidgen", ANY),
        ("random/uuid", ANY),
        ("uuid -v", ANY),
        ("date", prefilter::part),
        ("openssl rand", prefilter::part),
    ]
};

/// Words behind which a command begins.
const LEADING: &[&str] = &[
    "then", "do", "else", "elif", "if", "while", "until", "exec", "command", "sudo", "time", "env",
    "echo", "eval", "xargs",
];

/// `uuidgen`, `cat /proc/sys/kernel/random/uuid`.
fn own(file: &File<'_>, at: u32) -> Option<Own> {
    if file.kind(at) != Kind::Name {
        return None;
    }
    let spelling = file.spelling(at);
    let file_of = spelling == b"/proc/sys/kernel/random/uuid";
    if file_of {
        return Some(found(file, at, at, Family::Fresh, "random/uuid"));
    }
    let name = spelling.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
    let random = name == b"openssl" && file.is(at + 1, "rand");
    if !(random || matches!(name, b"uuidgen" | b"uuid" | b"date")) || !is_command(file, at) {
        return None;
    }
    if random {
        return Some(found(file, at, command_end(file, at), Family::Random, "openssl rand"));
    }
    if name == b"date" {
        return Some(found(file, at, command_end(file, at), Family::Time, "date"));
    }
    // Its options belong to it.
    let mut last = at;
    while file.kind(last + 1) == Kind::Name
        && file.spelling(last + 1).starts_with(b"-")
        && !file.has(last + 1, FIRST)
    {
        last += 1;
    }
    if name == b"uuid" && !file.spelling(last).starts_with(b"-v") {
        return None;
    }
    // A function of that name is defined.
    if file.is(at + 1, "(") && file.link(at + 1) == at + 2 {
        return None;
    }
    // Of a name and a space of names the same id is made each time.
    let named = (at..=last).any(|at| {
        [&b"--sha1"[..], b"--md5", b"-s", b"-m", b"-v3", b"-v5"].contains(&file.spelling(at))
    });
    let family = if named { Family::Deterministic } else { Family::Fresh };
    Some(found(file, at, last, family, if name == b"uuid" { "uuid" } else { "uuidgen" }))
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
            Kind::Operator => {
                [&b"|"[..], b"||", b"&", b"&&", b"`", b">", b"<"].contains(&file.spelling(next))
            }
            _ => file.has(next, FIRST),
        };
        if ends {
            return last;
        }
        last = file.after(next).saturating_sub(1).max(next);
    }
}

/// Whether a word is where a command's name stands.
fn is_command(file: &File<'_>, at: u32) -> bool {
    let Some(before) = at.checked_sub(1) else { return true };
    let continued = file.text.get(..file.start(at)).unwrap_or_default().trim_ascii_end();
    if file.has(at, FIRST) && !continued.ends_with(b"\\") {
        return true;
    }
    match file.kind(before) {
        Kind::Open | Kind::FieldOpen | Kind::Semicolon => true,
        Kind::Operator => {
            [&b"|"[..], b"||", b"&", b"&&", b"`", b"!", b")"].contains(&file.spelling(before))
        }
        Kind::Name => {
            let word = LEADING.iter().any(|word| file.is(before, word));
            // Printing a word is not running it.
            word && !file.is(before, "echo") || file.before(before) == Kind::Equal
        }
        Kind::Equal => false,
        // `A=1 uuidgen`.
        _ => file.before(before) == Kind::Equal,
    }
}

fn found(file: &File<'_>, first: u32, last: u32, family: Family, function: &str) -> Own {
    Own {
        first,
        last,
        family,
        function: function.to_owned(),
        call: true,
        target: target(file, first),
    }
}

/// The variable that is given what a substitution prints.
fn target(file: &File<'_>, first: u32) -> Option<String> {
    let mut at = first;
    for _ in 0..32 {
        if file.has(at, FIRST) {
            return None;
        }
        at = at.checked_sub(1)?;
        match file.kind(at) {
            Kind::Close | Kind::StringClose | Kind::FieldClose => at = file.link(at).min(at),
            Kind::Semicolon => return None,
            Kind::Equal => {
                let name = file.string(at.checked_sub(1)?);
                return (file.before(at) == Kind::Name).then_some(name);
            }
            _ => {}
        }
    }
    None
}
