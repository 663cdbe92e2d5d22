//! What the migrations of the old systems did wrong when they were run, one test for each; the guide lists them by name.

use std::sync::atomic::{AtomicU32, Ordering};

use id_migrate::engine::{Engine, Phase};
use id_migrate::mapping::{Form, Mapper, Mapping, graph::GraphMap};
use id_migrate::plan::Tolerance;
use id_migrate::sqlite::{PlanOptions, Sqlite, plan};
use id_migrate::{ErrorKind, KeyRequest, MigrateError, database, run};
use rusqlite::Connection;

use super::Case;

/// The tables of the old quality checks, with what their migrations fell over: indexes on the key, a comment in a statement,
/// a trigger, children with and without a foreign key.
const JOBS: &str = "-- jobs of all projects\n\
    CREATE TABLE jobs (\n  id INTEGER PRIMARY KEY,\n  -- named by the program\n  job_id TEXT NOT NULL UNIQUE, start_time TEXT, status TEXT);\n\
    -- found by status\nCREATE INDEX jobs_status ON jobs(status, job_id);\n\
    CREATE TABLE errors (id INTEGER PRIMARY KEY, job_id TEXT REFERENCES jobs(job_id) ON DELETE CASCADE, message TEXT);\n\
    CREATE INDEX errors_job ON errors(job_id);\n\
    CREATE TABLE hooks (id INTEGER PRIMARY KEY, job_id TEXT NOT NULL, name TEXT);\n\
    CREATE TABLE strategies (id INTEGER PRIMARY KEY, job_id TEXT, score REAL);\n\
    CREATE TABLE seen (n INT);\n\
    CREATE TRIGGER count_jobs AFTER INSERT ON jobs BEGIN INSERT INTO seen VALUES (1); END;\n\
    WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 600) \
    INSERT INTO jobs SELECT x, 'job-' || x, datetime(1700000000 + x / 3, 'unixepoch'), 'done' FROM c;\n\
    INSERT INTO errors SELECT id, 'job-' || (id * 7 % 600 + 1), 'wrong' FROM jobs;\n\
    INSERT INTO hooks SELECT id, 'job-' || (id * 11 % 600 + 1), 'lint' FROM jobs;\n\
    INSERT INTO strategies SELECT id, 'job-' || (id * 13 % 600 + 1), 0.5 FROM jobs;";

const KEY: &[&str] = &["jobs.job_id=created-at:start_time"];

fn one<T: rusqlite::types::FromSql>(case: &Case, sql: &str) -> T {
    Connection::open(&case.path).unwrap().query_row(sql, [], |row| row.get(0)).unwrap()
}

fn execute(case: &Case, sql: &str) {
    Connection::open(&case.path).unwrap().execute_batch(sql).unwrap();
}

/// Runs up to a phase and verifies once more, after the shadows were damaged.
fn verify_after(case: &Case, damage: &str) -> MigrateError {
    let plan = case.plan(KEY);
    Case::run(&plan, Phase::Verify).unwrap();
    execute(case, damage);
    let found = Sqlite::open(plan.clone(), true).unwrap().verify(&mut |_| {}).unwrap();
    run::check(&found, plan.settings.tolerance()).unwrap_err()
}

/// Then: the map was simulated, and no row of a database was read for it.
#[test]
fn the_map_is_made_of_the_rows() {
    let case = Case::new(JOBS);
    let legacy = "SELECT group_concat(job_id) FROM (SELECT job_id FROM jobs ORDER BY id)";
    let before: String = one(&case, legacy);
    Case::run(&case.plan(KEY), Phase::Contract).unwrap();
    let mapped = "SELECT group_concat(legacy) FROM (SELECT m.legacy FROM jobs j JOIN _uid_ids m ON m.new = j.job_id ORDER BY j.id)";
    assert_eq!(one::<String>(&case, mapped), before);
}

