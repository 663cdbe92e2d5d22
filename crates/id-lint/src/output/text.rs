//! The report for eyes: each finding with its place, its line, a mark under it and what to do.
//!
//! With `--statistics`, numbers instead of the findings. Control characters of a source line never reach the terminal, tabs are four blanks wide, wide
//! characters count double, long lines are cut around the mark.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use id_scan::{Excerpt, Finding, Level, Problem, ProblemKind, Report, RuleId, Severity};
use unicode_width::UnicodeWidthChar as _;

use super::Shown;
use super::escape::{is_hidden, is_plain, printable};

/// As many blanks as a line number can have digits.
const BLANKS: &str = "                    ";

/// The width of a source line that is shown.
const WIDTH: usize = 100;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const FRAME: Style = AnsiColor::Blue.on_default().bold();
const HELP: Style = AnsiColor::Green.on_default().bold();

/// Writes findings, or numbers, and the summary; with colors only if `colored`.
pub(crate) fn write(out: &mut impl Write, shown: &Shown<'_>, colored: bool) -> io::Result<()> {
    let mut end = Vec::new();
    if shown.statistics {
        statistics(&mut end, shown)?;
    } else {
        let mut text = String::new();
        for found in shown.findings() {
            finding(&mut text, found, colored);
            if text.len() >= CHUNK {
                out.write_all(text.as_bytes())?;
                text.clear();
            }
        }
        out.write_all(text.as_bytes())?;
    }
    legacy(&mut end, shown.report)?;
    experimental(&mut end, shown.report)?;
    summary(&mut end, shown)?;
    for remark in &shown.remarks {
        writeln!(end, "{}", printable(remark))?;
    }
    if !colored {
        end = anstream::adapter::strip_bytes(&end).into_vec();
    }
    out.write_all(&end)
}

/// How much is written at once, in bytes.
pub(super) const CHUNK: usize = 64 << 10;

