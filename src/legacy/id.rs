//! What was read: a legacy id with its parts, borrowed from the text.
//!
//! Invariants: nothing here allocates (but [`ThreadText::to_cow`] where a thread has to be built);
//! every part is a piece of the text, byte for byte. It comes from `read.rs` and goes to the
//! parser's common enum and to the router.

use alloc::borrow::Cow;
use alloc::string::String;
use core::fmt;

use super::convert;
use super::formats::LegacyFormat;
use super::matcher::{Span, Spans};
use super::table::{Name, Role, Row, Thread};

/// The most other threads that one text can have.
pub(crate) const ALTERNATIVES: usize = 4;

/// An id that one of the old systems wrote.
///
/// # Examples
///
/// ```
/// use unified_id::legacy::{self, LegacyFormat};
///
/// let id = legacy::read("thread_user123_run_1693430400000_a1b2c3d4")?;
/// assert_eq!(id.format(), LegacyFormat::NetraRunCanonical);
/// assert_eq!(id.kind(), Some("run"));
/// assert_eq!(id.thread().unwrap(), "user123");
/// assert_eq!(id.timestamp_ms(), Some(1_693_430_400_000));
/// assert!(!id.is_ambiguous());
/// # Ok::<(), legacy::Refusal>(())
/// ```
#[derive(Clone, Copy)]
pub struct LegacyId<'a> {
    pub(crate) text: &'a str,
    pub(crate) row: &'a Row,
    pub(crate) spans: Spans,
    pub(crate) kind: Option<&'a str>,
    pub(crate) thread: Option<ThreadSpan>,
    pub(crate) others: Others,
}

/// Where a thread stands in the text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ThreadSpan {
    pub(crate) span: Span,
    /// `thread_` stands before it, though not in the text.
    pub(crate) prefixed: bool,
}

/// The other readings of a text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Others {
    pub(crate) threads: [Option<ThreadSpan>; ALTERNATIVES],
    pub(crate) count: u8,
}

impl Others {
    pub(crate) const NONE: Self = Self { threads: [None; ALTERNATIVES], count: 0 };

    pub(crate) fn as_slice(&self) -> &[Option<ThreadSpan>] {
        &self.threads[..usize::from(self.count)]
    }

    pub(crate) fn push(&mut self, thread: Option<ThreadSpan>) {
        self.threads[usize::from(self.count)] = thread;
        self.count += 1;
    }
}

impl ThreadSpan {
    #[inline]
    pub(crate) fn text(self, text: &str) -> Option<ThreadText<'_>> {
        Some(ThreadText { prefixed: self.prefixed, text: text.get(self.span.range())? })
    }

    pub(crate) fn key(self, text: &[u8]) -> &[u8] {
        let mut key = text.get(self.span.range()).unwrap_or_default();
        while let Some(rest) = key.strip_prefix(b"thread_") {
            key = rest;
        }
        key
    }
}

impl<'a> LegacyId<'a> {
    /// The place for an id that is going to be read.
    #[inline]
    pub(crate) fn unread(text: &'a str) -> Self {
        Self {
            text,
            row: &super::formats::ROWS[0],
            spans: [Span::NONE; super::table::SLOTS],
            kind: None,
            thread: None,
            others: Others::NONE,
        }
    }

    /// Returns the text as it was given.
    #[must_use]
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// Returns the format; [`LegacyFormat::Application`] for a row of the application.
    #[must_use]
    pub fn format(&self) -> LegacyFormat {
        match self.row.name {
            Name::Format(format) => format,
            // A refused row never makes an id.
            Name::Application(_) | Name::Refused(..) => LegacyFormat::Application,
        }
    }

