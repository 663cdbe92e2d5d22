//! Comments that allow a finding.

use id_testkit::TempProject;
use serde_json::Value;

use crate::{check, json, run};

/// Scans a Python text; returns the lines of the findings, marked where suppressed, and the kinds of
/// the notes with their lines.
fn scanned(code: &str) -> (Vec<String>, Vec<String>) {
    scanned_as("a.py", code)
}

fn scanned_as(name: &str, code: &str) -> (Vec<String>, Vec<String>) {
    let project = TempProject::new().file(name, code);
    let report = json(&run(project.path(), &["scan", "--format=json"]));
    let list = |name: &str, line: &dyn Fn(&Value) -> String| {
        report[name].as_array().unwrap().iter().map(line).collect::<Vec<_>>()
    };
    let findings = list("findings", &|found| {
        let mark = if found["suppressed"] == true { " allowed" } else { "" };
        format!("{}{mark}", found["line"])
    });
    (
        findings,
        list("errors", &|error| format!("{} {}", error["line"], error["kind"].as_str().unwrap())),
    )
}

fn says(code: &str, findings: &[&str], notes: &[&str]) {
    let seen = scanned(&format!("import uuid\n{code}"));
    let owned = |list: &[&str]| list.iter().map(|&text| text.to_owned()).collect::<Vec<_>>();
    assert_eq!(seen, (owned(findings), owned(notes)), "{code}");
}

#[test]
fn a_comment_allows_on_its_line() {
    says("x = uuid.uuid4()  # id-lint: allow[UID001] reason\n", &["2 allowed"], &[]);
    says("x = uuid.uuid4()  # id-lint: allow[raw-uuid-call] reason\n", &["2 allowed"], &[]);
    says("x = uuid.uuid4()  # noqa  id-lint: allow[UID001] reason\n", &["2 allowed"], &[]);
    says(
        "x = uuid.uuid4()  # id-lint: allow[UID001] a  # id-lint: allow[UID003] b\n",
        &["2 allowed"],
        &["2 unused-suppression"],
    );
    says("x = uuid.uuid4()  # id-lint: allow[UID003] reason\n", &["2"], &["2 unused-suppression"]);
    says(
        "x = uuid.uuid4()  # id-lint: allow[UID001, UID003] reason\n",
        &["2 allowed"],
        &["2 unused-suppression"],
    );
    // On any line of an expression that is wrapped.
    says(
        "x = str(\n    uuid.uuid4(\n    )\n)  # id-lint: allow[UID001] reason\n",
        &["3 allowed"],
        &[],
    );
    says(
        "x = uuid.uuid4()  # id-lint: allow[UID001] reason\ny = uuid.uuid4()\n",
        &["2 allowed", "3"],
        &[],
    );
    says(
        "x = uuid.uuid4()  # id-lint: allow[UID001] reason\r\ny = uuid.uuid4()\r\n",
        &["2 allowed", "3"],
        &[],
    );
}

#[test]
fn a_comment_on_a_line_of_its_own_allows_on_the_next_line_of_code() {
    says(
        "# id-lint: allow[UID001] reason\nx = uuid.uuid4()\ny = uuid.uuid4()\n",
        &["3 allowed", "4"],
        &[],
    );
    says("# id-lint: allow[UID001] reason\n\n# more\nx = uuid.uuid4()\n", &["5 allowed"], &[]);
    says("# id-lint: allow-next-line[UID001] reason\nx = uuid.uuid4()\n", &["3 allowed"], &[]);
    says(
        "y = 1  # id-lint: allow-next-line[UID001] reason\nx = uuid.uuid4()\n",
        &["3 allowed"],
        &[],
    );
    says(
        "# id-lint: allow[UID001] reason\ny = 1\nx = uuid.uuid4()\n",
        &["4"],
        &["2 unused-suppression"],
    );
    says("# id-lint: allow[UID001] reason", &[], &["2 unused-suppression"]);
}

#[test]
fn blocks_and_files() {
    let block = "# id-lint: allow-begin[UID001] reason\nx = uuid.uuid4()\ny = uuid.uuid4().hex[:8]\n# id-lint: allow-end[UID001]\nz = uuid.uuid4()\n";
    says(block, &["3 allowed", "4", "6"], &[]);
    says(&block.replace("allow-end[UID001]", "allow-end"), &["3 allowed", "4", "6"], &[]);
    says(
        &block.replace("# id-lint: allow-end[UID001]", ""),
        &["3", "4", "6"],
        &["2 invalid-suppression"],
    );
    says("# id-lint: allow-end[UID001]\n", &[], &["2 invalid-suppression"]);
    says(
        "x = uuid.uuid4()\n# id-lint: allow-file[UID001] reason\ny = uuid.uuid4()\n",
        &["2 allowed", "4 allowed"],
        &[],
    );
    says("# id-lint: allow-file[UID001] reason\n", &[], &["2 unused-suppression"]);
    // The comment that reaches least far is used; the other one is not.
    says(
        "# id-lint: allow-file[UID001] a\nx = uuid.uuid4()  # id-lint: allow[UID001] b\n",
        &["3 allowed"],
        &[],
    );
}

