//! The tables of one tenant: its threads, its users and its mappings. Nothing in one tenant's tables can be reached from
//! another's.
//!
//! Invariants: keys are compared whole; every table is bounded, gives its memory back when it empties, and is cut into
//! shards so that callers do not wait for each other. Next: `router.rs`, which works on them.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, Weak};

use hashbrown::HashTable;
use unified_id::legacy::Reader;
use unified_id::{LiveThreads, Tenant, ThreadKey};

use crate::User;
use crate::config::Config;
use crate::link::UserState;
use crate::outcome::Refused;
use crate::thread::{Budget, State, Thread};

/// A power of two: how many parts a table is cut into.
const SHARDS: usize = 16;

/// Below this size a table keeps its memory.
const KEPT_SLOTS: usize = 64;

type Shard<T> = RwLock<HashTable<T>>;

#[derive(Debug)]
pub(crate) struct TenantState {
    pub(crate) name: Tenant,
    reader: Arc<Reader>,
    hasher: RandomState,
    threads: [Shard<(ThreadKey, Arc<Thread>)>; SHARDS],
    mappings: [Shard<(Box<str>, ThreadKey)>; SHARDS],
    users: [Mutex<HashMap<User, Arc<UserState>>>; SHARDS],
    /// Threads that wait for lost connections, by the round in which that happened.
    waiting: Mutex<VecDeque<(u64, Weak<Thread>)>>,
    max_waiting: usize,
    pub(crate) mapping_count: AtomicUsize,
    pub(crate) waiting_count: AtomicUsize,
    pub(crate) open_count: AtomicUsize,
    pub(crate) connection_count: AtomicUsize,
    pub(crate) subscription_count: AtomicUsize,
    pub(crate) budget: Budget,
}

/// Takes one of a limited number; gives it back by [`release`].
pub(crate) fn reserve(of: &AtomicUsize, max: usize, limit: &'static str) -> Result<(), Refused> {
    let taken = of.fetch_update(Relaxed, Relaxed, |count| (count < max).then(|| count + 1));
    taken.map(drop).map_err(|_| Refused::Limit { limit })
}

pub(crate) fn release(of: &AtomicUsize, count: usize) {
    of.fetch_sub(count, Relaxed);
}

impl TenantState {
    pub(crate) fn new(name: Tenant, config: &Config) -> Self {
        Self {
            reader: config.reader_of(&name),
            name,
            hasher: RandomState::new(),
            threads: Default::default(),
            mappings: Default::default(),
            users: Default::default(),
            waiting: Mutex::default(),
            max_waiting: config.limits.waiting_threads_per_tenant,
            mapping_count: AtomicUsize::new(0),
            waiting_count: AtomicUsize::new(0),
            open_count: AtomicUsize::new(0),
            connection_count: AtomicUsize::new(0),
            subscription_count: AtomicUsize::new(0),
            budget: Budget {
                used: AtomicUsize::new(0),
                max_bytes: config.limits.history_bytes_per_tenant,
                max_events: config.limits.history_events,
            },
        }
    }

    /// Returns the thread, if it is live.
    pub(crate) fn thread(&self, key: &ThreadKey) -> Option<Arc<Thread>> {
        let hash = self.hasher.hash_one(key);
        let shard = self.threads[shard(hash)].read().unwrap_or_else(PoisonError::into_inner);
        shard.find(hash, |(known, _)| known == key).map(|(_, thread)| Arc::clone(thread))
    }

    /// Returns the thread, and begins it if it is not live.
    pub(crate) fn thread_or_new(&self, key: &ThreadKey) -> Arc<Thread> {
        if let Some(thread) = self.thread(key) {
            return thread;
        }
        let hash = self.hasher.hash_one(key);
        let mut shard = self.threads[shard(hash)].write().unwrap_or_else(PoisonError::into_inner);
        let entry =
            shard.entry(hash, |(known, _)| known == key, |(known, _)| self.hasher.hash_one(known));
        let entry = entry.or_insert_with(|| (key.clone(), Arc::new(Thread::new(key.clone()))));
        Arc::clone(&entry.get().1)
    }

    /// Takes a dead thread out of the table, unless another has its place already.
    pub(crate) fn remove(&self, thread: &Arc<Thread>) {
        let hash = self.hasher.hash_one(&thread.key);
        let mut shard = self.threads[shard(hash)].write().unwrap_or_else(PoisonError::into_inner);
        if let Ok(entry) = shard.find_entry(hash, |(_, known)| Arc::ptr_eq(known, thread)) {
            entry.remove();
            shrink(&mut shard, |(known, _)| self.hasher.hash_one(known));
        }
    }

    /// Works on a live thread, which is begun if it has to be.
    pub(crate) fn with_thread<T>(&self, key: &ThreadKey, work: impl FnOnce(&mut State) -> T) -> T {
        loop {
            let thread = self.thread_or_new(key);
            let mut state = thread.lock();
            if !state.is_dead {
                return work(&mut state);
            }
            drop(state);
            self.remove(&thread);
        }
    }

    /// Forgets a thread that nobody needs.
    pub(crate) fn bury(&self, thread: &Arc<Thread>) {
        let is_dead = thread.lock().bury(&self.budget);
        if is_dead {
            self.remove(thread);
        }
    }

