//! C#: usings, aliases, verbatim, raw and interpolated strings, and the types whose methods make
//! ids.
//!
//! Specification: <https://learn.microsoft.com/dotnet/csharp/language-reference/language-specification/>.

use super::Shape;
use super::shared::imports;
use super::shared::lexer::Kind;
use super::shared::patterns;
use super::shared::scopes::{Scopes, Value};
use super::shared::syntax::{self, Escape, StringForm, Syntax, quoted};
use super::shared::{Description, File, Grammar, NO_GRAMMAR, Row, row};
use crate::prefilter::Check;
use crate::tracked::Family;

pub(crate) static CSHARP: Description = Description {
    extensions: &["cs", "csx"],
    minified: false,
    experimental: false,
    interpreters: &[],
    syntax: SYNTAX,
    grammar: GRAMMAR,
    separator: ".",
    modules: MODULES,
    needles: NEEDLES,
};

const FIELDS: &[(&str, &str)] = &[("{", "}")];

/// A string with fields; a brace that stands twice is one.
const fn interpolated(open: &'static str, close: &'static str, escape: Escape) -> StringForm {
    let lines = !matches!(escape, Escape::Backslash);
    StringForm { open, close, escape, fields: FIELDS, lines, doubled_field: true, nests: None }
}

const SYNTAX: Syntax = Syntax {
    line_comments: &["//"],
    block_comments: &[("/*", "*/")],
    strings: &[
        StringForm {
            fields: &[("{{", "}}")],
            doubled_field: false,
            ..interpolated("$$\"\"\"", "\"\"\"", Escape::Never)
        },
        interpolated("$\"\"\"", "\"\"\"", Escape::Never),
        StringForm { escape: Escape::Never, lines: true, ..quoted("\"\"\"") },
        interpolated("$@\"", "\"", Escape::Doubled),
        interpolated("@$\"", "\"", Escape::Doubled),
        interpolated("$\"", "\"", Escape::Backslash),
        StringForm { open: "@\"", escape: Escape::Doubled, lines: true, ..quoted("\"") },
        quoted("\""),
        quoted("'"),
    ],
    accessors: &["?.", "::", "!.", "."],
    before_value: &["return", "case", "new", "throw", "else", "await", "in", "is", "as"],
    ..syntax::NONE
};

const GRAMMAR: Grammar = Grammar {
    class_words: &["class", "interface", "enum", "record", "struct", "namespace"],
    control_words: &["if", "for", "foreach", "while", "switch", "catch", "lock", "using", "fixed"],
    returning_words: &["return"],
    call_words: &["new"],
    forms: &[
        ("ToString", Shape::Str),
        ("Format", Shape::Interpolated),
        ("Concat", Shape::Interpolated),
        ("ToByteArray", Shape::Bytes),
        ("Replace", Shape::Hex),
        ("ToLower", Shape::Str),
        ("ToLowerInvariant", Shape::Str),
        ("ToUpper", Shape::Str),
        ("ToUpperInvariant", Shape::Str),
        ("Trim", Shape::Str),
        ("GetHashCode", Shape::Int),
        ("Ticks", Shape::Int),
        ("ToBinary", Shape::Int),
        ("ToFileTime", Shape::Int),
        ("ToUnixTimeSeconds", Shape::Int),
        ("ToUnixTimeMilliseconds", Shape::Int),
    ],
    slices: &["Substring", "Remove", "AsSpan"],
    split_methods: &["Split"],
    prefix_methods: &["StartsWith", "EndsWith"],
    platform: &[
        "System",
        "Guid",
        "DateTime",
        "DateTimeOffset",
        "Random",
        "Nanoid",
        "MassTransit",
        "MongoDB",
        "global",
    ],
    head_words: &["where"],
    types_first: true,
    properties: true,
    import,
    import_words: &["using"],
    ..NO_GRAMMAR
};

const GUID: &[(&str, Family)] = &[("NewGuid", Family::Fresh), ("CreateVersion7", Family::Fresh)];
const NOW: &[(&str, Family)] = &[("Now", Family::Time), ("UtcNow", Family::Time)];
const RANDOM: &[(&str, Family)] = &[("Shared", Family::Random)];

