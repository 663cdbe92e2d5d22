//! The engine: files that are whole or not there, and a state row in the one that is being filled.
//!
//! ```text
//! DB              what the application works on         DB.RUN.backup   its tested copy
//! DB.RUN.new      the new side, until the switch        DB.RUN.old      the old side, from the switch to the contract
//! DB.RUN.back     the old side made again, until it is renamed over DB
//! ```
//!
//! Before the switch the state stands in the new file, behind it in the database itself; a rename is the only step that an
//! application could see, and it is one.

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use rusqlite::types::Value;
use sha2::{Digest, Sha256};

use super::copy::{self, Filling, Way};
use super::ffi::Duck;
use super::ids;
use super::kind::Kind;
use super::layout::{self, Laid};
use super::schema::{self, Table, quote, text};
use super::{PREFIX, library};
use crate::engine::{Engine, Event, Made, Phase, Report, Verification, Watch};
use crate::error::{ErrorKind, MigrateError, Result};
use crate::map_file;
use crate::mapping::{Form, Mapping};
use crate::plan::{KeyPlan, Place, Plan};
use crate::sqlite::{beside, ddl, lock};

/// What DuckDB may use where the settings do not say.
const MEMORY: &str = "2GiB";

/// A migration of a DuckDB database.
#[derive(Debug)]
pub struct DuckDb {
    plan: Plan,
    path: PathBuf,
    for_writing: bool,
    _lock: Option<File>,
}

impl DuckDb {
    /// Opens the database of a plan; `for_writing` takes the lock of a run.
    ///
    /// # Errors
    ///
    /// If the library or the database cannot be opened, or another run holds it.
    pub fn open(plan: Plan, for_writing: bool) -> Result<Self> {
        let path = PathBuf::from(&plan.database);
        fs::metadata(&path).map_err(|error| {
            MigrateError::environment(format!("{} cannot be read", path.display()), error)
        })?;
        let lock = if for_writing { Some(lock(&path)?) } else { None };
        let engine = Self { plan, path, for_writing, _lock: lock };
        if for_writing {
            // What a killed run could not put away.
            let _ = fs::remove_dir_all(engine.file("tmp"));
        }
        if for_writing && engine.side(".wal").exists() {
            // What a killed application left in its log belongs to the file.
            let duck = engine.duck()?;
            duck.execute(&format!(
                "ATTACH {} AS src; CHECKPOINT src; DETACH src",
                at(&engine.path)
            ))?;
        }
        Ok(engine)
    }

    fn duck(&self) -> Result<Duck> {
        let duck = Duck::open(&library(&self.plan.settings))?;
        let memory = self.plan.settings.duckdb_memory.as_deref().unwrap_or(MEMORY);
        // What does not fit goes to the disk where the database is.
        duck.execute(&format!(
            "SET memory_limit = {}; SET temp_directory = {}",
            text(memory),
            at(&self.file("tmp"))
        ))?;
        Ok(duck)
    }

    fn side(&self, suffix: &str) -> PathBuf {
        beside(&self.path, suffix)
    }

    fn file(&self, what: &str) -> PathBuf {
        self.side(&format!(".{}.{what}", self.plan.run_id))
    }

    /// A connection with the database as `src`, which keeps others from writing while it lives.
    fn source(&self) -> Result<Duck> {
        let duck = self.duck()?;
        duck.execute(&format!("ATTACH {} AS src (READ_ONLY)", at(&self.path)))?;
        Ok(duck)
    }

    /// The same with another file as `dst`.
    fn both(&self, other: &Path, is_read_only: bool) -> Result<Duck> {
        let duck = self.source()?;
        let mode = if is_read_only { "(READ_ONLY)" } else { "" };
        duck.execute(&format!("ATTACH {} AS dst {mode}", at(other)))?;
        Ok(duck)
    }

    /// What tells one state of the file from another: its length, and its three headers, which every checkpoint counts up.
    fn fingerprint(&self) -> Result<String> {
        let refused = |error| {
            MigrateError::environment(format!("{} cannot be read", self.path.display()), error)
        };
        let mut file = File::open(&self.path).map_err(refused)?;
        let length = file.metadata().map_err(refused)?.len();
        let mut headers = vec![0; 12 * 1024];
        let read = std::io::Read::read(&mut file, &mut headers).map_err(refused)?;
        let mut hash = Sha256::new();
        hash.update(length.to_be_bytes());
        hash.update(&headers[..read]);
        Ok(crate::value::hex(&hash.finalize()))
    }

    fn state(duck: &Duck, catalog: &str, key: &str) -> Result<Option<String>> {
        let has = schema::number(
            duck,
            &format!(
                "SELECT count(*) FROM duckdb_tables() WHERE database_name = '{catalog}' AND table_name = '{PREFIX}state'"
            ),
        )?;
        if has == 0 {
            return Ok(None);
        }
        let sql = format!("SELECT v FROM {catalog}.main.{PREFIX}state WHERE k = {}", text(key));
        Ok(schema::all(duck, &sql)?.into_iter().next().and_then(|row| row.into_iter().next()?))
    }

