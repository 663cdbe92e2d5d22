//! Collisions: how many are to be expected, and a detector for those who want to see that there are none.
//!
//! Within a process no two ids are equal. Ids of two processes are equal if they have the same millisecond, the same 22-bit
//! counter and the same 52 random bits. With `n` processes that make `r` ids a second each for `t` seconds, all clocks being
//! equal, which is the worst case:
//!
//! ```text
//! pairs of processes         n (n - 1) / 2
//! pairs of ids in a ms       (r / 1000)^2           for each pair of processes
//! of them, same counter      1 / 2^21 at most       each starts at a random value below 2^21
//! of them, same random bits  1 / 2^52
//!
//! expected pairs of equal ids = n (n - 1) / 2 * 1000 t * (r / 1000)^2 / 2^73
//! ```
//!
//! The counter's share is a little smaller where the runs of two processes only partly overlap, so the formula never says
//! too few. Ids that come in bursts meet more often than evenly spread ones: give the rate within bursts, and the time that
//! the bursts take together.
//!
//! Invariant: nothing here makes, reads or writes an id; the caller gives them. Next: `generator/`, why there are none.

use core::hash::{BuildHasher, Hash};
use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// 2^21 starts of the counter times 2^52 random values, in which two ids of one millisecond can differ.
const DISTINCT_IN_A_MS: f64 = 2_097_152.0 * 4_503_599_627_370_496.0;

/// Returns the expected number of pairs of equal ids.
///
/// For `processes` that each make `ids_per_second` for `seconds`, with clocks that agree; see the [module](self) for the
/// formula. What is negative or no number counts as 0. A result far below 1 is also the probability that there is any.
///
/// # Examples
///
/// ```
/// use unified_id::collision::expected_collisions;
///
/// // A thousand processes, ten thousand ids a second each, for a year.
/// let expected = expected_collisions(1_000, 10_000.0, 365.25 * 86_400.0);
/// assert!(expected < 1.0 / 5_000.0);
/// assert_eq!(expected_collisions(1, 1e9, 1e9), 0.0, "a process never meets itself");
/// ```
#[must_use]
pub fn expected_collisions(processes: u32, ids_per_second: f64, seconds: f64) -> f64 {
    let processes = f64::from(processes);
    let per_ms = ids_per_second.max(0.0) / 1000.0;
    let milliseconds = seconds.max(0.0) * 1000.0;
    let pairs_of_processes = processes * (processes - 1.0).max(0.0) / 2.0;
    pairs_of_processes * milliseconds * per_ms * per_ms / DISTINCT_IN_A_MS
}

/// Two ids are equal that should not be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the id `{new}` collides with `{existing}`, which was there before")]
#[non_exhaustive]
pub struct CollisionError<T> {
    /// The id that was known.
    pub existing: T,
    /// The id that was to be new.
    pub new: T,
    /// How many ids were made before giving up; 1 where none was asked for again.
    pub attempts: u32,
}

impl<T> CollisionError<T> {
    /// Returns what to do about it, in one sentence.
    #[must_use]
    pub const fn help(&self) -> &'static str {
        "find out which source gave the same id twice: a test double, a restored snapshot of a process, or a copied record"
    }
}

/// Tells whether an id is among those that are known.
///
/// # Errors
///
/// [`CollisionError`] with both if it is.
///
/// # Examples
///
/// ```
/// use std::collections::HashSet;
/// use unified_id::{ThreadId, collision::detect};
///
/// let thread = ThreadId::new();
/// let known = HashSet::from([thread]);
/// assert!(detect(&ThreadId::new(), &known).is_ok());
/// assert_eq!(detect(&thread, &known).unwrap_err().existing, thread);
/// ```
pub fn detect<T, S>(new: &T, known: &HashSet<T, S>) -> Result<(), CollisionError<T>>
where
    T: Clone + Eq + Hash,
    S: BuildHasher,
{
    match known.get(new) {
        Some(existing) => {
            Err(CollisionError { existing: existing.clone(), new: new.clone(), attempts: 1 })
        }
        None => Ok(()),
    }
}

/// What a [`Detector`] has seen, for monitoring.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CollisionStats {
    /// How many collisions there were.
    pub total_collisions: u64,
    /// How many different ids were involved in them.
    pub unique_ids_involved: u64,
    /// How many ids are known.
    pub known_ids: u64,
}

