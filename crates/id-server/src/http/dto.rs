//! What is sent and taken as JSON. Times are Unix milliseconds, ids are texts.

use id_registry::store::ScrubReport;
use id_registry::{
    Direction, Entry, Event, Exported, Link, Listed, Metadata, Page, Reference, Registered,
    RegistryError, Relation, Resolved, Retained, Retention, State, Stats, System, SystemGroup,
    Trace, TraceLink,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};

use crate::tokens::Scope;

/// An id in any form.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct IdParams {
    /// The id: typed, bare in either case, as a UUID, or of any older format.
    #[param(example = "workflow_01m7wqt1fbff4sq3bgc5bhn9e0", max_length = 512)]
    pub(crate) id: String,
}

/// Any text.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct TextParams {
    /// The text, whatever it is.
    #[param(example = "thread_user123_run_1693430400000_a1b2c3d4")]
    pub(crate) id: String,
}

/// Which entries.
#[derive(Debug, Default, Deserialize, IntoParams, JsonSchema)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct FindParams {
    /// Of this system, by any of its names.
    #[param(example = "mahavishnu")]
    pub(crate) system: Option<String>,
    /// Of this kind.
    #[param(example = "workflow")]
    pub(crate) kind: Option<String>,
    /// How many at most: 1 to 1,000, 100 if not given.
    #[param(minimum = 1, maximum = 1000)]
    pub(crate) limit: Option<u32>,
    /// `next` of the last page.
    pub(crate) cursor: Option<String>,
    /// Whether the newest come first.
    #[serde(default)]
    pub(crate) newest_first: bool,
}

/// Which entries around an id.
#[derive(Debug, Deserialize, IntoParams, JsonSchema)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct RelatedParams {
    /// The id, in any form; it need not be registered, but has to hold a time.
    #[param(example = "workflow_01m7wqt1fbff4sq3bgc5bhn9e0", max_length = 512)]
    pub(crate) id: String,
    /// Milliseconds to each side: at most a day, one minute if not given.
    #[param(maximum = 86_400_000)]
    pub(crate) window_ms: Option<u64>,
    /// Of this system, by any of its names.
    pub(crate) system: Option<String>,
    /// Of this kind.
    pub(crate) kind: Option<String>,
    /// How many at most: 1 to 1,000, 100 if not given.
    #[param(minimum = 1, maximum = 1000)]
    pub(crate) limit: Option<u32>,
    /// `next` of the last page.
    pub(crate) cursor: Option<String>,
}

/// What a trace holds.
#[derive(Debug, Deserialize, IntoParams, JsonSchema)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct TraceParams {
    /// The id, in any form.
    #[param(example = "workflow_01m7wqt1fbff4sq3bgc5bhn9e0", max_length = 512)]
    pub(crate) id: String,
    /// Milliseconds to each side in which neighbours are looked for: at most a day, one minute if not given.
    #[param(maximum = 86_400_000)]
    pub(crate) window_ms: Option<u64>,
    /// Items in each list: 1 to 100, all of them if not given.
    #[param(minimum = 1, maximum = 100)]
    pub(crate) limit: Option<u32>,
}

/// Where the audit goes on.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AuditParams {
    /// The `seq` of the last event that is known; 0 for all.
    #[serde(default)]
    pub(crate) after: u64,
}

/// Ids in any form.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ids {
    /// At most 1,000.
    #[schema(max_items = 1000, example = json!(["01m7wqt1fbff4sq3bgc5bhn9e0"]))]
    pub(crate) ids: Vec<String>,
}

/// Which ids to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewIds {
    /// What they stand for.
    #[schema(example = "workflow")]
    pub(crate) kind: String,
    /// The thread or user that they belong to, where the kind needs one.
    pub(crate) scope: Option<String>,
    /// How many: 1 if not given, at most 1,000.
    #[serde(default = "one")]
    #[schema(maximum = 1000)]
    pub(crate) count: usize,
}

const fn one() -> usize {
    1
}

