//! Times as people write them: UTC to the millisecond, and spans in the unit that fits.

/// Writes Unix milliseconds as `2026-11-29 02:03:04.005 UTC`.
pub(super) fn utc(ms: u64) -> String {
    let (days, of_day) = (ms / 86_400_000, ms % 86_400_000);
    let (year, month, day) = civil(days);
    let (hours, minutes) = (of_day / 3_600_000, of_day / 60_000 % 60);
    let (seconds, millis) = (of_day / 1_000 % 60, of_day % 1_000);
    format!("{year:04}-{month:02}-{day:02} {hours:02}:{minutes:02}:{seconds:02}.{millis:03} UTC")
}

/// The date of a day since 1970-01-01 in the Gregorian calendar; years begin in March, so that the leap day is the last.
const fn civil(days: u64) -> (u64, u64, u64) {
    const ERA_DAYS: u64 = 146_097;
    let days = days + 719_468;
    let (era, of_era) = (days / ERA_DAYS, days % ERA_DAYS);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / (ERA_DAYS - 1)) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = era * 400 + year_of_era + if month <= 2 { 1 } else { 0 };
    (year, month, day)
}

/// Writes milliseconds in the unit that fits: `250 ms`, `1.5 s`, `10 min`, `2 h`, `1 d`.
pub(super) fn span(ms: u64) -> String {
    let (unit_ms, unit) = match ms {
        0..1_000 => return format!("{ms} ms"),
        1_000..60_000 => (1_000, "s"),
        60_000..3_600_000 => (60_000, "min"),
        3_600_000..86_400_000 => (3_600_000, "h"),
        _ => (86_400_000, "d"),
    };
    let tenths = (ms * 10 + unit_ms / 2) / unit_ms;
    if tenths.is_multiple_of(10) {
        format!("{} {unit}", tenths / 10)
    } else {
        format!("{}.{} {unit}", tenths / 10, tenths % 10)
    }
}

/// Writes how far a time lies from another one: `+1.5 s`, `-2 min`.
pub(super) fn offset(ms: u64, from_ms: u64) -> String {
    let sign = if ms < from_ms { "\u{2212}" } else { "+" };
    format!("{sign}{}", span(ms.abs_diff(from_ms)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_days_have_their_dates() {
        for (ms, expected) in [
            (0, "1970-01-01 00:00:00.000 UTC"),
            (951_782_400_000, "2000-02-29 00:00:00.000 UTC"),
            (1_795_187_082_731, "2026-11-20 15:04:42.731 UTC"),
            (4_107_542_400_000, "2100-03-01 00:00:00.000 UTC"),
            (281_474_976_710_655, "10889-08-02 05:31:50.655 UTC"),
        ] {
            assert_eq!(utc(ms), expected);
        }
    }

    #[test]
    fn spans_have_the_unit_that_fits() {
        let all = [0, 999, 1_000, 1_540, 60_000, 90_000, 7_200_000, 86_400_000].map(span);
        assert_eq!(all, ["0 ms", "999 ms", "1 s", "1.5 s", "1 min", "1.5 min", "2 h", "1 d"]);
        assert_eq!(offset(1_000, 3_500), "\u{2212}2.5 s");
        assert_eq!(offset(3_500, 3_500), "+0 ms");
    }
}
