//! Questions with lists for answers: by system, by kind, by time, the trace; the export and the audit.
//!
//! Every list is bounded; what a list costs is bounded too, also where many rows have to be passed over.

use std::collections::BTreeMap;
use std::sync::Arc;

use unified_id::Tenant;

use crate::audit::Event;
use crate::cursor::{Cursor, Page};
use crate::decide::{ALIAS, INCOMING, Op};
use crate::entry::{Entry, Listed, State};
use crate::error::{RegistryError, RegistryErrorKind};
use crate::find::{Find, Retained, Retention, Window};
use crate::hot::Hot;
use crate::key::{Key, Lane};
use crate::names::Class;
use crate::record::{self, Content};
use crate::reference::Relation;
use crate::registry::Registry;
use crate::store::{FullKey, Index, LinkRow, Range, ScrubReport};
use crate::trace::{Direction, SystemGroup, Trace, TraceLink, TraceOptions};

/// How many rows are passed over for each that is wanted, before a page ends short.
const ROWS_PER_WANTED: usize = 16;

/// Live entries of a range, in order, and where to go on.
struct Scanned {
    entries: Vec<Arc<Entry>>,
    /// The last key that was looked at, if the range may hold more.
    stopped_at: Option<Key>,
}

impl Registry {
    /// Finds entries by system, by kind or both.
    ///
    /// # Errors
    ///
    /// [`Cursor`](RegistryErrorKind::Cursor) if it belongs to another question, [`Name`](RegistryErrorKind::Name) if the
    /// system's cannot be one, and those of [`resolve`](Self::resolve).
    pub fn find(&self, tenant: &Tenant, find: &Find) -> Result<Page, RegistryError> {
        self.check_process()?;
        let system = match &find.system {
            Some(name) => Some(self.find_system_name(tenant, name)?),
            None => None,
        };
        let Some(no) = self.tenant_number(tenant)? else { return Ok(Page::default()) };
        let question = find.question(system.as_deref());
        let after = find.cursor.as_ref().map(|cursor| cursor.check(no, question)).transpose()?;
        let number = |class, text: &Option<String>| match text {
            Some(text) => Ok(self.name_number(no, class, text)?.map(Some)),
            None => Ok::<_, RegistryError>(Some(None)),
        };
        let (Some(system_no), Some(kind_no)) =
            (number(Class::System, &system)?, number(Class::Kind, &find.kind)?)
        else {
            return Ok(Page::default());
        };
        let index = match (system_no, kind_no) {
            (Some(system), _) => Index::System(system),
            (None, Some(kind)) => Index::Kind(kind),
            (None, None) => Index::All,
        };
        let (mut from, mut to) = (Key::FIRST, Key::LAST);
        match after {
            Some(after) if find.is_descending => match after.previous() {
                Some(key) => to = key,
                None => return Ok(Page::default()),
            },
            Some(after) => match after.following() {
                Some(key) => from = key,
                None => return Ok(Page::default()),
            },
            None => {}
        }
        let range = Range {
            tenant: no,
            index,
            from,
            to,
            is_descending: find.is_descending,
            limit: usize::MAX,
        };
        let wanted = self.page_limit(find.limit);
        let scanned = self.scan(tenant, &range, wanted, |entry| {
            find.kind.as_deref().is_none_or(|kind| *entry.kind == *kind)
                && system.as_deref().is_none_or(|system| *entry.system == *system)
        })?;
        let next = scanned.stopped_at.map(|key| Cursor::new(no, question, key));
        Ok(Page { entries: scanned.entries, next })
    }

    /// Finds the entries of a system; see [`find`](Self::find).
    ///
    /// # Errors
    ///
    /// As [`find`](Self::find).
    pub fn find_by_system(&self, tenant: &Tenant, system: &str) -> Result<Page, RegistryError> {
        self.find(tenant, &Find::system(system))
    }

    /// Finds the entries of a kind; see [`find`](Self::find).
    ///
    /// # Errors
    ///
    /// As [`find`](Self::find).
    pub fn find_by_kind(&self, tenant: &Tenant, kind: &str) -> Result<Page, RegistryError> {
        self.find(tenant, &Find::kind(kind))
    }