/// What an id is registered as.
#[derive(Clone, Debug, Deserialize, ToSchema, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewReference {
    /// The id, in any form.
    #[schema(example = "workflow_01m7wqt1fbff4sq3bgc5bhn9e0")]
    pub(crate) id: String,
    /// The system that made it.
    #[schema(example = "mahavishnu")]
    pub(crate) system: String,
    /// What it stands for; what its text says if not given.
    pub(crate) kind: Option<String>,
    /// What else is to be known: at most 16 KiB.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub(crate) metadata: serde_json::Map<String, serde_json::Value>,
    /// Other ids by which it is found: at most 64.
    #[serde(default)]
    pub(crate) aliases: Vec<String>,
    /// Ids that it belongs to: at most 64.
    #[serde(default)]
    pub(crate) links: Vec<NewLink>,
}

/// How an id belongs to another.
#[derive(Clone, Debug, Deserialize, ToSchema, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewLink {
    /// What the other is to it.
    pub(crate) relation: NewRelation,
    /// The other id, in any form.
    pub(crate) to: String,
}

/// What the other id is to the one that is registered.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum NewRelation {
    Parent,
    Child,
    Run,
    Thread,
    Session,
    User,
}

impl NewReference {
    pub(crate) fn into_reference(self) -> Result<Reference, RegistryError> {
        let mut reference =
            Reference::new(self.id, self.system).metadata(Metadata::from_object(&self.metadata)?);
        if let Some(kind) = self.kind {
            reference = reference.kind(kind);
        }
        for alias in self.aliases {
            reference = reference.alias(alias);
        }
        for link in self.links {
            reference = reference.link(match link.relation {
                NewRelation::Parent => Link::parent(link.to),
                NewRelation::Child => Link::child(link.to),
                NewRelation::Run => Link::run(link.to),
                NewRelation::Thread => Link::thread(link.to),
                NewRelation::Session => Link::session(link.to),
                NewRelation::User => Link::user(link.to),
            });
        }
        Ok(reference)
    }
}

/// References of a batch.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewReferences {
    /// At most 1,000.
    #[schema(max_items = 1000)]
    pub(crate) references: Vec<NewReference>,
}

/// An id to be deleted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Deletion {
    /// The id, in any form.
    #[schema(max_length = 512)]
    pub(crate) id: String,
    /// Why.
    #[serde(default)]
    #[schema(max_length = 512)]
    pub(crate) reason: String,
}

/// An id to be purged.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Purge {
    /// The id, in any form.
    #[schema(max_length = 512)]
    pub(crate) id: String,
}

/// What is old enough to go; nothing, if neither age is given.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewRetention {
    /// Only ids of this system.
    pub(crate) system: Option<String>,
    /// Only ids of this kind.
    pub(crate) kind: Option<String>,
    /// Deletes what was registered longer ago, in milliseconds: a century at most.
    #[schema(maximum = 3_155_760_000_000u64)]
    pub(crate) delete_after_ms: Option<u64>,
    /// Purges what was deleted longer ago, in milliseconds: a century at most.
    #[schema(maximum = 3_155_760_000_000u64)]
    pub(crate) purge_after_ms: Option<u64>,
    /// Goes on although the clock is 30 days ahead of the last write.
    #[serde(default)]
    pub(crate) trust_clock: bool,
}

impl NewRetention {
    pub(crate) fn into_retention(self) -> Result<Retention, super::Problem> {
        const CENTURY_MS: u64 = 3_155_760_000_000;
        let ages = [self.delete_after_ms, self.purge_after_ms];
        if let Some(age) = ages.into_iter().flatten().find(|age| *age > CENTURY_MS) {
            return Err(super::Problem::bad_request(
                format!("an age of {age} ms"),
                format!("give {CENTURY_MS} ms, a century, at most"),
            ));
        }
        let mut retention = Retention::new(self.delete_after_ms, self.purge_after_ms);
        (retention.system, retention.kind) = (self.system, self.kind);
        retention.trust_clock = self.trust_clock;
        Ok(retention)
    }
}

