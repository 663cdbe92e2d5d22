//! What databases made at random (`cargo xtask soak --only migrate-sqlite`) have found, one test for each.

use id_migrate::engine::Phase;
use id_migrate::plan::Place;
use id_migrate::sqlite::{PlanOptions, plan};
use rusqlite::Connection;

use super::Case;

/// The references of a plan as text.
fn references(case: &Case, keys: &[&str]) -> Vec<String> {
    let plan = case.plan(keys);
    let mut found: Vec<String> = plan
        .references
        .iter()
        .map(|reference| {
            let place = match &reference.place {
                Place::Whole => String::new(),
                Place::Json(path) => format!(" at {path}"),
                Place::List(separator) => format!(" split by {separator}"),
                Place::When { column, equals } => format!(" when {column} = {equals}"),
            };
            let key = &plan.keys[reference.key].table;
            format!("{}.{}{place} -> {key}", reference.table, reference.column)
        })
        .collect();
    found.sort();
    found
}

#[test]
fn a_key_that_is_no_utf8_comes_back() {
    let case = Case::new(
        "CREATE TABLE t (k TEXT PRIMARY KEY); INSERT INTO t VALUES (CAST(x'ff31' AS TEXT)), ('a' || char(0) || 'b'), ('c');",
    );
    case.there_and_back(&["t.k=stable"]);
    let map = std::fs::read_to_string(format!("{}.test.rolled-back.jsonl", case.path.display()));
    let map = map.unwrap();
    assert!(map.contains("CAST(x'ff31' AS TEXT)"), "{map}");
    assert!(map.contains("('a'||char(0)||'b')"), "{map}");
}

#[test]
fn of_two_keys_named_like_each_other_one_is_proposed() {
    let case = Case::new(
        "CREATE TABLE session_stats (session_id TEXT PRIMARY KEY, n INT); CREATE TABLE sessions (session_id TEXT PRIMARY KEY, n INT); \
         INSERT INTO sessions VALUES ('a', 1), ('b', 2); INSERT INTO session_stats VALUES ('a', 1), ('b', 2);",
    );
    let plan = case.plan(&[]);
    let keys: Vec<&str> = plan.keys.iter().map(|key| key.table.as_str()).collect();
    assert_eq!(keys, ["sessions"]);
    assert_eq!(references(&case, &[]), ["session_stats.session_id -> sessions"]);
}

#[test]
fn a_plan_without_keys_is_an_error_that_says_what_to_do() {
    let case = Case::new(
        "CREATE TABLE users (id INTEGER PRIMARY KEY, n INT); INSERT INTO users VALUES (1, 2);",
    );
    let options = PlanOptions { run_id: "test".to_owned(), ..PlanOptions::default() };
    let error = plan(&case.path, &options).unwrap_err().to_string();
    assert!(error.contains("such as `--key users.id=stable`"), "{error}");
}

#[test]
fn a_table_of_very_many_columns_comes_there_and_back() {
    for count in [1200, 1998] {
        let columns: Vec<String> = (0..count).map(|at| format!("c{at} DEFAULT 'x'")).collect();
        let case = Case::new(&format!(
            "CREATE TABLE p (id TEXT PRIMARY KEY); CREATE TABLE c (p_id TEXT REFERENCES p, {}); \
             INSERT INTO p VALUES ('a'), ('b'); INSERT INTO c (p_id, c7) VALUES ('a', 1), ('b', 2);",
            columns.join(", ")
        ));
        let plan = case.plan(&["p.id=stable"]);
        let rows = || -> String {
            let db = Connection::open(&case.path).unwrap();
            let sql = "SELECT group_concat(p_id || c7 || c1100) || (SELECT count(*) FROM c JOIN p ON p.id = c.p_id) FROM c";
            db.query_row(sql, [], |row| row.get(0)).unwrap()
        };
        Case::run(&plan, Phase::Contract).unwrap();
        assert!(rows().len() > 50 && rows().ends_with("2x2"), "{}", rows());
        let mut engine = id_migrate::sqlite::Sqlite::open(plan, true).unwrap();
        id_migrate::engine::Engine::rollback(&mut engine, &mut |_| {}).unwrap();
        assert_eq!(rows(), "a1x,b2x2");
    }
}

#[test]
fn more_columns_than_a_statement_can_write_are_refused() {
    let columns: Vec<String> = (0..1999).map(|at| format!("c{at}")).collect();
    let case = Case::new(&format!(
        "CREATE TABLE p (id TEXT PRIMARY KEY); CREATE TABLE c (p_id TEXT REFERENCES p, {}); INSERT INTO p VALUES ('a');",
        columns.join(", ")
    ));
    let plan = case.plan(&["p.id=stable"]);
    let blocker = plan.blockers().next().map(|finding| finding.what.clone()).unwrap_or_default();
    assert!(blocker.contains("table `c` has 2000 columns"), "{blocker}");

    // A key that numbers the rows becomes a text, and the number is written beside it.
    let case = Case::new(&format!(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, {}); INSERT INTO t (id) VALUES (7);",
        columns.join(", ")
    ));
    let plan = case.plan(&["t.id=stable"]);
    let blocker = plan.blockers().next().map(|finding| finding.what.clone()).unwrap_or_default();
    assert!(blocker.contains("table `t` has 2000 columns"), "{blocker}");
}

