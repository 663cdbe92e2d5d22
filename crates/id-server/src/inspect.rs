//! What a text is: one answer with the fields of `docs/guide/inspect.md`, every field always present.
//!
//! Invariant: reads only, and never fails; a text that is no id is an answer too. Next: `http/`, `mcp/`, `web/`, the command line.

use std::borrow::Cow;

use serde::Serialize;
use unified_id::legacy::{LegacyId, Reader};
use unified_id::{IdKind, ParseError, ParsedId};

/// What is known about one text.
#[derive(Debug, Serialize)]
pub struct Record<'a> {
    /// The text, unchanged.
    pub input: &'a str,
    /// Whether it is an id in some format.
    pub ok: bool,
    /// The name of the format.
    pub format: Option<&'a str>,
    /// What it identifies, where the text says so.
    pub kind: Option<&'a str>,
    /// The thread as it stands in the text.
    pub thread: Option<Cow<'a, str>>,
    /// The thread as a router compares it.
    pub thread_key: Option<String>,
    /// The user as it stands in the text.
    pub user: Option<&'a str>,
    /// Unix milliseconds.
    pub timestamp_ms: Option<u64>,
    /// Whether the bits say that they are a time.
    pub time_certain: Option<bool>,
    /// The one spelling that a writer gives.
    pub canonical: Option<String>,
    /// Whether it can be read in two ways.
    pub ambiguous: bool,
    /// The threads of the other readings.
    pub alternatives: Vec<Option<String>>,
    /// Why it is no id.
    pub error: Option<Failure>,
    /// The parts by name, with their byte ranges in `input`; for the drawing only.
    #[serde(skip)]
    pub parts: Vec<Part>,
    /// The core, for its other spellings; for the drawing only.
    #[serde(skip)]
    pub core: Option<unified_id::Core>,
    /// The legacy id, for who made it and what else it could be; for the drawing only.
    #[serde(skip)]
    pub legacy: Option<LegacyId<'a>>,
}

/// Why a text is no id.
#[derive(Debug, Serialize)]
pub struct Failure {
    /// A short stable name.
    pub code: &'static str,
    /// What is wrong, and where.
    pub message: String,
    /// The byte at which it is wrong, from 0.
    pub position: usize,
    /// What to do.
    pub help: String,
}

/// A named part of an id.
#[derive(Debug)]
pub struct Part {
    /// What the part is called.
    pub name: &'static str,
    /// Its first byte.
    pub start: usize,
    /// The byte after its last.
    pub end: usize,
}

impl<'a> Record<'a> {
    /// Reads a text.
    #[must_use]
    pub fn of(input: &'a str, reader: &'a Reader) -> Self {
        match reader.parse_any(input) {
            Ok(id) => Self::of_id(input, &id),
            Err(error) => Self::of_error(input, &error),
        }
    }

    fn empty(input: &'a str) -> Self {
        Self {
            input,
            ok: false,
            format: None,
            kind: None,
            thread: None,
            thread_key: None,
            user: None,
            timestamp_ms: None,
            time_certain: None,
            canonical: None,
            ambiguous: false,
            alternatives: Vec::new(),
            error: None,
            parts: Vec::new(),
            core: None,
            legacy: None,
        }
    }

    fn of_error(input: &'a str, error: &ParseError) -> Self {
        Self::of_failure(
            input,
            Failure {
                code: error.code(),
                message: error.to_string(),
                position: error.position(),
                help: error.help().to_owned(),
            },
        )
    }

    /// Makes the answer to something that could not even be read as a text.
    #[must_use]
    pub fn of_failure(input: &'a str, failure: Failure) -> Self {
        Self { error: Some(failure), ..Self::empty(input) }
    }

