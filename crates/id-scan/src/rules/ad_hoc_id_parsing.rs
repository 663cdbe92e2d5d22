//! `run_id.split("_")`, `thread_id.startswith("thread_")`: an id taken apart by hand. Every format
//! that the code does not know is then read wrongly.

use super::{Applicability, Rule, Severity};
use crate::tracked::Family;

pub(super) static RULE: Rule = Rule {
    name: "ad-hoc-id-parsing",
    severity: Severity::Warning,
    applicability: Applicability::DisplayOnly,
    summary: "An id is taken apart by hand: every format that the code does not know is read wrongly.",
    applies: |found| found.family == Family::Parsing,
    message: |found| {
        let target = found.target.as_deref().unwrap_or("id");
        format!("`{target}` is taken apart by hand with `{}`", found.function)
    },
    help: |_, _| "use `parse(text)` from `unified_id`, which knows every old format".to_owned(),
};
