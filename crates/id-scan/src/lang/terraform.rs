//! Terraform: resources that are ids, and the function that makes one.
//!
//! Specification: <https://developer.hashicorp.com/terraform/language/syntax/configuration>.

use super::Shape;
use super::shared::lexer::{FIRST, Kind};
use super::shared::patterns;
use super::shared::syntax::{self, StringForm, Syntax, quoted};
use super::shared::{Description, File, Grammar, NO_GRAMMAR, Own};
use crate::prefilter::{self, Check};
use crate::tracked::Family;

pub(crate) static TERRAFORM: Description = Description {
    extensions: &["tf", "tofu", "tfvars", "hcl"],
    minified: false,
    experimental: true,
    interpreters: &[],
    syntax: SYNTAX,
    grammar: GRAMMAR,
    separator: ".",
    modules: &[],
    needles: NEEDLES,
};

const FIELDS: &[(&str, &str)] = &[("${", "}")];

const SYNTAX: Syntax = Syntax {
    line_comments: &["#", "//"],
    block_comments: &[("/*", "*/")],
    strings: &[StringForm { fields: FIELDS, doubled_field: true, ..quoted("\"") }],
    name_bytes: b"-",
    heredocs: &["<<-", "<<"],
    heredoc_fields: FIELDS,
    ..syntax::NONE
};

const GRAMMAR: Grammar = Grammar {
    forms: &[
        ("replace", Shape::Hex),
        ("lower", Shape::Str),
        ("upper", Shape::Str),
        ("format", Shape::Interpolated),
        ("substr", Shape::Truncated),
        ("formatdate", Shape::Interpolated),
    ],
    own,
    ends_lines: true,
    ..NO_GRAMMAR
};

const NEEDLES: &[(&str, Check)] = {
    const ANY: Check = |_, _| true;
    &[
        ("uuid()", ANY),
        ("timestamp()", prefilter::part),
        ("uuidv5(", ANY),
        ("\"random_uuid\"", ANY),
        ("\"random_id\"", ANY),
        ("\"random_pet\"", ANY),
        ("= \"", |text, at| patterns::is_given_to_id(text, at + 2)),
    ]
};

/// Whether a name is a part of something: `a.uuid`, `provider::a::uuid`; behind one colon it is the
/// value of a choice.
fn is_member(file: &File<'_>, at: u32) -> bool {
    let before = at.saturating_sub(1);
    file.kind(before) == Kind::Dot
        || (file.kind(before) == Kind::Colon && file.before(before) == Kind::Colon)
}

/// `resource "random_uuid" "name"`, `uuid()`.
fn own(file: &File<'_>, at: u32) -> Option<Own> {
    if file.kind(at) != Kind::Name || is_member(file, at) {
        return None;
    }
    if file.is(at, "resource") && file.kind(at + 1) == Kind::Text && file.has(at, FIRST) {
        let kind = file.unquoted(at + 1);
        let family = match kind {
            b"random_uuid" => Family::Fresh,
            b"random_id" | b"random_pet" => Family::Library,
            _ => return None,
        };
        let named = file.kind(at + 2) == Kind::Text;
        return Some(Own {
            first: at,
            last: if named { at + 2 } else { at + 1 },
            family,
            function: String::from_utf8_lossy(kind).into_owned(),
            call: true,
            target: named.then(|| String::from_utf8_lossy(file.unquoted(at + 2)).into_owned()),
        });
    }
    let time = file.is(at, "timestamp");
    let (empty, named) = (time || file.is(at, "uuid"), file.is(at, "uuidv5"));
    let open = at + 1;
    let adjacent = file.end(at) == file.start(open);
    if !(empty || named) || !file.is_call(open) || !adjacent {
        return None;
    }
    if empty && file.link(open) != open + 1 {
        return None;
    }
    Some(Own {
        first: at,
        last: file.link(open),
        family: match (time, named) {
            (true, _) => Family::Time,
            (_, true) => Family::Deterministic,
            _ => Family::Fresh,
        },
        function: file.string(at),
        call: true,
        target: None,
    })
}
