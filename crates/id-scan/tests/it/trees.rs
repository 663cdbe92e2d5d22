//! Scans of folders: ignore rules, bad input, encodings, threads.

use std::fmt::Write as _;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use id_scan::{Config, Level, ProblemKind, Report, scan};
use id_testkit::TempProject;
use strum::IntoEnumIterator as _;

const USE: &str = "import uuid\nx = uuid.uuid4()\n";

fn config(project: &TempProject, paths: &[&str]) -> Config {
    let root = project.path().canonicalize().unwrap();
    Config::new(root, paths.iter().map(PathBuf::from))
}

fn report(project: &TempProject, paths: &[&str]) -> Report {
    scan(&config(project, paths)).unwrap()
}

fn paths(report: &Report) -> Vec<&str> {
    report.findings.iter().map(|found| found.path.as_str()).collect()
}

fn problems(report: &Report) -> Vec<(&str, ProblemKind)> {
    report.errors.iter().map(|problem| (problem.path.as_str(), problem.kind)).collect()
}

#[cfg(unix)]
fn link(project: &TempProject, target: &str, name: &str) {
    std::os::unix::fs::symlink(target, project.path().join(name)).unwrap();
}

#[test]
fn ignore_rules_hold_unless_a_path_is_named() {
    let project = TempProject::new()
        .file(".gitignore", "build/\n*_pb2.py\n")
        .file("a.py", USE)
        .file("b.pyi", USE)
        .file("c.pyw", USE)
        .file("d.txt", USE)
        .file("x_pb2.py", USE)
        .file("build/e.py", USE)
        .file(".hidden/f.py", USE)
        .file("bin/tool", format!("#!/usr/bin/env python3\n{USE}"))
        .file("bin/other", format!("#!/usr/bin/perl\n{USE}"));
    let all = report(&project, &["."]);
    assert_eq!(paths(&all), ["a.py", "b.pyi", "bin/tool", "c.pyw"]);
    assert_eq!((all.summary.files, all.errors.len()), (4, 0));
    let named = report(&project, &["build", "x_pb2.py", ".hidden/f.py"]);
    assert_eq!(paths(&named), [".hidden/f.py", "build/e.py", "x_pb2.py"]);
}

#[test]
fn ignore_rules_end_at_the_root_of_a_repository() {
    let project = TempProject::new()
        .file("outer/.git/HEAD", "")
        .file("outer/.gitignore", "*\n")
        .file("outer/inner/.git/HEAD", "")
        .file("outer/inner/.gitignore", "*_pb2.py\n")
        .file("outer/inner/a.py", USE)
        .file("outer/inner/x_pb2.py", USE)
        .file("outer/inner/sub/b.py", USE)
        .file("plain/.gitignore", "c*.py\n")
        .file("plain/c1.py", USE)
        .file("plain/sub/c2.py", USE)
        .file("plain/repo/.git/HEAD", "")
        .file("plain/repo/c3.py", USE);
    let inner = report(&project, &["outer/inner"]);
    assert_eq!(paths(&inner), ["outer/inner/a.py", "outer/inner/sub/b.py"]);
    assert_eq!(paths(&report(&project, &["outer/inner/sub"])), ["outer/inner/sub/b.py"]);
    assert_eq!(paths(&report(&project, &["plain"])), ["plain/repo/c3.py"]);
    assert_eq!(paths(&report(&project, &["plain/repo"])), ["plain/repo/c3.py"]);
}

#[test]
fn rules_from_above_a_named_folder_hold_unless_they_leave_nothing_of_it() {
    let project = TempProject::new()
        .file(".git/HEAD", "")
        .file(".gitignore", "build/*\n/made/\n*_pb2.py\n/all/**\n")
        .file("build/a.py", USE)
        .file("build/sub/b.py", USE)
        .file("made/c.py", USE)
        .file("made/c_pb2.py", USE)
        .file("all/d/e/f.py", USE)
        .file("own/.gitignore", "*\n")
        .file("own/g.py", USE)
        .file("lone/h_pb2.py", USE);
    let check = |named: &str, expected: &[&str]| {
        assert_eq!(paths(&report(&project, &[named])), expected, "{named}");
    };
    check(".", &[]);
    check("build", &["build/a.py", "build/sub/b.py"]);
    check("build/sub", &["build/sub/b.py"]);
    check("made", &["made/c.py"]);
    check("all/d", &["all/d/e/f.py"]);
    check("own", &[]);
    check("lone", &["lone/h_pb2.py"]);
}

