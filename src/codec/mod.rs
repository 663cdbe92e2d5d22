//! The strict Crockford base32 codec of cores: 26 characters, 128 bits.
//!
//! Alphabet `0123456789abcdefghjkmnpqrstvwxyz`; the first character is `0` to `7`. Canonical text is lower case; upper
//! case is read and reported. `table` is portable, safe and `const`; `avx2` is chosen at run time where the processor has
//! it. Invariant: nothing here allocates, nothing is accepted that does not fit 128 bits, and both codecs give the same
//! answer to every input. Next: `core_value.rs`, the value.

#[cfg(all(feature = "fast", target_arch = "x86_64"))]
mod avx2;
pub(crate) mod table;

/// The length of a core as text.
pub(crate) const CORE_CHARS: usize = 26;

/// A core that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Decoded {
    pub(crate) value: u128,
    /// At least one letter was upper case.
    pub(crate) has_upper: bool,
}

/// Writes the 26 characters of a value, in lower case.
#[inline]
pub(crate) fn encode(value: u128, text: &mut [u8; CORE_CHARS]) {
    #[cfg(all(feature = "fast", target_arch = "x86_64"))]
    if avx2::encode(value, text) {
        return;
    }
    *text = table::encode(value);
}

/// Reads 26 characters, in either case; `None` if they are not a core, and then [`table::diagnose`] says why.
#[inline]
pub(crate) fn decode(text: &[u8; CORE_CHARS]) -> Option<Decoded> {
    #[cfg(all(feature = "fast", target_arch = "x86_64"))]
    if avx2::is_supported() {
        return avx2::decode(text);
    }
    table::decode(text)
}
