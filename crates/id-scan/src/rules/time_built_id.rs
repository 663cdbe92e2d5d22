//! `f"run_{int(time.time())}"`: the clock as an id. Two in one unit of the clock are equal.

use super::{Applicability, Rule, Severity, made, replacement};
use crate::tracked::Family;

pub(super) static RULE: Rule = Rule {
    name: "time-built-id",
    severity: Severity::Warning,
    applicability: Applicability::Unsafe,
    summary: "An id is built from the clock: two that are made in one unit of it are equal, and anybody can guess them.",
    applies: |found| found.family == Family::Time,
    message: |found| {
        let target = made(found);
        format!("{target} is built from the clock: two made at one time are equal")
    },
    help: |_, kind| {
        let such = if kind.is_some() { "" } else { "the id type of its kind, such as " };
        format!("use {such}`{}` from `unified_id`, whose ids hold their time", replacement(kind))
    },
};
