//! The engine: each phase as transactions, the state row in the transaction of what it speaks of.
//!
//! ```text
//! <prefix>state     phase, plan and layout        <prefix>cursor   how far each table is copied
//! <prefix>map_N     legacy <-> new, one per key   <prefix>tN       the shadow of table N
//! <prefix>log_N     changed rows of table N       <prefix>spelling values equal to a key but spelled otherwise
//! ```

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};

use super::ahead::Ahead;
use super::copy::{self, Rows};
use super::ddl::quote;
use super::index::Sorted;
use super::layout::{LaidTable, Layout, Way};
use super::{files, measure, schema, swap, verify};
use crate::engine::{Engine, Event, Made, Phase, Rates, Report, Verification, Watch};
use crate::error::{ErrorKind, MigrateError, Result};
use crate::plan::{Place, Plan};

/// Rows of the first batch; the next ones follow from the time that one took.
const FIRST_BATCH: u64 = 500;
const LAST_BATCH: u64 = 50_000;

/// How long the write lock is left alone where others wait for it: longer than the longest pause of SQLite's own waiting in
/// its first fifth of a second.
const GAP: Duration = Duration::from_millis(26);

/// How much work stands in the WAL, where nobody else has the database open, before its pages are put into the database: a
/// page that many batches change is written there once.
const LOG_WORK: Duration = Duration::from_millis(400);

/// How often a run that waits looks whether it may go on.
const PAUSE: Duration = Duration::from_millis(100);

/// How often it is looked at who else has the database open.
const LOOK: Duration = Duration::from_millis(80);

/// A part of the backfill; each has a cursor of its own.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// The ids of one key, in the order of its values.
    Key(usize),
    /// The ids of all keys of a table, in the order of its rows.
    Map,
    /// The index over the new ids of one key.
    MapIndex(usize),
    /// The rows of a table.
    Copy,
    /// An index of a table that is filled behind its rows.
    Index(usize),
}

impl Step {
    fn stage(self) -> String {
        match self {
            Self::Key(no) => format!("key {no}"),
            Self::Map => "map".to_owned(),
            Self::MapIndex(no) => format!("index of key {no}"),
            Self::Copy => "copy".to_owned(),
            Self::Index(at) => format!("index {at}"),
        }
    }

    /// How reports call it.
    fn what(self, table: &LaidTable) -> String {
        let name = &table.name;
        match self {
            Self::Key(_) | Self::Map => format!("ids of {name}"),
            Self::MapIndex(_) => format!("index of ids of {name}"),
            Self::Copy => format!("rows of {name}"),
            Self::Index(at) => format!("index {} of {name}", table.indexes[at].name),
        }
    }

    /// The index that it fills.
    fn sorted<'a>(self, layout: &'a Layout, table: &'a LaidTable) -> Option<&'a Sorted> {
        match self {
            Self::MapIndex(no) => layout.keys[no].sorted.as_ref(),
            Self::Index(at) => table.indexes[at].sorted.as_ref(),
            Self::Key(_) | Self::Map | Self::Copy => None,
        }
    }

    /// The column whose order it follows, if not that of the rows.
    fn column(self, layout: &Layout) -> Option<&str> {
        match self {
            Self::Key(no) => Some(&layout.keys[no].column),
            Self::Map | Self::MapIndex(_) | Self::Copy | Self::Index(_) => None,
        }
    }
}

/// A migration of an SQLite database.
#[derive(Debug)]
pub struct Sqlite {
    db: Connection,
    path: PathBuf,
    plan: Plan,
    layout: Option<Layout>,
    _lock: Option<File>,
    looked: Option<Instant>,
    has_company: bool,
    worked: Duration,
    /// Work whose pages are in the WAL alone.
    in_log: Duration,
    /// The longest time that the write lock was held since this was noted last.
    longest: Duration,
    /// How many pages the database may have, if that was limited.
    page_limit: Option<u32>,
    /// What was looked up for the next batches; the connection's own function asks it.
    ahead: Arc<Mutex<Ahead>>,
}

/// Asks a run that is under way to wait between two batches, or to go on; returns whether that was new.
///
/// # Errors
///
/// If the database cannot be opened, or no migration has begun in it.
pub fn pause(plan: &Plan, is_paused: bool) -> Result<bool> {
    let db = files::open(Path::new(&plan.database), false)?;
    let state = format!("{}state", plan.prefix);
    let has_state: bool = db.query_row(
        "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?1",
        [&state],
        |row| row.get(0),
    )?;
    if !has_state {
        return Err(MigrateError::usage("no migration has begun on this database"));
    }
    let sql = if is_paused {
        "INSERT OR IGNORE INTO {} (k, v) VALUES ('paused', 'yes')"
    } else {
        "DELETE FROM {} WHERE k = 'paused'"
    };
    Ok(db.execute(&sql.replace("{}", &quote(&state)), [])? > 0)
}

impl Sqlite {
    /// Opens the database of a plan; `for_writing` takes the lock of a run.
    ///
    /// # Errors
    ///
    /// If the database cannot be opened, or another run holds it.
    pub fn open(plan: Plan, for_writing: bool) -> Result<Self> {
        let path = PathBuf::from(&plan.database);
        let lock = if for_writing { Some(files::lock(&path)?) } else { None };
        let db = files::open(&path, !for_writing)?;
        let mut engine = Self {
            db,
            path,
            plan,
            layout: None,
            _lock: lock,
            looked: None,
            has_company: true,
            worked: Duration::ZERO,
            in_log: Duration::ZERO,
            longest: Duration::ZERO,
            page_limit: None,
            ahead: Arc::default(),
        };
        engine.set_up()?;
        Ok(engine)
    }

