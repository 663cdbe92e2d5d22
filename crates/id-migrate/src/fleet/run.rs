//! Runs, resumes and rolls back a fleet as one.
//!
//! Invariant: nothing is remembered that a database does not say itself; a killed run goes on with the first database that is
//! not at its goal. A rollback goes through the databases in the opposite order, so that no reference outlives its key.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use super::file::{Action, Database, Fleet, Kind, When, place};
use super::gates::{Measured, measure};
use super::report::{DatabaseStatus, RollbackReport, RolledBack, Status, risk};
use crate::database;
use crate::database::Access;
use crate::engine::{Event, Phase, Verification};
use crate::error::{ErrorKind, MigrateError, Result};
use crate::mapping::Form;
use crate::plan::{self, Plan};
use crate::planner::ExternalKey;
use crate::{run as phases, sqlite};

/// Something that happened in a fleet.
#[derive(Debug)]
#[non_exhaustive]
pub enum FleetEvent<'a> {
    /// In one of the databases.
    Database(&'a str, &'a Event),
    /// A command or a gate, in words.
    Step(String),
}

/// Asked before each phase of each database; `false` stops.
pub type Ask<'a> = dyn FnMut(&str, Phase) -> bool + 'a;

type Tell<'a> = dyn FnMut(&FleetEvent<'_>) + 'a;

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Every database is at its goal.
    Done,
    /// Somebody said no.
    Stopped(String),
    /// A gate was passed, and the fleet stays where it is.
    Threshold(String),
    /// A gate was passed, and the fleet went back.
    RolledBack(String),
}

/// A fleet that is being run.
#[derive(Debug)]
pub struct FleetRun {
    fleet: Fleet,
    gates: Vec<Vec<Measured>>,
    verifications: Vec<Option<Verification>>,
    password: Option<String>,
}

impl FleetRun {
    /// Takes the password of its servers, which no file holds.
    #[must_use]
    pub fn with_password(mut self, password: Option<String>) -> Self {
        self.password = password;
        self
    }

    fn access(&self) -> Access {
        Access { password: self.password.clone(), folder: self.fleet.work_folder() }
    }

    /// Takes a fleet up.
    ///
    /// # Errors
    ///
    /// If its folder cannot be made.
    pub fn new(fleet: Fleet) -> Result<Self> {
        let folder = fleet.work_folder();
        fs::create_dir_all(&folder).map_err(|error| {
            MigrateError::environment(format!("{} cannot be made", folder.display()), error)
        })?;
        let count = fleet.databases.len();
        Ok(Self {
            fleet,
            gates: vec![Vec::new(); count],
            verifications: vec![None; count],
            password: None,
        })
    }

    /// Returns the fleet.
    #[must_use]
    pub fn fleet(&self) -> &Fleet {
        &self.fleet
    }

    /// Returns where the plan of a database is, or will be.
    #[must_use]
    pub fn plan_path(&self, database: &str) -> PathBuf {
        self.fleet.work_folder().join(format!("{database}.plan.json"))
    }

    fn map_path(&self, database: &str, key: usize) -> PathBuf {
        self.fleet.work_folder().join(format!("{database}.{key}.map"))
    }

    fn read_plan(&self, name: &str) -> Result<Option<Plan>> {
        match fs::read_to_string(self.plan_path(name)) {
            Ok(text) => Plan::from_json(&text).map(Some),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(MigrateError::environment(
                format!("{} cannot be read", self.plan_path(name).display()),
                error,
            )),
        }
    }

