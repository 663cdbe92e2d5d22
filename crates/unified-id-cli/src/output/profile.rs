//! A profile for eyes, as tables, and as one JSON object.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

use anstyle::Style;
use serde::Serialize;
use unified_id::{Profile, Times};

use crate::commands::profile::{Selector, Unreadable};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// A sample longer than this is cut in a table.
const SHOWN_CHARS: usize = 72;

/// What is shown.
#[derive(Debug)]
pub(crate) struct Summary<'a> {
    pub(crate) source: &'a Path,
    pub(crate) selector: &'a Selector,
    pub(crate) profile: &'a Profile,
    pub(crate) unreadable: Option<&'a Unreadable>,
}

impl Selector {
    fn shown(&self) -> String {
        match self {
            Self::Lines => "each line".to_owned(),
            Self::Column(name, _) => format!("column `{name}`"),
            Self::Pointer(pointer) if pointer.is_empty() => "each line as JSON".to_owned(),
            Self::Pointer(pointer) => format!("JSON at `{pointer}`"),
            Self::Regex(regex) => format!("matches of `{regex}`"),
        }
    }
}

/// Writes the profile for eyes.
pub(crate) fn write(out: &mut impl Write, summary: &Summary<'_>) -> io::Result<()> {
    let profile = summary.profile;
    writeln!(out, "{BOLD}{}{BOLD:#}, {}", summary.source.display(), summary.selector.shown())?;
    writeln!(out)?;
    let values = profile.values();
    let mut row = |name: &str, count: u64, note: &str| {
        let line = format!("{:>14}  {:>7}  {note}", grouped(count), share(count, values));
        writeln!(out, "  {DIM}{name:<12}{DIM:#}{}", line.trim_end())
    };
    row("values", values, "")?;
    row("ids", profile.ids(), "")?;
    let settle = "an old id that can be read in two ways; `--dialect` settles it";
    row("ambiguous", profile.ambiguous(), if profile.ambiguous() > 0 { settle } else { "" })?;
    row("no ids", profile.refused(), "")?;
    writeln!(out, "  {DIM}{:<12}{DIM:#}{:>14}", "no value", grouped(profile.absent()))?;
    if let Some(times) = profile.times() {
        let label = format!("  {DIM}{:<12}{DIM:#}", "from");
        writeln!(out, "{label}{}", range(times))?;
    }
    if profile.ids() > 0 {
        writeln!(out)?;
        write_formats(out, profile)?;
    }
    if profile.refused() > 0 {
        writeln!(out)?;
        writeln!(out, "  {BOLD}no ids{BOLD:#}")?;
        for refusal in profile.refusals() {
            writeln!(
                out,
                "  {:<22}{:>14}  {:>7}  first on line {}: {}",
                refusal.code(),
                grouped(refusal.count()),
                share(refusal.count(), values),
                refusal.first_row(),
                refusal.first()
            )?;
        }
    }
    if let Some(unreadable) = summary.unreadable {
        writeln!(out)?;
        let rows = if unreadable.count == 1 { "row" } else { "rows" };
        writeln!(
            out,
            "  {BOLD}{} {rows} not read{BOLD:#}, first on line {}: {}",
            grouped(unreadable.count),
            unreadable.first_row,
            unreadable.first
        )?;
    }
    Ok(())
}

fn write_formats(out: &mut impl Write, profile: &Profile) -> io::Result<()> {
    let values = profile.values();
    writeln!(
        out,
        "  {DIM}{:<26}{:>10}  {:>7}  {:>9}  {:<24}  {:<26}  sample{DIM:#}",
        "format", "count", "share", "ambiguous", "from", "kinds"
    )?;
    for format in profile.formats() {
        let mut kinds: Vec<_> = format.kinds().collect();
        kinds.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        let mut names: Vec<_> = kinds.iter().take(2).map(|(kind, _)| kind.unwrap_or("-")).collect();
        if kinds.len() > 2 {
            names.push("...");
        }
        let days = format.times().map_or_else(|| "no time".to_owned(), days);
        let ambiguous = match format.ambiguous() {
            0 => String::new(),
            count => grouped(count),
        };
        writeln!(
            out,
            "  {BOLD}{:<26}{BOLD:#}{:>10}  {:>7}  {ambiguous:>9}  {days:<24}  {:<26}  {}",
            format.name(),
            grouped(format.count()),
            share(format.count(), values),
            names.join(", "),
            format.samples().first().map_or_else(String::new, |sample| cut(sample))
        )?;
    }
    Ok(())
}

/// Writes the profile as one JSON object, over several lines or on one.
pub(crate) fn write_json(
    out: &mut impl Write,
    summary: &Summary<'_>,
    pretty: bool,
) -> anyhow::Result<()> {
    let record = Record::of(summary);
    if pretty {
        serde_json::to_writer_pretty(&mut *out, &record).map_err(io::Error::from)?;
    } else {
        serde_json::to_writer(&mut *out, &record).map_err(io::Error::from)?;
    }
    writeln!(out)?;
    Ok(())
}

/// The field table of `docs/guide/inspect.md`, section "Profile".
#[derive(Serialize)]
struct Record<'a> {
    source: String,
    place: String,
    values: u64,
    absent: u64,
    ids: u64,
    ambiguous: u64,
    not_ids: u64,
    share_ambiguous: f64,
    share_not_ids: f64,
    first_ms: Option<u64>,
    last_ms: Option<u64>,
    formats: Vec<Format<'a>>,
    refusals: Vec<Refusal>,
    unreadable: Option<&'a Unreadable>,
}