    /// Lets the database grow to this many pages only, on this connection; without a number, as far as it goes.
    ///
    /// # Errors
    ///
    /// If the database cannot be read.
    pub fn limit_pages(&mut self, pages: Option<u32>) -> Result<()> {
        self.page_limit = pages;
        let limit = pages.unwrap_or(u32::MAX - 1);
        Ok(self.db.query_row(&format!("PRAGMA max_page_count = {limit}"), [], |_| Ok(()))?)
    }

    fn set_up(&mut self) -> Result<()> {
        self.db.busy_timeout(Duration::from_millis(self.plan.settings.lock_timeout_ms))?;
        self.db.set_prepared_statement_cache_capacity(256);
        if self.is_wal()? {
            // Pages go into the database between two batches, where nobody waits for it, and not in a commit.
            self.db.execute_batch("PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0")?;
        }
        copy::register(&self.db, &self.plan, Arc::clone(&self.ahead))?;
        self.layout = match self.state("layout")? {
            Some(text) => Some(serde_json::from_str(&text).map_err(|error| {
                MigrateError::new(
                    ErrorKind::Stopped,
                    format!("the state in the database cannot be read: {error}"),
                )
            })?),
            None => None,
        };
        if let Some(run) = self.state("run")?
            && run != self.plan.run_id
        {
            return Err(MigrateError::new(
                ErrorKind::SchemaChanged,
                format!(
                    "the database is in the middle of run {run}, the plan is of run {}: use the plan of that run",
                    self.plan.run_id
                ),
            ));
        }
        Ok(())
    }

    fn is_wal(&self) -> Result<bool> {
        let journal: String = self.db.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
        Ok(journal.eq_ignore_ascii_case("wal"))
    }

    /// The schema of this connection is that of before the switch: only a new connection reads it anew as a whole.
    fn reopen(&mut self) -> Result<()> {
        self.db = files::open(&self.path, false)?;
        self.set_up()?;
        self.limit_pages(self.page_limit)
    }

    fn name(&self, what: &str) -> String {
        format!("{}{what}", self.plan.prefix)
    }

    fn has_state(&self) -> Result<bool> {
        let sql = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?1";
        Ok(self.db.query_row(sql, [self.name("state")], |row| row.get::<_, u64>(0))? > 0)
    }

    fn state(&self, key: &str) -> Result<Option<String>> {
        if !self.has_state()? {
            return Ok(None);
        }
        let sql = format!("SELECT v FROM {} WHERE k = ?1", quote(&self.name("state")));
        Ok(self.db.query_row(&sql, [key], |row| row.get(0)).optional()?)
    }

    fn set_state(db: &Connection, prefix: &str, key: &str, value: &str) -> Result<()> {
        db.execute(
            &format!(
                "INSERT OR REPLACE INTO {} (k, v) VALUES (?1, ?2)",
                quote(&format!("{prefix}state"))
            ),
            [key, value],
        )?;
        Ok(())
    }

    /// Notes the next phase, in the state and in the journal.
    fn reach(db: &Connection, prefix: &str, phase: Phase) -> Result<()> {
        Self::set_state(db, prefix, "phase", phase.name())?;
        let sql = format!(
            "INSERT INTO {} (at, what) VALUES (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), ?1)",
            quote(&format!("{prefix}journal"))
        );
        db.execute(&sql, [phase.name()])?;
        Ok(())
    }

    fn backup_path(&self) -> PathBuf {
        files::beside(&self.path, &format!(".{}.backup", self.plan.run_id))
    }

    fn layout(&self) -> Result<Layout> {
        self.layout.clone().ok_or_else(|| {
            MigrateError::new(
                ErrorKind::Stopped,
                "the database holds no migration: run `run` first",
            )
        })
    }

    /// Runs something in one transaction that holds the write lock.
    fn write<T>(&mut self, work: impl FnOnce(&Connection, &Plan) -> Result<T>) -> Result<T> {
        let transaction = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let begun = Instant::now();
        let result = work(&transaction, &self.plan)?;
        transaction.commit()?;
        self.longest = self.longest.max(begun.elapsed());
        Ok(result)
    }

    /// Ends a phase: the next one, how long a writer could have waited in this one, and how fast the keys are.
    fn end(&mut self, phase: Phase, next: Option<Phase>, rates: Option<&[Rates]>) -> Result<()> {
        let key = format!("stall_ms.{}", phase.name());
        let before: f64 = self.state(&key)?.and_then(|text| text.parse().ok()).unwrap_or_default();
        let longest = before.max(self.longest.as_secs_f64() * 1000.0);
        self.longest = Duration::ZERO;
        self.write(|db, plan| {
            Self::set_state(db, &plan.prefix, &key, &longest.to_string())?;
            if let Some([first, ..]) = rates {
                let json = serde_json::to_string(rates.unwrap_or_default())
                    .map_err(|error| MigrateError::usage(error.to_string()))?;
                Self::set_state(db, &plan.prefix, &format!("rates.{}", first.when), &json)?;
            }
            next.map_or(Ok(()), |next| Self::reach(db, &plan.prefix, next))
        })
    }

    /// Measures the keys; that cannot be a reason to stop.
    fn rates(&self, layout: &Layout, when: &str, way: Way, has_shadows: bool) -> Vec<Rates> {
        measure::rates(&self.db, &self.plan, layout, when, way, has_shadows).unwrap_or_default()
    }

    /// Leaves the write lock alone for a while where others may want it; returns how long the next batch may take.
    fn breathe(&mut self, took: Duration) -> Duration {
        self.worked += took;
        self.in_log += took;
        let stall = Duration::from_millis(self.plan.settings.stall_ms.max(1));
        // Two batches one behind the other hold the lock for as long as both.
        let is_long = self.worked * 2 >= stall;
        let free_since = Instant::now();
        // Whoever commits when a thousand pages are in the WAL puts them into the database, and waits for that: another
        // program must not find the pages of a batch there.
        let is_due = self.in_log > LOG_WORK || self.has_company && is_long;
        if is_due && files::beside(&self.path, "-wal").exists() {
            self.in_log = Duration::ZERO;
            // Passive: it waits for nobody, and nobody for it. What it cannot do now it does later.
            let _ = self.db.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
        }
        if self.looked.is_none_or(|at| at.elapsed() > LOOK) {
            self.has_company = files::is_open_elsewhere(&self.path);
            self.looked = Some(Instant::now());
        }
        if self.has_company && is_long {
            std::thread::sleep(GAP.saturating_sub(free_since.elapsed()));
            self.worked = Duration::ZERO;
        }
        stall
    }

