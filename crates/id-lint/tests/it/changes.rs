//! What a change adds: `--since`, `--staged`, `--diff`, standard input.

use std::io::Write as _;
use std::path::Path;
use std::process::{Output, Stdio};

use id_testkit::TempProject;

use crate::{check, code, command, committed, git, json, put, run, seen};

const OLD: &str = "import uuid\ndef f():\n    old_id = uuid.uuid4()\n";

fn project() -> TempProject {
    let project = TempProject::new()
        .file("app/a.py", OLD)
        .file("app/same.py", OLD)
        .file("app/gone.py", OLD)
        .file("app/shadow.py", "import uuid\nclass uuid4: pass\nx = uuid4()\n")
        .file(".gitignore", "ignored/\n");
    committed(&project);
    project
}

fn fed(folder: &Path, args: &[&str], input: impl AsRef<[u8]>) -> Output {
    let mut child = command(folder, args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_ref()).unwrap();
    child.wait_with_output().unwrap()
}

/// The places of the findings of a report that nothing suppresses.
fn places(output: &Output) -> Vec<String> {
    assert_ne!(code(output), 2, "{}", seen(output));
    let report = json(output);
    let findings = report["findings"].as_array().unwrap().iter();
    let findings = findings.filter(|found| found["suppressed"] == false);
    findings.map(|found| format!("{}:{}", found["path"].as_str().unwrap(), found["line"])).collect()
}

fn since(project: &TempProject, folder: &str, reference: &str) -> Vec<String> {
    places(&run(&project.path().join(folder), &["scan", "--format=json", "--since", reference]))
}

#[test]
fn what_is_new_since_a_commit() {
    let project = project();
    assert_eq!(since(&project, "", "HEAD"), [""; 0]);
    // A line above moves the old finding; a new one beside it; a new file; one that is ignored.
    put(&project, "app/a.py", "import os\n".to_owned() + OLD + "    new_id = uuid.uuid4()\n");
    put(&project, "app/untracked.py", OLD);
    put(&project, "ignored/a.py", OLD);
    put(&project, ".hidden/a.py", OLD);
    std::fs::remove_file(project.path().join("app/gone.py")).unwrap();
    // No line of the use changed, and yet it became one.
    put(&project, "app/shadow.py", "import uuid\nfrom uuid import uuid4\nx = uuid4()\n");
    let expected = ["app/a.py:5", "app/shadow.py:3", "app/untracked.py:3"];
    assert_eq!(since(&project, "", "HEAD"), expected);
    assert_eq!(since(&project, "app", "HEAD"), ["a.py:5", "shadow.py:3", "untracked.py:3"]);
    let part = run(project.path(), &["scan", "app/a.py", "--format=json", "--since=HEAD"]);
    assert_eq!(places(&part), ["app/a.py:5"]);
    git(project.path(), &["add", "-A"]);
    git(project.path(), &["commit", "-q", "-m", "new"]);
    assert_eq!(since(&project, "", "HEAD"), [""; 0]);
    let committed = ["app/a.py:5", "app/shadow.py:3", "app/untracked.py:3"];
    assert_eq!(since(&project, "", "HEAD~1"), committed);
}

/// The report of a change, by the index and the objects alone, and by git.
fn both_ways(project: &TempProject) -> [String; 2] {
    let args = ["scan", "--format=json", "--since=HEAD"];
    [false, true].map(|by_git| {
        let mut command = command(project.path(), &args);
        if by_git {
            // Told of an index, the program leaves everything to git.
            command.env("GIT_INDEX_FILE", project.path().join(".git/index"));
        }
        seen(&command.output().unwrap())
    })
}

