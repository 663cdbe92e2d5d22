//! The codec in AVX2 instructions: 26 characters at once.
//!
//! A core is laid out in four 64-bit lanes: 2 characters (8 bits), then three times 8 characters (40 bits). Invariant:
//! every function here gives `None` where the processor has no AVX2; otherwise its answer equals the table codec's, which
//! the tests show for all positions and bytes and for random values.
#![expect(unsafe_code, reason = "vector instructions; measured in docs/benchmarks")]

use core::arch::x86_64::{
    __m256i, _mm_alignr_epi8, _mm_cvtsi128_si64, _mm_extract_epi64, _mm_loadu_si128, _mm_set1_epi8,
    _mm_srli_si128, _mm256_and_si256, _mm256_blendv_epi8, _mm256_broadcastsi128_si256,
    _mm256_castsi256_si128, _mm256_cmpeq_epi8, _mm256_extracti128_si256, _mm256_madd_epi16,
    _mm256_maddubs_epi16, _mm256_or_si256, _mm256_set_epi64x, _mm256_set_m128i, _mm256_set1_epi8,
    _mm256_set1_epi16, _mm256_set1_epi32, _mm256_set1_epi64x, _mm256_setzero_si256,
    _mm256_shuffle_epi8, _mm256_slli_epi16, _mm256_slli_epi32, _mm256_slli_epi64,
    _mm256_srli_epi16, _mm256_srli_epi32, _mm256_srli_epi64, _mm256_store_si256,
    _mm256_testz_si256,
};

use super::{CORE_CHARS, Decoded, Scratch};

/// The 40 low bits.
const EIGHT_CHARS: u64 = (1 << 40) - 1;

/// Writes the 26 characters of a value, in lower case; `false` without AVX2, and then nothing was written.
#[inline]
pub(super) fn encode(value: u128, scratch: &mut Scratch) -> bool {
    let is_supported = is_supported();
    if is_supported {
        // SAFETY: the processor has AVX2.
        unsafe { encode_avx2(value, scratch) };
    }
    is_supported
}

/// Reads 26 characters in either case; `None` if they are not a core.
///
/// # Panics
///
/// Panics without AVX2.
#[inline]
pub(super) fn decode(text: &[u8; CORE_CHARS]) -> Option<Decoded> {
    assert!(is_supported());
    let mut flags = 0;
    // SAFETY: the processor has AVX2.
    let value = unsafe { decode_avx2(text, &mut flags) };
    (flags & INVALID == 0).then_some(Decoded { value, has_upper: flags & UPPER != 0 })
}

/// The characters are not a core.
const INVALID: u32 = 1;
/// A letter is upper case.
const UPPER: u32 = 2;

/// Tells whether the processor has AVX2; the answer is kept by the standard library.
#[inline]
pub(super) fn is_supported() -> bool {
    std::arch::is_x86_feature_detected!("avx2")
}

#[target_feature(enable = "avx2")]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "lanes are taken bit by bit"
)]
fn encode_avx2(value: u128, scratch: &mut Scratch) {
    let (high, low) = ((value >> 64) as u64, value as u64);
    let lanes = _mm256_set_epi64x(
        (low & EIGHT_CHARS) as i64,
        (((high << 24) | (low >> 40)) & EIGHT_CHARS) as i64,
        ((high >> 16) & EIGHT_CHARS) as i64,
        (high >> 56) as i64,
    );
    // 40 bits become twice 20, four times 10, eight times 5; the first piece goes to the lowest bits each time.
    let twenty = _mm256_or_si256(
        _mm256_srli_epi64::<20>(lanes),
        _mm256_slli_epi64::<32>(_mm256_and_si256(lanes, _mm256_set1_epi64x(0xf_ffff))),
    );
    let ten = _mm256_or_si256(
        _mm256_srli_epi32::<10>(twenty),
        _mm256_slli_epi32::<16>(_mm256_and_si256(twenty, _mm256_set1_epi32(0x3ff))),
    );
    let five = _mm256_or_si256(
        _mm256_srli_epi16::<5>(ten),
        _mm256_slli_epi16::<8>(_mm256_and_si256(ten, _mm256_set1_epi16(0x1f))),
    );
    let first = twice(b"0123456789abcdef");
    let second = twice(b"ghjkmnpqrstvwxyz");
    // The fifth bit chooses the half of the alphabet; moved to the top of its byte it steers the blend.
    let characters = _mm256_blendv_epi8(
        _mm256_shuffle_epi8(first, five),
        _mm256_shuffle_epi8(second, _mm256_and_si256(five, _mm256_set1_epi8(15))),
        _mm256_slli_epi16::<3>(five),
    );
    // The first lane has its two characters at its end: the six bytes before them go away.
    let tail = _mm256_extracti128_si256::<1>(characters);
    let head = _mm_alignr_epi8::<6>(tail, _mm256_castsi256_si128(characters));
    let text = _mm256_set_m128i(_mm_srli_si128::<6>(tail), head);
    // SAFETY: the scratch place has 32 bytes and is aligned to them.
    unsafe { _mm256_store_si256(scratch.0.as_mut_ptr().cast(), text) };
}

