//! `unified-id migrate` as a user runs it: the example of the guide, every way back, kills at random points, a live writer.
//!
//! The databases and their manifests stand in `crates/id-migrate/tests/data`; Python unpacks and compares them, so that no
//! code of the migration judges itself.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

const CRACKERJACK: &[&str] = &["jobs.job_id=created-at:start_time"];
const SESSION_BUDDY: &[&str] = &[
    "sessions.session_id=created-at:started_at",
    "conversations.id=stable",
    "reflections.id=created-at:timestamp",
    "session_links.id=stable",
    "code_graphs.id=stable",
];
const SHOP: &[&str] = &[
    "users.id=created-at:created_at",
    "orders.id=created-at:created_at",
    "api_keys.id=bits",
    "\"group\".from=stable",
    "\"\u{442}\u{430}\u{431}\u{43b}\u{438}\u{446}\u{430} \u{65e5}\u{672c}\".\u{438}\u{434}\u{435}\u{43d}\u{442}\u{438}\u{444}\u{438}\u{43a}\u{430}\u{442}\u{43e}\u{440}=stable",
];

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../id-migrate/tests/data").join(name)
}

/// Writes a file of a test; nobody else looks at it.
fn write(path: impl AsRef<Path>, text: impl AsRef<[u8]>) {
    let mut file = fs::File::create(path).unwrap();
    file.write_all(text.as_ref()).unwrap();
}

fn python(script: &str, args: &[&Path]) -> Output {
    let mut command = Command::new("python3");
    command.arg("-c").arg(script).args(args);
    command.output().unwrap()
}

/// A folder in memory where there is one: what is tested is not the disk.
fn folder() -> TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

/// A copy of a database in a folder of its own, and its plan.
struct Case {
    folder: TempDir,
    name: &'static str,
}

impl Case {
    fn new(name: &'static str) -> Self {
        let case = Self { folder: folder(), name };
        let unpack = "import gzip,sys;open(sys.argv[2],'wb').write(gzip.open(sys.argv[1]).read())";
        let packed = data(&format!("{name}.sqlite.gz"));
        assert!(python(unpack, &[&packed, &case.database()]).status.success());
        case
    }

    /// The same files in another folder.
    fn copy_of(other: &Self) -> Self {
        let case = Self { folder: folder(), name: other.name };
        let (from, to) = (other.folder.path().to_str().unwrap(), case.folder.path());
        for file in fs::read_dir(from).unwrap() {
            let file = file.unwrap();
            fs::copy(file.path(), to.join(file.file_name())).unwrap();
        }
        let plan = fs::read_to_string(case.plan()).unwrap();
        write(case.plan(), plan.replace(from, to.to_str().unwrap()));
        case
    }

    fn database(&self) -> PathBuf {
        self.folder.path().join("db.sqlite")
    }

    fn plan(&self) -> PathBuf {
        self.folder.path().join("plan.json")
    }

    fn command(args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_unified-id"));
        command.arg("migrate").args(args);
        command
    }

    #[track_caller]
    fn run(&self, args: &[&str], code: i32) -> String {
        let output = Self::command(args).arg(self.plan()).output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{args:?}: {errors}");
        String::from_utf8(output.stdout).unwrap() + &errors
    }

    #[track_caller]
    fn make_plan(&self, keys: &[&str]) {
        let mut args = vec!["plan"];
        for key in keys {
            args.extend(["--key", key]);
        }
        let output = Self::command(&args)
            .arg(self.database())
            .arg("--out")
            .arg(self.plan())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
    }

    #[track_caller]
    fn check(&self, is_rolled_back: bool) {
        let mut command = Command::new("python3");
        command.arg(data("check_manifest.py")).arg(self.database());
        command.arg(data(&format!("{}.sqlite.manifest.json", self.name)));
        if is_rolled_back {
            command.arg("--rolled-back");
        }
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }

