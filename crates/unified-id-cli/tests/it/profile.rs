//! `unified-id inspect --profile` as a user runs it.

use std::path::Path;

use id_testkit::{TempProject, snapshots, workspace_root};
use serde_json::Value;

use crate::{text, unified_id};

const CSV: &str = "id,run_id,note\n\
    1,thread_user123_run_1693430400000_a1b2c3d4,\"two\nlines\"\n\
    2,run_user_session_67890_ef123456,\n\
    3,,empty\n\
    4,run_01m7wqt1fbff4sq3bgc5bhn9e0_01m7wqt1fcff4sq3cdmzk4w7rt,new\n\
    5,run___a1b2c3d4,no id\n\
    6\n";

fn file(name: &str, content: &str) -> (TempProject, String) {
    let project = TempProject::new().file(name, content);
    let path = project.path().join(name).to_str().unwrap().to_owned();
    (project, path)
}

fn json(args: &[&str], input: &[u8]) -> Value {
    let output = unified_id(&[&["inspect", "--format", "json"], args].concat(), input);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", text(&output.stderr)))
}

#[test]
fn a_column_of_a_table_is_profiled() {
    let (_project, path) = file("runs.csv", CSV);
    let output = unified_id(&["inspect", "--profile", &path, "--column", "run_id"], b"");
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(1), ""));
    let shown = text(&output.stdout).replace(&path, "runs.csv");
    let _guard = snapshots("cli").bind_to_scope();
    insta::assert_snapshot!("profile_csv", shown);

    let profile = json(&["--profile", &path, "--column", "run_id"], b"");
    let count = |name: &str| profile[name].as_u64().unwrap();
    assert_eq!((count("values"), count("absent"), count("ids"), count("ambiguous")), (4, 1, 3, 1));
    assert_eq!((count("not_ids"), count("first_ms")), (1, 1_693_430_400_000));
    assert!((profile["share_ambiguous"].as_f64().unwrap() - 0.25).abs() < 1e-9);
    assert_eq!(profile["unreadable"]["first_row"], 8);
    assert_eq!(profile["refusals"][0]["first_row"], 7);
    assert_eq!(profile["refusals"][0]["code"], "empty_thread");
    // By number, and in a dialect, which settles what the text cannot.
    let settled = json(&["--profile", &path, "--column", "2", "--dialect", "IdManager"], b"");
    assert_eq!((settled["ids"].as_u64(), settled["ambiguous"].as_u64()), (Some(3), Some(0)));
}

#[test]
fn the_field_table_has_every_field() {
    let guide = std::fs::read_to_string(workspace_root().join("docs/guide/inspect.md")).unwrap();
    let (_project, path) = file("runs.csv", CSV);
    let profile = json(&["--profile", &path, "--column", "run_id"], b"");
    let objects =
        [&profile, &profile["formats"][0], &profile["refusals"][0], &profile["unreadable"]];
    for field in objects.iter().flat_map(|object| object.as_object().unwrap().keys()) {
        assert!(guide.contains(&format!("`{field}`")), "docs/guide/inspect.md lacks {field}");
    }
}

#[test]
fn lines_json_and_logs_give_the_same() {
    let ids: Vec<String> =
        std::fs::read_to_string(workspace_root().join("tests/corpora/legacy_ids.jsonl"))
            .unwrap()
            .lines()
            .map(|line| {
                serde_json::from_str::<Value>(line).unwrap()["id"].as_str().unwrap().to_owned()
            })
            .collect();
    let corpus = workspace_root().join("tests/corpora/legacy_ids.jsonl");
    let corpus = corpus.to_str().unwrap();
    let pointer = json(&["--profile", corpus, "--json-pointer", "/id"], b"");
    assert_eq!(pointer["values"], ids.len());
    let same = |other: &Value| {
        for field in ["values", "ids", "ambiguous", "not_ids", "first_ms", "last_ms", "formats"] {
            assert_eq!(other[field], pointer[field], "{field}");
        }
    };
    // Ids that are read have no line breaks; the others are left out alike.
    assert!(ids.iter().all(|id| !id.contains('\n')));
    same(&json(&["--profile", "-"], ids.join("\n").as_bytes()));
    same(&json(&["--profile", "-"], ids.join("\r\n").as_bytes()));
    let log: Vec<String> = ids.iter().map(|id| format!("INFO run_id=\"{id}\" done\n")).collect();
    let log = log.concat();
    same(&json(&["--profile", "-", "--regex", "run_id=\"(?P<id>.*)\" done$"], log.as_bytes()));
    let table: Vec<String> =
        ids.iter().map(|id| format!("x;\"{}\"\n", id.replace('"', "\"\""))).collect();
    let table = table.concat();
    let column = ["--profile", "-", "--column", "run", "--delimiter", ";"];
    same(&json(&column, format!("a;run\n{table}").as_bytes()).clone_rows(&pointer));
    same(&json(&["--profile", "-", "--column", "2", "--no-header"], table.as_bytes()));
}

/// Rows of a table with a header are one further down.
trait Rows {
    fn clone_rows(&self, like: &Self) -> Self;
}

impl Rows for Value {
    fn clone_rows(&self, like: &Self) -> Self {
        let mut copy = self.clone();
        let formats = copy["formats"].as_array_mut().unwrap();
        for (format, like) in formats.iter_mut().zip(like["formats"].as_array().unwrap()) {
            assert_eq!(format["first_row"].as_u64(), like["first_row"].as_u64().map(|row| row + 1));
            format["first_row"] = like["first_row"].clone();
        }
        copy
    }
}

