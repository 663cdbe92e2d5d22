//! The codec in vector instructions, chosen once at run time.
//!
//! Invariant: an instruction set is used only after the processor was asked for it. Next: `avx512.rs`, `avx2.rs`.
#![expect(
    unsafe_code,
    reason = "functions for an instruction set may only be called where there is one"
)]

mod avx2;
mod avx512;

use core::mem::MaybeUninit;
use core::sync::atomic::{AtomicPtr, Ordering};

use super::{CORE_CHARS, Place, table};

/// The codec for an instruction set.
struct Codec {
    #[cfg(feature = "testing")]
    name: &'static str,
    is_supported: fn() -> bool,
    set: Set,
    /// Writes exactly 26 characters, all of the place.
    write: unsafe fn(u128, &mut Place),
    /// Writes the value, low half first; `false` if the characters are not a core.
    decode: unsafe fn(&[u8; CORE_CHARS], &mut [u64; 2]) -> bool,
}

#[derive(Clone, Copy)]
enum Set {
    Avx512,
    Avx2,
    Table,
}

/// All codecs, the best first; the last one works everywhere.
static CODECS: [Codec; 3] = [
    Codec {
        #[cfg(feature = "testing")]
        name: "avx512",
        is_supported: || avx512::is_supported() && avx2::is_supported(),
        set: Set::Avx512,
        write: avx512::write,
        decode: avx2::decode,
    },
    Codec {
        #[cfg(feature = "testing")]
        name: "avx2",
        is_supported: avx2::is_supported,
        set: Set::Avx2,
        write: avx2::write,
        decode: avx2::decode,
    },
    Codec {
        #[cfg(feature = "testing")]
        name: "table",
        is_supported: || true,
        set: Set::Table,
        write: write_by_table,
        decode: decode_by_table,
    },
];

/// What is called first: it asks the processor, and from then on the best codec is called.
static UNDECIDED: Codec = Codec {
    #[cfg(feature = "testing")]
    name: "",
    is_supported: || true,
    set: Set::Table,
    write: |value, place| {
        // SAFETY: the processor was asked.
        unsafe { (decide().write)(value, place) }
    },
    decode: |text, value| {
        // SAFETY: the processor was asked.
        unsafe { (decide().decode)(text, value) }
    },
};

/// The codec in use. Invariant: it points to one of the statics above, and the processor has what that one needs.
static CODEC: AtomicPtr<Codec> = AtomicPtr::new((&raw const UNDECIDED).cast_mut());

#[inline]
fn codec() -> &'static Codec {
    // SAFETY: the pointer is that of a static that is never written.
    unsafe { &*CODEC.load(Ordering::Relaxed) }
}

#[cold]
fn decide() -> &'static Codec {
    let best = CODECS.iter().find(|codec| (codec.is_supported)());
    let codec = best.expect("invariant: the table works everywhere");
    CODEC.store(core::ptr::from_ref(codec).cast_mut(), Ordering::Relaxed);
    codec
}

/// Lets the codec use no more than an instruction set, to measure the others; `false` if the processor has not got it.
#[cfg(feature = "testing")]
pub(crate) fn limit(name: &str) -> bool {
    let codec = CODECS.iter().find(|codec| codec.name == name && (codec.is_supported)());
    if let Some(codec) = codec {
        CODEC.store(core::ptr::from_ref(codec).cast_mut(), Ordering::Relaxed);
    }
    codec.is_some()
}

/// Returns the 26 characters, the first in the lowest byte of the first word.
///
/// The vector codecs store 16 characters at each end; words that lie within what one store wrote are forwarded from it.
#[inline(always)]
#[expect(clippy::inline_always, reason = "as `codec::encode`")]
pub(super) fn encode(value: u128) -> [u64; 4] {
    let mut scratch = [MaybeUninit::uninit(); CORE_CHARS];
    write_uninit(value, &mut scratch);
    let start = scratch.as_ptr();
    // SAFETY: all 26 bytes were written; the reads lie within them.
    unsafe {
        let word = |at| start.add(at).cast::<u64>().read_unaligned();
        [word(0), word(8), word(16), start.add(24).cast::<u16>().read_unaligned().into()]
    }
}

/// Writes the 26 characters of a value to its place.
#[inline]
pub(super) fn write(value: u128, place: &mut [u8; CORE_CHARS]) {
    write_uninit(value, written(place));
}

/// Writes the 26 characters of a value to memory that was never written.
#[inline]
pub(super) fn write_uninit(value: u128, place: &mut Place) {
    // SAFETY: the processor has the instructions.
    unsafe { (codec().write)(value, place) };
}

