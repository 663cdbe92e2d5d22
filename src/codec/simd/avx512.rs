//! Writing in AVX-512 instructions: unaligned bit fields and a look-up of 32 bytes (VBMI) replace the arithmetic of AVX2.
//!
//! Reading gains nothing from them where it was measured (Zen 4): its codec is that of AVX2.
#![expect(unsafe_code, reason = "vector instructions; measured in docs/benchmarks")]

use core::arch::x86_64::{
    __m256i, _mm_srli_si128, _mm_storel_epi64, _mm_storeu_si16, _mm_storeu_si128,
    _mm256_castsi256_si128, _mm256_extracti128_si256, _mm256_loadu_si256, _mm256_mask_set1_epi64,
    _mm256_maskz_set1_epi64, _mm256_multishift_epi64_epi8, _mm256_permutexvar_epi8,
    _mm256_set_epi64x, _mm256_set1_epi64x, _mm256_shrdv_epi64, _mm256_store_si256,
};

use crate::codec::CORE_CHARS;
use crate::codec::table::ALPHABET;

/// Tells whether the processor has what this module needs: Intel since Ice Lake, AMD since Zen 4.
pub(super) fn is_supported() -> bool {
    std::arch::is_x86_feature_detected!("avx512f")
        && std::arch::is_x86_feature_detected!("avx512bw")
        && std::arch::is_x86_feature_detected!("avx512vl")
        && std::arch::is_x86_feature_detected!("avx512vbmi")
        && std::arch::is_x86_feature_detected!("avx512vbmi2")
}

/// Where the fields of eight characters start in a 64-bit lane, the first character highest; the last lane has two.
const FIELDS: [u8; 32] = [
    35, 30, 25, 20, 15, 10, 5, 0, 35, 30, 25, 20, 15, 10, 5, 0, 35, 30, 25, 20, 15, 10, 5, 0, 5, 0,
    0, 0, 0, 0, 0, 0,
];

/// Writes the 26 characters of a value, in lower case, and six bytes more.
///
/// # Safety
///
/// The place has room for 32 bytes and is aligned to them.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2")]
pub(super) unsafe fn encode(value: u128, place: *mut [u64; 4]) {
    // SAFETY: the caller says so.
    unsafe { _mm256_store_si256(place.cast(), characters(value)) };
}

/// Writes the 26 characters of each value to its place.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2")]
pub(super) fn encode_each<'a>(items: impl Iterator<Item = (u128, &'a mut [u8; CORE_CHARS])>) {
    for (value, place) in items {
        write(value, place);
    }
}

/// Writes the 26 characters of a value to its place.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2")]
pub(super) fn write(value: u128, place: &mut [u8; CORE_CHARS]) {
    let characters = characters(value);
    let (head, tail) =
        (_mm256_castsi256_si128(characters), _mm256_extracti128_si256::<1>(characters));
    let place = place.as_mut_ptr();
    // SAFETY: the stores write the bytes 0..16, 16..24 and 24..26 of the 26.
    unsafe {
        _mm_storeu_si128(place.cast(), head);
        _mm_storel_epi64(place.add(16).cast(), tail);
        _mm_storeu_si16(place.add(24), _mm_srli_si128::<8>(tail));
    }
}

/// Returns the 26 characters of a value, and six bytes more.
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
        _mm256_set_epi64x(0, 10, 50, 26),
    );
    let fields = _mm256_multishift_epi64_epi8(load(&FIELDS), lanes);
    // The look-up takes the low five bits of each byte.
    _mm256_permutexvar_epi8(fields, load(ALPHABET))
}

#[inline]
#[target_feature(enable = "avx2")]
fn load(bytes: &[u8; 32]) -> __m256i {
    // SAFETY: the load reads the 32 bytes of the array.
    unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) }
}
