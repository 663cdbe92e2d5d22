//! What the values of a column are: formats with counts, what is ambiguous, what is no id, and from when they are.
//!
//! A pure accumulator: whoever reads a file or a table hands over one value after the other. It goes to the command
//! `inspect --profile` and to plans of migrations. Invariant: its memory does not grow with the number of values.

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use crate::legacy::Reader;
use crate::{ParseError, ParseErrorKind, ParsedId, parse_any_bytes};

/// How many different samples are kept of each format.
const SAMPLES: usize = 3;

/// The profile of a column of ids.
///
/// # Examples
///
/// ```
/// use unified_id::legacy::Reader;
/// use unified_id::Profile;
///
/// let reader = Reader::new();
/// let mut profile = Profile::new();
/// let column = ["run_context_7_5c95c6ff", "thread_user123_run_1693430400000_a1b2c3d4", "n/a"];
/// for (row, value) in (1..).zip(column) {
///     profile.add(&reader, value.as_bytes(), row);
/// }
/// profile.add_absent();
///
/// assert_eq!((profile.values(), profile.absent()), (3, 1));
/// assert_eq!((profile.ids(), profile.ambiguous(), profile.refused()), (2, 1, 1));
/// assert_eq!(profile.times().unwrap().first_ms, 1_693_430_400_000);
/// let refusal = &profile.refusals()[0];
/// assert_eq!((refusal.code(), refusal.first_row()), ("unknown_format", 3));
/// ```
#[derive(Debug, Default)]
pub struct Profile {
    absent: u64,
    formats: Vec<FormatProfile>,
    refusals: Vec<RefusalProfile>,
}

/// From when values are, in Unix milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    /// The earliest.
    pub first_ms: u64,
    /// The latest.
    pub last_ms: u64,
    /// How many values have a time.
    pub count: u64,
    /// How many of these are only the first 48 bits of a value that does not say that they are a time.
    pub uncertain: u64,
}

impl Times {
    fn with(times: Option<Self>, other: Self) -> Self {
        times.map_or(other, |times| Self {
            first_ms: times.first_ms.min(other.first_ms),
            last_ms: times.last_ms.max(other.last_ms),
            count: times.count + other.count,
            uncertain: times.uncertain + other.uncertain,
        })
    }
}

/// What a profile says of one format.
#[derive(Debug)]
pub struct FormatProfile {
    name: Box<str>,
    count: u64,
    first_row: u64,
    ambiguous: u64,
    other_spellings: u64,
    with_thread: u64,
    with_user: u64,
    longest_bytes: usize,
    times: Option<Times>,
    kinds: Vec<(Option<Box<str>>, u64)>,
    samples: Vec<String>,
}

impl FormatProfile {
    /// Returns the name of the format: `canonical`, `typeid`, `ulid`, or that of a row of the legacy table or of the application.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns how many values have this format.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Returns the row of the first one, as the caller numbers rows.
    #[must_use]
    pub fn first_row(&self) -> u64 {
        self.first_row
    }

    /// Returns how many of them can be read in two ways.
    #[must_use]
    pub fn ambiguous(&self) -> u64 {
        self.ambiguous
    }

    /// Returns how many of them a writer would spell otherwise: upper case, or `thread_` in a scope.
    #[must_use]
    pub fn other_spellings(&self) -> u64 {
        self.other_spellings
    }

    /// Returns how many of them tell a thread.
    #[must_use]
    pub fn with_thread(&self) -> u64 {
        self.with_thread
    }

    /// Returns how many of them tell a user.
    #[must_use]
    pub fn with_user(&self) -> u64 {
        self.with_user
    }

    /// Returns the length in bytes of the longest.
    #[must_use]
    pub fn longest_bytes(&self) -> usize {
        self.longest_bytes
    }

    /// Returns from when they are, if any has a time.
    #[must_use]
    pub fn times(&self) -> Option<Times> {
        self.times
    }

    /// Returns the kinds with their counts, in the order in which they came; `None` where the text does not say.
    pub fn kinds(&self) -> impl Iterator<Item = (Option<&str>, u64)> {
        self.kinds.iter().map(|(kind, count)| (kind.as_deref(), *count))
    }

