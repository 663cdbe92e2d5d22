//! Annotations of a GitHub workflow: commands on lines of the log.
//!
//! GitHub shows ten of each level for a step, so what counts most comes first.
//! <https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions>

use std::io::{self, Write};

use id_scan::{Level, Severity};

use super::Shown;

/// Writes a command for each finding and each problem.
pub(crate) fn write(out: &mut impl Write, shown: &Shown<'_>) -> io::Result<()> {
    for found in shown.by_weight() {
        let level = match found.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "notice",
        };
        write!(
            out,
            "::{level} file={},line={},endLine={}",
            property(&found.path),
            found.line,
            found.end_line
        )?;
        // Columns of different lines are not understood.
        if found.line == found.end_line {
            write!(out, ",col={},endColumn={}", found.column, found.end_column)?;
        }
        let title = format!("{} {}", found.rule.code(), found.name);
        let message = format!("{}\nhelp: {}", found.message, found.help);
        writeln!(out, ",title={}::{}", property(&title), data(&message))?;
    }
    for problem in &shown.report.errors {
        let level = match problem.level {
            Level::Error => "error",
            Level::Note => "notice",
        };
        write!(out, "::{level} file={}", property(&problem.path))?;
        if let (Some(line), Some(column)) = (problem.line, problem.column) {
            write!(out, ",line={line},col={column}")?;
        }
        let message = format!("{}\nhelp: {}", problem.message, problem.help);
        writeln!(out, ",title=id-lint::{}", data(&message))?;
    }
    Ok(())
}

/// The text of a command, which ends with its line.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A value among the properties of a command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
