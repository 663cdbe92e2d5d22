//! PostgreSQL: the shop there and back from every phase, on a real server.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use id_migrate::database::Access;
use id_migrate::engine::{Engine, Phase};
use id_migrate::plan::Place;
use id_migrate::postgres::{Postgres, plan};
use id_migrate::{KeyRequest, Plan, PlanOptions, run};
use id_testkit::postgres::Postgres as Server;
use postgres::{Client, NoTls};
use serde_json::Value;
use tempfile::TempDir;

pub(crate) const SHOP: &[&str] = &[
    "shop.orders.id=created-at:created_at",
    "shop.customers.id=created-at:created_at",
    "shop.employees.id=stable",
    "shop.departments.id=stable",
    "shop.documents.id=bits",
    "shop.\"Order Notes\".\"Note ID\"=stable",
];

/// A database of its own on the shared server, and a folder for the files of its migration.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) folder: TempDir,
    /// References that only the user knows.
    named: Vec<(String, String, Place, String)>,
}

fn connect(name: &str) -> Client {
    let mut client = Client::connect(&Server::shared().url(name), NoTls).unwrap();
    client.batch_execute("SET timezone = 'UTC'").unwrap();
    client
}

impl Case {
    pub(crate) fn empty() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("case_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        connect("postgres").batch_execute(&format!("CREATE DATABASE {name}")).unwrap();
        Self { name, folder: tempfile::tempdir().unwrap(), named: Vec::new() }
    }

    pub(crate) fn with(sql: &str) -> Self {
        let case = Self::empty();
        case.client().batch_execute(sql).unwrap();
        case
    }

    /// The shop: made once, then copied by the server.
    pub(crate) fn shop() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        static ONE: std::sync::Mutex<()> = std::sync::Mutex::new(());
        static TEMPLATE: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| {
            let case = Case::empty();
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/pg_shop.sql.gz");
            let output =
                Command::new("gzip").arg("-dc").arg(path).stdout(Stdio::piped()).output().unwrap();
            case.client().batch_execute(&String::from_utf8(output.stdout).unwrap()).unwrap();
            case.name
        });
        let name = format!("shop_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        let template = TEMPLATE.clone();
        let _one = ONE.lock().unwrap();
        connect("postgres")
            .batch_execute(&format!("CREATE DATABASE {name} TEMPLATE {template}"))
            .unwrap();
        Self { name, folder: tempfile::tempdir().unwrap(), named: Vec::new() }
    }

    pub(crate) fn client(&self) -> Client {
        connect(&self.name)
    }

    /// Ends the database, of which there may be hundreds.
    pub(crate) fn drop(self) {
        let sql = format!("DROP DATABASE {} WITH (FORCE)", self.name);
        connect("postgres").batch_execute(&sql).unwrap();
    }

    fn ends_threads(&self) -> EndsThreads {
        EndsThreads(Server::shared().url(&self.name))
    }

    pub(crate) fn access(&self) -> Access {
        Access { password: None, folder: self.folder.path().to_owned() }
    }

    pub(crate) fn plan(&self, keys: &[&str]) -> Plan {
        let options = PlanOptions {
            keys: keys.iter().map(|key| KeyRequest::parse(key).unwrap()).collect(),
            run_id: "test".to_owned(),
            namespace: Some("shop".to_owned()),
            references: self.named.clone(),
            ..PlanOptions::default()
        };
        plan(&Server::shared().url(&self.name), &self.access(), &options).unwrap()
    }

    pub(crate) fn engine(&self, plan: &Plan) -> Postgres {
        Postgres::open(plan.clone(), self.access(), true).unwrap()
    }

    pub(crate) fn run(&self, plan: &Plan, until: Phase) -> id_migrate::Result<()> {
        run::run(&mut self.engine(plan), until, 0, &mut |_| {}).map(|_| ())
    }

    /// Compares with the manifest: payloads and edges after a migration, everything after a rollback.
    #[track_caller]
    pub(crate) fn check(&self, rolled_back: bool) {
        let path =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/pg_shop.sql.manifest.json");
        let manifest: Value =
            serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let mut db = self.client();
        let quote = |name: &Value| format!("\"{}\"", name.as_str().unwrap().replace('"', "\"\""));
        let sum = |db: &mut Client, columns: &[String], from: &str| -> (i64, String) {
            let texts: Vec<String> =
                columns.iter().map(|name| format!("coalesce({name}::text, '~')")).collect();
            let row = db
                .query_one(
                    &format!("SELECT count(*), coalesce(sum(('x'||substr(md5(concat_ws('|', {})),1,15))::bit(60)::bigint), 0)::numeric::text FROM {from}", texts.join(", ")),
                    &[],
                )
                .unwrap();
            (row.get(0), row.get(1))
        };
        let list = |value: &Value| -> Vec<Value> { value.as_array().unwrap().clone() };
        let payload = |table: &Value, alias: &str| -> Vec<String> {
            let ids = list(&table["id_columns"]);
            list(&table["columns"])
                .iter()
                .filter(|name| !ids.contains(name))
                .map(|name| format!("{alias}.{}", quote(name)))
                .collect()
        };
        for (name, table) in manifest["tables"].as_object().unwrap() {
            let (rows, found) = sum(&mut db, &payload(table, "t"), &format!("{name} t"));
            assert_eq!(rows, table["rows"].as_i64().unwrap(), "{name} rows");
            assert_eq!(found, table["payload"].as_str().unwrap(), "{name} payload");
            if rolled_back {
                let all: Vec<String> = list(&table["columns"]).iter().map(&quote).collect();
                assert_eq!(
                    sum(&mut db, &all, name).1,
                    table["all"].as_str().unwrap(),
                    "{name} all"
                );
            }
        }
        for edge in list(&manifest["edges"]) {
            let (child, parent) =
                (edge["child"].as_str().unwrap(), edge["parent"].as_str().unwrap());
            let mut columns = payload(&manifest["tables"][child], "c");
            columns.extend(payload(&manifest["tables"][parent], "p"));
            let on: Vec<String> = list(&edge["child_columns"])
                .iter()
                .zip(&list(&edge["parent_columns"]))
                .map(|(one, other)| format!("p.{} = c.{}", quote(other), quote(one)))
                .collect();
            let (rows, found) = sum(
                &mut db,
                &columns,
                &format!("{child} c JOIN {parent} p ON {}", on.join(" AND ")),
            );
            assert_eq!(rows, edge["matched"].as_i64().unwrap(), "{child} -> {parent}");
            assert_eq!(found, edge["checksum"].as_str().unwrap(), "{child} -> {parent}");
        }
    }

    /// The schema and every row, as the server tells them.
    pub(crate) fn dump(&self) -> Vec<String> {
        let mut db = self.client();
        db.batch_execute("SET search_path = ''").unwrap();
        let ours = "n.nspname NOT LIKE 'pg\\_%' AND n.nspname NOT LIKE '\\_uid%' AND n.nspname <> 'information_schema'";
        let sql = format!(
            "SELECT concat_ws(' ', n.nspname, c.relname, c.relkind, pg_get_userbyid(c.relowner), c.relacl, obj_description(c.oid), \
             (SELECT string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod), a.attcollation::regcollation, a.attnotnull, a.attidentity, a.attgenerated, pg_get_expr(d.adbin, d.adrelid), col_description(c.oid, a.attnum)), ', ' ORDER BY a.attnum) \
                FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped), \
             (SELECT string_agg(concat_ws(' ', conname, pg_get_constraintdef(oid), convalidated), ', ' ORDER BY conname) FROM pg_constraint WHERE conrelid = c.oid), \
             (SELECT string_agg(pg_get_indexdef(indexrelid), ', ' ORDER BY pg_get_indexdef(indexrelid)) FROM pg_index WHERE indrelid = c.oid), \
             (SELECT string_agg(concat_ws(' ', pg_get_triggerdef(oid), tgenabled), ', ' ORDER BY tgname) FROM pg_trigger WHERE tgrelid = c.oid AND NOT tgisinternal), \
             CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END, \
             (SELECT string_agg(concat_ws(' ', seqstart, seqincrement, seqmax, seqmin, seqcache, (SELECT string_agg(refobjid::regclass || '.' || refobjsubid, ',') FROM pg_depend WHERE objid = c.oid AND deptype IN ('a', 'i'))), '') FROM pg_sequence WHERE seqrelid = c.oid)) \
             FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {ours} AND c.relkind IN ('r', 'p', 'v', 'm', 'S') \
             UNION ALL SELECT pg_get_functiondef(p.oid) || coalesce(p.proacl::text, '') FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE {ours} AND p.prokind = 'f' \
             UNION ALL SELECT nspname FROM pg_namespace n WHERE nspname LIKE '\\_uid%' OR {ours} ORDER BY 1"
        );
        let mut lines: Vec<String> =
            db.query(&sql, &[]).unwrap().iter().map(|row| row.get(0)).collect();
        for row in db.query(&format!("SELECT format('%I.%I', n.nspname, c.relname), c.relkind::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {ours} AND c.relkind IN ('r', 'v', 'm', 'S') ORDER BY 1"), &[]).unwrap() {
            let (name, kind): (String, String) = (row.get(0), row.get(1));
            lines.push(name.clone());
            let what = if kind == "S" { "last_value || ' ' || t.is_called" } else { "t::text" };
            let rows = db.query(&format!("SELECT {what} FROM {name} t ORDER BY 1"), &[]).unwrap();
            lines.extend(rows.iter().map(|row| row.get::<_, String>(0)));
        }
        lines
    }
}

