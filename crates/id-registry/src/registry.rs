//! The registry: what callers ask and tell, checked, counted and handed on.
//!
//! Reading goes to the hot tier, else to the store; writing goes to the writer's thread. Next: `queries.rs`, questions with
//! lists for answers.

use std::path::Path;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};

use unified_id::{Core, Tenant};

use crate::audit::Event;
use crate::decide::{Batch, Op, Prepared, Results};
use crate::entry::{Entry, Matched, Registered, Resolved};
use crate::error::{RegistryError, RegistryErrorKind};
use crate::hot::Hot;
use crate::key::{self, Form, Key};
use crate::names::{Class, unknown_system};
use crate::options::Options;
use crate::record::{self, Content};
use crate::reference::{Reference, Relation};
use crate::stats::{Health, Stats};
use crate::store::{EventRow, FullKey, MemoryStore, Store};
use crate::system::{System, check_word, normal};
use crate::writer::{Shared, Writer};

/// The registry.
///
/// All methods take `&self`; share it in an [`Arc`]. Dropping it writes what waits.
///
/// # Examples
///
/// ```
/// use id_registry::{Options, Outcome, Reference, Registry, RegistryErrorKind};
///
/// # let folder = tempfile::tempdir().unwrap();
/// # let folder = folder.path();
/// let registry = Registry::open(folder, Options::default())?;
/// let tenant = "acme".parse().unwrap();
/// let id = "workflow_01m7wqt1fbff4sq3bgc5bhn9e0";
/// let registered = registry.register(&tenant, "me", Reference::new(id, "mahavishnu"))?;
/// assert_eq!(registered.outcome, Outcome::New);
///
/// let found = registry.resolve(&tenant, "01M7WQT1FBFF4SQ3BGC5BHN9E0")?.unwrap();
/// assert_eq!((&*found.entry.system, &*found.entry.kind), ("mahavishnu", "workflow"));
/// // Another tenant sees nothing of it.
/// assert!(registry.resolve(&"zeta".parse().unwrap(), id)?.is_none());
///
/// // The first writer keeps it.
/// let error = registry.register(&tenant, "me", Reference::new(id, "akosha")).unwrap_err();
/// assert_eq!(error.kind(), RegistryErrorKind::Conflict);
/// # Ok::<(), id_registry::RegistryError>(())
/// ```
#[derive(Debug)]
pub struct Registry {
    pub(crate) shared: Arc<Shared>,
    writer: Writer,
}

impl Registry {
    /// Opens the registry in a folder, and makes it if it is not there.
    ///
    /// # Errors
    ///
    /// [`Locked`](RegistryErrorKind::Locked) if another process has it, [`Schema`](RegistryErrorKind::Schema) if a newer
    /// version wrote it, [`Store`](RegistryErrorKind::Store) if it cannot be read or made.
    #[cfg(feature = "sqlite")]
    pub fn open(folder: &Path, options: Options) -> Result<Self, RegistryError> {
        let store = crate::store::SqliteStore::open(folder, options.sqlite)?;
        Self::with_store(store, options)
    }

    /// Makes a registry in memory: nothing of it survives the process.
    ///
    /// # Errors
    ///
    /// [`Store`](RegistryErrorKind::Store) if no thread can be started.
    pub fn in_memory(options: Options) -> Result<Self, RegistryError> {
        Self::with_store(MemoryStore::new(), options)
    }

    /// Makes a registry over any store.
    ///
    /// # Errors
    ///
    /// [`Store`](RegistryErrorKind::Store) if it cannot be read, or no thread can be started.
    pub fn with_store(store: impl Store, options: Options) -> Result<Self, RegistryError> {
        let shared = Arc::new(Shared::open(Arc::new(store), options)?);
        let writer = Writer::start(shared.clone())?;
        Ok(Self { shared, writer })
    }

