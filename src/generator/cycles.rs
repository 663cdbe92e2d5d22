//! The processor's cycle counter: tells, for a fraction of the price of a clock, that a millisecond is not over.
//!
//! Reading the system clock is three quarters of what an id costs. Most readings only confirm that the millisecond is
//! still the same; the counter can confirm that too. It is never turned into a time: each millisecond still begins with a
//! reading of the system clock, which says how many nanoseconds are left of it, and the counter watches over them.
//!
//! What could go wrong, and what is done about it:
//!
//! - *No constant rate*: asked of the processor once; without an invariant counter the system clock is read for every id.
//! - *The rate is not what was measured* (a virtual machine that moved, a reading that was interrupted): the rate is the
//!   smallest seen over intervals of at least [`CALIBRATE_NS`], every later reading is compared with the monotonic clock,
//!   and a deviation of more than 1/[`TOLERANCE`] switches the counter off for good and is counted.
//! - *Counters of different cores disagree*: a value is only trusted less than one millisecond's cycles before the
//!   deadline, so the worst that any counter can do is to keep a millisecond for one more.
//! - *The system clock is set*: forwards, it is noticed within that millisecond; back, as always.
//!
//! Invariant: a deadline lies 1/[`MARGIN`] of the remaining time before the end of the millisecond.
#![cfg_attr(
    all(feature = "fast", target_arch = "x86_64", not(miri)),
    expect(
        unsafe_code,
        reason = "the cycle counter is an instruction; measured in docs/benchmarks"
    )
)]

use super::sync::{AtomicU64, Ordering};

/// The shortest interval over which the rate is measured, in nanoseconds.
const CALIBRATE_NS: u64 = 10_000_000;
/// The rate may deviate by this fraction; clocks are steered by less than 1/1000.
const TOLERANCE: u64 = 100;
/// This fraction of the time left is given up, for steered clocks and readings that are a little late.
const MARGIN: u64 = 64;
/// A pair of readings that took more cycles than this was interrupted and is not used.
const MAX_PAIR_CYCLES: u64 = 30_000;

/// After this interval it is measured from here, so that a change of the rate shows soon, in nanoseconds.
const RENEW_NS: u64 = 4_000_000_000;

/// Where the rate is unknown.
const UNKNOWN: u64 = 0;
/// In place of the first nanoseconds: a thread is writing the first pair.
const CLAIMED: u64 = u64::MAX;
/// Where the counter must not be used.
const OFF: u64 = u64::MAX;

/// What is known about the rate of a cycle counter.
#[derive(Debug)]
pub(super) struct Rate {
    /// Cycles in a millisecond; [`UNKNOWN`] or [`OFF`].
    cycles_per_ms: AtomicU64,
    /// The first pair of readings: cycles and monotonic nanoseconds.
    first_cycles: AtomicU64,
    first_ns: AtomicU64,
    /// How often the counter was switched off because it deviated.
    faults: AtomicU64,
}

/// A reading of the cycle counter around a reading of the monotonic clock.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pair {
    pub(super) before: u64,
    pub(super) monotonic_ns: u64,
    pub(super) after: u64,
}

impl Rate {
    pub(super) const fn new() -> Self {
        Self {
            cycles_per_ms: AtomicU64::new(UNKNOWN),
            first_cycles: AtomicU64::new(0),
            first_ns: AtomicU64::new(0),
            faults: AtomicU64::new(0),
        }
    }

    /// Registers all words with the model checker.
    #[cfg(unified_id_model)]
    pub(super) fn register(&self) {
        for word in [&self.cycles_per_ms, &self.first_cycles, &self.first_ns, &self.faults] {
            word.load(Ordering::Relaxed);
        }
    }

    /// Returns the cycles of one millisecond; 0 where the counter is not used.
    #[inline]
    pub(super) fn cycles_per_ms(&self) -> u64 {
        match self.cycles_per_ms.load(Ordering::Relaxed) {
            OFF => 0,
            known => known,
        }
    }

