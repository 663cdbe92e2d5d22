//! The run: which phase follows which, the same for every engine.

use crate::engine::{Engine, Event, Phase, Verification, Watch};
use crate::error::{ErrorKind, MigrateError, Result};
use crate::plan::Tolerance;

/// How a run ended.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Ended {
    /// What would be done next.
    pub phase: Phase,
    /// What the last verification of this run said.
    pub verification: Option<Verification>,
    /// Keys that are no new ids, found after the switch.
    pub drift: u64,
}

/// Runs every phase up to this one, this one included, from wherever the database is.
///
/// # Errors
///
/// What the engine says; a failed verification is an error of the kind [`ErrorKind::Verification`].
pub fn run(
    engine: &mut dyn Engine,
    until: Phase,
    tolerance: impl Into<Tolerance>,
    watch: &mut Watch<'_>,
) -> Result<Ended> {
    let tolerance = tolerance.into();
    let mut ended = Ended { phase: engine.phase()?, verification: None, drift: 0 };
    while ended.phase <= until && ended.phase < Phase::Done {
        let phase = ended.phase;
        watch(&Event { phase, what: "begin".to_owned(), done: 0, total: 0 });
        match phase {
            Phase::Backup => engine.backup(watch)?,
            Phase::Expand => engine.expand(watch)?,
            Phase::Backfill => engine.backfill(watch)?,
            Phase::Verify => {
                let verification = engine.verify(watch)?;
                check(&verification, tolerance)?;
                ended.verification = Some(verification);
            }
            Phase::Switch => engine.switch(watch)?,
            Phase::Soak => {
                ended.drift = engine.drift(watch)?;
                if until == Phase::Soak {
                    break;
                }
                engine.contract(watch)?;
            }
            Phase::Contract => engine.contract(watch)?,
            Phase::Done | Phase::Back | Phase::Drop => break,
        }
        let next = engine.phase()?;
        if next == phase && phase != Phase::Soak {
            return Err(MigrateError::new(
                ErrorKind::Stopped,
                format!("phase {} did not come to its end", phase.name()),
            ));
        }
        ended.phase = next;
    }
    if matches!(ended.phase, Phase::Back | Phase::Drop) {
        return Err(MigrateError::new(
            ErrorKind::Stopped,
            "a rollback was begun and has not ended: run `rollback` again",
        ));
    }
    Ok(ended)
}

/// Turns failed checks into an error.
///
/// # Errors
///
/// [`ErrorKind::Verification`], naming the first row, if more rows failed than are tolerated.
pub fn check(verification: &Verification, tolerance: impl Into<Tolerance>) -> Result<()> {
    let is_allowed = tolerance.into().allows(verification.failed, verification.rows);
    match verification.failures.first() {
        Some(first) if !is_allowed => Err(MigrateError::new(
            ErrorKind::Verification,
            format!(
                "{} checks failed; the first: {} of table `{}`, row {}: {}",
                verification.failed, first.check, first.table, first.row, first.what
            ),
        )),
        _ => Ok(()),
    }
}
