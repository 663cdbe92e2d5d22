//! Many places in the order at once: they are taken together and filled one by one.
//!
//! Invariant: the places are taken when `reserve` returns; whatever this generator makes later is greater than all of them,
//! also if it is made before they are filled. The random part of each is taken when it is filled, so that a fork in between
//! gives parent and child different ids.

use std::collections::VecDeque;

use super::clock::{Clock, SystemClock};
use super::entropy::{Entropy, ThreadEntropy};
use super::{Generator, PROCESS};
use crate::Core;

/// Takes the next `count` places in the order of this process.
///
/// One reading of the clock and one atomic addition serve up to two million; of more the time runs ahead of the clock, one
/// millisecond for every two to four million, as [`stats`](super::stats) tells.
///
/// # Examples
///
/// ```
/// use unified_id::{JobId, generator};
///
/// let mut jobs = generator::reserve(3).map(JobId::from_core);
/// let (first, second) = (jobs.next().unwrap(), jobs.next().unwrap());
/// let later = JobId::new();
/// assert!(first < second && second < later);
/// assert!(jobs.next().unwrap() < later, "its place was taken before");
/// assert_eq!(jobs.next(), None);
/// ```
#[must_use]
pub fn reserve(count: u32) -> Reserved<'static> {
    PROCESS.reserve(count)
}

/// Places in the order of a generator; each becomes a core when it is asked for.
///
/// Places that are not asked for stay empty, which costs nothing.
#[derive(Debug)]
pub struct Reserved<'a, C = SystemClock, E = ThreadEntropy> {
    generator: &'a Generator<C, E>,
    /// Runs of states, one for each millisecond that was begun.
    runs: VecDeque<core::ops::Range<u64>>,
    left: usize,
}

impl<C: Clock, E: Entropy> Generator<C, E> {
    /// Takes the next `count` places in the order of this generator; see [`reserve`].
    #[must_use]
    pub fn reserve(&self, count: u32) -> Reserved<'_, C, E> {
        let (mut runs, mut left) = (VecDeque::new(), u64::from(count));
        while left > 0 {
            // The first one goes by the clock and opens the millisecond.
            let Ok(first) = self.advance(u64::MAX) else {
                unreachable!("invariant: without a limit no state is too far ahead");
            };
            runs.push_back(first..first + 1);
            let taken = self.take_more(left - 1);
            left -= 1 + (taken.end - taken.start);
            runs.push_back(taken);
        }
        Reserved { generator: self, runs, left: count as usize }
    }
}

impl<C: Clock, E: Entropy> Iterator for Reserved<'_, C, E> {
    type Item = Core;

    #[inline]
    fn next(&mut self) -> Option<Core> {
        loop {
            if let Some(state) = self.runs.front_mut()?.next() {
                self.left -= 1;
                return Some(self.generator.assemble(state));
            }
            self.runs.pop_front();
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl<C: Clock, E: Entropy> ExactSizeIterator for Reserved<'_, C, E> {}
impl<C: Clock, E: Entropy> core::iter::FusedIterator for Reserved<'_, C, E> {}