#[test]
fn a_number_and_the_text_of_its_digits_are_two_keys() {
    let case = Case::new(
        "CREATE TABLE t (k PRIMARY KEY, n); CREATE TABLE c (k REFERENCES t, n); \
         INSERT INTO t VALUES (5, 1), ('5', 2), (x'35', 3); INSERT INTO c SELECT k, n FROM t;",
    );
    case.there_and_back(&["t.k=random"]);
    Case::run(&case.plan(&["t.k=random"]), Phase::Contract).unwrap();
    let db = Connection::open(&case.path).unwrap();
    let sql = "SELECT group_concat(t.n || c.n) FROM c JOIN t ON t.k = c.k ORDER BY 1";
    assert_eq!(db.query_row(sql, [], |row| row.get::<_, String>(0)).unwrap(), "11,22,33");
}

#[test]
fn the_way_back_leaves_no_sequence_of_a_shadow() {
    let case = Case::new(
        "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, u TEXT UNIQUE); INSERT INTO t VALUES (3, 'x'), (9, 'y'); \
         DELETE FROM t WHERE id = 9; CREATE TABLE c (t REFERENCES t);",
    );
    case.there_and_back(&["t.id=stable"]);
}

#[test]
fn a_strict_table_keeps_what_is_no_key_beside_ids_of_another_class() {
    let case = Case::new(
        "CREATE TABLE p (id TEXT PRIMARY KEY) STRICT; CREATE TABLE b (id BLOB PRIMARY KEY) STRICT; \
         CREATE TABLE c (n INTEGER PRIMARY KEY, p TEXT REFERENCES p, b BLOB REFERENCES b, a ANY REFERENCES p) STRICT; \
         INSERT INTO p VALUES ('one'), ('two'); INSERT INTO b VALUES (x'01'), (x'02'); \
         PRAGMA foreign_keys = OFF; INSERT INTO c VALUES (1, 'one', x'01', 'one'), (2, 'nobody', x'99', 7), (3, NULL, NULL, x'07');",
    );
    let mut plan = case.plan(&["p.id=stable", "b.id=stable"]);
    for form in [id_migrate::mapping::Form::Bytes, id_migrate::mapping::Form::Core] {
        plan.keys[0].form = form.clone();
        plan.keys[1].form = form;
        let before = case.dump("_uid");
        Case::run(&plan, Phase::Contract).unwrap();
        let db = Connection::open(&case.path).unwrap();
        let sql = "SELECT count(*) FROM c JOIN p ON p.id = c.p JOIN b ON b.id = c.b WHERE c.a = c.p AND n = 1";
        assert_eq!(db.query_row(sql, [], |row| row.get::<_, u32>(0)).unwrap(), 1);
        let sql = "SELECT p || hex(b) || typeof(a) FROM c WHERE n = 2";
        let text: String = db.query_row(sql, [], |row| row.get(0)).unwrap();
        assert_eq!(text, "nobody99integer");
        let mut engine = id_migrate::sqlite::Sqlite::open(plan.clone(), true).unwrap();
        id_migrate::engine::Engine::rollback(&mut engine, &mut |_| {}).unwrap();
        assert_eq!(case.dump("_uid"), before);
        std::fs::remove_file(format!("{}.test.backup", case.path.display())).unwrap();
    }
}

/// Keys that are small numbers, as numbers or as texts: a count beside them is none of theirs.
#[test]
fn small_numbers_are_references_by_name_alone() {
    let rows = "WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r WHERE x < 50)";
    for kind in ["TEXT", "INTEGER", "NUMERIC"] {
        let case = Case::new(&format!(
            "CREATE TABLE tags (id {kind} PRIMARY KEY, n INT); \
             CREATE TABLE posts (id INTEGER PRIMARY KEY, score INT, level, doc TEXT, versions TEXT, main_tag_id {kind}, tag_ids TEXT); \
             {rows} INSERT INTO tags SELECT x, x FROM r; \
             {rows} INSERT INTO posts SELECT x, x, 3, json_object('counts', json_array(x, 2), 'tagIds', json_array(x)), x || ',' || 2, x, x || ',7' FROM r;"
        ));
        let found = references(&case, &["tags.id=stable"]);
        let expected = [
            "posts.doc at $.tagIds[*] -> tags",
            "posts.main_tag_id -> tags",
            "posts.tag_ids split by , -> tags",
        ];
        assert_eq!(found, expected, "{kind}");
        case.there_and_back(&["tags.id=stable"]);
    }
}

