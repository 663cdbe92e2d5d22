//! What a group of writes changes, given what is there: first writer wins.
//!
//! Pure: no clock, no store. All stores share it, so that they cannot differ in what they allow. Each write is whole or
//! refused on its own; one that is refused changes nothing for the others of its group. It comes from `writer.rs` and goes to
//! a store's `transact`.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use unified_id::Tenant;

use crate::audit::Action;
use crate::entry::{Entry, Outcome, Registered, State};
use crate::error::{RegistryError, RegistryErrorKind, shown};
use crate::hot::Hot;
use crate::key::{Form, Key};
use crate::names::{Class, Names};
use crate::options::Limits;
use crate::record::{self, AliasContent, Content, EntryContent, Spelling, StateContent};
use crate::reference::{Metadata, Relation};
use crate::store::{Changes, CounterRow, EventRow, FullKey, LinkRow, Loaded, Needs, RecordRow};
use crate::system::System;

/// The bit of a relation's code that says: the other id has the link.
pub(crate) const INCOMING: u8 = 0x10;
/// The code of an alias among the links.
pub(crate) const ALIAS: u8 = 0x20;

/// One write, checked.
#[derive(Debug)]
pub(crate) enum Op {
    Register(Box<Prepared>),
    Delete { key: Key, text: String, reason: String },
    Purge { key: Key, text: String },
    Define(System),
}

/// A registration, read and checked.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) key: Key,
    pub(crate) form: Form,
    pub(crate) text: String,
    pub(crate) system: String,
    pub(crate) kind: String,
    pub(crate) metadata: Metadata,
    pub(crate) aliases: Vec<(Key, String)>,
    /// Explicit links, and the one that the id itself carries.
    pub(crate) links: Vec<(Relation, Key, String)>,
}

/// Several writes of one caller.
#[derive(Debug)]
pub(crate) struct Batch {
    pub(crate) tenant: Tenant,
    pub(crate) writer: Arc<str>,
    pub(crate) ops: Vec<Op>,
}

/// What became of a batch: one result for each write.
pub(crate) type Results = Vec<Result<Registered, RegistryError>>;

/// What was decided.
#[derive(Debug, Default)]
pub(crate) struct Decision {
    pub(crate) results: Vec<Results>,
    pub(crate) hot: Vec<(FullKey, Hot)>,
}

impl Op {
    /// Adds what has to be known before it is decided.
    pub(crate) fn needs(&self, tenant: u32, needs: &mut Needs) {
        let full = |key| FullKey { tenant, key };
        match self {
            Self::Register(prepared) => {
                needs.records.push(full(prepared.key));
                needs.records.extend(prepared.aliases.iter().map(|(key, _)| full(*key)));
                for (relation, other, _) in &prepared.links {
                    let (key, code, other) = outgoing(prepared.key, *relation, *other);
                    needs.links.push((full(key), code, other));
                }
            }
            Self::Delete { key, .. } | Self::Purge { key, .. } => needs.records.push(full(*key)),
            Self::Define(_) => {}
        }
    }
}

/// Returns a link as it is kept: a child is the other end of a parent.
fn outgoing(key: Key, relation: Relation, other: Key) -> (Key, u8, Key) {
    match relation {
        Relation::Child => (other, Relation::Parent as u8, key),
        _ => (key, relation as u8, other),
    }
}

/// A record as it is after the writes so far.
#[derive(Debug)]
enum Node {
    Entry { entry: Arc<Entry>, numbers: [u32; 3], is_new: bool, is_changed: bool },
    Alias { target: Key, text: String, writer: u32, at_ms: u64, is_new: bool },
}

/// All that a group knows and changes.
pub(crate) struct Group<'g> {
    pub(crate) names: &'g Names,
    pub(crate) limits: &'g Limits,
    pub(crate) needs: &'g Needs,
    pub(crate) loaded: &'g Loaded,
    pub(crate) now_ms: u64,
    nodes: HashMap<FullKey, Node, foldhash::fast::RandomState>,
    links: HashSet<(FullKey, u8, Key), foldhash::fast::RandomState>,
    changes: Changes,
    counters: HashMap<(u32, u32, u32), CounterRow, foldhash::fast::RandomState>,
}

impl<'g> Group<'g> {
    pub(crate) fn new(
        names: &'g Names,
        limits: &'g Limits,
        needs: &'g Needs,
        loaded: &'g Loaded,
        now_ms: u64,
    ) -> Self {
        Self {
            names,
            limits,
            needs,
            loaded,
            now_ms,
            nodes: HashMap::default(),
            links: HashSet::default(),
            changes: Changes::default(),
            counters: HashMap::default(),
        }
    }

