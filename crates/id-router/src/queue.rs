//! The bounded queue of one connection.
//!
//! Invariants: at most the configured events and bytes wait; what is dropped for that is the oldest event, and a gap of its
//! thread comes out before anything that is younger; a notice (a subscription's end) is never dropped. The lock is held for
//! moments only, and no code of the application runs under it. Next: `thread.rs`, which fills queues in the order of a thread.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;

use unified_id::ThreadKey;

use crate::config::{Limits, Overflow};
use crate::event::{Closed, Ended, Event, Gap, Item};

/// A subscription: what tells a copy that was queued for an earlier one of the same thread from a copy for a later one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct SubscriptionId(pub(crate) u64);

#[derive(Debug)]
enum Slot {
    Event(SubscriptionId, Arc<Event>),
    Gap(SubscriptionId, Gap),
    Ended(ThreadKey, Ended),
}

/// What a queue gives out.
#[derive(Debug)]
pub(crate) enum Taken {
    /// An event, which may still have to be withheld.
    Event(SubscriptionId, Arc<Event>),
    Ready(Item),
    Nothing,
}

/// What became of a copy.
#[derive(Debug)]
pub(crate) enum Pushed {
    /// It waits; so many older events were dropped for it.
    Queued { dropped: u64 },
    /// The connection takes nothing any more.
    Closed,
    /// The connection is to be closed, because it reads too slowly; so many events went with it.
    Overflow { discarded: u64 },
}

/// Whoever waits for a queue, to be woken once no lock is held.
#[must_use]
pub(crate) struct Wake(Option<Waker>);

impl Wake {
    pub(crate) fn now(self) {
        if let Some(waker) = self.0 {
            waker.wake();
        }
    }

    /// Keeps it for later, together with others.
    pub(crate) fn into(self, wakers: &mut Vec<Waker>) {
        wakers.extend(self.0);
    }
}

#[derive(Debug)]
pub(crate) struct Queue {
    max_events: usize,
    max_bytes: usize,
    overflow: Overflow,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    slots: VecDeque<Slot>,
    events: usize,
    bytes: usize,
    notices: usize,
    closed: Option<Closed>,
    waker: Option<Waker>,
}