#[test]
fn the_shop_there_and_back_from_every_phase() {
    for until in [Phase::Expand, Phase::Verify, Phase::Switch, Phase::Contract] {
        let case = Case::shop();
        let before = case.dump();
        let plan = case.plan(SHOP);
        assert!(plan.blockers().next().is_none(), "{:#?}", plan.findings);
        case.run(&plan, until).unwrap();
        case.check(false);
        assert_ne!(case.dump(), before, "{until:?}");
        case.engine(&plan).rollback(&mut |_| {}).unwrap();
        case.check(true);
        let after = case.dump();
        for (one, other) in before.iter().zip(&after) {
            assert_eq!(one, other, "{until:?}");
        }
        assert_eq!(before.len(), after.len(), "{until:?}");
    }
}

impl Case {
    /// There, and back from before and after the old side is dropped: the same bytes, objects and rights.
    #[track_caller]
    fn there_and_back(&self, keys: &[&str]) {
        let before = self.dump();
        for until in [Phase::Verify, Phase::Soak, Phase::Contract] {
            let plan = self.plan(keys);
            assert!(plan.blockers().next().is_none(), "{:#?}", plan.findings);
            self.run(&plan, until).unwrap();
            self.engine(&plan).rollback(&mut |_| {}).unwrap();
            let after = self.dump();
            for (one, other) in before.iter().zip(&after) {
                assert_eq!(one, other, "{until:?}");
            }
            assert_eq!(before.len(), after.len(), "{until:?}");
            std::fs::remove_dir_all(self.folder.path().join("test.backup")).unwrap();
        }
    }
}

const WIDE: &str = r#"
    CREATE SCHEMA a; CREATE SCHEMA "B c"; CREATE EXTENSION IF NOT EXISTS plpgsql;
    DO $$ BEGIN CREATE ROLE reader_of_wide; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
    CREATE TYPE a.mood AS ENUM ('so', 'la');
    CREATE DOMAIN a.code AS text CHECK (VALUE ~ '^x_[0-9a-z]+$');
    CREATE TABLE a.users (id bigint GENERATED ALWAYS AS IDENTITY (START 7 INCREMENT 3) PRIMARY KEY, name text NOT NULL UNIQUE, boss bigint REFERENCES a.users DEFERRABLE INITIALLY DEFERRED, mood a.mood DEFAULT 'so');
    CREATE TABLE "B c"."odd ""name""" ("the id" a.code PRIMARY KEY DEFAULT 'x_' || md5(random()::text), owner bigint REFERENCES a.users ON DELETE CASCADE, ids bigint[] DEFAULT '{}', note varchar(30), doc jsonb, made timestamptz NOT NULL DEFAULT now());
    CREATE TABLE a.blobs (k bytea PRIMARY KEY, v text);
    CREATE TABLE a.uses (k bytea NOT NULL REFERENCES a.blobs ON UPDATE CASCADE, code a.code REFERENCES "B c"."odd ""name""", CHECK (length(k) > 2));
    CREATE TABLE a.outside (name text REFERENCES a.users (name), note text);
    CREATE TABLE a.linked (user_id bigint NOT NULL REFERENCES a.users, n serial, PRIMARY KEY (user_id, n));
    CREATE TABLE a.deep (user_id bigint, n int, FOREIGN KEY (user_id, n) REFERENCES a.linked ON DELETE CASCADE);
    CREATE TABLE a.hashed (user_id bigint REFERENCES a.users, day date NOT NULL, v text) PARTITION BY LIST (day);
    CREATE TABLE a.hashed_1 PARTITION OF a.hashed FOR VALUES IN ('2026-01-01');
    CREATE TABLE a.hashed_2 PARTITION OF a.hashed DEFAULT PARTITION BY HASH (day);
    CREATE TABLE a.hashed_2a PARTITION OF a.hashed_2 FOR VALUES WITH (MODULUS 1, REMAINDER 0);
    CREATE INDEX by_user ON a.hashed (user_id);
    INSERT INTO a.users (name) SELECT 'u' || n FROM generate_series(1, 300) n;
    UPDATE a.users u SET boss = (SELECT min(id) FROM a.users) WHERE id % 2 = 0; SET CONSTRAINTS ALL IMMEDIATE;
    INSERT INTO "B c"."odd ""name""" (owner, ids, note, doc) SELECT id, ARRAY[id, 9999, id], 'n', jsonb_build_object('user_id', id, 'x', jsonb_build_array(id, 'y')) FROM a.users;
    INSERT INTO a.blobs SELECT decode(md5(n::text), 'hex'), 'b' || n FROM generate_series(1, 50) n;
    INSERT INTO a.uses SELECT b.k, o."the id" FROM a.blobs b, LATERAL (SELECT "the id" FROM "B c"."odd ""name""" LIMIT 2) o;
    INSERT INTO a.outside SELECT name, 'o' FROM a.users LIMIT 5;
    INSERT INTO a.linked (user_id) SELECT id FROM a.users; INSERT INTO a.deep SELECT user_id, n FROM a.linked;
    INSERT INTO a.hashed SELECT id, CASE WHEN id % 2 = 0 THEN '2026-01-01'::date ELSE '2026-01-02' END, 'v' FROM a.users;
    CREATE VIEW a.v1 AS SELECT u.id, u.name, o."the id" FROM a.users u JOIN "B c"."odd ""name""" o ON o.owner = u.id;
    CREATE VIEW a.v2 WITH (security_barrier) AS SELECT name, count(*) AS n FROM a.v1 GROUP BY name;
    CREATE MATERIALIZED VIEW a.m AS SELECT * FROM a.v2; CREATE UNIQUE INDEX m_name ON a.m (name);
    CREATE FUNCTION a.users_named(text) RETURNS SETOF a.users LANGUAGE sql STABLE AS 'SELECT * FROM a.users WHERE name = $1';
    CREATE FUNCTION a.loud(u a.users) RETURNS text LANGUAGE plpgsql AS 'BEGIN RETURN upper(u.name); END';
    CREATE FUNCTION a.touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN UPDATE a.users SET mood = ''la'' WHERE id = NEW.owner; RETURN NEW; END';
    CREATE TRIGGER touched AFTER INSERT ON "B c"."odd ""name""" FOR EACH ROW EXECUTE FUNCTION a.touch();
    CREATE TRIGGER off BEFORE UPDATE ON a.users FOR EACH ROW EXECUTE FUNCTION a.touch(); ALTER TABLE a.users DISABLE TRIGGER off;
    CREATE FUNCTION a.instead() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO a.users (name) VALUES (NEW.name); RETURN NEW; END';
    CREATE TRIGGER ins INSTEAD OF INSERT ON a.v1 FOR EACH ROW EXECUTE FUNCTION a.instead();
    CREATE INDEX users_lower ON a.users (lower(name) DESC NULLS LAST) WHERE mood = 'so'; CREATE INDEX odd_gin ON "B c"."odd ""name""" USING gin (ids); CREATE INDEX inc ON a.users (name) INCLUDE (id);
    ALTER TABLE a.users ENABLE ROW LEVEL SECURITY; CREATE POLICY own ON a.users FOR SELECT TO reader_of_wide USING (name <> 'u1');
    GRANT SELECT, INSERT ON a.users TO reader_of_wide; GRANT UPDATE (note) ON "B c"."odd ""name""" TO reader_of_wide; GRANT SELECT ON a.v2, a.m TO reader_of_wide;
    COMMENT ON TABLE a.users IS 'who''s here'; COMMENT ON COLUMN a.users.name IS 'a name'; COMMENT ON INDEX a.users_lower IS 'low'; COMMENT ON VIEW a.v2 IS 'view';
    CREATE PUBLICATION pub FOR TABLE a.users, a.blobs; ALTER TABLE a.blobs REPLICA IDENTITY FULL;
    ALTER TABLE a.blobs SET (fillfactor = 80); ALTER TABLE a.outside ADD CONSTRAINT later CHECK (note <> 'z') NOT VALID;
"#;

#[test]
fn what_a_schema_can_hold_survives() {
    let mut case = Case::with(WIDE);
    // Numbers in a column that is not named after their table show nothing by themselves.
    let odd = r#""B c"."odd ""name""""#.to_owned();
    case.named.push((odd, "ids".into(), Place::Json("$[*]".into()), "a.users.id".into()));
    let keys = [
        "a.users.id=stable",
        "a.blobs.k=bits",
        "\"B c\".\"odd \"\"name\"\"\".\"the id\"=created-at:made",
    ];
    let plan = case.plan(&keys);
    let places: Vec<String> = plan
        .references
        .iter()
        .map(|one| format!("{}.{} {:?}", one.table, one.column, one.place))
        .collect();
    for wanted in [
        "ids Json(\"$[*]\")",
        "doc Json(\"$.user_id\")",
        "a.deep.user_id Whole",
        "a.hashed.user_id Whole",
    ] {
        assert!(places.iter().any(|place| place.contains(wanted)), "{wanted}: {places:#?}");
    }
    case.there_and_back(&keys);
    let plan = case.plan(&keys);
    case.run(&plan, Phase::Contract).unwrap();
    let mut db = case.client();
    let one = |db: &mut Client, sql: &str| -> String { db.query_one(sql, &[]).unwrap().get(0) };
    assert_eq!(
        one(
            &mut db,
            "SELECT count(*)::text FROM a.users_named('u7') x JOIN a.linked l ON l.user_id = x.id"
        ),
        "1"
    );
    assert_eq!(one(&mut db, "SELECT a.loud(u) FROM a.users u WHERE name = 'u9'"), "U9");
    db.batch_execute("INSERT INTO a.v1 (name) VALUES ('late'); INSERT INTO a.blobs VALUES ('\\x0102030405', 'late'); INSERT INTO a.linked (user_id) SELECT id FROM a.users WHERE name = 'late'").unwrap();
    assert_eq!(one(&mut db, "SELECT length(id)::text FROM a.users WHERE name = 'late'"), "26");
    // Rows that came after the contract have a legacy value once they go back.
    case.engine(&plan).rollback(&mut |_| {}).unwrap();
    assert_eq!(
        one(
            &mut db,
            "SELECT count(*)::text FROM a.users u JOIN a.linked l ON l.user_id = u.id WHERE name = 'late'"
        ),
        "1"
    );
    assert_eq!(one(&mut db, "SELECT count(*)::text FROM a.blobs WHERE k = '\\x0102030405'"), "1");
    let next = one(&mut db, "INSERT INTO a.users (name) VALUES ('again') RETURNING id::text");
    assert_eq!(one(&mut db, &format!("SELECT count(*)::text FROM a.users WHERE id = {next}")), "1");
}

