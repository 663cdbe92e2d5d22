//! `thread.startswith(user_id[:4])`: who owns what, decided by some characters of a user id.

use super::{Applicability, Rule, Severity};
use crate::tracked::Family;

pub(super) static RULE: Rule = Rule {
    name: "user-id-prefix",
    severity: Severity::Error,
    applicability: Applicability::DisplayOnly,
    summary: "A user id is compared by its beginning or as a part of another text: one user passes for another.",
    applies: |found| found.family == Family::UserPrefix,
    message: |found| {
        let target = found.target.as_deref().unwrap_or("user_id");
        format!("`{target}` is compared in part: another user's id may begin alike")
    },
    help: |_, _| {
        "compare whole ids, `belongs_to(user)` from `unified_id` for ids that hold their user"
            .to_owned()
    },
};
