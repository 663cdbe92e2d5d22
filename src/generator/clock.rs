//! Clocks: where the time of an id comes from.

/// A source of the time.
pub trait Clock {
    /// Returns Unix milliseconds. May stand still, jump and go back; the generator copes.
    fn now_ms(&self) -> u64;
}

/// The clock of the operating system.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[inline]
    fn now_ms(&self) -> u64 {
        #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
        let now = std::time::SystemTime::now();
        // A clock before 1970 is clamped like every clock before 2020.
        let since_1970 = now.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        since_1970
            .as_secs()
            .saturating_mul(1000)
            .saturating_add(u64::from(since_1970.subsec_millis()))
    }
}

/// A clock for tests: stands where it was set, and moves on by a step with every reading.
#[cfg(feature = "testing")]
#[derive(Debug)]
pub struct StepClock {
    now_ms: core::sync::atomic::AtomicU64,
    step_ms: u64,
}

#[cfg(feature = "testing")]
impl StepClock {
    /// Makes a clock that gives `start_ms` first and then `step_ms` more with every reading.
    #[must_use]
    pub const fn new(start_ms: u64, step_ms: u64) -> Self {
        Self { now_ms: core::sync::atomic::AtomicU64::new(start_ms), step_ms }
    }

    /// Sets the clock, forwards or back.
    pub fn set(&self, now_ms: u64) {
        self.now_ms.store(now_ms, core::sync::atomic::Ordering::Relaxed);
    }
}

#[cfg(feature = "testing")]
impl Clock for StepClock {
    fn now_ms(&self) -> u64 {
        self.now_ms.fetch_add(self.step_ms, core::sync::atomic::Ordering::Relaxed)
    }
}