    fn set(duck: &Duck, catalog: &str, key: &str, value: &str) -> Result<()> {
        duck.execute(&format!(
            "INSERT OR REPLACE INTO {catalog}.main.{PREFIX}state VALUES ({}, {})",
            text(key),
            text(value)
        ))
    }

    fn reach(duck: &Duck, catalog: &str, phase: Phase) -> Result<()> {
        Self::set(duck, catalog, "phase", phase.name())?;
        duck.execute(&format!(
            "INSERT INTO {catalog}.main.{PREFIX}journal VALUES (strftime(now()::TIMESTAMP, '%Y-%m-%dT%H:%M:%S.%gZ'), {})",
            text(phase.name())
        ))
    }

    fn tables(duck: &Duck) -> Result<Vec<Table>> {
        schema::read(duck, "src", PREFIX)
    }

    /// The type that a key had before the migration: of the statement that made it.
    fn legacy_kind(&self, duck: &Duck, key: &KeyPlan) -> Result<Option<Kind>> {
        let tables = Self::tables(duck)?;
        let laid = match Self::state(duck, "src", "phase")? {
            Some(_) => self.laid(duck, &tables)?,
            None => Vec::new(),
        };
        let Some(laid) = laid.iter().find(|laid| laid.table.name() == key.table) else {
            return Ok(None);
        };
        let parsed = laid.old.first().and_then(|sql| ddl::Table::parse(sql));
        Ok(parsed.and_then(|table| table.declared(&key.column)).map(|kind| Kind::parse(&kind)))
    }

