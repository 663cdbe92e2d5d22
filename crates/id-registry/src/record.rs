//! What a row holds, by the byte, and its checksum; the specification is `docs/spec/registry.md`.
//!
//! ```text
//! body = version (1 byte, 1) content (postcard) checksum (8 bytes, little end first)
//! ```
//!
//! Invariant: the checksum covers tenant and key as well, so that a row that turns up under another key is no row. What
//! fails it is an error, never an answer.

use serde::{Deserialize, Serialize};
use twox_hash::XxHash3_64;
use unified_id::{Core, Tenant};

use crate::entry::{Entry, State};
use crate::error::RegistryError;
use crate::key::{KEY_BYTES, Key};
use crate::names::{Class, Names};
use crate::reference::Metadata;
use crate::store::{FullKey, LinkRow};

const VERSION: u8 = 1;
const CHECK_BYTES: usize = 8;

/// The content of a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Content<'a> {
    #[serde(borrow)]
    Entry(EntryContent<'a>),
    Alias(AliasContent<'a>),
}

/// An entry, with numbers for names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct EntryContent<'a> {
    pub(crate) system: u32,
    pub(crate) kind: u32,
    pub(crate) writer: u32,
    pub(crate) at_ms: u64,
    #[serde(borrow)]
    pub(crate) spelling: Spelling<'a>,
    pub(crate) state: StateContent<'a>,
    pub(crate) metadata: Option<&'a str>,
}

/// The text of an id beside its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Spelling<'a> {
    /// The core alone.
    Bare,
    /// What stands before the core.
    Before(&'a str),
    /// All of it.
    Whole(&'a str),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum StateContent<'a> {
    Live,
    Deleted { at_ms: u64, reason: &'a str },
    Purged { at_ms: u64 },
}

/// Another id of an entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AliasContent<'a> {
    pub(crate) target: [u8; KEY_BYTES],
    pub(crate) text: &'a str,
    pub(crate) writer: u32,
    pub(crate) at_ms: u64,
}

impl<'a> Spelling<'a> {
    /// Splits the one spelling of an id.
    pub(crate) fn of(text: &'a str, key: Key) -> Self {
        match (key.core(), text.len().checked_sub(Core::TEXT_BYTES)) {
            (Some(_), Some(0)) => Self::Bare,
            (Some(_), Some(at)) if text.is_char_boundary(at) => Self::Before(&text[..at]),
            _ => Self::Whole(text),
        }
    }

    fn join(self, key: Key) -> Option<Box<str>> {
        Some(match self {
            Self::Bare => key.core()?.to_text().as_str().into(),
            Self::Before(before) => {
                let core = key.core()?.to_text();
                let mut text = String::with_capacity(before.len() + Core::TEXT_BYTES);
                text.push_str(before);
                text.push_str(core.as_str());
                text.into()
            }
            Self::Whole(text) => text.into(),
        })
    }
}

/// Writes the body of a row.
pub(crate) fn encode(full: FullKey, content: &Content<'_>) -> Vec<u8> {
    let mut body = postcard::to_extend(content, vec![VERSION])
        .expect("invariant: numbers and texts can be written to memory");
    let check = check_of_row(full, &body);
    body.extend_from_slice(&check.to_le_bytes());
    body
}

/// Reads the body of a row.
pub(crate) fn decode(full: FullKey, body: &[u8]) -> Result<Content<'_>, RegistryError> {
    match checked(full, body)?.split_first() {
        Some((&VERSION, content)) => {
            postcard::from_bytes(content).map_err(|_| damaged(full, "cannot be read"))
        }
        _ => Err(damaged(full, "is of another version")),
    }
}

/// Checks that the body of a row is what was written there.
#[cfg(feature = "sqlite")]
pub(crate) fn check_row(full: FullKey, body: &[u8]) -> Result<(), RegistryError> {
    checked(full, body).map(|_| ())
}

/// Returns what was written before the checksum.
fn checked(full: FullKey, body: &[u8]) -> Result<&[u8], RegistryError> {
    let Some((written, check)) = body.split_last_chunk::<CHECK_BYTES>() else {
        return Err(damaged(full, "is too short"));
    };
    if check_of_row(full, written) != u64::from_le_bytes(*check) {
        return Err(damaged(full, "fails its checksum"));
    }
    Ok(written)
}

/// Returns the checksum at the end of a body, which stands for its content in the audit.
pub(crate) fn check_of_body(body: &[u8]) -> u64 {
    body.last_chunk::<CHECK_BYTES>().map_or(0, |check| u64::from_le_bytes(*check))
}

fn check_of_row(full: FullKey, written: &[u8]) -> u64 {
    XxHash3_64::oneshot_with_seed(check_of_key(full), written)
}

fn check_of_key(full: FullKey) -> u64 {
    XxHash3_64::oneshot_with_seed(u64::from(full.tenant), &full.key.to_bytes())
}

/// Returns the checksum of a link.
pub(crate) fn check_of_link(link: &LinkRow) -> u64 {
    let from = check_of_key(FullKey { tenant: link.tenant, key: link.key });
    let mut ends = [link.relation; KEY_BYTES + 1];
    ends[1..].copy_from_slice(&link.other.to_bytes());
    let ends = XxHash3_64::oneshot_with_seed(from, &ends);
    XxHash3_64::oneshot_with_seed(ends, link.text.as_bytes())
}

/// Returns the checksum of an event of the audit.
#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub(crate) fn check_of_event(event: &crate::store::EventRow) -> u64 {
    let of_key = check_of_key(FullKey { tenant: event.tenant, key: event.key });
    let mut rest = [event.action; 29];
    rest[1..9].copy_from_slice(&event.seq.to_le_bytes());
    rest[9..17].copy_from_slice(&event.at_ms.to_le_bytes());
    rest[17..25].copy_from_slice(&event.content.to_le_bytes());
    rest[25..29].copy_from_slice(&event.writer.to_le_bytes());
    XxHash3_64::oneshot_with_seed(of_key, &rest)
}

fn damaged(full: FullKey, how: &str) -> RegistryError {
    let key = full.key.core().map_or_else(
        || format!("the text key {:02x?}", &full.key.to_bytes()[1..9]),
        |core| format!("`{core}`"),
    );
    RegistryError::corrupt(format!("the row of {key} of tenant number {} {how}", full.tenant))
}

impl EntryContent<'_> {
    /// Makes the entry that is handed out.
    pub(crate) fn to_entry(
        &self,
        full: FullKey,
        tenant: &Tenant,
        names: &Names,
    ) -> Result<Entry, RegistryError> {
        let numbers =
            [(Class::System, self.system), (Class::Kind, self.kind), (Class::Writer, self.writer)];
        let [system, kind, registered_by] =
            names.texts(full.tenant, numbers).map_err(|(class, no)| {
                damaged(full, &format!("names the {class:?} number {no}, which is not known"))
            })?;
        Ok(Entry {
            tenant: tenant.clone(),
            id: self
                .spelling
                .join(full.key)
                .ok_or_else(|| damaged(full, "has no text for its key"))?,
            key: full.key,
            system,
            kind,
            metadata: Metadata::of_stored(self.metadata),
            registered_at_ms: self.at_ms,
            registered_by,
            state: match self.state {
                StateContent::Live => State::Live,
                StateContent::Deleted { at_ms, reason } => {
                    State::Deleted { at_ms, reason: reason.into() }
                }
                StateContent::Purged { at_ms } => State::Purged { at_ms },
            },
        })
    }
}
