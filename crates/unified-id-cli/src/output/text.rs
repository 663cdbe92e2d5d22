//! An answer for eyes: the id's parts drawn and named, the time in UTC and relative.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use crate::record::{Failure, Part, Record};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const ERROR: Style = AnsiColor::Red.on_default().bold();
const HELP: Style = AnsiColor::Cyan.on_default().bold();
/// The parts of an id, by turns.
const PARTS: [Style; 3] =
    [AnsiColor::Magenta.on_default(), AnsiColor::Cyan.on_default(), AnsiColor::Green.on_default()];

/// Texts up to this length are shown whole.
const SHOWN_CHARS: usize = 120;

/// Writes one answer; `now_ms` is Unix milliseconds.
pub(crate) fn write(out: &mut impl Write, record: &Record<'_>, now_ms: i64) -> io::Result<()> {
    match &record.error {
        Some(failure) => write_failure(out, record.input, failure),
        None => write_id(out, record, now_ms),
    }
}

fn write_id(out: &mut impl Write, record: &Record<'_>, now_ms: i64) -> io::Result<()> {
    draw(out, record.input, &record.parts)?;
    writeln!(out)?;
    let mut row = |name: &str, value: &str| writeln!(out, "  {DIM}{name:<10}{DIM:#}  {value}");
    row("format", record.format.unwrap_or("unknown"))?;
    let kind = record.kind.and_then(unified_id::IdKind::from_prefix);
    if let Some(kind) = kind {
        row("kind", &format!("{kind}, {}", kind.meaning()))?;
    } else if let Some(kind) = record.kind {
        row("kind", kind)?;
    } else if record.format == Some("typeid") {
        row("kind", "of another system: its prefix is not one of ours")?;
    }
    if let Some(thread) = &record.thread {
        row("thread", thread)?;
        if let Some(key) = &record.thread_key
            && key != thread
        {
            row("thread key", key)?;
        }
    }
    if let Some(user) = record.user {
        row("user", user)?;
    }
    match (record.timestamp_ms, record.time_certain) {
        (Some(timestamp_ms), is_certain) => {
            let doubt = if is_certain == Some(false) { ", if these bits are a time" } else { "" };
            row("time", &format!("{}{doubt}", time(timestamp_ms, now_ms)))?;
        }
        (None, _) => row("time", "none")?,
    }
    if let Some(core) = record.core {
        row("uuid", &core.uuid_text())?;
        row("ulid", &core.ulid_text())?;
    }
    if let Some(legacy) = &record.legacy {
        if legacy.thread_is_prefix() {
            row("", "only the start of the thread: the rest is not in the id")?;
        }
        for (index, other) in record.alternatives.iter().enumerate() {
            let label = if index == 0 { "or thread" } else { "" };
            row(label, other.as_deref().unwrap_or("none: the thread is not in the id"))?;
        }
        row("pattern", legacy.row().pattern())?;
        row("made by", legacy.row().by())?;
    }
    match &record.canonical {
        Some(canonical) if canonical == record.input => row("spelling", "canonical"),
        Some(canonical) => row("canonical", canonical),
        None => Ok(()),
    }
}

/// Draws the id with its parts named below.
fn draw(out: &mut impl Write, input: &str, parts: &[Part]) -> io::Result<()> {
    let mut at = 0;
    for (part, style) in parts.iter().zip(PARTS.iter().cycle()) {
        write!(
            out,
            "{}{style}{BOLD}{}{BOLD:#}{style:#}",
            &input[at..part.start],
            &input[part.start..part.end]
        )?;
        at = part.end;
    }
    writeln!(out, "{}", &input[at..])?;
    let (mut bars, mut names) = (String::new(), String::new());
    for part in parts {
        let start = input[..part.start].chars().count();
        let width = input[part.start..part.end].chars().count();
        pad(&mut bars, start);
        bars.push_str(&bracket(width));
        let middle = start + width.saturating_sub(1) / 2;
        // A name longer than its part starts where the part starts.
        pad(
            &mut names,
            if part.name.len() > width {
                start
            } else {
                middle.saturating_sub(part.name.len() / 2)
            },
        );
        names.push_str(part.name);
    }
    writeln!(out, "{DIM}{bars}{DIM:#}")?;
    writeln!(out, "{DIM}{names}{DIM:#}")
}

/// Fills up with blanks; a line that is already longer gets one.
fn pad(line: &mut String, width: usize) {
    let length = line.chars().count();
    let missing = if length > width { 1 } else { width - length };
    line.extend(std::iter::repeat_n(' ', missing));
}

