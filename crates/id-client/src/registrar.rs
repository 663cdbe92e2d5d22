//! Registrations in the background: the application goes on, whatever the server does.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::mpsc::{self, error::TrySendError};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use crate::{Client, ClientError, Reference};

/// References that wait; when there are more, the newest are dropped.
const QUEUE: usize = 10_000;

/// References that are sent together.
const BATCH: usize = 500;

/// The wait after a failure: doubled each time, up to the second one.
const BACKOFF: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(30));

/// What became of the references.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Registered, or registered before.
    pub registered: u64,
    /// Refused by the server: another owner's, or wrong.
    pub refused: u64,
    /// Dropped, because too many waited.
    pub dropped: u64,
}

#[derive(Debug, Default)]
struct Atomics {
    registered: AtomicU64,
    refused: AtomicU64,
    dropped: AtomicU64,
}

/// Registers in the background.
#[derive(Debug)]
pub struct Registrar {
    queue: mpsc::Sender<Reference>,
    counts: Arc<Atomics>,
    task: JoinHandle<()>,
}

impl Registrar {
    /// Starts a task that sends what is registered.
    ///
    /// # Panics
    ///
    /// Panics outside a runtime of tokio.
    #[must_use]
    pub fn start(client: Client) -> Self {
        let (queue, waiting) = mpsc::channel(QUEUE);
        let counts = Arc::<Atomics>::default();
        let task = tokio::spawn(send_all(client, waiting, Arc::clone(&counts)));
        Self { queue, counts, task }
    }

    /// Registers an id some time later. Returns at once; what cannot wait any more is dropped and counted.
    pub fn register(&self, reference: Reference) {
        if let Err(TrySendError::Full(_) | TrySendError::Closed(_)) = self.queue.try_send(reference)
        {
            self.counts.dropped.fetch_add(1, Relaxed);
        }
    }

    /// Returns what became of the references so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        Counts {
            registered: self.counts.registered.load(Relaxed),
            refused: self.counts.refused.load(Relaxed),
            dropped: self.counts.dropped.load(Relaxed),
        }
    }

    /// Sends what waits, for so long at most; what is left then is dropped and counted.
    pub async fn close(self, at_most: Duration) -> Counts {
        let Self { queue, counts, mut task } = self;
        let sent =
            |queue: &mpsc::Sender<Reference>| (queue.max_capacity() - queue.capacity()) as u64;
        let left = queue.downgrade();
        drop(queue);
        if timeout(at_most, &mut task).await.is_err() {
            let waiting = left.upgrade().map_or(0, |queue| sent(&queue));
            task.abort();
            counts.dropped.fetch_add(waiting, Relaxed);
        }
        Counts {
            registered: counts.registered.load(Relaxed),
            refused: counts.refused.load(Relaxed),
            dropped: counts.dropped.load(Relaxed),
        }
    }
}

async fn send_all(client: Client, mut waiting: mpsc::Receiver<Reference>, counts: Arc<Atomics>) {
    let mut batch = Vec::new();
    while waiting.recv_many(&mut batch, BATCH).await > 0 {
        let mut wait = BACKOFF.0;
        loop {
            match client.post("/v1/register/batch", &json!({ "references": batch })).await {
                Ok(answer) => {
                    count(&answer, &counts);
                    break;
                }
                // The whole batch is refused for a reason that does not pass: a token that may not, a body that is too long.
                Err(ClientError::Refused { status: 400..=428, code, detail }) => {
                    tracing::warn!(code, detail, "registrations were refused");
                    counts.refused.fetch_add(batch.len() as u64, Relaxed);
                    break;
                }
                Err(error) => {
                    tracing::debug!(%error, "registrations wait for the server");
                    sleep(wait).await;
                    wait = (wait * 2).min(BACKOFF.1);
                }
            }
        }
        batch.clear();
    }
}

fn count(answer: &Value, counts: &Atomics) {
    for result in answer.get("results").and_then(Value::as_array).into_iter().flatten() {
        let counter = if result.get("ok").is_some() { &counts.registered } else { &counts.refused };
        counter.fetch_add(1, Relaxed);
    }
}
