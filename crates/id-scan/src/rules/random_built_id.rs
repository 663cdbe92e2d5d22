//! `f"sess_{secrets.token_hex(4)}"`: random digits of no stated strength as an id, slices of a
//! digest among them.

use super::{Applicability, Rule, Severity, introduction, made, replacement};
use crate::tracked::Family;

pub(super) static RULE: Rule = Rule {
    name: "random-built-id",
    severity: Severity::Warning,
    applicability: Applicability::Unsafe,
    summary: "An id is built from random digits or a piece of a digest: how soon two are equal stands nowhere.",
    applies: |found| matches!(found.family, Family::Random | Family::Digest),
    message: |found| {
        let target = made(found);
        let what = match found.family {
            Family::Digest => "a piece of a digest",
            _ => "random digits",
        };
        format!("{target} is built from {what}")
    },
    help: |_, kind| format!("{} `{}` from `unified_id`", introduction(kind), replacement(kind)),
};