    /// Registers an id, durable when this returns.
    ///
    /// # Errors
    ///
    /// [`Unparsable`](RegistryErrorKind::Unparsable) if the id, an alias or the other end of a link is no id;
    /// [`Conflict`](RegistryErrorKind::Conflict) if the id or an alias belongs to another owner;
    /// [`MissingKind`](RegistryErrorKind::MissingKind), [`Name`](RegistryErrorKind::Name),
    /// [`UnknownSystem`](RegistryErrorKind::UnknownSystem), [`Limit`](RegistryErrorKind::Limit) as they say;
    /// [`Full`](RegistryErrorKind::Full) or [`Store`](RegistryErrorKind::Store) if it could not be written.
    pub fn register(
        &self,
        tenant: &Tenant,
        writer: &str,
        reference: Reference,
    ) -> Result<Registered, RegistryError> {
        check_word("writer", writer)?;
        let op = self.prepare(tenant, reference)?;
        self.write_one(tenant, writer, op)
    }

    /// Registers many ids with one wait for the disk; each is registered or refused on its own.
    ///
    /// # Errors
    ///
    /// [`Limit`](RegistryErrorKind::Limit) if there are too many; [`Full`](RegistryErrorKind::Full) or
    /// [`Store`](RegistryErrorKind::Store) if nothing could be written. What is wrong with one of them stands in its place.
    pub fn register_batch(
        &self,
        tenant: &Tenant,
        writer: &str,
        references: Vec<Reference>,
    ) -> Result<Vec<Result<Registered, RegistryError>>, RegistryError> {
        let (ops, prepared) = self.prepare_batch(tenant, writer, references)?;
        let results = if ops.is_empty() {
            Vec::new()
        } else {
            self.writer.write(&self.shared, batch(tenant, writer, ops))?
        };
        Ok(merge(prepared, results))
    }

    /// Registers many ids and returns at once: `done` gets what [`register_batch`](Self::register_batch) would return.
    ///
    /// `done` is called by the writer's thread, or by this one if nothing is to be written, and must not block.
    ///
    /// # Errors
    ///
    /// [`Busy`](RegistryErrorKind::Busy) if too many writes wait already, [`Limit`](RegistryErrorKind::Limit) if there are
    /// too many in the batch; then `done` is not called.
    pub fn submit(
        &self,
        tenant: &Tenant,
        writer: &str,
        references: Vec<Reference>,
        done: impl FnOnce(Result<Vec<Result<Registered, RegistryError>>, RegistryError>)
        + Send
        + 'static,
    ) -> Result<(), RegistryError> {
        let (ops, prepared) = self.prepare_batch(tenant, writer, references)?;
        if ops.is_empty() {
            done(Ok(merge(prepared, Vec::new())));
            return Ok(());
        }
        self.writer.submit(
            &self.shared,
            batch(tenant, writer, ops),
            Box::new(move |results| done(results.map(|results| merge(prepared, results)))),
        )
    }

    /// Finds what a text in any form leads to; none if it is not registered in this tenant.
    ///
    /// # Errors
    ///
    /// [`Unparsable`](RegistryErrorKind::Unparsable) if the text is no id, [`Corrupt`](RegistryErrorKind::Corrupt) if what is
    /// stored fails its checksum, [`Store`](RegistryErrorKind::Store) if it cannot be read.
    pub fn resolve(&self, tenant: &Tenant, id: &str) -> Result<Option<Resolved>, RegistryError> {
        let (key, form) = key::locate(id).map_err(RegistryError::unparsable)?;
        let Some(no) = self.tenant_number(tenant)? else { return Ok(None) };
        let full = FullKey { tenant: no, key };
        let Some(hot) = self.look_up(full, tenant)? else { return Ok(None) };
        match hot {
            Hot::Entry(entry) => Ok(matches(&entry, id, form).map(|by| Resolved { entry, by })),
            Hot::Alias(target) => {
                let target = FullKey { tenant: no, key: target };
                match self.look_up(target, tenant)? {
                    Some(Hot::Entry(entry)) => Ok(Some(Resolved { entry, by: Matched::Alias })),
                    _ => Err(RegistryError::corrupt("an alias leads to nothing")),
                }
            }
        }
    }

    /// Finds what many texts lead to, each in its place.
    ///
    /// # Errors
    ///
    /// [`Limit`](RegistryErrorKind::Limit) if there are too many. What is wrong with one of them stands in its place.
    pub fn resolve_batch<T: AsRef<str>>(
        &self,
        tenant: &Tenant,
        ids: &[T],
    ) -> Result<Vec<Result<Option<Resolved>, RegistryError>>, RegistryError> {
        self.check_batch(ids.len())?;
        Ok(ids.iter().map(|id| self.resolve(tenant, id.as_ref())).collect())
    }

