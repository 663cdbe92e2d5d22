//! The strict Crockford base32 codec of cores: 26 characters, 128 bits.
//!
//! Alphabet `0123456789abcdefghjkmnpqrstvwxyz`; the first character is `0` to `7`. Canonical text is lower case; upper
//! case is read and reported. Invariant: nothing here allocates, and nothing is accepted that does not fit 128 bits.
//! Next: `core_value.rs`, the value.

pub(crate) mod table;

pub(crate) use table::{decode, encode};

/// The length of a core as text.
pub(crate) const CORE_CHARS: usize = 26;

/// A core that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Decoded {
    pub(crate) value: u128,
    /// At least one letter was upper case.
    pub(crate) has_upper: bool,
}
