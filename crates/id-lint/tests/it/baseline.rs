//! The baseline: what is new against it, and that it only ever gets shorter.

use std::fs;

use id_testkit::TempProject;

use crate::{check, code, committed, git, json, printed, put, run, seen};

const NAME: &str = "id-lint-baseline.txt";

fn project() -> TempProject {
    TempProject::new()
        .file(
            "app/a.py",
            "import uuid\ndef f():\n    user_id = uuid.uuid4()\n    other_id = uuid.uuid4()\n",
        )
        .file("app/b.py", "import uuid\nx = uuid.uuid4().hex[:8]\n")
}

fn with_baseline() -> TempProject {
    let project = project();
    let output = run(project.path(), &["baseline", "create"]);
    assert_eq!(code(&output), 0, "{}", seen(&output));
    project
}

fn text(project: &TempProject) -> String {
    fs::read_to_string(project.path().join(NAME)).unwrap()
}

/// Runs and compares the exit code; gives what was printed.
fn ends(project: &TempProject, args: &[&str], expected: i32) -> String {
    let output = run(project.path(), args);
    assert_eq!(code(&output), expected, "{args:?}: {}", seen(&output));
    printed(&output)
}

#[test]
fn a_baseline_has_a_line_for_each_key_sorted_without_numbers() {
    let project = with_baseline();
    put(&project, "app/c.py", "import uuid\nx = [uuid.uuid4(), uuid.uuid4()]\n");
    let said = ends(&project, &["baseline", "update", "--allow-growth"], 0);
    assert!(said.ends_with("\n2 findings were added\n"), "{said}");
    insta::assert_snapshot!(text(&project).replace('\t', " | "), @r"
    # id-lint baseline, version 1
    app/a.py | UID001 | f | other_id=uuid.uuid4()
    app/a.py | UID001 | f | user_id=uuid.uuid4()
    app/b.py | UID003 | - | x=uuid.uuid4().hex[:8]
    app/c.py | UID001 | - | x=[uuid.uuid4(),uuid.uuid4()] | x2
    ");
}

#[test]
fn what_is_known_is_no_finding_and_what_is_new_is() {
    let project = with_baseline();
    ends(&project, &["scan"], 0);
    ends(&project, &["baseline", "check"], 0);
    put(&project, "app/c.py", "import uuid\ny = uuid.uuid4()\n");
    check("baseline_scan", &run(project.path(), &["scan"]));
    ends(&project, &["baseline", "check"], 1);
    ends(&project, &["scan", "--no-baseline"], 1);
    let report = json(&run(project.path(), &["scan", "--format=json"]));
    assert_eq!(report["summary"]["findings"], 1);
    let suppressed: Vec<_> =
        report["findings"].as_array().unwrap().iter().map(|found| &found["suppressed"]).collect();
    assert_eq!(suppressed, [true, true, true, false]);
}

#[test]
fn lines_that_move_are_known() {
    let project = with_baseline();
    let code = "'''Docs.'''\nimport os\nimport uuid\n\n\ndef f():\n  if os:\n    # why\n    other_id = ( uuid . uuid4( ) )\n  user_id=uuid.uuid4()   # because\n";
    put(&project, "app/a.py", code.replace("( uuid . uuid4( ) )", "uuid.uuid4( )"));
    ends(&project, &["baseline", "check", "--exact"], 0);
}

#[test]
fn a_swap_is_seen_though_the_number_stays() {
    let project = with_baseline();
    put(&project, "app/b.py", "import uuid\ny = uuid.uuid4().hex[:8]\n");
    check("baseline_swap", &run(project.path(), &["baseline", "check"]));
}

#[test]
fn a_renamed_file_and_one_that_was_taken_apart_are_followed() {
    let project = with_baseline();
    fs::rename(project.path().join("app/a.py"), project.path().join("app/renamed.py")).unwrap();
    let printed = ends(&project, &["baseline", "check"], 0);
    assert!(printed.contains("app/a.py -> app/renamed.py: 2 moved"), "{printed}");
    ends(&project, &["baseline", "prune"], 0);
    assert!(text(&project).contains("app/renamed.py\t") && !text(&project).contains("app/a.py"));
    fs::remove_file(project.path().join("app/renamed.py")).unwrap();
    put(&project, "app/one.py", "import uuid\ndef f():\n    user_id = uuid.uuid4()\n");
    put(&project, "app/two.py", "import uuid\ndef f():\n    other_id = uuid.uuid4()\n");
    ends(&project, &["baseline", "check", "--exact"], 0);
    // A copy is no rename: the old file still stands there.
    put(&project, "app/copy.py", "import uuid\nx = uuid.uuid4().hex[:8]\n");
    ends(&project, &["baseline", "check"], 1);
}

#[test]
fn it_only_ever_gets_shorter_without_leave_to_grow() {
    let project = with_baseline();
    let full = text(&project);
    put(&project, "app/b.py", "x = 1\n");
    assert!(ends(&project, &["baseline", "check"], 0).contains("1 known finding is gone"));
    ends(&project, &["baseline", "check", "--exact"], 1);
    ends(&project, &["baseline", "prune"], 0);
    ends(&project, &["baseline", "check", "--exact"], 0);
    let pruned = text(&project);
    assert!(pruned.len() < full.len());
    // It comes back.
    put(&project, "app/b.py", "import uuid\nx = uuid.uuid4().hex[:8]\n");
    ends(&project, &["baseline", "check"], 1);
    ends(&project, &["baseline", "prune"], 0);
    let refused = ends(&project, &["baseline", "update"], 1);
    assert!(refused.contains("app/b.py:2:5: error UID003"), "{refused}");
    assert_eq!(text(&project), pruned);
    let said = ends(&project, &["baseline", "update", "--allow-growth"], 0);
    assert!(said.ends_with("\n1 finding was added\n"), "{said}");
    assert_eq!(text(&project), full);
}

#[test]
fn a_part_of_the_tree_says_nothing_about_the_rest() {
    let project = with_baseline();
    let full = text(&project);
    put(&project, "app/a.py", "x = 1\n");
    put(&project, "app/b.py", "x = 1\n");
    ends(&project, &["baseline", "prune", "app/b.py"], 0);
    let pruned = text(&project);
    assert!(pruned.contains("app/a.py") && !pruned.contains("app/b.py"), "{full}\n{pruned}");
}

#[test]
fn paths_are_those_from_the_folder_of_the_baseline() {
    let project = with_baseline();
    let folder = project.path().join("app");
    let output = run(&folder, &["baseline", "check"]);
    assert_eq!(code(&output), 0, "{}", seen(&output));
    let output = run(&folder, &["baseline", "prune"]);
    assert_eq!(code(&output), 0, "{}", seen(&output));
    assert_eq!(text(&project).lines().count(), 4);
    let elsewhere = TempProject::new();
    let paths = [project.path().to_str().unwrap(), "--baseline"];
    let baseline = project.path().join(NAME);
    let output = run(elsewhere.path(), &["scan", paths[0], paths[1], baseline.to_str().unwrap()]);
    assert_eq!(code(&output), 0, "{}", seen(&output));
}

#[test]
fn nothing_is_written_over_and_nothing_after_a_scan_that_saw_not_everything() {
    let project = with_baseline();
    let before = text(&project);
    check("baseline_there", &run(project.path(), &["baseline", "create"]));
    ends(&project, &["baseline", "create", "--force"], 0);
    put(&project, "app/b.py", "x = 1\n");
    for command in [
        &["baseline", "prune", ".", "missing"][..],
        &["baseline", "create", "--force", ".", "missing"],
        &["baseline", "update", "--allow-growth", ".", "missing"],
    ] {
        ends(&project, command, 2);
        assert_eq!(text(&project), before, "{command:?}");
    }
    let left: Vec<_> =
        fs::read_dir(project.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "{left:?}");
}

#[test]
fn a_baseline_that_cannot_be_read_is_an_error() {
    let project = with_baseline();
    put(&project, NAME, "# id-lint baseline, version 1\n<<<<<<< HEAD\n");
    check("baseline_conflict", &run(project.path(), &["scan"]));
    ends(&project, &["baseline", "check"], 2);
    ends(&project, &["baseline", "prune"], 2);
    fs::remove_file(project.path().join(NAME)).unwrap();
    check("baseline_missing", &run(project.path(), &["baseline", "check"]));
    ends(&project, &["scan", "--baseline", "no.txt"], 2);
}

#[test]
fn git_merges_two_sides_by_the_driver() {
    let project = with_baseline();
    put(&project, ".gitattributes", format!("{NAME} merge=id-lint\n"));
    committed(&project);
    let driver = format!("'{}' baseline merge %O %A %B", env!("CARGO_BIN_EXE_id-lint"));
    git(project.path(), &["config", "merge.id-lint.driver", &driver]);
    // One side removes a line, the other the line beside it and adds one: git alone sees a conflict.
    git(project.path(), &["checkout", "-q", "-b", "side"]);
    put(&project, "app/a.py", "import uuid\ndef f():\n    other_id = uuid.uuid4()\n");
    put(&project, "app/c.py", "import uuid\ny = uuid.uuid4()\n");
    ends(&project, &["baseline", "update", "--allow-growth"], 0);
    git(project.path(), &["add", "-A"]);
    git(project.path(), &["commit", "-q", "-m", "side"]);
    git(project.path(), &["checkout", "-q", "main"]);
    put(&project, "app/b.py", "x = 1\n");
    ends(&project, &["baseline", "prune"], 0);
    git(project.path(), &["commit", "-q", "-a", "-m", "main"]);
    git(project.path(), &["merge", "-q", "-m", "both", "side"]);
    ends(&project, &["baseline", "check", "--exact"], 0);
    assert_eq!(text(&project).lines().count(), 3);
}

#[test]
fn a_merge_of_what_is_no_baseline_leaves_all_as_it_was() {
    let project = TempProject::new()
        .file("o", "")
        .file("a", "# id-lint baseline, version 1\n")
        .file("b", "nonsense\n");
    ends(&project, &["baseline", "merge", "o", "a", "b"], 2);
    assert_eq!(
        fs::read_to_string(project.path().join("a")).unwrap(),
        "# id-lint baseline, version 1\n"
    );
}

#[test]
fn a_baseline_survives_any_moved_line() {
    use std::fmt::Write as _;
    // Every rotation of the functions of a file, with other blanks and comments between them.
    let functions: Vec<String> = (0..6)
        .map(|at| {
            format!("def f{at}(x):\n    a{at}_id = uuid.uuid4()\n    return str(uuid.uuid4())\n")
        })
        .collect();
    let made = |turn: usize| {
        let mut code = "\n".repeat(turn) + "import uuid\n";
        for at in 0..functions.len() {
            let function = &functions[(at + turn) % functions.len()];
            write!(
                code,
                "\n# {turn}\n{}\n{}",
                "\n".repeat(at % 3),
                function.replace("    ", &" ".repeat(turn % 3 + 1))
            )
            .unwrap();
        }
        code
    };
    let project = TempProject::new().file("a.py", made(0));
    ends(&project, &["baseline", "create"], 0);
    for turn in 1..8 {
        put(&project, "a.py", made(turn));
        ends(&project, &["baseline", "check", "--exact"], 0);
    }
}
