//! Comparisons of inner parts, for the fuzz targets: not part of the API, and it may change at any time.
//!
//! Invariant: nothing but answers, no inner type, leaves this module.

use crate::codec::{self, CORE_CHARS, table};

/// Tells whether the codec of this processor and the portable one give the same answer to 26 bytes.
#[must_use]
pub fn decodes_alike(text: &[u8; CORE_CHARS]) -> bool {
    codec::decode(text) == table::decode(text)
}

/// Tells whether both codecs write a value the same way, and read it back.
#[must_use]
pub fn encodes_alike(value: u128) -> bool {
    let text = codec::encode(value);
    text == table::encode(value) && codec::decode(&text) == Some(value)
}

/// Lets the codec use no more than an instruction set, `table`, `avx2` or `avx512`, to measure the others; `false` if there
/// is no such codec here, and then nothing was changed.
#[must_use]
pub fn limit_codec(name: &str) -> bool {
    #[cfg(all(feature = "fast", target_arch = "x86_64"))]
    return codec::simd::limit(name);
    #[cfg(not(all(feature = "fast", target_arch = "x86_64")))]
    return name == "table";
}

#[cfg(test)]
mod tests {
    use alloc::boxed::Box;

    use super::*;

    #[test]
    fn nothing_beyond_the_26_bytes_is_touched() {
        // In an allocation of just that size, so that valgrind sees a byte too many.
        for round in 0..1_000_u128 {
            let value = round.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
            let text = Box::new(codec::encode(value));
            assert_eq!(codec::decode(&text), Some(value));
            assert!(decodes_alike(&text) && encodes_alike(value));
        }
    }
}
