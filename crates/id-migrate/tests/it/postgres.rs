//! PostgreSQL: the shop there and back from every phase, on a real server.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use id_migrate::database::Access;
use id_migrate::engine::{Engine, Phase};
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
        Self { name, folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn with(sql: &str) -> Self {
        let case = Self::empty();
        case.client().batch_execute(sql).unwrap();
        case
    }

    /// The shop: made once, then copied by the server.
    pub(crate) fn shop() -> Self {
        static TEMPLATE: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| {
            let case = Case::empty();
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/pg_shop.sql.gz");
            let output =
                Command::new("gzip").arg("-dc").arg(path).stdout(Stdio::piped()).output().unwrap();
            case.client().batch_execute(&String::from_utf8(output.stdout).unwrap()).unwrap();
            case.name
        });
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("shop_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        static ONE: std::sync::Mutex<()> = std::sync::Mutex::new(());
        let template = TEMPLATE.clone();
        let _one = ONE.lock().unwrap();
        connect("postgres")
            .batch_execute(&format!("CREATE DATABASE {name} TEMPLATE {template}"))
            .unwrap();
        Self { name, folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn client(&self) -> Client {
        connect(&self.name)
    }

    pub(crate) fn access(&self) -> Access {
        Access { password: None, folder: self.folder.path().to_owned() }
    }

    pub(crate) fn plan(&self, keys: &[&str]) -> Plan {
        let options = PlanOptions {
            keys: keys.iter().map(|key| KeyRequest::parse(key).unwrap()).collect(),
            run_id: "test".to_owned(),
            namespace: Some("shop".to_owned()),
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
    for until in [Phase::Expand, Phase::Backfill, Phase::Verify, Phase::Switch, Phase::Contract] {
        let case = Case::shop();
        let before = case.dump();
        let plan = case.plan(SHOP);
        assert!(plan.blockers().next().is_none(), "{:#?}", plan.findings);
        case.run(&plan, until).unwrap();
        case.check(false);
        assert_eq!(case.dump() == before, false, "{until:?}");
        case.engine(&plan).rollback(&mut |_| {}).unwrap();
        case.check(true);
        let after = case.dump();
        for (one, other) in before.iter().zip(&after) {
            assert_eq!(one, other, "{until:?}");
        }
        assert_eq!(before.len(), after.len(), "{until:?}");
    }
}
