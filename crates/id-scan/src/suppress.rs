//! Comments that allow a finding: which there are in a file, what each allows, which did nothing.
//!
//! ```text
//! # id-lint: allow[UID001, truncated-uuid] until 2027-01-31: the vendor's API takes no other ids
//!            |     |                       |                 |
//!            form  codes or names          optional          the reason, without which nothing is allowed
//! ```
//!
//! The forms: `allow` allows on its own line, or on the next line of code where it stands alone;
//! `allow-next-line` on the next line of code; `allow-begin` up to the `allow-end` of the same
//! rules; `allow-file` in the whole file. A comment is what its language calls one: the words in a
//! string allow nothing. No clock is read here; the day comes with the configuration. `engine.rs`
//! calls [`apply`] for a file whose text holds [`MARK`].

use std::fmt;
use std::ops::Range;
use std::path::Path;
use std::str::FromStr;

use memchr::memmem;

use crate::config::Rules;
use crate::diagnostic::{Finding, ProblemKind, Suppression};
use crate::lang::Language;
use crate::nearest::nearest;
use crate::rules::RuleId;

/// What every such comment holds.
pub(crate) const MARK: &str = "id-lint:";

/// More comments of one file than this are not read, so that a hostile file costs no time.
const MAX_ALLOWANCES: usize = 10_000;

/// How far the code before a comment is looked for.
const NEAR: usize = 4096;

/// A day of the calendar.
///
/// ```
/// let day: id_scan::Day = "2027-01-31".parse().expect("it is a day");
/// assert!(day < "2027-02-01".parse().expect("it is a day"));
/// assert!("2027-02-30".parse::<id_scan::Day>().is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day {
    year: u16,
    month: u8,
    of_month: u8,
}

/// A text is no day in the form `2027-01-31`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is no day of the calendar in the form `2027-01-31`")]
pub struct NotADay;

impl Day {
    /// Makes a day; `None` if the calendar has none such.
    #[must_use]
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let leap =
            year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let last = match month {
            2 => 28 + u8::from(leap),
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => return None,
        };
        (1..=last).contains(&day).then_some(Self { year, month, of_month: day })
    }
}

impl FromStr for Day {
    type Err = NotADay;

    fn from_str(text: &str) -> Result<Self, NotADay> {
        let is_form = text.len() == 10
            && text.bytes().enumerate().all(|(at, byte)| match at {
                4 | 7 => byte == b'-',
                _ => byte.is_ascii_digit(),
            });
        let parts = is_form.then(|| text.split('-').collect::<Vec<_>>()).ok_or(NotADay)?;
        let [year, month, day] = &parts[..] else { return Err(NotADay) };
        let small = |digits: &str| digits.parse().map_err(|_| NotADay);
        let (year, month, day) = (year.parse().map_err(|_| NotADay)?, small(month)?, small(day)?);
        Self::new(year, month, day).ok_or(NotADay)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.of_month)
    }
}

/// How far a comment reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Allow,
    NextLine,
    Begin,
    End,
    File,
}

/// The words of the forms.
const FORMS: [(&str, Form); 5] = [
    ("allow", Form::Allow),
    ("allow-next-line", Form::NextLine),
    ("allow-begin", Form::Begin),
    ("allow-end", Form::End),
    ("allow-file", Form::File),
];

/// What a comment says.
#[derive(Debug)]
struct Comment {
    form: Form,
    rules: Vec<RuleId>,
    until: Option<Day>,
    reason: String,
}

/// A comment that allows something.
#[derive(Debug)]
struct Allowance {
    /// The byte of the mark.
    at: usize,
    /// The bytes of the lines in which findings are allowed.
    reach: Range<usize>,
    rules: Vec<RuleId>,
    until: Option<Day>,
    reason: String,
    used: Vec<RuleId>,
}

/// A remark about a comment: its place, what it is, what is wrong.
pub(crate) type Remark = (usize, ProblemKind, String);

/// The comments of a file.
#[derive(Debug, Default)]
struct Comments {
    allowances: Vec<Allowance>,
    remarks: Vec<Remark>,
}

/// Returns the comment that allows findings of a rule in the file `path`, but for the reason; `None` if
/// its name belongs to no language.
///
/// ```
/// use id_scan::{RuleId, allow_comment};
/// let comment = allow_comment("app.py".as_ref(), RuleId::RawUuidCall);
/// assert_eq!(comment.as_deref(), Some("# id-lint: allow[raw-uuid-call] "));
/// ```
#[must_use]
pub fn allow_comment(path: &Path, rule: RuleId) -> Option<String> {
    let (begin, end) = Language::of(path)?.comment()?;
    let end = if end.is_empty() { String::new() } else { format!(" {end}") };
    Some(format!("{begin} {MARK} allow[{}] {end}", rule.name()))
}

