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

/// `jobs` (SQLite, keys of text, numbers and bytes) and `users` (PostgreSQL) <- `notes` (another PostgreSQL database).
struct Served {
    users: Server,
    notes: Server,
    folder: TempDir,
}

impl Served {
    fn new() -> Self {
        let users = Server::with(
            "CREATE TABLE users (id uuid PRIMARY KEY, n int); INSERT INTO users SELECT md5(n::text)::uuid, n FROM generate_series(0, 99) n",
        );
        // The 7 last notes name jobs and numbers that are not there.
        let notes = Server::with(
            "CREATE SCHEMA \"My Notes\"; \
             CREATE TABLE \"My Notes\".notes (n int PRIMARY KEY, job text, number bigint NOT NULL DEFAULT 5, mark bytea, author uuid, doc jsonb, jobs text[]); \
             CREATE INDEX by_author ON \"My Notes\".notes (author); \
             INSERT INTO \"My Notes\".notes SELECT n, CASE WHEN n < 293 THEN 'job-' || n % 200 ELSE 'gone-' || n END, CASE WHEN n < 293 THEN n % 50 ELSE -n END, decode(lpad(to_hex(n % 20), 4, '0'), 'hex'), md5((n % 100)::text)::uuid, \
               jsonb_build_object('job', jsonb_build_object('id', 'job-' || n % 200)), ARRAY['job-' || n % 200, 'job-1'] FROM generate_series(0, 299) n",
        );
        let case = Self { users, notes, folder: super::folder() };
        let jobs = Connection::open(case.path("jobs.sqlite")).unwrap();
        jobs.execute_batch(
            "CREATE TABLE jobs (job_id TEXT PRIMARY KEY, n INT); CREATE TABLE numbers (id INTEGER PRIMARY KEY, n INT); CREATE TABLE marks (k BLOB PRIMARY KEY, n INT); \
             WITH RECURSIVE c (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM c WHERE n < 199) INSERT INTO jobs SELECT 'job-' || n, n FROM c; \
             INSERT INTO numbers SELECT n, n FROM jobs WHERE n < 50; INSERT INTO marks SELECT unhex(printf('%04x', n)), n FROM jobs WHERE n < 20",
        )
        .unwrap();
        case
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    fn fleet(&self) -> FleetRun {
        let url = |case: &Server| id_testkit::postgres::Postgres::shared().url(&case.name);
        let text = format!(
            "name = \"served\"\n\
             [[databases]]\nname = \"jobs\"\ndatabase = \"jobs.sqlite\"\nkeys = [\"jobs.job_id=stable\", \"numbers.id=stable\", \"marks.k=stable\"]\n\
             [[databases]]\nname = \"users\"\ndatabase = \"{}\"\nkeys = [\"public.users.id=bits\"]\n\
             [[databases]]\nname = \"notes\"\ndatabase = \"{}\"\n\
             [[references]]\ncolumn = 'notes:\"My Notes\".notes.job'\nkey = \"jobs:jobs.job_id\"\n\
             [[references]]\ncolumn = 'notes:\"My Notes\".notes.number'\nkey = \"jobs:numbers.id\"\n\
             [[references]]\ncolumn = 'notes:\"My Notes\".notes.mark'\nkey = \"jobs:marks.k\"\n\
             [[references]]\ncolumn = 'notes:\"My Notes\".notes.author'\nkey = \"users:public.users.id\"\n",
            url(&self.users),
            url(&self.notes)
        );
        FleetRun::new(parse(&text, self.folder.path()).unwrap()).unwrap()
    }

    /// For each note the numbers of its job, number, mark and author, as the values in the columns find them, and of what stands
    /// in the document and the array.
    fn chain(&self) -> Vec<(i32, [Option<i64>; 6])> {
        let jobs = Connection::open(self.path("jobs.sqlite")).unwrap();
        let find = |table: &str, column: &str, value: Option<String>| -> Option<i64> {
            let sql = format!(
                "SELECT n FROM {table} WHERE CASE typeof({column}) WHEN 'blob' THEN lower(hex({column})) ELSE CAST({column} AS TEXT) END = ?1"
            );
            jobs.query_row(&sql, [value?], |row| row.get(0)).ok()
        };
        let users: std::collections::HashMap<String, i64> = self
            .users
            .client()
            .query("SELECT id::text, n::bigint FROM users", &[])
            .unwrap()
            .iter()
            .map(|row| (row.get(0), row.get(1)))
            .collect();
        let sql = "SELECT n, job, number::text, CASE WHEN pg_typeof(mark) = 'bytea'::regtype THEN encode(mark::text::bytea, 'hex') ELSE mark::text END, author::text, doc->'job'->>'id', jobs[2] FROM \"My Notes\".notes ORDER BY n";
        self.notes
            .client()
            .query(sql, &[])
            .unwrap()
            .iter()
            .map(|row| {
                let found = [
                    find("jobs", "job_id", row.get(1)),
                    find("numbers", "id", row.get(2)),
                    find("marks", "k", row.get(3)),
                    row.get::<_, Option<String>>(4).and_then(|id| users.get(&id).copied()),
                    find("jobs", "job_id", row.get(5)),
                    find("jobs", "job_id", row.get(6)),
                ];
                (row.get(0), found)
            })
            .collect()
    }
}

#[test]
fn a_server_takes_the_maps_of_other_databases() {
    let case = Served::new();
    let before = case.notes.dump();
    let chain = case.chain();
    let none = chain.iter().flat_map(|row| row.1).filter(Option::is_none).count();
    assert_eq!((chain.len(), none), (300, 14), "7 jobs and 7 numbers are not there");
    assert_eq!(chain[57].1, [57, 7, 17, 57, 57, 1].map(Some));
    let mut db = case.notes.client();
    let count = |db: &mut postgres::Client, sql: &str| -> i64 {
        db.query_one(&sql.replace("{N}", "\"My Notes\".notes"), &[]).unwrap().get(0)
    };
    let mut run = case.fleet();
    let mut steps = |_: &FleetEvent<'_>| {};
    for until in [Phase::Contract, Phase::Switch] {
        // Rows that come while the copy is made, of which one changes what was copied, and one names nothing.
        let mut asked = |name: &str, phase: Phase| {
            if name == "notes" && phase == Phase::Verify {
                case.notes.client().batch_execute("INSERT INTO \"My Notes\".notes VALUES (1000, 'job-3', 4, '\\x0005', md5('6')::uuid, '{\"job\": {\"id\": \"job-7\"}}', '{job-2,job-8}'), (1001, 'nobody', 999, NULL, NULL, NULL, NULL); \
                    UPDATE \"My Notes\".notes SET job = 'job-9' WHERE n = 8; DELETE FROM \"My Notes\".notes WHERE n = 9").unwrap();
            }
            true
        };
        assert_eq!(run.run(Some(until), &mut asked, &mut steps).unwrap(), Outcome::Done);
        let plan = run.plan(2).unwrap();
        let now = case.chain();
        assert_eq!(now.len(), 301, "{until:?}");
        assert_eq!(now[8].1[0], Some(9));
        assert_eq!(now[299].1, [3, 4, 5, 6, 7, 8].map(Some));
        assert_eq!(now[300].1, [None; 6]);
        assert!(now[..8] == chain[..8] && now[9..299] == chain[10..], "{until:?}");
        let ids = "SELECT count(*) FROM {N} WHERE job LIKE 'job-%' OR length(job) = 26 AND (length(author) <> 26 OR length(number) <> 26 OR length(mark) <> 26)";
        assert_eq!(count(&mut db, ids), 0, "{until:?}");
        assert_eq!(
            count(&mut db, "SELECT count(*) FROM {N} WHERE job = 'nobody' AND number = '999'"),
            1
        );
        if until == Phase::Switch {
            // What an old client writes becomes an id; what is no key stays, and the way back knows where it was.
            db.batch_execute("INSERT INTO \"My Notes\".notes (n, job, number, mark, author) VALUES (2000, 'job-4', '5', '\\x0006', md5('7')), (2001, 'x', '01jmwtr76afn78ytbz04sdearg', '01jmwtr76afn78ytbz04sdearg', '01jmwtr76afn78ytbz04sdearg'); \
                INSERT INTO \"My Notes\".notes (n) VALUES (2002)").unwrap();
            let late = case.chain();
            assert_eq!(late[301].1[..4], [4, 5, 6, 7].map(Some));
            assert_eq!(late[303].1[1], Some(5), "the default is written as before");
            let mut engine = id_migrate::database::open(plan, &case.notes.access(), true).unwrap();
            let found = engine.verify(&mut |_| {}).unwrap();
            assert_eq!((found.failed, found.orphans), (0, 20), "{:?}", found.failures);
            drop(engine);
        }
        let report = run.rollback("for the test", &mut steps).unwrap();
        assert!(report.is_complete, "{report:?}");
        if until == Phase::Switch {
            let bits = unified_id::Core::parse("01jmwtr76afn78ytbz04sdearg").unwrap().to_u128();
            let back = format!(
                "SELECT count(*) FROM {{N}} WHERE n = 2001 AND number < 0 AND author = '{bits:032x}'"
            );
            assert_eq!(count(&mut db, &back), 1);
            // The report says which references name no row of the other database.
            let notes = report.databases.iter().find(|row| row.name == "notes").unwrap();
            let found: Vec<(&str, &str)> =
                notes.made_up.iter().map(|one| (&*one.key, &*one.id)).collect();
            let id = "01jmwtr76afn78ytbz04sdearg";
            assert_eq!(
                found,
                [("jobs:numbers.id", id), ("jobs:marks.k", id), ("users:public.users.id", id)]
            );
            let number = notes.made_up[0].value.parse::<i64>().unwrap();
            let made = format!("SELECT count(*) FROM {{N}} WHERE n = 2001 AND number = {number}");
            assert_eq!((count(&mut db, &made), number < 0), (1, true));
        }
        db.batch_execute("DELETE FROM \"My Notes\".notes WHERE n >= 1000; UPDATE \"My Notes\".notes SET job = 'job-8' WHERE n = 8; INSERT INTO \"My Notes\".notes VALUES (9, 'job-9', 9, '\\x0009', md5('9')::uuid, '{\"job\": {\"id\": \"job-9\"}}', '{job-9,job-1}')").unwrap();
        assert!(case.notes.dump() == before, "{until:?}");
        run = case.fleet();
    }
}

/// A database that cannot go back keeps those where they are that it refers to, and only those; the next rollback goes on.
#[test]
fn no_database_goes_back_before_those_that_refer_to_it() {
    let folder = super::folder();
    let open = |name: &str| Connection::open(folder.path().join(name)).unwrap();
    for (name, sql) in [
        ("users", "CREATE TABLE users (id INTEGER PRIMARY KEY); INSERT INTO users VALUES (1), (2)"),
        (
            "jobs",
            "CREATE TABLE jobs (id INTEGER PRIMARY KEY, user_id INT); INSERT INTO jobs VALUES (7, 1), (8, 2)",
        ),
        ("other", "CREATE TABLE other (id INTEGER PRIMARY KEY); INSERT INTO other VALUES (1)"),
        (
            "notes",
            "CREATE TABLE notes (n INTEGER PRIMARY KEY, job_id INT); INSERT INTO notes VALUES (1, 7), (2, 8)",
        ),
    ] {
        open(name).execute_batch(sql).unwrap();
    }
    let text = "name = \"stuck\"\n\
        [[databases]]\nname = \"users\"\ndatabase = \"users\"\nkeys = [\"users.id=stable\"]\nuntil = \"soak\"\n\
        [[databases]]\nname = \"jobs\"\ndatabase = \"jobs\"\nkeys = [\"jobs.id=stable\"]\nuntil = \"soak\"\n\
        [[databases]]\nname = \"other\"\ndatabase = \"other\"\nkeys = [\"other.id=stable\"]\nuntil = \"soak\"\n\
        [[databases]]\nname = \"notes\"\ndatabase = \"notes\"\nuntil = \"soak\"\n\
        [[databases.commands]]\nphase = \"rollback\"\nwhen = \"before\"\nkind = \"stop\"\nrun = [\"test\", \"-e\", \"stopped\"]\n\
        [[references]]\ncolumn = \"jobs:jobs.user_id\"\nkey = \"users:users.id\"\n\
        [[references]]\ncolumn = \"notes:notes.job_id\"\nkey = \"jobs:jobs.id\"\n";
    let mut run = FleetRun::new(parse(text, folder.path()).unwrap()).unwrap();
    let mut steps = |_: &FleetEvent<'_>| {};
    let status = |run: &FleetRun| -> serde_json::Value {
        let path = run.fleet().work_folder().join("status.json");
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
    };
    let joined = || -> i64 {
        let db = open("notes");
        let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
        db.execute("ATTACH ?1 AS j", [path("jobs")]).unwrap();
        db.execute("ATTACH ?1 AS u", [path("users")]).unwrap();
        let sql = "SELECT count(*) FROM notes n JOIN j.jobs o ON o.id = n.job_id JOIN u.users u ON u.id = o.user_id";
        db.query_row(sql, [], |row| row.get(0)).unwrap()
    };
    assert_eq!(run.run(None, &mut |_, _| true, &mut steps).unwrap(), Outcome::Done);
    assert_eq!(joined(), 2);
    let report = run.rollback("for the test", &mut steps).unwrap();
    let said: Vec<(&str, Phase, Option<&str>)> =
        report.databases.iter().map(|row| (&*row.name, row.from, row.error.as_deref())).collect();
    let stays =
        |name: &str| format!("it stays as it is: `{name}` refers to it and did not go back");
    assert_eq!(
        said,
        [
            ("notes", Phase::Soak, Some("`test -e stopped` ended with exit status: 1")),
            ("other", Phase::Soak, None),
            ("jobs", Phase::Soak, Some(&*stays("notes"))),
            ("users", Phase::Soak, Some(&*stays("jobs"))),
        ]
    );
    assert!(!report.is_complete);
    assert_eq!(joined(), 2, "all of them hold new ids");
    assert_eq!(status(&run)["state"], "stopped");
    let next = status(&run)["next_step"].as_str().unwrap().to_owned();
    assert!(next.ends_with("again: `notes`, `jobs`, `users` did not go back"), "{next}");
    std::fs::File::create(folder.path().join("stopped")).unwrap();
    assert!(run.rollback("for the test", &mut steps).unwrap().is_complete);
    assert_eq!(joined(), 2);
    assert_eq!(status(&run)["state"], "rolled back");
    let job: i64 = open("notes")
        .query_row("SELECT job_id FROM notes WHERE n = 2", [], |row| row.get(0))
        .unwrap();
    assert_eq!(job, 8);
}

/// Runs a fleet of a table with this key in SQLite and a reference to it in DuckDB; returns how it ended, the reference, and all
/// of them after the way back, with one to a row that came late.
fn job_of_a_note(
    key: &str,
    kind: &str,
    job: &str,
) -> (id_migrate::Result<()>, Option<String>, String) {
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
        .execute(&format!("CREATE TABLE notes (job {kind}); INSERT INTO notes VALUES ({job})"))
        .unwrap();
    let config = format!("[settings]\nduckdb_library = \"{}\"\n", library.display());
    let mut file = std::fs::File::create(path("notes.toml")).unwrap();
    std::io::Write::write_all(&mut file, config.as_bytes()).unwrap();
    let text = "name = \"kinds\"\n\
        [[databases]]\nname = \"jobs\"\ndatabase = \"jobs.sqlite\"\nkeys = [\"jobs.k=stable\"]\n\
        [[databases]]\nname = \"notes\"\ndatabase = \"notes.duckdb\"\nconfig = \"notes.toml\"\n\
        [[references]]\ncolumn = \"notes:notes.job\"\nkey = \"jobs:jobs.k\"\n";
    let mut run = FleetRun::new(parse(text, folder.path()).unwrap()).unwrap();
    let ended = run.run(None, &mut |_, _| true, &mut |_: &FleetEvent<'_>| {}).map(drop);
    let rows = open().rows("SELECT CAST(job AS VARCHAR) FROM notes").unwrap();
    if ended.is_err() {
        return (ended, rows[0][0].clone(), String::new());
    }
    open().execute("INSERT INTO notes VALUES ('01jmwtr76afn78ytbz04sdearg'); CHECKPOINT").unwrap();
    let report = run.rollback("for the test", &mut |_: &FleetEvent<'_>| {}).unwrap();
    assert!(report.is_complete, "{report:?}");
    let back = open().rows("SELECT string_agg(CASE WHEN typeof(job) = 'BLOB' THEN hex(job) ELSE CAST(job AS VARCHAR) END, ' ' ORDER BY rowid) FROM notes").unwrap();
    (ended, rows[0][0].clone(), back[0][0].clone().unwrap_or_default())
}

/// Keys that are no ids in DuckDB are refused by their kind, and the file stays as it is; bytes and numbers are found.
#[test]
fn keys_of_another_database_are_looked_up_by_their_text() {
    let (ended, job, _) = job_of_a_note("1.5", "VARCHAR", "'one'");
    let error = ended.unwrap_err();
    assert_eq!(error.kind(), id_migrate::ErrorKind::Usage, "{error}");
    assert!(error.to_string().contains("keys that are floating-point numbers (1.5),"), "{error}");
    assert_eq!(job.as_deref(), Some("one"));
    let bits = unified_id::Core::parse("01jmwtr76afn78ytbz04sdearg").unwrap().to_u128();
    let cases = [
        ("x'ff00'", "BLOB", "unhex('ff00')", format!("FF00 {bits:032X}")),
        // A number that names no row of the other database.
        ("17", "BIGINT", "17", "17 -1".to_owned()),
    ];
    for (key, kind, job, expected) in cases {
        let (ended, job, back) = job_of_a_note(key, kind, job);
        ended.unwrap();
        assert_eq!(job.map(|job| job.len()), Some(26), "{key}");
        assert_eq!(back, expected, "{key}");
    }
}
