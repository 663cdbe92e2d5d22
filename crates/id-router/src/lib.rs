//! Delivers events to the connections of the thread that their id names: the core of a WebSocket server without the
//! sockets.
//!
//! An application hands in connections with the identity that it has authenticated, and events with the id of a run, message,
//! tool or thread in any format. The route is that of [`unified_id::Route`]: by mapping, by the id itself, by an unambiguous
//! legacy reading; never a guess. Rights are the application's ([`Membership`]), asked when a connection subscribes, for every
//! delivery, and of every sender.
//!
//! ```
//! use id_router::{Config, Identity, Item, Outcome, Publication, Rejected, Router};
//! use unified_id::{ThreadKey, UnifiedId};
//!
//! let (thread, foreign) = (UnifiedId::thread(), UnifiedId::thread());
//! let mine = ThreadKey::from(thread);
//! let router = Router::new(Config::default(), move |_: &Identity, thread: &ThreadKey| *thread == mine);
//!
//! let mut alice = router.connect(Identity::new("acme".parse()?, "alice"))?;
//! alice.subscribe(thread, None)?;
//!
//! let run = UnifiedId::run(thread).to_string();
//! let body = br#"{"text":"hello"}"#;
//! assert_eq!(alice.publish(&Publication::new(&run, *body)), Outcome::Delivered { n: 1 });
//! let Some(Item::Event(event)) = alice.try_next() else { panic!() };
//! assert_eq!((&*event.id, event.position.number(), &*event.body), (&*run, 1, &body[..]));
//!
//! // Anybody can write the id of a run on a foreign thread. Nobody gets the event.
//! let forged = UnifiedId::run(foreign).to_string();
//! let outcome = alice.publish(&Publication::new(&forged, *body));
//! assert_eq!(outcome, Outcome::Rejected { why: Rejected::NotAllowed });
//! assert_eq!(router.counters().outcomes(), router.counters().came_in);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Start with [`Router`], [`Connection`] and [`Config`]. Nothing here is async but [`Connection::next`], which runs on any
//! executor; there is no clock, no file and no socket. Every table is bounded by [`Limits`].
#![forbid(unsafe_code)]

mod identity;
mod membership;
mod config;
mod event;
mod queue;
mod thread;
mod link;
mod table;
mod tenant;
mod outcome;
mod record;
mod router;
mod connection;

pub use crate::config::{Config, Limits, Overflow};
pub use crate::connection::{Connection, Handle, Publication, Target};
pub use crate::event::{Closed, Ended, Event, Gap, Item, Position, PositionError};
pub use crate::identity::{Identity, User};
pub use crate::membership::Membership;
pub use crate::outcome::{Counters, Outcome, Refused, Rejected};
pub use crate::router::{Router, Stats};
