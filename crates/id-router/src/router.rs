//! `Router`: connections in, events in, events out; every decision of the delivery stands here.
//!
//! An event goes: bounds and claims (`publish`), the route (`unified_id::Route`), the sender's right, the readers' rights, then
//! under the thread's lock its place and the queues (`deliver`). Invariants: no lock is held while the application is asked;
//! every event has one outcome; what ends gives back everything it counted for.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed, Ordering::SeqCst};
use std::sync::{Arc, PoisonError, RwLock};
use std::task::Waker;

use unified_id::{IdKind, LiveThreads, MappingId, Route, Tenant, ThreadKey, UnifiedId, Unknown};

use crate::config::Config;
use crate::connection::{Connection, Handle, Publication, Target};
use crate::event::{Closed, Ended, Event, Gap, Item, Position};
use crate::link::{Link, Subscription};
use crate::membership::Membership;
use crate::outcome::{Atomics, Counters, Outcome, Refused, Rejected};
use crate::queue::{Pushed, Queue, SubscriptionId, Taken};
use crate::tenant::{TenantState, release, reserve};
use crate::thread::{State, Subscriber, Thread};
use crate::{Identity, User, record};

/// How much there is of what, at this moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Tenants with anything at all.
    pub tenants: usize,
    /// Users with a connection.
    pub users: usize,
    /// Open connections.
    pub connections: usize,
    /// Subscriptions of all connections.
    pub subscriptions: usize,
    /// Live threads.
    pub threads: usize,
    /// Threads that are kept for lost connections.
    pub waiting: usize,
    /// Recorded mappings.
    pub mappings: usize,
    /// Bytes that are kept for resuming.
    pub history_bytes: usize,
    /// Events in the queues of connections.
    pub queued: usize,
}

/// Delivers events to the connections of the thread that their id names. Cheap to clone; all clones are one router.
///
/// # Examples
///
/// See the [crate](crate).
#[derive(Clone, Debug)]
pub struct Router(Arc<Shared>);

pub(crate) struct Shared {
    config: Config,
    membership: Box<dyn Membership>,
    tenants: RwLock<HashMap<Tenant, Arc<TenantState>>>,
    counters: Atomics,
    subscriptions: AtomicU64,
    /// How often was swept.
    round: AtomicU64,
    is_draining: AtomicBool,
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Router").field("config", &self.config).finish_non_exhaustive()
    }
}

impl Router {
    /// Makes a router that asks for rights here.
    #[must_use]
    pub fn new(config: Config, membership: impl Membership + 'static) -> Self {
        Self(Arc::new(Shared {
            config,
            membership: Box::new(membership),
            tenants: RwLock::default(),
            counters: Atomics::default(),
            subscriptions: AtomicU64::new(0),
            round: AtomicU64::new(0),
            is_draining: AtomicBool::new(false),
        }))
    }

    /// Returns how the router is set up.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// Opens a connection for an identity that the transport has authenticated.
    ///
    /// # Errors
    ///
    /// [`Limit`](Refused::Limit) if the user or the tenant has too many connections, [`Draining`](Refused::Draining).
    pub fn connect(&self, identity: Identity) -> Result<Connection, Refused> {
        let (tenant, user) = (identity.tenant().clone(), identity.user().clone());
        match self.0.connect(identity) {
            Ok(link) => Ok(Connection { handle: Handle { shared: Arc::clone(&self.0), link } }),
            Err(why) => {
                record::refused(&tenant, Some(&user), "connection", "", &why);
                Err(why)
            }
        }
    }

    /// Sends an event for an identity that has no connection here, such as a service.
    pub fn publish(&self, who: &Identity, publication: &Publication<'_>) -> Outcome {
        let tenant = self.0.tenant_or_new(who.tenant());
        let outcome = self.0.publish(&tenant, who, None, publication, None);
        self.0.forget_tenant(tenant);
        outcome
    }

