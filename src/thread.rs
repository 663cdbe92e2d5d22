//! The key of a thread: what a router compares, and nothing else.
//!
//! From any text of a thread: all leading `thread_` are dropped; what is left is empty (an error), a core in any case or a
//! UUID with or without dashes (the 128 bits), or a text (its bytes). Invariant: keys compare whole; no prefix, substring
//! or case-folded comparison exists. Next: `parse.rs`, which meets threads inside run ids.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::cmp::Ordering;
use core::fmt;
use core::hash::{Hash, Hasher};
use core::str::FromStr;

use crate::codec::CORE_CHARS;
use crate::error::Rejection;
use crate::keyed::LegacyKey;
use crate::unified::ScopeRef;
use crate::{Core, ParseError, ParseErrorKind, ThreadId, ThreadScope};

/// What the texts of a thread begin with, once or more often.
const THREAD_PREFIX: &[u8] = b"thread_";

/// The longest legacy key in bytes.
const MAX_KEY_BYTES: usize = 200;

/// The key of a thread: equal for all spellings of one thread, different for all others.
///
/// # Examples
///
/// ```
/// use unified_id::ThreadKey;
///
/// assert_eq!(ThreadKey::parse("thread_user123")?, ThreadKey::parse("user123")?);
/// let spellings = [
///     "thread_01m7wqt1fbff4sq3bgc5bhn9e0",
///     "01M7WQT1FBFF4SQ3BGC5BHN9E0",
///     "01a1f97d-05eb-7bc9-9b8d-7061571aa5c0",
///     "thread_01a1f97d05eb7bc99b8d7061571aa5c0",
/// ];
/// for spelling in spellings {
///     assert_eq!(ThreadKey::parse(spelling)?.to_string(), "01m7wqt1fbff4sq3bgc5bhn9e0");
/// }
/// assert_ne!(ThreadKey::parse("alice")?, ThreadKey::parse("alice2")?);
/// # Ok::<(), unified_id::ParseError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct ThreadKey(Repr);

/// A text is never empty, never a spelling of a core, never with a leading `thread_`; where it stands follows from its
/// length alone.
#[derive(Clone, PartialEq, Eq)]
enum Repr {
    Core(Core),
    /// In place: no allocation, and a router's table of keys is compared without following a pointer.
    Short(Short),
    Long(Box<str>),
}

/// The longest text that is held in place; with it a key has 32 bytes.
const SHORT_BYTES: usize = 30;

/// A text of at most so many bytes; the rest is 0. In words, so that a key is moved as words and not byte by byte around a tag.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(C, align(8))]
struct Short {
    bytes: [u8; SHORT_BYTES],
    len: u8,
    mark: Mark,
}

/// Has one value: the others that its byte could have tell the variants of a [`Repr`] apart.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Mark {
    Short,
}

#[inline]
#[expect(clippy::cast_possible_truncation, reason = "both halves are taken")]
fn core_words(core: Core) -> [u64; 4] {
    // No text is so long that its last word could be this one.
    [(core.to_u128() >> 64) as u64, core.to_u128() as u64, 0, u64::MAX]
}

/// The bytes of a text, with its length as the last one.
#[inline]
fn text_words([first, second, third, last]: [u64; 4], len: u8) -> [u64; 4] {
    [first, second, third, last | u64::from(len) << 56]
}

/// The bytes of a text of at most 32, eight at a time, and 0 behind its end.
///
/// Without a branch on the length of a text of at least eight bytes: lengths differ from id to id, and a wrong guess of the
/// processor costs as much as the rest.
#[inline]
fn words(text: &[u8]) -> [u64; 4] {
    let Some(last) = text.len().checked_sub(8) else {
        let mut bytes = [0; 8];
        bytes[..text.len()].copy_from_slice(text);
        return [u64::from_le_bytes(bytes), 0, 0, 0];
    };
    [0, 8, 16, 24].map(|at: usize| {
        // The last eight bytes hold those that are wanted above some that stand before.
        let from = at.min(last);
        let bytes = text.get(from..).and_then(|rest| rest.first_chunk()).copied();
        let shift = u32::try_from(8 * (at - from)).unwrap_or(u32::MAX);
        u64::from_le_bytes(bytes.unwrap_or_default()).checked_shr(shift).unwrap_or(0)
    })
}