#[test]
fn what_cannot_be_profiled_says_why_and_what_to_do() {
    let mut shown = String::new();
    let mut check = |name: &str, content: &str, args: &[&str]| {
        let (_project, path) = file(name, content);
        let all: Vec<&str> = [&["inspect", "--profile", &path], args].concat();
        let output = unified_id(&all, b"");
        assert_eq!((output.status.code(), text(&output.stdout)), (Some(2), ""), "{name} {args:?}");
        let folder = Path::new(&path).parent().unwrap().to_str().unwrap();
        let command = format!("$ unified-id inspect --profile {name} {}", args.join(" "));
        shown.extend([
            command.trim_end(),
            "\n",
            &text(&output.stderr).replace(&format!("{folder}/"), ""),
            "\n",
        ]);
    };
    check("runs.csv", CSV, &[]);
    check("runs.csv", CSV, &["--column", "run"]);
    check("runs.csv", "a,a\n1,2\n", &["--column", "a"]);
    check("runs.csv", CSV, &["--column", "run_id", "--delimiter", "::"]);
    check("empty.csv", "", &["--column", "run_id"]);
    check("empty.log", "", &[]);
    check("runs.jsonl", "{\"run\":{\"id\":\"a\"},\"at\":1}\n", &[]);
    check("runs.jsonl", "{\"run\":{\"id\":\"a\"}}\n", &["--json-pointer", "run.id"]);
    check("runs.jsonl", "{\"run\":{\"id\":\"a\"},\"at\":1}\n", &["--json-pointer", "/id"]);
    check("runs.json", "[\n{\n\"id\": \"a\"\n}\n]\n", &["--json-pointer", "/id"]);
    check("app.log", "nothing here\n", &["--regex", "run=(\\S+)"]);
    check("app.log", "nothing here\n", &["--regex", "run=("]);
    check("app.txt", "\u{feff}a", &["--rows", "nowhere.toml"]);
    let _guard = snapshots("cli").bind_to_scope();
    insta::assert_snapshot!("profile_errors", shown);
    for args in [
        &["--profile", "missing.csv"][..],
        &["--column", "a"],
        &["--profile", "-", "--column", "a", "--regex", "b"],
        &["--profile", "-", "run_x"],
        &["--profile", "/"],
    ] {
        assert_eq!(
            unified_id(&[&["inspect"], args].concat(), b"").status.code(),
            Some(2),
            "{args:?}"
        );
    }
    let utf16 = unified_id(&["inspect", "--profile", "-"], b"\xff\xfea\0b\0");
    assert_eq!(utf16.status.code(), Some(2));
    assert!(text(&utf16.stderr).contains("iconv"));
}

#[test]
fn bytes_that_are_no_text_are_values_that_are_no_ids() {
    let profile =
        json(&["--profile", "-"], b"\xef\xbb\xbfrun_user123_a1b2c3d4\nrun_\xff_a1b2c3d4\n\n");
    assert_eq!((profile["ids"].as_u64(), profile["not_ids"].as_u64()), (Some(1), Some(1)));
    assert_eq!(profile["refusals"][0]["code"], "not_utf8");
    assert_eq!(profile["absent"], 1);
}

#[test]
fn rows_of_an_application_are_formats_of_the_profile() {
    let rows = "[[row]]\nname = \"order\"\npattern = \"ord-{ms:ms}-{hex8}\"\nkind = \"order\"\nbefore = \"table\"\n";
    let (_project, path) = file("rows.toml", rows);
    let input = b"ord-1756152290611-a1b2c3d4\nord-1756152290612-a1b2c3d5\n";
    let profile = json(&["--profile", "-", "--rows", &path], input);
    assert_eq!(
        (profile["formats"][0]["format"].as_str(), profile["formats"][0]["count"].as_u64()),
        (Some("order"), Some(2))
    );
    assert_eq!(profile["formats"][0]["kinds"]["order"], 2);
    let (_project, path) =
        file("rows.toml", "[[row]]\nname = \"order\"\npattern = \"run_{ms}_{hex8}\"\n");
    let output = unified_id(&["inspect", "--rows", &path, "x"], b"");
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("help:  "), "{}", text(&output.stderr));
}

#[test]
fn what_a_hostile_file_holds_does_not_reach_the_terminal() {
    let wide = (0..1000).map(|number| number.to_string()).collect::<Vec<_>>().join(",");
    let long = format!("{},x\n1,2\n", "y".repeat(100_000));
    for (name, content, place) in [
        ("a.csv", "a\u{1b}[31mb\u{7},\u{202e}x\nrun_a,1\n", ["--column", "id"]),
        ("a.jsonl", "{\"a\\u001b[31m\u{202e}\":1}\n", ["--json-pointer", "/id"]),
        ("b.csv", "id\nrun_\u{1b}[31mx\n\u{202e}y\n", ["--column", "1"]),
        ("wide.csv", &*wide, ["--column", "id"]),
        ("long.csv", &*long, ["--column", "id"]),
    ] {
        let (_project, path) = file(name, content);
        let output = unified_id(&["inspect", "--profile", &path, place[0], place[1]], b"");
        let shown = format!("{}{}", text(&output.stdout), text(&output.stderr));
        let hidden = |character: char| {
            character.is_control() && character != '\n' || character == '\u{202e}'
        };
        assert!(!shown.contains(hidden), "{name}: {shown:?}");
        assert!(!shown.is_empty() && shown.len() < 4_000, "{name}: {} bytes", shown.len());
    }
}