    /// What is filled, in order: the ids of all keys, then the rows of all tables.
    fn steps<'a>(&self, layout: &'a Layout, way: Way) -> Result<Vec<(Step, &'a LaidTable)>> {
        let mut steps = Vec::new();
        for table in layout.tables.iter().filter(|table| !table.keys.is_empty()) {
            let mut in_order = way == Way::Forward;
            for no in &table.keys {
                let planned = &self.plan.keys[*no];
                // A rank, and who of two gets an id that both would have, follow from the order of the rows.
                in_order = in_order
                    && !planned.keep_order
                    && planned.fallback.is_none()
                    && copy::is_in_order(&self.db, table, &layout.keys[*no].column)?;
            }
            if in_order {
                steps.extend(table.keys.iter().map(|no| (Step::Key(*no), table)));
            } else {
                steps.push((Step::Map, table));
            }
            if way == Way::Forward {
                let keys = table.keys.iter().filter(|no| layout.keys[**no].sorted.is_some());
                steps.extend(keys.map(|no| (Step::MapIndex(*no), table)));
            }
        }
        for table in &layout.tables {
            steps.push((Step::Copy, table));
            let indexes = (0..table.indexes.len()).filter(|at| table.indexes[*at].sorted.is_some());
            steps.extend(indexes.map(|at| (Step::Index(at), table)));
        }
        Ok(steps)
    }

    /// Waits while a pause is asked for, and until a step may have done so many rows by its rate.
    fn wait_for_turn(
        &self,
        phase: Phase,
        rows: u64,
        since: Instant,
        watch: &mut Watch<'_>,
    ) -> Result<()> {
        let mut is_told = false;
        while self.state("paused")?.is_some() {
            if !is_told {
                watch(&Event { phase, what: "paused".to_owned(), done: 0, total: 0 });
                is_told = true;
            }
            std::thread::sleep(PAUSE);
        }
        let rate = self.plan.settings.rows_per_second;
        if let Some(due_ms) = rows.saturating_mul(1000).checked_div(rate) {
            std::thread::sleep(Duration::from_millis(due_ms).saturating_sub(since.elapsed()));
        }
        Ok(())
    }

    /// Looks up what the next rows of a step need; returns for how many rows, or `None` where batches do without.
    fn look_ahead(
        &mut self,
        layout: &Layout,
        (step, table): (Step, &LaidTable),
        way: Way,
        after: Option<&str>,
    ) -> Result<Option<u64>> {
        // Without a WAL a reader keeps writers out.
        if way == Way::Back || !self.is_wal()? {
            return Ok(None);
        }
        let begun = Instant::now();
        self.forget_ahead();
        let ahead = match step {
            Step::Key(no) => Ahead::keys(&self.db, &self.plan, layout, table, no, after)?,
            Step::Copy => Ahead::ids(&self.db, layout, table, after)?,
            Step::Map | Step::MapIndex(_) | Step::Index(_) => None,
        };
        let Some(ahead) = ahead.filter(|ahead| ahead.rows() > 0) else { return Ok(None) };
        let rows = ahead.rows();
        *self.ahead.lock().unwrap_or_else(PoisonError::into_inner) = ahead;
        if begun.elapsed() > GAP {
            // The lock was free meanwhile.
            self.worked = Duration::ZERO;
        }
        Ok(Some(rows))
    }

    fn forget_ahead(&self) {
        *self.ahead.lock().unwrap_or_else(PoisonError::into_inner) = Ahead::default();
    }

    /// How far a step is: the last place as SQL, whether it is done, and the rows.
    fn cursor(&self, step: Step, table: &LaidTable) -> Result<(Option<String>, bool, u64)> {
        let sql = format!(
            "SELECT lo, done, n FROM {} WHERE stage = ?1 AND tbl = ?2",
            quote(&self.name("cursor"))
        );
        let found = self.db.query_row(&sql, params![step.stage(), table.no], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        });
        Ok(found.optional()?.unwrap_or((None, false, 0)))
    }

    /// Notes how far a step is, in the transaction of what it speaks of.
    fn set_cursor(
        db: &Connection,
        plan: &Plan,
        step: Step,
        table: &LaidTable,
        place: (Option<&str>, bool, u64),
    ) -> Result<()> {
        let sql = format!(
            "INSERT OR REPLACE INTO {} (stage, tbl, lo, done, n) VALUES (?1, ?2, ?3, ?4, ?5)",
            quote(&format!("{}cursor", plan.prefix))
        );
        let (after, is_done, count) = place;
        db.prepare_cached(&sql)?.execute(params![step.stage(), table.no, after, is_done, count])?;
        Ok(())
    }

    /// The most rows of a batch.
    fn most_rows(&self) -> u64 {
        match self.plan.settings.batch_rows {
            0 => LAST_BATCH,
            rows => rows,
        }
    }

    /// Makes the indexes that cannot be filled behind the rows, because a NULL is among their values.
    fn make_indexes(&mut self, table: &LaidTable) -> Result<()> {
        for index in &table.indexes {
            let Some(sorted) = &index.sorted else { continue };
            if !sorted.is_made(&self.db)? && sorted.finds_null(&self.db, &table.name)? {
                self.write(|db, _| Ok(db.execute_batch(&index.shadow_sql)?))?;
            }
        }
        Ok(())
    }

    /// Fills an index in its own order: sorts what is not in it yet, appends that in batches, and puts it into its place.
    fn fill_index(
        &mut self,
        layout: &Layout,
        (step, table): (Step, &LaidTable),
        sorted: &Sorted,
        phase: Phase,
        watch: &mut Watch<'_>,
    ) -> Result<()> {
        if sorted.is_made(&self.db)? {
            return Ok(());
        }
        let what = step.what(table);
        let (mut after, _, mut count) = self.cursor(step, table)?;
        let total = sorted.rows(&self.db)?;
        self.write(|db, _| Ok(db.execute_batch(&sorted.stage_statement())?))?;
        sorted.open_sort(&self.db)?;
        let is_wal = self.is_wal()?;
        let mut read = None;
        loop {
            watch(&Event { phase, what: what.clone(), done: count, total });
            let Some(run) =
                sorted.sort_some(&self.db, read.as_deref(), after.as_deref(), is_wal)?
            else {
                break;
            };
            if !run.nulls.is_empty() {
                self.write(|db, _| copy::give_back(db, table, &run.nulls))?;
            }
            read = Some(run.to);
        }
        let most = self.most_rows();
        let mut batch = FIRST_BATCH.min(most);
        let (since, first) = (Instant::now(), count);
        loop {
            watch(&Event { phase, what: what.clone(), done: count, total });
            self.wait_for_turn(phase, count - first, since, watch)?;
            let begun = Instant::now();
            let is_end = self.write(|db, plan| {
                let clash = |db: &Connection, legacy: &str| match step {
                    Step::MapIndex(no) => copy::map_anew(db, plan, layout, no, legacy),
                    _ => Ok(()),
                };
                let end = sorted.append(db, after.as_deref(), batch, clash)?;
                if end.is_none() {
                    return Ok(true);
                }
                count += batch;
                after = end;
                Self::set_cursor(db, plan, step, table, (after.as_deref(), false, count))?;
                Ok(false)
            })?;
            if is_end {
                break;
            }
            let took = begun.elapsed();
            let limit = self.breathe(took);
            batch = next_batch(batch, took, limit).min(most);
        }
        let (entries, rows) = (sorted.entries(&self.db)?, sorted.rows(&self.db)?);
        if entries != rows {
            return Err(MigrateError::new(
                ErrorKind::Verification,
                format!("{what} would have {entries} entries for {rows} rows: it was not made"),
            ));
        }
        self.write(|db, _| sorted.install(db))?;
        watch(&Event { phase, what, done: total, total });
        self.reopen()
    }

    /// Copies from where it stopped: first the map of every key, then the rows of every table.
    fn fill(&mut self, way: Way, phase: Phase, watch: &mut Watch<'_>) -> Result<()> {
        let layout = self.layout()?;
        for (step, table) in self.steps(&layout, way)? {
            if let Some(sorted) = step.sorted(&layout, table) {
                self.fill_index(&layout, (step, table), sorted, phase, watch)?;
                continue;
            }
            let (mut after, is_done, mut count) = self.cursor(step, table)?;
            if is_done {
                continue;
            }
            let total: u64 = self.db.query_row(
                &format!("SELECT count(*) FROM {}", quote(&table.name)),
                [],
                |row| row.get(0),
            )?;
            if matches!(step, Step::Copy) && after.is_none() {
                self.make_indexes(table)?;
            }
            let what = step.what(table);
            let most = self.most_rows();
            let mut size = FIRST_BATCH.min(most);
            let (since, first) = (Instant::now(), count);
            // Rows that are looked up already; `None` where nothing is, or behind the last row.
            let mut ready = Some(0);
            loop {
                watch(&Event { phase, what: what.clone(), done: count, total });
                self.wait_for_turn(phase, count - first, since, watch)?;
                if ready == Some(0) {
                    ready = self.look_ahead(&layout, (step, table), way, after.as_deref())?;
                }
                let batch = ready.unwrap_or(size).min(size);
                let begun = Instant::now();
                let ahead = Arc::clone(&self.ahead);
                let is_end = self.write(|db, plan| {
                    let column = step.column(&layout);
                    let end = copy::range_end(db, table, column, after.as_deref(), batch)?;
                    if let Some(to) = &end {
                        let after_row = after.as_deref();
                        let rows = Rows::Range { after: after_row, to };
                        match (step, column) {
                            (Step::Key(no), Some(column)) => {
                                let rows = Rows::Ordered { column, after: after_row, to };
                                copy::map_forward(db, plan, &layout, table, no, rows)?;
                            }
                            (Step::Key(_) | Step::Map, _) => {
                                copy::map_keys(db, plan, &layout, table, rows, way)?;
                            }
                            (Step::Copy | Step::MapIndex(_) | Step::Index(_), _) => {
                                match copy::copy_rows(db, plan, &layout, table, rows, way, false) {
                                    // An older state of a changed row stands in the way.
                                    Err(_) if copy::waiting(db, &layout)? > 0 => {
                                        // It was asked for these rows already, and would look for them in vain.
                                        *ahead.lock().unwrap_or_else(PoisonError::into_inner) =
                                            Ahead::default();
                                        copy::copy_rows(db, plan, &layout, table, rows, way, true)?;
                                    }
                                    result => result?,
                                }
                            }
                        }
                        count += batch;
                        after = Some(to.clone());
                    }
                    let place = (after.as_deref(), end.is_none(), count);
                    Self::set_cursor(db, plan, step, table, place)?;
                    Ok(end.is_none())
                })?;
                if is_end {
                    break;
                }
                let took = begun.elapsed();
                let limit = self.breathe(took);
                if batch == size {
                    size = next_batch(size, took, limit).min(most);
                }
                ready = ready.map(|rows| rows - batch);
            }
            self.forget_ahead();
            watch(&Event { phase, what, done: total, total });
        }
        self.drain(&layout, way, phase, watch)
    }

    /// Takes the maps of keys that stand in other databases; what is here already stays.
    fn import(&mut self, watch: &mut Watch<'_>) -> Result<()> {
        let layout = self.layout()?;
        for no in 0..layout.keys.len() {
            let Some(path) = self.plan.keys[no].external.clone() else { continue };
            let map = files::open(Path::new(&path), true)?;
            let total: u64 = map.query_row("SELECT count(*) FROM map", [], |row| row.get(0))?;
            let mut statement = map.prepare("SELECT legacy, new FROM map")?;
            let mut rows = statement.query([])?;
            let sql = format!(
                "INSERT OR IGNORE INTO {} (legacy, new, origin) VALUES (?1, ?2, 'external')",
                quote(&layout.keys[no].map)
            );
            let (mut done, mut is_end) = (0, false);
            while !is_end {
                let what = format!("ids of {}", self.plan.keys[no].table);
                watch(&Event { phase: Phase::Backfill, what, done, total });
                let begun = Instant::now();
                self.write(|db, _| {
                    let mut insert = db.prepare_cached(&sql)?;
                    for _ in 0..FIRST_BATCH {
                        let Some(row) = rows.next()? else {
                            is_end = true;
                            break;
                        };
                        done += 1;
                        insert.execute([
                            crate::value::bind(row.get_ref(0)?),
                            crate::value::bind(row.get_ref(1)?),
                        ])?;
                    }
                    Ok(())
                })?;
                self.breathe(begun.elapsed());
            }
        }
        Ok(())
    }

    /// Brings over what was changed, until little is left.
    fn drain(
        &mut self,
        layout: &Layout,
        way: Way,
        phase: Phase,
        watch: &mut Watch<'_>,
    ) -> Result<()> {
        loop {
            let waiting = copy::waiting(&self.db, layout)?;
            if waiting == 0 {
                return Ok(());
            }
            watch(&Event {
                phase,
                what: "rows changed meanwhile".to_owned(),
                done: 0,
                total: waiting,
            });
            let begun = Instant::now();
            self.write(|db, plan| copy::drain_some(db, plan, layout, way))?;
            self.breathe(begun.elapsed());
            if waiting < 100 {
                return Ok(());
            }
        }
    }

    /// Exchanges the sides in one transaction.
    fn exchange(
        &mut self,
        way: Way,
        phase: Phase,
        next: Phase,
        watch: &mut Watch<'_>,
    ) -> Result<()> {
        let layout = self.layout()?;
        self.drain(&layout, way, phase, watch)?;
        let mut expected = layout.hash_before.clone();
        if way == Way::Back {
            expected = self.state("hash_after")?.unwrap_or(expected);
        }
        watch(&Event { phase, what: "exchange".to_owned(), done: 0, total: 0 });
        self.write(|db, plan| {
            while copy::drain_some(db, plan, &layout, way)? > 0 {}
            if schema::hash(db, &plan.prefix)? != expected {
                return Err(MigrateError::new(ErrorKind::SchemaChanged, "the schema has changed since the migration began"));
            }
            for table in &layout.tables {
                let count = |name: &str| -> Result<u64> {
                    Ok(db.query_row(&format!("SELECT count(*) FROM {}", quote(name)), [], |row| row.get(0))?)
                };
                let (live, shadow) = (count(&table.name)?, count(&table.shadow)?);
                if live != shadow {
                    return Err(MigrateError::new(
                        ErrorKind::Verification,
                        format!("table `{}` has {live} rows, its other side {shadow}: nothing was switched", table.name),
                    ));
                }
            }
            match way {
                Way::Forward => {
                    for sql in follow_statements(&layout) {
                        db.execute_batch(&sql)?;
                    }
                }
                Way::Back => {
                    unfollow(db, &layout)?;
                    number_on(db, &layout)?;
                }
            }
            swap::exchange(db, &layout.tables, way)?;
            let hash = schema::hash(db, &plan.prefix)?;
            if way == Way::Forward {
                Self::set_state(db, &plan.prefix, "hash_after", &hash)?;
            } else if hash != layout.hash_before {
                return Err(MigrateError::new(ErrorKind::Verification, "the schema after the way back is not the one before"));
            }
            Self::reach(db, &plan.prefix, next)
        })?;
        self.reopen()?;
        self.whole(phase, watch)
    }

    fn whole(&self, phase: Phase, watch: &mut Watch<'_>) -> Result<()> {
        watch(&Event { phase, what: "integrity check".to_owned(), done: 0, total: 0 });
        let found: String = self.db.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
        if found == "ok" {
            return Ok(());
        }
        Err(MigrateError::new(
            ErrorKind::Verification,
            format!("the integrity check says: {found}"),
        ))
    }

    /// Makes shadows and logs; in the caller's transaction.
    fn make_shadows(db: &Connection, layout: &Layout, way: Way) -> Result<()> {
        for table in &layout.tables {
            let logs = table.log_statements(&table.name);
            for statement in table.shadow_statements(way).iter().chain(&logs) {
                db.execute_batch(statement)?;
            }
        }
        Ok(())
    }

    /// Drops one side's tables; each in a transaction of its own, so that nobody waits long.
    fn drop_shadows(&mut self, layout: &Layout, phase: Phase, watch: &mut Watch<'_>) -> Result<()> {
        for table in &layout.tables {
            watch(&Event { phase, what: format!("drop {}", table.shadow), done: 0, total: 0 });
            let statements = table.drop_statements();
            // Triggers and log go together: a trigger without its log would break the application's writes.
            let (with_log, rest) = statements.split_at(4);
            self.write(|db, _| with_log.iter().try_for_each(|sql| Ok(db.execute_batch(sql)?)))?;
            let begun = Instant::now();
            for sql in rest {
                self.write(|db, _| Ok(db.execute_batch(sql)?))?;
            }
            self.breathe(begun.elapsed());
        }
        Ok(())
    }

    /// Writes map and journal into a file beside the database, before they are dropped.
    fn export(&self, layout: &Layout) -> Result<()> {
        let path = files::beside(&self.path, &format!(".{}.rolled-back.jsonl", self.plan.run_id));
        files::write(&path, |out| {
            let mut line = |value: serde_json::Value| {
                writeln!(out, "{value}").map_err(|error| {
                    MigrateError::environment(
                        format!("{} cannot be written", path.display()),
                        error,
                    )
                })
            };
            for (at, what) in self.read_journal()? {
                line(serde_json::json!({ "journal": what, "at": at }))?;
            }
            for (key, plan) in layout.keys.iter().zip(&self.plan.keys) {
                // Not `quote`: it ends at a NUL, and gives no text where a value is not UTF-8.
                let sql = format!(
                    "SELECT unified_id_literal(legacy), unified_id_literal(new), origin FROM {}",
                    quote(&key.map)
                );
                let mut statement = self.db.prepare(&sql)?;
                let mut rows = statement.query([])?;
                while let Some(row) = rows.next()? {
                    let (legacy, new, origin): (String, String, String) =
                        (row.get(0)?, row.get(1)?, row.get(2)?);
                    line(serde_json::json!({
                        "table": plan.table, "column": plan.column, "legacy": legacy, "new": new, "origin": origin
                    }))?;
                }
            }
            Ok(())
        })
    }

    fn read_journal(&self) -> Result<Vec<(String, String)>> {
        if !self.has_state()? {
            return Ok(Vec::new());
        }
        let mut statement = self.db.prepare(&format!(
            "SELECT at, what FROM {} ORDER BY n",
            quote(&self.name("journal"))
        ))?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<std::result::Result<_, _>>()?)
    }

    /// Drops all that the migration made; the last step of a way back.
    fn drop_all(&mut self, watch: &mut Watch<'_>) -> Result<()> {
        let layout = self.layout()?;
        self.export(&layout)?;
        self.drop_shadows(&layout, Phase::Drop, watch)?;
        self.write(|db, plan| {
            unfollow(db, &layout)?;
            for sql in layout.drop_state_statements(plan) {
                db.execute_batch(&sql)?;
            }
            Ok(())
        })?;
        self.layout = None;
        self.whole(Phase::Drop, watch)
    }
}

