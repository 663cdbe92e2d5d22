//! The service: what REST, MCP and the page all call. It asks the registry and the reader, counts, and decides nothing.
//!
//! Invariant: every call names its caller, and works in that caller's tenant only. Next: `id_registry`, `id_router`.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use id_registry::{
    Find, Matched, Outbox, OutboxOptions, OutboxState, Page, Reference, Registered, Registry,
    RegistryError, RegistryErrorKind, Resolved, Sink, Stats, System, Trace, TraceOptions, Window,
};
use id_router::{Identity, Router};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::DescriptorEncoder;
use tokio::sync::{Semaphore, oneshot};
use unified_id::legacy::Reader;
use unified_id::{Core, HookedReader, IdKind, ReadCounts, Tenant, ThreadKey, UnifiedId};

use crate::config::Config;
use crate::guard::Rates;
use crate::http::Problem;
use crate::http::dto::{NewIds, NewReference};
use crate::inspect::Record;
use crate::metrics::{Metrics, Operation, Scrape};
use crate::probe;
use crate::tokens::{Caller, Scope, Tokens};

/// Exports at once: each has a thread.
const EXPORTS: usize = 8;

/// What all requests share. Cheap to clone.
#[derive(Clone)]
pub struct Service(Arc<Inner>);

struct Inner {
    config: Config,
    registry: Arc<Registry>,
    router: Router,
    reader: HookedReader<Arc<ReadCounts>>,
    tokens: Tokens,
    metrics: Metrics,
    rates: Rates,
    local: Arc<Caller>,
    exports: Arc<Semaphore>,
    /// What goes over all data runs alone.
    maintenance: Arc<Semaphore>,
    /// The last core that was made here, to see that the next one is greater.
    last_core: Mutex<Option<Core>>,
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service").field("config", &self.0.config).finish_non_exhaustive()
    }
}

impl Service {
    /// Makes a service over a registry.
    #[must_use]
    pub fn new(registry: Registry, tokens: Tokens, config: Config) -> Self {
        Self::assemble(Arc::new(registry), tokens, config, None)
    }

    /// Makes a service over a registry that also tells a sink what is committed; `Config::trace_tables` is not looked at.
    ///
    /// # Errors
    ///
    /// [`Store`](RegistryErrorKind::Store) if no thread can be started.
    pub fn with_sink(
        registry: Registry,
        tokens: Tokens,
        config: Config,
        sink: Box<dyn Sink>,
        options: OutboxOptions,
    ) -> Result<Self, RegistryError> {
        let registry = Arc::new(registry);
        let outbox = Outbox::start(Arc::clone(&registry), sink, options)?;
        Ok(Self::assemble(registry, tokens, config, Some(outbox)))
    }

    fn assemble(
        registry: Arc<Registry>,
        tokens: Tokens,
        config: Config,
        outbox: Option<Outbox>,
    ) -> Self {
        let router = Router::new(id_router::Config::default(), Members(Arc::clone(&registry)));
        let reads = Arc::new(ReadCounts::new());
        let sources = Sources {
            registry: Arc::clone(&registry),
            router: router.clone(),
            reads: Arc::clone(&reads),
            outbox,
        };
        let local = Arc::new(Caller::new(config.tenant.clone(), "local", &[Scope::Read]));
        Self(Arc::new(Inner {
            rates: Rates::new(&config.limits),
            metrics: Metrics::new(Box::new(sources)),
            reader: Reader::new().with_hook(reads),
            config,
            registry,
            router,
            tokens,
            local,
            exports: Arc::new(Semaphore::new(EXPORTS)),
            maintenance: Arc::new(Semaphore::new(1)),
            last_core: Mutex::new(None),
        }))
    }

    /// Returns what the server was told.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// Returns the router of events.
    #[must_use]
    pub fn router(&self) -> &Router {
        &self.0.router
    }

    /// Returns the registry.
    #[must_use]
    pub fn registry(&self) -> &Registry {
        &self.0.registry
    }

    /// Returns the tokens.
    #[must_use]
    pub fn tokens(&self) -> &Tokens {
        &self.0.tokens
    }