/// One word that many rows have is no proof; one text that nobody writes by chance is.
#[test]
fn values_show_a_reference_where_chance_does_not() {
    let case = Case::new(
        "CREATE TABLE jobs (id TEXT PRIMARY KEY); CREATE TABLE users (name TEXT PRIMARY KEY); \
         CREATE TABLE errors (n INTEGER PRIMARY KEY, kind TEXT, origin TEXT, author TEXT, first_name TEXT); \
         INSERT INTO jobs VALUES ('0190a1b2-c3d4-7e5f-8123-456789abcdef'), ('unknown'), ('b'); \
         INSERT INTO users VALUES ('alice'), ('bob'), ('carol'); \
         INSERT INTO errors (kind, origin, author, first_name) VALUES ('unknown', '0190a1b2-c3d4-7e5f-8123-456789abcdef', 'alice', 'alice'), \
         ('unknown', NULL, 'bob', 'zoe'), ('unknown', NULL, 'carol', 'yan'), ('unknown', NULL, 'bob', 'xi');",
    );
    let found = references(&case, &["jobs.id=stable", "users.name=stable"]);
    assert_eq!(found, ["errors.author -> users", "errors.origin -> jobs"]);
}

/// Where keys of two tables have the same values, the column beside a value says which is meant.
#[test]
fn a_kind_beside_a_value_decides_between_keys_that_are_equal() {
    let case = Case::new(
        "CREATE TABLE users (id TEXT PRIMARY KEY, n INT); CREATE TABLE teams (id TEXT PRIMARY KEY, n INT); \
         CREATE TABLE events (n INTEGER PRIMARY KEY, subject_type TEXT, subject_id TEXT); \
         WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r WHERE x < 20) INSERT INTO users SELECT 'k-' || x, x FROM r; \
         INSERT INTO teams SELECT id, n FROM users; \
         INSERT INTO events SELECT n, CASE n % 3 WHEN 0 THEN 'team' ELSE 'User' END, id FROM users;",
    );
    let keys = ["users.id=stable", "teams.id=stable"];
    let expected = [
        "events.subject_id when subject_type = User -> users",
        "events.subject_id when subject_type = team -> teams",
    ];
    assert_eq!(references(&case, &keys), expected);
    case.there_and_back(&keys);
}

/// A table whose key is a reference gives its name to what refers to it, too.
#[test]
fn a_name_may_be_that_of_a_table_in_between() {
    let case = Case::new(
        "CREATE TABLE users (id INTEGER PRIMARY KEY); CREATE TABLE profiles (user_id INTEGER PRIMARY KEY REFERENCES users); \
         CREATE TABLE pictures (n INTEGER PRIMARY KEY, profile_user_id INT, profile_id INT); \
         INSERT INTO users VALUES (11), (12), (13); INSERT INTO profiles SELECT id FROM users; \
         INSERT INTO pictures (profile_user_id, profile_id) SELECT id, id FROM users;",
    );
    let expected = [
        "pictures.profile_id -> users",
        "pictures.profile_user_id -> users",
        "profiles.user_id -> users",
    ];
    assert_eq!(references(&case, &["users.id=stable"]), expected);
}

/// Rows are counted for a sample, not chosen by their numbers, which may all be odd.
#[test]
fn a_sample_of_a_large_table_does_not_depend_on_the_numbers_of_its_rows() {
    let case = Case::new(
        "CREATE TABLE p (id TEXT PRIMARY KEY) WITHOUT ROWID; CREATE TABLE c (n INTEGER PRIMARY KEY, seen TEXT); \
         INSERT INTO p VALUES ('0190a1b2-c3d4-7e5f-8123-456789abcdef'); \
         WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 2 FROM r WHERE x < 420000) INSERT INTO c SELECT x, (SELECT id FROM p) FROM r;",
    );
    assert_eq!(references(&case, &["p.id=stable"]), ["c.seen -> p"]);
}

/// Whoever splits a value cannot know whether it is alone.
#[test]
fn an_id_alone_in_a_column_of_lists_is_a_text_as_in_lists() {
    let case = Case::new(
        "CREATE TABLE p (n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE); CREATE TABLE c (n INTEGER PRIMARY KEY, seen TEXT); \
         WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r WHERE x < 40) \
         INSERT INTO p SELECT x, printf('0190a1b2-c3d4-7e5f-8123-4567%08x', x) FROM r; \
         INSERT INTO c SELECT n, id FROM p; \
         UPDATE c SET seen = seen || ', ' || (SELECT id FROM p WHERE n = 1) WHERE n = 7;",
    );
    assert_eq!(references(&case, &["p.id=stable"]), ["c.seen split by , -> p"]);
    let mut plan = case.plan(&["p.id=stable"]);
    plan.keys[0].form = id_migrate::mapping::Form::Bytes;
    let before = case.dump("_uid");
    Case::run(&plan, Phase::Contract).unwrap();
    let db = Connection::open(&case.path).unwrap();
    let sql = "SELECT group_concat(DISTINCT typeof(seen) || length(seen)) FROM c";
    let kinds: String = db.query_row(sql, [], |row| row.get(0)).unwrap();
    assert_eq!(kinds, "text26,text54");
    let mut engine = id_migrate::sqlite::Sqlite::open(plan, true).unwrap();
    id_migrate::engine::Engine::rollback(&mut engine, &mut |_| {}).unwrap();
    assert_eq!(case.dump("_uid"), before);
}

