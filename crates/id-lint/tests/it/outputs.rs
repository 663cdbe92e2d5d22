//! Every form of the report: as it is printed, and by the rules of who reads it.

use std::fs;
use std::process::Output;

use id_testkit::{TempProject, workspace_root};
use serde_json::Value;

use crate::{USE, check, code, command, json, printed, run, seen};

/// Hostile names and code: what a form could take for its own.
fn hostile() -> TempProject {
    TempProject::new()
        .file("a b/<x>&,:%|.py", "import uuid\nx = uuid.uuid4(), '</script><b>|`&%\"::error::'\n")
        .file("tests/test_a.py", "import uuid\nx = uuid.uuid4().hex[:8]\n")
        .file("z.py", "import uuid\nx = uuid.uuid4()  # id-lint: allow[UID001] the <reason>\ny = uuid.uuid5(a, b)\n\u{e4} = '\u{1f600}', uuid.uuid4(\n)\n")
}

fn form(project: &TempProject, name: &str) -> Output {
    let output = run(project.path(), &["scan", "--output", name]);
    assert_eq!(code(&output), 1, "{}", seen(&output));
    output
}

#[test]
fn every_form_of_a_hostile_tree() {
    let project = hostile();
    for name in ["text", "jsonl", "github", "gitlab", "junit", "rdjson", "markdown", "agent"] {
        check(&format!("form_{name}"), &form(&project, name));
    }
    let page = printed(&form(&project, "html"));
    assert!(!page.contains("</script><b>"), "code became markup");
    assert_eq!(page.matches("<tr class=").count(), 4);
    assert!(page.contains("<mark>uuid.uuid4()</mark>, &#39;&lt;/script&gt;"));
}

#[test]
fn every_form_of_a_clean_tree_ends_with_0() {
    let project = TempProject::new().file("a.py", "x = 1\n");
    for name in [
        "text", "json", "jsonl", "sarif", "github", "gitlab", "junit", "rdjson", "markdown",
        "html", "agent",
    ] {
        let output = run(project.path(), &["scan", "--output", name]);
        assert_eq!(code(&output), 0, "{name}: {}", seen(&output));
    }
    check("form_junit_clean", &run(project.path(), &["scan", "--output=junit"]));
    check("form_markdown_clean", &run(project.path(), &["scan", "--output=markdown"]));
}

#[test]
fn lines_of_json_are_the_findings_of_json() {
    let project = hostile();
    let whole = json(&form(&project, "json"));
    let lines: Vec<Value> = printed(&form(&project, "jsonl"))
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(whole["findings"], Value::from(lines));
}