/// Marks what comments in `text` allow, and returns what is to be said about the comments.
///
/// `findings` are those of the file; `openers` begin a comment in its language; `code` writes down
/// which parts of a range are code or strings.
pub(crate) fn apply(
    text: &[u8],
    findings: &mut [Finding],
    rules: &Rules,
    today: Option<Day>,
    openers: &[&str],
    mut code: impl FnMut(&Range<usize>, &mut Vec<Range<usize>>),
) -> Vec<Remark> {
    let mut comments = read(text, openers, &mut code);
    let mut remarks = std::mem::take(&mut comments.remarks);
    let expired = |allowance: &Allowance| {
        allowance.until.zip(today).is_some_and(|(until, today)| until < today)
    };
    // The comment that reaches least far is meant; a finding needs only one.
    let mut order: Vec<usize> = (0..comments.allowances.len()).collect();
    order.sort_by_key(|&at| comments.allowances.get(at).map_or(0, |found| found.reach.len()));
    for finding in findings {
        let span =
            finding.byte_start.min(finding.whole.start)..finding.byte_end.max(finding.whole.end);
        for &at in &order {
            let Some(allowance) = comments.allowances.get_mut(at) else { continue };
            let reaches = span.start < allowance.reach.end && allowance.reach.start < span.end;
            if !reaches || !allowance.rules.contains(&finding.rule) {
                continue;
            }
            if !allowance.used.contains(&finding.rule) {
                allowance.used.push(finding.rule);
            }
            if !expired(allowance) && !finding.suppressed {
                finding.suppressed = true;
                finding.suppression = Some(Suppression::Comment(allowance.reason.clone()));
            }
        }
    }
    for allowance in &comments.allowances {
        if let Some(until) = allowance.until.filter(|_| expired(allowance)) {
            let what = if allowance.used.is_empty() {
                "nothing is left to allow"
            } else {
                "what it allowed is reported"
            };
            let message = format!("the comment allowed this until {until}; {what}");
            remarks.push((allowance.at, ProblemKind::ExpiredSuppression, message));
            continue;
        }
        let unused = allowance
            .rules
            .iter()
            .filter(|rule| !allowance.used.contains(rule) && rules.is_on(**rule));
        let unused: Vec<_> =
            unused.map(|rule| format!("`{}` ({})", rule.name(), rule.code())).collect();
        if !unused.is_empty() {
            let message =
                format!("the comment allows {}, which is not found there", unused.join(" and "));
            remarks.push((allowance.at, ProblemKind::UnusedSuppression, message));
        }
    }
    remarks.sort_by_key(|remark| remark.0);
    remarks
}

/// Reads the comments of a text.
fn read(
    text: &[u8],
    openers: &[&str],
    code: &mut impl FnMut(&Range<usize>, &mut Vec<Range<usize>>),
) -> Comments {
    let mut comments = Comments::default();
    let marks: Vec<usize> = memmem::find_iter(text, MARK).take(MAX_ALLOWANCES).collect();
    if marks.is_empty() {
        return comments;
    }
    let lines = Lines::new(text);
    let mut parts = Vec::new();
    let mut open: Vec<(usize, Comment)> = Vec::new();
    for (idx, &at) in marks.iter().enumerate() {
        parts.clear();
        code(&(at..at + MARK.len()), &mut parts);
        let line = lines.around(at);
        if !parts.is_empty() || !in_comment(text, at, line.start, openers, code) {
            continue;
        }
        let next = marks.get(idx + 1).copied().unwrap_or(usize::MAX);
        let words = text.get(at + MARK.len()..line.end.min(next)).unwrap_or_default();
        let comment = match parse(&String::from_utf8_lossy(words)) {
            Ok(comment) => comment,
            Err(message) => {
                comments.remarks.push((at, ProblemKind::InvalidSuppression, message));
                continue;
            }
        };
        let mut has_code = |line: &Range<usize>| {
            parts.clear();
            code(line, &mut parts);
            // Tokens without width, as the beginning of a logical line, are no code.
            parts.iter().any(|part| !part.is_empty())
        };
        let reach = match comment.form {
            Form::Allow if has_code(&line) => line,
            Form::Allow | Form::NextLine => {
                let mut after = lines.after(at);
                after.find(&mut has_code).unwrap_or(text.len()..text.len())
            }
            Form::File => 0..text.len(),
            Form::Begin => {
                open.push((at, comment));
                continue;
            }
            Form::End => {
                let matches = |(_, begun): &(usize, Comment)| {
                    comment.rules.is_empty() || begun.rules == comment.rules
                };
                let Some(place) = open.iter().rposition(matches) else {
                    let message = "`allow-end` ends nothing: no `allow-begin` of the same rules stands before it";
                    comments.remarks.push((
                        at,
                        ProblemKind::InvalidSuppression,
                        message.to_owned(),
                    ));
                    continue;
                };
                let (from, begun) = open.remove(place);
                let Comment { rules, until, reason, .. } = begun;
                let allowance =
                    Allowance { at: from, reach: from..at, rules, until, reason, used: Vec::new() };
                comments.allowances.push(allowance);
                continue;
            }
        };
        let Comment { rules, until, reason, .. } = comment;
        comments.allowances.push(Allowance { at, reach, rules, until, reason, used: Vec::new() });
    }
    for (at, _) in open {
        let message = "`allow-begin` is never ended, so it allows nothing";
        comments.remarks.push((at, ProblemKind::InvalidSuppression, message.to_owned()));
    }
    comments
}

