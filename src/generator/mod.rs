//! The generator: a clock and randomness become strictly increasing cores.
//!
//! ```text
//! one atomic word:  42 bits milliseconds since 2020-01-01 | 22 bits counter
//! ```
//!
//! Invariants: all cores that one generator made are strictly increasing in the order in which they were made, across all
//! threads; making one never blocks, panics or fails; the only reader of the clock is `clock.rs`, the only source of
//! randomness `entropy.rs`. Next: `core_value.rs`, the value; `id.rs`, the text.

mod sync;
mod cycles;
mod coarse;
pub mod clock;
pub mod entropy;
pub mod layout;
mod limit;
mod reserve;
#[cfg(all(unix, feature = "fast"))]
mod fork;
#[cfg(unified_id_model)]
#[doc(hidden)]
pub mod model;

use core::cell::Cell;

pub use self::clock::{Clock, CoarseClock, ManualClock, PlainClock, SystemClock};
pub use self::entropy::{Entropy, ThreadEntropy};
pub use self::limit::{drift_limit_ms, set_drift_limit_ms, try_generate};
pub use self::reserve::{Reserved, reserve};
#[cfg(feature = "testing")]
pub use self::{clock::StepClock, entropy::StepEntropy};

use self::clock::Reading;
use self::sync::{AtomicU64, Ordering};
use crate::codec::{self, CORE_CHARS};
use crate::{Core, CoreText, GenerateError};

/// 2020-01-01T00:00:00Z in Unix milliseconds: the first millisecond of the state word.
pub const FIRST_MS: u64 = 1_577_836_800_000;
/// 2159-01-01T00:00:00Z in Unix milliseconds. Later clocks are clamped to the millisecond before; the state word reaches
/// four months further, which leaves room for milliseconds that are borrowed there.
pub const LAST_MS: u64 = 5_964_364_800_000;

const COUNTER_BITS: u32 = 22;
const COUNTER_MASK: u64 = (1 << COUNTER_BITS) - 1;
/// The counter of a fresh millisecond is random below this: its top bit is 0 (RFC 9562, section 6.2).
const START_BITS: u32 = COUNTER_BITS - 1;
/// How many states a thread takes at once at most: far fewer than a millisecond has, even if most go unused.
const MAX_LEASE: u64 = 64;
/// How many random words are made at once for a batch.
const TAILS: usize = 256;
/// A generator that is further ahead of its clock than this is counted as faulty.
const DRIFT_FAULT_MS: u64 = 10 * 60 * 1000;

/// Makes a core with the generator of this process.
///
/// # Examples
///
/// ```
/// use unified_id::generator::generate;
///
/// let first = generate();
/// assert!(first < generate());
/// ```
// Inlined, it would be the thread-local's accessor that is called, through a pointer.
#[must_use]
#[inline(never)]
pub fn generate() -> Core {
    LEASE.with(|lease| PROCESS.generate_leased(lease))
}

/// Fills a slice with cores of the generator of this process, in increasing order.
///
/// One reading of the clock and one atomic addition serve up to two million cores.
///
/// # Examples
///
/// ```
/// use unified_id::{Core, generator};
///
/// let mut cores = [Core::MIN; 1000];
/// generator::fill(&mut cores);
/// assert!(cores.is_sorted());
/// assert!(cores[999] < generator::generate());
/// ```
pub fn fill(cores: &mut [Core]) {
    PROCESS.fill(cores);
}

/// Fills a slice with texts of new cores, in increasing order: like [`fill`], without a value in between.
///
/// # Examples
///
/// ```
/// use unified_id::{Core, generator};
///
/// let mut texts = [Core::MIN.to_text(); 1000];
/// generator::fill_texts(&mut texts);
/// assert!(texts.is_sorted_by_key(|text| text.as_str()));
/// ```
pub fn fill_texts(texts: &mut [CoreText]) {
    PROCESS.fill_texts(texts);
}

/// Fills a slice with what is made of new cores.
pub(crate) fn fill_with<T>(items: &mut [T], of_core: impl Fn(Core) -> T) {
    PROCESS.fill_with(items, of_core);
}

/// Writes a new core into a place within each item.
pub(crate) fn fill_places<T>(
    items: &mut [T],
    place: impl Fn(&mut T) -> &mut [u8; CORE_CHARS] + Copy,
) {
    PROCESS.fill_places(items, place);
}

/// Returns what the generator of this process had to put up with.
#[must_use]
pub fn stats() -> GeneratorStats {
    PROCESS.stats()
}

