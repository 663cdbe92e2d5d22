//! Ruby: blocks that end with a word, calls without brackets, fields in strings, and the modules
//! whose methods make ids.
//!
//! Specification: <https://docs.ruby-lang.org/en/master/syntax_rdoc.html>.

use super::Shape;
use super::shared::imports;
use super::shared::lexer::{FIRST, Kind};
use super::shared::patterns;
use super::shared::scopes::{Scopes, Value};
use super::shared::syntax::{self, StringForm, Syntax, quoted};
use super::shared::{Block, Description, File, Grammar, NO_GRAMMAR, Row, global_row as row};
use crate::prefilter::{self, Check};
use crate::tracked::Family;

pub(crate) static RUBY: Description = Description {
    extensions: &["rb", "rake", "gemspec", "ru"],
    minified: false,
    experimental: false,
    interpreters: &["ruby"],
    syntax: SYNTAX,
    grammar: GRAMMAR,
    separator: "::",
    modules: MODULES,
    needles: NEEDLES,
};

const FIELDS: &[(&str, &str)] = &[("#{", "}")];

const SYNTAX: Syntax = Syntax {
    line_comments: &["#"],
    block_comments: &[("=begin", "=end")],
    strings: &[
        StringForm { fields: FIELDS, lines: true, ..quoted("\"") },
        StringForm { lines: true, ..quoted("'") },
        StringForm { fields: FIELDS, lines: true, ..quoted("`") },
    ],
    regexes: true,
    name_bytes: b"@$",
    accessors: &["&.", "::", "."],
    before_value: &[
        "return", "when", "if", "unless", "while", "until", "and", "or", "not", "in", "then", "do",
        "else", "elsif", "puts", "p", "raise", "yield",
    ],
    heredocs: &["<<~", "<<-", "<<"],
    heredoc_fields: FIELDS,
    percents: true,
    ..syntax::NONE
};

const GRAMMAR: Grammar = Grammar {
    forms: &[
        ("to_s", Shape::Str),
        ("format", Shape::Interpolated),
        ("sprintf", Shape::Interpolated),
        ("to_i", Shape::Int),
        ("to_f", Shape::Int),
        ("delete", Shape::Hex),
        ("gsub", Shape::Hex),
        ("tr", Shape::Hex),
        ("upcase", Shape::Str),
        ("downcase", Shape::Str),
        ("freeze", Shape::Plain),
        ("strftime", Shape::Str),
        ("String", Shape::Str),
        ("Integer", Shape::Int),
    ],
    slices: &["slice", "first", "last"],
    split_methods: &["split"],
    prefix_methods: &["start_with", "end_with"],
    platform: &[
        "SecureRandom",
        "Random",
        "Time",
        "Process",
        "Digest",
        "Kernel",
        "UUID",
        "ULID",
        "KSUID",
        "Nanoid",
        "BSON",
        "UUIDTools",
        "UUID7",
        "Moped",
    ],
    ordered: true,
    arrow_keys: true,
    bare_calls: true,
    import_words: &["def", "class", "module"],
    declaration,
    block,
    ..NO_GRAMMAR
};

/// The modules; constants are global.
const MODULES: &[Row] = {
    use Family::{Deterministic, Digest, Fresh, Library, Random, Time};
    &[
        row(
            "SecureRandom",
            &[
                ("uuid", Fresh),
                ("uuid_v4", Fresh),
                ("uuid_v7", Fresh),
                ("hex", Random),
                ("alphanumeric", Random),
                ("urlsafe_base64", Random),
                ("base64", Random),
                ("base36", Random),
                ("base58", Random),
                ("random_number", Random),
                ("random_bytes", Random),
                ("bytes", Random),
            ],
        ),
        row("Random", &[("uuid", Fresh), ("uuid_v7", Fresh), ("rand", Random), ("hex", Random)]),
        row("Random::Formatter", &[("uuid", Fresh)]),
        row("Kernel", &[("rand", Random)]),
        row("Time", &[("now", Time)]),
        row("Process", &[("clock_gettime", Time)]),
        row(
            "Digest::UUID",
            &[("uuid_v3", Deterministic), ("uuid_v4", Fresh), ("uuid_v5", Deterministic)],
        ),
        row("Digest::MD5", &[("hexdigest", Digest)]),
        row("Digest::SHA1", &[("hexdigest", Digest)]),
        row("Digest::SHA256", &[("hexdigest", Digest)]),
        row("UUID", &[("generate", Library)]),
        row("UUID7", &[("generate", Library)]),
        row(
            "UUIDTools::UUID",
            &[
                ("random_create", Library),
                ("timestamp_create", Library),
                ("md5_create", Deterministic),
                ("sha1_create", Deterministic),
            ],
        ),
        row("ULID", &[("generate", Library), ("generate_bytes", Library), ("encode", Library)]),
        row("KSUID", &[("new", Library), ("random", Library)]),
        row("Nanoid", &[("generate", Library), ("non_secure_generate", Library)]),
        row("BSON::ObjectId", &[("new", Library)]),
        row("Moped::BSON::ObjectId", &[("new", Library)]),
    ]
};