    pub(crate) fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    pub(crate) fn rates(&self) -> &Rates {
        &self.0.rates
    }

    pub(crate) fn exports(&self) -> Arc<Semaphore> {
        Arc::clone(&self.0.exports)
    }

    pub(crate) fn maintenance(&self) -> Arc<Semaphore> {
        Arc::clone(&self.0.maintenance)
    }

    /// The caller without a token on the loopback interface.
    pub(crate) fn local_caller(&self) -> Arc<Caller> {
        Arc::clone(&self.0.local)
    }

    /// Says what a text is.
    pub(crate) fn inspect<'a>(&'a self, text: &'a str) -> Record<'a> {
        // The record reads anew; the reading that is counted is the caller's one.
        let _ = self.0.reader.parse_any(text);
        Record::of(text, self.0.reader.reader())
    }

    /// Makes ids.
    pub(crate) fn make(&self, wanted: &NewIds) -> Result<Vec<String>, Problem> {
        self.check_batch(wanted.count, "ids")?;
        let refused =
            |error: unified_id::ParseError| Problem::bad_request(error.to_string(), error.help());
        let kind: IdKind = wanted.kind.parse().map_err(refused)?;
        let mut last = self.0.last_core.lock().unwrap_or_else(PoisonError::into_inner);
        let mut is_growing = true;
        let mut ids = Vec::with_capacity(wanted.count);
        for _ in 0..wanted.count {
            let id = UnifiedId::make(kind, wanted.scope.as_deref()).map_err(refused)?;
            is_growing &= last.is_none_or(|last| last < id.core());
            *last = Some(id.core());
            ids.push(id.to_string());
        }
        self.metrics().generated(ids.len() as u64, is_growing);
        Ok(ids)
    }

    /// Registers ids, each on its own; durable when this returns.
    pub(crate) async fn register(
        &self,
        caller: &Caller,
        references: Vec<NewReference>,
    ) -> Result<Vec<Result<Registered, Problem>>, Problem> {
        self.check_batch(references.len(), "references")?;
        let start = Instant::now();
        let mut results = Vec::with_capacity(references.len());
        let (mut places, mut accepted) = (Vec::new(), Vec::new());
        for (place, reference) in references.into_iter().enumerate() {
            match self.check_reference(caller, reference) {
                Ok(reference) => {
                    places.push(place);
                    accepted.push(reference);
                    results.push(None);
                }
                Err(problem) => results.push(Some(Err(problem))),
            }
        }
        for (place, result) in places.into_iter().zip(self.submit(caller, accepted).await?) {
            results[place] = Some(result.map_err(Problem::from));
        }
        let results: Vec<_> = results.into_iter().flatten().collect();
        for result in &results {
            self.metrics().registered(outcome(result));
            if let Ok(registered) = result
                && &*registered.entry.kind == IdKind::Workflow.prefix()
            {
                self.metrics().took(Operation::WorkflowCreation, start.elapsed());
            }
        }
        Ok(results)
    }

    async fn submit(
        &self,
        caller: &Caller,
        references: Vec<Reference>,
    ) -> Result<Vec<Result<Registered, RegistryError>>, Problem> {
        let (done, answer) = oneshot::channel();
        self.0.registry.submit(&caller.tenant, &caller.name, references, move |results| {
            // Who has gone away meanwhile is told nothing; what was written stays.
            let _ = done.send(results);
        })?;
        Ok(answer
            .await
            .map_err(|_| Problem::failed("the registry ended while this was written"))??)
    }

    /// Checks what the registry does not know of: whose writer this is.
    fn check_reference(&self, caller: &Caller, new: NewReference) -> Result<Reference, Problem> {
        let name = |name: &str| -> Result<String, Problem> {
            let known = self.0.registry.system(&caller.tenant, name)?;
            Ok(known.map_or_else(|| normal(name), |system| system.name().to_owned()))
        };
        if let Some(own) = &caller.system
            && name(own)? != name(&new.system)?
        {
            return Err(Problem::forbidden(
                "system",
                format!("the token of `{}` registers for `{own}` only", caller.name),
                "register under that name, or use the other system's token",
            ));
        }
        Ok(new.into_reference()?)
    }