    fn remove(&self, what: &str) -> Result<()> {
        for path in [self.file(what), self.file(&format!("{what}.wal"))] {
            match fs::remove_file(&path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(MigrateError::environment(
                        format!("{} cannot be removed", path.display()),
                        error,
                    ));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Copies the database to a name of which nobody takes notice until it is whole, without what a migration left there.
    fn bare_copy(&self, part: &Path) -> Result<Duck> {
        let refused = |error| {
            MigrateError::environment(format!("{} cannot be written", part.display()), error)
        };
        let _ = fs::remove_file(part);
        let _ = fs::remove_file(beside(part, ".wal"));
        let duck = self.source()?;
        fs::copy(&self.path, part).map_err(refused)?;
        duck.execute(&format!("ATTACH {} AS dst", at(part)))?;
        duck.execute(&format!("DROP VIEW IF EXISTS dst.main.{PREFIX}ids"))?;
        let left = format!(
            "SELECT table_name FROM duckdb_tables() WHERE database_name = 'dst' AND schema_name = 'main' AND starts_with(table_name, '{PREFIX}')"
        );
        for name in schema::all(&duck, &left)?.into_iter().flatten().flatten() {
            duck.execute(&format!("DROP TABLE dst.main.{}", quote(&name)))?;
        }
        Ok(duck)
    }

    /// Reads the catalog of `dst` from its file: some expressions are written in another way before they were stored.
    fn attach_again(duck: &Duck, part: &Path) -> Result<()> {
        duck.execute(&format!("DETACH dst; ATTACH {} AS dst", at(part)))
    }

    /// The tables that were made anew, with the statements of both sides as the new side keeps them.
    fn laid(&self, duck: &Duck, tables: &[Table]) -> Result<Vec<Laid>> {
        let has = schema::number(
            duck,
            &format!(
                "SELECT count(*) FROM duckdb_tables() WHERE database_name = 'src' AND table_name = '{PREFIX}made'"
            ),
        )?;
        if has == 0 {
            // An earlier version of this program changed no type: both sides have the same statements.
            return layout::affected(&self.plan, tables)?
                .into_iter()
                .map(|table| {
                    let mut old = vec![table.sql.clone()];
                    old.extend(layout::details(duck, "src", table)?);
                    Ok(Laid { table: table.clone(), new: old.clone(), old })
                })
                .collect();
        }
        let sql = format!("SELECT tbl, old, new FROM src.main.{PREFIX}made ORDER BY no");
        schema::all(duck, &sql)?
            .into_iter()
            .map(|row| {
                let cell = |at: usize| row[at].clone().unwrap_or_default();
                let statements =
                    |at: usize| serde_json::from_str::<Vec<String>>(&cell(at)).unwrap_or_default();
                let table = tables.iter().find(|table| table.name() == cell(0));
                let laid = table.map(|table| Laid {
                    table: table.clone(),
                    old: statements(1),
                    new: statements(2),
                });
                laid.filter(|laid| laid.new.first() == Some(&laid.table.sql)).ok_or_else(|| {
                    MigrateError::new(
                        ErrorKind::SchemaChanged,
                        format!(
                            "the statement of table `{}` has changed since the switch: make it what it was, then roll back again",
                            cell(0)
                        ),
                    )
                })
            })
            .collect()
    }

    /// Puts a file that is whole in the place of the database.
    fn put(&self, from: &Path, keep: Option<&Path>) -> Result<()> {
        let refused = |error| {
            MigrateError::environment(format!("{} cannot be put in place", from.display()), error)
        };
        for log in [beside(from, ".wal"), self.side(".wal")] {
            if log.exists() {
                return Err(MigrateError::new(
                    ErrorKind::Busy,
                    format!("{} is there: somebody writes; nothing was switched", log.display()),
                ));
            }
        }
        File::open(from).and_then(|file| file.sync_all()).map_err(refused)?;
        if let Some(keep) = keep {
            let _ = fs::remove_file(keep);
            fs::hard_link(&self.path, keep).map_err(refused)?;
        }
        let rights = fs::metadata(&self.path).map_err(refused)?.permissions();
        fs::set_permissions(from, rights).map_err(refused)?;
        fs::rename(from, &self.path).map_err(refused)?;
        // The name is on disk only when the folder is.
        self.path.parent().map_or(Ok(()), |folder| {
            File::open(folder).and_then(|folder| folder.sync_all()).map_err(refused)
        })
    }

    fn check_schema(&self, duck: &Duck) -> Result<()> {
        if schema::hash(duck, "src", PREFIX)? == self.plan.schema_hash {
            return Ok(());
        }
        Err(MigrateError::new(
            ErrorKind::SchemaChanged,
            "the schema has changed since the plan was made",
        ))
    }

    /// Compares `src` with `dst`, row by row and reference by reference.
    fn compare(
        &self,
        duck: &Duck,
        filling: &Filling<'_>,
        watch: &mut Watch<'_>,
    ) -> Result<Verification> {
        let (tables, way) = (filling.from, filling.way);
        let mut found = Verification::default();
        for (no, table) in tables.iter().enumerate() {
            let (from, to) = (table.of("src"), table.of("dst"));
            let count =
                |table: &str| schema::number(duck, &format!("SELECT count(*) FROM {table}"));
            let (before, after) = (count(&from)?, count(&to)?);
            watch(&Event {
                phase: Phase::Verify,
                what: format!("compare {}", table.name()),
                done: before,
                total: before,
            });
            found.rows += before;
            if before != after {
                found.fail(
                    "row count",
                    &table.name(),
                    "all".into(),
                    format!("{before} rows, {after} on the other side"),
                );
            }
            let selected = filling.select(no, table);
            let columns = |cells: &mut dyn Iterator<Item = String>| {
                cells
                    .enumerate()
                    .map(|(at, cell)| format!("{cell} AS c{at}"))
                    .collect::<Vec<_>>()
                    .join(", ")
            };
            let sql = format!(
                "SELECT CAST(COLUMNS(*) AS VARCHAR) FROM (SELECT {} FROM {} EXCEPT ALL SELECT {} FROM {to} s) LIMIT 100",
                columns(&mut selected.cells.iter().cloned()),
                selected.from(table),
                columns(&mut selected.names.iter().map(|name| format!("s.{name}"))),
            );
            duck.each(&sql, &mut |cells| {
                let row = cells.first().and_then(|cell| *cell).unwrap_or_default();
                let row: String = String::from_utf8_lossy(row).chars().take(64).collect();
                found.fail("payload", &table.name(), row, "it is not the same on the other side");
                Ok(true)
            })?;
        }
        self.compare_edges(duck, filling, &mut found)?;
        if way == Way::Forward {
            for reference in &self.plan.references {
                let left = filling.left_behind(reference)?;
                if left > 0 {
                    found.fail(
                        "legacy value",
                        &reference.table,
                        "all".into(),
                        format!("column `{}` holds {left} keys that got no ids", reference.column),
                    );
                }
            }
            self.compute_again(duck, tables, &mut found)?;
        }
        Ok(found)
    }

    /// Every row still refers to the same parent: the pairs of child and parent, by the columns that hold no ids.
    fn compare_edges(
        &self,
        duck: &Duck,
        filling: &Filling<'_>,
        found: &mut Verification,
    ) -> Result<()> {
        for reference in &self.plan.references {
            let guard = match &reference.place {
                Place::Whole => String::new(),
                Place::When { column, equals } => {
                    format!(" AND CAST(c.{} AS VARCHAR) = {}", quote(column), text(equals))
                }
                Place::Json(_) | Place::List(_) => continue,
            };
            let key = &self.plan.keys[reference.key];
            let find = |tables: &'_ [Table], name: &str| {
                tables.iter().find(|table| table.name() == name).cloned()
            };
            let pair = |tables: &'_ [Table]| {
                Some((find(tables, &reference.table)?, find(tables, &key.table)?))
            };
            let (Some(before), Some(after)) = (pair(filling.from), pair(filling.to)) else {
                continue;
            };
            let (child, parent) = (&before.0, &before.1);
            let payload = |table: &Table, alias: &str| -> Vec<String> {
                table
                    .columns
                    .iter()
                    .filter(|column| {
                        !column.is_generated
                            && copy::spots(&self.plan, table, column).next().is_none()
                    })
                    .map(|column| format!("{alias}.{}", quote(&column.name)))
                    .collect()
            };
            let mut cells = payload(child, "c");
            cells.extend(payload(parent, "p"));
            let all = if cells.is_empty() { "1".to_owned() } else { cells.join(", ") };
            let mut sums = Vec::new();
            for (side, (child, parent)) in [("src", &before), ("dst", &after)] {
                let (Some(from), Some(to)) =
                    (child.column(&reference.column), parent.column(&key.column))
                else {
                    continue;
                };
                let sql = format!(
                    "SELECT CAST(count(*) AS VARCHAR), CAST(coalesce(sum(CAST(hash({all}) AS HUGEINT)), 0) AS VARCHAR) FROM {} c JOIN {} p ON {} = {}{guard}",
                    child.of(side),
                    parent.of(side),
                    to.text("p"),
                    from.text("c")
                );
                sums.push(schema::all(duck, &sql)?);
            }
            let edges: u64 = sums[0]
                .first()
                .and_then(|row| row.first()?.as_deref()?.parse().ok())
                .unwrap_or_default();
            found.edges += edges;
            found.orphans += reference.values.saturating_sub(edges);
            if sums[0] != sums[1] {
                found.fail(
                    "reference",
                    &reference.table,
                    "all".into(),
                    format!(
                        "column `{}` points at other rows of `{}`",
                        reference.column, key.table
                    ),
                );
            }
        }
        Ok(())
    }

    /// Makes ids anew from the rows, past the map, and reads every one by the parser.
    fn compute_again(&self, duck: &Duck, tables: &[Table], found: &mut Verification) -> Result<()> {
        for (no, planned) in self.plan.keys.iter().enumerate() {
            let Some(table) = tables.iter().find(|table| table.name() == planned.table) else {
                continue;
            };
            let time = planned.time_column.as_ref().and_then(|name| table.column(name));
            let mapper = self.plan.mapper(no);
            let map = format!("dst.main.{}", quote(&copy::map(no)));
            let double =
                schema::number(duck, &format!("SELECT count(*) - count(DISTINCT new) FROM {map}"))?;
            if double > 0 {
                found.fail(
                    "unique",
                    &planned.table,
                    "all".into(),
                    format!("{double} ids are there twice"),
                );
            }
            let (Some(key), Some(columns)) =
                (table.column(&planned.column), ids::key_columns(table, planned))
            else {
                continue;
            };
            duck.execute(&format!(
                "CREATE OR REPLACE TEMP TABLE again AS SELECT k.legacy, k.stamp, m.new, m.origin \
                 FROM (SELECT t.rowid, {columns} FROM {} t) k(no, legacy, stamp) LEFT JOIN {map} m ON m.legacy = k.legacy ORDER BY k.no",
                table.of("src")
            ))?;
            let mut last: Option<(u64, unified_id::Core)> = None;
            let columns = "t.legacy, t.stamp, t.new, t.origin";
            schema::chunks(duck, "temp.main.again", columns, &mut |cells| {
                let Some(legacy) = cells[0] else { return Ok(true) };
                found.ids += 1;
                let row = || String::from_utf8_lossy(legacy).chars().take(64).collect::<String>();
                let Some(core) = cells[2].and_then(|written| ids::read(&planned.form, written))
                else {
                    found.fail("format", &planned.table, row(), "there is no id for it");
                    return Ok(true);
                };
                let ms = ids::time_of(time, cells[1]);
                let bytes = ids::legacy(&key.kind, legacy);
                if planned.mapping == Mapping::CreatedAt
                    && let Some(ms) = ms
                {
                    found.inversions +=
                        u64::from(last.is_some_and(|(before, id)| before <= ms && id > core));
                    last = Some((ms, core));
                }
                let origin =
                    cells[3].and_then(|bytes| str::from_utf8(bytes).ok()).unwrap_or_default();
                let is_made_so = match Mapping::parse(origin) {
                    Some(Mapping::Random) => true,
                    // Equal keys have the time of the first of them.
                    Some(Mapping::CreatedAt) => {
                        mapper.by(Mapping::CreatedAt, &bytes, core.timestamp_ms(), None) == Ok(core)
                    }
                    Some(mapping) => mapper.by(mapping, &bytes, ms, None) == Ok(core),
                    None => false,
                };
                if !is_made_so {
                    found.fail(
                        "recomputed id",
                        &planned.table,
                        row(),
                        "the id is not what the mapping makes of the row",
                    );
                }
                Ok(true)
            })?;
        }
        Ok(())
    }

    /// Writes map and journal beside the database, before they go.
    fn export(&self, duck: &Duck) -> Result<()> {
        let (path, part) = (self.file("rolled-back.jsonl"), self.file("rolled-back.part"));
        let refused = |error| {
            MigrateError::environment(format!("{} cannot be written", path.display()), error)
        };
        let mut file = BufWriter::new(File::create(&part).map_err(refused)?);
        let mut line = |value: &serde_json::Value| writeln!(file, "{value}").map_err(refused);
        for row in
            schema::all(duck, &format!("SELECT reached, what FROM src.main.{PREFIX}journal"))?
        {
            line(&serde_json::json!({ "at": row[0], "journal": row[1] }))?;
        }
        for (no, key) in self.plan.keys.iter().enumerate() {
            let maps = [
                (format!("src.main.{}", quote(&copy::map(no))), "t.legacy, t.new, t.origin"),
                (format!("temp.main.{}", copy::late(no)), "t.legacy, t.new, 'late'"),
            ];
            for (map, columns) in maps {
                schema::chunks(duck, &map, columns, &mut |cells| {
                    let said = |at: usize| {
                        let cell: Option<&[u8]> = cells[at];
                        cell.map(|bytes| String::from_utf8_lossy(bytes).into_owned())
                    };
                    line(&serde_json::json!({
                        "table": key.table, "column": key.column, "legacy": said(0), "new": said(1), "origin": said(2)
                    }))?;
                    Ok(true)
                })?;
            }
        }
        let file = file.into_inner().map_err(|error| refused(error.into_error()))?;
        file.sync_all().map_err(refused)?;
        fs::rename(&part, &path).map_err(refused)
    }

    /// The tables of the plan are what they were. What the application made beside them since is its own.
    fn check_back(&self, duck: &Duck, laid: &[Laid], to: &[Table]) -> Result<()> {
        if schema::hash(duck, "dst", PREFIX)? == self.plan.schema_hash {
            return Ok(());
        }
        for laid in laid {
            let name = laid.table.name();
            let mut now = Vec::new();
            if let Some(table) = to.iter().find(|table| table.name() == name) {
                now.push(table.sql.clone());
                now.extend(layout::details(duck, "dst", table)?);
            }
            if now != laid.old {
                let differs = laid
                    .old
                    .iter()
                    .find(|statement| !now.contains(statement))
                    .or_else(|| now.iter().find(|statement| !laid.old.contains(statement)));
                return Err(MigrateError::new(
                    ErrorKind::Verification,
                    format!(
                        "table `{name}` is not what it was before: {}",
                        differs.map_or("the order of its statements", String::as_str)
                    ),
                ));
            }
        }
        Ok(())
    }

    /// Makes the old side again from the new one and the map, compares both, and renames it over the database.
    fn back(&self, watch: &mut Watch<'_>) -> Result<()> {
        let part = self.file("back");
        let mut report = |what: String| {
            watch(&Event { phase: Phase::Back, what, done: 0, total: 0 });
        };
        report("tables".to_owned());
        let duck = self.bare_copy(&part)?;
        let tables = Self::tables(&duck)?;
        let laid = self.laid(&duck, &tables)?;
        layout::make_again(&duck, &laid, |laid| &laid.old)?;
        Self::attach_again(&duck, &part)?;
        let to = schema::read(&duck, "dst", PREFIX)?;
        let filling =
            Filling { duck: &duck, plan: &self.plan, way: Way::Back, from: &tables, to: &to };
        filling.prepare()?;
        filling.make_legacy()?;
        for laid in &laid {
            let name = laid.table.name();
            report(format!("rows of {name}"));
            let no = tables.iter().position(|known| known.name() == name).unwrap_or_default();
            filling.table(no, &laid.table)?;
        }
        let found = self.compare(&duck, &filling, watch)?;
        crate::run::check(&found, self.plan.settings.tolerance())?;
        self.check_back(&duck, &laid, &to)?;
        self.export(&duck)?;
        duck.execute("DETACH dst")?;
        self.put(&part, None)?;
        drop(duck);
        self.remove("old")?;
        self.remove("new")
    }
}

fn at(path: &Path) -> String {
    text(&path.to_string_lossy())
}

impl Engine for DuckDb {
    fn phase(&mut self) -> Result<Phase> {
        let parse = |name: &str| {
            Phase::parse(name).ok_or_else(|| {
                MigrateError::new(
                    ErrorKind::Stopped,
                    format!("the state says phase `{name}`, which is none"),
                )
            })
        };
        let duck = self.source()?;
        if let Some(phase) = Self::state(&duck, "src", "phase")? {
            let run = Self::state(&duck, "src", "run")?.unwrap_or_default();
            if run == self.plan.run_id {
                return parse(&phase);
            }
            if phase != Phase::Done.name() {
                return Err(MigrateError::new(
                    ErrorKind::SchemaChanged,
                    format!(
                        "the database is in the middle of run {run}, the plan is of run {}",
                        self.plan.run_id
                    ),
                ));
            }
        }
        if self.file("new").exists() {
            // Read-only, the log of a killed run cannot be read; whoever writes opens the file as a whole first.
            let is_read_only = !self.for_writing;
            let mode = if is_read_only { " (READ_ONLY)" } else { "" };
            let attached = duck.execute(&format!("ATTACH {} AS dst{mode}", at(&self.file("new"))));
            if attached.is_ok() {
                let phase = Self::state(&duck, "dst", "phase")?;
                let source = Self::state(&duck, "dst", "source")?;
                return match phase {
                    // Somebody wrote since: the copy is stale.
                    _ if source != Some(self.fingerprint()?) => Ok(Phase::Expand),
                    Some(phase) if phase == Phase::Soak.name() => Ok(Phase::Switch),
                    Some(phase) => parse(&phase),
                    None => Ok(Phase::Expand),
                };
            }
        }
        Ok(if self.file("backup").exists() { Phase::Expand } else { Phase::Backup })
    }

