//! The report for the summary of a job, or a comment: numbers, then the findings that count most.

use std::collections::BTreeMap;
use std::io::{self, Write};

use id_scan::{Level, RuleId};

use super::Shown;
use super::escape::{markdown, markdown_code};
use super::text::plural;

/// How many findings are listed: the summary of a job takes 1 MiB, and nobody reads more.
const LISTED: usize = 200;

/// Writes the page.
pub(crate) fn write(out: &mut impl Write, shown: &Shown<'_>) -> io::Result<()> {
    let summary = &shown.report.summary;
    let new = if shown.baseline.is_some() || shown.is_change { "new " } else { "" };
    let scanned = plural(summary.files, "file", "files");
    if summary.files == 0 {
        writeln!(out, "## id-lint: nothing was scanned\n")?;
    } else if summary.findings == 0 {
        writeln!(out, "## id-lint: no {new}findings in {scanned}\n")?;
    } else {
        let found = plural(summary.findings, &format!("{new}finding"), &format!("{new}findings"));
        writeln!(out, "## id-lint: {found} in {scanned}\n")?;
    }
    let mut besides = Vec::new();
    if let Some(baseline) = &shown.baseline {
        besides.push(format!("{} known to {}", shown.known, markdown_code(baseline)));
    }
    let allowed = shown.allowed();
    if allowed > 0 {
        besides.push(format!("{allowed} allowed by comments"));
    }
    if shown.left_out > 0 {
        besides
            .push(format!("{} left out", plural(shown.left_out, "changed file", "changed files")));
    }
    for (level, what) in [(Level::Error, "could not be scanned"), (Level::Note, "with a note")] {
        let count = shown.report.errors.iter().filter(|problem| problem.level == level).count();
        if count > 0 {
            besides.push(format!("{} {what}", plural(count, "place", "places")));
        }
    }
    if !besides.is_empty() {
        writeln!(out, "Besides: {}.\n", besides.join(", "))?;
    }
    for remark in &shown.remarks {
        writeln!(out, "{}.\n", markdown(remark))?;
    }
    if summary.findings > 0 {
        numbers(out, shown)?;
        findings(out, shown)?;
    }
    let errors = shown.report.errors.iter().filter(|problem| problem.level == Level::Error);
    let errors: Vec<_> = errors.collect();
    if !errors.is_empty() {
        writeln!(out, "### Not scanned\n")?;
        for problem in errors.iter().take(LISTED) {
            writeln!(out, "- {}: {}", markdown_code(&problem.path), markdown(&problem.message))?;
        }
        if errors.len() > LISTED {
            writeln!(out, "- and {} more", errors.len() - LISTED)?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn numbers(out: &mut impl Write, shown: &Shown<'_>) -> io::Result<()> {
    writeln!(out, "| rule | findings | in tests |\n|---|---:|---:|")?;
    for (code, count) in &shown.report.summary.by_rule {
        let tests = shown.findings().filter(|found| found.rule.code() == *code && found.in_test);
        let name = RuleId::find(code).map_or("", RuleId::name);
        writeln!(out, "| {code} {name} | {count} | {} |", tests.count())?;
    }
    writeln!(out)?;
    let mut priorities: BTreeMap<_, usize> = BTreeMap::new();
    for found in shown.findings() {
        *priorities.entry(found.priority).or_default() += 1;
    }
    let named = priorities.iter().map(|(priority, count)| {
        let priority: &str = (*priority).into();
        (priority, *count)
    });
    let summary = &shown.report.summary;
    let pairs = |map: &BTreeMap<String, usize>| {
        let pairs = map.iter().map(|(name, count)| format!("{} {count}", markdown(name)));
        pairs.collect::<Vec<_>>().join(", ")
    };
    let priorities: Vec<_> = named.map(|(name, count)| format!("{name} {count}")).collect();
    writeln!(
        out,
        "By priority: {}. By category: {}.",
        priorities.join(", "),
        pairs(&summary.by_category)
    )?;
    if !summary.by_service.is_empty() {
        writeln!(out, "By service: {}.", pairs(&summary.by_service))?;
    }
    writeln!(out)
}

fn findings(out: &mut impl Write, shown: &Shown<'_>) -> io::Result<()> {
    let findings = shown.by_weight();
    writeln!(out, "| place | rule | code | instead |\n|---|---|---|---|")?;
    for found in findings.iter().take(LISTED) {
        let place = markdown_code(&format!("{}:{}", found.path, found.line));
        let severity: &str = found.severity.into();
        let code: String = found.excerpt.text.trim().chars().take(120).collect();
        // Help holds code in backticks, which Markdown shows as it should.
        let help = found.help.replace('|', "\\|").replace('<', "&lt;");
        writeln!(
            out,
            "| {place} | {} {severity} | {} | {help} |",
            found.rule.code(),
            markdown_code(&code)
        )?;
    }
    if findings.len() > LISTED {
        writeln!(out, "\nThe first {LISTED} of {}, those outside tests first.", findings.len())?;
    }
    writeln!(out)
}
