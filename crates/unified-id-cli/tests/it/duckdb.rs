//! `unified-id migrate` on a DuckDB file: killed at many moments, the file is the old one or the new one, and goes on.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use id_migrate::duckdb::Probe;
use tempfile::TempDir;

use crate::killing::{self, Random, reports};

const MAKE: &str = "CREATE SEQUENCE numbers START 5; CREATE TABLE jobs (id BIGINT PRIMARY KEY DEFAULT nextval('numbers'), sessions VARCHAR[], more STRUCT(job BIGINT)); \
    INSERT INTO jobs(sessions) SELECT ['session-' || i] FROM range(2000) r(i); UPDATE jobs SET more = {'job': id + 1}; \
    CREATE TABLE sessions (id VARCHAR PRIMARY KEY, n INT); \
    CREATE TABLE notes (id UUID PRIMARY KEY, session_id VARCHAR, tags VARCHAR[], doc JSON); \
    INSERT INTO sessions SELECT 'session-' || i, i FROM range(3000) r(i); \
    INSERT INTO notes SELECT CAST(md5(CAST(i AS VARCHAR)) AS UUID), 'session-' || (i * 7 % 3000), ['session-' || (i % 3000), 'x'], '{\"s\": \"session-' || (i % 3000) || '\"}' FROM range(4000) r(i);";

struct Case {
    folder: TempDir,
    driver: PathBuf,
}

impl Case {
    fn new() -> Self {
        let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
        let case = Self { folder, driver: id_testkit::duckdb::library() };
        Probe::open(&case.driver, &case.path("db.duckdb")).unwrap().execute(MAKE).unwrap();
        let settings = "[[references]]\ncolumn = \"jobs.more\"\npath = \"$.job\"\nkey = \"jobs.id\"\n\
            [[keys]]\nkey = \"sessions.id\"\nmapping = \"stable\"\n[[keys]]\nkey = \"notes.id\"\nmapping = \"bits\"\n\
            [[keys]]\nkey = \"jobs.id\"\nmapping = \"stable\"\n";
        let mut file = std::fs::File::create(case.path("migrate.toml")).unwrap();
        std::io::Write::write_all(&mut file, settings.as_bytes()).unwrap();
        let mut plan = case.command(&["plan", "--config"]);
        plan.arg(case.path("migrate.toml"));
        let done = plan
            .arg(case.path("db.duckdb"))
            .arg("--out")
            .arg(case.path("plan.json"))
            .output()
            .unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        case
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_unified-id"));
        command.arg("migrate").args(args).env("UNIFIED_ID_LIBDUCKDB", &self.driver);
        command
    }

    fn on_plan(&self, args: &[&str]) -> Command {
        let (first, rest) = args.split_first().unwrap();
        let mut command = self.command(&[first]);
        command.arg(self.path("plan.json")).args(rest);
        command
    }

    #[track_caller]
    fn run(&self, args: &[&str]) -> String {
        let done = self.on_plan(args).output().unwrap();
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        assert!(done.status.success(), "{args:?}: {said}");
        said
    }

    fn run_id(&self) -> String {
        let plan = std::fs::read_to_string(self.path("plan.json")).unwrap();
        let plan: serde_json::Value = serde_json::from_str(&plan).unwrap();
        plan["run_id"].as_str().unwrap().to_owned()
    }

    /// A copy of database and plan as they are.
    fn copy(&self) -> Self {
        let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
        let copy = Self { folder, driver: self.driver.clone() };
        for name in ["db.duckdb", "db.duckdb.RUN.new", "db.duckdb.RUN.backup"] {
            let name = name.replace("RUN", &self.run_id());
            if self.path(&name).exists() {
                std::fs::copy(self.path(&name), copy.path(&name)).unwrap();
            }
        }
        let plan = std::fs::read_to_string(self.path("plan.json")).unwrap();
        let folder = |case: &Self| case.folder.path().to_string_lossy().into_owned();
        let plan = plan.replace(&folder(self), &folder(&copy));
        let mut file = std::fs::File::create(copy.path("plan.json")).unwrap();
        std::io::Write::write_all(&mut file, plan.as_bytes()).unwrap();
        copy
    }