    /// Finds the entries that were made around the time of an id, which need not be registered.
    ///
    /// # Errors
    ///
    /// [`Unparsable`](RegistryErrorKind::Unparsable) if it is no id, [`Limit`](RegistryErrorKind::Limit) if the window is too
    /// wide, [`Cursor`](RegistryErrorKind::Cursor) if it belongs to another question, and those of
    /// [`resolve`](Self::resolve).
    pub fn window(
        &self,
        tenant: &Tenant,
        id: &str,
        window: &Window,
    ) -> Result<Page, RegistryError> {
        self.check_process()?;
        self.check_window(window.before_ms.max(window.after_ms))?;
        let system = match &window.system {
            Some(name) => Some(self.find_system_name(tenant, name)?),
            None => None,
        };
        let key = match self.resolve(tenant, id)? {
            Some(resolved) => resolved.entry.key,
            None => crate::key::locate(id).map_err(RegistryError::unparsable)?.0,
        };
        let (Some(no), Some(ms)) = (self.tenant_number(tenant)?, key.timestamp_ms()) else {
            return Ok(Page::default());
        };
        let question = window.question(&key.to_bytes());
        let after = window.cursor.as_ref().map(|cursor| cursor.check(no, question)).transpose()?;
        let wanted = self.page_limit(window.limit);
        let (from_ms, to_ms) =
            (ms.saturating_sub(window.before_ms), ms.saturating_add(window.after_ms));
        let fits = |entry: &Entry| {
            entry.key != key
                && system.as_deref().is_none_or(|system| *entry.system == *system)
                && window.kind.as_deref().is_none_or(|kind| *entry.kind == *kind)
        };
        let side = Side { tenant: no, from_ms, to_ms, is_descending: false };
        let merged = self.merge_lanes(tenant, &side, after, wanted, &fits)?;
        let next = merged.stopped_at.map(|key| Cursor::new(no, question, key));
        Ok(Page { entries: merged.entries, next })
    }

    /// Tells all that is known around an id; none if it is not registered.
    ///
    /// # Errors
    ///
    /// As [`window`](Self::window).
    pub fn trace(
        &self,
        tenant: &Tenant,
        id: &str,
        options: &TraceOptions,
    ) -> Result<Option<Trace>, RegistryError> {
        self.check_process()?;
        self.check_window(options.window_ms)?;
        let Some(resolved) = self.resolve(tenant, id)? else { return Ok(None) };
        let Some(no) = self.tenant_number(tenant)? else { return Ok(None) };
        let most = self.shared.options.limits.trace_list;
        let most = options.list.unwrap_or(most).min(most);
        let full = FullKey { tenant: no, key: resolved.entry.key };
        let (aliases, links) = self.linked(tenant, full, most)?;
        let (neighbours, neighbours_cut) =
            self.neighbours(tenant, full, options.window_ms, most)?;
        Ok(Some(Trace {
            entry: resolved.entry,
            by: resolved.by,
            aliases,
            links,
            window_ms: options.window_ms,
            neighbours,
            neighbours_cut,
        }))
    }

