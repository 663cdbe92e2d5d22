//! The engine: what each phase does to a database, and what it notes in the same transaction.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use postgres::{Client, Transaction};

use super::client::{connect, quote, text, with_lock};
use super::copy::{self, Pace};
use super::ddl;
use super::layout::{Layout, Side};
use super::{build, catalog, files, foreign, functions, swap, verify};
use crate::database::Access;
use crate::engine::{Engine, Event, MadeUp, Phase, Verification, Watch};
use crate::error::{ErrorKind, MigrateError, Result};
use crate::mapping::Mapper;
use crate::plan::Plan;

/// A migration of a PostgreSQL database.
pub struct Postgres {
    plan: Plan,
    access: Access,
    db: Client,
    mappers: Vec<Mapper>,
    made_up: Vec<MadeUp>,
}

impl std::fmt::Debug for Postgres {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Postgres").field("database", &self.plan.database).finish_non_exhaustive()
    }
}

impl Postgres {
    /// Connects to the database of a plan; a run that writes keeps every other one out while it lives.
    ///
    /// # Errors
    ///
    /// If no connection can be made, or another run works on the database.
    pub fn open(plan: Plan, access: Access, is_writing: bool) -> Result<Self> {
        let mut db = connect(&plan.database, access.password.as_deref())?;
        if is_writing {
            // The server may need a moment to see that a killed run is gone.
            let begun = Instant::now();
            let lock = format!(
                "SELECT pg_try_advisory_lock(hashtextextended({}, 0))",
                text(&format!("unified-id migrate {}", plan.prefix))
            );
            while !db.query_one(&lock, &[])?.get::<_, bool>(0) {
                if begun.elapsed()
                    > Duration::from_millis(plan.settings.lock_timeout_ms.min(10_000))
                {
                    return Err(MigrateError::new(
                        ErrorKind::Busy,
                        format!("another run works on {}", plan.database),
                    ));
                }
                std::thread::sleep(Duration::from_millis(100));
            }
        }
        let mappers = (0..plan.keys.len()).map(|key| plan.mapper(key)).collect();
        Ok(Self { plan, access, db, mappers, made_up: Vec::new() })
    }

    fn state_name(&self) -> String {
        self.plan.prefix.trim_end_matches('_').to_owned()
    }

    fn has_state(&mut self) -> Result<bool> {
        let name = format!("{}.state", quote(&self.state_name()));
        Ok(self.db.query_one("SELECT to_regclass($1) IS NOT NULL", &[&name])?.get(0))
    }

    fn backup_folder(&self) -> PathBuf {
        files::backup_folder(&self.access.folder, &self.plan.run_id)
    }

    fn state(&mut self, key: &str) -> Result<Option<String>> {
        let sql = format!("SELECT v FROM {}.state WHERE k = $1", quote(&self.state_name()));
        Ok(self.db.query_opt(&sql, &[&key])?.map(|row| row.get(0)))
    }

    fn layout(&mut self) -> Result<Layout> {
        let stored = self.state("layout")?.ok_or_else(|| {
            MigrateError::new(
                ErrorKind::Stopped,
                "the migration's own state is damaged: it holds no layout",
            )
        })?;
        serde_json::from_str(&stored).map_err(|error| {
            MigrateError::new(
                ErrorKind::Stopped,
                format!("the migration's own state is damaged: {error}"),
            )
        })
    }

    fn pace(&self) -> Pace {
        let settings = &self.plan.settings;
        Pace {
            workers: settings.workers.max(1) as usize,
            batch_ms: settings.stall_ms.max(10) * 5,
            rows_per_second: settings.rows_per_second,
            max_lag_bytes: i64::try_from(settings.max_lag_bytes).unwrap_or(i64::MAX),
            max_active: i64::try_from(settings.max_active).unwrap_or(i64::MAX),
            lock_timeout_ms: settings.lock_timeout_ms,
        }
    }