/// A backup to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewBackup {
    /// Its name: the file is `backups/<name>.db` in the folder of the data.
    #[schema(pattern = "^[a-z0-9][a-z0-9._-]{0,63}$", example = "2026-11-29")]
    pub(crate) name: String,
}

/// A line of what takes its time: first that it runs, then how it ended.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
pub(crate) enum Step<T> {
    /// It began.
    Running,
    /// It is done.
    Done {
        /// What came out.
        result: T,
    },
    /// It failed.
    Failed {
        /// Why.
        problem: super::Problem,
    },
}

/// What retention did.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RetainedDto {
    /// Entries that were looked at.
    looked_at: u64,
    /// Entries that were deleted.
    deleted: u64,
    /// Entries that were purged.
    purged: u64,
}

impl From<Retained> for RetainedDto {
    fn from(retained: Retained) -> Self {
        let Retained { looked_at, deleted, purged, .. } = retained;
        Self { looked_at, deleted, purged }
    }
}

/// A backup that was made.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BackupDto {
    /// The file in the folder of the data.
    pub(crate) file: String,
    /// Its length.
    pub(crate) bytes: u64,
}

/// What a scrub found.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ScrubDto {
    /// Whether nothing is wrong.
    clean: bool,
    /// Rows that were read.
    rows: u64,
    /// What is wrong, one sentence each, at most 1,000.
    faults: Vec<String>,
}

impl From<ScrubReport> for ScrubDto {
    fn from(report: ScrubReport) -> Self {
        Self { clean: report.is_clean(), rows: report.rows, faults: report.faults }
    }
}

/// A system to be defined.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewSystem {
    /// Its name: `_` and blanks count as `-`, upper case as lower case.
    #[schema(max_length = 64)]
    pub(crate) name: String,
    /// Its other names.
    #[serde(default)]
    pub(crate) aliases: Vec<String>,
    /// What its ids begin with.
    #[serde(default)]
    pub(crate) prefixes: Vec<String>,
    /// Regular expressions that its ids match.
    #[serde(default)]
    pub(crate) patterns: Vec<String>,
}

impl NewSystem {
    pub(crate) fn into_system(self) -> Result<System, RegistryError> {
        let mut system = System::new(&self.name)?;
        for alias in &self.aliases {
            system = system.alias(alias)?;
        }
        for prefix in &self.prefixes {
            system = system.prefix(prefix)?;
        }
        for pattern in &self.patterns {
            system = system.pattern(pattern)?;
        }
        Ok(system)
    }
}

/// A token to be made, which lives until the server stops at most.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewToken {
    /// Its name in the audit.
    #[schema(min_length = 1, max_length = 64)]
    pub(crate) name: String,
    /// What it may do.
    pub(crate) scopes: Vec<Scope>,
    /// Whose ids it sees; the caller's own tenant if not given.
    #[schema(min_length = 1, max_length = 512)]
    pub(crate) tenant: Option<String>,
    /// The only system for which it registers.
    pub(crate) system: Option<String>,
    /// Its user on `/ws`.
    pub(crate) user: Option<String>,
    /// How long it is valid, in seconds: one hour if not given, a day at most.
    #[serde(default = "hour")]
    #[schema(minimum = 1, maximum = 86_400)]
    pub(crate) lifetime_s: u64,
}

const fn hour() -> u64 {
    3_600
}

/// A token that was made.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Token {
    pub(crate) token: String,
}

/// Ids that were made.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MadeIds {
    pub(crate) ids: Vec<String>,
}

/// A registered id.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EntryDto {
    /// The id in its one spelling.
    id: String,
    /// The system that made it.
    system: String,
    /// What it stands for.
    kind: String,
    /// When it was made, if the id says so for certain.
    timestamp_ms: Option<u64>,
    /// When it was registered, by the server's clock.
    registered_at_ms: u64,
    /// Who registered it.
    registered_by: String,
    /// `live`, `deleted` or `purged`.
    state: &'static str,
    /// Why it was deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// What else was said of it.
    #[schema(value_type = Object)]
    metadata: Box<RawValue>,
}

