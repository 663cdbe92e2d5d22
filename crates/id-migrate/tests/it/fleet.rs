//! References between databases of different engines, as one fleet: there, compared by what the rows say, and back.

use std::path::Path;

use id_migrate::duckdb::Probe;
use id_migrate::engine::Phase;
use id_migrate::fleet::{Fleet, FleetEvent, FleetRun, Outcome};
use rusqlite::Connection;
use tempfile::TempDir;

use crate::postgres::Case as Server;

/// `pg` <- `jobs` (SQLite) <- `notes` (DuckDB) <- `last` (SQLite); `notes` refers to `pg` too.
struct Case {
    server: Server,
    folder: TempDir,
}

/// One row of the chain: its own number, and the numbers of the rows that it leads to.
type Chain = (i64, i64, i64, i64);

impl Case {
    fn new() -> Self {
        let server = Server::with(
            "CREATE TABLE users (id uuid PRIMARY KEY, n int); INSERT INTO users SELECT md5(n::text)::uuid, n FROM generate_series(0, 99) n",
        );
        let user = "SELECT id::text FROM users ORDER BY n";
        let users: Vec<String> =
            server.client().query(user, &[]).unwrap().iter().map(|row| row.get(0)).collect();
        let case = Self { server, folder: super::folder() };
        let jobs = Connection::open(case.path("jobs.sqlite")).unwrap();
        jobs.execute_batch(
            "CREATE TABLE jobs (id INTEGER PRIMARY KEY, job_id TEXT UNIQUE, owner TEXT)",
        )
        .unwrap();
        for n in 0..200 {
            let insert = "INSERT INTO jobs VALUES (?1, ?2, ?3)";
            let owner = &users[n * 7 % 100];
            jobs.execute(insert, (n, format!("job-{n}"), owner)).unwrap();
        }
        let notes: Vec<String> = (0..300)
            .map(|n| format!("({n}, 'note-{n}', 'job-{}', '{}')", n * 3 % 200, users[n % 100]))
            .collect();
        case.probe()
            .execute(&format!(
                "CREATE TABLE notes (n INT, id VARCHAR PRIMARY KEY, job VARCHAR, author VARCHAR); INSERT INTO notes VALUES {}",
                notes.join(", ")
            ))
            .unwrap();
        let last = Connection::open(case.path("last.sqlite")).unwrap();
        last.execute_batch("CREATE TABLE marks (id INTEGER PRIMARY KEY, note TEXT)").unwrap();
        for n in 0..400 {
            let insert = "INSERT INTO marks VALUES (?1, ?2)";
            last.execute(insert, (n, format!("note-{}", n * 11 % 300))).unwrap();
        }
        case
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    fn probe(&self) -> Probe {
        Probe::open(&id_testkit::duckdb::library(), &self.path("notes.duckdb")).unwrap()
    }

    fn fleet(&self) -> String {
        let library = id_testkit::duckdb::library();
        let config = format!("[settings]\nduckdb_library = \"{}\"\n", library.display());
        let mut file = std::fs::File::create(self.path("notes.toml")).unwrap();
        std::io::Write::write_all(&mut file, config.as_bytes()).unwrap();
        format!(
            "name = \"mixed\"\n\
             [[databases]]\nname = \"pg\"\ndatabase = \"{}\"\nkeys = [\"public.users.id=bits\"]\n\
             [[databases]]\nname = \"jobs\"\ndatabase = \"jobs.sqlite\"\nkeys = [\"jobs.job_id=stable\"]\n\
             [[databases]]\nname = \"notes\"\ndatabase = \"notes.duckdb\"\nconfig = \"notes.toml\"\nkeys = [\"notes.id=stable\"]\n\
             [[databases]]\nname = \"last\"\ndatabase = \"last.sqlite\"\n\
             [[references]]\ncolumn = \"jobs:jobs.owner\"\nkey = \"pg:public.users.id\"\n\
             [[references]]\ncolumn = \"notes:notes.author\"\nkey = \"pg:users.id\"\n\
             [[references]]\ncolumn = \"notes:notes.job\"\nkey = \"jobs:jobs.job_id\"\n\
             [[references]]\ncolumn = \"last:marks.note\"\nkey = \"notes:notes.id\"\n",
            id_testkit::postgres::Postgres::shared().url(&self.server.name)
        )
    }

    /// Every mark with note, job and owner, by their numbers; each must be found by the values that stand in the columns.
    fn chain(&self, id_len: Option<usize>) -> Vec<Chain> {
        let number = |text: &str| text.parse::<i64>().unwrap();
        let users: std::collections::HashMap<String, i64> = self
            .server
            .client()
            .query("SELECT id::text, n::bigint FROM users", &[])
            .unwrap()
            .iter()
            .map(|row| (row.get(0), row.get(1)))
            .collect();
        let jobs = Connection::open(self.path("jobs.sqlite")).unwrap();
        let notes = self.probe();
        let notes: std::collections::HashMap<String, [String; 3]> = notes
            .rows("SELECT id, CAST(n AS VARCHAR), job, author FROM notes")
            .unwrap()
            .into_iter()
            .map(|row| {
                let [id, n, job, author] = row.try_into().unwrap();
                (id.unwrap(), [n.unwrap(), job.unwrap(), author.unwrap()])
            })
            .collect();
        let last = Connection::open(self.path("last.sqlite")).unwrap();
        let mut statement = last.prepare("SELECT id, note FROM marks ORDER BY id").unwrap();
        let marks = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        marks
            .map(|mark| {
                let (mark, note): (i64, String) = mark.unwrap();
                assert!(id_len.is_none_or(|len| note.len() == len), "{note}");
                let [n, job, author] = &notes[&note];
                assert_eq!(users[author], number(n) % 100);
                let sql = "SELECT id, owner FROM jobs WHERE job_id = ?1";
                let (job, owner): (i64, String) =
                    jobs.query_row(sql, [job], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
                (mark, number(n), job, users[&owner])
            })
            .collect()
    }
}

fn parse(text: &str, folder: &Path) -> id_migrate::Result<Fleet> {
    Fleet::parse(text, folder)
}

#[test]
fn references_between_engines_follow_there_and_back() {
    let case = Case::new();
    let before = case.chain(None);
    assert_eq!(before.len(), 400);
    assert_eq!(before[5], (5, 55, 165, 165 * 7 % 100));
    let fleet = parse(&case.fleet(), case.folder.path()).unwrap();
    let mut run = FleetRun::new(fleet).unwrap();
    let mut steps = |_: &FleetEvent<'_>| {};
    // Stopped behind the switch of all of them, then to the end.
    for until in [Some(Phase::Switch), None] {
        let ended = run.run(until, &mut |_, _| true, &mut steps).unwrap();
        assert_eq!(ended, Outcome::Done);
        assert!(case.chain(Some(26)) == before, "until {until:?}");
    }
    let report = run.rollback("for the test", &mut steps).unwrap();
    assert!(report.is_complete, "{report:?}");
    assert!(case.chain(None) == before, "back");
    let user: String = case
        .server
        .client()
        .query_one("SELECT id::text FROM users WHERE n = 7", &[])
        .unwrap()
        .get(0);
    assert_eq!(user, "8f14e45f-ceea-167a-5a36-dedd4bea2543");
    let jobs = Connection::open(case.path("jobs.sqlite")).unwrap();
    let owner: String =
        jobs.query_row("SELECT owner FROM jobs WHERE id = 1", [], |row| row.get(0)).unwrap();
    assert_eq!(owner, user);
}

#[test]
fn a_server_that_refers_to_another_database_is_refused_by_name() {
    let text = "name = \"x\"\n\
        [[databases]]\nname = \"a\"\ndatabase = \"a.sqlite\"\n\
        [[databases]]\nname = \"b\"\ndatabase = \"postgres://u@h/d\"\n\
        [[references]]\ncolumn = \"b:shop.posts.user_id\"\nkey = \"a:users.id\"\n";
    let error = parse(text, Path::new(".")).unwrap_err();
    assert_eq!(error.kind(), id_migrate::ErrorKind::Usage);
    for part in ["b:shop.posts.user_id", "a:users.id", "PostgreSQL"] {
        assert!(error.to_string().contains(part), "{error}");
    }
}

/// Keys that DuckDB cannot hold as text are refused by their kind, and the file stays as it is.
#[test]
fn keys_that_are_no_text_are_refused_by_their_kind() {
    for (key, said) in [("1.5", "floating-point numbers (1.5)"), ("x'ff00'", "bytes")] {
        let folder = super::folder();
        let path = |name: &str| folder.path().join(name);
        let library = id_testkit::duckdb::library();
        let jobs = Connection::open(path("jobs.sqlite")).unwrap();
        jobs.execute_batch(&format!(
            "CREATE TABLE jobs (id INTEGER PRIMARY KEY, k UNIQUE); INSERT INTO jobs VALUES (1, 'one'), (2, {key})"
        ))
        .unwrap();
        drop(jobs);
        let open = || Probe::open(&library, &path("notes.duckdb")).unwrap();
        open()
            .execute("CREATE TABLE notes (job VARCHAR); INSERT INTO notes VALUES ('one')")
            .unwrap();
        let config = format!("[settings]\nduckdb_library = \"{}\"\n", library.display());
        let mut file = std::fs::File::create(path("notes.toml")).unwrap();
        std::io::Write::write_all(&mut file, config.as_bytes()).unwrap();
        let text = "name = \"kinds\"\n\
            [[databases]]\nname = \"jobs\"\ndatabase = \"jobs.sqlite\"\nkeys = [\"jobs.k=stable\"]\n\
            [[databases]]\nname = \"notes\"\ndatabase = \"notes.duckdb\"\nconfig = \"notes.toml\"\n\
            [[references]]\ncolumn = \"notes:notes.job\"\nkey = \"jobs:jobs.k\"\n";
        let mut run = FleetRun::new(parse(text, folder.path()).unwrap()).unwrap();
        let error = run.run(None, &mut |_, _| true, &mut |_: &FleetEvent<'_>| {}).unwrap_err();
        assert_eq!(error.kind(), id_migrate::ErrorKind::Usage, "{error}");
        assert!(error.to_string().contains(&format!("keys that are {said},")), "{error}");
        let rows = open().rows("SELECT job FROM notes").unwrap();
        assert_eq!(rows, [[Some("one".to_owned())]]);
    }
}
