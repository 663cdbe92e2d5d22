//! The fleet file.
//!
//! ```toml
//! name = "rollout"
//!
//! [[databases]]
//! name = "crackerjack"
//! database = "crackerjack.sqlite"
//! keys = ["jobs.job_id=created-at:start_time"]
//! until = "contract"
//!
//! [[databases.commands]]
//! phase = "switch"
//! when = "before"
//! kind = "stop"
//! run = ["systemctl", "stop", "crackerjack"]
//!
//! [[databases]]
//! name = "session-buddy"
//! database = "session_buddy.sqlite"
//! config = "session_buddy.toml"
//!
//! [[references]]
//! column = "session-buddy:skill_invocation.job_id"
//! key = "crackerjack:jobs.job_id"
//!
//! [[gates]]
//! phase = "switch"
//! check = "latency"
//! threshold = 0.10
//! action = "rollback"
//! ```

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::config;
use crate::engine::Phase;
use crate::error::{MigrateError, Result};
use crate::plan::{self, KeyRequest};
use crate::planner::PlanOptions;

/// A fleet, as its file says.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fleet {
    /// Names the fleet in its reports, and its folder.
    pub name: String,
    /// The databases in the order in which they are migrated.
    pub databases: Vec<Database>,
    /// References from one database into another.
    #[serde(default)]
    pub references: Vec<Link>,
    /// What is measured behind a phase, and what follows if it is too much.
    #[serde(default)]
    pub gates: Vec<Gate>,
    /// Where the file stands: what it names is meant from there.
    #[serde(skip)]
    pub folder: PathBuf,
}

/// One database.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// Its name in this file.
    pub name: String,
    /// Path or URL.
    pub database: String,
    /// Keys as on the command line.
    #[serde(default)]
    pub keys: Vec<String>,
    /// A `migrate.toml`.
    pub config: Option<PathBuf>,
    /// The last phase, `contract` if not given.
    #[serde(default = "contract")]
    pub until: String,
    /// Commands before and after its phases.
    #[serde(default)]
    pub commands: Vec<Command>,
}

fn contract() -> String {
    "contract".to_owned()
}

/// A command around a phase.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Command {
    /// A phase, or `rollback`.
    pub phase: String,
    /// Before or after it.
    pub when: When,
    /// What it is for.
    pub kind: Kind,
    /// Program and arguments; no shell is asked.
    pub run: Vec<String>,
    /// Seconds after which it counts as failed.
    #[serde(default = "minute")]
    pub timeout_s: u64,
}

fn minute() -> u64 {
    60
}

/// When a command is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum When {
    /// Before the phase.
    Before,
    /// After it.
    After,
}

/// What a command is for. A failed notification stops nothing; every other one does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Stops a service.
    Stop,
    /// Starts it.
    Start,
    /// Asks whether it is well.
    Health,
    /// A smoke test.
    Smoke,
    /// Tells somebody.
    Notify,
}

/// A reference from one database into another.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// `DATABASE:TABLE.COLUMN` that refers.
    pub column: String,
    /// `DATABASE:TABLE.COLUMN` of the key; that database comes first.
    pub key: String,
}

/// What is measured behind a phase.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gate {
    /// The database; all of them if not given.
    pub database: Option<String>,
    /// Behind this phase.
    pub phase: String,
    /// What is measured.
    pub check: Check,
    /// The most that passes, as a share: 0.01 is one of a hundred. Integrity has none.
    #[serde(default)]
    pub threshold: f64,
    /// For an error rate: a command that prints it as a share.
    #[serde(default)]
    pub run: Vec<String>,
    /// What follows if it is too much.
    pub action: Action,
}

/// What a gate measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Check {
    /// The check of the whole database.
    Integrity,
    /// What a command prints, or the failed rows of the verification.
    ErrorRate,
    /// The share of keys that are no new ids, behind the switch.
    InvalidIds,
    /// How much slower look-ups, joins or inserts are than on the old side.
    Latency,
}

/// What follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// The fleet stops where it is.
    Stop,
    /// The whole fleet goes back.
    Rollback,
}

/// `DATABASE:TABLE.COLUMN`, taken apart.
pub(super) struct Place {
    pub(super) database: String,
    pub(super) table: String,
    pub(super) column: String,
}