#[test]
fn git_and_its_index_say_the_same() {
    let crlf = OLD.replace('\n', "\r\n");
    let project = TempProject::new()
        .file("a.py", OLD)
        .file("deep/er/b.py", OLD)
        .file("deep/er-b.py", &crlf)
        .file("deep/x.txt", "text")
        .file("gone.py", OLD)
        .file("gone/all.py", OLD)
        .file("tool", "#!/usr/bin/env python3\nimport uuid\nx = uuid.uuid4()\n")
        .file("touched.py", OLD);
    committed(&project);
    let same = |what: &str| {
        let [by_index, by_git] = both_ways(&project);
        assert_eq!(by_index, by_git, "{what}");
        by_index
    };
    same("nothing");
    put(&project, "touched.py", OLD);
    put(&project, "a.py", format!("x = 1\n{OLD}new_id = uuid.uuid4()\nother_id = uuid.uuid4()\n"));
    put(&project, "deep/er/b.py", "import uuid\n");
    put(&project, "deep/er-b.py", format!("{crlf}    y = uuid.uuid4()\r\n"));
    put(&project, "deep/x.txt", "other");
    std::fs::remove_file(project.path().join("gone.py")).unwrap();
    std::fs::remove_dir_all(project.path().join("gone")).unwrap();
    std::fs::remove_file(project.path().join("tool")).unwrap();
    let report = same("changes");
    assert!(report.contains("er-b.py") && !report.contains("touched.py"), "{report}");
    // A folder in the place of a file, and a file in the place of a folder.
    put(&project, "tool/inner.py", OLD);
    put(&project, "gone", "#!/usr/bin/env python3\nimport uuid\nz = uuid.uuid4()\n");
    let report = same("a folder in the place of a file");
    assert!(report.contains("tool/inner.py") && report.contains("\"gone\""), "{report}");
    // The repository has other ends of lines than the folder.
    git(project.path(), &["config", "core.autocrlf", "true"]);
    put(&project, "touched.py", format!("{crlf}    y = uuid.uuid4()\r\n"));
    same("ends of lines");
    git(project.path(), &["add", "a.py"]);
    same("staged");
    git(project.path(), &["-c", "commit.gpgsign=false", "commit", "-q", "-m", "some"]);
    same("committed");
}

#[test]
fn a_text_that_a_program_changes_on_its_way_is_compared_by_git() {
    let project = project();
    put(&project, ".gitattributes", "*.py filter=trim\n");
    // What is committed has no uses in it; the folder has some.
    git(project.path(), &["config", "filter.trim.clean", "grep -v uuid4 || true"]);
    git(project.path(), &["add", "-A"]);
    git(project.path(), &["commit", "-q", "-m", "filtered"]);
    put(&project, "app/a.py", OLD.to_owned() + "    new_id = uuid.uuid4()\n");
    let [by_index, by_git] = both_ways(&project);
    assert_eq!(by_index, by_git);
}

#[test]
fn a_branch_answers_for_its_own_changes_alone() {
    let project = project();
    git(project.path(), &["checkout", "-q", "-b", "side"]);
    put(&project, "app/side.py", OLD);
    git(project.path(), &["add", "-A"]);
    git(project.path(), &["commit", "-q", "-m", "side"]);
    git(project.path(), &["checkout", "-q", "main"]);
    put(&project, "app/a.py", "x = 1\n");
    git(project.path(), &["commit", "-q", "-a", "-m", "fixed"]);
    git(project.path(), &["checkout", "-q", "side"]);
    assert_eq!(since(&project, "", "main"), ["app/side.py:3"]);
}

#[test]
fn a_renamed_file_brings_nothing_new() {
    let project = project();
    git(project.path(), &["mv", "app/a.py", "app/renamed.py"]);
    put(&project, "app/renamed.py", OLD.to_owned() + "    new_id = uuid.uuid4()\n");
    git(project.path(), &["add", "-A"]);
    assert_eq!(since(&project, "", "HEAD"), ["app/renamed.py:4"]);
}

#[test]
fn what_is_staged_is_read_as_it_is_staged() {
    let project = project();
    let staged = || places(&run(project.path(), &["scan", "--format=json", "--staged"]));
    put(&project, "app/a.py", OLD.to_owned() + "    new_id = uuid.uuid4()\n");
    assert_eq!(staged(), [""; 0]);
    git(project.path(), &["add", "app/a.py"]);
    assert_eq!(staged(), ["app/a.py:4"]);
    // The folder has another text by now, and then none.
    put(&project, "app/a.py", "x = 1\n");
    assert_eq!(staged(), ["app/a.py:4"]);
    std::fs::remove_file(project.path().join("app/a.py")).unwrap();
    assert_eq!(staged(), ["app/a.py:4"]);
}