    /// Deletes an id: it is still read, and marked; it is found no more by system, kind or time, and its owner keeps it.
    ///
    /// # Errors
    ///
    /// [`UnknownId`](RegistryErrorKind::UnknownId) if it is not registered, and those of [`register`](Self::register).
    pub fn tombstone(
        &self,
        tenant: &Tenant,
        writer: &str,
        id: &str,
        reason: &str,
    ) -> Result<Registered, RegistryError> {
        const MAX_REASON_BYTES: usize = 512;
        if reason.len() > MAX_REASON_BYTES {
            return Err(RegistryError::limit("the reason", MAX_REASON_BYTES, "bytes"));
        }
        check_word("writer", writer)?;
        let entry = self.known(tenant, id)?;
        let op =
            Op::Delete { key: entry.key, text: entry.id.to_string(), reason: reason.to_owned() };
        self.write_one(tenant, writer, op)
    }

    /// Removes what was said of an id, deleting it first if it is in use; only its owner remains known.
    ///
    /// # Errors
    ///
    /// As [`tombstone`](Self::tombstone).
    pub fn purge(
        &self,
        tenant: &Tenant,
        writer: &str,
        id: &str,
    ) -> Result<Registered, RegistryError> {
        check_word("writer", writer)?;
        let entry = self.known(tenant, id)?;
        self.write_one(tenant, writer, Op::Purge { key: entry.key, text: entry.id.to_string() })
    }

    /// Defines a system, or defines it anew.
    ///
    /// # Errors
    ///
    /// [`Name`](RegistryErrorKind::Name) if one of its names is another system's, [`Limit`](RegistryErrorKind::Limit) if
    /// there are too many systems.
    pub fn define_system(
        &self,
        tenant: &Tenant,
        writer: &str,
        system: &System,
    ) -> Result<(), RegistryError> {
        check_word("writer", writer)?;
        self.write_one(tenant, writer, Op::Define(system.clone())).map(|_| ())
    }

    /// Returns the system of a name in any spelling, if it is defined.
    ///
    /// # Errors
    ///
    /// [`Store`](RegistryErrorKind::Store) if a store that others write to cannot be read.
    pub fn system(
        &self,
        tenant: &Tenant,
        name: &str,
    ) -> Result<Option<Arc<System>>, RegistryError> {
        let Ok(name) = normal(name) else { return Ok(None) };
        let names = &self.shared.names;
        let find = || names.systems(names.tenant(tenant)).of_normal(&name).cloned();
        if let Some(system) = find() {
            return Ok(Some(system));
        }
        self.refresh_if_shared()?;
        Ok(find())
    }

    /// Returns the systems that are defined, by name.
    ///
    /// # Errors
    ///
    /// As [`system`](Self::system).
    pub fn systems(&self, tenant: &Tenant) -> Result<Vec<Arc<System>>, RegistryError> {
        self.refresh_if_shared()?;
        Ok(self.shared.names.systems(self.shared.names.tenant(tenant)).all().to_vec())
    }

    /// Returns the systems whose ids look like this text: a hint about an id that nobody registered.
    ///
    /// Of a store that others write to, what this process has read so far.
    #[must_use]
    pub fn recognise(&self, tenant: &Tenant, id: &str) -> Vec<Arc<System>> {
        self.shared.names.systems(self.shared.names.tenant(tenant)).recognise(id)
    }

    /// Returns the tenants that have ever written, by name.
    ///
    /// # Errors
    ///
    /// As [`system`](Self::system).
    pub fn tenants(&self) -> Result<Vec<Tenant>, RegistryError> {
        self.refresh_if_shared()?;
        Ok(self.shared.names.tenants())
    }

    /// Tells how many entries a tenant has, without counting them.
    ///
    /// # Errors
    ///
    /// [`Store`](RegistryErrorKind::Store) if a store that others write to cannot be read.
    pub fn stats(&self, tenant: &Tenant) -> Result<Stats, RegistryError> {
        let no = self.tenant_number(tenant)?;
        self.refresh_if_shared()?;
        Ok(self.count(|row| Some(row.tenant) == no))
    }