/// Passes on a place that was written before; no codec leaves a byte of it without a value.
#[inline]
fn written(place: &mut [u8; CORE_CHARS]) -> &mut Place {
    // SAFETY: the layouts are the same, and what a codec writes is initialised.
    unsafe { &mut *core::ptr::from_mut(place).cast() }
}

/// Writes the 26 characters of each value to its place.
#[inline]
pub(super) fn encode_each<'a>(items: impl Iterator<Item = (u128, &'a mut [u8; CORE_CHARS])>) {
    let mut codec = codec();
    if core::ptr::eq(codec, &raw const UNDECIDED) {
        codec = decide();
    }
    let items = items.map(|(value, place)| (value, written(place)));
    match codec.set {
        // SAFETY: the processor has the instructions.
        Set::Avx512 => unsafe { avx512::encode_each(items) },
        // SAFETY: as above.
        Set::Avx2 => unsafe { avx2::encode_each(items) },
        Set::Table => items.for_each(|(value, place)| write_by_table(value, place)),
    }
}

/// Reads 26 characters; `None` if they are not a core.
#[inline]
pub(super) fn decode(text: &[u8; CORE_CHARS]) -> Option<u128> {
    let mut value = [0; 2];
    // SAFETY: the processor has the instructions.
    let is_valid = unsafe { (codec().decode)(text, &mut value) };
    let [low, high] = value;
    is_valid.then_some((u128::from(high) << 64) | u128::from(low))
}

fn write_by_table(value: u128, place: &mut Place) {
    place.write_copy_of_slice(&super::text_of(table::encode_words(value)));
}

#[expect(clippy::cast_possible_truncation, reason = "the halves are taken one by one")]
fn decode_by_table(text: &[u8; CORE_CHARS], value: &mut [u64; 2]) -> bool {
    let Some(read) = table::decode(text) else { return false };
    *value = [read as u64, (read >> 64) as u64];
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Calls a check with each codec that this processor can run.
    fn each(check: impl Fn(&Codec)) {
        let codecs = CODECS.iter().filter(|codec| (codec.is_supported)());
        assert!(codecs.clone().count() > 1, "this test needs a processor with AVX2");
        codecs.for_each(check);
    }

    fn check(codec: &Codec, text: &[u8; CORE_CHARS]) {
        let mut value = [0; 2];
        // SAFETY: `each` asked the processor.
        let is_valid = unsafe { (codec.decode)(text, &mut value) };
        let read = is_valid.then_some((u128::from(value[1]) << 64) | u128::from(value[0]));
        assert_eq!(read, table::decode(text), "{}: {text:?}", codec.name);
    }

    #[test]
    fn equals_the_table_for_every_byte_at_every_position() {
        each(|codec| {
            for background in [b'0', b'7', b'z', b'Z', b'g'] {
                for position in 0..CORE_CHARS {
                    for byte in 0..=u8::MAX {
                        let mut text = [background; CORE_CHARS];
                        text[0] = b'3';
                        text[position] = byte;
                        check(codec, &text);
                    }
                }
            }
        });
    }

    #[test]
    fn equals_the_table_for_random_values() {
        // 100 million in `cargo xtask soak`, which sets the variable at build time.
        let rounds = option_env!("UNIFIED_ID_CODEC_ROUNDS")
            .map_or(200_000, |rounds| rounds.parse().unwrap());
        each(|codec| {
            let mut state: u128 = 0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c834;
            for _ in 0..rounds {
                state =
                    state.wrapping_mul(0x2360_ed05_1fc6_5da4_4385_df64_9fcc_f645).wrapping_add(1);
                let value = state ^ (state >> 61);
                let mut text = [0; CORE_CHARS];
                // SAFETY: `each` asked the processor.
                unsafe { (codec.write)(value, written(&mut text)) };
                assert_eq!(text, table::encode(value), "{}", codec.name);
                check(codec, &text);
                check(codec, &text.map(|byte| byte.to_ascii_uppercase()));
                // One character of another kind.
                text[(value % 26) as usize] = (value >> 64).to_le_bytes()[0];
                check(codec, &text);
            }
        });
    }

    #[test]
    fn the_instruction_set_can_be_limited() {
        let set = || core::mem::discriminant(&codec().set);
        assert!(!limit("avx1024"));
        assert!(limit("table") && set() == core::mem::discriminant(&Set::Table));
        assert!(core::ptr::eq(decide(), codec()));
        assert!(set() != core::mem::discriminant(&Set::Table), "this test needs AVX2");
    }
}
