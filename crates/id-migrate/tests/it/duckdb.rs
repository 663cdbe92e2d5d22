//! DuckDB files there and back, killed between every two phases, and what DuckDB cannot do.
//!
//! The manifest's checksums are computed by DuckDB itself, by the formula that the manifest gives, through a second connection.

// id-lint: allow-file[UID010] keys as databases make them, which are then migrated

use std::path::{Path, PathBuf};

use id_migrate::duckdb::{DuckDb, Probe};
use id_migrate::engine::{Engine, Phase};
use id_migrate::{ErrorKind, KeyRequest, Plan, PlanOptions, database, run};
use serde_json::Value;
use tempfile::TempDir;

const KEYS: &[&str] = &[
    "conversations.id=created-at:timestamp",
    "reflections.id=created-at:timestamp",
    "session_metrics.session_id=created-at:started_at",
    "session_links.id=stable",
    "code_graphs.id=stable",
    "conversations_v2.id=created-at:timestamp",
    "memory_entities.id=stable",
    "memory_relationships.id=stable",
    "distilled_skills.id=stable",
    "executions.task_id=bits",
];

struct Case {
    _folder: TempDir,
    path: PathBuf,
}

fn library() -> String {
    id_testkit::duckdb::library().to_string_lossy().into_owned()
}

impl Case {
    fn empty() -> Self {
        let folder = super::folder();
        let path = folder.path().join("db.duckdb");
        Self { _folder: folder, path }
    }

    fn session_buddy() -> Self {
        let case = Self::empty();
        let packed =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/session_buddy_small.duckdb.gz");
        let unpack = "import gzip,sys;open(sys.argv[2],'wb').write(gzip.open(sys.argv[1]).read())";
        let done = std::process::Command::new("python3")
            .args(["-c", unpack])
            .args([&packed, &case.path])
            .status()
            .unwrap();
        assert!(done.success());
        case
    }

    fn made(sql: &str) -> Self {
        let case = Self::empty();
        case.execute(sql);
        case
    }

    fn probe(&self) -> Probe {
        Probe::open(Path::new(&library()), &self.path).unwrap()
    }

    fn execute(&self, sql: &str) {
        self.probe().execute(sql).unwrap();
    }

    fn plan(&self, keys: &[&str]) -> id_migrate::Result<Plan> {
        let mut options = PlanOptions {
            keys: keys.iter().map(|key| KeyRequest::parse(key).unwrap()).collect(),
            run_id: "test".to_owned(),
            ..PlanOptions::default()
        };
        options.settings.duckdb_library = Some(library());
        database::plan(self.path.to_str().unwrap(), &database::Access::default(), &options)
    }

    fn run(plan: &Plan, until: Phase) -> id_migrate::Result<run::Ended> {
        run::run(&mut DuckDb::open(plan.clone(), true)?, until, 0, &mut |_| {})
    }

    /// Every row of every table of the application, and the statements.
    fn dump(&self) -> Vec<Vec<Option<String>>> {
        let probe = self.probe();
        let mut dump = probe
            .rows("SELECT sql, table_name FROM duckdb_tables() WHERE database_name = 'db' AND NOT starts_with(table_name, '_uid') UNION ALL SELECT sql, index_name FROM duckdb_indexes() UNION ALL SELECT sql, view_name FROM duckdb_views() WHERE NOT internal AND NOT starts_with(view_name, '_uid') ORDER BY 1")
            .unwrap();
        for name in probe
            .rows("SELECT '\"' || schema_name || '\".\"' || table_name || '\"' FROM duckdb_tables() WHERE NOT starts_with(table_name, '_uid') ORDER BY 1")
            .unwrap()
            .into_iter()
            .flatten()
            .flatten()
        {
            dump.extend(probe.rows(&format!("SELECT CAST(t AS VARCHAR) FROM {name} t ORDER BY 1")).unwrap());
        }
        dump
    }

