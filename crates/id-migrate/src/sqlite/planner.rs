//! What the shared planner asks of SQLite, and what only SQLite has to say: hints, estimate, rehearsal.

use std::path::Path;

use rusqlite::Connection;
use rusqlite::types::ValueRef;

use super::ddl::{self, quote};
use super::files;
use super::layout::Layout;
use super::mentions;
use super::schema::{self, Affinity, Schema};
use crate::error::{ErrorKind, MigrateError, Result};
use crate::mapping::{Mapper, Mapping};
use crate::plan::{Finding, KeyPlan, Level, Place, Plan, Reference};
use crate::planner::facts::{
    Class, ColumnFacts, Counts, Each, Equality, Facts, ForeignFacts, Row, Rows, Source, TableFacts,
};
use crate::planner::{self, Header, PlanOptions};
use crate::value;

/// Makes a plan for a database.
///
/// # Errors
///
/// If the database cannot be read, or a key names what is not there.
pub fn plan(path: &Path, options: &PlanOptions) -> Result<Plan> {
    let db = files::open(path, true)?;
    let prefix = free_prefix(&db)?;
    let mut schema = schema::read(&db, &prefix)?;
    schema.tables.retain(|table| !is_ours(&table.name));
    let full = std::fs::canonicalize(path).map_err(|error| {
        MigrateError::environment(format!("{} cannot be read", path.display()), error)
    })?;
    let database = full
        .to_str()
        .ok_or_else(|| MigrateError::usage("the path of the database is not UTF-8"))?
        .to_owned();
    let name =
        path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
    let header =
        Header { engine: "sqlite", database, name, prefix, schema_hash: schema.hash.clone() };
    let source = Reading { db: &db };
    let (mut plan, seconds) = planner::plan(&source, &facts(&schema), header, options)?;
    hints(&schema, &mut plan);
    plan.findings.extend(mentions::findings(&db, &schema, &plan)?);
    estimate(&db, &schema, &mut plan, seconds)?;
    if plan.blockers().next().is_none() {
        rehearse(&db, &schema, &mut plan)?;
    }
    plan.findings.sort_by_key(|finding| finding.level);
    Ok(plan)
}

/// The schema as the planner sees it.
fn facts(schema: &Schema) -> Facts {
    let tables = schema.tables.iter().map(|table| TableFacts {
        name: table.name.clone(),
        word: table.name.clone(),
        columns: table
            .columns
            .iter()
            .map(|column| ColumnFacts {
                name: column.name.clone(),
                class: match column.affinity {
                    Affinity::Integer => Class::Integer,
                    Affinity::Text => Class::Text,
                    Affinity::Blob => Class::Any,
                    Affinity::Real | Affinity::Numeric => Class::Number,
                },
                // Only these collations are everywhere; another one is not known here.
                equality: if column.collation.eq_ignore_ascii_case("NOCASE") {
                    Equality::NoCase
                } else if column.collation.eq_ignore_ascii_case("RTRIM") {
                    Equality::NoTrailingBlanks
                } else {
                    Equality::Bytes
                },
                is_generated: column.is_generated,
                is_unique: table.is_unique(&column.name),
            })
            .collect(),
        foreign: table
            .foreign
            .iter()
            .map(|key| ForeignFacts {
                columns: key.columns.clone(),
                parent: key.parent.clone(),
                parent_columns: key.parent_columns.clone(),
            })
            .collect(),
    });
    Facts { tables: tables.collect(), ignores_case: true }
}

struct Reading<'a> {
    db: &'a Connection,
}

impl Row for rusqlite::Row<'_> {
    fn value(&self, at: usize) -> Result<ValueRef<'_>> {
        Ok(self.get_ref(at)?)
    }
}