/// The types. `System` is used everywhere without saying so.
const MODULES: &[Row] = {
    use Family::{Fresh, Library, LibraryClass, Random, Time};
    &[
        row("System.Guid", true, GUID),
        row("Guid", true, GUID),
        row("global.System.Guid", true, GUID),
        row("System.DateTime", false, NOW),
        row("DateTime", true, NOW),
        row("System.DateTimeOffset", false, NOW),
        row("DateTimeOffset", true, NOW),
        row("System.Random", false, RANDOM),
        row("Random", true, RANDOM),
        row("System.Environment", false, &[("TickCount", Time), ("TickCount64", Time)]),
        row("MassTransit.NewId", true, &[("Next", Library), ("NextGuid", Library)]),
        row("Nanoid.Nanoid", true, &[("Generate", Library), ("GenerateAsync", Library)]),
        row("NUlid.Ulid", true, &[("NewUlid", Library)]),
        row("Ulid", true, &[("NewUlid", Library)]),
        row("System.Ulid", true, &[("NewUlid", Library)]),
        row("MongoDB.Bson.ObjectId", true, &[("GenerateNewId", Library)]),
        row(
            "UUIDNext.Uuid",
            true,
            &[
                ("NewRandom", Fresh),
                ("NewSequential", Fresh),
                ("NewDatabaseFriendly", Fresh),
                ("NewNameBased", Family::Deterministic),
            ],
        ),
        row("Medo.Uuid7", true, &[("", LibraryClass), ("NewUuid7", Library), ("NewGuid", Library)]),
        row("KSUID.Ksuid", true, &[("Generate", Library), ("RandomKsuid", Library)]),
        row(
            "System.Security.Cryptography.RandomNumberGenerator",
            true,
            &[
                ("GetInt32", Random),
                ("GetBytes", Random),
                ("GetHexString", Random),
                ("GetString", Random),
            ],
        ),
    ]
};

const NEEDLES: &[(&str, Check)] = {
    const ANY: Check = |_, _| true;
    &[
        ("NewUlid", ANY),
        ("GenerateNewId", ANY),
        ("NewUuid7", ANY),
        ("Uuid7(", ANY),
        ("NewId.Next", ANY),
        ("Nanoid.Generate", ANY),
        ("Ksuid.", ANY),
        ("DateTime.", crate::prefilter::part),
        ("DateTimeOffset.", crate::prefilter::part),
        ("Random.Shared", crate::prefilter::part),
        ("Split(", patterns::method_of_id),
        ("StartsWith(", patterns::prefix_test),
        ("EndsWith(", patterns::prefix_test),
        ("= $\"", given),
    ]
};

/// Whether a string behind a mark at `at` is given to an id.
fn given(text: &[u8], at: usize) -> bool {
    patterns::is_given_to_id(text, at + 2)
}

/// `using System;`, `using static System.Guid;`, `using G = System.Guid;`.
fn import<'a>(file: &File<'a>, at: u32, scopes: &mut Scopes<'a>) -> Option<u32> {
    if !file.is_word(at, &["using"]) {
        return None;
    }
    let mut from = at + 1;
    let named = file.is_word(from, &["static"]);
    if named {
        from += 1;
    }
    if file.kind(from) == Kind::Name && file.kind(from + 1) == Kind::Equal {
        let path = imports::absolute(file, skip_global(file, from + 2))?;
        if file.kind(path.last + 1) != Kind::Semicolon {
            return None;
        }
        scopes.bind(file, from, 0, path.value);
        return Some(path.last + 2);
    }
    let path = imports::absolute(file, skip_global(file, from))?;
    if file.kind(path.last + 1) != Kind::Semicolon {
        return None;
    }
    if let Value::Module(module) = path.value {
        scopes.bind_all(file, module);
    }
    for name in from..=path.last {
        scopes.taken.push(name);
    }
    Some(path.last + 2)
}

fn skip_global(file: &File<'_>, at: u32) -> u32 {
    if file.is(at, "global") && file.is(at + 1, "::") { at + 2 } else { at }
}
