//! JavaScript and TypeScript, with JSX: comments, strings, templates, imports and requires, and the
//! modules whose functions make ids.
//!
//! Specification: <https://tc39.es/ecma262/>, <https://facebook.github.io/jsx/>.
// id-lint: allow-file[UID010] the functions that are looked for

pub(super) mod imports;

use super::Shape;
use super::shared::lexer::Kind;
use super::shared::patterns;
use super::shared::rewrite::Forms;
use super::shared::scopes::{self, Scopes, Value};
use super::shared::syntax::{self, StringForm, Syntax, quoted};
use super::shared::{self, Description, File, Grammar, Own, Row, row};
use crate::prefilter::{self, Check};
use crate::tracked::{Family, ModuleIdx};

/// JavaScript, and TypeScript with JSX.
pub(crate) static JAVASCRIPT: Description = Description {
    extensions: &["js", "jsx", "mjs", "cjs", "tsx"],
    minified: true,
    experimental: false,
    interpreters: &["node", "bun"],
    syntax: Syntax { markup: true, ..SYNTAX },
    grammar: GRAMMAR,
    separator: "#",
    modules: MODULES,
    needles: NEEDLES,
};

/// TypeScript, where `<` begins a type.
pub(crate) static TYPESCRIPT: Description = Description {
    extensions: &["ts", "mts", "cts"],
    minified: true,
    experimental: false,
    interpreters: &["deno", "ts-node", "tsx"],
    syntax: SYNTAX,
    grammar: GRAMMAR,
    separator: "#",
    modules: MODULES,
    needles: NEEDLES,
};

const SYNTAX: Syntax = Syntax {
    line_comments: &["//"],
    block_comments: &[("/*", "*/")],
    nested_comments: false,
    strings: &[
        quoted("\""),
        quoted("'"),
        StringForm { fields: &[("${", "}")], lines: true, ..quoted("`") },
    ],
    regexes: true,
    markup: false,
    name_bytes: b"$#",
    accessors: &["?.", "."],
    before_value: &[
        "return",
        "typeof",
        "case",
        "in",
        "of",
        "delete",
        "void",
        "instanceof",
        "new",
        "do",
        "else",
        "yield",
        "await",
        "throw",
        "default",
    ],
    ..syntax::NONE
};

const GRAMMAR: Grammar = Grammar {
    block_words: &["const", "let", "using"],
    function_words: &["var"],
    defining_words: &["function"],
    class_words: &["class", "interface", "enum", "namespace"],
    import_words: &[
        "import",
        "export",
        "require",
        "__importDefault",
        "__importStar",
        "__toESM",
        "_interopRequireDefault",
        "_interopRequireWildcard",
    ],
    control_words: &["if", "for", "while", "switch", "catch", "with"],
    modifiers: &["private", "public", "protected", "readonly", "override", "static"],
    returning_words: &["return", "yield"],
    call_words: &["new"],
    forms: &[
        ("String", Shape::Str),
        ("toString", Shape::Str),
        ("toHexString", Shape::Hex),
        ("replace", Shape::Hex),
        ("replaceAll", Shape::Hex),
        ("split", Shape::Str),
        ("join", Shape::Str),
        ("toUpperCase", Shape::Str),
        ("toLowerCase", Shape::Str),
        ("trim", Shape::Str),
        ("concat", Shape::Str),
        ("Number", Shape::Int),
        ("valueOf", Shape::Int),
        ("getTime", Shape::Int),
        ("toISOString", Shape::Str),
        ("toFixed", Shape::Str),
        ("digest", Shape::Str),
        ("update", Shape::Plain),
        ("floor", Shape::Int),
        ("round", Shape::Int),
        ("ceil", Shape::Int),
        ("trunc", Shape::Int),
    ],
    slices: &["slice", "substring", "substr"],
    split_methods: &["split"],
    prefix_methods: &["startsWith", "endsWith"],
    patchers: &["mock", "doMock", "spyOn", "stub", "replace", "unstable_mockModule"],
    platform: &["crypto", "window", "globalThis", "self", "global", "Date", "Math", "performance"],
    is_idiom: is_letters,
    ordered: false,
    import,
    loaded,
    text_imports: true,
    own,
    ..super::shared::NO_GRAMMAR
};

