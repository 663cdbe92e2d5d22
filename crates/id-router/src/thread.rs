//! One thread: its subscribers, the order of its events, and the last of them.
//!
//! Invariants: events get their numbers and go into all queues under one lock, so every connection sees one order; what is
//! kept for resuming has no hole; a thread that nobody needs is dead, and a dead thread takes nothing: whoever holds it looks
//! it up again. No code of the application runs under the lock. Next: `tenant.rs`, the table of threads.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use unified_id::{Core, ThreadId, ThreadKey};

use crate::User;
use crate::event::{Event, Gap, Position};
use crate::link::Link;
use crate::queue::SubscriptionId;

/// A subscriber of a thread.
#[derive(Clone, Debug)]
pub(crate) struct Subscriber {
    pub(crate) id: SubscriptionId,
    pub(crate) link: Arc<Link>,
}

#[derive(Debug)]
pub(crate) struct Thread {
    pub(crate) key: ThreadKey,
    state: Mutex<State>,
}

#[derive(Debug)]
pub(crate) struct State {
    pub(crate) is_dead: bool,
    /// Declared by the application; lives without a subscriber.
    pub(crate) is_open: bool,
    /// In which round of sweeping a connection was lost here.
    pub(crate) waiting: Option<u64>,
    epoch: Core,
    /// The number of the last event.
    last: u64,
    /// Copied on write, so that rights can be asked without the lock.
    pub(crate) subscribers: Arc<Vec<Subscriber>>,
    history: VecDeque<Arc<Event>>,
}

/// The bytes that a tenant's threads keep for resuming, and how many they may.
#[derive(Debug)]
pub(crate) struct Budget {
    pub(crate) used: AtomicUsize,
    pub(crate) max_bytes: usize,
    pub(crate) max_events: usize,
}

impl Thread {
    pub(crate) fn new(key: ThreadKey) -> Self {
        Self {
            key,
            state: Mutex::new(State {
                is_dead: false,
                is_open: false,
                waiting: None,
                // Unique across restarts: a client of an earlier process is not taken for one of this.
                epoch: ThreadId::new().core(),
                last: 0,
                subscribers: Arc::default(),
                history: VecDeque::new(),
            }),
        }
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    pub(crate) const fn position(&self) -> Position {
        Position { epoch: self.epoch, number: self.last }
    }

    pub(crate) fn subscriber(&self, link: &Arc<Link>) -> Option<SubscriptionId> {
        let found = self.subscribers.iter().find(|known| Arc::ptr_eq(&known.link, link));
        found.map(|known| known.id)
    }

    pub(crate) fn add(&mut self, subscriber: Subscriber) {
        Arc::make_mut(&mut self.subscribers).push(subscriber);
    }

    /// Removes a subscription; `false` if it is gone already.
    pub(crate) fn remove(&mut self, id: SubscriptionId) -> bool {
        let Some(at) = self.subscribers.iter().position(|known| known.id == id) else {
            return false;
        };
        if self.subscribers.len() == 1 {
            self.subscribers = Arc::default();
        } else {
            Arc::make_mut(&mut self.subscribers).swap_remove(at);
        }
        true
    }

    /// Marks a thread that nobody needs as dead, and gives back what it kept; `true` if it is to be taken out of the table.
    pub(crate) fn bury(&mut self, budget: &Budget) -> bool {
        let is_needed = self.is_open || self.waiting.is_some() || !self.subscribers.is_empty();
        if is_needed || self.is_dead {
            return false;
        }
        self.is_dead = true;
        self.forget(budget);
        true
    }

    /// Gives the next event its place.
    pub(crate) fn make(
        &mut self,
        key: &ThreadKey,
        id: &str,
        from: &User,
        body: &Arc<[u8]>,
    ) -> Arc<Event> {
        self.last += 1;
        Arc::new(Event {
            thread: key.clone(),
            position: self.position(),
            id: id.into(),
            from: from.clone(),
            body: Arc::clone(body),
        })
    }

    /// Keeps an event for whoever resumes; `false` if there is no room.
    pub(crate) fn keep(&mut self, event: &Arc<Event>, budget: &Budget) -> bool {
        if budget.max_events == 0 {
            return false;
        }
        if self.history.len() >= budget.max_events {
            self.forget_oldest(budget);
        }
        loop {
            let reserved = budget.used.fetch_update(Relaxed, Relaxed, |used| {
                Some(used + cost(event)).filter(|used| *used <= budget.max_bytes)
            });
            if reserved.is_ok() {
                self.history.push_back(Arc::clone(event));
                return true;
            }
            if self.history.is_empty() {
                return false;
            }
            self.forget_oldest(budget);
        }
    }

    fn forget_oldest(&mut self, budget: &Budget) {
        if let Some(event) = self.history.pop_front() {
            budget.used.fetch_sub(cost(&event), Relaxed);
        }
    }

    fn forget(&mut self, budget: &Budget) {
        while !self.history.is_empty() {
            self.forget_oldest(budget);
        }
        self.history = VecDeque::new();
    }

    /// Says what a connection missed since a place: a gap, and the events that are kept.
    pub(crate) fn since(&self, key: &ThreadKey, seen: Position) -> (Option<Gap>, Vec<Arc<Event>>) {
        let gap = |missed, number| {
            let until = Position { epoch: self.epoch, number };
            Some(Gap { thread: key.clone(), missed, until })
        };
        if seen.epoch != self.epoch || seen.number > self.last {
            return (gap(None, self.last), Vec::new());
        }
        let kept = self.history.front().map_or(self.last + 1, |oldest| oldest.position.number);
        let missed = kept.saturating_sub(seen.number + 1);
        let events = self.history.iter().filter(|event| event.position.number > seen.number);
        let events = events.cloned().collect();
        if missed == 0 { (None, events) } else { (gap(Some(missed), kept - 1), events) }
    }
}

/// What an event costs of the budget: its body, and a flat price for the rest so that empty ones are not free.
fn cost(event: &Event) -> usize {
    event.body.len() + event.id.len() + 128
}