    /// Returns the first three different ones.
    #[must_use]
    pub fn samples(&self) -> &[String] {
        &self.samples
    }

    fn new(name: &str, first_row: u64) -> Self {
        Self {
            name: name.into(),
            count: 0,
            first_row,
            ambiguous: 0,
            other_spellings: 0,
            with_thread: 0,
            with_user: 0,
            longest_bytes: 0,
            times: None,
            kinds: Vec::new(),
            samples: Vec::new(),
        }
    }

    fn add_kind(&mut self, kind: Option<&str>, count: u64) {
        match self.kinds.iter_mut().find(|(known, _)| known.as_deref() == kind) {
            Some((_, known)) => *known += count,
            None => self.kinds.push((kind.map(Into::into), count)),
        }
    }

    fn add_sample(&mut self, text: &str) {
        if self.samples.len() < SAMPLES && self.samples.iter().all(|sample| sample != text) {
            self.samples.push(text.to_owned());
        }
    }

    fn merge(&mut self, other: Self) {
        self.count += other.count;
        self.first_row = self.first_row.min(other.first_row);
        self.ambiguous += other.ambiguous;
        self.other_spellings += other.other_spellings;
        self.with_thread += other.with_thread;
        self.with_user += other.with_user;
        self.longest_bytes = self.longest_bytes.max(other.longest_bytes);
        self.times = match other.times {
            Some(times) => Some(Times::with(self.times, times)),
            None => self.times,
        };
        for (kind, count) in other.kinds {
            self.add_kind(kind.as_deref(), count);
        }
        for sample in &other.samples {
            self.add_sample(sample);
        }
    }
}

/// What a profile says of the values that are no ids for the same cause.
#[derive(Debug)]
pub struct RefusalProfile {
    count: u64,
    first_row: u64,
    first: ParseError,
}

impl RefusalProfile {
    /// Returns the cause.
    #[must_use]
    pub fn kind(&self) -> ParseErrorKind {
        self.first.kind()
    }

    /// Returns the stable name of the cause: `unknown_format`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.first.code()
    }

    /// Returns how many values there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Returns the row of the first one, as the caller numbers rows.
    #[must_use]
    pub fn first_row(&self) -> u64 {
        self.first_row
    }

    /// Returns what is wrong with the first one; its message shows the value.
    #[must_use]
    pub fn first(&self) -> &ParseError {
        &self.first
    }
}

impl Profile {
    /// Returns the profile of no values.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads one value and adds it; `row` is the number by which the caller finds it again.
    ///
    /// Bytes that are not UTF-8 are a value that is no id.
    pub fn add(&mut self, reader: &Reader, value: &[u8], row: u64) {
        match str::from_utf8(value) {
            Ok(text) => self.add_reading(text, reader.parse_any(text), row),
            // The general reader gives the error, with the position of the first byte that is none.
            Err(_) => {
                if let Err(error) = parse_any_bytes(value) {
                    self.add_refusal(error, row);
                }
            }
        }
    }

    /// Adds a value that was read already.
    pub fn add_reading(&mut self, text: &str, reading: Result<ParsedId<'_>, ParseError>, row: u64) {
        let id = match reading {
            Ok(id) => id,
            Err(error) => return self.add_refusal(error, row),
        };
        let (name, kind) = match &id {
            ParsedId::Legacy(legacy) => (legacy.row().name(), legacy.kind()),
            ParsedId::Unified(unified) => (id.format(), Some(unified.kind().prefix())),
            ParsedId::Foreign(_) | ParsedId::Bare(_) => (id.format(), None),
        };
        let format = self.format_mut(name, row);
        format.count += 1;
        format.longest_bytes = format.longest_bytes.max(text.len());
        format.add_kind(kind, 1);
        format.add_sample(text);
        let time = match &id {
            ParsedId::Legacy(legacy) => {
                format.ambiguous += u64::from(legacy.is_ambiguous());
                format.with_thread += u64::from(legacy.thread().is_some());
                format.with_user += u64::from(legacy.user().is_some());
                legacy.timestamp_ms().map(|ms| (ms, true))
            }
            ParsedId::Unified(unified) => {
                let (thread, user) = unified.carries();
                format.with_thread += u64::from(thread);
                format.with_user += u64::from(user);
                format.other_spellings += u64::from(!unified.is_canonical());
                unified.time()
            }
            ParsedId::Foreign(foreign) => Some(foreign.time()),
            ParsedId::Bare(core) => {
                let upper = text.bytes().any(|byte| byte.is_ascii_uppercase());
                format.other_spellings += u64::from(upper);
                Some((core.leading_ms(), core.timestamp_ms().is_some()))
            }
        };
        if let Some((ms, is_certain)) = time {
            let uncertain = u64::from(!is_certain);
            let times = Times { first_ms: ms, last_ms: ms, count: 1, uncertain };
            format.times = Some(Times::with(format.times, times));
        }
    }