/// Writes how many there are of what.
fn statistics(out: &mut impl Write, shown: &Shown<'_>) -> io::Result<()> {
    let summary = &shown.report.summary;
    let rules = summary.by_rule.iter().map(|(code, count)| {
        let name = RuleId::find(code).map_or("", RuleId::name);
        (format!("{code} {name}"), *count)
    });
    let mut priorities: Vec<(String, usize)> = Vec::new();
    let mut found: Vec<_> = shown.findings().map(|found| found.priority).collect();
    found.sort_unstable();
    for priority in found {
        let name: &str = priority.into();
        match priorities.last_mut() {
            Some((last, count)) if last == name => *count += 1,
            _ => priorities.push((name.to_owned(), 1)),
        }
    }
    let pairs = |map: &std::collections::BTreeMap<String, usize>| {
        map.iter().map(|(name, count)| (name.clone(), *count)).collect()
    };
    let tables = [
        ("rule", rules.collect::<Vec<_>>()),
        ("priority", priorities),
        ("category", pairs(&summary.by_category)),
        ("service", pairs(&summary.by_service)),
    ];
    for (title, rows) in tables.into_iter().filter(|(_, rows)| !rows.is_empty()) {
        writeln!(out, "{BOLD}by {title}{BOLD:#}")?;
        let width = rows.iter().map(|(_, count)| grouped(*count).len()).max().unwrap_or(0);
        for (name, count) in rows {
            writeln!(out, "  {:>width$}  {}", grouped(count), printable(&name))?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// Says how far the migration away from old modules is, and which of them can go.
fn legacy(out: &mut impl Write, report: &Report) -> io::Result<()> {
    for module in &report.legacy {
        let name = printable(&module.name);
        match (module.importers, &module.files[..]) {
            (0, files) => {
                let files: Vec<_> = files.iter().map(|path| printable(path)).collect();
                let files = files.join(", ");
                writeln!(out, "{HELP}legacy{HELP:#}: nothing imports `{name}`: {files} can go")?;
            }
            (count, _) => {
                let count = plural(count, "import", "imports");
                writeln!(out, "{HELP}legacy{HELP:#}: `{name}` has {count} left")?;
            }
        }
    }
    if !report.legacy.is_empty() {
        writeln!(out)?;
    }
    Ok(())
}

/// Says which findings to take with care.
fn experimental(out: &mut impl Write, report: &Report) -> io::Result<()> {
    let languages: Vec<_> = report.summary.experimental.iter().copied().collect();
    if languages.is_empty() {
        return Ok(());
    }
    writeln!(out, "{HELP}experimental{HELP:#}: {}: check these findings", languages.join(", "))
}

/// Writes what could not be scanned.
pub(crate) fn problems(out: &mut impl Write, report: &Report) -> io::Result<()> {
    let mut said: Vec<(ProblemKind, usize)> = Vec::new();
    for found in &report.errors {
        let counted = said.iter_mut().find(|(kind, _)| *kind == found.kind);
        let count = if let Some((_, count)) = counted {
            *count += 1;
            *count
        } else {
            said.push((found.kind, 1));
            1
        };
        // What was left out because of an error is said in every case.
        if found.level == Level::Error || count <= NOTES {
            problem(out, found)?;
        }
    }
    for (kind, count) in said.into_iter().filter(|(kind, _)| kind.level() == Level::Note) {
        if let Some(more) = count.checked_sub(NOTES).filter(|more| *more > 0) {
            let style = AnsiColor::Cyan.on_default().bold();
            let kind: &str = kind.into();
            let notes = plural(more, "more note", "more notes");
            writeln!(out, "{style}note{style:#}: {notes} of the kind `{kind}`")?;
            writeln!(out, "{HELP}help{HELP:#}:  `--format json` names all of them")?;
        }
    }
    Ok(())
}

/// So many notes of one kind are printed; the rest is a number.
const NOTES: usize = 20;

/// A text and whether it has colors. Without them nothing goes through the formatter, which takes
/// most of the time of a report of ten thousand findings.
struct Pen<'a> {
    text: &'a mut String,
    colored: bool,
}

impl Pen<'_> {
    fn plain(&mut self, part: &str) -> &mut Self {
        self.text.push_str(part);
        self
    }

    fn styled(&mut self, style: Style, parts: &[&str]) -> &mut Self {
        // Writing to a string cannot fail.
        if self.colored {
            let _ = write!(self.text, "{style}");
        }
        self.text.extend(parts.iter().copied());
        if self.colored {
            let _ = write!(self.text, "{style:#}");
        }
        self
    }
}

/// Adds a finding to a text, which takes all.
fn finding(text: &mut String, found: &Finding, colored: bool) {
    let style = severity_style(found.severity);
    let severity: &str = found.severity.into();
    let (line, column) = (found.line.to_string(), found.column.to_string());
    let gap = BLANKS.get(..line.len()).unwrap_or(BLANKS);
    let mut pen = Pen { text, colored };
    pen.styled(BOLD, &[&printable(&found.path), ":", &line, ":", &column]).plain(": ");
    pen.styled(style, &[severity, "[", found.rule.code(), "] ", found.name]).plain(": ");
    pen.plain(&printable(&found.message)).plain("\n");
    let (shown, mark) = drawn(&found.excerpt);
    pen.styled(FRAME, &[&line, " |"]).plain(" ").plain(&shown).plain("\n");
    pen.styled(FRAME, &[gap, " |"]).plain(" ").styled(style, &[&mark]).plain("\n");
    pen.styled(FRAME, &[gap, " ="]).plain(" ").styled(HELP, &["help:"]);
    pen.plain(" ").plain(&printable(&found.help)).plain("\n");
    if let Some(fix) = &found.fix {
        let far: &str = fix.applicability.into();
        pen.styled(FRAME, &[gap, " ="]).plain(" ").styled(HELP, &["fix (", far, "):"]);
        pen.plain(" ").plain(&printable(&fix.message)).plain("\n");
    }
    pen.plain("\n");
}

fn problem(out: &mut impl Write, found: &Problem) -> io::Result<()> {
    let (style, level) = match found.level {
        Level::Error => (AnsiColor::Red.on_default().bold(), "error"),
        Level::Note => (AnsiColor::Cyan.on_default().bold(), "note"),
    };
    let mut place = printable(&found.path).into_owned();
    if let (Some(line), Some(column)) = (found.line, found.column) {
        // Writing to a string cannot fail.
        let _ = write!(place, ":{line}:{column}");
    }
    let message = printable(&found.message);
    writeln!(out, "{style}{level}{style:#}: {BOLD}{place}{BOLD:#}: {message}")?;
    writeln!(out, "{HELP}help{HELP:#}:  {}", found.help)
}

fn summary(out: &mut impl Write, shown: &Shown<'_>) -> io::Result<()> {
    let report = shown.report;
    let numbers = &report.summary;
    let mut paths: Vec<_> = shown.findings().map(|found| found.path.as_str()).collect();
    paths.dedup();
    let count = |severity| shown.findings().filter(|f| f.severity == severity).count();
    let new = if shown.baseline.is_some() || shown.is_change { "new " } else { "" };
    let parts = [
        (Severity::Error, "error", "errors"),
        (Severity::Warning, "warning", "warnings"),
        (Severity::Info, "info", "info"),
    ];
    let parts: Vec<_> = parts
        .iter()
        .filter(|(severity, ..)| count(*severity) > 0)
        .map(|&(severity, one, many)| {
            let style = severity_style(severity);
            format!("{style}{}{style:#}", plural(count(severity), one, many))
        })
        .collect();
    let scanned = plural(numbers.files, "file", "files");
    if numbers.files == 0 && shown.is_change {
        write!(out, "{HELP}nothing to scan{HELP:#}: no source file changed")?;
    } else if numbers.files == 0 {
        let style = severity_style(Severity::Warning);
        write!(out, "{style}nothing was scanned{style:#}: no source file was found")?;
    } else if numbers.findings == 0 {
        write!(out, "{HELP}no {new}findings{HELP:#} in {scanned}")?;
    } else {
        let found = plural(numbers.findings, &format!("{new}finding"), &format!("{new}findings"));
        let held = grouped(paths.len());
        write!(out, "{BOLD}{found}{BOLD:#} in {held} of {scanned}")?;
        if numbers.in_tests > 0 {
            write!(out, " {DIM}({} in tests){DIM:#}", grouped(numbers.in_tests))?;
        }
        write!(out, ": {}", parts.join(", "))?;
    }
    if let Some(baseline) = &shown.baseline {
        write!(out, "; {} known to {}", grouped(shown.known), printable(baseline))?;
    }
    if shown.allowed() > 0 {
        write!(out, "; {} allowed by comments", grouped(shown.allowed()))?;
    }
    if shown.left_out > 0 {
        let files = plural(shown.left_out, "changed file", "changed files");
        write!(out, "; {files} left out: of no language that is scanned, or ignored")?;
    }
    let level = |level| report.errors.iter().filter(|problem| problem.level == level).count();
    for (count, one, many) in [
        (level(Level::Error), "path could not be scanned", "paths could not be scanned"),
        (level(Level::Note), "note", "notes"),
    ] {
        if count > 0 {
            write!(out, "; {}", plural(count, one, many))?;
        }
    }
    writeln!(out)
}

fn severity_style(severity: Severity) -> Style {
    match severity {
        Severity::Error => AnsiColor::Red,
        Severity::Warning => AnsiColor::Yellow,
        Severity::Info => AnsiColor::Cyan,
    }
    .on_default()
    .bold()
}

pub(crate) fn plural(count: usize, one: &str, many: &str) -> String {
    format!("{} {}", grouped(count), if count == 1 { one } else { many })
}

/// A number with a comma between thousands.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A source line as it is shown, and the marks under it.
fn drawn(excerpt: &Excerpt) -> (Cow<'_, str>, String) {
    let Excerpt { text, mark, cut_before, cut_after, .. } = excerpt;
    if is_plain(text) && text.len() <= WIDTH && !cut_before && !cut_after {
        let width = mark.len().max(1);
        return (text.trim_end().into(), marks(mark.start, width));
    }
    let (mut cells, mut column) = (Vec::new(), 0);
    let mut marked = 0..0;
    for (at, c) in excerpt.text.char_indices() {
        if at == excerpt.mark.start {
            marked.start = column;
        }
        let (text, width) = match c {
            '\t' => (" ".repeat(4 - column % 4), 4 - column % 4),
            c if is_hidden(c) => ("\u{fffd}".to_owned(), 1),
            c => (c.to_string(), c.width().unwrap_or(0)),
        };
        cells.push((column, width, text));
        column += width;
        if at < excerpt.mark.end {
            marked.end = column;
        }
    }
    // Long lines: a window that shows some text before the mark, and as much of it as fits.
    let from = if column <= WIDTH && !excerpt.cut_before {
        0
    } else {
        marked.start.saturating_sub(WIDTH / 3).min(column.saturating_sub(WIDTH))
    };
    let to = from + WIDTH;
    let (cut_before, cut_after) =
        (excerpt.cut_before || from > 0, excerpt.cut_after || to < column);
    let inside = |&&(at, width, _): &&(usize, usize, String)| at >= from && at + width <= to;
    let shown: Vec<_> = cells.iter().filter(inside).collect();
    let first = shown.first().map_or(from, |(at, ..)| *at);
    let mut line = String::from(if cut_before { "..." } else { "" });
    line.extend(shown.iter().map(|(.., text)| text.as_str()));
    let line = if cut_after { line + "..." } else { line.trim_end().to_owned() };
    let indent = marked.start.saturating_sub(first) + if cut_before { 3 } else { 0 };
    let width = marked.end.min(to).saturating_sub(marked.start).max(1);
    (line.into(), marks(indent, width))
}

/// Marks behind blanks.
fn marks(indent: usize, width: usize) -> String {
    let mut marks = String::with_capacity(indent + width);
    marks.extend(std::iter::repeat_n(' ', indent));
    marks.extend(std::iter::repeat_n('^', width));
    marks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, marked: &str, expected: &str) {
        let mut excerpt = Excerpt::default();
        let start = text.find(marked).unwrap();
        excerpt.text = text.to_owned();
        excerpt.mark = start..start + marked.len();
        let (line, mark) = drawn(&excerpt);
        assert_eq!(format!("{line}\n{mark}"), expected);
    }

    #[test]
    fn tabs_and_wide_characters_keep_the_mark_in_place() {
        check("\tx = mark()", "mark()", "    x = mark()\n        ^^^^^^");
        check("'\u{8868}' + mark", "mark", "'\u{8868}' + mark\n       ^^^^");
        check("e\u{301} = mark", "mark", "e\u{301} = mark\n    ^^^^");
    }

    #[test]
    fn what_a_terminal_would_obey_is_not_written() {
        check("\u{1b}[2J\u{202e} mark", "mark", "\u{fffd}[2J\u{fffd} mark\n      ^^^^");
    }

    #[test]
    fn long_lines_are_cut_around_the_mark() {
        let text = format!("{}mark{}", "a".repeat(200), "b".repeat(200));
        let expected =
            format!("...{}mark{}...\n{}^^^^", "a".repeat(33), "b".repeat(63), " ".repeat(36));
        check(&text, "mark", &expected);
    }

    #[test]
    fn numbers_are_grouped() {
        assert_eq!([0, 999, 1000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
    }
}
