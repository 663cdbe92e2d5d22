//! The outbox: a reader of the log that tells somebody else what was committed, in order, at least once.
//!
//! The log is written in the transaction of what it names, so that nothing is told that was not committed, and nothing that was
//! is left out. The reader keeps its place in the store. While the other side is down the log is simply not read: nothing is
//! queued, and no write waits. Next: `store/clickhouse.rs`, a sink.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::audit::{Action, Event};
use crate::decide::{ALIAS, INCOMING};
use crate::entry::Entry;
use crate::error::{RegistryError, RegistryErrorKind};
use crate::hot::Hot;
use crate::key::Key;
use crate::queries::check_link;
use crate::reference::Relation;
use crate::registry::Registry;
use crate::store::FullKey;

/// The most links that are told with one event.
const MAX_LINKS: usize = 1_000;

/// One event, with what the registry knows of its id at the moment of telling.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Told {
    /// The event.
    pub event: Event,
    /// The entry; none if the event is about a system.
    pub entry: Option<Arc<Entry>>,
    /// For an alias, its text.
    pub alias: Option<String>,
    /// For a registration and for new links, the links that the entry has itself, at most 1,000.
    pub links: Vec<(Relation, String)>,
}

/// Who is told.
pub trait Sink: Send {
    /// A stable name, by which the place in the log is kept.
    fn name(&self) -> &str;

    /// Takes some events, in order; the same ones may come again after a failure.
    ///
    /// # Errors
    ///
    /// Why they were not taken; they come again.
    fn take(&mut self, told: &[Told]) -> Result<(), RegistryError>;
}

/// How the outbox goes about it.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct OutboxOptions {
    /// The most events at once.
    pub batch: usize,
    /// How long it waits when there is nothing to tell.
    pub idle: Duration,
    /// How long it waits at most after failures; the first wait is a tenth of a second, and each next one twice as long.
    pub longest_wait: Duration,
}

impl Default for OutboxOptions {
    fn default() -> Self {
        Self {
            batch: 1_000,
            idle: Duration::from_millis(200),
            longest_wait: Duration::from_secs(30),
        }
    }
}

/// How far the outbox came.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct OutboxState {
    /// The place in the log up to which everything was taken.
    pub position: u64,
    /// How many events were committed and not yet taken.
    pub behind: u64,
    /// Unix time in milliseconds of the oldest event that was not yet taken; none if there is none.
    pub oldest_at_ms: Option<u64>,
    /// How long that event has waited, in milliseconds; 0 if there is none.
    pub age_ms: u64,
    /// Failures since something was taken.
    pub failures: u64,
    /// The last failure.
    pub last_error: Option<RegistryError>,
}

impl Registry {
    /// Tells a sink the next events, and notes that it took them; returns how many.
    ///
    /// # Errors
    ///
    /// The sink's, and those of reading; nothing is noted then.
    pub fn tell(&self, sink: &mut dyn Sink, most: usize) -> Result<usize, RegistryError> {
        self.check_process()?;
        let store = &self.shared.store;
        let position = store.position(sink.name())?;
        let rows = store.events(position, most.max(1))?;
        let Some(last) = rows.last() else { return Ok(0) };
        let told = rows
            .iter()
            .map(|row| {
                let event = self.event(row)?;
                self.told(event, FullKey { tenant: row.tenant, key: row.key })
            })
            .collect::<Result<Vec<_>, _>>()?;
        sink.take(&told)?;
        store.set_position(sink.name(), last.seq)?;
        Ok(told.len())
    }

    fn told(&self, event: Event, full: FullKey) -> Result<Told, RegistryError> {
        let mut told = Told { event, entry: None, alias: None, links: Vec::new() };
        if told.event.action == Action::Define {
            return Ok(told);
        }
        let tenant = told.event.tenant.clone();
        let missing = || RegistryError::corrupt("the log names a record that is not there");
        match self.look_up(full, &tenant)?.ok_or_else(missing)? {
            Hot::Entry(entry) => told.entry = Some(entry),
            Hot::Alias(target) => {
                let of = FullKey { key: target, ..full };
                let Some(Hot::Entry(entry)) = self.look_up(of, &tenant)? else {
                    return Err(missing());
                };
                told.entry = Some(entry);
                told.alias = self.alias_text(of, full.key)?;
            }
        }
        if matches!(told.event.action, Action::Register | Action::Link) {
            for row in self.shared.store.links(full, None, MAX_LINKS)? {
                check_link(&row)?;
                if row.relation >= INCOMING {
                    break;
                }
                let relation = Relation::from_code(row.relation);
                told.links.extend(relation.map(|relation| (relation, row.text)));
            }
        }
        Ok(told)
    }

    fn alias_text(&self, of: FullKey, alias: Key) -> Result<Option<String>, RegistryError> {
        let mut after = (ALIAS - 1, Key::LAST);
        loop {
            let rows = self.shared.store.links(of, Some(after), MAX_LINKS)?;
            let Some(last) = rows.last() else { return Ok(None) };
            after = (last.relation, last.other);
            if let Some(row) = rows.into_iter().find(|row| row.other == alias) {
                check_link(&row)?;
                return Ok(Some(row.text));
            }
        }
    }