/// Follows the time that a batch took to the size of the next one.
fn next_batch(batch: u64, took: Duration, limit: Duration) -> u64 {
    let took = took.as_micros().max(1);
    let ideal = u128::from(batch) * limit.as_micros() / took;
    u64::try_from(ideal).unwrap_or(LAST_BATCH).clamp(batch / 4, batch * 2).clamp(50, LAST_BATCH)
}

/// After the switch an application may still refer to a key by its legacy value: such a reference becomes the new one.
pub(crate) fn follow_statements(layout: &Layout) -> Vec<String> {
    let mut statements = Vec::new();
    for table in &layout.tables {
        for column in table.columns.iter().filter(|column| !column.is_generated) {
            for spot in column.spots.iter().filter(|spot| spot.place == Place::Whole) {
                let key = &layout.keys[spot.key];
                if key.table == table.no && key.column == column.name {
                    continue;
                }
                let (map, live, name) = (quote(&key.map), quote(&table.name), quote(&column.name));
                let guard = column.guard_of("NEW", &spot.place).unwrap_or_default();
                let same = match &table.rowid {
                    Some(rowid) => format!("{rowid} = NEW.{rowid}"),
                    None => table
                        .row_key
                        .iter()
                        .map(|key| format!("{0} = NEW.{0}", quote(key)))
                        .collect::<Vec<_>>()
                        .join(" AND "),
                };
                for (event, of) in [("insert", String::new()), ("update", format!(" OF {name}"))] {
                    let trigger = quote(&format!(
                        "{}follow_{}_{}_{event}",
                        layout.prefix, column.no, spot.key
                    ));
                    statements.push(format!(
                        "CREATE TRIGGER {trigger} AFTER {}{of} ON {live} WHEN EXISTS (SELECT 1 FROM {map} m WHERE m.legacy = +NEW.{name}) \
                         AND NOT EXISTS (SELECT 1 FROM {map} m WHERE m.new = +NEW.{name}){guard} \
                         BEGIN UPDATE {live} SET {name} = (SELECT m.new FROM {map} m WHERE m.legacy = +NEW.{name}) WHERE {same}; END",
                        event.to_uppercase()
                    ));
                }
            }
        }
    }
    statements
}

