//! A process that dies and a disk that is full, at every point that a run tells of; the real kills are tests of the command.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use id_migrate::engine::{Engine, Phase, Watch};
use id_migrate::sqlite::{Sqlite, pause};
use id_migrate::{ErrorKind, Plan, run};
use rusqlite::Connection;
use tempfile::TempDir;

use super::{Case, SHOP, folder};

const KEYS: &[&str] = &["users.id=stable"];

/// A table with an index that is filled behind its rows.
const NOTES: &str = "CREATE TABLE notes (n INTEGER PRIMARY KEY, user_id INT NOT NULL REFERENCES users, word TEXT); \
    INSERT INTO notes SELECT id + 9, abs(id * 37) % 300, name FROM users; CREATE INDEX notes_user ON notes(user_id, word);";

/// What a process that died left: its files, and the phase that it was in.
struct Wreck {
    folder: TempDir,
    plan: Plan,
    phase: Phase,
    what: String,
}

impl Wreck {
    /// Copies all files as they are: what was written stays in them when a process is killed.
    fn of(case: &Case, plan: &Plan, phase: Phase, what: &str) -> Self {
        let folder = folder();
        for file in std::fs::read_dir(case.path.parent().unwrap()).unwrap() {
            let file = file.unwrap();
            std::fs::copy(file.path(), folder.path().join(file.file_name())).unwrap();
        }
        let path = folder.path().join(case.path.file_name().unwrap());
        let plan = Plan { database: path.to_str().unwrap().to_owned(), ..plan.clone() };
        Self { folder, plan, phase, what: what.to_owned() }
    }