/// A column that is named for a key is not less so where a column beside it names tables, or has its own name in it.
#[test]
fn a_name_that_the_values_bear_out_is_stronger_than_a_kind() {
    let rows = "WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r WHERE x < 50)";
    let case = Case::new(&format!(
        "CREATE TABLE users (id INTEGER PRIMARY KEY); CREATE TABLE orders (id INTEGER PRIMARY KEY); \
         CREATE TABLE events (n INTEGER PRIMARY KEY, user_type TEXT, user_id INT); \
         CREATE TABLE audit (n INTEGER PRIMARY KEY, table_name TEXT, row_id INT, user_id INT); \
         {rows} INSERT INTO users SELECT x FROM r; INSERT INTO orders SELECT id FROM users; \
         INSERT INTO events SELECT id, iif(id % 2, 'user', 'admin'), id FROM users; \
         INSERT INTO audit SELECT id, iif(id % 2, 'users', 'orders'), id, 51 - id FROM users;"
    ));
    let expected = [
        "audit.row_id when table_name = orders -> orders",
        "audit.row_id when table_name = users -> users",
        "audit.user_id -> users",
        "events.user_id -> users",
    ];
    for keys in [["users.id=stable", "orders.id=stable"], ["orders.id=stable", "users.id=stable"]] {
        assert_eq!(references(&case, &keys), expected);
    }
    case.there_and_back(&["users.id=stable", "orders.id=stable"]);
}

/// Where a word beside it names the table of another key, the column is that one's, whatever it is called.
#[test]
fn a_kind_of_several_tables_is_stronger_than_a_name() {
    let rows = "WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r WHERE x < 50)";
    let case = Case::new(&format!(
        "CREATE TABLE users (id INTEGER PRIMARY KEY); CREATE TABLE admins (id INTEGER PRIMARY KEY); \
         CREATE TABLE logins (n INTEGER PRIMARY KEY, user_type TEXT, user_id INT); \
         {rows} INSERT INTO users SELECT x FROM r; INSERT INTO admins SELECT id FROM users; \
         INSERT INTO logins SELECT id, iif(id % 2, 'User', 'Admin'), id FROM users;"
    ));
    let expected = [
        "logins.user_id when user_type = Admin -> admins",
        "logins.user_id when user_type = User -> users",
    ];
    assert_eq!(references(&case, &["users.id=stable", "admins.id=stable"]), expected);
}

/// A row that names a table has one number that is a key of it: not its own, no count, no level.
#[test]
fn the_name_of_a_table_speaks_of_the_id_of_a_row_alone() {
    let rows = "WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r WHERE x < 50)";
    for (table_name, row) in [("table_name", "row_id"), ("tbl", "pk"), ("tableName", "objectId")] {
        let case = Case::new(&format!(
            "CREATE TABLE users (id INTEGER PRIMARY KEY); CREATE TABLE teams (id INTEGER PRIMARY KEY); \
             CREATE TABLE audit (seq INTEGER PRIMARY KEY, {table_name} TEXT, {row} INT, changes INT, level INT, team_id INT, event_id INT UNIQUE); \
             {rows} INSERT INTO users SELECT x FROM r; INSERT INTO teams SELECT id + 1000 FROM users; \
             INSERT INTO audit SELECT id, 'users', id, id, 3, 1000 + id, id FROM users;"
        ));
        let expected = format!("audit.{row} when {table_name} = users -> users");
        assert_eq!(references(&case, &["users.id=stable"]), [expected], "{row}");
    }
}

