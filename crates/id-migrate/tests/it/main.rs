//! Databases that a tool may stumble over, made here; the realistic ones are run by the tests of the command.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod ahead;
mod bad_luck;
#[cfg(feature = "duckdb")]
mod duckdb;
mod indexes;
#[cfg(feature = "postgres")]
mod hostile;
mod netra;
mod old_scripts;
mod random;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "postgres")]
mod encrypted;
#[cfg(all(feature = "duckdb", feature = "postgres"))]
mod fleet;

use std::path::{Path, PathBuf};

use id_migrate::engine::{Engine, Phase};
use id_migrate::sqlite::{PlanOptions, Sqlite, plan};
use id_migrate::{ErrorKind, KeyRequest, Plan, run};
use rusqlite::Connection;
use tempfile::TempDir;

/// A folder in memory where there is one: what is tested is not the disk.
fn folder() -> TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

struct Case {
    _folder: TempDir,
    path: PathBuf,
}

impl Case {
    fn new(sql: &str) -> Self {
        let folder = folder();
        let path = folder.path().join("shop.sqlite");
        Connection::open(&path).unwrap().execute_batch(sql).unwrap();
        Self { _folder: folder, path }
    }

    fn plan(&self, keys: &[&str]) -> Plan {
        let options = PlanOptions {
            keys: keys.iter().map(|key| KeyRequest::parse(key).unwrap()).collect(),
            run_id: "test".to_owned(),
            ..PlanOptions::default()
        };
        plan(&self.path, &options).unwrap()
    }

    /// Every value of every table that the migration did not make, and the schema.
    fn dump(&self, prefix: &str) -> Vec<String> {
        let db = Connection::open(&self.path).unwrap();
        let all = |sql: &str| -> Vec<String> {
            let mut statement = db.prepare(sql).unwrap();
            statement.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
        };
        let of = format!(
            "type <> 'trigger' AND tbl_name NOT LIKE '{}%' ESCAPE '\\'",
            prefix.replace('_', "\\_")
        );
        let mut dump = all(&format!(
            "SELECT coalesce(sql, name) FROM sqlite_master WHERE {of} ORDER BY rowid"
        ));
        for table in all(&format!(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND {of} ORDER BY name"
        )) {
            let columns = all(&format!(
                "SELECT printf('typeof(\"%w\")||hex(\"%w\")', name, name) FROM pragma_table_xinfo('{}')",
                table.replace('\'', "''")
            ));
            dump.push(table.clone());
            dump.extend(all(&format!(
                "SELECT {} FROM \"{}\" ORDER BY 1",
                columns.join("||'|'||"),
                table.replace('"', "\"\"")
            )));
        }
        assert_eq!(all("PRAGMA integrity_check"), ["ok"]);
        dump
    }

    fn run(plan: &Plan, until: Phase) -> id_migrate::Result<()> {
        let mut engine = Sqlite::open(plan.clone(), true)?;
        run::run(&mut engine, until, 0, &mut |_| {}).map(|_| ())
    }

    /// There, and back from before and after the old side is dropped.
    #[track_caller]
    fn there_and_back(&self, keys: &[&str]) {
        let before = self.dump("_uid");
        for until in [Phase::Verify, Phase::Switch, Phase::Contract] {
            let plan = self.plan(keys);
            Self::run(&plan, until).unwrap();
            assert_eq!(self.dump("_uid") != before, until > Phase::Verify, "{until:?}");
            Sqlite::open(plan.clone(), true).unwrap().rollback(&mut |_| {}).unwrap();
            assert_eq!(self.dump("_uid"), before, "{until:?}");
            std::fs::remove_file(format!("{}.test.backup", self.path.display())).unwrap();
        }
    }
}

const SHOP: &str = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT); \
    CREATE TABLE orders (user_id INT REFERENCES users ON DELETE CASCADE, n INT, PRIMARY KEY (user_id, n)) WITHOUT ROWID; \
    WITH RECURSIVE c(x) AS (SELECT -3 UNION ALL SELECT x + 1 FROM c WHERE x < 700) INSERT INTO users SELECT x, 'u' || x FROM c; \
    INSERT INTO orders SELECT id, id * 2 FROM users WHERE id % 3 = 0;";

