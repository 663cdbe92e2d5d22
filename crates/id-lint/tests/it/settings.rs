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

/// While a tree is scanned, each folder has the settings that are nearest to it.
#[test]
fn settings_further_down_hold_there() {
    let twice = "import uuid\nx = uuid.uuid4()\ny = uuid.uuid4().hex[:8]\n";
    let project = TempProject::new()
        .file("id-lint.toml", "exclude = ['vendor/']\n")
        .file("a.py", twice)
        .file("sub/id-lint.toml", "[rules]\nUID001 = 'off'\n")
        .file("sub/a.py", twice)
        .file("sub/deep/pyproject.toml", "[tool.id-lint.rules]\nUID003 = 'info'\n")
        .file("sub/deep/er/a.py", twice)
        .file("other/pyproject.toml", "[project]\nname = 'x'\n")
        .file("other/a.py", twice)
        .file("vendor/id-lint.toml", "this is not read = [")
        .file("vendor/a.py", twice);
    let all = [
        "UID001 warning",
        "UID003 error",
        "UID001 warning",
        "UID003 error",
        "UID003 error",
        "UID001 warning",
        "UID003 info",
    ];
    assert_eq!(rules(&project, &[]), all);
    assert_eq!(rules(&project, &["--isolated", "other", "sub"]).len(), 6);
    assert_eq!(rules(&project, &["--config=id-lint.toml"]).len(), 8);
    // One baseline is for all of them, whether the tree or a part of it is scanned.
    assert_eq!(code(&run(project.path(), &["baseline", "create"])), 0);
    assert_eq!(code(&run(project.path(), &["scan"])), 0);
    assert_eq!(code(&run(project.path(), &["scan", "sub"])), 0);
    assert_eq!(code(&run(&project.path().join("sub/deep"), &["scan"])), 0);
    assert_eq!(code(&run(project.path(), &["baseline", "check", "--exact"])), 0);
    put(&project, "sub/deep/b.py", USE);
    let output = run(project.path(), &["baseline", "check", "-o", "agent"]);
    assert!(printed(&output).starts_with("sub/deep/b.py:2:5: warning UID001"), "{}", seen(&output));
    // So it is for what only changed files are asked for.
    crate::committed(&project);
    put(&project, "sub/c.py", twice);
    assert_eq!(rules(&project, &["--since=HEAD"]), ["UID003 error"]);
    // A wrong file down there is an error like any other.
    put(&project, "sub/id-lint.toml", "rule = {}\n");
    let output = run(project.path(), &["scan"]);
    assert_eq!(code(&output), 2);
    assert!(seen(&output).contains("sub/id-lint.toml:1:1: `rule` is no setting"));
}

/// A baseline of its own keeps a folder out of the one above.
#[test]
fn a_folder_with_a_baseline_of_its_own_keeps_it() {
    let project = TempProject::new()
        .file("a.py", USE)
        .file("sub/id-lint.toml", "baseline = 'known.txt'\n")
        .file("sub/a.py", USE);
    assert_eq!(code(&run(project.path(), &["baseline", "create", "sub"])), 0);
    let output = run(project.path(), &["baseline", "create"]);
    assert_eq!(
        seen(&output),
        "--- output\nid-lint-baseline.txt: 1 finding in 1 line written\n--- errors\n\
         note: `sub/known.txt` is a baseline of its own, and is left as it is\n--- exit 0\n"
    );
    assert_eq!(code(&run(project.path(), &["scan"])), 0);
    put(&project, "sub/b.py", USE);
    assert_eq!(code(&run(project.path(), &["scan"])), 1);
}

/// A value that can mean nothing is an error with its place, as a key is.
#[test]
fn values_that_mean_nothing_are_refused() {
    let check = |settings: &str, expected: &str| {
        let project = TempProject::new().file("id-lint.toml", settings).file("a.py", "");
        let output = run(project.path(), &["scan"]);
        assert_eq!(code(&output), 2, "{settings}");
        assert!(seen(&output).contains(expected), "{settings}: {}", seen(&output));
    };
    check("[thresholds]\nmigrated = 101\n", "id-lint.toml:2:12: `thresholds.migrated` is no share");
    check("[thresholds]\nmigrated = nan\n", "id-lint.toml:2:12: `thresholds.migrated` is no share");
    check("[owners]\n'!a' = ['@x']\n", "id-lint.toml:2:1: `!a` is no pattern");
    check("[owners]\n'a/{b' = ['@x']\n", "id-lint.toml:2:1: `a/{b` is no pattern");
    check("[owners]\na = ['@x', '@y @z']\n", "id-lint.toml:2:12: `@y @z` is no owner");
    check(
        "[priorities]\ncritical = ['auht']\n",
        "id-lint.toml:2:13: `auht` is no category; did you mean `auth`?",
    );
    check("services = ['a/b']\n", "id-lint.toml:1:13: `a/b` is no name of a folder");
    check("extend-legacy-modules = ['app.ids']\n", "`app.ids` is no module without its package");
    let fine = "[priorities]\nhigh = ['money', 'tests']\n[categories]\nmoney = ['pay']\n\
                [owners]\n'*' = ['@x', 'a@example.com']\nb = []\n";
    let project = TempProject::new().file("id-lint.toml", fine).file("a.py", "");
    assert_eq!(code(&run(project.path(), &["scan"])), 0);
}

/// Own templates stand in the settings, and hold for the language that they name.
#[test]
fn profiles_of_the_settings_are_fixed_into() {
    let settings = "[[fix.profiles]]\nname = 'shop'\nlanguage = 'javascript'\nown = ['shop-ids']\n\
                    [[fix.profiles.template]]\nkind = '*'\nexpression = 'ids.make(\"{kind}\")'\n\
                    import = { module = 'shop-ids', name = 'ids' }\n";
    let project = TempProject::new()
        .file("id-lint.toml", settings)
        .file("a.py", "import uuid\nuser_id = str(uuid.uuid4())\n")
        .file("a.ts", "import { v4 } from \"uuid\";\nconst orderId = v4();\n");
    assert_eq!(code(&run(project.path(), &["fix"])), 0);
    let read = |name: &str| std::fs::read_to_string(project.path().join(name)).unwrap();
    assert_eq!(read("a.py"), "from unified_id import UserId\nuser_id = UserId.new()\n");
    assert_eq!(
        read("a.ts"),
        "import { ids } from \"shop-ids\";\nconst orderId = ids.make(\"order\");\n"
    );
    // They count as migrated.
    let report = json(&run(project.path(), &["report", "--format=json"]));
    assert_eq!(report["progress"]["total"]["migrated"], 2);
    // A profile that is named holds alone; one that is misspelt is not taken for another.
    put(&project, "a.py", "import uuid\nuser_id = str(uuid.uuid4())\n");
    assert_eq!(code(&run(project.path(), &["fix", "--profile=shop"])), 1);
    let output = run(project.path(), &["fix", "--profile=shpo"]);
    assert!(seen(&output).contains("`shpo` is no profile; did you mean `shop`?"));
    put(&project, "own.toml", "name = 'x'\nlanguage = 'cobol'\ntemplate = []\n");
    let output = run(project.path(), &["fix", "--profile=own.toml"]);
    assert!(seen(&output).contains("no `cobol` is rewritten"), "{}", seen(&output));
    put(&project, "own.toml", "name = 'x'\nlanguag = 'python'\n");
    let output = run(project.path(), &["fix", "--profile=own.toml"]);
    assert!(
        seen(&output).contains("own.toml:2:1: `languag` is no setting; did you mean `language`?")
    );
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
