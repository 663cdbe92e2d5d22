//! A slow reader of the same table: one anchored `regex` per row, tried from the top.
//!
//! It is written from the specification alone and shares no code with the library, so that the two can be
//! held against each other. It also is the baseline of the benchmark.

use regex::{Captures, Regex};
use toml::{Table, Value};

pub(crate) const TABLE: &str = include_str!("../../../src/legacy/legacy_formats.toml");

/// What the slow reader says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reading {
    pub(crate) row: usize,
    pub(crate) format: String,
    pub(crate) kind: Option<String>,
    pub(crate) thread: Option<String>,
    pub(crate) user: Option<String>,
    pub(crate) timestamp_ms: Option<u64>,
    pub(crate) alternatives: Vec<Option<String>>,
}

struct Row {
    regex: Regex,
    format: Value,
}

impl Row {
    fn text(&self, key: &str) -> Option<&str> {
        self.format.get(key).map(|value| value.as_str().unwrap())
    }

    fn when(&self) -> Vec<&str> {
        let when = self.format.get("when").and_then(Value::as_array);
        when.map_or_else(Vec::new, |when| when.iter().map(|name| name.as_str().unwrap()).collect())
    }
}

pub(crate) struct Oracle {
    rows: Vec<Row>,
    ascii: Regex,
    generated: Vec<Regex>,
    letter: Vec<Regex>,
    same_ms: Regex,
    ends_in_date: Regex,
    table: Table,
}

/// Translates a pattern; `names` also says which parts become groups.
fn translate(table: &Table, pattern: &str, groups: bool) -> String {
    let mut out = String::new();
    let mut rest = pattern;
    while let Some(next) = rest.chars().next() {
        rest = &rest[1..];
        match next {
            '(' | '[' => out.push_str("(?:"),
            ']' => out.push_str(")?"),
            '{' => {
                let (inside, after) = rest.split_once('}').unwrap();
                rest = after;
                let (name, of) =
                    inside.split_once(':').map_or((None, inside), |(name, of)| (Some(name), of));
                let body = match of.strip_prefix('@') {
                    Some(list) => {
                        let words = table["lists"][list]
                            .as_array()
                            .unwrap()
                            .iter()
                            .map(|word| word.as_str().unwrap());
                        let mut words: Vec<String> = words
                            .map(|word| {
                                word.strip_suffix('*').map_or_else(
                                    || word.to_owned(),
                                    |start| format!("{start}[a-z_]+"),
                                )
                            })
                            .collect();
                        words.sort_by_key(|word| {
                            std::cmp::Reverse((word.contains('['), word.len()))
                        });
                        words.join("|")
                    }
                    None => atom(table, of),
                };
                match name {
                    Some(name) if groups => out.extend(["(?P<", name, ">", &body, ")"]),
                    _ => out.extend(["(?:", &body, ")"]),
                }
            }
            other => out.push(other),
        }
    }
    out
}

/// The contract's text of the two atoms that the project's table writes as patterns.
const CANON: &str = "thread_[^_].*_run_[0-9]{1,19}_[0-9A-Fa-f]{8}";
const INNER: &str =
    "(?:thread_[^_].*_run_[0-9]{1,19}|run_[^_].*_(?:0|[1-9][0-9]{0,4}))_[0-9A-Fa-f]{8}";

fn atom(table: &Table, name: &str) -> String {
    match name {
        "canon" => CANON.to_owned(),
        "inner" => INNER.to_owned(),
        _ => table["atoms"][name].as_str().unwrap().to_owned(),
    }
}

fn whole(regex: &str) -> Regex {
    Regex::new(&format!(r"(?s)\A(?:{regex})\z")).unwrap()
}

fn key(thread: Option<&String>) -> Option<&str> {
    thread.map(|thread| thread.trim_start_matches("thread_"))
}