    /// Finds what a text in any form leads to.
    pub(crate) fn resolve(&self, caller: &Caller, id: &str) -> Result<Resolved, Problem> {
        // Which formats are still asked for; the registry reads for itself.
        let _ = self.0.reader.parse_any(id);
        let start = Instant::now();
        let found = self.0.registry.resolve(&caller.tenant, id);
        let time = start.elapsed();
        let result = match &found {
            Ok(Some(_)) => "found",
            Ok(None) => "unknown",
            Err(error) if error.kind() == RegistryErrorKind::Unparsable => "invalid",
            Err(_) => "failed",
        };
        self.metrics().resolved(result, time);
        let found = found?.ok_or_else(|| Problem::not_found(id))?;
        let operation = match &*found.entry.kind {
            "test" => Some(Operation::TestLookup),
            "session" => Some(Operation::SessionLookup),
            "entity" => Some(Operation::EntityResolution),
            _ => None,
        };
        if let Some(operation) = operation {
            self.metrics().took(operation, time);
        }
        Ok(found)
    }

    pub(crate) fn resolve_batch(
        &self,
        caller: &Caller,
        ids: &[String],
    ) -> Result<Vec<Result<Resolved, Problem>>, Problem> {
        self.check_batch(ids.len(), "ids")?;
        Ok(ids.iter().map(|id| self.resolve(caller, id)).collect())
    }

    pub(crate) async fn find(&self, caller: &Caller, find: Find) -> Result<Page, Problem> {
        self.ask(caller, move |registry, tenant| registry.find(tenant, &find)).await
    }

    pub(crate) async fn window(
        &self,
        caller: &Caller,
        id: String,
        window: Window,
    ) -> Result<Page, Problem> {
        self.ask(caller, move |registry, tenant| registry.window(tenant, &id, &window)).await
    }

    pub(crate) async fn trace(
        &self,
        caller: &Caller,
        id: String,
        options: TraceOptions,
    ) -> Result<Trace, Problem> {
        let unknown = Problem::not_found(&id);
        let found =
            self.ask(caller, move |registry, tenant| registry.trace(tenant, &id, &options)).await;
        found
            .inspect_err(|problem| {
                if problem.status >= 500 {
                    self.metrics().failed_trace();
                }
            })?
            .ok_or(unknown)
    }

    pub(crate) async fn tombstone(
        &self,
        caller: &Caller,
        id: String,
        reason: String,
    ) -> Result<Registered, Problem> {
        let name = Arc::clone(&caller.name);
        self.ask(caller, move |registry, tenant| registry.tombstone(tenant, &name, &id, &reason))
            .await
    }

    pub(crate) async fn purge(&self, caller: &Caller, id: String) -> Result<Registered, Problem> {
        let name = Arc::clone(&caller.name);
        self.ask(caller, move |registry, tenant| registry.purge(tenant, &name, &id)).await
    }

    /// Refuses who administers another tenant: what follows is about the data of all.
    pub(crate) fn check_operator(&self, caller: &Caller) -> Result<(), Problem> {
        let own = &self.0.config.tenant;
        if caller.tenant == *own {
            return Ok(());
        }
        Err(Problem::forbidden(
            "tenant",
            format!("the token of `{}` administers another tenant", caller.name),
            format!("use a token with the scope `admin` of the tenant `{own}`"),
        ))
    }

