//! `unified-id migrate` as a user runs it: the example of the guide, every way back, kills at random points, a live writer.
//!
//! The databases and their manifests stand in `crates/id-migrate/tests/data`; Python unpacks and compares them, so that no
//! code of the migration judges itself.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

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

/// Kills at the n-th report of a phase, so that every phase is hit at many points; then resumes.
#[test]
fn a_killed_run_ends_like_one_that_was_not() {
    let whole = Case::new("shop_small");
    whole.make_plan(SHOP);
    let plan = fs::read_to_string(whole.plan()).unwrap();
    whole.run(&["run", "--until", "contract", "--yes"], 0);
    let expected = whole.rows();
    let mut kills = std::collections::BTreeMap::<String, u32>::new();
    for phase in ["backup", "expand", "backfill", "verify", "switch", "soak", "contract"] {
        for nth in 0..3 {
            let case = Case::new("shop_small");
            let here =
                plan.replace(whole.database().to_str().unwrap(), case.database().to_str().unwrap());
            write(case.plan(), here);
            let mut child =
                Case::command(&["run", "--until", "contract", "--yes", "--progress", "json"])
                    .arg(case.plan())
                    .stderr(Stdio::piped())
                    .stdout(Stdio::null())
                    .spawn()
                    .unwrap();
            let mark = format!("\"phase\":\"{phase}\"");
            let lines = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
            let mut seen = 0;
            for line in lines.filter(|line| line.contains(&mark)) {
                seen += 1;
                // Phases with few reports are hit at the same ones again; the kernel decides how far it gets.
                if seen > nth % 3 || line.contains("exchange") {
                    break;
                }
            }
            child.kill().unwrap();
            let was_killed = child.wait().unwrap().code().is_none();
            *kills.entry(phase.to_owned()).or_default() += u32::from(was_killed);
            case.run(&["resume", "--until", "contract", "--yes"], 0);
            assert_eq!(case.rows(), expected, "killed in {phase} at report {nth}");
        }
    }
    // In the last phases a run may be over before it can be killed.
    assert!(kills.values().sum::<u32>() >= 10, "{kills:?}");
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
    println!("writer: rows and longest wait in seconds: {said}");
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

#[test]
fn a_dry_run_writes_nothing() {
    let case = Case::new("crackerjack_small");
    case.make_plan(CRACKERJACK);
    let bytes = |path: &Path| fs::read(path).unwrap();
    let before = bytes(&case.database());
    for command in
        ["run", "resume", "switch", "contract", "rollback", "backup", "restore", "verify"]
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