    /// Sends events in order, as [`publish`](Self::publish) does each, for a service that gets them in batches: eight ids are
    /// read at a time, so that a large table of mappings or threads is not waited for at each of them. Returns an outcome for
    /// each.
    ///
    /// # Examples
    ///
    /// ```
    /// use id_router::{Config, Identity, Outcome, Publication, Router};
    /// use unified_id::{Tenant, ThreadKey};
    ///
    /// let router = Router::new(Config::default(), |_: &Identity, _: &ThreadKey| true);
    /// let acme: Tenant = "acme".parse()?;
    /// let alice = router.connect(Identity::new(acme.clone(), "alice"))?;
    /// alice.subscribe(ThreadKey::parse("user123")?, None)?;
    ///
    /// let service = Identity::new(acme, "agents");
    /// let events = ["run_user123_a1b2c3d4", "run_user123_b1b2c3d4"].map(|run| Publication::new(run, *b"{}"));
    /// assert_eq!(router.publish_all(&service, &events), [Outcome::Delivered { n: 1 }, Outcome::Delivered { n: 1 }]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[expect(clippy::must_use_candidate, reason = "called for what it does")]
    pub fn publish_all(&self, who: &Identity, publications: &[Publication<'_>]) -> Vec<Outcome> {
        let tenant = self.0.tenant_or_new(who.tenant());
        let outcomes = self.0.publish_all(&tenant, who, publications);
        self.0.forget_tenant(tenant);
        outcomes
    }

    /// Lets a caller look at what is live in a tenant, for instance to ask where an id would lead. `None` if nothing is.
    ///
    /// # Examples
    ///
    /// ```
    /// use id_router::{Config, Identity, Router};
    /// use unified_id::{Route, ThreadKey};
    ///
    /// let router = Router::new(Config::default(), |_: &Identity, _: &ThreadKey| true);
    /// let (acme, key) = ("acme".parse()?, ThreadKey::parse("user123")?);
    /// router.open_thread(&acme, key.clone())?;
    /// let thread = router.with_live(&acme, |live| {
    ///     Route::resolve("run_user123_a1b2c3d4", live).thread().cloned()
    /// });
    /// assert_eq!(thread, Some(Some(key)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn with_live<T>(
        &self,
        tenant: &Tenant,
        look: impl FnOnce(&dyn LiveThreads) -> T,
    ) -> Option<T> {
        let tenant = self.0.tenant(tenant)?;
        let seen = look(&*tenant);
        self.0.forget_tenant(tenant);
        Some(seen)
    }

    /// Records on which thread a run (or whatever is sent to) was made: the first authority of its route.
    ///
    /// Call it where the run is made, for ids that do not hold their thread or can be read in several ways.
    ///
    /// # Errors
    ///
    /// [`Conflict`](Refused::Conflict) if another thread is recorded already, [`NotMappable`](Refused::NotMappable) if the
    /// text is empty, longer than 512 bytes, or the id of a thread or user of this format, [`Limit`](Refused::Limit).
    pub fn record(
        &self,
        tenant: &Tenant,
        id: &str,
        thread: impl Into<ThreadKey>,
    ) -> Result<(), Refused> {
        let state = self.0.tenant_or_new(tenant);
        let result = mappable(id).and_then(|()| {
            let max = self.0.config.limits.mappings_per_tenant;
            state.map(&MappingId::new(id), &thread.into(), max)
        });
        self.0.forget_tenant(state);
        if let Err(why) = &result {
            record::refused(tenant, None, "mapping", id, why);
        }
        result
    }

    /// Forgets what was recorded of a run, once no event of it can come any more. `false` if nothing was.
    #[expect(clippy::must_use_candidate, reason = "called for what it does")]
    pub fn forget(&self, tenant: &Tenant, id: &str) -> bool {
        let Some(state) = self.0.tenant(tenant) else { return false };
        let was_known = state.unmap(&MappingId::new(id));
        self.0.forget_tenant(state);
        was_known
    }

