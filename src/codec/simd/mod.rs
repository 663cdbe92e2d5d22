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

use super::{CORE_CHARS, table};

/// The codec for an instruction set.
struct Codec {
    #[cfg(feature = "testing")]
    name: &'static str,
    is_supported: fn() -> bool,
    set: Set,
    /// Writes 26 characters and six bytes more.
    encode: unsafe fn(u128, *mut [u64; 4]),
    /// Writes exactly 26 characters.
    write: unsafe fn(u128, &mut [u8; CORE_CHARS]),
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
        encode: avx512::encode,
        write: avx512::write,
        decode: avx2::decode,
    },
    Codec {
        #[cfg(feature = "testing")]
        name: "avx2",
        is_supported: avx2::is_supported,
        set: Set::Avx2,
        encode: avx2::encode,
        write: avx2::write,
        decode: avx2::decode,
    },
    Codec {
        #[cfg(feature = "testing")]
        name: "table",
        is_supported: || true,
        set: Set::Table,
        encode: encode_by_table,
        write: |value, place| *place = table::encode(value),
        decode: decode_by_table,
    },
];

/// What is called first: it asks the processor, and from then on the best codec is called.
static UNDECIDED: Codec = Codec {
    #[cfg(feature = "testing")]
    name: "",
    is_supported: || true,
    set: Set::Table,
    encode: |value, place| {
        // SAFETY: the processor was asked; the caller answers for the place.
        unsafe { (decide().encode)(value, place) }
    },
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

/// A place for 32 bytes that one store fills and four loads of words read.
#[repr(align(32))]
struct Scratch(MaybeUninit<[u64; 4]>);

/// Returns the 26 characters of a value and six bytes more.
#[inline(always)]
#[expect(clippy::inline_always, reason = "as `codec::encode`")]
pub(super) fn encode(value: u128) -> [u64; 4] {
    let mut scratch = Scratch(MaybeUninit::uninit());
    // SAFETY: the processor has the instructions; the place has 32 bytes and is aligned to them; all of it is written.
    unsafe {
        (codec().encode)(value, scratch.0.as_mut_ptr());
        scratch.0.assume_init()
    }
}

/// Writes the 26 characters of a value to its place.
#[inline]
pub(super) fn write(value: u128, place: &mut [u8; CORE_CHARS]) {
    // SAFETY: the processor has the instructions.
    unsafe { (codec().write)(value, place) };
}

/// Writes the 26 characters of each value to its place.
#[inline]
pub(super) fn encode_each<'a>(items: impl Iterator<Item = (u128, &'a mut [u8; CORE_CHARS])>) {
    let mut codec = codec();
    if core::ptr::eq(codec, &raw const UNDECIDED) {
        codec = decide();
    }
    match codec.set {
        // SAFETY: the processor has the instructions.
        Set::Avx512 => unsafe { avx512::encode_each(items) },
        // SAFETY: as above.
        Set::Avx2 => unsafe { avx2::encode_each(items) },
        Set::Table => items.for_each(|(value, place)| *place = table::encode(value)),
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

/// # Safety
///
/// The place has room for 32 bytes and is aligned to words.
unsafe fn encode_by_table(value: u128, place: *mut [u64; 4]) {
    // SAFETY: the caller says so.
    unsafe { place.write(table::encode_words(value)) };
}

#[expect(clippy::cast_possible_truncation, reason = "the halves are taken one by one")]
fn decode_by_table(text: &[u8; CORE_CHARS], value: &mut [u64; 2]) -> bool {
    let Some(read) = table::decode(text) else { return false };
    *value = [read as u64, (read >> 64) as u64];
    true
}

#[cfg(test)]
mod tests {
    use super::super::text_of;
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
                let mut scratch = Scratch(MaybeUninit::zeroed());
                // SAFETY: `each` asked the processor; all of the place is written.
                let mut text = text_of(unsafe {
                    (codec.encode)(value, scratch.0.as_mut_ptr());
                    scratch.0.assume_init()
                });
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