    /// Decides about all batches, in order.
    pub(crate) fn decide(mut self, batches: &[&Batch]) -> (Changes, Decision) {
        let mut decision = Decision::default();
        for batch in batches {
            let results = batch.ops.iter().map(|op| self.apply(batch, op)).collect();
            decision.results.push(results);
        }
        self.finish(&mut decision);
        (self.changes, decision)
    }

    fn apply(&mut self, batch: &Batch, op: &Op) -> Result<Registered, RegistryError> {
        let tenant = self.number(0, Class::Tenant, batch.tenant.as_str())?;
        let writer = self.number(tenant, Class::Writer, &batch.writer)?;
        match op {
            Op::Register(prepared) => self.register(batch, tenant, writer, prepared),
            Op::Delete { key, text, reason } => {
                self.delete(batch, tenant, writer, *key, text, |now_ms| State::Deleted {
                    at_ms: now_ms,
                    reason: reason.as_str().into(),
                })
            }
            Op::Purge { key, text } => self.delete(batch, tenant, writer, *key, text, |now_ms| {
                State::Purged { at_ms: now_ms }
            }),
            Op::Define(system) => self.define(batch, tenant, writer, system),
        }
    }

    fn number(&mut self, tenant: u32, class: Class, text: &str) -> Result<u32, RegistryError> {
        self.names.intern(tenant, class, text, self.limits, &mut self.changes.names)
    }

    /// Brings a record in, if it is there.
    fn load(&mut self, full: FullKey, tenant: &Tenant) -> Result<(), RegistryError> {
        if self.nodes.contains_key(&full) {
            return Ok(());
        }
        let at = self.needs.records.binary_search(&full);
        let body = at.ok().and_then(|at| self.loaded.records.get(at)?.as_deref());
        let Some(body) = body else { return Ok(()) };
        let node = match record::decode(full, body)? {
            Content::Entry(content) => Node::Entry {
                entry: Arc::new(content.to_entry(full, tenant, self.names)?),
                numbers: [content.system, content.kind, content.writer],
                is_new: false,
                is_changed: false,
            },
            Content::Alias(alias) => Node::Alias {
                target: Key::from_bytes(&alias.target)
                    .ok_or_else(|| RegistryError::corrupt("an alias leads nowhere"))?,
                text: alias.text.to_owned(),
                writer: alias.writer,
                at_ms: alias.at_ms,
                is_new: false,
            },
        };
        self.nodes.insert(full, node);
        Ok(())
    }

    fn register(
        &mut self,
        batch: &Batch,
        tenant: u32,
        writer: u32,
        new: &Prepared,
    ) -> Result<Registered, RegistryError> {
        let full = FullKey { tenant, key: new.key };
        self.load(full, &batch.tenant)?;
        // Everything is checked before anything changes.
        let known = match self.nodes.get(&full) {
            None => None,
            Some(Node::Alias { text, .. }) => return Err(taken_as_alias(text, &new.system)),
            Some(Node::Entry { entry, .. }) => {
                check_owner(entry, new)?;
                Some(entry.clone())
            }
        };
        let mut aliases = Vec::new();
        for (key, text) in &new.aliases {
            if self.is_new_alias(batch, full, *key, text, &new.system)? {
                aliases.push((*key, text));
            }
        }
        // These come last: a registration that is refused gives no number to a system or kind.
        let system = self.number(tenant, Class::System, &new.system)?;
        let kind = self.number(tenant, Class::Kind, &new.kind)?;
        let (entry, outcome) = match known {
            None => (self.insert(batch, full, [system, kind, writer], new), Outcome::New),
            Some(entry) if entry.metadata == new.metadata => (entry, Outcome::Same),
            Some(entry) => (entry, Outcome::Kept),
        };
        let at = (tenant, system, kind);
        for (key, text) in aliases {
            let of = FullKey { tenant, key };
            if self.nodes.contains_key(&of) {
                continue;
            }
            self.counters(at).aliases += 1;
            self.link(tenant, (new.key, ALIAS, key), text);
            let node = Node::Alias {
                target: new.key,
                text: text.clone(),
                writer,
                at_ms: self.now_ms,
                is_new: true,
            };
            self.nodes.insert(of, node);
            self.event(Action::Alias, of, writer, 0);
        }
        let mut has_new_link = false;
        for (relation, other, text) in &new.links {
            let (key, code, to) = outgoing(new.key, *relation, *other);
            let full = FullKey { tenant, key };
            if self.has_link(full, code, to) {
                continue;
            }
            let (of_key, of_other) =
                if key == new.key { (&*entry.id, &**text) } else { (&**text, &*entry.id) };
            self.link(tenant, (key, code, to), of_other);
            self.link(tenant, (to, code | INCOMING, key), of_key);
            has_new_link = true;
        }
        if has_new_link && outcome != Outcome::New {
            self.event(Action::Link, full, writer, 0);
        }
        Ok(Registered { entry, outcome })
    }