/// Methods are called without brackets.
const NEEDLES: &[(&str, Check)] = {
    const ANY: Check = |_, _| true;
    &[
        ("SecureRandom", ANY),
        ("Random.", ANY),
        ("Digest::", ANY),
        ("Time.now", prefilter::part),
        ("Process.clock_gettime", prefilter::part),
        ("UUID.", ANY),
        ("UUID7.", ANY),
        ("ULID.", ANY),
        ("KSUID.", ANY),
        ("Nanoid.", ANY),
        ("ObjectId", ANY),
        ("split(", patterns::method_of_id),
        ("= \"", given),
        (": \"", given),
    ]
};

/// Whether a string behind a mark at `at` is given to an id.
fn given(text: &[u8], at: usize) -> bool {
    patterns::is_given_to_id(text, at + 2)
}

/// `SR = SecureRandom`: a constant, from there on.
fn declaration<'a>(file: &File<'a>, at: u32, scopes: &mut Scopes<'a>) -> Option<u32> {
    let constant = file.spelling(at).first().is_some_and(u8::is_ascii_uppercase);
    if !constant || file.kind(at + 1) != Kind::Equal {
        return None;
    }
    let path = imports::absolute(file, at + 2);
    let whole = path.filter(|path| {
        let next = path.last + 1;
        file.has(next, FIRST) || matches!(file.kind(next), Kind::End | Kind::Semicolon)
    });
    let value = whole.map_or(Value::Other, |path| path.value);
    let value = if matches!(value, Value::Module(_)) { value } else { Value::Other };
    let scope = scopes.scope_at(at);
    scopes.bind(file, at, scope, value);
    Some(at + 2)
}

/// How many tokens the end of a block is looked for.
const LONGEST: u32 = 1 << 16;

/// `def name ... end`, `class Name ... end`.
fn block(file: &File<'_>, at: u32) -> Option<Block> {
    let function = file.is_word(at, &["def"]);
    if !function && !file.is_word(at, &["class", "module"]) || is_key(file, at) {
        return None;
    }
    let mut name = at + 1;
    if file.kind(name) != Kind::Name {
        return None;
    }
    while file.kind(name + 1) == Kind::Dot && file.kind(name + 2) == Kind::Name {
        name += 2;
    }
    // `def name(...) = value` ends with its line.
    let head = if file.is(name + 1, "(") { file.link(name + 1) + 1 } else { name + 1 };
    if function && file.kind(head) == Kind::Equal {
        let mut end = head + 1;
        while file.kind(end) != Kind::End && !file.has(end, FIRST) {
            end = file.after(end);
        }
        return Some((name, end.saturating_sub(1), true));
    }
    let mut depth = 1u32;
    let mut loop_head = false;
    for next in name + 1..(name + LONGEST).min(file.count()) {
        loop_head &= !file.has(next, FIRST);
        if file.kind(next) != Kind::Name || file.before(next) == Kind::Dot || is_key(file, next) {
            continue;
        }
        let begins = file.has(next, FIRST)
            || matches!(
                file.before(next),
                Kind::Equal | Kind::Semicolon | Kind::Open | Kind::Operator | Kind::Augmented
            );
        match file.spelling(next) {
            b"end" => {
                depth -= 1;
                if depth == 0 {
                    return Some((name, next, function));
                }
            }
            b"def" => {
                let name = next + 1;
                let head = if file.is(name + 1, "(") { file.link(name + 1) + 1 } else { name + 1 };
                if file.kind(head) != Kind::Equal || file.has(head, FIRST) {
                    depth += 1;
                }
            }
            b"do" if loop_head => loop_head = false,
            b"class" | b"module" | b"begin" | b"case" | b"do" => depth += 1,
            b"if" | b"unless" if begins => depth += 1,
            b"while" | b"until" | b"for" if begins => {
                depth += 1;
                loop_head = true;
            }
            _ => {}
        }
    }
    None
}

/// Whether a word is a symbol or a key: `:end`, `end: 1`.
fn is_key(file: &File<'_>, at: u32) -> bool {
    let symbol = file.before(at) == Kind::Colon && file.end(at - 1) == file.start(at);
    let key = file.kind(at + 1) == Kind::Colon && file.end(at) == file.start(at + 1);
    symbol || key
}
