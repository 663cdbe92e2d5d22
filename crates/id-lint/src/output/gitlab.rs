//! A GitLab code quality report: a list of findings, each with a fingerprint of its own.
//!
//! <https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>

use std::collections::HashMap;
use std::io::Write;

use id_scan::Severity;
use serde_json::json;

use super::Shown;

/// Writes the list.
pub(crate) fn write(out: &mut impl Write, shown: &Shown<'_>) -> anyhow::Result<()> {
    // Equal findings of one function share a fingerprint, and GitLab drops all but one of such.
    let mut seen: HashMap<&str, usize> = HashMap::new();
    let issues: Vec<_> = shown
        .findings()
        .map(|found| {
            let number = seen.entry(&found.fingerprint).or_default();
            *number += 1;
            let fingerprint = match number {
                1 => found.fingerprint.clone(),
                number => format!("{}-{number}", found.fingerprint),
            };
            let severity = match found.severity {
                Severity::Error => "critical",
                Severity::Warning => "major",
                Severity::Info => "info",
            };
            json!({
                "description": format!("{}: {}", found.message, found.help),
                "check_name": format!("{} {}", found.rule.code(), found.name),
                "fingerprint": fingerprint,
                "severity": severity,
                "location": {
                    "path": found.path,
                    "lines": { "begin": found.line, "end": found.end_line },
                },
            })
        })
        .collect();
    serde_json::to_writer_pretty(&mut *out, &issues)?;
    writeln!(out)?;
    Ok(())
}