    /// Makes the plan of a database, if there is none; one that refers to others needs their maps.
    ///
    /// # Errors
    ///
    /// If the database cannot be read, or what it refers to is not migrated yet.
    pub fn plan(&self, no: usize) -> Result<Plan> {
        let database = &self.fleet.databases[no];
        if let Some(plan) = self.read_plan(&database.name)? {
            return Ok(plan);
        }
        let mut options = database.options(&self.fleet.folder)?;
        // The name of a run becomes part of file names.
        unified_id::TransactionId::new().core().to_text().as_str()[..16]
            .clone_into(&mut options.run_id);
        for link in &self.fleet.references {
            let (from, to) = (place(&link.column)?, place(&link.key)?);
            if from.database != database.name {
                continue;
            }
            let (map, form) = self.map_of(&to.database, &to.table, &to.column)?;
            let table = format!("{}:{}", to.database, to.table);
            if !options
                .external
                .iter()
                .any(|known| known.table == table && known.column == to.column)
            {
                options.external.push(ExternalKey {
                    map,
                    table: table.clone(),
                    column: to.column.clone(),
                    form,
                });
            }
            options.references.push((
                from.table,
                from.column,
                plan::Place::Whole,
                format!("{table}.{}", to.column),
            ));
        }
        let plan = database::plan(&database.address(&self.fleet.folder), &self.access(), &options)?;
        sqlite::write_file(&self.plan_path(&database.name), &plan.to_json())?;
        Ok(plan)
    }

    /// Writes the map of a migrated key down, for a database that refers to it.
    fn map_of(&self, name: &str, table: &str, column: &str) -> Result<(String, Form)> {
        let missing = |what: &str| {
            MigrateError::new(
                ErrorKind::Stopped,
                format!("`{name}`: {what}; run the fleet in its order"),
            )
        };
        let plan = self.read_plan(name)?.ok_or_else(|| missing("it has no plan yet"))?;
        let own = plan.keys.iter().enumerate().filter(|(_, key)| key.external.is_none());
        let keys: Vec<_> =
            own.map(|(no, key)| (no, key.table.as_str(), key.column.as_str())).collect();
        let no = key_of(&plan.engine, &keys, table, column).map_err(|tables| match &*tables {
            [] => missing(&format!("its plan has no key `{table}.{column}`")),
            tables => MigrateError::usage(format!(
                "the fleet file: `{name}:{table}.{column}` is a key of each of `{}`; write which one is meant",
                tables.join("`, `")
            )),
        })?;
        let form = plan.keys[no].form.clone();
        let mut engine = database::open(plan, &self.access(), false)?;
        if engine.phase()? < Phase::Soak {
            return Err(missing("it has not switched to new ids yet"));
        }
        let path = self.map_path(name, no);
        engine.export_map(no, &path)?;
        Ok((path.to_string_lossy().into_owned(), form))
    }

    /// Runs every database to its goal, or to `until` if that comes first; from wherever they are.
    ///
    /// # Errors
    ///
    /// What an engine or a command says; the fleet can be run again.
    pub fn run(
        &mut self,
        until: Option<Phase>,
        ask: &mut Ask<'_>,
        tell: &mut Tell<'_>,
    ) -> Result<Outcome> {
        for no in 0..self.fleet.databases.len() {
            let database = self.fleet.databases[no].clone();
            let goal = until.map_or(database.until()?, |until| {
                database.until().map_or(until, |own| own.min(until))
            });
            let plan = self.plan(no)?;
            for phase in Phase::RUN.into_iter().filter(|phase| *phase <= goal) {
                let mut engine = database::open(plan.clone(), &self.access(), true)?;
                let at = engine.phase()?;
                if at > phase && !(phase == Phase::Soak && at == Phase::Soak) {
                    continue;
                }
                if !ask(&database.name, phase) {
                    let what = format!("before {} of {}", phase.name(), database.name);
                    self.write_status("stopped", &what)?;
                    return Ok(Outcome::Stopped(what));
                }
                self.commands(&database, phase.name(), When::Before, tell)?;
                let name = database.name.clone();
                let mut watch = |event: &Event| tell(&FleetEvent::Database(&name, event));
                let ended =
                    phases::run(engine.as_mut(), phase, plan.settings.tolerance(), &mut watch)?;
                if ended.verification.is_some() {
                    self.verifications[no] = ended.verification;
                }
                drop(engine);
                self.commands(&database, phase.name(), When::After, tell)?;
                if let Some(outcome) = self.gates(no, &plan, phase, tell)? {
                    return Ok(outcome);
                }
                self.write_status("on track", &self.next_step()?)?;
            }
        }
        self.write_status("on track", &self.next_step()?)?;
        Ok(Outcome::Done)
    }