    /// Goes over all entries of a tenant, deleted ones too, in the order of keys.
    ///
    /// What is registered while it runs may or may not be met; everything that was there before is.
    #[must_use]
    pub fn export(&self, tenant: &Tenant) -> Export<'_> {
        Export {
            registry: self,
            tenant: tenant.clone(),
            next: Some(Key::FIRST),
            page: Vec::new().into_iter(),
        }
    }

    /// Goes over the audit after a place of the log, of one tenant or of all.
    #[must_use]
    pub fn audit(&self, tenant: Option<&Tenant>, after_seq: u64) -> Audit<'_> {
        Audit {
            registry: self,
            tenant: tenant.cloned(),
            after_seq,
            page: Vec::new().into_iter(),
            is_done: false,
        }
    }

    /// Deletes and purges what is older than it may become, of one tenant.
    ///
    /// # Errors
    ///
    /// [`Clock`](RegistryErrorKind::Clock) if the clock is more than 30 days ahead of the last write, so that nothing is lost
    /// because it jumped, and those of [`tombstone`](Self::tombstone).
    pub fn retain(
        &self,
        tenant: &Tenant,
        writer: &str,
        retention: &Retention,
    ) -> Result<Retained, RegistryError> {
        self.check_process()?;
        let mut retained = Retained::default();
        let Some(no) = self.tenant_number(tenant)? else { return Ok(retained) };
        let now_ms = self.shared.options.clock.now_ms();
        if !retention.trust_clock {
            self.check_clock(now_ms)?;
        }
        let system = match &retention.system {
            Some(name) => Some(self.find_system_name(tenant, name)?),
            None => None,
        };
        let is_past = |at_ms: u64, after: Option<u64>| {
            after.is_some_and(|ms| now_ms.saturating_sub(at_ms) > ms)
        };
        let mut from = Some(Key::FIRST);
        while let Some(first) = from {
            let mut ops = Vec::new();
            let mut rows = 0;
            from = None;
            let range = Range {
                tenant: no,
                index: Index::All,
                from: first,
                to: Key::LAST,
                is_descending: false,
                limit: ROWS_PER_STEP,
            };
            self.shared.store.range(&range, &mut |key, body| {
                rows += 1;
                from = key.following();
                let full = FullKey { tenant: no, key };
                let Hot::Entry(entry) = self.read_record(full, tenant, body)? else {
                    return Ok(true);
                };
                if system.as_deref().is_some_and(|system| *entry.system != *system)
                    || retention.kind.as_deref().is_some_and(|kind| *entry.kind != *kind)
                {
                    return Ok(true);
                }
                retained.looked_at += 1;
                match &entry.state {
                    State::Live if is_past(entry.registered_at_ms, retention.delete_after_ms) => {
                        ops.push(Op::Delete {
                            key,
                            text: entry.id.to_string(),
                            reason: "retention".to_owned(),
                        });
                    }
                    State::Deleted { at_ms, .. } if is_past(*at_ms, retention.purge_after_ms) => {
                        ops.push(Op::Purge { key, text: entry.id.to_string() });
                    }
                    _ => {}
                }
                Ok(true)
            })?;
            if rows < ROWS_PER_STEP {
                from = None;
            }
            if !ops.is_empty() {
                let purges: Vec<bool> =
                    ops.iter().map(|op| matches!(op, Op::Purge { .. })).collect();
                for (result, is_purge) in self.write(tenant, writer, ops)?.into_iter().zip(purges) {
                    result?;
                    *(if is_purge { &mut retained.purged } else { &mut retained.deleted }) += 1;
                }
            }
        }
        Ok(retained)
    }

    /// Reads everything and compares it with its checksums, the counters and the database's own structure.
    ///
    /// # Errors
    ///
    /// [`Store`](RegistryErrorKind::Store) if it cannot be read at all; damage is in the report.
    pub fn scrub(&self) -> Result<ScrubReport, RegistryError> {
        self.check_process()?;
        crate::scrub::run(&self.shared)
    }

    /// Returns the one name of a system that is asked for, which need not be defined.
    fn find_system_name(&self, tenant: &Tenant, name: &str) -> Result<String, RegistryError> {
        match self.system(tenant, name)? {
            Some(system) => Ok(system.name().to_owned()),
            None => crate::system::normal(name),
        }
    }

    fn page_limit(&self, limit: Option<usize>) -> usize {
        let most = self.shared.options.limits.page;
        limit.unwrap_or(most).clamp(1, most)
    }

    fn check_window(&self, ms: u64) -> Result<(), RegistryError> {
        let most = self.shared.options.limits.window_ms;
        if ms > most {
            let most = usize::try_from(most).unwrap_or(usize::MAX);
            return Err(RegistryError::limit("a time window", most, "milliseconds"));
        }
        Ok(())
    }

    fn check_clock(&self, now_ms: u64) -> Result<(), RegistryError> {
        const FARTHEST_MS: u64 = 30 * 24 * 60 * 60 * 1000;
        let last = self.shared.store.health()?.last_seq;
        let events = self.shared.store.events(last.saturating_sub(1), 1)?;
        let Some(event) = events.first() else { return Ok(()) };
        if now_ms.saturating_sub(event.at_ms) <= FARTHEST_MS {
            return Ok(());
        }
        Err(RegistryError::new(
            RegistryErrorKind::Clock,
            format!(
                "the clock is {} days after the last write",
                (now_ms - event.at_ms) / 86_400_000
            ),
            "check the clock; if it is right, say in the retention that it is to be trusted",
        ))
    }

    /// Collects live entries of a range.
    fn scan(
        &self,
        tenant: &Tenant,
        range: &Range,
        wanted: usize,
        fits: impl Fn(&Entry) -> bool,
    ) -> Result<Scanned, RegistryError> {
        let mut scanned = Scanned { entries: Vec::new(), stopped_at: None };
        let most_rows = wanted.saturating_mul(ROWS_PER_WANTED);
        // One more than wanted tells whether there is more.
        let range = Range { limit: range.limit.min(most_rows + 1), ..*range };
        let mut rows = 0;
        let mut last = None;
        self.shared.store.range(&range, &mut |key, body| {
            if rows == most_rows || scanned.entries.len() == wanted {
                scanned.stopped_at = last;
                return Ok(false);
            }
            rows += 1;
            last = Some(key);
            let full = FullKey { tenant: range.tenant, key };
            if let Hot::Entry(entry) = self.read_record(full, tenant, body)?
                && entry.is_live()
                && fits(&entry)
            {
                scanned.entries.push(entry);
            }
            Ok(true)
        })?;
        Ok(scanned)
    }

    /// Collects live entries of a span of time from both lanes that have times, in the order of time.
    fn merge_lanes(
        &self,
        tenant: &Tenant,
        side: &Side,
        after: Option<Key>,
        wanted: usize,
        fits: &dyn Fn(&Entry) -> bool,
    ) -> Result<Scanned, RegistryError> {
        let mut lanes = Vec::with_capacity(2);
        for lane in [Lane::TimedCore, Lane::TimedText] {
            let (mut from, mut to) = Key::span(lane, side.from_ms, side.to_ms);
            if let Some(after) = after {
                let bound = after.in_lane(lane, side.is_descending);
                match bound {
                    None => continue,
                    Some(key) if side.is_descending => to = to.min(key),
                    Some(key) => from = from.max(key),
                }
            }
            if from > to {
                continue;
            }
            let range = Range {
                tenant: side.tenant,
                index: Index::All,
                from,
                to,
                is_descending: side.is_descending,
                limit: usize::MAX,
            };
            lanes.push(self.scan(tenant, &range, wanted, fits)?);
        }
        Ok(merge(lanes, wanted, side.is_descending))
    }

    fn linked(
        &self,
        tenant: &Tenant,
        full: FullKey,
        most: usize,
    ) -> Result<(Listed<String>, Listed<TraceLink>), RegistryError> {
        let mut aliases = Listed::default();
        let mut links = Listed::default();
        // One relation after the other, so that a long list of one does not hide the others.
        for code in relation_codes() {
            let after = (code - 1, Key::LAST);
            let rows = self.shared.store.links(full, Some(after), most + 1)?;
            let rows = rows.into_iter().take_while(|row| row.relation == code);
            for (at, row) in rows.enumerate() {
                check_link(&row)?;
                let is_alias = code == ALIAS;
                if at == most {
                    *(if is_alias { &mut aliases.is_cut } else { &mut links.is_cut }) = true;
                } else if is_alias {
                    aliases.items.push(row.text);
                } else {
                    links.items.push(self.trace_link(tenant, row)?);
                }
            }
        }
        Ok((aliases, links))
    }

    fn trace_link(&self, tenant: &Tenant, row: LinkRow) -> Result<TraceLink, RegistryError> {
        let relation = Relation::from_code(row.relation & !INCOMING)
            .ok_or_else(|| RegistryError::corrupt("a link is of an unknown relation"))?;
        let (relation, direction) = match (relation, row.relation & INCOMING != 0) {
            (Relation::Parent, true) => (Relation::Child, Direction::From),
            (relation, true) => (relation, Direction::From),
            (relation, false) => (relation, Direction::To),
        };
        let other = FullKey { tenant: row.tenant, key: row.other };
        let entry = match self.look_up(other, tenant)? {
            Some(Hot::Entry(entry)) => Some(entry),
            Some(Hot::Alias(target)) => {
                match self.look_up(FullKey { key: target, ..other }, tenant)? {
                    Some(Hot::Entry(entry)) => Some(entry),
                    _ => None,
                }
            }
            None => None,
        };
        Ok(TraceLink { relation, direction, id: row.text, entry })
    }

    fn neighbours(
        &self,
        tenant: &Tenant,
        full: FullKey,
        window_ms: u64,
        most: usize,
    ) -> Result<(Vec<SystemGroup>, bool), RegistryError> {
        let Some(ms) = full.key.timestamp_ms() else { return Ok((Vec::new(), false)) };
        let wanted = self.shared.options.limits.trace_neighbours;
        let (from_ms, to_ms) = (ms.saturating_sub(window_ms), ms.saturating_add(window_ms));
        let side = |is_descending| Side { tenant: full.tenant, from_ms, to_ms, is_descending };
        let fits = |entry: &Entry| entry.key != full.key;
        let before = self.merge_lanes(tenant, &side(true), Some(full.key), wanted, &fits)?;
        let after = self.merge_lanes(tenant, &side(false), Some(full.key), wanted, &fits)?;
        let is_cut = before.stopped_at.is_some() || after.stopped_at.is_some();
        // The nearest first, so that what is cut off is what lies farthest away.
        let mut near: Vec<Arc<Entry>> = before.entries.into_iter().chain(after.entries).collect();
        near.sort_by_key(|entry| entry.timestamp_ms().unwrap_or(0).abs_diff(ms));
        let mut groups: BTreeMap<Arc<str>, Listed<Arc<Entry>>> = BTreeMap::new();
        for entry in near {
            let group = groups.entry(entry.system.clone()).or_default();
            if group.items.len() < most {
                group.items.push(entry);
            } else {
                group.is_cut = true;
            }
        }
        let groups = groups
            .into_iter()
            .map(|(system, mut entries)| {
                entries.items.sort_by_key(|entry| (entry.timestamp_ms(), entry.key));
                SystemGroup { system, entries }
            })
            .collect();
        Ok((groups, is_cut))
    }
}