impl Source for Reading<'_> {
    fn scan(
        &self,
        table: &TableFacts,
        columns: &[Option<&str>],
        rows: Rows,
        each: &mut Each<'_>,
    ) -> Result<()> {
        let columns: Vec<String> =
            columns.iter().map(|column| column.map_or_else(|| "NULL".to_owned(), quote)).collect();
        let from = quote(&table.name);
        let step = match rows {
            Rows::All => 1,
            Rows::Sample(wanted) => self
                .db
                .query_row::<u64, _, _>(&format!("SELECT count(*) FROM {from}"), [], |row| {
                    row.get(0)
                })?
                .div_ceil(wanted)
                .max(1),
        };
        let sql = format!("SELECT {} FROM {from}", columns.join(", "));
        let mut statement = self.db.prepare(&sql)?;
        let mut found = statement.query([])?;
        let mut at: u64 = 0;
        while let Some(row) = found.next()? {
            // Counted, and not chosen by their numbers: those may all be even.
            at += 1;
            if at.is_multiple_of(step) && !each(row)? {
                break;
            }
        }
        Ok(())
    }

    fn count(&self, reference: &Reference, key: &KeyPlan, with_orphans: bool) -> Result<Counts> {
        let guard = match &reference.place {
            Place::When { column, equals } => {
                format!(" AND c.{} = {}", quote(column), ddl::text(equals))
            }
            _ => String::new(),
        };
        let name = quote(&reference.column);
        let table = quote(&reference.table);
        let mut counts = Counts::default();
        (counts.values, counts.nulls) = self.db.query_row(
            &format!(
                "SELECT count({name}), count(*) - count({name}) FROM {table} c WHERE 1{guard}"
            ),
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        if with_orphans {
            counts.orphans = self.db.query_row(
                &format!(
                    "SELECT count(*) FROM {table} c WHERE c.{name} IS NOT NULL{guard} AND NOT EXISTS (SELECT 1 FROM {} p WHERE p.{} = +c.{name})",
                    quote(&key.table),
                    quote(&key.column)
                ),
                [],
                |row| row.get(0),
            )?;
        }
        Ok(counts)
    }
}

/// Whether a table was left by an earlier migration.
fn is_ours(name: &str) -> bool {
    name.strip_prefix("_uid").is_some_and(|rest| {
        let rest = rest.trim_start_matches(|digit: char| digit.is_ascii_digit());
        ["_state", "_journal", "_cursor", "_spelling"].contains(&rest) || rest.starts_with("_map_")
    })
}

/// Finds a beginning of names that nobody uses.
fn free_prefix(db: &Connection) -> Result<String> {
    let mut statement = db.prepare("SELECT name FROM sqlite_master")?;
    let names: Vec<String> =
        statement.query_map([], |row| row.get(0))?.collect::<std::result::Result<_, _>>()?;
    let is_free = |prefix: &String| {
        !names.iter().any(|name| name.to_lowercase().starts_with(prefix.as_str()))
    };
    (1..=names.len() + 1)
        .map(|number| if number == 1 { "_uid_".to_owned() } else { format!("_uid{number}_") })
        .find(is_free)
        .ok_or_else(|| MigrateError::usage("no free name for the tables of the migration"))
}

/// What a reader has to know of the rest of the schema.
fn hints(schema: &Schema, plan: &mut Plan) {
    let mut findings = Vec::new();
    for key in &plan.keys {
        let table = schema.table(&key.table);
        let is_alias = table.is_some_and(|table| table.alias.as_deref() == Some(&key.column));
        for (name, sql) in &schema.virtuals {
            let lower = sql.to_lowercase();
            let is_content =
                lower.contains("content=") && lower.contains(&key.table.to_lowercase());
            if is_content && is_alias && lower.contains("content_rowid") {
                findings.push(Finding {
                    level: Level::Blocker,
                    what: format!("the full-text table `{name}` finds rows of `{}` by the number in `{}`: that key cannot become text", key.table, key.column),
                });
            }
        }
        if is_alias {
            findings.push(Finding {
                level: Level::Warning,
                what: format!(
                    "{}.{} was numbered by the database: it becomes text with a default that makes ids; programs that ask for the last number have to change",
                    key.table, key.column
                ),
            });
        }
    }
    for reference in &plan.references {
        let column =
            schema.table(&reference.table).and_then(|table| table.column(&reference.column));
        if column.is_some_and(|column| column.affinity.is_numeric())
            && matches!(reference.place, Place::When { .. })
        {
            findings.push(Finding {
                level: Level::Warning,
                what: format!("{}.{} becomes text in all rows: numbers of other kinds of rows are kept as text", reference.table, reference.column),
            });
        }
    }
    plan.findings.extend(findings);
}

