//! The portable table codec: safe, `const`, and the reference for every faster one.

use super::CORE_CHARS;
use crate::ParseErrorKind;
use crate::error::Rejection;

/// The alphabet in the order of its values.
pub(crate) const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Marks a byte that is no character of the alphabet.
const INVALID: u8 = 0x80;

const DECODE: [u8; 256] = {
    let mut table = [INVALID; 256];
    let mut value = 0;
    while value < 32 {
        let character = ALPHABET[value];
        #[expect(clippy::cast_possible_truncation, reason = "a value is below 32")]
        let bits = value as u8;
        table[character as usize] = bits;
        if character.is_ascii_lowercase() {
            table[character.to_ascii_uppercase() as usize] = bits;
        }
        value += 1;
    }
    table
};

/// Two characters for each ten bits, the first in the low byte: half the look-ups for 2 KiB of cache.
static PAIRS: [u16; 1024] = {
    let mut table = [0; 1024];
    let mut bits = 0;
    while bits < 1024 {
        table[bits] = u16::from_le_bytes([ALPHABET[bits >> 5], ALPHABET[bits & 31]]);
        bits += 1;
    }
    table
};

/// Marks a group of characters that has one which is not in the alphabet.
const INVALID_GROUP: u32 = 1 << 31;

/// The values of a character at the four places of a group of twenty bits, the first place highest.
static PLACES: [[u32; 256]; 4] = {
    let mut tables = [[INVALID_GROUP; 256]; 4];
    let mut byte = 0;
    while byte < 256 {
        let mut place = 0;
        while place < 4 && DECODE[byte] & INVALID == 0 {
            tables[place][byte] = (DECODE[byte] as u32) << (15 - 5 * place);
            place += 1;
        }
        byte += 1;
    }
    tables
};

/// Writes the 26 characters of a value, in lower case.
pub(crate) const fn encode(value: u128) -> [u8; CORE_CHARS] {
    let words = encode_words(value);
    let mut text = [0; CORE_CHARS];
    let mut at = 0;
    while at < CORE_CHARS {
        text[at] = words[at / 8].to_le_bytes()[at % 8];
        at += 1;
    }
    text
}

/// Returns the 26 characters of a value, the first in the lowest byte, and six bytes without meaning.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "each piece is masked to its width")]
pub(super) const fn encode_words(value: u128) -> [u64; 4] {
    const fn pair(bits: u64) -> u64 {
        PAIRS[bits as usize & 1023] as u64
    }
    const fn eight(bits: u64) -> u64 {
        pair(bits >> 30) | pair(bits >> 20) << 16 | pair(bits >> 10) << 32 | pair(bits) << 48
    }
    let (high, low) = ((value >> 64) as u64, value as u64);
    [
        // The first character has three bits.
        eight(high >> 26),
        eight((high << 14) | (low >> 50)),
        eight(low >> 10),
        pair(low),
    ]
}

/// Reads 26 characters, in either case; `None` if they are not a core.
///
/// Always inlined: as a call its answer goes through memory in other pieces than it is read in, 12.9 ns instead of 8.
#[inline(always)]
pub(crate) const fn decode(text: &[u8; CORE_CHARS]) -> Option<u128> {
    const fn group(text: &[u8; CORE_CHARS], at: usize) -> u64 {
        (PLACES[0][text[at] as usize]
            | PLACES[1][text[at + 1] as usize]
            | PLACES[2][text[at + 2] as usize]
            | PLACES[3][text[at + 3] as usize]) as u64
    }
    let first = (PLACES[2][text[0] as usize] | PLACES[3][text[1] as usize]) as u64;
    let groups = [
        group(text, 2),
        group(text, 6),
        group(text, 10),
        group(text, 14),
        group(text, 18),
        group(text, 22),
    ];
    let seen = groups[0] | groups[1] | groups[2] | groups[3] | groups[4] | groups[5];
    // The first two characters have eight bits.
    if seen & INVALID_GROUP as u64 != 0 || first > 0xff {
        return None;
    }
    let high = (first << 56) | (groups[0] << 36) | (groups[1] << 16) | (groups[2] >> 4);
    let low = (groups[2] << 60) | (groups[3] << 40) | (groups[4] << 20) | groups[5];
    Some(((high as u128) << 64) | low as u128)
}

/// Says what is wrong with up to 27 characters that are not a core.
#[cold]
pub(crate) const fn diagnose(text: &[u8]) -> Rejection {
    let mut at = 0;
    while at < text.len() {
        let byte = text[at];
        if DECODE[byte as usize] & INVALID != 0 {
            let kind = match byte.to_ascii_lowercase() {
                b'i' | b'l' | b'o' | b'u' => ParseErrorKind::Lookalike,
                _ => ParseErrorKind::InvalidCharacter,
            };
            return Rejection::new(kind, at);
        }
        at += 1;
    }
    if text.len() != CORE_CHARS {
        return Rejection::length(0, text.len());
    }
    Rejection::new(ParseErrorKind::Overflow, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_at_every_position_is_accepted_or_rejected_there() {
        for position in 0..CORE_CHARS {
            for byte in 0..=u8::MAX {
                let mut text = [b'0'; CORE_CHARS];
                text[position] = byte;
                let lower = byte.to_ascii_lowercase();
                let value = ALPHABET.iter().position(|character| *character == lower);
                match (decode(&text), value) {
                    (Some(decoded), Some(value)) => {
                        assert_eq!(decoded, (value as u128) << (125 - 5 * position));
                        assert_eq!(crate::codec::has_upper(&text), byte.is_ascii_uppercase());
                    }
                    (None, Some(value)) => {
                        assert!(position == 0 && value > 7, "{byte} at {position}");
                        assert_eq!(diagnose(&text).kind, ParseErrorKind::Overflow);
                    }
                    (None, None) => {
                        let rejection = diagnose(&text);
                        let look_alike = matches!(lower, b'i' | b'l' | b'o' | b'u');
                        assert_eq!(rejection.kind == ParseErrorKind::Lookalike, look_alike);
                        assert_eq!(usize::from(rejection.position), position);
                    }
                    (Some(_), None) => panic!("byte {byte} at {position} is not in the alphabet"),
                }
            }
        }
    }

    #[test]
    fn each_bit_stands_where_the_specification_has_it() {
        for bit in 0..128 {
            let text = encode(1 << bit);
            for (at, character) in text.iter().enumerate() {
                let expected = if at == 25 - bit / 5 { ALPHABET[1 << (bit % 5)] } else { b'0' };
                assert_eq!(*character, expected, "bit {bit}, character {at}");
            }
            assert_eq!(decode(&text).unwrap(), 1 << bit);
        }
    }
}
