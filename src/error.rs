//! Errors: the small rejection of the hot paths and the sentence that is built from it when someone asks.
//!
//! Invariant: a [`Rejection`] is `Copy` and holds no text; every kind has a message and a help, and a test walks all kinds
//! into `snapshots/errors/`.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use core::fmt;

/// How many characters of the input an error message shows.
const SHOWN_CHARS: usize = 64;
/// Where it is not known which one.
pub(crate) const SOME_CHARACTER: &str = "a character";

/// What is wrong with a text that is no id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, strum::EnumIter, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
#[non_exhaustive]
pub enum ParseErrorKind {
    /// The text is empty.
    Empty,
    /// The text is longer than 512 bytes.
    TooLong,
    /// The bytes are not UTF-8.
    NotUtf8,
    /// A character occurs in no id at this place.
    InvalidCharacter,
    /// One of the letters i, l, o, u, which are left out of the alphabet because they look like others.
    Lookalike,
    /// A core has 26 characters, this one has more or fewer.
    WrongLength,
    /// The core stands for more than 128 bits.
    Overflow,
    /// A kind that needs a scope has none: `run_<core>`.
    MissingScope,
    /// A kind without a scope has one.
    UnexpectedScope,
    /// A scope has the length of a core, but is none.
    MistypedScope,
    /// A scope is neither a core nor a text that may stand in an id.
    InvalidScope,
    /// A scope is a core where the type holds a legacy key, or the other way round.
    WrongScope,
    /// Nothing is left of a thread without the leading `thread_`.
    EmptyThread,
    /// The id is of another kind than the one asked for.
    WrongKind,
    /// No kind has this name.
    UnknownKind,
    /// A character that no id holds: quotes, brackets, `< > ; \ $` and their like, or two dots.
    ForbiddenCharacter,
    /// A control, format, private, unassigned or separator character.
    InvisibleCharacter,
    /// A blank at an end, or another blank than U+0020.
    Blank,
    /// A run id of an old shape with an end that no generator wrote.
    BrokenRun,
    /// Nothing but groups of hexadecimal digits.
    OnlyHex,
    /// A time in the middle of an old id, followed by no known end.
    TimeInside,
    /// An id, but of a format that the type asked for does not hold: of an older or another system, or a bare core.
    OtherFormat,
    /// The text fits no known format.
    UnknownFormat,
}

impl ParseErrorKind {
    /// Returns the stable name of this kind of error, as JSON output and bindings use it: `missing_scope`.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.into()
    }
}

/// What a rejection says beyond its kind and position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Detail {
    None,
    /// Characters found where a core should be.
    Length(u16),
    /// The prefix that was asked for.
    Prefix(&'static str),
    /// The name of the format that the text has.
    Format(&'static str),
    /// Two dots in a row, each of which alone might stand there.
    TwoDots,
    /// All but a typing error away from an id of the new format.
    AlmostNew,
}

/// Why a text is no id: small and `Copy`, made without looking at more of the text than needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rejection {
    pub(crate) kind: ParseErrorKind,
    /// Byte offset in the whole text; at most 512.
    pub(crate) position: u16,
    pub(crate) detail: Detail,
}

impl Rejection {
    pub(crate) const fn new(kind: ParseErrorKind, position: usize) -> Self {
        // No position is past the longest text that is looked at.
        #[expect(clippy::cast_possible_truncation, reason = "capped at 512 in the line itself")]
        let position = if position > 512 { 512 } else { position as u16 };
        Self { kind, position, detail: Detail::None }
    }