    /// Does the rest, and returns every row.
    fn after(self, rest: impl FnOnce(&mut Sqlite, &mut Watch<'_>)) -> Vec<String> {
        rest(&mut Sqlite::open(self.plan.clone(), true).unwrap(), &mut |_| {});
        let path = Path::new(&self.plan.database).to_owned();
        Case { _folder: self.folder, path }.dump("_uid")
    }
}

fn contract(engine: &mut Sqlite, watch: &mut Watch<'_>) {
    run::run(engine, Phase::Contract, 0, watch).unwrap();
}

fn rollback(engine: &mut Sqlite, watch: &mut Watch<'_>) {
    engine.rollback(watch).unwrap();
}

#[test]
fn a_process_that_dies_at_any_report_leaves_what_the_next_one_goes_on_from() {
    for mode in ["DELETE", "WAL"] {
        let case = Case::new(&format!("PRAGMA journal_mode = {mode}; {SHOP} {NOTES}"));
        let plan = case.plan(KEYS);
        let before = case.dump("_uid");
        let (mut there, mut back) = (Vec::new(), Vec::new());
        let mut engine = Sqlite::open(plan.clone(), true).unwrap();
        contract(&mut engine, &mut |event| {
            there.push(Wreck::of(&case, &plan, event.phase, &event.what));
        });
        let after = case.dump("_uid");
        rollback(&mut engine, &mut |event| {
            back.push(Wreck::of(&case, &plan, event.phase, &event.what));
        });
        drop(engine);
        assert_eq!(case.dump("_uid"), before);
        let phases: BTreeSet<Phase> = there.iter().chain(&back).map(|wreck| wreck.phase).collect();
        let all = Phase::RUN[..7].iter().copied().chain([Phase::Back, Phase::Drop]);
        assert_eq!(phases, all.collect(), "{mode}");
        for wreck in there {
            let told = format!("{mode} {:?} {}", wreck.phase, wreck.what);
            assert_eq!(wreck.after(contract), after, "{told}");
        }
        for wreck in back {
            let told = format!("{mode} {:?} {}", wreck.phase, wreck.what);
            assert_eq!(wreck.after(rollback), before, "{told}");
        }
    }
}

/// Makes room in small steps, until a step gets through; returns how often the disk was full.
fn in_a_small_room(
    case: &Case,
    engine: &mut Sqlite,
    mut step: impl FnMut(&mut Sqlite) -> id_migrate::Result<()>,
    mut check: impl FnMut(),
) -> u32 {
    let mut room: u32 = Connection::open(&case.path)
        .unwrap()
        .query_row("PRAGMA page_count", [], |row| row.get(0))
        .unwrap();
    for tries in 0..1000 {
        engine.limit_pages(Some(room)).unwrap();
        let Err(error) = step(engine) else { return tries };
        assert_eq!(error.kind(), ErrorKind::Stopped, "{error}");
        assert!(error.to_string().contains("the disk is full"), "{error}");
        assert!(error.help().contains("room") && error.help().contains("resume"));
        check();
        room += 3;
    }
    panic!("there is never room enough");
}

#[test]
fn a_disk_that_is_full_again_and_again_costs_nothing_but_time() {
    for mode in ["DELETE", "WAL"] {
        let sql = format!("PRAGMA journal_mode = {mode}; PRAGMA page_size = 1024; {SHOP}");
        let whole = Case::new(&sql);
        Case::run(&whole.plan(KEYS), Phase::Contract).unwrap();
        let case = Case::new(&sql);
        let before = case.dump("_uid");
        let mut engine = Sqlite::open(case.plan(KEYS), true).unwrap();
        let mut full = BTreeMap::new();
        for phase in &Phase::RUN[..7] {
            let step = |engine: &mut Sqlite| run::run(engine, *phase, 0, &mut |_| {}).map(|_| ());
            let check = || {
                assert!(*phase > Phase::Verify || case.dump("_uid") == before, "{phase:?}");
            };
            full.insert(phase.name(), in_a_small_room(&case, &mut engine, step, check));
        }
        assert_eq!(case.dump("_uid"), whole.dump("_uid"), "{mode}");
        // What the contract has freed would be room enough for the way back.
        Connection::open(&case.path).unwrap().execute_batch("VACUUM").unwrap();
        full.insert(
            "back",
            in_a_small_room(&case, &mut engine, |engine| engine.rollback(&mut |_| {}), || {}),
        );
        drop(engine);
        assert_eq!(case.dump("_uid"), before, "{mode}");
        for phase in ["expand", "backfill", "back"] {
            assert!(full[phase] > 0, "{mode}: {full:?}");
        }
    }
}

#[test]
fn a_run_that_is_paused_waits_until_it_may_go_on() {
    let case = Case::new(&format!("PRAGMA journal_mode = WAL; {SHOP}"));
    let mut plan = case.plan(KEYS);
    plan.settings.batch_rows = 100;
    assert_eq!(pause(&plan, true).unwrap_err().kind(), ErrorKind::Usage);
    let mut seen = Vec::new();
    let mut engine = Sqlite::open(plan.clone(), true).unwrap();
    run::run(&mut engine, Phase::Contract, 0, &mut |event| {
        let is_batch = event.phase == Phase::Backfill && event.done == 100;
        if is_batch && event.what == "rows of users" {
            assert!(pause(&plan, true).unwrap());
            assert!(!pause(&plan, true).unwrap());
        }
        if event.what == "paused" {
            assert!(pause(&plan, false).unwrap());
            assert!(!pause(&plan, false).unwrap());
        }
        seen.push((event.what.clone(), event.done));
    })
    .unwrap();
    let at = seen.iter().position(|(what, _)| what == "paused").unwrap();
    assert_eq!(seen[at - 1], ("rows of users".to_owned(), 100));
    assert_eq!(seen[at + 1], ("rows of users".to_owned(), 200));
}

#[test]
fn batches_and_rate_are_what_the_settings_say() {
    let case = Case::new(SHOP);
    let mut plan = case.plan(KEYS);
    plan.settings.batch_rows = 100;
    plan.settings.rows_per_second = 5000;
    let mut engine = Sqlite::open(plan, true).unwrap();
    let mut batches = Vec::new();
    let begun = std::time::Instant::now();
    run::run(&mut engine, Phase::Contract, 0, &mut |event| {
        if event.what == "rows of users" && event.phase == Phase::Backfill {
            batches.push(event.done);
        }
    })
    .unwrap();
    assert_eq!(batches, [0, 100, 200, 300, 400, 500, 600, 700, 800, 704]);
    // 704 keys, 704 users: at this rate not less than a fifth of a second.
    assert!(begun.elapsed() >= std::time::Duration::from_millis(200));
}