static PROCESS: Generator = Generator::new();

thread_local! {
    // Without a destructor: no registration, no check at each access, and usable until the thread's very end.
    static LEASE: Lease = const { Lease::new() };
}

/// States that a thread has taken in advance, of one millisecond.
#[derive(Debug)]
struct Lease {
    /// The next state to use; greater than `last` if there is none.
    next: Cell<u64>,
    last: Cell<u64>,
    /// How many to take next.
    size: Cell<u64>,
}

impl Lease {
    const fn new() -> Self {
        Self { next: Cell::new(u64::MAX), last: Cell::new(0), size: Cell::new(1) }
    }
}

/// What a generator had to put up with, for monitoring.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct GeneratorStats {
    /// How far the last id is ahead of the clock, in milliseconds.
    pub drift_ms: u64,
    /// How many ids were made more than ten minutes ahead of the clock.
    pub drift_faults: u64,
    /// How often the clock went back.
    pub rollbacks: u64,
    /// How many milliseconds were borrowed because the counter of one was used up.
    pub borrowed: u64,
    /// How many ids were made while the clock stood outside 2020..2159.
    pub clamped: u64,
    /// How often the cycle counter was found to be wrong; the generator then does without it.
    pub cycle_faults: u64,
}

/// Makes strictly increasing cores.
///
/// One per process is enough, and [`generate`] has it; others are for tests and for other clocks.
///
/// # Examples
///
/// ```
/// use unified_id::Generator;
///
/// let generator = Generator::new();
/// let (first, second) = (generator.generate(), generator.generate());
/// assert!(first < second);
/// assert!(first.timestamp_ms().is_some());
/// ```
#[derive(Debug)]
pub struct Generator<C = SystemClock, E = ThreadEntropy> {
    state: OwnLine<AtomicU64>,
    /// Up to this value of the clock's cycle counter the millisecond of the state is surely not over; 0 if not known.
    ///
    /// Written after the state, read before it: whoever sees a deadline sees a state of that millisecond or later.
    deadline: AtomicU64,
    /// The latest reading of the clock, to tell a clock that went back from a millisecond that was borrowed.
    latest_clock: AtomicU64,
    rollbacks: AtomicU64,
    borrowed: AtomicU64,
    clamped: AtomicU64,
    drift_faults: AtomicU64,
    drift_limit_ms: u64,
    clock: C,
    entropy: E,
}

/// A value on a cache line of its own: what many threads write does not disturb what they only read.
#[derive(Debug)]
#[repr(align(128))]
struct OwnLine<T>(T);

impl<T> core::ops::Deref for OwnLine<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.0
    }
}

/// A reading of the clock in milliseconds since [`FIRST_MS`].
#[derive(Clone, Copy, Debug)]
struct Now {
    ms: u64,
    deadline: u64,
}

impl Generator {
    /// Makes a generator over the system clock and the operating system's randomness.
    #[must_use]
    pub const fn new() -> Self {
        Self::with(SystemClock, ThreadEntropy)
    }
}

impl Default for Generator {
    fn default() -> Self {
        Self::new()
    }
}

impl<C, E> Generator<C, E> {
    /// Makes a generator over a clock and a source of randomness.
    #[must_use]
    pub const fn with(clock: C, entropy: E) -> Self {
        Self {
            state: OwnLine(AtomicU64::new(0)),
            deadline: AtomicU64::new(0),
            latest_clock: AtomicU64::new(0),
            rollbacks: AtomicU64::new(0),
            borrowed: AtomicU64::new(0),
            clamped: AtomicU64::new(0),
            drift_faults: AtomicU64::new(0),
            drift_limit_ms: u64::MAX,
            clock,
            entropy,
        }
    }

    /// Sets how far ahead of the clock [`try_generate`](Self::try_generate) may go, in milliseconds.
    #[must_use]
    pub fn with_drift_limit_ms(self, drift_limit_ms: u64) -> Self {
        Self { drift_limit_ms, ..self }
    }

