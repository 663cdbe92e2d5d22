//! `ulid.new()`, `nanoid.generate()`, `ObjectId()`: another library's id.

use super::{Applicability, Rule, Severity, introduction, replacement};
use crate::tracked::Family;

pub(super) static RULE: Rule = Rule {
    name: "third-party-id",
    severity: Severity::Warning,
    applicability: Applicability::Unsafe,
    summary: "Another library makes the id, so that nothing tells what it identifies.",
    applies: |found| found.family == Family::Library,
    message: |found| {
        let mark = if found.call { "()" } else { "" };
        format!("`{}.{}{mark}` makes an id without a kind", found.module, found.function)
    },
    help: |_, kind| format!("{} `{}` from `unified_id`", introduction(kind), replacement(kind)),
};