    fn gates(
        &mut self,
        no: usize,
        plan: &Plan,
        phase: Phase,
        tell: &mut Tell<'_>,
    ) -> Result<Option<Outcome>> {
        let name = self.fleet.databases[no].name.clone();
        let keys = plan.keys.iter().map(|key| key.rows).sum();
        self.gates[no].clear();
        let gates: Vec<_> = self
            .fleet
            .gates
            .iter()
            .filter(|gate| gate.phase == phase.name())
            .filter(|gate| gate.database.as_ref().is_none_or(|of| *of == name))
            .cloned()
            .collect();
        for gate in &gates {
            let mut engine = database::open(plan.clone(), &self.access(), false)?;
            let mut watch = |event: &Event| tell(&FleetEvent::Database(&name, event));
            let measured = measure(
                gate,
                engine.as_mut(),
                keys,
                self.verifications[no].as_ref(),
                &self.fleet.folder,
                &mut watch,
            )?;
            drop(engine);
            let check = serde_json::to_string(&measured.check).unwrap_or_default();
            let said = format!(
                "gate {} of {name} behind {}: {:.4}, at most {}",
                check.trim_matches('"'),
                phase.name(),
                measured.value,
                measured.threshold
            );
            tell(&FleetEvent::Step(said.clone()));
            let (is_too_much, action) = (measured.is_too_much(), measured.action);
            self.gates[no].push(measured);
            if is_too_much && action == Action::Stop {
                self.write_status("stopped", &format!("look at {said}"))?;
                return Ok(Some(Outcome::Threshold(said)));
            }
            if is_too_much {
                if !self.rollback(&said, tell)?.is_complete {
                    return Err(MigrateError::new(
                        ErrorKind::Stopped,
                        "the rollback of the fleet has not ended: read rollback_report.json, then run `fleet rollback` again",
                    ));
                }
                self.write_status("rolled back", "read rollback_report.json")?;
                return Ok(Some(Outcome::RolledBack(said)));
            }
        }
        Ok(None)
    }

    /// Takes every database back, the last one first, and writes `rollback_report.json`; one to which a database refers that
    /// did not go back stays as it is, until the next rollback.
    ///
    /// # Errors
    ///
    /// If the report cannot be written; what a database says stands in the report.
    pub fn rollback(&mut self, reason: &str, tell: &mut Tell<'_>) -> Result<RollbackReport> {
        let began = now();
        let mut databases = Vec::new();
        for database in self.fleet.databases.clone().into_iter().rev() {
            let Some(plan) = self.read_plan(&database.name)? else { continue };
            let clock = Instant::now();
            let mut row = RolledBack {
                name: database.name.clone(),
                from: Phase::Backup,
                seconds: 0.0,
                integrity: "not checked".to_owned(),
                commands: Vec::new(),
                made_up: Vec::new(),
                error: None,
            };
            let done = match self.referrer(&database.name, &databases)? {
                Some(other) => self.stays(plan, other, &mut row),
                None => self.back(&database, plan, &mut row, tell),
            };
            row.seconds = clock.elapsed().as_secs_f64();
            row.error = done.err().map(|error| error.to_string());
            databases.push(row);
        }
        let left: Vec<String> = databases
            .iter()
            .filter(|row| row.error.is_some())
            .map(|row| format!("`{}`", row.name))
            .collect();
        let is_complete = left.is_empty();
        let report = RollbackReport {
            fleet: self.fleet.name.clone(),
            reason: reason.to_owned(),
            began,
            ended: now(),
            databases,
            is_complete,
        };
        let path = self.fleet.work_folder().join("rollback_report.json");
        let json = serde_json::to_string_pretty(&report)
            .map_err(|error| MigrateError::usage(error.to_string()))?;
        sqlite::write_file(&path, &json)?;
        if is_complete {
            self.write_status("rolled back", "nothing, or a new run with new plans")?;
            return Ok(report);
        }
        let next = format!(
            "read rollback_report.json, then `fleet rollback` again: {} did not go back",
            left.join(", ")
        );
        if self.write_status("stopped", &next).is_err() {
            // What cannot be read has no status; the one of before would say that all is well.
            for name in ["status.json", "status.md"] {
                let _ = fs::remove_file(self.fleet.work_folder().join(name));
            }
        }
        Ok(report)
    }

