//! DuckDB: a second file is filled beside the first, compared with it, and renamed over it.
//!
//! DuckDB has no triggers and lets one process write: while a phase runs, nobody else can have the file open for writing, and
//! what was written between two phases makes the second file stale, which is seen and done anew. `ffi.rs` is the library,
//! `kind.rs` its types, `schema.rs` what stands in a file, `layout.rs` which tables are made anew and how, `copy.rs` the
//! statements that fill them, `ids.rs` the ids, `work.rs` the engine.

mod ffi;
mod kind;
mod schema;
mod layout;
mod copy;
mod ids;
mod work;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use self::copy::{Filling, Way};
use self::ffi::Duck;
use self::schema::{Holds, Reading, Table};
use crate::error::{MigrateError, Result};
use crate::mapping::Form;
use crate::plan::{Finding, Level, Place, Plan, Reference};
use crate::planner::{self, Header, PlanOptions};
use crate::sqlite::ddl;

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
    let options = forms(&duck, &tables, options)?;
    let source = Reading { duck: &duck, tables: &tables };
    let (mut plan, seconds) = planner::plan(&source, &schema::facts(&tables), header, &options)?;
    for key in &mut plan.keys {
        let holds = column(&tables, &key.table, &key.column).map(|column| column.holds);
        // Proposed keys come without a wish for a form.
        if holds == Some(Holds::Uuid) && !is_wished(&options, &key.table, &key.column) {
            key.form = Form::Uuid;
        }
    }
    hints(&tables, &mut plan);
    if plan.blockers().next().is_none() {
        rehearse(&duck, &tables, &mut plan)?;
    }
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

fn is_wished(options: &PlanOptions, table: &str, column: &str) -> bool {
    let place = format!("{table}.{column}");
    options.forms.iter().any(|(name, _)| name.eq_ignore_ascii_case(&place))
}

/// Which keys can be taken, and how their ids are written where nobody says so: a column of type UUID keeps its type.
fn forms(duck: &Duck, tables: &[Table], options: &PlanOptions) -> Result<PlanOptions> {
    let mut options = options.clone();
    for key in options.keys.clone() {
        let find = |table: &&Table| table.name().eq_ignore_ascii_case(&key.table);
        let Some(table) = tables.iter().find(find) else { continue };
        let Some(found) = table.column(&key.column) else { continue };
        let place = format!("{}.{}", key.table, key.column);
        if options.keep_order.iter().any(|name| name.eq_ignore_ascii_case(&place)) {
            return Err(MigrateError::usage(format!(
                "{place} shall keep the order of rows of one millisecond: in DuckDB ids have no rank; leave `keep_order` out"
            )));
        }
        match found.holds {
            Holds::Text | Holds::Integer => {}
            Holds::Uuid => {
                if !is_wished(&options, &key.table, &key.column) {
                    options.forms.push((place, Form::Uuid));
                }
            }
            Holds::Bytes => {
                let sql = format!(
                    "SELECT count(*) FROM {} t WHERE octet_length(t.{}) > {}",
                    table.of("src"),
                    schema::quote(&found.name),
                    schema::LONGEST
                );
                if schema::number(duck, &sql)? > 0 {
                    return Err(MigrateError::usage(format!(
                        "{place} holds values of more than {} bytes: those are no keys",
                        schema::LONGEST
                    )));
                }
            }
            _ => {
                return Err(MigrateError::usage(format!(
                    "{place} is {}: in DuckDB columns of text, UUIDs, bytes and whole numbers get new ids",
                    found.kind.sql()
                )));
            }
        }
    }
    Ok(options)
}