impl Oracle {
    pub(crate) fn new() -> Self {
        let table: Table = TABLE.parse().unwrap();
        let rows = table["format"].as_array().unwrap();
        let rows = rows
            .iter()
            .map(|format| Row {
                regex: whole(&translate(&table, format["pattern"].as_str().unwrap(), true)),
                format: format.clone(),
            })
            .collect();
        let generated = |key: &str| {
            let patterns = table["generated"][key].as_array().unwrap().iter();
            patterns
                .map(|pattern| whole(&translate(&table, pattern.as_str().unwrap(), false)))
                .collect()
        };
        Self {
            rows,
            ascii: whole(&atom(&table, "ascii")),
            generated: generated("patterns"),
            letter: generated("letter_patterns"),
            same_ms: whole("(?:.+_)?(1[0-9]{12})"),
            ends_in_date: whole(".*-20[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"),
            table,
        }
    }

    /// The first row whose regular expression matches, for the benchmark's baseline.
    pub(crate) fn first_row(&self, text: &str) -> Option<usize> {
        self.rows.iter().position(|row| row.regex.is_match(text))
    }

    /// The first row that matches, with its parts.
    pub(crate) fn first_captures<'t>(&self, text: &'t str) -> Option<Captures<'t>> {
        self.rows.iter().find_map(|row| row.regex.captures(text))
    }

    /// Reads a text; `dialect` is a name of the table.
    pub(crate) fn read(&self, text: &str, dialect: Option<&str>) -> Option<Reading> {
        if self.refuses(text) {
            return None;
        }
        let reading = self.by_table(text, dialect)?;
        let blank = |thread: Option<&String>| {
            thread.is_some_and(|thread| thread.starts_with(' ') || thread.ends_with(' '))
        };
        let all = self.threads_before_keys(text, &reading, dialect);
        (!blank(reading.thread.as_ref()) && !all.iter().any(|thread| blank(thread.as_ref())))
            .then_some(reading)
    }

    /// The threads of all readings of the text, also those with a key that was there before.
    fn threads_before_keys(
        &self,
        text: &str,
        reading: &Reading,
        dialect: Option<&str>,
    ) -> Vec<Option<String>> {
        let row = &self.rows[reading.row];
        if row.text("thread") == Some("@R") {
            let captures = row.regex.captures(text).unwrap();
            let inner = &captures["R"];
            let reading = self.by_table(inner, dialect).unwrap();
            return self.threads_before_keys(inner, &reading, dialect);
        }
        if self.settled(text, row, dialect) {
            return Vec::new();
        }
        self.others(text, reading.row).into_iter().map(|(_, thread)| thread).collect()
    }

    fn refuses(&self, text: &str) -> bool {
        use unicode_general_category::{GeneralCategory as C, get_general_category};
        let refused = self.table["input"]["refuse_characters"].as_str().unwrap();
        let category = |c: char| {
            matches!(
                get_general_category(c),
                C::Control
                    | C::Format
                    | C::Surrogate
                    | C::PrivateUse
                    | C::Unassigned
                    | C::LineSeparator
                    | C::ParagraphSeparator
            )
        };
        text.is_empty()
            || text.len() > 512
            || text.contains("..")
            || text.starts_with(' ')
            || text.ends_with(' ')
            || text.chars().any(|c| {
                refused.contains(c)
                    || category(c)
                    || (c != ' ' && get_general_category(c) == C::SpaceSeparator)
            })
    }

    fn by_table(&self, text: &str, dialect: Option<&str>) -> Option<Reading> {
        let mut groups_done: Vec<&str> = Vec::new();
        for (index, row) in self.rows.iter().enumerate() {
            if let (Some(group), Some(_)) = (row.text("group"), dialect)
                && !groups_done.contains(&group)
            {
                groups_done.push(group);
                for (first, other) in self.rows.iter().enumerate() {
                    if other.text("group") == Some(group)
                        && self.in_dialect(other, dialect)
                        && let Some(captures) = self.fits(other, text)
                        && let Some(mut reading) = self.reading(first, text, &captures, dialect)
                    {
                        reading.alternatives.clear();
                        return Some(reading);
                    }
                }
            }
            let Some(captures) = self.fits(row, text) else { continue };
            let when = row.when();
            if !when.is_empty() && !when.iter().any(|condition| self.holds(condition, &captures)) {
                continue;
            }
            if row.text("refuse").is_some() {
                return None;
            }
            if let Some(reading) = self.reading(index, text, &captures, dialect) {
                return Some(reading);
            }
        }
        None
    }

    fn in_dialect(&self, row: &Row, dialect: Option<&str>) -> bool {
        let Some(dialect) = dialect else { return false };
        self.table["dialects"][dialect]
            .as_array()
            .unwrap()
            .iter()
            .any(|name| name.as_str() == row.text("name"))
    }

    /// Whether the dialect decides among the rows of this row's group.
    fn settled(&self, text: &str, row: &Row, dialect: Option<&str>) -> bool {
        row.text("group").is_some()
            && self.rows.iter().any(|other| {
                other.text("group") == row.text("group")
                    && self.in_dialect(other, dialect)
                    && self.fits(other, text).is_some()
            })
    }

    /// The row's pattern, dates and guard.
    fn fits<'t>(&self, row: &Row, text: &'t str) -> Option<Captures<'t>> {
        let captures = row.regex.captures(text)?;
        if row.text("guard").is_some() && self.ends_in_date.is_match(text) {
            return None;
        }
        if let Some(date) = captures.name("date") {
            date_ms(date.as_str())?;
        }
        Some(captures)
    }

    fn holds(&self, condition: &str, captures: &Captures<'_>) -> bool {
        let (thread, number) = (captures.name("T").map_or("", |t| t.as_str()), &captures["n"]);
        match condition {
            "five_digits" => number.len() == 5,
            "not_ascii" => !self.ascii.is_match(thread),
            "same_ms" => self.same_ms.captures(thread).is_some_and(|captures| {
                let ms: u64 = captures[1].parse().unwrap();
                number == (ms % 100_000).to_string()
            }),
            "generated" => {
                let last = thread.rsplit('_').next().unwrap();
                let letter = last.chars().any(|c| "abcdefABCDEF".contains(c));
                self.generated.iter().any(|regex| regex.is_match(thread))
                    || letter && self.letter.iter().any(|regex| regex.is_match(thread))
            }
            other => panic!("unknown condition {other}"),
        }
    }

    fn kind(&self, row: &Row, captures: &Captures<'_>) -> Option<String> {
        let kind = row.text("kind")?;
        if kind != "@p" {
            return Some(kind.to_owned());
        }
        let words: Vec<&str> = captures["p"].split(['_', '-']).collect();
        let table = self.table["kind_words"].as_table().unwrap();
        let entry = |words: &[&str]| {
            let two = words.get(..2).and_then(|two| table.get(&two.join("_")));
            let found = two.or_else(|| table.get(*words.first()?));
            found.map(|kind| kind.as_str().unwrap().to_owned())
        };
        let qualifiers = self.table["lists"]["kind_qualifier"].as_array().unwrap();
        let qualified = qualifiers.iter().any(|word| word.as_str() == Some(words[0]));
        qualified.then(|| entry(&words[1..])).flatten().or_else(|| entry(&words))
    }

    fn thread(&self, row: &Row, text: &str, captures: &Captures<'_>) -> Option<String> {
        if self.kind(row, captures).as_deref() == Some("thread") {
            return Some(text.to_owned());
        }
        fill(row.text("thread")?, text, captures)
    }

    /// The threads of the other rows of the group, with `when` left out.
    fn others(&self, text: &str, index: usize) -> Vec<(usize, Option<String>)> {
        let Some(group) = self.rows[index].text("group") else { return Vec::new() };
        let others = self
            .rows
            .iter()
            .enumerate()
            .filter(|(other, row)| *other != index && row.text("group") == Some(group));
        others
            .filter_map(|(other, row)| {
                Some((other, self.thread(row, text, &self.fits(row, text)?)))
            })
            .collect()
    }

    fn reading(
        &self,
        index: usize,
        text: &str,
        captures: &Captures<'_>,
        dialect: Option<&str>,
    ) -> Option<Reading> {
        let row = &self.rows[index];
        let kind = self.kind(row, captures);
        let (thread, alternatives) = if row.text("thread") == Some("@R") {
            let inner = self
                .by_table(&captures["R"], dialect)
                .filter(|inner| inner.kind.as_deref() == Some("run"))?;
            (inner.thread, inner.alternatives)
        } else {
            let thread = self.thread(row, text, captures);
            let mut alternatives: Vec<Option<String>> = Vec::new();
            for (_, other) in self.others(text, index) {
                let known = key(thread.as_ref()) == key(other.as_ref())
                    || alternatives.iter().any(|known| key(known.as_ref()) == key(other.as_ref()));
                if !known {
                    alternatives.push(other);
                }
            }
            (thread, alternatives)
        };
        let timestamp_ms = time(captures);
        let user = row.text("user").and_then(|user| fill(user, text, captures));
        Some(Reading {
            row: index,
            format: row.text("name")?.to_owned(),
            kind,
            thread,
            user,
            timestamp_ms,
            alternatives,
        })
    }
}