    /// Asks the workers of a run to wait, or to go on.
    ///
    /// # Errors
    ///
    /// If no migration has begun, or the database cannot be reached.
    pub fn pause(&mut self, is_paused: bool) -> Result<()> {
        if !self.has_state()? {
            return Err(MigrateError::usage("no migration has begun on this database"));
        }
        let state = quote(&self.state_name());
        let sql = if is_paused {
            format!("INSERT INTO {state}.state VALUES ('paused', 'yes') ON CONFLICT DO NOTHING")
        } else {
            format!("DELETE FROM {state}.state WHERE k = 'paused'")
        };
        Ok(self.db.batch_execute(&sql)?)
    }

    /// Returns the milliseconds for which the switch held the locks of all tables, once it was done.
    ///
    /// # Errors
    ///
    /// If the database cannot be read.
    pub fn switch_ms(&mut self) -> Result<Option<u64>> {
        Ok(self.state("switch_ms")?.and_then(|text| text.parse().ok()))
    }

    fn connector(&self) -> impl Fn() -> Result<Client> + Sync + use<> {
        let (url, password) = (self.plan.database.clone(), self.access.password.clone());
        move || connect(&url, password.as_deref())
    }

    /// Copies all rows to a side, makes its indexes, and brings over what came meanwhile.
    fn fill(
        &mut self,
        layout: &Layout,
        to: Side,
        phase: Phase,
        watch: &mut Watch<'_>,
    ) -> Result<()> {
        let flag = |name: &str| format!("{}_{name}", to.word());
        if self.state(&flag("cut"))?.is_none() {
            let mut transaction = self.db.transaction()?;
            copy::cut(&mut transaction, layout, to)?;
            note(&mut transaction, layout, &flag("cut"), "yes")?;
            transaction.commit()?;
        }
        copy::all(&self.connector(), layout, to, phase, self.pace(), watch)?;
        for at in 0..layout.tables.len() {
            let done = flag(&format!("indexed_{at}"));
            if self.state(&done)?.is_some() {
                continue;
            }
            let what = format!("indexes of {}", layout.tables[at].old.id());
            watch(&Event { phase, what, done: at as u64, total: layout.tables.len() as u64 });
            let mut transaction = self.db.transaction()?;
            transaction.batch_execute("SET LOCAL maintenance_work_mem = '256MB'")?;
            for statement in ddl::indexes(layout, at, to) {
                build::run(&mut transaction, &statement)?;
            }
            note(&mut transaction, layout, &done, "yes")?;
            transaction.commit()?;
        }
        copy::drain_all(&mut self.db, layout, to, to.other())?;
        for root in layout.roots() {
            self.db.batch_execute(&format!("ANALYZE {}", layout.name(root, to, to.other())))?;
        }
        Ok(())
    }

    /// Exchanges the sides under the locks of all tables.
    fn exchange(
        &mut self,
        layout: &Layout,
        to: Side,
        next: Phase,
        watch: &mut Watch<'_>,
    ) -> Result<()> {
        let phase = if to == Side::New { Phase::Switch } else { Phase::Back };
        build::refresh(&mut self.db, layout, to)?;
        let limit = self.plan.settings.lock_timeout_ms;
        let stall = self.plan.settings.stall_ms;
        let db = &mut self.db;
        with_lock(limit, |wait_ms| {
            if to == Side::New {
                let mut transaction = db.transaction()?;
                copy::heal(&mut transaction, layout)?;
                transaction.commit()?;
            }
            copy::drain_all(db, layout, to, to.other())?;
            watch(&Event { phase, what: "exchange".to_owned(), done: 0, total: 0 });
            let mut transaction = db.transaction()?;
            swap::lock(&mut transaction, layout, to.other(), wait_ms.min(stall.max(50)))?;
            let begun = Instant::now();
            if to == Side::New {
                if catalog::hash(&mut transaction)? != layout.hash {
                    return Err(MigrateError::new(
                        ErrorKind::SchemaChanged,
                        "the schema has changed since it was planned: nothing was switched",
                    ));
                }
                copy::heal(&mut transaction, layout)?;
            }
            for root in layout.roots() {
                copy::drain(&mut transaction, layout, root, to, to.other(), None)?;
            }
            for statement in numbers(layout, to) {
                build::run(&mut transaction, &statement)?;
            }
            swap::exchange(&mut transaction, layout, to)?;
            note(&mut transaction, layout, "phase", next.name())?;
            note(&mut transaction, layout, "switch_ms", &begun.elapsed().as_millis().to_string())?;
            journal(&mut transaction, layout, phase)?;
            transaction.commit()?;
            Ok(())
        })?;
        watch(&Event { phase, what: "foreign keys".to_owned(), done: 0, total: 0 });
        swap::validate(&mut self.db, layout, to)
    }