    /// Returns the row that fits.
    #[must_use]
    pub fn row(&self) -> &'a Row {
        self.row
    }

    /// Returns what the text says it identifies, `None` where it does not say.
    #[must_use]
    pub fn kind(&self) -> Option<&'a str> {
        self.kind
    }

    /// Returns the thread of the recommended reading.
    #[must_use]
    #[inline]
    pub fn thread(&self) -> Option<ThreadText<'a>> {
        self.thread.and_then(|thread| thread.text(self.text))
    }

    /// Whether the true thread only begins with [`thread`](Self::thread) and `_`.
    ///
    /// Never route on such a thread without an explicit mapping.
    #[must_use]
    pub fn thread_is_prefix(&self) -> bool {
        self.row.thread_is_prefix
    }

    /// Returns the user part; it may be a fragment and is never a key.
    #[must_use]
    pub fn user(&self) -> Option<&'a str> {
        match self.row.user {
            super::table::User::None => None,
            super::table::User::Part(slot) => self.part(slot),
            super::table::User::Whole => Some(self.text),
        }
    }

    /// Returns the time in the text, in Unix milliseconds.
    #[must_use]
    pub fn timestamp_ms(&self) -> Option<u64> {
        self.row.program.parts.iter().zip(&self.spans).find_map(|(part, span)| {
            let text = self.text.get(span.range())?;
            match part.role {
                Role::Ms => convert::decimal(text),
                Role::Sec => convert::decimal(text).map(|seconds| seconds * 1000),
                Role::Ulid => convert::ulid_ms(text),
                Role::Uuid => convert::uuid_ms(text),
                Role::Date => convert::date_ms(text),
                Role::Text | Role::Counter | Role::Random => None,
            }
        })
    }

    /// Returns the counter, where the row has one.
    #[must_use]
    pub fn counter(&self) -> Option<u64> {
        self.with_role(Role::Counter).and_then(convert::decimal)
    }

    /// Returns the random part, where the row has one, as it stands in the text.
    #[must_use]
    pub fn random(&self) -> Option<&'a str> {
        self.with_role(Role::Random)
    }

    /// Returns all parts by the names that they have in the row's pattern, in order.
    pub fn parts(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        let (text, spans, row) = (self.text, self.spans, self.row);
        row.program
            .parts
            .iter()
            .zip(spans)
            .filter_map(move |(part, span)| Some((&*part.name, text.get(span.range())?)))
    }

    /// Whether another reading of the text gives another thread.
    #[must_use]
    pub fn is_ambiguous(&self) -> bool {
        self.others.count != 0
    }

    /// Returns the threads of the other readings, in the order of the table.
    ///
    /// None has the key of the recommended thread, and none has the key of another; "no thread"
    /// counts as a key.
    ///
    /// # Examples
    ///
    /// ```
    /// let id = unified_id::legacy::read("run_context_7_5c95c6ff")?;
    /// let others: Vec<String> = id.alternatives().map(|t| t.unwrap().to_string()).collect();
    /// assert_eq!(id.thread().unwrap(), "thread_context_7_5c95c6ff");
    /// assert_eq!(others, ["context", "context_7"]);
    /// # Ok::<(), unified_id::legacy::Refusal>(())
    /// ```
    #[must_use]
    pub fn alternatives(&self) -> impl ExactSizeIterator<Item = Option<ThreadText<'a>>> + use<'a> {
        let (text, others) = (self.text, self.others);
        (0..usize::from(others.count))
            .map(move |index| others.threads[index].and_then(|thread| thread.text(text)))
    }

    fn with_role(&self, role: Role) -> Option<&'a str> {
        let slot = self
            .row
            .program
            .parts
            .iter()
            .zip(&self.spans)
            .position(|(part, span)| part.role == role && span.is_some())?;
        self.text.get(self.spans[slot].range())
    }

    fn part(&self, slot: u8) -> Option<&'a str> {
        self.text.get(self.spans.get(usize::from(slot))?.range())
    }
}

impl fmt::Debug for LegacyId<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LegacyId")
            .field("text", &self.text)
            .field("format", &self.row.name())
            .field("kind", &self.kind)
            .field("thread", &self.thread())
            .field("ambiguous", &self.is_ambiguous())
            .finish_non_exhaustive()
    }
}

/// The text of a thread: a piece of an id, perhaps with `thread_` before it.
///
/// Two rows of the table build a thread that does not stand in the id: the one which the same
/// call of the generator made. It differs from a piece of the id only by its prefix.
///
/// # Examples
///
/// ```
/// let thread = unified_id::legacy::read("run_chat_7_5c95c6ff").unwrap().thread().unwrap();
/// assert_eq!(thread.to_string(), "thread_chat_7_5c95c6ff");
/// assert_eq!(thread.key(), "chat_7_5c95c6ff");
/// ```
#[derive(Debug, Clone, Copy)]
pub struct ThreadText<'a> {
    prefixed: bool,
    text: &'a str,
}