#[test]
fn a_wrong_ignore_pattern_is_a_note_and_the_others_hold() {
    let project = TempProject::new()
        .file("sub/.ignore", "a{b\n*_pb2.py\n")
        .file("sub/a.py", USE)
        .file("sub/x_pb2.py", USE);
    let report = report(&project, &["."]);
    assert_eq!(paths(&report), ["sub/a.py"]);
    assert_eq!(problems(&report), [("sub/.ignore", ProblemKind::IgnoreFile)]);
    assert_eq!(report.errors[0].line, Some(1));
    assert!(report.errors[0].message.starts_with("the pattern `a{b` is wrong: unclosed"));
    assert!(!report.has_errors());
}

#[cfg(unix)]
#[test]
fn rules_that_cannot_be_read_are_noted_and_never_waited_for() {
    let project = TempProject::new()
        .file("a/.gitignore/file", "")
        .file("a/a.py", USE)
        .file("b/c/.gitignore", "x.py\n")
        .file("b/c/b.py", USE)
        .file("b/c/x.py", USE);
    let fifo = project.path().join("b/.gitignore");
    assert!(std::process::Command::new("mkfifo").arg(fifo).status().unwrap().success());
    link(&project, "/dev/zero", "b/.ignore");
    for (named, expected) in [
        (".", ["a/a.py", "b/c/b.py", "b/c/x.py"].as_slice()),
        ("b", &["b/c/b.py", "b/c/x.py"]),
        ("b/c", &["b/c/b.py", "b/c/x.py"]),
    ] {
        let report = report(&project, &[named]);
        assert_eq!(paths(&report), expected, "{named}");
        assert!(problems(&report).contains(&("b/.gitignore", ProblemKind::IgnoreFile)), "{named}");
        assert!(!report.has_errors());
    }
    assert_eq!(problems(&report(&project, &["a"])), [("a/.gitignore", ProblemKind::IgnoreFile)]);
}

#[cfg(unix)]
#[test]
fn files_are_told_apart_by_what_they_are_not_by_what_is_shown() {
    use std::os::unix::ffi::OsStrExt as _;
    let project = TempProject::new()
        .file("real.py", USE)
        .file("far/real.py", format!("\n{USE}"))
        .file("far/away/x.txt", "")
        .file(r"n/caf\xE9.py", USE)
        .file("n/other.py", USE);
    let odd = std::ffi::OsStr::from_bytes(b"caf\xe9.py");
    let folder = project.path().join("n");
    std::fs::rename(folder.join("other.py"), folder.join(odd)).unwrap();
    link(&project, "far/away", "lnk");
    let found = report(&project, &["real.py", "lnk/../real.py", "./real.py", "lnk"]);
    let found: Vec<_> = found.findings.iter().map(|f| (f.path.as_str(), f.line)).collect();
    assert_eq!(found, [("lnk/../real.py", 3), ("real.py", 2)]);
    assert_eq!(report(&project, &["n", "real.py"]).summary.findings, 3);
}

#[test]
fn the_ending_of_a_file_is_read_in_any_case() {
    let project = TempProject::new().file("X.PY", USE);
    assert_eq!(paths(&report(&project, &["X.PY"])), ["X.PY"]);
}

#[test]
fn a_file_reached_twice_is_scanned_once() {
    let project = TempProject::new().file("a/b.py", USE).file("c.py", USE);
    let report = report(&project, &[".", "a", "./a/../a/b.py", "c.py"]);
    assert_eq!(paths(&report), ["a/b.py", "c.py"]);
    assert_eq!(report.summary.files, 2);
}

#[test]
fn a_path_outside_is_shown_absolute() {
    let project = TempProject::new().file("inside/a.py", "").file("outside/b.py", USE);
    let mut config = config(&project, &["../outside"]);
    let outside = config.root.join("outside/b.py");
    config.root.push("inside");
    assert_eq!(paths(&scan(&config).unwrap()), [outside.to_str().unwrap()]);
}

