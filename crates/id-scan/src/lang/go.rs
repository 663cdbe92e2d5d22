//! Go: imports by path, short declarations, raw strings, and the packages whose functions make ids.
//!
//! Specification: <https://go.dev/ref/spec>.

use super::Shape;
use super::shared::imports;
use super::shared::lexer::{FIRST, Kind};
use super::shared::scopes::{Scopes, Value};
use super::shared::syntax::{self, Escape, StringForm, Syntax, quoted};
use super::shared::{self, Description, File, Grammar, NO_GRAMMAR, Row};
use crate::prefilter::Check;
use crate::tracked::Family;

pub(crate) static GO: Description = Description {
    extensions: &["go"],
    minified: false,
    experimental: false,
    interpreters: &[],
    syntax: SYNTAX,
    grammar: GRAMMAR,
    separator: "#",
    modules: MODULES,
    needles: NEEDLES,
};

const SYNTAX: Syntax = Syntax {
    line_comments: &["//"],
    block_comments: &[("/*", "*/")],
    strings: &[
        quoted("\""),
        quoted("'"),
        StringForm { escape: Escape::Never, lines: true, ..quoted("`") },
    ],
    before_value: &["return", "case", "go", "defer", "range", "if", "for", "switch", "else"],
    ..syntax::NONE
};

const GRAMMAR: Grammar = Grammar {
    block_words: &["var", "const"],
    defining_words: &["func"],
    class_words: &["type"],
    control_words: &["if", "for", "switch", "select", "func"],
    forms: &[
        ("String", Shape::Str),
        ("string", Shape::Str),
        ("URN", Shape::Urn),
        ("Bytes", Shape::Bytes),
        ("Hex", Shape::Hex),
        ("ToLower", Shape::Str),
        ("ToUpper", Shape::Str),
        ("ReplaceAll", Shape::Hex),
        ("Replace", Shape::Hex),
        ("Must", Shape::Plain),
        ("UnixNano", Shape::Int),
        ("UnixMilli", Shape::Int),
        ("Unix", Shape::Int),
        ("Format", Shape::Str),
        ("FormatInt", Shape::Str),
        ("Itoa", Shape::Str),
        ("Sprintf", Shape::Interpolated),
        ("Sprint", Shape::Str),
    ],
    ordered: true,
    results: true,
    ends_lines: true,
    import_words: &["import"],
    import,
    declaration,
    ..NO_GRAMMAR
};

