//! The key of an id: equal for all spellings of one id, different for all others of its tenant.
//!
//! ```text
//! lane 1  a core whose bits hold a certain time (UUIDv7): the core
//! lane 2  a core without one: the core
//! lane 3  a text of an older system with a time in it: 48 bits of Unix milliseconds, 80 bits of its SHA-256
//! lane 4  a text of an older system without one: 128 bits of its SHA-256
//! ```
//!
//! Invariant: within lanes 1 and 3 the order of keys is the order of time, so that a time window is one range of keys in
//! each. A hash only finds a text; whoever looks up compares the whole text. Next: `reference.rs`, what is registered.

use std::borrow::Cow;
use std::fmt;

use sha2::{Digest, Sha256};
use unified_id::{
    Core, IdKind, MappingId, ParseError, ParsedId, ScopeRef, ThreadKey, UnifiedRef, parse_any,
};

/// The version of the recipe for texts; another recipe would need another text here.
const DOMAIN: &[u8] = b"unified-id/registry/1\0";

/// How many bytes a key has.
pub(crate) const KEY_BYTES: usize = 17;

/// Which kind of key it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub(crate) enum Lane {
    TimedCore = 1,
    Core = 2,
    TimedText = 3,
    Text = 4,
}

/// The key of an id within its tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    lane: Lane,
    bits: u128,
}

impl Key {
    /// Before every key.
    pub(crate) const FIRST: Self = Self { lane: Lane::TimedCore, bits: 0 };
    /// After every key.
    pub(crate) const LAST: Self = Self { lane: Lane::Text, bits: u128::MAX };

    pub(crate) const fn of_core(core: Core) -> Self {
        let lane = match core.timestamp_ms() {
            Some(_) => Lane::TimedCore,
            None => Lane::Core,
        };
        Self { lane, bits: core.to_u128() }
    }

    fn of_text(text: &str, time_ms: Option<u64>) -> Self {
        let mut hash = Sha256::new();
        hash.update(DOMAIN);
        hash.update(text);
        let digest = hash.finalize();
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        let bits = u128::from_be_bytes(bytes);
        match time_ms {
            Some(ms) if ms < 1 << 48 => {
                Self { lane: Lane::TimedText, bits: (u128::from(ms) << 80) | (bits >> 48) }
            }
            _ => Self { lane: Lane::Text, bits },
        }
    }

    /// The key that stands for a name in the audit.
    pub(crate) fn of_name(name: &str) -> Self {
        Self::of_text(name, None)
    }

    /// The first and last key of a span of time, in one of the two lanes with times.
    pub(crate) fn span(lane: Lane, from_ms: u64, to_ms: u64) -> (Self, Self) {
        const LAST: u64 = (1 << 48) - 1;
        let from = u128::from(from_ms.min(LAST)) << 80;
        let to = (u128::from(to_ms.min(LAST)) << 80) | ((1 << 80) - 1);
        (Self { lane, bits: from }, Self { lane, bits: to })
    }

    #[cfg(feature = "sqlite")]
    pub(crate) fn is_timed_core(self) -> bool {
        self.lane == Lane::TimedCore
    }

    /// Returns the core, if the key is one.
    #[must_use]
    pub const fn core(self) -> Option<Core> {
        match self.lane {
            Lane::TimedCore | Lane::Core => Some(Core::from_u128(self.bits)),
            Lane::TimedText | Lane::Text => None,
        }
    }

    /// Returns the Unix time in milliseconds of the id, if it is certain.
    #[must_use]
    pub const fn timestamp_ms(self) -> Option<u64> {
        match self.lane {
            Lane::TimedCore | Lane::TimedText => Some((self.bits >> 80) as u64),
            Lane::Core | Lane::Text => None,
        }
    }