/// The name of a table stands for what tells its rows apart: not for a reference that only happens to be unique.
#[test]
fn the_name_of_a_table_means_its_own_id() {
    let rows = "WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r WHERE x < 50)";
    let case = Case::new(&format!(
        "CREATE TABLE users (id INTEGER PRIMARY KEY, code INT UNIQUE); \
         CREATE TABLE profiles (id INTEGER PRIMARY KEY, user_id INT UNIQUE REFERENCES users (id)); \
         CREATE TABLE pictures (n INTEGER PRIMARY KEY, profile_id INT, user_id INT, profile_user_id INT, subject_type TEXT, subject_id INT); \
         {rows} INSERT INTO users SELECT x, 51 - x FROM r; INSERT INTO profiles SELECT id, 51 - id FROM users; \
         INSERT INTO pictures SELECT id, id, id, id, 'profile', id FROM users;"
    ));
    let expected = [
        "pictures.profile_user_id -> users",
        "pictures.user_id -> users",
        "profiles.user_id -> users",
    ];
    assert_eq!(references(&case, &["users.id=stable"]), expected);
    assert_eq!(references(&case, &["users.code=stable"]), [""; 0]);
    let case = Case::new(&format!(
        "CREATE TABLE jobs (id INTEGER PRIMARY KEY, job_id TEXT UNIQUE NOT NULL); CREATE TABLE profiles (n INTEGER PRIMARY KEY, user_no INT UNIQUE); \
         CREATE TABLE runs (n INTEGER PRIMARY KEY, job TEXT, job_uuid TEXT, first_job_id TEXT, profile_id INT); \
         {rows} INSERT INTO jobs SELECT x, 'j' || x FROM r; INSERT INTO profiles SELECT id, id FROM jobs; \
         INSERT INTO runs SELECT id, 'no ' || id, NULL, job_id, id FROM jobs;"
    ));
    let expected = ["runs.first_job_id -> jobs", "runs.profile_id -> profiles"];
    assert_eq!(references(&case, &["jobs.job_id=stable", "profiles.user_no=stable"]), expected);
}

/// A foreign key to a column without values says nothing of the values that are there.
#[test]
fn a_foreign_key_to_an_empty_table_hides_no_reference() {
    let case = Case::new(
        "CREATE TABLE users (id INTEGER PRIMARY KEY, uuid TEXT UNIQUE NOT NULL); \
         CREATE TABLE cache (user_uuid TEXT PRIMARY KEY); CREATE TABLE other (user_uuid TEXT PRIMARY KEY); \
         CREATE TABLE posts (n INTEGER PRIMARY KEY, user_uuid TEXT REFERENCES cache (user_uuid), owner_user_uuid TEXT REFERENCES other (user_uuid)); \
         INSERT INTO other VALUES ('else'); \
         WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r WHERE x < 40) \
         INSERT INTO users SELECT x, printf('0190a1b2-c3d4-7e5f-8123-4567%08x', x) FROM r; \
         PRAGMA foreign_keys = OFF; INSERT INTO posts SELECT id, uuid, uuid FROM users;",
    );
    let keys = ["users.uuid=stable"];
    assert_eq!(references(&case, &keys), ["posts.user_uuid -> users"]);
    let says = |text: &str| case.plan(&keys).findings.iter().any(|it| it.what.contains(text));
    assert!(says("posts.user_uuid is declared to refer to cache, which has no values there"));
    case.there_and_back(&keys);
}

/// What an application writes late beside a word of another key is none of the key of the whole column.
#[test]
fn a_late_value_follows_the_word_beside_it() {
    let rows = "WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r WHERE x < 40)";
    let case = Case::new(&format!(
        "CREATE TABLE a (id TEXT PRIMARY KEY); CREATE TABLE b (id TEXT PRIMARY KEY); \
         CREATE TABLE c (n INTEGER PRIMARY KEY, of_type TEXT, of_id TEXT); \
         {rows} INSERT INTO a SELECT 'a-' || x FROM r; INSERT INTO b SELECT 'b-' || substr(id, 3) FROM a; \
         INSERT INTO c (of_type, of_id) SELECT 'x', id FROM a; INSERT INTO c (of_type, of_id) SELECT 'b', id FROM b LIMIT 10; \
         INSERT INTO a VALUES ('both'); INSERT INTO b VALUES ('both');"
    ));
    let keys = ["a.id=stable", "b.id=stable"];
    assert_eq!(references(&case, &keys), ["c.of_id -> a", "c.of_id when of_type = b -> b"]);
    let before = case.dump("_uid");
    let plan = case.plan(&keys);
    Case::run(&plan, Phase::Soak).unwrap();
    let db = Connection::open(&case.path).unwrap();
    db.execute_batch(
        "INSERT INTO c (n, of_type, of_id) VALUES (1000, 'b', 'both'), (1001, 'x', 'both'); \
         INSERT INTO c (n, of_type) VALUES (1002, 'b'); UPDATE c SET of_id = 'both' WHERE n = 1002;",
    )
    .unwrap();
    let of = |n: u32| -> String {
        db.query_row("SELECT of_id FROM c WHERE n = ?1", [n], |row| row.get(0)).unwrap()
    };
    let new: String = db
        .query_row("SELECT new FROM _uid_map_1 WHERE legacy = 'both'", [], |row| row.get(0))
        .unwrap();
    assert_eq!([of(1000), of(1001), of(1002)], ["both".to_owned(), new, "both".to_owned()]);
    db.execute("DELETE FROM c WHERE n >= 1000", []).unwrap();
    drop(db);
    let mut engine = id_migrate::sqlite::Sqlite::open(plan, true).unwrap();
    id_migrate::engine::Engine::rollback(&mut engine, &mut |_| {}).unwrap();
    assert_eq!(case.dump("_uid"), before);
}

