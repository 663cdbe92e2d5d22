//! `__import__("uuid").uuid4()`: a generator that is reached by its name as text, where no import
//! shows it.

use super::{Applicability, Rule, Severity, introduction, replacement};

pub(super) static RULE: Rule = Rule {
    name: "dynamic-uuid",
    severity: Severity::Warning,
    applicability: Applicability::DisplayOnly,
    summary: "A uuid generator is reached by its name as text, so that no import shows it.",
    applies: |found| found.dynamic,
    message: |found| {
        format!("`{}.{}` is reached by its name as text", found.module, found.function)
    },
    help: |_, kind| format!("{} `{}` from `unified_id`", introduction(kind), replacement(kind)),
};
