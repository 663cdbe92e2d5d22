//! `from id_manager import IDManager`: a module that is to go once nothing imports it.

use super::{Applicability, Rule, Severity, introduction, replacement};
use crate::tracked::Family;

pub(super) static RULE: Rule = Rule {
    name: "legacy-id-module",
    severity: Severity::Warning,
    applicability: Applicability::Safe,
    summary: "An id module that is to go is imported or called.",
    applies: |found| matches!(found.family, Family::Legacy | Family::LegacyImport),
    message: |found| {
        let module = &found.module;
        match found.family {
            Family::LegacyImport => format!("the legacy module `{module}` is imported"),
            _ => format!("`{}` belongs to the legacy module `{module}`", found.function),
        }
    },
    help: |_, kind| format!("{} `{}` from `unified_id`", introduction(kind), replacement(kind)),
};