const fn row(module: &'static str, functions: &'static [(&'static str, Family)]) -> Row {
    shared::row(module, false, functions)
}

const GOOGLE: &[(&str, Family)] = {
    use Family::{Deterministic, Fresh};
    &[
        ("New", Fresh),
        ("NewString", Fresh),
        ("NewRandom", Fresh),
        ("NewRandomFromReader", Fresh),
        ("NewUUID", Fresh),
        ("NewV6", Fresh),
        ("NewV7", Fresh),
        ("NewV7FromReader", Fresh),
        ("NewDCEGroup", Fresh),
        ("NewDCEPerson", Fresh),
        ("NewDCESecurity", Fresh),
        ("NewMD5", Deterministic),
        ("NewSHA1", Deterministic),
        ("NewHash", Deterministic),
    ]
};

const STANDARD: &[(&str, Family)] = {
    use Family::{Deterministic, Fresh};
    &[
        ("New", Fresh),
        ("NewString", Fresh),
        ("NewRandom", Fresh),
        ("NewUUID", Fresh),
        ("NewV1", Fresh),
        ("NewV4", Fresh),
        ("NewV6", Fresh),
        ("NewV7", Fresh),
        ("NewMD5", Deterministic),
        ("NewSHA1", Deterministic),
    ]
};

const GOFRS: &[(&str, Family)] = {
    use Family::{Deterministic, Fresh};
    &[
        ("NewV1", Fresh),
        ("NewV2", Fresh),
        ("NewV4", Fresh),
        ("NewV6", Fresh),
        ("NewV7", Fresh),
        ("NewV3", Deterministic),
        ("NewV5", Deterministic),
    ]
};

const ULID: &[(&str, Family)] =
    &[("Make", Family::Library), ("New", Family::Library), ("MustNew", Family::Library)];
const XID: &[(&str, Family)] = &[("New", Family::Library), ("NewWithTime", Family::Library)];
const KSUID: &[(&str, Family)] = &[
    ("New", Family::Library),
    ("NewRandom", Family::Library),
    ("NewRandomWithTime", Family::Library),
];
const NANOID: &[(&str, Family)] = &[
    ("New", Family::Library),
    ("Must", Family::Library),
    ("Generate", Family::Library),
    ("MustGenerate", Family::Library),
    ("Standard", Family::Library),
    ("CustomASCII", Family::Library),
];

/// The packages by their paths.
const MODULES: &[Row] = {
    use Family::{Digest, Fresh, Library, Random, Time};
    &[
        // The package of the standard library, and an import that is missing.
        Row { module: "uuid", global: true, functions: STANDARD },
        row("github.com/google/uuid", GOOGLE),
        row(
            "github.com/pborman/uuid",
            &[
                ("New", Fresh),
                ("NewRandom", Fresh),
                ("NewUUID", Fresh),
                ("NewMD5", Family::Deterministic),
                ("NewSHA1", Family::Deterministic),
            ],
        ),
        row("github.com/Azure/azure-sdk-for-go/sdk/internal/uuid", &[("New", Fresh)]),
        row("github.com/aws/smithy-go/rand", &[("NewUUID", Fresh)]),
        row("github.com/gofrs/uuid", GOFRS),
        row("github.com/gofrs/uuid/v3", GOFRS),
        row("github.com/gofrs/uuid/v4", GOFRS),
        row("github.com/gofrs/uuid/v5", GOFRS),
        row("github.com/satori/go.uuid", GOFRS),
        row(
            "github.com/hashicorp/go-uuid",
            &[
                ("GenerateUUID", Fresh),
                ("GenerateUUIDWithReader", Fresh),
                ("GenerateRandomBytes", Random),
            ],
        ),
        row("k8s.io/apimachinery/pkg/util/uuid", &[("NewUUID", Fresh)]),
        row("github.com/oklog/ulid", ULID),
        row("github.com/oklog/ulid/v2", ULID),
        row("github.com/rs/xid", XID),
        row("github.com/segmentio/ksuid", KSUID),
        row("github.com/matoous/go-nanoid", NANOID),
        row("github.com/matoous/go-nanoid/v2", NANOID),
        row("github.com/jaevor/go-nanoid", NANOID),
        row("github.com/lithammer/shortuuid", &[("New", Library), ("NewWithNamespace", Library)]),
        row(
            "github.com/lithammer/shortuuid/v3",
            &[("New", Library), ("NewWithNamespace", Library)],
        ),
        row(
            "github.com/lithammer/shortuuid/v4",
            &[("New", Library), ("NewWithNamespace", Library)],
        ),
        row("github.com/teris-io/shortid", &[("Generate", Library), ("MustGenerate", Library)]),
        row("github.com/sony/sonyflake", &[("NewSonyflake", Library)]),
        row("github.com/bwmarrin/snowflake", &[("NewNode", Library)]),
        row("go.jetify.com/typeid", &[("WithPrefix", Library), ("Must", Library)]),
        row("go.mongodb.org/mongo-driver/bson/primitive", &[("NewObjectID", Library)]),
        row("go.mongodb.org/mongo-driver/v2/bson", &[("NewObjectID", Library)]),
        row("gopkg.in/mgo.v2/bson", &[("NewObjectId", Library)]),
        row(
            "math/rand",
            &[
                ("Int", Random),
                ("Intn", Random),
                ("Int31", Random),
                ("Int31n", Random),
                ("Int63", Random),
                ("Int63n", Random),
                ("Uint32", Random),
                ("Uint64", Random),
            ],
        ),
        row(
            "math/rand/v2",
            &[
                ("Int", Random),
                ("IntN", Random),
                ("Int64", Random),
                ("Int64N", Random),
                ("Uint32", Random),
                ("Uint64", Random),
                ("N", Random),
            ],
        ),
        row("crypto/rand", &[("Int", Random), ("Text", Random), ("Read", Random)]),
        row("crypto/md5", &[("Sum", Digest)]),
        row("crypto/sha1", &[("Sum", Digest)]),
        row("crypto/sha256", &[("Sum256", Digest)]),
        row("time", &[("Now", Time)]),
    ]
};

/// The paths stand alone on their lines in an import of many.
const NEEDLES: &[(&str, Check)] = {
    const ANY: Check = |_, _| true;
    &[
        ("\"github.com/", path),
        ("\"k8s.io/apimachinery/pkg/util/uuid\"", ANY),
        ("\"go.jetify.com/typeid", ANY),
        ("\"go.mongodb.org/mongo-driver/", ANY),
        ("\"gopkg.in/mgo.v2/bson\"", ANY),
    ]
};

/// Whether the path at `at` is one of the table.
fn path(text: &[u8], at: usize) -> bool {
    let rest = text.get(at + 1..).unwrap_or_default();
    let end = rest.iter().take(128).position(|byte| *byte == b'"').unwrap_or(0);
    let path = rest.get(..end).unwrap_or_default();
    MODULES.iter().any(|row| row.module.as_bytes() == path)
}

/// `import "path"`, `import (...)`.
fn import<'a>(file: &File<'a>, at: u32, scopes: &mut Scopes<'a>) -> Option<u32> {
    if !file.is_word(at, &["import"]) {
        return None;
    }
    if file.is(at + 1, "(") {
        let close = file.link(at + 1);
        let mut next = at + 2;
        while next < close {
            next = package(file, next, scopes).unwrap_or(next + 1);
        }
        return Some(close + 1);
    }
    package(file, at + 1, scopes)
}

/// `"path"`, `name "path"`, `. "path"`.
fn package<'a>(file: &File<'a>, at: u32, scopes: &mut Scopes<'a>) -> Option<u32> {
    let named = matches!(file.kind(at), Kind::Name | Kind::Dot);
    let text = if named { at + 1 } else { at };
    if file.kind(text) != Kind::Text {
        return None;
    }
    let module = imports::module(file, text);
    let value = module.map_or(Value::Other, Value::Module);
    match file.kind(at) {
        Kind::Dot => {
            if let Some(module) = module {
                scopes.bind_all(file, module);
            }
        }
        Kind::Name if file.is(at, "_") => {}
        Kind::Name => scopes.bind(file, at, 0, value),
        _ => scopes.bind_as(package_name(file.unquoted(text)), text, 0, value),
    }
    Some(text + 1)
}