    pub(crate) const fn length(position: usize, found: usize) -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "capped at 512 in the line itself")]
        let found = if found > 512 { 512 } else { found as u16 };
        Self { detail: Detail::Length(found), ..Self::new(ParseErrorKind::WrongLength, position) }
    }

    /// A scope that has to be a core, of a kind that knows no old texts: a user.
    pub(crate) const fn user_scope() -> Self {
        Self { detail: Detail::Prefix("user"), ..Self::new(ParseErrorKind::InvalidScope, 0) }
    }

    pub(crate) const fn wrong_kind(expected: &'static str) -> Self {
        Self { detail: Detail::Prefix(expected), ..Self::new(ParseErrorKind::WrongKind, 0) }
    }

    /// An id of another format than those that a type holds.
    pub(crate) const fn other_format(name: &'static str) -> Self {
        Self { detail: Detail::Format(name), ..Self::new(ParseErrorKind::OtherFormat, 0) }
    }

    /// Returns the same rejection with a detail.
    pub(crate) const fn with(self, detail: Detail) -> Self {
        Self { detail, ..self }
    }

    /// Returns the same rejection for a text in which the part looked at starts at `offset`.
    pub(crate) const fn shifted(self, offset: usize) -> Self {
        self.at(self.position as usize + offset)
    }

    /// Returns the same rejection for another place.
    pub(crate) const fn at(self, position: usize) -> Self {
        Self { position: Self::new(self.kind, position).position, ..self }
    }

    /// Returns the same place under another kind.
    pub(crate) const fn as_kind(self, kind: ParseErrorKind) -> Self {
        Self { kind, ..self }
    }

    /// Builds the public error for the text that was rejected.
    #[cold]
    pub(crate) fn explain(self, text: &[u8]) -> ParseError {
        let lossy = String::from_utf8_lossy(&text[..text.len().min(4 * SHOWN_CHARS)]);
        let mut shown = String::new();
        for (count, character) in lossy.chars().enumerate() {
            if count == SHOWN_CHARS {
                shown.push_str("...");
                break;
            }
            // Control characters and quotes would break the line or hide where the text ends.
            match character {
                '`' => shown.push('`'),
                '\'' | '"' => shown.push(character),
                other => shown.extend(other.escape_debug()),
            }
        }
        let at = usize::from(self.position).min(text.len());
        let found = text[at..].utf8_chunks().next().and_then(|chunk| chunk.valid().chars().next());
        ParseError(Box::new(Inner { rejection: self, shown, found, byte: text.get(at).copied() }))
    }

    /// Returns what is wrong, with places for what was found, the byte and the detail: the only place where that is
    /// written, for messages of the program and of the compiler.
    pub(crate) const fn template(self) -> &'static str {
        match self.kind {
            ParseErrorKind::Empty => "the text is empty",
            ParseErrorKind::TooLong => "longer than 512 bytes",
            ParseErrorKind::NotUtf8 => "{found} at byte {at} is not UTF-8",
            ParseErrorKind::InvalidCharacter | ParseErrorKind::Lookalike => {
                "{found} at byte {at} is not in the id alphabet"
            }
            ParseErrorKind::WrongLength => match self.detail {
                Detail::Length(_) => "{detail} characters at byte {at} where a core has 26",
                _ => "no core of 26 characters at byte {at}",
            },
            ParseErrorKind::Overflow => "{found} at byte {at} makes the core larger than 128 bits",
            ParseErrorKind::MissingScope => "the scope is missing at byte {at}",
            ParseErrorKind::UnexpectedScope => {
                "ids of this kind have no scope, but one starts at byte {at}"
            }
            ParseErrorKind::MistypedScope => "the scope is almost a core, but wrong at byte {at}",
            ParseErrorKind::InvalidScope => "the text at byte {at} cannot be a scope",
            ParseErrorKind::WrongScope => {
                "the scope at byte {at} is not of the form that this type holds"
            }
            ParseErrorKind::EmptyThread => "the thread at byte {at} is empty",
            ParseErrorKind::WrongKind => "does not start with `{detail}_`",
            ParseErrorKind::UnknownKind => "no kind has this name",
            ParseErrorKind::ForbiddenCharacter => match self.detail {
                Detail::TwoDots => "two dots in a row at byte {at} occur in no id",
                _ => "{found} at byte {at} occurs in no id",
            },
            ParseErrorKind::InvisibleCharacter => "{found} at byte {at} cannot be seen",
            ParseErrorKind::Blank => "a blank at byte {at}",
            ParseErrorKind::BrokenRun => {
                "a run id with an end that no generator wrote, at byte {at}"
            }
            ParseErrorKind::OnlyHex => {
                "only groups of hexadecimal digits, and no UUID from byte {at} on"
            }
            ParseErrorKind::TimeInside => {
                "a time in the middle and no known end after it, at byte {at}"
            }
            ParseErrorKind::OtherFormat => {
                "it is of the format `{detail}`, which this type does not hold"
            }
            ParseErrorKind::UnknownFormat => match self.detail {
                Detail::AlmostNew => "almost an id of the new format, wrong at byte {at}",
                _ => "fits no known format",
            },
        }
    }

    /// Returns what to do about it, in one sentence: the only place where that is written.
    pub(crate) const fn help(self) -> &'static str {
        match self.kind {
            ParseErrorKind::Empty => {
                "pass the text of an id, such as one that `unified-id new thread` prints"
            }
            ParseErrorKind::TooLong => {
                "an id has at most 512 bytes; check that this is an id and not a document"
            }
            ParseErrorKind::NotUtf8 => {
                "an id is ASCII text, and legacy ids are UTF-8; decode the bytes first"
            }
            ParseErrorKind::InvalidCharacter => {
                "a core has only the digits and the letters a to z without i, l, o and u; copy the id again"
            }
            ParseErrorKind::Lookalike => {
                "i, l, o and u never occur in an id; copy it again from where it was printed"
            }
            ParseErrorKind::WrongLength => {
                "a part of the id is missing or doubled; copy it again as a whole"
            }
            ParseErrorKind::Overflow => {
                "the first character of a core is 0 to 7; this text was not made by a conforming generator"
            }
            ParseErrorKind::MissingScope => {
                "write the thread (or, for a websocket, the user) between prefix and core, as the constructors do"
            }
            ParseErrorKind::UnexpectedScope => {
                "leave out what stands between the prefix and the last 26 characters"
            }
            ParseErrorKind::MistypedScope => {
                "copy the id again; a scope of this length has to be a whole core"
            }
            ParseErrorKind::InvalidScope if !matches!(self.detail, Detail::None) => {
                "write the core of the id that it belongs to; a user with an old id is adopted, never embedded"
            }
            ParseErrorKind::InvalidScope => {
                "adopt the thread: `unified_id::adopt(IdKind::Thread, key)` gives it an id that can be a scope"
            }
            ParseErrorKind::WrongScope => {
                "ids on threads older than this format are `KeyedId`, all others `Id`; `UnifiedId` reads both"
            }
            ParseErrorKind::EmptyThread => "pass the thread's own text after `thread_`",
            ParseErrorKind::WrongKind => {
                "parse it as the kind that its prefix names, or pass the id that belongs here"
            }
            ParseErrorKind::UnknownKind => {
                "use one of the kinds that `unified-id new --help` lists"
            }
            ParseErrorKind::ForbiddenCharacter => {
                "copy the id alone from where it was printed; a template has to be filled in first"
            }
            ParseErrorKind::InvisibleCharacter => {
                "copy the id again as plain text; something invisible came with it"
            }
            ParseErrorKind::Blank => {
                "remove the blank; nothing is trimmed, because a blank may belong to another thread"
            }
            ParseErrorKind::BrokenRun => {
                "copy the id again as a whole; its end has to be a time and 8 hexadecimal digits"
            }
            ParseErrorKind::OnlyHex => {
                "copy the UUID again as a whole; some of its groups are missing"
            }
            ParseErrorKind::TimeInside => {
                "copy the id again as a whole, or add a row for it if your application writes such ids"
            }
            ParseErrorKind::OtherFormat => {
                "read it with `parse_any`, which knows old formats, typed ids of other systems and bare cores"
            }
            ParseErrorKind::UnknownFormat if matches!(self.detail, Detail::AlmostNew) => {
                "copy the id again from where it was printed; a core has 26 characters without i, l, o and u"
            }
            ParseErrorKind::UnknownFormat => {
                "if an application made this text, add its format as a row to the reader; otherwise it is not an id"
            }
        }
    }
}