#[test]
fn a_diff_is_read_from_a_file_or_standard_input() {
    let project = project();
    put(&project, "app/a.py", "import os\n".to_owned() + OLD + "    new_id = uuid.uuid4()\n");
    let diff = git(project.path(), &["diff"]);
    put(&project, "the.diff", &diff);
    let expected = ["app/a.py:5"];
    assert_eq!(
        places(&run(project.path(), &["scan", "--format=json", "--diff=the.diff"])),
        expected
    );
    assert_eq!(
        places(&fed(project.path(), &["scan", "--format=json", "--diff=-"], &diff)),
        expected
    );
    // The paths of git are those from the top.
    let below = fed(&project.path().join("app"), &["scan", "--format=json", "--diff=-"], &diff);
    assert_eq!(places(&below), ["a.py:5"]);
    // The file is not what the diff made of it: the lines that it names are what is left.
    put(&project, "app/a.py", "import so\n".to_owned() + OLD + "    new_id = uuid.uuid4()\n");
    assert_eq!(
        places(&fed(project.path(), &["scan", "--format=json", "--diff=-"], &diff)),
        expected
    );
    let nonsense = fed(project.path(), &["scan", "--diff=-"], "nonsense");
    check("changes_no_diff", &nonsense);
}

#[test]
fn a_change_and_a_baseline_hold_together() {
    let project = TempProject::new().file("a.py", "import uuid\nx = uuid.uuid4()\n");
    committed(&project);
    put(&project, "a.py", "import uuid\nx = uuid.uuid4()\ny = uuid.uuid4()\nx = uuid.uuid4()\n");
    assert_eq!(since(&project, "", "HEAD").len(), 2);
    assert_eq!(code(&run(project.path(), &["baseline", "create"])), 0);
    assert_eq!(since(&project, "", "HEAD"), [""; 0]);
    put(
        &project,
        "a.py",
        "import uuid\nx = uuid.uuid4()\ny = uuid.uuid4()\nx = uuid.uuid4()\nz = uuid.uuid4()\n",
    );
    assert_eq!(since(&project, "", "HEAD"), ["a.py:5"]);
}

#[test]
fn what_git_cannot_answer_is_an_error() {
    let project = project();
    check("changes_bad_ref", &run(project.path(), &["scan", "--since=nonsense"]));
    let option = run(project.path(), &["scan", "--since=--output=stolen"]);
    assert_eq!(code(&option), 2);
    assert!(!project.path().join("stolen").exists());
    let nowhere = TempProject::new().file("a.py", OLD);
    assert_eq!(code(&run(nowhere.path(), &["scan", "--since=HEAD"])), 2);
    assert_eq!(code(&run(nowhere.path(), &["scan", "--staged"])), 2);
    assert_eq!(code(&run(project.path(), &["scan", "--staged", "--since=HEAD"])), 2);
}

#[test]
fn programs_that_a_repository_names_are_not_run() {
    let project = project();
    put(&project, "trap.sh", "#!/bin/sh\ntouch stolen\ncat \"$1\"\n");
    put(&project, ".gitattributes", "*.py diff=trap\n");
    git(project.path(), &["config", "diff.trap.textconv", "sh trap.sh"]);
    git(project.path(), &["config", "diff.external", "sh trap.sh"]);
    git(project.path(), &["config", "core.pager", "sh trap.sh"]);
    git(project.path(), &["config", "core.fsmonitor", "sh trap.sh"]);
    put(&project, "app/a.py", OLD.to_owned() + "    new_id = uuid.uuid4()\n");
    assert_eq!(since(&project, "", "HEAD"), ["app/a.py:4"]);
    assert!(!project.path().join("stolen").exists());
}

#[test]
fn standard_input_is_scanned_under_a_name() {
    let project = TempProject::new().file("id-lint.toml", "[rules]\nUID003 = 'off'\n");
    let text = "import uuid\nx = uuid.uuid4()\ny = uuid.uuid4().hex[:8]\n";
    let args = ["scan", "-", "--stdin-filename=auth/x.py", "--format=json"];
    let output = fed(project.path(), &args, text);
    assert_eq!(places(&output), ["auth/x.py:2"]);
    assert_eq!(json(&output)["findings"][0]["category"], "auth");
    check("stdin_unnamed", &fed(project.path(), &["scan", "-"], text));
    check("stdin_unknown", &fed(project.path(), &["scan", "--stdin-filename=a.xyz"], text));
}
