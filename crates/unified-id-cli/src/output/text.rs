//! An answer for eyes: the id's parts drawn and named, the time in UTC and relative.

use std::fmt::{self, Write};

use anstyle::{AnsiColor, Style};
use unified_id::legacy::{self, LegacyFormat, LegacyId};

use id_server::inspect::{Failure, Part, Record};

/// What is set off, and how; all plain where nobody sees colours.
pub(crate) struct Styles {
    bold: Style,
    dim: Style,
    error: Style,
    help: Style,
    /// The parts of an id, by turns.
    parts: [Style; 3],
}

impl Styles {
    pub(crate) fn of(is_styled: bool) -> Self {
        let style = |style: Style| if is_styled { style } else { Style::new() };
        let colour = |colour: AnsiColor| style(colour.on_default().bold());
        Self {
            bold: style(Style::new().bold()),
            dim: style(Style::new().dimmed()),
            error: colour(AnsiColor::Red),
            help: colour(AnsiColor::Cyan),
            parts: [AnsiColor::Magenta, AnsiColor::Cyan, AnsiColor::Green].map(colour),
        }
    }
}

/// Texts up to this length are shown whole.
const SHOWN_CHARS: usize = 120;

/// Writes one answer; `now_ms` is Unix milliseconds, `at` the line on which the text came.
pub(crate) fn write(
    page: &mut String,
    record: &Record<'_>,
    now_ms: i64,
    styles: &Styles,
    at: Option<u64>,
) {
    match &record.error {
        Some(failure) => write_failure(page, record.input, failure, styles, at),
        None => write_id(page, record, now_ms, styles),
    }
}

/// Writes to a text, which takes everything.
macro_rules! put {
    ($page:expr, $($value:tt)+) => {
        write!($page, $($value)+).expect("invariant: a string takes any text")
    };
}

/// Writes one line of the table below the drawing.
macro_rules! row {
    ($page:ident, $styles:ident, $name:expr, $($value:tt)+) => {{
        let dim = $styles.dim;
        put!($page, "  {dim}{:<10}{dim:#}  ", $name);
        put!($page, $($value)+);
        $page.push('\n');
    }};
}

fn write_id(page: &mut String, record: &Record<'_>, now_ms: i64, styles: &Styles) {
    draw(page, record.input, &record.parts, styles);
    page.push('\n');
    match &record.legacy {
        Some(legacy) if !legacy.row().by().is_empty() => {
            row!(
                page,
                styles,
                "format",
                "{}, an id of an older system",
                record.format.unwrap_or("unknown")
            );
        }
        _ => row!(page, styles, "format", "{}", meaning(record.format)),
    }
    let kind = record.kind.and_then(unified_id::IdKind::from_prefix);
    if let Some(kind) = kind {
        row!(page, styles, "kind", "{kind}, {}", kind.meaning());
    } else if let Some(kind) = record.kind {
        row!(page, styles, "kind", "{kind}");
    } else if record.format == Some("typeid") {
        row!(page, styles, "kind", "of another system: its prefix is not one of ours");
    } else {
        row!(page, styles, "kind", "not said by the text");
    }
    if let Some(thread) = &record.thread {
        row!(page, styles, "thread", "{thread}");
        if let Some(key) = &record.thread_key
            && key != thread
        {
            row!(page, styles, "thread key", "{key}");
        }
    } else if matches!(record.kind, Some("run" | "message" | "tool")) {
        row!(page, styles, "thread", "none: the thread is not in the id");
    }
    if record.legacy.as_ref().is_some_and(LegacyId::thread_is_prefix) {
        row!(page, styles, "", "only the start of the thread: the rest is not in the id");
    }
    for (index, other) in record.alternatives.iter().enumerate() {
        let label = if index == 0 { "or thread" } else { "" };
        row!(
            page,
            styles,
            label,
            "{}",
            other.as_deref().unwrap_or("none: the thread is not in the id")
        );
    }
    if record.ambiguous {
        row!(page, styles, "", "ambiguous: `--dialect` settles it where the generator is known");
    }
    if let Some(user) = record.user {
        row!(page, styles, "user", "{user}");
    }
    if let Some(timestamp_ms) = record.timestamp_ms {
        let is_doubtful = record.time_certain == Some(false);
        let doubt = if is_doubtful { ", if these bits are a time" } else { "" };
        row!(page, styles, "time", "{}{doubt}", Time { timestamp_ms, now_ms });
    } else {
        row!(page, styles, "time", "none in the id");
    }
    if let Some(core) = record.core {
        row!(page, styles, "uuid", "{}", core.uuid_text());
        row!(page, styles, "ulid", "{}", core.ulid_text());
    }
    if let Some(legacy) = &record.legacy {
        row!(page, styles, "pattern", "{}", legacy.row().pattern());
        if !legacy.row().by().is_empty() {
            write_makers(page, legacy.row().by(), styles);
        }
        if legacy.format() == LegacyFormat::UlidFallbackZero16 {
            row!(page, styles, "beware", "the same for every object: it identifies nothing");
        }
    }
    match &record.canonical {
        Some(canonical) if canonical == record.input => row!(page, styles, "spelling", "canonical"),
        Some(canonical) => row!(page, styles, "canonical", "{canonical}"),
        None => {}
    }
}

/// Says in words what the formats that are no rows of the table are.
fn meaning(format: Option<&str>) -> &str {
    match format {
        Some("canonical") => "canonical, an id of this format",
        Some("typeid") => "typeid, a typed id of another system",
        Some("ulid") => "ulid, a core without a prefix",
        Some(format) => format,
        None => "unknown",
    }
}

