//! Who is told of every reading: a hook around a reader, and counters that can be one.
//!
//! The library exports nothing anywhere: a server reads the counters when it is asked for metrics. A reader without a hook
//! does not know of hooks, so whoever needs none pays nothing. Invariant: a hook sees what the caller sees, after it was
//! read, and cannot change it. Next: the caller.

use core::fmt;
use core::sync::atomic::{AtomicU64, Ordering};

use crate::legacy::{LegacyFormat, Reader};
use crate::{ParseError, ParseErrorKind, ParsedId};

/// Something that is told of every reading.
///
/// A closure is one, and so are [`ReadCounts`] behind `&` or `Arc`.
pub trait ReadHook {
    /// Is called with each text and what was read, before the caller gets it.
    fn on_read(&self, text: &str, reading: &Result<ParsedId<'_>, ParseError>);
}

impl<F: Fn(&str, &Result<ParsedId<'_>, ParseError>)> ReadHook for F {
    fn on_read(&self, text: &str, reading: &Result<ParsedId<'_>, ParseError>) {
        self(text, reading);
    }
}

impl ReadHook for &ReadCounts {
    fn on_read(&self, _: &str, reading: &Result<ParsedId<'_>, ParseError>) {
        self.count(reading);
    }
}

impl ReadHook for alloc::sync::Arc<ReadCounts> {
    fn on_read(&self, _: &str, reading: &Result<ParsedId<'_>, ParseError>) {
        self.count(reading);
    }
}

/// A reader whose readings a hook is told of.
///
/// # Examples
///
/// ```
/// use unified_id::legacy::Reader;
/// use unified_id::{ParseErrorKind, ReadCounts};
///
/// let counts = ReadCounts::new();
/// let reader = Reader::new().with_hook(&counts);
/// reader.parse_any("thread_user123_run_1693430400000_a1b2c3d4")?;
/// reader.parse_any("run_context_7_5c95c6ff")?;
/// assert!(reader.parse_any("hello world").is_err());
///
/// assert_eq!(counts.format("netra_run_canonical"), 1);
/// assert_eq!((counts.legacy(), counts.ambiguous(), counts.refused()), (2, 1, 1));
/// assert_eq!(counts.refusal(ParseErrorKind::UnknownFormat), 1);
/// # Ok::<(), unified_id::ParseError>(())
/// ```
#[derive(Clone)]
pub struct HookedReader<H> {
    reader: Reader,
    hook: H,
}

impl<H: ReadHook> HookedReader<H> {
    /// Reads any text as an id, and tells the hook.
    ///
    /// # Errors
    ///
    /// As [`Reader::parse_any`].
    pub fn parse_any<'a>(&'a self, text: &'a str) -> Result<ParsedId<'a>, ParseError> {
        let reading = self.reader.parse_any(text);
        self.hook.on_read(text, &reading);
        reading
    }

    /// Returns the reader, for readings that the hook is not to be told of.
    #[must_use]
    pub fn reader(&self) -> &Reader {
        &self.reader
    }

    /// Returns the hook.
    #[must_use]
    pub fn hook(&self) -> &H {
        &self.hook
    }
}

impl<H> fmt::Debug for HookedReader<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HookedReader").field("reader", &self.reader).finish_non_exhaustive()
    }
}

impl Reader {
    /// Lets a hook be told of every reading.
    #[must_use]
    pub fn with_hook<H: ReadHook>(self, hook: H) -> HookedReader<H> {
        HookedReader { reader: self, hook }
    }
}

/// The formats of the legacy table, and one for rows of an application, which is the last.
const LEGACY: usize = LegacyFormat::Application as usize + 1;

/// The kinds of errors.
const ERRORS: usize = ParseErrorKind::UnknownFormat as usize + 1;

/// How often each format was read, and each kind of error was the answer; shared between threads.
///
/// Counters only grow. Reading them while others count gives each counter as it was at some time during the reading.
#[derive(Debug)]
pub struct ReadCounts {
    unified: AtomicU64,
    foreign: AtomicU64,
    legacy: [AtomicU64; LEGACY],
    ambiguous: AtomicU64,
    errors: [AtomicU64; ERRORS],
}