    /// Every row of every table of the application, and the schema.
    fn rows(&self) -> String {
        let script = "import sqlite3,sys,hashlib\n\
            c=sqlite3.connect(sys.argv[1]);c.text_factory=bytes\n\
            q=lambda n:'\"'+n.replace('\"','\"\"')+'\"'\n\
            for (t,) in c.execute(\"select name from sqlite_master where type='table' and name not like '\\\\_uid%' escape '\\\\' order by 1\").fetchall():\n\
            \x20 t=t.decode()\n\
            \x20 rows=sorted(r for r in map(repr,c.execute('select * from '+q(t))) if t!='sqlite_sequence' or '_uid' not in r)\n\
            \x20 print(t,len(rows),hashlib.sha256('\\n'.join(rows).encode()).hexdigest())\n\
            print(hashlib.sha256(repr(c.execute(\"select type,name,sql from sqlite_master where name not like '\\\\_uid%' escape '\\\\' and tbl_name not like '\\\\_uid%' escape '\\\\' order by 1,2\").fetchall()).encode()).hexdigest())\n\
            print(c.execute('pragma integrity_check').fetchall())";
        let output = python(script, &[&self.database()]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }
}

/// Migrates up to each phase; everything that is no id stays, and the way back leads to the same bytes.
#[track_caller]
fn there_and_back(name: &'static str, keys: &[&str]) {
    for until in ["expand", "backfill", "verify", "switch", "contract"] {
        let case = Case::new(name);
        let before = case.rows();
        case.make_plan(keys);
        case.run(&["run", "--until", until, "--yes"], 0);
        case.check(false);
        assert_eq!(
            case.rows() == before,
            !matches!(until, "switch" | "contract"),
            "{name} {until}"
        );
        case.run(&["rollback"], 0);
        case.check(true);
        assert_eq!(case.rows(), before, "{name} {until}");
    }
}

/// Tables, references and statements at random, judged by what their generator knows; the soak goes on where this ends.
#[test]
fn random_databases_come_there_and_back() {
    let mut command = Command::new("python3");
    command.arg(data("random_sqlite.py")).arg(env!("CARGO_BIN_EXE_unified-id")).arg("25");
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn crackerjack_there_and_back() {
    there_and_back("crackerjack_small", CRACKERJACK);
}

#[test]
fn session_buddy_there_and_back() {
    there_and_back("session_buddy_small", SESSION_BUDDY);
}

#[test]
fn shop_there_and_back() {
    there_and_back("shop_small", SHOP);
}

#[test]
fn the_backup_can_be_restored() {
    let case = Case::new("crackerjack_small");
    let before = case.rows();
    case.make_plan(CRACKERJACK);
    case.run(&["run", "--until", "contract", "--yes"], 0);
    assert_ne!(case.rows(), before);
    case.run(&["restore"], 0);
    assert_eq!(case.rows(), before);
    case.check(true);
}

/// The phases of a run and of a way back, with what has to be done before each.
const PHASES: [(&str, &[&str]); 9] = [
    ("backup", &[]),
    ("expand", &["run", "--until", "backup", "--yes"]),
    ("backfill", &["run", "--until", "expand", "--yes"]),
    ("verify", &["run", "--until", "backfill", "--yes"]),
    ("switch", &["run", "--until", "verify", "--yes"]),
    ("soak", &["run", "--until", "switch", "--yes"]),
    ("contract", &["run", "--until", "switch", "--yes"]),
    ("back", &["run", "--until", "contract", "--yes"]),
    // A way back before the switch drops what there is.
    ("drop", &["run", "--until", "verify", "--yes"]),
];

const THERE: &[&str] = &["run", "--until", "contract", "--yes"];

/// Kills a command behind the n-th report of a phase; returns the phase that it told of last, `None` if it was over.
fn kill(case: &Case, args: &[&str], phase: &str, nth: usize) -> Option<String> {
    let mut child = Case::command(args)
        .args(["--progress", "json"])
        .arg(case.plan())
        .stderr(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let (mut last, mut seen) = (None, 0);
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
    let mut tell = |line: &str| {
        let event: serde_json::Value = serde_json::from_str(line).unwrap();
        last = event["phase"].as_str().map(str::to_owned);
        seen += usize::from(last.as_deref() == Some(phase));
        seen > nth
    };
    for line in lines.by_ref() {
        if tell(&line) {
            break;
        }
    }
    child.kill().unwrap();
    // What it told until it was dead says where it was.
    for line in lines {
        tell(&line);
    }
    let was_killed = child.wait().unwrap().code().is_none();
    last.filter(|_| was_killed)
}

fn is_back(phase: &str) -> bool {
    matches!(phase, "back" | "drop")
}

/// A planned database, and what stands in it before a migration and behind one that nothing stopped.
struct Ends {
    whole: Case,
    rows_before: String,
    rows_after: String,
}

impl Ends {
    fn of(database: &'static str, keys: &[&str]) -> Self {
        let whole = Case::new(database);
        whole.make_plan(keys);
        let end = Case::copy_of(&whole);
        end.run(THERE, 0);
        Self { rows_before: whole.rows(), rows_after: end.rows(), whole }
    }

    /// A copy on which the phases have run that come first.
    fn before(&self, first: &[&str]) -> Case {
        let stage = Case::copy_of(&self.whole);
        if !first.is_empty() {
            stage.run(first, 0);
        }
        stage
    }

    /// Goes on with a run that something stopped in a phase, and compares where it ends.
    fn check(&self, case: &Case, phase: &str, how: &str) {
        if is_back(phase) {
            case.run(&["rollback"], 0);
            assert_eq!(case.rows(), self.rows_before, "{how} in {phase}");
        } else {
            case.run(&["resume", "--until", "contract", "--yes"], 0);
            assert_eq!(case.rows(), self.rows_after, "{how} in {phase}");
        }
    }
}

/// Inside each phase, also those of the way back; `cargo xtask soak --only migrate-sqlite` does it 300 times.
#[test]
fn a_killed_run_ends_like_one_that_was_not() {
    let ends = Ends::of("shop_small", SHOP);
    for (phase, first) in PHASES {
        let stage = ends.before(first);
        let begun = Instant::now();
        let (mut hits, mut tries) = (0, 0);
        // Where a phase is short, it may be over before the kill comes: then it is tried again.
        while hits < 2 {
            assert!(begun.elapsed() < Duration::from_mins(2), "{phase} was hit {hits} times");
            let case = Case::copy_of(&stage);
            let args = if is_back(phase) { &["rollback"] } else { THERE };
            hits += u32::from(kill(&case, args, phase, tries % 3).as_deref() == Some(phase));
            tries += 1;
            ends.check(&case, phase, "killed");
        }
    }
}

/// Runs a command that may write no byte of a file behind this one; it hears of that as an error, as on a full disk.
fn run_with_limit(case: &Case, args: &[&str], bytes: u64) -> Output {
    let script = "import os, resource, signal, sys\n\
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n\
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))\n\
        os.execv(sys.argv[2], sys.argv[2:])";
    let mut command = Command::new("python3");
    command.args(["-c", script, &bytes.to_string(), env!("CARGO_BIN_EXE_unified-id"), "migrate"]);
    command.args(args).arg(case.plan()).output().unwrap()
}

/// In every phase that writes: a clear error, exit code 3, and the command that it names goes on where there is room.
#[test]
fn where_files_cannot_grow_a_run_stops_and_goes_on_later() {
    let ends = Ends::of("crackerjack_small", CRACKERJACK);
    for (phase, first) in PHASES.iter().filter(|(phase, _)| !matches!(*phase, "verify" | "soak")) {
        let stage = ends.before(first);
        let size = fs::metadata(stage.database()).unwrap().len();
        let (mut refused, mut named) = (0, 0);
        for share in [2, 6] {
            let case = Case::copy_of(&stage);
            let args: &[&str] =
                if is_back(phase) { &["rollback"] } else { &["run", "--until", phase, "--yes"] };
            let output = run_with_limit(&case, args, size * share / 8);
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            if output.status.code() != Some(0) {
                refused += 1;
                assert_eq!(output.status.code(), Some(3), "{phase}, {share}/8: {said}");
                // Where the very opening is refused, nobody knows the phase.
                let is_open = said.lines().any(|line| {
                    PHASES.iter().any(|(phase, _)| line.starts_with(&format!("{phase}: ")))
                });
                assert!(!is_open || said.contains("did not end"), "{said}");
                named += u32::from(said.contains("did not end"));
                assert!(said.contains("resume") && said.contains("room"), "{said}");
                assert!(said.contains("full"), "{said}");
            }
            ends.check(&case, phase, &format!("limited to {share}/8"));
        }
        assert!(refused > 0 && named > 0, "{phase}: {refused} refused, {named} with their phase");
    }
}

/// A second run, a pause and its end, while the first run holds the database.
#[test]
fn a_second_run_is_refused_and_a_paused_one_goes_on() {
    let case = Case::new("crackerjack_small");
    case.make_plan(CRACKERJACK);
    assert!(case.run(&["pause"], 2).contains("no migration has begun"));
    case.run(&["run", "--until", "expand", "--yes"], 0);
    assert!(case.run(&["pause"], 0).contains("waits"));
    let mut first = Case::command(THERE)
        .args(["--progress", "json"])
        .arg(case.plan())
        .stderr(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(first.stderr.take().unwrap()).lines().map_while(Result::ok);
    assert!(lines.any(|line| line.contains("\"paused\"")));
    for command in ["run", "verify", "switch", "contract", "rollback", "backup", "restore"] {
        let said = case.run(&[command], 3);
        assert!(said.contains("another run works on"), "{said}");
        assert!(said.contains("nothing is half done"), "{said}");
    }
    assert!(case.run(&["status"], 0).contains("next phase: backfill"));
    assert!(case.run(&["resume", "--until", "contract", "--yes"], 0).contains("goes on"));
    assert_eq!(lines.count() > 0, first.wait().unwrap().success());
    assert!(case.run(&["status"], 0).contains("next phase: done"));
    case.check(false);
}

#[test]
fn bad_input_is_said_and_changes_nothing() {
    let folder = folder();
    let check = |path: &Path, expected: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_unified-id"))
            .args(["migrate", "plan"])
            .arg(path)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(expected) && said.contains("help:"), "{said}");
    };
    check(&folder.path().join("none.sqlite"), "cannot be read");
    check(folder.path(), "is no file");
    let text = folder.path().join("text.sqlite");
    write(&text, "this is no database at all, but a text of some length");
    check(&text, "no SQLite database");
    let empty = folder.path().join("empty.sqlite");
    write(&empty, "");
    check(&empty, "has no tables");
}

#[test]
fn another_schema_is_refused() {
    let case = Case::new("crackerjack_small");
    case.make_plan(CRACKERJACK);
    let change = "import sqlite3,sys;c=sqlite3.connect(sys.argv[1]);c.execute('alter table jobs add column extra');c.commit()";
    assert!(python(change, &[&case.database()]).status.success());
    let before = case.rows();
    assert!(case.run(&["run", "--until", "contract", "--yes"], 2).contains("schema has changed"));
    assert_eq!(case.rows(), before);
}

#[test]
fn collisions_and_unreadable_values_block() {
    let case = Case::new("crackerjack_small");
    let output = Case::command(&["plan", "--key", "jobs.job_id=bits"])
        .arg(case.database())
        .arg("--out")
        .arg(case.plan())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("would get one id") && said.contains("--fallback"), "{said}");
    assert!(case.run(&["run", "--until", "expand", "--yes"], 1).contains("blocker"));
}

#[test]
fn verification_names_the_row_that_was_changed() {
    let case = Case::new("crackerjack_small");
    case.make_plan(CRACKERJACK);
    case.run(&["run", "--until", "verify", "--yes"], 0);
    let damage = |sql: &str| {
        let script = format!(
            "import sqlite3,sys;c=sqlite3.connect(sys.argv[1]);c.execute(\"{sql}\");c.commit()"
        );
        assert!(python(&script, &[&case.database()]).status.success());
    };
    case.run(&["verify"], 0);
    // Tables of the shadow: one child at another parent, one payload, one missing row.
    damage(
        "update _uid_t2 set job_id=(select job_id from _uid_t1 where id=5) where id=(select min(id) from _uid_t2 where job_id is not null)",
    );
    let said = case.run(&["verify"], 1);
    assert!(said.contains("reference of errors row"), "{said}");
    damage("update _uid_t1 set status='other' where id=7");
    assert!(case.run(&["verify"], 1).contains("payload of jobs row 7"));
    damage("delete from _uid_t3 where id=11");
    assert!(case.run(&["verify"], 1).contains("payload of hook_executions row 11"));
    assert!(case.run(&["switch"], 1).contains("nothing was switched"));
}

/// A program that knows nothing of the migration writes all the time; each row that it was told is written must be there.
#[test]
fn a_live_writer_loses_nothing() {
    let case = Case::new("crackerjack_small");
    case.make_plan(CRACKERJACK);
    let writer = "import sqlite3,sys,time,os\n\
        c=sqlite3.connect(sys.argv[1],timeout=30,isolation_level=None);c.execute('pragma foreign_keys=on')\n\
        n=0;worst=0;jobs=[]\n\
        while not os.path.exists(sys.argv[2]):\n\
        \x20 n+=1;j='live-%d'%n;b=time.time()\n\
        \x20 c.execute(\"insert into jobs(job_id,start_time,status) values(?,?,'live')\",(j,'2026-01-01 00:00:%02d'%(n%60)))\n\
        \x20 c.execute(\"insert into errors(job_id,timestamp,error_type,error_message) values(?,'2026-01-01','live',?)\",(j,str(n)))\n\
        \x20 if n%5==0: c.execute(\"update jobs set status='done' where job_id=?\",(j,))\n\
        \x20 worst=max(worst,time.time()-b);time.sleep(0.002)\n\
        print(n,worst)";
    let stop = case.folder.path().join("stop");
    let child = Command::new("python3")
        .args(["-c", writer])
        .args([case.database(), stop.clone()])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    case.run(&["run", "--until", "contract", "--yes"], 0);
    write(&stop, "");
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8(output.stdout).unwrap();
    let count: u64 = said.split(' ').next().unwrap().parse().unwrap();
    // What the writer saw is measured by `cargo xtask bench-migrate`; here the run itself has to say for how long it held others.
    println!("writer: rows and longest wait in seconds: {said}");
    let status = case.run(&["status"], 0);
    for phase in ["backfill", "switch"] {
        assert!(
            status.contains(&format!("longest hold of the write lock in {phase}: ")),
            "{status}"
        );
    }
    let ask = "import sqlite3,sys\nc=sqlite3.connect(sys.argv[1])\n\
        print(*c.execute(\"select (select count(*) from errors where error_type='live'),\
        (select count(*) from errors e join jobs j on j.job_id=e.job_id where e.error_type='live'),\
        (select count(*) from jobs where job_id like 'live-%')\").fetchone(), c.execute('pragma integrity_check').fetchone()[0])";
    let answer = String::from_utf8(python(ask, &[&case.database()]).stdout).unwrap();
    let parts: Vec<&str> = answer.trim().split(' ').collect();
    assert_eq!(
        (parts[0], parts[1], parts[3]),
        (count.to_string().as_str(), count.to_string().as_str(), "ok"),
        "{answer}"
    );
    case.run(&["rollback"], 0);
    let answer = String::from_utf8(python(ask, &[&case.database()]).stdout).unwrap();
    assert_eq!(answer.trim(), format!("{count} {count} {count} ok"));
}

/// The command of the issue as it is written, from a folder that holds the database.
#[test]
fn the_example_of_the_guide_works_as_it_is_written() {
    let case = Case::new("crackerjack_small");
    fs::rename(case.database(), case.folder.path().join("crackerjack.sqlite")).unwrap();
    let script = format!(
        "PATH=\"{}:$PATH\" && unified-id migrate plan crackerjack.sqlite --key jobs.job_id=created-at:start_time --out plan.json && unified-id migrate run plan.json --until contract --yes",
        Path::new(env!("CARGO_BIN_EXE_unified-id")).parent().unwrap().display()
    );
    let output =
        Command::new("sh").args(["-c", &script]).current_dir(case.folder.path()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("next phase: done") && said.contains("longest hold"), "{said}");
    let ask = "import sqlite3,sys\nc=sqlite3.connect(sys.argv[1])\n\
        print(c.execute(\"select count(*) from jobs where length(job_id)<>26\").fetchone()[0],\
        *[c.execute('select count(*) from %s where length(job_id)<>26'%t).fetchone()[0] for t in ('errors','hook_executions','agent_executions')],\
        c.execute('select count(*) from _uid_ids').fetchone()[0])";
    let answer = python(ask, &[&case.folder.path().join("crackerjack.sqlite")]);
    // The orphans stay: 7 errors, 3 hooks, and the 8 agents of the job `unknown`.
    assert_eq!(String::from_utf8(answer.stdout).unwrap().trim(), "0 7 3 8 3000");
}

#[test]
fn settings_and_statements_are_files() {
    let case = Case::new("crackerjack_small");
    let settings = case.folder.path().join("migrate.toml");
    write(
        &settings,
        "namespace = \"cj\"\n[settings]\nstall_ms = 25\ntolerance = \"0.5%\"\n[[keys]]\nkey = \"jobs.job_id\"\nmapping = \"bits\"\nfallback = \"stable\"\nform = \"typed:job\"\n",
    );
    let sql = case.folder.path().join("sql");
    let output = Case::command(&["plan", "--config"])
        .arg(&settings)
        .arg("--sql")
        .arg(&sql)
        .arg(case.database())
        .arg("--out")
        .arg(case.plan())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("by the fallback"), "{said}");
    let mut names: Vec<_> =
        fs::read_dir(&sql).unwrap().map(|file| file.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(
        names,
        ["1-expand.sql", "2-backfill.sql", "3-switch.sql", "4-contract.sql", "rollback.sql"]
    );
    let before = case.rows();
    case.run(&["run", "--until", "contract", "--yes"], 0);
    case.check(false);
    case.run(&["rollback"], 0);
    case.check(true);
    assert_eq!(case.rows(), before);
    write(&settings, "[[keys]]\nkey = 7");
    let output =
        Case::command(&["plan", "--config"]).arg(&settings).arg(case.database()).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
}

/// Every form of an id, in keys and references of text, numbers and bytes; the way back gives the same bytes.
#[test]
fn every_form_there_and_back() {
    let make = "import sqlite3,sys,uuid\n\
        c=sqlite3.connect(sys.argv[1])\n\
        c.executescript('create table t(id text primary key, at int); create table n(id integer primary key, at int); create table b(id blob primary key, at int);'\n\
        \x20'create table c(t_id text references t(id), n_id int references n(id), b_id blob references b(id));')\n\
        for i in range(1, 301):\n\
        \x20 k=(i*0x9e3779b97f4a7c15f39cc0605cedc835%2**128).to_bytes(16,'big')\n\
        \x20 c.execute('insert into t values(?,?)',('T-%d'%i,1700000000000+i//9))\n\
        \x20 c.execute('insert into n values(?,?)',(i,1700000000000+i//9))\n\
        \x20 c.execute('insert into b values(?,?)',(k,1700000000000+i//9))\n\
        \x20 c.execute('insert into c values(?,?,?)',('T-%d'%i,i,k))\n\
        c.commit()";
    let look = "import sqlite3,sys,re\n\
        c=sqlite3.connect(sys.argv[1])\n\
        form=sys.argv[2]\n\
        shape={'core':'[0-9a-hjkmnp-tv-z]{26}','upper':'[0-9A-HJKMNP-TV-Z]{26}','typed:job':'job_[0-9a-hjkmnp-tv-z]{26}','uuid':'[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}'}.get(form)\n\
        for t in 'tnb':\n\
        \x20 ids=[r[0] for r in c.execute('select id from %s'%t)]\n\
        \x20 assert len(set(ids))==300\n\
        \x20 for i in ids: assert (type(i) is bytes and len(i)==16) if form=='bytes' else re.fullmatch(shape,i), (form,t,i)\n\
        \x20 n=c.execute('select count(*) from c join %s p on p.id=c.%s_id'%(t,t)).fetchone()[0]\n\
        \x20 assert n==300,(form,t,n)\n\
        \x20 o=[r[0] for r in c.execute('select id from %s order by at, rowid'%t)]\n\
        \x20 if t=='t': assert o==sorted(o), (form, 'order')\n";
    for form in ["core", "upper", "uuid", "bytes", "typed:job"] {
        let case = Case { folder: folder(), name: "forms" };
        let output = python(make, &[&case.database()]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let before = case.rows();
        let settings = case.folder.path().join("migrate.toml");
        let key = |key: &str, mapping: &str, rest: &str| {
            format!(
                "[[keys]]\nkey = \"{key}\"\nmapping = \"{mapping}\"\nform = \"{form}\"\n{rest}\n"
            )
        };
        let text = key("t.id", "created-at:at", "keep_order = true")
            + &key("n.id", "created-at:at", "")
            + &key("b.id", "bits", "");
        write(&settings, "[settings]\nbatch_rows = 70\n".to_owned() + &text);
        let output = Case::command(&["plan", "--config"])
            .arg(&settings)
            .arg(case.database())
            .arg("--out")
            .arg(case.plan())
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        for until in ["switch", "contract"] {
            case.run(&["run", "--until", until, "--yes"], 0);
            let output = python(look, &[&case.database(), Path::new(form)]);
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            case.run(&["rollback"], 0);
            assert_eq!(case.rows(), before, "{form} {until}");
        }
    }
}

#[test]
fn a_dry_run_writes_nothing() {
    let case = Case::new("crackerjack_small");
    case.make_plan(CRACKERJACK);
    let bytes = |path: &Path| fs::read(path).unwrap();
    let before = bytes(&case.database());
    for command in
        ["run", "resume", "pause", "switch", "contract", "rollback", "backup", "restore", "verify"]
    {
        let said = case.run(&[command, "--dry-run"], 0);
        assert!(said.contains("would"), "{command}: {said}");
    }
    case.run(&["status"], 0);
    case.run(&["estimate"], 0);
    assert!(bytes(&case.database()) == before);
    let mut files: Vec<_> =
        fs::read_dir(case.folder.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
    files.sort();
    assert_eq!(files, ["db.sqlite", "plan.json"]);
}

#[test]
fn ids_in_sql_are_printed() {
    let output = Case::command(&["functions", "--expression", "NEW.id"]).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    for name in [
        "generate",
        "is_id",
        "prefix_of",
        "core_of",
        "thread_of",
        "timestamp_of",
        "uuid_of",
        "text_of_uuid",
    ] {
        assert!(said.contains(&format!("-- {name}\n")), "{said}");
    }
}

/// Makes a database with so many keys and as many children.
fn many(rows: u32, database: &Path) {
    let script = "import sqlite3,sys\nc=sqlite3.connect(sys.argv[1],isolation_level=None)\n\
        c.executescript('''PRAGMA journal_mode=WAL; BEGIN; CREATE TABLE jobs (id INTEGER PRIMARY KEY, job_id TEXT NOT NULL UNIQUE, note TEXT);\n\
        CREATE TABLE errors (id INTEGER PRIMARY KEY, job_id TEXT NOT NULL REFERENCES jobs(job_id)); CREATE INDEX errors_job ON errors(job_id);''')\n\
        key=lambda n:'%032x'%((0x9E3779B97F4A7C15F39CC0605CEDC835*(n+1))%2**128)\n\
        rows=int(sys.argv[2])\n\
        c.executemany('INSERT INTO jobs (job_id, note) VALUES (?, ?)',((key(n),'a note of some length '*4) for n in range(rows)))\n\
        c.executemany('INSERT INTO errors (job_id) VALUES (?)',((key(n*7919%rows),) for n in range(rows)))\n\
        c.execute('COMMIT')";
    let made = python(script, &[database, Path::new(&rows.to_string())]);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}

/// The most memory of a plan over so many keys and as many children, in KiB.
fn plan_kib(rows: u32) -> u64 {
    let folder = folder();
    let (database, plan) = (folder.path().join("db.sqlite"), folder.path().join("plan.json"));
    many(rows, &database);
    let command = Case::command(&["plan", "--key", "jobs.job_id=stable", "--out"]);
    let mut words: Vec<&Path> = vec![Path::new(command.get_program())];
    words.extend(command.get_args().map(Path::new));
    words.extend([plan.as_path(), database.as_path()]);
    let done = python(
        "import resource,subprocess,sys\nsubprocess.run(sys.argv[1:],check=True,stdout=subprocess.DEVNULL)\n\
         print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)",
        &words,
    );
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8_lossy(&done.stdout).trim().parse().unwrap()
}

/// The most memory of a whole run over so many keys and as many children, in KiB.
fn peak_kib(rows: u32) -> u64 {
    let folder = folder();
    let (database, plan) = (folder.path().join("db.sqlite"), folder.path().join("plan.json"));
    many(rows, &database);
    let output = Case::command(&["plan", "--key", "jobs.job_id=stable", "--out"])
        .arg(&plan)
        .arg(&database)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut child = Case::command(THERE)
        .args(["--progress", "json"])
        .arg(&plan)
        .stderr(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let kernel = PathBuf::from(format!("/proc/{}/status", child.id()));
    let (mut peak, mut last) = (0, String::new());
    for line in BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok) {
        // The kernel keeps the peak; a process that has ended has none, and then the report before it is close enough.
        let kib = fs::read_to_string(&kernel).ok().and_then(|text| {
            let line = text.lines().find(|line| line.starts_with("VmHWM:"))?.to_owned();
            line.split_whitespace().nth(1)?.parse().ok()
        });
        peak = kib.unwrap_or(peak);
        last = line;
    }
    assert!(child.wait().unwrap().success(), "{last}");
    let found = python(
        "import sqlite3,sys\nc=sqlite3.connect(sys.argv[1])\n\
         print(c.execute('select count(*) from jobs j join errors e on e.job_id=j.job_id where length(j.job_id)=26').fetchone()[0])",
        &[&database],
    );
    assert_eq!(String::from_utf8_lossy(&found.stdout).trim(), rows.to_string());
    peak
}

/// Pages, ids and entries that are sorted have a bounded place in memory, however many rows there are.
#[test]
fn memory_does_not_grow_with_the_rows() {
    // With the fewer keys all that is bounded is full already.
    let (some, many) = (peak_kib(60_000), peak_kib(120_000));
    assert!(some > 0, "the kernel says how much memory a process has");
    assert!(many < some + 20 * 1024, "{some} KiB for 60,000 keys, {many} KiB for 120,000");
    assert!(many < 80 * 1024, "{many} KiB for 120,000 keys");
}

/// The keys of a plan, by their values and by their ids, are in a file.
#[test]
fn memory_of_a_plan_does_not_grow_with_the_keys() {
    let (some, many) = (plan_kib(150_000), plan_kib(300_000));
    assert!(many < some + 8 * 1024, "{some} KiB for 150,000 keys, {many} KiB for 300,000");
}
