//! `unified-id flags` as an operator runs it.

use std::process::{Command, Output, Stdio};

use id_testkit::{TempProject, snapshots};
use serde_json::Value;

use crate::text;

/// A folder in which the command runs, with an environment of its own.
struct Place {
    project: TempProject,
    variables: Vec<(&'static str, String)>,
}

impl Place {
    fn new() -> Self {
        Self { project: TempProject::new(), variables: Vec::new() }
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_unified-id"));
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("UNIFIED_ID_") {
                command.env_remove(name);
            }
        }
        command.args(["flags"]).args(args).current_dir(self.project.path());
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    fn get(&self, name: &str) -> String {
        let output = self.run(&["get", name]);
        assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), ""));
        text(&output.stdout).trim_end().to_owned()
    }

    fn file(&self) -> String {
        std::fs::read_to_string(self.project.path().join("unified-id.toml")).unwrap()
    }
}

#[test]
fn flags_are_listed_got_and_set() {
    let mut place = Place::new();
    assert_eq!(place.get("enable_unified_id_generation"), "false");
    assert_eq!(place.get("rollout_percent"), "100");
    assert_eq!(place.run(&["set", "enable_unified_id_generation", "true"]).status.code(), Some(0));
    assert_eq!(place.run(&["set", "rollout_percent", "10"]).status.code(), Some(0));
    assert_eq!(place.file(), "enable_unified_id_generation = true\nrollout_percent = 10\n");
    assert_eq!(place.get("enable_unified_id_generation"), "true");

    place.variables.push(("UNIFIED_ID_ROLLOUT_PERCENT", "50".to_owned()));
    assert_eq!(place.get("rollout_percent"), "50");
    let set = place.run(&["set", "rollout_percent", "20"]);
    assert!(text(&set.stderr).contains("UNIFIED_ID_ROLLOUT_PERCENT=50 goes before the file"));
    let set = place.run(&["set", "enable_legacy_id_compatibility", "false"]);
    assert!(text(&set.stderr).starts_with("warning: ids of the old shapes are handed out"));

    let folder = place.project.path().canonicalize().unwrap();
    let shown = |args: &[&str]| {
        let output = place.run(args);
        assert_eq!(output.status.code(), Some(0));
        text(&output.stdout).replace(folder.to_str().unwrap(), "FOLDER")
    };
    assert_eq!(shown(&[]), shown(&["list"]));
    let _guard = snapshots("cli").bind_to_scope();
    insta::assert_snapshot!("flags", shown(&[]));
    let all: Value = serde_json::from_str(&shown(&["--format", "json"])).unwrap();
    assert_eq!(all["flags"].as_array().unwrap().len(), 5);
    assert_eq!(
        (all["flags"][4]["value"].as_str(), all["flags"][4]["origin"].as_str()),
        (Some("50"), Some("environment"))
    );
    let one: Value =
        serde_json::from_str(&shown(&["get", "rollout_percent", "--format", "json"])).unwrap();
    assert_eq!(one, all["flags"][4]);
}

#[test]
fn the_file_can_have_another_name() {
    let mut place = Place::new();
    let named = place.project.path().join("ours.toml");
    place.variables.push(("UNIFIED_ID_CONFIG", named.to_str().unwrap().to_owned()));
    let output = place.run(&["get", "rollout_percent"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("ours.toml"), "{}", text(&output.stderr));
    assert_eq!(place.run(&["set", "rollout_percent", "1"]).status.code(), Some(0));
    assert_eq!(place.get("rollout_percent"), "1");
    assert!(!place.project.path().join("unified-id.toml").exists());
}

#[test]
fn what_is_wrong_is_said_and_nothing_is_lost() {
    let place = Place::new();
    let bad = |args: &[&str], what: &str| {
        let output = place.run(args);
        assert_eq!((output.status.code(), text(&output.stdout)), (Some(2), ""), "{args:?}");
        let error = text(&output.stderr);
        assert!(
            error.starts_with("error: ") && error.contains("\nhelp:  ") && error.contains(what),
            "{error}"
        );
    };
    bad(&["get", "rollout_percents"], "did you mean `rollout_percent`?");
    bad(&["set", "rollout_percent", "101"], "a whole number from 0 to 100");
    bad(&["set", "rollout_percent", "-1"], "a whole number from 0 to 100");
    bad(&["set", "legacy_run_format", "ts6"], "idmanager, canonical, ts5");
    assert!(!place.project.path().join("unified-id.toml").exists());
    let broken = "rollout_percent = \"all\" # soon\n";
    std::io::Write::write_all(
        &mut std::fs::File::create(place.project.path().join("unified-id.toml")).unwrap(),
        broken.as_bytes(),
    )
    .unwrap();
    bad(&[], "unified-id.toml:1");
    bad(&["set", "enable_unified_id_generation", "true"], "unified-id.toml:1");
    assert_eq!(place.file(), broken);
}

/// A file that cannot grow is what a full disk looks like to whoever writes.
#[cfg(unix)]
#[test]
fn on_a_full_disk_the_old_file_stays() {
    let place = Place::new();
    assert_eq!(place.run(&["set", "rollout_percent", "10"]).status.code(), Some(0));
    let binary = env!("CARGO_BIN_EXE_unified-id");
    let script = format!("trap '' XFSZ; ulimit -f 0; exec '{binary}' flags set rollout_percent 20");
    let output = Command::new("sh")
        .args(["-c", &script])
        .current_dir(place.project.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("it is as it was before"), "{}", text(&output.stderr));
    assert_eq!(place.file(), "rollout_percent = 10\n");
    let names: Vec<_> = std::fs::read_dir(place.project.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(names.len(), 2, "no piece of a file stays: {names:?}");
}

#[test]
fn many_processes_write_at_the_same_time() {
    let place = Place::new();
    let set = |name: &str, value: &str| {
        place.command(&["set", name, value]).stdout(Stdio::null()).spawn().unwrap()
    };
    let children = [
        set("rollout_percent", "42"),
        set("enable_unified_id_generation", "true"),
        set("enable_id_validation_strict_mode", "true"),
        set("legacy_run_format", "ts5"),
    ];
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    assert_eq!(place.file().lines().count(), 4, "{}", place.file());
    assert_eq!(place.get("legacy_run_format"), "ts5");
}