impl Queue {
    pub(crate) fn new(limits: &Limits, overflow: Overflow) -> Self {
        Self {
            max_events: limits.queue_events.max(1),
            max_bytes: limits.queue_bytes,
            overflow,
            state: Mutex::default(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts an event at the end.
    pub(crate) fn push(&self, of: SubscriptionId, event: &Arc<Event>) -> (Pushed, Wake) {
        let mut state = self.lock();
        if state.closed.is_some() {
            return (Pushed::Closed, Wake(None));
        }
        let is_full = |state: &State| {
            state.events >= self.max_events
                || (state.events > 0 && state.bytes + event.body.len() > self.max_bytes)
        };
        if is_full(&state) && self.overflow == Overflow::Close {
            let discarded = state.clear();
            state.closed = Some(Closed::Overflow);
            return (Pushed::Overflow { discarded }, state.waiting());
        }
        let mut dropped = 0;
        while is_full(&state) {
            state.drop_oldest();
            dropped += 1;
        }
        state.events += 1;
        state.bytes += event.body.len();
        state.slots.push_back(Slot::Event(of, Arc::clone(event)));
        (Pushed::Queued { dropped }, state.waiting())
    }

    /// Returns the index of the last of some events that would be too much, if all were pushed.
    pub(crate) fn surplus(&self, events: &[Arc<Event>]) -> Option<usize> {
        let state = self.lock();
        let (mut count, mut bytes) = (state.events, state.bytes);
        events.iter().rposition(|event| {
            count += 1;
            bytes += event.body.len();
            count > self.max_events || bytes > self.max_bytes
        })
    }

    /// Puts a marker at the end: events are missing here.
    pub(crate) fn push_gap(&self, of: SubscriptionId, gap: Gap) -> Wake {
        let mut state = self.lock();
        if state.closed.is_none() {
            state.slots.push_back(Slot::Gap(of, gap));
        }
        state.waiting()
    }

    /// Ends a subscription: removes what waits of it, returns how many events that were, and leaves a notice.
    pub(crate) fn end(&self, of: SubscriptionId, notice: Option<(ThreadKey, Ended)>) -> u64 {
        let mut state = self.lock();
        let (mut events, mut bytes) = (0, 0);
        state.slots.retain(|slot| match slot {
            Slot::Event(id, event) if *id == of => {
                events += 1;
                bytes += event.body.len();
                false
            }
            Slot::Gap(id, _) => *id != of,
            _ => true,
        });
        state.events -= events;
        state.bytes -= bytes;
        let mut discarded = events as u64;
        if let Some((thread, why)) = notice
            && state.closed.is_none()
        {
            state.slots.push_back(Slot::Ended(thread, why));
            state.notices += 1;
            // Notices are never dropped: who reads none of them is cut off.
            if state.notices > self.max_events {
                discarded += state.clear();
                state.closed = Some(Closed::Overflow);
            }
        }
        let wake = state.waiting();
        drop(state);
        wake.now();
        discarded
    }

    /// Lets nothing in any more. What waits still comes out, unless it is to be discarded; returns how many events were.
    pub(crate) fn close(&self, why: Closed, discard: bool) -> u64 {
        let mut state = self.lock();
        let discarded = if discard { state.clear() } else { 0 };
        // Being shut out goes before leaving; otherwise the first reason stays.
        if discard || state.closed.is_none() {
            state.closed = Some(why);
        }
        let wake = state.waiting();
        drop(state);
        wake.now();
        discarded
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.lock().closed.is_some()
    }

    pub(crate) fn take(&self) -> Taken {
        self.lock().take()
    }

    /// As [`take`](Self::take), and notes who is to be woken if there is nothing.
    pub(crate) fn take_or_wait(&self, waker: &Waker) -> Taken {
        let mut state = self.lock();
        let taken = state.take();
        if matches!(taken, Taken::Nothing)
            && !state.waker.as_ref().is_some_and(|known| known.will_wake(waker))
        {
            state.waker = Some(waker.clone());
        }
        taken
    }

    pub(crate) fn len(&self) -> usize {
        self.lock().events
    }
}

impl State {
    fn take(&mut self) -> Taken {
        // A queue that was long for a moment gives its memory back.
        if self.slots.len() <= 1 && self.slots.capacity() > 64 {
            self.slots.shrink_to(8);
        }
        match self.slots.pop_front() {
            Some(Slot::Event(of, event)) => {
                self.events -= 1;
                self.bytes -= event.body.len();
                Taken::Event(of, event)
            }
            Some(Slot::Gap(_, gap)) => Taken::Ready(Item::Gap(gap)),
            Some(Slot::Ended(thread, why)) => {
                self.notices -= 1;
                Taken::Ready(Item::Ended { thread, why })
            }
            None => self.closed.map_or(Taken::Nothing, |why| Taken::Ready(Item::Closed(why))),
        }
    }

    /// Puts a gap in the place of the oldest event, or makes the gap longer that stands there already.
    fn drop_oldest(&mut self) {
        // Notices and gaps before it stay where they are; there are at most as many as subscriptions.
        let Some(at) = self.slots.iter().position(|slot| matches!(slot, Slot::Event(..))) else {
            return;
        };
        let Some(Slot::Event(of, event)) = self.slots.remove(at) else { return };
        self.events -= 1;
        self.bytes -= event.body.len();
        let before = self.slots.iter_mut().take(at).find_map(|slot| match slot {
            Slot::Gap(id, gap) if *id == of => Some(gap),
            _ => None,
        });
        if let Some(gap) = before {
            gap.missed = gap.missed.map(|missed| missed + 1);
            gap.until = event.position;
            return;
        }
        let gap = Gap { thread: event.thread.clone(), missed: Some(1), until: event.position };
        self.slots.insert(at, Slot::Gap(of, gap));
    }

    /// Empties the queue and returns how many events it held.
    fn clear(&mut self) -> u64 {
        let events = std::mem::take(&mut self.events);
        self.bytes = 0;
        self.notices = 0;
        self.slots = VecDeque::new();
        events as u64
    }

    fn waiting(&mut self) -> Wake {
        Wake(self.waker.take())
    }
}
