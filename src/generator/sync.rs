//! The atomic word of the generator: the standard library's, or the model checker's under `cfg(unified_id_model)`.
//!
//! The model check (`crates/id-model`, run by `cargo xtask test --only model`) is about the generator that ships: only
//! what this module names is exchanged. Invariant: without the cfg this module adds nothing to what it re-exports.

#[cfg(not(unified_id_model))]
pub(super) use core::sync::atomic::{AtomicU64, Ordering};

#[cfg(unified_id_model)]
pub(super) use self::model::AtomicU64;
#[cfg(unified_id_model)]
pub(super) use loom::sync::atomic::Ordering;

/// Tells whether a word has a value, together with all that was done before it got it.
#[inline]
pub(super) fn is_still(word: &AtomicU64, value: u64) -> bool {
    #[cfg(unified_id_model)]
    if model::is_mutated(model::Mutation::UncheckedLease) {
        return true;
    }
    word.load(Ordering::Acquire) == value
}

#[cfg(unified_id_model)]
pub(super) mod model {
    //! Words that the model checker watches, and the faults that it has to find.

    use std::cell::Cell;
    use std::sync::OnceLock;

    use loom::sync::atomic::Ordering;

    /// A fault that is put into the generator, to show that the model check would find it.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Mutation {
        /// A compare-and-swap or an addition is a load and a store.
        PlainStore,
        /// A lease is used without looking whether another thread took states since.
        UncheckedLease,
        /// No access orders any other.
        RelaxedOrder,
    }

    std::thread_local! {
        // The checker runs all threads of a model on the one thread that called it.
        static MUTATION: Cell<Option<Mutation>> = const { Cell::new(None) };
    }

    /// Puts a fault into all generators of this thread.
    pub fn mutate(mutation: Option<Mutation>) {
        MUTATION.set(mutation);
    }

    /// Tells whether a fault was put in.
    pub(in crate::generator) fn is_mutated(mutation: Mutation) -> bool {
        MUTATION.get() == Some(mutation)
    }

    fn effective(order: Ordering) -> Ordering {
        if is_mutated(Mutation::RelaxedOrder) { Ordering::Relaxed } else { order }
    }

    /// A word of the checker that, unlike the checker's own, can be made in a constant: it is registered when it is first
    /// used, which a model has to do before it starts threads.
    #[derive(Debug)]
    pub(in crate::generator) struct AtomicU64 {
        initial: u64,
        word: OnceLock<loom::sync::atomic::AtomicU64>,
    }

    impl AtomicU64 {
        pub(in crate::generator) const fn new(initial: u64) -> Self {
            Self { initial, word: OnceLock::new() }
        }

        fn word(&self) -> &loom::sync::atomic::AtomicU64 {
            self.word.get_or_init(|| loom::sync::atomic::AtomicU64::new(self.initial))
        }

        pub(in crate::generator) fn load(&self, order: Ordering) -> u64 {
            self.word().load(effective(order))
        }

        pub(in crate::generator) fn store(&self, value: u64, order: Ordering) {
            self.word().store(value, effective(order));
        }

        pub(in crate::generator) fn swap(&self, value: u64, order: Ordering) -> u64 {
            self.word().swap(value, effective(order))
        }

        pub(in crate::generator) fn fetch_add(&self, value: u64, order: Ordering) -> u64 {
            if is_mutated(Mutation::PlainStore) {
                let found = self.word().load(Ordering::Acquire);
                self.word().store(found + value, Ordering::Release);
                return found;
            }
            self.word().fetch_add(value, effective(order))
        }

        pub(in crate::generator) fn fetch_max(&self, value: u64, order: Ordering) -> u64 {
            self.word().fetch_max(value, effective(order))
        }

        pub(in crate::generator) fn compare_exchange(
            &self,
            current: u64,
            new: u64,
            success: Ordering,
            failure: Ordering,
        ) -> Result<u64, u64> {
            if is_mutated(Mutation::PlainStore) {
                let found = self.word().load(Ordering::Acquire);
                if found == current {
                    self.word().store(new, Ordering::Release);
                    return Ok(found);
                }
                return Err(found);
            }
            self.word().compare_exchange(current, new, effective(success), effective(failure))
        }

        pub(in crate::generator) fn compare_exchange_weak(
            &self,
            current: u64,
            new: u64,
            success: Ordering,
            failure: Ordering,
        ) -> Result<u64, u64> {
            self.compare_exchange(current, new, success, failure)
        }
    }
}