impl Repr {
    #[inline]
    fn of_text(text: &str) -> Self {
        match u8::try_from(text.len()) {
            Ok(len) if text.len() <= SHORT_BYTES => {
                // In words, so that whoever reads them next need not wait until they are in memory.
                let words = words(text.as_bytes()).map(u64::to_le_bytes);
                let mut bytes = [0; SHORT_BYTES];
                bytes[..8].copy_from_slice(&words[0]);
                bytes[8..16].copy_from_slice(&words[1]);
                bytes[16..24].copy_from_slice(&words[2]);
                bytes[24..].copy_from_slice(&words[3][..SHORT_BYTES - 24]);
                Self::Short(Short { bytes, len, mark: Mark::Short })
            }
            _ => Self::Long(text.into()),
        }
    }

    /// The bytes of a text; none of a core.
    fn text(&self) -> &[u8] {
        match self {
            Self::Core(_) => &[],
            Self::Short(short) => &short.bytes[..usize::from(short.len)],
            Self::Long(text) => text.as_bytes(),
        }
    }
}

impl ThreadKey {
    /// Reads the key from any text of a thread.
    ///
    /// # Errors
    ///
    /// [`EmptyThread`](ParseErrorKind::EmptyThread) if nothing is left without the leading `thread_`.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        Self::of(text).ok_or_else(|| {
            Rejection::new(ParseErrorKind::EmptyThread, text.len()).explain(text.as_bytes())
        })
    }

    /// Returns the key; `None` if nothing is left without the leading `thread_`.
    #[inline]
    pub(crate) fn of(text: &str) -> Option<Self> {
        let (rest, dropped) = without_prefixes(text.as_bytes());
        (!rest.is_empty()).then(|| Self::of_rest(&text[dropped..]))
    }

    /// Returns the key of a text that is not empty and does not begin with `thread_`.
    #[inline]
    fn of_rest(text: &str) -> Self {
        Self(core_of(text.as_bytes()).map_or_else(|| Repr::of_text(text), Repr::Core))
    }

    /// Puts the key of a text to others; `false` if the text has none.
    ///
    /// It is made where it stays: a key that was just written word by word is moved slowly.
    pub(crate) fn push_of(text: &str, keys: &mut Vec<Self>) -> bool {
        let (rest, dropped) = without_prefixes(text.as_bytes());
        if rest.is_empty() {
            return false;
        }
        keys.push(Self::of_rest(&text[dropped..]));
        true
    }

    /// Returns the 128 bits, if the thread is known by them.
    #[must_use]
    pub fn as_core(&self) -> Option<Core> {
        match &self.0 {
            Repr::Core(core) => Some(*core),
            Repr::Short(_) | Repr::Long(_) => None,
        }
    }

    /// Returns the text, if the thread is known by a text that is older than this format.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match &self.0 {
            Repr::Core(_) => None,
            Repr::Short(_) => str::from_utf8(self.0.text()).ok(),
            Repr::Long(text) => Some(text),
        }
    }

    /// Returns the key as four words, of which a table can make its own; `None` for a text of more than 30 bytes.
    ///
    /// Keys are equal if and only if their words are.
    ///
    /// # Examples
    ///
    /// ```
    /// use unified_id::ThreadKey;
    ///
    /// let words = |text| ThreadKey::parse(text).map(|key| key.to_words());
    /// assert_eq!(words("thread_user123")?, words("user123")?);
    /// assert_ne!(words("user123")?, words("user1234")?);
    /// assert_eq!(words("a text of more than thirty bytes")?, None);
    /// # Ok::<(), unified_id::ParseError>(())
    /// ```
    #[must_use]
    #[inline]
    pub fn to_words(&self) -> Option<[u64; 4]> {
        match &self.0 {
            Repr::Core(core) => Some(core_words(*core)),
            Repr::Short(short) => {
                let ([first, second, third], last) = short.bytes.as_chunks() else { return None };
                let mut end = [0; 8];
                end[..SHORT_BYTES - 24].copy_from_slice(last);
                let words = [*first, *second, *third, end].map(u64::from_le_bytes);
                Some(text_words(words, short.len))
            }
            Repr::Long(_) => None,
        }
    }

    /// Returns the [words](Self::to_words) of the key that a text of a thread has, without making the key; `None` also for a
    /// text that has none.
    #[must_use]
    #[inline]
    pub fn words_of(text: &str) -> Option<[u64; 4]> {
        let (rest, _) = without_prefixes(text.as_bytes());
        if let Some(core) = core_of(rest) {
            return Some(core_words(core));
        }
        let len = u8::try_from(rest.len()).ok()?;
        let is_short = (1..=SHORT_BYTES).contains(&rest.len());
        is_short.then(|| text_words(words(rest), len))
    }

    /// Makes the key of a text that was checked to be a legacy key.
    pub(crate) fn of_checked(text: &str) -> Self {
        Self(Repr::of_text(text))
    }
}

