//! The core of an id: one 128-bit value that is a ULID, a UUID and a TypeID suffix without conversion.
//!
//! ```text
//! 48 bits Unix milliseconds | 0111 | 12 bits counter, high part | 10 | 10 bits counter, low part | 52 bits random
//! ```
//!
//! Invariant: any 128-bit value is a core; what its bits mean is asked of it, never assumed.
//! Next: `id.rs`, cores behind a prefix.

use core::fmt;
use core::str::FromStr;

use crate::codec::{self, CORE_CHARS};
use crate::error::Rejection;
use crate::{ParseError, ParseErrorKind};

/// A 128-bit value: the core of every id.
///
/// Ordered as its bytes, which is the order of its text and, for values that this crate generates, the order of time.
///
/// # Examples
///
/// ```
/// use unified_id::Core;
///
/// let core: Core = "01m7wqt1fbff4sq3bgc5bhn9e0".parse()?;
/// assert_eq!(core.timestamp_ms(), Some(1_795_187_082_731));
/// assert_eq!(core.to_string(), "01m7wqt1fbff4sq3bgc5bhn9e0");
/// assert_eq!(core.uuid_text(), "01a1f97d-05eb-7bc9-9b8d-7061571aa5c0");
/// # Ok::<(), unified_id::ParseError>(())
/// ```
///
/// # Specification
///
/// The ULID specification, RFC 9562 (UUIDv7) and `TypeID` v0.3; see `docs/spec/id-format.md`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Core {
    // Two numbers rather than 16 bytes: they travel in registers, and comparing them is comparing the bytes.
    high: u64,
    low: u64,
}

impl Core {
    /// The smallest value: all bits 0.
    pub const MIN: Self = Self::from_u128(0);
    /// The largest value: all bits 1.
    pub const MAX: Self = Self::from_u128(u128::MAX);