#[test]
fn other_encodings_page_sizes_and_vacuums() {
    for pragma in [
        "encoding = 'UTF-16le'",
        "page_size = 512",
        "page_size = 65536",
        "auto_vacuum = 1",
        "auto_vacuum = 2",
        "journal_mode = WAL",
    ] {
        Case::new(&format!("PRAGMA {pragma}; {SHOP}")).there_and_back(&["users.id=stable"]);
    }
}

#[test]
fn mixed_storage_classes_in_one_key() {
    let case = Case::new(
        "PRAGMA foreign_keys = OFF; CREATE TABLE t (k PRIMARY KEY, v); CREATE TABLE c (k REFERENCES t(k), n); \
         INSERT INTO t VALUES ('a', 1), (x'6162', 2), (7.5, 3), (9, 4), (NULL, 5), ('', 6); INSERT INTO c SELECT k, v FROM t; \
         INSERT INTO c VALUES ('nobody', 7);",
    );
    case.there_and_back(&["t.k=stable"]);
}

#[test]
fn numbers_and_texts_in_one_key_have_an_order() {
    // As bytes the number 10 stands before the text 5, and that before the number 9.
    let case = Case::new(
        "CREATE TABLE t (k PRIMARY KEY, n INT); WITH RECURSIVE r(x) AS (SELECT 0 UNION ALL SELECT x + 1 FROM r WHERE x < 199) \
         INSERT INTO t SELECT CASE x % 5 WHEN 0 THEN x WHEN 1 THEN '' || (x - 1) WHEN 2 THEN 'a' || x WHEN 3 THEN CAST('b' || x AS BLOB) ELSE x + 0.5 END, 1700000000 + x FROM r;",
    );
    assert_eq!(case.plan(&["t.k=created-at:n"]).keys[0].rows, 200);
}

#[test]
fn a_reference_in_another_spelling_comes_back_as_it_was() {
    let case = Case::new(
        "CREATE TABLE p (sku TEXT PRIMARY KEY COLLATE NOCASE); CREATE TABLE i (sku TEXT REFERENCES p(sku), doc TEXT); \
         INSERT INTO p VALUES ('Abc-1'), ('Def-2'); \
         INSERT INTO i VALUES ('ABC-1', '{ \"sku\" : \"Def-2\", \"x\": [1] }'), ('abc-1', '{\"sku\":\"D\\u0065f-2\"}'), ('Def-2', NULL);",
    );
    case.there_and_back(&["p.sku=stable"]);
}

#[test]
fn names_that_the_tool_would_choose() {
    let case =
        Case::new(&format!("CREATE TABLE _uid_state (k, v); CREATE TABLE _uid2_map_1 (x); {SHOP}"));
    let plan = case.plan(&["users.id=stable"]);
    assert_eq!(plan.prefix, "_uid3_");
    Case::run(&plan, Phase::Contract).unwrap();
}

#[test]
fn a_long_chain_of_references_follows() {
    let mut sql =
        "CREATE TABLE t0 (id TEXT PRIMARY KEY); INSERT INTO t0 VALUES ('a'), ('b');".to_owned();
    for no in 1..30 {
        sql.extend([format!(
            "CREATE TABLE t{no} (id TEXT PRIMARY KEY REFERENCES t{}(id)); INSERT INTO t{no} SELECT id FROM t{};",
            no - 1,
            no - 1
        )]);
    }
    let case = Case::new(&sql);
    assert_eq!(case.plan(&["t0.id=stable"]).references.len(), 29);
    case.there_and_back(&["t0.id=stable"]);
}

#[test]
fn a_second_run_at_the_same_time_is_refused() {
    let case = Case::new(SHOP);
    let plan = case.plan(&["users.id=stable"]);
    let _first = Sqlite::open(plan.clone(), true).unwrap();
    assert_eq!(Sqlite::open(plan, true).unwrap_err().kind(), ErrorKind::Busy);
}

