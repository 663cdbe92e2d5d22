//! The audit: what was written, when and by whom, in the order in which it was committed; only ever added to.

use std::sync::Arc;

use unified_id::Tenant;

use crate::error::RegistryError;
use crate::key::Key;
use crate::names::{Class, Names};
use crate::store::EventRow;

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, strum::EnumIter, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
#[non_exhaustive]
#[repr(u8)]
pub enum Action {
    /// An id was registered.
    Register = 1,
    /// An alias was given to an id; the event's key is the alias's.
    Alias = 2,
    /// Links were added to an id that was registered before.
    Link = 3,
    /// An id was deleted.
    Delete = 4,
    /// What was said of a deleted id was removed.
    Purge = 5,
    /// A system was defined.
    Define = 6,
}

impl Action {
    /// Returns the stable name: `register`, `alias`, `link`, `delete`, `purge`, `define`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }

    pub(crate) fn from_code(code: u8) -> Option<Self> {
        use strum::IntoEnumIterator;
        Self::iter().find(|action| *action as u8 == code)
    }
}

/// One line of the audit.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Event {
    /// Its place in the log of all tenants, from 1.
    pub seq: u64,
    /// To whom it belongs.
    pub tenant: Tenant,
    /// Unix time in milliseconds, by this machine's clock, which may have jumped; the order is that of `seq`.
    pub at_ms: u64,
    /// What was done.
    pub action: Action,
    /// Who did it.
    pub writer: Arc<str>,
    /// To which id.
    pub key: Key,
    /// The checksum of what was written, so that an exported audit can be compared with the rows.
    pub content: u64,
}

impl Event {
    pub(crate) fn of(row: &EventRow, names: &Names) -> Result<Self, RegistryError> {
        let damaged = |how: &str| RegistryError::corrupt(format!("event {} {how}", row.seq));
        Ok(Self {
            seq: row.seq,
            tenant: names.tenant_of(row.tenant).ok_or_else(|| damaged("is of no tenant"))?,
            at_ms: row.at_ms,
            action: Action::from_code(row.action)
                .ok_or_else(|| damaged("is of an unknown action"))?,
            writer: names
                .text(row.tenant, Class::Writer, row.writer)
                .ok_or_else(|| damaged("is by nobody"))?,
            key: row.key,
            content: row.content,
        })
    }
}