    /// Lets a thread wait for a connection that was lost in this round, if there is room.
    pub(crate) fn wait_for(&self, thread: &Arc<Thread>, waiting: &mut Option<u64>, round: u64) {
        if self.budget.max_events == 0 {
            return;
        }
        if waiting.is_none() {
            let limit = "waiting_threads_per_tenant";
            if reserve(&self.waiting_count, self.max_waiting, limit).is_err() {
                return;
            }
            self.waiting().push_back((round, Arc::downgrade(thread)));
        }
        *waiting = Some(round);
    }

    /// Forgets the threads that wait since the round before the last.
    pub(crate) fn sweep(&self, round: u64) {
        let due: Vec<_> = {
            let mut list = self.waiting();
            let end = list.partition_point(|(lost, _)| lost + 2 <= round);
            let due = list.drain(..end).collect();
            if list.len() < list.capacity() / 8 {
                list.shrink_to_fit();
            }
            due
        };
        for (lost, thread) in due {
            let again = thread.upgrade().and_then(|thread| {
                // Lost once more in the meantime: it waits on.
                let mut state = thread.lock();
                state.waiting = state.waiting.filter(|again| *again > lost && again + 2 > round);
                state.waiting
            });
            if let Some(again) = again {
                let mut list = self.waiting();
                let at = list.partition_point(|(lost, _)| *lost <= again);
                list.insert(at, (again, thread));
            } else {
                if let Some(thread) = thread.upgrade() {
                    self.bury(&thread);
                }
                release(&self.waiting_count, 1);
            }
        }
    }

    fn waiting(&self) -> MutexGuard<'_, VecDeque<(u64, Weak<Thread>)>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn thread_count(&self) -> usize {
        count(&self.threads)
    }

    /// Records the thread of an id.
    pub(crate) fn map(&self, id: &str, thread: &ThreadKey, max: usize) -> Result<(), Refused> {
        let hash = self.hasher.hash_one(id);
        let mut shard = self.mappings[shard(hash)].write().unwrap_or_else(PoisonError::into_inner);
        match shard.find(hash, |(known, _)| **known == *id) {
            Some((_, known)) if known == thread => return Ok(()),
            Some((_, known)) => return Err(Refused::Conflict { thread: known.clone() }),
            None => {}
        }
        reserve(&self.mapping_count, max, "mappings_per_tenant")?;
        let entry = (id.into(), thread.clone());
        shard.insert_unique(hash, entry, |(known, _)| self.hasher.hash_one(&**known));
        Ok(())
    }

    /// Forgets the thread of an id; `false` if none was recorded.
    pub(crate) fn unmap(&self, id: &str) -> bool {
        let hash = self.hasher.hash_one(id);
        let mut shard = self.mappings[shard(hash)].write().unwrap_or_else(PoisonError::into_inner);
        let Ok(entry) = shard.find_entry(hash, |(known, _)| **known == *id) else { return false };
        entry.remove();
        shrink(&mut shard, |(known, _)| self.hasher.hash_one(&**known));
        release(&self.mapping_count, 1);
        true
    }

    /// Returns the part of the table of users in which a user stands.
    pub(crate) fn users(&self, user: &User) -> MutexGuard<'_, HashMap<User, Arc<UserState>>> {
        let users = &self.users[shard(self.hasher.hash_one(user))];
        users.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns all users with a connection.
    pub(crate) fn all_users(&self) -> Vec<Arc<UserState>> {
        let all =
            self.users.iter().map(|users| users.lock().unwrap_or_else(PoisonError::into_inner));
        all.flat_map(|users| users.values().cloned().collect::<Vec<_>>()).collect()
    }

    /// Tells whether the tenant holds nothing that anybody could miss.
    pub(crate) fn is_empty(&self) -> bool {
        self.connection_count.load(Relaxed) == 0
            && self.mapping_count.load(Relaxed) == 0
            && self.waiting_count.load(Relaxed) == 0
            && self.thread_count() == 0
    }
}

impl LiveThreads for TenantState {
    fn tenant(&self) -> &Tenant {
        &self.name
    }

    fn mapped(&self, id: &str) -> Option<ThreadKey> {
        if self.mapping_count.load(Relaxed) == 0 {
            return None;
        }
        let hash = self.hasher.hash_one(id);
        let shard = self.mappings[shard(hash)].read().unwrap_or_else(PoisonError::into_inner);
        shard.find(hash, |(known, _)| **known == *id).map(|(_, thread)| thread.clone())
    }

    fn is_live(&self, thread: &ThreadKey) -> bool {
        let hash = self.hasher.hash_one(thread);
        let shard = self.threads[shard(hash)].read().unwrap_or_else(PoisonError::into_inner);
        shard.find(hash, |(known, _)| known == thread).is_some()
    }

    fn reader(&self) -> &Reader {
        &self.reader
    }
}

/// The bits that the tables themselves use least.
fn shard(hash: u64) -> usize {
    let bits = (hash >> 32) as usize;
    bits % SHARDS
}

fn count<T>(shards: &[Shard<T>]) -> usize {
    let len = |shard: &Shard<T>| shard.read().unwrap_or_else(PoisonError::into_inner).len();
    shards.iter().map(len).sum()
}

fn shrink<T>(table: &mut HashTable<T>, hash: impl Fn(&T) -> u64) {
    if table.capacity() > KEPT_SLOTS && table.len() < table.capacity() / 8 {
        table.shrink_to(table.len() * 2, hash);
    }
}
