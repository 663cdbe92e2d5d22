//! What became of an event, and the counters of all outcomes.
//!
//! Invariant: every event that comes in has exactly one outcome, so that the outcomes add up to what came in, also where
//! the application's code panics. Next: `record.rs`, what is logged of it.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use unified_id::{Candidates, ThreadKey, Unknown};

/// What became of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "an event that was not delivered has to be handled"]
pub enum Outcome {
    /// It is in the queues of `n` connections, at least one.
    Delivered {
        /// How many connections.
        n: usize,
    },
    /// No connection is there, but one was lost a short while ago, and gets the event when it resumes.
    Queued,
    /// Nobody gets it.
    NoSubscriber,
    /// It was refused.
    Rejected {
        /// Why.
        why: Rejected,
    },
}

/// Why an event was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rejected {
    /// The id can be read as an id of several threads, or of none.
    Ambiguous {
        /// Between which the text does not decide.
        candidates: Candidates,
    },
    /// The id names no thread that is known here.
    Unknown {
        /// Why not.
        why: Unknown,
    },
    /// The sender may not send to this thread.
    NotAllowed,
    /// The payload claims to come from another user than the connection's.
    ForeignUser,
    /// The body is too long.
    TooLarge,
    /// The sender's connection is closed.
    Closed,
    /// The router stops.
    Draining,
    /// The application's [`Membership`](crate::Membership) panicked.
    Failed,
}

impl Rejected {
    /// Returns a short stable name, such as `not_allowed`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Ambiguous { .. } => "ambiguous",
            Self::Unknown { .. } => "unknown",
            Self::NotAllowed => "not_allowed",
            Self::ForeignUser => "foreign_user",
            Self::TooLarge => "too_large",
            Self::Closed => "closed",
            Self::Draining => "draining",
            Self::Failed => "failed",
        }
    }
}

/// Why a connection, a subscription or a mapping was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refused {
    /// The user may not read this thread.
    #[error("not allowed on this thread")]
    NotAllowed,
    /// As many as the limit of this name allows are there.
    #[error("the limit `{limit}` is reached")]
    Limit {
        /// The name of the field of [`Limits`](crate::Limits).
        limit: &'static str,
    },
    /// The text cannot be a mapping: it is empty, too long, or an id of a thread or user of this format.
    #[error("this text is no id that could be mapped to a thread")]
    NotMappable,
    /// The id is mapped to another thread already.
    #[error("mapped to the thread `{thread}` already")]
    Conflict {
        /// That thread.
        thread: ThreadKey,
    },
    /// The connection is closed.
    #[error("the connection is closed")]
    Closed,
    /// The router stops.
    #[error("the router is draining")]
    Draining,
}

impl Refused {
    /// Returns a short stable name, such as `not_allowed`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotAllowed => "not_allowed",
            Self::Limit { .. } => "limit",
            Self::NotMappable => "not_mappable",
            Self::Conflict { .. } => "conflict",
            Self::Closed => "closed",
            Self::Draining => "draining",
        }
    }

    /// Returns what to do, in one sentence.
    #[must_use]
    pub const fn help(&self) -> &'static str {
        match self {
            Self::NotAllowed => "ask for membership of the thread, or check its spelling",
            Self::Limit { .. } => "close what is not needed any more, or raise the limit",
            Self::NotMappable => {
                "record the id of a run, message or tool; a thread's id says its thread itself"
            }
            Self::Conflict { .. } => {
                "record a run once, where it is made; a mapping is never overwritten"
            }
            Self::Closed => "connect again and resume after the last position",
            Self::Draining => "connect to another server, or again in a moment",
        }
    }
}

macro_rules! counters {
    ($(#[$of:meta])* $name:ident, $atomics:ident: $($(#[$doc:meta])* $field:ident),* $(,)?) => {
        $(#[$of])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        #[non_exhaustive]
        pub struct $name {
            $($(#[$doc])* pub $field: u64,)*
        }

        #[derive(Debug, Default)]
        pub(crate) struct $atomics {
            $(pub(crate) $field: AtomicU64,)*
        }

        impl $atomics {
            pub(crate) fn read(&self) -> $name {
                $name { $($field: self.$field.load(Relaxed),)* }
            }
        }
    };
}

counters! {
    /// How many events came in, and what became of them. The sums hold whenever no call is under way.
    ///
    /// Of the copies that were put into queues, `copies` is the sum of `received`, `dropped`, `withheld`, `discarded` and
    /// [`Stats::queued`](crate::Stats::queued).
    Counters, Atomics:
    /// Events that came in.
    came_in,
    /// Events that were put into the queue of at least one connection.
    delivered,
    /// Events that wait for a lost connection.
    queued,
    /// Events for nobody.
    no_subscriber,
    /// Events that were refused because their id can be read in several ways.
    ambiguous,
    /// Events that were refused because their id names no thread that is known.
    unknown,
    /// Events that were refused because their sender has no right to the thread.
    not_allowed,
    /// Events that were refused because they claim another user.
    foreign_user,
    /// Events that were refused because they are too long.
    too_large,
    /// Events that were refused because their sender's connection is closed.
    closed,
    /// Events that were refused because the router stops.
    draining,
    /// Events that were refused because the application's rights panicked.
    failed,
    /// Copies that were put into queues.
    copies,
    /// Copies that were taken out of queues by their connections.
    received,
    /// Copies that were dropped because a queue was full.
    dropped,
    /// Copies that were withheld because their reader lost the right.
    withheld,
    /// Copies that were in the queue of a subscription or connection that ended.
    discarded,
}

impl Counters {
    /// Returns how many events were refused, for whatever reason.
    #[must_use]
    pub const fn rejected(&self) -> u64 {
        self.ambiguous
            + self.unknown
            + self.not_allowed
            + self.foreign_user
            + self.too_large
            + self.closed
            + self.draining
            + self.failed
    }

    /// Returns the sum of all outcomes: what came in.
    #[must_use]
    pub const fn outcomes(&self) -> u64 {
        self.delivered + self.queued + self.no_subscriber + self.rejected()
    }
}

impl Atomics {
    pub(crate) fn add(counter: &AtomicU64, count: u64) {
        counter.fetch_add(count, Relaxed);
    }

    pub(crate) fn count(&self, outcome: &Outcome) {
        let counter = match outcome {
            Outcome::Delivered { .. } => &self.delivered,
            Outcome::Queued => &self.queued,
            Outcome::NoSubscriber => &self.no_subscriber,
            Outcome::Rejected { why } => match why {
                Rejected::Ambiguous { .. } => &self.ambiguous,
                Rejected::Unknown { .. } => &self.unknown,
                Rejected::NotAllowed => &self.not_allowed,
                Rejected::ForeignUser => &self.foreign_user,
                Rejected::TooLarge => &self.too_large,
                Rejected::Closed => &self.closed,
                Rejected::Draining => &self.draining,
                Rejected::Failed => &self.failed,
            },
        };
        Self::add(counter, 1);
    }
}