    pub(super) fn is_off(&self) -> bool {
        self.cycles_per_ms.load(Ordering::Relaxed) == OFF
    }

    pub(super) fn faults(&self) -> u64 {
        self.faults.load(Ordering::Relaxed)
    }

    /// Takes note of a pair of readings and returns the deadline up to which a millisecond surely lasts of which
    /// `left_ns` were left at the reading; 0 if there is none.
    pub(super) fn deadline(&self, pair: Pair, left_ns: u64) -> u64 {
        if self.is_off() || pair.after.wrapping_sub(pair.before) > MAX_PAIR_CYCLES {
            return 0;
        }
        let first_ns = self.first_ns.load(Ordering::Acquire);
        if first_ns == 0 {
            self.start_from(pair, first_ns);
            return 0;
        }
        if first_ns == CLAIMED {
            return 0;
        }
        let elapsed_ns = pair.monotonic_ns.saturating_sub(first_ns);
        if elapsed_ns < CALIBRATE_NS {
            return 0;
        }
        // Another thread may put a new pair in place between the two loads; half of each is no measurement.
        let first_cycles = self.first_cycles.load(Ordering::Acquire);
        if self.first_ns.load(Ordering::Relaxed) != first_ns {
            return 0;
        }
        let cycles = pair.before.wrapping_sub(first_cycles);
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a rate is far below 2^64; a counter that jumped is caught"
        )]
        let seen = (u128::from(cycles) * 1_000_000 / u128::from(elapsed_ns)) as u64;
        let known = self.cycles_per_ms.load(Ordering::Relaxed);
        if known == UNKNOWN {
            // Slower than 50 MHz or faster than 20 GHz is no cycle counter.
            if !(50_000..20_000_000).contains(&seen) {
                self.switch_off();
                return 0;
            }
            // Not over a thread that has just switched the counter off.
            let _ = self.cycles_per_ms.compare_exchange(
                UNKNOWN,
                seen,
                Ordering::Relaxed,
                Ordering::Relaxed,
            );
        } else if known.abs_diff(seen) > known / TOLERANCE {
            self.switch_off();
            return 0;
        }
        if elapsed_ns > RENEW_NS {
            self.start_from(pair, first_ns);
        }
        let rate = self.cycles_per_ms().min(seen);
        let watched_ns = left_ns.min(1_000_000) - left_ns.min(1_000_000) / MARGIN;
        pair.before.wrapping_add(rate * watched_ns / 1_000_000)
    }

    /// Makes a pair the one from which the rate is measured, unless another thread does it at the same time.
    #[cold]
    fn start_from(&self, pair: Pair, first_ns: u64) {
        let claimed =
            self.first_ns.compare_exchange(first_ns, CLAIMED, Ordering::Acquire, Ordering::Relaxed);
        if claimed.is_ok() {
            // Released, so that whoever reads it sees that the pair was claimed.
            self.first_cycles.store(pair.before, Ordering::Release);
            self.first_ns.store(pair.monotonic_ns.max(1), Ordering::Release);
        }
    }

    #[cold]
    fn switch_off(&self) {
        if self.cycles_per_ms.swap(OFF, Ordering::Relaxed) != OFF {
            self.faults.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Gives up a counter that was never trusted; this is no fault.
    #[cold]
    pub(super) fn disable(&self) {
        self.cycles_per_ms.store(OFF, Ordering::Relaxed);
    }

    /// Tells whether nothing was measured yet.
    pub(super) fn is_new(&self) -> bool {
        self.first_ns.load(Ordering::Relaxed) == 0
    }
}

/// Returns the cycle counter; 0 where there is none.
#[inline]
pub(super) fn now() -> u64 {
    #[cfg(all(feature = "fast", target_arch = "x86_64", not(miri)))]
    // SAFETY: every x86-64 processor has the instruction; where the operating system forbids it, `is_invariant` was never
    // true for this process to begin with, because no system that forbids it reports the capability to programs.
    return unsafe { core::arch::x86_64::_rdtsc() };
    #[cfg(not(all(feature = "fast", target_arch = "x86_64", not(miri))))]
    return 0;
}

/// Tells whether the processor has a cycle counter that runs at a constant rate in all its states.
pub(super) fn is_invariant() -> bool {
    #[cfg(all(feature = "fast", target_arch = "x86_64", not(miri)))]
    {
        use core::arch::x86_64::__cpuid;
        const POWER_MANAGEMENT: u32 = 0x8000_0007;
        __cpuid(0x8000_0000).eax >= POWER_MANAGEMENT
            && __cpuid(POWER_MANAGEMENT).edx & (1 << 8) != 0
    }
    #[cfg(not(all(feature = "fast", target_arch = "x86_64", not(miri))))]
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    const PER_MS: u64 = 3_000_000;

    fn pair(at_ns: u64) -> Pair {
        let cycles = 1_000 + at_ns * PER_MS / 1_000_000;
        Pair { before: cycles, monotonic_ns: at_ns + 1, after: cycles + 200 }
    }

    fn calibrated() -> Rate {
        let rate = Rate::new();
        assert_eq!(rate.deadline(pair(0), 500_000), 0);
        assert_eq!(rate.deadline(pair(CALIBRATE_NS - 10), 500_000), 0, "too early to know");
        assert_ne!(rate.deadline(pair(CALIBRATE_NS), 500_000), 0);
        rate
    }

    #[test]
    fn a_deadline_lies_before_the_end_of_the_millisecond() {
        let rate = calibrated();
        assert!(rate.cycles_per_ms().abs_diff(PER_MS) < 10);
        for left_ns in [0, 1, 999, 500_000, 1_000_000] {
            let at = pair(CALIBRATE_NS + 7_000_000);
            let watched = rate.deadline(at, left_ns) - at.before;
            let end = left_ns * PER_MS / 1_000_000;
            assert!(watched <= end, "{watched} of {end}");
            assert!(watched + 5 >= end - end / 32, "{watched} of {end}");
        }
    }

    #[test]
    fn a_pair_that_was_interrupted_is_not_used() {
        let rate = calibrated();
        let mut late = pair(CALIBRATE_NS + 5_000_000);
        late.after += 1_000_000;
        assert_eq!(rate.deadline(late, 500_000), 0);
        assert_eq!(rate.faults(), 0);
    }

    #[test]
    fn a_counter_that_changes_its_rate_jumps_or_stops_is_switched_off_for_good() {
        for fault in
            [|at: u64| at + at / 20, |at: u64| at - at / 20, |at: u64| at + (1 << 40), |_| 0]
        {
            let rate = calibrated();
            let mut wrong = pair(2 * CALIBRATE_NS);
            wrong.before = fault(wrong.before);
            wrong.after = wrong.before + 200;
            assert_eq!(rate.deadline(wrong, 500_000), 0);
            assert!(rate.is_off());
            assert_eq!((rate.faults(), rate.cycles_per_ms()), (1, 0));
            assert_eq!(rate.deadline(pair(3 * CALIBRATE_NS), 500_000), 0, "it stays off");
        }
    }

    #[test]
    fn what_is_no_cycle_counter_is_never_used() {
        for cycles_per_ms in [0, 1_000, 30_000_000] {
            let rate = Rate::new();
            for at_ns in [0, CALIBRATE_NS, 2 * CALIBRATE_NS] {
                let cycles = at_ns / 1_000_000 * cycles_per_ms;
                let pair = Pair { before: cycles, monotonic_ns: at_ns + 1, after: cycles };
                assert_eq!(rate.deadline(pair, 500_000), 0);
            }
            assert!(rate.is_off());
        }
    }
}