    /// Removes what a migration made, once the old side is in place.
    fn drop_all(&mut self, layout: &Layout) -> Result<()> {
        self.made_up = made_up(&mut self.db, layout)?;
        files::export(&mut self.db, layout, &self.access.folder, &self.plan.run_id)?;
        let limit = self.plan.settings.lock_timeout_ms;
        let db = &mut self.db;
        with_lock(limit, |wait_ms| {
            let mut transaction = db.transaction()?;
            transaction.batch_execute(&format!("SET LOCAL lock_timeout = {wait_ms}"))?;
            for root in layout.roots() {
                for statement in
                    ddl::no_log(layout, root, Side::Old, &layout.name(root, Side::Old, Side::Old))
                {
                    build::run(&mut transaction, &statement)?;
                }
            }
            drop_side(&mut transaction, layout, Side::New)?;
            transaction.batch_execute(&format!("DROP SCHEMA {} CASCADE", quote(&layout.state)))?;
            transaction.commit()?;
            Ok(())
        })
    }
}

/// Gives legacy values to rows that came after the contract.
pub(crate) fn late_keys(layout: &Layout) -> Vec<String> {
    let one = |no: usize| {
        let key = &layout.keys[no];
        let (map, column) = (layout.map(no), format!("o.{}", quote(&key.column)));
        let legacy = functions::fresh_legacy(layout, no, &column);
        format!(
            "INSERT INTO {map} (legacy, id, made) SELECT {legacy}, {column}, 'new side' FROM {} o WHERE {column} IS NOT NULL AND NOT EXISTS (SELECT FROM {map} m WHERE m.id = {column}) ON CONFLICT DO NOTHING",
            layout.name(key.table, Side::New, Side::New)
        )
    };
    let own = (0..layout.keys.len()).filter(|no| !layout.keys[*no].is_external());
    own.map(one)
        .chain(layout.roots().filter_map(|root| functions::late_references(layout, root)))
        .collect()
}

/// The references to rows of other databases whose legacy values were made here.
fn made_up(db: &mut Client, layout: &Layout) -> Result<Vec<MadeUp>> {
    let mut found = Vec::new();
    for (no, key) in layout.keys.iter().enumerate().filter(|(_, key)| key.is_external()) {
        let sql = format!(
            "SELECT id::text, legacy::text FROM {} WHERE made = 'new side' ORDER BY id",
            layout.map(no)
        );
        found.extend(db.query(&sql, &[])?.iter().map(|row| MadeUp {
            key: format!("{}.{}", key.table_name, key.column),
            id: row.get(0),
            value: row.get(1),
        }));
    }
    Ok(found)
}

fn drop_side(db: &mut Transaction<'_>, layout: &Layout, side: Side) -> Result<()> {
    drops(layout, side).iter().try_for_each(|statement| build::run(db, statement))
}

/// Drops a side that waits, and the schemas in which both sides wait.
pub(crate) fn drops(layout: &Layout, side: Side) -> Vec<String> {
    let mut statements = Vec::new();
    for one in layout.dependents.iter().rev() {
        let name = format!("{}.{}", quote(&layout.aside(side, &one.schema)), quote(&one.name));
        let statement = match one.kind.as_str() {
            "m" => format!("DROP MATERIALIZED VIEW IF EXISTS {name}"),
            "v" => format!("DROP VIEW IF EXISTS {name}"),
            _ => swap::each_function(&layout.aside(side, &one.schema), &one.name, None, "DROP"),
        };
        statements.push(statement);
    }
    let names: Vec<String> =
        layout.roots().map(|root| layout.name(root, side, side.other())).collect();
    statements.push(format!("DROP TABLE IF EXISTS {}", names.join(", ")));
    for schema in &layout.schemas {
        for side in [Side::Old, Side::New] {
            statements
                .push(format!("DROP SCHEMA IF EXISTS {}", quote(&layout.aside(side, schema))));
        }
    }
    statements
}