    /// Makes a core of its bytes, most significant first.
    #[must_use]
    #[inline]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self::from_u128(u128::from_be_bytes(bytes))
    }

    /// Makes a core of its value.
    #[must_use]
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "the halves are taken one by one")]
    pub const fn from_u128(value: u128) -> Self {
        Self { high: (value >> 64) as u64, low: value as u64 }
    }

    /// Returns the bytes, most significant first: what a `uuid` column or a 16-byte column stores.
    #[must_use]
    #[inline]
    pub const fn to_bytes(self) -> [u8; 16] {
        self.to_u128().to_be_bytes()
    }

    /// Returns the value.
    #[must_use]
    #[inline]
    pub const fn to_u128(self) -> u128 {
        ((self.high as u128) << 64) | self.low as u128
    }

    /// Reads 26 characters of base32 in either case.
    ///
    /// # Errors
    ///
    /// [`WrongLength`](ParseErrorKind::WrongLength), [`Lookalike`](ParseErrorKind::Lookalike),
    /// [`InvalidCharacter`](ParseErrorKind::InvalidCharacter) or [`Overflow`](ParseErrorKind::Overflow), with the position.
    #[inline]
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        match <&[u8; CORE_CHARS]>::try_from(text.as_bytes()).ok().and_then(codec::decode) {
            Some(value) => Ok(Self::from_u128(value)),
            None => Err(Self::explain(text)),
        }
    }

    #[cold]
    #[inline(never)]
    fn explain(text: &str) -> ParseError {
        let empty = Rejection::new(ParseErrorKind::Empty, 0);
        let rejection = if text.is_empty() { empty } else { Self::reject(text.as_bytes()) };
        rejection.explain(text.as_bytes())
    }

    /// Reads a core and tells whether a letter of it was upper case.
    #[inline(always)]
    #[expect(
        clippy::inline_always,
        reason = "returned by memory, what was read would cost more than the reading"
    )]
    pub(crate) fn read(text: &[u8]) -> Result<(Self, bool), Rejection> {
        Self::read_exact(text).ok_or_else(|| Self::reject(text))
    }

    /// Reads 26 characters; `None` if they are not a core.
    #[inline(always)]
    #[expect(
        clippy::inline_always,
        reason = "returned by memory, what was read would cost more than the reading"
    )]
    pub(crate) fn read_exact(text: &[u8]) -> Option<(Self, bool)> {
        let exact = <&[u8; CORE_CHARS]>::try_from(text).ok()?;
        Some((Self::from_u128(codec::decode(exact)?), codec::has_upper(exact)))
    }

    #[cold]
    #[inline(never)]
    const fn reject(text: &[u8]) -> Rejection {
        // Of a text that is no core by far, its length is the news.
        if text.len() > CORE_CHARS + 1 || text.len() < CORE_CHARS - 1 {
            Rejection::length(0, text.len())
        } else {
            codec::table::diagnose(text)
        }
    }

    /// Reads a core through the table: what the compiler can run, and what is read on slow paths.
    pub(crate) const fn read_by_table(text: &[u8]) -> Result<Self, Rejection> {
        if let Some((exact, [])) = text.split_first_chunk()
            && let Some(value) = codec::table::decode(exact)
        {
            return Ok(Self::from_u128(value));
        }
        Err(Self::reject(text))
    }

    /// Returns the 26 characters on the stack, in lower case.
    #[must_use]
    #[inline]
    pub fn to_text(self) -> CoreText {
        CoreText(codec::encode(self.to_u128()))
    }

    /// How many bytes the text of a core has.
    pub const TEXT_BYTES: usize = CORE_CHARS;

    /// Writes the 26 characters at the start of a buffer and returns them; `None` if they do not fit, and then nothing was
    /// written.
    #[inline]
    pub fn write_to(self, buffer: &mut [u8]) -> Option<&str> {
        let place = buffer.first_chunk_mut()?;
        codec::encode_to(self.to_u128(), place);
        Some(crate::text::ascii(place))
    }

    /// Returns the spelling of the ULID specification: 26 characters in upper case.
    #[must_use]
    pub fn ulid_text(self) -> alloc::string::String {
        self.to_text().as_str().to_ascii_uppercase()
    }

    /// Returns the spelling of RFC 9562: 8-4-4-4-12 hexadecimal digits in lower case.
    #[must_use]
    pub fn uuid_text(self) -> alloc::string::String {
        let value = self.to_u128();
        alloc::format!(
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            value >> 96,
            (value >> 80) & 0xffff,
            (value >> 64) & 0xffff,
            (value >> 48) & 0xffff,
            value & 0xffff_ffff_ffff
        )
    }

    /// Returns the version of the UUID that these bits are, or `None` if they have not the variant of RFC 9562.
    #[must_use]
    #[inline]
    pub const fn uuid_version(self) -> Option<u8> {
        #[expect(clippy::cast_possible_truncation, reason = "four bits are left")]
        if self.low >> 62 == 0b10 { Some((self.high >> 12) as u8 & 15) } else { None }
    }

    /// Returns the Unix time in milliseconds if the bits say that there is one: those of a UUIDv7.
    #[must_use]
    #[inline]
    pub const fn timestamp_ms(self) -> Option<u64> {
        match self.uuid_version() {
            Some(7) => Some(self.leading_ms()),
            _ => None,
        }
    }

    /// Returns the first 48 bits, which are Unix milliseconds if this is a ULID or a UUIDv7, and anything otherwise.
    #[must_use]
    #[inline]
    pub const fn leading_ms(self) -> u64 {
        self.high >> 16
    }

    /// Returns the time that a reader reports for a core of a registered kind, and whether it is certain.
    pub(crate) const fn registered_time(self) -> Option<(u64, bool)> {
        match self.uuid_version() {
            Some(7) => Some((self.leading_ms(), true)),
            // Opaque and adopted ids have no time in them.
            Some(4 | 8) => None,
            _ => Some((self.leading_ms(), false)),
        }
    }

    /// Returns the time that a reader reports for a core of no registered kind, and whether it is certain.
    pub(crate) const fn foreign_time(self) -> (u64, bool) {
        (self.leading_ms(), matches!(self.uuid_version(), Some(7)))
    }

    /// Returns the smallest core of a millisecond in the layout of this crate, for range queries.
    ///
    /// Times past 48 bits are taken as the last one.
    #[must_use]
    pub const fn min_for(timestamp_ms: u64) -> Self {
        Self::from_u128(Self::time_bits(timestamp_ms) | 0x7000_8000_0000_0000_0000)
    }

    /// Returns the largest core of a millisecond in the layout of this crate, for range queries.
    #[must_use]
    pub const fn max_for(timestamp_ms: u64) -> Self {
        Self::from_u128(Self::time_bits(timestamp_ms) | 0x7fff_bfff_ffff_ffff_ffff)
    }

    const fn time_bits(timestamp_ms: u64) -> u128 {
        const LAST: u64 = (1 << 48) - 1;
        (if timestamp_ms > LAST { LAST } else { timestamp_ms } as u128) << 80
    }
}

impl fmt::Display for Core {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.to_text().as_str())
    }
}

impl fmt::Debug for Core {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Core").field(&self.to_text().as_str()).finish()
    }
}

impl FromStr for Core {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

/// The 26 characters of a core, on the stack.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct CoreText(pub(crate) [u8; CORE_CHARS]);

impl CoreText {
    /// Returns the text.
    #[must_use]
    #[inline]
    pub fn as_str(&self) -> &str {
        crate::text::ascii(&self.0)
    }
}

impl AsRef<str> for CoreText {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Display for CoreText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for CoreText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_of_a_millisecond_are_cores_of_that_millisecond() {
        for time in [0, 1, 1_787_591_656_811, (1 << 48) - 1] {
            assert_eq!(Core::min_for(time).timestamp_ms(), Some(time));
            assert_eq!(Core::max_for(time).timestamp_ms(), Some(time));
            assert!(Core::min_for(time) < Core::max_for(time));
        }
        assert_eq!(Core::max_for(u64::MAX).timestamp_ms(), Some((1 << 48) - 1));
        assert!(Core::max_for(1) < Core::min_for(2));
    }

    #[test]
    fn versions_decide_about_the_time() {
        let v4 = Core::from_u128(0x550e_8400_e29b_41d4_a716_4466_5544_0000);
        assert_eq!((v4.timestamp_ms(), v4.registered_time()), (None, None));
        assert_eq!(v4.foreign_time(), (0x550e_8400_e29b, false));
        let plain = Core::from_u128(0x0191_7b2c_4a5b_ffff_ffff_ffff_ffff_ffff);
        assert_eq!(plain.registered_time(), Some((0x0191_7b2c_4a5b, false)));
    }
}