impl ReadCounts {
    /// Returns counters at zero.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            unified: AtomicU64::new(0),
            foreign: AtomicU64::new(0),
            legacy: [const { AtomicU64::new(0) }; LEGACY],
            ambiguous: AtomicU64::new(0),
            errors: [const { AtomicU64::new(0) }; ERRORS],
        }
    }

    /// Counts one reading.
    pub fn count(&self, reading: &Result<ParsedId<'_>, ParseError>) {
        let counter = match reading {
            Ok(ParsedId::Unified(_)) => &self.unified,
            Ok(ParsedId::Foreign(_)) => &self.foreign,
            Ok(ParsedId::Bare(_)) => &self.legacy[LegacyFormat::Ulid as usize],
            Ok(ParsedId::Legacy(id)) => {
                if id.is_ambiguous() {
                    self.ambiguous.fetch_add(1, Ordering::Relaxed);
                }
                &self.legacy[id.format() as usize]
            }
            Err(error) => &self.errors[error.kind() as usize],
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// Returns every format by its name, with how often it was read: `canonical`, `typeid`, then the legacy formats.
    pub fn formats(&self) -> impl Iterator<Item = (&'static str, u64)> + '_ {
        use strum::IntoEnumIterator;

        let legacy =
            LegacyFormat::iter().map(|format| (format.into(), load(&self.legacy[format as usize])));
        [("canonical", load(&self.unified)), ("typeid", load(&self.foreign))]
            .into_iter()
            .chain(legacy)
    }

    /// Returns every kind of error by its [code](ParseErrorKind::code), with how often it was the answer.
    pub fn refusals(&self) -> impl Iterator<Item = (&'static str, u64)> + '_ {
        use strum::IntoEnumIterator;

        ParseErrorKind::iter().map(|kind| (kind.code(), self.refusal(kind)))
    }

    /// Returns how often a format was read; 0 for a name that is none.
    #[must_use]
    pub fn format(&self, name: &str) -> u64 {
        self.formats().find(|(format, _)| *format == name).map_or(0, |(_, count)| count)
    }

    /// Returns how often this was the answer.
    #[must_use]
    pub fn refusal(&self, kind: ParseErrorKind) -> u64 {
        load(&self.errors[kind as usize])
    }

    /// Returns how many texts were no ids.
    #[must_use]
    pub fn refused(&self) -> u64 {
        self.errors.iter().map(load).sum()
    }

    /// Returns how many texts were ids of older systems, bare ULIDs among them.
    #[must_use]
    pub fn legacy(&self) -> u64 {
        self.legacy.iter().map(load).sum()
    }

    /// Returns how many texts were legacy ids that can be read in two ways.
    #[must_use]
    pub fn ambiguous(&self) -> u64 {
        load(&self.ambiguous)
    }

    /// Returns how many texts were read or refused.
    #[must_use]
    pub fn total(&self) -> u64 {
        load(&self.unified) + load(&self.foreign) + self.legacy() + self.refused()
    }
}

impl Default for ReadCounts {
    fn default() -> Self {
        Self::new()
    }
}

fn load(counter: &AtomicU64) -> u64 {
    counter.load(Ordering::Relaxed)
}

#[cfg(test)]
mod tests {
    use alloc::borrow::ToOwned;
    use alloc::sync::Arc;
    use core::cell::Cell;

    use strum::IntoEnumIterator;

    use super::*;
    use crate::legacy::{Dialect, rows};

    #[test]
    fn every_format_has_its_counter() {
        let counts = ReadCounts::new();
        let reader = Reader::new().with_hook(&counts);
        let mut read = 2;
        reader.parse_any("thread_01m7wqt1fbff4sq3bgc5bhn9e0").unwrap();
        reader.parse_any("order_item_01m7wqt1fbff4sq3bgc5bhn9e0").unwrap();
        for row in rows().iter().filter(|row| !row.is_refused()) {
            let before = counts.format(row.name());
            reader.parse_any(row.example()).unwrap();
            assert_eq!(counts.format(row.name()), before + 1, "{}", row.name());
            read += 1;
        }
        assert_eq!((counts.format("canonical"), counts.format("typeid")), (1, 1));
        assert_eq!((counts.total(), counts.refused()), (read, 0));
        assert_eq!(counts.formats().map(|(_, count)| count).sum::<u64>(), read);
        // Readings by rows of an application are counted together.
        #[cfg(feature = "rows")]
        {
            let own =
                "[[row]]\nname = \"order\"\npattern = \"ord-{ms:ms}-{hex8}\"\nbefore = \"table\"";
            let own = crate::legacy::Rows::from_toml(own).unwrap();
            let reader = Reader::new().with_rows(&own).unwrap().with_hook(&counts);
            reader.parse_any("ord-1756152290611-a1b2c3d4").unwrap();
            assert_eq!(counts.format("application"), 1);
            assert_eq!(counts.formats().map(|(_, count)| count).sum::<u64>(), counts.total());
        }
        // The last variants are what the sizes of the arrays are taken from.
        assert!(LegacyFormat::iter().all(|format| (format as usize) < LEGACY));
        assert!(ParseErrorKind::iter().all(|kind| (kind as usize) < ERRORS));
    }

    #[test]
    fn refusals_are_counted_by_their_codes() {
        let counts = Arc::new(ReadCounts::new());
        let reader = Reader::new().with_hook(Arc::clone(&counts));
        for text in ["", "a\\b", "run___a1b2c3d4", "hello world", "hello again"] {
            assert!(reader.parse_any(text).is_err());
        }
        let seen: alloc::vec::Vec<_> = counts.refusals().filter(|(_, count)| *count > 0).collect();
        let expected =
            [("empty", 1), ("empty_thread", 1), ("forbidden_character", 1), ("unknown_format", 2)];
        assert_eq!(seen, expected);
        assert_eq!(counts.total(), counts.refused());
    }

    #[test]
    fn a_closure_is_a_hook_and_sees_what_the_caller_sees() {
        let seen = Cell::new(None);
        let hook = |text: &str, reading: &Result<ParsedId<'_>, ParseError>| {
            let ambiguous = reading.as_ref().unwrap().as_legacy().unwrap().is_ambiguous();
            seen.set(Some((text.to_owned(), ambiguous)));
        };
        let text = "run_user_session_67890_ef123456";
        let reader = Reader::new().with_dialect(Dialect::IdManager).with_hook(hook);
        assert!(!reader.parse_any(text).unwrap().as_legacy().unwrap().is_ambiguous());
        assert_eq!(seen.take(), Some((text.to_owned(), false)));
        assert!(reader.reader().parse_any(text).is_ok());
        assert_eq!(seen.take(), None);
    }
}
