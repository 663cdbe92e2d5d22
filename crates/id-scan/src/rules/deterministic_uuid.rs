//! `uuid.uuid5(namespace, name)`: the same name gives the same id, which may be what is wanted.

use super::{Applicability, Rule, Severity};
use crate::tracked::Family;

pub(super) static RULE: Rule = Rule {
    name: "deterministic-uuid",
    severity: Severity::Info,
    applicability: Applicability::DisplayOnly,
    summary: "An id is derived from a name: it is not fresh, and anybody who knows the name can make it.",
    applies: |found| found.family == Family::Deterministic,
    message: |found| format!("`{}.{}` derives the id from a name", found.module, found.function),
    help: |_, kind| {
        let kind = kind.unwrap_or("entity");
        format!(
            "keep it where equal names must give equal ids, or use `adopt(\"{kind}\", name)` from `unified_id`"
        )
    },
};
