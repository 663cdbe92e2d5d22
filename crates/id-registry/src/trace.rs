//! The trace of an id: what it is, what it is linked with, what happened around it.
//!
//! Every list is bounded and says when it was cut.

use std::sync::Arc;

use crate::entry::{Entry, Listed, Matched};
use crate::reference::Relation;

/// What a trace is to hold.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TraceOptions {
    /// Milliseconds to each side of the id in which neighbours are looked for.
    pub window_ms: u64,
    /// Items in each list; the registry's limit holds in any case.
    pub list: Option<usize>,
}

impl Default for TraceOptions {
    /// One minute to each side.
    fn default() -> Self {
        Self { window_ms: 60_000, list: None }
    }
}

impl TraceOptions {
    /// So many milliseconds to each side.
    #[must_use]
    pub fn around(ms: u64) -> Self {
        Self { window_ms: ms, ..Self::default() }
    }
}

/// Which of two linked ids has the link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "a link has two ends")]
pub enum Direction {
    /// The traced id has it: the other is its parent, run, thread, session or user.
    To,
    /// The other id has it: the traced id is the other's parent, run, thread, session or user.
    From,
}

/// A link of the traced id.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TraceLink {
    /// What the one is to the other, seen from the traced id: a child is what has it as parent.
    pub relation: Relation,
    /// Which of the two has the link.
    pub direction: Direction,
    /// The other id.
    pub id: String,
    /// What is known of the other id; none if it is not registered.
    pub entry: Option<Arc<Entry>>,
}

/// The neighbours in time that one system made.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SystemGroup {
    /// The system.
    pub system: Arc<str>,
    /// Its entries in the order of time, the nearest ones if it was cut.
    pub entries: Listed<Arc<Entry>>,
}

/// All that is known around an id.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Trace {
    /// The traced id.
    pub entry: Arc<Entry>,
    /// How the text led to it.
    pub by: Matched,
    /// Its aliases.
    pub aliases: Listed<String>,
    /// Its links in both directions.
    pub links: Listed<TraceLink>,
    /// Milliseconds to each side in which neighbours were looked for.
    pub window_ms: u64,
    /// Its neighbours in time by system, without itself; none if its time is not certain.
    pub neighbours: Vec<SystemGroup>,
    /// Whether there are more neighbours than were looked at.
    pub neighbours_cut: bool,
}