pub(crate) const SMALL: &str = "CREATE TABLE users (id int PRIMARY KEY, name text UNIQUE); CREATE TABLE orders (user_id int REFERENCES users ON DELETE CASCADE ON UPDATE CASCADE, n int, PRIMARY KEY (user_id, n)); \
    CREATE TABLE logs (user_id int, what text); \
    INSERT INTO users SELECT n, 'u' || n FROM generate_series(-3, 700) n; INSERT INTO orders SELECT id, id * 2 FROM users WHERE id % 3 = 0; INSERT INTO logs SELECT id, 'w' FROM users, generate_series(1, 2) WHERE id < 20;";

#[test]
fn writes_of_every_phase_arrive_on_both_sides() {
    let case = Case::with(SMALL);
    let plan = case.plan(&["users.id=stable"]);
    assert_eq!(plan.references.len(), 2, "{:#?}", plan.references);
    let mut db = case.client();
    for (until, base) in [(Phase::Expand, 1000), (Phase::Backfill, 2000), (Phase::Verify, 3000)] {
        case.run(&plan, until).unwrap();
        // A reference before its key, two rows that exchange a unique name, a key that is changed, a deleted parent, doubles.
        db.batch_execute(&format!(
            "INSERT INTO logs VALUES ({base}, 'early'), ({base}, 'early'); INSERT INTO users VALUES ({base}, 'n{base}'); INSERT INTO orders VALUES ({base}, 1); \
             UPDATE users SET name = 'x' WHERE id = 10; UPDATE users SET name = 'u10' WHERE id = 11; UPDATE users SET name = 'u11' WHERE id = 10; \
             UPDATE users SET name = 'y' WHERE id = 11; UPDATE users SET name = 'u10' WHERE id = 10; UPDATE users SET name = 'u11' WHERE id = 11; \
             UPDATE users SET id = id + 100000 WHERE id = {base} / 1000; DELETE FROM users WHERE id = {base} / 1000 * 6 + 30; DELETE FROM logs WHERE user_id = {base} / 1000 + 10"
        )).unwrap();
    }
    let before = case.dump();
    case.run(&plan, Phase::Soak).unwrap();
    let count = |db: &mut Client, sql: &str| -> i64 { db.query_one(sql, &[]).unwrap().get(0) };
    assert_eq!(
        count(
            &mut db,
            "SELECT count(*) FROM logs l JOIN users u ON u.id = l.user_id WHERE what = 'early' AND length(u.id) = 26"
        ),
        6
    );
    assert_eq!(count(&mut db, "SELECT count(*) FROM users WHERE length(id) <> 26"), 0);
    // On the new side: a new row, a changed one, one that goes; then everything back.
    db.batch_execute("INSERT INTO users VALUES ('01jmwtr76afn78ytbz04sdearg', 'new'); INSERT INTO orders SELECT id, 5 FROM users WHERE name = 'new'; DELETE FROM users WHERE name = 'u699'; UPDATE users SET name = 'z' WHERE name = 'u698'").unwrap();
    case.engine(&plan).rollback(&mut |_| {}).unwrap();
    assert_eq!(
        count(
            &mut db,
            "SELECT count(*) FROM users u JOIN orders o ON o.user_id = u.id WHERE name = 'new' AND n = 5"
        ),
        1
    );
    assert_eq!(count(&mut db, "SELECT count(*) FROM users WHERE name IN ('u699', 'u698')"), 0);
    db.batch_execute("DELETE FROM users WHERE name = 'new'; INSERT INTO users VALUES (699, 'u699'); INSERT INTO orders VALUES (699, 1398); UPDATE users SET name = 'u698' WHERE name = 'z'").unwrap();
    let after = case.dump();
    for (one, other) in before.iter().filter(|line| !line.starts_with("_uid")).zip(after.iter()) {
        assert_eq!(
            one.split(" CREATE TRIGGER _uid").next(),
            other.split(" CREATE TRIGGER _uid").next()
        );
    }
}

/// A default that is a legacy value is the id of the same row on the new side, also when nothing translates any more.
#[test]
fn a_default_of_a_reference_follows_its_row() {
    let case = Case::with(
        "CREATE TABLE tenants (id int PRIMARY KEY, name text); INSERT INTO tenants VALUES (1, 'one'), (2, 'two'), (-3, 'minus'); \
         CREATE TABLE kinds (id varchar(20) PRIMARY KEY); INSERT INTO kinds VALUES ('it''s'), ('other'); \
         CREATE TABLE posts (n serial, tenant int NOT NULL DEFAULT 2 REFERENCES tenants, back int DEFAULT (-3) REFERENCES tenants, kind varchar(20) DEFAULT 'it''s' REFERENCES kinds, loose text DEFAULT 'nobody')",
    );
    let before = case.dump();
    let keys = ["tenants.id=stable", "kinds.id=stable"];
    let joined = "SELECT count(*) FROM posts p JOIN tenants t ON t.id = p.tenant AND t.name = 'two' JOIN tenants b ON b.id = p.back AND b.name = 'minus' JOIN kinds k ON k.id = p.kind WHERE loose = 'nobody'";
    for until in [Phase::Switch, Phase::Contract] {
        let plan = case.plan(&keys);
        case.run(&plan, until).unwrap();
        let mut db = case.client();
        db.batch_execute("INSERT INTO posts (n) VALUES (7)").unwrap();
        assert_eq!(db.query_one(joined, &[]).unwrap().get::<_, i64>(0), 1, "{until:?}");
        case.engine(&plan).rollback(&mut |_| {}).unwrap();
        assert_eq!(db.query_one(joined, &[]).unwrap().get::<_, i64>(0), 1, "{until:?}");
        db.batch_execute("DELETE FROM posts").unwrap();
        assert_eq!(case.dump(), before, "{until:?}");
        std::fs::remove_dir_all(case.folder.path().join("test.backup")).unwrap();
    }
}

/// Keys of numeric are numbered on, and references of numeric follow, declared or not.
#[test]
fn keys_and_references_of_numeric_follow() {
    let mut case = Case::with(
        "CREATE TABLE users (id numeric(20) PRIMARY KEY, name text); INSERT INTO users SELECT n * 1000000000003, 'u' || n FROM generate_series(1, 50) n; \
         CREATE TABLE posts (n int PRIMARY KEY, user_id numeric(20) REFERENCES users); INSERT INTO posts SELECT n, n * 1000000000003 FROM generate_series(1, 50) n; \
         CREATE TABLE logs (n int PRIMARY KEY, user_id numeric(20)); INSERT INTO logs SELECT * FROM posts",
    );
    case.named.push((
        "public.logs".into(),
        "user_id".into(),
        Place::Whole,
        "public.users.id".into(),
    ));
    let before = case.dump();
    let joined = "SELECT count(*) FROM users u JOIN posts p ON p.user_id = u.id JOIN logs l ON l.user_id = p.user_id AND l.n = p.n";
    for until in [Phase::Switch, Phase::Contract] {
        let plan = case.plan(&["public.users.id=stable"]);
        case.run(&plan, until).unwrap();
        let mut db = case.client();
        assert_eq!(db.query_one(joined, &[]).unwrap().get::<_, i64>(0), 50, "{until:?}");
        let new = "INSERT INTO users VALUES ('01jmwtr76afn78ytbz04sdearg', 'new'); INSERT INTO posts VALUES (100, '01jmwtr76afn78ytbz04sdearg'); INSERT INTO logs VALUES (100, '01jmwtr76afn78ytbz04sdearg')";
        db.batch_execute(new).unwrap();
        case.engine(&plan).rollback(&mut |_| {}).unwrap();
        assert_eq!(db.query_one(joined, &[]).unwrap().get::<_, i64>(0), 51, "{until:?}");
        db.batch_execute("DELETE FROM posts WHERE n = 100; DELETE FROM logs WHERE n = 100; DELETE FROM users WHERE name = 'new'").unwrap();
        assert_eq!(case.dump(), before, "{until:?}");
        std::fs::remove_dir_all(case.folder.path().join("test.backup")).unwrap();
    }
    case.client()
        .batch_execute(
            "CREATE TABLE hosts (id inet PRIMARY KEY); INSERT INTO hosts VALUES ('10.0.0.1')",
        )
        .unwrap();
    case.named.clear();
    let plan = case.plan(&["hosts.id=stable"]);
    assert!(plan.blockers().any(|finding| finding.what.contains("inet: that is no key")));
}

