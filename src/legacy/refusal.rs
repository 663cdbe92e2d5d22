//! Why a text is no legacy id: one small `Copy` value; the sentence is built only when asked for.
//!
//! Invariant: nothing here allocates, and a refusal never holds the text it speaks of. It comes
//! from `shape.rs` (the input) and `read.rs` (the rows) and goes to the caller's error, whose words (`error.rs`) it uses.

use core::fmt;

use super::table::Name;
use super::{Row, formats};
use crate::ParseErrorKind;
use crate::error::{Detail, Problem, Rejection};

/// What kind of refusal it is.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    strum::EnumIter,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::AsRefStr,
)]
#[strum(serialize_all = "kebab-case")]
#[non_exhaustive]
pub enum Reason {
    /// The text is empty.
    Empty,
    /// The text is longer than [`MAX_BYTES`](super::MAX_BYTES).
    TooLong,
    /// A character that no id holds: quotes, brackets, `< > ; \ $` and their like.
    Character,
    /// Two dots in a row.
    TwoDots,
    /// A control, format, private, unassigned or separator character.
    Invisible,
    /// A blank at an end of the text or of the thread inside, or another blank than U+0020.
    Blank,
    /// A run or thread id whose thread is empty.
    #[strum(serialize = "empty thread", to_string = "empty-thread")]
    EmptyThread,
    /// A run id on a thread, with an end that no generator wrote.
    #[strum(serialize = "run id with a broken end", to_string = "broken-run")]
    BrokenRun,
    /// Nothing but groups of hex digits.
    #[strum(serialize = "only hex groups", to_string = "only-hex")]
    OnlyHex,
    /// A time in the middle, followed by no known end.
    #[strum(serialize = "a time in the middle and no known end", to_string = "time-inside")]
    TimeInside,
    /// A thread of the new format with a typing error.
    #[strum(serialize = "almost a new id", to_string = "almost-new")]
    AlmostNew,
    /// No row fits.
    Unknown,
}

/// Why a text is not a legacy id, and where.
///
/// # Examples
///
/// ```
/// use unified_id::legacy::{self, Reason};
///
/// let refusal = legacy::read("run_chat;_394fb6b5").unwrap_err();
/// assert_eq!(refusal.reason(), Reason::Character);
/// assert_eq!(refusal.position(), 8);
/// assert_eq!(refusal.to_string(), "a character at byte 8 occurs in no id");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Refusal {
    reason: Reason,
    position: u16,
    row: u8,
}

impl Refusal {
    pub(crate) fn new(reason: Reason, position: usize) -> Self {
        Self { reason, position: u16::try_from(position).unwrap_or(u16::MAX), row: 0 }
    }

    pub(crate) fn by_row(reason: Reason, row: u16, position: usize) -> Self {
        Self { row: u8::try_from(row).unwrap_or(0), ..Self::new(reason, position) }
    }

    pub(crate) fn moved(self, by: usize) -> Self {
        Self {
            position: self.position.saturating_add(u16::try_from(by).unwrap_or(u16::MAX)),
            ..self
        }
    }

    /// Returns the reason, for branching.
    #[must_use]
    pub fn reason(&self) -> Reason {
        self.reason
    }

    /// Returns the byte at which the text is wrong; 0 where the text as a whole is.
    #[must_use]
    pub fn position(&self) -> usize {
        usize::from(self.position)
    }

    /// Returns the row of the table that refused the text, if one did.
    #[must_use]
    pub fn row(&self) -> Option<&'static Row> {
        let index = usize::from(self.row).checked_sub(1)?;
        formats::ROWS.get(index).filter(|row| matches!(row.name, Name::Refused(..)))
    }

    /// Returns what to do, in one sentence.
    #[must_use]
    pub fn help(&self) -> &'static str {
        self.rejection().help()
    }

    /// Returns what the public error says of it.
    pub(crate) const fn rejection(self) -> Rejection {
        let (kind, detail) = match self.reason {
            Reason::Empty => (ParseErrorKind::Empty, Detail::None),
            Reason::TooLong => (ParseErrorKind::TooLong, Detail::None),
            Reason::Character => (ParseErrorKind::ForbiddenCharacter, Detail::None),
            Reason::TwoDots => (ParseErrorKind::ForbiddenCharacter, Detail::TwoDots),
            Reason::Invisible => (ParseErrorKind::InvisibleCharacter, Detail::None),
            Reason::Blank => (ParseErrorKind::Blank, Detail::None),
            Reason::EmptyThread => (ParseErrorKind::EmptyThread, Detail::None),
            Reason::BrokenRun => (ParseErrorKind::BrokenRun, Detail::None),
            Reason::OnlyHex => (ParseErrorKind::OnlyHex, Detail::None),
            Reason::TimeInside => (ParseErrorKind::TimeInside, Detail::None),
            Reason::AlmostNew => (ParseErrorKind::UnknownFormat, Detail::AlmostNew),
            Reason::Unknown => (ParseErrorKind::UnknownFormat, Detail::None),
        };
        Rejection::new(kind, self.position as usize).with(detail)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&Problem::of(self.rejection()), f)
    }
}

impl core::error::Error for Refusal {}
