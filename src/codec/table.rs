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

/// Writes the 26 characters of a value, in lower case.
pub(crate) const fn encode(value: u128) -> [u8; CORE_CHARS] {
    let mut text = [0; CORE_CHARS];
    let mut at = 0;
    while at < CORE_CHARS {
        let bits = (value >> (125 - 5 * at)) & 31;
        text[at] = ALPHABET[bits as usize];
        at += 1;
    }
    text
}

/// Reads 26 characters, in either case.
///
/// # Errors
///
/// The first character that is not in the alphabet, or an overflow; positions count from the first of the 26.
pub(crate) const fn decode(text: &[u8; CORE_CHARS]) -> Result<Decoded, Rejection> {
    let mut value: u128 = 0;
    let mut seen = 0;
    let mut at = 0;
    while at < CORE_CHARS {
        let bits = DECODE[text[at] as usize];
        seen |= bits;
        value = (value << 5) | (bits & 31) as u128;
        at += 1;
    }
    if seen & INVALID != 0 || DECODE[text[0] as usize] & 31 > 7 {
        return Err(diagnose(text));
    }
    Ok(Decoded { value, has_upper: seen & UPPER != 0 })
}

/// Says what is wrong with up to 27 characters that are not a core.
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
                    (Ok(decoded), Some(value)) => {
                        assert_eq!(decoded.value, (value as u128) << (125 - 5 * position));
                        assert_eq!(decoded.has_upper, byte.is_ascii_uppercase());
                    }
                    (Err(rejection), Some(value)) => {
                        assert!(position == 0 && value > 7, "{byte} at {position}");
                        assert_eq!(rejection.kind, ParseErrorKind::Overflow);
                    }
                    (Err(rejection), None) => {
                        let look_alike = matches!(lower, b'i' | b'l' | b'o' | b'u');
                        assert_eq!(rejection.kind == ParseErrorKind::Lookalike, look_alike);
                        assert_eq!(usize::from(rejection.position), position);
                    }
                    (Ok(_), None) => panic!("byte {byte} at {position} is not in the alphabet"),
                }
            }
        }
    }
}
