//! `JUnit` XML: a suite for each file, a case for each finding. What only informs is a case that
//! passes; what could not be scanned is an error; a clean tree is one case that passes.

use std::collections::BTreeMap;
use std::io::{self, Write};

use id_scan::{Finding, Level, Problem, Severity};

use super::Shown;
use super::escape::xml;

/// Writes the document.
pub(crate) fn write(out: &mut impl Write, shown: &Shown<'_>) -> io::Result<()> {
    let mut suites: BTreeMap<&str, (Vec<&Finding>, Vec<&Problem>)> = BTreeMap::new();
    for found in shown.findings() {
        suites.entry(&found.path).or_default().0.push(found);
    }
    for problem in shown.report.errors.iter().filter(|problem| problem.level == Level::Error) {
        suites.entry(&problem.path).or_default().1.push(problem);
    }
    let failures = |found: &[&Finding]| found.iter().filter(|found| found.counts()).count();
    let all: Vec<_> = shown.findings().collect();
    let errors: usize = suites.values().map(|(_, problems)| problems.len()).sum();
    let tests = (all.len() + errors).max(1);
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(
        out,
        "<testsuites name=\"id-lint\" tests=\"{tests}\" failures=\"{}\" errors=\"{errors}\" time=\"0\">",
        failures(&all),
    )?;
    if suites.is_empty() {
        writeln!(
            out,
            "  <testsuite name=\"id-lint\" tests=\"1\" failures=\"0\" errors=\"0\" skipped=\"0\" time=\"0\">"
        )?;
        writeln!(out, "    <testcase name=\"no findings\" classname=\"id-lint\" time=\"0\"/>")?;
        writeln!(out, "  </testsuite>")?;
    }
    for (path, (found, problems)) in &suites {
        let path = xml(path);
        writeln!(
            out,
            "  <testsuite name=\"{path}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"0\" time=\"0\">",
            found.len() + problems.len(),
            failures(found),
            problems.len(),
        )?;
        for found in found {
            case(out, &path, found)?;
        }
        for problem in problems {
            let kind: &str = problem.kind.into();
            writeln!(out, "    <testcase name=\"{kind}\" classname=\"{path}\" time=\"0\">")?;
            writeln!(
                out,
                "      <error type=\"{kind}\" message=\"{}\">{}</error>",
                xml(&problem.message),
                xml(problem.help)
            )?;
            writeln!(out, "    </testcase>")?;
        }
        writeln!(out, "  </testsuite>")?;
    }
    writeln!(out, "</testsuites>")
}

fn case(out: &mut impl Write, path: &str, found: &Finding) -> io::Result<()> {
    let (line, column) = (found.line, found.column);
    let name = xml(&format!("{} {} at {line}:{column}", found.rule.code(), found.name));
    writeln!(
        out,
        "    <testcase name=\"{name}\" classname=\"{path}\" file=\"{path}\" line=\"{line}\" time=\"0\">"
    )?;
    let text = xml(&format!(
        "{}:{line}:{column}: {}\nhelp: {}\n{}",
        found.path,
        found.message,
        found.help,
        found.excerpt.text.trim()
    ));
    if found.severity == Severity::Info {
        writeln!(out, "      <system-out>{text}</system-out>")?;
    } else {
        let (code, message) = (found.rule.code(), xml(&found.message));
        writeln!(out, "      <failure type=\"{code}\" message=\"{message}\">{text}</failure>")?;
    }
    writeln!(out, "    </testcase>")
}
