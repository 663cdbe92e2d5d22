//! Runs the linter as its users do: what it prints, and how it ends.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use id_testkit::{TempProject, snapshots, workspace_root};
use serde_json::Value;

const USE: &str = "import uuid\nx = uuid.uuid4()\n";

fn command(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_id-lint"));
    command.current_dir(folder).args(args);
    for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS"] {
        command.env_remove(name);
    }
    command
}

fn run(folder: &Path, args: &[&str]) -> Output {
    command(folder, args).output().unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("it ends by itself")
}

/// All that a user sees.
fn seen(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    format!("--- output\n{out}--- errors\n{err}--- exit {}\n", code(output))
}

fn check(name: &str, output: &Output) {
    let _guard = snapshots("cli").bind_to_scope();
    insta::assert_snapshot!(name, seen(output));
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn the_sample_is_printed_for_eyes() {
    check("scan_stray_text", &run(&workspace_root(), &["scan", "examples/stray"]));
}

#[test]
fn the_sample_is_printed_for_programs() {
    check("scan_stray_json", &run(&workspace_root(), &["scan", "examples/stray", "--format=json"]));
}

#[test]
fn colors_mark_place_severity_and_help() {
    let project = TempProject::new().file("a.py", USE);
    let output = run(project.path(), &["scan", "--color=always"]);
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    let shown = text.replace('\u{1b}', "^");
    let _guard = snapshots("cli").bind_to_scope();
    insta::assert_snapshot!("scan_color", shown);
    assert!(!seen(&run(project.path(), &["scan", "--color=never"])).contains('\u{1b}'));
    assert!(!seen(&run(project.path(), &["scan"])).contains('\u{1b}'));
}

#[test]
fn help_is_short() {
    check("help", &run(&workspace_root(), &["--help"]));
    check("help_scan", &run(&workspace_root(), &["scan", "--help"]));
}

#[test]
fn exit_codes() {
    let project = TempProject::new()
        .file("clean/a.py", "import uuid\n")
        .file("info/a.py", "import uuid\nuuid.uuid5(a, b)\n")
        .file("note/a.py", "import uuid\nuuid.uuid5(a, b)\nx = (\n")
        .file("found/a.py", USE);
    let check = |args: &[&str], expected: i32| {
        let output = run(project.path(), args);
        assert_eq!(code(&output), expected, "{args:?}: {}", seen(&output));
    };
    check(&["scan", "clean"], 0);
    check(&["scan", "info"], 0);
    check(&["scan", "note"], 0);
    check(&["scan", "found"], 1);
    check(&["scan"], 1);
    check(&["scan", "found", "--threads=1"], 1);
    check(&["scan", "missing"], 2);
    check(&["scan", "found", "missing", "--format=json"], 2);
    check(&["scan", "--threads=0"], 2);
    check(&["scan", "--threads=10000000000"], 2);
    check(&["scan", "--threads=256"], 1);
    check(&["scan", "--nonsense"], 2);
    check(&[], 2);
    check(&["--version"], 0);
}

#[test]
fn problems_go_to_standard_error_and_findings_are_printed_all_the_same() {
    let project = TempProject::new()
        .file("a.py", USE)
        .file("broken.py", "import uuid\ndef f(:\n    return uuid.uuid4()\n")
        .file("bytes.py", b"import uuid\nx = '\xff' + uuid.uuid4().hex[:8]\n");
    check("scan_problems", &run(project.path(), &["scan", ".", "missing"]));
    let report = json(&run(project.path(), &["scan", ".", "missing", "--format=json"]));
    assert_eq!(report["summary"]["findings"], 4);
    let levels: Vec<_> = report["errors"].as_array().unwrap().iter().map(|e| &e["level"]).collect();
    assert_eq!(levels, ["note", "note", "error"]);
}

#[test]
fn a_clean_tree_says_so() {
    let project = TempProject::new().file("a.py", "import uuid\nuuid.UUID(x)\n");
    check("scan_clean", &run(project.path(), &["scan"]));
}

#[test]
fn a_legacy_module_without_importers_can_go() {
    let project = TempProject::new()
        .file("app/id_manager.py", "def make():\n    return 1\n")
        .file("app/run_id_generator.py", "def make():\n    return 1\n")
        .file("app/use.py", "from app.id_manager import make\nrun_id = make()\n");
    check("scan_legacy", &run(project.path(), &["scan"]));
}

#[test]
fn a_tree_without_source_files_is_not_called_clean() {
    let project = TempProject::new().file("a.txt", "");
    check("scan_nothing", &run(project.path(), &["scan"]));
}

#[test]
fn strange_lines_are_drawn_in_place() {
    let long = format!("x = '{}'; y = uuid.uuid4(); z = '{}'\n", "a".repeat(300), "b".repeat(300));
    let text = format!(
        "import uuid\nif x:\n\ty = {{\t'k': uuid.uuid4()}}\n'\u{8868}\u{1f600}'; uuid.uuid4()\n\
         uuid.uuid4(\n)\n'\u{1b}[31m\u{202e}'; uuid.uuid4()\n{long}"
    );
    let project = TempProject::new().file("a.py", text);
    check("scan_strange_lines", &run(project.path(), &["scan"]));
}

#[test]
fn json_positions_are_characters_and_bytes_of_the_file() {
    let project =
        TempProject::new().file("a.py", "\u{feff}import uuid\n'\u{8868}'; x = uuid.uuid4(\n)\n");
    let report = json(&run(project.path(), &["scan", "--format=json"]));
    let found = &report["findings"][0];
    let numbers = ["line", "column", "end_line", "end_column", "byte_start", "byte_end"];
    assert_eq!(numbers.map(|name| found[name].as_u64().unwrap()), [2, 10, 3, 2, 26, 39]);
    assert_eq!(report["summary"]["bytes"], 40);
}

#[test]
fn a_closed_pipe_is_success() {
    let project = TempProject::new()
        .file("a.py", format!("import uuid\n{}", "uuid.uuid4()\n".repeat(20_000)));
    for format in ["--format=text", "--format=json"] {
        let mut child = command(project.path(), &["scan", format])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut some = [0; 10];
        child.stdout.take().unwrap().read_exact(&mut some).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!((code(&output), output.stderr.as_slice()), (0, &b""[..]), "{format}");
    }
}

#[test]
fn a_closed_standard_error_keeps_nothing_from_the_report() {
    let project = TempProject::new()
        .file("a.py", USE)
        .file("b/broken.py", "import uuid\nx = (uuid.uuid5(a, b)\n");
    for (paths, expected) in [(["."].as_slice(), 1), (&[".", "missing"], 2)] {
        for format in ["--format=text", "--format=json"] {
            let (reader, writer) = std::io::pipe().unwrap();
            drop(reader);
            let mut command = command(project.path(), &["scan", format]);
            let output = command.args(paths).stdout(Stdio::piped()).stderr(writer).output();
            let output = output.unwrap();
            assert_eq!(code(&output), expected, "{format} {paths:?}");
            assert!(String::from_utf8(output.stdout).unwrap().contains("UID001"), "{format}");
        }
    }
}
