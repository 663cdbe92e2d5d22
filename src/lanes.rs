//! Sixteen bytes at once: which are digits, letters, separators?
//!
//! On x86-64 by instructions that every such processor has (SSE2), or for a whole text at once where there is AVX-512;
//! elsewhere, and without the feature `fast`, by arithmetic on words of eight bytes. Invariant: all find the same of any bytes.
//! Next: `legacy/maps.rs`, which makes classes of what is found.
#![cfg_attr(
    all(feature = "fast", target_arch = "x86_64", target_feature = "sse2"),
    expect(unsafe_code, reason = "byte by byte it is the dearest part of reading a legacy id")
)]

/// What is found of some bytes, the first in the lowest bit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) digits: u64,
    /// Letters of either case.
    pub(crate) letters: u64,
    /// `a-f` in either case.
    pub(crate) hex_letters: u64,
    /// Bytes with the bit that tells a small letter from a capital.
    pub(crate) small: u64,
    pub(crate) separators: u64,
    pub(crate) dashes: u64,
    pub(crate) colons: u64,
}

impl Found {
    /// Puts what was found of bytes further on where it belongs; what is known of some of them already is the same.
    #[inline]
    pub(crate) fn and(self, other: Self, at: usize) -> Self {
        Self {
            digits: self.digits | other.digits << at,
            letters: self.letters | other.letters << at,
            hex_letters: self.hex_letters | other.hex_letters << at,
            small: self.small | other.small << at,
            separators: self.separators | other.separators << at,
            dashes: self.dashes | other.dashes << at,
            colons: self.colons | other.colons << at,
        }
    }
}

/// The longest text that is looked at.
pub(crate) const MOST_BYTES: usize = 63;

/// Looks at a text of at most [`MOST_BYTES`]; nothing is found behind it.
#[inline]
pub(crate) fn find(text: &[u8]) -> Found {
    #[cfg(all(feature = "fast", target_arch = "x86_64"))]
    if text.len() <= MOST_BYTES && wide::is_supported() {
        // SAFETY: the processor was asked, and the text is short enough.
        return unsafe { wide::find(text) };
    }
    by_pieces(text, sixteen)
}

/// Looks at sixteen bytes after the other; the last piece overlaps.
#[inline]
fn by_pieces(text: &[u8], sixteen: impl Fn(u128) -> Found) -> Found {
    let Some(last) = text.last_chunk::<16>() else { return sixteen(few(text)) };
    let (mut found, mut at) = (Found::default(), 0);
    while let Some(bytes) = text[at..].first_chunk::<16>() {
        found = found.and(sixteen(u128::from_le_bytes(*bytes)), at);
        at += 16;
    }
    if at != text.len() {
        found = found.and(sixteen(u128::from_le_bytes(*last)), text.len() - 16);
    }
    found
}

/// Fewer than sixteen bytes as a number; the bytes behind them are 0.
#[inline]
fn few(text: &[u8]) -> u128 {
    let word = |bytes: &[u8; 8]| u128::from(u64::from_le_bytes(*bytes));
    if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
        return word(first) | word(last) << (8 * (text.len() - 8));
    }
    let half = |bytes: &[u8; 4]| u128::from(u32::from_le_bytes(*bytes));
    if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
        return half(first) | half(last) << (8 * (text.len() - 4));
    }
    text.iter().rev().fold(0, |number, byte| number << 8 | u128::from(*byte))
}

#[cfg(all(feature = "fast", target_arch = "x86_64", target_feature = "sse2"))]
#[inline]
fn sixteen(bytes: u128) -> Found {
    // SAFETY: the program is compiled for processors with SSE2.
    unsafe { vector::sixteen(bytes) }
}

#[cfg(not(all(feature = "fast", target_arch = "x86_64", target_feature = "sse2")))]
use self::words::sixteen;

/// AVX-512, for a whole text at once: 14 instructions for 63 bytes, where SSE2 takes about 200.
#[cfg(all(feature = "fast", target_arch = "x86_64"))]
mod wide {
    use core::arch::x86_64::{
        __m512i, _mm512_cmpeq_epi8_mask, _mm512_cmplt_epu8_mask, _mm512_maskz_loadu_epi8,
        _mm512_or_si512, _mm512_set1_epi8, _mm512_sub_epi8, _mm512_test_epi8_mask,
    };

    use super::Found;

    #[inline]
    pub(super) fn is_supported() -> bool {
        std::arch::is_x86_feature_detected!("avx512bw")
    }

    /// # Safety
    ///
    /// The processor has AVX-512 with byte instructions, and the text has at most 63 bytes.
    #[target_feature(enable = "avx512f,avx512bw")]
    pub(super) unsafe fn find(text: &[u8]) -> Found {
        let inside = (1_u64 << text.len()) - 1;
        // SAFETY: only the bytes of the text are read, the others are 0.
        let bytes = unsafe { _mm512_maskz_loadu_epi8(inside, text.as_ptr().cast()) };
        let letters = _mm512_sub_epi8(_mm512_or_si512(bytes, set(0x20)), set(b'a'));
        let dashes = _mm512_cmpeq_epi8_mask(bytes, set(b'-'));
        let colons = _mm512_cmpeq_epi8_mask(bytes, set(b':'));
        Found {
            digits: _mm512_cmplt_epu8_mask(_mm512_sub_epi8(bytes, set(b'0')), set(10)),
            letters: _mm512_cmplt_epu8_mask(letters, set(26)),
            hex_letters: _mm512_cmplt_epu8_mask(letters, set(6)),
            small: _mm512_test_epi8_mask(bytes, set(0x20)),
            separators: dashes | colons | _mm512_cmpeq_epi8_mask(bytes, set(b'_')),
            dashes,
            colons,
        }
    }

