//! `patch("uuid.uuid4")`: a test replaces a generator. The target moves when the call is replaced.

use super::{Applicability, Rule, Severity};
use crate::tracked::Family;

pub(super) static RULE: Rule = Rule {
    name: "patched-generator",
    severity: Severity::Info,
    applicability: Applicability::DisplayOnly,
    summary: "A test replaces a generator: the replacement does nothing once the code uses another.",
    applies: |found| found.family == Family::Patch,
    message: |found| {
        format!("`{}` is replaced here", found.detail.as_deref().unwrap_or("a generator"))
    },
    help: |_, _| "change it together with the code that it patches".to_owned(),
};