/// Checks what SARIF 2.1.0 demands of the objects that are written, and what GitHub does besides.
#[test]
fn sarif_keeps_its_rules() {
    let project = hostile();
    let log = json(&form(&project, "sarif"));
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    assert!(rules.iter().all(
        |rule| rule["shortDescription"]["text"].is_string() && rule["help"]["text"].is_string()
    ));
    let results = run["results"].as_array().unwrap();
    let tests: Vec<bool> =
        results.iter().map(|found| found["properties"]["inTest"].as_bool().unwrap()).collect();
    assert_eq!(tests, [false, false, false, false, true], "those outside tests come first");
    for found in results {
        let index = usize::try_from(found["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], found["ruleId"]);
        assert!(["error", "warning", "note"].contains(&found["level"].as_str().unwrap()));
        assert!(!found["message"]["text"].as_str().unwrap().is_empty());
        let place = &found["locations"][0]["physicalLocation"];
        let uri = place["artifactLocation"]["uri"].as_str().unwrap();
        assert!(
            uri.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~/%".contains(&byte)),
            "{uri}"
        );
        let number = |name: &str| place["region"][name].as_u64().unwrap();
        assert!(
            (number("startLine"), number("startColumn")) < (number("endLine"), number("endColumn"))
        );
        assert!(found["partialFingerprints"]["idLint/v1"].is_string());
    }
    let uri = |found: &Value| {
        found["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].clone()
    };
    assert!(results.iter().any(|found| uri(found) == "a%20b/%3Cx%3E%26%2C%3A%25%7C.py"));
    let suppressed = results.iter().find(|found| found["suppressions"].is_array()).unwrap();
    assert_eq!(suppressed["suppressions"][0]["kind"], "inSource");
    assert_eq!(suppressed["suppressions"][0]["justification"], "the <reason>");
    assert_eq!(run["invocations"][0]["executionSuccessful"], true);
}

#[test]
fn sarif_says_what_the_baseline_knows() {
    let project = TempProject::new().file("a.py", USE);
    assert_eq!(code(&run(project.path(), &["baseline", "create"])), 0);
    let project = project.file("b.py", USE);
    let log = json(&run(project.path(), &["scan", "--output=sarif"]));
    let results = log["runs"][0]["results"].as_array().unwrap();
    let states: Vec<_> =
        results.iter().map(|found| found["baselineState"].as_str().unwrap()).collect();
    assert_eq!(states, ["unchanged", "new"]);
}

#[test]
fn gitlab_gets_a_fingerprint_for_each_finding() {
    let project = TempProject::new()
        .file("a.py", "import uuid\nx = [uuid.uuid4(), uuid.uuid4(), uuid.uuid4()]\n");
    let issues = json(&form(&project, "gitlab"));
    let mut prints: Vec<_> = issues
        .as_array()
        .unwrap()
        .iter()
        .map(|issue| issue["fingerprint"].as_str().unwrap())
        .collect();
    prints.sort_unstable();
    prints.dedup();
    assert_eq!(prints.len(), 3);
}

#[test]
fn several_forms_in_one_run() {
    let project = TempProject::new().file("a.py", USE);
    let args = [
        "scan",
        "--output=agent",
        "--output=sarif=out.sarif",
        "-o",
        "junit=out.xml",
        "-o",
        "json=out.json",
    ];
    let output = run(project.path(), &args);
    assert_eq!(code(&output), 1);
    assert!(printed(&output).starts_with("a.py:2:5: warning UID001"));
    let read = |name: &str| fs::read_to_string(project.path().join(name)).unwrap();
    assert!(read("out.xml").starts_with("<?xml"));
    assert!(serde_json::from_str::<Value>(&read("out.sarif")).unwrap()["runs"].is_array());
    assert_eq!(serde_json::from_str::<Value>(&read("out.json")).unwrap()["summary"]["findings"], 1);
    // Files alone leave standard output to eyes.
    let output = run(project.path(), &["scan", "-o", "json=out.json"]);
    assert!(printed(&output).contains("1 finding in 1 of 1 file"));
}

#[test]
fn outputs_that_cannot_be_are_errors() {
    let project = TempProject::new().file("a.py", USE);
    let fails = |args: &[&str], expected: &str| {
        let output = run(project.path(), &[&["scan"], args].concat());
        assert_eq!(code(&output), 2, "{}", seen(&output));
        assert!(seen(&output).contains(expected), "{}", seen(&output));
    };
    fails(&["-o", "json", "-o", "sarif"], "two forms of the report go to standard output");
    fails(&["-o", "json=x", "-o", "sarif=x"], "two forms of the report go to `x`");
    fails(&["-o", "sariff"], "did you mean `sarif`?");
    fails(&["-o", "json=no/folder/x.json"], "x.json` cannot be written: ");
    fails(&["-o", "json="], "no file stands behind `=`");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error_and_leaves_the_old_file() {
    // The device that is always full.
    let full = std::path::Path::new("/dev/full");
    let project = TempProject::new().file("a.py", "x = 1\n");
    let output = command(project.path(), &["scan"])
        .stdout(fs::OpenOptions::new().write(true).open(full).unwrap())
        .output()
        .unwrap();
    assert_eq!(code(&output), 2);
    let output = run(project.path(), &["scan", "-o", "json=/dev/full"]);
    assert_eq!(code(&output), 2, "{}", seen(&output));
}

#[test]
fn statistics_are_numbers() {
    check("statistics", &run(&workspace_root(), &["scan", "examples/stray", "--statistics"]));
}

#[test]
fn rules_are_explained() {
    check("explain", &run(&workspace_root(), &["explain"]));
    let page = printed(&run(&workspace_root(), &["explain", "truncated-uuid"]));
    assert_eq!(page, fs::read_to_string(workspace_root().join("docs/rules/UID003.md")).unwrap());
    assert_eq!(printed(&run(&workspace_root(), &["explain", "uid003"])), page);
    check("explain_unknown", &run(&workspace_root(), &["explain", "truncated-uid"]));
}

#[test]
fn shells_get_completions_and_man_gets_a_page() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let output = run(&workspace_root(), &["completions", shell]);
        assert_eq!(code(&output), 0);
        assert!(printed(&output).contains("stdin-filename"), "{shell}");
    }
    let page = printed(&run(&workspace_root(), &["man"]));
    assert!(page.contains(".TH id-lint 1"), "{page}");
    assert!(printed(&run(&workspace_root(), &["man", "scan"])).contains("stdin\\-filename"));
    assert_eq!(code(&run(&workspace_root(), &["man", "nonsense"])), 2);
}
