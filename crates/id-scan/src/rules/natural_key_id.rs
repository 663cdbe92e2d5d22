//! `entity_id = f"system:{system_id}"`: another key in a prefix. It changes with that key, and what
//! stands in the key can forge the prefix.

use super::{Applicability, Rule, Severity, made};
use crate::tracked::Family;

pub(super) static RULE: Rule = Rule {
    name: "natural-key-id",
    severity: Severity::Info,
    applicability: Applicability::DisplayOnly,
    summary: "An id is another key with a prefix: it changes with the key, and the key can forge it.",
    applies: |found| found.family == Family::NaturalKey,
    message: |found| {
        let target = made(found);
        format!("{target} is another key behind `{}`", found.literal.as_deref().unwrap_or(""))
    },
    help: |_, kind| {
        let kind = kind.unwrap_or("entity");
        format!("use `adopt(\"{kind}\", key)` from `unified_id`, which gives equal keys one id")
    },
};
