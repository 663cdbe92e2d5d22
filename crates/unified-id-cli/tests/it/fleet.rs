//! `unified-id migrate fleet`: two databases, of which one refers to the other.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// Two databases; `b.notes.job` holds keys of `a.jobs`.
const MAKE: &str = "import sqlite3,sys\n\
    a=sqlite3.connect(sys.argv[1]+'/a.sqlite');b=sqlite3.connect(sys.argv[1]+'/b.sqlite')\n\
    a.executescript('create table jobs(id integer primary key, job_id text unique, at text)')\n\
    a.executemany('insert into jobs values(?,?,?)',[(n,'job-%d'%n,'2024-01-01 00:00:%02d'%(n%60)) for n in range(500)])\n\
    b.executescript('create table notes(id text primary key, job text, body text)')\n\
    b.executemany('insert into notes values(?,?,?)',[('note-%d'%n,'job-%d'%(n%520),'b%d'%n) for n in range(800)])\n\
    a.commit();b.commit()";

const SHOW: &str = "import sqlite3,sys\n\
    a=sqlite3.connect(sys.argv[1]+'/a.sqlite');a.execute('attach ? as b',(sys.argv[1]+'/b.sqlite',))\n\
    print(a.execute('select count(*), count(distinct j.id), sum(length(n.id)=26), sum(length(j.job_id)=26) from b.notes n join jobs j on j.job_id=n.job and n.body like \"b%\" where (cast(substr(n.body,2) as int)%520)=j.id').fetchone(),\
    [x[0] for x in a.execute(\"select name from sqlite_master union all select name from b.sqlite_master order by 1\") if not x[0].startswith('sqlite')])";

struct Case {
    folder: TempDir,
}

impl Case {
    fn new(fleet: &str) -> Self {
        let case = Self { folder: tempfile::tempdir().unwrap() };
        let made =
            Command::new("python3").args(["-c", MAKE]).arg(case.folder.path()).output().unwrap();
        assert!(made.status.success());
        fs::File::create(case.path("fleet.toml")).unwrap().write_all(fleet.as_bytes()).unwrap();
        case
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_unified-id"));
        command.args(["migrate", "fleet"]).args(args).arg(self.path("fleet.toml"));
        command
    }

    #[track_caller]
    fn run(&self, args: &[&str], code: i32) -> String {
        let output = self.command(args).stdin(Stdio::null()).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned()
            + &String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{args:?}: {said}");
        said
    }

