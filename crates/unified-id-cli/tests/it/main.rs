//! The `unified-id` binary as a user runs it.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod duckdb;
mod flags;
mod fleet;
mod killing;
mod migrate;
#[cfg(unix)]
mod migrate_postgres;
mod profile;
mod serve;

use std::io::Write;
use std::process::{Command, Output, Stdio};

use id_testkit::snapshots;
use serde_json::Value;

fn unified_id(args: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_unified-id"))
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    // Written beside the reading, so that neither side waits for a full pipe; a command that reads nothing closes it.
    let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

fn records(output: &Output) -> Vec<Value> {
    text(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn new_makes_increasing_ids_that_inspect_reads() {
    let output = unified_id(&["new", "thread", "-n", "1000"], b"");
    assert_eq!(output.status.code(), Some(0));
    let ids: Vec<&str> = text(&output.stdout).lines().collect();
    assert_eq!(ids.len(), 1000);
    assert!(ids.windows(2).all(|pair| pair[0] < pair[1]));
    let read = unified_id(&["inspect", "--format", "jsonl"], &output.stdout);
    assert_eq!(read.status.code(), Some(0));
    for (record, id) in records(&read).iter().zip(ids) {
        assert_eq!((&record["input"], &record["canonical"]), (&id.into(), &id.into()));
        assert_eq!(record["time_certain"], true);
    }
}

#[test]
fn new_takes_any_spelling_of_a_scope() {
    let core = "01m7wqt1fbff4sq3bgc5bhn9e0";
    for scope in [
        "thread_01m7wqt1fbff4sq3bgc5bhn9e0",
        "01M7WQT1FBFF4SQ3BGC5BHN9E0",
        "01a1f97d-05eb-7bc9-9b8d-7061571aa5c0",
    ] {
        let output = unified_id(&["new", "run", "--scope", scope], b"");
        assert!(text(&output.stdout).starts_with(&format!("run_{core}_")), "{scope}");
    }
    let output =
        unified_id(&["new", "websocket", "--scope", "user_01m7wqt1fbff4sq3bgc5bhn9e0"], b"");
    assert!(text(&output.stdout).starts_with(&format!("websocket_{core}_")));
    let output =
        unified_id(&["new", "tool", "--scope", "thread_user123", "--format", "jsonl"], b"");
    let record = &records(&output)[0];
    assert_eq!((&record["thread"], &record["kind"]), (&"user123".into(), &"tool".into()));
}

#[test]
fn new_refuses_what_does_not_go_together() {
    let mut shown = String::new();
    for args in [
        &["new", "run"][..],
        &["new", "user", "--scope", "01m7wqt1fbff4sq3bgc5bhn9e0"],
        &["new", "run", "--scope", "a b", "-n", "0"],
        &["new", "websocket", "--scope", "alice"],
    ] {
        let output = unified_id(args, b"");
        assert_eq!((output.status.code(), text(&output.stdout)), (Some(2), ""), "{args:?}");
        shown.extend(["$ unified-id ", &args.join(" "), "\n", text(&output.stderr), "\n"]);
    }
    let _guard = snapshots("cli").bind_to_scope();
    insta::assert_snapshot!("new_errors", shown);
    assert_eq!(unified_id(&["new", "runs"], b"").status.code(), Some(2));
}

#[test]
fn new_can_make_none() {
    let output = unified_id(&["new", "thread", "-n", "0"], b"");
    assert_eq!((output.status.code(), text(&output.stdout)), (Some(0), ""));
}

/// The ten example lines of the field table.
const EXAMPLES: &str = "\
run_01m7wqt1fbff4sq3bgc5bhn9e0_01m7wqt1fcff4sq3cdmzk4w7rt
run_user123_session456_01m7wqt1fcff4sq3cdmzk4w7rt
run_thread_user123_01M7WQT1FCFF4SQ3CDMZK4W7RT
thread_01m7wqt1fbff4sq3bgc5bhn9e0
websocket_01m7wqt1fbff4sq3bgc5bhn9e0_01m7wqt1fcff4sq3cdmzk4w7rt
user_1nay7ekz8bg17vdpjnpgpbgfrq
order_item_01m7wqt1fbff4sq3bgc5bhn9e0
01ARZ3NDEKTSV4RRFFQ69G5FAV
run_01m7wqt1fbff4sq3bgc5bhn9e0
thread_01m7wqi1fbff4sq3bgc5bhn9e0
";

#[test]
fn the_example_lines_of_the_field_table_are_what_is_printed() {
    let output = unified_id(&["inspect", "--format", "jsonl"], EXAMPLES.as_bytes());
    assert_eq!(output.status.code(), Some(1));
    let guide = std::fs::read_to_string(id_testkit::workspace_root().join("docs/guide/inspect.md"))
        .unwrap();
    for line in text(&output.stdout).lines() {
        assert!(guide.contains(line), "docs/guide/inspect.md lacks this line:\n{line}");
    }
    let _guard = snapshots("cli").bind_to_scope();
    insta::assert_snapshot!("inspect_jsonl", text(&output.stdout));
}

#[test]
fn every_field_is_in_the_field_table_and_always_there() {
    let guide = std::fs::read_to_string(id_testkit::workspace_root().join("docs/guide/inspect.md"))
        .unwrap();
    let output = unified_id(&["inspect", "--format", "jsonl"], EXAMPLES.as_bytes());
    let fields = |record: &Value| record.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let all = records(&output);
    for record in &all {
        assert_eq!(fields(record), fields(&all[0]));
    }
    for field in fields(&all[0]) {
        assert!(guide.contains(&format!("| `{field}` |")), "the field table lacks {field}");
    }
}

#[test]
fn json_input_takes_any_text_and_answers_every_line() {
    let input = b"\"two\\nlines\"\n\"\\u0000\"\nnot json\n\"\\ud800\"\n\n\"thread_01m7wqt1fbff4sq3bgc5bhn9e0\"";
    let output = unified_id(&["inspect", "--input", "json", "--format", "jsonl"], input);
    assert_eq!(output.status.code(), Some(1));
    let records = records(&output);
    let codes: Vec<_> = records.iter().map(|record| record["error"]["code"].as_str()).collect();
    let invalid = Some("invalid_json");
    assert_eq!(
        codes,
        [Some("invisible_character"), Some("invisible_character"), invalid, invalid, invalid, None]
    );
    assert_eq!(records[0]["input"], "two\nlines");
}

#[test]
fn text_input_trims_nothing_and_answers_bytes_that_are_no_text() {
    let input =
        b" thread_01m7wqt1fbff4sq3bgc5bhn9e0\nthread_01m7wqt1fbff4sq3bgc5bhn9e0\r\n\nrun_\xff\n";
    let output = unified_id(&["inspect", "--format", "jsonl"], input);
    let records = records(&output);
    let codes: Vec<_> =
        records.iter().map(|record| record["error"]["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["blank", "invisible_character", "empty", "not_utf8"]);
}

#[test]
fn json_is_one_array() {
    let args = ["inspect", "--format", "json", "01m7wqt1fbff4sq3bgc5bhn9e0", "hello"];
    let output = unified_id(&args, b"");
    let all: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((all[0]["ok"].as_bool(), all[1]["ok"].as_bool()), (Some(true), Some(false)));
    let none = unified_id(&["inspect", "--format", "json"], b"");
    assert_eq!((none.status.code(), text(&none.stdout)), (Some(0), "[]\n"));
}

#[test]
fn exit_codes() {
    let id = "01m7wqt1fbff4sq3bgc5bhn9e0";
    assert_eq!(unified_id(&["inspect", id], b"").status.code(), Some(0));
    assert_eq!(unified_id(&["inspect", id, "hello", id], b"").status.code(), Some(1));
    assert_eq!(unified_id(&["inspect", "--format", "xml", id], b"").status.code(), Some(2));
    assert_eq!(unified_id(&[], b"").status.code(), Some(2));
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    for format in ["text", "jsonl"] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_unified-id"))
            .args(["new", "thread", "-n", "1000000", "--format", format])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), ""), "{format}");
    }
}

#[test]
fn a_dialect_settles_what_the_text_cannot() {
    let id = "run_user_session_67890_ef123456";
    let thread = |args: &[&str]| {
        let record =
            records(&unified_id(&[args, &["--format", "jsonl", id]].concat(), b"")).remove(0);
        (record["thread"].as_str().unwrap().to_owned(), record["ambiguous"].as_bool().unwrap())
    };
    assert_eq!(thread(&["inspect"]), ("user_session".to_owned(), true));
    let settled = thread(&["inspect", "--dialect", "IdManager"]);
    assert_eq!(settled, ("user_session_67890".to_owned(), false));
    assert_eq!(unified_id(&["inspect", "--dialect", "Idmanager", id], b"").status.code(), Some(2));
}

#[test]
fn an_id_of_an_application_has_the_name_of_its_row() {
    let row = "[[row]]\nname = \"order\"\npattern = \"ord-{ms:ms}-{hex8}\"\nkind = \"order\"\nbefore = \"table\"\n";
    let project = id_testkit::TempProject::new().file("rows.toml", row);
    let path = project.path().join("rows.toml");
    let args = ["inspect", "--rows", path.to_str().unwrap(), "ord-1693430400000-a1b2c3d4"];
    let output = unified_id(&[&args[..], &["--format", "jsonl"]].concat(), b"");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert_eq!(records(&output)[0]["format"], "order");
    let drawn = unified_id(&args, b"");
    assert!(text(&drawn.stdout).contains("  format      order\n"), "{}", text(&drawn.stdout));
}

#[test]
fn a_place_without_a_profile_is_an_error() {
    for place in ["--column", "--json-pointer", "--regex"] {
        for rest in [&["thread_x"][..], &["--input", "json"], &[]] {
            let output = unified_id(&[&["inspect", place, "/x"][..], rest].concat(), b"");
            assert_eq!(output.status.code(), Some(2), "{place} {rest:?}");
        }
    }
}
