//! The compiled form of the legacy table: rows, patterns as small programs, atoms as byte runs or automata.
//!
//! Everything here is plain data. `formats.rs` holds the table compiled ahead of time; rows of
//! an application are compiled into the same types by `pattern.rs`. The data goes to
//! `shape.rs` (which rows may fit) and `matcher.rs` (which row fits).
//!
//! Invariants: a program needs at most [`SLOTS`] parts; `bounds[pc]` holds the fewest and the
//! most bytes that the rest of the program can take; every row's program has at most one
//! unbounded search ("degree" one), which is what makes reading linear.

use alloc::borrow::Cow;

use super::formats::LegacyFormat;
use super::refusal::Reason;

/// The largest number of parts in one pattern.
pub(crate) const SLOTS: usize = 8;

/// Bits of a byte class; a segment has the bits that all its bytes have.
pub(crate) mod class {
    /// `0-9`.
    pub(crate) const DIGIT: u16 = 1;
    /// `0-9a-f`.
    pub(crate) const HEX_LOWER: u16 = 1 << 1;
    /// `0-9A-Fa-f`.
    pub(crate) const HEX: u16 = 1 << 2;
    /// `0-9a-z`.
    pub(crate) const BASE36: u16 = 1 << 3;
    /// `0-9A-Za-z`.
    pub(crate) const ALNUM: u16 = 1 << 4;
    /// `a-z`.
    pub(crate) const LOWER: u16 = 1 << 5;
    /// The digits of Crockford base32 in either case.
    pub(crate) const CROCKFORD: u16 = 1 << 6;
    /// `1-9`.
    pub(crate) const NONZERO: u16 = 1 << 7;
    /// `0-7`.
    pub(crate) const OCTAL: u16 = 1 << 8;
    /// `0`.
    pub(crate) const ZERO: u16 = 1 << 9;
    /// `1`.
    pub(crate) const ONE: u16 = 1 << 10;
    /// `_`, `-` and `:`, which end a segment.
    pub(crate) const SEPARATOR: u16 = 1 << 11;
    /// A byte that needs no look before an id may hold it.
    pub(crate) const CALM: u16 = 1 << 12;

    /// The class of every byte.
    pub(crate) static OF: [u16; 256] = build();

    const REFUSED: &[u8] = super::super::formats::REFUSED.as_bytes();

    const fn build() -> [u16; 256] {
        let mut table = [0; 256];
        let mut byte = 0;
        while byte < 256 {
            #[expect(clippy::cast_possible_truncation, reason = "the loop ends at 256")]
            let (index, byte_value) = (byte, byte as u8);
            table[index] = of(byte_value);
            byte += 1;
        }
        table
    }

    const fn of(byte: u8) -> u16 {
        let mut bits = if stops(byte) { 0 } else { CALM };
        if byte.is_ascii_digit() {
            bits |= DIGIT | HEX_LOWER | HEX | BASE36 | ALNUM | CROCKFORD;
            bits |= if byte == b'0' { ZERO } else { NONZERO };
            if byte == b'1' {
                bits |= ONE;
            }
            if byte < b'8' {
                bits |= OCTAL;
            }
        } else if byte.is_ascii_alphabetic() {
            bits |= ALNUM;
            if byte.is_ascii_lowercase() {
                bits |= LOWER | BASE36;
            }
            if byte.is_ascii_hexdigit() {
                bits |= HEX;
                if byte.is_ascii_lowercase() {
                    bits |= HEX_LOWER;
                }
            }
            if !matches!(byte.to_ascii_lowercase(), b'i' | b'l' | b'o' | b'u') {
                bits |= CROCKFORD;
            }
        } else if matches!(byte, b'_' | b'-' | b':') {
            bits |= SEPARATOR;
        }
        bits
    }

    const fn stops(byte: u8) -> bool {
        if byte <= b' ' || byte >= 0x7f || byte == b'.' {
            return true;
        }
        let mut index = 0;
        while index < REFUSED.len() {
            if REFUSED[index] == byte {
                return true;
            }
            index += 1;
        }
        false
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        /// A class and what belongs to it.
        type Class = (u16, fn(char) -> bool);

        #[test]
        fn every_byte_has_its_classes() {
            let sets: [Class; 12] = [
                (DIGIT, |c| c.is_ascii_digit()),
                (HEX_LOWER, |c| "0123456789abcdef".contains(c)),
                (HEX, |c| c.is_ascii_hexdigit()),
                (BASE36, |c| c.is_ascii_digit() || c.is_ascii_lowercase()),
                (ALNUM, |c| c.is_ascii_alphanumeric()),
                (LOWER, |c| c.is_ascii_lowercase()),
                (CROCKFORD, |c| {
                    "0123456789abcdefghjkmnpqrstvwxyz".contains(c.to_ascii_lowercase())
                }),
                (NONZERO, |c| "123456789".contains(c)),
                (OCTAL, |c| "01234567".contains(c)),
                (ZERO, |c| c == '0'),
                (ONE, |c| c == '1'),
                (SEPARATOR, |c| "_-:".contains(c)),
            ];
            // The bytes of other characters may be part of one that is refused.
            let calm = |c: char| {
                c.is_ascii_graphic()
                    && c != '.'
                    && !super::super::super::formats::REFUSED.contains(c)
            };
            assert_eq!(build(), OF);
            for byte in 0..=u8::MAX {
                let (character, of) = (char::from(byte), OF[usize::from(byte)]);
                for (bit, is_in) in sets {
                    assert_eq!(
                        of & bit != 0,
                        byte.is_ascii() && is_in(character),
                        "{byte:#x}, {bit:#x}"
                    );
                }
                assert_eq!(of & CALM != 0, calm(character), "{byte:#x}");
            }
        }
    }
}