#[test]
fn writes_of_every_phase_arrive_on_both_sides() {
    let case = Case::new(SHOP);
    let plan = case.plan(&["users.id=stable"]);
    Case::run(&plan, Phase::Verify).unwrap();
    let write = |sql: &str| Connection::open(&case.path).unwrap().execute_batch(sql).unwrap();
    // An orphan whose parent comes later, a replaced row, a changed key, a deleted parent with its children.
    write(
        "PRAGMA foreign_keys = ON; INSERT OR REPLACE INTO users VALUES (5, 'again'); UPDATE users SET id = 9000 WHERE id = 1; DELETE FROM users WHERE id = 6;",
    );
    write("PRAGMA foreign_keys = OFF; INSERT INTO orders VALUES (8000, 1);");
    write("INSERT INTO users VALUES (8000, 'late');");
    let before = case.dump("_uid");
    Case::run(&plan, Phase::Soak).unwrap();
    let joined =
        "SELECT count(*) FROM orders o JOIN users u ON u.id = o.user_id WHERE length(u.id) = 26";
    let count: u64 =
        Connection::open(&case.path).unwrap().query_row(joined, [], |row| row.get(0)).unwrap();
    assert_eq!(count, 235);
    // A program that still refers to the old key, and one that lets the database make one.
    write("PRAGMA foreign_keys = ON; INSERT INTO orders VALUES (8000, 2);");
    write("INSERT INTO users (name) VALUES ('new');");
    let follows: u64 = Connection::open(&case.path)
        .unwrap()
        .query_row("SELECT count(*) FROM orders WHERE n = 2 AND length(user_id) = 26", [], |row| {
            row.get(0)
        })
        .unwrap();
    assert_eq!(follows, 1);
    Sqlite::open(plan, true).unwrap().rollback(&mut |_| {}).unwrap();
    write(
        "DELETE FROM orders WHERE n = 2 AND user_id = 8000; DELETE FROM users WHERE name = 'new' AND typeof(id) = 'integer';",
    );
    assert_eq!(
        case.dump("_uid"),
        before.iter().filter(|line| !line.is_empty()).cloned().collect::<Vec<_>>()
    );
}

/// A write of the application costs the same, however much it wrote since the migration began.
#[test]
fn a_write_does_not_read_the_whole_log() {
    let case = Case::new(&format!(
        "{SHOP} CREATE TABLE words (w TEXT PRIMARY KEY, user_id INT) WITHOUT ROWID;"
    ));
    Case::run(&case.plan(&["users.id=stable", "words.w=stable"]), Phase::Expand).unwrap();
    let db = Connection::open(&case.path).unwrap();
    let triggers: Vec<String> = db
        .prepare("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%\\_insert' ESCAPE '\\'")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    assert_eq!(triggers.len(), 3);
    for sql in triggers {
        // What the trigger does, with a column of the table's own type in place of the new row's.
        let table = sql.split(" ON ").nth(1).unwrap().split_whitespace().next().unwrap();
        let (_, body) = sql.split_once("BEGIN ").unwrap();
        let body = body.trim_end_matches("END").trim().trim_end_matches(';');
        let asked = body.replace("NEW.", "t.").replacen(
            " WHERE NOT",
            &format!(" FROM {table} t WHERE NOT"),
            1,
        );
        let steps: Vec<String> = db
            .prepare(&format!("EXPLAIN QUERY PLAN {asked}"))
            .unwrap()
            .query_map([], |row| row.get(3))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        assert!(steps.iter().any(|step| step.starts_with("SEARCH l")), "{sql}: {steps:?}");
    }
}

#[test]
fn a_full_disk_leaves_a_state_that_goes_on() {
    let case = Case::new(SHOP);
    let before = case.dump("_uid");
    let plan = case.plan(&["users.id=stable"]);
    let mut engine = Sqlite::open(plan.clone(), true).unwrap();
    engine.limit_pages(Some(12)).unwrap();
    let error = run::run(&mut engine, Phase::Contract, 0, &mut |_| {}).unwrap_err();
    assert!(error.to_string().contains("full"), "{error}");
    assert_eq!(case.dump("_uid"), before);
    engine.limit_pages(None).unwrap();
    run::run(&mut engine, Phase::Contract, 0, &mut |_| {}).unwrap();
    drop(engine);
    Sqlite::open(plan, true).unwrap().rollback(&mut |_| {}).unwrap();
    assert_eq!(case.dump("_uid"), before);
}

