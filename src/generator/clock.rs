//! Clocks: where the time of an id comes from.

#[cfg(feature = "testing")]
use core::sync::atomic::{AtomicU64, Ordering};
use std::sync::LazyLock;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use super::cycles::{self, Pair, Rate};

/// A reading of a clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Unix milliseconds.
    pub now_ms: u64,
    /// The value of [`Clock::cycles`] up to which `now_ms` surely stays the same; 0 if that is not known.
    pub deadline: u64,
}

/// A source of the time.
///
/// A clock may stand still, jump and go back; the generator copes. A clock that can tell cheaply that a millisecond is not
/// over gives a `deadline`; all others leave it 0 and are read for every id.
pub trait Clock {
    /// Returns the time.
    fn read(&self) -> Reading;

    /// Returns a counter that runs with the time, to be compared with a deadline.
    #[inline]
    fn cycles(&self) -> u64 {
        0
    }

    /// Returns how far before a deadline a value of [`cycles`](Self::cycles) can be at most: one millisecond's worth.
    #[inline]
    fn cycles_per_ms(&self) -> u64 {
        0
    }

    /// Returns how often the counter was found to be wrong.
    fn faults(&self) -> u64 {
        0
    }
}

/// The clock of the operating system, read precisely; between readings the processor's cycle counter watches over the
/// millisecond where it can be relied on.
///
/// An id is never earlier than a reading of the system clock that was taken before it in the same millisecond.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

/// The origin of the monotonic readings.
static START: LazyLock<Instant> = LazyLock::new(Instant::now);
/// The rate is a property of the machine, so all generators share it.
static RATE: Rate = Rate::new();

/// Reads the system clock as seconds and nanoseconds; a clock before 1970 is clamped like every clock before 2020.
#[inline]
fn since_1970() -> (u64, u32) {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
    let now = SystemTime::now();
    let since_1970 = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    (since_1970.as_secs(), since_1970.subsec_nanos())
}

#[inline]
fn milliseconds((seconds, nanoseconds): (u64, u32)) -> u64 {
    seconds.saturating_mul(1000).saturating_add(u64::from(nanoseconds / 1_000_000))
}

impl Clock for SystemClock {
    #[inline]
    fn read(&self) -> Reading {
        if RATE.is_new() && !cycles::is_invariant() {
            RATE.disable();
        }
        if RATE.is_off() {
            return Reading { now_ms: milliseconds(since_1970()), deadline: 0 };
        }
        let start = *START;
        // The counter is read first: at that moment at least as much was left as the clock says afterwards.
        let before = cycles::now();
        let now = since_1970();
        let elapsed = start.elapsed();
        let after = cycles::now();
        let monotonic_ns = u64::try_from(elapsed.as_nanos()).unwrap_or(u64::MAX);
        let left_ns = 1_000_000 - u64::from(now.1 % 1_000_000);
        let deadline = RATE.deadline(Pair { before, monotonic_ns, after }, left_ns);
        Reading { now_ms: milliseconds(now), deadline }
    }

    #[inline]
    fn cycles(&self) -> u64 {
        cycles::now()
    }

    #[inline]
    fn cycles_per_ms(&self) -> u64 {
        RATE.cycles_per_ms()
    }

    fn faults(&self) -> u64 {
        RATE.faults()
    }
}

/// The clock of the operating system, read for every id; nothing but the clock is relied on.
#[derive(Clone, Copy, Debug, Default)]
pub struct PlainClock;

impl Clock for PlainClock {
    #[inline]
    fn read(&self) -> Reading {
        Reading { now_ms: milliseconds(since_1970()), deadline: 0 }
    }
}

/// A clock for tests: stands where it was set, and moves on by a step with every reading.
#[cfg(feature = "testing")]
#[derive(Debug)]
pub struct StepClock {
    now_ms: AtomicU64,
    step_ms: u64,
}

#[cfg(feature = "testing")]
impl StepClock {
    /// Makes a clock that gives `start_ms` first and then `step_ms` more with every reading.
    #[must_use]
    pub const fn new(start_ms: u64, step_ms: u64) -> Self {
        Self { now_ms: AtomicU64::new(start_ms), step_ms }
    }

    /// Sets the clock, forwards or back.
    pub fn set(&self, now_ms: u64) {
        self.now_ms.store(now_ms, Ordering::Relaxed);
    }
}

#[cfg(feature = "testing")]
impl Clock for StepClock {
    fn read(&self) -> Reading {
        Reading { now_ms: self.now_ms.fetch_add(self.step_ms, Ordering::Relaxed), deadline: 0 }
    }
}
