//! Typed ids whose prefix nobody registered here: any `TypeID` v0.3.
//!
//! Invariant: lower case only; the first word of the prefix is never a built-in kind.

use alloc::string::String;
use core::fmt;

use crate::codec::CORE_CHARS;
use crate::{Core, IdKind};

/// The longest prefix that `TypeID` allows, in bytes.
const MAX_FOREIGN_PREFIX_BYTES: usize = 63;

/// A well-formed id with a prefix of another system.
///
/// # Examples
///
/// ```
/// use unified_id::{ParsedId, parse_any};
///
/// let ParsedId::Foreign(id) = parse_any("order_item_01m7wqt1fbff4sq3bgc5bhn9e0")? else { panic!() };
/// assert_eq!(id.prefix(), "order_item");
/// # Ok::<(), unified_id::ParseError>(())
/// ```
///
/// # Specification
///
/// `TypeID` v0.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ForeignId<'a> {
    prefix: &'a str,
    core: Core,
}

impl<'a> ForeignId<'a> {
    /// Reads a foreign id; `None` if the text is none.
    pub(crate) fn read(text: &'a str) -> Option<Self> {
        let split = text.len().checked_sub(CORE_CHARS + 1)?;
        let (prefix, core) = (text.get(..split)?, text.get(split..)?.strip_prefix('_')?);
        let is_prefix = prefix.len() <= MAX_FOREIGN_PREFIX_BYTES
            && prefix.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
            && !prefix.starts_with('_')
            && !prefix.ends_with('_')
            && !prefix.is_empty();
        if !is_prefix || has_registered_word(prefix.as_bytes()) {
            return None;
        }
        match Core::read(core.as_bytes()) {
            Ok((core, false)) => Some(Self { prefix, core }),
            _ => None,
        }
    }

    /// Returns the prefix.
    #[must_use]
    pub const fn prefix(&self) -> &'a str {
        self.prefix
    }

    /// Returns the core.
    #[must_use]
    pub const fn core(&self) -> Core {
        self.core
    }

    /// Returns the first 48 bits as Unix milliseconds, and whether the bits say that they are a time.
    #[must_use]
    pub const fn time(&self) -> (u64, bool) {
        self.core.foreign_time()
    }
}

/// Tells whether a text begins with the prefix of a built-in kind as a whole word.
fn has_registered_word(prefix: &[u8]) -> bool {
    let word = prefix.split(|byte| *byte == b'_').next().unwrap_or_default();
    IdKind::from_prefix_bytes(word).is_some()
}

impl fmt::Display for ForeignId<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_{}", self.prefix, self.core)
    }
}

impl From<ForeignId<'_>> for String {
    fn from(id: ForeignId<'_>) -> Self {
        alloc::format!("{id}")
    }
}
