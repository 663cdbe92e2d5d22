//! Randomness: where the tail of an id comes from.
//!
//! One `ChaCha` stream per thread with fast key erasure: a refill makes a new key first, then the outputs, and every
//! output is erased when it is taken. Invariants: what was given out cannot be computed from what is kept; after `fork` no
//! buffer is shared; the operating system is asked at the start, after a fork and every `RESEED_AFTER` refills.

use std::cell::Cell;

use chacha20::ChaCha8Rng;
use chacha20::rand_core::{Rng, SeedableRng};
use zeroize::Zeroize;

/// A source of randomness.
pub trait Entropy {
    /// Returns 64 random bits.
    fn next_u64(&self) -> u64;

    /// Fills a slice with random bits.
    fn fill(&self, words: &mut [u64]) {
        for word in words {
            *word = self.next_u64();
        }
    }
}

/// How many outputs one refill makes: 2 KiB.
const OUTPUTS: usize = 256;
/// The cipher makes 256 bytes at a time.
const BLOCK_BYTES: usize = 256;
/// After this many refills (1 MiB of output) the key is mixed with fresh randomness of the operating system.
const RESEED_AFTER: u32 = 512;

/// A `ChaCha8` stream per thread, seeded by the operating system.
#[derive(Clone, Copy, Debug, Default)]
pub struct ThreadEntropy;

impl Entropy for ThreadEntropy {
    #[inline]
    fn next_u64(&self) -> u64 {
        STREAM.with(Stream::next)
    }

    fn fill(&self, words: &mut [u64]) {
        STREAM.with(|stream| stream.fill(words));
    }
}

thread_local! {
    // Without a destructor: no registration, no check at each access, and usable until the thread's very end.
    static STREAM: Stream = const { Stream::new() };
}

/// Drops what this thread has in stock, so that the next output comes from a key that the operating system renewed.
///
/// Called in a forked child, whose only thread is the one that called `fork`.
#[cfg(all(unix, feature = "fast"))]
pub(super) fn forget() {
    STREAM.with(|stream| {
        stream.left.set(0);
        stream.refills.set(0);
    });
}

struct Stream {
    /// How many outputs are left; they are taken from the end.
    left: Cell<usize>,
    outputs: [Cell<u64>; OUTPUTS],
    key: Cell<[u8; 32]>,
    /// Refills since the operating system was asked; 0 to ask it now.
    refills: Cell<u32>,
    #[cfg(all(unix, not(feature = "fast")))]
    process: Cell<u32>,
}

impl Stream {
    const fn new() -> Self {
        Self {
            left: Cell::new(0),
            outputs: [const { Cell::new(0) }; OUTPUTS],
            key: Cell::new([0; 32]),
            refills: Cell::new(0),
            #[cfg(all(unix, not(feature = "fast")))]
            process: Cell::new(0),
        }
    }

    #[inline]
    fn next(&self) -> u64 {
        #[cfg(all(unix, not(feature = "fast")))]
        self.notice_fork();
        let left = self.left.get();
        match left.checked_sub(1).and_then(|last| self.outputs.get(last)) {
            Some(output) => {
                self.left.set(left - 1);
                output.take()
            }
            None => self.refill(),
        }
    }

    /// Without the C library's fork handler the process number tells, at the price of a system call.
    #[cfg(all(unix, not(feature = "fast")))]
    #[inline]
    fn notice_fork(&self) {
        if self.process.replace(std::process::id()) != self.process.get() {
            self.left.set(0);
            self.refills.set(0);
        }
    }

    /// Makes new outputs and takes the last one.
    #[cold]
    #[inline(never)]
    fn refill(&self) -> u64 {
        let mut stream = self.start();
        let mut block = [0; BLOCK_BYTES];
        for outputs in self.outputs.chunks(BLOCK_BYTES / 8) {
            stream.fill_bytes(&mut block);
            for (output, bytes) in outputs.iter().zip(block.as_chunks().0) {
                output.set(u64::from_le_bytes(*bytes));
            }
        }
        block.zeroize();
        self.left.set(OUTPUTS - 1);
        self.outputs[OUTPUTS - 1].take()
    }

    /// Fills a slice: few words from the stock, many past it.
    fn fill(&self, words: &mut [u64]) {
        // A stream of its own costs a block for the next key.
        if words.len() <= BLOCK_BYTES / 8 {
            return words.fill_with(|| self.next());
        }
        #[cfg(all(unix, not(feature = "fast")))]
        self.notice_fork();
        let mut block = [0; BLOCK_BYTES];
        for words in words.chunks_mut(OUTPUTS) {
            let mut stream = self.start();
            for words in words.chunks_mut(BLOCK_BYTES / 8) {
                stream.fill_bytes(&mut block);
                for (word, bytes) in words.iter_mut().zip(block.as_chunks().0) {
                    *word = u64::from_le_bytes(*bytes);
                }
            }
        }
        block.zeroize();
    }

    /// Starts a stream of outputs, whose first bytes became the key of the next one.
    fn start(&self) -> ChaCha8Rng {
        if self.refills.get().is_multiple_of(RESEED_AFTER) {
            self.reseed();
            self.refills.set(0);
        }
        self.refills.set(self.refills.get() + 1);
        let mut key = self.key.take();
        let mut stream = ChaCha8Rng::from_seed(key);
        stream.fill_bytes(&mut key);
        self.key.set(key);
        stream
    }

    fn reseed(&self) {
        #[cfg(all(unix, feature = "fast"))]
        super::fork::watch();
        let mut fresh = [0; 32];
        if getrandom::fill(&mut fresh).is_err() {
            fresh = fallback_seed();
        }
        // Mixed, not replaced: a weak answer of the system cannot make the key weaker than it was.
        let mut key = self.key.take();
        for (key, byte) in key.iter_mut().zip(fresh) {
            *key ^= byte;
        }
        self.key.set(key);
    }
}

/// Seeds a stream where the operating system gives no randomness: ids stay unique, but can be guessed.
#[cold]
pub(super) fn fallback_seed() -> [u8; 32] {
    use std::hash::{BuildHasher, RandomState};

    use sha2::{Digest, Sha256};

    use super::clock::{Clock, PlainClock};

    let here = 0_u8;
    let mut hash = Sha256::new();
    hash.update(PlainClock.read().now_ms.to_be_bytes());
    hash.update(std::process::id().to_be_bytes());
    hash.update(RandomState::new().hash_one(std::thread::current().id()).to_be_bytes());
    hash.update((&raw const here).addr().to_be_bytes());
    hash.finalize().into()
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
