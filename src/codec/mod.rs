//! The strict Crockford base32 codec of cores: 26 characters, 128 bits.
//!
//! Alphabet `0123456789abcdefghjkmnpqrstvwxyz`; the first character is `0` to `7`. Canonical text is lower case; upper
//! case is read and reported. `table` is portable, safe and `const`; `simd` chooses vector instructions at run time.
//! Invariant: nothing here allocates, nothing is accepted that does not fit 128 bits, and all codecs give the same answer
//! to every input. Next: `core_value.rs`, the value.

#[cfg(all(feature = "fast", target_arch = "x86_64"))]
pub(crate) mod simd;
pub(crate) mod table;

/// The length of a core as text.
pub(crate) const CORE_CHARS: usize = 26;

/// Memory for a core that may never have been written.
#[cfg(feature = "fast")]
pub(crate) type Place = [core::mem::MaybeUninit<u8>; CORE_CHARS];

/// Returns the 26 characters of a value, in lower case.
///
/// They come back through a scratch place in pieces that lie within what was stored there, and go on from registers: a
/// text that is copied across the pieces it was stored in waits until the stores have left the processor, which takes
/// longer than all the rest.
#[inline(always)]
#[expect(clippy::inline_always, reason = "returned by memory, the text would be copied once more")]
pub(crate) fn encode(value: u128) -> [u8; CORE_CHARS] {
    text_of(words(value))
}

#[inline(always)]
#[expect(clippy::inline_always, reason = "as `encode`")]
fn text_of(words: [u64; 4]) -> [u8; CORE_CHARS] {
    let [first, second, third, fourth] = words.map(u64::to_le_bytes);
    let mut text = [0; CORE_CHARS];
    text[..8].copy_from_slice(&first);
    text[8..16].copy_from_slice(&second);
    text[16..24].copy_from_slice(&third);
    text[24..].copy_from_slice(&fourth[..2]);
    text
}

/// Returns the 26 characters, the first in the lowest byte; the last word ends with six bytes without meaning.
#[inline(always)]
#[expect(clippy::inline_always, reason = "as `encode`")]
fn words(value: u128) -> [u64; 4] {
    #[cfg(all(feature = "fast", target_arch = "x86_64"))]
    return simd::encode(value);
    #[cfg(not(all(feature = "fast", target_arch = "x86_64")))]
    return table::encode_words(value);
}

/// Writes the 26 characters of a value to where they are to stay: a buffer that others read later.
#[inline]
pub(crate) fn encode_to(value: u128, place: &mut [u8; CORE_CHARS]) {
    #[cfg(all(feature = "fast", target_arch = "x86_64"))]
    simd::write(value, place);
    #[cfg(not(all(feature = "fast", target_arch = "x86_64")))]
    {
        *place = table::encode(value);
    }
}

/// Writes the 26 characters of a value to memory that was never written: all of it is afterwards.
#[cfg(feature = "fast")]
#[inline]
pub(crate) fn encode_uninit(value: u128, place: &mut Place) {
    #[cfg(target_arch = "x86_64")]
    simd::write_uninit(value, place);
    #[cfg(not(target_arch = "x86_64"))]
    place.write_copy_of_slice(&table::encode(value));
}

/// Writes the 26 characters of each value to its place: the instruction set is chosen once for all of them.
#[cfg(feature = "std")]
#[inline]
pub(crate) fn encode_each<'a>(items: impl Iterator<Item = (u128, &'a mut [u8; CORE_CHARS])>) {
    #[cfg(all(feature = "fast", target_arch = "x86_64"))]
    return simd::encode_each(items);
    #[cfg(not(all(feature = "fast", target_arch = "x86_64")))]
    for (value, place) in items {
        *place = table::encode(value);
    }
}

/// Reads 26 characters, in either case; `None` if they are not a core, and then [`table::diagnose`] says why.
#[inline]
pub(crate) fn decode(text: &[u8; CORE_CHARS]) -> Option<u128> {
    #[cfg(all(feature = "fast", target_arch = "x86_64"))]
    return simd::decode(text);
    #[cfg(not(all(feature = "fast", target_arch = "x86_64")))]
    return table::decode(text);
}

/// Tells whether a core that was read has an upper-case letter.
#[inline]
pub(crate) fn has_upper(text: &[u8; CORE_CHARS]) -> bool {
    // Bit 5 is set in digits and lower-case letters; the last word overlaps the one before.
    const BIT: u64 = 0x2020_2020_2020_2020;
    let word = |at: usize| {
        u64::from_ne_bytes(*text[at..].first_chunk().expect("invariant: 8 of the 26 bytes"))
    };
    word(0) & word(8) & word(16) & word(18) & BIT != BIT
}
