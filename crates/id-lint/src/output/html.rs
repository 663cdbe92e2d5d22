//! The report as one page that needs nothing else: no network, no other file.

use std::io::{self, Write};

use id_scan::{Finding, Level};

use super::Shown;
use super::escape::xml;
use super::text::plural;

const STYLE: &str = include_str!("html/style.css");
const SCRIPT: &str = include_str!("html/script.js");

/// Writes the page.
pub(crate) fn write(out: &mut impl Write, shown: &Shown<'_>) -> io::Result<()> {
    let summary = &shown.report.summary;
    let found = plural(summary.findings, "finding", "findings");
    let scanned = plural(summary.files, "file", "files");
    writeln!(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">")?;
    writeln!(out, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")?;
    writeln!(out, "<title>id-lint: {found}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>")?;
    writeln!(out, "<h1>{found} <small>in {scanned}</small></h1>")?;
    let mut besides = Vec::new();
    if let Some(baseline) = &shown.baseline {
        besides.push(format!("{} known to {}", shown.known, xml(baseline)));
    }
    if shown.allowed() > 0 {
        besides.push(format!("{} allowed by comments", shown.allowed()));
    }
    if shown.left_out > 0 {
        besides
            .push(format!("{} left out", plural(shown.left_out, "changed file", "changed files")));
    }
    besides.extend(shown.remarks.iter().map(|remark| xml(remark)));
    if !besides.is_empty() {
        writeln!(out, "<p>{}</p>", besides.join("; "))?;
    }
    writeln!(out, "<div class=\"numbers\">")?;
    let rules = summary.by_rule.iter().map(|(code, count)| ((*code).to_owned(), *count));
    bars(out, "Rule", rules.collect())?;
    let owned = |map: &std::collections::BTreeMap<String, usize>| {
        map.iter().map(|(name, count)| (name.clone(), *count)).collect()
    };
    bars(out, "Category", owned(&summary.by_category))?;
    bars(out, "Service", owned(&summary.by_service))?;
    writeln!(out, "</div>")?;
    if summary.findings > 0 {
        writeln!(
            out,
            "<p><input id=\"filter\" type=\"search\" placeholder=\"filter by path, rule, function\" aria-label=\"filter\"> <span id=\"count\"></span></p>"
        )?;
        writeln!(
            out,
            "<table>\n<thead><tr><th>Place</th><th>Rule</th><th>Priority</th><th>Code</th></tr></thead>\n<tbody>"
        )?;
        for found in shown.by_weight() {
            row(out, found)?;
        }
        writeln!(out, "</tbody>\n</table>")?;
    }
    if !shown.report.errors.is_empty() {
        writeln!(out, "<h2>Not scanned, or not with certainty</h2>\n<ul>")?;
        for problem in &shown.report.errors {
            let level = if problem.level == Level::Error { "error" } else { "info" };
            let line = problem.line.map_or_else(String::new, |line| format!(":{line}"));
            let (path, message, help) =
                (xml(&problem.path), xml(&problem.message), xml(problem.help));
            writeln!(
                out,
                "<li class=\"{level}\"><code>{path}{line}</code> {message}; {help}</li>"
            )?;
        }
        writeln!(out, "</ul>")?;
    }
    writeln!(out, "<script>\n{SCRIPT}</script>\n</body>\n</html>")
}

/// A list of names, each with a bar as long as its share of the largest number.
fn bars(out: &mut impl Write, title: &str, mut rows: Vec<(String, usize)>) -> io::Result<()> {
    let Some(most) = rows.iter().map(|(_, count)| *count).max() else { return Ok(()) };
    rows.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    writeln!(out, "<section><h2>{title}</h2>")?;
    for (name, count) in rows {
        let share = count * 100 / most.max(1);
        writeln!(
            out,
            "<div class=\"bar\"><span>{}</span><i style=\"width:{share}%\"></i><b>{count}</b></div>",
            xml(&name)
        )?;
    }
    writeln!(out, "</section>")
}

fn row(out: &mut impl Write, found: &Finding) -> io::Result<()> {
    let severity: &str = found.severity.into();
    let priority: &str = found.priority.into();
    let excerpt = &found.excerpt;
    let piece = |range: std::ops::Range<usize>| xml(excerpt.text.get(range).unwrap_or_default());
    let (before, marked, after) = (
        piece(0..excerpt.mark.start),
        piece(excerpt.mark.clone()),
        piece(excerpt.mark.end..excerpt.text.len()),
    );
    let tests = if found.in_test { " <small>test</small>" } else { "" };
    let scope = found
        .scope
        .as_deref()
        .map_or_else(String::new, |scope| format!("<br><small>{}</small>", xml(scope)));
    writeln!(
        out,
        "<tr class=\"{severity}\"><td><code>{}:{}:{}</code>{tests}{scope}</td>",
        xml(&found.path),
        found.line,
        found.column
    )?;
    writeln!(
        out,
        "<td><b>{}</b> {}<br><small>{severity}</small></td><td>{priority}</td>",
        found.rule.code(),
        found.name
    )?;
    writeln!(
        out,
        "<td><pre>{}<mark>{marked}</mark>{}</pre>{}<br><small>{}</small></td></tr>",
        before.trim_start(),
        after.trim_end(),
        xml(&found.message),
        xml(&found.help),
    )
}
