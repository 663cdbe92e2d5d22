//! Kotlin: imports with other names, templates, nested comments, and the classes whose functions
//! make ids: those of Java, and Kotlin's own.
//!
//! Specification: <https://kotlinlang.org/spec/>.

use super::java;
use super::shared::lexer::Kind;
use super::shared::patterns;
use super::shared::scopes::Scopes;
use super::shared::syntax::{self, Escape, StringForm, Syntax, quoted};
use super::shared::{Description, File, Grammar, NO_GRAMMAR, Row, imports};
use crate::prefilter::Check;
use crate::tracked::Family;

pub(crate) static KOTLIN: Description = Description {
    extensions: &["kt", "kts"],
    minified: false,
    experimental: false,
    interpreters: &["kotlin"],
    syntax: SYNTAX,
    grammar: GRAMMAR,
    separator: ".",
    modules: &MODULES,
    needles: NEEDLES,
};

const FIELDS: &[(&str, &str)] = &[("${", "}")];

const SYNTAX: Syntax = Syntax {
    line_comments: &["//"],
    block_comments: &[("/*", "*/")],
    nested_comments: true,
    strings: &[
        StringForm { escape: Escape::Never, lines: true, fields: FIELDS, ..quoted("\"\"\"") },
        StringForm { fields: FIELDS, ..quoted("\"") },
        quoted("'"),
    ],
    accessors: &["?.", "::", "!!.", "."],
    before_value: &["return", "in", "is", "as", "throw", "else", "when"],
    ..syntax::NONE
};

const GRAMMAR: Grammar = Grammar {
    block_words: &["val", "var"],
    defining_words: &["fun"],
    class_words: &["class", "interface", "object"],
    control_words: &["if", "for", "while", "when", "catch"],
    modifiers: &["val", "var", "private", "public", "protected", "internal", "vararg", "override"],
    forms: java::FORMS,
    slices: &["substring", "take", "takeLast", "drop", "dropLast", "slice", "subSequence"],
    split_methods: &["split"],
    prefix_methods: &["startsWith", "endsWith"],
    platform: &["java", "com", "org", "de", "io", "kotlin", "System", "Math"],
    results: true,
    ends_lines: true,
    import,
    import_words: &["import", "typealias"],
    ..NO_GRAMMAR
};

const UUID: &[(&str, Family)] =
    &[("random", Family::Fresh), ("generateV4", Family::Fresh), ("generateV7", Family::Fresh)];

const OWN: [Row; 5] = [
    Row { module: "kotlin.uuid.Uuid", global: true, functions: UUID },
    Row {
        module: "com.benasher44.uuid",
        global: false,
        functions: &[
            ("uuid4", Family::Fresh),
            ("uuid3Of", Family::Deterministic),
            ("uuid5Of", Family::Deterministic),
        ],
    },
    Row {
        module: "ulid.ULID",
        global: false,
        functions: &[("randomULID", Family::Library), ("nextULID", Family::Library)],
    },
    Row {
        module: "kotlinx.datetime.Clock.System",
        global: false,
        functions: &[("now", Family::Time)],
    },
    Row {
        module: "kotlin.random.Random",
        global: false,
        functions: &[("nextInt", Family::Random), ("nextLong", Family::Random)],
    },
];

/// Java's, then Kotlin's own.
static MODULES: [Row; java::MODULES.len() + OWN.len()] = {
    let mut all = [const { Row { module: "", global: false, functions: &[] } };
        java::MODULES.len() + OWN.len()];
    let mut at = 0;
    while at < all.len() {
        let from = if at < OWN.len() { &OWN[at] } else { &java::MODULES[at - OWN.len()] };
        all[at] = Row { module: from.module, global: from.global, functions: from.functions };
        at += 1;
    }
    all
};

const NEEDLES: &[(&str, Check)] = {
    const ANY: Check = |_, _| true;
    &[
        ("UuidCreator", ANY),
        ("UlidCreator", ANY),
        ("TsidCreator", ANY),
        ("NanoIdUtils", ANY),
        ("Ksuid", ANY),
        ("Ulid.", ANY),
        ("ULID", ANY),
        ("ObjectId", ANY),
        ("Generators", ANY),
        ("split(", patterns::method_of_id),
        ("startsWith(", patterns::prefix_test),
        ("endsWith(", patterns::prefix_test),
        ("= \"", given),
    ]
};

/// Whether a string behind a mark at `at` is given to an id.
fn given(text: &[u8], at: usize) -> bool {
    patterns::is_given_to_id(text, at + 2)
}

/// `import a.b.C as D`, `typealias D = a.b.C`.
fn import<'a>(file: &File<'a>, at: u32, scopes: &mut Scopes<'a>) -> Option<u32> {
    if file.is_word(at, &["typealias"]) && file.kind(at + 2) == Kind::Equal {
        let path = imports::absolute(file, at + 3)?;
        scopes.bind(file, at + 1, 0, path.value);
        return Some(at + 3);
    }
    if !file.is_word(at, &["import"]) {
        return None;
    }
    imports::whole(file, at + 1, scopes)
}
