//! The contract between the run, which knows phases and order, and an engine, which knows one database's SQL.
//!
//! An engine does one phase when told, whole or not at all in the eyes of the next call: after a crash [`Engine::phase`] says
//! from the database alone what is to be done next, and doing it again is safe.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::Result;

/// How far a migration is: what will be done next.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, strum::EnumIter,
)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Nothing was done, or all of it was rolled back.
    Backup,
    /// A tested copy exists.
    Expand,
    /// Shadow tables, map and triggers exist.
    Backfill,
    /// All rows have been copied.
    Verify,
    /// Every check held.
    Switch,
    /// The application works on the new ids; the old tables are kept current.
    Soak,
    /// The old tables are being dropped.
    Contract,
    /// The map remains.
    Done,
    /// The old tables are being made again from the map.
    Back,
    /// The application works on the old ids; what the migration made is being dropped.
    Drop,
}

impl Phase {
    /// The phases of a run in their order.
    pub const RUN: [Self; 8] = [
        Self::Backup,
        Self::Expand,
        Self::Backfill,
        Self::Verify,
        Self::Switch,
        Self::Soak,
        Self::Contract,
        Self::Done,
    ];

    /// Returns the name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Backup => "backup",
            Self::Expand => "expand",
            Self::Backfill => "backfill",
            Self::Verify => "verify",
            Self::Switch => "switch",
            Self::Soak => "soak",
            Self::Contract => "contract",
            Self::Done => "done",
            Self::Back => "back",
            Self::Drop => "drop",
        }
    }

    /// Reads a name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::RUN.into_iter().chain([Self::Back, Self::Drop]).find(|phase| phase.name() == name)
    }
}

/// Something that happened, for whoever watches.
#[derive(Clone, Debug, Serialize)]
pub struct Event {
    /// The phase it belongs to.
    pub phase: Phase,
    /// What is being done.
    pub what: String,
    /// Rows done of this step.
    pub done: u64,
    /// Rows of this step, 0 if it has none.
    pub total: u64,
}

/// Told of everything that happens.
pub type Watch<'a> = dyn FnMut(&Event) + 'a;

/// A check that failed, and for which row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// The check.
    pub check: &'static str,
    /// The table.
    pub table: String,
    /// The row, by its key.
    pub row: String,
    /// What is wrong.
    pub what: String,
}

/// What the checks found.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Verification {
    /// How many rows were compared.
    pub rows: u64,
    /// How many references were followed on both sides.
    pub edges: u64,
    /// How many ids were read by the parser and made again.
    pub ids: u64,
    /// Rows of which a reference is no key, before and after.
    pub orphans: u64,
    /// Rows that the application has changed since, and that the next step brings over.
    pub pending: u64,
    /// Ids of this time order that stand before an older row's.
    pub inversions: u64,
    /// What failed; at most a hundred are named.
    pub failures: Vec<Failure>,
    /// How many failed.
    pub failed: u64,
}

impl Verification {
    pub(crate) fn fail(
        &mut self,
        check: &'static str,
        table: &str,
        row: String,
        what: impl Into<String>,
    ) {
        self.failed += 1;
        if self.failures.len() < 100 {
            self.failures.push(Failure { check, table: table.to_owned(), row, what: what.into() });
        }
    }
}

/// How fast a table is on its key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Speed {
    /// Look-ups by the key in a second.
    pub lookups_per_s: f64,
    /// The time below which 95 of 100 look-ups stay, in microseconds.
    #[serde(default)]
    pub lookup_p95_us: f64,
    /// Rows of a child joined with their parent in a second; 0 without a child.
    pub joins_per_s: f64,
    /// Rows inserted in a second, into a copy of the table with its indexes.
    pub inserts_per_s: f64,
}

/// Speeds of one key at one moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rates {
    /// `before`, `during` or `after`.
    pub when: String,
    /// The table.
    pub table: String,
    /// The key.
    pub column: String,
    /// The tables that the application works on.
    pub live: Speed,
    /// The other side, measured by turns with the live one, where it is there.
    pub other: Option<Speed>,
}

impl Rates {
    /// Returns how fast look-ups, joins and inserts of the live side are beside the other one: 1 is the same.
    #[must_use]
    pub fn ratios(&self) -> Option<[f64; 3]> {
        let other = self.other?;
        let ratio = |live: f64, other: f64| if other > 0.0 { live / other } else { 1.0 };
        Some([
            ratio(self.live.lookups_per_s, other.lookups_per_s),
            ratio(self.live.joins_per_s, other.joins_per_s),
            ratio(self.live.inserts_per_s, other.inserts_per_s),
        ])
    }
}

