//! The writer: one thread that writes what many callers hand in, in groups, each group with one flush of the disk.
//!
//! Invariant: a caller is told only after its group is durable and the hot tier knows it. A group that cannot be written is an
//! error for each of its callers, and nothing of it stays. It comes from `registry.rs` and goes to `decide.rs` and a store.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::JoinHandle;

use crate::decide::{Batch, Decision, Group, Results};
use crate::error::{RegistryError, RegistryErrorKind};
use crate::hot::HotTier;
use crate::names::{Class, Names};
use crate::options::Options;
use crate::store::{Changes, CounterRow, Needs, Store};

/// What a caller gets when its batch is done.
pub(crate) type Done = Box<dyn FnOnce(Result<Results, RegistryError>) + Send>;

struct Job {
    batch: Batch,
    done: Done,
}

/// What reading and writing share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) store: StoreBox,
    pub(crate) names: Names,
    pub(crate) hot: HotTier,
    pub(crate) counters: RwLock<Counters>,
    pub(crate) options: Options,
    pub(crate) last_seq: AtomicU64,
    /// How many writes wait or are being written.
    pub(crate) waiting: AtomicUsize,
    /// Groups that failed since one succeeded.
    pub(crate) failed_groups: AtomicU64,
    pub(crate) last_error: Mutex<Option<RegistryError>>,
    /// Names in memory may not be those of the store: they are read again before the next group.
    names_are_doubtful: AtomicBool,
}

pub(crate) type Counters = HashMap<(u32, u32, u32), CounterRow, foldhash::fast::RandomState>;

/// A store behind a name, for `Debug`.
pub(crate) struct StoreBox(pub(crate) Arc<dyn Store>);

impl std::fmt::Debug for StoreBox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Store")
    }
}

impl std::ops::Deref for StoreBox {
    type Target = dyn Store;

    fn deref(&self) -> &Self::Target {
        &*self.0
    }
}

impl Shared {
    pub(crate) fn open(store: Arc<dyn Store>, options: Options) -> Result<Self, RegistryError> {
        let hot = HotTier::new(options.hot_entries, store.is_shared());
        let shared = Self {
            store: StoreBox(store),
            names: Names::default(),
            hot,
            counters: RwLock::default(),
            options,
            last_seq: AtomicU64::new(0),
            waiting: AtomicUsize::new(0),
            failed_groups: AtomicU64::new(0),
            last_error: Mutex::new(None),
            names_are_doubtful: AtomicBool::new(false),
        };
        shared.load()?;
        Ok(shared)
    }

    /// Reads names and counters.
    pub(crate) fn load(&self) -> Result<(), RegistryError> {
        let names = self.store.names()?;
        if self.store.is_shared() {
            self.names.catch_up(names)?;
        } else {
            self.names.load(names)?;
        }
        let counters = self.store.counters()?;
        let counters = counters.into_iter().map(|row| ((row.tenant, row.system, row.kind), row));
        *self.counters.write().unwrap_or_else(PoisonError::into_inner) = counters.collect();
        self.last_seq.store(self.store.health()?.last_seq, Ordering::Release);
        Ok(())
    }

    /// Writes the batches of a group.
    fn write(&self, batches: &[&Batch]) -> Result<Decision, RegistryError> {
        /// A tenant that another process makes between our look and our turn is there the next time.
        const TRIES: usize = 4;
        for _ in 0..TRIES {
            if let Some(decision) = self.try_write(batches)? {
                return Ok(decision);
            }
        }
        Err(RegistryError::new(
            RegistryErrorKind::Busy,
            "other processes register too many new tenants",
            "send it again in a moment",
        ))
    }

    /// Writes the batches of a group; none if others made a tenant meanwhile, whose records were not asked for.
    fn try_write(&self, batches: &[&Batch]) -> Result<Option<Decision>, RegistryError> {
        let is_shared = self.store.is_shared();
        // A group on a shared store numbers names in a table of its own, which readers see once it is committed: they read
        // the store at any time, and would take away what is not in it yet.
        let own = is_shared.then(Names::default);
        if !is_shared && self.names_are_doubtful.load(Ordering::Acquire) {
            self.load()?;
            self.names_are_doubtful.store(false, Ordering::Release);
        }
        let tenants_in = |names: &Names| {
            batches.iter().filter(|batch| names.tenant(&batch.tenant).is_some()).count()
        };
        let known = tenants_in(&self.names);
        let mut is_overtaken = false;
        let mut needs = Needs::default();
        for batch in batches {
            // A tenant without a number has nothing that could be known.
            if let Some(tenant) = self.names.number(0, Class::Tenant, batch.tenant.as_str()) {
                batch.ops.iter().for_each(|op| op.needs(tenant, &mut needs));
            }
        }
        needs.records.sort_unstable();
        needs.records.dedup();
        needs.links.sort_unstable();
        needs.links.dedup();
        let mut decided = None;
        let mut counters = Vec::new();
        let now_ms = self.options.clock.now_ms();
        let mut new_names = Vec::new();
        let written = self.store.transact(&needs, &mut |loaded| {
            if let Some(own) = &own {
                // It is our turn: no other process gives numbers until we are done.
                own.load(self.store.names()?)?;
                new_names.clear();
                is_overtaken = tenants_in(own) > known;
                if is_overtaken {
                    return Ok(Changes::default());
                }
            }
            let names = own.as_ref().unwrap_or(&self.names);
            let group = Group::new(names, &self.options.limits, &needs, loaded, now_ms);
            let (mut changes, decision) = group.decide(batches);
            // Names that an earlier attempt gave are in memory already, and not in the store.
            new_names.append(&mut changes.names);
            changes.names.clone_from(&new_names);
            counters.clone_from(&changes.counters);
            decided = Some(decision);
            Ok(changes)
        });
        let seq = written.inspect_err(|_| {
            self.names_are_doubtful.store(true, Ordering::Release);
        })?;
        if let Some(own) = own {
            self.names.catch_up_with(own);
        }
        if is_overtaken {
            return Ok(None);
        }
        let mut decision = decided.ok_or_else(|| {
            RegistryError::corrupt("a store wrote a group without deciding about it")
        })?;
        for (full, hot) in decision.hot.drain(..) {
            self.hot.put(full, hot);
        }
        // Of a shared store they are read whenever they are asked for.
        if !is_shared && !counters.is_empty() {
            let mut all = self.counters.write().unwrap_or_else(PoisonError::into_inner);
            for change in counters {
                let at = (change.tenant, change.system, change.kind);
                let row = all.entry(at).or_insert(CounterRow {
                    live: 0,
                    deleted: 0,
                    aliases: 0,
                    ..change
                });
                row.live += change.live;
                row.deleted += change.deleted;
                row.aliases += change.aliases;
            }
        }
        self.last_seq.fetch_max(seq, Ordering::AcqRel);
        Ok(Some(decision))
    }
}