fn estimate(db: &Connection, schema: &Schema, plan: &mut Plan, mapping_seconds: f64) -> Result<()> {
    let mut tables: Vec<&str> = plan
        .keys
        .iter()
        .map(|key| key.table.as_str())
        .chain(plan.references.iter().map(|reference| reference.table.as_str()))
        .collect();
    tables.sort_unstable();
    tables.dedup();
    for name in tables.iter().filter_map(|name| schema.table(name)) {
        plan.estimate.rows += db.query_row::<u64, _, _>(
            &format!("SELECT count(*) FROM {}", quote(&name.name)),
            [],
            |row| row.get(0),
        )?;
    }
    let pages: u64 = db.pragma_query_value(None, "page_count", |row| row.get(0))?;
    let size: u64 = db.pragma_query_value(None, "page_size", |row| row.get(0))?;
    let keys: u64 = plan.keys.iter().map(|key| key.rows).sum();
    // A copy, a second state of every table, the map with its two indexes, and the largest index once more while it is sorted.
    plan.estimate.disk_bytes = pages * size * 2 + keys * 160 + plan.estimate.rows * 64;
    #[expect(clippy::cast_precision_loss, reason = "an estimate")]
    let per_row = if keys == 0 { 0.0 } else { mapping_seconds / keys as f64 };
    #[expect(clippy::cast_precision_loss, reason = "an estimate")]
    let rows = plan.estimate.rows as f64;
    // Reading and mapping all keys of this database was measured; a whole run took 5.2 to 5.6 times as long for each row, in four
    // runs over 200 000 or 1 000 000 keys and as many children.
    plan.estimate.seconds = rows * per_row.max(1e-6) * 5.5;
    Ok(())
}

/// Builds the new tables in memory, with the first rows in them: what the database would refuse later is known now.
fn rehearse(db: &Connection, schema: &Schema, plan: &mut Plan) -> Result<()> {
    let layout = match Layout::of(plan, schema) {
        Ok(layout) => layout,
        Err(error) if error.kind() == ErrorKind::Blocked => {
            plan.findings.push(Finding { level: Level::Blocker, what: error.to_string() });
            return Ok(());
        }
        Err(error) => return Err(error),
    };
    let memory = Connection::open_in_memory()?;
    let mappers: Vec<Mapper> = (0..plan.keys.len()).map(|key| plan.mapper(key)).collect();
    for table in &layout.tables {
        let made = memory.execute_batch(&table.shadow_new_sql).and_then(|()| {
            table.indexes.iter().try_for_each(|index| memory.execute_batch(&index.shadow_sql))
        });
        if let Err(error) = made {
            plan.findings.push(Finding {
                level: Level::Blocker,
                what: format!("the new state of table `{}` cannot be made: {error}", table.name),
            });
            continue;
        }
        let columns: Vec<_> = table.columns.iter().filter(|column| !column.is_generated).collect();
        let names: Vec<String> = columns.iter().map(|column| quote(&column.name)).collect();
        let mut statement = db.prepare(&format!(
            "SELECT {} FROM {} LIMIT 300",
            names.join(", "),
            quote(&table.name)
        ))?;
        let marks = vec!["?"; names.len()].join(", ");
        let insert =
            format!("INSERT INTO {} ({}) VALUES ({marks})", quote(&table.shadow), names.join(", "));
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let mut values = Vec::new();
            for (at, column) in columns.iter().enumerate() {
                let legacy = row.get_ref(at)?;
                let spot = column.spots.iter().find(|spot| spot.place == Place::Whole);
                let bytes = value::legacy_bytes(legacy);
                values.push(match (spot, bytes) {
                    // Any id of the right form will do; the same value gets the same one, and a number is no text.
                    (Some(spot), Some(bytes)) => {
                        let stable =
                            Mapper { mapping: Mapping::Stable, ..mappers[spot.key].clone() };
                        let told_apart =
                            [&bytes, legacy.data_type().to_string().as_bytes()].concat();
                        let core = stable
                            .core(&told_apart, None)
                            .map_err(|error| MigrateError::usage(error.to_string()))?;
                        value::Kept::Value(value::of(plan.keys[spot.key].form.write(core)))
                    }
                    _ => value::Kept::of(legacy),
                });
            }
            if let Err(error) = memory
                .prepare_cached(&insert)?
                .execute(rusqlite::params_from_iter(values.iter().map(value::Kept::bind)))
            {
                plan.findings.push(Finding {
                    level: Level::Blocker,
                    what: format!("table `{}` does not take new ids: {error}", table.name),
                });
                break;
            }
        }
    }
    Ok(())
}