/// Remembers ids and counts those that come again; threads may share it.
///
/// It keeps every id that it is told of, so it is meant for tests, imports and samples of what a system writes. Forget now
/// and then what cannot come again.
///
/// # Examples
///
/// ```
/// use unified_id::{ThreadId, collision::Detector};
///
/// let detector = Detector::new();
/// let thread = detector.generate_with_retry(3, ThreadId::new)?;
/// assert!(detector.register(thread).is_err());
/// assert_eq!(detector.stats().total_collisions, 1);
/// # Ok::<(), unified_id::collision::CollisionError<ThreadId>>(())
/// ```
#[derive(Debug)]
pub struct Detector<T> {
    seen: Mutex<Seen<T>>,
}

#[derive(Debug)]
struct Seen<T> {
    known: HashSet<T>,
    involved: HashSet<T>,
    collisions: u64,
}

impl<T: Clone + Eq + Hash> Detector<T> {
    /// Makes a detector that knows no id.
    #[must_use]
    pub fn new() -> Self {
        Self::with_known([])
    }

    /// Makes a detector that knows some ids.
    ///
    /// # Examples
    ///
    /// ```
    /// use unified_id::{UserId, collision::Detector};
    ///
    /// let user = UserId::new();
    /// assert!(Detector::with_known([user]).register(user).is_err());
    /// ```
    #[must_use]
    pub fn with_known(known: impl IntoIterator<Item = T>) -> Self {
        let known = known.into_iter().collect();
        Self { seen: Mutex::new(Seen { known, involved: HashSet::new(), collisions: 0 }) }
    }

    /// Takes note of a new id: of several threads that bring the same one, exactly one gets `Ok`.
    ///
    /// # Errors
    ///
    /// [`CollisionError`] with both ids if it is known; the collision is counted.
    pub fn register(&self, new: T) -> Result<(), CollisionError<T>> {
        let mut seen = self.seen();
        match detect(&new, &seen.known) {
            Ok(()) => {
                seen.known.insert(new);
                Ok(())
            }
            Err(error) => {
                seen.count(&error);
                Err(error)
            }
        }
    }

    /// Counts a collision that was found elsewhere, a unique key of a database for example.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::collections::HashSet;
    /// use unified_id::{JobId, collision::{Detector, detect}};
    ///
    /// let job = JobId::new();
    /// let detector = Detector::new();
    /// if let Err(collision) = detect(&job, &HashSet::from([job])) {
    ///     detector.count(&collision);
    /// }
    /// assert_eq!(detector.stats().unique_ids_involved, 1);
    /// ```
    pub fn count(&self, collision: &CollisionError<T>) {
        self.seen().count(collision);
    }

    /// Makes ids until one is new, and takes note of it.
    ///
    /// `generate` is called at least once and at most `max_attempts` times, without the lock being held.
    ///
    /// # Errors
    ///
    /// [`CollisionError`] with the last pair if none was new; each attempt is counted.
    ///
    /// # Examples
    ///
    /// ```
    /// use unified_id::{JobId, collision::Detector};
    ///
    /// let job = JobId::new();
    /// let detector = Detector::with_known([job]);
    /// // A broken source that always gives the same.
    /// let error = detector.generate_with_retry(3, || job).unwrap_err();
    /// assert_eq!((error.existing, error.new, error.attempts), (job, job, 3));
    /// assert_eq!(detector.stats().total_collisions, 3);
    /// ```
    pub fn generate_with_retry(
        &self,
        max_attempts: u32,
        mut generate: impl FnMut() -> T,
    ) -> Result<T, CollisionError<T>> {
        let mut attempts = 1;
        loop {
            let new = generate();
            match self.register(new.clone()) {
                Ok(()) => return Ok(new),
                Err(error) if attempts >= max_attempts => {
                    return Err(CollisionError { attempts, ..error });
                }
                Err(_) => attempts += 1,
            }
        }
    }

    /// Returns what was seen so far.
    #[must_use]
    pub fn stats(&self) -> CollisionStats {
        let seen = self.seen();
        CollisionStats {
            total_collisions: seen.collisions,
            unique_ids_involved: seen.involved.len() as u64,
            known_ids: seen.known.len() as u64,
        }
    }

    /// Forgets the known ids for which `keep` is `false`; the counters stay.
    ///
    /// # Examples
    ///
    /// ```
    /// use unified_id::{JobId, collision::Detector};
    ///
    /// let detector = Detector::with_known([JobId::new()]);
    /// detector.retain(|_| false);
    /// assert_eq!(detector.stats().known_ids, 0);
    /// ```
    pub fn retain(&self, keep: impl FnMut(&T) -> bool) {
        self.seen().known.retain(keep);
    }