    /// Tells how many entries there are in all tenants, by the systems' and kinds' names.
    ///
    /// # Errors
    ///
    /// As [`stats`](Self::stats).
    pub fn totals(&self) -> Result<Stats, RegistryError> {
        self.refresh_if_shared()?;
        Ok(self.count(|_| true))
    }

    /// Tells how the registry is.
    #[must_use]
    pub fn health(&self) -> Health {
        let mut health = Health {
            is_ok: true,
            problems: Vec::new(),
            hot_entries: self.shared.hot.len(),
            waiting: self.shared.waiting.load(Ordering::Relaxed),
            failed_groups: self.shared.failed_groups.load(Ordering::Relaxed),
            ..Health::default()
        };
        let mut problem = |error: &RegistryError| {
            health.is_ok = false;
            health.problems.push(format!("{error}: {}", error.help()));
        };
        if let Err(error) = self.writer.check_process() {
            problem(&error);
            return health;
        }
        match self.shared.store.health() {
            Ok(store) => {
                /// Below this, the next group may not fit.
                const LEAST_FREE_BYTES: u64 = 64 << 20;
                if store.free_bytes.is_some_and(|free| free < LEAST_FREE_BYTES) {
                    problem(&RegistryError::new(
                        RegistryErrorKind::Full,
                        "less than 64 MiB are free where the data lie",
                        "make room on the disk",
                    ));
                }
                health.store = store;
            }
            Err(error) => problem(&error),
        }
        if health.failed_groups > 0
            && let Some(error) =
                &*self.shared.last_error.lock().unwrap_or_else(PoisonError::into_inner)
        {
            health.is_ok = false;
            health.problems.push(format!("the last write failed: {error}: {}", error.help()));
        }
        health
    }

    /// Copies the data to a new file while everything goes on; the copy is opened like any other.
    ///
    /// # Errors
    ///
    /// [`Unsupported`](RegistryErrorKind::Unsupported) if the store has no backup of its own,
    /// [`Store`](RegistryErrorKind::Store) if the copy cannot be written.
    pub fn backup(&self, to: &Path) -> Result<(), RegistryError> {
        self.shared.store.backup(to)
    }

    /// Brings what lies in the write-ahead log to its place.
    ///
    /// # Errors
    ///
    /// [`Store`](RegistryErrorKind::Store) if it cannot be written.
    pub fn checkpoint(&self) -> Result<(), RegistryError> {
        self.shared.store.checkpoint()
    }

    /// Forgets what is in memory, so that everything is read from the store again.
    pub fn clear_hot_tier(&self) {
        self.shared.hot.clear();
    }

    /// Writes what waits and ends.
    pub fn close(mut self) {
        self.writer.close();
    }
}

impl Registry {
    /// Returns the number of a tenant, if it has ever written.
    pub(crate) fn tenant_number(&self, tenant: &Tenant) -> Result<Option<u32>, RegistryError> {
        if let Some(no) = self.shared.names.tenant(tenant) {
            return Ok(Some(no));
        }
        self.refresh_if_shared()?;
        Ok(self.shared.names.tenant(tenant))
    }

    /// Returns the number of a name of a tenant, if it has one.
    pub(crate) fn name_number(
        &self,
        tenant: u32,
        class: Class,
        text: &str,
    ) -> Result<Option<u32>, RegistryError> {
        if let Some(no) = self.shared.names.number(tenant, class, text) {
            return Ok(Some(no));
        }
        self.refresh_if_shared()?;
        Ok(self.shared.names.number(tenant, class, text))
    }

    pub(crate) fn event(&self, row: &EventRow) -> Result<Event, RegistryError> {
        match Event::of(row, &self.shared.names) {
            Err(_) if self.shared.store.is_shared() => {
                // Another process may have given a number since.
                self.shared.load()?;
                Event::of(row, &self.shared.names)
            }
            other => other,
        }
    }

    fn refresh_if_shared(&self) -> Result<(), RegistryError> {
        if self.shared.store.is_shared() { self.shared.load() } else { Ok(()) }
    }