fn note(db: &mut Transaction<'_>, layout: &Layout, key: &str, value: &str) -> Result<()> {
    build::run(db, &noted(layout, key, &text(value)))
}

/// The statement that notes the value of an expression.
pub(crate) fn noted(layout: &Layout, key: &str, value: &str) -> String {
    format!(
        "INSERT INTO {} (k, v) VALUES ({}, {value}) ON CONFLICT (k) DO UPDATE SET v = excluded.v",
        layout.own("state"),
        text(key)
    )
}

/// Notes when a phase came to its end, with the position in the log of the server, and a restore point if one may be made.
fn journal(db: &mut Transaction<'_>, layout: &Layout, phase: Phase) -> Result<()> {
    let mut attempt = db.savepoint("restore_point")?;
    let name = format!("{}_{}", layout.state, phase.name());
    if attempt.query_one("SELECT pg_create_restore_point($1)", &[&name]).is_ok() {
        attempt.commit()?;
    } else {
        attempt.rollback()?;
    }
    build::run(db, &reached(layout, phase))
}

/// The statement that notes a phase in the journal.
pub(crate) fn reached(layout: &Layout, phase: Phase) -> String {
    format!(
        "INSERT INTO {} (phase, lsn) VALUES ({}, pg_current_wal_lsn()::text)",
        layout.own("journal"),
        text(phase.name())
    )
}

/// The largest whole number that a type holds and the server counts to.
fn largest(legacy_type: &str) -> i64 {
    match legacy_type {
        "smallint" => i64::from(i16::MAX),
        "integer" => i64::from(i32::MAX),
        // Beyond, neighbours are one number.
        "real" => 1 << 24,
        "double precision" => 1 << 53,
        other => {
            let digits = || {
                let (whole, scale) =
                    other.strip_prefix("numeric(")?.strip_suffix(')')?.split_once(',')?;
                let digits = whole.parse::<i32>().ok()? - scale.parse::<i32>().ok()?;
                10_i64.checked_pow(u32::try_from(digits).ok()?).map(|power| power - 1)
            };
            digits().unwrap_or(i64::MAX)
        }
    }
}

/// The statement that says from where on rows of the new side are numbered: from the largest number, or, where that leaves
/// little room in the type, from the number before the widest gap, if there is one behind the numbers that were given.
///
/// All is counted in numeric, since a double takes neighbours above 2^53 for one number.
fn numbered_from(layout: &Layout, no: usize, last: &str) -> String {
    let key = &layout.keys[no];
    let (map, limit) = (layout.map(no), largest(&key.legacy_type));
    let (sign, top, within) = if key.is_external() {
        ("-", "min", format!("legacy >= -{limit}"))
    } else {
        ("", "max", format!("legacy <= {limit}"))
    };
    format!(
        "SELECT setval({fresh}::regclass, (SELECT CASE WHEN {limit} - top >= {limit} / 16 THEN top ELSE \
           (SELECT n FROM (SELECT n, lead(n, 1, {limit}::numeric) OVER (ORDER BY n) - n AS gap FROM \
             (SELECT 1::numeric AS n UNION SELECT given UNION SELECT ceil({sign}legacy::numeric) FROM {map} WHERE {sign}legacy::numeric BETWEEN 1 AND {limit}) used) gaps \
           ORDER BY n >= given AND gap > {limit} / 16 DESC, gap DESC LIMIT 1) END::bigint \
         FROM (SELECT given, greatest(given, (SELECT ceil({sign}{top}(legacy)::numeric) FROM {map} WHERE {within})) AS top FROM \
           (SELECT least(greatest({last}, 1), {limit})::numeric AS given) x) y), true)",
        fresh = text(&layout.own(&format!("fresh_{no}")))
    )
}

