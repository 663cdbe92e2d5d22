//! Reviewdog diagnostics, whose columns count bytes of UTF-8.
//!
//! <https://github.com/reviewdog/reviewdog/tree/master/proto/rdf>

use std::io::Write;

use id_scan::{Finding, Severity};
use serde_json::{Value, json};

use super::Shown;

/// Writes the result object.
pub(crate) fn write(out: &mut impl Write, shown: &Shown<'_>) -> anyhow::Result<()> {
    let diagnostics: Vec<_> = shown.by_weight().into_iter().map(diagnostic).collect();
    let result = json!({
        "source": { "name": "id-lint" },
        "severity": "WARNING",
        "diagnostics": diagnostics,
    });
    serde_json::to_writer_pretty(&mut *out, &result)?;
    writeln!(out)?;
    Ok(())
}

fn diagnostic(found: &Finding) -> Value {
    let mut start = json!({ "line": found.line });
    let excerpt = &found.excerpt;
    let mut range = json!({ "start": start });
    // Of a line that is too long to be kept whole, the bytes before are not known.
    if !excerpt.cut_before {
        start["column"] = json!(excerpt.mark.start + 1);
        range = json!({ "start": start });
        if found.line == found.end_line {
            range["end"] = json!({ "line": found.line, "column": excerpt.mark.end + 1 });
        }
    }
    let severity = match found.severity {
        Severity::Error => "ERROR",
        Severity::Warning => "WARNING",
        Severity::Info => "INFO",
    };
    json!({
        "message": format!("{}: {}\nhelp: {}", found.name, found.message, found.help),
        "location": { "path": found.path, "range": range },
        "severity": severity,
        "code": { "value": found.rule.code() },
    })
}
