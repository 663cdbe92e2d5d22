//! `unified-id migrate` on a PostgreSQL server: killed at any moment, a run ends as one that was not.
//!
//! The database is the shop of `id-migrate`. How many kills there are in each phase is built in
//! (`UNIFIED_ID_KILLS_PER_PHASE`): a few in the test command, many in `cargo xtask soak --only migrate-postgres`.

// id-lint: allow-file[UID010] keys as databases make them, which are then migrated

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;

use id_testkit::postgres::Postgres as Server;
use postgres::{Client, NoTls};
use tempfile::TempDir;

use crate::killing::{self, Random, reports};

const KEYS: &[&str] = &[
    "shop.orders.id=created-at:created_at",
    "shop.customers.id=created-at:created_at",
    "shop.employees.id=stable",
    "shop.departments.id=stable",
    "shop.documents.id=bits",
];

fn connect(name: &str) -> Client {
    Client::connect(&Server::shared().url(name), NoTls).unwrap()
}

fn template() -> &'static str {
    static MADE: std::sync::LazyLock<()> = std::sync::LazyLock::new(|| {
        connect("postgres").batch_execute("CREATE DATABASE shop").unwrap();
        let path = id_testkit::workspace_root().join("crates/id-migrate/tests/data/pg_shop.sql.gz");
        let output = Command::new("gzip").arg("-dc").arg(path).output().unwrap();
        connect("shop").batch_execute(&String::from_utf8(output.stdout).unwrap()).unwrap();
    });
    std::sync::LazyLock::force(&MADE);
    "shop"
}

struct Case {
    name: String,
    folder: TempDir,
}

impl Case {
    fn new(name: &str) -> Self {
        Self::of(name, template())
    }

    /// A copy of another database.
    fn of(name: &str, template: &str) -> Self {
        connect("postgres")
            .batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
            .unwrap();
        connect("postgres")
            .batch_execute(&format!("CREATE DATABASE {name} TEMPLATE {template}"))
            .unwrap();
        Self { name: name.to_owned(), folder: tempfile::tempdir().unwrap() }
    }

    fn plan(&self) -> PathBuf {
        self.folder.path().join("plan.json")
    }

    fn command(words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_unified-id"));
        command.arg("migrate").args(words);
        command
    }

    fn make_plan(&self) {
        let mut command =
            Self::command(&["plan", &Server::shared().url(&self.name), "--namespace", "shop"]);
        for key in KEYS {
            command.args(["--key", key]);
        }
        let output = command.arg("--out").arg(self.plan()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }

    #[track_caller]
    fn run(&self, words: &[&str], code: i32) -> String {
        let output = Self::command(words).arg(self.plan()).output().unwrap();
        let said = format!(
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        assert_eq!(output.status.code(), Some(code), "{words:?}: {said}");
        said
    }

    /// Every table and its rows, and the map.
    fn rows(&self) -> Vec<String> {
        let mut db = connect(&self.name);
        db.batch_execute("SET timezone = 'UTC'").unwrap();
        let tables = "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname IN ('shop', 'audit') AND c.relkind IN ('r', 'm') ORDER BY 1";
        let mut lines = Vec::new();
        let names: Vec<String> =
            db.query(tables, &[]).unwrap().iter().map(|row| row.get(0)).collect();
        let has_map: bool =
            db.query_one("SELECT to_regclass('_uid.lookup') IS NOT NULL", &[]).unwrap().get(0);
        for name in names.into_iter().chain(has_map.then(|| "_uid.lookup".to_owned())) {
            let rows = db.query(&format!("SELECT t::text FROM {name} t ORDER BY 1"), &[]).unwrap();
            lines.push(name);
            lines.extend(rows.iter().map(|row| row.get::<_, String>(0)));
        }
        lines
    }
}

impl Drop for Case {
    fn drop(&mut self) {
        let _ = Client::connect(&Server::shared().url("postgres"), NoTls).and_then(|mut db| {
            db.batch_execute(&format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name))
        });
    }
}

/// One way to be killed: in a phase of a run, or of a way back from somewhere.
struct Killed<'a> {
    /// What the reports say that the victim is doing.
    phase: &'static str,
    /// The database from which each victim begins.
    from: &'a str,
    words: &'static [&'static str],
    /// Reports of the phase in a run that was not killed.
    reports: u64,
}

