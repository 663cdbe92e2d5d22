//! DuckDB: a second file is filled beside the first, compared with it, and renamed over it.
//!
//! DuckDB has no triggers and lets one process write: while a phase runs, nobody else can have the file open for writing, and
//! what was written between two phases makes the second file stale, which is seen and done anew. `ffi.rs` is the library,
//! `schema.rs` what stands in a file, `copy.rs` the statements that fill the other side, `work.rs` the engine.

mod ffi;
mod schema;
mod copy;
mod work;

use std::path::{Path, PathBuf};

use self::ffi::Duck;
use self::schema::{Holds, Reading, Table};
use crate::error::{MigrateError, Result};
use crate::mapping::Form;
use crate::plan::{Finding, Level, Place, Plan};
use crate::planner::{self, Header, PlanOptions};

pub use self::work::DuckDb;

/// The name by which the loader finds the library if the user names none.
const LIBRARY: &str = "libduckdb.so";

/// What the names of all tables begin with that a migration makes.
const PREFIX: &str = "_uid_";

/// A connection to a file of its own, for tests and for whoever wants to look: statements in, rows of text out.
#[derive(Debug)]
pub struct Probe {
    duck: Duck,
}

impl Probe {
    /// Opens a file, or makes it.
    ///
    /// # Errors
    ///
    /// If library or file cannot be opened.
    pub fn open(library: &Path, path: &Path) -> Result<Self> {
        let duck = Duck::open(library)?;
        duck.execute(&format!("ATTACH {} AS db; USE db", schema::text(&path.to_string_lossy())))?;
        Ok(Self { duck })
    }

    /// Runs statements.
    ///
    /// # Errors
    ///
    /// If DuckDB refuses.
    pub fn execute(&self, sql: &str) -> Result<()> {
        self.duck.execute(sql)
    }

    /// Returns the rows of a query whose columns are VARCHAR.
    ///
    /// # Errors
    ///
    /// If DuckDB refuses, or a column is something else.
    pub fn rows(&self, sql: &str) -> Result<Vec<Vec<Option<String>>>> {
        schema::all(&self.duck, sql)
    }
}

fn library(settings: &crate::plan::Settings) -> PathBuf {
    settings.duckdb_library.as_ref().map_or_else(|| LIBRARY.into(), PathBuf::from)
}

/// Whether a file is a DuckDB database.
#[must_use]
pub fn is_one(path: &Path) -> bool {
    let mut header = [0; 12];
    std::fs::File::open(path)
        .and_then(|mut file| std::io::Read::read_exact(&mut file, &mut header))
        .is_ok_and(|()| &header[8..] == b"DUCK")
}

/// Makes a plan for a database.
///
/// # Errors
///
/// If the database cannot be read, or a key names what is not there.
pub fn plan(path: &Path, options: &PlanOptions) -> Result<Plan> {
    let refused =
        |error| MigrateError::environment(format!("{} cannot be read", path.display()), error);
    let full = std::fs::canonicalize(path).map_err(refused)?;
    let size = std::fs::metadata(&full).map_err(refused)?.len();
    let database = full
        .to_str()
        .ok_or_else(|| MigrateError::usage("the path of the database is not UTF-8"))?
        .to_owned();
    let duck = Duck::open(&library(&options.settings))?;
    duck.execute(&format!("ATTACH {} AS src (READ_ONLY)", schema::text(&database)))?;
    let tables = schema::read(&duck, "src", PREFIX)?;
    let name =
        path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
    let header = Header {
        engine: "duckdb",
        database,
        name,
        prefix: PREFIX.to_owned(),
        schema_hash: schema::hash(&duck, "src", PREFIX)?,
    };
    let mut options = options.clone();
    forms(&tables, &mut options)?;
    let source = Reading { duck: &duck, tables: &tables };
    let (mut plan, seconds) = planner::plan(&source, &schema::facts(&tables), header, &options)?;
    for key in &mut plan.keys {
        let holds = column(&tables, &key.table, &key.column).map(|column| column.holds);
        // Proposed keys come without a wish for a form.
        if holds == Some(Holds::Uuid) {
            key.form = Form::Uuid;
        }
    }
    hints(&tables, &mut plan);
    let rows: u64 = tables
        .iter()
        .map(|table| schema::number(&duck, &format!("SELECT count(*) FROM {}", table.of("src"))))
        .sum::<Result<u64>>()?;
    plan.estimate.rows = rows;
    // A copy, and the second file with its map.
    plan.estimate.disk_bytes = size * 2 + plan.keys.iter().map(|key| key.rows * 80).sum::<u64>();
    let keys: u64 = plan.keys.iter().map(|key| key.rows).sum();
    #[expect(clippy::cast_precision_loss, reason = "an estimate")]
    let per_row = if keys == 0 { 0.0 } else { seconds / keys as f64 };
    #[expect(clippy::cast_precision_loss, reason = "an estimate")]
    let all = rows as f64;
    plan.estimate.seconds = all * per_row.max(1e-6) * 2.0;
    plan.findings.sort_by_key(|finding| finding.level);
    Ok(plan)
}