/// The writing thread and the way to it.
#[derive(Debug)]
pub(crate) struct Writer {
    sender: Option<SyncSender<Job>>,
    thread: Option<JoinHandle<()>>,
    process: u32,
}

impl Writer {
    pub(crate) fn start(shared: Arc<Shared>) -> Result<Self, RegistryError> {
        let (sender, receiver) = sync_channel(shared.options.queue.max(1));
        let thread = std::thread::Builder::new()
            .name("id-registry-writer".to_owned())
            .spawn(move || run(&shared, &receiver))
            .map_err(|error| {
                RegistryError::new(
                    RegistryErrorKind::Store,
                    "cannot start the thread that writes",
                    "raise the limit of threads of this process",
                )
                .because(error)
            })?;
        Ok(Self { sender: Some(sender), thread: Some(thread), process: std::process::id() })
    }

    pub(crate) fn check_process(&self) -> Result<(), RegistryError> {
        if std::process::id() == self.process {
            return Ok(());
        }
        Err(RegistryError::new(
            RegistryErrorKind::Forked,
            "the process was forked after the registry was opened",
            "open the registry in the child, or leave it to one of the two",
        ))
    }

    /// Hands in a batch and waits until it is durable.
    pub(crate) fn write(&self, shared: &Shared, batch: Batch) -> Result<Results, RegistryError> {
        self.check_process()?;
        let (done, result) = sync_channel(1);
        let job = Job {
            batch,
            done: Box::new(move |results| {
                let _ = done.send(results);
            }),
        };
        let sender = self.sender.as_ref().ok_or_else(RegistryError::closed)?;
        shared.waiting.fetch_add(1, Ordering::Relaxed);
        if sender.send(job).is_err() {
            shared.waiting.fetch_sub(1, Ordering::Relaxed);
            return Err(RegistryError::closed());
        }
        result.recv().map_err(|_| RegistryError::closed())?
    }

    /// Hands in a batch and returns at once; `done` is called by the writer's thread and must not block.
    pub(crate) fn submit(
        &self,
        shared: &Shared,
        batch: Batch,
        done: Done,
    ) -> Result<(), RegistryError> {
        self.check_process()?;
        let sender = self.sender.as_ref().ok_or_else(RegistryError::closed)?;
        shared.waiting.fetch_add(1, Ordering::Relaxed);
        let refused = match sender.try_send(Job { batch, done }) {
            Ok(()) => return Ok(()),
            Err(TrySendError::Full(_)) => RegistryError::new(
                RegistryErrorKind::Busy,
                format!("{} writes wait already", shared.options.queue),
                "send it again in a moment",
            ),
            Err(TrySendError::Disconnected(_)) => RegistryError::closed(),
        };
        shared.waiting.fetch_sub(1, Ordering::Relaxed);
        Err(refused)
    }

    /// Writes what waits, and ends the thread.
    pub(crate) fn close(&mut self) {
        self.sender = None;
        // In a forked child there is no thread to wait for.
        if std::process::id() == self.process
            && let Some(thread) = self.thread.take()
        {
            let _ = thread.join();
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.close();
    }
}

fn run(shared: &Shared, receiver: &Receiver<Job>) {
    while let Ok(first) = receiver.recv() {
        let mut size = first.batch.ops.len();
        let mut jobs = vec![first];
        // Whatever waits goes along: the flush costs the same.
        while size < shared.options.group
            && let Ok(job) = receiver.try_recv()
        {
            size += job.batch.ops.len();
            jobs.push(job);
        }
        let count = jobs.len();
        let batches: Vec<&Batch> = jobs.iter().map(|job| &job.batch).collect();
        let written = shared.write(&batches);
        shared.waiting.fetch_sub(count, Ordering::Relaxed);
        match written {
            Ok(decision) => {
                shared.failed_groups.store(0, Ordering::Relaxed);
                for (job, results) in jobs.into_iter().zip(decision.results) {
                    (job.done)(Ok(results));
                }
            }
            Err(error) => {
                tracing::warn!(%error, callers = count, "a group of writes failed");
                shared.failed_groups.fetch_add(1, Ordering::Relaxed);
                *shared.last_error.lock().unwrap_or_else(PoisonError::into_inner) =
                    Some(error.clone());
                for job in jobs {
                    (job.done)(Err(error.clone()));
                }
            }
        }
    }
}