fn fill(template: &str, text: &str, captures: &Captures<'_>) -> Option<String> {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').unwrap();
        out.push_str(before);
        out.push_str(if name == "id" { text } else { captures.name(name)?.as_str() });
        rest = after;
    }
    Some(out + rest)
}

fn time(captures: &Captures<'_>) -> Option<u64> {
    if let Some(ms) = captures.name("ms") {
        return ms.as_str().parse().ok();
    }
    if let Some(sec) = captures.name("sec") {
        return Some(sec.as_str().parse::<u64>().unwrap() * 1000);
    }
    if let Some(ulid) = captures.name("ulid") {
        let digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        let value = |c: char| digits.find(c.to_ascii_uppercase()).unwrap() as u128;
        let bits = ulid.as_str().chars().fold(0_u128, |bits, c| bits << 5 | value(c));
        return Some(u64::try_from(bits >> 80).unwrap());
    }
    if let Some(uuid) = captures.name("uuid") {
        let bits = u128::from_str_radix(&uuid.as_str().replace('-', ""), 16).unwrap();
        let (version, variant) = (bits >> 76 & 0xf, bits >> 62 & 3);
        return (version == 7 && variant == 2).then(|| u64::try_from(bits >> 80).unwrap());
    }
    date_ms(captures.name("date")?.as_str())
}

/// By counting days, the slow way.
fn date_ms(text: &str) -> Option<u64> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let number = |at: usize, len: usize| {
        digits.get(at..at + len).map_or(0, |piece| piece.parse::<u64>().unwrap())
    };
    let (year, month, day, hour, minute, second) =
        (number(0, 4), number(4, 2), number(6, 2), number(8, 2), number(10, 2), number(12, 2));
    let leap = |year: u64| {
        year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
    };
    let lengths =
        |year: u64| [31, if leap(year) { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    if !(1..=12).contains(&month) || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let length = lengths(year)[usize::try_from(month).unwrap() - 1];
    if day == 0 || day > length {
        return None;
    }
    let years: u64 = (1970..year).map(|year| if leap(year) { 366 } else { 365 }).sum();
    let months: u64 = lengths(year)[..usize::try_from(month).unwrap() - 1].iter().sum();
    let days = years + months + day - 1;
    Some((((days * 24 + hour) * 60 + minute) * 60 + second) * 1000 + number(14, 6) / 1000)
}