    fn insert(
        &mut self,
        batch: &Batch,
        full: FullKey,
        numbers: [u32; 3],
        new: &Prepared,
    ) -> Arc<Entry> {
        let name = |class, no| {
            self.names
                .text(full.tenant, class, no)
                .expect("invariant: a name that was just given a number has it")
        };
        let entry = Arc::new(Entry {
            tenant: batch.tenant.clone(),
            id: new.text.as_str().into(),
            key: new.key,
            system: name(Class::System, numbers[0]),
            kind: name(Class::Kind, numbers[1]),
            metadata: new.metadata.clone(),
            registered_at_ms: self.now_ms,
            registered_by: batch.writer.clone(),
            state: State::Live,
        });
        let node = Node::Entry { entry: entry.clone(), numbers, is_new: true, is_changed: true };
        self.nodes.insert(full, node);
        self.counters((full.tenant, numbers[0], numbers[1])).live += 1;
        self.event(Action::Register, full, numbers[2], 0);
        entry
    }

    /// Tells whether an alias has to be written; an error if it leads elsewhere already.
    fn is_new_alias(
        &mut self,
        batch: &Batch,
        of: FullKey,
        key: Key,
        text: &str,
        system: &str,
    ) -> Result<bool, RegistryError> {
        let full = FullKey { tenant: of.tenant, key };
        if full == of {
            return Ok(false);
        }
        self.load(full, &batch.tenant)?;
        match self.nodes.get(&full) {
            None => Ok(true),
            Some(Node::Alias { target, text: known, .. }) if *target == of.key && known == text => {
                Ok(false)
            }
            Some(Node::Alias { text, .. }) => Err(taken_as_alias(text, system)),
            Some(Node::Entry { entry, .. }) => Err(RegistryError::conflict(
                text,
                &entry.system,
                &entry.kind,
                &format!("an alias of `{}`", shown(system)),
            )),
        }
    }

    fn delete(
        &mut self,
        batch: &Batch,
        tenant: u32,
        writer: u32,
        key: Key,
        text: &str,
        state: impl FnOnce(u64) -> State,
    ) -> Result<Registered, RegistryError> {
        let full = FullKey { tenant, key };
        self.load(full, &batch.tenant)?;
        let state = state(self.now_ms);
        let Some(Node::Entry { entry, numbers, is_changed, .. }) = self.nodes.get_mut(&full) else {
            return Err(RegistryError::unknown_id(text));
        };
        let (system, kind) = (numbers[0], numbers[1]);
        let was_live = entry.is_live();
        let is_purge = matches!(state, State::Purged { .. });
        let is_done = match &entry.state {
            State::Live => false,
            State::Deleted { .. } => !is_purge,
            State::Purged { .. } => true,
        };
        if is_done {
            return Ok(Registered { entry: entry.clone(), outcome: Outcome::Same });
        }
        let mut changed = (**entry).clone();
        changed.state = state;
        if is_purge {
            changed.metadata = Metadata::default();
        }
        *entry = Arc::new(changed);
        *is_changed = true;
        let entry = entry.clone();
        if was_live {
            let counters = self.counters((tenant, system, kind));
            counters.live -= 1;
            counters.deleted += 1;
        }
        self.event(if is_purge { Action::Purge } else { Action::Delete }, full, writer, 0);
        Ok(Registered { entry, outcome: Outcome::New })
    }

    /// Defines a system; what is returned stands for it and is nowhere registered.
    fn define(
        &mut self,
        batch: &Batch,
        tenant: u32,
        writer: u32,
        system: &System,
    ) -> Result<Registered, RegistryError> {
        self.names.define(tenant, system, self.limits, &mut self.changes.names)?;
        let key = Key::of_name(system.name());
        self.event(Action::Define, FullKey { tenant, key }, writer, 0);
        let entry = Entry {
            tenant: batch.tenant.clone(),
            id: system.name().into(),
            key,
            system: system.name().into(),
            kind: "system".into(),
            metadata: Metadata::default(),
            registered_at_ms: self.now_ms,
            registered_by: batch.writer.clone(),
            state: State::Live,
        };
        Ok(Registered { entry: Arc::new(entry), outcome: Outcome::New })
    }

    fn has_link(&self, full: FullKey, code: u8, other: Key) -> bool {
        if self.links.contains(&(full, code, other)) {
            return true;
        }
        let at = self.needs.links.binary_search(&(full, code, other));
        at.ok().and_then(|at| self.loaded.links.get(at).copied()).unwrap_or(false)
    }

    fn link(&mut self, tenant: u32, (key, relation, other): (Key, u8, Key), text: &str) {
        let full = FullKey { tenant, key };
        if !self.links.insert((full, relation, other)) {
            return;
        }
        let mut link = LinkRow { tenant, key, relation, other, text: text.to_owned(), check: 0 };
        link.check = record::check_of_link(&link);
        self.changes.links.push(link);
    }