    fn backup(&mut self, watch: &mut Watch<'_>) -> Result<()> {
        let duck = self.source()?;
        let (path, part) = (self.file("backup"), self.file("backup.part"));
        watch(&Event { phase: Phase::Backup, what: "file".to_owned(), done: 0, total: 0 });
        let refused = |error| {
            MigrateError::environment(format!("{} cannot be written", path.display()), error)
        };
        fs::copy(&self.path, &part).map_err(refused)?;
        duck.execute(&format!("ATTACH {} AS dst (READ_ONLY)", at(&part)))?;
        // A copy that nobody can read is none: every table is read as a whole.
        for table in Self::tables(&duck)? {
            let sum = |catalog: &str| {
                schema::all(
                    &duck,
                    &format!(
                        "SELECT CAST(count(*) AS VARCHAR), CAST(sum(CAST(hash(t) AS HUGEINT)) AS VARCHAR) FROM {} t",
                        table.of(catalog)
                    ),
                )
            };
            if sum("src")? != sum("dst")? {
                return Err(MigrateError::new(
                    ErrorKind::Verification,
                    format!("table `{}` of the copy is not the same", table.name()),
                ));
            }
        }
        drop(duck);
        File::open(&part).and_then(|file| file.sync_all()).map_err(refused)?;
        fs::rename(&part, &path).map_err(refused)
    }