    /// Returns the file of a new backup, whose folder is there then.
    pub(crate) fn new_backup(&self, name: &str) -> Result<PathBuf, Problem> {
        let is_sign = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let is_inner = |byte: u8| is_sign(byte) || matches!(byte, b'-' | b'_' | b'.');
        let bytes = name.as_bytes();
        if bytes.len() > 64
            || !bytes.first().copied().is_some_and(is_sign)
            || !bytes.iter().copied().all(is_inner)
        {
            return Err(Problem::bad_request(
                "this name is none for a backup",
                "use 1 to 64 of a-z, 0-9, `-`, `_` and `.`, the first one a letter or digit",
            ));
        }
        let Some(folder) = &self.0.config.backups else {
            return Err(Problem::new(
                StatusCode::NOT_IMPLEMENTED,
                "unsupported",
                "this registry is in memory",
                "serve one in a folder",
            ));
        };
        let cannot = |error: std::io::Error| {
            tracing::error!(%error, "the folder of backups");
            Problem::failed("the folder of backups cannot be used")
        };
        make_private(folder).map_err(cannot)?;
        let conflict = |detail, help| Problem::new(StatusCode::CONFLICT, "backup", detail, help);
        let most = self.0.config.limits.backups;
        if std::fs::read_dir(folder).map_err(cannot)?.count() >= most {
            return Err(conflict(
                format!("{most} backups are there"),
                "take them to where backups are kept, and remove them here".to_owned(),
            ));
        }
        let file = folder.join(format!("{name}.db"));
        if file.exists() {
            let help = "choose another name, so that no backup is lost".to_owned();
            return Err(conflict(format!("the backup `{name}` is there already"), help));
        }
        Ok(file)
    }

    pub(crate) async fn define_system(
        &self,
        caller: &Caller,
        system: System,
    ) -> Result<(), Problem> {
        let name = Arc::clone(&caller.name);
        self.ask(caller, move |registry, tenant| registry.define_system(tenant, &name, &system))
            .await
    }

    pub(crate) fn stats(&self, caller: &Caller) -> Result<Stats, Problem> {
        Ok(self.0.registry.stats(&caller.tenant)?)
    }

    /// Asks the registry on a thread that may wait for the disk.
    pub(crate) async fn ask<T: Send + 'static>(
        &self,
        caller: &Caller,
        ask: impl FnOnce(&Registry, &Tenant) -> Result<T, RegistryError> + Send + 'static,
    ) -> Result<T, Problem> {
        let (registry, tenant) = (Arc::clone(&self.0.registry), caller.tenant.clone());
        let asked = tokio::task::spawn_blocking(move || ask(&registry, &tenant)).await;
        Ok(asked.map_err(|_| Problem::failed("the question ended by a panic"))??)
    }

    /// Makes a token that lives in memory only.
    pub(crate) fn mint(&self, caller: Caller, lifetime: Duration) -> Result<String, Problem> {
        let most = self.0.config.limits.minted_tokens;
        self.0.tokens.mint(caller, lifetime, most).ok_or_else(|| {
            let help = "wait until some have ended, or write lasting ones into the file of tokens";
            Problem::new(
                StatusCode::TOO_MANY_REQUESTS,
                "tokens",
                format!("there are {most} tokens already"),
                help,
            )
        })
    }

    fn check_batch(&self, count: usize, what: &str) -> Result<(), Problem> {
        let most = self.0.config.limits.batch;
        if count <= most {
            return Ok(());
        }
        Err(Problem::bad_request(
            format!("{count} {what} at once"),
            format!("send at most {most} in one request"),
        ))
    }
}

/// The spelling in which names of systems are compared.
fn normal(name: &str) -> String {
    name.trim().to_ascii_lowercase().replace(['_', ' '], "-")
}

fn outcome(result: &Result<Registered, Problem>) -> &'static str {
    match result {
        Ok(registered) => registered.outcome.name(),
        Err(problem) if problem.code == "conflict" => "conflict",
        Err(problem) if problem.status < 500 => "refused",
        Err(_) => "failed",
    }
}

/// How a text led to an entry, as it is sent.
pub(crate) const fn matched(by: Matched) -> &'static str {
    by.name()
}

/// Who may use a thread: the users that a registered link of the thread names. `docs/guide/server.md` says how they get in.
struct Members(Arc<Registry>);