    /// Adds a place where no value is: a NULL, an empty field, a line without a match.
    pub fn add_absent(&mut self) {
        self.absent += 1;
    }

    /// Adds what another profile has, of other values of the same column.
    pub fn merge(&mut self, other: Self) {
        self.absent += other.absent;
        for format in other.formats {
            self.format_mut(&format.name, format.first_row).merge(format);
        }
        for refusal in other.refusals {
            match self.refusals.iter_mut().find(|known| known.kind() == refusal.kind()) {
                Some(known) => {
                    known.count += refusal.count;
                    if refusal.first_row < known.first_row {
                        (known.first_row, known.first) = (refusal.first_row, refusal.first);
                    }
                }
                None => self.refusals.push(refusal),
            }
        }
    }

    /// Returns the formats, the most frequent first; equally frequent ones by name.
    #[must_use]
    pub fn formats(&self) -> Vec<&FormatProfile> {
        let mut formats: Vec<_> = self.formats.iter().collect();
        formats.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.name.cmp(&b.name)));
        formats
    }

    /// Returns why values are no ids, the most frequent cause first; equally frequent ones by code.
    #[must_use]
    pub fn refusals(&self) -> Vec<&RefusalProfile> {
        let mut refusals: Vec<_> = self.refusals.iter().collect();
        refusals.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.code().cmp(b.code())));
        refusals
    }

    /// Returns how many values were added; absent ones are none.
    #[must_use]
    pub fn values(&self) -> u64 {
        self.ids() + self.refused()
    }

    /// Returns at how many places there was no value.
    #[must_use]
    pub fn absent(&self) -> u64 {
        self.absent
    }

    /// Returns how many values are ids.
    #[must_use]
    pub fn ids(&self) -> u64 {
        self.formats.iter().map(|format| format.count).sum()
    }

    /// Returns how many values are ids that can be read in two ways.
    #[must_use]
    pub fn ambiguous(&self) -> u64 {
        self.formats.iter().map(|format| format.ambiguous).sum()
    }

    /// Returns how many values are no ids.
    #[must_use]
    pub fn refused(&self) -> u64 {
        self.refusals.iter().map(|refusal| refusal.count).sum()
    }

    /// Returns from when the values are, if any has a time.
    #[must_use]
    pub fn times(&self) -> Option<Times> {
        let times = self.formats.iter().filter_map(|format| format.times);
        times.fold(None, |all, times| Some(Times::with(all, times)))
    }

    /// Finds a format, or begins it: there are at most as many as the table and the application have rows.
    fn format_mut(&mut self, name: &str, row: u64) -> &mut FormatProfile {
        let at = self.formats.iter().position(|format| *format.name == *name);
        let at = at.unwrap_or_else(|| {
            self.formats.push(FormatProfile::new(name, row));
            self.formats.len() - 1
        });
        &mut self.formats[at]
    }

    fn add_refusal(&mut self, error: ParseError, row: u64) {
        match self.refusals.iter_mut().find(|known| known.kind() == error.kind()) {
            Some(known) => known.count += 1,
            None => self.refusals.push(RefusalProfile { count: 1, first_row: row, first: error }),
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use super::*;
    use crate::legacy::rows;

    fn profile(values: &[&[u8]]) -> Profile {
        let (reader, mut profile) = (Reader::new(), Profile::new());
        for (row, value) in (1..).zip(values) {
            profile.add(&reader, value, row);
        }
        profile
    }

    /// What can be compared of a profile: everything but the order in which things came.
    fn shown(profile: &Profile) -> String {
        let formats: Vec<String> = profile.formats().iter().map(|f| format!("{f:?}")).collect();
        let refusals: Vec<String> = profile
            .refusals()
            .iter()
            .map(|r| format!("{} {} {}", r.code(), r.count, r.first_row))
            .collect();
        format!("{formats:?} {refusals:?} {} {:?}", profile.absent, profile.times())
    }

    #[test]
    fn each_value_is_counted_once() {
        let texts: Vec<&[u8]> = rows().iter().map(|row| row.example().as_bytes()).collect();
        let profile = profile(&texts);
        let refused = rows().iter().filter(|row| row.is_refused()).count();
        assert_eq!(profile.refused(), refused as u64);
        assert_eq!(profile.values(), rows().len() as u64);
        for format in profile.formats() {
            let rows = rows().iter().filter(|row| row.name() == format.name()).count();
            assert_eq!(format.count(), rows as u64, "{}", format.name());
            assert_eq!(format.kinds().map(|(_, count)| count).sum::<u64>(), format.count());
            assert!(!format.samples().is_empty() && format.samples().len() <= SAMPLES);
        }
    }

    #[test]
    fn parts_merge_to_the_whole() {
        let texts: Vec<&[u8]> = rows().iter().map(|row| row.example().as_bytes()).collect();
        let whole = profile(&texts);
        for split in [0, 1, 30, texts.len()] {
            let mut first = profile(&texts[..split]);
            let (reader, mut second) = (Reader::new(), Profile::new());
            for (row, text) in (split as u64 + 1..).zip(&texts[split..]) {
                second.add(&reader, text, row);
            }
            first.merge(second);
            assert_eq!(shown(&first), shown(&whole));
        }
    }

    #[test]
    fn memory_does_not_grow_with_the_values() {
        let (reader, mut profile) = (Reader::new(), Profile::new());
        for row in 0..20_000_u64 {
            profile.add(
                &reader,
                format!("thread_user{row}_run_1693430400000_a1b2c3d4").as_bytes(),
                row,
            );
            profile.add(&reader, format!("no id {row}").as_bytes(), row);
        }
        assert_eq!((profile.formats.len(), profile.refusals.len()), (1, 1));
        assert_eq!(profile.formats[0].samples.len(), SAMPLES);
        assert_eq!(profile.formats[0].kinds.len(), 1);
    }

    #[test]
    fn spellings_times_and_bytes_are_told() {
        let profile = profile(&[
            b"run_thread_user123_01M7WQT1FCFF4SQ3CDMZK4W7RT",
            b"run_01m7wqt1fbff4sq3bgc5bhn9e0_01m7wqt1fcff4sq3cdmzk4w7rt",
            b"websocket_01m7wqt1fbff4sq3bgc5bhn9e0_01m7wqt1fcff4sq3cdmzk4w7rt",
            b"01ARZ3NDEKTSV4RRFFQ69G5FAV",
            b"run_\\xff",
            b"run_\xff",
        ]);
        let formats = profile.formats();
        let canonical = formats[0];
        assert_eq!(
            (canonical.name(), canonical.count(), canonical.other_spellings()),
            ("canonical", 3, 1)
        );
        assert_eq!((canonical.with_thread(), canonical.with_user()), (2, 1));
        assert_eq!(canonical.longest_bytes(), 63);
        let ulid = formats[1];
        assert_eq!((ulid.name(), ulid.other_spellings()), ("ulid", 1));
        assert_eq!(ulid.times().unwrap().uncertain, 1);
        let times = profile.times().unwrap();
        assert_eq!(
            (times.first_ms, times.last_ms, times.count),
            (1_469_922_850_259, 1_795_187_082_732, 4)
        );
        let codes: Vec<_> = profile.refusals().iter().map(|refusal| refusal.code()).collect();
        assert_eq!(codes, ["forbidden_character", "not_utf8"]);
        assert!(Profile::new().times().is_none());
    }
}