    fn restore(&mut self, watch: &mut Watch<'_>) -> Result<()> {
        watch(&Event { phase: Phase::Backup, what: "file".to_owned(), done: 0, total: 0 });
        let (path, part) = (self.file("backup"), self.file("restore.part"));
        let refused = |error| {
            MigrateError::environment(format!("{} cannot be restored", path.display()), error)
        };
        fs::copy(&path, &part).map_err(refused)?;
        let duck = self.both(&part, true)?;
        schema::read(&duck, "dst", PREFIX)?;
        self.put(&part, None)?;
        drop(duck);
        self.remove("new")?;
        self.remove("old")?;
        self.integrity(watch)
    }

    fn expand(&mut self, watch: &mut Watch<'_>) -> Result<()> {
        if let Some(blocker) = self.plan.blockers().next() {
            return Err(MigrateError::new(
                ErrorKind::Blocked,
                format!("the plan has a blocker: {}", blocker.what),
            ));
        }
        watch(&Event { phase: Phase::Expand, what: "tables".to_owned(), done: 0, total: 0 });
        self.remove("new")?;
        let part = self.file("new.part");
        let duck = self.bare_copy(&part)?;
        self.check_schema(&duck)?;
        let tables = Self::tables(&duck)?;
        let laid = layout::lay(&duck, &self.plan, &tables)?;
        layout::make_again(&duck, &laid, |laid| &laid.new)?;
        Self::attach_again(&duck, &part)?;
        duck.execute(&format!(
            "CREATE TABLE dst.main.{PREFIX}state (k VARCHAR PRIMARY KEY, v VARCHAR); \
             CREATE TABLE dst.main.{PREFIX}journal (reached VARCHAR, what VARCHAR); \
             CREATE TABLE dst.main.{PREFIX}cursor (tbl VARCHAR PRIMARY KEY); \
             CREATE TABLE dst.main.{PREFIX}made (no INTEGER, tbl VARCHAR, old VARCHAR, new VARCHAR); \
             CREATE TABLE dst.main.{PREFIX}spelling (tbl VARCHAR, col VARCHAR, rid BIGINT, written VARCHAR, original VARCHAR)"
        ))?;
        // The statements as the catalog writes them, which is how they are compared later.
        let made = schema::read(&duck, "dst", PREFIX)?;
        for (no, laid) in laid.iter().enumerate() {
            let name = laid.table.name();
            let mut new = laid.new.clone();
            if let (Some(first), Some(table)) =
                (new.first_mut(), made.iter().find(|table| table.name() == name))
            {
                first.clone_from(&table.sql);
            }
            let list = |statements: &[String]| text(&serde_json::json!(statements).to_string());
            duck.execute(&format!(
                "INSERT INTO dst.main.{PREFIX}made VALUES ({no}, {}, {}, {})",
                text(&name),
                list(&laid.old),
                list(&new)
            ))?;
        }
        let mut views = Vec::new();
        for (no, key) in self.plan.keys.iter().enumerate() {
            let map = quote(&copy::map(no));
            duck.execute(&format!(
                "CREATE TABLE dst.main.{map} (legacy VARCHAR NOT NULL, new VARCHAR NOT NULL, origin VARCHAR NOT NULL)"
            ))?;
            views.push(format!(
                "SELECT {} AS \"table\", {} AS \"column\", legacy, new, origin FROM main.{map}",
                text(&key.table),
                text(&key.column)
            ));
        }
        duck.execute(&format!(
            "USE dst; CREATE VIEW main.{PREFIX}ids AS {}; USE memory",
            views.join(" UNION ALL ")
        ))?;
        Self::set(&duck, "dst", "run", &self.plan.run_id)?;
        Self::set(&duck, "dst", "source", &self.fingerprint()?)?;
        Self::reach(&duck, "dst", Phase::Backfill)?;
        duck.execute("DETACH dst")?;
        fs::rename(&part, self.file("new")).map_err(|error| {
            MigrateError::environment(format!("{} cannot be renamed", part.display()), error)
        })
    }