impl id_router::Membership for Members {
    fn may_read(&self, who: &Identity, thread: &ThreadKey) -> bool {
        if let Some(answer) = probe::may_read(who, thread) {
            return answer;
        }
        let text = format!("{}_{thread}", IdKind::Thread.prefix());
        // A registry that fails lets nobody in.
        let Ok(Some(trace)) = self.0.trace(who.tenant(), &text, &TraceOptions::around(0)) else {
            return false;
        };
        trace.entry.is_live()
            && trace.links.items.iter().any(|link| {
                link.relation == id_registry::Relation::User
                    && link.direction == id_registry::Direction::To
                    && who.user().is(&link.id)
            })
    }
}

/// What is counted elsewhere.
struct Sources {
    registry: Arc<Registry>,
    router: Router,
    reads: Arc<ReadCounts>,
    /// Ends with the service.
    outbox: Option<Outbox>,
}

impl fmt::Debug for Sources {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sources")
    }
}

impl Collector for Sources {
    fn encode(&self, encoder: DescriptorEncoder) -> fmt::Result {
        let mut scrape = Scrape(encoder);
        self.of_reader(&mut scrape)?;
        Self::of_generator(&mut scrape)?;
        self.of_registry(&mut scrape)?;
        self.of_outbox(&mut scrape)?;
        self.of_router(&mut scrape)
    }
}

impl Sources {
    fn of_reader(&self, scrape: &mut Scrape<'_>) -> fmt::Result {
        let reads = &self.reads;
        scrape.counters(
            "ulid_parse",
            "Texts that were read, by format",
            "format",
            reads.formats(),
        )?;
        scrape.counters(
            "ulid_parse_failures",
            "Texts that are no ids, by cause",
            "cause",
            reads.refusals(),
        )?;
        scrape.counter(
            "ulid_parse_ambiguous",
            "Ids that can be read in two ways",
            reads.ambiguous(),
        )
    }

    fn of_generator(scrape: &mut Scrape<'_>) -> fmt::Result {
        let stats = unified_id::generator::stats();
        scrape.counter(
            "ulid_clock_rollbacks",
            "How often the clock was behind the last id",
            stats.rollbacks,
        )?;
        #[expect(clippy::cast_precision_loss, reason = "milliseconds of a drift")]
        let drift_s = stats.drift_ms as f64 / 1000.0;
        scrape.gauge_f64("ulid_clock_drift_seconds", "How far ids are ahead of the clock", drift_s)
    }

    fn of_registry(&self, scrape: &mut Scrape<'_>) -> fmt::Result {
        let nobody = Tenant::new("\0").expect("invariant: the name has a byte");
        if let (Ok(totals), Ok(systems)) = (self.registry.totals(), self.registry.systems(&nobody))
        {
            let states =
                [("live", totals.live), ("deleted", totals.deleted), ("alias", totals.aliases)];
            scrape.gauges(
                "ulid_registry_entries",
                "Entries of the registry by state",
                "state",
                states,
            )?;
            // Names of kinds and systems are the callers' texts: only those that everybody has are told apart.
            let kinds = IdKind::ALL.iter().map(|kind| kind.prefix());
            let kinds = known(kinds, &totals.by_kind);
            scrape.gauges(
                "ulid_registry_entries_by_kind",
                "Entries in use by kind",
                "kind",
                kinds,
            )?;
            let systems = known(systems.iter().map(|system| system.name()), &totals.by_system);
            scrape.gauges(
                "ulid_registry_entries_by_system",
                "Entries in use by system",
                "system",
                systems,
            )?;
        }
        let health = self.registry.health();
        scrape.gauge(
            "ulid_registry_healthy",
            "1 if the registry reads and writes",
            u64::from(health.is_ok),
        )?;
        scrape.gauge(
            "ulid_registry_hot_entries",
            "Entries in memory",
            health.hot_entries as u64,
        )?;
        scrape.gauge(
            "ulid_registry_waiting_writes",
            "Registrations that wait for the disk",
            health.waiting as u64,
        )?;
        let store = &health.store;
        let bytes =
            [("data", store.data_bytes), ("log", store.wal_bytes), ("free", store.free_bytes)];
        // What the store does not know is left out: 0 bytes would be an alarm.
        let bytes = bytes.into_iter().filter_map(|(part, bytes)| Some((part, bytes?)));
        scrape.gauges(
            "ulid_store_bytes",
            "Bytes of the store: data, log, and free on its disk",
            "part",
            bytes,
        )
    }

