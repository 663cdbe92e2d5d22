//! The portable table codec: safe, `const`, and the reference for every faster one.

use super::{CORE_CHARS, Decoded};
use crate::ParseErrorKind;
use crate::error::Rejection;

/// The alphabet in the order of its values.
pub(crate) const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Marks a byte that is no character of the alphabet.
const INVALID: u8 = 0x80;
/// Marks an upper-case letter; the low five bits are its value.
const UPPER: u8 = 0x40;

/// The 40 low bits.
const EIGHT_CHARS: u128 = (1 << 40) - 1;

const DECODE: [u8; 256] = {
    let mut table = [INVALID; 256];
    let mut value = 0;
    while value < 32 {
        let character = ALPHABET[value];
        #[expect(clippy::cast_possible_truncation, reason = "a value is below 32")]
        let bits = value as u8;
        table[character as usize] = bits;
        if character.is_ascii_lowercase() {
            table[character.to_ascii_uppercase() as usize] = bits | UPPER;
        }
        value += 1;
    }
    table
};

/// Two characters for each ten bits: half the look-ups for 2 KiB of cache.
static PAIRS: [[u8; 2]; 1024] = {
    let mut table = [[0; 2]; 1024];
    let mut bits = 0;
    while bits < 1024 {
        table[bits] = [ALPHABET[bits >> 5], ALPHABET[bits & 31]];
        bits += 1;
    }
    table
};

/// Writes the 26 characters of a value, in lower case.
#[expect(clippy::cast_possible_truncation, reason = "each piece is masked to its width")]
pub(crate) const fn encode(value: u128) -> [u8; CORE_CHARS] {
    let mut text = [0; CORE_CHARS];
    [text[0], text[1]] = PAIRS[(value >> 120) as usize];
    let words = [
        ((value >> 80) & EIGHT_CHARS) as u64,
        ((value >> 40) & EIGHT_CHARS) as u64,
        (value & EIGHT_CHARS) as u64,
    ];
    let mut word = 0;
    while word < 3 {
        let mut pair = 0;
        while pair < 4 {
            let at = 2 + word * 8 + pair * 2;
            [text[at], text[at + 1]] = PAIRS[(words[word] >> (30 - 10 * pair)) as usize & 1023];
            pair += 1;
        }
        word += 1;
    }
    text
}

/// Reads 26 characters, in either case; `None` if they are not a core.
pub(crate) const fn decode(text: &[u8; CORE_CHARS]) -> Option<Decoded> {
    let (first, second) = (DECODE[text[0] as usize], DECODE[text[1] as usize]);
    let mut seen = first | second;
    let mut words = [0_u64; 3];
    let mut word = 0;
    while word < 3 {
        let mut bits = 0;
        let mut at = 2 + word * 8;
        while at < 10 + word * 8 {
            let character = DECODE[text[at] as usize];
            seen |= character;
            bits = (bits << 5) | (character & 31) as u64;
            at += 1;
        }
        words[word] = bits;
        word += 1;
    }
    if seen & INVALID != 0 || first & 31 > 7 {
        return None;
    }
    let top = ((first & 31) as u64) << 5 | (second & 31) as u64;
    let high = (top << 56) | (words[0] << 16) | (words[1] >> 24);
    let low = (words[1] << 40) | words[2];
    Some(Decoded { value: ((high as u128) << 64) | low as u128, has_upper: seen & UPPER != 0 })
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
                        assert_eq!(decoded.value, (value as u128) << (125 - 5 * position));
                        assert_eq!(decoded.has_upper, byte.is_ascii_uppercase());
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
            assert_eq!(decode(&text).unwrap().value, 1 << bit);
        }
    }
}