    fn event(&mut self, action: Action, full: FullKey, writer: u32, content: u64) {
        self.changes.events.push(EventRow {
            seq: 0,
            tenant: full.tenant,
            at_ms: self.now_ms,
            action: action as u8,
            writer,
            key: full.key,
            content,
        });
    }

    fn counters(&mut self, at: (u32, u32, u32)) -> &mut CounterRow {
        let (tenant, system, kind) = at;
        self.counters.entry(at).or_insert(CounterRow {
            tenant,
            system,
            kind,
            live: 0,
            deleted: 0,
            aliases: 0,
        })
    }

    /// Writes out what changed, in the order of keys: neighbours go to one page.
    fn finish(&mut self, decision: &mut Decision) {
        let mut changed: Vec<(FullKey, Node)> = std::mem::take(&mut self.nodes)
            .into_iter()
            .filter(|(_, node)| match node {
                Node::Entry { is_changed, .. } => *is_changed,
                Node::Alias { is_new, .. } => *is_new,
            })
            .collect();
        changed.sort_unstable_by_key(|(full, _)| *full);
        let mut checks: HashMap<FullKey, u64, foldhash::fast::RandomState> = HashMap::default();
        for (full, node) in changed {
            let row = node.to_row(full);
            checks.insert(full, record::check_of_body(&row.body));
            self.changes.records.push(row);
            decision.hot.push((
                full,
                match node {
                    Node::Entry { entry, .. } => Hot::Entry(entry),
                    Node::Alias { target, .. } => Hot::Alias(target),
                },
            ));
        }
        for event in &mut self.changes.events {
            let full = FullKey { tenant: event.tenant, key: event.key };
            event.content = checks.get(&full).copied().unwrap_or(0);
        }
        self.changes
            .links
            .sort_unstable_by_key(|link| (link.tenant, link.key, link.relation, link.other));
        let mut counters: Vec<CounterRow> = self.counters.drain().map(|(_, row)| row).collect();
        counters.sort_unstable_by_key(|row| (row.tenant, row.system, row.kind));
        self.changes.counters = counters;
    }
}

impl Node {
    fn to_row(&self, full: FullKey) -> RecordRow {
        match self {
            Self::Entry { entry, numbers, is_new, .. } => {
                let content = Content::Entry(EntryContent {
                    system: numbers[0],
                    kind: numbers[1],
                    writer: numbers[2],
                    at_ms: entry.registered_at_ms,
                    spelling: Spelling::of(&entry.id, full.key),
                    state: match &entry.state {
                        State::Live => StateContent::Live,
                        State::Deleted { at_ms, reason } => {
                            StateContent::Deleted { at_ms: *at_ms, reason }
                        }
                        State::Purged { at_ms } => StateContent::Purged { at_ms: *at_ms },
                    },
                    metadata: entry.metadata.as_stored(),
                });
                RecordRow {
                    full,
                    is_new: *is_new,
                    found_by: entry.is_live().then_some((numbers[0], numbers[1])),
                    body: record::encode(full, &content),
                }
            }
            Self::Alias { target, text, writer, at_ms, is_new } => {
                let content = Content::Alias(AliasContent {
                    target: target.to_bytes(),
                    text,
                    writer: *writer,
                    at_ms: *at_ms,
                });
                RecordRow {
                    full,
                    is_new: *is_new,
                    found_by: None,
                    body: record::encode(full, &content),
                }
            }
        }
    }
}

/// Whether a registration is of the same owner and the same id.
fn check_owner(entry: &Entry, new: &Prepared) -> Result<(), RegistryError> {
    let is_same_text = match new.form {
        Form::Bare => true,
        Form::Typed => *entry.id == *new.text || entry.id.len() == unified_id::Core::TEXT_BYTES,
        Form::Legacy => *entry.id == *new.text,
    };
    if !is_same_text {
        return Err(RegistryError::new(
            RegistryErrorKind::Conflict,
            format!("`{}` has the core of `{}`", shown(&new.text), shown(&entry.id)),
            "one core is one id: make a new one",
        ));
    }
    if *entry.system != *new.system || *entry.kind != *new.kind {
        return Err(RegistryError::conflict(
            &entry.id,
            &entry.system,
            &entry.kind,
            &format!("`{}` as `{}`", shown(&new.system), shown(&new.kind)),
        ));
    }
    Ok(())
}

fn taken_as_alias(text: &str, system: &str) -> RegistryError {
    RegistryError::new(
        RegistryErrorKind::Conflict,
        format!(
            "`{}` is an alias of another id, and not free for `{}`",
            shown(text),
            shown(system)
        ),
        "the first writer of an id keeps it: resolve it to see whose it is",
    )
}
