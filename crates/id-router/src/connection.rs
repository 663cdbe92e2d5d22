//! What a transport holds of a connection: an inbox to read from, and a handle to act with.
//!
//! Invariant: a connection that is dropped has no trace in any table, but that its threads wait for it to come back. Next:
//! `lib.rs`.

use std::future::poll_fn;
use std::ops::Deref;
use std::sync::Arc;
use std::task::{Context, Poll};

use unified_id::{ThreadId, ThreadKey};

use crate::event::{Closed, Item, Position};
use crate::link::Link;
use crate::outcome::{Outcome, Refused};
use crate::router::Shared;
use crate::{Identity, record};

/// Where an event is sent: the text of an id in any format, or a thread.
///
/// A user is no target; this does not compile:
///
/// ```compile_fail
/// # use id_router::Target;
/// # use unified_id::UserId;
/// let target: Target<'_> = UserId::new().into();
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target<'a> {
    /// The id of a run, message or tool, of a thread itself, or of anything that holds a thread.
    Id(&'a str),
    /// A thread by its key.
    Thread(ThreadKey),
}

impl<'a> From<&'a str> for Target<'a> {
    fn from(id: &'a str) -> Self {
        Self::Id(id)
    }
}

impl<'a> From<&'a String> for Target<'a> {
    fn from(id: &'a String) -> Self {
        Self::Id(id)
    }
}

impl From<ThreadKey> for Target<'_> {
    fn from(thread: ThreadKey) -> Self {
        Self::Thread(thread)
    }
}

impl From<ThreadId> for Target<'_> {
    fn from(thread: ThreadId) -> Self {
        Self::Thread(thread.into())
    }
}

/// An event that is to be sent.
///
/// # Examples
///
/// ```
/// use id_router::Publication;
///
/// let publication = Publication::new("run_user123_a1b2c3d4", *b"{}").claiming(Some("alice"));
/// assert_eq!(publication.user, Some("alice"));
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Publication<'a> {
    /// Where to.
    pub to: Target<'a>,
    /// The user that the payload names as its sender, if it names one. It has to be the connection's own.
    pub user: Option<&'a str>,
    /// What is sent.
    pub body: Arc<[u8]>,
}

impl<'a> Publication<'a> {
    /// Makes an event whose payload names no sender.
    pub fn new(to: impl Into<Target<'a>>, body: impl Into<Arc<[u8]>>) -> Self {
        Self { to: to.into(), user: None, body: body.into() }
    }

    /// Says which user the payload names as its sender.
    #[must_use]
    pub fn claiming(mut self, user: Option<&'a str>) -> Self {
        self.user = user;
        self
    }
}

/// Acts for a connection: publishes and subscribes with its identity. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Handle {
    pub(crate) shared: Arc<Shared>,
    pub(crate) link: Arc<Link>,
}

impl Handle {
    /// Returns who the connection belongs to.
    #[must_use]
    pub fn identity(&self) -> &Identity {
        &self.link.identity
    }

    /// Subscribes to a thread of the connection's tenant, and resumes after a place if one is given.
    ///
    /// Returns the place of the thread's last event. What came after the given place comes out of the queue first, or a
    /// [`Gap`](crate::Gap) where it is not kept any more. On a thread that is subscribed to already nothing happens.
    ///
    /// # Errors
    ///
    /// [`NotAllowed`](Refused::NotAllowed) if the user may not read the thread, [`Limit`](Refused::Limit) if there are too
    /// many subscriptions, [`Closed`](Refused::Closed) and [`Draining`](Refused::Draining).
    pub fn subscribe(
        &self,
        thread: impl Into<ThreadKey>,
        after: Option<Position>,
    ) -> Result<Position, Refused> {
        let thread = thread.into();
        let result = self.shared.subscribe(&self.link, &thread, after);
        if let Err(why) = &result {
            record::refused(
                self.link.identity.tenant(),
                Some(self.link.identity.user()),
                "subscription",
                &thread.to_string(),
                why,
            );
        }
        result
    }

    /// Ends a subscription; what waits of it in the queue is discarded. `false` if there was none.
    #[expect(clippy::must_use_candidate, reason = "called for what it does")]
    pub fn unsubscribe(&self, thread: &ThreadKey) -> bool {
        self.shared.unsubscribe(&self.link, thread)
    }

    /// Sends an event as the connection's user.
    pub fn publish(&self, publication: &Publication<'_>) -> Outcome {
        self.shared.publish(
            &self.link.tenant,
            &self.link.identity,
            Some(&self.link),
            publication,
            None,
        )
    }

    /// Returns how many events wait in the queue.
    #[must_use]
    pub fn queued(&self) -> usize {
        self.link.queue.len()
    }
}

/// An open connection: dereferences to its [`Handle`], and gives what comes for it.
///
/// Dropped, it counts as lost: its threads are kept a while for it to come back. [`leave`](Self::leave) says that it does not.
#[derive(Debug)]
pub struct Connection {
    pub(crate) handle: Handle,
}

impl Connection {
    /// Returns a handle that acts for this connection from elsewhere.
    #[must_use]
    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }

    /// Returns what comes next, if it is there already.
    ///
    /// After [`Item::Closed`] nothing else comes.
    pub fn try_next(&mut self) -> Option<Item> {
        self.shared.next(&self.link)
    }

    /// Returns what comes next, as soon as it is there.
    pub fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Item> {
        self.shared.poll_next(&self.link, cx.waker()).map_or(Poll::Pending, Poll::Ready)
    }

    /// Waits for what comes next, on any executor. May be dropped at any time without losing anything.
    pub async fn next(&mut self) -> Item {
        poll_fn(|cx| self.poll_next(cx)).await
    }

    /// Closes the connection for good: nothing is kept for it.
    pub fn leave(self) {
        self.shared.disconnect(&self.link, Closed::Left, false, true);
    }
}

impl Deref for Connection {
    type Target = Handle;

    fn deref(&self) -> &Handle {
        &self.handle
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.shared.disconnect(&self.link, Closed::Left, true, true);
    }
}
