//! The word of each rollout, and what tells a forked child that nobody follows the file there.
//!
//! A thread does not live on in a child. The words stand in one list for the whole process; in a child each gets a mark, and
//! whoever next loads one finds it: no call asks for the number of the process. Invariant: the list only grows, so that
//! the child may walk it at any moment.
#![cfg_attr(unix, expect(unsafe_code, reason = "pthread_atfork is a C function"))]

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// The mark of a word that nobody keeps up to date.
pub(crate) const STALE: u64 = 1 << 63;

/// How many words stand together.
const WORDS: usize = 64;

/// A piece of the list.
struct Block {
    words: [AtomicU64; WORDS],
    /// Bit `n`: word `n` is in use.
    taken: AtomicU64,
    next: OnceLock<&'static Block>,
}

static FIRST: Block = Block::new();

impl Block {
    const fn new() -> Self {
        Self {
            words: [const { AtomicU64::new(0) }; WORDS],
            taken: AtomicU64::new(0),
            next: OnceLock::new(),
        }
    }

    /// Takes a word that is free.
    fn take(&'static self) -> Option<Word> {
        let mut taken = self.taken.load(Ordering::Relaxed);
        loop {
            let index = taken.trailing_ones();
            if index as usize == WORDS {
                return None;
            }
            let with = taken | 1 << index;
            match self.taken.compare_exchange_weak(taken, with, Ordering::AcqRel, Ordering::Relaxed)
            {
                Ok(_) => return Some(Word { block: self, index }),
                Err(now) => taken = now,
            }
        }
    }
}

/// A word of its own, given back when it is dropped.
pub(crate) struct Word {
    block: &'static Block,
    index: u32,
}

impl Word {
    /// Takes a word; the child of a fork will find a mark in it.
    pub(crate) fn take(value: u64) -> Self {
        watch();
        let mut block = &FIRST;
        loop {
            if let Some(word) = block.take() {
                word.get().store(value, Ordering::Relaxed);
                return word;
            }
            // As many pieces as there were ever words at the same time; they are used again.
            block = block.next.get_or_init(|| Box::leak(Box::new(Block::new())));
        }
    }

    #[inline]
    pub(crate) fn get(&self) -> &'static AtomicU64 {
        &self.block.words[self.index as usize % WORDS]
    }
}

impl Drop for Word {
    fn drop(&mut self) {
        self.block.taken.fetch_and(!(1 << self.index), Ordering::AcqRel);
    }
}

#[cfg(unix)]
fn watch() {
    static INSTALL: std::sync::Once = std::sync::Once::new();
    INSTALL.call_once(|| {
        // SAFETY: the handler is an `extern "C"` function that lives as long as the program. In the child it only walks a list
        // that never loses a piece and writes atomic words, which is allowed between `fork` and `exec`.
        let status = unsafe { libc::pthread_atfork(None, None, Some(in_child)) };
        // It fails only without memory, and then at the start of the program.
        debug_assert_eq!(status, 0, "pthread_atfork failed");
    });
}

#[cfg(not(unix))]
fn watch() {}

#[cfg(unix)]
extern "C" fn in_child() {
    let mut block = Some(&FIRST);
    while let Some(here) = block {
        for word in &here.words {
            word.fetch_or(STALE, Ordering::Relaxed);
        }
        block = here.next.get().copied();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_different_and_used_again() {
        let words: Vec<Word> = (0..3 * WORDS as u64).map(Word::take).collect();
        for (value, word) in words.iter().enumerate() {
            assert_eq!(word.get().load(Ordering::Relaxed), value as u64);
        }
        let places = |words: &[Word]| {
            words
                .iter()
                .map(|word| std::ptr::from_ref(word.get()))
                .collect::<std::collections::HashSet<_>>()
        };
        assert_eq!(places(&words).len(), 3 * WORDS);
        drop(words);
        // Other tests may hold some.
        let again: Vec<Word> = (0..WORDS as u64).map(Word::take).collect();
        assert_eq!(places(&again).len(), WORDS);
    }
}
