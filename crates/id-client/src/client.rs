//! The client: a bounded queue, one thread that empties it, and counts of what became of it.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use id_registry::{Reference, Registry};
use serde::Deserialize;
use unified_id::Tenant;

use crate::error::ClientError;
use crate::http::Http;

/// Sizes and times.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Options {
    /// How many registrations may wait; more are dropped and counted.
    pub queue: usize,
    /// How many are sent at once.
    pub batch: usize,
    /// How long a request may take.
    pub timeout: Duration,
    /// How long it waits at most before it tries again.
    pub longest_wait: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            queue: 10_000,
            batch: 500,
            timeout: Duration::from_secs(5),
            longest_wait: Duration::from_secs(30),
        }
    }
}

/// What is known of an id.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Found {
    /// The id in its one spelling.
    pub id: String,
    /// The system that made it.
    pub system: String,
    /// What it stands for.
    pub kind: String,
    /// Unix time in milliseconds at which it was made, if it says so for certain.
    pub timestamp_ms: Option<u64>,
    /// Unix time in milliseconds at which it was registered.
    pub registered_at_ms: u64,
    /// `live`, `deleted` or `purged`.
    pub state: String,
    /// What else was said of it.
    #[serde(default)]
    pub metadata: serde_json::Map<String, serde_json::Value>,
}

/// What became of the registrations so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Handed in.
    pub handed_in: u64,
    /// Taken by the registry.
    pub taken: u64,
    /// Refused by the registry: another owner, no id.
    pub refused: u64,
    /// Dropped, because the queue was full or the client had ended.
    pub dropped: u64,
    /// Attempts that failed and were tried again.
    pub retries: u64,
}

/// What became of a batch.
pub(crate) enum Sent {
    /// The registry has it; some of it was refused.
    Taken { refused: usize },
    /// It was refused as a whole; parts of it may not be.
    Refused,
    /// Another try may succeed.
    Later,
    /// Another try may succeed, but the service answered: it may be the batch that breaks it.
    Broken,
}

/// Where registrations go.
#[derive(Debug)]
enum Target {
    Http(Http),
    Embedded { registry: Arc<Registry>, tenant: Tenant, writer: String },
}

#[derive(Debug)]
struct Shared {
    target: Target,
    options: Options,
    handed_in: AtomicU64,
    taken: AtomicU64,
    refused: AtomicU64,
    dropped: AtomicU64,
    retries: AtomicU64,
    is_over: AtomicBool,
    /// Wakes whoever waits for the queue to be empty, and the thread when the client ends.
    changed: (Mutex<()>, Condvar),
}

/// A client of the registry.
///
/// Dropping it sends what waits for at most a second.
#[derive(Debug)]
pub struct Client {
    shared: Arc<Shared>,
    sender: Option<SyncSender<Reference>>,
    process: u32,
}

impl Client {
    /// Makes a client of a service; nothing is sent yet, and the service need not be there.
    #[must_use]
    pub fn http(url: &str, token: Option<String>, options: Options) -> Self {
        Self::start(Target::Http(Http::new(url, token, options.timeout)), options)
    }

    /// Makes a client of a registry in this process, for programs without a service.
    #[must_use]
    pub fn embedded(
        registry: Arc<Registry>,
        tenant: Tenant,
        writer: &str,
        options: Options,
    ) -> Self {
        Self::start(Target::Embedded { registry, tenant, writer: writer.to_owned() }, options)
    }

    fn start(target: Target, options: Options) -> Self {
        let (sender, receiver) = sync_channel(options.queue.max(1));
        let shared = Arc::new(Shared {
            target,
            options,
            handed_in: AtomicU64::new(0),
            taken: AtomicU64::new(0),
            refused: AtomicU64::new(0),
            dropped: AtomicU64::new(0),
            retries: AtomicU64::new(0),
            is_over: AtomicBool::new(false),
            changed: (Mutex::new(()), Condvar::new()),
        });
        let thread = std::thread::Builder::new().name("id-client".to_owned()).spawn({
            let shared = shared.clone();
            move || work(&shared, &receiver)
        });
        // Without a thread there is nobody to send: everything is dropped and counted, and the application goes on.
        let sender = match thread {
            Ok(_) => Some(sender),
            Err(error) => {
                tracing::warn!(%error, "no thread for the registry's client");
                None
            }
        };
        Self { shared, sender, process: std::process::id() }
    }