impl Ord for ThreadKey {
    /// Cores first, in the order of their bits, then texts in the order of their bytes.
    fn cmp(&self, other: &Self) -> Ordering {
        match (&self.0, &other.0) {
            (Repr::Core(left), Repr::Core(right)) => left.cmp(right),
            // A text is never empty, so it comes after every core.
            (left, right) => left.text().cmp(right.text()),
        }
    }
}

impl PartialOrd for ThreadKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Hash for ThreadKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match &self.0 {
            Repr::Core(core) => core.hash(state),
            // As a `str` does: one piece, and an end that no text contains.
            text => {
                state.write(text.text());
                state.write_u8(0xff);
            }
        }
    }
}

impl From<Core> for ThreadKey {
    fn from(core: Core) -> Self {
        Self(Repr::Core(core))
    }
}

impl From<ThreadId> for ThreadKey {
    fn from(id: ThreadId) -> Self {
        Self(Repr::Core(id.core()))
    }
}

impl FromStr for ThreadKey {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl fmt::Display for ThreadKey {
    /// Writes the key text: the core in lower case, or the text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Repr::Core(core) => fmt::Display::fmt(core, f),
            Repr::Short(_) | Repr::Long(_) => f.pad(self.as_text().unwrap_or_default()),
        }
    }
}

impl fmt::Debug for ThreadKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Repr::Core(core) => f.debug_tuple("ThreadKey::Core").field(core).finish(),
            Repr::Short(_) | Repr::Long(_) => {
                f.debug_tuple("ThreadKey::Text").field(&self.as_text().unwrap_or_default()).finish()
            }
        }
    }
}

/// A scope as it was read, and whether it is spelt as the writer spells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ReadScope<'a> {
    pub(crate) scope: ScopeRef<'a>,
    pub(crate) is_canonical: bool,
}

impl ReadScope<'_> {
    pub(crate) fn to_owned_scope(self) -> ThreadScope {
        match self.scope {
            ScopeRef::Core(core) => ThreadScope::Id(ThreadId::from_core(core)),
            ScopeRef::Key(key) => ThreadScope::Legacy(LegacyKey::of_checked(key)),
            ScopeRef::None => unreachable!("invariant: a thread scope is a core or a key"),
        }
    }
}

/// Reads the scope of a run, message or tool id, or a thread that is to become one.
///
/// Positions count from the first byte of `text`.
#[inline]
pub(crate) fn read_scope(text: &[u8]) -> Result<ReadScope<'_>, Rejection> {
    if let Ok((core, has_upper)) = Core::read(text) {
        return Ok(ReadScope { scope: ScopeRef::Core(core), is_canonical: !has_upper });
    }
    let (rest, dropped) = without_prefixes(text);
    if rest.is_empty() {
        return Err(Rejection::new(ParseErrorKind::EmptyThread, text.len()));
    }
    if let Some(core) = core_of(rest) {
        return Ok(ReadScope { scope: ScopeRef::Core(core), is_canonical: false });
    }
    if is_near_core(rest)
        && let Err(rejection) = Core::read(rest)
    {
        return Err(rejection.as_kind(ParseErrorKind::MistypedScope).shifted(dropped));
    }
    match check_key(rest) {
        Ok(key) => Ok(ReadScope { scope: ScopeRef::Key(key), is_canonical: dropped == 0 }),
        Err(position) => Err(Rejection::new(ParseErrorKind::InvalidScope, position + dropped)),
    }
}

