//! The forms of a report on a migration: for eyes, as Markdown, as one HTML page, for programs.
//!
//! The page holds its style and its charts, which are drawn as SVG: it asks for nothing else and is
//! readable in light and dark.

use std::collections::BTreeMap;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use id_scan::{LegacyModule, Progress, Share};
use serde::Serialize;

use super::escape::{markdown as md, printable, xml};
use super::text::plural;

const STYLE: &str = include_str!("progress/style.css");
const BOLD: Style = Style::new().bold();
const GOOD: Style = AnsiColor::Green.on_default().bold();
const BAD: Style = AnsiColor::Red.on_default().bold();
const DIM: Style = Style::new().dimmed();

/// Everything that is said.
#[derive(Debug, Serialize)]
pub(crate) struct Page {
    /// The version of this form.
    pub(crate) version: u32,
    pub(crate) files: usize,
    pub(crate) progress: Progress,
    /// Seconds since 1970, and how many findings were known then.
    pub(crate) trend: Vec<(i64, usize)>,
    pub(crate) checks: Vec<Check>,
}

/// A threshold.
#[derive(Debug, Serialize)]
pub(crate) struct Check {
    pub(crate) what: String,
    pub(crate) is: String,
    pub(crate) is_met: bool,
}

impl Page {
    fn headline(&self) -> String {
        let total = &self.progress.total;
        let ids = total.migrated + total.stray;
        format!(
            "{:.1}% migrated: {} of {} in {}",
            total.percent(),
            total.migrated,
            plural(ids, "place that makes ids", "places that make ids"),
            plural(self.files, "file", "files")
        )
    }

    fn tables(&self) -> [(&'static str, Vec<(String, Share)>); 4] {
        let rows = |map: &BTreeMap<String, Share>| {
            let mut rows: Vec<_> = map.iter().map(|(name, share)| (name.clone(), *share)).collect();
            // Most work first.
            rows.sort_by(|a, b| b.1.stray.cmp(&a.1.stray).then_with(|| a.0.cmp(&b.0)));
            rows
        };
        let phases = self.progress.by_phase.iter();
        let phases = phases.map(|(phase, share)| (format!("phase {phase}"), *share)).collect();
        [
            ("Phase", phases),
            ("Service", rows(&self.progress.by_service)),
            ("Category", rows(&self.progress.by_category)),
            ("Owner", rows(&self.progress.by_owner)),
        ]
    }

    /// What can be deleted, and what cannot yet.
    fn legacy(&self) -> Vec<String> {
        let line = |module: &LegacyModule| match module.importers {
            0 => {
                let files = module.files.join(", ");
                format!("`{}` has no importer left and can be removed: {files}", module.name)
            }
            count => {
                let importers = plural(count, "importer", "importers");
                format!("`{}` still has {importers}", module.name)
            }
        };
        self.progress.legacy.iter().map(line).collect()
    }

    /// The trend in words.
    fn trend_sentence(&self) -> Option<String> {
        let (first, last) = (self.trend.first()?, self.trend.last()?);
        let from = day(first.0);
        let findings = plural(first.1, "known finding", "known findings");
        Some(format!("{findings} on {from}, {} on {}", last.1, day(last.0)))
    }
}

fn day(seconds: i64) -> String {
    let time = jiff::Timestamp::from_second(seconds).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    time.to_zoned(jiff::tz::TimeZone::UTC).date().to_string()
}

/// Minutes as a person plans them.
fn effort(minutes: u64) -> String {
    match minutes {
        0 => "none".to_owned(),
        1..60 => format!("{minutes} min"),
        _ => format!("{}.{} h", minutes / 60, minutes % 60 * 10 / 60),
    }
}

/// For eyes.
pub(crate) fn text(out: &mut impl Write, page: &Page) -> io::Result<()> {
    writeln!(out, "{BOLD}{}{BOLD:#}", page.headline())?;
    let total = &page.progress.total;
    let stray = plural(total.stray, "stray id", "stray ids");
    writeln!(
        out,
        "{stray}, {} by safe fixes; estimated effort {}",
        total.safe,
        effort(total.minutes)
    )?;
    for (title, rows) in page.tables() {
        if rows.is_empty() {
            continue;
        }
        let width = rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0).max(8);
        writeln!(out, "\n{BOLD}{title:width$}  migrated   stray    safe   effort{BOLD:#}")?;
        for (name, share) in rows {
            let name = printable(&name);
            writeln!(
                out,
                "{name:width$}  {:>7.1}% {:>7} {:>7} {:>8}  {DIM}{}{DIM:#}",
                share.percent(),
                share.stray,
                share.safe,
                effort(share.minutes),
                bar(share.percent()),
            )?;
        }
    }
    if let Some(trend) = page.trend_sentence() {
        writeln!(out, "\n{BOLD}Trend{BOLD:#}: {trend}")?;
    }
    let legacy = page.legacy();
    if !legacy.is_empty() {
        writeln!(out, "\n{BOLD}Legacy modules{BOLD:#}")?;
        legacy.iter().try_for_each(|line| writeln!(out, "{}", printable(line)))?;
    }
    if !page.checks.is_empty() {
        writeln!(out, "\n{BOLD}Thresholds{BOLD:#}")?;
        for check in &page.checks {
            let (style, word) = if check.is_met { (GOOD, "met") } else { (BAD, "missed") };
            writeln!(out, "{style}{word:6}{style:#} {} (is {})", printable(&check.what), check.is)?;
        }
    }
    Ok(())
}

