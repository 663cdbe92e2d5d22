//! The tables of one tenant: its threads, its users and its mappings. Nothing in one tenant's tables can be reached from
//! another's.
//!
//! A mapping is found by the bits of its id where it has nothing else, so that no text is read from memory. Hashes are keyed
//! by numbers of the operating system.
//!
//! Invariants: keys are compared whole; every table is bounded, gives its memory back when it empties, and is cut into
//! shards so that callers do not wait for each other. Next: `router.rs`, which works on them.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher as _, RandomState};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError, Weak};

use foldhash::SharedSeed;
use foldhash::quality::SeedableRandomState;
use unified_id::legacy::Reader;
use unified_id::{LiveThreads, MappingId, Place, Tenant, ThreadKey};

use crate::User;
use crate::config::Config;
use crate::link::UserState;
use crate::outcome::Refused;
use crate::table::{Key, NewValue, Shard, Table, Value};
use crate::thread::{Budget, State, Thread};

/// A power of two: how many parts a table is cut into.
const SHARDS: usize = 16;

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
    threads: [Shard<Arc<Thread>>; SHARDS],
    /// Of ids that are known by their text.
    mappings: [Shard<(Box<str>, ThreadKey)>; SHARDS],
    /// Of ids that are known by their bits; a thread of this format stands in the table itself.
    core_mappings: [Shard<ThreadKey>; SHARDS],
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
        let place = self.thread_key(key);
        let table = shard(&self.threads, &place).read();
        found_thread(&table, &place, key).cloned()
    }

    /// Returns the thread, and begins it if it is not live.
    pub(crate) fn thread_or_new(&self, key: &ThreadKey) -> Arc<Thread> {
        if let Some(thread) = self.thread(key) {
            return thread;
        }
        let place = self.thread_key(key);
        shard(&self.threads, &place).write(|table| {
            if let Some(thread) = found_thread(table, &place, key) {
                return Arc::clone(thread);
            }
            let thread = Arc::new(Thread::new(key.clone()));
            table.insert(&place, NewValue::Kept(Arc::clone(&thread)));
            thread
        })
    }

    /// Takes a dead thread out of the table, unless another has its place already.
    pub(crate) fn remove(&self, thread: &Arc<Thread>) {
        let place = self.thread_key(&thread.key);
        shard(&self.threads, &place).write(|table| {
            let known = found_thread(table, &place, &thread.key);
            if known.is_some_and(|known| Arc::ptr_eq(known, thread)) {
                table.remove(&place, |known| Arc::ptr_eq(known, thread));
            }
        });
    }

    fn thread_key(&self, thread: &ThreadKey) -> Key {
        Key::of_thread(thread, &self.hasher)
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
        let conflict = |known: ThreadKey| {
            if known == *thread { Ok(()) } else { Err(Refused::Conflict { thread: known }) }
        };
        if let Some(id) = id.as_cores() {
            let place = Key::of_id(id, &self.hasher);
            return shard(&self.core_mappings, &place).write(|table| {
                if let Some(known) = table.find(&place, |_| false).as_ref().map(mapped_thread) {
                    return conflict(known);
                }
                reserve(&self.mapping_count, max, "mappings_per_tenant")?;
                let new =
                    thread.as_core().map_or_else(|| NewValue::Kept(thread.clone()), NewValue::Core);
                table.insert(&place, new);
                Ok(())
            });
        }
        let id = id.to_text();
        let place = self.text_key(&id);
        shard(&self.mappings, &place).write(|table| {
            if let Some((_, known)) = found_mapping(table, &place, &id) {
                return conflict(known.clone());
            }
            reserve(&self.mapping_count, max, "mappings_per_tenant")?;
            table.insert(&place, NewValue::Kept(((*id).into(), thread.clone())));
            Ok(())
        })
    }

    /// Forgets the thread of an id; `false` if none was recorded.
    pub(crate) fn unmap(&self, id: &MappingId<'_>) -> bool {
        let was_known = if let Some(id) = id.as_cores() {
            let place = Key::of_id(id, &self.hasher);
            shard(&self.core_mappings, &place).write(|table| table.remove(&place, |_| false))
        } else {
            let id = id.to_text();
            let place = self.text_key(&id);
            shard(&self.mappings, &place)
                .write(|table| table.remove(&place, |(known, _)| **known == *id))
        };
        if was_known {
            release(&self.mapping_count, 1);
        }
        was_known
    }

    fn text_key(&self, id: &str) -> Key {
        Key::of_text(id, &self.hasher)
    }

    /// Returns the part of the table of users in which a user stands.
    pub(crate) fn users(&self, user: &User) -> MutexGuard<'_, HashMap<User, Arc<UserState>>> {
        let users = &self.users[part(self.hasher.hash_one(user))];
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
        if let Some(id) = id.as_cores() {
            let place = Key::of_id(id, &self.hasher);
            let shard = shard(&self.core_mappings, &place);
            shard.fetch(&place);
            return shard.read().find(&place, |_| false).as_ref().map(mapped_thread);
        }
        // What is longer than an id was never recorded.
        let id = id.to_text();
        let place = self.text_key(&id);
        let table = shard(&self.mappings, &place).read();
        found_mapping(&table, &place, &id).map(|(_, thread)| thread.clone())
    }

    fn is_live(&self, thread: &ThreadKey) -> bool {
        let place = self.thread_key(thread);
        shard(&self.threads, &place).read().contains(&place, |known| known.key == *thread)
    }

    fn is_live_at(&self, thread: &str, place: Option<Place>) -> bool {
        let place = match place {
            Some(place) => Key::at(place),
            None => match ThreadKey::words_of(thread) {
                Some(words) => Key::of_thread_words(words, &self.hasher),
                None => return ThreadKey::parse(thread).is_ok_and(|key| self.is_live(&key)),
            },
        };
        // What has words is compared by them.
        shard(&self.threads, &place).read().contains(&place, |_| false)
    }

    fn expect(&self, thread: &str) -> Option<Place> {
        let words = ThreadKey::words_of(thread)?;
        let place = Key::of_thread_words(words, &self.hasher);
        shard(&self.threads, &place).fetch(&place);
        Some(place.as_place(words))
    }

    fn expect_mapped(&self, id: &MappingId<'_>) {
        if self.mapping_count.load(Relaxed) == 0 {
            return;
        }
        if let Some(id) = id.as_cores() {
            let place = Key::of_id(id, &self.hasher);
            shard(&self.core_mappings, &place).fetch(&place);
        } else {
            let place = self.text_key(&id.to_text());
            shard(&self.mappings, &place).fetch(&place);
        }
    }

    fn reader(&self) -> &Reader {
        &self.reader
    }
}