/// What is rewritten in JavaScript, and how.
pub(super) static FORMS: Forms = Forms { scripts: true, ..MODULE_FORMS };

/// The same of TypeScript, whose files are modules.
pub(super) static TYPESCRIPT_FORMS: Forms = MODULE_FORMS;

const MODULE_FORMS: Forms = Forms {
    object_words: &["new"],
    factories: &[
        "customAlphabet",
        "customRandom",
        "monotonicFactory",
        "init",
        "hyperid",
        "Snowflake",
    ],
    text_functions: &["String"],
    text_methods: &[
        "toString",
        "toHexString",
        "toUpperCase",
        "toLowerCase",
        "trim",
        "replace",
        "replaceAll",
        "slice",
        "substring",
        "substr",
        "padStart",
        "padEnd",
        "toFixed",
        "toISOString",
    ],
    list_methods: &["split"],
    returning_words: &["return", "yield"],
    choosing: &["||", "??", "||=", "??=", "?"],
    declaring_words: &["const", "let", "var", "using"],
    own: "this",
    function: |expression| format!("() => {expression}"),
    scripts: false,
    import: imports::import,
};

/// The modules. `#` stands between a module and its members; a function without a name is the
/// module itself.
const MODULES: &[Row] = {
    use Family::{Deterministic, Digest, Fresh, Library, LibraryClass, Random, Time};
    &[
        row(
            "uuid",
            true,
            &[
                ("", Fresh),
                ("v1", Fresh),
                ("v3", Deterministic),
                ("v4", Fresh),
                ("v5", Deterministic),
                ("v6", Fresh),
                ("v7", Fresh),
            ],
        ),
        row("uuid/v1", false, &[("", Fresh)]),
        row("uuid/v3", false, &[("", Deterministic)]),
        row("uuid/v4", false, &[("", Fresh)]),
        row("uuid/v5", false, &[("", Deterministic)]),
        row("uuidv4", true, &[("", Fresh)]),
        row(
            "crypto",
            true,
            &[
                ("randomUUID", Fresh),
                ("randomBytes", Random),
                ("randomInt", Random),
                ("getRandomValues", Random),
                ("createHash", Digest),
            ],
        ),
        row("crypto#webcrypto", false, &[("randomUUID", Fresh)]),
        row(
            "node:crypto",
            false,
            &[
                ("randomUUID", Fresh),
                ("randomBytes", Random),
                ("randomInt", Random),
                ("createHash", Digest),
            ],
        ),
        row("node:crypto#webcrypto", false, &[("randomUUID", Fresh)]),
        row("window#crypto", true, &[("randomUUID", Fresh)]),
        row("globalThis#crypto", true, &[("randomUUID", Fresh)]),
        row("self#crypto", true, &[("randomUUID", Fresh)]),
        row("global#crypto", true, &[("randomUUID", Fresh)]),
        row(
            "nanoid",
            false,
            &[
                ("", Library),
                ("nanoid", Library),
                ("customAlphabet", Library),
                ("customRandom", Library),
            ],
        ),
        row("nanoid/non-secure", false, &[("nanoid", Library), ("customAlphabet", Library)]),
        row("nanoid/async", false, &[("nanoid", Library)]),
        row("ulid", false, &[("", Library), ("ulid", Library), ("monotonicFactory", Library)]),
        row("ulidx", false, &[("ulid", Library), ("monotonicFactory", Library)]),
        row("cuid", false, &[("", Library), ("slug", Library)]),
        row("@paralleldrive/cuid2", false, &[("createId", Library), ("init", Library)]),
        row("bson", false, &[("ObjectId", LibraryClass), ("ObjectID", LibraryClass)]),
        row("mongodb", false, &[("ObjectId", LibraryClass), ("ObjectID", LibraryClass)]),
        row("mongoose#Types", false, &[("ObjectId", LibraryClass)]),
        row("bson-objectid", false, &[("", LibraryClass)]),
        row("ksuid", false, &[("randomSync", Library), ("random", Library)]),
        row("shortid", false, &[("", Library), ("generate", Library)]),
        row("short-uuid", false, &[("generate", Library), ("uuid", Library)]),
        row("hyperid", false, &[("", Library)]),
        row("uniqid", false, &[("", Library)]),
        row("typeid-js", false, &[("typeid", Library)]),
        row("uuidv7", false, &[("uuidv7", Library)]),
        row("xid-js", false, &[("next", Library)]),
        row("@sapphire/snowflake", false, &[("Snowflake", Library)]),
        row("Date", true, &[("", Time), ("now", Time)]),
        row("performance", true, &[("now", Time)]),
        row("Math", true, &[("random", Random)]),
    ]
};

