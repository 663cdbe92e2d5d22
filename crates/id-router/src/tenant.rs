//! The tables of one tenant: its threads, its users and its mappings. Nothing in one tenant's tables can be reached from
//! another's.
//!
//! A mapping is found by the bits of its id where it has nothing else, so that no text is hashed or read from memory. Its
//! entry and that of a thread are one cache line each. Hashes are keyed by numbers of the operating system.
//!
//! Invariants: keys are compared whole; every table is bounded, gives its memory back when it empties, and is cut into
//! shards so that callers do not wait for each other. Next: `router.rs`, which works on them.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{
    Arc, LazyLock, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard, Weak,
};

use foldhash::SharedSeed;
use foldhash::quality::SeedableRandomState;
use hashbrown::HashTable;
use unified_id::legacy::Reader;
use unified_id::{Core, CoreId, IdKind, LiveThreads, MappingId, Tenant, ThreadKey};

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

/// A thread and its key, in one cache line: where entries lie across two, a look-up among a million took half as long again.
#[derive(Debug)]
#[repr(align(64))]
struct LiveThread {
    key: ThreadKey,
    thread: Arc<Thread>,
}

/// The thread of an id that is known by its bits.
#[derive(Debug)]
#[repr(align(64))]
struct CoreMapping {
    kind: Option<IdKind>,
    /// The lowest core where there is none: whether there is one follows from the kind.
    scope: Core,
    core: Core,
    thread: MappedThread,
}

const _: () = assert!(size_of::<CoreMapping>() == 64, "one cache line");

/// A thread in less room than its key takes.
#[derive(Debug)]
enum MappedThread {
    Core(Core),
    Text(Box<ThreadKey>),
}

impl CoreMapping {
    fn id(&self) -> (Option<IdKind>, Core, Core) {
        (self.kind, self.scope, self.core)
    }
}

/// What a mapping is found by.
fn bits(id: CoreId) -> (Option<IdKind>, Core, Core) {
    (id.kind, id.scope.unwrap_or(Core::MIN), id.core)
}

impl MappedThread {
    fn new(thread: &ThreadKey) -> Self {
        thread.as_core().map_or_else(|| Self::Text(Box::new(thread.clone())), Self::Core)
    }

    fn key(&self) -> ThreadKey {
        match self {
            Self::Core(core) => ThreadKey::from(*core),
            Self::Text(key) => ThreadKey::clone(key),
        }
    }
}

/// A hasher with keys that nobody outside of the process can know, so that hostile ids do not meet in one place.
fn hasher() -> SeedableRandomState {
    /// Made once: its 64 bytes are read by every hash.
    static SHARED: LazyLock<SharedSeed> =
        LazyLock::new(|| SharedSeed::from_u64(RandomState::new().hash_one(0_u8)));
    SeedableRandomState::with_seed(RandomState::new().hash_one(1_u8), &SHARED)
}

