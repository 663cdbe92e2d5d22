//! The spellings of time that old tables hold, as Unix milliseconds.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// The Julian day of 1970-01-01T00:00Z.
const EPOCH_JULIAN: f64 = 2_440_587.5;

/// Reads a time in text: ISO 8601 with or without an offset (none is UTC), or a number.
#[must_use]
pub fn from_text(text: &str) -> Option<u64> {
    let text = text.trim();
    if let Ok(number) = text.parse::<i64>() {
        return from_integer(number);
    }
    if let Ok(number) = text.parse::<f64>() {
        return from_real(number);
    }
    let instant = text.parse::<Timestamp>().ok().or_else(|| {
        let civil = text.trim_end_matches(" UTC").parse::<DateTime>().ok()?;
        civil.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
    })?;
    u64::try_from(instant.as_millisecond()).ok()
}

/// Reads seconds, milliseconds, microseconds or nanoseconds since 1970: which, the size tells.
#[must_use]
pub fn from_integer(number: i64) -> Option<u64> {
    let number = u64::try_from(number).ok()?;
    Some(match number {
        0..100_000_000_000 => number * 1000,
        100_000_000_000..100_000_000_000_000 => number,
        100_000_000_000_000..100_000_000_000_000_000 => number / 1000,
        _ => number / 1_000_000,
    })
}

/// Reads a Julian day (between the years 1582 and 3501), else as [`from_integer`] with a fraction.
#[must_use]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "the value was compared with the limits before, and milliseconds fit 53 bits"
)]
pub fn from_real(number: f64) -> Option<u64> {
    if !number.is_finite() || number < 0.0 {
        return None;
    }
    if (2_299_160.0..3_000_000.0).contains(&number) {
        let ms = ((number - EPOCH_JULIAN) * 86_400_000.0).round();
        return (ms >= 0.0).then_some(ms as u64);
    }
    if number < 1e11 {
        return Some((number * 1000.0).round() as u64);
    }
    if number > i64::MAX as f64 { None } else { from_integer(number as i64) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_spellings_of_old_tables() {
        let ms = 1_704_164_645_000;
        for text in [
            "2024-01-02 03:04:05",
            "2024-01-02T03:04:05",
            "2024-01-02T03:04:05Z",
            "2024-01-02T03:04:05.000+00:00",
            "2024-01-01T20:04:05-07:00",
            "1704164645",
            "1704164645000",
        ] {
            assert_eq!(from_text(text), Some(ms), "{text}");
        }
        assert_eq!(from_text("2024-01-02 03:04:05.678"), Some(ms + 678));
        assert_eq!(from_text("2024-01-02"), Some(1_704_153_600_000));
        assert_eq!(from_real(2_460_311.627_835_648), Some(ms));
        for text in ["", "yesterday", "2024-13-01", "-5", "NaN"] {
            assert_eq!(from_text(text), None, "{text}");
        }
    }
}