    /// Compares with the manifest, by its own formula.
    #[track_caller]
    fn check(&self, is_rolled_back: bool) {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/data/session_buddy_small.duckdb.manifest.json");
        let manifest: Value =
            serde_json::from_str(&std::fs::read_to_string(manifest).unwrap()).unwrap();
        let probe = self.probe();
        let names = |value: &Value| -> Vec<String> {
            value.as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect()
        };
        let sum = |columns: &[String], from: &str| -> String {
            let cells: Vec<String> = columns
                .iter()
                .map(|column| format!("coalesce(CAST({column} AS VARCHAR), '~')"))
                .collect();
            let sql = format!(
                "SELECT CAST(count(*) AS VARCHAR), CAST(coalesce(sum(CAST(CAST(('0x' || substr(md5(concat_ws('|', {})), 1, 15)) AS BIGINT) AS HUGEINT)), 0) AS VARCHAR) FROM {from}",
                cells.join(", ")
            );
            probe.rows(&sql).unwrap()[0].iter().flatten().cloned().collect::<Vec<_>>().join(" ")
        };
        let tables = manifest["tables"].as_object().unwrap();
        let payload = |table: &str, alias: &str| -> Vec<String> {
            let ids = names(&tables[table]["id_columns"]);
            names(&tables[table]["columns"])
                .into_iter()
                .filter(|column| !ids.contains(column))
                .map(|column| format!("{alias}.\"{column}\""))
                .collect()
        };
        for (name, table) in tables {
            let expected =
                |sum: &str| format!("{} {}", table["rows"], table[sum].as_str().unwrap());
            let from = format!("\"{name}\" t");
            if !payload(name, "t").is_empty() && table.get("payload").is_some() {
                assert_eq!(sum(&payload(name, "t"), &from), expected("payload"), "{name}");
            }
            if is_rolled_back {
                let all: Vec<String> = names(&table["columns"])
                    .iter()
                    .map(|column| format!("t.\"{column}\""))
                    .collect();
                assert_eq!(sum(&all, &from), expected("all"), "{name}");
            }
        }
        for edge in manifest["edges"].as_array().unwrap() {
            let (child, parent) =
                (edge["child"].as_str().unwrap(), edge["parent"].as_str().unwrap());
            let on: Vec<String> = names(&edge["child_columns"])
                .iter()
                .zip(names(&edge["parent_columns"]))
                .map(|(from, to)| format!("p.\"{to}\" = c.\"{from}\""))
                .collect();
            let mut columns = payload(child, "c");
            columns.extend(payload(parent, "p"));
            let found = sum(
                &columns,
                &format!("\"{child}\" c JOIN \"{parent}\" p ON {}", on.join(" AND ")),
            );
            assert_eq!(
                found,
                format!("{} {}", edge["matched"], edge["checksum"].as_str().unwrap()),
                "{edge}"
            );
        }
    }
}

#[test]
fn session_buddy_there_and_back() {
    let case = Case::session_buddy();
    case.check(true);
    let before = case.dump();
    for until in [Phase::Backfill, Phase::Verify, Phase::Switch, Phase::Contract] {
        let plan = case.plan(KEYS).unwrap();
        assert_eq!(plan.blockers().count(), 0, "{:?}", plan.findings);
        let ended = Case::run(&plan, until).unwrap();
        if let Some(found) = ended.verification {
            assert!(found.edges > 4000 && found.ids > 5000, "{found:?}");
        }
        case.check(false);
        assert_eq!(case.dump() == before, until < Phase::Switch, "{until:?}");
        if until == Phase::Contract {
            let rows = case.probe().rows("SELECT CAST((SELECT count(*) FROM _uid_ids) AS VARCHAR), CAST((SELECT count(*) FROM conversations_v2 WHERE length(turn_parent_id) = 26) AS VARCHAR), CAST((SELECT count(*) FROM executions) AS VARCHAR)").unwrap();
            assert_eq!(rows[0][1].as_deref(), Some("372"));
        }
        DuckDb::open(plan, true).unwrap().rollback(&mut |_| {}).unwrap();
        case.check(true);
        assert_eq!(case.dump(), before, "{until:?}");
    }
}