#[derive(Debug)]
pub(crate) struct TenantState {
    pub(crate) name: Tenant,
    reader: Arc<Reader>,
    hasher: SeedableRandomState,
    threads: [Shard<LiveThread>; SHARDS],
    mappings: [Shard<(Box<str>, ThreadKey)>; SHARDS],
    core_mappings: [Shard<CoreMapping>; SHARDS],
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
            hasher: hasher(),
            threads: Default::default(),
            mappings: Default::default(),
            core_mappings: Default::default(),
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
        let shard = read(&self.threads, hash);
        shard.find(hash, |known| known.key == *key).map(|known| Arc::clone(&known.thread))
    }

    /// Returns the thread, and begins it if it is not live.
    pub(crate) fn thread_or_new(&self, key: &ThreadKey) -> Arc<Thread> {
        if let Some(thread) = self.thread(key) {
            return thread;
        }
        let hash = self.hasher.hash_one(key);
        let mut shard = write(&self.threads, hash);
        let entry =
            shard.entry(hash, |known| known.key == *key, |known| self.hasher.hash_one(&known.key));
        let entry = entry.or_insert_with(|| LiveThread {
            key: key.clone(),
            thread: Arc::new(Thread::new(key.clone())),
        });
        Arc::clone(&entry.get().thread)
    }

    /// Takes a dead thread out of the table, unless another has its place already.
    pub(crate) fn remove(&self, thread: &Arc<Thread>) {
        let hash = self.hasher.hash_one(&thread.key);
        let mut shard = write(&self.threads, hash);
        if let Ok(entry) = shard.find_entry(hash, |known| Arc::ptr_eq(&known.thread, thread)) {
            entry.remove();
            shrink(&mut shard, |known| self.hasher.hash_one(&known.key));
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
    pub(crate) fn map(
        &self,
        id: &MappingId<'_>,
        thread: &ThreadKey,
        max: usize,
    ) -> Result<(), Refused> {
        if let Some(id) = id.as_cores().map(bits) {
            let hash = self.hasher.hash_one(id);
            let mut shard = write(&self.core_mappings, hash);
            match shard.find(hash, |known| known.id() == id).map(|known| known.thread.key()) {
                Some(known) if known == *thread => return Ok(()),
                Some(known) => return Err(Refused::Conflict { thread: known }),
                None => {}
            }
            reserve(&self.mapping_count, max, "mappings_per_tenant")?;
            let (kind, scope, core) = id;
            let entry = CoreMapping { kind, scope, core, thread: MappedThread::new(thread) };
            shard.insert_unique(hash, entry, |known| self.hasher.hash_one(known.id()));
            return Ok(());
        }
        let id = id.to_text();
        let hash = self.hasher.hash_one(&*id);
        let mut shard = write(&self.mappings, hash);
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
    pub(crate) fn unmap(&self, id: &MappingId<'_>) -> bool {
        let was_known = if let Some(id) = id.as_cores().map(bits) {
            let hash = self.hasher.hash_one(id);
            take_out(
                &mut write(&self.core_mappings, hash),
                hash,
                |known| known.id() == id,
                |known| self.hasher.hash_one(known.id()),
            )
        } else {
            let id = id.to_text();
            let hash = self.hasher.hash_one(&*id);
            take_out(
                &mut write(&self.mappings, hash),
                hash,
                |(known, _)| **known == *id,
                |(known, _)| self.hasher.hash_one(&**known),
            )
        };
        if was_known {
            release(&self.mapping_count, 1);
        }
        was_known
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
        self.mapped_id(&MappingId::new(id))
    }

    fn mapped_id(&self, id: &MappingId<'_>) -> Option<ThreadKey> {
        if self.mapping_count.load(Relaxed) == 0 {
            return None;
        }
        if let Some(id) = id.as_cores().map(bits) {
            let hash = self.hasher.hash_one(id);
            let shard = read(&self.core_mappings, hash);
            return shard.find(hash, |known| known.id() == id).map(|known| known.thread.key());
        }
        // What is longer than an id was never recorded.
        let id = id.to_text();
        let hash = self.hasher.hash_one(&*id);
        let shard = read(&self.mappings, hash);
        shard.find(hash, |(known, _)| **known == *id).map(|(_, thread)| thread.clone())
    }

    fn is_live(&self, thread: &ThreadKey) -> bool {
        let hash = self.hasher.hash_one(thread);
        let shard = read(&self.threads, hash);
        shard.find(hash, |known| known.key == *thread).is_some()
    }

    fn reader(&self) -> &Reader {
        &self.reader
    }
}

fn read<T>(shards: &[Shard<T>; SHARDS], hash: u64) -> RwLockReadGuard<'_, HashTable<T>> {
    shards[shard(hash)].read().unwrap_or_else(PoisonError::into_inner)
}

fn write<T>(shards: &[Shard<T>; SHARDS], hash: u64) -> RwLockWriteGuard<'_, HashTable<T>> {
    shards[shard(hash)].write().unwrap_or_else(PoisonError::into_inner)
}

/// Removes what is there; `false` if nothing is.
fn take_out<T>(
    table: &mut HashTable<T>,
    hash: u64,
    is: impl FnMut(&T) -> bool,
    rehash: impl Fn(&T) -> u64,
) -> bool {
    let Ok(entry) = table.find_entry(hash, is) else { return false };
    entry.remove();
    shrink(table, rehash);
    true
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
