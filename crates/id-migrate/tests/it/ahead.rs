//! Look-ups that are made ahead of the rows: what comes between the two is not lost, and nothing gets the id of another row.

use id_migrate::engine::{Engine, Phase};
use id_migrate::run;
use id_migrate::sqlite::Sqlite;
use rusqlite::Connection;

use super::Case;

/// Keys in no order, with times, and children that refer to them in another one.
const SHOP: &str = "PRAGMA foreign_keys = OFF; CREATE TABLE p (n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, at INT); \
    CREATE TABLE c (n INTEGER PRIMARY KEY, p TEXT REFERENCES p(id), other TEXT COLLATE NOCASE REFERENCES p(id)); \
    WITH RECURSIVE r(x) AS (SELECT 0 UNION ALL SELECT x + 1 FROM r WHERE x < 1999) \
    INSERT INTO p SELECT x, printf('key-%08x', (x * 2654435761) % 4294967296), 1700000000 + x FROM r; \
    INSERT INTO c SELECT n, CASE WHEN n % 10 = 9 THEN 'nobody' || n ELSE (SELECT id FROM p WHERE n = c.n * 7919 % 2000) END, upper(id) FROM p c WHERE n % 5 > 0;";

const KEYS: &[&str] = &["p.id=created-at:at"];

/// Rows that get the key of another row, another time, another parent; that go, and come back as others.
const WRITES: &str = "PRAGMA foreign_keys = OFF; UPDATE p SET id = 'aside' WHERE n = 1800; UPDATE p SET id = (SELECT id FROM p WHERE n = 1801) || '-' WHERE n = 3; \
    UPDATE p SET id = 'late-' || n WHERE n BETWEEN 1802 AND 1990; UPDATE p SET at = at + 86400 WHERE n % 11 = 0; \
    DELETE FROM p WHERE n IN (1991, 4); INSERT OR REPLACE INTO p VALUES (1992, 'again', 1600000000); \
    INSERT INTO p VALUES (4, 'fourth', 1), (5000, 'late', 2); \
    UPDATE c SET p = (SELECT id FROM p WHERE n = c.n) WHERE n > 1000; UPDATE c SET p = 'late', other = 'LATE' WHERE n % 7 = 0; \
    DELETE FROM c WHERE n % 13 = 0; INSERT OR REPLACE INTO c VALUES (1801, 'again', NULL), (1999, NULL, 'fourth');";

#[test]
fn what_changes_between_the_look_up_and_the_batch_is_right() {
    let other = Case::new(&format!("{SHOP} {WRITES}"));
    for mode in ["WAL", "DELETE"] {
        for report in ["ids of p", "rows of p", "rows of c"] {
            let case = Case::new(&format!("PRAGMA journal_mode = {mode}; {SHOP}"));
            let mut plan = case.plan(KEYS);
            plan.settings.batch_rows = 100;
            let mut engine = Sqlite::open(plan, true).unwrap();
            let mut is_written = false;
            // The first batches are done then, and the look-ups of the others.
            run::run(&mut engine, Phase::Contract, 0, &mut |event| {
                if event.what == report && (300..900).contains(&event.done) && !is_written {
                    is_written = true;
                    Connection::open(&case.path).unwrap().execute_batch(WRITES).unwrap();
                }
            })
            .unwrap();
            assert!(is_written, "no report of {report}");
            let of = |path, sql: &str| -> u32 {
                Connection::open(path).unwrap().query_row(sql, [], |row| row.get(0)).unwrap()
            };
            let ids = "SELECT count(DISTINCT id) FROM p WHERE length(id) = 26";
            assert_eq!(of(&case.path, ids), of(&other.path, "SELECT count(*) FROM p"), "{report}");
            let rule = "SELECT count(*) FROM _uid_map_1 WHERE origin <> 'created-at'";
            assert_eq!(of(&case.path, rule), 0, "{report}");
            let joined = "SELECT sum(c.n * p.n) FROM c JOIN p ON p.id = c.p";
            assert_eq!(of(&case.path, joined), of(&other.path, joined), "{report}");
            engine.rollback(&mut |_| {}).unwrap();
            assert_eq!(case.dump("_uid"), other.dump("_uid"), "{mode} {report}");
        }
    }
}

#[test]
fn ids_do_not_depend_on_how_they_were_looked_up() {
    let ids = |mode: &str| {
        let case = Case::new(&format!("PRAGMA journal_mode = {mode}; {SHOP}"));
        Case::run(&case.plan(KEYS), Phase::Switch).unwrap();
        case.dump("_uid")
    };
    assert_eq!(ids("WAL"), ids("DELETE"));
}