    /// Sets another clock; ids go on being greater than all that this generator made before.
    ///
    /// # Examples
    ///
    /// ```
    /// use unified_id::generator::{CoarseClock, Generator, ManualClock};
    /// use unified_id::ThreadId;
    ///
    /// // One tick coarse, and cheap on every machine.
    /// let coarse = Generator::new().with_clock(CoarseClock);
    /// let first = ThreadId::from_core(coarse.generate());
    ///
    /// // Ids for records that are older than they.
    /// let import = Generator::new().with_clock(ManualClock::new(1_600_000_000_000));
    /// let old = ThreadId::from_core(import.generate());
    /// assert_eq!(old.timestamp_ms(), Some(1_600_000_000_000));
    /// assert!(old < first);
    /// ```
    #[must_use]
    pub fn with_clock<D>(self, clock: D) -> Generator<D, E> {
        Generator {
            state: self.state,
            // The old clock's deadline and readings say nothing about the new one.
            deadline: AtomicU64::new(0),
            latest_clock: AtomicU64::new(0),
            rollbacks: self.rollbacks,
            borrowed: self.borrowed,
            clamped: self.clamped,
            drift_faults: self.drift_faults,
            drift_limit_ms: self.drift_limit_ms,
            clock,
            entropy: self.entropy,
        }
    }

    /// Returns the clock.
    #[must_use]
    pub const fn clock(&self) -> &C {
        &self.clock
    }
}

impl<C: Clock, E: Entropy> Generator<C, E> {
    /// Makes a core that is greater than all that this generator made before.
    ///
    /// A clock that stands still or goes back, and a millisecond whose counter is used up, only make the time part run
    /// ahead of the clock; [`stats`](Self::stats) tells how far.
    #[must_use]
    #[inline]
    pub fn generate(&self) -> Core {
        match self.advance(u64::MAX) {
            Ok(state) => self.assemble(state),
            Err(_) => unreachable!("invariant: without a limit no state is too far ahead"),
        }
    }

    /// Makes a core unless it would be further ahead of the clock than the limit of this generator.
    ///
    /// # Errors
    ///
    /// [`GenerateError`] with the drift if the limit is passed; nothing was made then.
    #[inline]
    pub fn try_generate(&self) -> Result<Core, GenerateError> {
        self.advance(self.drift_limit_ms).map(|state| self.assemble(state))
    }

    /// Fills a slice with cores that are greater than all that this generator made before, in increasing order.
    pub fn fill(&self, cores: &mut [Core]) {
        self.fill_with(cores, |core| core);
    }

    /// Fills a slice with what is made of new cores.
    pub(crate) fn fill_with<T>(&self, items: &mut [T], of_core: impl Fn(Core) -> T) {
        self.fill_by(items, |items, states, tails| {
            for ((item, state), tail) in items.iter_mut().zip(states).zip(tails) {
                *item = of_core(assemble(state, *tail));
            }
        });
    }

    /// Fills a slice with texts of cores that are greater than all that this generator made before, in increasing order.
    pub fn fill_texts(&self, texts: &mut [CoreText]) {
        self.fill_places(texts, |text| &mut text.0);
    }

    /// Writes a new core into a place within each item.
    pub(crate) fn fill_places<T>(
        &self,
        items: &mut [T],
        place: impl Fn(&mut T) -> &mut [u8; CORE_CHARS] + Copy,
    ) {
        self.fill_by(items, |items, states, tails| {
            codec::encode_each(
                items
                    .iter_mut()
                    .zip(states)
                    .zip(tails)
                    .map(|((item, state), tail)| (assemble(state, *tail).to_u128(), place(item))),
            );
        });
    }

    /// Takes states for all items, and hands over items, their states and as many random words, piece by piece.
    fn fill_by<T>(&self, items: &mut [T], put: impl Fn(&mut [T], core::ops::Range<u64>, &[u64])) {
        let mut tails = [0; TAILS];
        let mut put = |items: &mut [T], states: core::ops::Range<u64>| {
            for (items, start) in items.chunks_mut(TAILS).zip(states.clone().step_by(TAILS)) {
                let tails = &mut tails[..items.len()];
                self.entropy.fill(tails);
                put(items, start..states.end, tails);
            }
        };
        let mut rest = items;
        while !rest.is_empty() {
            // The first one goes by the clock and opens the millisecond.
            let Ok(state) = self.advance(u64::MAX) else {
                unreachable!("invariant: without a limit no state is too far ahead");
            };
            let (first, others) = rest.split_at_mut(1);
            put(first, state..state + 1);
            let taken = self.take_more(others.len() as u64);
            let count = usize::try_from(taken.end - taken.start).unwrap_or(0);
            let (mine, later) = others.split_at_mut(count);
            put(mine, taken);
            rest = later;
        }
    }

