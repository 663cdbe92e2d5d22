//! Checks the generator of ids under all orders of its memory accesses.
//!
//! The checker runs the generator that ships; only its atomic words are exchanged, by `--cfg unified_id_model`, without
//! which this crate is empty. The models are the tests of this crate; `cargo xtask test --only model` runs them in a build
//! folder of their own. Invariant: each model passes, and each committed fault makes at least one model fail.
#![cfg(unified_id_model)]

use std::sync::atomic::{AtomicU64, Ordering};

use loom::sync::atomic::AtomicU64 as Watched;
use unified_id::generator::clock::Reading;
use unified_id::generator::model::register;
use unified_id::generator::{Clock, Entropy, FIRST_MS};
use unified_id::{Core, Generator};

/// Cycles in a millisecond of [`Time`].
pub const PER_MS: u64 = 10;

/// A time that threads move on; the millisecond and the cycle counter come from the same number.
#[derive(Debug)]
pub struct Time {
    cycles: Watched,
    /// Whether deadlines are given.
    has_deadline: bool,
    /// How far the milliseconds are set back.
    set_back_ms: Watched,
}

impl Time {
    /// Makes a clock that stands at the beginning of millisecond 100.
    #[must_use]
    pub fn new(has_deadline: bool) -> Self {
        Self { cycles: Watched::new(100 * PER_MS), has_deadline, set_back_ms: Watched::new(0) }
    }

    /// Moves the time on.
    pub fn pass(&self, cycles: u64) {
        self.cycles.fetch_add(cycles, Ordering::Relaxed);
    }

    /// Sets the clock back; the cycle counter runs on.
    pub fn set_back(&self, by_ms: u64) {
        self.set_back_ms.fetch_add(by_ms, Ordering::Relaxed);
    }

    /// Returns the present millisecond; there is one time, so no thread sees an old one, and it orders nothing else.
    #[must_use]
    pub fn now_ms(&self) -> u64 {
        let set_back_ms = self.set_back_ms.fetch_add(0, Ordering::Relaxed);
        FIRST_MS + self.cycles() / PER_MS - set_back_ms
    }
}

impl Clock for Time {
    fn read(&self) -> Reading {
        let cycles = self.cycles();
        let set_back_ms = self.set_back_ms.fetch_add(0, Ordering::Relaxed);
        let deadline = if self.has_deadline { (cycles / PER_MS + 1) * PER_MS } else { 0 };
        Reading { now_ms: FIRST_MS + cycles / PER_MS - set_back_ms, deadline }
    }

    fn cycles(&self) -> u64 {
        self.cycles.fetch_add(0, Ordering::Relaxed)
    }

    fn cycles_per_ms(&self) -> u64 {
        PER_MS
    }
}

/// A clock that stands still, so that the checker need not follow it.
#[derive(Clone, Copy, Debug)]
pub struct Still {
    /// The deadline of every reading; the cycle counter stands at 995.
    pub deadline: u64,
}

impl Clock for Still {
    fn read(&self) -> Reading {
        Reading { now_ms: FIRST_MS + 99, deadline: self.deadline }
    }

    fn cycles(&self) -> u64 {
        995
    }

    fn cycles_per_ms(&self) -> u64 {
        PER_MS
    }
}

/// Randomness that never differs: what makes ids unique here is time and counter alone.
#[derive(Debug, Default)]
pub struct NoEntropy(AtomicU64);

impl Entropy for NoEntropy {
    fn next_u64(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Makes a generator whose words the checker knows.
#[must_use]
pub fn generator<C: Clock>(clock: C) -> loom::sync::Arc<Generator<C, NoEntropy>> {
    let generator = Generator::with(clock, NoEntropy::default());
    register(&generator);
    loom::sync::Arc::new(generator)
}

/// Checks a model under all orders of its memory accesses, with at most three preemptions.
pub fn check(model: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(3);
    builder.check(model);
}

/// Asserts that the ids of each thread are increasing and that no two are equal.
///
/// # Panics
///
/// Panics if they are not.
pub fn assert_one_order(made: &[Vec<Core>]) {
    for ids in made {
        assert!(ids.windows(2).all(|pair| pair[0] < pair[1]), "not increasing: {ids:?}");
    }
    let mut all: Vec<_> = made.iter().flatten().collect();
    all.sort_unstable();
    assert!(all.windows(2).all(|pair| pair[0] != pair[1]), "made twice: {all:?}");
}