/// Keeps the numbers that the database gives apart on both sides: what one gave, the other gives no more.
pub(crate) fn numbers(layout: &Layout, to: Side) -> Vec<String> {
    let mut statements = Vec::new();
    for (no, key) in layout.keys.iter().enumerate() {
        if !key.is_number() {
            continue;
        }
        let map = layout.map(no);
        if key.is_external() {
            // Counted away from every number that the other database has or will give.
            if to == Side::New {
                statements.push(numbered_from(layout, no, "1"));
            }
            continue;
        }
        let old = layout.tables[key.table].old.column(&key.column);
        let sequence = old.and_then(|column| {
            let (schema, name) = column.sequence.as_ref()?;
            let schema = match (column.identity.is_empty(), to) {
                (true, _) | (false, Side::New) => schema.clone(),
                (false, Side::Old) => layout.aside(Side::Old, schema),
            };
            Some(format!("{}.{}", quote(&schema), quote(name)))
        });
        if to == Side::New {
            let last = sequence
                .as_ref()
                .map_or_else(|| "0".to_owned(), |name| format!("(SELECT last_value FROM {name})"));
            statements.push(numbered_from(layout, no, &last));
            if let Some(name) = &sequence {
                let kept = format!("(SELECT last_value || ' ' || is_called FROM {name})");
                statements.push(noted(layout, &format!("sequence_{no}"), &kept));
            }
        } else if let Some(name) = &sequence {
            // Only rows that came on the new side move the numbers on.
            let state = layout.own("state");
            statements.push(format!(
                "SELECT setval({0}::regclass, split_part(v, ' ', 1)::bigint, split_part(v, ' ', 2)::bool) FROM {state} WHERE k = 'sequence_{no}'; \
                 SELECT setval({0}::regclass, m, true) FROM (SELECT max(legacy)::bigint AS m FROM {map} WHERE made = 'new side') x WHERE m > (SELECT last_value FROM {name})",
                text(name)
            ));
        }
    }
    statements
}

impl Engine for Postgres {
    fn phase(&mut self) -> Result<Phase> {
        if !self.has_state()? {
            let has_backup = self.backup_folder().join("manifest.json").exists();
            return Ok(if has_backup { Phase::Expand } else { Phase::Backup });
        }
        let name = self.state("phase")?.unwrap_or_default();
        Phase::parse(&name).ok_or_else(|| {
            MigrateError::new(
                ErrorKind::Stopped,
                format!("the migration's own state is damaged: its phase is `{name}`"),
            )
        })
    }

    fn backup(&mut self, watch: &mut Watch<'_>) -> Result<()> {
        if self.has_state()? {
            return Err(MigrateError::usage(
                "a migration has begun on this database: a copy of its old state can no longer be made",
            ));
        }
        let (layout, _) = build::lay_out(&mut self.db, &self.plan)?;
        std::fs::create_dir_all(&self.access.folder).map_err(|error| {
            MigrateError::environment("the folder of the plan cannot be made", error)
        })?;
        let folder = self.backup_folder();
        files::backup(&mut self.db, &layout, &folder, watch)
    }