    /// Declares a thread live although nobody has subscribed to it, until it is closed.
    ///
    /// # Errors
    ///
    /// [`Limit`](Refused::Limit).
    pub fn open_thread(
        &self,
        tenant: &Tenant,
        thread: impl Into<ThreadKey>,
    ) -> Result<(), Refused> {
        let (state, key) = (self.0.tenant_or_new(tenant), thread.into());
        let max = self.0.config.limits.open_threads_per_tenant;
        let result = reserve(&state.open_count, max, "open_threads_per_tenant");
        if result.is_ok() {
            let was_open =
                state.with_thread(&key, |thread| std::mem::replace(&mut thread.is_open, true));
            if was_open {
                release(&state.open_count, 1);
            }
        }
        self.0.forget_tenant(state);
        result
    }

    /// Closes a thread: it is no longer live, and every subscription to it ends. `false` if it was not live.
    #[expect(clippy::must_use_candidate, reason = "called for what it does")]
    pub fn close_thread(&self, tenant: &Tenant, thread: &ThreadKey) -> bool {
        let Some(state) = self.0.tenant(tenant) else { return false };
        let Some(live) = state.thread(thread) else { return false };
        let subscribers = {
            let mut inside = live.lock();
            if std::mem::replace(&mut inside.is_open, false) {
                release(&state.open_count, 1);
            }
            inside.waiting = None;
            std::mem::take(&mut inside.subscribers)
        };
        for subscriber in subscribers.iter() {
            self.0.end(&subscriber.link, thread, subscriber.id, Ended::ThreadClosed);
        }
        state.bury(&live);
        self.0.forget_tenant(state);
        true
    }

    /// Ends a user's subscriptions to a thread, on all connections, and discards what waits of it. Returns how many ended.
    ///
    /// Events are withheld from whoever lost the right also without this call; it tells the user at once.
    #[expect(clippy::must_use_candidate, reason = "called for what it does")]
    pub fn revoke(&self, who: &Identity, thread: &ThreadKey) -> usize {
        let links = self.0.links_of(who);
        let end = |link: &&Arc<Link>| {
            let id = link.subscriptions().get(thread).map(|subscription| subscription.id);
            id.is_some_and(|id| self.0.end(link, thread, id, Ended::Revoked))
        };
        links.iter().filter(end).count()
    }

    /// Closes all connections of a user at once, and discards what waits in their queues. Returns how many were closed.
    #[expect(clippy::must_use_candidate, reason = "called for what it does")]
    pub fn revoke_user(&self, who: &Identity) -> usize {
        let links = self.0.links_of(who);
        let close = |link: &&Arc<Link>| self.0.disconnect(link, Closed::Revoked, false, true);
        links.iter().filter(close).count()
    }

    /// Forgets threads whose lost connections did not come back since the sweep before the last. Call it at regular times:
    /// a lost connection can resume for one to two intervals.
    pub fn sweep(&self) {
        let round = self.0.round.fetch_add(1, Relaxed) + 1;
        for tenant in self.0.all_tenants() {
            tenant.sweep(round);
            self.0.forget_tenant(tenant);
        }
    }

    /// Stops: nothing comes in any more, and every connection gets what waits for it and then
    /// [`Closed::Draining`](Closed::Draining).
    pub fn drain(&self) {
        self.0.is_draining.store(true, SeqCst);
        for tenant in self.0.all_tenants() {
            for user in tenant.all_users() {
                for link in user.open_links() {
                    link.queue.close(Closed::Draining, false);
                }
            }
        }
    }

