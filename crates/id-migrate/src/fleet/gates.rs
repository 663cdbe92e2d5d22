//! What stands between two phases: a measured share beside its threshold.

use serde::Serialize;

use super::file::{Action, Check, Gate};
use super::run::command;
use crate::engine::{Engine, Phase, Verification, Watch};
use crate::error::{ErrorKind, MigrateError, Result};

/// What a gate found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Measured {
    /// What was measured.
    pub check: Check,
    /// The share; for integrity 0 or 1.
    pub value: f64,
    /// The most that passes.
    pub threshold: f64,
    /// What follows if it is more.
    pub action: Action,
}

impl Measured {
    /// Whether it is more than what passes.
    #[must_use]
    pub fn is_too_much(&self) -> bool {
        self.value > self.threshold
    }
}

#[expect(clippy::cast_precision_loss, reason = "a share")]
fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// Measures one gate.
pub(super) fn measure(
    gate: &Gate,
    engine: &mut dyn Engine,
    keys: u64,
    verification: Option<&Verification>,
    folder: &std::path::Path,
    watch: &mut Watch<'_>,
) -> Result<Measured> {
    let value = match gate.check {
        Check::Integrity => match engine.integrity(watch) {
            Ok(()) => 0.0,
            Err(error) if error.kind() == ErrorKind::Verification => 1.0,
            Err(error) => return Err(error),
        },
        Check::ErrorRate if !gate.run.is_empty() => {
            let said = command(&gate.run, folder, 60)?;
            said.trim().parse().map_err(|error| {
                MigrateError::environment(
                    format!("`{}` printed `{}`, which is no share", gate.run[0], said.trim()),
                    std::io::Error::other(format!("{error}")),
                )
            })?
        }
        Check::ErrorRate => verification.map_or(0.0, |found| share(found.failed, found.rows)),
        Check::InvalidIds if engine.phase()? >= Phase::Soak => share(engine.drift(watch)?, keys),
        Check::InvalidIds => 0.0,
        Check::Latency => engine
            .report()?
            .rates
            .iter()
            .filter(|rates| rates.when == "after")
            .filter_map(crate::engine::Rates::ratios)
            .flatten()
            .map(|ratio| if ratio > 0.0 { (1.0 / ratio - 1.0).max(0.0) } else { 0.0 })
            .fold(0.0, f64::max),
    };
    Ok(Measured { check: gate.check, value, threshold: gate.threshold, action: gate.action })
}
