//! Indexes that are filled behind the rows: they are the ones that SQL would make, whatever comes meanwhile.

use std::collections::BTreeMap;

use id_migrate::engine::{Engine, Phase};
use id_migrate::run;
use id_migrate::sqlite::Sqlite;
use rusqlite::Connection;

use super::Case;

/// A key and children with every kind of index; those that can be filled in order have a name that begins with `o_`.
const INDEXES: &str = "CREATE TABLE p (id TEXT PRIMARY KEY, at INT); \
    CREATE TABLE c (n INTEGER PRIMARY KEY, p TEXT NOT NULL REFERENCES p(id), note TEXT, gap TEXT, score REAL); \
    CREATE TABLE w (p TEXT REFERENCES p(id), n INT, PRIMARY KEY (p, n)) WITHOUT ROWID; \
    CREATE INDEX o_p ON c(p); CREATE INDEX o_two ON c (note COLLATE NOCASE, p COLLATE RTRIM); CREATE INDEX \"o_ \"\" q\" ON c(note, p); \
    CREATE INDEX down ON c(p DESC); CREATE UNIQUE INDEX one ON c(p, n); CREATE INDEX part ON c(p) WHERE n > 9; \
    CREATE INDEX made ON c(lower(note), p); CREATE INDEX alias ON c(p, n); CREATE INDEX nulls ON c(gap, p); CREATE INDEX reals ON c(score, p); CREATE INDEX wn ON w(n); \
    WITH RECURSIVE r(x) AS (SELECT 0 UNION ALL SELECT x + 1 FROM r WHERE x < 1999) \
    INSERT INTO p SELECT printf('key-%08x', (x * 2654435761) % 4294967296), x FROM r; \
    INSERT INTO c SELECT at, id, CASE at % 3 WHEN 0 THEN 'A' WHEN 1 THEN 'a' ELSE x'00ff' END || at % 7, nullif(at % 5, 0), at / 8.0 FROM p; \
    INSERT INTO w SELECT id, at FROM p;";

const KEYS: &[&str] = &["p.id=stable"];

fn filled(sql: &str) -> Vec<String> {
    let case = Case::new(sql);
    let mut engine = Sqlite::open(case.plan(KEYS), true).unwrap();
    let mut seen = BTreeMap::new();
    let mut note = |what: &str| {
        if let Some(name) = what.strip_prefix("index ") {
            *seen.entry(name.to_owned()).or_insert(0) += 1;
        }
    };
    run::run(&mut engine, Phase::Contract, 0, &mut |event| note(&event.what)).unwrap();
    seen.into_keys().collect()
}

#[test]
fn every_kind_of_index_is_there_afterwards_and_after_the_way_back() {
    for pragma in ["journal_mode = WAL", "encoding = 'UTF-16be'", "auto_vacuum = 1"] {
        let sql = format!("PRAGMA {pragma}; {INDEXES}");
        assert_eq!(filled(&sql), ["o_ \" q of c", "o_p of c", "o_two of c", "of ids of p"]);
        Case::new(&sql).there_and_back(KEYS);
    }
}

/// Runs to the end, with a write at the first report of this name.
fn run_with(case: &Case, report: &str, write: &str) -> Sqlite {
    let mut engine = Sqlite::open(case.plan(KEYS), true).unwrap();
    let mut is_written = false;
    run::run(&mut engine, Phase::Contract, 0, &mut |event| {
        if event.what == report && event.phase == Phase::Backfill && !is_written {
            is_written = true;
            Connection::open(&case.path).unwrap().execute_batch(write).unwrap();
        }
    })
    .unwrap();
    assert!(is_written, "no report of {report}");
    engine
}