    /// Returns the counters of all events since the start.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.0.counters.read()
    }

    /// Returns how much there is of what.
    #[must_use]
    pub fn stats(&self) -> Stats {
        let mut stats = Stats::default();
        for tenant in self.0.all_tenants() {
            stats.tenants += 1;
            stats.connections += tenant.connection_count.load(Relaxed);
            stats.subscriptions += tenant.subscription_count.load(Relaxed);
            stats.threads += tenant.thread_count();
            stats.waiting += tenant.waiting_count.load(Relaxed);
            stats.mappings += tenant.mapping_count.load(Relaxed);
            stats.history_bytes += tenant.budget.used.load(Relaxed);
            for user in tenant.all_users() {
                stats.users += 1;
                stats.queued +=
                    user.open_links().iter().map(|link| link.queue.len()).sum::<usize>();
            }
        }
        stats
    }
}

/// Whether the text may be mapped: a thread says its thread itself, and a user has none.
fn mappable(id: &str) -> Result<(), Refused> {
    let is_thread_or_user =
        UnifiedId::parse(id).is_ok_and(|id| matches!(id.kind(), IdKind::Thread | IdKind::User));
    if id.is_empty() || id.len() > unified_id::legacy::MAX_BYTES || is_thread_or_user {
        return Err(Refused::NotMappable);
    }
    Ok(())
}

