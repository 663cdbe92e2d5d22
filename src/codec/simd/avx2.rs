//! The codec in AVX2 instructions: 26 characters at once.
//!
//! Characters are handled in four 64-bit lanes of eight characters, 40 bits each.
#![expect(unsafe_code, reason = "vector instructions; measured in docs/benchmarks")]

use core::arch::x86_64::{
    __m256i, _mm_alignr_epi8, _mm_loadu_si128, _mm_or_si128, _mm_set1_epi8, _mm_storeu_si128,
    _mm256_adds_epu8, _mm256_and_si256, _mm256_blendv_epi8, _mm256_broadcastsi128_si256,
    _mm256_castsi256_si128, _mm256_extracti128_si256, _mm256_loadu_si256, _mm256_madd_epi16,
    _mm256_maddubs_epi16, _mm256_movemask_epi8, _mm256_mul_epu32, _mm256_or_si256,
    _mm256_set_epi64x, _mm256_set_m128i, _mm256_set1_epi8, _mm256_set1_epi16, _mm256_set1_epi32,
    _mm256_set1_epi64x, _mm256_shuffle_epi8, _mm256_slli_epi16, _mm256_slli_epi32,
    _mm256_slli_epi64, _mm256_srli_epi16, _mm256_srli_epi32, _mm256_srli_epi64, _mm256_xor_si256,
};

use crate::codec::{CORE_CHARS, Place};

/// The 40 low bits.
const EIGHT_CHARS: i64 = (1 << 40) - 1;

/// Tells whether the processor has what this module needs: Intel since Haswell, AMD since Excavator.
pub(super) fn is_supported() -> bool {
    std::arch::is_x86_feature_detected!("avx2")
}

/// Writes the 26 characters of each value to its place.
#[target_feature(enable = "avx2")]
pub(super) fn encode_each<'a>(items: impl Iterator<Item = (u128, &'a mut Place)>) {
    items.for_each(|(value, place)| write(value, place));
}

/// Writes the 26 characters of a value to its place.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn write(value: u128, place: &mut Place) {
    store(characters(value), place);
}

/// Writes the 16 characters of each half to their end of the place.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn store(characters: __m256i, place: &mut Place) {
    let place = place.as_mut_ptr().cast::<u8>();
    // The head last, so that it is the only store that a load of bytes 0..16 needs, and the tail that of 16..26.
    // SAFETY: the stores write the bytes 10..26 and 0..16 of the 26.
    unsafe {
        _mm_storeu_si128(place.add(10).cast(), _mm256_extracti128_si256::<1>(characters));
        _mm_storeu_si128(place.cast(), _mm256_castsi256_si128(characters));
    }
}

