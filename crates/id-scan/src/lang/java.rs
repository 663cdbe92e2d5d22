//! Java: imports, static imports, text blocks, and the classes whose methods make ids.
//!
//! Specification: <https://docs.oracle.com/javase/specs/>.

use super::Shape;
use super::shared::imports;
use super::shared::patterns;
use super::shared::scopes::Scopes;
use super::shared::syntax::{self, StringForm, Syntax, quoted};
use super::shared::{Description, File, Grammar, NO_GRAMMAR, Row, row};
use crate::prefilter::Check;
use crate::tracked::Family;

pub(crate) static JAVA: Description = Description {
    extensions: &["java"],
    minified: false,
    experimental: false,
    interpreters: &[],
    syntax: SYNTAX,
    grammar: GRAMMAR,
    separator: ".",
    modules: MODULES,
    needles: NEEDLES,
};

const SYNTAX: Syntax = Syntax {
    line_comments: &["//"],
    block_comments: &[("/*", "*/")],
    strings: &[StringForm { lines: true, ..quoted("\"\"\"") }, quoted("\""), quoted("'")],
    name_bytes: b"$",
    accessors: &["::", "."],
    before_value: &["return", "case", "new", "throw", "else", "assert", "yield", "instanceof"],
    ..syntax::NONE
};

/// What the languages of the Java machine give another form with.
pub(super) const FORMS: &[(&str, Shape)] = &[
    ("toString", Shape::Str),
    ("format", Shape::Interpolated),
    ("formatted", Shape::Str),
    ("concat", Shape::Str),
    ("valueOf", Shape::Str),
    ("replace", Shape::Hex),
    ("replaceAll", Shape::Hex),
    ("toUpperCase", Shape::Str),
    ("toLowerCase", Shape::Str),
    ("uppercase", Shape::Str),
    ("lowercase", Shape::Str),
    ("toHexString", Shape::Hex),
    ("toMillis", Shape::Int),
    ("toEpochMilli", Shape::Int),
    ("toEpochMilliseconds", Shape::Int),
    ("getEpochSecond", Shape::Int),
    ("hashCode", Shape::Int),
    ("getMostSignificantBits", Shape::Truncated),
    ("getLeastSignificantBits", Shape::Truncated),
    ("mostSignificantBits", Shape::Truncated),
    ("leastSignificantBits", Shape::Truncated),
    ("toLongs", Shape::Int),
    ("toByteArray", Shape::Bytes),
    ("toHexDashString", Shape::Str),
];

const GRAMMAR: Grammar = Grammar {
    class_words: &["class", "interface", "enum", "record"],
    control_words: &["if", "for", "while", "switch", "catch", "try", "synchronized"],
    returning_words: &["return", "yield"],
    call_words: &["new"],
    forms: FORMS,
    slices: &["substring", "subSequence"],
    split_methods: &["split"],
    prefix_methods: &["startsWith", "endsWith"],
    platform: &["java", "com", "org", "de", "io", "System", "Math"],
    head_words: &["throws"],
    types_first: true,
    import,
    import_words: &["import"],
    ..NO_GRAMMAR
};

const UUID: &[(&str, Family)] =
    &[("randomUUID", Family::Fresh), ("nameUUIDFromBytes", Family::Deterministic)];
const OBJECT_ID: &[(&str, Family)] = &[("", Family::LibraryClass), ("get", Family::Library)];

/// The classes of the Java machine.
pub(super) const MODULES: &[Row] = {
    use Family::{Deterministic, Identity, Library, Random, Time};
    &[
        row("java.util.UUID", true, UUID),
        row("UUID", true, UUID),
        row(
            "java.lang.System",
            true,
            &[("currentTimeMillis", Time), ("nanoTime", Time), ("identityHashCode", Identity)],
        ),
        row(
            "System",
            true,
            &[("currentTimeMillis", Time), ("nanoTime", Time), ("identityHashCode", Identity)],
        ),
        row("java.time.Instant", true, &[("now", Time)]),
        row("Math", true, &[("random", Random)]),
        row("java.util.Random", true, &[("", Random)]),
        row("java.security.SecureRandom", true, &[("", Random)]),
        row("java.util.concurrent.ThreadLocalRandom", true, &[("current", Random)]),
        row(
            "org.apache.commons.lang3.RandomStringUtils",
            true,
            &[
                ("random", Random),
                ("randomAlphanumeric", Random),
                ("randomAlphabetic", Random),
                ("randomNumeric", Random),
            ],
        ),
        row(
            "com.fasterxml.uuid.Generators",
            true,
            &[
                ("randomBasedGenerator", Library),
                ("timeBasedGenerator", Library),
                ("timeBasedEpochGenerator", Library),
                ("timeBasedEpochRandomGenerator", Library),
                ("timeBasedReorderedGenerator", Library),
                ("nameBasedGenerator", Deterministic),
            ],
        ),
        row(
            "com.github.f4b6a3.uuid.UuidCreator",
            true,
            &[
                ("getRandomBased", Library),
                ("getRandomBasedFast", Library),
                ("getTimeBased", Library),
                ("getTimeOrdered", Library),
                ("getTimeOrderedEpoch", Library),
                ("getTimeOrderedEpochPlus1", Library),
                ("getTimeOrderedEpochPlusN", Library),
                ("getNameBasedMd5", Deterministic),
                ("getNameBasedSha1", Deterministic),
            ],
        ),
        row(
            "com.github.f4b6a3.ulid.UlidCreator",
            true,
            &[("getUlid", Library), ("getMonotonicUlid", Library)],
        ),
        row("com.github.f4b6a3.ulid.Ulid", true, &[("fast", Library)]),
        row(
            "com.github.f4b6a3.tsid.TsidCreator",
            true,
            &[("getTsid", Library), ("getTsid256", Library), ("getTsid1024", Library)],
        ),
        row("com.github.ksuid.Ksuid", true, &[("newKsuid", Library), ("newRandom", Library)]),
        row("com.aventrix.jnanoid.jnanoid.NanoIdUtils", true, &[("randomNanoId", Library)]),
        row("org.bson.types.ObjectId", true, OBJECT_ID),
    ]
};

/// What is found without the table, in the languages of the Java machine.
pub(super) const NEEDLES: &[(&str, Check)] = {
    const ANY: Check = |_, _| true;
    &[
        ("UuidCreator", ANY),
        ("UlidCreator", ANY),
        ("TsidCreator", ANY),
        ("NanoIdUtils", ANY),
        ("Ksuid", ANY),
        ("Ulid.", ANY),
        ("ObjectId", ANY),
        ("Generators", ANY),
        ("split(", patterns::method_of_id),
        ("startsWith(", patterns::prefix_test),
        ("endsWith(", patterns::prefix_test),
    ]
};

/// `import a.b.C;`, `import static a.b.C.m;`, `import a.b.*;`.
fn import<'a>(file: &File<'a>, at: u32, scopes: &mut Scopes<'a>) -> Option<u32> {
    if !file.is_word(at, &["import"]) {
        return None;
    }
    let from = if file.is_word(at + 1, &["static"]) { at + 2 } else { at + 1 };
    imports::whole(file, from, scopes)
}
