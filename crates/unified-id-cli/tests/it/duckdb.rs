//! `unified-id migrate` on a DuckDB file: killed at many moments, the file is the old one or the new one, and goes on.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use id_migrate::duckdb::Probe;
use tempfile::TempDir;

const MAKE: &str = "CREATE TABLE sessions (id VARCHAR PRIMARY KEY, n INT); \
    CREATE TABLE notes (id UUID PRIMARY KEY, session_id VARCHAR, tags VARCHAR[], doc JSON); \
    INSERT INTO sessions SELECT 'session-' || i, i FROM range(3000) r(i); \
    INSERT INTO notes SELECT CAST(md5(CAST(i AS VARCHAR)) AS UUID), 'session-' || (i * 7 % 3000), ['session-' || (i % 3000), 'x'], '{\"s\": \"session-' || (i % 3000) || '\"}' FROM range(4000) r(i);";

struct Case {
    folder: TempDir,
    driver: PathBuf,
}

impl Case {
    fn new() -> Self {
        let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
        let case = Self { folder, driver: id_testkit::duckdb::library() };
        Probe::open(&case.driver, &case.path("db.duckdb")).unwrap().execute(MAKE).unwrap();
        let mut plan =
            case.command(&["plan", "--key", "sessions.id=stable", "--key", "notes.id=bits"]);
        let done = plan
            .arg(case.path("db.duckdb"))
            .arg("--out")
            .arg(case.path("plan.json"))
            .output()
            .unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        case
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_unified-id"));
        command.arg("migrate").args(args).env("UNIFIED_ID_LIBDUCKDB", &self.driver);
        command
    }

    fn on_plan(&self, args: &[&str]) -> Command {
        let (first, rest) = args.split_first().unwrap();
        let mut command = self.command(&[first]);
        command.arg(self.path("plan.json")).args(rest);
        command
    }

    #[track_caller]
    fn run(&self, args: &[&str]) {
        let done = self.on_plan(args).output().unwrap();
        assert!(done.status.success(), "{args:?}: {}", String::from_utf8_lossy(&done.stderr));
    }

    fn kill_after(&self, args: &[&str], wait_ms: u64) {
        let mut child =
            self.on_plan(args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(wait_ms));
        child.kill().unwrap();
        child.wait().unwrap();
    }

    fn dump(&self) -> Vec<Vec<Option<String>>> {
        let probe = Probe::open(Path::new(&self.driver), &self.path("db.duckdb")).unwrap();
        let mut rows = probe.rows("SELECT CAST(t AS VARCHAR) FROM sessions t ORDER BY n").unwrap();
        rows.extend(probe.rows("SELECT CAST(t AS VARCHAR) FROM notes t ORDER BY id").unwrap());
        rows
    }
}

#[test]
fn a_kill_leaves_the_old_file_or_the_new_one() {
    let whole = Case::new();
    let before = whole.dump();
    whole.run(&["run", "--until", "contract", "--yes"]);
    let after = whole.dump();
    assert_ne!(before, after);
    whole.run(&["rollback"]);
    assert_eq!(whole.dump(), before);
    for wait_ms in [10, 90, 250, 700] {
        let case = Case::new();
        case.kill_after(&["run", "--until", "contract", "--yes"], wait_ms);
        let found = case.dump();
        assert!(found == before || found == after, "after {wait_ms} ms");
        case.run(&["resume", "--until", "contract", "--yes"]);
        assert_eq!(case.dump(), after, "after {wait_ms} ms");
        case.kill_after(&["rollback"], wait_ms);
        let found = case.dump();
        assert!(found == before || found == after, "back, after {wait_ms} ms");
        case.run(&["rollback"]);
        assert_eq!(case.dump(), before, "back, after {wait_ms} ms");
    }
}

#[test]
fn a_copy_can_be_restored_and_a_missing_library_is_named() {
    let case = Case::new();
    let before = case.dump();
    case.run(&["run", "--until", "switch", "--yes"]);
    assert_ne!(case.dump(), before);
    case.run(&["status"]);
    case.run(&["restore"]);
    assert_eq!(case.dump(), before);
    let said = case
        .on_plan(&["status"])
        .env("UNIFIED_ID_LIBDUCKDB", "/nowhere/libduckdb.so")
        .output()
        .unwrap();
    assert_eq!(said.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&said.stderr).contains("libduckdb cannot be loaded"));
}