impl Shared {
    fn tenant(&self, name: &Tenant) -> Option<Arc<TenantState>> {
        self.tenants.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    fn tenant_or_new(&self, name: &Tenant) -> Arc<TenantState> {
        if let Some(state) = self.tenant(name) {
            return state;
        }
        let mut tenants = self.tenants.write().unwrap_or_else(PoisonError::into_inner);
        let new = || Arc::new(TenantState::new(name.clone(), &self.config));
        Arc::clone(tenants.entry(name.clone()).or_insert_with(new))
    }

    fn all_tenants(&self) -> Vec<Arc<TenantState>> {
        self.tenants.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    /// Removes a tenant that holds nothing. The caller's own reference has to be the last beside the table's.
    /// Lets go of a tenant, and forgets it if nobody needs it any more.
    fn forget_tenant(&self, state: Arc<TenantState>) {
        if !state.is_empty() {
            return;
        }
        let mut tenants = self.tenants.write().unwrap_or_else(PoisonError::into_inner);
        // With the table locked nobody can take another reference; whoever has one may be about to fill the tenant. The own
        // one is given back before, so that of several who leave at the same time the last one finds the table's alone.
        let name = state.name.clone();
        drop(state);
        let is_unused =
            |known: &Arc<TenantState>| known.is_empty() && Arc::strong_count(known) == 1;
        if tenants.get(&name).is_some_and(is_unused) {
            tenants.remove(&name);
            if tenants.len() < tenants.capacity() / 8 {
                tenants.shrink_to_fit();
            }
        }
    }

    fn links_of(&self, who: &Identity) -> Vec<Arc<Link>> {
        let Some(tenant) = self.tenant(who.tenant()) else { return Vec::new() };
        let user = tenant.users(who.user()).get(who.user()).cloned();
        user.map_or_else(Vec::new, |user| user.open_links())
    }

    fn connect(&self, identity: Identity) -> Result<Arc<Link>, Refused> {
        let limits = &self.config.limits;
        let tenant = self.tenant_or_new(identity.tenant());
        let link = (|| {
            reserve(
                &tenant.connection_count,
                limits.connections_per_tenant,
                "connections_per_tenant",
            )?;
            let mut users = tenant.users(identity.user());
            // Asked under this lock, which draining takes after it has begun: one of the two sees the other.
            let refusal = if self.is_draining.load(SeqCst) {
                Some(Refused::Draining)
            } else {
                let open = users.get(identity.user()).map_or(0, |user| user.links().len());
                let limit = "connections_per_user";
                (open >= limits.connections_per_user).then_some(Refused::Limit { limit })
            };
            if let Some(refusal) = refusal {
                release(&tenant.connection_count, 1);
                return Err(refusal);
            }
            let user = Arc::clone(users.entry(identity.user().clone()).or_default());
            let queue = Queue::new(limits, self.config.overflow);
            let link = Arc::new(Link::new(identity, Arc::clone(&tenant), Arc::clone(&user), queue));
            user.links().push(Arc::downgrade(&link));
            Ok(link)
        })();
        if link.is_err() {
            self.forget_tenant(tenant);
        }
        link
    }

    /// Ends a connection; `false` if it was ended already.
    pub(crate) fn disconnect(
        &self,
        link: &Arc<Link>,
        why: Closed,
        is_lost: bool,
        discard: bool,
    ) -> bool {
        Atomics::add(&self.counters.discarded, link.queue.close(why, discard));
        let (tenant, who) = (&link.tenant, link.identity.user());
        {
            let mut users = tenant.users(who);
            let mut links = link.user.links();
            let Some(at) =
                links.iter().position(|known| std::ptr::eq(known.as_ptr(), Arc::as_ptr(link)))
            else {
                return false;
            };
            links.swap_remove(at);
            if links.is_empty() {
                users.remove(who);
                if users.capacity() > 64 && users.len() < users.capacity() / 8 {
                    users.shrink_to_fit();
                }
            }
        }
        let subscriptions = std::mem::take(&mut *link.subscriptions());
        for subscription in subscriptions.into_values() {
            let has_left = {
                let mut state = subscription.thread.lock();
                let has_left = state.remove(subscription.id);
                if has_left && is_lost && !state.is_dead {
                    tenant.wait_for(
                        &subscription.thread,
                        &mut state.waiting,
                        self.round.load(Relaxed),
                    );
                }
                has_left
            };
            if has_left {
                tenant.bury(&subscription.thread);
            }
            release(&link.user.subscriptions, 1);
            release(&tenant.subscription_count, 1);
        }
        release(&tenant.connection_count, 1);
        if tenant.is_empty() {
            self.forget_tenant_of(link);
        }
        true
    }

    /// Forgets the tenant of a link that has ended, whose references are the table's and the link's.
    fn forget_tenant_of(&self, link: &Link) {
        let mut tenants = self.tenants.write().unwrap_or_else(PoisonError::into_inner);
        let is_own =
            tenants.get(&link.tenant.name).is_some_and(|known| Arc::ptr_eq(known, &link.tenant));
        if is_own && link.tenant.is_empty() && Arc::strong_count(&link.tenant) == 2 {
            tenants.remove(&link.tenant.name);
        }
    }

    pub(crate) fn subscribe(
        &self,
        link: &Arc<Link>,
        key: &ThreadKey,
        after: Option<Position>,
    ) -> Result<Position, Refused> {
        if self.is_draining.load(Relaxed) {
            return Err(Refused::Draining);
        }
        if link.queue.is_closed() {
            return Err(Refused::Closed);
        }
        if !self.may_read(&link.identity, key) {
            return Err(Refused::NotAllowed);
        }
        // What is there already counts against no limit.
        let known = link.subscriptions().get(key).map(|known| Arc::clone(&known.thread));
        if let Some(thread) = known {
            return Ok(thread.lock().position());
        }
        let limits = &self.config.limits;
        reserve(&link.user.subscriptions, limits.subscriptions_per_user, "subscriptions_per_user")?;
        let reserved = reserve(
            &link.tenant.subscription_count,
            limits.subscriptions_per_tenant,
            "subscriptions_per_tenant",
        );
        let result = reserved.and_then(|()| {
            let result = self.subscribe_reserved(link, key, after);
            if !matches!(result, Ok((_, true))) {
                release(&link.tenant.subscription_count, 1);
            }
            result
        });
        if !matches!(result, Ok((_, true))) {
            release(&link.user.subscriptions, 1);
        }
        result.map(|(position, _)| position)
    }

    /// Gives the place of the last event, and whether the subscription is new.
    fn subscribe_reserved(
        &self,
        link: &Arc<Link>,
        key: &ThreadKey,
        after: Option<Position>,
    ) -> Result<(Position, bool), Refused> {
        let mut joined = Joined::default();
        let result = {
            // Held throughout: a connection that ends meanwhile finds this subscription, or this sees that it has ended.
            let mut subscriptions = link.subscriptions();
            if link.queue.is_closed() {
                return Err(Refused::Closed);
            }
            loop {
                let thread = link.tenant.thread_or_new(key);
                let mut state = thread.lock();
                if state.is_dead {
                    drop(state);
                    link.tenant.remove(&thread);
                    continue;
                }
                if state.subscriber(link).is_some() {
                    return Ok((state.position(), false));
                }
                if state.subscribers.len() >= self.config.limits.subscribers_per_thread {
                    return Err(Refused::Limit { limit: "subscribers_per_thread" });
                }
                let id = SubscriptionId(self.subscriptions.fetch_add(1, Relaxed));
                state.add(Subscriber { id, link: Arc::clone(link) });
                self.catch_up(link, id, &thread, &state, after, &mut joined);
                let position = state.position();
                drop(state);
                subscriptions.insert(key.clone(), Subscription { id, thread });
                break Ok((position, true));
            }
        };
        joined.wakers.into_iter().for_each(Waker::wake);
        if joined.is_cut_off {
            self.disconnect(link, Closed::Overflow, true, false);
        }
        result
    }

    /// Puts what a connection missed into its queue.
    fn catch_up(
        &self,
        link: &Link,
        id: SubscriptionId,
        thread: &Thread,
        state: &State,
        after: Option<Position>,
        joined: &mut Joined,
    ) {
        let Some(after) = after else { return };
        let (mut gap, mut events) = state.since(&thread.key, after);
        // What does not fit is a gap: otherwise who is closed for reading too slowly could never come back.
        if let Some(last) = link.queue.surplus(&events) {
            let missed = gap.as_ref().map_or(Some(0), |gap| gap.missed);
            gap = Some(Gap {
                thread: thread.key.clone(),
                missed: missed.map(|missed| missed + last as u64 + 1),
                until: events[last].position,
            });
            events.drain(..=last);
        }
        if let Some(gap) = gap {
            link.queue.push_gap(id, gap).into(&mut joined.wakers);
        }
        for event in &events {
            let (pushed, wake) = link.queue.push(id, event);
            wake.into(&mut joined.wakers);
            self.count_push(&pushed);
            joined.is_cut_off |= matches!(pushed, Pushed::Overflow { .. });
        }
    }

    pub(crate) fn unsubscribe(&self, link: &Link, key: &ThreadKey) -> bool {
        let Some(subscription) = link.subscriptions().remove(key) else { return false };
        let discarded = link.let_go(&subscription, None);
        Atomics::add(&self.counters.discarded, discarded);
        true
    }

    /// Ends a subscription that the connection did not end itself; `false` if it is gone already.
    fn end(&self, link: &Link, key: &ThreadKey, id: SubscriptionId, why: Ended) -> bool {
        let subscription = {
            let mut subscriptions = link.subscriptions();
            if subscriptions.get(key).is_none_or(|known| known.id != id) {
                return false;
            }
            subscriptions.remove(key)
        };
        let Some(subscription) = subscription else { return false };
        let discarded = link.let_go(&subscription, Some((key.clone(), why)));
        let counter = match why {
            Ended::Revoked => &self.counters.withheld,
            Ended::ThreadClosed => &self.counters.discarded,
        };
        Atomics::add(counter, discarded);
        true
    }

    fn publish_all(
        &self,
        tenant: &TenantState,
        who: &Identity,
        publications: &[Publication<'_>],
    ) -> Vec<Outcome> {
        let ids = publications.iter().filter_map(|publication| match &publication.to {
            Target::Id(id) => Some(*id),
            Target::Thread(_) => None,
        });
        let mut outcomes = Vec::with_capacity(publications.len());
        let mut rest = publications.iter();
        Route::resolve_each(ids, tenant, |_, route| {
            let mut route = Some(route);
            // What goes to a thread by its key keeps its place among those that go by an id.
            for publication in rest.by_ref() {
                let is_id = matches!(publication.to, Target::Id(_));
                let route = if is_id { route.take() } else { None };
                outcomes.push(self.publish(tenant, who, None, publication, route));
                if is_id {
                    break;
                }
            }
        });
        outcomes.extend(rest.map(|publication| self.publish(tenant, who, None, publication, None)));
        outcomes
    }

    /// Sends an event; to the thread of its id, which is looked for unless its route is known.
    pub(crate) fn publish(
        &self,
        tenant: &TenantState,
        who: &Identity,
        link: Option<&Link>,
        publication: &Publication<'_>,
        route: Option<Route<'_>>,
    ) -> Outcome {
        Atomics::add(&self.counters.came_in, 1);
        let is_closed = link.is_some_and(|link| link.queue.is_closed());
        // Only the application can panic, and only while it is asked: before anything has been changed.
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            self.decide(tenant, who, is_closed, publication, route)
        }));
        let outcome = outcome.unwrap_or(Outcome::Rejected { why: Rejected::Failed });
        self.counters.count(&outcome);
        match &publication.to {
            Target::Id(id) => record::outcome(who, id, &outcome),
            Target::Thread(thread) if matches!(outcome, Outcome::Rejected { .. }) => {
                record::outcome(who, &thread.to_string(), &outcome);
            }
            Target::Thread(_) => {}
        }
        outcome
    }