fn unfollow(db: &Connection, layout: &Layout) -> Result<()> {
    let mut statement = db.prepare("SELECT name FROM sqlite_master WHERE type = 'trigger'")?;
    let names: Vec<String> =
        statement.query_map([], |row| row.get(0))?.collect::<std::result::Result<_, _>>()?;
    drop(statement);
    for name in names.iter().filter(|name| name.starts_with(&format!("{}follow_", layout.prefix))) {
        db.execute_batch(&format!("DROP TRIGGER {}", quote(name)))?;
    }
    Ok(())
}

/// A table whose rows the database numbers goes on behind the highest number that it has.
fn number_on(db: &Connection, layout: &Layout) -> Result<()> {
    let has_sequence: u64 = db.query_row(
        "SELECT count(*) FROM sqlite_master WHERE name = 'sqlite_sequence'",
        [],
        |row| row.get(0),
    )?;
    if has_sequence == 0 {
        return Ok(());
    }
    for table in layout.tables.iter().filter(|table| table.old_alias.is_some()) {
        db.execute(
            &format!(
                "UPDATE sqlite_sequence SET seq = max(seq, coalesce((SELECT max(rowid) FROM {}), 0)) WHERE name = ?1",
                quote(&table.shadow)
            ),
            [&table.name],
        )?;
        // With the other statement the shadow would be dropped without its row.
        db.execute("DELETE FROM sqlite_sequence WHERE name = ?1", [&table.shadow])?;
    }
    Ok(())
}