impl From<&Entry> for EntryDto {
    fn from(entry: &Entry) -> Self {
        Self {
            id: entry.id.to_string(),
            system: entry.system.to_string(),
            kind: entry.kind.to_string(),
            timestamp_ms: entry.timestamp_ms(),
            registered_at_ms: entry.registered_at_ms,
            registered_by: entry.registered_by.to_string(),
            state: entry.state.name(),
            reason: match &entry.state {
                State::Deleted { reason, .. } if !reason.is_empty() => Some(reason.to_string()),
                _ => None,
            },
            metadata: entry.metadata.to_raw(),
        }
    }
}

/// What a text led to.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ResolvedDto {
    /// How: `id`, `core` (only the 128 bits are the same) or `alias`.
    found_by: &'static str,
    entry: EntryDto,
}

impl From<&Resolved> for ResolvedDto {
    fn from(resolved: &Resolved) -> Self {
        Self { found_by: crate::state::matched(resolved.by), entry: (&*resolved.entry).into() }
    }
}

/// What became of a registration.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RegisteredDto {
    /// `new`, `same`, or `kept` (the same owner said something else before, which stays).
    outcome: &'static str,
    entry: EntryDto,
}

impl From<&Registered> for RegisteredDto {
    fn from(registered: &Registered) -> Self {
        Self { outcome: registered.outcome.name(), entry: (&*registered.entry).into() }
    }
}

/// An answer in its place: either what was found or done, or why not.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Item<T> {
    Ok(T),
    Problem(super::Problem),
}

/// Answers, each in the place of its question.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Items<T> {
    pub(crate) results: Vec<Item<T>>,
}

impl<T, V> FromIterator<Result<V, super::Problem>> for Items<T>
where
    T: for<'v> From<&'v V>,
{
    fn from_iter<I: IntoIterator<Item = Result<V, super::Problem>>>(results: I) -> Self {
        let item = |result: Result<V, super::Problem>| match result {
            Ok(value) => Item::Ok(T::from(&value)),
            Err(problem) => Item::Problem(problem),
        };
        Self { results: results.into_iter().map(item).collect() }
    }
}

/// Entries, and where to go on.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PageDto {
    entries: Vec<EntryDto>,
    /// The cursor of the next page, if there is one.
    next: Option<String>,
}

impl From<&Page> for PageDto {
    fn from(page: &Page) -> Self {
        Self {
            entries: page.entries.iter().map(|entry| (&**entry).into()).collect(),
            next: page.next.as_ref().map(ToString::to_string),
        }
    }
}

/// All that is known around an id.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TraceDto {
    /// How the text led to it: `id`, `core` or `alias`.
    found_by: &'static str,
    entry: EntryDto,
    aliases: Vec<String>,
    aliases_cut: bool,
    /// Its links in both directions.
    links: Vec<LinkDto>,
    links_cut: bool,
    /// Milliseconds to each side in which neighbours were looked for.
    window_ms: u64,
    /// Its neighbours in time by system.
    neighbours: Vec<GroupDto>,
    neighbours_cut: bool,
}

/// A link of the traced id.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LinkDto {
    /// What the one is to the other: `parent`, `child`, `run`, `thread`, `session` or `user`.
    relation: &'static str,
    /// `to`: the other is its parent, run, ...; `from`: it is that of the other.
    direction: &'static str,
    /// The other id.
    id: String,
    /// What is known of the other id.
    entry: Option<EntryDto>,
}

/// The neighbours in time that one system made.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct GroupDto {
    system: String,
    entries: Vec<EntryDto>,
    cut: bool,
}

impl From<&Trace> for TraceDto {
    fn from(trace: &Trace) -> Self {
        Self {
            found_by: crate::state::matched(trace.by),
            entry: (&*trace.entry).into(),
            aliases: trace.aliases.items.clone(),
            aliases_cut: trace.aliases.is_cut,
            links: trace.links.items.iter().map(LinkDto::from).collect(),
            links_cut: trace.links.is_cut,
            window_ms: trace.window_ms,
            neighbours: trace.neighbours.iter().map(GroupDto::from).collect(),
            neighbours_cut: trace.neighbours_cut,
        }
    }
}

