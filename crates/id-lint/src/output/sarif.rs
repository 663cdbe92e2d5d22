//! SARIF 2.1.0, for code scanning. Findings outside tests come first: viewers show only so many.
//!
//! <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>

use std::io::Write;

use id_scan::{Applicability, Finding, Level, Problem, RuleId, Severity, Suppression};
use serde_json::{Value, json};

use super::Shown;
use super::escape::uri;
use crate::commands::explain;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// Writes the log of one run.
pub(crate) fn write(out: &mut impl Write, shown: &Shown<'_>) -> anyhow::Result<()> {
    let rules: Vec<_> = RuleId::all().map(rule).collect();
    let findings = shown.all_by_weight();
    let has_baseline = shown.baseline.is_some();
    let results: Vec<_> = findings.into_iter().map(|found| result(found, has_baseline)).collect();
    let notifications: Vec<_> = shown.report.errors.iter().map(notification).collect();
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "id-lint",
                "version": env!("CARGO_PKG_VERSION"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": {
                "%SRCROOT%": { "description": { "text": "The working directory of the scan." } },
            },
            "invocations": [{
                "executionSuccessful": !shown.report.has_errors(),
                "toolExecutionNotifications": notifications,
            }],
            "results": results,
        }],
    });
    serde_json::to_writer_pretty(&mut *out, &log)?;
    writeln!(out)?;
    Ok(())
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

fn rule(rule: RuleId) -> Value {
    json!({
        "id": rule.code(),
        "name": rule.name(),
        "shortDescription": { "text": rule.summary() },
        "help": { "text": explain::page(rule), "markdown": explain::page(rule) },
        "defaultConfiguration": { "level": level(rule.severity()) },
        "properties": { "tags": ["ids"], "precision": "very-high" },
    })
}

fn location(path: &str) -> Value {
    if path.starts_with('/') {
        json!({ "uri": format!("file://{}", uri(path)) })
    } else {
        json!({ "uri": uri(path), "uriBaseId": "%SRCROOT%" })
    }
}

fn result(found: &Finding, has_baseline: bool) -> Value {
    let index = RuleId::all().position(|rule| rule == found.rule);
    let priority: &str = found.priority.into();
    let mut place = json!({
        "physicalLocation": {
            "artifactLocation": location(&found.path),
            "region": {
                "startLine": found.line,
                "startColumn": found.column,
                "endLine": found.end_line,
                "endColumn": found.end_column,
                "byteOffset": found.byte_start,
                "byteLength": found.byte_end - found.byte_start,
                "snippet": { "text": found.excerpt.text },
            },
        },
    });
    if let Some(scope) = &found.scope {
        place["logicalLocations"] = json!([{ "fullyQualifiedName": scope }]);
    }
    let mut result = json!({
        "ruleId": found.rule.code(),
        "ruleIndex": index,
        "level": level(found.severity),
        "message": { "text": format!("{}. {}", found.message, found.help) },
        "locations": [place],
        "partialFingerprints": { "idLint/v1": found.fingerprint },
        "properties": {
            "priority": priority,
            "category": found.category,
            "service": found.service,
            "idKind": found.id_kind,
            "inTest": found.in_test,
        },
    });
    match &found.suppression {
        Some(Suppression::Comment(reason)) => {
            result["suppressions"] =
                json!([{ "kind": "inSource", "status": "accepted", "justification": reason }]);
        }
        Some(Suppression::Known) => {
            let reason = "The baseline knows it.";
            result["suppressions"] =
                json!([{ "kind": "external", "status": "accepted", "justification": reason }]);
        }
        None => {}
    }
    if has_baseline {
        let is_known = found.suppression == Some(Suppression::Known);
        result["baselineState"] = json!(if is_known { "unchanged" } else { "new" });
    }
    if let Some(fix) =
        found.fix.as_ref().filter(|fix| fix.applicability != Applicability::DisplayOnly)
    {
        let replacements: Vec<_> = fix.edits.iter().map(|edit| json!({
            "deletedRegion": { "byteOffset": edit.byte_start, "byteLength": edit.byte_end - edit.byte_start },
            "insertedContent": { "text": edit.text },
        })).collect();
        let change =
            json!({ "artifactLocation": location(&found.path), "replacements": replacements });
        result["fixes"] =
            json!([{ "description": { "text": found.help }, "artifactChanges": [change] }]);
    }
    result
}

fn notification(problem: &Problem) -> Value {
    let kind: &str = problem.kind.into();
    let mut place = json!({ "artifactLocation": location(&problem.path) });
    if let (Some(line), Some(column)) = (problem.line, problem.column) {
        place["region"] = json!({ "startLine": line, "startColumn": column });
    }
    json!({
        "level": if problem.level == Level::Error { "error" } else { "note" },
        "descriptor": { "id": kind },
        "message": { "text": format!("{}. {}", problem.message, problem.help) },
        "locations": [{ "physicalLocation": place }],
    })
}