    /// Each change of the sets is a single call, so a thread that panicked in between left nothing half done.
    fn seen(&self) -> MutexGuard<'_, Seen<T>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: Clone + Eq + Hash> Default for Detector<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Clone + Eq + Hash> Seen<T> {
    fn count(&mut self, collision: &CollisionError<T>) {
        self.collisions += 1;
        self.involved.insert(collision.existing.clone());
        self.involved.insert(collision.new.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Core, JobId};

    #[test]
    fn the_expected_number_is_known_at_some_points() {
        // Two processes, one id a millisecond, one second: 1000 pairs of ids.
        let expected = 1000.0 / 2_f64.powi(73);
        assert!((expected_collisions(2, 1000.0, 1.0) / expected - 1.0).abs() < 1e-12);
        let year = 365.25 * 86_400.0;
        assert!((expected_collisions(1_000, 10_000.0, year) / 1.669e-4 - 1.0).abs() < 1e-3);
        // Twice the time is twice as many, twice the rate four times.
        let one = expected_collisions(7, 300.0, 60.0);
        assert!((expected_collisions(7, 300.0, 120.0) / one - 2.0).abs() < 1e-12);
        assert!((expected_collisions(7, 600.0, 60.0) / one - 4.0).abs() < 1e-12);
        for nothing in [
            expected_collisions(0, 1.0, 1.0),
            expected_collisions(1, 1.0, 1.0),
            expected_collisions(9, -1.0, 1.0),
            expected_collisions(9, f64::NAN, 1.0),
            expected_collisions(9, 1.0, f64::NEG_INFINITY),
        ] {
            assert!(nothing.abs() < f64::MIN_POSITIVE);
        }
    }

    #[test]
    fn the_share_of_the_counter_is_never_taken_too_small() {
        // All pairs of starts below `STARTS`, and how many counters two runs of ids then have in common.
        const STARTS: u32 = 64;
        for (first_ids, second_ids) in [(1, 1), (3, 2), (5, 5), (1, 9)] {
            let mut equal = 0;
            for (first, second) in
                (0..STARTS).flat_map(|first| (0..STARTS).map(move |second| (first, second)))
            {
                let end = (first + first_ids).min(second + second_ids);
                equal += end.saturating_sub(first.max(second));
            }
            let expected = f64::from(equal) / f64::from(STARTS * STARTS);
            let formula = f64::from(first_ids * second_ids) / f64::from(STARTS);
            assert!(expected <= formula && expected > 0.9 * formula, "{expected} of {formula}");
        }
    }

    #[test]
    fn one_of_several_threads_gets_an_id() {
        let detector = Detector::new();
        let registered: usize = std::thread::scope(|scope| {
            let register =
                || (0..10_000).filter(|value| detector.register(Core::from_u128(*value)).is_ok());
            let threads = [(); 4].map(|()| scope.spawn(move || register().count()));
            threads.into_iter().map(|thread| thread.join().unwrap()).sum()
        });
        assert_eq!(registered, 10_000);
        let stats = detector.stats();
        assert_eq!((stats.known_ids, stats.total_collisions), (10_000, 30_000));
        assert_eq!(stats.unique_ids_involved, 10_000);
    }

    #[test]
    fn a_source_that_recovers_is_asked_again_and_none_is_asked_too_often() {
        let job = |value| JobId::from_core(Core::from_u128(value));
        let detector = Detector::with_known([job(1)]);
        let mut values = [1, 1, 2].into_iter();
        let new = detector.generate_with_retry(3, || job(values.next().unwrap())).unwrap();
        assert_eq!(new, job(2));
        let mut asked = 0;
        let error = detector
            .generate_with_retry(0, || {
                asked += 1;
                job(2)
            })
            .unwrap_err();
        assert_eq!((asked, error.attempts), (1, 1));
        let stats = detector.stats();
        assert_eq!((stats.total_collisions, stats.unique_ids_involved), (3, 2));
        assert_eq!(
            error.to_string(),
            "the id `job_00000000000000000000000002` collides with `job_00000000000000000000000002`, which was there before"
        );
    }

    #[test]
    fn a_panic_in_one_thread_does_not_stop_the_others() {
        let detector = Detector::with_known([1]);
        let panicked = std::thread::scope(|scope| {
            scope.spawn(|| detector.retain(|_| panic!("on purpose"))).join().is_err()
        });
        assert!(panicked && detector.register(2).is_ok());
    }
}