impl Engine for Sqlite {
    fn phase(&mut self) -> Result<Phase> {
        if let Some(phase) = self.state("phase")? {
            return Phase::parse(&phase).ok_or_else(|| {
                MigrateError::new(
                    ErrorKind::Stopped,
                    format!("the state says phase `{phase}`, which is none"),
                )
            });
        }
        Ok(if self.backup_path().exists() { Phase::Expand } else { Phase::Backup })
    }

    fn backup(&mut self, watch: &mut Watch<'_>) -> Result<()> {
        let path = self.backup_path();
        let part = files::beside(&path, ".part");
        let _ = fs::remove_file(&part);
        let mut copy = Connection::open(&part)?;
        copy.execute_batch(&format!(
            "PRAGMA synchronous = OFF; PRAGMA cache_size = -{}",
            files::CACHE_KIB
        ))?;
        files::copy(&self.db, &mut copy, |done, total| {
            watch(&Event { phase: Phase::Backup, what: "pages".to_owned(), done, total });
        })?;
        // A copy that nobody can read is none: it is read as a whole before it counts.
        let found: String = copy.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
        if found != "ok" {
            let before: String =
                self.db.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
            let whose =
                if before == "ok" { "the copy is damaged" } else { "the database is damaged" };
            return Err(MigrateError::new(ErrorKind::Verification, format!("{whose}: {found}")));
        }
        if schema::hash(&copy, "")? != schema::hash(&self.db, "")? {
            return Err(MigrateError::new(
                ErrorKind::SchemaChanged,
                "the schema changed while the copy was made",
            ));
        }
        copy.close().map_err(|(_, error)| error)?;
        File::open(&part)
            .and_then(|file| file.sync_all())
            .and_then(|()| fs::rename(&part, &path))
            .map_err(|error| {
                MigrateError::environment(format!("{} cannot be written", path.display()), error)
            })
    }