impl From<&TraceLink> for LinkDto {
    fn from(link: &TraceLink) -> Self {
        Self {
            relation: link.relation.name(),
            direction: match link.direction {
                Direction::To => "to",
                Direction::From => "from",
            },
            id: link.id.clone(),
            entry: link.entry.as_deref().map(EntryDto::from),
        }
    }
}

impl From<&SystemGroup> for GroupDto {
    fn from(group: &SystemGroup) -> Self {
        let Listed { items, is_cut, .. } = &group.entries;
        Self {
            system: group.system.to_string(),
            entries: items.iter().map(|entry| (&**entry).into()).collect(),
            cut: *is_cut,
        }
    }
}

/// How many there are.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StatsDto {
    live: u64,
    deleted: u64,
    aliases: u64,
    /// Entries in use by system.
    by_system: BTreeMap<String, u64>,
    /// Entries in use by kind.
    by_kind: BTreeMap<String, u64>,
}

impl From<&Stats> for StatsDto {
    fn from(stats: &Stats) -> Self {
        Self {
            live: stats.live,
            deleted: stats.deleted,
            aliases: stats.aliases,
            by_system: stats.by_system.clone(),
            by_kind: stats.by_kind.clone(),
        }
    }
}

/// A system that is known.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SystemDto {
    name: String,
    aliases: Vec<String>,
    prefixes: Vec<String>,
    patterns: Vec<String>,
}

impl From<&System> for SystemDto {
    fn from(system: &System) -> Self {
        Self {
            name: system.name().to_owned(),
            aliases: system.aliases().to_vec(),
            prefixes: system.prefixes().to_vec(),
            patterns: system.patterns().to_vec(),
        }
    }
}

/// Systems, by name.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Systems {
    pub(crate) systems: Vec<SystemDto>,
}

/// One line of the export.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ExportedDto {
    #[serde(flatten)]
    entry: EntryDto,
    aliases: Vec<String>,
    links: Vec<ExportedLink>,
}

/// A link that the entry has itself.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ExportedLink {
    relation: &'static str,
    to: String,
}

impl From<&Exported> for ExportedDto {
    fn from(exported: &Exported) -> Self {
        let link = |(relation, to): &(Relation, String)| ExportedLink {
            relation: relation.name(),
            to: to.clone(),
        };
        Self {
            entry: (&*exported.entry).into(),
            aliases: exported.aliases.clone(),
            links: exported.links.iter().map(link).collect(),
        }
    }
}

/// One line of the audit.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EventDto {
    /// Its place in the log, which only grows; other tenants' events are left out.
    seq: u64,
    at_ms: u64,
    /// `register`, `alias`, `link`, `delete`, `purge` or `define`.
    action: &'static str,
    /// Who did it.
    writer: String,
    /// To which id: its key, whose last 32 digits are the core of an id that has one.
    key: String,
    /// The checksum of what was written, 16 hexadecimal digits.
    content: String,
}

impl From<&Event> for EventDto {
    fn from(event: &Event) -> Self {
        Self {
            seq: event.seq,
            at_ms: event.at_ms,
            action: event.action.name(),
            writer: event.writer.to_string(),
            key: event.key.to_string(),
            content: format!("{:016x}", event.content),
        }
    }
}

/// What is known of a text.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Reading {
    /// The text, unchanged.
    input: String,
    /// Whether it is an id in some format.
    ok: bool,
    /// `canonical`, `typeid`, `ulid`, or the name of a legacy format.
    format: Option<String>,
    kind: Option<String>,
    thread: Option<String>,
    thread_key: Option<String>,
    user: Option<String>,
    timestamp_ms: Option<u64>,
    time_certain: Option<bool>,
    canonical: Option<String>,
    ambiguous: bool,
    alternatives: Vec<Option<String>>,
    error: Option<ReadingError>,
}

/// Why a text is no id.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReadingError {
    code: String,
    message: String,
    position: usize,
    help: String,
}