const RUN: &[&str] = &["run", "--until", "contract", "--yes", "--progress", "json"];
const BACK: &[&str] = &["rollback", "--progress", "json"];

/// Kills at any report of a phase and a random moment later, so that every phase is hit at many points, the ways back too;
/// then resumes, and at every third kill goes back.
#[test]
fn a_killed_run_ends_like_one_that_was_not() {
    let per_phase = killing::per_phase();
    let whole = Case::new("whole");
    let before = whole.rows();
    whole.make_plan();
    let plan = std::fs::read_to_string(whole.plan()).unwrap();
    let mut said = whole.run(&["run", "--until", "switch", "--yes", "--progress", "json"], 0);
    let switched = Case::of("switched", &whole.name);
    said += &whole.run(RUN, 0);
    let done = Case::of("done", &whole.name);
    let expected = whole.rows();
    // The ways back that are not killed are counted, too.
    let back = [&switched, &done].map(|from| {
        let case = Case::of("back", &from.name);
        case.take_plan(&plan);
        let said = case.run(BACK, 0);
        assert_eq!(case.rows(), before, "back from {}", from.name);
        Killed { phase: "back", from: &from.name, words: BACK, reports: reports(&said, "back") }
    });
    let phases = ["backup", "expand", "backfill", "verify", "switch", "soak", "contract"];
    let there = phases.map(|phase| Killed {
        phase,
        from: template(),
        words: RUN,
        reports: reports(&said, phase),
    });
    let mut kills = BTreeMap::<String, u64>::new();
    let mut random = Random(7);
    for way in there.iter().chain(&back) {
        let name = if way.words == BACK {
            format!("back from {}", way.from)
        } else {
            way.phase.to_owned()
        };
        let mut tries = 0;
        while kills.get(&name).is_none_or(|count| *count < per_phase) {
            let missed = tries - kills.get(&name).copied().unwrap_or(0);
            tries += 1;
            assert!(
                tries <= killing::most_tries(),
                "{name} is over before it can be killed: {kills:?}"
            );
            let case = Case::of("killed", way.from);
            case.take_plan(&plan);
            let skip = random.next();
            let at = skip % way.reports.max(1) + 1;
            let Some(next) = case.kill(way, at, killing::later_us(skip, missed)) else { continue };
            // It died inside the phase if that is still what comes next; the contract begins where the soak does, and the
            // switch validates foreign keys when it is done.
            let is_inside = match way.phase {
                "contract" => next == "soak",
                "switch" => next == "switch" || next == "soak",
                "back" => next != "backup" && next != "expand",
                phase => next == phase,
            };
            *kills.entry(name.clone()).or_default() += u64::from(is_inside);
            if way.words == BACK || skip.is_multiple_of(3) {
                case.run(&["rollback"], 0);
                assert_eq!(case.rows(), before, "{name}: killed at report {at}, then back");
            } else {
                case.run(&["resume", "--until", "contract", "--yes"], 0);
                assert_eq!(case.rows(), expected, "{name}: killed at report {at}");
            }
        }
    }
    println!("kills: {kills:?}");
}

impl Case {
    /// Takes the plan of another case as its own.
    fn take_plan(&self, plan: &str) {
        let here = plan.replace("/whole\"", &format!("/{}\"", self.name));
        let mut file = std::fs::File::create(self.plan()).unwrap();
        std::io::Write::write_all(&mut file, here.as_bytes()).unwrap();
    }

    /// Kills at this report of the phase and so much later; returns which phase is next, or nothing if it ended before.
    fn kill(&self, way: &Killed<'_>, at: u64, later_us: u64) -> Option<String> {
        let mut command = Self::command(way.words);
        command.arg(self.plan());
        killing::kill(command, way.phase, at, later_us)?;
        let said = self.run(&["status"], 0);
        let next = said.lines().find_map(|line| line.strip_prefix("next phase: "));
        Some(next.unwrap_or_else(|| panic!("{said}")).to_owned())
    }
}