#[target_feature(enable = "avx2")]
#[expect(clippy::cast_sign_loss, reason = "lanes are taken bit by bit")]
fn decode_avx2(text: &[u8; CORE_CHARS], flags: &mut u32) -> u128 {
    // SAFETY: the loads read the bytes 0..16 and 10..26 of the 26.
    let (head, tail) = unsafe {
        (_mm_loadu_si128(text.as_ptr().cast()), _mm_loadu_si128(text.as_ptr().add(10).cast()))
    };
    // The head's ten characters go to the end of their half; what is before them becomes `0`, which adds nothing.
    let head = _mm_alignr_epi8::<10>(head, _mm_set1_epi8(b'0'.cast_signed()));
    let characters = _mm256_set_m128i(tail, head);

    let low_nibble = _mm256_and_si256(characters, _mm256_set1_epi8(15));
    let high_nibble = _mm256_and_si256(_mm256_srli_epi16::<4>(characters), _mm256_set1_epi8(15));
    // Bit 0: digits; bit 1: a to o; bit 2: p to z. A character is valid if both of its halves say so.
    let by_high = twice(&[0, 0, 0, 1, 2, 4, 2, 4, 0, 0, 0, 0, 0, 0, 0, 0]);
    let by_low = twice(&[5, 7, 7, 7, 7, 3, 7, 7, 7, 5, 6, 2, 0, 2, 2, 0]);
    let classes = _mm256_and_si256(
        _mm256_shuffle_epi8(by_high, high_nibble),
        _mm256_shuffle_epi8(by_low, low_nibble),
    );
    let invalid = _mm256_cmpeq_epi8(classes, _mm256_setzero_si256());

    let a_to_o = twice(&[0, 10, 11, 12, 13, 14, 15, 16, 17, 0, 18, 19, 0, 20, 21, 0]);
    let p_to_z = twice(&[22, 23, 24, 25, 26, 0, 27, 28, 29, 30, 31, 0, 0, 0, 0, 0]);
    // Bit 4 of a letter tells its half, bit 6 tells letters from digits; each steers a blend from the top of its byte.
    let letters = _mm256_blendv_epi8(
        _mm256_shuffle_epi8(a_to_o, low_nibble),
        _mm256_shuffle_epi8(p_to_z, low_nibble),
        _mm256_slli_epi16::<3>(characters),
    );
    let values = _mm256_blendv_epi8(low_nibble, letters, _mm256_slli_epi16::<1>(characters));

    // Bit 6 without bit 5 is an upper-case letter.
    let case_bits = _mm256_and_si256(characters, _mm256_set1_epi8(0x60));
    let upper = _mm256_cmpeq_epi8(case_bits, _mm256_set1_epi8(0x40));

    let ten = _mm256_maddubs_epi16(values, _mm256_set1_epi16(0x0120));
    let twenty = _mm256_madd_epi16(ten, _mm256_set1_epi32(0x0001_0400));
    let forty = _mm256_or_si256(
        _mm256_srli_epi64::<32>(twenty),
        _mm256_srli_epi64::<12>(_mm256_slli_epi64::<32>(twenty)),
    );
    let (low, high) = (_mm256_castsi256_si128(forty), _mm256_extracti128_si256::<1>(forty));
    let top = _mm_cvtsi128_si64(low) as u64;
    // The first character has three bits, the second five.
    let is_invalid = _mm256_testz_si256(invalid, invalid) == 0 || top >> 8 != 0;
    let is_upper = _mm256_testz_si256(upper, upper) == 0;
    *flags = (u32::from(is_invalid) * INVALID) | (u32::from(is_upper) * UPPER);
    let first = _mm_extract_epi64::<1>(low) as u64;
    let second = _mm_cvtsi128_si64(high) as u64;
    let third = _mm_extract_epi64::<1>(high) as u64;
    let upper_half = (top << 56) | (first << 16) | (second >> 24);
    let lower_half = (second << 40) | third;
    (u128::from(upper_half) << 64) | u128::from(lower_half)
}

/// Returns 16 bytes in both halves of a vector.
#[target_feature(enable = "avx2")]
fn twice(bytes: &[u8; 16]) -> __m256i {
    // SAFETY: the load reads the 16 bytes of the array.
    _mm256_broadcastsi128_si256(unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) })
}

#[cfg(test)]
mod tests {
    use super::super::table;
    use super::*;

    fn check(text: &[u8; CORE_CHARS]) {
        assert_eq!(decode(text), table::decode(text), "{text:?}");
    }

    #[test]
    fn equals_the_table_for_every_byte_at_every_position() {
        assert!(is_supported(), "this test needs a processor with AVX2");
        for background in [b'0', b'7', b'z', b'Z', b'g'] {
            for position in 0..CORE_CHARS {
                for byte in 0..=u8::MAX {
                    let mut text = [background; CORE_CHARS];
                    text[0] = b'3';
                    text[position] = byte;
                    check(&text);
                }
            }
        }
    }

    #[test]
    fn equals_the_table_for_random_values() {
        // 100 million in `cargo xtask soak`, which sets the variable at build time.
        let rounds = option_env!("UNIFIED_ID_CODEC_ROUNDS")
            .map_or(200_000, |rounds| rounds.parse().unwrap());
        let mut state: u128 = 0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c834;
        for _ in 0..rounds {
            state = state.wrapping_mul(0x2360_ed05_1fc6_5da4_4385_df64_9fcc_f645).wrapping_add(1);
            let value = state ^ (state >> 61);
            let text = super::super::encode(value);
            assert_eq!(text, table::encode(value));
            assert_eq!(decode(&text), Some(Decoded { value, has_upper: false }));
            let upper = text.map(|byte| byte.to_ascii_uppercase());
            check(&upper);
        }
    }
}