#[inline]
fn found_thread<'t>(
    table: &'t Table<Arc<Thread>>,
    place: &Key,
    key: &ThreadKey,
) -> Option<&'t Arc<Thread>> {
    match table.find(place, |known| known.key == *key)? {
        Value::Kept(thread) => Some(thread),
        Value::Core(_) => None,
    }
}

fn found_mapping<'t>(
    table: &'t Table<(Box<str>, ThreadKey)>,
    place: &Key,
    id: &str,
) -> Option<&'t (Box<str>, ThreadKey)> {
    match table.find(place, |(known, _)| **known == *id)? {
        Value::Kept(mapping) => Some(mapping),
        Value::Core(_) => None,
    }
}

fn mapped_thread(value: &Value<'_, ThreadKey>) -> ThreadKey {
    match value {
        Value::Core(core) => (*core).into(),
        Value::Kept(thread) => ThreadKey::clone(thread),
    }
}

fn shard<'t, V>(shards: &'t [Shard<V>; SHARDS], key: &Key) -> &'t Shard<V> {
    &shards[part(key.shard_bits())]
}

fn part(bits: u64) -> usize {
    #[expect(clippy::cast_possible_truncation, reason = "the lower bits are meant")]
    let bits = bits as usize;
    bits % SHARDS
}

fn count<V>(shards: &[Shard<V>]) -> usize {
    shards.iter().map(|shard| shard.read().len()).sum()
}
