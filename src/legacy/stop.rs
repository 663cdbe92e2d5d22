//! Where a text that a row refuses stops being what it began as: the byte for an error, found only when somebody gets one.
//!
//! Invariant: the place is inside the text or its end. It comes from `read.rs` and goes into the refusal.

use super::refusal::Reason;

/// Returns the byte at which the text is wrong.
#[cold]
pub(super) fn position(reason: Reason, text: &[u8]) -> usize {
    let segment_start =
        |at: usize| text[..at].iter().rposition(|byte| *byte == b'_').map_or(0, |at| at + 1);
    match reason {
        // The thread would begin behind the first word.
        Reason::EmptyThread => text.iter().position(|byte| *byte == b'_').map_or(0, |at| at + 1),
        Reason::BrokenRun => {
            let mut at = text.len();
            // The last segment `run`; the row fits only texts that have one.
            while at > 0 && &text[segment_start(at)..at] != b"run" {
                at = segment_start(at).saturating_sub(1);
            }
            let stop = end_of_run(text, at);
            // An end as it should be: what is missing is the thread before it.
            if stop == text.len() && is_run_end(&text[at..]) { segment_start(at) } else { stop }
        }
        Reason::OnlyHex => {
            let is_uuid = |at: usize, byte: u8| match at {
                8 | 13 | 18 | 23 => byte == b'-',
                _ => at < 36 && byte.is_ascii_hexdigit(),
            };
            text.iter().zip(0..).position(|(byte, at)| !is_uuid(at, *byte)).unwrap_or(text.len())
        }
        Reason::TimeInside => {
            // The last time that something follows: what follows it is unknown.
            let mut end = text.len();
            while let Some(at) = text[..end].iter().rposition(|byte| matches!(byte, b'_' | b'-')) {
                let is_time = |time: &[u8]| time[0] == b'1' && time.iter().all(u8::is_ascii_digit);
                let before = text[..at].split_last_chunk::<13>();
                if before.is_some_and(|(rest, time)| {
                    is_time(time) && rest.last().is_some_and(|byte| matches!(byte, b'_' | b'-'))
                }) {
                    return at + 1;
                }
                end = at;
            }
            0
        }
        Reason::AlmostNew => b"thread_".len(),
        _ => 0,
    }
}

/// `_`, 1 to 19 digits, `_`, 8 hex digits: where the text from `at` on stops being that.
fn end_of_run(text: &[u8], at: usize) -> usize {
    let rest = &text[at..];
    let [b'_', rest @ ..] = rest else { return at };
    let digits = rest.iter().take(19).take_while(|byte| byte.is_ascii_digit()).count();
    let at = at + 1 + digits;
    if digits == 0 || text.get(at) != Some(&b'_') {
        return at;
    }
    let hex = text[at + 1..].iter().take(8).take_while(|byte| byte.is_ascii_hexdigit()).count();
    at + 1 + hex
}

fn is_run_end(text: &[u8]) -> bool {
    let Some((front, hex)) = text.split_last_chunk::<8>() else { return false };
    hex.iter().all(u8::is_ascii_hexdigit)
        && matches!(front, [b'_', digits @ .., b'_'] if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit))
}

#[cfg(test)]
mod tests {
    use crate::legacy::{Reason, read};

    #[test]
    fn the_place_is_where_the_text_stops_being_what_it_began_as() {
        let check = |text: &str, reason: Reason, position: usize| {
            let refusal = read(text).unwrap_err();
            assert_eq!((refusal.reason(), refusal.position()), (reason, position), "{text}");
        };
        check("run___a1b2c3d4", Reason::EmptyThread, 4);
        check("thread__run_1693430400000_a1b2c3d4", Reason::EmptyThread, 7);
        check("thread_x_run_1693430400000_a1b2c3d4e", Reason::BrokenRun, 35);
        check("thread_x_run_1693430400000_a1b2g3d4", Reason::BrokenRun, 31);
        check("thread_x_run_1693430400000_a1b2", Reason::BrokenRun, 31);
        check("thread_x_run_1693430400000", Reason::BrokenRun, 26);
        check("thread_x_run_garbage", Reason::BrokenRun, 13);
        check("thread_x_run", Reason::BrokenRun, 12);
        check("ws_thread_run", Reason::BrokenRun, 13);
        check("thread_run_1693430400000_a1b2c3d4", Reason::BrokenRun, 7);
        check("550e8400-e29b-41d4-a716", Reason::OnlyHex, 23);
        check("550e8400-e29b-41d4a716", Reason::OnlyHex, 18);
        check("550e84_00", Reason::OnlyHex, 6);
        check("system_req_1757361274921_92_813a54c5_7d8490dc", Reason::TimeInside, 25);
    }

    #[test]
    fn the_place_is_in_the_text() {
        for row in crate::legacy::rows().iter().filter(|row| row.is_refused()) {
            let refusal = read(row.example()).unwrap_err();
            assert!(refusal.position() > 0 && refusal.position() <= row.example().len());
        }
    }
}