/// Policies read other tables and views, wherever their names end, and are tried with those of the new side.
#[test]
fn policies_with_queries_come_along() {
    let case = Case::with(
        "CREATE TABLE users (id bigint PRIMARY KEY, name text); INSERT INTO users SELECT n, 'u' || n FROM generate_series(1, 30) n; \
         CREATE VIEW seen AS SELECT id FROM users WHERE name <> 'u1'; \
         CREATE TABLE \"order\" (no int PRIMARY KEY, user_id bigint REFERENCES users); INSERT INTO \"order\" SELECT n, n FROM generate_series(1, 30) n; \
         CREATE TABLE ev (no int PRIMARY KEY, user_id bigint REFERENCES users); INSERT INTO ev SELECT n, n FROM generate_series(1, 30) n; \
         ALTER TABLE ev ENABLE ROW LEVEL SECURITY; \
         CREATE POLICY a ON ev USING (EXISTS (SELECT 1 FROM users WHERE users.id = ev.user_id AND name <> 'public.users ')); \
         CREATE POLICY b ON ev AS RESTRICTIVE USING (user_id IN (SELECT id FROM users)) WITH CHECK (user_id IN (SELECT user_id FROM \"order\")); \
         CREATE POLICY c ON ev AS RESTRICTIVE USING (user_id IN (SELECT id FROM seen)); \
         DO $$ BEGIN CREATE ROLE reader_of_policies; EXCEPTION WHEN duplicate_object THEN NULL; END $$; \
         GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader_of_policies",
    );
    let before = case.dump();
    let mut db = case.client();
    let mut policies = || -> String {
        db.batch_execute("SET ROLE reader_of_policies").unwrap();
        let count: i64 = db.query_one("SELECT count(*) FROM ev", &[]).unwrap().get(0);
        assert_eq!(count, 29);
        db.batch_execute("RESET ROLE").unwrap();
        let sql = "SELECT string_agg(concat_ws(' ', tablename, policyname, permissive, qual, with_check), '; ' ORDER BY policyname) FROM pg_policies";
        db.query_one(sql, &[]).unwrap().get(0)
    };
    let made = policies();
    for until in [Phase::Switch, Phase::Contract] {
        let plan = case.plan(&["users.id=stable"]);
        let blockers: Vec<_> = plan.blockers().collect();
        assert!(blockers.is_empty(), "{blockers:?}");
        case.run(&plan, until).unwrap();
        assert_eq!(policies(), made, "{until:?}");
        case.engine(&plan).rollback(&mut |_| {}).unwrap();
        assert_eq!(policies(), made, "{until:?}");
        assert_eq!(case.dump(), before, "{until:?}");
        std::fs::remove_dir_all(case.folder.path().join("test.backup")).unwrap();
    }
}

/// A row of the new side gets a number that no other row has, and that the type of its column holds.
#[test]
fn late_rows_get_numbers_of_their_own() {
    for (id, rows, next) in [
        // A double takes these for one number.
        ("bigint", "SELECT 1234567890123456769 + i, 'u' || i FROM generate_series(0, 20) i", ""),
        (
            "bigint",
            "SELECT 1234567890123456789 - i * 1000000, 'u' || i FROM generate_series(0, 20) i",
            "",
        ),
        (
            "double precision",
            "SELECT 9007199254740992.0 - i, 'u' || i FROM generate_series(0, 20) i",
            "",
        ),
        ("numeric(4, 1)", "SELECT 999 - i / 2.0, 'u' || i FROM generate_series(0, 20) i", ""),
        // A sentinel leaves no room behind the largest.
        (
            "serial",
            "SELECT nextval('users_id_seq'), 'u' || i FROM generate_series(1, 20) i; INSERT INTO users VALUES (2147483647, 'u0')",
            "INSERT INTO users (name) VALUES ('next'); SELECT setval('users_id_seq', 20)",
        ),
        (
            "bigint",
            "SELECT i, 'u' || i FROM generate_series(1, 20) i; INSERT INTO users VALUES (9223372036854775807, 'u0')",
            "",
        ),
        // The sequence stands at the end, and the gap has rows behind it.
        (
            "smallserial",
            "SELECT i, 'u' || i FROM generate_series(1, 20) i; INSERT INTO users VALUES (32767, 'u0'), (25, 'u25'), (32760, 'u60'); SELECT setval('users_id_seq', 32767)",
            "",
        ),
    ] {
        let case = Case::with(&format!(
            "CREATE TABLE users (id {id} PRIMARY KEY, name text); INSERT INTO users {rows}; \
             CREATE TABLE posts (n serial, user_id {} REFERENCES users); INSERT INTO posts (user_id) SELECT id FROM users",
            id.replace("serial", "int")
        ));
        let before = case.dump();
        let plan = case.plan(&["users.id=stable"]);
        for until in [Phase::Switch, Phase::Contract] {
            case.run(&plan, until).unwrap();
            let mut db = case.client();
            // Only some are referred to: a reference gives its row a number, too.
            let late = "INSERT INTO users SELECT '01m8m8fgqvf5db6bmb19jagb' || lpad(i::text, 2, '0'), 'late' || i FROM generate_series(1, 30) i; \
                        INSERT INTO posts (n, user_id) SELECT 1000 + right(name, -4)::int, id FROM users WHERE name IN ('late26', 'late30')";
            db.batch_execute(late).unwrap();
            case.engine(&plan).rollback(&mut |_| {}).unwrap();
            let found = "SELECT count(DISTINCT u.id), count(n) FROM users u LEFT JOIN posts p ON p.user_id = u.id AND name = 'late' || n - 1000 WHERE name LIKE 'late%'";
            let row = db.query_one(found, &[]).unwrap();
            assert_eq!((row.get(0), row.get(1)), (30_i64, 2_i64), "{id} {rows} {until:?}");
            db.batch_execute(next).unwrap();
            db.batch_execute(
                "DELETE FROM posts WHERE n > 1000; DELETE FROM users WHERE name !~ '^u'",
            )
            .unwrap();
            assert_eq!(case.dump(), before, "{id} {rows} {until:?}");
            std::fs::remove_dir_all(case.folder.path().join("test.backup")).unwrap();
        }
        case.drop();
    }
}

/// A foreign key to a column that is no key says that its values are none, whatever they look like; one to a column that only
/// its values show to be a reference follows it.
#[test]
fn foreign_keys_beside_the_keys_say_what_follows() {
    let case = Case::with(
        "CREATE TABLE users (id int PRIMARY KEY, n int UNIQUE); INSERT INTO users SELECT n, n FROM generate_series(1, 60) n; \
         CREATE TABLE marks (n int PRIMARY KEY, user_id int REFERENCES users (n)); INSERT INTO marks SELECT n, n FROM generate_series(1, 60) n; \
         CREATE TABLE profiles (user_id int NOT NULL UNIQUE, name text); INSERT INTO profiles SELECT n, 'p' || n FROM generate_series(1, 60) n; \
         CREATE TABLE a_badges (n int PRIMARY KEY, profile int REFERENCES profiles (user_id) ON UPDATE CASCADE); INSERT INTO a_badges SELECT n, n FROM generate_series(1, 60) n",
    );
    let before = case.dump();
    let plan = case.plan(&["users.id=stable"]);
    let mut places: Vec<String> = plan
        .references
        .iter()
        .map(|one| format!("{}.{}", one.table.trim_start_matches("public."), one.column))
        .collect();
    places.sort();
    assert_eq!(places, ["a_badges.profile", "profiles.user_id"]);
    case.run(&plan, Phase::Contract).unwrap();
    let joined = "SELECT count(*) FROM users u JOIN marks m ON m.user_id = u.n JOIN profiles p ON p.user_id = u.id AND p.name = 'p' || u.n JOIN a_badges b ON b.profile = p.user_id AND b.n = u.n WHERE length(u.id) = 26";
    assert_eq!(case.client().query_one(joined, &[]).unwrap().get::<_, i64>(0), 60);
    case.engine(&plan).rollback(&mut |_| {}).unwrap();
    assert_eq!(case.dump(), before);
}

/// A reference behind the switch that is no key, or is none yet, goes back into a column of numbers.
#[test]
fn a_new_reference_that_is_no_key_has_a_way_back() {
    let case = Case::with(SMALL);
    let plan = case.plan(&["users.id=stable"]);
    for until in [Phase::Switch, Phase::Contract] {
        case.run(&plan, until).unwrap();
        let mut db = case.client();
        db.batch_execute("INSERT INTO logs VALUES ('01jmwtr76afn78ytbz04sdearg', 'early'), ('01jmwtr76afn78ytbz04sdearh', 'stray')").unwrap();
        if until == Phase::Switch {
            let found = case.engine(&plan).verify(&mut |_| {}).unwrap();
            assert_eq!((found.failed, found.orphans), (0, 2), "{:?}", found.failures);
        }
        db.batch_execute("INSERT INTO users VALUES ('01jmwtr76afn78ytbz04sdearg', 'late')")
            .unwrap();
        case.engine(&plan).rollback(&mut |_| {}).unwrap();
        let joined = "SELECT count(*) FROM logs l LEFT JOIN users u ON u.id = l.user_id WHERE (what = 'early' AND u.name = 'late') OR (what = 'stray' AND u.id IS NULL)";
        assert_eq!(db.query_one(joined, &[]).unwrap().get::<_, i64>(0), 2, "{until:?}");
        db.batch_execute(
            "DELETE FROM users WHERE name = 'late'; DELETE FROM logs WHERE what <> 'w'",
        )
        .unwrap();
        std::fs::remove_dir_all(case.folder.path().join("test.backup")).unwrap();
    }
}

