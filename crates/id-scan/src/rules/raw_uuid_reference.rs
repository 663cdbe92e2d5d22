//! `default_factory=uuid.uuid4`: the generator itself is handed on, and makes ids out of sight.

use super::{Applicability, Rule, Severity, introduction, replacement};

pub(super) static RULE: Rule = Rule {
    name: "raw-uuid-reference",
    severity: Severity::Warning,
    applicability: Applicability::Safe,
    summary: "A uuid generator is handed on, so that ids without a kind are made out of sight.",
    applies: |found| !found.call,
    message: |found| {
        format!("`{}.{}` is handed on to make ids without a kind", found.module, found.function)
    },
    help: |_, kind| {
        let call = replacement(kind);
        // A kind that needs a scope cannot be made by a function without arguments.
        let function =
            call.strip_suffix("()").map_or_else(|| format!("lambda: {call}"), str::to_owned);
        format!("{} `{function}` from `unified_id`", introduction(kind))
    },
};
