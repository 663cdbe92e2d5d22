//! Fixes: what a text becomes, that it stays so, and that Python reads it.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;

use id_scan::{Applicability, Config, Fixed, Import, Profile, Scanner, Template, fix_text};
use id_testkit::TempProject;
use proptest::prelude::*;

use crate::differential::corpora;
use crate::oracle::files_below;

const PYTHON: &str = include_str!("../data/fix_python.txt");
const TYPESCRIPT: &str = include_str!("../data/fix_typescript.txt");

static SCRIPTS: LazyLock<Config> = LazyLock::new(|| {
    let mut config = Config::new("/", []);
    config.fixes = vec![Profile::find("typescript").unwrap()];
    config
});

static CONFIG: LazyLock<Config> = LazyLock::new(|| {
    let mut config = Config::new("/", []);
    config.fixes.extend(Profile::find("unified-id"));
    config
});
static SCANNER: LazyLock<Scanner<'static>> = LazyLock::new(|| Scanner::new(&CONFIG));

fn fixed(text: &[u8], level: Applicability) -> Fixed {
    fix_text(&SCANNER, Path::new("app.py"), text, level).unwrap()
}

fn safe(text: &str) -> String {
    String::from_utf8(fixed(text.as_bytes(), Applicability::Safe).text).unwrap()
}

/// Fixes a script, whose case says in its name whether it holds markup.
fn fixed_script(name: &str, text: &[u8], level: Applicability) -> Fixed {
    let path = if name.contains("markup") { "app.tsx" } else { "app.ts" };
    fix_text(&Scanner::new(&SCRIPTS), Path::new(path), text, level).unwrap()
}

/// A text, what a safe fix makes of it, and what an unsafe one does.
struct Case {
    name: &'static str,
    text: String,
    safe: String,
    with_unsafe: String,
}

fn cases(texts: &'static str) -> Vec<Case> {
    let mut cases = Vec::new();
    for part in texts.split("=== ").skip(1) {
        let (name, body) = part.split_once('\n').unwrap();
        let mut texts = body.split("--- ");
        let text = texts.next().unwrap().to_owned();
        let safe = texts.next().unwrap().strip_prefix("safe\n").unwrap().to_owned();
        let with_unsafe =
            texts.next().map(|text| text.strip_prefix("unsafe\n").unwrap().to_owned());
        let with_unsafe = with_unsafe.unwrap_or_else(|| safe.clone());
        cases.push(Case { name, text, safe, with_unsafe });
    }
    cases
}

#[test]
fn each_text_becomes_what_the_case_says_and_stays_so() {
    let mut faults = String::new();
    for case in cases(PYTHON) {
        for (level, expected) in
            [(Applicability::Safe, &case.safe), (Applicability::Unsafe, &case.with_unsafe)]
        {
            let once = fixed(case.text.as_bytes(), level).text;
            let twice = fixed(&once, level).text;
            let once = String::from_utf8(once).unwrap();
            if once != *expected || twice != once.as_bytes() {
                let _ = write!(faults, "=== {} ({level:?})\n{once}", case.name);
            }
        }
    }
    assert!(faults.is_empty(), "{faults}");
    assert!(cases(PYTHON).len() >= 40);
}

#[test]
fn scripts_become_what_the_case_says_and_stay_so() {
    let mut faults = String::new();
    for case in cases(TYPESCRIPT) {
        for (level, expected) in
            [(Applicability::Safe, &case.safe), (Applicability::Unsafe, &case.with_unsafe)]
        {
            let once = fixed_script(case.name, case.text.as_bytes(), level).text;
            let twice = fixed_script(case.name, &once, level).text;
            let once = String::from_utf8(once).unwrap();
            if once != *expected || twice != once.as_bytes() {
                let _ = write!(faults, "=== {} ({level:?})\n{once}", case.name);
            }
        }
    }
    assert!(faults.is_empty(), "{faults}");
    assert!(cases(TYPESCRIPT).len() >= 30);
}

