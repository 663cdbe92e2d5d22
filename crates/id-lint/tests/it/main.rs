//! Runs the linter as its users do: what it prints, and how it ends.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod report;
mod baseline;
mod changes;
mod hooks;
mod outputs;
mod settings;
mod suppressions;
mod lsp;
mod writing;

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

/// What is printed on standard output.
fn printed(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// Runs git with settings of its own, and gives its answer.
fn git(folder: &Path, args: &[&str]) -> String {
    let mut command = Command::new("git");
    let author =
        ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"];
    command.arg("-C").arg(folder).args(author).args(["-c", "core.hooksPath=/dev/null"]).args(args);
    command.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", "/dev/null");
    let output = command.output().unwrap();
    assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Makes a repository of a project, with everything in it committed.
fn committed(project: &TempProject) {
    git(project.path(), &["init", "-q", "-b", "main"]);
    git(project.path(), &["add", "-A"]);
    git(project.path(), &["commit", "-q", "-m", "all"]);
}

/// Writes a file into a project that is there already.
#[expect(clippy::disallowed_methods, reason = "a test fixture has no reader to protect")]
fn put(project: &TempProject, path: &str, content: impl AsRef<[u8]>) {
    let path = project.path().join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, content).unwrap();
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

const STRAY: &str = "import uuid\n\nuser_id = str(uuid.uuid4())\n\n\ndef start(thread_id):\n    \
                     run_id = f\"run_{uuid.uuid4().hex[:8]}\"\n    order_id = uuid.uuid4().hex\n";

fn read(project: &TempProject, path: &str) -> Vec<u8> {
    std::fs::read(project.path().join(path)).unwrap()
}

#[test]
fn a_fix_is_shown_as_a_patch_with_what_remains() {
    let project = TempProject::new().file("app/a.py", STRAY).file("app/b.py", "x = 1\n");
    check("fix_diff", &run(project.path(), &["fix", "--diff"]));
    check("fix_diff_unsafe", &run(project.path(), &["fix", "--diff", "--unsafe", "app"]));
    assert_eq!(read(&project, "app/a.py"), STRAY.as_bytes());
    check("help_fix", &run(&workspace_root(), &["fix", "--help"]));
}

#[test]
fn a_fix_is_written_once_and_for_all() {
    let project = TempProject::new()
        .file("a.py", STRAY)
        .file("windows.py", "import uuid\r\nuser_id = str(uuid.uuid4())\r\n");
    check("fix_written", &run(project.path(), &["fix"]));
    let once = [read(&project, "a.py"), read(&project, "windows.py")];
    assert_eq!(once[1], b"from unified_id import UserId\r\nuser_id = UserId.new()\r\n");
    let again = run(project.path(), &["fix"]);
    assert!(seen(&again).contains("0 findings fixed in 0 files"));
    assert_eq!([read(&project, "a.py"), read(&project, "windows.py")], once);
}

#[test]
fn a_patch_is_read_by_git_with_the_findings_behind_it() {
    let text = "import uuid\r\nx = 'a'\nuser_id = str(uuid.uuid4())\nother = uuid.uuid4()";
    let project = TempProject::new()
        .file("a b/a.py", text)
        .file("latin.py", b"# coding: latin-1\nimport uuid\nuser_id = str(uuid.uuid4())  # \xe4\n");
    let output = run(project.path(), &["fix", "--diff"]);
    assert_eq!(code(&output), 1);
    let project = project.file("all.patch", &output.stdout);
    let apply = Command::new("git")
        .args(["apply", "--whitespace=nowarn", "all.patch"])
        .current_dir(project.path())
        .env("GIT_CEILING_DIRECTORIES", project.path().parent().unwrap())
        .output()
        .unwrap();
    assert!(apply.status.success(), "{}", String::from_utf8_lossy(&apply.stderr));
    let expected = "import uuid\r\nfrom unified_id import UserId\r\nx = 'a'\nuser_id = UserId.new()\n\
                    other = uuid.uuid4()";
    assert_eq!(String::from_utf8(read(&project, "a b/a.py")).unwrap(), expected);
    let latin =
        b"# coding: latin-1\nfrom unified_id import UserId\nuser_id = UserId.new()  # \xe4\n";
    assert_eq!(read(&project, "latin.py"), latin);
}

#[cfg(unix)]
#[test]
fn what_cannot_be_written_is_said_and_the_rest_is_done() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let text = "import uuid\nuser_id = str(uuid.uuid4())\n";
    let project = TempProject::new()
        .file("a.py", text)
        .file("locked.py", text)
        .file("broken.py", format!("{text}x = (\n"))
        .file("real/b.py", text);
    let locked = project.path().join("locked.py");
    std::fs::set_permissions(&locked, std::fs::Permissions::from_mode(0o444)).unwrap();
    symlink("real/b.py", project.path().join("link.py")).unwrap();
    check(
        "fix_problems",
        &run(project.path(), &["fix", "a.py", "locked.py", "broken.py", "link.py"]),
    );
    assert_eq!(read(&project, "locked.py"), text.as_bytes());
    assert!(project.path().join("link.py").symlink_metadata().unwrap().is_symlink());
    assert_eq!(
        read(&project, "real/b.py"),
        b"from unified_id import UserId\nuser_id = UserId.new()\n"
    );
}

#[test]
fn a_profile_is_a_name_or_a_file() {
    let project = TempProject::new()
        .file("a.py", "import uuid\norder_id = str(uuid.uuid4())\n")
        .file(
            "shop.toml",
            "name = \"shop\"\nlanguage = \"python\"\nown = [\"shop\"]\n\n[[template]]\n\
             kind = \"order\"\nexpression = \"ids.order()\"\n\
             import = { module = \"shop\", name = \"ids\" }\n",
        )
        .file("bad.toml", "name = 1\n");
    check("fix_profile_unknown", &run(project.path(), &["fix", "--profile=shop"]));
    assert_eq!(code(&run(project.path(), &["fix", "--profile=bad.toml"])), 2);
    assert_eq!(code(&run(project.path(), &["fix", "--profile=missing.toml"])), 2);
    assert_eq!(code(&run(project.path(), &["fix", "--profile=shop.toml"])), 0);
    assert_eq!(read(&project, "a.py"), b"from shop import ids\norder_id = ids.order()\n");
}

#[test]
fn a_fix_for_programs_is_a_list_of_edits() {
    let project = TempProject::new().file("a.py", STRAY);
    let report = json(&run(project.path(), &["scan", "--format=json"]));
    let fixes: Vec<_> = report["findings"].as_array().unwrap().iter().map(|f| &f["fix"]).collect();
    let far: Vec<_> = fixes.iter().map(|fix| fix["applicability"].as_str().unwrap()).collect();
    assert_eq!(far, ["safe", "unsafe", "display-only"]);
    assert_eq!(fixes[0]["message"], "replace it with `UserId.new()`");
    let edits: Vec<_> = fixes[0]["edits"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| {
            (
                e["byte_start"].as_u64().unwrap(),
                e["byte_end"].as_u64().unwrap(),
                e["text"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(edits, [(11, 11, "\nfrom unified_id import UserId"), (23, 40, "UserId.new()")]);
}