pub(super) fn place(text: &str) -> Result<Place> {
    text.split_once(':')
        .and_then(|(database, rest)| {
            let (table, column) = plan::place(rest)?;
            Some(Place { database: database.to_owned(), table, column })
        })
        .ok_or_else(|| MigrateError::usage(format!("`{text}` is no DATABASE:TABLE.COLUMN")))
}

impl Fleet {
    /// Reads a fleet file; `folder` is where it stands.
    ///
    /// # Errors
    ///
    /// A usage error that says what is wrong.
    pub fn parse(text: &str, folder: &Path) -> Result<Self> {
        let mut fleet: Self = toml::from_str(text).map_err(|error| {
            MigrateError::usage(format!(
                "the fleet file cannot be read: {}",
                error.to_string().trim()
            ))
        })?;
        folder.clone_into(&mut fleet.folder);
        fleet.check()?;
        Ok(fleet)
    }

    fn check(&self) -> Result<()> {
        let wrong = |what: String| Err(MigrateError::usage(format!("the fleet file: {what}")));
        let is_plain = |name: &str| {
            !name.is_empty()
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
        };
        if !is_plain(&self.name) {
            return wrong(format!(
                "the name `{}` is not made of letters, digits, - and _",
                self.name
            ));
        }
        if self.databases.is_empty() {
            return wrong("it names no database".to_owned());
        }
        for (no, database) in self.databases.iter().enumerate() {
            if !is_plain(&database.name) {
                return wrong(format!(
                    "the name `{}` is not made of letters, digits, - and _",
                    database.name
                ));
            }
            if self.databases[..no].iter().any(|other| other.name == database.name) {
                return wrong(format!("two databases are named `{}`", database.name));
            }
            database.until()?;
            for command in &database.commands {
                if command.phase != "rollback" {
                    phase(&command.phase)?;
                }
                if command.run.is_empty() {
                    return wrong(format!("a command of `{}` is empty", database.name));
                }
            }
        }
        for link in &self.references {
            let (from, to) = (place(&link.column)?, place(&link.key)?);
            let at = |name: &str| {
                self.databases.iter().position(|database| database.name == name).ok_or_else(|| {
                    MigrateError::usage(format!("the fleet file: there is no database `{name}`"))
                })
            };
            if at(&to.database)? >= at(&from.database)? {
                return wrong(format!(
                    "`{}` has to stand before `{}`, which refers to it",
                    to.database, from.database
                ));
            }
        }
        for gate in &self.gates {
            phase(&gate.phase)?;
            if let Some(name) = &gate.database
                && !self.databases.iter().any(|database| database.name == *name)
            {
                return wrong(format!("there is no database `{name}`"));
            }
        }
        Ok(())
    }

    /// Returns the folder of plans, maps and reports.
    #[must_use]
    pub fn work_folder(&self) -> PathBuf {
        self.folder.join(format!("{}.fleet", self.name))
    }
}

pub(super) fn phase(name: &str) -> Result<Phase> {
    Phase::parse(name).filter(|phase| *phase < Phase::Done).ok_or_else(|| {
        MigrateError::usage(format!(
            "the fleet file: `{name}` is none of backup, expand, backfill, verify, switch, soak, contract"
        ))
    })
}

impl Database {
    /// Returns the last phase.
    ///
    /// # Errors
    ///
    /// If there is none of that name.
    pub fn until(&self) -> Result<Phase> {
        phase(&self.until)
    }

    pub(super) fn options(&self, folder: &Path) -> Result<PlanOptions> {
        let mut options = match &self.config {
            Some(path) => {
                let path = folder.join(path);
                let text = std::fs::read_to_string(&path).map_err(|error| {
                    MigrateError::environment(format!("{} cannot be read", path.display()), error)
                })?;
                config::read(&text)?
            }
            None => PlanOptions::default(),
        };
        for key in &self.keys {
            options.keys.push(KeyRequest::parse(key)?);
        }
        Ok(options)
    }

    /// Whether it is reached by a URL.
    fn is_server(&self) -> bool {
        self.database.contains("://")
    }

    /// The database as its plan names it: a path is meant from where the fleet file stands.
    pub(super) fn address(&self, folder: &Path) -> String {
        if self.is_server() {
            return self.database.clone();
        }
        folder.join(&self.database).to_string_lossy().into_owned()
    }
}
