//! The report on a migration: numbers, forms, thresholds, owners, history.

use std::process::Command;

use id_testkit::TempProject;

use crate::{check, code, json, run, seen};

/// Two services, one old module that is imported and one that is not, and owners.
fn project() -> TempProject {
    TempProject::new()
        .file(".github/CODEOWNERS", "* @all\n/auth_service/ @auth @security\n")
        .file(
            "auth_service/ids.py",
            "import uuid\nfrom unified_id import UserId\nuser_id = UserId.new()\n\
             session_id = str(uuid.uuid4())\nx = uuid.uuid4()\n",
        )
        .file("app/websocket/manager.py", "import uuid\nws_id = uuid.uuid4().hex[:8]\n")
        .file("app/id_manager.py", "import uuid\n")
        .file("app/x.py", "from app.run_id_generator import generate_run_id\n")
        .file("app/run_id_generator.py", "")
}

fn git(project: &TempProject, words: &[&str], day: &str) {
    let output = Command::new("git")
        .args(["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"])
        .args(words)
        .current_dir(project.path())
        .env("GIT_COMMITTER_DATE", format!("{day}T00:00:00Z"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// A project whose baseline has become smaller.
fn with_history() -> TempProject {
    let project = project();
    git(&project, &["init", "-q"], "2026-10-01");
    assert_eq!(code(&run(project.path(), &["baseline", "create"])), 0);
    git(&project, &["add", "-A"], "2026-10-01");
    git(&project, &["commit", "-qm", "one"], "2026-10-01");
    let project = project.file("app/websocket/manager.py", "");
    assert_eq!(code(&run(project.path(), &["baseline", "prune"])), 0);
    git(&project, &["commit", "-qam", "two"], "2026-11-01");
    project
}

#[test]
fn progress_is_told_by_phase_service_category_and_owner() {
    let project = with_history();
    check(
        "report_text",
        &run(project.path(), &["report", "--min-migrated=30", "--min-migrated=auth=80%"]),
    );
    check("report_markdown", &run(project.path(), &["report", "--format=markdown"]));
    check("report_json", &run(project.path(), &["report", "--format=json"]));
}

#[test]
fn the_page_needs_nothing_else_and_is_drawn() {
    let project = with_history();
    let output =
        run(project.path(), &["report", "--format=html", "-o", "r.html", "--min-migrated=90"]);
    assert_eq!(code(&output), 1, "{}", seen(&output));
    let page = std::fs::read_to_string(project.path().join("r.html")).unwrap();
    for asked in ["http:", "https:", "src=", "href=", "@import", "url("] {
        assert!(!page.contains(asked), "{asked}");
    }
    assert!(page.contains("prefers-color-scheme: dark") && page.contains("<polyline points="));
    assert_eq!(page.matches("<svg").count(), page.matches("</svg>").count());
    assert!(page.contains("@security") && page.contains("<li class=\"missed\">"));
}

#[test]
fn names_of_a_tree_are_text_in_the_page() {
    let project = TempProject::new()
        .file("id-lint.toml", "[owners]\n'*' = ['<script>alert(1)</script>']\n")
        .file("a.py", "import uuid\nuser_id = str(uuid.uuid4())\n");
    let output = run(project.path(), &["report", "--format=html"]);
    let page = String::from_utf8(output.stdout).unwrap();
    assert!(!page.contains("<script") && page.contains("&lt;script&gt;"));
}

#[test]
fn thresholds_decide_the_exit_code() {
    let project = project();
    let check = |args: &[&str], expected: i32| {
        let output = run(project.path(), &[&["report"], args].concat());
        assert_eq!(code(&output), expected, "{args:?}: {}", seen(&output));
    };
    check(&[], 0);
    check(&["--min-migrated=25"], 0);
    check(&["--min-migrated=26"], 1);
    check(&["--min-migrated=websocket=1"], 1);
    check(&["--min-migrated=nothing=100"], 0);
    check(&["--min-migrated=101"], 2);
    check(&["--min-migrated=auth"], 2);
    check(&["--profile=nonsense"], 2);
    check(&["missing"], 2);
    let settings = "[thresholds]\nmigrated = 10\nfindings = 3\ncritical = 0\n";
    let project = project.file("id-lint.toml", settings);
    let report = json(&run(project.path(), &["report", "--format=json"]));
    let met: Vec<_> = report["checks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|check| check["is_met"].as_bool().unwrap())
        .collect();
    assert_eq!(met, [true, true, false]);
}

#[test]
fn an_empty_tree_has_nothing_left_to_migrate() {
    let project = TempProject::new().file("a.py", "x = 1\n");
    check("report_empty", &run(project.path(), &["report", "--min-migrated=100"]));
}
