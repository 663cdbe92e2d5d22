//! Rust: uses in groups, raw strings, lifetimes, macros, and the crates whose functions make ids.
//!
//! Specification: <https://doc.rust-lang.org/reference/>.

use super::Shape;
use super::shared::imports;
use super::shared::lexer::Kind;
use super::shared::patterns;
use super::shared::scopes::{Scopes, Value};
use super::shared::syntax::{self, Escape, StringForm, Syntax, quoted};
use super::shared::{Description, File, Grammar, NO_GRAMMAR, Own, Row, global_row as row};
use crate::prefilter::Check;
use crate::tracked::Family;

pub(crate) static RUST: Description = Description {
    extensions: &["rs"],
    minified: false,
    experimental: false,
    interpreters: &[],
    syntax: SYNTAX,
    grammar: GRAMMAR,
    separator: "::",
    modules: MODULES,
    needles: NEEDLES,
};

const fn raw(open: &'static str, close: &'static str) -> StringForm {
    StringForm { open, close, escape: Escape::Never, lines: true, ..quoted("") }
}

const SYNTAX: Syntax = Syntax {
    line_comments: &["//"],
    block_comments: &[("/*", "*/")],
    nested_comments: true,
    strings: &[
        raw("br##\"", "\"##"),
        raw("br#\"", "\"#"),
        raw("br\"", "\""),
        raw("r###\"", "\"###"),
        raw("r##\"", "\"##"),
        raw("r#\"", "\"#"),
        raw("r\"", "\""),
        StringForm { open: "b\"", lines: true, ..quoted("\"") },
        StringForm { lines: true, ..quoted("\"") },
        quoted("'"),
    ],
    accessors: &["::", "."],
    before_value: &["return", "in", "if", "else", "match", "break", "move", "await", "while"],
    lifetimes: true,
    ..syntax::NONE
};

const GRAMMAR: Grammar = Grammar {
    defining_words: &["fn"],
    class_words: &["struct", "enum", "trait", "mod", "union", "impl"],
    control_words: &["if", "for", "while", "match"],
    returning_words: &["return", "break"],
    forms: &[
        ("to_string", Shape::Str),
        ("format", Shape::Interpolated),
        ("println", Shape::Interpolated),
        ("hyphenated", Shape::Str),
        ("simple", Shape::Hex),
        ("as_simple", Shape::Hex),
        ("as_hyphenated", Shape::Str),
        ("braced", Shape::Str),
        ("urn", Shape::Urn),
        ("as_u128", Shape::Int),
        ("to_u128_le", Shape::Int),
        ("as_bytes", Shape::Bytes),
        ("into_bytes", Shape::Bytes),
        ("as_u64_pair", Shape::Int),
        ("replace", Shape::Hex),
        ("to_uppercase", Shape::Str),
        ("to_lowercase", Shape::Str),
        ("into", Shape::Plain),
        ("clone", Shape::Plain),
        ("as_str", Shape::Str),
        ("as_millis", Shape::Int),
        ("as_secs", Shape::Int),
        ("timestamp", Shape::Int),
        ("timestamp_millis", Shape::Int),
        ("Some", Shape::Plain),
        ("Ok", Shape::Plain),
        ("from", Shape::Str),
    ],
    slices: &["truncate"],
    split_methods: &["split", "splitn", "rsplit", "split_once", "rsplit_once"],
    prefix_methods: &["starts_with", "ends_with", "strip_prefix"],
    platform: &[
        "uuid",
        "ulid",
        "nanoid",
        "ksuid",
        "std",
        "chrono",
        "rand",
        "cuid",
        "xid",
        "bson",
        "mongodb",
        "fastrand",
        "rusty_ulid",
        "cuid2",
        "svix_ksuid",
        "uuid7",
        "mti",
    ],
    results: true,
    values_apart: true,
    import,
    own,
    import_words: &["use", "type", "extern"],
    ..NO_GRAMMAR
};