struct Inner {
    rejection: Rejection,
    /// The start of the text, safe to print on one line.
    shown: String,
    /// The character at the position, if there is one.
    found: Option<char>,
    byte: Option<u8>,
}

/// Why a text is not an id: what is wrong, at which byte, and what to do.
///
/// # Examples
///
/// ```
/// use unified_id::{ParseErrorKind, ThreadId};
///
/// let error = "thread_01m7wqi1fbff4sq3bgc5bhn9e0".parse::<ThreadId>().unwrap_err();
/// assert_eq!(error.kind(), ParseErrorKind::Lookalike);
/// assert_eq!(error.position(), 13);
/// assert_eq!(
///     error.to_string(),
///     "invalid id `thread_01m7wqi1fbff4sq3bgc5bhn9e0`: character `i` at byte 13 is not in the id alphabet"
/// );
/// assert_eq!(
///     error.help(),
///     "i, l, o and u never occur in an id; copy it again from where it was printed"
/// );
/// ```
pub struct ParseError(Box<Inner>);

impl ParseError {
    /// Returns what is wrong, for branching.
    #[must_use]
    pub fn kind(&self) -> ParseErrorKind {
        self.0.rejection.kind
    }

    /// Returns the stable name of the kind: `missing_scope`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.kind().code()
    }

    /// Returns the 0-based byte offset, in the text, of what is wrong.
    #[must_use]
    pub fn position(&self) -> usize {
        usize::from(self.0.rejection.position)
    }

    /// Returns what to do about it, in one sentence.
    #[must_use]
    pub fn help(&self) -> &'static str {
        self.0.rejection.help()
    }
}

impl ParseError {
    /// Returns the character at the position, if the text has one there.
    #[must_use]
    pub fn found(&self) -> Option<char> {
        self.0.found
    }