    /// Returns a database that refers to this one and still holds its new ids, because it did not go back.
    fn referrer<'a>(&self, name: &str, gone: &'a [RolledBack]) -> Result<Option<&'a str>> {
        for link in &self.fleet.references {
            let (from, to) = (place(&link.column)?, place(&link.key)?);
            let is_left = |row: &&RolledBack| row.error.is_some() && row.name == from.database;
            if to.database == name
                && let Some(row) = gone.iter().find(is_left)
            {
                return Ok(Some(&row.name));
            }
        }
        Ok(None)
    }

    /// Leaves a database where it is: without its map, nothing would say what a reference to it means.
    fn stays(&self, plan: Plan, referrer: &str, row: &mut RolledBack) -> Result<()> {
        row.from = database::open(plan, &self.access(), false)?.phase()?;
        Err(MigrateError::new(
            ErrorKind::Stopped,
            format!("it stays as it is: `{referrer}` refers to it and did not go back"),
        ))
    }

    fn back(
        &self,
        database: &Database,
        plan: Plan,
        row: &mut RolledBack,
        tell: &mut Tell<'_>,
    ) -> Result<()> {
        let run = |when: When, row: &mut RolledBack, tell: &mut Tell<'_>| -> Result<()> {
            for step in database
                .commands
                .iter()
                .filter(|step| step.phase == "rollback" && step.when == when)
            {
                let said = self.one(database, step, tell);
                let words =
                    said.as_ref().map_or_else(ToString::to_string, |said| said.trim().to_owned());
                row.commands.push((step.kind, words));
                said?;
            }
            Ok(())
        };
        let mut engine = database::open(plan, &self.access(), true)?;
        row.from = engine.phase()?;
        run(When::Before, row, tell)?;
        let name = database.name.clone();
        let mut watch = |event: &Event| tell(&FleetEvent::Database(&name, event));
        engine.rollback(&mut watch)?;
        engine.made_up().clone_into(&mut row.made_up);
        engine.integrity(&mut watch)?;
        "ok".clone_into(&mut row.integrity);
        drop(engine);
        run(When::After, row, tell)?;
        // The next run begins with a plan of the database as it is then.
        let path = self.plan_path(&database.name);
        fs::rename(&path, path.with_extension("rolled-back.json")).map_err(|error| {
            MigrateError::environment(format!("{} cannot be put aside", path.display()), error)
        })
    }

    fn commands(
        &self,
        database: &Database,
        phase: &str,
        when: When,
        tell: &mut Tell<'_>,
    ) -> Result<()> {
        for step in database.commands.iter().filter(|step| step.phase == phase && step.when == when)
        {
            self.one(database, step, tell)?;
        }
        Ok(())
    }

    fn one(
        &self,
        database: &Database,
        step: &super::Command,
        tell: &mut Tell<'_>,
    ) -> Result<String> {
        let kind = serde_json::to_string(&step.kind).unwrap_or_default();
        let title = format!("{} {}: {}", kind.trim_matches('"'), database.name, step.run.join(" "));
        tell(&FleetEvent::Step(title));
        match command(&step.run, &self.fleet.folder, step.timeout_s) {
            Err(error) if step.kind == Kind::Notify => {
                tell(&FleetEvent::Step(format!("nobody was told: {error}")));
                Ok(error.to_string())
            }
            result => result,
        }
    }

    /// Returns how far every database is.
    ///
    /// # Errors
    ///
    /// If one cannot be read.
    pub fn status(&self, state: &str, next_step: &str) -> Result<Status> {
        let mut databases = Vec::new();
        let mut furthest = Phase::Backup;
        for (no, database) in self.fleet.databases.iter().enumerate() {
            let plan = self.read_plan(&database.name)?;
            let (mut phase, mut p95) = (Phase::Backup, None);
            let (mut keys, mut collisions) = (0, 0);
            if let Some(plan) = plan {
                keys = plan.keys.iter().map(|key| key.rows).sum();
                collisions = plan.keys.iter().map(|key| key.collisions).sum();
                let mut engine = database::open(plan, &self.access(), false)?;
                phase = engine.phase()?;
                p95 = engine.report()?.rates.last().map(|rates| rates.live.lookup_p95_us);
            }
            furthest = furthest.max(phase);
            let at = Phase::RUN.iter().position(|known| *known == phase).unwrap_or_default();
            let verification = self.verifications[no].clone();
            let share = |part: u64, whole: u64| {
                #[expect(clippy::cast_precision_loss, reason = "a share")]
                if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
            };
            databases.push(DatabaseStatus {
                name: database.name.clone(),
                phase,
                progress_percent: u32::try_from(at * 100 / (Phase::RUN.len() - 1)).unwrap_or(100),
                collision_rate: share(collisions, keys),
                lookup_p95_us: p95,
                error_rate: verification
                    .as_ref()
                    .map_or(0.0, |found| share(found.failed, found.rows)),
                gates: self.gates[no].clone(),
                verification,
            });
        }
        Ok(Status {
            fleet: self.fleet.name.clone(),
            at: now(),
            state: state.to_owned(),
            databases,
            next_step: next_step.to_owned(),
            rollback_risk: risk(furthest).to_owned(),
        })
    }

    /// Says what is done next.
    ///
    /// # Errors
    ///
    /// If a database cannot be read.
    pub fn next_step(&self) -> Result<String> {
        for database in &self.fleet.databases {
            let phase = match self.read_plan(&database.name)? {
                Some(plan) => database::open(plan, &self.access(), false)?.phase()?,
                None => Phase::Backup,
            };
            if phase <= database.until()? {
                return Ok(format!("{} of {}", phase.name(), database.name));
            }
        }
        Ok("nothing: every database is at its goal".to_owned())
    }

    fn write_status(&self, state: &str, next_step: &str) -> Result<()> {
        let status = self.status(state, next_step)?;
        let folder = self.fleet.work_folder();
        let json = serde_json::to_string_pretty(&status)
            .map_err(|error| MigrateError::usage(error.to_string()))?;
        sqlite::write_file(&folder.join("status.json"), &json)?;
        sqlite::write_file(&folder.join("status.md"), &status.to_markdown())
    }
}