    /// Hands in a registration and returns at once, whatever the service does.
    pub fn register(&self, reference: Reference) {
        self.shared.handed_in.fetch_add(1, Ordering::Relaxed);
        let is_ours = std::process::id() == self.process;
        let sender = self.sender.as_ref().filter(|_| is_ours);
        if sender.is_none_or(|sender| sender.try_send(reference).is_err()) {
            self.shared.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Finds what an id in any form leads to; waits for the answer.
    ///
    /// # Errors
    ///
    /// [`ClientError`] says whether the service cannot be reached, or refused.
    pub fn resolve(&self, id: &str) -> Result<Option<Found>, ClientError> {
        match &self.shared.target {
            Target::Http(http) => http.resolve(id),
            Target::Embedded { registry, tenant, .. } => {
                let resolved = registry
                    .resolve(tenant, id)
                    .map_err(|error| ClientError::of_registry(&error))?;
                Ok(resolved.map(|resolved| {
                    let entry = &resolved.entry;
                    Found {
                        id: entry.id.to_string(),
                        system: entry.system.to_string(),
                        kind: entry.kind.to_string(),
                        timestamp_ms: entry.timestamp_ms(),
                        registered_at_ms: entry.registered_at_ms,
                        state: entry.state.name().to_owned(),
                        metadata: serde_json::from_str(entry.metadata.as_str()).unwrap_or_default(),
                    }
                }))
            }
        }
    }

    /// Waits until everything that was handed in is taken, refused or dropped; tells whether it is.
    #[must_use]
    pub fn flush(&self, timeout: Duration) -> bool {
        let end = Instant::now() + timeout;
        let (lock, changed) = &self.shared.changed;
        let mut guard = lock.lock().unwrap_or_else(PoisonError::into_inner);
        while !self.shared.is_idle() {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            let step = left.min(Duration::from_millis(20));
            guard = changed.wait_timeout(guard, step).unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }

    /// Returns what became of the registrations so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let of = |count: &AtomicU64| count.load(Ordering::Relaxed);
        Counts {
            handed_in: of(&self.shared.handed_in),
            taken: of(&self.shared.taken),
            refused: of(&self.shared.refused),
            dropped: of(&self.shared.dropped),
            retries: of(&self.shared.retries),
        }
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        self.sender = None;
        if std::process::id() == self.process {
            let _ = self.flush(Duration::from_secs(1));
        }
        self.shared.is_over.store(true, Ordering::Release);
        self.shared.changed.1.notify_all();
    }
}

impl Shared {
    fn is_idle(&self) -> bool {
        let of = |count: &AtomicU64| count.load(Ordering::Relaxed);
        of(&self.handed_in) <= of(&self.taken) + of(&self.refused) + of(&self.dropped)
    }

    fn send(&self, batch: &[Reference]) -> Sent {
        match &self.target {
            Target::Http(http) => http.register(batch),
            Target::Embedded { registry, tenant, writer } => {
                match registry.register_batch(tenant, writer, batch.to_vec()) {
                    Ok(results) => {
                        Sent::Taken { refused: results.iter().filter(|one| one.is_err()).count() }
                    }
                    Err(error) => {
                        use id_registry::RegistryErrorKind as Kind;
                        match error.kind() {
                            Kind::Full | Kind::Store | Kind::Busy => Sent::Later,
                            _ => Sent::Refused,
                        }
                    }
                }
            }
        }
    }
}

fn work(shared: &Shared, receiver: &Receiver<Reference>) {
    loop {
        let first = match receiver.recv_timeout(Duration::from_secs(1)) {
            Ok(first) => first,
            Err(RecvTimeoutError::Timeout) => continue,
            Err(RecvTimeoutError::Disconnected) => return,
        };
        let mut batch = vec![first];
        while batch.len() < shared.options.batch.max(1)
            && let Ok(next) = receiver.try_recv()
        {
            batch.push(next);
        }
        let is_over = deliver(shared, &batch).is_break();
        shared.changed.1.notify_all();
        if is_over {
            return;
        }
    }
}

/// Sends a batch until there is an answer; what is refused as a whole is sent in halves, so that one registration that cannot
/// be taken, or too many at once, costs the others nothing. Breaks off if the client ends.
fn deliver(shared: &Shared, batch: &[Reference]) -> ControlFlow<()> {
    const FIRST_WAIT: Duration = Duration::from_millis(50);
    /// How often the service may break on a batch before it is taken for the batch's fault.
    const MOST_BREAKS: u32 = 5;
    let mut parts = vec![batch];
    while let Some(part) = parts.pop() {
        let (mut wait, mut breaks) = (FIRST_WAIT, 0);
        let is_refused = loop {
            match shared.send(part) {
                Sent::Taken { refused } => {
                    shared.refused.fetch_add(refused as u64, Ordering::Relaxed);
                    shared.taken.fetch_add((part.len() - refused) as u64, Ordering::Relaxed);
                    break false;
                }
                Sent::Refused => break true,
                Sent::Broken if breaks + 1 == MOST_BREAKS => break true,
                sent => {
                    breaks += u32::from(matches!(sent, Sent::Broken));
                    shared.retries.fetch_add(1, Ordering::Relaxed);
                    let (lock, changed) = &shared.changed;
                    let guard = lock.lock().unwrap_or_else(PoisonError::into_inner);
                    if shared.is_over.load(Ordering::Acquire) {
                        let left: usize = parts.iter().map(|part| part.len()).sum();
                        let dropped = (part.len() + left) as u64;
                        shared.dropped.fetch_add(dropped, Ordering::Relaxed);
                        return ControlFlow::Break(());
                    }
                    let _ = changed.wait_timeout(guard, wait);
                    wait = (wait * 2).min(shared.options.longest_wait);
                }
            }
        };
        if is_refused && part.len() == 1 {
            shared.refused.fetch_add(1, Ordering::Relaxed);
        } else if is_refused {
            let (first, second) = part.split_at(part.len() / 2);
            parts.extend([second, first]);
        }
    }
    ControlFlow::Continue(())
}
