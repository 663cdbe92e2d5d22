//! `conn_id = id(websocket)`: an address is given to the next object, and another process knows it
//! not; a hash of a text differs from run to run.

use super::{Applicability, Rule, Severity, introduction, replacement};
use crate::tracked::Family;

pub(super) static RULE: Rule = Rule {
    name: "object-identity-id",
    severity: Severity::Error,
    applicability: Applicability::DisplayOnly,
    summary: "An object's address or hash is taken for an id: the next object may get the same.",
    applies: |found| found.family == Family::Identity,
    message: |found| {
        let what = if found.function == "hash" { "a hash" } else { "an address" };
        format!(
            "`{}()` gives {what}, which is no id: another object may get the same",
            found.function
        )
    },
    help: |_, kind| format!("{} `{}` from `unified_id`", introduction(kind), replacement(kind)),
};
