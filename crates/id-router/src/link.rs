//! One connection as the router sees it: who it is, its queue, and what it has subscribed to.
//!
//! Order of locks: a user's list, then the subscriptions of a link, then a thread, then a queue; never the other way round.
//! Next: `connection.rs`, what the transport holds of it.

use std::collections::HashMap;
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use unified_id::ThreadKey;

use crate::Identity;
use crate::event::Ended;
use crate::queue::{Queue, SubscriptionId};
use crate::tenant::{TenantState, release};
use crate::thread::Thread;

#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) identity: Identity,
    pub(crate) tenant: Arc<TenantState>,
    pub(crate) user: Arc<UserState>,
    pub(crate) queue: Queue,
    subscriptions: Mutex<HashMap<ThreadKey, Subscription>>,
}

#[derive(Debug)]
pub(crate) struct Subscription {
    pub(crate) id: SubscriptionId,
    pub(crate) thread: Arc<Thread>,
}

/// What all connections of one user share.
#[derive(Debug, Default)]
pub(crate) struct UserState {
    links: Mutex<Vec<Weak<Link>>>,
    pub(crate) subscriptions: AtomicUsize,
}

impl Link {
    pub(crate) fn new(
        identity: Identity,
        tenant: Arc<TenantState>,
        user: Arc<UserState>,
        queue: Queue,
    ) -> Self {
        Self { identity, tenant, user, queue, subscriptions: Mutex::default() }
    }

    pub(crate) fn subscriptions(&self) -> MutexGuard<'_, HashMap<ThreadKey, Subscription>> {
        self.subscriptions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Link {
    /// Undoes a subscription that was taken out of the link's; gives how many events of it were waiting.
    pub(crate) fn let_go(&self, of: &Subscription, notice: Option<(ThreadKey, Ended)>) -> u64 {
        of.thread.lock().remove(of.id);
        self.tenant.bury(&of.thread);
        release(&self.user.subscriptions, 1);
        release(&self.tenant.subscription_count, 1);
        // After the thread has let go of it, nothing new comes into the queue.
        self.queue.end(of.id, notice)
    }
}

impl UserState {
    pub(crate) fn links(&self) -> MutexGuard<'_, Vec<Weak<Link>>> {
        self.links.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the user's open connections.
    pub(crate) fn open_links(&self) -> Vec<Arc<Link>> {
        self.links().iter().filter_map(Weak::upgrade).collect()
    }
}
