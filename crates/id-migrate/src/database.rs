//! Which engine a database belongs to: the one place that knows them all.

use std::path::{Path, PathBuf};

#[cfg(feature = "duckdb")]
use crate::duckdb;
use crate::engine::Engine;
use crate::error::{MigrateError, Result};
use crate::plan::Plan;
use crate::planner::PlanOptions;
#[cfg(feature = "postgres")]
use crate::postgres;
use crate::sqlite::{self, Sqlite};

/// How a database is reached, beyond what its plan says; a file needs none of it.
#[derive(Clone, Debug, Default)]
pub struct Access {
    /// The password, which no plan holds.
    pub password: Option<String>,
    /// The folder of table copies and exported maps: the plan's.
    pub folder: PathBuf,
}

/// Whether this is the URL of a server rather than a path.
#[cfg(feature = "postgres")]
fn is_url(database: &str) -> bool {
    database.starts_with("postgres://") || database.starts_with("postgresql://")
}

/// Makes a plan for a database; writes nothing into it.
///
/// # Errors
///
/// If it cannot be read, or the options name what is not there.
pub fn plan(database: &str, access: &Access, options: &PlanOptions) -> Result<Plan> {
    #[cfg(feature = "postgres")]
    if is_url(database) {
        return postgres::plan(database, access, options);
    }
    let _ = access;
    let path = Path::new(database);
    #[cfg(feature = "duckdb")]
    if duckdb::is_one(path) {
        return duckdb::plan(path, options);
    }
    sqlite::plan(path, options)
}

/// Opens the database of a plan; `for_writing` takes the lock of a run.
///
/// # Errors
///
/// If it cannot be opened, or another run holds it.
pub fn open(plan: Plan, access: &Access, for_writing: bool) -> Result<Box<dyn Engine>> {
    let _ = access;
    match plan.engine.as_str() {
        "sqlite" => Ok(Box::new(Sqlite::open(plan, for_writing)?)),
        #[cfg(feature = "postgres")]
        "postgres" => Ok(Box::new(postgres::Postgres::open(plan, access.clone(), for_writing)?)),
        #[cfg(feature = "duckdb")]
        "duckdb" => Ok(Box::new(duckdb::DuckDb::open(plan, for_writing)?)),
        other => Err(unknown(other)),
    }
}

/// Asks a run that is under way to wait between two batches, or to go on; needs no lock. Returns whether a pause of an
/// SQLite database began or ended.
///
/// # Errors
///
/// If the database cannot be opened, no migration has begun in it, or its engine cannot wait.
pub fn pause(plan: &Plan, access: &Access, is_paused: bool) -> Result<bool> {
    let _ = access;
    match plan.engine.as_str() {
        "sqlite" => sqlite::pause(plan, is_paused),
        #[cfg(feature = "postgres")]
        "postgres" => {
            let mut engine = postgres::Postgres::open(plan.clone(), access.clone(), false)?;
            engine.pause(is_paused).map(|()| false)
        }
        "duckdb" => Err(MigrateError::usage(
            "a DuckDB file is copied by one process that holds it: stop the run, and `resume` it later",
        )),
        other => Err(unknown(other)),
    }
}

/// Returns the statements of a plan as files: name and text.
///
/// # Errors
///
/// If the database cannot be read, or its engine has no statements.
pub fn scripts(plan: &Plan, access: &Access) -> Result<Vec<(&'static str, String)>> {
    let _ = access;
    match plan.engine.as_str() {
        "sqlite" => sqlite::scripts(plan),
        #[cfg(feature = "postgres")]
        "postgres" => postgres::scripts(plan, access),
        "duckdb" => Err(MigrateError::usage(
            "a DuckDB file is copied and renamed: there are no statements for `--sql`",
        )),
        other => Err(unknown(other)),
    }
}

fn unknown(engine: &str) -> MigrateError {
    MigrateError::usage(format!("the plan is for `{engine}`, which this program does not know"))
}