const HOSTILE: &str = "CREATE SEQUENCE s START 7; CREATE TYPE mood AS ENUM ('a', 'b'); CREATE SCHEMA \"o t\"; \
    CREATE TABLE t (\"i d\" VARCHAR PRIMARY KEY, p VARCHAR REFERENCES t(\"i d\"), n INT DEFAULT nextval('s'), g VARCHAR GENERATED ALWAYS AS (\"i d\" || 'x'), m mood); \
    INSERT INTO t(\"i d\", m) VALUES ('it''s', 'a'); INSERT INTO t(\"i d\", p) VALUES ('b,c', 'it''s'); INSERT INTO t(\"i d\", p) VALUES ('d', 'b,c'), ('e', NULL); \
    CREATE TABLE \"o t\".\"q r\" (x INT, l VARCHAR[], j JSON, u UUID); \
    INSERT INTO \"o t\".\"q r\" VALUES (1, ['d', 'e', 'no'], '{ \"t\": \"d\", \"k\": \"\\u0065\" }', NULL), (2, NULL, NULL, gen_random_uuid()), (3, [], '[]', NULL), (4, ['d', NULL], '{\"t\":\"e\"}', NULL), (5, ['e'], '{\"t\":\"d\",\"k\":\"d\"}', NULL); \
    CREATE VIEW v AS SELECT * FROM t; CREATE MACRO f(a) AS a + 1;";

#[test]
fn lists_json_self_references_and_schemas() {
    let case = Case::made(HOSTILE);
    let before = case.dump();
    for until in [Phase::Verify, Phase::Contract] {
        let plan = case.plan(&["t.\"i d\"=stable"]).unwrap();
        Case::run(&plan, until).unwrap();
        if until == Phase::Contract {
            let rows = case.probe().rows("SELECT array_to_string(list_transform(l, x -> CAST(length(x) AS VARCHAR)), ','), CAST(json_extract_string(j, '$.t') IN (SELECT \"i d\" FROM t) AS VARCHAR) FROM \"o t\".\"q r\" ORDER BY x").unwrap();
            let cell = |row: usize, at: usize| rows[row][at].as_deref();
            assert_eq!((cell(0, 0), cell(0, 1)), (Some("26,26,2"), Some("true")));
            assert_eq!((cell(2, 0), cell(1, 0)), (Some(""), None));
            let pairs = case.probe().rows("SELECT CAST(count(*) AS VARCHAR) FROM t c JOIN t p ON c.p = p.\"i d\" WHERE length(c.p) = 26").unwrap();
            assert_eq!(pairs[0][0].as_deref(), Some("2"));
            // What the application writes behind the switch comes back, too.
            case.execute("INSERT INTO t(\"i d\", n) VALUES ('later', 99)");
        }
        DuckDb::open(plan, true).unwrap().rollback(&mut |_| {}).unwrap();
        case.execute("DELETE FROM t WHERE n = 99");
        assert_eq!(case.dump(), before, "{until:?}");
    }
}

#[test]
fn what_is_written_between_two_phases_is_copied_again() {
    let case = Case::made(HOSTILE);
    let plan = case.plan(&["t.\"i d\"=stable"]).unwrap();
    Case::run(&plan, Phase::Verify).unwrap();
    case.execute("INSERT INTO t(\"i d\", p) VALUES ('new one', 'd')");
    assert_eq!(DuckDb::open(plan.clone(), true).unwrap().phase().unwrap(), Phase::Expand);
    Case::run(&plan, Phase::Contract).unwrap();
    let rows = case
        .probe()
        .rows("SELECT CAST(count(*) AS VARCHAR) FROM t WHERE length(\"i d\") = 26")
        .unwrap();
    assert_eq!(rows[0][0].as_deref(), Some("5"));
}