#[cfg(unix)]
#[test]
fn bad_paths_are_reported_and_the_scan_goes_on() {
    let project = TempProject::new().file("a.py", USE).file("sub/b.py", USE).file("text.md", "");
    link(&project, "nowhere.py", "broken.py");
    link(&project, "..", "sub/loop");
    link(&project, "self", "self");
    link(&project, "a.py", "good.py");
    let report = report(&project, &[".", "missing.py", "a.py/x", "broken.py", "text.md"]);
    assert_eq!(paths(&report), ["a.py", "sub/b.py"]);
    assert_eq!(
        problems(&report),
        [
            ("a.py/x", ProblemKind::NotFound),
            ("broken.py", ProblemKind::BrokenLink),
            ("missing.py", ProblemKind::NotFound),
            ("self", ProblemKind::LinkLoop),
            ("sub/loop", ProblemKind::LinkLoop),
            ("text.md", ProblemKind::UnknownLanguage),
        ]
    );
    assert!(report.has_errors());
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_that_cannot_be_read_is_an_error() {
    // A file of the process itself whose first page is never mapped: reading fails for every user.
    let project = TempProject::new().file("a.py", USE);
    link(&project, "/proc/self/mem", "memory.py");
    let report = report(&project, &["memory.py", "a.py"]);
    assert_eq!(paths(&report), ["a.py"]);
    assert_eq!(problems(&report), [("memory.py", ProblemKind::Unreadable)]);
    link(&project, "/proc/self/mem", "memory");
    let bare = self::report(&project, &["memory"]);
    assert_eq!(problems(&bare), [("memory", ProblemKind::Unreadable)]);
    let folder = TempProject::new();
    link(&folder, "/dev/null", "device.py");
    let report = self::report(&folder, &["device.py"]);
    assert_eq!(problems(&report), [("device.py", ProblemKind::Unreadable)]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_path_that_is_no_text_is_not_lost() {
    use std::os::unix::ffi::OsStrExt as _;
    let project = TempProject::new().file("a.py", USE);
    let name = std::ffi::OsStr::from_bytes(b"caf\xe9.py");
    std::fs::rename(project.path().join("a.py"), project.path().join(name)).unwrap();
    assert_eq!(paths(&report(&project, &["."])), [r"caf\xE9.py"]);
}

#[test]
fn every_encoding_keeps_the_offsets_of_the_file() {
    let project = TempProject::new()
        .file("bom.py", format!("\u{feff}{USE}"))
        .file("latin.py", b"# coding: latin-1\nimport uuid\n'\xe9'; uuid.uuid4()\n")
        .file("sjis.py", b"# coding: cp932\nimport uuid\n'\x95\x5c'; uuid.uuid4()\n")
        .file("sjis_hidden.py", b"# coding: cp932\nimport uuid\n'\x95\x5c uuid.uuid4()'\n")
        .file("bad.py", b"import uuid\n'\xff'; uuid.uuid4()\n")
        .file("unknown.py", b"# coding: klingon\nimport uuid\nuuid.uuid4()\n")
        .file("wide.py", b"\xff\xfei\0m\0p\0o\0r\0t\0");
    let report = report(&project, &["."]);
    let found: Vec<_> = report
        .findings
        .iter()
        .map(|found| (found.path.as_str(), found.line, found.column, found.byte_start))
        .collect();
    assert_eq!(
        found,
        [
            ("bad.py", 2, 6, 17),
            ("bom.py", 2, 5, 19),
            ("latin.py", 3, 6, 35),
            ("sjis.py", 3, 6, 34),
            ("unknown.py", 3, 1, 30),
        ]
    );
    assert_eq!(
        problems(&report),
        [
            ("bad.py", ProblemKind::Undecodable),
            ("unknown.py", ProblemKind::Undecodable),
            ("wide.py", ProblemKind::Undecodable),
        ]
    );
    assert!(!report.has_errors());
}

#[test]
fn the_report_does_not_depend_on_threads() {
    let mut project = TempProject::new();
    for number in 0..60 {
        project = project.file(&format!("d{}/f{number}.py", number % 7), USE.repeat(number % 5));
    }
    let mut config = config(&project, &["."]);
    let reports = [1, 2, 7].map(|threads| {
        config.threads = NonZeroUsize::new(threads);
        scan(&config).unwrap()
    });
    assert!(reports[0].summary.findings > 100);
    assert_eq!(reports[0], reports[1]);
    assert_eq!(reports[0], reports[2]);
}

#[test]
fn reports_are_put_together_in_any_order() {
    let config = Config::new("/", []);
    let report = |path: &str, lines: usize| {
        let text = format!("import uuid\n{}", "x = uuid.uuid4()\n".repeat(lines));
        id_scan::scan_text(&config, Path::new(path), text.as_bytes()).unwrap()
    };
    let [a, b, c] = [("a.py", 3), ("b/c.py", 1), ("b.py", 4)].map(|(path, n)| report(path, n));
    let whole = Report::merged([a.clone(), c.clone(), b.clone()]);
    assert_eq!(whole.summary.findings, 8);
    let places: Vec<_> = whole.findings.iter().map(|found| (&found.path, found.line)).collect();
    assert!(places.is_sorted(), "{places:?}");
    assert_eq!(Report::merged([c.clone(), b.clone(), a.clone()]), whole);
    assert_eq!(Report::merged([Report::merged([b, c]), a.clone()]), whole);
    // Parts of a file that come one by one, the last first.
    let (mut first, mut last) = (a.clone(), a.clone());
    first.findings.truncate(1);
    last.findings.drain(..1);
    let parts = Report::merged([last, report("b.py", 1), first]);
    assert_eq!(parts.findings[..3], a.findings);
}

#[test]
fn depth_costs_no_stack_and_length_no_square() {
    let deep = 100_000;
    for (open, close) in [
        ("(", ")"),
        ("[", ""),
        ("f(", ")"),
        ("{1: ", "}"),
        ("lambda: ", ""),
        ("[x for x in ", "]"),
        ("f'{", "}'"),
        ("f'''{", ""),
        ("f'{x:{", "}}'"),
        ("if x:\n", ""),
        ("uuid.uuid5(", ", 1)"),
        ("(((]", ""),
        ("'", "\n"),
        ("x = ", ""),
        ("(lambda x=", ": 1)"),
    ] {
        let text =
            format!("import uuid\n{}uuid.uuid4(){}\n", open.repeat(deep), close.repeat(deep));
        let config = Config::new("/", []);
        let report = id_scan::scan_text(&config, Path::new("deep.py"), text.as_bytes()).unwrap();
        assert!(report.summary.findings <= deep + 1, "`{open}`");
    }
}

#[test]
fn many_uses_cost_no_square() {
    // Minutes where a use costs a look at all the others, seconds where it does not: this test
    // ends by itself, and whoever makes it slow will notice.
    let many = 20_000;
    let lines = |line: &dyn Fn(usize) -> String| (0..many).map(line).collect::<String>();
    let nested = |open: &str, close: &str| open.repeat(many) + &close.repeat(many);
    let check = |text: String, expected: usize| {
        let text = format!("import uuid\n{text}\n");
        let config = Config::new("/", []);
        let report = id_scan::scan_text(&config, Path::new("many.py"), text.as_bytes()).unwrap();
        assert_eq!(report.summary.findings, expected, "{}", &text[..80]);
    };
    check(format!("f'{}'", lines(&|_| "{uuid.uuid4()}".to_owned())), many);
    check(lines(&|n| format!("import uuid as u{n}; u{n}.uuid4()\n")), many);
    check(nested("lambda: [uuid.uuid4(), ", "]"), many);
    check(nested("[[uuid.uuid4(), x] for x in [", "]]"), many);
    check(lines(&|_| "if x: uuid = 1\nuuid.uuid4()\n".to_owned()), many);
    check(lines(&|_| "(uuid := 1); uuid.uuid4()\n".to_owned()), many);
    check(lines(&|_| "import uuid; uuid.getnode()\n".to_owned()), 0);
    check(lines(&|_| "if x: uuid = 1\n".to_owned()) + &"uuid.uuid4()\n".repeat(many), many);
    check(lines(&|_| "def f():\n  global uuid\n  uuid = 1\n".to_owned()), 0);
    check(format!("x = {}", "uuid.uuid4() + ".repeat(many)), many);
    check(format!("x = f({})", "uuid.uuid4(), ".repeat(many)), many);
}

#[test]
fn a_note_never_fails_a_scan_and_every_problem_says_what_to_do() {
    let lines: Vec<_> = ProblemKind::iter()
        .map(|kind| {
            let (name, level): (&str, &str) = (kind.into(), kind.level().into());
            format!("{level} {name}\nhelp:  {}", kind.help())
        })
        .collect();
    assert!(ProblemKind::iter().any(|kind| kind.level() == Level::Note));
    let _guard = id_testkit::snapshots("errors").bind_to_scope();
    insta::assert_snapshot!("scan_problems", lines.join("\n"));
}

#[test]
fn a_scan_needs_a_root_and_a_path() {
    let kind = |root: &str, paths: &[&str]| {
        let config = Config::new(root, paths.iter().map(PathBuf::from));
        scan(&config).map(|_| ()).map_err(|error| error.kind())
    };
    assert_eq!(kind("relative", &["."]), Err(id_scan::ScanErrorKind::RelativeRoot));
    assert_eq!(kind("/", &[]), Err(id_scan::ScanErrorKind::NoPaths));
}

/// A text of more than 32 MB, most of it comments and strings, in which every kind of cut is met.
fn large() -> String {
    let filler = |bytes: usize| format!("#{}\n", "x".repeat(98)).repeat(bytes / 100);
    let mut text =
        "import uuid\nfrom uuid import (\n    uuid4 as new,\n)\nfirst_id = uuid.uuid4()\n"
            .to_owned();
    for part in 0..3 {
        text += &filler(3_000_000);
        writeln!(text, "a{part}_id = uuid.uuid4(); b = new  # \u{e4}").unwrap();
    }
    // A class that is longer than a window: its methods keep their names.
    text += "class Store:\n";
    for part in 0..3 {
        writeln!(text, "    def make_{part}(self, uuid=None):").unwrap();
        text += &filler(2_500_000);
        writeln!(text, "        run_id = new()\n        return uuid.uuid4(), run_id").unwrap();
    }
    // A list that is longer than a window.
    text += "values = [\n";
    for _ in 0..3 {
        text += &filler(2_500_000);
        text += "    uuid.uuid4(), (1, new()),\n";
    }
    text += "]\n";
    // A string that is longer than a window, on one line and on many.
    writeln!(text, "s = 'uuid.uuid4() {}'; c_id = uuid.uuid4()", "\u{e4}\\x41".repeat(900_000))
        .unwrap();
    writeln!(text, "s = f({:?}, \"\"\"", "x").unwrap();
    text += &"uuid.uuid4() is no use here\n".repeat(200_000);
    text +=
        "\"\"\", new())\nlast_id = str(uuid.uuid4())  # id-lint: allow[UID001] it is the last\n";
    text
}

#[test]
fn a_large_file_is_read_in_parts_and_says_the_same() {
    let text = large();
    assert!(text.len() > 33 << 20);
    let project = TempProject::new().file("large.py", &text);
    let config = config(&project, &["."]);
    let report = scan(&config).unwrap();
    let whole = id_scan::scan_text(&config, &project.path().join("large.py"), text.as_bytes());
    let places = |report: &Report| -> Vec<_> {
        let place = |found: &id_scan::Finding| {
            let span = (found.byte_start, found.byte_end, found.line, found.column);
            let names = (found.scope.clone(), found.target.clone(), found.rule.code());
            (span, (found.end_line, found.end_column), names, found.suppressed)
        };
        report.findings.iter().filter(|found| found.rule.code() < "UID009").map(place).collect()
    };
    let (expected, found) = (places(&whole.unwrap()), places(&report));
    assert!(expected.len() > 15);
    for (found, expected) in found.iter().zip(&expected) {
        // What stands before a list is not known behind a cut in it.
        let (found, expected) = (
            (found.0, found.1, &found.2.0, found.3),
            (expected.0, expected.1, &expected.2.0, expected.3),
        );
        assert_eq!(found, expected);
    }
    assert_eq!(found.len(), expected.len());
    assert_eq!(problems(&report), [("large.py", ProblemKind::InParts)]);
    assert_eq!((report.summary.files, report.summary.bytes), (1, text.len() as u64));
}

#[test]
fn a_large_file_keeps_its_encoding_and_one_without_uses_is_not_read_twice() {
    let mut latin = b"# coding: latin-1\nimport uuid\n".to_vec();
    latin.extend(b"#\xe4\xf6\xfc\n".repeat(33 << 18));
    latin.extend(b"'\xe4'; x = uuid.uuid4()\n");
    let project =
        TempProject::new().file("latin.py", latin).file("none.py", "#\n".repeat(17 << 20));
    let report = report(&project, &["."]);
    let places: Vec<_> = report.findings.iter().map(|found| (found.line, found.column)).collect();
    assert_eq!(places, [(2 + (33 << 18) + 1, 10)]);
    assert_eq!(problems(&report), [("latin.py", ProblemKind::InParts)]);
    assert_eq!(report.summary.files, 2);
}
