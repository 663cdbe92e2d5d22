//! Writing in AVX-512 instructions: unaligned bit fields and a look-up of 32 bytes (VBMI) replace the arithmetic of AVX2.
//!
//! Reading gains nothing from them where it was measured (Zen 4): its codec is that of AVX2.
use core::arch::x86_64::{
    __m256i, _mm256_mask_set1_epi64, _mm256_maskz_set1_epi64, _mm256_multishift_epi64_epi8,
    _mm256_permutexvar_epi8, _mm256_set_epi64x, _mm256_set1_epi64x, _mm256_shrdv_epi64,
};

use super::avx2::{load, store};
use crate::codec::Place;
use crate::codec::table::ALPHABET;

/// Tells whether the processor has what this module needs: Intel since Ice Lake, AMD since Zen 4.
pub(super) fn is_supported() -> bool {
    std::arch::is_x86_feature_detected!("avx512f")
        && std::arch::is_x86_feature_detected!("avx512bw")
        && std::arch::is_x86_feature_detected!("avx512vl")
        && std::arch::is_x86_feature_detected!("avx512vbmi")
        && std::arch::is_x86_feature_detected!("avx512vbmi2")
}

/// Where the fields of eight characters start in each 64-bit lane, the first character highest.
const FIELDS: [u8; 32] = [
    35, 30, 25, 20, 15, 10, 5, 0, 35, 30, 25, 20, 15, 10, 5, 0, 35, 30, 25, 20, 15, 10, 5, 0, 35,
    30, 25, 20, 15, 10, 5, 0,
];

/// Writes the 26 characters of each value to its place.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2")]
pub(super) fn encode_each<'a>(items: impl Iterator<Item = (u128, &'a mut Place)>) {
    items.for_each(|(value, place)| write(value, place));
}

/// Writes the 26 characters of a value to its place.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2")]
pub(super) fn write(value: u128, place: &mut Place) {
    store(characters(value), place);
}

/// Returns the first 16 characters of a value in the lower half and the last 16 in the upper one, in lower case.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2")]
#[expect(clippy::cast_possible_truncation, reason = "lanes are taken bit by bit")]
fn characters(value: u128) -> __m256i {
    // Each lane has the bits of its characters at its low end; what stands above is never looked at, but for the first
    // character, which has only three bits.
    let (high, low) = ((value >> 64) as i64, value as i64);
    let lanes = _mm256_shrdv_epi64(
        _mm256_mask_set1_epi64(_mm256_set1_epi64x(low), 0b0001, high),
        _mm256_maskz_set1_epi64(0b1110, high),
        _mm256_set_epi64x(0, 40, 50, 26),
    );
    let fields = _mm256_multishift_epi64_epi8(load(&FIELDS), lanes);
    // The look-up takes the low five bits of each byte.
    _mm256_permutexvar_epi8(fields, load(ALPHABET))
}