    /// Takes as many states as there are left in the millisecond, and no more than `count`, after a first one that went by the
    /// clock; what was unusual about that one counts for all of them.
    fn take_more(&self, count: u64) -> core::ops::Range<u64> {
        let taken = self.take_up_to(count);
        // Without a deadline the clock may be behind or outside of its range.
        if taken.end > taken.start && self.deadline.load(Ordering::Acquire) == 0 {
            let (now, is_clamped) = self.now();
            if is_clamped {
                self.clamped.fetch_add(taken.end - taken.start, Ordering::Relaxed);
            }
            if (taken.start >> COUNTER_BITS).saturating_sub(now.ms) > DRIFT_FAULT_MS {
                self.drift_faults.fetch_add(taken.end - taken.start, Ordering::Relaxed);
            }
        }
        taken
    }

    /// Takes as many states as there are left in the millisecond, and no more than `count`.
    fn take_up_to(&self, count: u64) -> core::ops::Range<u64> {
        let mut state = self.state.load(Ordering::Relaxed);
        loop {
            let taken = count.min(COUNTER_MASK - (state & COUNTER_MASK));
            match self.state.compare_exchange_weak(
                state,
                state + taken,
                Ordering::AcqRel,
                Ordering::Relaxed,
            ) {
                Ok(_) => return state + 1..state + 1 + taken,
                Err(actual) => state = actual,
            }
        }
    }

    /// Returns what this generator had to put up with.
    #[must_use]
    pub fn stats(&self) -> GeneratorStats {
        let state_ms = self.state.load(Ordering::Acquire) >> COUNTER_BITS;
        GeneratorStats {
            drift_ms: state_ms.saturating_sub(self.now().0.ms),
            drift_faults: self.drift_faults.load(Ordering::Relaxed),
            rollbacks: self.rollbacks.load(Ordering::Relaxed),
            borrowed: self.borrowed.load(Ordering::Relaxed),
            clamped: self.clamped.load(Ordering::Relaxed),
            cycle_faults: self.clock.faults(),
        }
    }

    /// Moves the state on by one id and returns it.
    #[inline]
    fn advance(&self, drift_limit_ms: u64) -> Result<u64, GenerateError> {
        // With a limit every id is compared with the clock.
        if drift_limit_ms == u64::MAX && self.is_same_ms() {
            return Ok(self.take(1) + 1);
        }
        self.advance_by_clock(drift_limit_ms)
    }

    /// Tells whether the millisecond of the state is surely not over.
    #[inline]
    fn is_same_ms(&self) -> bool {
        let deadline = self.deadline.load(Ordering::Acquire);
        // A counter that passed the deadline, or is nowhere near it, is a huge difference.
        let left = deadline.wrapping_sub(self.clock.cycles());
        // Without the first condition a counter just before its overflow would be near the deadline that there is not.
        deadline != 0 && left.wrapping_sub(1) < self.clock.cycles_per_ms()
    }

    /// Takes the next `count` states and returns the one before them.
    ///
    /// An addition and no compare-and-swap: it cannot fail, so that threads that meet here do not go on to read the clock.
    #[inline]
    fn take(&self, count: u64) -> u64 {
        let before = self.state.fetch_add(count, Ordering::AcqRel);
        if (before & COUNTER_MASK) + count > COUNTER_MASK {
            self.note_carry();
        }
        before
    }

    /// Notes that an addition ran over into the next millisecond, which is as good a state as any: it was borrowed.
    #[cold]
    fn note_carry(&self) {
        self.borrowed.fetch_add(1, Ordering::Relaxed);
        // Ahead of the clock every id is accounted for, so the clock goes on being read.
        self.deadline.store(0, Ordering::Release);
    }

    /// Makes a core with the help of a lease that no other thread uses.
    ///
    /// An atomic addition for every id would be half of its price. A thread takes several states at once instead, and uses
    /// them only while no other thread has taken any since: the order is that of the loads and additions of `state`, as if
    /// each id had been added one by one.
    #[inline]
    fn generate_leased(&self, lease: &Lease) -> Core {
        if self.is_same_ms() {
            let (next, last) = (lease.next.get(), lease.last.get());
            if next <= last && sync::is_still(&self.state, last) {
                lease.next.set(next + 1);
                return self.assemble(next);
            }
            return self.assemble(self.renew(lease));
        }
        let Ok(state) = self.advance_by_clock(u64::MAX) else {
            unreachable!("invariant: without a limit no state is too far ahead");
        };
        lease.next.set(u64::MAX);
        lease.last.set(state);
        self.assemble(state)
    }