    fn restore(&mut self, watch: &mut Watch<'_>) -> Result<()> {
        let path = self.backup_path();
        let from = files::open(&path, true)?;
        let found: String = from.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
        if found != "ok" {
            return Err(MigrateError::new(
                ErrorKind::Verification,
                format!("the backup {} is damaged: {found}", path.display()),
            ));
        }
        files::copy(&from, &mut self.db, |done, total| {
            watch(&Event { phase: Phase::Backup, what: "pages".to_owned(), done, total });
        })?;
        self.reopen()?;
        self.whole(Phase::Backup, watch)
    }

    fn expand(&mut self, watch: &mut Watch<'_>) -> Result<()> {
        if let Some(blocker) = self.plan.blockers().next() {
            return Err(MigrateError::new(
                ErrorKind::Blocked,
                format!("the plan has a blocker: {}", blocker.what),
            ));
        }
        watch(&Event {
            phase: Phase::Expand,
            what: "tables and triggers".to_owned(),
            done: 0,
            total: 0,
        });
        let layout = self.write(|db, plan| {
            let schema = schema::read(db, &plan.prefix)?;
            if schema.hash != plan.schema_hash {
                return Err(MigrateError::new(
                    ErrorKind::SchemaChanged,
                    "the schema has changed since the plan was made",
                ));
            }
            let layout = Layout::of(plan, &schema)?;
            for sql in layout.state_statements(plan) {
                db.execute_batch(&sql)?;
            }
            Self::make_shadows(db, &layout, Way::Forward)?;
            let json = |value: serde_json::Result<String>| {
                value.map_err(|error| MigrateError::usage(error.to_string()))
            };
            Self::set_state(db, &plan.prefix, "run", &plan.run_id)?;
            let rates = measure::rates(db, plan, &layout, "before", Way::Forward, false)
                .unwrap_or_default();
            Self::set_state(
                db,
                &plan.prefix,
                "rates.before",
                &json(serde_json::to_string(&rates))?,
            )?;
            Self::set_state(db, &plan.prefix, "plan", &json(serde_json::to_string(plan))?)?;
            Self::set_state(db, &plan.prefix, "layout", &json(serde_json::to_string(&layout))?)?;
            Self::reach(db, &plan.prefix, Phase::Backfill)?;
            Ok(layout)
        })?;
        self.layout = Some(layout);
        Ok(())
    }

    fn backfill(&mut self, watch: &mut Watch<'_>) -> Result<()> {
        self.import(watch)?;
        self.fill(Way::Forward, Phase::Backfill, watch)?;
        let rates = self.rates(&self.layout()?, "during", Way::Forward, true);
        self.end(Phase::Backfill, Some(Phase::Verify), Some(&rates))
    }

    fn verify(&mut self, watch: &mut Watch<'_>) -> Result<Verification> {
        let layout = self.layout()?;
        let phase = self.phase()?;
        let way = match phase {
            Phase::Backup | Phase::Expand | Phase::Backfill => {
                return Err(MigrateError::new(
                    ErrorKind::Usage,
                    "there is nothing to verify before the backfill has ended",
                ));
            }
            Phase::Contract | Phase::Done | Phase::Back | Phase::Drop => {
                return verify::ids_only(&self.db, &self.plan, &layout);
            }
            Phase::Verify | Phase::Switch => Way::Forward,
            Phase::Soak => Way::Back,
        };
        if phase == Phase::Verify {
            self.drain(&layout, way, phase, watch)?;
        }
        let found = verify::compare(&self.db, &self.plan, &layout, way, watch)?;
        let is_allowed = self.plan.settings.tolerance().allows(found.failed, found.rows);
        if phase == Phase::Verify && is_allowed {
            self.end(Phase::Verify, Some(Phase::Switch), None)?;
        }
        Ok(found)
    }

