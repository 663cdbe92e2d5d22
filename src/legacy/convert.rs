//! Numbers and times out of parts whose form the matcher has checked.
//!
//! Invariants: no allocation, no clock; a part of another form gives `None`, never a panic. The
//! calendar is the proleptic Gregorian one in UTC.

/// Reads a decimal number.
pub(crate) fn decimal(text: &str) -> Option<u64> {
    text.bytes().try_fold(0_u64, |number, byte| {
        number
            .checked_mul(10)?
            .checked_add(u64::from(byte.checked_sub(b'0').filter(|digit| *digit < 10)?))
    })
}

/// The first 48 bits of a ULID.
pub(crate) fn ulid_ms(text: &str) -> Option<u64> {
    text.bytes().take(10).try_fold(0, |bits: u64, byte| {
        let byte = byte.to_ascii_lowercase();
        let digit = match byte {
            b'0'..=b'9' => byte - b'0',
            b'a'..=b'h' => byte - b'a' + 10,
            b'j' | b'k' => byte - b'j' + 18,
            b'm' | b'n' => byte - b'm' + 20,
            b'p'..=b't' => byte - b'p' + 22,
            b'v'..=b'z' => byte - b'v' + 27,
            _ => return None,
        };
        Some(bits << 5 | u64::from(digit))
    })
}

/// The first 48 bits of a UUID of version 7 and variant 10.
pub(crate) fn uuid_ms(text: &str) -> Option<u64> {
    let bytes = text.as_bytes();
    if bytes.get(14) != Some(&b'7')
        || !matches!(bytes.get(19), Some(b'8' | b'9' | b'a' | b'b' | b'A' | b'B'))
    {
        return None;
    }
    let high = u64::from_str_radix(text.get(..8)?, 16).ok()?;
    Some(high << 16 | u64::from_str_radix(text.get(9..13)?, 16).ok()?)
}

/// Milliseconds of a date: year, month, day, hour, minute, and if there are any second and microseconds.
pub(crate) fn date_ms(text: &str) -> Option<u64> {
    let mut digits = text.bytes().filter(u8::is_ascii_digit).map(|byte| u64::from(byte - b'0'));
    let mut number =
        |count: usize| (0..count).try_fold(0, |number, _| Some(number * 10 + digits.next()?));
    let (year, month, day) = (number(4)?, number(2)?, number(2)?);
    let (hour, minute) = (number(2)?, number(2)?);
    let second = number(2).unwrap_or(0);
    let micros = number(6).unwrap_or(0);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        _ => return None,
    };
    if year < 1970 || day == 0 || day > length || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    // Days since 1970, by counting years from a March (H. Hinnant, "chrono-compatible date algorithms").
    let (years, months) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = years * 365 + years / 4 - years / 100 + years / 400 + (months * 153 + 2) / 5 + day
        - 1
        - 719_468;
    Some((((days * 24 + hour) * 60 + minute) * 60 + second) * 1000 + micros / 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_unix_milliseconds() {
        assert_eq!(date_ms("19700101-000000"), Some(0));
        assert_eq!(date_ms("20250916_015632_742999"), Some(1_757_987_792_742));
        assert_eq!(date_ms("2026-01-14-0002-"), Some(1_768_348_920_000));
        assert_eq!(date_ms("20240229-235959"), Some(1_709_251_199_000));
        assert_eq!(date_ms("20260229-000000"), None);
        assert_eq!(date_ms("20261301-000000"), None);
        assert_eq!(date_ms("20260101-240000"), None);
        assert_eq!(ulid_ms("01ARZ3NDEKTSV4RRFFQ69G5FAV"), Some(1_469_922_850_259));
        assert_eq!(uuid_ms("0198f2b0-0000-7000-8000-000000000000"), Some(0x0198_f2b0_0000));
        assert_eq!(uuid_ms("0198f2b0-0000-4000-8000-000000000000"), None);
        assert_eq!(decimal("18446744073709551616"), None);
    }
}