    fn of_id(input: &'a str, id: &ParsedId<'a>) -> Self {
        let mut record = Self { ok: true, core: id.core(), ..Self::empty(input) };
        let time = match id {
            ParsedId::Unified(id) => {
                record.format = Some("canonical");
                record.kind = Some(id.kind().prefix());
                let owned = id.to_unified();
                record.thread_key = owned.thread_key().map(|key| key.to_string());
                record.thread = match id.kind() {
                    IdKind::Thread => Some(id.core_text().into()),
                    _ if record.thread_key.is_some() => id.scope_text().map(Cow::Borrowed),
                    _ => None,
                };
                record.user = match id.kind() {
                    IdKind::User => Some(id.core_text()),
                    _ if owned.user_id().is_some() => id.scope_text(),
                    _ => None,
                };
                record.canonical = Some(owned.to_string());
                let scope_name = if record.thread.is_some() { "thread" } else { "user" };
                record.cut(id.kind().prefix().len(), id.scope_text().map(|_| scope_name));
                id.time()
            }
            ParsedId::Foreign(id) => {
                record.format = Some("typeid");
                record.canonical = Some(id.to_string());
                record.cut(id.prefix().len(), None);
                Some(id.time())
            }
            ParsedId::Bare(core) => {
                record.format = Some("ulid");
                record.canonical = Some(core.to_string());
                record.parts = vec![Part { name: "core", start: 0, end: input.len() }];
                Some((core.leading_ms(), core.timestamp_ms().is_some()))
            }
            ParsedId::Legacy(id) => {
                // A row of an application has a name of its own.
                record.format = Some(id.row().name());
                record.kind = id.kind();
                record.thread = id.thread().map(|thread| thread.to_cow());
                record.thread_key = ParsedId::Legacy(*id).thread_key().map(|key| key.to_string());
                record.user = id.user();
                record.ambiguous = id.is_ambiguous();
                record.alternatives = id
                    .alternatives()
                    .map(|thread| thread.map(|thread| thread.to_string()))
                    .collect();
                record.parts = legacy_parts(input, id);
                record.legacy = Some(*id);
                id.timestamp_ms().map(|timestamp_ms| (timestamp_ms, true))
            }
            // The enum may grow; an id that this command cannot describe yet is still an id.
            _ => None,
        };
        record.timestamp_ms = time.map(|(timestamp_ms, _)| timestamp_ms);
        record.time_certain = time.map(|(_, is_certain)| is_certain);
        record
    }

    /// Notes the parts of a text of prefix, scope and core.
    fn cut(&mut self, prefix_len: usize, scope: Option<&'static str>) {
        let core_start = self.input.len() - 26;
        self.parts.push(Part { name: "prefix", start: 0, end: prefix_len });
        if let Some(name) = scope {
            self.parts.push(Part { name, start: prefix_len + 1, end: core_start - 1 });
        }
        self.parts.push(Part { name: "core", start: core_start, end: self.input.len() });
    }
}

/// Names the parts of a legacy id for people; the table calls them by single letters.
fn legacy_parts(input: &str, id: &LegacyId<'_>) -> Vec<Part> {
    let mut parts: Vec<Part> = id
        .parts()
        .map(|(name, part)| {
            // Every part is a piece of the text itself.
            let start = part.as_ptr().addr() - input.as_ptr().addr();
            let name = match name {
                "T" | "X" => "thread",
                "U" => "user",
                "R" => "run",
                "p" => "prefix",
                "ms" | "sec" | "date" => "time",
                "c" => "counter",
                "n" => "ms digits",
                "h" => "random",
                "ulid" => "ulid",
                "uuid" => "uuid",
                name if name.starts_with("hex") || name.starts_with("b36") => "random",
                name if name.starts_with("ctr") => "counter",
                "zero16" => "zeros",
                "event" => "event",
                "thread_op" => "operation",
                "entity" | "name" | "task" | "words" => "name",
                "dec14" | "d3-6" | "d1-9" | "d1-4" | "d1-19" => "number",
                _ => "part",
            };
            Part { name, start, end: start + part.len() }
        })
        .collect();
    parts.sort_by_key(|part| part.start);
    parts
}