/// The name of a package, as its path says: `github.com/oklog/ulid/v2` is `ulid`.
fn package_name(path: &[u8]) -> &[u8] {
    let mut parts = path.rsplit(|byte| *byte == b'/');
    let mut name = parts.next().unwrap_or_default();
    if name.len() > 1 && name.starts_with(b"v") && name.iter().skip(1).all(u8::is_ascii_digit) {
        name = parts.next().unwrap_or(name);
    }
    // The packages `go.uuid`, `go-uuid` and `go-nanoid` leave out what says that they are Go.
    if name == b"go-nanoid" {
        return b"gonanoid";
    }
    name.strip_prefix(b"go.").or_else(|| name.strip_prefix(b"go-")).unwrap_or(name)
}

/// `uuid := ...`, `uuid, err := ...`: the name means something else behind the statement.
fn declaration<'a>(file: &File<'a>, at: u32, scopes: &mut Scopes<'a>) -> Option<u32> {
    let mut equal = at + 1;
    while file.kind(equal) == Kind::Comma && file.kind(equal + 1) == Kind::Name {
        equal += 2;
    }
    if !file.is(equal, ":=") {
        return None;
    }
    let mut end = equal + 1;
    for _ in 0..256 {
        let goes_on = matches!(
            file.kind(end - 1),
            Kind::Operator | Kind::Comma | Kind::Dot | Kind::Equal | Kind::Open
        );
        match file.kind(end) {
            Kind::End | Kind::Semicolon | Kind::Close => break,
            _ if file.has(end, FIRST) && !goes_on => break,
            _ => end = file.after(end),
        }
    }
    let scope = scopes.scope_at(at);
    scopes.bind_as(file.spelling(at), end.saturating_sub(1), scope, Value::Other);
    None
}