#[test]
fn a_live_writer_loses_nothing() {
    let case = Case::shop();
    let plan = case.plan(SHOP);
    let stop = std::sync::atomic::AtomicBool::new(false);
    let (count, worst) = std::thread::scope(|scope| {
        let _ends = case.ends_threads();
        let writer = scope.spawn(|| {
            let mut db = case.client();
            let (mut count, mut worst) = (0, std::time::Duration::ZERO);
            while !stop.load(Ordering::Relaxed) {
                count += 1;
                let begun = std::time::Instant::now();
                db.batch_execute(&format!(
                    "BEGIN; WITH o AS (INSERT INTO shop.orders (customer_id, created_at, total) SELECT id, now(), {count} FROM shop.customers WHERE email = 'c{}@Example.com' RETURNING id) \
                     INSERT INTO shop.tags SELECT 'live-{count}', id FROM o; \
                     INSERT INTO shop.order_items SELECT order_id, 1, 'live', 1, 0 FROM shop.tags WHERE name = 'live-{count}'; COMMIT; \
                     UPDATE shop.orders SET status = 'paid' WHERE id = (SELECT order_id FROM shop.tags WHERE name = 'live-{}'); \
                     DELETE FROM shop.tags WHERE name = 'live-{}'",
                    count % 500, count / 2, count - 7
                )).unwrap();
                worst = worst.max(begun.elapsed());
                std::thread::sleep(std::time::Duration::from_millis(3));
            }
            (count, worst)
        });
        let done = case.run(&plan, Phase::Contract);
        stop.store(true, Ordering::Relaxed);
        let told = writer.join().unwrap();
        done.unwrap();
        told
    });
    println!("writer: {count} transactions, the longest took {} ms", worst.as_millis());
    assert!(count > 50);
    let mut db = case.client();
    let check = |db: &mut Client| {
        let row = db
            .query_one("SELECT count(*), count(*) FILTER (WHERE o.total = substr(t.name, 6)::numeric), (SELECT count(*) FROM shop.orders o JOIN shop.order_items i ON i.order_id = o.id WHERE i.sku = 'live') FROM shop.tags t JOIN shop.orders o ON o.id = t.order_id WHERE t.name LIKE 'live-%'", &[])
            .unwrap();
        let kept = i64::from(count.min(7));
        assert_eq!(
            (row.get::<_, i64>(0), row.get::<_, i64>(1), row.get::<_, i64>(2)),
            (kept, kept, i64::from(count))
        );
    };
    check(&mut db);
    case.engine(&plan).rollback(&mut |_| {}).unwrap();
    check(&mut db);
}

/// For each check, damage that it sees: which row, what is wrong, and no other check than those that must see it too.
#[test]
fn verification_names_the_row_that_was_changed() {
    let case = Case::with(SMALL);
    let plan = case.plan(&["users.id=stable"]);
    case.run(&plan, Phase::Verify).unwrap();
    let mut db = case.client();
    let schema: String = db.query_one("SELECT nspname::text FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE relname = 'orders' AND nspname LIKE '\\_uid%'", &[]).unwrap().get(0);
    let mut expect = |damage: &str, undo: &str, checks: &[&str], row: &str, what: &str| {
        db.batch_execute(&damage.replace("{S}", &schema)).unwrap();
        let found = case.engine(&plan).verify(&mut |_| {}).unwrap();
        assert!(
            found.failures.iter().any(|failure| {
                failure.check == checks[0]
                    && failure.row.contains(row)
                    && failure.what.contains(what)
            }),
            "{damage}: {found:#?}"
        );
        let mut failed: Vec<&str> = found.failures.iter().map(|failure| failure.check).collect();
        failed.sort_unstable();
        failed.dedup();
        let mut expected = checks.to_vec();
        expected.sort_unstable();
        assert_eq!(failed, expected, "{damage}: {found:#?}");
        db.batch_execute(&undo.replace("{S}", &schema)).unwrap();
        let found = case.engine(&plan).verify(&mut |_| {}).unwrap();
        assert_eq!(found.failed, 0, "{undo}: {found:#?}");
    };
    // Users are numbered, every third has an order with twice its number; one user's id in another's place.
    let id_of = |number: u32| format!("(SELECT id FROM _uid.map_0 WHERE legacy = {number})");
    let point = |order: u32, user: u32| {
        format!("UPDATE {{S}}.orders SET user_id = {} WHERE n = {order}", id_of(user))
    };
    expect(
        &point(6, 6),
        &point(6, 3),
        &["reference", "payload"],
        "user_id",
        "not at the same parents",
    );
    expect(&point(6, 6), &point(6, 3), &["payload", "reference"], "3 / 6", "is missing");
    expect(
        "UPDATE {S}.users SET name = 'other' WHERE name = 'u26'",
        "UPDATE {S}.users SET name = 'u26' WHERE name = 'other'",
        &["payload"],
        "26",
        "differs in \"name\"",
    );
    let add = format!("INSERT INTO {{S}}.orders VALUES ({}, 18)", id_of(9));
    let lose = "DELETE FROM {S}.orders WHERE n = 18";
    expect(lose, &add, &["payload", "reference", "rows"], "9 / 18", "is missing");
    expect(lose, &add, &["rows", "payload", "reference"], "all", "235 rows became 234");
    let extra = "INSERT INTO {S}.users VALUES ('01jmwtr76afn78ytbz04sdearg', 'extra')";
    let no_extra = "DELETE FROM {S}.users WHERE name = 'extra'";
    expect(
        extra,
        no_extra,
        &["payload", "rows"],
        "01jmwtr76afn78ytbz04sdearg",
        "is made of no row",
    );
    // A table in which nothing names a row.
    let logged = format!("INSERT INTO {{S}}.logs VALUES ({}, 'x')", id_of(1));
    let unlog = "DELETE FROM {S}.logs WHERE what = 'x'";
    expect(&logged, unlog, &["payload", "reference", "rows"], "x", "is made of no row");
    let changed = format!("UPDATE {{S}}.logs SET what = 'x' WHERE user_id = {}", id_of(2));
    let back = "UPDATE {S}.logs SET what = 'w' WHERE what = 'x'";
    expect(&changed, back, &["payload", "reference"], "w", "has no row that is the same");
    // The map, and with it what both sides are compared by.
    let map = |id: &str, number: u32| {
        format!("UPDATE _uid.map_0 SET id = '{id}' WHERE legacy = {number}")
    };
    let ids = [3, 4].map(|number| -> String {
        case.client().query_one(&format!("SELECT {}", id_of(number)), &[]).unwrap().get(0)
    });
    expect(
        &map("ILLEGAL", 3),
        &map(&ids[0], 3),
        &["format", "payload", "recipe"],
        "3",
        "`ILLEGAL`",
    );
    expect(
        &map("01jmwtr76afn78ytbz04sdearg", 4),
        &map(&ids[1], 4),
        &["recipe", "payload"],
        "4",
        "not what its recipe gives",
    );
}

#[test]
fn bad_luck_is_said_and_changes_nothing() {
    use id_migrate::ErrorKind;
    let server = Server::shared();
    let case = Case::with(SMALL);
    let mut db = case.client();
    let plan_of = |url: &str, password: Option<&str>| {
        let access =
            Access { password: password.map(str::to_owned), folder: case.folder.path().to_owned() };
        plan(url, &access, &PlanOptions::default()).unwrap_err()
    };
    let error = plan_of(&server.url("none_such"), None);
    assert!(
        error.kind() == ErrorKind::Environment && error.to_string().contains("does not exist"),
        "{error}"
    );
    let error = plan_of("postgres://postgres@127.0.0.1:1/x", None);
    assert!(error.to_string().contains("no connection"), "{error}");
    assert_eq!(plan_of("postgres://[", None).kind(), ErrorKind::Usage);
    db.batch_execute("CREATE ROLE guarded LOGIN PASSWORD 'right'").unwrap();
    let url = server.url(&case.name).replace("postgres@", "guarded@");
    let error = plan_of(&url, Some("wrong"));
    assert!(
        error.kind() == ErrorKind::Environment
            && error.to_string().contains("password authentication failed"),
        "{error}"
    );
    // A password in the URL is used, and not kept.
    db.batch_execute(&format!("GRANT ALL ON users, orders, logs TO guarded; GRANT CREATE ON DATABASE {} TO guarded; ALTER TABLE users OWNER TO guarded; ALTER TABLE orders OWNER TO guarded; ALTER TABLE logs OWNER TO guarded", case.name)).unwrap();
    let with = url.replace("guarded@", "guarded:right@");
    let options = PlanOptions {
        keys: vec![KeyRequest::parse("users.id=stable").unwrap()],
        run_id: "test".into(),
        ..PlanOptions::default()
    };
    let nobody = url.replace("guarded@", "");
    for with in [
        with,
        format!("{url}?password=right&connect_timeout=9"),
        format!("{url}?pass%77ord=right"),
        format!("{nobody}?user=guarded&password=right"),
    ] {
        let planned = plan(&with, &case.access(), &options).unwrap();
        assert!(!planned.to_json().contains("right"), "{}", planned.database);
    }

    let mut planned = case.plan(&["users.id=stable"]);
    planned.settings.lock_timeout_ms = 400;
    case.run(&planned, Phase::Backup).unwrap();
    let mut other = case.client();
    let mut open = other.transaction().unwrap();
    open.batch_execute("INSERT INTO users VALUES (5000, 'open')").unwrap();
    let before = case.dump();
    let error = case.run(&planned, Phase::Contract).unwrap_err();
    assert!(error.kind() == ErrorKind::Busy && error.to_string().contains("lock"), "{error}");
    assert_eq!(case.dump(), before);
    open.rollback().unwrap();
    case.run(&planned, Phase::Verify).unwrap();
    let mut open = other.transaction().unwrap();
    open.batch_execute("SELECT * FROM users LIMIT 1").unwrap();
    assert_eq!(case.run(&planned, Phase::Switch).unwrap_err().kind(), ErrorKind::Busy);
    open.rollback().unwrap();
    let first = case.engine(&planned);
    assert_eq!(
        Postgres::open(planned.clone(), case.access(), true).unwrap_err().kind(),
        ErrorKind::Busy
    );
    drop(first);
    db.batch_execute("ALTER TABLE orders ADD COLUMN extra int").unwrap();
    let error = case.run(&planned, Phase::Contract).unwrap_err();
    assert!(
        error.kind() == ErrorKind::SchemaChanged && error.help().contains("rollback"),
        "{error}"
    );
    // The server ends our connection in the middle: what was done stays, and the next run goes on.
    db.batch_execute("ALTER TABLE orders DROP COLUMN extra").unwrap();
    let mut engine = case.engine(&planned);
    db.batch_execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'unified-id migrate' AND datname = current_database()").unwrap();
    let error = engine.switch(&mut |_| {}).unwrap_err();
    assert!(
        error.kind() == ErrorKind::Stopped && error.to_string().contains("connection"),
        "{error}"
    );
    drop(engine);
    case.run(&planned, Phase::Contract).unwrap();
}