/// A script of a page can import nothing; one that says that it is a module can.
#[test]
fn a_script_that_may_be_part_of_a_page_gets_no_import() {
    let fixed = |path: &str, text: &str| {
        let scanner = Scanner::new(&SCRIPTS);
        fix_text(&scanner, Path::new(path), text.as_bytes(), Applicability::Unsafe).unwrap()
    };
    let page = fixed("page.js", "const userId = crypto.randomUUID();\n");
    assert_eq!(page.fixed, 0);
    let fix = page.report.findings[0].fix.as_ref().unwrap();
    assert_eq!(fix.applicability, Applicability::DisplayOnly);
    let module = "export const userId = crypto.randomUUID();\n";
    assert_eq!(fixed("module.js", module).fixed, 1);
}

/// Line endings, a byte order mark and the missing end of the last line stay.
#[test]
fn scripts_keep_their_form() {
    let text = "\u{feff}import { v4 } from 'uuid';\r\nconst userId = v4();";
    let fixed = fixed_script("form", text.as_bytes(), Applicability::Safe).text;
    let expected = "\u{feff}import { UserId } from 'unified-id';\r\nconst userId = UserId.new();";
    assert_eq!(String::from_utf8(fixed).unwrap(), expected);
}

#[test]
fn python_reads_every_fixed_text() {
    let mut project = TempProject::new();
    for (number, case) in
        cases(PYTHON).iter().enumerate().filter(|(_, case)| !case.name.contains("broken"))
    {
        project = project
            .file(&format!("safe{number}.py"), &case.safe)
            .file(&format!("unsafe{number}.py"), &case.with_unsafe);
    }
    compiles(project.path());
}

/// Real packages are fixed in memory: the result compiles, is fixed for good, and no fix of the
/// level is left in it.
#[test]
fn real_packages_compile_after_a_fix_and_stay_fixed() {
    for level in [Applicability::Safe, Applicability::Unsafe] {
        let mut project = TempProject::new();
        let mut count = 0;
        for (number, path) in corpora().iter().flat_map(|folder| files_below(folder)).enumerate() {
            let text = std::fs::read(&path).unwrap();
            let shown = path.to_string_lossy();
            let once = fix_text(&SCANNER, Path::new(&*shown), &text, level).unwrap();
            if once.text == text {
                continue;
            }
            let twice = fix_text(&SCANNER, Path::new(&*shown), &once.text, level).unwrap();
            assert!(twice.text == once.text && twice.fixed == 0, "{}", path.display());
            let mut left = once.report.findings.iter().filter_map(|found| found.fix.as_ref());
            assert!(left.all(|fix| fix.applicability > level), "{}", path.display());
            project = project.file(&format!("f{number}.py"), &once.text);
            count += once.fixed;
        }
        assert!(count >= 80, "{count} fixes are too few to say anything");
        compiles(project.path());
    }
}

