//! PHP: code between tags, uses in groups, heredocs, and the classes and functions that make ids.
//!
//! Specification: <https://www.php.net/manual/en/langref.php>.

use super::Shape;
use super::shared::imports;
use super::shared::lexer::Kind;
use super::shared::scopes::{Scopes, Value};
use super::shared::syntax::{self, StringForm, Syntax, quoted};
use super::shared::{Description, File, Grammar, NO_GRAMMAR, Row, global_row as row};
use crate::prefilter::Check;
use crate::tracked::Family;

pub(crate) static PHP: Description = Description {
    extensions: &["php", "phtml"],
    minified: false,
    experimental: false,
    interpreters: &["php"],
    syntax: SYNTAX,
    grammar: GRAMMAR,
    separator: "\\",
    modules: MODULES,
    needles: NEEDLES,
};

const SYNTAX: Syntax = Syntax {
    line_comments: &["//", "#"],
    block_comments: &[("/*", "*/")],
    strings: &[
        StringForm { lines: true, ..quoted("\"") },
        StringForm { lines: true, ..quoted("'") },
    ],
    name_bytes: b"$",
    accessors: &["?->", "->", "::", "\\"],
    before_value: &[
        "return", "case", "new", "throw", "else", "echo", "print", "yield", "and", "or",
    ],
    heredocs: &["<<<"],
    outside: Some(("?>", "<?")),
    ..syntax::NONE
};

const GRAMMAR: Grammar = Grammar {
    defining_words: &["function", "fn"],
    class_words: &["class", "interface", "trait", "enum"],
    control_words: &["if", "for", "foreach", "while", "switch", "catch", "elseif", "match"],
    returning_words: &["return", "yield"],
    call_words: &["new"],
    forms: &[
        ("toString", Shape::Str),
        ("__toString", Shape::Str),
        ("strval", Shape::Str),
        ("sprintf", Shape::Interpolated),
        ("getHex", Shape::Hex),
        ("getBytes", Shape::Bytes),
        ("getInteger", Shape::Int),
        ("getUrn", Shape::Urn),
        ("toRfc4122", Shape::Str),
        ("toBase32", Shape::Str),
        ("toBase58", Shape::Str),
        ("toBinary", Shape::Bytes),
        ("bin2hex", Shape::Hex),
        ("md5", Shape::Str),
        ("sha1", Shape::Str),
        ("strtolower", Shape::Str),
        ("strtoupper", Shape::Str),
    ],
    platform: &[
        "Ramsey",
        "Symfony",
        "Illuminate",
        "Webpatser",
        "Hidehalo",
        "Doctrine",
        "MongoDB",
        "Tuupola",
        "Brick",
        "Godruoyi",
        "uniqid",
        "com_create_guid",
        "uuid_create",
        "wp_generate_uuid4",
        "time",
        "microtime",
        "hrtime",
        "mt_rand",
        "rand",
        "random_int",
        "random_bytes",
        "openssl_random_pseudo_bytes",
        "spl_object_hash",
        "spl_object_id",
        "md5",
        "sha1",
    ],
    values_apart: true,
    arrow_keys: true,
    import,
    import_words: &["use"],
    ..NO_GRAMMAR
};

const STR: &[(&str, Family)] = &[
    ("uuid", Family::Fresh),
    ("uuid7", Family::Fresh),
    ("orderedUuid", Family::Fresh),
    ("ulid", Family::Library),
    ("random", Family::Random),
];
const FRESH: &[(&str, Family)] = &[("", Family::Fresh)];
const LIBRARY: &[(&str, Family)] = &[("", Family::Library)];
const TIME: &[(&str, Family)] = &[("", Family::Time)];
const RANDOM: &[(&str, Family)] = &[("", Family::Random)];
const IDENTITY: &[(&str, Family)] = &[("", Family::Identity)];