    #[target_feature(enable = "avx512f")]
    #[inline]
    fn set(byte: u8) -> __m512i {
        _mm512_set1_epi8(byte.cast_signed())
    }
}

/// SSE2, which every x86-64 processor has.
#[cfg(all(feature = "fast", target_arch = "x86_64", target_feature = "sse2"))]
mod vector {
    use core::arch::x86_64::{
        __m128i, _mm_add_epi8, _mm_cmpeq_epi8, _mm_cmplt_epi8, _mm_movemask_epi8, _mm_or_si128,
        _mm_set_epi64x, _mm_set1_epi8, _mm_slli_epi16,
    };

    use super::Found;

    #[inline]
    #[target_feature(enable = "sse2")]
    #[expect(clippy::cast_possible_truncation, reason = "the halves of a number")]
    pub(super) fn sixteen(bytes: u128) -> Found {
        let bytes = _mm_set_epi64x((bytes >> 64) as i64, bytes as i64);
        let folded = _mm_or_si128(bytes, set(0x20));
        // Moved so that the first of a range is the lowest number with a sign: one comparison tells whether a byte is inside.
        let digit = _mm_add_epi8(bytes, set(0x80_u8.wrapping_sub(b'0')));
        let letter = _mm_add_epi8(folded, set(0x80_u8.wrapping_sub(b'a')));
        let dashes = _mm_cmpeq_epi8(bytes, set(b'-'));
        let colons = _mm_cmpeq_epi8(bytes, set(b':'));
        let lines = _mm_cmpeq_epi8(bytes, set(b'_'));
        Found {
            digits: mask(_mm_cmplt_epi8(digit, set(0x80 + 10))),
            letters: mask(_mm_cmplt_epi8(letter, set(0x80 + 26))),
            hex_letters: mask(_mm_cmplt_epi8(letter, set(0x80 + 6))),
            small: mask(_mm_slli_epi16::<2>(bytes)),
            separators: mask(_mm_or_si128(_mm_or_si128(dashes, colons), lines)),
            dashes: mask(dashes),
            colons: mask(colons),
        }
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    fn set(byte: u8) -> __m128i {
        _mm_set1_epi8(byte.cast_signed())
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    fn mask(lanes: __m128i) -> u64 {
        u64::from(_mm_movemask_epi8(lanes).cast_unsigned())
    }
}

/// Eight bytes at a time, in a word.
#[cfg(any(test, not(all(feature = "fast", target_arch = "x86_64", target_feature = "sse2"))))]
mod words {
    use super::Found;

    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;

    #[expect(clippy::cast_possible_truncation, reason = "the halves of a number")]
    pub(super) fn sixteen(bytes: u128) -> Found {
        eight(bytes as u64).and(eight((bytes >> 64) as u64), 8)
    }

    fn eight(word: u64) -> Found {
        let folded = word | (ONES * 0x20);
        let is = |byte: u8| between(word, byte, byte);
        let (dashes, colons) = (gather(is(b'-')), gather(is(b':')));
        Found {
            digits: gather(between(word, b'0', b'9')),
            letters: gather(between(folded, b'a', b'z')),
            hex_letters: gather(between(folded, b'a', b'f')),
            small: gather(word << 2),
            separators: dashes | colons | gather(is(b'_')),
            dashes,
            colons,
        }
    }

    /// Sets the highest bit of each byte that is one of these.
    fn between(word: u64, first: u8, last: u8) -> u64 {
        // Without their highest bits no byte of a sum reaches into the next one.
        let low = word & !HIGH;
        let from = low + ONES * u64::from(0x80 - first);
        let above = low + ONES * u64::from(0x7f - last);
        from & !above & !word & HIGH
    }

    /// The highest bits of the bytes, side by side.
    fn gather(word: u64) -> u64 {
        ((word & HIGH) >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
    }
}

#[cfg(test)]
mod tests {
    use alloc::boxed::Box;

    use super::*;

    #[test]
    fn words_find_what_vectors_find() {
        for first in 0..=u8::MAX {
            for second in 0..=u8::MAX {
                let mut bytes = [first; 16];
                for (at, byte) in (0_u8..).zip(&mut bytes) {
                    *byte =
                        if at % 2 == 0 { first.wrapping_add(at) } else { second.wrapping_sub(at) };
                }
                let bytes = u128::from_le_bytes(bytes);
                assert_eq!(words::sixteen(bytes), sixteen(bytes), "{bytes:x}");
            }
        }
    }

    #[test]
    fn texts_of_every_length_are_found_alike_and_nothing_behind_them() {
        for length in 0..=MOST_BYTES {
            for first in 0..=u8::MAX {
                // In an allocation of just that size, so that valgrind sees a byte too many.
                let text: Box<[u8]> = (0_u8..)
                    .take(length)
                    .map(|at| first.wrapping_add(at.wrapping_mul(37)))
                    .collect();
                let found = find(&text);
                assert_eq!(found, by_pieces(&text, sixteen), "{text:?}");
                assert_eq!(found, by_pieces(&text, words::sixteen), "{text:?}");
                let all = found.digits | found.letters | found.separators | found.small;
                assert_eq!(all >> length, 0);
            }
        }
    }
}