    fn decide(
        &self,
        tenant: &TenantState,
        who: &Identity,
        is_closed: bool,
        publication: &Publication<'_>,
        route: Option<Route<'_>>,
    ) -> Outcome {
        let rejected = |why| Outcome::Rejected { why };
        if self.is_draining.load(Relaxed) {
            return rejected(Rejected::Draining);
        }
        if is_closed {
            return rejected(Rejected::Closed);
        }
        if publication.body.len() > self.config.limits.body_bytes {
            return rejected(Rejected::TooLarge);
        }
        if publication.user.is_some_and(|claimed| !who.user().is(claimed)) {
            return rejected(Rejected::ForeignUser);
        }
        let thread = match &publication.to {
            Target::Thread(thread) => thread.clone(),
            Target::Id(id) => match route.unwrap_or_else(|| Route::resolve(id, tenant)) {
                Route::Thread { key, .. } => key.into_thread(),
                Route::Ambiguous { candidates } => {
                    return rejected(Rejected::Ambiguous { candidates });
                }
                // Who has no right to a thread does not learn from the answer whether it is live.
                Route::Unknown { why: Unknown::NotLive(thread) }
                    if !self.membership.may_write(who, &thread) =>
                {
                    return rejected(Rejected::NotAllowed);
                }
                Route::Unknown { why } => return rejected(Rejected::Unknown { why }),
            },
        };
        if !self.membership.may_write(who, &thread) {
            return rejected(Rejected::NotAllowed);
        }
        let id = match &publication.to {
            Target::Id(id) => Cow::Borrowed(*id),
            Target::Thread(thread) => Cow::Owned(thread.to_string()),
        };
        self.deliver(tenant, who.user(), &thread, &id, &publication.body)
    }