/// The classes, and the functions that are everywhere.
const MODULES: &[Row] = {
    use Family::{Deterministic, Fresh, Library, LibraryClass};
    const RAMSEY: &[(&str, Family)] = &[
        ("uuid1", Fresh),
        ("uuid2", Fresh),
        ("uuid3", Deterministic),
        ("uuid4", Fresh),
        ("uuid5", Deterministic),
        ("uuid6", Fresh),
        ("uuid7", Fresh),
    ];
    const SYMFONY: &[(&str, Family)] = &[
        ("v1", Fresh),
        ("v3", Deterministic),
        ("v4", Fresh),
        ("v5", Deterministic),
        ("v6", Fresh),
        ("v7", Fresh),
    ];
    &[
        row("Ramsey\\Uuid\\Uuid", RAMSEY),
        row(
            "Ramsey\\Uuid",
            &[
                ("v1", Fresh),
                ("v3", Deterministic),
                ("v4", Fresh),
                ("v5", Deterministic),
                ("v6", Fresh),
                ("v7", Fresh),
            ],
        ),
        row("Uuid", RAMSEY),
        row("Symfony\\Component\\Uid\\Uuid", SYMFONY),
        row(
            "Symfony\\Component\\Uid",
            &[
                ("UuidV1", LibraryClass),
                ("UuidV4", LibraryClass),
                ("UuidV6", LibraryClass),
                ("UuidV7", LibraryClass),
                ("Ulid", LibraryClass),
            ],
        ),
        row("Illuminate\\Support\\Str", STR),
        row("Str", STR),
        row("Webpatser\\Uuid\\Uuid", &[("generate", Fresh)]),
        row("MongoDB\\BSON", &[("ObjectId", LibraryClass)]),
        row("Hidehalo\\Nanoid\\Client", &[("generateId", Library)]),
        row("uniqid", LIBRARY),
        row("com_create_guid", FRESH),
        row("uuid_create", FRESH),
        row("wp_generate_uuid4", FRESH),
        row("time", TIME),
        row("microtime", TIME),
        row("hrtime", TIME),
        row("mt_rand", RANDOM),
        row("rand", RANDOM),
        row("random_int", RANDOM),
        row("random_bytes", RANDOM),
        row("openssl_random_pseudo_bytes", RANDOM),
        row("spl_object_hash", IDENTITY),
        row("spl_object_id", IDENTITY),
    ]
};

const NEEDLES: &[(&str, Check)] = {
    const ANY: Check = |_, _| true;
    &[
        ("Uuid", ANY),
        ("Ulid", ANY),
        ("Str::", ANY),
        ("ObjectId", ANY),
        ("uniqid", ANY),
        ("com_create_guid", ANY),
        ("uuid_create", ANY),
        ("wp_generate_uuid4", ANY),
        ("time(", crate::prefilter::part),
        ("microtime(", crate::prefilter::part),
        ("hrtime(", crate::prefilter::part),
        ("mt_rand(", crate::prefilter::part),
        ("rand(", crate::prefilter::part),
        ("random_int(", crate::prefilter::part),
        ("random_bytes(", crate::prefilter::part),
        ("openssl_random_pseudo_bytes(", crate::prefilter::part),
        ("spl_object_hash(", crate::prefilter::part),
        ("spl_object_id(", crate::prefilter::part),
    ]
};

/// `use A\B;`, `use A\B as C;`, `use A\{B, C};`, `use function A\f;`.
fn import<'a>(file: &File<'a>, at: u32, scopes: &mut Scopes<'a>) -> Option<u32> {
    if !file.is_word(at, &["use"]) || file.kind(at + 1) == Kind::Open {
        return None;
    }
    let mut next = at + 1;
    if file.is_word(next, &["function", "const"]) {
        next += 1;
    }
    // Within a class it takes a trait, whose name was bound by an import.
    if scopes.scope_at(at) != 0 {
        let path = imports::absolute(file, next)?;
        if matches!(path.value, Value::Other) {
            return None;
        }
    }
    loop {
        next = imports::whole(file, next, scopes)?;
        if file.kind(next) != Kind::Comma {
            return Some(next);
        }
        next += 1;
    }
}