    fn switch(&mut self, watch: &mut Watch<'_>) -> Result<()> {
        if self.phase()? != Phase::Switch {
            return Err(MigrateError::usage(
                "the switch follows the verification: run `run` until it has passed",
            ));
        }
        self.longest = Duration::ZERO;
        self.exchange(Way::Forward, Phase::Switch, Phase::Soak, watch)?;
        let rates = self.rates(&self.layout()?, "after", Way::Back, true);
        self.end(Phase::Switch, None, Some(&rates))
    }

    fn drift(&mut self, watch: &mut Watch<'_>) -> Result<u64> {
        watch(&Event { phase: Phase::Soak, what: "drift".to_owned(), done: 0, total: 0 });
        verify::drift(&self.db, &self.plan, &self.layout()?)
    }

    fn contract(&mut self, watch: &mut Watch<'_>) -> Result<()> {
        let layout = self.layout()?;
        match self.phase()? {
            Phase::Soak => self.write(|db, plan| Self::reach(db, &plan.prefix, Phase::Contract))?,
            Phase::Contract => {}
            Phase::Done => return Ok(()),
            phase => {
                return Err(MigrateError::usage(format!(
                    "contract follows the switch; the next phase is {}",
                    phase.name()
                )));
            }
        }
        self.drop_shadows(&layout, Phase::Contract, watch)?;
        self.write(|db, plan| {
            unfollow(db, &layout)?;
            db.execute_batch(&layout.view_statement(plan))?;
            db.execute_batch(&format!("DROP TABLE IF EXISTS {}", quote(&layout.ranks())))?;
            db.execute_batch(&format!("DELETE FROM {}", quote(&format!("{}cursor", plan.prefix))))?;
            Self::reach(db, &plan.prefix, Phase::Done)
        })
    }

    fn rollback(&mut self, watch: &mut Watch<'_>) -> Result<()> {
        loop {
            let phase = self.phase()?;
            match phase {
                Phase::Backup | Phase::Expand => return Ok(()),
                Phase::Backfill | Phase::Verify | Phase::Switch => {
                    self.write(|db, plan| Self::reach(db, &plan.prefix, Phase::Drop))?;
                }
                Phase::Soak => self.exchange(Way::Back, phase, Phase::Drop, watch)?,
                Phase::Contract | Phase::Done => {
                    let layout = self.layout()?;
                    self.drop_shadows(&layout, Phase::Back, watch)?;
                    self.write(|db, plan| {
                        unfollow(db, &layout)?;
                        db.execute_batch(&format!(
                            "DELETE FROM {}",
                            quote(&format!("{}cursor", plan.prefix))
                        ))?;
                        Self::make_shadows(db, &layout, Way::Back)?;
                        Self::reach(db, &plan.prefix, Phase::Back)
                    })?;
                }
                Phase::Back => {
                    self.fill(Way::Back, phase, watch)?;
                    self.exchange(Way::Back, phase, Phase::Drop, watch)?;
                }
                Phase::Drop => {
                    self.drop_all(watch)?;
                    return Ok(());
                }
            }
        }
    }

    fn journal(&mut self) -> Result<Vec<(String, String)>> {
        self.read_journal()
    }

    fn integrity(&mut self, watch: &mut Watch<'_>) -> Result<()> {
        let phase = self.phase()?;
        self.whole(phase, watch)
    }

    fn export_map(&mut self, key: usize, path: &Path) -> Result<()> {
        let layout = self.layout()?;
        let Some(laid) = layout.keys.get(key) else {
            return Err(MigrateError::usage(format!("the plan has no key {key}")));
        };
        let part = files::beside(path, ".part");
        let _ = fs::remove_file(&part);
        let map = Connection::open(&part)?;
        map.execute_batch("PRAGMA synchronous = OFF; BEGIN; CREATE TABLE map (legacy BLOB NOT NULL PRIMARY KEY, new NOT NULL) WITHOUT ROWID")?;
        {
            let mut insert = map.prepare("INSERT INTO map (legacy, new) VALUES (?1, ?2)")?;
            let sql = format!("SELECT legacy, new FROM {}", quote(&laid.map));
            let mut statement = self.db.prepare(&sql)?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                insert.execute([
                    crate::value::bind(row.get_ref(0)?),
                    crate::value::bind(row.get_ref(1)?),
                ])?;
            }
        }
        map.execute_batch("COMMIT")?;
        map.close().map_err(|(_, error)| error)?;
        fs::rename(&part, path).map_err(|error| {
            MigrateError::environment(format!("{} cannot be written", path.display()), error)
        })
    }

    fn report(&mut self) -> Result<Report> {
        let pages: u64 = self.db.pragma_query_value(None, "page_count", |row| row.get(0))?;
        let size: u64 = self.db.pragma_query_value(None, "page_size", |row| row.get(0))?;
        let mut report = Report {
            journal: self.read_journal()?,
            database_bytes: pages * size,
            ..Report::default()
        };
        for phase in Phase::RUN {
            let stall = self.state(&format!("stall_ms.{}", phase.name()))?;
            if let Some(ms) = stall.and_then(|text| text.parse().ok()) {
                report.longest_stall_ms.push((phase.name().to_owned(), ms));
            }
        }
        for when in ["before", "during", "after"] {
            let rates = self.state(&format!("rates.{when}"))?;
            let rates: Option<Vec<Rates>> = rates.and_then(|text| serde_json::from_str(&text).ok());
            report.rates.extend(rates.unwrap_or_default());
        }
        let Some(layout) = &self.layout else { return Ok(report) };
        for (key, planned) in layout.keys.iter().zip(&self.plan.keys) {
            let mut statement = self.db.prepare(&format!(
                "SELECT origin, count(*) FROM {} GROUP BY origin ORDER BY origin",
                quote(&key.map)
            ))?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                report.made.push(Made {
                    table: planned.table.clone(),
                    column: planned.column.clone(),
                    origin: row.get(0)?,
                    ids: row.get(1)?,
                });
            }
        }
        Ok(report)
    }
}