    /// Tells how far a sink came.
    ///
    /// # Errors
    ///
    /// [`Store`](RegistryErrorKind::Store) if it cannot be read.
    pub fn outbox_state(&self, sink: &str) -> Result<OutboxState, RegistryError> {
        let position = self.shared.store.position(sink)?;
        let oldest = self.shared.store.events(position, 1)?;
        let last = self.shared.store.health()?.last_seq;
        let oldest_at_ms = oldest.first().map(|event| event.at_ms);
        let now_ms = self.shared.options.clock.now_ms();
        Ok(OutboxState {
            position,
            behind: last.saturating_sub(position),
            oldest_at_ms,
            age_ms: oldest_at_ms.map_or(0, |at_ms| now_ms.saturating_sub(at_ms)),
            ..OutboxState::default()
        })
    }
}

/// A thread that tells a sink what is committed.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use id_registry::{Options, Outbox, OutboxOptions, Reference, Registry, RegistryError, Sink, Told};
///
/// struct Count(std::sync::mpsc::Sender<u64>);
///
/// impl Sink for Count {
///     fn name(&self) -> &str {
///         "count"
///     }
///     fn take(&mut self, told: &[Told]) -> Result<(), RegistryError> {
///         told.iter().for_each(|told| self.0.send(told.event.seq).unwrap());
///         Ok(())
///     }
/// }
///
/// let registry = Arc::new(Registry::in_memory(Options::default())?);
/// let (sender, receiver) = std::sync::mpsc::channel();
/// let outbox = Outbox::start(registry.clone(), Box::new(Count(sender)), OutboxOptions::default())?;
/// let id = unified_id::UnifiedId::session().to_string();
/// registry.register(&"acme".parse().unwrap(), "me", Reference::new(id, "session-buddy"))?;
/// assert_eq!(receiver.recv().unwrap(), 1);
/// outbox.stop();
/// # Ok::<(), RegistryError>(())
/// ```
#[derive(Debug)]
pub struct Outbox {
    shared: Arc<OutboxShared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct OutboxShared {
    registry: Arc<Registry>,
    name: String,
    is_over: AtomicBool,
    failed: Mutex<(u64, Option<RegistryError>)>,
    wake: Condvar,
}

impl Outbox {
    /// Starts the thread.
    ///
    /// # Errors
    ///
    /// [`Store`](RegistryErrorKind::Store) if no thread can be started.
    pub fn start(
        registry: Arc<Registry>,
        mut sink: Box<dyn Sink>,
        options: OutboxOptions,
    ) -> Result<Self, RegistryError> {
        let shared = Arc::new(OutboxShared {
            registry,
            name: sink.name().to_owned(),
            is_over: AtomicBool::new(false),
            failed: Mutex::default(),
            wake: Condvar::new(),
        });
        let thread = std::thread::Builder::new()
            .name("id-registry-outbox".to_owned())
            .spawn({
                let shared = shared.clone();
                move || run(&shared, &mut *sink, options)
            })
            .map_err(|error| {
                RegistryError::new(
                    RegistryErrorKind::Store,
                    "cannot start the thread of the outbox",
                    "raise the limit of threads of this process",
                )
                .because(error)
            })?;
        Ok(Self { shared, thread: Some(thread) })
    }

    /// Tells how far it came.
    ///
    /// # Errors
    ///
    /// [`Store`](RegistryErrorKind::Store) if it cannot be read.
    pub fn state(&self) -> Result<OutboxState, RegistryError> {
        let mut state = self.shared.registry.outbox_state(&self.shared.name)?;
        let failed = self.shared.failed.lock().unwrap_or_else(PoisonError::into_inner);
        (state.failures, state.last_error) = failed.clone();
        Ok(state)
    }

    /// Ends the thread; what was not taken is told after the next start.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        {
            // Under the lock, so that the thread is either before its look at the end or asleep already.
            let _failed = self.shared.failed.lock().unwrap_or_else(PoisonError::into_inner);
            self.shared.is_over.store(true, Ordering::Release);
        }
        self.shared.wake.notify_all();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Outbox {
    fn drop(&mut self) {
        self.end();
    }
}

fn run(shared: &OutboxShared, sink: &mut dyn Sink, options: OutboxOptions) {
    const FIRST_WAIT: Duration = Duration::from_millis(100);
    while !shared.is_over.load(Ordering::Acquire) {
        let told = shared.registry.tell(sink, options.batch);
        let mut failed = shared.failed.lock().unwrap_or_else(PoisonError::into_inner);
        let wait = match told {
            Ok(0) => options.idle,
            Ok(_) => {
                *failed = (0, None);
                continue;
            }
            Err(error) => {
                tracing::warn!(%error, sink = shared.name, "the outbox is not taken");
                let doublings = u32::try_from(failed.0.min(20)).unwrap_or(20);
                *failed = (failed.0 + 1, Some(error));
                FIRST_WAIT.saturating_mul(1 << doublings).min(options.longest_wait)
            }
        };
        if !shared.is_over.load(Ordering::Acquire) {
            // A wake-up that nobody meant only makes it look sooner.
            let _ = shared.wake.wait_timeout(failed, wait);
        }
    }
}