/// Whether a byte that is neither code nor string stands in a comment: in some languages there is text
/// between elements of markup. What lies between it and the code before has to begin as a comment
/// does, or the line up to it has to hold such a beginning.
fn in_comment(
    text: &[u8],
    at: usize,
    line: usize,
    openers: &[&str],
    code: &mut impl FnMut(&Range<usize>, &mut Vec<Range<usize>>),
) -> bool {
    let near = at.saturating_sub(NEAR);
    let mut parts = Vec::new();
    code(&(near..at), &mut parts);
    let Some(from) = parts.last().map(|part| part.end).or((near == 0).then_some(0)) else {
        // A comment that is longer than anybody looks back.
        return true;
    };
    let gap = text.get(from..at).unwrap_or_default();
    let on_line = text.get(from.max(line)..at).unwrap_or_default();
    openers.iter().any(|open| {
        gap.trim_ascii_start().starts_with(open.as_bytes())
            || memmem::find(on_line, open.as_bytes()).is_some()
    })
}

/// Reads what stands behind the mark.
fn parse(text: &str) -> Result<Comment, String> {
    let text = text.trim();
    // What ends a comment is no reason.
    let text = ["*/", "-->", "--%>", "%>", "#}", "*)", "#>"]
        .iter()
        .find_map(|end| text.strip_suffix(end))
        .unwrap_or(text);
    let text = text.trim_end_matches(['#', '/', '*', '-', ';']).trim_end();
    let word_len =
        text.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(text.len());
    let (word, rest) = text.split_at_checked(word_len).unwrap_or((text, ""));
    let Some(&(_, form)) = FORMS.iter().find(|(known, _)| *known == word) else {
        let known = nearest(word, FORMS.iter().map(|(known, _)| *known));
        let hint = known.map_or_else(String::new, |known| format!(", did you mean `{known}`?"));
        return Err(format!("`{}` is no word of these comments{hint}", shortened(word)));
    };
    let listed = rest.trim_start().strip_prefix('[').and_then(|rest| rest.split_once(']'));
    let Some((listed, rest)) = listed else {
        if form == Form::End && rest.trim().is_empty() {
            return Ok(Comment { form, rules: Vec::new(), until: None, reason: String::new() });
        }
        return Err(format!("`{word}` names no rule in brackets"));
    };
    let mut rules = Vec::new();
    for name in listed.split(',').map(str::trim) {
        let Some(rule) = RuleId::find(name) else {
            let known = nearest(name, RuleId::all().flat_map(|rule| [rule.code(), rule.name()]));
            let hint = known.map_or_else(String::new, |known| format!(", did you mean `{known}`?"));
            return Err(format!("`{}` is no rule{hint}", shortened(name)));
        };
        if !rules.contains(&rule) {
            rules.push(rule);
        }
    }
    let mut rest = rest.trim_start_matches([':', ' ', '\t']);
    let mut until = None;
    if let Some(after) = rest.strip_prefix("until ").map(str::trim_start)
        && after.starts_with(|c: char| c.is_ascii_digit())
    {
        let day_len = after.find(|c: char| !c.is_ascii_digit() && c != '-').unwrap_or(after.len());
        let (day, after) = after.split_at_checked(day_len).unwrap_or((after, ""));
        until = Some(day.parse().map_err(|error: NotADay| {
            format!("`{}` ends no permission: {error}", shortened(day))
        })?);
        rest = after;
    }
    let reason = rest.trim_start_matches([':', '-', ',', ' ', '\t']).trim();
    if form != Form::End && !reason.contains(char::is_alphanumeric) {
        return Err("the comment gives no reason, so it allows nothing".to_owned());
    }
    Ok(Comment { form, rules, until, reason: reason.to_owned() })
}