    fn deliver(
        &self,
        tenant: &TenantState,
        from: &User,
        key: &ThreadKey,
        id: &str,
        body: &Arc<[u8]>,
    ) -> Outcome {
        loop {
            let Some(thread) = tenant.thread(key) else { return Outcome::NoSubscriber };
            let readers = Arc::clone(&thread.lock().subscribers);
            let may_not =
                |reader: &&Subscriber| !self.membership.may_read(&reader.link.identity, key);
            let denied: Vec<Subscriber> = readers.iter().filter(may_not).cloned().collect();
            drop(readers);
            // Ended before the event gets its place, so that nobody who was denied is among its readers.
            for reader in &denied {
                self.end(&reader.link, key, reader.id, Ended::Revoked);
            }
            let mut delivery = Delivery::default();
            {
                let mut state = thread.lock();
                if state.is_dead {
                    // Another thread of the same key may be live already.
                    drop(state);
                    tenant.remove(&thread);
                    continue;
                }
                if state.subscribers.is_empty() && state.waiting.is_none() {
                    return Outcome::NoSubscriber;
                }
                let event = state.make(key, id, from, body);
                self.fill_queues(&state, &event, &mut delivery);
                delivery.is_kept = state.keep(&event, &tenant.budget);
            }
            delivery.wakers.into_iter().for_each(Waker::wake);
            for link in &delivery.cut_off {
                self.disconnect(link, Closed::Overflow, true, false);
            }
            return match delivery.count {
                // Asked once those are lost that were cut off by this very event.
                0 if delivery.is_kept && thread.lock().waiting.is_some() => Outcome::Queued,
                0 => Outcome::NoSubscriber,
                n => Outcome::Delivered { n },
            };
        }
    }