/// Writes who made such ids, and what the abbreviations of the table mean.
fn write_makers(page: &mut String, by: &str, styles: &Styles) {
    row!(page, styles, "made by", "{by}");
    for (short, long) in legacy::MAKERS {
        let is_word = |at: usize| {
            let end = at + short.len();
            let letter = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
            !letter(at.checked_sub(1).and_then(|at| by.as_bytes().get(at)))
                && !letter(by.as_bytes().get(end))
        };
        if by.match_indices(short).any(|(at, _)| is_word(at)) {
            row!(page, styles, "", "{short} = {long}");
        }
    }
}

/// Draws the id with its parts named below.
fn draw(page: &mut String, input: &str, parts: &[Part], styles: &Styles) {
    let mut at = 0;
    for (part, style) in parts.iter().zip(styles.parts.iter().cycle()) {
        put!(page, "{}{style}{}{style:#}", &input[at..part.start], &input[part.start..part.end]);
        at = part.end;
    }
    page.push_str(&input[at..]);
    page.push('\n');
    if parts.is_empty() {
        return;
    }
    let dim = styles.dim;
    put!(page, "{dim}");
    let mut column = 0;
    for part in parts {
        let (start, width) = place(input, part);
        column = pad(page, column, start);
        column += bracket(page, width);
    }
    put!(page, "{dim:#}\n{dim}");
    column = 0;
    for part in parts {
        let (start, width) = place(input, part);
        let middle = start + width.saturating_sub(1) / 2;
        // A name longer than its part starts where the part starts.
        let at = if part.name.len() > width {
            start
        } else {
            middle.saturating_sub(part.name.len() / 2)
        };
        column = pad(page, column, at) + part.name.len();
        page.push_str(part.name);
    }
    put!(page, "{dim:#}\n");
}

/// The column at which a part starts, and how many characters it has.
fn place(input: &str, part: &Part) -> (usize, usize) {
    (input[..part.start].chars().count(), input[part.start..part.end].chars().count())
}

/// Fills up with blanks from a column to another, and gives the one that is reached; one blank if that is passed already.
fn pad(page: &mut String, column: usize, wanted: usize) -> usize {
    let missing = if column > wanted { 1 } else { wanted - column };
    page.extend(std::iter::repeat_n(' ', missing));
    column + missing
}

/// Draws a bracket of so many characters, and gives their number.
fn bracket(page: &mut String, width: usize) -> usize {
    match width {
        0 => {}
        1 => page.push('\u{252c}'),
        2 => page.push_str("\u{2514}\u{252c}"),
        _ => {
            let left = (width - 1) / 2 - 1;
            let right = width - left - 3;
            page.push('\u{2514}');
            page.extend(std::iter::repeat_n('\u{2500}', left));
            page.push('\u{252c}');
            page.extend(std::iter::repeat_n('\u{2500}', right));
            page.push('\u{2518}');
        }
    }
    width
}

fn write_failure(
    page: &mut String,
    input: &str,
    failure: &Failure,
    styles: &Styles,
    at: Option<u64>,
) {
    let (bold, error, help) = (styles.bold, styles.error, styles.help);
    let is_plain = input.chars().count() <= SHOWN_CHARS && !input.chars().any(char::is_control);
    if is_plain && !input.is_empty() {
        let column = input.get(..failure.position).map_or(0, |before| before.chars().count());
        put!(page, "{bold}{input}{bold:#}\n");
        page.extend(std::iter::repeat_n(' ', column));
        put!(page, "{error}^{error:#}\n");
    }
    put!(page, "{error}error{error:#}: ");
    if let Some(line) = at {
        put!(page, "line {line}: ");
    }
    put!(page, "{}\n{help}help{help:#}:  {}\n", failure.message, failure.help);
}

/// A time in UTC, and how long ago that is.
struct Time {
    timestamp_ms: u64,
    now_ms: i64,
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let utc = i64::try_from(self.timestamp_ms).ok();
        let Some(utc) = utc.and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok()) else {
            // The 48 bits of an id reach past the last year that a calendar is written for.
            return write!(f, "{} ms, after the year 9999", self.timestamp_ms);
        };
        let civil = jiff::tz::Offset::UTC.to_datetime(utc);
        write!(
            f,
            "{:04}-{:02}-{:02} {:02}:{:02}:{:02}.{:03} UTC ({})",
            civil.year(),
            civil.month(),
            civil.day(),
            civil.hour(),
            civil.minute(),
            civil.second(),
            civil.millisecond(),
            relative(utc.as_millisecond() - self.now_ms)
        )
    }
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
        let mut page = String::new();
        write(&mut page, &Record::of(text, &Reader::new()), NOW, &Styles::of(false), None);
        page
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
    fn styles_add_nothing_that_can_be_read() {
        for text in ["websocket_factory_1757372478799", "run_01m7wqt1fbff4sq3bgc5bhn9e0"] {
            let (reader, mut styled) = (Reader::new(), String::new());
            write(&mut styled, &Record::of(text, &reader), NOW, &Styles::of(true), None);
            assert!(styled.contains('\u{1b}'));
            assert_eq!(anstream::adapter::strip_str(&styled).to_string(), shown(text));
        }
    }

    #[test]
    fn an_error_names_its_line() {
        let (reader, mut page) = (Reader::new(), String::new());
        write(&mut page, &Record::of("hello", &reader), NOW, &Styles::of(false), Some(7));
        assert!(page.contains("error: line 7: invalid id `hello`"), "{page}");
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
