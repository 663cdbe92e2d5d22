//! What the model check needs and nobody else: leases of its own, words that it watches, and faults to find.

use super::cycles::{Pair, Rate};
use super::sync::Ordering;
use super::{COUNTER_MASK, Clock, Entropy, Generator, Lease};
use crate::Core;

pub use super::sync::model::{Mutation, mutate};

/// The lease of a thread, as the process-wide generator keeps one per thread.
#[derive(Debug)]
pub struct ThreadLease(Lease);

impl ThreadLease {
    /// Makes an empty lease.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "the model check has no use for one")]
    pub const fn new() -> Self {
        Self(Lease::new())
    }

    /// Makes a core as `generate()` does.
    #[must_use]
    pub fn generate<C: Clock, E: Entropy>(&self, generator: &Generator<C, E>) -> Core {
        generator.generate_leased(&self.0)
    }
}

/// Registers all words of a generator with the model checker.
pub fn register<C: Clock, E: Entropy>(generator: &Generator<C, E>) {
    generator.deadline.load(Ordering::Relaxed);
    generator.latest_clock.load(Ordering::Relaxed);
    // It reads all others.
    let _ = generator.stats();
}

/// Uses up the counter of the present millisecond but for a few values.
pub fn use_up<C, E>(generator: &Generator<C, E>, left: u64) {
    let state = generator.state.load(Ordering::Relaxed) | COUNTER_MASK;
    generator.state.store(state - left, Ordering::Relaxed);
}

/// The rate of a cycle counter.
#[derive(Debug)]
pub struct CycleRate(Rate);

impl CycleRate {
    /// Makes a rate of which nothing is known.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "the model check has no use for one")]
    pub fn new() -> Self {
        let rate = Rate::new();
        rate.register();
        Self(rate)
    }

    /// Takes note of a reading in which the counter and the monotonic clock agree; 3 cycles are a nanosecond.
    pub fn note(&self, at_ns: u64) -> u64 {
        let cycles = 1_000 + at_ns * 3;
        let pair = Pair { before: cycles, monotonic_ns: at_ns + 1, after: cycles + 200 };
        self.0.deadline(pair, 500_000)
    }

    /// Returns how often the counter was switched off.
    pub fn faults(&self) -> u64 {
        self.0.faults()
    }
}
