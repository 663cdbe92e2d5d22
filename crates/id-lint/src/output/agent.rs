//! One line for each finding, with what to do: for agents and other readers of lines.
//!
//! `path:line:column: severity UID001 message; what to do [enclosing function]`

use std::io::{self, Write};

use id_scan::Finding;

use super::Shown;
use super::escape::printable;
use super::text::plural;

/// Writes the findings, and one line of numbers.
pub(crate) fn write(out: &mut impl Write, shown: &Shown<'_>) -> io::Result<()> {
    for found in shown.findings() {
        finding(out, found)?;
    }
    let summary = &shown.report.summary;
    let found = plural(summary.findings, "finding", "findings");
    write!(out, "{found} in {}", plural(summary.files, "file", "files"))?;
    let problems = shown.report.errors.len();
    if problems > 0 {
        write!(out, ", {} on standard error", plural(problems, "problem", "problems"))?;
    }
    writeln!(out)
}

/// Writes one finding.
pub(crate) fn finding(out: &mut impl Write, found: &Finding) -> io::Result<()> {
    let severity: &str = found.severity.into();
    let scope = found.scope.as_deref().map_or_else(String::new, |scope| format!(" [{scope}]"));
    let text = format!(
        "{}:{}:{}: {severity} {} {}; {}{scope}",
        found.path,
        found.line,
        found.column,
        found.rule.code(),
        found.message,
        found.help,
    );
    writeln!(out, "{}", printable(&text))
}
