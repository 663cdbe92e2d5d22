//! `uuid.uuid4()`: an id without a kind. Applies to every use that no other rule names.

use super::{Applicability, Rule, Severity, introduction, replacement};

pub(super) static RULE: Rule = Rule {
    name: "raw-uuid-call",
    severity: Severity::Warning,
    applicability: Applicability::Safe,
    summary: "An id is made by a bare uuid generator, so that nothing tells what it identifies.",
    applies: |_| true,
    message: |found| {
        // A command of a shell is part of no module.
        match found.module.as_str() {
            "" => format!("`{}` makes an id without a kind", found.function),
            module => format!("`{module}.{}()` makes an id without a kind", found.function),
        }
    },
    help: |_, kind| format!("{} `{}` from `unified_id`", introduction(kind), replacement(kind)),
};