/// Twenty cells, one for each 5%.
fn bar(percent: f64) -> String {
    let full = (1..=20).take_while(|cell| f64::from(*cell) * 5.0 <= percent).count();
    format!("{}{}", "#".repeat(full), ".".repeat(20 - full))
}

/// For a page or a comment.
pub(crate) fn markdown(out: &mut impl Write, page: &Page) -> io::Result<()> {
    let total = &page.progress.total;
    writeln!(out, "# Migration of ids\n\n**{}**\n", page.headline())?;
    let stray = plural(total.stray, "stray id", "stray ids");
    writeln!(
        out,
        "{stray}, {} by safe fixes; estimated effort {}.",
        total.safe,
        effort(total.minutes)
    )?;
    for (title, rows) in page.tables() {
        if rows.is_empty() {
            continue;
        }
        writeln!(out, "\n| {title} | migrated | stray | safe fixes | effort |")?;
        writeln!(out, "|---|---:|---:|---:|---:|")?;
        for (name, share) in rows {
            let (name, effort) = (md(&name), effort(share.minutes));
            writeln!(
                out,
                "| {name} | {:.1}% | {} | {} | {effort} |",
                share.percent(),
                share.stray,
                share.safe
            )?;
        }
    }
    if let Some(trend) = page.trend_sentence() {
        writeln!(out, "\n## Trend\n\n{trend}.")?;
    }
    let legacy = page.legacy();
    if !legacy.is_empty() {
        writeln!(out, "\n## Legacy modules\n")?;
        legacy.iter().try_for_each(|line| writeln!(out, "- {line}"))?;
    }
    if !page.checks.is_empty() {
        writeln!(out, "\n## Thresholds\n\n| threshold | is | |\n|---|---:|---|")?;
        for check in &page.checks {
            let word = if check.is_met { "met" } else { "**missed**" };
            writeln!(out, "| {} | {} | {word} |", md(&check.what), check.is)?;
        }
    }
    Ok(())
}

/// For programs.
pub(crate) fn json(out: &mut impl Write, page: &Page) -> anyhow::Result<()> {
    serde_json::to_writer_pretty(&mut *out, page)?;
    writeln!(out)?;
    Ok(())
}