#[test]
fn what_is_written_while_an_index_is_filled_is_in_it() {
    let sql = INDEXES.replace("p TEXT NOT NULL", "p TEXT");
    let writes = "UPDATE c SET p = NULL WHERE n IN (3, 4, 1999); INSERT INTO c (n, p) VALUES (5000, NULL), (5001, 'key-00000000'); \
        DELETE FROM c WHERE n = 7; INSERT INTO p VALUES ('late', 1); UPDATE c SET p = 'late' WHERE n = 8;";
    for mode in ["DELETE", "WAL"] {
        for report in ["ids of p", "index of ids of p", "rows of c", "index o_p of c"] {
            let case = Case::new(&format!("PRAGMA journal_mode = {mode}; {sql}"));
            let mut engine = run_with(&case, report, writes);
            let db = Connection::open(&case.path).unwrap();
            let of = |sql: &str| -> u32 { db.query_row(sql, [], |row| row.get(0)).unwrap() };
            assert_eq!(of("SELECT count(*) FROM c NOT INDEXED"), 2001, "{report}");
            assert_eq!(of("SELECT count(*) FROM c INDEXED BY o_p WHERE p IS NULL"), 4, "{report}");
            let joined = "SELECT count(*) FROM c JOIN p ON p.id = c.p WHERE length(p.id) = 26";
            assert_eq!(of(joined), 1997, "{report}");
            engine.rollback(&mut |_| {}).unwrap();
            let other = Case::new(&sql);
            Connection::open(&other.path).unwrap().execute_batch(writes).unwrap();
            assert_eq!(case.dump("_uid"), other.dump("_uid"), "{mode} {report}");
        }
    }
}

/// The index over the new ids is made behind them: it is there that two keys with one id are found.
#[test]
fn a_late_key_with_the_id_of_another_one_gets_a_fresh_one() {
    let case = Case::new(
        "CREATE TABLE t (id TEXT PRIMARY KEY, n INT); CREATE TABLE c (t_id TEXT REFERENCES t, n INT); \
         WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r WHERE x < 700) \
         INSERT INTO t SELECT printf('018bcfe5-6880-7000-8000-%012x', x), x FROM r; INSERT INTO c SELECT id, n FROM t;",
    );
    let mut plan = case.plan(&["t.id=bits"]);
    plan.settings.batch_rows = 100;
    let before = case.dump("_uid");
    Case::run(&plan, Phase::Expand).unwrap();
    let db = Connection::open(&case.path).unwrap();
    db.execute_batch(
        "INSERT INTO t SELECT upper(replace(id, '-', '')), n + 1000 FROM t WHERE n % 100 = 1; \
         INSERT INTO c SELECT id, n FROM t WHERE n > 1000;",
    )
    .unwrap();
    // A run that died behind some of them goes on.
    let mut engine = Sqlite::open(plan.clone(), true).unwrap();
    let wreck = case.path.with_file_name("wreck.sqlite");
    // A batch may be smaller than was asked for.
    run::run(&mut engine, Phase::Contract, 0, &mut |event| {
        let is_half = event.what == "index of ids of t" && event.done > 300 && event.done < 700;
        if is_half && !wreck.exists() {
            std::fs::copy(&case.path, &wreck).unwrap();
        }
    })
    .unwrap();
    assert!(wreck.exists(), "no report from the middle of the index");
    drop(engine);
    let mut other = plan.clone();
    wreck.to_str().unwrap().clone_into(&mut other.database);
    Case::run(&other, Phase::Contract).unwrap();
    for (path, plan) in [(&case.path, plan), (&wreck, other)] {
        let db = Connection::open(path).unwrap();
        let of = |sql: &str| -> u32 { db.query_row(sql, [], |row| row.get(0)).unwrap() };
        assert_eq!(of("SELECT count(*) FROM _uid_map_1 WHERE origin = 'random'"), 7);
        assert_eq!(of("SELECT count(DISTINCT new) FROM _uid_map_1"), 707);
        assert_eq!(of("SELECT count(*) FROM t JOIN c ON c.t_id = t.id AND c.n = t.n"), 707);
        let case = Case { _folder: super::folder(), path: path.clone() };
        Sqlite::open(plan, true).unwrap().rollback(&mut |_| {}).unwrap();
        db.execute_batch("DELETE FROM c WHERE n > 1000; DELETE FROM t WHERE n > 1000;").unwrap();
        assert_eq!(case.dump("_uid"), before);
    }
}