    fn fill_queues(&self, state: &State, event: &Arc<Event>, delivery: &mut Delivery) {
        for reader in state.subscribers.iter() {
            let (pushed, wake) = reader.link.queue.push(reader.id, event);
            wake.into(&mut delivery.wakers);
            self.count_push(&pushed);
            match pushed {
                Pushed::Queued { .. } => delivery.count += 1,
                Pushed::Overflow { .. } => delivery.cut_off.push(Arc::clone(&reader.link)),
                Pushed::Closed => {}
            }
        }
    }

    fn count_push(&self, pushed: &Pushed) {
        match pushed {
            Pushed::Queued { dropped } => {
                Atomics::add(&self.counters.copies, 1);
                if *dropped > 0 {
                    Atomics::add(&self.counters.dropped, *dropped);
                }
            }
            Pushed::Overflow { discarded } => Atomics::add(&self.counters.discarded, *discarded),
            Pushed::Closed => {}
        }
    }

    pub(crate) fn next(&self, link: &Arc<Link>) -> Option<Item> {
        loop {
            match link.queue.take() {
                Taken::Nothing => return None,
                taken => {
                    if let Some(item) = self.settle(link, taken) {
                        return Some(item);
                    }
                }
            }
        }
    }

    pub(crate) fn poll_next(&self, link: &Arc<Link>, waker: &Waker) -> Option<Item> {
        loop {
            match link.queue.take_or_wait(waker) {
                Taken::Nothing => return None,
                taken => {
                    if let Some(item) = self.settle(link, taken) {
                        return Some(item);
                    }
                }
            }
        }
    }

    /// Asks once more before an event leaves the router; `None` if it is withheld.
    fn settle(&self, link: &Arc<Link>, taken: Taken) -> Option<Item> {
        match taken {
            Taken::Nothing => None,
            Taken::Ready(item) => Some(item),
            Taken::Event(id, event) => {
                if self.may_read(&link.identity, &event.thread) {
                    Atomics::add(&self.counters.received, 1);
                    return Some(Item::Event(event));
                }
                Atomics::add(&self.counters.withheld, 1);
                self.end(link, &event.thread, id, Ended::Revoked);
                None
            }
        }
    }

    /// Asks the application; a panic is a no.
    fn may_read(&self, who: &Identity, thread: &ThreadKey) -> bool {
        catch_unwind(AssertUnwindSafe(|| self.membership.may_read(who, thread))).unwrap_or(false)
    }
}

/// What a new subscription has set off.
#[derive(Default)]
struct Joined {
    wakers: Vec<Waker>,
    is_cut_off: bool,
}

/// What an event has set off.
#[derive(Default)]
struct Delivery {
    count: usize,
    is_kept: bool,
    wakers: Vec<Waker>,
    cut_off: Vec<Arc<Link>>,
}