    /// Without a sink nothing waits. A log that cannot be read is left out: the registry's health says why.
    fn of_outbox(&self, scrape: &mut Scrape<'_>) -> fmt::Result {
        let state = match &self.outbox {
            Some(outbox) => outbox.state(),
            None => Ok(OutboxState::default()),
        };
        let Ok(state) = state else { return Ok(()) };
        #[expect(clippy::cast_precision_loss, reason = "milliseconds of a wait")]
        let age_s = state.age_ms as f64 / 1000.0;
        scrape.gauge_f64(
            "ulid_outbox_age_seconds",
            "How long the oldest event waits that the trace tables do not have",
            age_s,
        )?;
        scrape.gauge(
            "ulid_outbox_events",
            "Events that the trace tables do not have",
            state.behind,
        )?;
        scrape.gauge(
            "ulid_outbox_failures",
            "Failures of the trace tables since they took something",
            state.failures,
        )
    }

    fn of_router(&self, scrape: &mut Scrape<'_>) -> fmt::Result {
        let (counters, stats) = (self.router.counters(), self.router.stats());
        let outcomes = [
            ("delivered", counters.delivered),
            ("queued", counters.queued),
            ("no_subscriber", counters.no_subscriber),
            ("ambiguous", counters.ambiguous),
            ("unknown", counters.unknown),
            ("not_allowed", counters.not_allowed),
            ("foreign_user", counters.foreign_user),
            ("too_large", counters.too_large),
            ("closed", counters.closed),
            ("draining", counters.draining),
            ("failed", counters.failed),
        ];
        scrape.counters(
            "ulid_routing_outcomes",
            "Events by what became of them",
            "outcome",
            outcomes,
        )?;
        let copies = [
            ("received", counters.received),
            ("dropped", counters.dropped),
            ("withheld", counters.withheld),
            ("discarded", counters.discarded),
        ];
        scrape.counters(
            "ulid_routing_copies",
            "Copies of events by what became of them",
            "fate",
            copies,
        )?;
        scrape.gauge(
            "ulid_websocket_connections",
            "Open WebSocket connections",
            stats.connections as u64,
        )?;
        scrape.gauge("ulid_routing_threads", "Threads with a connection", stats.threads as u64)?;
        scrape.gauge(
            "ulid_routing_queued",
            "Events in the queues of connections",
            stats.queued as u64,
        )
    }
}

/// The counts of these names, and of all others together.
fn known<'n>(
    names: impl Iterator<Item = &'n str>,
    counts: &std::collections::BTreeMap<String, u64>,
) -> Vec<(&'n str, u64)> {
    let mut known: Vec<(&str, u64)> =
        names.map(|name| (name, counts.get(name).copied().unwrap_or(0))).collect();
    let others = counts.values().sum::<u64>() - known.iter().map(|(_, count)| count).sum::<u64>();
    known.push(("other", others));
    known
}

/// Opens the registry and the tokens in a folder.
///
/// # Errors
///
/// What the registry or the tokens say, with what to do.
pub fn open(
    folder: &Path,
    mut config: Config,
    options: id_registry::Options,
) -> Result<Service, OpenError> {
    let registry = Registry::open(folder, options)?;
    let tokens = Tokens::open(folder, &config.tenant)?;
    config.backups.get_or_insert_with(|| folder.join("backups"));
    let sink = config.trace_tables.as_ref().map(|tables| (tables.sink(), tables.outbox));
    Ok(match sink {
        Some((sink, options)) => Service::with_sink(registry, tokens, config, sink, options)?,
        None => Service::new(registry, tokens, config),
    })
}

/// Makes a folder for its owner alone.
fn make_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Why a folder cannot be served.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The registry cannot be opened.
    #[error("{0}\nhelp:  {help}", help = .0.help())]
    Registry(#[from] RegistryError),
    /// The tokens cannot be used.
    #[error(transparent)]
    Tokens(#[from] crate::tokens::TokenError),
}