/// A column that is named for a key stays one where many parents were deleted; where it is doubtful, a warning says so.
#[test]
fn a_named_reference_with_many_orphans_is_not_dropped_silently() {
    let rows = "WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r WHERE x < 100)";
    for (kind, first, is_reference) in
        [("TEXT", 100_000, true), ("TEXT", 0, false), ("INTEGER", 100_000, false)]
    {
        let case = Case::new(&format!(
            "CREATE TABLE customers (id {kind} PRIMARY KEY, n INT); CREATE TABLE orders (n INTEGER PRIMARY KEY, customer_id {kind}, doc TEXT); \
             {rows} INSERT INTO customers SELECT {first} + x, x FROM r WHERE x <= 70; \
             {rows} INSERT INTO orders SELECT x, {first} + x, json_object('customer_id', CAST({first} + x AS {kind})) FROM r;"
        ));
        let keys = ["customers.id=stable"];
        let findings = case.plan(&keys).findings;
        let is_doubtful = |place: &str| {
            let text = format!("{place} is named for customers.id, but only 70 of 100");
            findings.iter().any(|it| it.what.starts_with(&text) && it.what.contains("`references`"))
        };
        let found = references(&case, &keys);
        if is_reference {
            let expected =
                ["orders.customer_id -> customers", "orders.doc at $.customer_id -> customers"];
            assert_eq!(found, expected);
            case.there_and_back(&keys);
        } else {
            assert_eq!(found, [""; 0], "{kind} {first}");
        }
        assert_eq!(is_doubtful("orders.customer_id"), !is_reference, "{findings:?}");
        assert_eq!(is_doubtful("orders.doc at $.customer_id"), !is_reference, "{findings:?}");
    }
}

/// Prose with commas between names is no column of lists.
#[test]
fn a_few_texts_with_commas_make_no_lists_of_all() {
    let rows = "WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r WHERE x < 200)";
    for (plain, is_list) in [(200, false), (3, true)] {
        let case = Case::new(&format!(
            "CREATE TABLE users (name TEXT PRIMARY KEY); INSERT INTO users VALUES ('alice'), ('bob'), ('carol'); \
             CREATE TABLE notes (n INTEGER PRIMARY KEY, body TEXT); \
             {rows} INSERT INTO notes (body) SELECT 'plain text number ' || x FROM r LIMIT {plain}; \
             INSERT INTO notes (body) VALUES ('alice,bob,carol'), ('Dinner, carol'), ('alice');"
        ));
        let keys = ["users.name=stable"];
        let expected: &[&str] = if is_list { &["notes.body split by , -> users"] } else { &[] };
        assert_eq!(references(&case, &keys), expected);
        let findings = case.plan(&keys).findings;
        let is_said = findings.iter().any(|it| {
            it.what.starts_with("notes.body: 4 of 5 parts between commas are keys of users.name")
        });
        assert_eq!(is_said, !is_list, "{findings:?}");
    }
}

/// Paths of objects whose member names are ids, or any data, are never all known: that stops a run, once.
#[test]
fn ids_under_member_names_that_are_data_are_a_blocker() {
    let rows = "WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r WHERE x < 100)";
    for (name, at) in [
        ("printf('0190a1b2-c3d4-7e5f-8123-4567%08x', 900 + x)", "$.*.user_id"),
        ("printf('0190A1B2C3D47E5F8123%08X', 900 + x)", "$.*.user_id"),
        ("CAST(70000 + x AS TEXT)", "$.*.user_id"),
        ("char(97 + x / 10) || char(97 + x % 10)", "$.*.user_id"),
    ] {
        let case = Case::new(&format!(
            "CREATE TABLE users (id TEXT PRIMARY KEY); CREATE TABLE c (n INTEGER PRIMARY KEY, doc TEXT); \
             {rows} INSERT INTO users SELECT printf('0190a1b2-c3d4-7e5f-8123-4567%08x', x) FROM r; \
             {rows} INSERT INTO c SELECT x, json_object({name}, json_object('user_id', u.id), 'owner', u.id) FROM r JOIN users u ON u.rowid = x;"
        ));
        let keys = ["users.id=stable"];
        assert_eq!(references(&case, &keys), ["c.doc at $.owner -> users"], "{name}");
        let findings = case.plan(&keys).findings;
        let blockers: Vec<_> = findings
            .iter()
            .filter(|it| it.level == id_migrate::plan::Level::Blocker)
            .map(|it| it.what.as_str())
            .collect();
        assert_eq!(blockers.len(), 1, "{blockers:?}");
        assert!(blockers[0].starts_with(&format!("c.doc has ids at {at}")), "{blockers:?}");
    }
    // Few names that are always the same ones are a form.
    let case = Case::new(&format!(
        "CREATE TABLE users (id TEXT PRIMARY KEY); CREATE TABLE c (n INTEGER PRIMARY KEY, doc TEXT); \
         {rows} INSERT INTO users SELECT printf('0190a1b2-c3d4-7e5f-8123-4567%08x', x) FROM r; \
         {rows} INSERT INTO c SELECT x, json_object('s' || (x % 20), json_object('user_id', u.id)) FROM r JOIN users u ON u.rowid = x;"
    ));
    assert_eq!(references(&case, &["users.id=stable"]).len(), 20);
    case.there_and_back(&["users.id=stable"]);
}