/// One page that needs nothing else.
pub(crate) fn html(out: &mut impl Write, page: &Page) -> io::Result<()> {
    let total = &page.progress.total;
    writeln!(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">")?;
    writeln!(out, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")?;
    writeln!(out, "<title>Migration of ids: {:.1}%</title>", total.percent())?;
    writeln!(out, "<style>\n{STYLE}</style>\n</head>\n<body>\n<h1>Migration of ids</h1>")?;
    writeln!(out, "<div class=\"top\">")?;
    ring(out, total.percent())?;
    let stray = plural(total.stray, "stray id", "stray ids");
    writeln!(
        out,
        "<p><strong>{}</strong><br>{stray}, {} by safe fixes; estimated effort {}</p>\n</div>",
        xml(&page.headline()),
        total.safe,
        effort(total.minutes)
    )?;
    if !page.checks.is_empty() {
        writeln!(out, "<h2>Thresholds</h2>\n<ul class=\"checks\">")?;
        for check in &page.checks {
            let class = if check.is_met { "met" } else { "missed" };
            writeln!(
                out,
                "<li class=\"{class}\"><b>{class}</b> {} (is {})</li>",
                xml(&check.what),
                xml(&check.is)
            )?;
        }
        writeln!(out, "</ul>")?;
    }
    if page.trend.len() > 1 {
        writeln!(out, "<h2>Trend of known findings</h2>")?;
        line_chart(out, &page.trend)?;
    }
    for (title, rows) in page.tables() {
        if rows.is_empty() {
            continue;
        }
        writeln!(
            out,
            "<h2>{title}</h2>\n<table>\n<thead><tr><th>{title}</th><th>migrated</th><th></th><th>stray</th><th>safe fixes</th><th>effort</th></tr></thead>\n<tbody>"
        )?;
        for (name, share) in rows {
            let (name, percent) = (xml(&name), share.percent());
            writeln!(
                out,
                "<tr><td>{name}</td><td class=\"number\">{percent:.1}%</td><td><svg class=\"bar\" viewBox=\"0 0 100 8\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"{percent:.1}%\"><rect class=\"rest\" width=\"100\" height=\"8\"/><rect class=\"done\" width=\"{percent:.2}\" height=\"8\"/></svg></td><td class=\"number\">{}</td><td class=\"number\">{}</td><td class=\"number\">{}</td></tr>",
                share.stray,
                share.safe,
                effort(share.minutes)
            )?;
        }
        writeln!(out, "</tbody>\n</table>")?;
    }
    let legacy = page.legacy();
    if !legacy.is_empty() {
        writeln!(out, "<h2>Legacy modules</h2>\n<ul>")?;
        for line in &legacy {
            writeln!(out, "<li>{}</li>", xml(line))?;
        }
        writeln!(out, "</ul>")?;
    }
    writeln!(out, "</body>\n</html>")
}

/// A ring that is full at 100%.
fn ring(out: &mut impl Write, percent: f64) -> io::Result<()> {
    // The circle of that radius is 100 units long.
    writeln!(
        out,
        "<svg class=\"ring\" viewBox=\"0 0 40 40\" role=\"img\" aria-label=\"{percent:.1}% migrated\"><circle class=\"rest\" cx=\"20\" cy=\"20\" r=\"15.9155\"/><circle class=\"done\" cx=\"20\" cy=\"20\" r=\"15.9155\" stroke-dasharray=\"{percent:.2} 100\" transform=\"rotate(-90 20 20)\"/><text x=\"20\" y=\"22.5\">{percent:.0}%</text></svg>"
    )
}

/// Findings over time.
#[expect(clippy::cast_precision_loss, reason = "a chart has a few hundred points of height")]
fn line_chart(out: &mut impl Write, trend: &[(i64, usize)]) -> io::Result<()> {
    let (Some(first), Some(last)) = (trend.first(), trend.last()) else { return Ok(()) };
    let most = trend.iter().map(|(_, count)| *count).max().unwrap_or(0).max(1);
    let span = (last.0 - first.0).max(1) as f64;
    let place = |(time, count): &(i64, usize)| {
        let x = 50.0 + (time - first.0) as f64 / span * 730.0;
        let y = 170.0 - *count as f64 / most as f64 * 150.0;
        (x, y)
    };
    let points: Vec<_> = trend
        .iter()
        .map(|point| {
            let (x, y) = place(point);
            format!("{x:.1},{y:.1}")
        })
        .collect();
    writeln!(
        out,
        "<svg class=\"trend\" viewBox=\"0 0 800 200\" role=\"img\" aria-label=\"known findings from {} to {}\">",
        first.1, last.1
    )?;
    writeln!(
        out,
        "<line class=\"axis\" x1=\"50\" y1=\"170\" x2=\"780\" y2=\"170\"/><line class=\"axis\" x1=\"50\" y1=\"20\" x2=\"50\" y2=\"170\"/>"
    )?;
    writeln!(
        out,
        "<text x=\"44\" y=\"26\" text-anchor=\"end\">{most}</text><text x=\"44\" y=\"174\" text-anchor=\"end\">0</text>"
    )?;
    writeln!(
        out,
        "<text x=\"50\" y=\"190\">{}</text><text x=\"780\" y=\"190\" text-anchor=\"end\">{}</text>",
        day(first.0),
        day(last.0)
    )?;
    writeln!(out, "<polyline points=\"{}\"/>", points.join(" "))?;
    for point in trend {
        let (x, y) = place(point);
        writeln!(
            out,
            "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\"><title>{}: {}</title></circle>",
            day(point.0),
            point.1
        )?;
    }
    writeln!(out, "</svg>")
}