impl<'a> ThreadText<'a> {
    /// Returns the text without any leading `thread_`: two threads are the same if these are.
    #[must_use]
    pub fn key(&self) -> &'a str {
        self.text.trim_start_matches("thread_")
    }

    /// Whether `thread_` has to be put before the piece of the id.
    #[must_use]
    pub fn is_prefixed(&self) -> bool {
        self.prefixed
    }

    /// Returns the piece of the id.
    #[must_use]
    pub fn as_piece(&self) -> &'a str {
        self.text
    }

    /// Returns the whole text; allocates only where the prefix has to be put before it.
    #[must_use]
    pub fn to_cow(&self) -> Cow<'a, str> {
        if self.prefixed {
            let mut text = String::with_capacity("thread_".len() + self.text.len());
            text.push_str("thread_");
            text.push_str(self.text);
            Cow::Owned(text)
        } else {
            Cow::Borrowed(self.text)
        }
    }
}

impl fmt::Display for ThreadText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.prefixed {
            f.write_str("thread_")?;
        }
        f.write_str(self.text)
    }
}

impl PartialEq<str> for ThreadText<'_> {
    fn eq(&self, other: &str) -> bool {
        let other = if self.prefixed { other.strip_prefix("thread_") } else { Some(other) };
        other == Some(self.text)
    }
}

impl PartialEq<&str> for ThreadText<'_> {
    fn eq(&self, other: &&str) -> bool {
        *self == **other
    }
}

impl PartialEq for ThreadText<'_> {
    fn eq(&self, other: &Self) -> bool {
        if self.prefixed == other.prefixed {
            return self.text == other.text;
        }
        let (built, piece) = if self.prefixed { (self, other) } else { (other, self) };
        piece.text.strip_prefix("thread_") == Some(built.text)
    }
}

impl Eq for ThreadText<'_> {}

impl Row {
    /// Returns the number of the row in the table, from 1.
    #[must_use]
    pub fn number(&self) -> usize {
        usize::from(self.number)
    }

    /// Returns the name of the format, or the reason of a row that refuses.
    #[must_use]
    pub fn name(&self) -> &str {
        match &self.name {
            Name::Format(format) => format.as_ref(),
            Name::Application(name) => name,
            Name::Refused(_, why) => why,
        }
    }

    /// Returns the format; `None` for a row that refuses, and for a row of an application.
    #[must_use]
    pub fn format(&self) -> Option<LegacyFormat> {
        match self.name {
            Name::Format(format) => Some(format),
            Name::Application(_) | Name::Refused(..) => None,
        }
    }

    /// Whether a text that fits is no id.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        matches!(self.name, Name::Refused(..))
    }

    /// Returns the pattern.
    #[must_use]
    pub fn pattern(&self) -> &str {
        &self.pattern
    }

    /// Returns the generator that wrote such ids.
    #[must_use]
    pub fn by(&self) -> &str {
        &self.by
    }

    /// Returns an id that reads as this row.
    #[must_use]
    pub fn example(&self) -> &str {
        &self.example
    }

    /// Returns the kind as the row says it: a word, `@` and a part, or nothing.
    #[must_use]
    pub fn kind(&self) -> Option<&str> {
        match &self.kind {
            super::table::Kind::None => None,
            super::table::Kind::Fixed(kind) => Some(kind),
            super::table::Kind::Words(_) => Some("@p"),
        }
    }

    /// Whether the row tells a thread from the text.
    #[must_use]
    pub fn has_thread(&self) -> bool {
        self.thread != Thread::None
            || matches!(&self.kind, super::table::Kind::Fixed(kind) if kind == "thread")
    }

    /// Returns the names of the pattern's parts, in order.
    pub fn part_names(&self) -> impl Iterator<Item = &str> {
        self.program.parts.iter().map(|part| &*part.name)
    }
}
