//! Randomness: where the tail of an id comes from.
//!
//! One `ChaCha` stream per thread with fast key erasure: a refill makes a new key first, then the outputs, and every output
//! is erased when it is taken. Invariants: what was given out cannot be computed from what is kept; after `fork` no buffer
//! is shared; the operating system is asked at the start, after a fork and every `RESEED_AFTER` refills.

use std::cell::RefCell;

use chacha20::ChaCha12Rng;
use chacha20::rand_core::{Rng, SeedableRng};

/// A source of randomness.
pub trait Entropy {
    /// Returns 64 random bits.
    fn next_u64(&self) -> u64;
}

/// How many outputs one refill makes: 2 KiB.
const OUTPUTS: usize = 256;
/// After this many refills (1 MiB of output) the key is mixed with fresh randomness of the operating system.
const RESEED_AFTER: u32 = 512;

/// A `ChaCha12` stream per thread, seeded by the operating system.
#[derive(Clone, Copy, Debug, Default)]
pub struct ThreadEntropy;

impl Entropy for ThreadEntropy {
    #[inline]
    fn next_u64(&self) -> u64 {
        // A thread that is ending has lost its stream; what it still makes comes from a stream of its own.
        STREAM
            .try_with(|stream| stream.borrow_mut().next())
            .unwrap_or_else(|_| Stream::new().next())
    }
}

thread_local! {
    static STREAM: RefCell<Stream> = const { RefCell::new(Stream::new()) };
}

struct Stream {
    key: [u8; 32],
    outputs: [u64; OUTPUTS],
    left: usize,
    refills: u32,
    forks: u64,
}

impl Stream {
    const fn new() -> Self {
        Self { key: [0; 32], outputs: [0; OUTPUTS], left: 0, refills: 0, forks: 0 }
    }

    #[inline]
    fn next(&mut self) -> u64 {
        if self.left == 0 || self.forks != forks() {
            self.refill();
        }
        self.left -= 1;
        core::mem::take(&mut self.outputs[self.left])
    }

    #[cold]
    fn refill(&mut self) {
        let forks = forks();
        if self.refills.is_multiple_of(RESEED_AFTER) || self.forks != forks {
            self.reseed();
            self.forks = forks;
            self.refills = 0;
        }
        self.refills += 1;
        let mut stream = ChaCha12Rng::from_seed(self.key);
        stream.fill_bytes(&mut self.key);
        for output in &mut self.outputs {
            *output = stream.next_u64();
        }
        self.left = OUTPUTS;
    }

    fn reseed(&mut self) {
        let mut fresh = [0; 32];
        if getrandom::fill(&mut fresh).is_err() {
            fresh = fallback_seed();
        }
        // Mixed, not replaced: a weak answer of the system cannot make the key weaker than it was.
        for (key, byte) in self.key.iter_mut().zip(fresh) {
            *key ^= byte;
        }
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.key = [0; 32];
        self.outputs = [0; OUTPUTS];
    }
}

/// Seeds a stream where the operating system gives no randomness: ids stay unique, but can be guessed.
#[cold]
fn fallback_seed() -> [u8; 32] {
    use sha2::{Digest, Sha256};
    use std::hash::{BuildHasher, RandomState};

    use super::clock::{Clock, SystemClock};

    let here = 0_u8;
    let mut hash = Sha256::new();
    hash.update(SystemClock.now_ms().to_be_bytes());
    hash.update(std::process::id().to_be_bytes());
    hash.update(RandomState::new().hash_one(std::thread::current().id()).to_be_bytes());
    hash.update((&raw const here).addr().to_be_bytes());
    hash.finalize().into()
}

/// Returns how often this process was forked off, counted from when randomness was first asked for.
#[cfg(unix)]
#[inline]
fn forks() -> u64 {
    super::fork::count()
}

/// Returns how often this process was forked off: never, where there is no `fork`.
#[cfg(not(unix))]
#[inline]
const fn forks() -> u64 {
    1
}

/// Randomness for tests: a counter, spread over all bits and different for every seed.
#[cfg(feature = "testing")]
#[derive(Debug)]
pub struct StepEntropy(core::sync::atomic::AtomicU64);

#[cfg(feature = "testing")]
impl StepEntropy {
    /// Makes a source that always gives the same sequence for a seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(core::sync::atomic::AtomicU64::new(seed))
    }
}

#[cfg(feature = "testing")]
impl Entropy for StepEntropy {
    fn next_u64(&self) -> u64 {
        // SplitMix64: every step of the counter changes about half of the bits.
        let step = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, core::sync::atomic::Ordering::Relaxed);
        let mut bits = step.wrapping_add(0x9e37_79b9_7f4a_7c15);
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }
}
