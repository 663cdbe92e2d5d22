//! The files that other programs read to call the linter: what they call exists and does its work.

use std::fs;
use std::path::Path;
use std::process::Command;

use id_testkit::{TempProject, workspace_root};

use crate::{USE, code, committed, git, put, run, seen};

#[test]
fn the_hooks_call_what_there_is() {
    let hooks = fs::read_to_string(workspace_root().join(".pre-commit-hooks.yaml")).unwrap();
    let entries: Vec<_> =
        hooks.lines().filter_map(|line| line.trim().strip_prefix("entry: id-lint ")).collect();
    assert_eq!(entries.len(), hooks.matches("- id:").count());
    let project = TempProject::new().file("a.py", "x = 1\n");
    committed(&project);
    assert_eq!(code(&run(project.path(), &["baseline", "create"])), 0);
    put(&project, "a.py", USE);
    git(project.path(), &["add", "-A"]);
    for entry in entries {
        let output = run(project.path(), &entry.split(' ').collect::<Vec<_>>());
        assert_eq!(code(&output), 1, "{entry}: {}", seen(&output));
    }
}

/// Runs the script of the action's last step as a runner does.
#[cfg(unix)]
#[test]
fn the_action_scans_and_writes_a_summary() {
    let action = fs::read_to_string(workspace_root().join("action.yml")).unwrap();
    let (_, script) = action.rsplit_once("run: |\n").unwrap();
    let folder = Path::new(env!("CARGO_BIN_EXE_id-lint")).parent().unwrap();
    let ends = |project: &TempProject, since: &str, args: &str, paths: &str| {
        let at = |name: &str| project.path().join(name);
        let output = Command::new("bash")
            .args(["-e", "-o", "pipefail", "-c", script])
            .current_dir(project.path())
            .env("PATH", format!("{}:/usr/local/bin:/usr/bin:/bin", folder.display()))
            .envs([("PATHS", paths), ("SINCE", since), ("ARGS", args), ("SARIF", "out.sarif")])
            .env("RUNNER_TEMP", project.path())
            .env("GITHUB_STEP_SUMMARY", at("summary.md"))
            .output()
            .unwrap();
        (code(&output), seen(&output), fs::read_to_string(at("summary.md")).unwrap_or_default())
    };
    let project = TempProject::new().file("a.py", USE).file("b.py", "x = 1\n");
    let (code, seen, summary) = ends(&project, "", "--threads 1", "a.py b.py");
    assert_eq!(code, 1, "{seen}");
    assert!(seen.contains("::warning file=a.py,line=2"), "{seen}");
    assert!(summary.starts_with("## id-lint: 1 finding in 2 files"), "{summary}");
    assert!(project.path().join("out.sarif").is_file());
    committed(&project);
    assert_eq!(ends(&project, "HEAD", "", ".").0, 0);
    // Nothing in an input is run, and a failed scan does not repeat the summary before it.
    let before = fs::read_to_string(project.path().join("summary.md")).unwrap();
    let (code, _, after) = ends(&project, "$(touch stolen)", "", ".");
    assert_eq!((code, after), (2, before));
    assert!(!project.path().join("stolen").exists());
}