#[test]
fn the_backup_can_be_restored() {
    let case = Case::shop();
    let before = case.dump();
    let plan = case.plan(SHOP);
    case.run(&plan, Phase::Contract).unwrap();
    case.client()
        .batch_execute("DELETE FROM shop.documents; UPDATE shop.employees SET name = 'x'")
        .unwrap();
    case.engine(&plan).restore(&mut |_| {}).unwrap();
    case.check(true);
    assert_eq!(case.dump(), before);
    let file = case.folder.path().join("test.backup/0.copy");
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[5] ^= 1;
    std::fs::remove_file(&file).unwrap();
    std::io::Write::write_all(&mut std::fs::File::create(&file).unwrap(), &bytes).unwrap();
    assert!(case.engine(&plan).restore(&mut |_| {}).unwrap_err().to_string().contains("damaged"));
}

#[test]
fn ids_in_sql_are_the_same_as_in_rust() {
    use unified_id::Core;
    let case = Case::with("CREATE SCHEMA ids");
    let mut db = case.client();
    db.batch_execute(&id_migrate::postgres::functions("ids").join(";\n")).unwrap();
    let mut state = 0x9e37_79b9_7f4a_7c15_u128;
    for round in 0..300_u32 {
        state = state.wrapping_mul(0x2360_ed05_1fc6_5da4_4385_df64_9fcc_f645).wrapping_add(1);
        let value = match round {
            0 => 0,
            1 => u128::MAX,
            _ => state >> (round % 3 * 40),
        };
        let core = Core::from_u128(value);
        let (text, uuid) = (core.to_text().as_str().to_owned(), core.uuid_text());
        let row = db
            .query_one(
                &format!("SELECT ids.to_text('{uuid}'::uuid), ids.to_uuid('{}')::text, ids.to_uuid('job_{text}')::text, (extract(epoch FROM ids.timestamp_of('{text}')) * 1000)::bigint, ids.thread_of('run_{text}_{text}'), ids.to_text('{uuid}'::uuid, 'job')", core.ulid_text()),
                &[],
            )
            .unwrap();
        assert_eq!(
            (row.get::<_, String>(0), row.get::<_, String>(1), row.get::<_, String>(2)),
            (text.clone(), uuid.clone(), uuid.clone())
        );
        assert_eq!(
            row.get::<_, Option<i64>>(3),
            core.timestamp_ms().and_then(|ms| i64::try_from(ms).ok()),
            "{text}"
        );
        assert_eq!(
            (row.get::<_, String>(4), row.get::<_, String>(5)),
            (text.clone(), format!("job_{text}"))
        );
    }
    for text in [
        "",
        "8zzzzzzzzzzzzzzzzzzzzzzzzz",
        "01hk421p48e8wvkgb4w8etmzmi",
        "job_",
        "x",
        "JOB_01hk421p48e8wvkgb4w8etmzmm",
        "_01hk421p48e8wvkgb4w8etmzmm",
        "01hk421p48e8wvkgb4w8etmzm\u{e9}",
    ] {
        assert!(
            db.query_one("SELECT ids.to_uuid($1)::text", &[&text])
                .unwrap()
                .get::<_, Option<String>>(0)
                .is_none(),
            "{text}"
        );
    }
    let row = db
        .query_one(
            "SELECT prefix, scope, core FROM ids.parse('run_user123_01hk421p48e8wvkgb4w8etmzmm')",
            &[],
        )
        .unwrap();
    assert_eq!(
        (row.get::<_, String>(0), row.get::<_, String>(1), row.get::<_, String>(2)),
        ("run".into(), "user123".into(), "01hk421p48e8wvkgb4w8etmzmm".into())
    );
    for row in db
        .query("SELECT ids.generate(), ids.generate('job') FROM generate_series(1, 200)", &[])
        .unwrap()
    {
        let core = Core::parse(&row.get::<_, String>(0)).unwrap();
        assert!(core.timestamp_ms().is_some());
        assert!(unified_id::JobId::parse(&row.get::<_, String>(1)).is_ok());
    }
    assert!(db.query_one("SELECT ids.generate('Job')", &[]).is_err());
}

/// The statements for review are those of a run: the server takes them, and a run goes on behind any of them.
#[test]
fn scripts_can_be_run() {
    let case = Case::shop();
    let (before, plan) = (case.dump(), case.plan(SHOP));
    let scripts = id_migrate::database::scripts(&plan, &case.access()).unwrap();
    assert_eq!(case.dump(), before, "they are made without a trace");
    let names: Vec<&str> = scripts.iter().map(|(name, _)| *name).collect();
    assert_eq!(
        names,
        [
            "1-expand.sql",
            "2-backfill.sql",
            "3-switch.sql",
            "4-contract.sql",
            "rollback-before-switch.sql",
            "rollback-after-switch.sql",
            "rollback-after-contract.sql"
        ]
    );
    let mut db = case.client();
    let mut run = |name: &str| {
        let (_, sql) = scripts.iter().find(|(known, _)| *known == name).unwrap();
        db.batch_execute(sql).unwrap_or_else(|error| panic!("{name}: {error:?}"));
    };
    run("1-expand.sql");
    run("rollback-before-switch.sql");
    assert_eq!(case.dump(), before);
    for last in ["rollback-after-switch.sql", "rollback-after-contract.sql"] {
        run("1-expand.sql");
        assert_eq!(case.engine(&plan).phase().unwrap(), Phase::Backfill);
        run("2-backfill.sql");
        // The ids of the statements are those of the program.
        let found = case.engine(&plan).verify(&mut |_| {}).unwrap();
        assert_eq!((found.failed, found.pending), (0, 0), "{:?}", found.failures);
        run("3-switch.sql");
        case.check(false);
        assert_eq!(case.engine(&plan).phase().unwrap(), Phase::Soak);
        if last == "rollback-after-contract.sql" {
            run("4-contract.sql");
            assert_eq!(case.engine(&plan).phase().unwrap(), Phase::Done);
            case.check(false);
        }
        run(last);
        case.check(true);
        assert_eq!(case.dump(), before);
    }
    // What was begun by hand is ended by the program.
    run("1-expand.sql");
    case.run(&plan, Phase::Backfill).unwrap();
    assert_eq!(case.engine(&plan).phase().unwrap(), Phase::Verify);
    case.engine(&plan).rollback(&mut |_| {}).unwrap();
    assert_eq!(case.dump(), before);
}

const CLIENTS: &str = "CREATE TABLE users (id uuid PRIMARY KEY, n int NOT NULL UNIQUE); CREATE TABLE numbered (id int PRIMARY KEY); \
    CREATE TABLE posts (n serial PRIMARY KEY, user_id uuid NOT NULL REFERENCES users, number int REFERENCES numbered, doc jsonb, ids uuid[], user_n int NOT NULL, who text NOT NULL); \
    INSERT INTO users SELECT md5(n::text)::uuid, n FROM generate_series(0, 399) n; INSERT INTO numbered SELECT generate_series(1, 50); \
    INSERT INTO posts (user_id, number, doc, ids, user_n, who) SELECT id, n % 50 + 1, jsonb_build_object('user_id', id), ARRAY[id], n, 'before' FROM users;";