#[test]
fn no_rows_are_no_error() {
    let case = Case::new(
        "CREATE TABLE users (id INTEGER PRIMARY KEY); CREATE TABLE o (user_id INT REFERENCES users);",
    );
    Case::run(&case.plan(&["users.id=stable"]), Phase::Contract).unwrap();
}

#[test]
fn a_full_text_table_over_the_key_blocks() {
    let case = Case::new(
        "CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT); CREATE VIRTUAL TABLE f USING fts5(body, content=notes, content_rowid=id);",
    );
    let plan = case.plan(&["notes.id=stable"]);
    assert!(plan.blockers().any(|finding| finding.what.contains("full-text")));
    assert_eq!(Case::run(&plan, Phase::Contract).unwrap_err().kind(), ErrorKind::Blocked);
}

#[test]
fn a_check_that_refuses_new_ids_blocks() {
    let case = Case::new(
        "CREATE TABLE j (id TEXT PRIMARY KEY CHECK (length(id) = 8)); INSERT INTO j VALUES ('12345678');",
    );
    assert!(
        case.plan(&["j.id=stable"])
            .blockers()
            .any(|finding| finding.what.contains("does not take new ids"))
    );
}

#[test]
fn a_plan_writes_nothing() {
    let case = Case::new(SHOP);
    let bytes = std::fs::read(&case.path).unwrap();
    case.plan(&["users.id=stable"]);
    assert_eq!(std::fs::read(&case.path).unwrap(), bytes);
    assert!(plan(Path::new("/nowhere/at.all"), &PlanOptions::default()).is_err());
}

/// A text may hold what no `String` can, and a NUL, where SQLite's own `quote` would cut it.
#[test]
fn texts_that_are_no_text() {
    let mut sql = "CREATE TABLE t (k TEXT PRIMARY KEY, doc TEXT) WITHOUT ROWID; CREATE TABLE c (k TEXT REFERENCES t, n INT);"
        .to_owned();
    for no in 0..120 {
        sql.extend([format!(
            "INSERT INTO t VALUES (CAST(x'61{no:02x}00{no:02x}ff' AS TEXT), CAST(x'7b22ff{no:02x}' AS TEXT)); INSERT INTO c SELECT k, {no} FROM t WHERE doc = CAST(x'7b22ff{no:02x}' AS TEXT);"
        )]);
    }
    Case::new(&sql).there_and_back(&["t.k=stable"]);
}

#[test]
fn rows_of_one_millisecond_keep_their_order() {
    let case = Case::new(
        "CREATE TABLE j (n INTEGER PRIMARY KEY, id TEXT UNIQUE, at INT); \
         WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 900) INSERT INTO j SELECT x, 'job-' || x, 1700000000000 + x / 300 FROM c;",
    );
    for keeps in [true, false] {
        let options = PlanOptions {
            keys: vec![KeyRequest::parse("j.id=created-at:at").unwrap()],
            keep_order: if keeps { vec!["j.id".to_owned()] } else { Vec::new() },
            run_id: "order".to_owned(),
            ..PlanOptions::default()
        };
        let plan = plan(&case.path, &options).unwrap();
        let mut engine = Sqlite::open(plan.clone(), true).unwrap();
        let ended = run::run(&mut engine, Phase::Switch, 0, &mut |_| {}).unwrap();
        assert_eq!(ended.verification.unwrap().inversions == 0, keeps);
        let db = Connection::open(&case.path).unwrap();
        let ids: Vec<String> = db
            .prepare("SELECT id FROM j ORDER BY n")
            .unwrap()
            .query_map([], |row| row.get(0))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        assert_eq!(ids.is_sorted(), keeps);
        let ranks: u32 = db
            .query_row("SELECT count(DISTINCT rank) FROM _uid_map_1", [], |row| row.get(0))
            .unwrap();
        assert_eq!(ranks, if keeps { 300 } else { 0 });
        engine.rollback(&mut |_| {}).unwrap();
    }
}