fn now() -> String {
    // Reports for people say when; nothing is decided by it.
    jiff::Timestamp::now().to_string()
}

/// Finds a key by the names that the fleet file has for it; as in a plan, a schema may be left out where one key has the name.
///
/// Otherwise the tables are returned that may be meant.
fn key_of<'a>(
    engine: &str,
    keys: &[(usize, &'a str, &'a str)],
    table: &str,
    column: &str,
) -> std::result::Result<usize, Vec<&'a str>> {
    let word = |known: &str| match engine {
        "postgres" => plan::word(known),
        "duckdb" => known.rsplit('.').next().map(str::to_owned),
        _ => None,
    };
    // The closest first: names of a server may differ only in their case.
    for (by_word, any_case) in [(false, false), (false, true), (true, false), (true, true)] {
        let is_same = |known: &str| {
            let own = if by_word { word(known) } else { Some(known.to_owned()) };
            own.is_some_and(|own| own == table || any_case && own.eq_ignore_ascii_case(table))
        };
        let found: Vec<_> = keys
            .iter()
            .filter(|(_, known, name)| is_same(known) && name.eq_ignore_ascii_case(column))
            .collect();
        match &*found {
            [] => {}
            [(no, ..)] => return Ok(*no),
            several => return Err(several.iter().map(|(_, known, _)| *known).collect()),
        }
    }
    Err(Vec::new())
}

