//! Clocks: where the time of an id comes from.

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

/// The clock of the operating system as of its last tick: cheaper to read, up to 10 ms behind.
///
/// On Linux, with the feature `fast`, this is `CLOCK_REALTIME_COARSE`, which moves with the kernel's ticks (1 to 10 ms,
/// most often 4) and needs no cycle counter; elsewhere it is [`PlainClock`]. Order and uniqueness are those of every clock.
/// What is given up: an id may bear a time that is one tick before a reading of the system clock that was taken before the
/// id was made, so a range query by time needs a margin of a tick.
///
/// # Examples
///
/// ```
/// use unified_id::generator::{CoarseClock, Generator, ThreadEntropy};
///
/// static GENERATOR: Generator<CoarseClock> = Generator::with(CoarseClock, ThreadEntropy);
/// assert!(GENERATOR.generate() < GENERATOR.generate());
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct CoarseClock;

impl Clock for CoarseClock {
    #[inline]
    fn read(&self) -> Reading {
        let now_ms = super::coarse::now_ms().unwrap_or_else(|| milliseconds(since_1970()));
        Reading { now_ms, deadline: 0 }
    }
}

/// A clock that stands still until it is set: for simulations, for replays, and for ids of records that are older than
/// their ids.
///
/// Setting it back is what every clock may do: the time of the ids then stays, and [`stats`](super::Generator::stats)
/// counts it. Threads may share it.
///
/// # Examples
///
/// ```
/// use unified_id::generator::{Generator, ManualClock, ThreadEntropy};
///
/// let generator = Generator::with(ManualClock::new(1_600_000_000_000), ThreadEntropy);
/// let first = generator.generate();
/// generator.clock().advance(250);
/// assert_eq!(generator.generate().timestamp_ms(), Some(1_600_000_000_250));
/// assert_eq!(first.timestamp_ms(), Some(1_600_000_000_000));
/// ```
#[derive(Debug)]
pub struct ManualClock(AtomicU64);

impl ManualClock {
    /// Makes a clock that stands at a time, in Unix milliseconds.
    #[must_use]
    pub const fn new(now_ms: u64) -> Self {
        Self(AtomicU64::new(now_ms))
    }

    /// Sets the clock, forwards or back, in Unix milliseconds.
    pub fn set(&self, now_ms: u64) {
        self.0.store(now_ms, Ordering::Relaxed);
    }

    /// Moves the clock on by so many milliseconds and returns what it showed before.
    pub fn advance(&self, by_ms: u64) -> u64 {
        self.0.fetch_add(by_ms, Ordering::Relaxed)
    }
}

impl Clock for ManualClock {
    fn read(&self) -> Reading {
        Reading { now_ms: self.0.load(Ordering::Relaxed), deadline: 0 }
    }
}

/// A clock for tests: stands where it was set, and moves on by a step with every reading.
#[cfg(feature = "testing")]
#[derive(Debug)]
pub struct StepClock {
    clock: ManualClock,
    step_ms: u64,
}

#[cfg(feature = "testing")]
impl StepClock {
    /// Makes a clock that gives `start_ms` first and then `step_ms` more with every reading.
    #[must_use]
    pub const fn new(start_ms: u64, step_ms: u64) -> Self {
        Self { clock: ManualClock::new(start_ms), step_ms }
    }

    /// Sets the clock, forwards or back.
    pub fn set(&self, now_ms: u64) {
        self.clock.set(now_ms);
    }
}

#[cfg(feature = "testing")]
impl Clock for StepClock {
    fn read(&self) -> Reading {
        Reading { now_ms: self.clock.advance(self.step_ms), deadline: 0 }
    }
}
