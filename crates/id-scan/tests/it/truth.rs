//! The truth cases: what is a use and what is not, each in a few lines with the uses marked.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use id_scan::{Config, RuleId, Scanner, UseKind, scan_text};
use strum::IntoEnumIterator as _;

use crate::oracle::{Table, ask, scan};
use crate::packages;

const PYTHON: &str = include_str!("../data/python.txt");

/// The languages besides Python: the endings of their files, their names, and their cases.
const OTHERS: &[(&str, &str, &str)] = &[
    ("ipynb", "notebook", NOTEBOOK),
    ("sh", "shell", include_str!("../data/shell.txt")),
    ("ps1", "powershell", include_str!("../data/powershell.txt")),
    ("tf", "terraform", include_str!("../data/terraform.txt")),
    ("js", "javascript", include_str!("../data/javascript.txt")),
    ("go", "go", include_str!("../data/go.txt")),
    ("java", "java", include_str!("../data/java.txt")),
    ("sql", "sql", include_str!("../data/sql.txt")),
    ("cs", "csharp", include_str!("../data/csharp.txt")),
    ("rs", "rust", include_str!("../data/rust.txt")),
    ("kt", "kotlin", include_str!("../data/kotlin.txt")),
    ("rb", "ruby", include_str!("../data/ruby.txt")),
    ("php", "php", include_str!("../data/php.txt")),
];

const NOTEBOOK: &str = include_str!("../data/notebook.txt");

/// How many cases a language needs.
const ENOUGH: usize = 60;

#[derive(Debug)]
struct Case {
    name: String,
    flags: Vec<String>,
    text: String,
    /// First byte, byte after the last, whether it is a call.
    uses: BTreeSet<(usize, usize, bool)>,
}

fn cases() -> Vec<Case> {
    read(PYTHON)
}

fn read(cases: &str) -> Vec<Case> {
    let parts = cases.split("\n=== ").skip(1);
    parts
        .map(|part| {
            let (title, body) = part.split_once('\n').unwrap();
            let mut words = title.split(" | ").map(str::to_owned);
            let name = words.next().unwrap();
            let (text, uses) = unmarked(&format!("{body}\n"));
            Case { name, flags: words.collect(), text, uses }
        })
        .collect()
}

/// Takes the marks out of a text.
fn unmarked(marked: &str) -> (String, BTreeSet<(usize, usize, bool)>) {
    let (mut text, mut open, mut uses) = (String::new(), Vec::new(), BTreeSet::new());
    for c in marked.chars() {
        match c {
            '\u{ab}' | '\u{2039}' => open.push(text.len()),
            '\u{bb}' | '\u{203a}' => {
                uses.insert((open.pop().expect("a mark is opened"), text.len(), c == '\u{bb}'));
            }
            other => text.push(other),
        }
    }
    assert!(open.is_empty(), "a mark is not closed in:\n{marked}");
    (text, uses)
}