    fn dump(&self) -> Vec<Vec<Option<String>>> {
        let probe = Probe::open(Path::new(&self.driver), &self.path("db.duckdb")).unwrap();
        let mut rows = probe.rows("SELECT CAST(t AS VARCHAR) FROM sessions t ORDER BY n").unwrap();
        rows.extend(probe.rows("SELECT CAST(t AS VARCHAR) FROM notes t ORDER BY id").unwrap());
        rows.extend(probe.rows("SELECT CAST(t AS VARCHAR) FROM jobs t ORDER BY sessions").unwrap());
        let catalog = "SELECT sql FROM duckdb_tables() WHERE NOT starts_with(table_name, '_uid') ORDER BY table_name";
        rows.extend(probe.rows(catalog).unwrap());
        rows.extend(
            probe.rows("SELECT CAST(last_value AS VARCHAR) FROM duckdb_sequences()").unwrap(),
        );
        let maps = "SELECT view_name FROM duckdb_views() WHERE view_name = '_uid_ids'";
        if !probe.rows(maps).unwrap().is_empty() {
            rows.extend(
                probe.rows("SELECT CAST(t AS VARCHAR) FROM _uid_ids t ORDER BY 1").unwrap(),
            );
        }
        rows
    }
}

const RUN: &[&str] = &["run", "--until", "contract", "--yes", "--progress", "json"];
const BACK: &[&str] = &["rollback", "--progress", "json"];

/// Kills at any report of every phase and of the way back: the file is the old one or the new one, and what goes on comes to
/// the end of a run that was not killed, the map included.
#[test]
fn a_kill_leaves_the_old_file_or_the_new_one() {
    let from = Case::new();
    let (before, whole) = (from.dump(), from.copy());
    let half = from.copy();
    half.run(&["run", "--until", "verify", "--progress", "json"]);
    let dropped = half.copy();
    let drop = dropped.run(BACK);
    assert_eq!(dropped.dump(), before);
    let there = whole.run(RUN);
    let (after, done) = (whole.dump(), whole.copy());
    assert_ne!(before, after);
    let back = whole.run(BACK);
    assert_eq!(whole.dump(), before);
    let phases = ["backup", "expand", "backfill", "verify", "switch", "soak", "contract"];
    let ways = phases.map(|phase| (phase, &from, RUN, reports(&there, phase)));
    let ways_back = [
        ("back", &done, BACK, reports(&back, "back")),
        ("drop", &half, BACK, reports(&drop, "drop")),
    ];
    let mut kills = BTreeMap::<&str, u64>::new();
    let mut random = Random(11);
    for (phase, from, words, reports) in ways.into_iter().chain(ways_back) {
        assert!(reports > 0, "no report of {phase}");
        let mut tries = 0;
        while kills.get(phase).is_none_or(|count| *count < killing::per_phase()) {
            let missed = tries - kills.get(phase).copied().unwrap_or(0);
            tries += 1;
            assert!(tries <= killing::most_tries(), "{phase} is over too soon: {kills:?}");
            let (case, number) = (from.copy(), random.next());
            let at = number % reports + 1;
            let killed =
                killing::kill(case.on_plan(words), phase, at, killing::later_us(number, missed));
            let Some(is_inside) = killed else { continue };
            *kills.entry(phase).or_default() += u64::from(is_inside);
            let found = case.dump();
            assert!(found == before || found == after, "{phase}: killed at report {at}");
            let (goes_on, end): (&[&str], _) = match (words == BACK, number % 3) {
                (true, _) | (_, 0) => (&["rollback"], &before),
                _ => (&["resume", "--until", "contract", "--yes"], &after),
            };
            case.run(goes_on);
            assert!(case.dump() == *end, "{phase}: killed at report {at}, then {goes_on:?}");
        }
    }
    println!("kills: {kills:?}");
}

#[test]
fn a_copy_can_be_restored_and_a_missing_library_is_named() {
    let case = Case::new();
    let before = case.dump();
    case.run(&["run", "--until", "switch", "--yes"]);
    assert_ne!(case.dump(), before);
    case.run(&["status"]);
    case.run(&["restore"]);
    assert_eq!(case.dump(), before);
    let said = case
        .on_plan(&["status"])
        .env("UNIFIED_ID_LIBDUCKDB", "/nowhere/libduckdb.so")
        .output()
        .unwrap();
    assert_eq!(said.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&said.stderr).contains("libduckdb cannot be loaded"));
}