/// Then: `generate_ulid()`, a function that no database has; every insert of the application failed.
#[test]
fn no_trigger_calls_a_function_that_is_not_there() {
    for until in [Phase::Expand, Phase::Verify, Phase::Switch, Phase::Contract] {
        let case = Case::new(JOBS);
        Case::run(&case.plan(KEY), until).unwrap();
        // A connection that knows nothing of the migration.
        execute(
            &case,
            "INSERT INTO jobs (job_id, start_time) VALUES ('new', '2026-01-01'); UPDATE jobs SET status = 'x' WHERE job_id = 'new'; \
             INSERT INTO errors (job_id) VALUES ('new'); DELETE FROM errors WHERE job_id = 'new'; DELETE FROM jobs WHERE job_id = 'new';",
        );
    }
}

/// Then: syntax that SQLite does not have; none of eighteen statements could be run.
#[test]
fn every_statement_for_review_is_sql_that_this_database_takes() {
    let case = Case::new(JOBS);
    let scripts = database::scripts(&case.plan(KEY), &database::Access::default()).unwrap();
    let db = Connection::open(&case.path).unwrap();
    // What the connection of a run has beside SQL.
    let flags = rusqlite::functions::FunctionFlags::SQLITE_UTF8;
    db.create_scalar_function("unified_id_literal", 1, flags, |_| Ok("NULL")).unwrap();
    let next = AtomicU32::new(0);
    let map = move |_: &rusqlite::functions::Context<'_>| {
        Ok(format!("id-{}", next.fetch_add(1, Ordering::Relaxed)))
    };
    db.create_scalar_function("unified_id_map", 3, flags, map).unwrap();
    db.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
    for (name, text) in scripts.iter().take(2) {
        db.execute_batch(text).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    let moved: u32 = db
        .query_row(
            "SELECT count(*) FROM _uid_t1 j JOIN _uid_t2 e ON e.job_id = j.job_id WHERE j.job_id LIKE 'id-%'",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(moved, 600);
}

/// Then: DROP COLUMN on the key.
#[test]
fn columns_stay_in_their_place_under_their_names() {
    let schema = "SELECT group_concat(sql, ';') FROM (SELECT sql FROM sqlite_master WHERE name NOT LIKE '\\_uid%' ESCAPE '\\' \
        AND tbl_name NOT LIKE '\\_uid%' ESCAPE '\\' ORDER BY name)";
    for until in [Phase::Expand, Phase::Switch, Phase::Contract] {
        let case = Case::new(JOBS);
        let before: String = one(&case, schema);
        Case::run(&case.plan(KEY), until).unwrap();
        assert_eq!(one::<String>(&case, schema), before, "{until:?}");
    }
}

/// Then: names were put into the statements as they were.
#[test]
fn names_are_quoted() {
    let case = Case::new(
        "CREATE TABLE \"order\" (\"group\" TEXT PRIMARY KEY, \"it's \"\"x\"\"\" INT); CREATE TABLE \"a.b\" (\"select\" TEXT REFERENCES \"order\"(\"group\")); \
         INSERT INTO \"order\" VALUES ('a', 1), ('b', 2); INSERT INTO \"a.b\" VALUES ('b');",
    );
    case.there_and_back(&["order.group=stable"]);
}

/// Then: a tolerance of 0.01 that meant a hundredth of all rows, not a hundredth of a percent.
#[test]
fn a_tolerance_means_what_it_says() {
    let share = Tolerance::parse("0.01%").unwrap();
    assert!(share.allows(1, 10_000) && !share.allows(2, 10_000) && !share.allows(100, 10_000));
    let rows = Tolerance::parse("1").unwrap();
    assert!(rows.allows(1, 10) && !rows.allows(2, 1_000_000));
    assert_eq!(id_migrate::plan::Settings::default().tolerance(), Tolerance::Rows(0));
}

/// Then: two tables with the key were forgotten, and the children of the others never rewritten.
#[test]
fn every_table_that_refers_to_the_key_follows() {
    let case = Case::new(JOBS);
    let plan = case.plan(KEY);
    let mut tables: Vec<&str> =
        plan.references.iter().map(|reference| reference.table.as_str()).collect();
    tables.sort_unstable();
    assert_eq!(tables, ["errors", "hooks", "strategies"]);
    let pairs = |table: &str| {
        format!(
            "SELECT group_concat(j.id || '<' || c.id) FROM {table} c JOIN jobs j ON j.job_id = c.job_id"
        )
    };
    let before: Vec<String> = tables.iter().map(|table| one(&case, &pairs(table))).collect();
    Case::run(&plan, Phase::Contract).unwrap();
    // Each child is at the very row that it was at, not only at some row.
    let sorted = |text: &String| {
        let mut parts: Vec<String> = text.split(',').map(str::to_owned).collect();
        parts.sort();
        parts
    };
    for (table, before) in tables.iter().zip(&before) {
        assert_eq!(sorted(&one(&case, &pairs(table))), sorted(before), "{table}");
        assert_eq!(sorted(before).len(), 600);
    }
}

/// Then: columns were dropped before the indexes on them, and the way back could not bring the old values back.
#[test]
fn the_way_back_brings_indexes_and_values_back() {
    Case::new(JOBS).there_and_back(KEY);
}

/// Then: a statement with a comment above it was skipped, and success was printed.
#[test]
fn a_statement_with_a_comment_is_run() {
    let case = Case::new(JOBS);
    for (name, text) in database::scripts(&case.plan(KEY), &database::Access::default()).unwrap() {
        assert!(text.starts_with("-- "), "{name}");
    }
    Case::run(&case.plan(KEY), Phase::Contract).unwrap();
    assert_eq!(one::<u32>(&case, "SELECT count(*) FROM jobs WHERE length(job_id) = 26"), 600);
}

/// Then: the backfill gave all rows one id.
#[test]
fn every_row_gets_an_id_of_its_own() {
    let case = Case::new(JOBS);
    Case::run(&case.plan(KEY), Phase::Contract).unwrap();
    assert_eq!(one::<u32>(&case, "SELECT count(DISTINCT job_id) FROM jobs"), 600);
    assert_eq!(one::<u32>(&case, "SELECT count(DISTINCT new) FROM _uid_ids"), 600);
    // And one id in two places is found, also where no constraint would.
    let case = Case::new(JOBS);
    let error = verify_after(
        &case,
        "DROP INDEX _uid_map_1_new; UPDATE _uid_map_1 SET new = (SELECT min(new) FROM _uid_map_1); \
         UPDATE _uid_t3 SET job_id = (SELECT min(new) FROM _uid_map_1);",
    );
    assert_eq!(error.kind(), ErrorKind::Verification);
}

/// Then: a migration for a table that the database does not have went through without a word.
#[test]
fn a_table_that_is_not_there_is_an_error() {
    let case = Case::new(JOBS);
    let asked = |key: &str| {
        let options = PlanOptions {
            keys: vec![KeyRequest::parse(key).unwrap()],
            run_id: "test".to_owned(),
            ..PlanOptions::default()
        };
        plan(&case.path, &options).unwrap_err()
    };
    let error = asked("sessions.id=stable");
    assert_eq!(error.kind(), ErrorKind::Usage);
    assert!(error.to_string().contains("sessions"), "{error}");
    assert!(asked("jobs.session_id=stable").to_string().contains("session_id"));
}

/// Then: it was written for the engine of another database.
#[test]
fn a_file_of_another_engine_is_an_error() {
    let case = Case::new(JOBS);
    let mut planned = case.plan(KEY);
    planned.engine = "oracle".to_owned();
    let error = database::open(planned, &database::Access::default(), true).err().unwrap();
    assert!(error.to_string().contains("oracle"), "{error}");
    let other = case.path.with_extension("other");
    std::fs::copy(&case.path, &other).unwrap();
    let mut file = std::fs::OpenOptions::new().write(true).open(&other).unwrap();
    std::io::Write::write_all(&mut file, b"the file of another engine").unwrap();
    let error = plan(&other, &PlanOptions::default()).unwrap_err();
    assert!(error.to_string().contains("no SQLite database"), "{error}");
}

/// Then: the restore was refused exactly when there was a backup.
#[test]
fn a_restore_needs_a_backup_and_takes_it() {
    let case = Case::new(JOBS);
    let before = case.dump("_uid");
    let plan = case.plan(KEY);
    let restore = || Sqlite::open(plan.clone(), true).unwrap().restore(&mut |_| {});
    assert_eq!(restore().unwrap_err().kind(), ErrorKind::Environment);
    Case::run(&plan, Phase::Contract).unwrap();
    restore().unwrap();
    assert_eq!(case.dump("_uid"), before);
}

/// Then: LENGTH = 26 was the whole test of an id, and rows that were none counted as valid.
#[test]
fn a_text_of_26_characters_is_not_yet_an_id() {
    let text = "i-am-no-id-but-26-long-yes";
    assert_eq!(text.len(), 26);
    assert_eq!(Form::Core.read(text.as_bytes()), None);
    let case = Case::new(JOBS);
    let error = verify_after(
        &case,
        &format!(
            "UPDATE _uid_map_1 SET new = '{text}' WHERE legacy = 'job-5'; UPDATE _uid_t1 SET job_id = '{text}' WHERE id = 5; \
             UPDATE _uid_t2 SET job_id = '{text}' WHERE job_id NOT IN (SELECT job_id FROM _uid_t1);"
        ),
    );
    assert!(error.to_string().contains("no id"), "{error}");
}

/// Then: the scripts changed nothing, and said that all went well.
#[test]
fn a_run_that_says_done_has_changed_every_key() {
    let case = Case::new(JOBS);
    Case::run(&case.plan(KEY), Phase::Contract).unwrap();
    for table in ["jobs", "errors", "hooks", "strategies"] {
        let left = format!("SELECT count(*) FROM {table} WHERE job_id LIKE 'job-%'");
        assert_eq!(one::<u32>(&case, &left), 0, "{table}");
    }
}

/// Then: entities got new ids, and their edges still pointed at `system:x`.
#[test]
fn edges_follow_their_entities() {
    let case = Case::new(
        "CREATE TABLE entities (id TEXT PRIMARY KEY, kind TEXT); CREATE TABLE edges (source_id TEXT, target_id TEXT, kind TEXT); \
         INSERT INTO entities VALUES ('system:x', 's'), ('user:alice', 'u'), ('conversation:1', 'c'), ('conversation:2', 'c'); \
         INSERT INTO edges VALUES ('system:x', 'conversation:1', 'contains'), ('system:x', 'conversation:2', 'contains'), ('user:alice', 'conversation:1', 'speaks');",
    );
    Case::run(&case.plan(&["entities.id=stable"]), Phase::Contract).unwrap();
    let whole = "SELECT count(*) FROM edges e JOIN entities a ON a.id = e.source_id JOIN entities b ON b.id = e.target_id WHERE length(a.id) = 26";
    assert_eq!(one::<u32>(&case, whole), 3);
    let mapper = Mapper {
        mapping: Mapping::Stable,
        fallback: None,
        namespace: "akosha".into(),
        table: "entities".into(),
    };
    let map = GraphMap::of(&mapper, [("system:x", None), ("conversation:1", None)]).unwrap();
    let (edges, dangling) = map.edges([("system:x", "conversation:1")]);
    assert_eq!((edges, dangling), (vec![(map.id("system:x"), map.id("conversation:1"))], 0));
}

/// Then: each conversation made a new id for the same user.
#[test]
fn the_same_user_has_the_same_id_everywhere() {
    let id = |rows: &str| {
        let case = Case::new(&format!(
            "CREATE TABLE users (name TEXT PRIMARY KEY); INSERT INTO users VALUES {rows};"
        ));
        let options = PlanOptions {
            keys: vec![KeyRequest::parse("users.name=stable").unwrap()],
            namespace: Some("people".to_owned()),
            run_id: "test".to_owned(),
            ..PlanOptions::default()
        };
        Case::run(&plan(&case.path, &options).unwrap(), Phase::Contract).unwrap();
        one::<String>(&case, "SELECT new FROM _uid_ids WHERE legacy = 'user:alice'")
    };
    assert_eq!(id("('user:alice')"), id("('user:bob'), ('user:alice')"));
}

/// Then: an inner join that looked for missing parents, and so never found one.
#[test]
fn a_parent_that_is_missing_is_found() {
    let error = verify_after(&Case::new(JOBS), "DELETE FROM _uid_t1 WHERE id = 300");
    assert!(error.to_string().contains("jobs") && error.to_string().contains("300"), "{error}");
}

/// Then: an EXISTS that did not look at the row that it was asked about.
#[test]
fn a_child_at_another_parent_is_found() {
    let error = verify_after(
        &Case::new(JOBS),
        "UPDATE _uid_t2 SET job_id = (SELECT job_id FROM _uid_t1 WHERE id = 9) WHERE id = 450",
    );
    assert!(error.to_string().contains("errors") && error.to_string().contains("450"), "{error}");
}

/// Then: LIMIT before the check; only the first rows were looked at.
#[test]
fn the_last_row_is_looked_at_too() {
    let error = verify_after(&Case::new(JOBS), "UPDATE _uid_t4 SET score = 0.25 WHERE id = 600");
    assert!(
        error.to_string().contains("strategies") && error.to_string().contains("600"),
        "{error}"
    );
}

/// Then: `cp` of a database whose last rows stood in its WAL.
#[test]
fn a_backup_holds_what_stands_in_the_wal() {
    let case = Case::new(&format!("PRAGMA journal_mode = WAL; {JOBS}"));
    let plan = case.plan(KEY);
    let writer = Connection::open(&case.path).unwrap();
    writer
        .execute_batch("PRAGMA wal_autocheckpoint = 0; INSERT INTO jobs (job_id) VALUES ('late');")
        .unwrap();
    Case::run(&plan, Phase::Backup).unwrap();
    let backup = Connection::open(format!("{}.test.backup", case.path.display())).unwrap();
    let count: u32 = backup
        .query_row("SELECT count(*) FROM jobs WHERE job_id = 'late'", [], |row| row.get(0))
        .unwrap();
    assert_eq!(count, 1);
}

/// Then: a way back that copied the damaged database over the good copy.
#[test]
fn a_damaged_copy_is_no_backup() {
    use std::io::{Seek, SeekFrom, Write};
    let case = Case::new(JOBS);
    let plan = case.plan(KEY);
    Case::run(&plan, Phase::Contract).unwrap();
    let after = case.dump("_uid");
    let path = format!("{}.test.backup", case.path.display());
    let mut file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
    file.seek(SeekFrom::Start(4096 + 8)).unwrap();
    file.write_all(&[0xee; 3000]).unwrap();
    drop(file);
    assert!(Sqlite::open(plan, true).unwrap().restore(&mut |_| {}).is_err());
    assert_eq!(case.dump("_uid"), after);
}

#[test]
fn the_guide_names_every_test() {
    let guide = std::fs::read_to_string(
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/guide/migrate.md"),
    )
    .unwrap();
    let tests = include_str!("old_scripts.rs")
        .lines()
        .filter_map(|line| line.strip_prefix("fn ")?.strip_suffix("() {"))
        .filter(|name| *name != "the_guide_names_every_test");
    let mut count = 0;
    for name in tests {
        assert!(guide.contains(&format!("`{name}`")), "docs/guide/migrate.md lacks {name}");
        count += 1;
    }
    assert!(count > 20);
}
