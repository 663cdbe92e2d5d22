//! `uuid.uuid4().hex[:8]`: a part of a uuid. Eight digits are 32 bits: among 77,000 such ids two
//! are equal with a chance of one half (the square root of 2 ln 2 times 2 to the 32nd).

use super::{Applicability, Rule, Severity, replacement};
use crate::lang::Shape;

pub(super) static RULE: Rule = Rule {
    name: "truncated-uuid",
    severity: Severity::Error,
    applicability: Applicability::Safe,
    summary: "Only a part of a uuid is kept: ids of 8 digits collide after some 77,000 of them.",
    applies: |found| found.shape == Shape::Truncated && found.family.is_whole(),
    message: |found| {
        format!(
            "a part of a `{}` is taken for an id: of 8 digits, two among 77,000 are equal with a \
             chance of one half",
            found.function
        )
    },
    help: |_, kind| {
        let such = if kind.is_some() { ":" } else { ", such as" };
        format!("use a whole id{such} `{}` from `unified_id`", replacement(kind))
    },
};