/// A span of time in one direction.
struct Side {
    tenant: u32,
    from_ms: u64,
    to_ms: u64,
    is_descending: bool,
}

/// How many rows retention and export read at once.
const ROWS_PER_STEP: usize = 1_000;

/// The order of time: of two ids of one millisecond, cores come first.
fn place(key: Key) -> (u64, Key) {
    (key.timestamp_ms().unwrap_or(0), key)
}

/// Merges what was found in several lanes, and says where to go on.
fn merge(lanes: Vec<Scanned>, wanted: usize, is_descending: bool) -> Scanned {
    // Beyond the first place at which a lane stopped, nothing is known of that lane.
    let stops = lanes.iter().filter_map(|lane| lane.stopped_at).map(place);
    let stop = if is_descending { stops.max() } else { stops.min() };
    let is_known = |key: Key| match stop {
        None => true,
        Some(stop) if is_descending => place(key) >= stop,
        Some(stop) => place(key) <= stop,
    };
    let mut entries: Vec<Arc<Entry>> = lanes.into_iter().flat_map(|lane| lane.entries).collect();
    entries.sort_by_key(|entry| place(entry.key));
    if is_descending {
        entries.reverse();
    }
    let found = entries.len();
    entries.retain(|entry| is_known(entry.key));
    let mut stopped_at = stop.map(|(_, key)| key);
    if entries.len() > wanted || (entries.len() == wanted && found > wanted) {
        entries.truncate(wanted);
        stopped_at = entries.last().map(|entry| entry.key);
    }
    Scanned { entries, stopped_at }
}

