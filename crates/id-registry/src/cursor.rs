//! Where a page ended: an opaque text that belongs to one tenant and one question.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use twox_hash::XxHash3_64;

use crate::entry::Entry;
use crate::error::RegistryError;
use crate::key::{KEY_BYTES, Key};

const VERSION: u8 = 1;
/// Version, tenant, question, key, checksum.
const BYTES: usize = 1 + 4 + 8 + KEY_BYTES + 4;

/// Where a page ended.
///
/// # Examples
///
/// ```
/// use id_registry::{Cursor, Find, Options, Reference, Registry};
///
/// let registry = Registry::in_memory(Options::default())?;
/// let tenant = "acme".parse().unwrap();
/// for _ in 0..3 {
///     let id = unified_id::UnifiedId::session().to_string();
///     registry.register(&tenant, "me", Reference::new(id, "session-buddy"))?;
/// }
/// let mut find = Find::system("session-buddy").limit(2);
/// let first = registry.find(&tenant, &find)?;
/// // As text it goes to a client and comes back.
/// find.cursor = Some(first.next.unwrap().to_string().parse()?);
/// assert_eq!(registry.find(&tenant, &find)?.entries.len(), 1);
/// # Ok::<(), id_registry::RegistryError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    tenant: u32,
    question: u64,
    key: Key,
}

impl Cursor {
    pub(crate) const fn new(tenant: u32, question: u64, key: Key) -> Self {
        Self { tenant, question, key }
    }

    /// Returns where to go on, if it belongs to the same tenant and question.
    pub(crate) fn check(&self, tenant: u32, question: u64) -> Result<Key, RegistryError> {
        if self.tenant != tenant || self.question != question {
            return Err(RegistryError::cursor("belongs to another question or tenant"));
        }
        Ok(self.key)
    }

    fn bytes(&self) -> [u8; BYTES] {
        let mut bytes = [0; BYTES];
        bytes[0] = VERSION;
        bytes[1..5].copy_from_slice(&self.tenant.to_be_bytes());
        bytes[5..13].copy_from_slice(&self.question.to_be_bytes());
        bytes[13..13 + KEY_BYTES].copy_from_slice(&self.key.to_bytes());
        let check = check_of(&bytes[..BYTES - 4]);
        bytes[BYTES - 4..].copy_from_slice(&check);
        bytes
    }
}

fn check_of(bytes: &[u8]) -> [u8; 4] {
    let [a, b, c, d, ..] = XxHash3_64::oneshot(bytes).to_le_bytes();
    [a, b, c, d]
}

/// Returns a number that stands for a question.
pub(crate) fn question(parts: &[&[u8]]) -> u64 {
    parts.iter().fold(0, |seed, part| XxHash3_64::oneshot_with_seed(seed, part).rotate_left(1))
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.bytes().iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FromStr for Cursor {
    type Err = RegistryError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let damaged = || RegistryError::cursor("is damaged");
        if text.len() != 2 * BYTES || !text.is_ascii() {
            return Err(damaged());
        }
        let mut bytes = [0; BYTES];
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * at..2 * at + 2], 16).map_err(|_| damaged())?;
        }
        if bytes[0] != VERSION || check_of(&bytes[..BYTES - 4]) != bytes[BYTES - 4..] {
            return Err(damaged());
        }
        let number = |at: std::ops::Range<usize>| {
            bytes[at].iter().fold(0_u64, |number, byte| (number << 8) | u64::from(*byte))
        };
        Ok(Self {
            tenant: u32::try_from(number(1..5)).map_err(|_| damaged())?,
            question: number(5..13),
            key: Key::from_bytes(&bytes[13..13 + KEY_BYTES]).ok_or_else(damaged)?,
        })
    }
}

/// Some of many entries.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Page {
    /// The entries, in order.
    pub entries: Vec<Arc<Entry>>,
    /// Where to go on; none at the end. A page may be short, or even empty, and not the last.
    pub next: Option<Cursor>,
}