    /// Finds what a key leads to.
    #[inline]
    pub(crate) fn look_up(
        &self,
        full: FullKey,
        tenant: &Tenant,
    ) -> Result<Option<Hot>, RegistryError> {
        if let Some(hot) = self.shared.hot.peek(full) {
            return Ok(Some(hot));
        }
        self.fetch(full, tenant)
    }

    #[inline(never)]
    fn fetch(&self, full: FullKey, tenant: &Tenant) -> Result<Option<Hot>, RegistryError> {
        self.writer.check_process()?;
        self.shared.hot.get_or_fetch(full, || {
            let Some(body) = self.shared.store.get(full)? else { return Ok(None) };
            self.read_record(full, tenant, &body).map(Some)
        })
    }

    /// Reads the body of a record.
    pub(crate) fn read_record(
        &self,
        full: FullKey,
        tenant: &Tenant,
        body: &[u8],
    ) -> Result<Hot, RegistryError> {
        Ok(match record::decode(full, body)? {
            Content::Entry(content) => {
                let names = &self.shared.names;
                let entry = match content.to_entry(full, tenant, names) {
                    Err(_) if self.shared.store.is_shared() => {
                        // Another process may have given a number since.
                        self.shared.load()?;
                        content.to_entry(full, tenant, names)?
                    }
                    other => other?,
                };
                Hot::Entry(Arc::new(entry))
            }
            Content::Alias(alias) => Hot::Alias(
                Key::from_bytes(&alias.target)
                    .ok_or_else(|| RegistryError::corrupt("an alias leads nowhere"))?,
            ),
        })
    }

    pub(crate) fn check_process(&self) -> Result<(), RegistryError> {
        self.writer.check_process()
    }

    /// Finds the entry of an id that has to be registered.
    pub(crate) fn known(&self, tenant: &Tenant, id: &str) -> Result<Arc<Entry>, RegistryError> {
        let resolved = self.resolve(tenant, id)?;
        Ok(resolved.ok_or_else(|| RegistryError::unknown_id(id))?.entry)
    }

    pub(crate) fn check_batch(&self, len: usize) -> Result<(), RegistryError> {
        let most = self.shared.options.limits.batch;
        if len > most {
            return Err(RegistryError::limit("a batch", most, "ids"));
        }
        Ok(())
    }

    pub(crate) fn write(
        &self,
        tenant: &Tenant,
        writer: &str,
        ops: Vec<Op>,
    ) -> Result<Results, RegistryError> {
        self.writer.write(&self.shared, batch(tenant, writer, ops))
    }

    fn write_one(
        &self,
        tenant: &Tenant,
        writer: &str,
        op: Op,
    ) -> Result<Registered, RegistryError> {
        let mut results = self.write(tenant, writer, vec![op])?;
        results.pop().unwrap_or_else(|| Err(RegistryError::closed()))
    }

    fn prepare_batch(
        &self,
        tenant: &Tenant,
        writer: &str,
        references: Vec<Reference>,
    ) -> Result<(Vec<Op>, Vec<Option<RegistryError>>), RegistryError> {
        check_word("writer", writer)?;
        self.check_batch(references.len())?;
        let mut ops = Vec::with_capacity(references.len());
        let refused = references
            .into_iter()
            .map(|reference| match self.prepare(tenant, reference) {
                Ok(op) => {
                    ops.push(op);
                    None
                }
                Err(error) => Some(error),
            })
            .collect();
        Ok((ops, refused))
    }