#[test]
fn what_meets_another_id_gets_its_fallback_and_what_nothing_takes_a_fresh_one() {
    let case = Case::new(
        "CREATE TABLE t (id TEXT PRIMARY KEY, n INT); CREATE TABLE c (t_id TEXT REFERENCES t, n INT); \
         INSERT INTO t VALUES ('018bcfe5-6880-7000-8000-000000000001', 1), ('01HF7YAT0070080000000000001', 2), ('018BCFE568807000800000000000000A', 3), ('01HF7YAT00E008000000000001', 4); \
         INSERT INTO c SELECT id, n FROM t;",
    );
    assert!(case.plan(&["t.id=bits"]).blockers().count() > 0);
    let options = PlanOptions {
        keys: vec![KeyRequest::parse("t.id=bits").unwrap()],
        fallbacks: vec![("t.id".to_owned(), id_migrate::mapping::Mapping::Stable)],
        run_id: "fallback".to_owned(),
        ..PlanOptions::default()
    };
    let plan = plan(&case.path, &options).unwrap();
    assert_eq!(plan.blockers().count(), 0, "{:?}", plan.findings);
    let before = case.dump("_uid");
    Case::run(&plan, Phase::Expand).unwrap();
    Connection::open(&case.path)
        .unwrap()
        .execute_batch("INSERT INTO t VALUES ('late', 9); INSERT INTO c VALUES ('late', 9);")
        .unwrap();
    Case::run(&plan, Phase::Contract).unwrap();
    let db = Connection::open(&case.path).unwrap();
    let pairs: u32 = db
        .query_row("SELECT count(*) FROM t JOIN c ON c.t_id = t.id AND c.n = t.n", [], |row| {
            row.get(0)
        })
        .unwrap();
    assert_eq!(pairs, 5);
    Sqlite::open(plan, true).unwrap().rollback(&mut |_| {}).unwrap();
    db.execute_batch("DELETE FROM c WHERE n = 9; DELETE FROM t WHERE n = 9;").unwrap();
    assert_eq!(case.dump("_uid"), before);
}

#[test]
fn a_file_of_a_newer_sqlite_is_named() {
    use std::io::{Seek, SeekFrom, Write};
    for (place, value) in [(19, 3), (18, 9), (47, 5)] {
        let case = Case::new(SHOP);
        let mut file = std::fs::OpenOptions::new().write(true).open(&case.path).unwrap();
        file.seek(SeekFrom::Start(place)).unwrap();
        file.write_all(&[value]).unwrap();
        let error = plan(&case.path, &PlanOptions::default()).unwrap_err();
        assert!(error.to_string().contains("newer SQLite"), "{error}");
        assert_eq!(error.kind(), ErrorKind::Environment);
    }
}

#[test]
fn a_damaged_file_is_named() {
    use std::io::{Seek, SeekFrom, Write};
    let case = Case::new(SHOP);
    let plan = case.plan(&["users.id=stable"]);
    let mut file = std::fs::OpenOptions::new().write(true).open(&case.path).unwrap();
    file.seek(SeekFrom::Start(4096 + 8)).unwrap();
    file.write_all(&[0xee; 3000]).unwrap();
    let error = Case::run(&plan, Phase::Contract).unwrap_err();
    assert!(error.to_string().contains("damaged"), "{error}");
}

/// The statements for review are those of the run: they make the same tables.
#[test]
fn scripts_can_be_run() {
    let case = Case::new(SHOP);
    let plan = case.plan(&["users.id=stable"]);
    let scripts =
        id_migrate::database::scripts(&plan, &id_migrate::database::Access::default()).unwrap();
    let names: Vec<&str> = scripts.iter().map(|(name, _)| *name).collect();
    assert_eq!(
        names,
        ["1-expand.sql", "2-backfill.sql", "3-switch.sql", "4-contract.sql", "rollback.sql"]
    );
    let copy = case.path.with_extension("copy");
    std::fs::copy(&case.path, &copy).unwrap();
    let db = Connection::open(&copy).unwrap();
    db.execute_batch(&scripts[0].1).unwrap();
    let of = |db: &Connection| -> Vec<String> {
        db.prepare(
            "SELECT sql FROM sqlite_master WHERE name LIKE '\\_uid%' ESCAPE '\\' ORDER BY name",
        )
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap()
    };
    Case::run(&plan, Phase::Expand).unwrap();
    let here = Connection::open(&case.path).unwrap();
    assert_eq!(of(&db), of(&here));
    assert!(scripts[1].1.contains("unified_id_map(0, t.\"id\""));
}
