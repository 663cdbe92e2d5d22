//! The key of a thread: what a router compares, and nothing else.
//!
//! From any text of a thread: all leading `thread_` are dropped; what is left is empty (an error), a core in any case or a
//! UUID with or without dashes (the 128 bits), or a text (its bytes). Invariant: keys compare whole; no prefix, substring
//! or case-folded comparison exists. Next: `parse.rs`, which meets threads inside run ids.

use alloc::boxed::Box;
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

/// A text of at most so many bytes; the rest is 0.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Short {
    len: u8,
    bytes: [u8; SHORT_BYTES],
}

impl Repr {
    fn of_text(text: &str) -> Self {
        match u8::try_from(text.len()) {
            Ok(len) if text.len() <= SHORT_BYTES => {
                let mut bytes = [0; SHORT_BYTES];
                bytes[..text.len()].copy_from_slice(text.as_bytes());
                Self::Short(Short { len, bytes })
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
        let (rest, _) = without_prefixes(text.as_bytes());
        if rest.is_empty() {
            return Err(
                Rejection::new(ParseErrorKind::EmptyThread, text.len()).explain(text.as_bytes())
            );
        }
        Ok(match core_of(rest) {
            Some(core) => Self(Repr::Core(core)),
            None => Self(Repr::of_text(&text[text.len() - rest.len()..])),
        })
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
fn without_prefixes(text: &[u8]) -> (&[u8], usize) {
    let mut rest = text;
    while let Some(shorter) = rest.strip_prefix(THREAD_PREFIX) {
        rest = shorter;
    }
    (rest, text.len() - rest.len())
}

/// Reads the spellings of 128 bits: a core in any case, a UUID with or without dashes.
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
fn hex<'a>(digits: impl Iterator<Item = &'a u8>) -> Option<Core> {
    let mut value: u128 = 0;
    let mut count = 0;
    for digit in digits {
        value = (value << 4) | u128::from(char::from(*digit).to_digit(16)?);
        count += 1;
    }
    (count == 32).then_some(Core::from_u128(value))
}