fn shortened(text: &str) -> String {
    text.chars().take(64).collect()
}

/// Where the lines of a text begin.
struct Lines {
    starts: Vec<usize>,
    end: usize,
}

impl Lines {
    fn new(text: &[u8]) -> Self {
        let mut starts = vec![0];
        for at in memchr::memchr2_iter(b'\n', b'\r', text) {
            // `\r\n` is one end of line.
            if text.get(at) == Some(&b'\n') || text.get(at + 1) != Some(&b'\n') {
                starts.push(at + 1);
            }
        }
        Self { starts, end: text.len() }
    }

    fn line(&self, idx: usize) -> Range<usize> {
        let start = self.starts.get(idx).copied().unwrap_or(self.end);
        start..self.starts.get(idx + 1).copied().unwrap_or(self.end)
    }

    fn idx(&self, at: usize) -> usize {
        self.starts.partition_point(|&start| start <= at).saturating_sub(1)
    }

    /// The line that a byte stands in, with its end.
    fn around(&self, at: usize) -> Range<usize> {
        self.line(self.idx(at))
    }

    /// The lines below that of a byte.
    fn after(&self, at: usize) -> impl Iterator<Item = Range<usize>> {
        (self.idx(at) + 1..self.starts.len()).map(|idx| self.line(idx))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_days_of_the_calendar() {
        for text in ["2024-02-29", "2000-02-29", "1999-12-31", "9999-01-01"] {
            assert_eq!(text.parse::<Day>().expect("a day").to_string(), text);
        }
        for text in [
            "2023-02-29",
            "1900-02-29",
            "2024-13-01",
            "2024-00-10",
            "2024-04-31",
            "24-1-1",
            "2024-1-01",
            "",
            "2024-01-0x",
        ] {
            assert_eq!(text.parse::<Day>(), Err(NotADay), "{text}");
        }
    }

    #[test]
    fn what_a_comment_says() {
        let check = |text: &str, expected: &str| {
            let said = match parse(text) {
                Ok(comment) => {
                    let codes: Vec<_> = comment.rules.iter().map(|rule| rule.code()).collect();
                    let until = comment.until.map_or_else(|| "-".to_owned(), |day| day.to_string());
                    format!("{:?} {} {until} {}", comment.form, codes.join("+"), comment.reason)
                }
                Err(message) => message,
            };
            assert_eq!(said, expected, "{text}");
        };
        check(" allow[UID001] a reason", "Allow UID001 - a reason");
        check("allow[raw-uuid-call, UID003]: why", "Allow UID001+UID003 - why");
        check("allow [UID001]  why", "Allow UID001 - why");
        check("allow[UID001,UID001] why */", "Allow UID001 - why");
        check("allow[UID001] why -->", "Allow UID001 - why");
        check("allow[UID001] until 2027-01-31: why", "Allow UID001 2027-01-31 why");
        check("allow[UID001] until 2027-01-31 why", "Allow UID001 2027-01-31 why");
        check("allow[UID001] until the vendor is gone", "Allow UID001 - until the vendor is gone");
        check("allow-next-line[UID001] why", "NextLine UID001 - why");
        check("allow-begin[UID001] why", "Begin UID001 - why");
        check("allow-end", "End  - ");
        check("allow-end[UID001]", "End UID001 - ");
        check("allow-file[UID001] why", "File UID001 - why");
        check("allow[UID001]", "the comment gives no reason, so it allows nothing");
        check("allow[UID001] */", "the comment gives no reason, so it allows nothing");
        check("allow[UID001] - ...", "the comment gives no reason, so it allows nothing");
        check(
            "allow[UID001] until 2027-01-31",
            "the comment gives no reason, so it allows nothing",
        );
        check(
            "allow[UID001] until 2027-02-31: why",
            "`2027-02-31` ends no permission: it is no day of the calendar in the form `2027-01-31`",
        );
        check("allow UID001 why", "`allow` names no rule in brackets");
        check("allow[] why", "`` is no rule");
        check("allow[UID01] why", "`UID01` is no rule, did you mean `UID001`?");
        check(
            "allow[raw-uid-call] why",
            "`raw-uid-call` is no rule, did you mean `raw-uuid-call`?",
        );
        check("allows[UID001] why", "`allows` is no word of these comments, did you mean `allow`?");
        check("", "`` is no word of these comments");
    }
}
