//! The system clock as of the kernel's last tick, where there is one.
//!
//! Invariant: a time that could not be read is `None`, never a guess.
#![cfg_attr(
    all(feature = "fast", target_os = "linux"),
    expect(unsafe_code, reason = "the coarse clock is a function of the C library")
)]

/// Returns the Unix time in milliseconds.
#[cfg(all(feature = "fast", target_os = "linux"))]
#[inline]
pub(super) fn now_ms() -> Option<u64> {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the pointer is to a value of the right type that lives over the call.
    let status = unsafe { libc::clock_gettime(libc::CLOCK_REALTIME_COARSE, &raw mut now) };
    if status != 0 {
        return None;
    }
    // Before 1970 there is no number; the generator clamps whatever is before 2020.
    let seconds = u64::try_from(now.tv_sec).unwrap_or(0);
    let milliseconds = u64::try_from(now.tv_nsec / 1_000_000).unwrap_or(0);
    Some(seconds.saturating_mul(1000).saturating_add(milliseconds))
}

#[cfg(not(all(feature = "fast", target_os = "linux")))]
pub(super) const fn now_ms() -> Option<u64> {
    None
}