/// One row of the table, or one row of an application.
#[derive(Debug, Clone)]
pub struct Row {
    /// The number of the row in the table, from 1; for an application's row from 1 in its own list.
    pub(crate) number: u16,
    pub(crate) name: Name,
    pub(crate) pattern: Cow<'static, str>,
    pub(crate) by: Cow<'static, str>,
    pub(crate) example: Cow<'static, str>,
    pub(crate) kind: Kind,
    pub(crate) thread: Thread,
    pub(crate) user: User,
    pub(crate) group: Option<Group>,
    pub(crate) when: u8,
    /// The parts `T` and `n`, which conditions speak of.
    pub(crate) subject: (u8, u8),
    /// The part that has to be a date of the calendar.
    pub(crate) date: Option<u8>,
    pub(crate) not_a_date: bool,
    pub(crate) thread_is_prefix: bool,
    pub(crate) dialects: u8,
    pub(crate) program: Program,
}

/// What a row that fits says.
#[derive(Debug, Clone)]
pub(crate) enum Name {
    Format(LegacyFormat),
    #[cfg_attr(not(feature = "rows"), expect(dead_code, reason = "made by loaded rows"))]
    Application(Cow<'static, str>),
    Refused(Reason, &'static str),
}

/// How a row tells the kind.
#[derive(Debug, Clone)]
pub(crate) enum Kind {
    None,
    Fixed(Cow<'static, str>),
    /// By the word table, applied to this part.
    Words(u8),
}

/// How a row tells the thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Thread {
    None,
    /// The text from the start of one part to the end of another, perhaps with `thread_` before it.
    Slice {
        first: u8,
        last: u8,
        prefixed: bool,
    },
    /// The thread of the run in this part.
    Inner(u8),
}

/// How a row tells the user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum User {
    None,
    Part(u8),
    Whole,
}

/// Rows between which a text can be ambiguous.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Group {
    Run,
    Session,
    Base,
}

/// Bits of `Row::when`: one of them has to hold; no bit means always.
pub(crate) mod when {
    pub(crate) const SAME_MS: u8 = 1;
    pub(crate) const FIVE_DIGITS: u8 = 2;
    pub(crate) const GENERATED: u8 = 4;
    pub(crate) const NOT_ASCII: u8 = 8;
}

/// A pattern, compiled.
#[derive(Debug, Clone)]
pub(crate) struct Program {
    pub(crate) ops: Cow<'static, [Op]>,
    /// The fewest and the most bytes from each step to the end; `u16::MAX` is without bound.
    pub(crate) bounds: Cow<'static, [(u16, u16)]>,
    /// The number of separators from each step to the end, where that step begins with one and their
    /// number is the same for every text; else 0. A part before such a step has one possible end.
    pub(crate) separators: Cow<'static, [u8]>,
    /// All literals, one after the other.
    pub(crate) literals: Cow<'static, str>,
    pub(crate) parts: Cow<'static, [Part]>,
}

/// A named piece of a pattern.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub(crate) name: Cow<'static, str>,
    pub(crate) role: Role,
}

/// What a part means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Text,
    Counter,
    Random,
    Ms,
    Sec,
    Ulid,
    Uuid,
    Date,
}

/// One step of a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Op {
    /// These bytes of the literals.
    Literal { at: u16, len: u16 },
    /// One of these bytes of the literals.
    OneOf { at: u16, len: u16 },
    /// Goes on; if that fails, goes on at `other`.
    Split { other: u8 },
    /// Goes on at `to`.
    Jump { to: u8 },
    /// A part made of other parts begins.
    Begin { slot: u8 },
    /// A part made of other parts ends.
    End { slot: u8 },
    /// A run of bytes inside one segment; `tight`: only the whole segment can do.
    Run { run: u8, slot: u8, tight: bool },
    /// Any text; `lazy`: the shortest first; `bare`: not starting with `_`.
    Any { slot: u8, lazy: bool, bare: bool },
    /// So many characters at most.
    Chars { most: u8, slot: u8 },
    /// What an automaton takes.
    Automaton { index: u8, slot: u8, lazy: bool },
    /// The end of the text.
    Done,
}

/// A run of bytes of one class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Run {
    /// The class of all bytes.
    pub(crate) rest: u16,
    /// The class of the first byte, inside `rest`.
    pub(crate) first: u16,
    /// A lone `0` fits, too.
    pub(crate) zero: bool,
    /// Bit `n`: length `n` fits; bit 63: 63 bytes and more.
    pub(crate) lengths: u64,
}

/// A deterministic automaton over bytes: state 0 is dead, state 1 the start.
#[derive(Debug)]
pub(crate) struct Automaton {
    pub(crate) classes: &'static [u8; 256],
    pub(crate) stride: u8,
    /// States from this one on accept.
    pub(crate) accepting: u8,
    /// The state that accepts whatever follows, or 0.
    pub(crate) sink: u8,
    /// A state from which in a plain text (alphanumeric segments joined by `_` and `-`) every end
    /// is accepted (`plain_all`), or every end behind an alphanumeric byte; or 0.
    pub(crate) plain: u8,
    pub(crate) plain_all: bool,
    pub(crate) next: &'static [u8],
}

/// What the first word of a text tells: which rows may fit, and its meaning as a kind word.
#[derive(Debug)]
pub(crate) struct Word {
    pub(crate) text: &'static str,
    /// What the word is found by.
    pub(crate) key: u64,
    /// Rows that may fit, by what follows the word: end, `_`, `-`, `:`.
    pub(crate) rows: [u128; 4],
    pub(crate) kind: Option<&'static str>,
    pub(crate) qualifier: bool,
    /// Second words that make an entry of the kind table together with this one.
    pub(crate) pairs: &'static [(&'static str, &'static str)],
}
