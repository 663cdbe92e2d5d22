//! Which bytes of a short text are what: one bit per byte and class, found for many bytes at once.
//!
//! With these, the length of a run of digits, the last three segments and what all their bytes are cost a few
//! instructions each, whatever the text's length. The bytes are compared in `lanes.rs`.
//!
//! Invariants: bit `n` is byte `n`; bits behind the text are 0; nothing is allocated. Used by `shape.rs` and `matcher.rs`.

use super::table::class;
use crate::lanes;

/// The bytes of a text by class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Maps {
    /// By the number of the class's bit: digit, lower hex, hex, base36, alphanumeric, lower.
    classes: [u64; 6],
    /// `_`, `-` and `:`.
    pub(crate) separators: u64,
    /// `-`.
    pub(crate) dashes: u64,
    /// `:`.
    pub(crate) colons: u64,
}

impl Maps {
    /// For a text that is too long.
    pub(crate) const NONE: Self = Self { classes: [0; 6], separators: 0, dashes: 0, colons: 0 };

    /// Looks at a text of at most [`MOST_BYTES`](crate::lanes::MOST_BYTES).
    #[inline]
    pub(crate) fn new(text: &[u8]) -> Self {
        let found = lanes::find(text);
        let lower = found.letters & found.small;
        Self {
            classes: [
                found.digits,
                found.digits | (found.hex_letters & found.small),
                found.digits | found.hex_letters,
                found.digits | lower,
                found.digits | found.letters,
                lower,
            ],
            separators: found.separators,
            dashes: found.dashes,
            colons: found.colons,
        }
    }

    /// Whether a text was looked at.
    pub(crate) fn is_some(&self) -> bool {
        // The classes and the separators of a text that is an id are not all empty.
        self.classes[4] | self.separators != 0
    }

    /// The bytes of a class, where it is one of those that are kept.
    pub(crate) fn of(&self, class: u16) -> Option<u64> {
        self.classes.get(class.trailing_zeros() as usize).copied()
    }

    /// The classes that all bytes of a set have, of the five by which segments are told apart.
    #[inline]
    pub(crate) fn bits(&self, bytes: u64) -> u16 {
        let has = |class: usize| u16::from(bytes & !self.classes[class] == 0) << class;
        has(0) | has(1) | has(2) | has(3) | has(4)
    }

    /// The bytes that every id may hold: letters, digits and separators.
    pub(crate) fn plain(&self) -> u64 {
        self.classes[class::ALNUM.trailing_zeros() as usize] | self.separators
    }

    /// Where thirteen digits begin; more may follow.
    pub(crate) fn thirteen_digits(&self) -> u64 {
        let one = self.classes[0];
        let two = one & one >> 1;
        let four = two & two >> 2;
        let eight = four & four >> 4;
        eight & four >> 8 & one >> 12
    }
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use super::*;

    /// What the class of each byte says.
    fn slow(text: &[u8]) -> Maps {
        let map = |is_in: &dyn Fn(u8) -> bool| {
            text.iter().enumerate().fold(0, |map, (at, byte)| map | u64::from(is_in(*byte)) << at)
        };
        let of = |class: u16| map(&|byte| class::OF[usize::from(byte)] & class != 0);
        Maps {
            classes: [
                of(class::DIGIT),
                of(class::HEX_LOWER),
                of(class::HEX),
                of(class::BASE36),
                of(class::ALNUM),
                of(class::LOWER),
            ],
            separators: of(class::SEPARATOR),
            dashes: map(&|byte| byte == b'-'),
            colons: map(&|byte| byte == b':'),
        }
    }

    #[test]
    fn every_byte_stands_in_its_maps_at_every_place_and_length() {
        for length in 0..=lanes::MOST_BYTES {
            for first in 0..=u8::MAX {
                let text: Vec<u8> = (0_u8..)
                    .take(length)
                    .map(|at| first.wrapping_add(at.wrapping_mul(37)))
                    .collect();
                assert_eq!(Maps::new(&text), slow(&text), "{text:?}");
            }
        }
    }

    #[test]
    fn thirteen_digits_are_found_where_they_begin() {
        assert_eq!(Maps::new(b"a_1756000000000_175600000000").thirteen_digits(), 1 << 2);
        assert_eq!(Maps::new(b"17560000000001").thirteen_digits(), 0b11);
        assert_eq!(Maps::new(b"175600000000").thirteen_digits(), 0);
    }
}