    fn backfill(&mut self, watch: &mut Watch<'_>) -> Result<()> {
        let duck = self.both(&self.file("new"), false)?;
        let tables = Self::tables(&duck)?;
        let to = schema::read(&duck, "dst", PREFIX)?;
        let filling =
            Filling { duck: &duck, plan: &self.plan, way: Way::Forward, from: &tables, to: &to };
        filling.prepare()?;
        // Each step is a transaction, with the row that says that it is done.
        let is_done = |name: &str| {
            schema::number(
                &duck,
                &format!("SELECT count(*) FROM dst.main.{PREFIX}cursor WHERE tbl = {}", text(name)),
            )
            .map(|count| count > 0)
        };
        let step = |name: &str, work: &mut dyn FnMut() -> Result<()>| -> Result<()> {
            if is_done(name)? {
                return Ok(());
            }
            duck.execute("BEGIN")?;
            let result = work().and_then(|()| {
                duck.execute(&format!(
                    "INSERT INTO dst.main.{PREFIX}cursor VALUES ({})",
                    text(name)
                ))?;
                duck.execute("COMMIT")
            });
            if result.is_err() {
                // The first error is the one to tell.
                let _ = duck.execute("ROLLBACK");
            }
            result
        };
        if !is_done("")? {
            filling.make_ids(&mut |table, rows| {
                let what = format!("ids of {table}");
                watch(&Event { phase: Phase::Backfill, what, done: rows, total: rows });
            })?;
        }
        step("", &mut || filling.keep_ids())?;
        for table in layout::affected(&self.plan, &tables)? {
            let no =
                tables.iter().position(|known| known.name() == table.name()).unwrap_or_default();
            let total =
                schema::number(&duck, &format!("SELECT count(*) FROM {}", table.of("src")))?;
            watch(&Event {
                phase: Phase::Backfill,
                what: format!("rows of {}", table.name()),
                done: 0,
                total,
            });
            step(&table.name(), &mut || filling.table(no, table))?;
        }
        Self::reach(&duck, "dst", Phase::Verify)
    }