fn column<'a>(tables: &'a [Table], table: &str, column: &str) -> Option<&'a schema::Column> {
    tables.iter().find(|known| known.name().eq_ignore_ascii_case(table))?.column(column)
}

/// A column has the type that it has: ids are written in the form that it takes.
fn forms(tables: &[Table], options: &mut PlanOptions) -> Result<()> {
    for key in &options.keys {
        let Some(found) = column(tables, &key.table, &key.column) else { continue };
        let place = format!("{}.{}", key.table, key.column);
        if options.keep_order.iter().any(|name| name.eq_ignore_ascii_case(&place)) {
            return Err(MigrateError::usage(format!(
                "{place} shall keep the order of rows of one millisecond: in DuckDB ids have no rank; leave `keep_order` out"
            )));
        }
        let wished = options.forms.iter().find(|(name, _)| name.eq_ignore_ascii_case(&place));
        match (found.holds, wished) {
            (Holds::Text, Some((_, Form::Bytes))) => {
                return Err(MigrateError::usage(format!("{place} is text: 16 bytes do not fit")));
            }
            (Holds::Text, _) | (Holds::Uuid, Some((_, Form::Uuid))) => {}
            (Holds::Uuid, None) => options.forms.push((place, Form::Uuid)),
            (Holds::Uuid, Some(_)) => {
                return Err(MigrateError::usage(format!(
                    "{place} is a UUID: its ids are written as uuid"
                )));
            }
            _ => {
                return Err(MigrateError::usage(format!(
                    "{place} is {}: in DuckDB only VARCHAR and UUID columns get new ids",
                    found.kind
                )));
            }
        }
    }
    Ok(())
}

/// What DuckDB cannot do, and what cannot be reached.
fn hints(tables: &[Table], plan: &mut Plan) {
    let mut findings = Vec::new();
    let mut say = |level, what| findings.push(Finding { level, what });
    for table in tables {
        for column in table.columns.iter().filter(|column| column.holds == Holds::Other) {
            if column.kind == "BLOB"
                || column.kind.contains("STRUCT")
                || column.kind.contains("MAP")
            {
                say(
                    Level::Note,
                    format!(
                        "{}.{} is {}: ids in it are not reachable",
                        table.name(),
                        column.name,
                        column.kind
                    ),
                );
            }
        }
    }
    for reference in &plan.references {
        let form = &plan.keys[reference.key].form;
        let Some(found) = column(tables, &reference.table, &reference.column) else { continue };
        let fits = match (found.holds, &reference.place) {
            (Holds::Text, _) | (Holds::Json, Place::Json(_)) => true,
            (Holds::Uuid, Place::Whole | Place::When { .. }) => *form == Form::Uuid,
            (Holds::List, Place::Json(path)) => {
                path == "$[*]" && (found.kind == "VARCHAR[]" || *form == Form::Uuid)
            }
            _ => false,
        };
        if !fits {
            say(
                Level::Blocker,
                format!(
                    "{}.{} is {}: it cannot hold the new ids of {}.{}",
                    reference.table,
                    reference.column,
                    found.kind,
                    plan.keys[reference.key].table,
                    plan.keys[reference.key].column
                ),
            );
        }
    }
    if copy::order(tables).is_none() {
        say(
            Level::Blocker,
            "tables refer to each other in a circle: DuckDB has no order in which they could be filled".to_owned(),
        );
    }
    say(
        Level::Note,
        "DuckDB has no triggers and one writer: stop the application from backfill to switch; what is written in between is seen, and the copy made anew".to_owned(),
    );
    plan.findings.extend(findings);
}