#[derive(Serialize)]
struct Format<'a> {
    #[serde(rename = "format")]
    name: &'a str,
    count: u64,
    share: f64,
    ambiguous: u64,
    other_spellings: u64,
    with_thread: u64,
    with_user: u64,
    kinds: BTreeMap<&'a str, u64>,
    longest_bytes: usize,
    with_time: u64,
    uncertain_times: u64,
    first_ms: Option<u64>,
    last_ms: Option<u64>,
    first_row: u64,
    samples: &'a [String],
}

#[derive(Serialize)]
struct Refusal {
    code: &'static str,
    count: u64,
    share: f64,
    first_row: u64,
    position: usize,
    message: String,
    help: &'static str,
}

impl<'a> Record<'a> {
    fn of(summary: &Summary<'a>) -> Self {
        let profile = summary.profile;
        let values = profile.values();
        let times = profile.times();
        let format = |format: &'a unified_id::FormatProfile| {
            let times = format.times();
            Format {
                name: format.name(),
                count: format.count(),
                share: fraction(format.count(), values),
                ambiguous: format.ambiguous(),
                other_spellings: format.other_spellings(),
                with_thread: format.with_thread(),
                with_user: format.with_user(),
                kinds: format.kinds().map(|(kind, count)| (kind.unwrap_or(""), count)).collect(),
                longest_bytes: format.longest_bytes(),
                with_time: times.map_or(0, |times| times.count),
                uncertain_times: times.map_or(0, |times| times.uncertain),
                first_ms: times.map(|times| times.first_ms),
                last_ms: times.map(|times| times.last_ms),
                first_row: format.first_row(),
                samples: format.samples(),
            }
        };
        let refusal = |refusal: &unified_id::RefusalProfile| Refusal {
            code: refusal.code(),
            count: refusal.count(),
            share: fraction(refusal.count(), values),
            first_row: refusal.first_row(),
            position: refusal.first().position(),
            message: refusal.first().to_string(),
            help: refusal.first().help(),
        };
        Self {
            source: summary.source.display().to_string(),
            place: summary.selector.shown(),
            values,
            absent: profile.absent(),
            ids: profile.ids(),
            ambiguous: profile.ambiguous(),
            not_ids: profile.refused(),
            share_ambiguous: fraction(profile.ambiguous(), values),
            share_not_ids: fraction(profile.refused(), values),
            first_ms: times.map(|times| times.first_ms),
            last_ms: times.map(|times| times.last_ms),
            formats: profile.formats().into_iter().map(format).collect(),
            refusals: profile.refusals().into_iter().map(refusal).collect(),
            unreadable: summary.unreadable,
        }
    }
}

/// A share of one, in millionths; 0 of nothing.
fn fraction(count: u64, of: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "millionths are asked for")]
    let fraction = count as f64 / of.max(1) as f64;
    (fraction * 1e6).round() / 1e6
}

/// A share in percent: 100% and 0% only where it is all or nothing.
fn share(count: u64, of: u64) -> String {
    if count == 0 || of == 0 {
        return "-".to_owned();
    }
    let tenths = u128::from(count) * 1000 / u128::from(of);
    match tenths {
        0 => "<0.1%".to_owned(),
        1000 => "100%".to_owned(),
        tenths => format!("{}.{}%", tenths / 10, tenths % 10),
    }
}

/// Digits in groups of three.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn cut(sample: &str) -> String {
    match sample.char_indices().nth(SHOWN_CHARS) {
        Some((end, _)) => format!("{}...", &sample[..end]),
        None => sample.to_owned(),
    }
}

fn range(times: Times) -> String {
    let doubt = match times.uncertain {
        0 => String::new(),
        count => format!(", {} of them only if those bits are a time", grouped(count)),
    };
    let (first, last) = (moment(times.first_ms), moment(times.last_ms));
    format!("{first} to {last} UTC ({} with a time{doubt})", grouped(times.count))
}

fn moment(ms: u64) -> String {
    formatted(ms, "%Y-%m-%d %H:%M:%S")
}

fn days(times: Times) -> String {
    let (first, last) =
        (formatted(times.first_ms, "%Y-%m-%d"), formatted(times.last_ms, "%Y-%m-%d"));
    if first == last { first } else { format!("{first}..{last}") }
}

fn formatted(ms: u64, format: &str) -> String {
    let time = i64::try_from(ms).ok().and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok());
    time.map_or_else(|| "after 9999".to_owned(), |time| time.strftime(format).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_all_or_nothing_only_where_they_are() {
        for (count, of, shown) in [
            (0, 0, "-"),
            (0, 9, "-"),
            (9, 9, "100%"),
            (1, 100_000, "<0.1%"),
            (99_999, 100_000, "99.9%"),
            (1, 8, "12.5%"),
        ] {
            assert_eq!(share(count, of), shown);
        }
        assert_eq!(
            (grouped(0), grouped(999), grouped(1_234_567)),
            ("0".into(), "999".into(), "1,234,567".into())
        );
        assert!((fraction(1, 3) - 0.333_333).abs() < 1e-9);
        assert!(fraction(0, 0).abs() < 1e-9);
    }
}