fn bracket(width: usize) -> String {
    match width {
        0 => String::new(),
        1 => "\u{252c}".to_owned(),
        2 => "\u{2514}\u{252c}".to_owned(),
        _ => {
            let left = (width - 1) / 2 - 1;
            let right = width - left - 3;
            let line = |count| "\u{2500}".repeat(count);
            format!("\u{2514}{}\u{252c}{}\u{2518}", line(left), line(right))
        }
    }
}

fn write_failure(out: &mut impl Write, input: &str, failure: &Failure) -> io::Result<()> {
    let is_plain = input.chars().count() <= SHOWN_CHARS && !input.chars().any(char::is_control);
    if is_plain && !input.is_empty() {
        let column = input.get(..failure.position).map_or(0, |before| before.chars().count());
        writeln!(out, "{BOLD}{input}{BOLD:#}")?;
        writeln!(out, "{}{ERROR}^{ERROR:#}", " ".repeat(column))?;
    }
    writeln!(out, "{ERROR}error{ERROR:#}: {}", failure.message)?;
    writeln!(out, "{HELP}help{HELP:#}:  {}", failure.help)
}

/// Writes a time in UTC, and how long ago that is.
fn time(timestamp_ms: u64, now_ms: i64) -> String {
    let utc =
        i64::try_from(timestamp_ms).ok().and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok());
    // The 48 bits of an id reach past the last year that a calendar is written for.
    let Some(utc) = utc else {
        return format!("{timestamp_ms} ms, after the year 9999");
    };
    format!(
        "{} ({})",
        utc.strftime("%Y-%m-%d %H:%M:%S%.3f UTC"),
        relative(utc.as_millisecond() - now_ms)
    )
}

fn relative(difference_ms: i64) -> String {
    const UNITS: [(&str, u64); 6] = [
        ("year", 31_556_952),
        ("month", 2_629_746),
        ("day", 86_400),
        ("hour", 3_600),
        ("minute", 60),
        ("second", 1),
    ];
    let seconds = difference_ms.unsigned_abs() / 1000;
    let Some((unit, length)) = UNITS.iter().find(|(_, length)| seconds >= *length) else {
        return "now".to_owned();
    };
    let count = seconds / length;
    let plural = if count == 1 { "" } else { "s" };
    if difference_ms < 0 {
        format!("{count} {unit}{plural} ago")
    } else {
        format!("in {count} {unit}{plural}")
    }
}

#[cfg(test)]
mod tests {
    use id_testkit::snapshots;
    use unified_id::legacy::Reader;

    use super::*;

    /// 2026-11-21T09:00:00Z.
    const NOW: i64 = 1_795_251_600_000;

    fn shown(text: &str) -> String {
        let mut out = anstream::StripStream::new(Vec::new());
        write(&mut out, &Record::of(text, &Reader::new()), NOW).unwrap();
        String::from_utf8(out.into_inner()).unwrap()
    }

    #[test]
    fn answers_for_eyes() {
        let texts = [
            "run_01m7wqt1fbff4sq3bgc5bhn9e0_01m7wqt1fcff4sq3cdmzk4w7rt",
            "run_thread_user123_01M7WQT1FCFF4SQ3CDMZK4W7RT",
            "websocket_01m7wqt1fbff4sq3bgc5bhn9e0_01m7wqt1fcff4sq3cdmzk4w7rt",
            "order_item_01m7wqt1fbff4sq3bgc5bhn9e0",
            "01ARZ3NDEKTSV4RRFFQ69G5FAV",
            "7zzzzzzzzzzzzzzzzzzzzzzzzz",
            "user_1nay7ekz8bg17vdpjnpgpbgfrq",
            "thread_01m7wqi1fbff4sq3bgc5bhn9e0",
            "thread_user123_run_1693430400000_a1b2c3d4",
            "run_user_session_67890_ef123456",
            "websocket_factory_1757372478799",
            "5e3cb4fc-741b-4187-8faf-c85e47af437d",
            "thread_x_run_garbage",
            "",
            "two\nlines",
        ];
        let shown: Vec<_> = texts.iter().map(|text| shown(text)).collect();
        let _guard = snapshots("cli").bind_to_scope();
        insta::assert_snapshot!("inspect_text", shown.join("\n---\n\n"));
    }

    #[test]
    fn times_are_told_relative_to_now() {
        assert_eq!(relative(0), "now");
        assert_eq!(relative(-999), "now");
        assert_eq!(relative(-1000), "1 second ago");
        assert_eq!(relative(7_200_000), "in 2 hours");
        assert_eq!(relative(-86_400_000 * 400), "1 year ago");
    }
}
