//! Status and rollback reports, as JSON and Markdown.

use std::fmt::Write as _;

use serde::Serialize;

use super::gates::Measured;
use crate::engine::{MadeUp, Phase, Verification};

/// The fleet after a phase.
#[derive(Clone, Debug, Serialize)]
pub struct Status {
    /// The fleet.
    pub fleet: String,
    /// When this was written, in UTC.
    pub at: String,
    /// `on track`, `stopped` or `rolled back`.
    pub state: String,
    /// Each database.
    pub databases: Vec<DatabaseStatus>,
    /// What is done next.
    pub next_step: String,
    /// What a rollback would cost now.
    pub rollback_risk: String,
}

/// One database of it.
#[derive(Clone, Debug, Serialize)]
pub struct DatabaseStatus {
    /// Its name.
    pub name: String,
    /// Its next phase.
    pub phase: Phase,
    /// How much of its way is done, in percent.
    pub progress_percent: u32,
    /// The share of keys that would have got the id of another one.
    pub collision_rate: f64,
    /// The time below which 95 of 100 look-ups stay, in microseconds.
    pub lookup_p95_us: Option<f64>,
    /// The share of compared rows that failed.
    pub error_rate: f64,
    /// What the gates of its last phase found.
    pub gates: Vec<Measured>,
    /// What the last verification of this run found.
    pub verification: Option<Verification>,
}

/// After a rollback.
#[derive(Clone, Debug, Serialize)]
pub struct RollbackReport {
    /// The fleet.
    pub fleet: String,
    /// Why it went back.
    pub reason: String,
    /// When it began and ended, in UTC.
    pub began: String,
    /// The end.
    pub ended: String,
    /// Each database, in the order of the way back.
    pub databases: Vec<RolledBack>,
    /// Whether every one is back on its old ids.
    pub is_complete: bool,
}

/// One database of it.
#[derive(Clone, Debug, Serialize)]
pub struct RolledBack {
    /// Its name.
    pub name: String,
    /// The phase from which it went back.
    pub from: Phase,
    /// Seconds that it took.
    pub seconds: f64,
    /// What the check of the whole database says.
    pub integrity: String,
    /// What commands said: kind and result.
    pub commands: Vec<(super::Kind, String)>,
    /// References to rows that came into another database behind its switch: the values that they have now name no row there.
    pub made_up: Vec<MadeUp>,
    /// What went wrong.
    pub error: Option<String>,
}

impl Status {
    /// Writes it for eyes.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        let mut text = format!("# {}: {}\n\n{}\n\n", self.fleet, self.state, self.at);
        text.push_str("| database | next phase | progress | collisions | look-up p95 | errors | gates |\n| --- | --- | --- | --- | --- | --- | --- |\n");
        for database in &self.databases {
            let p95 =
                database.lookup_p95_us.map_or_else(|| "-".to_owned(), |us| format!("{us:.0} us"));
            let gates: Vec<String> = database
                .gates
                .iter()
                .map(|gate| {
                    let check = serde_json::to_string(&gate.check).unwrap_or_default();
                    let sign = if gate.is_too_much() { ">" } else { "<=" };
                    format!(
                        "{} {:.4} {sign} {}",
                        check.trim_matches('"'),
                        gate.value,
                        gate.threshold
                    )
                })
                .collect();
            // Writing into a string does not fail.
            let _ = writeln!(
                text,
                "| {} | {} | {} % | {:.4} % | {p95} | {:.4} % | {} |",
                database.name,
                database.phase.name(),
                database.progress_percent,
                database.collision_rate * 100.0,
                database.error_rate * 100.0,
                gates.join(", ")
            );
        }
        let _ = write!(
            text,
            "\nNext step: {}\n\nRollback risk: {}\n",
            self.next_step, self.rollback_risk
        );
        text
    }
}

/// What a rollback costs, by the phase that is furthest.
pub(super) fn risk(furthest: Phase) -> &'static str {
    match furthest {
        Phase::Backup | Phase::Expand => "none: nothing was changed",
        Phase::Backfill | Phase::Verify | Phase::Switch => {
            "low: the application works on the old tables; only what the migration made is dropped"
        }
        Phase::Soak => {
            "low: the old tables are there, changes since the switch are brought over, then they are exchanged"
        }
        Phase::Contract | Phase::Done => {
            "medium: the old tables are made again from the map, which takes as long as the backfill"
        }
        Phase::Back | Phase::Drop => "a rollback has begun: run it to its end",
    }
}