fn relation_codes() -> impl Iterator<Item = u8> {
    let kept =
        [Relation::Parent, Relation::Run, Relation::Thread, Relation::Session, Relation::User];
    let codes = kept.map(|relation| relation as u8);
    codes.into_iter().chain(codes.map(|code| code | INCOMING)).chain([ALIAS])
}

pub(crate) fn check_link(row: &LinkRow) -> Result<(), RegistryError> {
    if record::check_of_link(row) == row.check {
        return Ok(());
    }
    Err(RegistryError::corrupt(format!(
        "a link of tenant number {} fails its checksum",
        row.tenant
    )))
}

/// An entry with what belongs to it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Exported {
    /// The entry.
    pub entry: Arc<Entry>,
    /// Its aliases.
    pub aliases: Vec<String>,
    /// The links that it has itself: the relation and the other id.
    pub links: Vec<(Relation, String)>,
}

/// Goes over the entries of a tenant; made by [`Registry::export`].
#[derive(Debug)]
pub struct Export<'r> {
    registry: &'r Registry,
    tenant: Tenant,
    next: Option<Key>,
    page: std::vec::IntoIter<Arc<Entry>>,
}

impl Export<'_> {
    fn fetch(&mut self) -> Result<(), RegistryError> {
        while self.page.as_slice().is_empty() {
            let Some(from) = self.next.take() else { return Ok(()) };
            let Some(no) = self.registry.tenant_number(&self.tenant)? else { return Ok(()) };
            self.registry.check_process()?;
            let range = Range {
                tenant: no,
                index: Index::All,
                from,
                to: Key::LAST,
                is_descending: false,
                limit: ROWS_PER_STEP,
            };
            let mut entries = Vec::new();
            let mut rows = 0;
            let mut next = None;
            self.registry.shared.store.range(&range, &mut |key, body| {
                rows += 1;
                next = key.following();
                let full = FullKey { tenant: no, key };
                if let Hot::Entry(entry) = self.registry.read_record(full, &self.tenant, body)? {
                    entries.push(entry);
                }
                Ok(true)
            })?;
            self.next = if rows == ROWS_PER_STEP { next } else { None };
            self.page = entries.into_iter();
        }
        Ok(())
    }

    fn complete(&self, entry: Arc<Entry>) -> Result<Exported, RegistryError> {
        let mut exported = Exported { entry, aliases: Vec::new(), links: Vec::new() };
        let Some(no) = self.registry.tenant_number(&self.tenant)? else { return Ok(exported) };
        let full = FullKey { tenant: no, key: exported.entry.key };
        // Links in the other direction are exported with those who have them.
        self.each_link(full, None, |row| {
            let relation = Relation::from_code(row.relation);
            exported.links.extend(relation.map(|relation| (relation, row.text)));
            row.relation < INCOMING
        })?;
        self.each_link(full, Some((ALIAS - 1, Key::LAST)), |row| {
            exported.aliases.push(row.text);
            true
        })?;
        Ok(exported)
    }

    /// Hands over the links after a place, until `visit` says that it was enough.
    fn each_link(
        &self,
        full: FullKey,
        mut after: Option<(u8, Key)>,
        mut visit: impl FnMut(LinkRow) -> bool,
    ) -> Result<(), RegistryError> {
        loop {
            let rows = self.registry.shared.store.links(full, after, ROWS_PER_STEP)?;
            let is_last = rows.len() < ROWS_PER_STEP;
            after = rows.last().map(|row| (row.relation, row.other));
            for row in rows {
                check_link(&row)?;
                if !visit(row) {
                    return Ok(());
                }
            }
            if is_last {
                return Ok(());
            }
        }
    }
}

