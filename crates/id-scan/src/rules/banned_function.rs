//! What the configuration bans, with its own words for what to use instead.

use super::{Applicability, Rule, Severity};
use crate::tracked::Family;

pub(super) static RULE: Rule = Rule {
    name: "banned-function",
    severity: Severity::Warning,
    applicability: Applicability::DisplayOnly,
    summary: "A function that the configuration bans is used.",
    applies: |found| matches!(found.family, Family::Banned(_)),
    message: |found| {
        format!("`{}.{}` is banned by the configuration", found.module, found.function)
    },
    help: |found, _| match found.detail.as_deref() {
        Some(instead) => format!("use {instead}"),
        None => "see the configuration for why".to_owned(),
    },
};
