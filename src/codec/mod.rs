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
///
/// They come back through a scratch place in the same pieces in which they were stored there, and go on from registers: a
/// text that is copied in other pieces waits until the stores have left the processor, which takes longer than all the
/// rest.
#[inline(always)]
#[expect(clippy::inline_always, reason = "returned by memory, the text would be copied once more")]
pub(crate) fn encode(value: u128) -> [u8; CORE_CHARS] {
    let mut scratch = Scratch([0; 4]);
    write(value, &mut scratch);
    let [first, second, third, fourth] = scratch.0.map(u64::to_le_bytes);
    let mut text = [0; CORE_CHARS];
    text[..8].copy_from_slice(&first);
    text[8..16].copy_from_slice(&second);
    text[16..24].copy_from_slice(&third);
    text[24..].copy_from_slice(&fourth[..2]);
    text
}

/// 26 characters, the first in the lowest byte, and six bytes without meaning.
#[repr(align(32))]
struct Scratch([u64; 4]);

#[inline]
fn write(value: u128, scratch: &mut Scratch) {
    #[cfg(all(feature = "fast", target_arch = "x86_64"))]
    if avx2::encode(value, scratch) {
        return;
    }
    write_by_table(value, scratch);
}

/// Kept out of line, so that the compiler does not take the scratch place apart into single characters.
#[inline(never)]
fn write_by_table(value: u128, scratch: &mut Scratch) {
    let text = table::encode(value);
    let mut bytes = [0; 32];
    bytes[..CORE_CHARS].copy_from_slice(&text);
    for (word, piece) in scratch.0.iter_mut().zip(bytes.as_chunks::<8>().0) {
        *word = u64::from_le_bytes(*piece);
    }
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
