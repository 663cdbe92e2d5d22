//! `def generate_id(): return str(uuid.uuid4())`: a generator of the project's own. It is reported
//! once, at its name; what it does inside has findings of its own, its callers have none.

use super::{Applicability, Rule, Severity, introduction, replacement};
use crate::tracked::Family;

pub(super) static RULE: Rule = Rule {
    name: "local-id-generator",
    severity: Severity::Info,
    applicability: Applicability::DisplayOnly,
    summary: "A function of the project's own makes ids: every call of it depends on this one place.",
    applies: |found| found.family == Family::Generator,
    message: |found| {
        let calls = match found.detail.as_deref() {
            None | Some("0") => "no call in this file".to_owned(),
            Some("1") => "one call in this file".to_owned(),
            Some(count) => format!("{count} calls in this file"),
        };
        format!("`{}` makes ids ({calls})", found.function)
    },
    help: |_, kind| {
        format!(
            "{} `{}` from `unified_id` where it is called, and remove it",
            introduction(kind),
            replacement(kind)
        )
    },
};