const UUID: &[(&str, Family)] = {
    use Family::{Deterministic, Fresh};
    &[
        ("new_v1", Fresh),
        ("new_v3", Deterministic),
        ("new_v4", Fresh),
        ("new_v5", Deterministic),
        ("new_v6", Fresh),
        ("new_v7", Fresh),
        ("new_v8", Fresh),
        ("now_v1", Fresh),
        ("now_v6", Fresh),
        ("now_v7", Fresh),
    ]
};
const OBJECT_ID: &[(&str, Family)] = &[("new", Family::Library)];

/// The types, under their crates.
const MODULES: &[Row] = {
    use Family::{Library, Random, Time};
    &[
        row("uuid::Uuid", UUID),
        row("Uuid", UUID),
        row("ulid::Ulid", &[("new", Library), ("from_datetime", Library), ("generate", Library)]),
        row("ulid::Generator", &[("new", Library)]),
        row("rusty_ulid", &[("generate_ulid_string", Library), ("generate_ulid_bytes", Library)]),
        row("rusty_ulid::Ulid", &[("generate", Library)]),
        row("nanoid", &[("format", Library)]),
        row("ksuid::Ksuid", &[("generate", Library)]),
        row("svix_ksuid::Ksuid", &[("new", Library)]),
        row("cuid", &[("cuid", Library), ("cuid2", Library), ("slug", Library)]),
        row("cuid2", &[("create_id", Library), ("slug", Library)]),
        row("xid", &[("new", Library)]),
        row("uuid7", &[("uuid7", Library), ("uuid4", Library)]),
        row("bson::oid::ObjectId", OBJECT_ID),
        row("mongodb::bson::oid::ObjectId", OBJECT_ID),
        row("std::time::SystemTime", &[("now", Time)]),
        row("chrono::Utc", &[("now", Time)]),
        row("chrono::Local", &[("now", Time)]),
        row("rand", &[("random", Random)]),
        row("fastrand", &[("u32", Random), ("u64", Random), ("usize", Random)]),
    ]
};

const NEEDLES: &[(&str, Check)] = {
    const ANY: Check = |_, _| true;
    &[
        ("ulid::", ANY),
        ("nanoid!", ANY),
        ("nanoid::", ANY),
        ("ksuid::", ANY),
        ("cuid::", ANY),
        ("cuid2::", ANY),
        ("xid::", ANY),
        ("uuid7::", ANY),
        ("oid::ObjectId", ANY),
        ("split(", patterns::method_of_id),
        ("splitn(", patterns::method_of_id),
        ("rsplit(", patterns::method_of_id),
        ("split_once(", patterns::method_of_id),
        ("rsplit_once(", patterns::method_of_id),
        ("starts_with(", patterns::prefix_test),
        ("ends_with(", patterns::prefix_test),
        ("strip_prefix(", patterns::prefix_test),
    ]
};

/// `use a::{b, c as d};`, `type D = a::B;`.
fn import<'a>(file: &File<'a>, at: u32, scopes: &mut Scopes<'a>) -> Option<u32> {
    if file.is_word(at, &["type"]) && file.kind(at + 2) == Kind::Equal {
        let path = imports::absolute(file, at + 3)?;
        let whole = file.kind(path.last + 1) == Kind::Semicolon;
        let value = if whole { path.value } else { Value::Other };
        let scope = scopes.scope_at(at);
        scopes.bind(file, at + 1, scope, value);
        return Some(at + 3);
    }
    if file.is_word(at, &["extern"]) && file.is(at + 1, "crate") {
        return imports::whole(file, at + 2, scopes);
    }
    if !file.is_word(at, &["use"]) {
        return None;
    }
    imports::whole(file, at + 1, scopes)
}

/// `nanoid!()`.
fn own(file: &File<'_>, at: u32) -> Option<Own> {
    let bang = file.kind(at) == Kind::Name
        && file.is(at, "nanoid")
        && file.is(at + 1, "!")
        && file.kind(at + 2) == Kind::Open;
    let path = file.is(at.wrapping_sub(1), "::") && file.is(at.wrapping_sub(2), "nanoid");
    let first = if path { at - 2 } else { at };
    bang.then(|| Own {
        first,
        last: file.link(at + 2),
        family: Family::Library,
        function: "nanoid".to_owned(),
        call: true,
        target: None,
    })
}