impl Iterator for Export<'_> {
    type Item = Result<Exported, RegistryError>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Err(error) = self.fetch() {
            return Some(Err(error));
        }
        let entry = self.page.next()?;
        Some(self.complete(entry))
    }
}

/// Goes over the audit; made by [`Registry::audit`].
#[derive(Debug)]
pub struct Audit<'r> {
    registry: &'r Registry,
    tenant: Option<Tenant>,
    after_seq: u64,
    page: std::vec::IntoIter<Event>,
    is_done: bool,
}

impl Audit<'_> {
    fn fetch(&mut self) -> Result<(), RegistryError> {
        while self.page.as_slice().is_empty() && !self.is_done {
            self.registry.check_process()?;
            let rows = self.registry.shared.store.events(self.after_seq, ROWS_PER_STEP)?;
            self.is_done = rows.len() < ROWS_PER_STEP;
            let Some(last) = rows.last() else { return Ok(()) };
            self.after_seq = last.seq;
            let events = rows.iter().map(|row| self.registry.event(row));
            let mut wanted = Vec::new();
            for event in events {
                let event = event?;
                if self.tenant.as_ref().is_none_or(|tenant| *tenant == event.tenant) {
                    wanted.push(event);
                }
            }
            self.page = wanted.into_iter();
        }
        Ok(())
    }
}

impl Iterator for Audit<'_> {
    type Item = Result<Event, RegistryError>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Err(error) = self.fetch() {
            self.is_done = true;
            return Some(Err(error));
        }
        self.page.next().map(Ok)
    }
}

/// What a record of an alias leads to; for the scrub.
pub(crate) fn target_of(full: FullKey, body: &[u8]) -> Result<Option<Key>, RegistryError> {
    Ok(match record::decode(full, body)? {
        Content::Alias(alias) => Key::from_bytes(&alias.target),
        Content::Entry(_) => None,
    })
}