/// Two tables of which each row has its other half in the other one, and a table that refers to one of them.
#[test]
fn keys_that_refer_to_each_other_get_the_same_ids() {
    let case = Case::new(
        "PRAGMA foreign_keys = OFF; CREATE TABLE a (id TEXT PRIMARY KEY REFERENCES b(id) DEFERRABLE INITIALLY DEFERRED, n INT); \
         CREATE TABLE b (id TEXT PRIMARY KEY REFERENCES m, n INT); CREATE TABLE m (id TEXT PRIMARY KEY REFERENCES a, n INT); \
         CREATE TABLE c (n INTEGER PRIMARY KEY, b_id TEXT REFERENCES b); \
         WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r WHERE x < 50) INSERT INTO a SELECT 'k-' || x, x FROM r; \
         INSERT INTO b SELECT * FROM a; INSERT INTO m SELECT * FROM a; INSERT INTO c SELECT n, id FROM a;",
    );
    for key in ["a", "b", "m"] {
        let key = format!("{key}.id=stable");
        let found = references(&case, &[&key]);
        assert_eq!(found.len(), 3, "{found:?}");
        case.there_and_back(&[&key]);
    }
    Case::run(&case.plan(&["b.id=stable"]), Phase::Contract).unwrap();
    let db = Connection::open(&case.path).unwrap();
    let sql = "SELECT count(*) FROM c JOIN b ON b.id = c.b_id JOIN a USING (id) JOIN m USING (id) \
               WHERE a.n = c.n AND b.n = c.n AND m.n = c.n AND length(id) = 26";
    assert_eq!(db.query_row(sql, [], |row| row.get::<_, u32>(0)).unwrap(), 50);
    let broken = "SELECT count(*) FROM pragma_foreign_key_check";
    assert_eq!(db.query_row(broken, [], |row| row.get::<_, u32>(0)).unwrap(), 0);
}

/// A text of digits is no number in a column without a type, but in a list there is no other way to write one.
#[test]
fn lists_of_numbers_are_followed_by_their_name() {
    let rows = "WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r WHERE x < 50)";
    for kind in ["", "INT", "INTEGER", "NUMERIC", "TEXT"] {
        let case = Case::new(&format!(
            "CREATE TABLE tags (id {kind} PRIMARY KEY, n INT); \
             CREATE TABLE posts (n INTEGER PRIMARY KEY, tag_ids TEXT, tagIds TEXT, other_tag_ids, versions TEXT, sizes TEXT, doc TEXT); \
             {rows} INSERT INTO tags SELECT x, x FROM r; \
             {rows} INSERT INTO posts SELECT x, x || ', 7', json_array(x, 8), CASE WHEN x % 2 THEN x ELSE x || ',9' END, x || ',2', json_array(x, 3), \
             json_object('tag_ids', json_array(x, 5), 'sizes', json_array(x)) FROM r;"
        ));
        let found = references(&case, &["tags.id=stable"]);
        let mut expected = vec![
            "posts.doc at $.tag_ids[*] -> tags",
            "posts.other_tag_ids split by , -> tags",
            "posts.tagIds at $[*] -> tags",
            "posts.tag_ids split by , -> tags",
        ];
        expected.sort_unstable();
        assert_eq!(found, expected, "{kind}");
        case.there_and_back(&["tags.id=stable"]);
        Case::run(&case.plan(&["tags.id=stable"]), Phase::Contract).unwrap();
        let db = Connection::open(&case.path).unwrap();
        let sql = "SELECT count(*) FROM posts p JOIN tags t ON t.n = p.n JOIN tags s ON s.n = 7 JOIN tags e ON e.n = 8 JOIN tags l ON l.n = 9 \
                   WHERE p.tag_ids = t.id || ', ' || s.id AND p.tagIds = json_array(t.id, e.id) \
                   AND p.other_tag_ids = CASE WHEN t.n % 2 THEN t.id ELSE t.id || ',' || l.id END AND length(t.id) = 26";
        assert_eq!(db.query_row(sql, [], |row| row.get::<_, u32>(0)).unwrap(), 50, "{kind}");
    }
}

/// 32 hexadecimal digits are a UUID only if version and variant say so.
#[test]
fn digests_are_no_uuids() {
    let case = Case::new(
        "CREATE TABLE files (id TEXT PRIMARY KEY, created_at INT); CREATE TABLE blocks (id TEXT PRIMARY KEY); \
         CREATE TABLE users (id TEXT PRIMARY KEY, created_at INT); \
         INSERT INTO files VALUES ('900150983cd24fb0d6963f7d28e17f72', 1700000000), ('0cc175b9c0f1b6a831c399e269772661', 1700000001); \
         INSERT INTO blocks SELECT id FROM files; \
         INSERT INTO users VALUES ('0190a1b2c3d47e5f8123456789abcdef', 1700000000), ('00000000000000000000000000000000', 1700000001);",
    );
    let plan = case.plan(&[]);
    let mut found: Vec<String> =
        plan.keys.iter().map(|key| format!("{} {:?}", key.table, key.mapping)).collect();
    found.sort();
    assert_eq!(found, ["blocks Stable", "files CreatedAt", "users Bits"]);
}