    fn restore(&mut self, watch: &mut Watch<'_>) -> Result<()> {
        let folder = self.backup_folder();
        let manifest = files::manifest(&folder)?;
        if self.has_state()? {
            self.rollback(watch)?;
        }
        let (layout, _) = build::lay_out(&mut self.db, &self.plan)?;
        let limit = self.plan.settings.lock_timeout_ms;
        let db = &mut self.db;
        with_lock(limit, |wait_ms| {
            let mut transaction = db.transaction()?;
            swap::lock(&mut transaction, &layout, Side::Old, wait_ms)?;
            for statement in swap::drop_foreign(&layout, Side::Old, Side::Old) {
                build::run(&mut transaction, &statement)?;
            }
            let leaves: Vec<usize> =
                (0..layout.tables.len()).filter(|at| layout.tables[*at].is_leaf).collect();
            let names: Vec<String> =
                leaves.iter().map(|at| layout.name(*at, Side::Old, Side::Old)).collect();
            transaction.batch_execute(&format!("TRUNCATE {}", names.join(", ")))?;
            for copied in &manifest.tables {
                let Some(at) =
                    leaves.iter().find(|at| layout.tables[**at].old.id() == copied.table)
                else {
                    return Err(MigrateError::new(
                        ErrorKind::SchemaChanged,
                        format!("table `{}` of the backup is not there", copied.table),
                    ));
                };
                watch(&Event {
                    phase: Phase::Back,
                    what: copied.table.clone(),
                    done: 0,
                    total: copied.rows,
                });
                let name = layout.name(*at, Side::Old, Side::Old);
                transaction.batch_execute(&format!("ALTER TABLE {name} DISABLE TRIGGER USER"))?;
                files::load(&mut transaction, &name, &copied.columns, &folder.join(&copied.file))?;
                for trigger in &layout.tables[*at].old.triggers {
                    let state = match trigger.enabled.as_str() {
                        "D" => continue,
                        "R" => "ENABLE REPLICA",
                        "A" => "ENABLE ALWAYS",
                        _ => "ENABLE",
                    };
                    transaction.batch_execute(&format!(
                        "ALTER TABLE {name} {state} TRIGGER {}",
                        quote(&trigger.name)
                    ))?;
                }
            }
            for statement in swap::add_foreign(&layout, Side::Old) {
                build::run(&mut transaction, &statement)?;
            }
            transaction.commit()?;
            Ok(())
        })?;
        swap::validate(&mut self.db, &layout, Side::Old)
    }

    fn expand(&mut self, watch: &mut Watch<'_>) -> Result<()> {
        if catalog::hash(&mut self.db)? != self.plan.schema_hash {
            return Err(MigrateError::new(
                ErrorKind::SchemaChanged,
                "the schema has changed since it was planned",
            ));
        }
        if let Some(blocker) = self.plan.blockers().next() {
            return Err(MigrateError::new(
                ErrorKind::Blocked,
                format!("the plan has blockers; the first: {}", blocker.what),
            ));
        }
        let (layout, blocked) = build::lay_out(&mut self.db, &self.plan)?;
        if let Some(first) = blocked.first() {
            return Err(MigrateError::new(ErrorKind::Blocked, first.clone()));
        }
        watch(&Event { phase: Phase::Expand, what: "tables".to_owned(), done: 0, total: 0 });
        let db = &mut self.db;
        with_lock(self.plan.settings.lock_timeout_ms, |wait_ms| {
            let mut layout = layout.clone();
            let mut transaction = db.transaction()?;
            transaction.batch_execute(&format!("SET LOCAL lock_timeout = {wait_ms}"))?;
            for statement in ddl::state(&layout) {
                build::run(&mut transaction, &statement)?;
            }
            build::side(&mut transaction, &mut layout, Side::New, &mut Vec::new())?;
            let stored =
                serde_json::to_string(&layout).expect("invariant: the layout is plain data");
            note(&mut transaction, &layout, "layout", &stored)?;
            note(&mut transaction, &layout, "phase", Phase::Backfill.name())?;
            note(&mut transaction, &layout, "version", "1")?;
            journal(&mut transaction, &layout, Phase::Expand)?;
            watch(&Event { phase: Phase::Expand, what: "triggers".to_owned(), done: 0, total: 0 });
            for root in layout.roots() {
                for statement in
                    ddl::log(&layout, root, Side::Old, &layout.name(root, Side::Old, Side::Old))
                {
                    build::run(&mut transaction, &statement)?;
                }
            }
            transaction.commit()?;
            Ok(())
        })
    }

    fn backfill(&mut self, watch: &mut Watch<'_>) -> Result<()> {
        let layout = self.layout()?;
        for no in 0..layout.keys.len() {
            let done = format!("mapped_{no}");
            if self.state(&done)?.is_some() {
                continue;
            }
            let limit_ms = self.plan.settings.lock_timeout_ms;
            if layout.keys[no].is_external() {
                let key = &self.plan.keys[no];
                foreign::import(&mut self.db, &layout, no, key, limit_ms, watch)?;
            } else {
                let (mut reader, mapper) = (self.connector()()?, self.mappers[no].clone());
                copy::fill_map(&mut self.db, &mut reader, &layout, no, &mapper, limit_ms, watch)?;
            }
            let mut transaction = self.db.transaction()?;
            note(&mut transaction, &layout, &done, "yes")?;
            transaction.commit()?;
        }
        self.fill(&layout, Side::New, Phase::Backfill, watch)?;
        let mut transaction = self.db.transaction()?;
        note(&mut transaction, &layout, "phase", Phase::Verify.name())?;
        journal(&mut transaction, &layout, Phase::Backfill)?;
        transaction.commit()?;
        Ok(())
    }