    fn verify(&mut self, watch: &mut Watch<'_>) -> Result<Verification> {
        let phase = self.phase()?;
        if !matches!(phase, Phase::Verify | Phase::Switch) {
            return Err(MigrateError::usage(
                "both sides are there between backfill and switch; nothing can be compared now",
            ));
        }
        let duck = self.both(&self.file("new"), false)?;
        let tables = Self::tables(&duck)?;
        let to = schema::read(&duck, "dst", PREFIX)?;
        let filling =
            Filling { duck: &duck, plan: &self.plan, way: Way::Forward, from: &tables, to: &to };
        filling.prepare()?;
        filling.all_inside()?;
        let found = self.compare(&duck, &filling, watch)?;
        if phase == Phase::Verify && self.plan.settings.tolerance().allows(found.failed, found.rows)
        {
            Self::reach(&duck, "dst", Phase::Switch)?;
        }
        Ok(found)
    }

    fn switch(&mut self, watch: &mut Watch<'_>) -> Result<()> {
        if self.phase()? != Phase::Switch {
            return Err(MigrateError::usage(
                "the switch follows the verification: run `run` until it has passed",
            ));
        }
        watch(&Event { phase: Phase::Switch, what: "rename".to_owned(), done: 0, total: 0 });
        let new = self.file("new");
        let duck = self.both(&new, false)?;
        self.check_schema(&duck)?;
        if Self::state(&duck, "dst", "source")? != Some(self.fingerprint()?) {
            return Err(MigrateError::new(
                ErrorKind::Stopped,
                "the database was written since it was copied: nothing was switched, `resume` copies again",
            ));
        }
        Self::reach(&duck, "dst", Phase::Soak)?;
        duck.execute("DETACH dst")?;
        // `src` stays attached, so that nobody writes into the old file while the new one takes its name.
        self.put(&new, Some(&self.file("old")))?;
        drop(duck);
        self.integrity(watch)
    }

    fn drift(&mut self, watch: &mut Watch<'_>) -> Result<u64> {
        watch(&Event { phase: Phase::Soak, what: "drift".to_owned(), done: 0, total: 0 });
        let duck = self.source()?;
        let tables = Self::tables(&duck)?;
        let mut count = 0;
        for planned in &self.plan.keys {
            let Some(table) = tables.iter().find(|table| table.name() == planned.table) else {
                continue;
            };
            let Some(column) = table.column(&planned.column) else { continue };
            schema::chunks(&duck, &table.of("src"), &column.text("t"), &mut |cells| {
                let is_none = |key| ids::read(&planned.form, key).is_none();
                count += u64::from(cells[0].is_some_and(is_none));
                Ok(true)
            })?;
        }
        Ok(count)
    }