/// How many ids of a key were made in which way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Made {
    /// The table.
    pub table: String,
    /// The key.
    pub column: String,
    /// A mapping; `random` also for rows that came in later and that no mapping could take.
    pub origin: String,
    /// How many.
    pub ids: u64,
}

/// What a run has done so far; from the database alone.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// When which phase was reached.
    pub journal: Vec<(String, String)>,
    /// The longest time that a writer could have waited, in milliseconds, by phase.
    pub longest_stall_ms: Vec<(String, f64)>,
    /// Speeds before, during and after.
    pub rates: Vec<Rates>,
    /// Where the ids come from.
    pub made: Vec<Made>,
    /// Bytes of the database.
    pub database_bytes: u64,
}

/// A reference to a row that came into the other database behind its switch, after a rollback.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct MadeUp {
    /// Table and column of the key that it refers to.
    pub key: String,
    /// The id that stood there.
    pub id: String,
    /// The value that stands there now, of no row of the other database.
    pub value: String,
}

/// What an engine can do; each call leaves the database whole.
pub trait Engine {
    /// Says from the database alone what is to be done next.
    ///
    /// # Errors
    ///
    /// If the database cannot be read.
    fn phase(&mut self) -> Result<Phase>;

    /// Makes a copy and tests that it can be restored.
    ///
    /// # Errors
    ///
    /// If it cannot be written or is not the same.
    fn backup(&mut self, watch: &mut Watch<'_>) -> Result<()>;

    /// Puts a tested copy in the place of the database.
    ///
    /// # Errors
    ///
    /// If there is none, or it is damaged.
    fn restore(&mut self, watch: &mut Watch<'_>) -> Result<()>;

    /// Makes map, shadow tables and triggers.
    ///
    /// # Errors
    ///
    /// If the schema is not the planned one, or the database refuses.
    fn expand(&mut self, watch: &mut Watch<'_>) -> Result<()>;

    /// Copies all rows, from where it stopped.
    ///
    /// # Errors
    ///
    /// If the database refuses; what was copied stays.
    fn backfill(&mut self, watch: &mut Watch<'_>) -> Result<()>;

    /// Compares both sides, and notes that they agree if they do.
    ///
    /// # Errors
    ///
    /// If the database cannot be read; a failed check is in the result.
    fn verify(&mut self, watch: &mut Watch<'_>) -> Result<Verification>;

    /// Puts the new side in place of the old one.
    ///
    /// # Errors
    ///
    /// If the lock could not be had, the schema changed, or the sides do not have the same rows.
    fn switch(&mut self, watch: &mut Watch<'_>) -> Result<()>;

    /// Looks at what came in since the switch; returns how many of the keys are no new ids.
    ///
    /// # Errors
    ///
    /// If the database cannot be read.
    fn drift(&mut self, watch: &mut Watch<'_>) -> Result<u64>;

    /// Drops the old side; the map stays.
    ///
    /// # Errors
    ///
    /// If the database refuses; the next call goes on.
    fn contract(&mut self, watch: &mut Watch<'_>) -> Result<()>;

    /// Goes back to the old ids from wherever it is, and removes what the migration made.
    ///
    /// # Errors
    ///
    /// If the database refuses; the next call goes on.
    fn rollback(&mut self, watch: &mut Watch<'_>) -> Result<()>;

    /// Returns the journal: when which phase was reached.
    ///
    /// # Errors
    ///
    /// If the database cannot be read.
    fn journal(&mut self) -> Result<Vec<(String, String)>>;

    /// Checks the whole database.
    ///
    /// # Errors
    ///
    /// [`crate::ErrorKind::Verification`] if it is damaged.
    fn integrity(&mut self, watch: &mut Watch<'_>) -> Result<()> {
        let _ = watch;
        Ok(())
    }

    /// Writes the map of a key into a file, for references from other databases.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    fn export_map(&mut self, key: usize, path: &Path) -> Result<()>;

    /// Returns the references to another database that the rollback of this engine gave values of no row there, as nothing here
    /// says which row they mean.
    fn made_up(&self) -> &[MadeUp] {
        &[]
    }

    /// Returns what was measured and done so far.
    ///
    /// # Errors
    ///
    /// If the database cannot be read.
    fn report(&mut self) -> Result<Report> {
        Ok(Report { journal: self.journal()?, ..Report::default() })
    }
}