/// For each check, damage of the new file that it sees: which row, what is wrong, and which other checks must see it too.
#[test]
fn verification_names_the_row_that_was_changed() {
    let case = Case::made(
        "CREATE TABLE p (id VARCHAR PRIMARY KEY, n INT); CREATE TABLE c (n INT PRIMARY KEY, p_id VARCHAR, doc JSON); \
         INSERT INTO p SELECT 'p-' || i, i FROM range(100) r(i); \
         INSERT INTO c SELECT i, 'p-' || (i * 3 % 100), '{\"p\": \"p-' || i || '\"}' FROM range(100) r(i);",
    );
    let plan = case.plan(&["p.id=stable"]).unwrap();
    assert_eq!(plan.references.len(), 2, "{:?}", plan.references);
    Case::run(&plan, Phase::Verify).unwrap();
    let new = case.path.with_file_name("db.duckdb.test.new");
    let kept = case.path.with_file_name("kept");
    std::fs::copy(&new, &kept).unwrap();
    let verify = || DuckDb::open(plan.clone(), true).unwrap().verify(&mut |_| {}).unwrap();
    let expect = |damage: &str, checks: &[&str], row: &str, what: &str| {
        Probe::open(Path::new(&library()), &new).unwrap().execute(damage).unwrap();
        let found = verify();
        assert!(
            found.failures.iter().any(|failure| {
                failure.check == checks[0] && failure.row == row && failure.what.contains(what)
            }),
            "{damage}: {found:#?}"
        );
        let mut failed: Vec<&str> = found.failures.iter().map(|failure| failure.check).collect();
        failed.sort_unstable();
        failed.dedup();
        let mut expected = checks.to_vec();
        expected.sort_unstable();
        assert_eq!(failed, expected, "{damage}: {found:#?}");
        std::fs::copy(&kept, &new).unwrap();
        assert_eq!(verify().failed, 0, "after {damage}");
    };
    let lose = "DELETE FROM c WHERE n = 7";
    expect(lose, &["row count", "payload", "reference"], "all", "100 rows, 99 on the other side");
    expect(lose, &["payload", "reference", "row count"], "7", "not the same");
    let point = "UPDATE c SET p_id = (SELECT p_id FROM c WHERE n = 1) WHERE n = 2";
    expect(point, &["payload", "reference"], "2", "not the same");
    expect(point, &["reference", "payload"], "all", "column `p_id` points at other rows of `p`");
    expect("UPDATE c SET doc = '{}' WHERE n = 9", &["payload"], "9", "not the same");
    let map = "UPDATE _uid_map_1 SET new = '{}' WHERE legacy = 'p-3'";
    let checks = &["format", "payload"];
    expect(&map.replace("{}", "ILLEGAL"), checks, "p-3", "there is no id for it");
    let checks = &["recomputed id", "payload"];
    expect(&map.replace("{}", "01jmwtr76afn78ytbz04sdearg"), checks, "p-3", "not what the mapping");
    // Nothing keeps the ids of this map apart.
    let double = "CREATE TABLE m AS SELECT * FROM _uid_map_1; DROP TABLE _uid_map_1; ALTER TABLE m RENAME TO _uid_map_1; \
        UPDATE _uid_map_1 SET new = (SELECT new FROM _uid_map_1 WHERE legacy = 'p-4') WHERE legacy = 'p-5'";
    expect(double, &["unique", "payload", "recomputed id"], "all", "1 ids are there twice");
}

#[test]
fn what_duckdb_cannot_do_is_said() {
    let case = Case::made(
        "CREATE TABLE n (id INT PRIMARY KEY, b BLOB); INSERT INTO n VALUES (1, 'x'); CREATE TABLE s (id VARCHAR PRIMARY KEY, d STRUCT(a VARCHAR));",
    );
    let error = case.plan(&["n.id=stable"]).unwrap_err();
    assert!(error.to_string().contains("only VARCHAR and UUID"), "{error}");
    let mut options = PlanOptions {
        keys: vec![KeyRequest::parse("s.id=stable").unwrap()],
        keep_order: vec!["s.ID".to_owned()],
        ..PlanOptions::default()
    };
    options.settings.duckdb_library = Some(library());
    let error = id_migrate::duckdb::plan(&case.path, &options).unwrap_err();
    assert!(
        error.kind() == ErrorKind::Usage && error.to_string().contains("keep_order"),
        "{error}"
    );
    let plan = case.plan(&["s.id=stable"]).unwrap();
    assert!(plan.findings.iter().any(|finding| finding.what.contains("not reachable")));
    let mut lost = plan.clone();
    lost.settings.duckdb_library = Some("/nowhere/libduckdb.so".to_owned());
    let error = DuckDb::open(lost, true).unwrap().phase().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Environment);
    assert!(error.to_string().contains("--duckdb-library"), "{error}");
}