/// Tells whether a text has the length of a core, give or take one, and only letters and digits.
pub(crate) fn is_near_core(text: &[u8]) -> bool {
    (CORE_CHARS - 1..=CORE_CHARS + 1).contains(&text.len())
        && text.iter().all(u8::is_ascii_alphanumeric)
}

/// Checks the grammar of a legacy key; gives the position of what may not stand there.
fn check_key(text: &[u8]) -> Result<&str, usize> {
    let is_key_byte = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    if let Some(position) = text.iter().position(|byte| !is_key_byte(byte)) {
        return Err(position);
    }
    if text.len() > MAX_KEY_BYTES {
        return Err(MAX_KEY_BYTES);
    }
    if !text[0].is_ascii_alphanumeric() || text.starts_with(b"run_") {
        return Err(0);
    }
    if text.ends_with(b"_") {
        return Err(text.len() - 1);
    }
    // Read from the right, these would be cut at another place than they were joined.
    if text.ends_with(b"_run") {
        return Err(text.len() - 4);
    }
    if let Some(position) = text.windows(5).position(|window| window == b"_run_") {
        return Err(position);
    }
    str::from_utf8(text).map_err(|error| error.valid_up_to())
}

/// Drops all leading `thread_`; gives what is left and how many bytes were dropped.
#[inline]
fn without_prefixes(text: &[u8]) -> (&[u8], usize) {
    let mut rest = text;
    while let Some(shorter) = rest.strip_prefix(THREAD_PREFIX) {
        rest = shorter;
    }
    (rest, text.len() - rest.len())
}

/// Reads the spellings of 128 bits: a core in any case, a UUID with or without dashes.
#[inline]
pub(crate) fn core_of(text: &[u8]) -> Option<Core> {
    match text.len() {
        CORE_CHARS => Core::read(text).ok().map(|(core, _)| core),
        32 => hex(text.iter()),
        36 if [8, 13, 18, 23].iter().all(|at| text[*at] == b'-') => {
            hex(text.iter().filter(|byte| **byte != b'-'))
        }
        _ => None,
    }
}

/// Reads exactly 32 hexadecimal digits.
#[inline(never)]
fn hex<'a>(digits: impl Iterator<Item = &'a u8>) -> Option<Core> {
    let mut value: u128 = 0;
    let mut count = 0;
    for digit in digits {
        value = (value << 4) | u128::from(char::from(*digit).to_digit(16)?);
        count += 1;
    }
    (count == 32).then_some(Core::from_u128(value))
}

#[cfg(test)]
mod tests {
    use alloc::string::String;
    use alloc::vec::Vec;

    use super::*;

    #[test]
    fn a_text_is_held_whatever_its_length() {
        const TEXT: &str = "abcdefghijklmnopqrstuvwxyzabcdefghij";
        let mut known = Vec::new();
        for start in 0..4 {
            for end in start + 1..TEXT.len() {
                let text = &TEXT[start..end];
                // No spelling of a core, all of which have digits.
                let key = ThreadKey(Repr::of_text(text));
                assert_eq!((key.as_text(), String::from(text)), (Some(text), key.to_string()));
                assert_eq!(key.to_words().is_some(), text.len() <= SHORT_BYTES, "{text}");
                assert_eq!(key.to_words(), ThreadKey::words_of(text));
                if let Some(words) = key.to_words() {
                    assert!(!known.contains(&words), "{text}");
                    known.push(words);
                }
            }
        }
        let core = ThreadKey::from(Core::MAX).to_words().unwrap();
        assert_eq!(core, [u64::MAX, u64::MAX, 0, u64::MAX]);
        assert!(!known.contains(&core));
        for text in ["thread_7zzzzzzzzzzzzzzzzzzzzzzzzz", "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF"] {
            assert_eq!(ThreadKey::words_of(text), Some(core));
        }
        for text in ["", "thread_", TEXT] {
            assert_eq!(ThreadKey::words_of(text), None);
        }
    }
}
