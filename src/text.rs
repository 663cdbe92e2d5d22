//! Texts of ids on the stack, in buffers of exactly their length.
//!
//! Invariant: what is wrapped here was written by the codec or is a prefix, so it is ASCII.
#![cfg_attr(
    feature = "fast",
    expect(unsafe_code, reason = "checking again that an id is ASCII costs more than writing it")
)]

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::codec::{self, CORE_CHARS};
use crate::{Core, Kind};

/// An array of bytes that holds the text of an id.
#[doc(hidden)]
pub trait Buffer: Copy + AsRef<[u8]> + AsMut<[u8]> + Send + Sync + 'static {
    /// The array with all bytes 0.
    const ZEROED: Self;
}

impl<const N: usize> Buffer for [u8; N] {
    const ZEROED: Self = [0; N];
}

/// The canonical text of a typed id, on the stack.
///
/// # Examples
///
/// ```
/// use unified_id::ThreadId;
///
/// let thread = ThreadId::new();
/// assert_eq!(thread.to_text().as_str(), thread.to_string());
/// assert_eq!(size_of_val(&thread.to_text()), 33);
/// ```
pub struct IdText<K: Kind>(pub(crate) K::Buffer);

impl<K: Kind> IdText<K> {
    /// Returns the text.
    #[must_use]
    #[inline]
    pub fn as_str(&self) -> &str {
        ascii(self.0.as_ref())
    }
}

impl<K: Kind> IdText<K> {
    /// Returns the place of the id's own core: the end of every text.
    #[cfg(feature = "std")]
    #[inline]
    pub(crate) fn core_place(&mut self) -> &mut [u8; CORE_CHARS] {
        self.0.as_mut().last_chunk_mut().expect("invariant: a text ends with a core")
    }
}

#[expect(clippy::expl_impl_clone_on_copy, reason = "a derive would ask the marker type for it")]
impl<K: Kind> Clone for IdText<K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K: Kind> Copy for IdText<K> {}

impl<K: Kind> core::ops::Deref for IdText<K> {
    type Target = str;

    #[inline]
    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl<K: Kind> AsRef<str> for IdText<K> {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl<K: Kind> fmt::Display for IdText<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl<K: Kind> fmt::Debug for IdText<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

/// Returns what the codec wrote as a text.
#[inline]
pub(crate) fn ascii(bytes: &[u8]) -> &str {
    debug_assert!(bytes.is_ascii(), "invariant: an id is ASCII");
    #[cfg(feature = "fast")]
    // SAFETY: the callers pass prefixes, separators and characters of the alphabet, all of them ASCII.
    return unsafe { str::from_utf8_unchecked(bytes) };
    #[cfg(not(feature = "fast"))]
    return str::from_utf8(bytes).unwrap_or_default();
}

/// Appends `_` and the characters of a core.
#[inline]
pub(crate) fn push_core(text: &mut Vec<u8>, core: Core) {
    const BYTES: usize = 1 + CORE_CHARS;
    text.reserve(BYTES);
    text.push(b'_');
    #[cfg(feature = "fast")]
    {
        let length = text.len();
        let place = text.spare_capacity_mut().first_chunk_mut().expect("invariant: reserved");
        codec::encode_uninit(core.to_u128(), place);
        // SAFETY: the codec wrote the 26 bytes, which were reserved.
        unsafe { text.set_len(length + CORE_CHARS) };
    }
    #[cfg(not(feature = "fast"))]
    text.extend_from_slice(&codec::encode(core.to_u128()));
}

/// Returns what the codec wrote as a string.
#[inline]
pub(crate) fn string(bytes: Vec<u8>) -> String {
    debug_assert!(bytes.is_ascii(), "invariant: an id is ASCII");
    #[cfg(feature = "fast")]
    // SAFETY: as in `ascii`.
    return unsafe { String::from_utf8_unchecked(bytes) };
    #[cfg(not(feature = "fast"))]
    return String::from_utf8(bytes).unwrap_or_default();
}
