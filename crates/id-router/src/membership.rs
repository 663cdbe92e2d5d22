//! What an identity may do: asked of the application, never read from an id.
//!
//! Invariant: the router holds no lock while it asks, so an answer may take its time and may call the router. Next:
//! `config.rs`.

use unified_id::ThreadKey;

use crate::Identity;

/// The application's rights.
///
/// Asked when a connection subscribes, for every event before it is put into the queue of a connection, and once more when it
/// is taken out: who lost a right while an event was waiting does not get it. A scope in an id says where an event
/// belongs, not that its sender may send it; that is asked here too.
///
/// A panic counts as a refusal for whoever asked; nothing is delivered then.
pub trait Membership: Send + Sync {
    /// Tells whether a user may get what is sent to a thread of its own tenant.
    fn may_read(&self, who: &Identity, thread: &ThreadKey) -> bool;

    /// Tells whether a user may send to a thread of its own tenant. Without an answer of its own: who may read.
    fn may_write(&self, who: &Identity, thread: &ThreadKey) -> bool {
        self.may_read(who, thread)
    }
}

/// Lets a closure be the rights, the same for reading and writing.
///
/// # Examples
///
/// ```
/// use id_router::{Config, Router};
///
/// // Every user may use the threads whose key begins with nothing but the user's own name.
/// let router = Router::new(Config::default(), |who: &id_router::Identity, thread: &unified_id::ThreadKey| {
///     thread.as_text() == Some(&who.user().to_string())
/// });
/// assert_eq!(router.stats().connections, 0);
/// ```
impl<F: Fn(&Identity, &ThreadKey) -> bool + Send + Sync> Membership for F {
    fn may_read(&self, who: &Identity, thread: &ThreadKey) -> bool {
        self(who, thread)
    }
}