    fn verify(&mut self, watch: &mut Watch<'_>) -> Result<Verification> {
        let phase = self.phase()?;
        let layout = self.layout()?;
        let live = match phase {
            Phase::Verify | Phase::Switch => Side::Old,
            Phase::Soak | Phase::Contract => Side::New,
            _ => {
                return Err(MigrateError::usage(format!(
                    "there is nothing to verify in phase {}: both sides are there from verify to contract",
                    phase.name()
                )));
            }
        };
        if live == Side::Old {
            let mut transaction = self.db.transaction()?;
            copy::heal(&mut transaction, &layout)?;
            transaction.commit()?;
        }
        copy::drain_all(&mut self.db, &layout, live.other(), live)?;
        let found = verify::all(&mut self.db, &layout, &self.mappers, live, watch)?;
        if phase == Phase::Verify && found.failed <= self.plan.settings.tolerance_rows {
            let mut transaction = self.db.transaction()?;
            note(&mut transaction, &layout, "phase", Phase::Switch.name())?;
            journal(&mut transaction, &layout, Phase::Verify)?;
            transaction.commit()?;
        }
        Ok(found)
    }

    fn switch(&mut self, watch: &mut Watch<'_>) -> Result<()> {
        let phase = self.phase()?;
        if phase != Phase::Switch {
            return Err(MigrateError::usage(format!(
                "the next phase is {}, not switch: nothing was switched",
                phase.name()
            )));
        }
        let layout = self.layout()?;
        self.exchange(&layout, Side::New, Phase::Soak, watch)
    }

    fn drift(&mut self, watch: &mut Watch<'_>) -> Result<u64> {
        let layout = self.layout()?;
        swap::validate(&mut self.db, &layout, Side::New)?;
        copy::drain_all(&mut self.db, &layout, Side::Old, Side::New)?;
        let mut count = 0;
        for (no, key) in layout.keys.iter().enumerate().filter(|(_, key)| !key.is_external()) {
            watch(&Event {
                phase: Phase::Soak,
                what: format!("keys of {}", key.table_name),
                done: no as u64,
                total: layout.keys.len() as u64,
            });
            let column = quote(&key.column);
            let table = layout.name(key.table, Side::New, Side::New);
            let sql = match &key.form {
                crate::mapping::Form::Uuid => continue,
                crate::mapping::Form::Bytes => {
                    format!("SELECT count(*) FROM {table} WHERE length({column}) <> 16")
                }
                form => {
                    let (prefix, core) = match form {
                        crate::mapping::Form::Typed(prefix) => {
                            (format!("{prefix}_"), "[0-7][0-9a-hjkmnp-tv-z]{25}")
                        }
                        crate::mapping::Form::Upper => {
                            (String::new(), "[0-7][0-9A-HJKMNP-TV-Z]{25}")
                        }
                        _ => (String::new(), "[0-7][0-9a-hjkmnp-tv-z]{25}"),
                    };
                    format!(
                        "SELECT count(*) FROM {table} WHERE {column}::text COLLATE \"C\" !~ {}",
                        text(&format!("^{prefix}{core}$"))
                    )
                }
            };
            count += self.db.query_one(&sql, &[])?.get::<_, i64>(0).unsigned_abs();
        }
        Ok(count)
    }