#[test]
fn every_truth_case_holds() {
    let cases = cases();
    assert!(cases.len() >= 60, "{} cases", cases.len());
    let mut wrong = Vec::new();
    for case in &cases {
        let found = scan(&Table::uuid(), Path::new("case.py"), case.text.as_bytes());
        let found: BTreeSet<_> = found.iter().map(|found| (found.0, found.1, found.2)).collect();
        for place in found.symmetric_difference(&case.uses) {
            let side = if found.contains(place) { "wrong" } else { "missed" };
            wrong.push(format!(
                "{}: {side} `{}` at {place:?}",
                case.name,
                &case.text[place.0..place.1]
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The whole table of modules must not change what a name means: `uuid7` is a package too.
#[test]
fn every_truth_case_holds_among_all_modules() {
    let mut config = Config::new("/", []);
    let uses = [
        RuleId::RawUuidCall,
        RuleId::RawUuidReference,
        RuleId::TruncatedUuid,
        RuleId::DeterministicUuid,
    ];
    config.rules.off = RuleId::iter().filter(|rule| !uses.contains(rule)).collect();
    let scanner = Scanner::new(&config);
    for case in cases() {
        let report = scanner.scan_text(Path::new("case.py"), case.text.as_bytes()).unwrap();
        let found: BTreeSet<_> = report
            .findings
            .iter()
            .map(|found| (found.byte_start, found.byte_end, found.kind == UseKind::Call))
            .collect();
        assert_eq!(found, case.uses, "{}", case.name);
    }
}

#[test]
fn every_truth_case_of_the_other_languages_holds() {
    let mut config = Config::new("/", []);
    config.rules.off.push(RuleId::LocalIdGenerator);
    let scanner = Scanner::new(&config);
    let mut wrong = Vec::new();
    let listed = packages::languages();
    for &(language, full_name, text) in OTHERS {
        let cases = read(text);
        assert!(cases.len() >= ENOUGH, "{full_name}: {} cases", cases.len());
        let doubtful = (!listed.contains(full_name)).then_some(full_name);
        for case in &cases {
            let flagged = |flag: &str| case.flags.iter().any(|known| known == flag);
            let ending = ["ts", "tsx"].into_iter().find(|known| flagged(known)).unwrap_or(language);
            let name = format!("case.{ending}");
            let report = scanner.scan_text(Path::new(&name), case.text.as_bytes()).unwrap();
            let found: BTreeSet<_> = report
                .findings
                .iter()
                .map(|found| (found.byte_start, found.byte_end, found.kind == UseKind::Call))
                .collect();
            let told = report.findings.iter().all(|found| found.experimental == doubtful);
            assert!(told, "{full_name} is experimental exactly without a package that was read");
            for place in found.symmetric_difference(&case.uses) {
                let side = if found.contains(place) { "wrong" } else { "missed" };
                let text = &case.text[place.0..place.1];
                wrong.push(format!("{language}: {}: {side} `{text}` at {place:?}", case.name));
            }
            if report.errors.is_empty() == flagged("broken") {
                wrong.push(format!("{language}: {}: {:?}", case.name, report.errors));
            }
            let unbound =
                report.findings.iter().any(|found| found.message.contains("nothing in this file"));
            if unbound != flagged("unbound") {
                wrong.push(format!("{language}: {}: unbound {unbound}", case.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_truth_is_what_python_says() {
    let cases = cases();
    let folder = tempfile::tempdir().unwrap();
    let files: Vec<PathBuf> = cases
        .iter()
        .enumerate()
        .map(|(number, case)| {
            let path = folder.path().join(format!("{number:03}.py"));
            std::io::Write::write_all(
                &mut std::fs::File::create(&path).unwrap(),
                case.text.as_bytes(),
            )
            .unwrap();
            path
        })
        .collect();
    let answers = ask(&Table::uuid(), &files);
    let mut wrong = Vec::new();
    for (case, file) in cases.iter().zip(&files) {
        let broken = case.flags.iter().any(|flag| flag == "broken");
        let newer = case.flags.iter().any(|flag| flag.starts_with("needs 3."));
        match &answers[file] {
            Err(error) if !broken && !newer => wrong.push(format!("{}: {error}", case.name)),
            Err(_) => {}
            Ok(_) if broken => wrong.push(format!("{}: is not broken", case.name)),
            Ok(found) => {
                let found: BTreeSet<_> =
                    found.iter().map(|use_| (use_.0, use_.1, use_.2)).collect();
                if found != case.uses {
                    wrong.push(format!("{}: {found:?}, not {:?}", case.name, case.uses));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn broken_files_get_a_note_and_whole_ones_none() {
    let config = Config::new("/", []);
    let mut wrong = Vec::new();
    for case in cases() {
        let broken = case.flags.iter().any(|flag| flag == "broken");
        let report = scan_text(&config, Path::new("case.py"), case.text.as_bytes()).unwrap();
        if report.errors.is_empty() == broken {
            wrong.push(format!("{}: {:?}", case.name, report.errors));
        }
        assert!(!report.has_errors(), "{}: a note is no error", case.name);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn an_unbound_name_is_said_to_be_unbound() {
    let config = Config::new("/", []);
    for case in cases() {
        let unbound = case.flags.iter().any(|flag| flag == "unbound");
        let report = scan_text(&config, Path::new("case.py"), case.text.as_bytes()).unwrap();
        let said =
            report.findings.iter().any(|found| found.message.contains("nothing in this file"));
        assert_eq!(said, unbound, "{}", case.name);
    }
}

#[test]
fn the_code_of_a_notebook_is_one_text() {
    let cases = read(NOTEBOOK);
    let case = cases.iter().find(|case| case.name == "cells of every kind").unwrap();
    let (text, uses) = (&case.text, &case.uses);
    let config = Config::new("/", []);
    let report = scan_text(&config, Path::new("a.ipynb"), text.as_bytes()).unwrap();
    let place =
        |found: &id_scan::Finding| (found.byte_start, found.byte_end, found.kind == UseKind::Call);
    let found: BTreeSet<_> = report.findings.iter().map(place).collect();
    assert_eq!(&found, uses, "{:#?}", report.findings);
    let notes: Vec<_> = report
        .findings
        .iter()
        .map(|found| (found.line, found.message.rsplit_once(" (").unwrap().1))
        .collect();
    let expected = [
        (8, "cell 2, line 5)"),
        (11, "cell 4, line 2)"),
        (11, "cell 4, line 3)"),
        (13, "cell 6, line 4)"),
    ];
    assert_eq!(notes, expected);
    let other = text.replace("\"python\"", "\"julia\"");
    let report = scan_text(&config, Path::new("a.ipynb"), other.as_bytes()).unwrap();
    assert!(report.findings.is_empty(), "cells of another language are left out");
}

#[test]
fn a_broken_notebook_is_read_as_far_as_it_goes() {
    let config = Config::new("/", []);
    let whole =
        r#"{"cells": [{"cell_type": "code", "source": ["import uuid\n", "uuid.uuid4()\n"]}]}"#;
    for end in 0..whole.len() {
        let report = scan_text(&config, Path::new("a.ipynb"), &whole.as_bytes()[..end]).unwrap();
        assert!(report.findings.len() <= 1);
    }
}