    /// Takes new states for a lease and returns the first: twice as many as before while no other thread takes any, one
    /// alone while others do. The one is used without looking at the state again, which would fetch its cache line twice.
    #[inline(never)]
    fn renew(&self, lease: &Lease) -> u64 {
        let size = if lease.next.get() > lease.last.get() { lease.size.get() } else { 1 };
        let before = self.take(size);
        let is_alone = before == lease.last.get();
        lease.size.set(if is_alone { (2 * size).min(MAX_LEASE) } else { 1 });
        lease.next.set(before + 2);
        lease.last.set(before + size);
        before + 1
    }

    /// Moves the state on by one id after reading the clock.
    #[inline(never)]
    fn advance_by_clock(&self, drift_limit_ms: u64) -> Result<u64, GenerateError> {
        // Loaded before the clock is read: whoever published this state read its clock before we read ours, so a
        // smaller reading now is a clock that went back or a borrowed millisecond, never a race.
        let mut state = self.state.load(Ordering::Acquire);
        let (mut now, is_clamped) = self.now();
        if is_clamped {
            self.clamped.fetch_add(1, Ordering::Relaxed);
        }
        loop {
            let state_ms = state >> COUNTER_BITS;
            let next = if now.ms > state_ms {
                (now.ms << COUNTER_BITS) | self.start()
            } else if state & COUNTER_MASK == COUNTER_MASK {
                ((state_ms + 1) << COUNTER_BITS) | self.start()
            } else {
                state + 1
            };
            let next_ms = next >> COUNTER_BITS;
            let drift_ms = next_ms.saturating_sub(now.ms);
            if drift_ms > drift_limit_ms {
                return Err(GenerateError { drift_ms, limit_ms: drift_limit_ms });
            }
            match self.state.compare_exchange_weak(state, next, Ordering::AcqRel, Ordering::Acquire)
            {
                Ok(_) => {
                    if next_ms != state_ms || drift_ms > 0 {
                        self.account(now.ms, state_ms, next_ms);
                    }
                    // Ahead of the clock every id is accounted for, so the clock goes on being read.
                    let deadline = if drift_ms == 0 { now.deadline } else { 0 };
                    self.deadline.store(deadline, Ordering::Release);
                    return Ok(next);
                }
                Err(actual) => {
                    state = actual;
                    if state >> COUNTER_BITS > now.ms {
                        now = self.now().0;
                    }
                }
            }
        }
    }

    /// Notes what was unusual about a step: once per millisecond, or for every id while ahead of the clock.
    #[cold]
    fn account(&self, now: u64, before_ms: u64, after_ms: u64) {
        let latest = self.latest_clock.fetch_max(now, Ordering::Relaxed);
        if now < latest
            && self
                .latest_clock
                .compare_exchange(latest, now, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok()
        {
            self.rollbacks.fetch_add(1, Ordering::Relaxed);
        }
        if after_ms > now {
            if after_ms > before_ms {
                self.borrowed.fetch_add(1, Ordering::Relaxed);
            }
            if after_ms - now > DRIFT_FAULT_MS {
                self.drift_faults.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    /// Returns the clock in milliseconds since [`FIRST_MS`], and whether it had to be clamped.
    #[inline]
    fn now(&self) -> (Now, bool) {
        let Reading { now_ms, deadline } = self.clock.read();
        let clamped = now_ms.clamp(FIRST_MS, LAST_MS - 1);
        let is_clamped = clamped != now_ms;
        // Outside the range every id is counted, so the clock goes on being read.
        let deadline = if is_clamped { 0 } else { deadline };
        (Now { ms: clamped - FIRST_MS, deadline }, is_clamped)
    }

    #[inline]
    fn start(&self) -> u64 {
        self.entropy.next_u64() >> (u64::BITS - START_BITS)
    }

    /// Makes the core of a state, with a fresh tail.
    #[inline]
    fn assemble(&self, state: u64) -> Core {
        assemble(state, self.entropy.next_u64())
    }
}

/// Makes the core of a state and random bits, of which it takes the upper ones.
#[inline]
fn assemble(state: u64, random: u64) -> Core {
    let timestamp_ms = (state >> COUNTER_BITS) + FIRST_MS;
    let counter = state & COUNTER_MASK;
    let high = (timestamp_ms << 16) | 0x7000 | (counter >> 10);
    let low = (0b10 << 62) | ((counter & 0x3ff) << 52) | (random >> (u64::BITS - 52));
    Core::from_u128((u128::from(high) << 64) | u128::from(low))
}

#[cfg(test)]
mod tests;