/// A client that knows only legacy values and one that knows the new ids write at the same time, over the switch.
#[test]
fn old_and_new_clients_work_side_by_side() {
    let case = Case::with(CLIENTS);
    let plan = case.plan(&["users.id=bits", "numbered.id=stable"]);
    assert_eq!(plan.references.len(), 4, "{:#?}", plan.references);
    case.run(&plan, Phase::Verify).unwrap();
    let is_over = std::sync::atomic::AtomicBool::new(false);
    let written = [AtomicU32::new(0), AtomicU32::new(0)];
    let wait_for = |who: usize| {
        let (from, begun) = (written[who].load(Ordering::Relaxed), std::time::Instant::now());
        while written[who].load(Ordering::Relaxed) < from + 20 {
            assert!(begun.elapsed().as_secs() < 60, "client {who} does not write");
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
    };
    std::thread::scope(|scope| {
        let _ends = case.ends_threads();
        scope.spawn(|| {
            let mut db = case.client();
            while !is_over.load(Ordering::Relaxed) {
                let n = written[0].fetch_add(1, Ordering::Relaxed) % 400;
                db.batch_execute(&format!(
                    "INSERT INTO posts (user_id, number, doc, ids, user_n, who) SELECT u.id, v.n, jsonb_build_object('user_id', u.id), ARRAY[u.id], {n}, 'old' \
                     FROM (SELECT md5('{n}')::uuid AS id) u, (SELECT {n} % 50 + 1 AS n) v; \
                     UPDATE posts SET user_id = md5('{n}')::uuid WHERE n = (SELECT max(n) FROM posts WHERE user_n = {n} AND who = 'old')"
                ))
                .unwrap();
            }
        });
        wait_for(0);
        case.run(&plan, Phase::Switch).unwrap();
        scope.spawn(|| {
            let mut db = case.client();
            while !is_over.load(Ordering::Relaxed) {
                let n = written[1].fetch_add(1, Ordering::Relaxed) % 400;
                db.batch_execute(&format!("INSERT INTO posts (user_id, doc, ids, user_n, who) SELECT id, jsonb_build_object('user_id', id), ARRAY[id], n, 'new' FROM users WHERE n = {n}")).unwrap();
            }
        });
        wait_for(0);
        wait_for(1);
        is_over.store(true, Ordering::Relaxed);
    });
    let mut db = case.client();
    let count = |db: &mut Client, sql: &str| -> i64 { db.query_one(sql, &[]).unwrap().get(0) };
    let all = count(&mut db, "SELECT count(*) FROM posts");
    let joined = "SELECT count(*) FROM posts p JOIN users u ON u.id = p.user_id AND u.n = p.user_n WHERE p.doc->>'user_id' = u.id::text AND p.ids[1]::text = u.id::text";
    assert_eq!(count(&mut db, joined), all);
    assert_eq!(count(&mut db, "SELECT count(*) FROM posts WHERE length(user_id) <> 26"), 0);
    assert_eq!(
        count(
            &mut db,
            "SELECT count(*) FROM posts p JOIN numbered n ON n.id = p.number WHERE who <> 'new'"
        ),
        count(&mut db, "SELECT count(*) FROM posts WHERE who <> 'new'")
    );
    // Who asks by a legacy value, or by an id, gets the row.
    let ask = "SELECT count(*) FROM users WHERE n = 7 AND id IN (SELECT _uid.id_of('public.users.id', x) FROM (VALUES (md5('7')::uuid::text), (id)) v(x)) AND id = _uid.id_of('public.users.id', id)";
    let found = count(
        &mut db,
        &ask.replace(
            "public.",
            if plan.keys[0].table.starts_with("public.") { "public." } else { "" },
        ),
    );
    assert_eq!(found, 1, "{}", plan.keys[0].table);
    assert!(
        db.batch_execute("INSERT INTO posts (user_id, user_n, who) VALUES ('no such', 1, 'x')")
            .is_err()
    );
    assert_eq!(case.engine(&plan).drift(&mut |_| {}).unwrap(), 0);
    case.engine(&plan).rollback(&mut |_| {}).unwrap();
    assert_eq!(count(&mut db, joined), all);
    assert_eq!(
        count(&mut db, "SELECT count(*) FROM posts WHERE user_id <> md5(user_n::text)::uuid"),
        0
    );
    case.run(&plan, Phase::Contract).unwrap();
    assert_eq!(count(&mut db, "SELECT count(*) FROM pg_trigger WHERE tgname LIKE '\\_uid%'"), 0);
}

/// The worker asks whether it may begin; it has its list then.
const ASKS: &str = "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'unified-id migrate' AND query LIKE '%paused%' AND query LIKE '%pg_stat_replication%' AND pid <> pg_backend_pid())";

/// No run is there, nor what the server has not ended of one.
const NO_SESSION: &str = "SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = 'unified-id migrate')";

/// A worker has looked for a batch and found none; the connection that holds the run's lock is no worker.
const LOOKED: &str = "SELECT EXISTS (SELECT FROM pg_stat_activity a WHERE application_name = 'unified-id migrate' AND (query LIKE '%SKIP LOCKED%' OR query = 'ROLLBACK') AND NOT EXISTS (SELECT FROM pg_locks l WHERE l.pid = a.pid AND l.locktype = 'advisory'))";

/// Ends all other connections to a database if the test fails: a scope waits for its threads, and these may wait for the test.
struct EndsThreads(String);

impl Drop for EndsThreads {
    fn drop(&mut self) {
        if std::thread::panicking()
            && let Ok(mut db) = Client::connect(&self.0, NoTls)
        {
            let _ = db.batch_execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
        }
    }
}

/// Waits until a statement says so.
#[track_caller]
fn until(db: &mut Client, sql: &str) {
    let begun = std::time::Instant::now();
    while !db.query_one(sql, &[]).unwrap().get::<_, bool>(0) {
        assert!(begun.elapsed().as_secs() < 60, "{sql}");
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
}

/// A migration of [`SMALL`] on a server of its own: the statements of other tests would count.
struct Alone {
    url: String,
    access: Access,
    _folder: TempDir,
}

impl Alone {
    fn new(url: String) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let access = Access { password: None, folder: folder.path().to_owned() };
        let alone = Self { url, access, _folder: folder };
        alone.client().batch_execute(SMALL).unwrap();
        alone
    }

    fn client(&self) -> Client {
        Client::connect(&self.url, NoTls).unwrap()
    }

    fn ends_threads(&self) -> EndsThreads {
        EndsThreads(self.url.clone())
    }

    fn plan(&self) -> Plan {
        let options = PlanOptions {
            keys: vec![KeyRequest::parse("users.id=stable").unwrap()],
            run_id: "test".to_owned(),
            ..PlanOptions::default()
        };
        plan(&self.url, &self.access, &options).unwrap()
    }

    fn open(&self, plan: &Plan) -> Postgres {
        Postgres::open(plan.clone(), self.access.clone(), true).unwrap()
    }

    fn run(&self, plan: &Plan, until: Phase) -> id_migrate::Result<Phase> {
        run::run(&mut self.open(plan), until, 0, &mut |_| {}).map(|ended| ended.phase)
    }

    /// A backfill waits with nothing done, and goes on when nothing holds it back any more.
    #[track_caller]
    fn waits_until(&self, plan: &Plan, release: impl FnOnce()) {
        let mut db = self.client();
        let is_idle = "SELECT NOT EXISTS (SELECT FROM _uid.chunk WHERE done AND hi < 1000000000)";
        std::thread::scope(|scope| {
            let _ends = self.ends_threads();
            let run = scope.spawn(|| self.run(plan, Phase::Backfill));
            until(&mut db, ASKS);
            for _ in 0..20 {
                assert!(db.query_one(is_idle, &[]).unwrap().get::<_, bool>(0));
                std::thread::sleep(std::time::Duration::from_millis(20));
            }
            assert!(!run.is_finished());
            release();
            assert_eq!(run.join().unwrap().unwrap(), Phase::Verify);
        });
    }
}

/// What holds the workers back: a pause that somebody asks for, a rate, other statements.
#[test]
fn workers_wait_when_they_are_told() {
    let server = Server::start();
    let alone = Alone::new(server.url("postgres"));
    let (mut db, mut planned) = (alone.client(), alone.plan());

    alone.run(&planned, Phase::Expand).unwrap();
    db.batch_execute("INSERT INTO _uid.state VALUES ('paused', 'yes')").unwrap();
    alone.waits_until(&planned, || {
        db.batch_execute("DELETE FROM _uid.state WHERE k = 'paused'").unwrap();
    });
    alone.open(&planned).rollback(&mut |_| {}).unwrap();

    // A statement of somebody else may run, two may not.
    planned.settings.max_active = 1;
    alone.run(&planned, Phase::Expand).unwrap();
    std::thread::scope(|scope| {
        let _ends = alone.ends_threads();
        for _ in 0..3 {
            scope.spawn(|| {
                let ended = alone.client().batch_execute("SELECT pg_sleep(600)").unwrap_err();
                assert_eq!(ended.code().unwrap().code(), "57014");
            });
        }
        until(
            &mut db,
            "SELECT count(*) = 3 FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(600)' AND state = 'active'",
        );
        alone.waits_until(&planned, || {
            db.batch_execute(
                "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(600)'",
            )
            .unwrap();
        });
    });
    alone.open(&planned).rollback(&mut |_| {}).unwrap();

    // Of two tables the second one waits for as long as the rows of the first one may take: 704 at 1000 in a second.
    planned.settings.max_active = 0;
    (planned.settings.rows_per_second, planned.settings.workers) = (1000, 1);
    alone.run(&planned, Phase::Expand).unwrap();
    let begun = std::time::Instant::now();
    assert_eq!(alone.run(&planned, Phase::Backfill).unwrap(), Phase::Verify);
    // Which table comes first is the plan's business; the smaller one has 235 rows.
    assert!(begun.elapsed().as_millis() >= 235, "{:?}", begun.elapsed());
    let found = alone.open(&planned).verify(&mut |_| {}).unwrap();
    assert_eq!((found.failed, found.rows > 900), (0, true), "{:?}", found.failures);

    // A test that fails while a run waits for it ends.
    alone.open(&planned).rollback(&mut |_| {}).unwrap();
    alone.run(&planned, Phase::Expand).unwrap();
    db.batch_execute("INSERT INTO _uid.state VALUES ('paused', 'yes')").unwrap();
    let fails = || alone.waits_until(&planned, || std::panic::resume_unwind(Box::new("meant")));
    let failed = std::panic::catch_unwind(std::panic::AssertUnwindSafe(fails)).unwrap_err();
    assert_eq!(failed.downcast_ref::<&str>(), Some(&"meant"));
}

/// A standby that does not replay what it receives lies behind; the workers wait until it has.
#[test]
fn workers_wait_for_a_standby_that_lies_behind() {
    let pair = id_testkit::postgres::Pair::asynchronous();
    let alone = Alone::new(pair.url_of(0, "postgres"));
    let (mut db, mut planned) = (alone.client(), alone.plan());
    planned.settings.max_lag_bytes = 100_000;
    alone.run(&planned, Phase::Expand).unwrap();
    let mut standby = Client::connect(&pair.url_of(1, "postgres"), NoTls).unwrap();
    standby.batch_execute("SELECT pg_wal_replay_pause()").unwrap();
    until(&mut standby, "SELECT pg_get_wal_replay_pause_state() = 'paused'");
    db.batch_execute("SELECT pg_logical_emit_message(false, 'test', repeat('x', 200000))").unwrap();
    until(
        &mut db,
        "SELECT max(pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn)) > 200000 FROM pg_stat_replication",
    );
    alone.waits_until(&planned, || {
        standby.batch_execute("SELECT pg_wal_replay_resume()").unwrap();
    });
    let found = alone.open(&planned).verify(&mut |_| {}).unwrap();
    assert_eq!((found.failed, found.rows > 900), (0, true), "{:?}", found.failures);
    // The standby has what was copied, too.
    let copied: i64 = db.query_one("SELECT count(*) FROM _uid.map_0", &[]).unwrap().get(0);
    until(&mut standby, &format!("SELECT count(*) = {copied} FROM _uid.map_0"));
}

/// Two tables of about 16 chunks each.
const CHUNKY: &str = "CREATE TABLE users (id int PRIMARY KEY, pad text NOT NULL); CREATE TABLE orders (n int PRIMARY KEY, user_id int NOT NULL REFERENCES users, pad text NOT NULL); \
    ALTER TABLE users ALTER pad SET STORAGE plain; ALTER TABLE orders ALTER pad SET STORAGE plain; \
    INSERT INTO users SELECT n, repeat('p', 2000) FROM generate_series(1, 4000) n; INSERT INTO orders SELECT n, n * 7 % 4000 + 1, repeat('q', 2000) FROM generate_series(1, 4000) n;";

impl Case {
    /// Runs the backfill; returns how many rows it said it had copied.
    fn copied(&self, plan: &Plan) -> id_migrate::Result<u64> {
        let mut copied = 0;
        run::run(&mut self.engine(plan), Phase::Backfill, 0, &mut |event| {
            if let Some(rows) = event.what.strip_prefix("rows copied: ") {
                copied = rows.parse().unwrap();
            }
        })?;
        Ok(copied)
    }

    fn rows(&self) -> Vec<String> {
        let sql = "SELECT concat_ws(' ', u.id, u.pad, o.n, o.user_id, o.pad) FROM users u FULL JOIN orders o ON o.user_id = u.id ORDER BY 1";
        self.client().query(sql, &[]).unwrap().iter().map(|row| row.get(0)).collect()
    }
}

/// However many workers there are, every row is copied once, and to the same end.
#[test]
fn any_number_of_workers_has_the_same_end() {
    let mut first: Option<Vec<String>> = None;
    for workers in [1, 2, 4] {
        let case = Case::with(CHUNKY);
        let mut planned = case.plan(&["users.id=stable"]);
        planned.settings.workers = workers;
        assert_eq!(case.copied(&planned).unwrap(), 8_000, "{workers} workers");
        let mut db = case.client();
        let chunks: i64 = db.query_one("SELECT count(*) FROM _uid.chunk", &[]).unwrap().get(0);
        assert!(chunks > 25, "{chunks} chunks");
        case.run(&planned, Phase::Contract).unwrap();
        let rows = case.rows();
        assert_eq!(rows.len(), 4_000);
        assert!(*first.get_or_insert_with(|| rows.clone()) == rows, "{workers} workers");
    }
}

/// The connection of a worker is ended in the middle of a batch: the batch is undone, and done by another worker later.
#[test]
fn the_batch_of_a_worker_that_ends_is_done_by_another() {
    let case = Case::with(CHUNKY);
    let mut planned = case.plan(&["users.id=stable"]);
    planned.settings.workers = 2;
    case.run(&planned, Phase::Expand).unwrap();
    let mut db = case.client();
    db.batch_execute("INSERT INTO _uid.state VALUES ('paused', 'yes')").unwrap();
    let mut other = case.client();
    let error = std::thread::scope(|scope| {
        let _ends = case.ends_threads();
        let run = scope.spawn(|| case.copied(&planned));
        // Nobody writes a row until the test lets go of the new tables.
        until(&mut db, ASKS);
        let mut hold = other.transaction().unwrap();
        hold.batch_execute("LOCK TABLE _uid_new_0.users, _uid_new_0.orders IN SHARE MODE").unwrap();
        db.batch_execute("DELETE FROM _uid.state WHERE k = 'paused'").unwrap();
        until(
            &mut db,
            "SELECT count(pg_terminate_backend(pid)) = 1 FROM (SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'unified-id migrate' AND wait_event_type = 'Lock' AND query LIKE 'INSERT INTO%ctid%' LIMIT 1) x",
        );
        hold.rollback().unwrap();
        run.join().unwrap().unwrap_err()
    });
    assert!(error.kind() == id_migrate::ErrorKind::Stopped, "{error}");
    let counts = "SELECT count(*) FILTER (WHERE done), count(*) FROM _uid.chunk";
    let row = db.query_one(counts, &[]).unwrap();
    let (done, all): (i64, i64) = (row.get(0), row.get(1));
    assert!(done < all, "{done} of {all}");
    // What is marked is there, what is not marked is not: the rest makes it whole.
    let copied = case.copied(&planned).unwrap();
    assert!(copied > 0 && copied <= 8_000, "{copied}");
    case.run(&planned, Phase::Contract).unwrap();
    let joined =
        "SELECT count(*) FROM orders o JOIN users u ON u.id = o.user_id WHERE length(u.id) = 26";
    assert_eq!(db.query_one(joined, &[]).unwrap().get::<_, i64>(0), 4_000);
}

/// A statement of a killed run may hold its batch for a while; the next run does not end without it.
#[test]
fn a_batch_that_another_connection_holds_is_waited_for() {
    let server = Server::start();
    let alone = Alone::new(server.url("postgres"));
    let (mut db, mut planned) = (alone.client(), alone.plan());
    alone.run(&planned, Phase::Expand).unwrap();
    // As long as a worker waits for a batch, a run waits for the one before it: that one's sessions are over.
    planned.settings.lock_timeout_ms = 300;
    until(&mut db, NO_SESSION);
    db.batch_execute("INSERT INTO _uid.state VALUES ('paused', 'yes')").unwrap();
    let mut other = alone.client();
    let mut hold = other.transaction().unwrap();
    let left = "SELECT count(*) = 1 FROM _uid.chunk WHERE NOT done";
    std::thread::scope(|scope| {
        let _ends = alone.ends_threads();
        let run = scope.spawn(|| alone.run(&planned, Phase::Backfill));
        until(&mut db, ASKS);
        hold.batch_execute(
            "SELECT FROM _uid.chunk WHERE NOT done AND hi < 1000000000 ORDER BY n LIMIT 1 FOR UPDATE",
        )
        .unwrap();
        db.batch_execute("DELETE FROM _uid.state WHERE k = 'paused'").unwrap();
        until(&mut db, left);
        let error = run.join().unwrap().unwrap_err();
        assert_eq!(error.kind(), id_migrate::ErrorKind::Busy, "{error}");
    });
    planned.settings.lock_timeout_ms = 60_000;
    until(&mut db, NO_SESSION);
    std::thread::scope(|scope| {
        let _ends = alone.ends_threads();
        let run = scope.spawn(|| alone.run(&planned, Phase::Backfill));
        until(&mut db, LOOKED);
        assert!(!run.is_finished());
        hold.rollback().unwrap();
        assert_eq!(run.join().unwrap().unwrap(), Phase::Verify);
    });
    let found = alone.open(&planned).verify(&mut |_| {}).unwrap();
    assert_eq!((found.failed, found.rows > 900), (0, true), "{:?}", found.failures);
}

/// The time for which a run is told to wait is no time for which it waits for a batch.
#[test]
fn a_pause_does_not_count_as_waiting_for_a_batch() {
    let server = Server::start();
    let alone = Alone::new(server.url("postgres"));
    let (mut db, mut planned) = (alone.client(), alone.plan());
    alone.run(&planned, Phase::Expand).unwrap();
    planned.settings.lock_timeout_ms = 4000;
    until(&mut db, NO_SESSION);
    db.batch_execute("INSERT INTO _uid.state VALUES ('paused', 'yes')").unwrap();
    let mut other = alone.client();
    let mut hold = other.transaction().unwrap();
    std::thread::scope(|scope| {
        let _ends = alone.ends_threads();
        let run = scope.spawn(|| alone.run(&planned, Phase::Backfill));
        until(&mut db, ASKS);
        hold.batch_execute("SELECT FROM _uid.chunk WHERE NOT done AND hi < 1000000000 FOR UPDATE")
            .unwrap();
        db.batch_execute("DELETE FROM _uid.state WHERE k = 'paused'").unwrap();
        until(&mut db, LOOKED);
        db.batch_execute("INSERT INTO _uid.state VALUES ('paused', 'yes')").unwrap();
        std::thread::sleep(std::time::Duration::from_millis(4500));
        db.batch_execute("DELETE FROM _uid.state WHERE k = 'paused'").unwrap();
        until(&mut db, LOOKED);
        hold.rollback().unwrap();
        assert_eq!(run.join().unwrap().unwrap(), Phase::Verify);
    });
}
