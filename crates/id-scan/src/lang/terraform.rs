//! Terraform: resources that are ids, and the function that makes one.
//!
//! Specification: <https://developer.hashicorp.com/terraform/language/syntax/configuration>.

use super::Shape;
use super::shared::lexer::{FIRST, Kind};
use super::shared::patterns;
use super::shared::syntax::{self, StringForm, Syntax, quoted};
use super::shared::{Description, File, Grammar, NO_GRAMMAR, Own};
use crate::prefilter::Check;
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
    strings: &[StringForm { fields: FIELDS, doubled_field: false, ..quoted("\"") }],
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
    ],
    own,
    ends_lines: true,
    ..NO_GRAMMAR
};

const NEEDLES: &[(&str, Check)] = {
    const ANY: Check = |_, _| true;
    &[
        ("uuid()", ANY),
        ("uuidv5(", ANY),
        ("\"random_uuid\"", ANY),
        ("\"random_id\"", ANY),
        ("\"random_pet\"", ANY),
        ("= \"", |text, at| patterns::is_given_to_id(text, at + 2)),
    ]
};

/// `resource "random_uuid" "name"`, `uuid()`.
fn own(file: &File<'_>, at: u32) -> Option<Own> {
    if file.kind(at) != Kind::Name || file.before(at) == Kind::Dot {
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
    let (empty, named) = (file.is(at, "uuid"), file.is(at, "uuidv5"));
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
        family: if empty { Family::Fresh } else { Family::Deterministic },
        function: file.string(at),
        call: true,
        target: None,
    })
}