    fn show(&self) -> String {
        let output =
            Command::new("python3").args(["-c", SHOW]).arg(self.folder.path()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    fn json(&self, name: &str) -> Value {
        serde_json::from_str(&fs::read_to_string(self.path("two.fleet").join(name)).unwrap())
            .unwrap()
    }
}

const FLEET: &str = "name = \"two\"\n\
    [[databases]]\nname = \"a\"\ndatabase = \"a.sqlite\"\nkeys = [\"jobs.job_id=created-at:at\"]\n\
    [[databases.commands]]\nphase = \"switch\"\nwhen = \"before\"\nkind = \"stop\"\nrun = [\"sh\", \"-c\", \"echo stop >> said\"]\n\
    [[databases.commands]]\nphase = \"switch\"\nwhen = \"after\"\nkind = \"health\"\nrun = [\"sh\", \"-c\", \"echo health >> said\"]\n\
    [[databases.commands]]\nphase = \"rollback\"\nwhen = \"after\"\nkind = \"smoke\"\nrun = [\"sh\", \"-c\", \"echo smoke\"]\n\
    [[databases]]\nname = \"b\"\ndatabase = \"b.sqlite\"\nkeys = [\"notes.id=stable\"]\n\
    [[references]]\ncolumn = \"b:notes.job\"\nkey = \"a:jobs.job_id\"\n\
    [[gates]]\nphase = \"switch\"\ncheck = \"integrity\"\naction = \"rollback\"\n\
    [[gates]]\nphase = \"switch\"\ncheck = \"invalid-ids\"\nthreshold = 0.01\naction = \"rollback\"\n";

#[test]
fn two_databases_there_and_back() {
    let case = Case::new(FLEET);
    let before = case.show();
    assert!(case.run(&["plan"], 0).contains("planned when it is its turn"));
    assert!(case.run(&["run", "--dry-run"], 0).contains("backup of a"));
    // Nobody answers: nothing is done.
    assert!(case.run(&["run"], 3).contains("stopped before backup of a"));
    let said = case.run(&["run", "--yes"], 0);
    assert!(said.contains("nothing: every database is at its goal"), "{said}");
    assert!(said.contains("gate integrity of a behind switch"), "{said}");
    assert_eq!(fs::read_to_string(case.path("said")).unwrap(), "stop\nhealth\n");
    let after = case.show();
    // 780 notes name a job, 20 are orphans: b520.. name jobs that do not exist.
    assert!(after.starts_with("(780, 500, 780, 780)"), "{after}");
    assert!(before.starts_with("(780, 500, 0, 0)"), "{before}");
    let status = case.json("status.json");
    assert_eq!(status["state"], "on track");
    assert_eq!(status["databases"][1]["progress_percent"], 100);
    assert!(status["databases"][0]["lookup_p95_us"].as_f64().unwrap() > 0.0);
    let markdown = case.run(&["status"], 0);
    assert!(
        markdown.contains("| a | done | 100 % |") && markdown.contains("Rollback risk: medium"),
        "{markdown}"
    );
    case.run(&["rollback"], 0);
    assert_eq!(case.show(), before);
    let report = case.json("rollback_report.json");
    assert_eq!(report["is_complete"], true);
    assert_eq!(report["databases"][0]["name"], "b");
    assert_eq!(report["databases"][1]["commands"][0][1], "smoke");
}

#[test]
fn a_gate_takes_all_of_them_back_and_a_killed_fleet_goes_on() {
    let gate = "[[gates]]\ndatabase = \"b\"\nphase = \"switch\"\ncheck = \"error-rate\"\nthreshold = 0.05\nrun = [\"sh\", \"-c\", \"cat rate\"]\naction = \"rollback\"\n";
    let case = Case::new(&(FLEET.to_owned() + gate));
    fs::File::create(case.path("rate")).unwrap().write_all(b"0.2\n").unwrap();
    let before = case.show();
    let said = case.run(&["run", "--yes"], 1);
    assert!(said.contains("rolled back after gate error-rate of b"), "{said}");
    assert_eq!(case.show(), before);
    assert_eq!(case.json("rollback_report.json")["is_complete"], true);
    assert_eq!(case.json("status.json")["state"], "rolled back");
    // The same with a rate that passes, killed on the way.
    fs::File::create(case.path("rate")).unwrap().write_all(b"0.01\n").unwrap();
    for wait_ms in [60, 200, 400] {
        let mut child = case
            .command(&["run", "--yes"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(std::time::Duration::from_millis(wait_ms));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    case.run(&["resume", "--yes"], 0);
    assert!(case.show().starts_with("(780, 500, 780, 780)"));
}

/// A PostgreSQL database whose notes refer to a file and to another PostgreSQL database: killed once in every phase of it, it
/// ends as one that was not.
#[test]
fn a_server_with_foreign_maps_is_killed_and_goes_on() {
    let server = id_testkit::postgres::Postgres::shared();
    let connect =
        |name: &str| postgres::Client::connect(&server.url(name), postgres::NoTls).unwrap();
    let sql = |name: &str, sql: &str| connect(name).batch_execute(sql).unwrap();
    sql("postgres", "CREATE DATABASE fleet_users");
    sql("postgres", "CREATE DATABASE fleet_notes");
    sql(
        "fleet_users",
        "CREATE TABLE users (id bigint PRIMARY KEY, n bigint); INSERT INTO users SELECT n * 3, n FROM generate_series(0, 99) n",
    );
    sql(
        "fleet_notes",
        "CREATE TABLE notes (n int PRIMARY KEY, job text, author bigint); INSERT INTO notes SELECT n, 'job-' || n % 500, n % 100 * 3 FROM generate_series(0, 19999) n",
    );
    let fleet = format!(
        "name = \"two\"\n\
         [[databases]]\nname = \"a\"\ndatabase = \"a.sqlite\"\nkeys = [\"jobs.job_id=created-at:at\"]\n\
         [[databases]]\nname = \"users\"\ndatabase = \"{}\"\nkeys = [\"public.users.id=stable\"]\n\
         [[databases]]\nname = \"notes\"\ndatabase = \"{}\"\n\
         [[references]]\ncolumn = \"notes:public.notes.job\"\nkey = \"a:jobs.job_id\"\n\
         [[references]]\ncolumn = \"notes:public.notes.author\"\nkey = \"users:public.users.id\"\n",
        server.url("fleet_users"),
        server.url("fleet_notes")
    );
    let case = Case::new(&fleet);
    let rows = || -> Vec<(i32, String, String)> {
        connect("fleet_notes")
            .query("SELECT n, job, author::text FROM notes ORDER BY n", &[])
            .unwrap()
            .iter()
            .map(|row| (row.get(0), row.get(1), row.get(2)))
            .collect()
    };
    let before = rows();
    case.run(&["run", "--yes", "--until", "switch"], 0);
    case.run(&["rollback"], 0);
    assert!(rows() == before);
    // Every phase of `notes` is told of with its name; the others are at their goal then.
    for phase in ["expand", "backfill", "verify", "switch", "soak", "contract"] {
        let mut child = case
            .command(&["resume", "--yes", "--progress", "json"])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let told = std::io::BufReader::new(child.stderr.take().unwrap());
        let mut lines = std::io::BufRead::lines(told).map_while(Result::ok);
        let mark = format!("\"phase\":\"{phase}\"");
        lines.find(|line| line.contains("\"notes\"") && line.contains(&mark)).unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }
    case.run(&["resume", "--yes"], 0);
    let after = rows();
    let user_ids: std::collections::HashMap<String, i64> = connect("fleet_users")
        .query("SELECT id, n FROM users", &[])
        .unwrap()
        .iter()
        .map(|row| (row.get(0), row.get(1)))
        .collect();
    let show = "import sqlite3,sys\nfor r in sqlite3.connect(sys.argv[1]+'/a.sqlite').execute('select job_id, id from jobs'): print(*r)";
    let output =
        Command::new("python3").args(["-c", show]).arg(case.folder.path()).output().unwrap();
    let jobs: std::collections::HashMap<String, i32> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| {
            line.split_once(' ').map(|(id, n)| (id.to_owned(), n.parse().unwrap())).unwrap()
        })
        .collect();
    assert_eq!((after.len(), user_ids.len(), jobs.len()), (20_000, 100, 500));
    for (n, job, author) in &after {
        assert_eq!((jobs[job], user_ids[author]), (n % 500, i64::from(n % 100)));
    }
    case.run(&["rollback"], 0);
    assert!(rows() == before);
    for name in ["fleet_notes", "fleet_users"] {
        sql("postgres", &format!("DROP DATABASE {name} WITH (FORCE)"));
    }
}

#[test]
fn a_command_that_fails_stops_before_the_phase() {
    let fleet = FLEET.replace("echo stop >> said", "exit 7");
    let case = Case::new(&fleet);
    let said = case.run(&["run", "--yes"], 3);
    assert!(said.contains("exit 7") && said.contains("help:"), "{said}");
    assert!(case.run(&["status"], 0).contains("| a | switch |"));
}

#[test]
fn a_wrong_fleet_file_is_named() {
    for (from, to, said) in [
        ("name = \"two\"", "name = \"../two\"", "not made of letters"),
        ("a:jobs.job_id", "c:jobs.job_id", "no database `c`"),
        (
            "column = \"b:notes.job\"\nkey = \"a:jobs.job_id\"",
            "column = \"a:jobs.job_id\"\nkey = \"b:notes.id\"",
            "has to stand before",
        ),
        ("phase = \"switch\"\ncheck", "phase = \"turn\"\ncheck", "`turn` is none of"),
        ("action = \"rollback\"", "action = \"hope\"", "hope"),
    ] {
        let case = Case::new(&FLEET.replace(from, to));
        let found = case.run(&["run", "--yes"], 2);
        assert!(found.contains(said), "{found}");
        assert!(!Path::new(&case.path("two.fleet")).join("a.plan.json").exists());
    }
}