    /// Returns what may stand at the position, in a few words; `None` where no one thing is missing.
    ///
    /// # Examples
    ///
    /// ```
    /// use unified_id::ThreadId;
    ///
    /// let error = ThreadId::parse("user_01m7wqt1fbff4sq3bgc5bhn9e0").unwrap_err();
    /// assert_eq!(error.expected().as_deref(), Some("thread_"));
    /// ```
    #[must_use]
    pub fn expected(&self) -> Option<Cow<'static, str>> {
        let Rejection { kind, detail, .. } = self.0.rejection;
        let what = match (kind, detail) {
            (ParseErrorKind::WrongKind, Detail::Prefix(prefix)) => {
                return Some(format!("{prefix}_").into());
            }
            (ParseErrorKind::InvalidCharacter | ParseErrorKind::Lookalike, _) => {
                "one of 0123456789abcdefghjkmnpqrstvwxyz"
            }
            (ParseErrorKind::WrongLength | ParseErrorKind::MistypedScope, _) => {
                "26 characters of a core"
            }
            (ParseErrorKind::Overflow, _) => "one of 01234567",
            (ParseErrorKind::MissingScope, _) => "a scope",
            (ParseErrorKind::EmptyThread, _) => "the text of a thread",
            _ => return None,
        };
        Some(what.into())
    }
}

/// What is wrong with a text, in a few words.
///
/// `Display` of a `ParseError` puts the text before it; `legacy::Refusal`, which holds no text, has only this.
pub(crate) struct Problem<'a> {
    pub(crate) rejection: Rejection,
    /// What the text holds at the position; a refusal does not know.
    found: Option<&'a Inner>,
}

impl Problem<'_> {
    pub(crate) const fn of(rejection: Rejection) -> Self {
        Self { rejection, found: None }
    }
}

/// Shows one character, or one byte that is part of none.
struct Found<'a>(Option<&'a Inner>);

impl fmt::Display for Found<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(inner) = self.0 else { return f.write_str(SOME_CHARACTER) };
        match (inner.found, inner.byte) {
            (Some('`'), _) => f.write_str("character \"`\""),
            (Some(character), _) => write!(f, "character `{}`", character.escape_debug()),
            (None, Some(byte)) => write!(f, "byte 0x{byte:02x}"),
            (None, None) => f.write_str("the end"),
        }
    }
}

impl fmt::Display for Problem<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.rejection.template();
        while let Some((before, (name, after))) =
            rest.split_once('{').and_then(|(before, after)| Some((before, after.split_once('}')?)))
        {
            f.write_str(before)?;
            match (name, self.rejection.detail) {
                ("found", _) => fmt::Display::fmt(&Found(self.found), f)?,
                ("detail", Detail::Length(length)) => fmt::Display::fmt(&length, f)?,
                ("detail", Detail::Prefix(text) | Detail::Format(text)) => f.write_str(text)?,
                _ => fmt::Display::fmt(&self.rejection.position, f)?,
            }
            rest = after;
        }
        f.write_str(rest)
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { rejection, shown, .. } = &*self.0;
        let problem = Problem { rejection: *rejection, found: Some(&self.0) };
        match rejection.kind {
            ParseErrorKind::UnknownKind => write!(f, "unknown kind `{shown}`"),
            ParseErrorKind::OtherFormat => write!(f, "wrong format of id `{shown}`: {problem}"),
            _ => write!(f, "invalid id `{shown}`: {problem}"),
        }
    }
}

impl fmt::Debug for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ParseError")
            .field("kind", &self.kind())
            .field("position", &self.position())
            .field("message", &format!("{self}"))
            .finish()
    }
}

impl core::error::Error for ParseError {}

/// Why no id was generated; only the `try_` functions of a generator with a limit give it.
#[cfg(feature = "std")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the generator runs {drift_ms} ms ahead of the clock, more than the limit of {limit_ms} ms"
)]
pub struct GenerateError {
    pub(crate) drift_ms: u64,
    pub(crate) limit_ms: u64,
}

/// What kept a generator from making an id.
#[cfg(feature = "std")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum GenerateErrorKind {
    /// The time of the next id would be too far ahead of the clock.
    Drift,
}

#[cfg(feature = "std")]
impl GenerateError {
    /// Returns what is wrong, for branching.
    #[must_use]
    pub const fn kind(&self) -> GenerateErrorKind {
        GenerateErrorKind::Drift
    }

    /// Returns how far the next id would be ahead of the clock, in milliseconds.
    #[must_use]
    pub const fn drift_ms(&self) -> u64 {
        self.drift_ms
    }

    /// Returns what to do about it, in one sentence.
    #[must_use]
    pub const fn help(&self) -> &'static str {
        "wait until the clock has caught up, or find out why it was set back (NTP, suspended machine)"
    }
}