fn compiles(folder: &Path) {
    let output = Command::new("python3")
        .args(["-W", "ignore", "-m", "compileall", "-q", "-j", "2"])
        .arg(folder)
        .output()
        .expect("python3 is on the PATH");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn line_endings_marks_and_encodings_stay() {
    let text = "\u{feff}import uuid\r\nx = '\u{e4}'\r\nuser_id = str(uuid.uuid4())";
    let expected =
        "\u{feff}from unified_id import UserId\r\nx = '\u{e4}'\r\nuser_id = UserId.new()";
    assert_eq!(safe(text), expected);
    let old = "import uuid\rimport os\ruser_id = str(uuid.uuid4())\r";
    assert_eq!(safe(old), "import os\rfrom unified_id import UserId\ruser_id = UserId.new()\r");
    let latin =
        b"# coding: latin-1\nimport uuid\nx = '\xe4'; user_id = str(uuid.uuid4())  # \xfc\n";
    let expected =
        b"# coding: latin-1\nfrom unified_id import UserId\nx = '\xe4'; user_id = UserId.new()  # \xfc\n";
    assert_eq!(fixed(latin, Applicability::Safe).text, expected);
    // A byte that is a quote and a backslash of its own in another reading.
    let japanese = b"# coding: cp932\nimport uuid\nx = '\x95\x5c'; user_id = str(uuid.uuid4())\n";
    let expected =
        b"# coding: cp932\nfrom unified_id import UserId\nx = '\x95\x5c'; user_id = UserId.new()\n";
    assert_eq!(fixed(japanese, Applicability::Safe).text, expected);
}

#[test]
fn an_undecodable_file_is_refused_with_a_reason() {
    let text = b"import uuid\nx = '\xff'\nuser_id = str(uuid.uuid4())\n";
    let fixed = fixed(text, Applicability::Safe);
    assert_eq!(fixed.text, text);
    assert_eq!(fixed.refused, Some("it is no text in its encoding"));
}

#[test]
fn the_id_library_itself_and_old_modules_are_not_fixed() {
    let text = b"import uuid\nuser_id = str(uuid.uuid4())\n";
    for path in [
        "src/unified_id/ids.py",
        "unified_id.py",
        "app/id_manager.py",
        "app/id_manager/__init__.py",
    ] {
        let fixed = fix_text(&SCANNER, Path::new(path), text, Applicability::Unsafe).unwrap();
        assert_eq!(fixed.text, text, "{path}");
    }
    let package = fix_text(&SCANNER, Path::new("app/__init__.py"), text, Applicability::Safe);
    let expected = b"import uuid\nfrom unified_id import UserId\nuser_id = UserId.new()\n";
    assert_eq!(package.unwrap().text, expected);
    // Nobody imports what a function of it imports for itself.
    let text = b"import os\ndef f():\n    import uuid\n    user_id = str(uuid.uuid4())\n";
    let package = fix_text(&SCANNER, Path::new("app/__init__.py"), text, Applicability::Safe);
    let expected =
        "import os\nfrom unified_id import UserId\ndef f():\n    user_id = UserId.new()\n";
    assert_eq!(String::from_utf8(package.unwrap().text).unwrap(), expected);
}

#[test]
fn other_profiles_have_other_words() {
    let check = |profile: Profile, text: &str, expected: &str| {
        let mut config = Config::new("/", []);
        config.legacy_modules.retain(|module| !profile.own.contains(module));
        config.fixes.push(profile);
        let scanner = Scanner::new(&config);
        let fix = |text: &[u8]| {
            fix_text(&scanner, Path::new("a.py"), text, Applicability::Unsafe).unwrap().text
        };
        let once = fix(text.as_bytes());
        assert_eq!(String::from_utf8(once.clone()).unwrap(), expected);
        assert_eq!(fix(&once), once);
    };
    let text = "import uuid\ndef f(user_id, agent_type):\n    session_id = str(uuid.uuid4())\n    \
                execution_id = str(uuid.uuid4())\n    order_id = f\"order_{uuid.uuid4()}\"\n";
    check(
        Profile::find("unified-id-generator").unwrap(),
        text,
        "from shared.id_generation.unified_id_generator import UnifiedIdGenerator\n\
         def f(user_id, agent_type):\n    \
         session_id = UnifiedIdGenerator.generate_session_id(user_id)\n    \
         execution_id = UnifiedIdGenerator.generate_agent_execution_id(agent_type, user_id)\n    \
         order_id = UnifiedIdGenerator.generate_base_id(\"order\")\n",
    );
    let row = Template::new("order", "ids.order()", Some(Import::new("shop", "ids")));
    check(
        Profile::new("shop", "python", Vec::new(), vec![row]),
        "import uuid\nids = 1\norder_id = str(uuid.uuid4())\nuser_id = str(uuid.uuid4())\n",
        "import uuid\nfrom shop import ids as Unifiedids\nids = 1\norder_id = Unifiedids.order()\n\
         user_id = str(uuid.uuid4())\n",
    );
}

/// Pieces of programs in any order, with everything that a fix looks at.
fn program() -> impl Strategy<Value = String> {
    let lines = prop::sample::select(vec![
        "import uuid",
        "import uuid as u, os",
        "from uuid import uuid4, UUID",
        "from uuid import (\n    uuid4,  # four\n    uuid1,\n)",
        "from uuid import uuid4; import uuid  # both",
        "\"\"\"Text.\"\"\"",
        "from unified_id import ThreadId",
        "from app.run_id_generator import generate_run_id",
        "import time, secrets",
        "__all__ = ['uuid4']",
        "user_id = str(uuid.uuid4())",
        "session_id = uuid4().hex[:8]",
        "request_id: UUID = uuid.uuid4()",
        "trace_id = f'trace_{u.uuid4().hex}'; x = 1",
        "user_id = user_id or str(uuid4())",
        "run_id = generate_run_id(thread_id)",
        "run_id = f'run_{thread_id}_{int(time.time())}'",
        "thread_id = secrets.token_hex(4)",
        "d = {'user_id': str(uuid.uuid4()), 'order_id': str(uuid4())}",
        "f(agent_id=str(\n    uuid.uuid4()))",
        "UserId = 1",
        "x: 'UUID' = None  # type: uuid.UUID",
        "def f(thread_id, user_id=str(uuid4())):",
        "class A:",
        "if x:",
        "try:",
        "except E:",
        "return uuid.uuid4()",
        "job_id = lambda: str(uuid4())",
        "ws_id = ('ws_'\n    + uuid4().hex)",
        "pass",
    ]);
    let line = (0usize..4, lines);
    prop::collection::vec(line, 1..25).prop_map(|lines| {
        let mut text = String::new();
        for (indent, line) in lines {
            let _ = writeln!(text, "{}{line}", "    ".repeat(indent));
        }
        text
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_fixed_stays_so_and_has_no_fix_left(text in program()) {
        for level in [Applicability::Safe, Applicability::Unsafe] {
            let once = fixed(text.as_bytes(), level);
            let twice = fixed(&once.text, level);
            prop_assert_eq!(&once.text, &twice.text);
            prop_assert_eq!(twice.fixed, 0);
            if once.refused.is_none() {
                let left = once.report.findings.iter().filter_map(|found| found.fix.as_ref());
                prop_assert!(left.into_iter().all(|fix| fix.applicability > level));
            } else {
                prop_assert_eq!(&once.text, text.as_bytes());
            }
        }
    }
}

/// Both imports of the line have nothing left to do.
#[test]
fn two_imports_of_one_line_go_one_after_the_other() {
    let text = b"def f(thread_id, user_id=str(uuid4())):\n    import uuid\nfrom uuid import uuid4; import uuid  # both\nuser_id = str(uuid.uuid4())\n";
    let once = fixed(text, Applicability::Safe);
    assert_eq!((once.fixed, once.refused), (2, None));
    let left = String::from_utf8(once.text).unwrap();
    assert!(!left.contains("uuid4") && left.contains("user_id = UserId.new()"), "{left}");
}

/// A default, an annotation and a decorator of a function are evaluated outside of it.
#[test]
fn an_import_stays_that_the_head_of_a_function_needs() {
    let inside = "    from uuid import uuid4 as gen\n    return gen()\n";
    for head in ["def m(d=gen().hex[:6]):\n", "def m(\n    d: gen,\n):\n", "@on(gen)\ndef m():\n"] {
        let text =
            format!("from uuid import uuid4 as gen\nuser_id = str(gen())\n\n\n{head}{inside}");
        let fixed = fixed(text.as_bytes(), Applicability::Safe);
        let left = String::from_utf8(fixed.text).unwrap();
        assert_eq!(fixed.fixed, 1, "{left}");
        assert_eq!(left.matches("import uuid4 as gen").count(), 2, "{left}");
    }
    let text =
        format!("from uuid import uuid4 as gen\nuser_id = str(gen())\n\n\ndef m():\n{inside}");
    let left = String::from_utf8(fixed(text.as_bytes(), Applicability::Safe).text).unwrap();
    assert_eq!(left.matches("import uuid4 as gen").count(), 1, "{left}");
}

#[test]
fn what_a_test_replaces_is_fixed_as_unsafe() {
    let config = Config::new("/", []);
    let patches = b"@patch('app.service.uuid.uuid4')\n@patch(\"shop.ids.uuid4\")\n@patch('uuid.uuid4')\ndef test(a): pass\n";
    let report = id_scan::scan_text(&config, Path::new("test_x.py"), patches).unwrap();
    let mut config = Config::new("/", []);
    config.patched_modules = id_scan::patched_modules(&report);
    assert_eq!(config.patched_modules, ["app.service", "shop.ids"]);
    config.fixes.extend(Profile::find("unified-id"));
    let scanner = Scanner::new(&config);
    let text = b"import uuid\nuser_id = str(uuid.uuid4())\n";
    for (path, expected) in [
        ("src/app/service.py", 0),
        ("shop/ids/__init__.py", 0),
        ("myapp/service.py", 1),
        ("app/x.py", 1),
    ] {
        let fixed = fix_text(&scanner, Path::new(path), text, Applicability::Safe).unwrap();
        assert_eq!(fixed.fixed, expected, "{path}");
        assert_eq!(
            fix_text(&scanner, Path::new(path), text, Applicability::Unsafe).unwrap().fixed,
            1
        );
    }
}