    fn contract(&mut self, watch: &mut Watch<'_>) -> Result<()> {
        match self.phase()? {
            Phase::Soak | Phase::Contract => {}
            Phase::Done => return Ok(()),
            phase => {
                return Err(MigrateError::usage(format!(
                    "contract follows the switch; the next phase is {}",
                    phase.name()
                )));
            }
        }
        watch(&Event {
            phase: Phase::Contract,
            what: "drop the old file".to_owned(),
            done: 0,
            total: 0,
        });
        self.remove("old")?;
        let duck = self.duck()?;
        duck.execute(&format!("ATTACH {} AS src", at(&self.path)))?;
        Self::reach(&duck, "src", Phase::Done)?;
        duck.execute("CHECKPOINT src; DETACH src")
    }

    fn rollback(&mut self, watch: &mut Watch<'_>) -> Result<()> {
        match self.phase()? {
            Phase::Soak | Phase::Contract | Phase::Done => self.back(watch),
            _ => {
                watch(&Event {
                    phase: Phase::Drop,
                    what: "the new file".to_owned(),
                    done: 0,
                    total: 0,
                });
                self.remove("new.part")?;
                self.remove("back")?;
                self.remove("old")?;
                self.remove("new")
            }
        }
    }

    fn journal(&mut self) -> Result<Vec<(String, String)>> {
        let duck = self.source()?;
        let catalog = if Self::state(&duck, "src", "phase")?.is_some() {
            "src"
        } else if self.file("new").exists()
            && duck.execute(&format!("ATTACH {} AS dst (READ_ONLY)", at(&self.file("new")))).is_ok()
        {
            "dst"
        } else {
            return Ok(Vec::new());
        };
        let rows = schema::all(
            &duck,
            &format!("SELECT reached, what FROM {catalog}.main.{PREFIX}journal ORDER BY rowid"),
        )?;
        Ok(rows
            .into_iter()
            .filter_map(|row| Some((row.first()?.clone()?, row.get(1)?.clone()?)))
            .collect())
    }

    fn export_map(&mut self, key: usize, path: &Path) -> Result<()> {
        let duck = self.source()?;
        let map = format!("src.main.{}", quote(&copy::map(key)));
        let planned = &self.plan.keys[key];
        let kind = self.legacy_kind(&duck, planned)?;
        let is_number = kind.as_ref().is_some_and(Kind::is_integer);
        let is_bytes = kind.as_ref().is_some_and(Kind::is_blob);
        map_file::write(path, |row| {
            schema::chunks(&duck, &map, "t.legacy, t.new", &mut |cells| {
                if let [Some(legacy), Some(new)] = *cells {
                    let text = |cell: &[u8]| String::from_utf8_lossy(cell).into_owned();
                    let legacy = match text(legacy) {
                        digits if is_bytes => Value::Blob(schema::bytes(digits.as_bytes())),
                        number if is_number => {
                            number.parse().map_or(Value::Text(number), Value::Integer)
                        }
                        text => Value::Text(text),
                    };
                    let new = if planned.form == Form::Bytes {
                        Value::Blob(schema::bytes(new))
                    } else {
                        Value::Text(text(new))
                    };
                    row(legacy, new)?;
                }
                Ok(true)
            })
        })
    }

    fn integrity(&mut self, watch: &mut Watch<'_>) -> Result<()> {
        watch(&Event {
            phase: self.phase()?,
            what: "read the whole file".to_owned(),
            done: 0,
            total: 0,
        });
        let duck = self.source()?;
        for table in schema::read(&duck, "src", "\u{1}")? {
            // DuckDB compares the checksum of every block that is read.
            let sql = format!(
                "SELECT CAST(sum(CAST(hash(t) AS HUGEINT)) AS VARCHAR) FROM {} t",
                table.of("src")
            );
            schema::all(&duck, &sql).map_err(|error| {
                MigrateError::new(
                    ErrorKind::Verification,
                    format!("table `{}` cannot be read: {error}", table.name()),
                )
            })?;
        }
        Ok(())
    }

    fn report(&mut self) -> Result<Report> {
        let journal = self.journal()?;
        let mut report = Report {
            journal,
            database_bytes: fs::metadata(&self.path).map_or(0, |metadata| metadata.len()),
            ..Report::default()
        };
        let duck = self.source()?;
        if Self::state(&duck, "src", "phase")?.is_none() {
            return Ok(report);
        }
        for (no, key) in self.plan.keys.iter().enumerate() {
            let sql = format!(
                "SELECT origin, CAST(count(*) AS VARCHAR) FROM src.main.{} GROUP BY origin ORDER BY origin",
                quote(&copy::map(no))
            );
            for row in schema::all(&duck, &sql)? {
                report.made.push(Made {
                    table: key.table.clone(),
                    column: key.column.clone(),
                    origin: row[0].clone().unwrap_or_default(),
                    ids: row[1].as_deref().and_then(|count| count.parse().ok()).unwrap_or_default(),
                });
            }
        }
        Ok(report)
    }
}