    fn contract(&mut self, watch: &mut Watch<'_>) -> Result<()> {
        let phase = self.phase()?;
        if !matches!(phase, Phase::Soak | Phase::Contract) {
            return Err(MigrateError::usage(format!(
                "the next phase is {}, not contract: nothing was dropped",
                phase.name()
            )));
        }
        let layout = self.layout()?;
        swap::validate(&mut self.db, &layout, Side::New)?;
        copy::drain_all(&mut self.db, &layout, Side::Old, Side::New)?;
        watch(&Event { phase: Phase::Contract, what: "old side".to_owned(), done: 0, total: 0 });
        let db = &mut self.db;
        with_lock(self.plan.settings.lock_timeout_ms, |wait_ms| {
            let mut transaction = db.transaction()?;
            swap::lock(&mut transaction, &layout, Side::New, wait_ms)?;
            for root in layout.roots() {
                copy::drain(&mut transaction, &layout, root, Side::Old, Side::New, None)?;
                for statement in
                    ddl::no_log(&layout, root, Side::New, &layout.name(root, Side::New, Side::New))
                {
                    build::run(&mut transaction, &statement)?;
                }
            }
            drop_side(&mut transaction, &layout, Side::Old)?;
            transaction.batch_execute(&format!("TRUNCATE {}", layout.own("chunk")))?;
            note(&mut transaction, &layout, "phase", Phase::Done.name())?;
            journal(&mut transaction, &layout, Phase::Contract)?;
            transaction.commit()?;
            Ok(())
        })
    }

    fn rollback(&mut self, watch: &mut Watch<'_>) -> Result<()> {
        if !self.has_state()? {
            return Ok(());
        }
        let layout = self.layout()?;
        loop {
            match self.phase()? {
                Phase::Backup | Phase::Expand | Phase::Backfill | Phase::Verify | Phase::Switch => {
                    return self.drop_all(&layout);
                }
                Phase::Soak | Phase::Contract => {
                    self.exchange(&layout, Side::Old, Phase::Drop, watch)?;
                }
                Phase::Done => self.begin_back(&layout, watch)?,
                Phase::Back => {
                    self.fill(&layout, Side::Old, Phase::Back, watch)?;
                    self.exchange(&layout, Side::Old, Phase::Drop, watch)?;
                }
                Phase::Drop => {
                    swap::validate(&mut self.db, &layout, Side::Old)?;
                    return self.drop_all(&layout);
                }
            }
        }
    }

    fn made_up(&self) -> &[MadeUp] {
        &self.made_up
    }

    fn export_map(&mut self, key: usize, path: &Path) -> Result<()> {
        let layout = self.layout()?;
        files::map_for_others(&mut self.db, &layout, key, path)
    }

    fn journal(&mut self) -> Result<Vec<(String, String)>> {
        if !self.has_state()? {
            return Ok(Vec::new());
        }
        let sql = format!(
            "SELECT to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), phase || coalesce(' at ' || lsn, '') FROM {}.journal ORDER BY n",
            quote(&self.state_name())
        );
        Ok(self.db.query(&sql, &[])?.iter().map(|row| (row.get(0), row.get(1))).collect())
    }
}

impl Postgres {
    /// After contract: makes the old tables again beside the new ones, and the triggers that name what changes meanwhile.
    fn begin_back(&mut self, layout: &Layout, watch: &mut Watch<'_>) -> Result<()> {
        watch(&Event { phase: Phase::Back, what: "old tables".to_owned(), done: 0, total: 0 });
        let db = &mut self.db;
        with_lock(self.plan.settings.lock_timeout_ms, |wait_ms| {
            let mut layout = layout.clone();
            let mut transaction = db.transaction()?;
            transaction.batch_execute(&format!("SET LOCAL lock_timeout = {wait_ms}"))?;
            build::side(&mut transaction, &mut layout, Side::Old, &mut Vec::new())?;
            for root in layout.roots() {
                for statement in
                    ddl::log(&layout, root, Side::New, &layout.name(root, Side::New, Side::New))
                {
                    build::run(&mut transaction, &statement)?;
                }
            }
            // Rows that came after the contract have no legacy value yet.
            for statement in late_keys(&layout) {
                build::run(&mut transaction, &statement)?;
            }
            note(&mut transaction, &layout, "phase", Phase::Back.name())?;
            journal(&mut transaction, &layout, Phase::Back)?;
            transaction.commit()?;
            Ok(())
        })
    }
}
