//! `server_default=text("gen_random_uuid()")`: the database makes the id.

use super::{Applicability, Rule, Severity, introduction, replacement};
use crate::tracked::Family;

pub(super) static RULE: Rule = Rule {
    name: "database-generated-id",
    severity: Severity::Warning,
    applicability: Applicability::DisplayOnly,
    summary: "The database makes the id: nothing tells what it identifies, and the program learns it late.",
    applies: |found| found.family == Family::Database,
    message: |found| format!("`{}` lets the database make an id without a kind", found.function),
    help: |_, kind| {
        format!("{} `{}` from `unified_id` and store it", introduction(kind), replacement(kind))
    },
};
