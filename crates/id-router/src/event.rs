//! What a connection gets: events with their place in the thread, and honest markers where something is missing.
//!
//! Invariant: within one epoch of a thread the numbers of its events have no hole that is not reported as a [`Gap`]. Next:
//! `queue.rs`, where they wait.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use unified_id::{Core, ThreadKey};

use crate::User;

/// The place of an event in its thread: what a client keeps, and gives back to resume after it.
///
/// An epoch begins when the router begins to keep a thread; another epoch says that events may be missing. As text
/// `<epoch>.<number>`.
///
/// # Examples
///
/// ```
/// use id_router::Position;
///
/// let position: Position = "01m7wqt1fbff4sq3bgc5bhn9e0.17".parse()?;
/// assert_eq!(position.number(), 17);
/// assert_eq!(position.to_string(), "01m7wqt1fbff4sq3bgc5bhn9e0.17");
/// assert!("01m7wqt1fbff4sq3bgc5bhn9e0.+17".parse::<Position>().is_err());
/// # Ok::<(), id_router::PositionError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Position {
    pub(crate) epoch: Core,
    pub(crate) number: u64,
}

impl Position {
    /// Returns the number of the event in its epoch, from 1; 0 stands before the first.
    #[must_use]
    pub const fn number(&self) -> u64 {
        self.number
    }

    /// Tells whether both are of one epoch, so that their numbers can be compared.
    #[must_use]
    pub fn is_comparable(&self, other: &Self) -> bool {
        self.epoch == other.epoch
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.epoch, self.number)
    }
}

/// A text is no position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("invalid position: not `<epoch>.<number>` as an event gave it")]
pub struct PositionError;

impl FromStr for Position {
    type Err = PositionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (epoch, number) = text.split_once('.').ok_or(PositionError)?;
        // A sign or a leading zero would be another spelling of the same place.
        if number.starts_with('+') || (number.len() > 1 && number.starts_with('0')) {
            return Err(PositionError);
        }
        let epoch = Core::parse(epoch).map_err(|_| PositionError)?;
        Ok(Self { epoch, number: number.parse().map_err(|_| PositionError)? })
    }
}

/// An event of a thread.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Event {
    /// The thread that the event was delivered to.
    pub thread: ThreadKey,
    /// Its place in the thread.
    pub position: Position,
    /// The id that it was sent to, as the sender spelt it.
    pub id: Box<str>,
    /// Who sent it: the identity of the sender's connection.
    pub from: User,
    /// What was sent.
    pub body: Arc<[u8]>,
}

/// Events that a connection does not get.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Gap {
    /// The thread.
    pub thread: ThreadKey,
    /// How many events are missing; `None` if nobody knows any more.
    pub missed: Option<u64>,
    /// The place after which the connection goes on.
    pub until: Position,
}

/// Why a subscription has ended without the connection's doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Ended {
    /// The user may no longer read the thread.
    Revoked,
    /// The thread was closed.
    ThreadClosed,
}

/// Why a connection is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Closed {
    /// The connection itself said so.
    Left,
    /// Its queue was full, and the policy is to close.
    Overflow,
    /// The user was shut out.
    Revoked,
    /// The router stops.
    Draining,
}

/// What comes out of a connection's queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// An event.
    Event(Arc<Event>),
    /// Events are missing here.
    Gap(Gap),
    /// A subscription has ended.
    Ended {
        /// The thread.
        thread: ThreadKey,
        /// Why.
        why: Ended,
    },
    /// Nothing comes any more.
    Closed(Closed),
}