#[test]
fn a_wrong_address_is_said() {
    let case = Case::new("said");
    let output = Case::command(&["plan", &Server::shared().url("none_such")]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("does not exist") && said.contains("help:"), "{said}");
    case.make_plan();
    assert!(case.run(&["status"], 0).contains("next phase: backup"));
    assert!(case.run(&["switch"], 2).contains("nothing was switched"));
    let said = case.run(&["functions", "--dialect", "postgres"], 2);
    assert!(said.contains("unexpected argument"), "{said}");
    let output = Case::command(&["functions", "--dialect", "postgres", "--schema", "my ids"])
        .output()
        .unwrap();
    let sql = String::from_utf8(output.stdout).unwrap();
    connect(&case.name).batch_execute(&sql).unwrap();
    let id: String =
        connect(&case.name).query_one("SELECT \"my ids\".generate('job')", &[]).unwrap().get(0);
    assert!(unified_id::JobId::parse(&id).is_ok(), "{id}");
}

/// A key with its unique index and one child table, beside the row-by-row way of old scripts; `UNIFIED_ID_BENCH_ROWS` rows.
#[test]
fn speed_beside_row_by_row() {
    use std::time::Instant;
    let rows: u32 =
        option_env!("UNIFIED_ID_BENCH_ROWS").and_then(|text| text.parse().ok()).unwrap_or(3000);
    let case = Case::new("speed");
    let mut db = connect(&case.name);
    let make = |schema: &str, rows: u32| {
        format!(
            "CREATE SCHEMA {schema}; CREATE TABLE {schema}.parents (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), name text NOT NULL, created_at timestamptz NOT NULL); \
             CREATE TABLE {schema}.children (n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, parent_id uuid NOT NULL REFERENCES {schema}.parents, v int); \
             INSERT INTO {schema}.parents (name, created_at) SELECT 'p' || n, now() - n * interval '1 second' FROM generate_series(1, {rows}) n; \
             INSERT INTO {schema}.children (parent_id, v) SELECT id, 1 FROM {schema}.parents; CREATE INDEX ON {schema}.children (parent_id);"
        )
    };
    db.batch_execute(&format!("{} ANALYZE", make("big", rows))).unwrap();
    let output = Case::command(&[
        "plan",
        &Server::shared().url(&case.name),
        "--key",
        "big.parents.id=created-at:created_at",
        "--out",
    ])
    .arg(case.plan())
    .output()
    .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    case.run(&["run", "--until", "expand", "--yes"], 0);
    let stop = std::sync::atomic::AtomicBool::new(false);
    let (seconds, worst) = std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let mut db = connect(&case.name);
            let mut worst = std::time::Duration::ZERO;
            while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                let begun = Instant::now();
                db.batch_execute("UPDATE big.children SET v = v + 1 WHERE n = 1").unwrap();
                worst = worst.max(begun.elapsed());
                std::thread::sleep(std::time::Duration::from_millis(2));
            }
            worst
        });
        let begun = Instant::now();
        case.run(&["run", "--until", "backfill", "--yes"], 0);
        let seconds = begun.elapsed().as_secs_f64();
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
        (seconds, writer.join().unwrap())
    });
    case.run(&["run", "--until", "switch", "--yes"], 0);
    let switch_ms: String =
        db.query_one("SELECT v FROM _uid.state WHERE k = 'switch_ms'", &[]).unwrap().get(0);
    let joined: i64 = db
        .query_one("SELECT count(*) FROM big.children c JOIN big.parents p ON p.id = c.parent_id WHERE length(p.id) = 26", &[])
        .unwrap()
        .get(0);
    assert_eq!(joined, i64::from(rows));
    // The peer: one statement for each key and one for its children, committed row by row.
    let few = rows.min(3000);
    db.batch_execute(&format!("{} ALTER TABLE few.parents ADD new_id text; ALTER TABLE few.children ADD new_parent_id text", make("few", few))).unwrap();
    let begun = Instant::now();
    for row in db.query("SELECT id::text FROM few.parents", &[]).unwrap() {
        let (old, new): (String, String) =
            (row.get(0), unified_id::EntityId::new().core().to_text().as_str().to_owned());
        db.execute("UPDATE few.parents SET new_id = $1 WHERE id = $2::text::uuid", &[&new, &old])
            .unwrap();
        db.execute(
            "UPDATE few.children SET new_parent_id = $1 WHERE parent_id = $2::text::uuid",
            &[&new, &old],
        )
        .unwrap();
    }
    let peer = f64::from(few) * 2.0 / begun.elapsed().as_secs_f64();
    println!(
        "{rows} keys, {rows} children: {:.0} rows/s to the end of backfill, longest write {} ms, locks of the switch {switch_ms} ms; row by row {peer:.0} rows/s",
        f64::from(rows) * 2.0 / seconds,
        worst.as_millis()
    );
}