/// What is found without the table.
const NEEDLES: &[(&str, Check)] = {
    const ANY: Check = |_, _| true;
    &[
        ("uuid", near_function),
        ("random(", followed_by_letters),
        ("split(", patterns::method_of_id),
        ("startsWith(", patterns::prefix_test),
        ("endsWith(", patterns::prefix_test),
        ("= `", given),
        (": `", given),
        ("gen_random_uuid(", ANY),
        ("uuid_generate_v4(", ANY),
        ("UUID()", crate::lang::sql::is_near),
        ("NEWID()", ANY),
    ]
};

/// Whether a template behind a mark at `at` is given to an id.
fn given(text: &[u8], at: usize) -> bool {
    patterns::is_given_to_id(text, at + 2)
}

/// Whether `uuid` at `at` is the module: imported, or a global of that name that is used.
fn near_function(text: &[u8], at: usize) -> bool {
    let rest = text.get(at + 4..).unwrap_or_default();
    rest.starts_with(b".v")
        || rest.starts_with(b"v4(")
        || rest.starts_with(b"(")
        || matches!(rest, [b'"' | b'\'', b')', ..])
        || prefilter::imported(text, at)
}

/// Whether `random(` at `at` is turned into letters.
fn followed_by_letters(text: &[u8], at: usize) -> bool {
    let rest = text.get(at + "random(".len()..).unwrap_or_default();
    rest.starts_with(b").toString(")
}

/// `.toString(36)` behind random digits.
fn is_letters(file: &File<'_>, last: u32) -> bool {
    file.is(file.link(last).saturating_sub(1), "random")
        && file.kind(last + 1) == Kind::Dot
        && file.is(last + 2, "toString")
        && file.is_call(last + 3)
        && file.end(last) == file.start(last + 1)
}

/// A module that is to go: `from "./id_manager"`, `import "../ids/id-manager.js"`, `require(...)`.
fn own(file: &File<'_>, at: u32) -> Option<Own> {
    if file.kind(at) != Kind::Text {
        return None;
    }
    let before = at.checked_sub(1)?;
    let called = file.is_call(before) && file.is_word(before - 1, &["require", "import"]);
    if !called && !file.is_word(before, &["from", "import"]) {
        return None;
    }
    let name = shared::legacy_module(file.config, file.unquoted(at))?;
    Some(Own {
        first: at,
        last: at,
        family: Family::LegacyImport,
        function: name.clone(),
        call: false,
        target: None,
    })
}

/// The module of a name in quotes.
fn module(file: &File<'_>, text: u32) -> Option<ModuleIdx> {
    (file.kind(text) == Kind::Text).then(|| file.tracked.child(0, file.unquoted(text))).flatten()
}