/// What a plan warns of beside the references.
fn warnings(case: &Case, keys: &[&str]) -> Vec<String> {
    let plan = case.plan(keys);
    let mut found: Vec<String> = plan
        .findings
        .iter()
        .filter(|finding| finding.what.starts_with("the "))
        .map(|finding| finding.what.split(':').next().unwrap().to_owned())
        .collect();
    found.sort();
    found
}

/// A legacy key as a literal equals no id.
#[test]
fn statements_that_hold_keys_are_named() {
    let case = Case::new(
        "CREATE TABLE users (id TEXT PRIMARY KEY, n INT); CREATE TABLE tags (id INTEGER PRIMARY KEY, n INT); \
         INSERT INTO users VALUES ('guest', 1), ('root''s', 2), ('0190a1b2-c3d4-7e5f-8123-456789abcdef', 3); INSERT INTO tags VALUES (1, 1), (7, 2), (8, 3); \
         CREATE TABLE posts (n INTEGER PRIMARY KEY, user_id TEXT REFERENCES users CHECK (user_id <> 'root''s'), tag_id INT REFERENCES tags DEFAULT 0 CHECK (tag_id > 0), body TEXT DEFAULT 'guest'); \
         CREATE TABLE notes (n INTEGER PRIMARY KEY, kind TEXT DEFAULT 'guest', rank INT CHECK (rank <> 7)); \
         CREATE VIEW guests AS SELECT * FROM posts WHERE user_id = 'guest'; \
         CREATE VIEW one AS SELECT n FROM guests WHERE body = '0190a1b2-c3d4-7e5f-8123-456789abcdef'; \
         CREATE VIEW seven AS SELECT n, 7 FROM posts WHERE tag_id NOT IN (9, 8); \
         CREATE VIEW none AS SELECT n, 7 FROM posts WHERE n = 7 OR tag_id = 9 OR user_id = 'nobody' -- user_id = 'guest'\n; \
         CREATE INDEX some ON posts (n) WHERE [tag_id] == 7; CREATE INDEX all_of ON posts (tag_id, 7); \
         CREATE TRIGGER t AFTER INSERT ON posts WHEN NEW.user_id != 'guest' BEGIN UPDATE posts SET n = n; END;",
    );
    let expected = [
        "the index `some` holds keys of tags.id as literals (7)",
        "the table `posts` holds keys of users.id as literals ('guest', 'root''s')",
        "the trigger `t` holds keys of users.id as literals ('guest')",
        "the view `guests` holds keys of users.id as literals ('guest')",
        "the view `one` holds keys of users.id as literals ('0190a1b2-c3d4-7e5f-8123-456789abcdef')",
        "the view `seven` holds keys of tags.id as literals (8)",
    ];
    assert_eq!(warnings(&case, &["users.id=stable", "tags.id=stable"]), expected);
}

/// The rows of a full-text table have numbers, and an id is none.
#[test]
fn triggers_that_number_rows_of_virtual_tables_by_a_key_are_named() {
    let case = Case::new(
        "CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT); INSERT INTO notes VALUES (1, 'a'); \
         CREATE VIRTUAL TABLE f USING fts5(body); CREATE VIRTUAL TABLE g USING fts5(body, note_id UNINDEXED); CREATE VIRTUAL TABLE r USING rtree(i, a, b); \
         CREATE TRIGGER a AFTER INSERT ON notes BEGIN INSERT INTO f(rowid, body) VALUES (NEW.id, NEW.body); END; \
         CREATE TRIGGER b AFTER DELETE ON notes BEGIN DELETE FROM \"f\" WHERE rowid = OLD.\"id\"; END; \
         CREATE TRIGGER c AFTER INSERT ON notes BEGIN INSERT INTO g VALUES (NEW.body, NEW.id); END; \
         CREATE TRIGGER d AFTER INSERT ON notes BEGIN INSERT INTO r VALUES (NEW.id, 1, 2); END; \
         CREATE TRIGGER e AFTER INSERT ON notes BEGIN INSERT INTO f(rowid, body) VALUES (NEW.rowid, NEW.body); END;",
    );
    let expected = [
        "the trigger `a` gives notes.id to the virtual table `f` as the number of a row",
        "the trigger `b` gives notes.id to the virtual table `f` as the number of a row",
        "the trigger `d` gives notes.id to the virtual table `r` as the number of a row",
    ];
    assert_eq!(warnings(&case, &["notes.id=stable"]), expected);
}