    /// Reads and checks a registration.
    fn prepare(&self, tenant: &Tenant, reference: Reference) -> Result<Op, RegistryError> {
        let limits = &self.shared.options.limits;
        let Reference { id, system, kind, metadata, aliases, links } = reference;
        if aliases.len() > limits.aliases {
            return Err(RegistryError::limit("a registration", limits.aliases, "aliases"));
        }
        if links.len() > limits.links {
            return Err(RegistryError::limit("a registration", limits.links, "links"));
        }
        let read = key::read(&id).map_err(RegistryError::unparsable)?;
        let kind = match (kind, read.kind) {
            (Some(kind), _) => kind,
            (None, Some(kind)) => kind.to_owned(),
            (None, None) => return Err(missing_kind(&id)),
        };
        check_word("kind", &kind)?;
        let mut all_links = Vec::with_capacity(links.len() + 1);
        if let Some(scope) = read.scope {
            let relation = match scope.kind {
                unified_id::IdKind::User => Relation::User,
                _ => Relation::Thread,
            };
            all_links.push((relation, scope.key, scope.text));
        }
        for link in links {
            let to = key::read(&link.to).map_err(RegistryError::unparsable)?;
            if to.key != read.key {
                all_links.push((link.relation, to.key, to.text.into_owned()));
            }
        }
        let aliases = aliases
            .iter()
            .map(|alias| {
                let read = key::read(alias).map_err(RegistryError::unparsable)?;
                Ok((read.key, read.text.into_owned()))
            })
            .collect::<Result<_, RegistryError>>()?;
        Ok(Op::Register(Box::new(Prepared {
            key: read.key,
            form: read.form,
            text: read.text.into_owned(),
            system: self.system_name(tenant, &system)?,
            kind,
            metadata,
            aliases,
            links: all_links,
        })))
    }

    /// Returns the one name of a system.
    pub(crate) fn system_name(&self, tenant: &Tenant, name: &str) -> Result<String, RegistryError> {
        let name = normal(name)?;
        let systems = self.shared.names.systems(self.shared.names.tenant(tenant));
        match systems.of_normal(&name) {
            Some(system) => Ok(system.name().to_owned()),
            None if self.shared.options.open_systems => Ok(name),
            None => Err(unknown_system(&name, &systems)),
        }
    }

    fn count(&self, counts: impl Fn(&crate::store::CounterRow) -> bool) -> Stats {
        let mut stats = Stats::default();
        let counters = self.shared.counters.read().unwrap_or_else(PoisonError::into_inner);
        let names = &self.shared.names;
        let mut rows: Vec<_> = counters.values().filter(|row| counts(row)).collect();
        rows.sort_unstable_by_key(|row| (row.tenant, row.system, row.kind));
        for row in rows {
            let number = |count: i64| u64::try_from(count).unwrap_or(0);
            stats.live += number(row.live);
            stats.deleted += number(row.deleted);
            stats.aliases += number(row.aliases);
            let of = |class, no| names.text(row.tenant, class, no).map(|text| text.to_string());
            if let Some(system) = of(Class::System, row.system) {
                *stats.by_system.entry(system).or_default() += number(row.live);
            }
            if let Some(kind) = of(Class::Kind, row.kind) {
                *stats.by_kind.entry(kind).or_default() += number(row.live);
            }
        }
        stats
    }
}

fn batch(tenant: &Tenant, writer: &str, ops: Vec<Op>) -> Batch {
    Batch { tenant: tenant.clone(), writer: writer.into(), ops }
}

/// Puts what was refused early and what the writer said into the order in which it was given.
fn merge(refused: Vec<Option<RegistryError>>, results: Results) -> Results {
    let mut results = results.into_iter();
    refused
        .into_iter()
        .map(|refused| match refused {
            Some(error) => Err(error),
            None => results.next().unwrap_or_else(|| Err(RegistryError::closed())),
        })
        .collect()
}

/// Tells how a text names an entry; none if only its core is the entry's.
#[inline]
fn matches(entry: &Entry, id: &str, form: Form) -> Option<Matched> {
    if *entry.id == *id {
        return Some(Matched::Id);
    }
    matches_slowly(entry, id, form)
}

fn matches_slowly(entry: &Entry, id: &str, form: Form) -> Option<Matched> {
    let is_bare = entry.id.len() == Core::TEXT_BYTES && entry.key.core().is_some();
    match form {
        Form::Bare if is_bare => Some(Matched::Id),
        Form::Bare => Some(Matched::Core),
        Form::Typed | Form::Legacy => {
            let read = key::read(id).ok()?;
            if *entry.id == *read.text {
                Some(Matched::Id)
            } else if is_bare && form == Form::Typed {
                Some(Matched::Core)
            } else {
                None
            }
        }
    }
}

fn missing_kind(id: &str) -> RegistryError {
    RegistryError::new(
        RegistryErrorKind::MissingKind,
        format!("`{}` does not say what it stands for", crate::error::shown(id)),
        "give a kind beside it, such as workflow or session",
    )
}