    /// Returns the 17 bytes, whose order is the order of keys.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; KEY_BYTES] {
        let mut bytes = [0; KEY_BYTES];
        bytes[0] = self.lane as u8;
        let bits = self.bits.to_be_bytes();
        let mut at = 0;
        while at < 16 {
            bytes[at + 1] = bits[at];
            at += 1;
        }
        bytes
    }

    /// Reads the 17 bytes; `None` if they are no key.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (lane, bits) = bytes.split_first()?;
        let lane = match lane {
            1 => Lane::TimedCore,
            2 => Lane::Core,
            3 => Lane::TimedText,
            4 => Lane::Text,
            _ => return None,
        };
        Some(Self { lane, bits: u128::from_be_bytes(bits.try_into().ok()?) })
    }

    /// Returns the key that follows.
    pub(crate) fn following(self) -> Option<Self> {
        match (self.bits.checked_add(1), self.lane) {
            (Some(bits), lane) => Some(Self { lane, bits }),
            (None, Lane::TimedCore) => Some(Self { lane: Lane::Core, bits: 0 }),
            (None, Lane::Core) => Some(Self { lane: Lane::TimedText, bits: 0 }),
            (None, Lane::TimedText) => Some(Self { lane: Lane::Text, bits: 0 }),
            (None, Lane::Text) => None,
        }
    }

    /// Returns the key that comes before.
    pub(crate) fn previous(self) -> Option<Self> {
        match (self.bits.checked_sub(1), self.lane) {
            (Some(bits), lane) => Some(Self { lane, bits }),
            (None, Lane::TimedCore) => None,
            (None, Lane::Core) => Some(Self { lane: Lane::TimedCore, bits: u128::MAX }),
            (None, Lane::TimedText) => Some(Self { lane: Lane::Core, bits: u128::MAX }),
            (None, Lane::Text) => Some(Self { lane: Lane::TimedText, bits: u128::MAX }),
        }
    }

    /// Returns the first key of a lane with times that comes after this one in the order of time, or the last that comes
    /// before it. Of two ids of one millisecond, cores come first.
    pub(crate) fn in_lane(self, lane: Lane, is_descending: bool) -> Option<Self> {
        if lane == self.lane {
            return if is_descending { self.previous() } else { self.following() };
        }
        let ms = u128::from(self.timestamp_ms()?);
        let first_of = |ms: u128| Self { lane, bits: ms << 80 };
        // Where the whole millisecond of the other lane lies: behind this key, if this is a core.
        let is_before = self.lane == Lane::TimedCore;
        match (is_descending, is_before) {
            (false, true) => Some(first_of(ms)),
            (false, false) => (ms + 1 < 1 << 48).then(|| first_of(ms + 1)),
            (true, true) => first_of(ms).bits.checked_sub(1).map(|bits| Self { lane, bits }),
            (true, false) => Some(Self { lane, bits: (ms << 80) | ((1 << 80) - 1) }),
        }
    }
}

impl fmt::Display for Key {
    /// Writes the core, or `text:` and the hash of the text in hexadecimal digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.core() {
            Some(core) => fmt::Display::fmt(&core, f),
            None => write!(f, "text:{:032x}", self.bits),
        }
    }
}

/// How a text names an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// By its bits alone: a bare core, a UUID.
    Bare,
    /// With a prefix, and perhaps a scope: they have to agree as well.
    Typed,
    /// As an older system wrote it.
    Legacy,
}

/// What a text says of an id.
#[derive(Clone, Debug)]
pub(crate) struct Read<'a> {
    pub(crate) key: Key,
    pub(crate) form: Form,
    /// The one spelling of the id.
    pub(crate) text: Cow<'a, str>,
    /// What the text says it is.
    pub(crate) kind: Option<&'a str>,
    /// The thread or user that the id carries.
    pub(crate) scope: Option<Scope>,
}

/// The id that another one carries as its scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Scope {
    pub(crate) kind: IdKind,
    pub(crate) key: Key,
    pub(crate) text: String,
}

/// Finds the key of a text, and nothing else: what a look-up needs first.
#[inline]
pub(crate) fn locate(text: &str) -> Result<(Key, Form), ParseError> {
    if let Some(core) = uuid(text) {
        return Ok((Key::of_core(core), Form::Bare));
    }
    Ok(match parse_any(text)? {
        ParsedId::Unified(id) => (Key::of_core(id.core()), Form::Typed),
        ParsedId::Foreign(id) => (Key::of_core(id.core()), Form::Typed),
        ParsedId::Bare(core) => (Key::of_core(core), Form::Bare),
        _ => {
            let read = read(text)?;
            (read.key, read.form)
        }
    })
}

/// Reads a text in any form.
pub(crate) fn read(text: &str) -> Result<Read<'_>, ParseError> {
    if let Some(core) = uuid(text) {
        return Ok(of_bare(core));
    }
    Ok(match parse_any(text)? {
        ParsedId::Unified(id) => {
            let spelt = if id.is_canonical() {
                Cow::Borrowed(text)
            } else {
                Cow::Owned(id.to_unified().to_string())
            };
            Read {
                key: Key::of_core(id.core()),
                form: Form::Typed,
                text: spelt,
                kind: Some(id.kind().prefix()),
                scope: scope_of(&id),
            }
        }
        ParsedId::Foreign(id) => Read {
            key: Key::of_core(id.core()),
            form: Form::Typed,
            text: Cow::Borrowed(text),
            kind: text.get(..text.len() - Core::TEXT_BYTES - 1),
            scope: None,
        },
        ParsedId::Bare(core) => of_bare(core),
        other => match other.as_legacy() {
            Some(id) => {
                let spelt = match (id.kind(), other.thread_key()) {
                    // All spellings of a thread are one key; `thread_` stands before the one that is kept.
                    (Some("thread"), Some(key)) if !id.is_ambiguous() => of_thread(&key, text),
                    _ => Cow::Borrowed(text),
                };
                let key = Key::of_text(&spelt, id.timestamp_ms());
                let scope = match other.thread_key() {
                    Some(thread)
                        if id.kind() != Some("thread")
                            && !id.is_ambiguous()
                            && !id.thread_is_prefix() =>
                    {
                        thread_scope(&thread)
                    }
                    _ => None,
                };
                Read { key, form: Form::Legacy, text: spelt, kind: id.kind(), scope }
            }
            // The enum may grow; what cannot be described yet is known by its text.
            None => Read {
                key: Key::of_text(text, None),
                form: Form::Legacy,
                text: Cow::Borrowed(text),
                kind: None,
                scope: None,
            },
        },
    })
}

