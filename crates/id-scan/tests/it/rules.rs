//! The rules beside the uuid rules, line by line: what each finds, and what it leaves alone.

use std::path::Path;

use id_scan::{Config, RuleId, Scanner};
use strum::IntoEnumIterator as _;

const CODE: &str = include_str!("../data/rules.py.txt");

/// The codes that a line says it has.
fn said(line: &str) -> Vec<&str> {
    line.split_once("  # error: ").map_or(Vec::new(), |(_, codes)| codes.split(", ").collect())
}

#[test]
fn every_line_has_the_findings_that_it_says() {
    let config = Config::new("/", []);
    let report = Scanner::new(&config).scan_text(Path::new("a.py"), CODE.as_bytes()).unwrap();
    let mut wrong = Vec::new();
    for (number, line) in (1..).zip(CODE.lines()) {
        let found = report.findings.iter().filter(|found| found.line == number);
        let found: Vec<_> = found.map(|found| found.rule.code()).collect();
        if found != said(line) {
            wrong.push(format!("{number}: {found:?}: {line}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(report.errors.is_empty(), "{:?}", report.errors);
}

/// What is found in a line must not hang on needles elsewhere: each line with its own context only.
#[test]
fn a_line_is_found_alone_too() {
    let config = Config::new("/", []);
    let scanner = Scanner::new(&config);
    let imports: Vec<_> = CODE
        .lines()
        .filter(|line| line.starts_with("import ") || line.starts_with("from "))
        .collect();
    let alone = |rule: RuleId| {
        matches!(
            rule.code(),
            "UID005" | "UID006" | "UID007" | "UID010" | "UID011" | "UID013" | "UID017"
        )
    };
    let mut wrong = Vec::new();
    // The modules that pass the prefilter by themselves are left out.
    let harmless = |line: &&&str| {
        ["hashlib", "datetime", "from random"].iter().any(|word| line.contains(word))
    };
    let imports: Vec<_> =
        imports.iter().filter(harmless).map(|line| line.replace(", uuid", "")).collect();
    for line in CODE.lines().filter(|line| !line.starts_with(' ')) {
        let codes = said(line);
        let expected: Vec<_> = RuleId::iter()
            .filter(|rule| alone(*rule) && codes.contains(&rule.code()))
            .map(RuleId::code)
            .collect();
        if expected.len() != codes.len() || line.contains("uuid.uuid") {
            continue;
        }
        let text = format!("{}\n{line}\n", imports.join("\n"));
        let report = scanner.scan_text(Path::new("a.py"), text.as_bytes()).unwrap();
        let found: Vec<_> = report.findings.iter().map(|found| found.rule.code()).collect();
        if found != codes {
            wrong.push(format!("{found:?}: {line}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_rule_that_is_off_finds_nothing_and_a_severity_can_be_set() {
    let mut config = Config::new("/", []);
    config.rules.off = RuleId::iter().filter(|rule| *rule != RuleId::TimeBuiltId).collect();
    config.rules.severities.insert(RuleId::TimeBuiltId, id_scan::Severity::Error);
    let report = Scanner::new(&config).scan_text(Path::new("a.py"), CODE.as_bytes()).unwrap();
    assert!(report.findings.len() > 5);
    assert!(report.findings.iter().all(
        |found| found.rule == RuleId::TimeBuiltId && found.severity == id_scan::Severity::Error
    ));
}

#[test]
fn a_rule_is_found_by_code_and_by_name() {
    for rule in RuleId::iter() {
        assert_eq!(RuleId::find(rule.code()), Some(rule));
        assert_eq!(RuleId::find(rule.name()), Some(rule));
    }
    assert_eq!(RuleId::find("UID000"), None);
}