/// Runs a command and returns what it printed; its own time limit, no shell.
pub(super) fn command(words: &[String], folder: &Path, timeout_s: u64) -> Result<String> {
    let failed = |what: String| {
        MigrateError::new(ErrorKind::Stopped, format!("`{}` {what}", words.join(" ")))
    };
    let (program, args) = words.split_first().ok_or_else(|| failed("is empty".to_owned()))?;
    let mut child = std::process::Command::new(program)
        .args(args)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| {
            MigrateError::environment(format!("`{program}` cannot be started"), error)
        })?;
    let out = child.stdout.take();
    // Read beside the waiting, so that a full pipe does not hold the command up.
    let reader = std::thread::spawn(move || {
        let mut text = String::new();
        out.map_or(Ok(0), |mut out| std::io::Read::read_to_string(&mut out, &mut text))
            .map(|_| text)
    });
    let begun = Instant::now();
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if begun.elapsed() > Duration::from_secs(timeout_s) => {
                // It is ours, and it has had its time.
                let _ = child.kill();
                let _ = child.wait();
                return Err(failed(format!("took longer than {timeout_s} s")));
            }
            Ok(None) => std::thread::sleep(Duration::from_millis(10)),
            Err(error) => return Err(failed(error.to_string())),
        }
    };
    let said = reader.join().ok().and_then(std::io::Result::ok).unwrap_or_default();
    if status.success() { Ok(said) } else { Err(failed(format!("ended with {status}"))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_found_without_its_schema_where_one_table_has_the_name() {
        let keys = |tables: &[&'static str]| -> Vec<_> {
            tables.iter().enumerate().map(|(no, table)| (no, *table, "id")).collect()
        };
        let server = keys(&[
            "shop.users",
            "old.users",
            "shop.orders",
            "shop.\"a.b\"",
            "shop.\"Notes\"",
            "shop.notes",
        ]);
        for (table, expected) in [
            ("shop.users", Ok(0)),
            ("Old.Users", Ok(1)),
            ("users", Err(vec!["shop.users", "old.users"])),
            ("orders", Ok(2)),
            ("a.b", Ok(3)),
            ("shop.\"a.b\"", Ok(3)),
            ("b\"", Err(vec![])),
            ("b", Err(vec![])),
            ("Notes", Ok(4)),
            ("notes", Ok(5)),
            ("NOTES", Err(vec!["shop.\"Notes\"", "shop.notes"])),
            ("none", Err(vec![])),
        ] {
            assert_eq!(key_of("postgres", &server, table, "id"), expected, "{table}");
            assert_eq!(key_of("postgres", &server, table, "n"), Err(vec![]), "{table}");
        }
        // The tables of a file have no schema, and a dot in a name is a part of it.
        let file = keys(&["a.b", "b"]);
        assert_eq!(key_of("sqlite", &file, "B", "ID"), Ok(1));
        assert_eq!(key_of("sqlite", &file[..1], "b", "id"), Err(vec![]));
        assert_eq!(key_of("duckdb", &keys(&["users", "x.jobs"]), "jobs", "id"), Ok(1));
    }
}