/// What compilers put around a module that is loaded.
const WRAPPERS: &[&str] = &[
    "__importDefault",
    "__importStar",
    "__toESM",
    "_interopRequireDefault",
    "_interopRequireWildcard",
];

/// `require("uuid")`, `import("uuid")`, `__importDefault(require("uuid"))`.
fn loaded(file: &File<'_>, at: u32) -> Option<(u32, u32)> {
    let member = file.kind(at + 1) == Kind::Dot;
    let wrapper = if member { at + 2 } else { at };
    if WRAPPERS.iter().any(|known| file.is(wrapper, known)) && file.is_call(wrapper + 1) {
        let (module, last) = required(file, wrapper + 2)?;
        let close = file.link(wrapper + 1);
        return (last < close).then_some((module, close));
    }
    required(file, at)
}

fn required(file: &File<'_>, at: u32) -> Option<(u32, u32)> {
    if !file.is_word(at, &["require", "import"]) || !file.is_call(at + 1) {
        return None;
    }
    let module = module(file, at + 2)?;
    (file.kind(at + 3) == Kind::Close).then_some((module, at + 3))
}

/// `import a, { b as c } from "m"`, `import * as a from "m"`, `import a = require("m")`.
fn import<'a>(file: &File<'a>, at: u32, scopes: &mut Scopes<'a>) -> Option<u32> {
    let exported = file.is_word(at, &["export"]);
    if !file.is_word(at, &["import"]) && !exported {
        return None;
    }
    // Up to the name of the module.
    let mut from = at + 1;
    let mut names = Vec::new();
    for _ in 0..2048 {
        match file.kind(from) {
            Kind::Name if file.is(from, "from") && file.kind(from + 1) == Kind::Text => break,
            Kind::Equal => {
                let (module, last) = loaded(file, from + 1)?;
                let name = from.checked_sub(1)?;
                scopes.bind(file, name, 0, Value::Module(module));
                return Some(last + 1);
            }
            Kind::Name => names.push(from),
            Kind::Open if file.is(from, "{") => {}
            // What a list without a module exports is no use.
            Kind::Close if exported && file.is(at + 1, "{") && !file.is(from + 1, "from") => {
                scopes.taken.extend(&names);
                return Some(from + 1);
            }
            Kind::Close | Kind::Comma | Kind::Operator => {}
            _ => return None,
        }
        from += 1;
    }
    if file.kind(from + 1) != Kind::Text || !file.is(from, "from") {
        return None;
    }
    let module = module(file, from + 1);
    let types = names.first().is_some_and(|name| {
        *name == at + 1
            && file.is(*name, "type")
            && !matches!(file.kind(name + 1), Kind::Comma)
            && *name + 1 != from
    });
    for &name in &names {
        scopes.taken.push(name);
    }
    if exported {
        return Some(from + 2);
    }
    for &name in &names {
        let renamed = file.is_word(name + 1, &["as"]);
        if file.is_word(name, &["as"]) && file.before(name) != Kind::Open && !file.is(name - 1, ",")
        {
            continue;
        }
        if file.is_word(name, &["type"]) && file.kind(name + 1) == Kind::Name && !renamed {
            continue;
        }
        if renamed {
            continue;
        }
        let all = file.before(name) == Kind::Name && file.is(name - 1, "as");
        let inside = (at..name)
            .rev()
            .take(512)
            .find(|at| matches!(file.kind(*at), Kind::Open | Kind::Close));
        let inside = inside.is_some_and(|at| file.kind(at) == Kind::Open);
        let key = if all && inside { name - 2 } else { name };
        let only_type = types || file.is_word(key.saturating_sub(1), &["type"]);
        let value = match module.filter(|_| !only_type) {
            None => Value::Other,
            Some(module) if inside => scopes::member(file.tracked, module, file.spelling(key), key),
            Some(module) => Value::Module(module),
        };
        scopes.bind(file, name, 0, value);
    }
    Some(from + 2)
}
