//! Settings from files: which one holds, what each key does, what a wrong one says.

use id_testkit::{TempProject, workspace_root};
use serde_json::Value;

use crate::{USE, check, code, json, printed, put, run, seen};

/// The rules of the findings.
fn rules(project: &TempProject, args: &[&str]) -> Vec<String> {
    let output = run(project.path(), &[&["scan", "--format=json"], args].concat());
    assert_ne!(code(&output), 2, "{}", seen(&output));
    let report = json(&output);
    let findings = report["findings"].as_array().unwrap().iter();
    findings
        .map(|found| {
            format!("{} {}", found["rule"].as_str().unwrap(), found["severity"].as_str().unwrap())
        })
        .collect()
}

#[test]
fn the_nearest_file_holds() {
    let project = TempProject::new()
        .file("id-lint.toml", "[rules]\nUID001 = 'error'\n")
        .file("pyproject.toml", "[tool.id-lint.rules]\nUID001 = 'info'\n")
        .file("a.py", USE)
        .file("sub/pyproject.toml", "[tool.id-lint.rules]\nraw-uuid-call = 'info'\n")
        .file("sub/deep/pyproject.toml", "[project]\nname = 'x'\n")
        .file("sub/deep/a.py", USE);
    assert_eq!(rules(&project, &["a.py"]), ["UID001 error"]);
    assert_eq!(rules(&project, &["sub/deep/a.py"]), ["UID001 info"]);
    assert_eq!(rules(&project, &["sub"]), ["UID001 info"]);
    assert_eq!(rules(&project, &["a.py", "sub/deep"]), ["UID001 error", "UID001 info"]);
    assert_eq!(rules(&project, &["sub/deep", "--isolated"]), ["UID001 warning"]);
    assert_eq!(rules(&project, &["sub/deep", "--config=id-lint.toml"]), ["UID001 error"]);
}

#[test]
fn rules_bans_categories_and_exclusions_are_set() {
    let settings = "
        exclude = ['generated/', '/only_here.py']
        services = ['billing_service']
        test-folders = ['checks']
        [rules]
        UID001 = 'off'
        truncated-uuid = 'info'
        [[bans]]
        module = 'acme.ids'
        function = 'make'
        instead = '`OrderId.new()` from `orders`'
        [categories]
        money = ['billing', 'invoice']
        auth = []
        [priorities]
        critical = ['money']
    ";
    let uses =
        "import uuid, acme.ids\na = uuid.uuid4()\nb = uuid.uuid4().hex[:8]\nc = acme.ids.make()\n";
    let project = TempProject::new()
        .file("id-lint.toml", settings)
        .file("billing_service/checks/a.py", uses)
        .file("billing_service/auth.py", uses)
        .file("app/invoice.py", uses)
        .file("app/generated/a.py", uses)
        .file("only_here.py", uses)
        .file("app/only_here.py", uses);
    let report = json(&run(project.path(), &["scan", "--format=json"]));
    let findings = report["findings"].as_array().unwrap();
    let seen: Vec<String> = findings
        .iter()
        .map(|found| {
            let word = |name: &str| found[name].as_str().unwrap_or("-").to_owned();
            [
                word("path"),
                word("rule"),
                word("severity"),
                word("service"),
                word("category"),
                word("priority"),
            ]
            .join(" ")
        })
        .collect();
    insta::assert_snapshot!(seen.join("\n"), @r"
    app/invoice.py UID003 info - money low
    app/invoice.py UID016 warning - money critical
    app/only_here.py UID003 info - other low
    app/only_here.py UID016 warning - other medium
    billing_service/auth.py UID003 info billing_service money low
    billing_service/auth.py UID016 warning billing_service money critical
    billing_service/checks/a.py UID003 info billing_service tests low
    billing_service/checks/a.py UID016 warning billing_service tests low
    ");
    let ban = findings.iter().find(|found| found["rule"] == "UID016").unwrap();
    assert!(ban["help"].as_str().unwrap().contains("`OrderId.new()` from `orders`"), "{ban}");
    // What is named is scanned, unless a hook says otherwise.
    assert_eq!(rules(&project, &["app/generated"]).len(), 2);
    assert_eq!(rules(&project, &["only_here.py"]).len(), 2);
    assert_eq!(rules(&project, &["only_here.py", "--force-exclude"]), [""; 0]);
    assert_eq!(rules(&project, &["app/generated/a.py", "--force-exclude"]), [""; 0]);
    assert_eq!(rules(&project, &["--exclude=*"]), [""; 0]);
    // A folder that is reached through a link is the folder that the patterns are for.
    #[cfg(unix)]
    {
        let links = TempProject::new();
        std::os::unix::fs::symlink(project.path(), links.path().join("link")).unwrap();
        assert_eq!(rules(&links, &["link"]).len(), 8);
    }
}

#[test]
fn legacy_modules_are_set() {
    let uses = "import old_ids\nimport id_manager\n";
    let project = TempProject::new()
        .file("id-lint.toml", "extend-legacy-modules = ['old_ids']\n")
        .file("a.py", uses);
    let legacy = || rules(&project, &[]).iter().filter(|rule| rule.starts_with("UID015")).count();
    assert_eq!(legacy(), 2);
    put(&project, "id-lint.toml", "legacy-modules = ['old_ids']\n");
    assert_eq!(legacy(), 1);
}

#[test]
fn wrong_settings_say_where_what_and_the_nearest_known() {
    let check = |text: &str, expected: &str| {
        let project = TempProject::new().file("id-lint.toml", text).file("a.py", USE);
        let output = run(project.path(), &["scan"]);
        let seen = seen(&output);
        assert_eq!(code(&output), 2, "{seen}");
        assert!(seen.contains(expected), "{seen}");
    };
    check(
        "excludes = ['a']\n",
        "settings: id-lint.toml:1:1: `excludes` is no setting; did you mean `exclude`?",
    );
    check("[rules]\nUID01 = 'off'\n", "`UID01` is no rule; did you mean `UID001`?");
    check("[rules]\nUID001 = 'of'\n", "2:10: unknown variant `of`, expected one of");
    check("exclude = ['a{b']\n", "a pattern of what is excluded is wrong: a{b");
    check("exclude = 'a'\n", "1:11: invalid type: string");
    check("[thresholds]\nmigrated = 101\n", "`thresholds.migrated` is no share");
    check("nonsense\n", "settings: id-lint.toml:1:");
    let project = TempProject::new().file("a.py", USE);
    crate::check("settings_missing", &run(project.path(), &["scan", "--config=no.toml"]));
}

#[test]
fn the_settings_that_hold_are_shown_and_can_be_read_again() {
    let project = TempProject::new().file(
        "sub/id-lint.toml",
        "exclude = ['x']\n[rules]\nUID004 = 'off'\n[fix]\nprofile = 'rust'\n",
    );
    check("show_settings", &run(&project.path().join("sub"), &["scan", "--show-settings"]));
    let shown = printed(&run(&project.path().join("sub"), &["scan", "--show-settings"]));
    put(&project, "sub/id-lint.toml", &shown);
    assert_eq!(printed(&run(&project.path().join("sub"), &["scan", "--show-settings"])), shown);
}

#[test]
fn the_schema_is_the_committed_one() {
    let output = run(&workspace_root(), &["schema"]);
    let schema: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(schema["additionalProperties"], false);
    let committed = workspace_root().join("docs/schema/id-lint.schema.json");
    assert_eq!(
        printed(&output),
        std::fs::read_to_string(committed).unwrap(),
        "run `cargo xtask docs`"
    );
}