/// Reads a UUID, with or without dashes: a legacy text or none to the reader, and 16 bytes to us.
#[inline]
fn uuid(text: &str) -> Option<Core> {
    match text.len() {
        32 | 36 => MappingId::new(text).as_cores().filter(|id| id.kind.is_none()).map(|id| id.core),
        _ => None,
    }
}

fn of_bare(core: Core) -> Read<'static> {
    Read {
        key: Key::of_core(core),
        form: Form::Bare,
        text: Cow::Owned(core.to_string()),
        kind: None,
        scope: None,
    }
}

fn of_thread<'a>(key: &ThreadKey, text: &'a str) -> Cow<'a, str> {
    let spelt = format!("thread_{key}");
    if spelt == text { Cow::Borrowed(text) } else { Cow::Owned(spelt) }
}

fn scope_of(id: &UnifiedRef<'_>) -> Option<Scope> {
    match (id.kind(), id.scope()) {
        (IdKind::Websocket, ScopeRef::Core(core)) => Some(Scope {
            kind: IdKind::User,
            key: Key::of_core(core),
            text: format!("{}_{core}", IdKind::User.prefix()),
        }),
        (IdKind::Thread, _) | (_, ScopeRef::None) => None,
        _ => thread_scope(&id.thread_key()?),
    }
}

/// The id of a thread that another id carries.
fn thread_scope(thread: &ThreadKey) -> Option<Scope> {
    let text = format!("{}_{thread}", IdKind::Thread.prefix());
    let key = match thread.as_core() {
        Some(core) => Key::of_core(core),
        // The time in a thread's text, if it reads as an id with one, is part of its key.
        None => read_thread(&text)?,
    };
    Some(Scope { kind: IdKind::Thread, key, text })
}

fn read_thread(text: &str) -> Option<Key> {
    match parse_any(text) {
        Ok(ParsedId::Legacy(id)) => Some(Key::of_text(text, id.timestamp_ms())),
        Ok(other) => other.core().map(Key::of_core),
        // A text that no reader takes can be a thread's key all the same; it is not registered under it.
        Err(_) => Some(Key::of_text(text, None)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_spellings_of_a_core_are_one_key() {
        let spellings = [
            "01m7wqt1fbff4sq3bgc5bhn9e0",
            "01M7WQT1FBFF4SQ3BGC5BHN9E0",
            "01a1f97d-05eb-7bc9-9b8d-7061571aa5c0",
            "01A1F97D05EB7BC99B8D7061571AA5C0",
            "thread_01m7wqt1fbff4sq3bgc5bhn9e0",
            "thread_01M7WQT1FBFF4SQ3BGC5BHN9E0",
            "invoice_01m7wqt1fbff4sq3bgc5bhn9e0",
        ];
        let keys: Vec<Key> = spellings.iter().map(|text| read(text).unwrap().key).collect();
        assert!(keys.iter().all(|key| *key == keys[0]), "{keys:?}");
        assert_eq!(keys[0].timestamp_ms(), Some(1_795_187_082_731));
        assert_eq!(Key::from_bytes(&keys[0].to_bytes()), Some(keys[0]));
    }

    #[test]
    fn a_run_names_the_key_of_its_thread() {
        let thread = read("thread_01m7wqt1fbff4sq3bgc5bhn9e0").unwrap();
        let run = read("run_01m7wqt1fbff4sq3bgc5bhn9e0_01m7wqt1fcff4sq3cdmzk4w7rt").unwrap();
        assert_eq!(run.scope.unwrap().key, thread.key);
        let old = read("run_thread_user123_01m7wqt1fcff4sq3cdmzk4w7rt").unwrap();
        assert_eq!(old.text, "run_user123_01m7wqt1fcff4sq3cdmzk4w7rt");
        let legacy = read("thread_user123_run_1693430400000_a1b2c3d4").unwrap();
        assert_eq!(legacy.scope.as_ref().map(|scope| scope.key), old.scope.map(|scope| scope.key));
        assert_eq!(legacy.key.timestamp_ms(), Some(1_693_430_400_000));
    }

    #[test]
    fn times_of_texts_are_in_the_order_of_their_keys() {
        let at = |ms: u64| read(&format!("thread_u_run_{ms}_a1b2c3d4")).unwrap().key;
        assert!(at(1_693_430_400_000) < at(1_693_430_400_001));
        let (from, to) = Key::span(Lane::TimedText, 1_693_430_400_000, 1_693_430_400_000);
        assert!((from..=to).contains(&at(1_693_430_400_000)));
        assert!(!(from..=to).contains(&at(1_693_430_400_001)));
    }
}