/// What DuckDB cannot do, what cannot be reached, and what becomes of types and defaults.
fn hints(tables: &[Table], plan: &mut Plan) {
    let mut findings = Vec::new();
    let mut say = |level, what| findings.push(Finding { level, what });
    for table in tables {
        for column in &table.columns {
            let place = format!("{}.{}", table.name(), column.name);
            let is_hidden = column.holds == Holds::Other
                && matches!(&column.kind, kind::Kind::Plain(name) if name.starts_with("STRUCT") || name.starts_with("UNION"));
            if is_hidden {
                let kind = column.kind.sql();
                say(Level::Note, format!("{place} is {kind}: ids in it are not reachable"));
            }
            let spots: Vec<_> = copy::spots(plan, table, column).collect();
            if spots.is_empty() {
                continue;
            }
            let Some(target) = layout::target(plan, table, column) else {
                let key = &plan.keys[spots[0].0];
                say(
                    Level::Blocker,
                    format!(
                        "{place} is {}: it cannot hold the new ids of {}.{} there",
                        column.kind.sql(),
                        key.table,
                        key.column
                    ),
                );
                continue;
            };
            let is_other = target != column.kind;
            let default = layout::default(plan, table, column, is_other);
            if is_other {
                retyped(plan, &place, table, column, &target, &mut say);
            }
            match default {
                layout::Default::Fresh(_) if !column.is_numbered() => say(
                    Level::Warning,
                    format!("{place} gets a default that makes ids, in the place of its own"),
                ),
                layout::Default::Gone => say(
                    Level::Warning,
                    format!("{place} loses its default until the way back: it is no id"),
                ),
                _ => {}
            }
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

/// What becomes of a column that gets another type.
fn retyped(
    plan: &Plan,
    place: &str,
    table: &Table,
    column: &schema::Column,
    target: &kind::Kind,
    say: &mut dyn FnMut(Level, String),
) {
    let (before, after) = (column.kind.sql(), target.sql());
    if column.is_numbered() {
        say(
            Level::Warning,
            format!(
                "{place} was numbered by the database: it becomes {after} with a default that makes ids; its sequence stays for the way back"
            ),
        );
    } else {
        say(Level::Note, format!("{place} is {before} and becomes {after}"));
    }
    let here = |reference: &&Reference| {
        reference.table == table.name() && reference.column.eq_ignore_ascii_case(&column.name)
    };
    for reference in plan.references.iter().filter(here) {
        if matches!(reference.place, Place::When { .. }) {
            say(
                Level::Warning,
                format!(
                    "{place} becomes {after} in all rows: values of other kinds of rows are kept as text"
                ),
            );
        }
        // A text takes every value; another type does not.
        if reference.orphans > 0 && !target.is_text() {
            say(
                Level::Blocker,
                format!(
                    "{place}: {} values are no keys and cannot be kept in a column of type {after}: correct them, or write the ids as text (`--form {}.{}=core`)",
                    reference.orphans,
                    plan.keys[reference.key].table,
                    plan.keys[reference.key].column
                ),
            );
        }
    }
}

/// Makes the new tables in memory and puts the first rows into them: what DuckDB would refuse later is known now.
fn rehearse(duck: &Duck, tables: &[Table], plan: &mut Plan) -> Result<()> {
    duck.execute("ATTACH ':memory:' AS dst")?;
    if let Err(error) = duck.execute("COPY FROM DATABASE src TO dst (SCHEMA)") {
        plan.findings.push(Finding {
            level: Level::Warning,
            what: format!("the new tables could not be tried in memory: {error}"),
        });
        return duck.execute("DETACH dst");
    }
    let laid = layout::lay(duck, plan, tables)?;
    layout::drop_all(duck, &laid)?;
    duck.execute("USE dst")?;
    let mut findings = Vec::new();
    let mut refused = BTreeSet::new();
    for one in &laid {
        let Some((first, rest)) = one.new.split_first() else { continue };
        // Without foreign keys: the first rows of two tables are no family.
        let alone = ddl::Table::parse(first)
            .map_or_else(|| first.clone(), |parsed| parsed.rewrite(None, false, &[]));
        let made =
            std::iter::once(&alone).chain(rest).try_for_each(|statement| duck.execute(statement));
        if let Err(error) = made {
            refused.insert(one.table.name());
            findings.push(Finding {
                level: Level::Blocker,
                what: format!(
                    "the new state of table `{}` cannot be made: {error}",
                    one.table.name()
                ),
            });
        }
    }
    duck.execute("USE memory")?;
    let to = schema::read(duck, "dst", PREFIX)?;
    let filling = Filling { duck, plan, way: Way::Rehearsal, from: tables, to: &to };
    for (no, table) in tables.iter().enumerate() {
        if refused.contains(&table.name())
            || !laid.iter().any(|one| one.table.name() == table.name())
        {
            continue;
        }
        let selected = filling.select(no, table);
        let tried = duck.execute(&format!(
            "INSERT INTO {} ({}) SELECT {} FROM {} LIMIT 300",
            table.of("dst"),
            selected.names.join(", "),
            selected.cells.join(", "),
            selected.from(table)
        ));
        if let Err(error) = tried {
            findings.push(Finding {
                level: Level::Blocker,
                what: format!("table `{}` does not take new ids: {error}", table.name()),
            });
        }
    }
    let views = "SELECT schema_name, view_name FROM duckdb_views() WHERE database_name = 'src' AND NOT internal AND sql IS NOT NULL";
    for row in schema::all(duck, views)? {
        let cell = |at: usize| row[at].clone().unwrap_or_default();
        let ask = |catalog: &str| {
            let name = format!("{}.{}", schema::quote(&cell(0)), schema::quote(&cell(1)));
            duck.execute(&format!("SELECT * FROM {catalog}.{name} LIMIT 0"))
        };
        if !cell(1).starts_with(PREFIX)
            && ask("src").is_ok()
            && let Err(error) = ask("dst")
        {
            findings.push(Finding {
                level: Level::Blocker,
                what: format!("the view `{}` does not work with new ids: {error}", cell(1)),
            });
        }
    }
    plan.findings.extend(findings);
    duck.execute("DETACH dst")
}