/// Returns the first 16 characters of a value in the lower half and the last 16 in the upper one, in lower case.
#[inline]
#[target_feature(enable = "avx2")]
#[expect(clippy::cast_possible_truncation, reason = "lanes are taken bit by bit")]
fn characters(value: u128) -> __m256i {
    let lanes = _mm256_and_si256(
        _mm256_set_epi64x(
            value as i64,
            (value >> 40) as i64,
            (value >> 50) as i64,
            (value >> 90) as i64,
        ),
        _mm256_set1_epi64x(EIGHT_CHARS),
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
    _mm256_blendv_epi8(
        _mm256_shuffle_epi8(first, five),
        _mm256_shuffle_epi8(second, _mm256_and_si256(five, _mm256_set1_epi8(15))),
        _mm256_slli_epi16::<3>(five),
    )
}

/// Reads 26 characters in either case, low half first; `false` if they are not a core.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn decode(text: &[u8; CORE_CHARS], value: &mut [u64; 2]) -> bool {
    // SAFETY: the loads read the bytes 0..16 and 10..26 of the 26.
    let (head, tail) = unsafe {
        (_mm_loadu_si128(text.as_ptr().cast()), _mm_loadu_si128(text.as_ptr().add(10).cast()))
    };
    // The head's ten characters go to the end of their half; what is before them becomes `0`, which adds nothing.
    let head = _mm_alignr_epi8::<10>(head, _mm_set1_epi8(b'0'.cast_signed()));
    let characters = _mm256_set_m128i(tail, head);

    // Three tables by the low half of a character: digits, a to o, p to z. What belongs to another table gets its top bit set
    // before the look-up, which then gives 0. A value that was found has its top bit set.
    let folded = _mm256_or_si256(characters, _mm256_set1_epi8(0x20));
    let digits = look_up(
        characters,
        b'0',
        const { &found([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, N, N, N, N, N, N]) },
    );
    let a_to_o = look_up(
        folded,
        0x60,
        const { &found([N, 10, 11, 12, 13, 14, 15, 16, 17, N, 18, 19, N, 20, 21, N]) },
    );
    let p_to_z = look_up(
        folded,
        0x70,
        const { &found([22, 23, 24, 25, 26, N, 27, 28, 29, 30, 31, N, N, N, N, N]) },
    );
    let values = _mm256_or_si256(_mm256_or_si256(digits, a_to_o), p_to_z);
    let are_found = _mm256_movemask_epi8(values);
    let values = _mm256_and_si256(values, _mm256_set1_epi8(31));

    let ten = _mm256_maddubs_epi16(values, _mm256_set1_epi16(0x0120));
    let twenty = _mm256_madd_epi16(ten, _mm256_set1_epi32(0x0001_0400));
    let forty = _mm256_or_si256(
        _mm256_srli_epi64::<32>(twenty),
        _mm256_mul_epu32(twenty, _mm256_set1_epi64x(1 << 20)),
    );
    // One byte of the first lane and five of each other, the lowest first.
    let bytes = _mm256_shuffle_epi8(forty, load(&GATHER));
    let gathered =
        _mm_or_si128(_mm256_castsi256_si128(bytes), _mm256_extracti128_si256::<1>(bytes));
    // SAFETY: the store writes the 16 bytes of the value.
    unsafe { _mm_storeu_si128(value.as_mut_ptr().cast(), gathered) };
    // The first character has three bits.
    are_found == -1 && text[0] <= b'7'
}

/// Which bytes make the value, the lowest first, in each half; negative ones give 0.
const GATHER: [u8; 32] = {
    const Z: u8 = 0x80;
    [
        Z, Z, Z, Z, Z, Z, Z, Z, Z, Z, 8, 9, 10, 11, 12, 0, 8, 9, 10, 11, 12, 0, 1, 2, 3, 4, Z, Z,
        Z, Z, Z, Z,
    ]
};

/// Marks a character that is not in the alphabet.
const N: u8 = u8::MAX;

/// Sets the top bit of each value that is one.
const fn found(mut values: [u8; 16]) -> [u8; 16] {
    let mut at = 0;
    while at < values.len() {
        values[at] = if values[at] == N { 0 } else { values[at] | 0x80 };
        at += 1;
    }
    values
}

/// Gives the table's value for each character of which the upper half is that of the table, and 0 for the others.
#[inline]
#[target_feature(enable = "avx2")]
fn look_up(characters: __m256i, upper_half: u8, table: &[u8; 16]) -> __m256i {
    // Other upper halves leave a difference of 16 or more, to which 0x70 adds up to 0x80 or more.
    let difference = _mm256_xor_si256(characters, _mm256_set1_epi8(upper_half.cast_signed()));
    let index = _mm256_adds_epu8(difference, _mm256_set1_epi8(0x70));
    _mm256_shuffle_epi8(twice(table), index)
}

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn load(bytes: &[u8; 32]) -> __m256i {
    // SAFETY: the load reads the 32 bytes of the array.
    unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) }
}

/// Returns 16 bytes in both halves of a vector.
#[target_feature(enable = "avx2")]
fn twice(bytes: &[u8; 16]) -> __m256i {
    // SAFETY: the load reads the 16 bytes of the array.
    _mm256_broadcastsi128_si256(unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) })
}