#[test]
fn a_reason_is_required_and_an_end_is_kept() {
    says("x = uuid.uuid4()  # id-lint: allow[UID001]\n", &["2"], &["2 invalid-suppression"]);
    says(
        "x = uuid.uuid4()  # id-lint: allow[UID001] until 2001-01-01: reason\n",
        &["2"],
        &["2 expired-suppression"],
    );
    says(
        "x = uuid.uuid4()  # id-lint: allow[UID001] until 9999-12-31: reason\n",
        &["2 allowed"],
        &[],
    );
    says(
        "x = uuid.uuid4()  # id-lint: allow[UID001] until 2027-13-01: reason\n",
        &["2"],
        &["2 invalid-suppression"],
    );
    says(
        "x = 1  # id-lint: allow[UID001] until 2001-01-01: reason\n",
        &[],
        &["2 expired-suppression"],
    );
    says("x = uuid.uuid4()  # id-lint: allow[UID099] reason\n", &["2"], &["2 invalid-suppression"]);
    says(
        "x = uuid.uuid4()  # id-lint: permit[UID001] reason\n",
        &["2"],
        &["2 invalid-suppression"],
    );
}

#[test]
fn only_comments_allow() {
    says("x = uuid.uuid4(), '# id-lint: allow[UID001] reason'\n", &["2"], &[]);
    says("x = f'{uuid.uuid4()} # id-lint: allow[UID001] reason'\n", &["2"], &[]);
    says("'''\n# id-lint: allow-file[UID001] reason\n'''\nx = uuid.uuid4()\n", &["5"], &[]);
}

#[test]
fn a_comment_of_a_file_without_any_generator_is_read_too() {
    let project = TempProject::new().file("a.py", "x = 1  # id-lint: allow[UID001] reason\n");
    let report = json(&run(project.path(), &["scan", "--format=json"]));
    assert_eq!(report["errors"][0]["kind"], "unused-suppression");
}

#[test]
fn a_rule_that_is_off_leaves_its_comments_alone() {
    let project = TempProject::new()
        .file("id-lint.toml", "[rules]\nUID001 = 'off'\n")
        .file("a.py", "import uuid\nx = uuid.uuid4()  # id-lint: allow[UID001] reason\n");
    let report = json(&run(project.path(), &["scan", "--format=json"]));
    assert_eq!(report["errors"].as_array().unwrap().len(), 0);
}

#[test]
fn notes_are_printed_for_eyes() {
    let code = "import uuid\nx = uuid.uuid4()  # id-lint: allow[UID001]\ny = uuid.uuid4()  # id-lint: allow[raw-uid-call] reason\nz = uuid.uuid4()  # id-lint: allow[UID001] until 2020-01-01: reason\na = 1  # id-lint: allow[UID001, UID003] reason\nb = uuid.uuid4()  # id-lint: allow[UID001] reason\n";
    let project = TempProject::new().file("a.py", code);
    check("suppressions", &run(project.path(), &["scan", "--output=agent"]));
}

#[test]
fn many_comments_are_read_in_a_time_that_is_in_proportion() {
    let line = "x = uuid.uuid4()  # id-lint: allow[UID001] reason\n";
    let (found, notes) = scanned(&format!("import uuid\n{}", line.repeat(3000)));
    assert!(found.iter().all(|found| found.ends_with("allowed")) && notes.is_empty());
    assert_eq!(found.len(), 3000);
}

#[test]
fn comments_of_other_languages_allow_too() {
    let check = |name: &str, code: &str, findings: &[&str], notes: &[&str]| {
        let seen = scanned_as(name, &format!("import {{ v4 }} from 'uuid';\n{code}"));
        let owned = |list: &[&str]| list.iter().map(|&text| text.to_owned()).collect::<Vec<_>>();
        assert_eq!(seen, (owned(findings), owned(notes)), "{code}");
    };
    check(
        "a.ts",
        "const x = v4(); // id-lint: allow[UID001, UID003] reason\n",
        &["2 allowed"],
        &["2 unused-suppression"],
    );
    for comment in [
        "// id-lint: allow-file[UID001] reason",
        "/* id-lint: allow-file[UID001] reason */",
        "/*\n * id-lint: allow-file[UID001] reason\n */",
    ] {
        check(
            "a.js",
            &format!("{comment}\nconst x = v4();\n"),
            &[if comment.contains('\n') { "5 allowed" } else { "3 allowed" }],
            &[],
        );
    }
    check("a.js", "const x = v4(), y = '// id-lint: allow[UID001] reason';\n", &["2"], &[]);
    check("a.js", "const x = v4(), y = `${x} // id-lint: allow[UID001] reason`;\n", &["2"], &[]);
    check("a.tsx", "const x = <p>{v4()} id-lint: allow[UID001] reason</p>;\n", &["2"], &[]);
    check(
        "a.tsx",
        "const x = <p>{v4() /* id-lint: allow[UID001] reason */}</p>;\n",
        &["2 allowed"],
        &[],
    );
}
