//! Ids on a legacy key: runs, messages and tools of threads that are older than this format.
//!
//! Invariant: a [`LegacyKey`] can stand in an id and is read back from it byte for byte.
//! Next: `unified.rs`.

use alloc::sync::Arc;
use core::cmp::Ordering;
use core::fmt;
use core::hash::{Hash, Hasher};
use core::marker::PhantomData;
use core::str::FromStr;

use crate::error::Rejection;
use crate::kind::{BuiltIn, LegacyScoped};
use crate::unified::ScopeRef;
use crate::{Core, ParseError, ParseErrorKind, ThreadKey, ThreadScope, UnifiedId};

/// The text of an old thread, checked to be usable as a scope.
///
/// 1 to 200 ASCII letters, digits, `_` and `-`, beginning with a letter or digit, without leading `thread_`; not beginning
/// with `run_`, not ending in `_` or `_run`, without `_run_`, and not 25 to 27 letters and digits. Cheap to clone.
///
/// # Examples
///
/// ```
/// use unified_id::{LegacyKey, UnifiedId};
///
/// let key: LegacyKey = "thread_user123_session456".parse()?;
/// assert_eq!(key.as_str(), "user123_session456");
/// let run = UnifiedId::run(&key);
/// assert_eq!(run.thread(), &key);
/// assert!("a thread with blanks".parse::<LegacyKey>().is_err());
/// # Ok::<(), unified_id::ParseError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LegacyKey(Arc<str>);

impl LegacyKey {
    /// Reads the text of an old thread, with or without leading `thread_`.
    ///
    /// # Errors
    ///
    /// [`WrongScope`](ParseErrorKind::WrongScope) if it is a thread of this format, and the errors of
    /// [`ThreadScope::parse`].
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        match ThreadScope::parse(text)? {
            ThreadScope::Legacy(key) => Ok(key),
            ThreadScope::Id(_) => {
                Err(Rejection::new(ParseErrorKind::WrongScope, 0).explain(text.as_bytes()))
            }
        }
    }

    /// Returns the text, without a leading `thread_`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the key by which a router compares the thread.
    #[must_use]
    pub fn thread_key(&self) -> ThreadKey {
        ThreadKey::of_checked(&self.0)
    }

    pub(crate) fn of_checked(text: &str) -> Self {
        Self(text.into())
    }

    /// Compares as the texts of two ids do: what follows a key in an id is `_`, which sorts after `-` and the digits.
    pub(crate) fn cmp_before_core(&self, other: &Self) -> Ordering {
        let bytes = |key: &'_ Self| key.0.len();
        let common = bytes(self).min(bytes(other));
        let (left, right) = (self.0.as_bytes(), other.0.as_bytes());
        left[..common]
            .cmp(&right[..common])
            .then_with(|| left.get(common).unwrap_or(&b'_').cmp(right.get(common).unwrap_or(&b'_')))
            .then_with(|| left.len().cmp(&right.len()))
    }
}

impl FromStr for LegacyKey {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl fmt::Display for LegacyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl AsRef<str> for LegacyKey {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

/// An id of kind `K` on a thread that is older than this format.
///
/// # Examples
///
/// ```
/// use unified_id::{KeyedRunId, LegacyKey};
///
/// let key: LegacyKey = "user123".parse()?;
/// let run = KeyedRunId::new(key.clone());
/// assert!(run.to_string().starts_with("run_user123_"));
/// assert_eq!(run.to_string().parse::<KeyedRunId>()?.thread(), &key);
/// # Ok::<(), unified_id::ParseError>(())
/// ```
pub struct KeyedId<K: LegacyScoped> {
    key: LegacyKey,
    core: Core,
    kind: PhantomData<fn() -> K>,
}

/// The id of a run on a thread that is older than this format.
pub type KeyedRunId = KeyedId<crate::kind::Run>;
/// The id of a message in a thread that is older than this format.
pub type KeyedMessageId = KeyedId<crate::kind::Message>;
/// The id of a call of a tool in a thread that is older than this format.
pub type KeyedToolId = KeyedId<crate::kind::Tool>;

impl<K: LegacyScoped> KeyedId<K> {
    /// Makes a new id on an old thread.
    #[cfg(feature = "std")]
    #[must_use]
    pub fn new(thread: LegacyKey) -> Self {
        Self::from_parts(thread, crate::generator::generate())
    }

    /// Makes a new id on an old thread unless it would be further ahead of the clock than the limit of this process.
    ///
    /// # Errors
    ///
    /// [`GenerateError`](crate::GenerateError) if the limit that
    /// [`set_drift_limit_ms`](crate::generator::set_drift_limit_ms) set is passed; without one it never fails.
    #[cfg(feature = "std")]
    pub fn try_new(thread: LegacyKey) -> Result<Self, crate::GenerateError> {
        crate::generator::try_generate().map(|core| Self::from_parts(thread, core))
    }

    /// Makes an id of its thread and its own core.
    #[must_use]
    pub const fn from_parts(thread: LegacyKey, core: Core) -> Self {
        Self { key: thread, core, kind: PhantomData }
    }

    /// Returns the thread, which the id carries.
    #[must_use]
    pub const fn thread(&self) -> &LegacyKey {
        &self.key
    }

    /// Returns the key by which a router compares the thread.
    #[must_use]
    pub fn thread_key(&self) -> ThreadKey {
        self.key.thread_key()
    }

    /// Returns the id's own core.
    #[must_use]
    pub const fn core(&self) -> Core {
        self.core
    }

    /// Returns the Unix time in milliseconds at which the id was made, if its bits hold a certain one.
    #[must_use]
    pub const fn timestamp_ms(&self) -> Option<u64> {
        self.core.timestamp_ms()
    }
}

impl<K: LegacyScoped + BuiltIn> KeyedId<K> {
    /// Reads the text of an id of this kind on an old thread.
    ///
    /// # Errors
    ///
    /// [`WrongKind`](ParseErrorKind::WrongKind) if the id is of another kind,
    /// [`WrongScope`](ParseErrorKind::WrongScope) if its scope is a core, otherwise what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let reject = |rejection: Rejection| crate::parse::explain(rejection, text.as_bytes());
        let id = crate::parse::read_canonical(text).map_err(|verdict| reject(verdict.rejection))?;
        if id.kind() != K::KIND {
            return Err(reject(Rejection::wrong_kind(K::PREFIX)));
        }
        match id.scope() {
            ScopeRef::Key(key) => Ok(Self::from_parts(LegacyKey::of_checked(key), id.core())),
            _ => Err(reject(Rejection::new(ParseErrorKind::WrongScope, K::PREFIX.len() + 1))),
        }
    }
}

impl<K: LegacyScoped> Clone for KeyedId<K> {
    fn clone(&self) -> Self {
        Self::from_parts(self.key.clone(), self.core)
    }
}

impl<K: LegacyScoped> PartialEq for KeyedId<K> {
    fn eq(&self, other: &Self) -> bool {
        self.core == other.core && self.key == other.key
    }
}

impl<K: LegacyScoped> Eq for KeyedId<K> {}

impl<K: LegacyScoped> Ord for KeyedId<K> {
    /// Compares as the texts do.
    fn cmp(&self, other: &Self) -> Ordering {
        self.key.cmp_before_core(&other.key).then_with(|| self.core.cmp(&other.core))
    }
}

impl<K: LegacyScoped> PartialOrd for KeyedId<K> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<K: LegacyScoped> Hash for KeyedId<K> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key.hash(state);
        self.core.hash(state);
    }
}

impl<K: LegacyScoped> fmt::Display for KeyedId<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_{}_{}", K::PREFIX, self.key, self.core)
    }
}

impl<K: LegacyScoped> fmt::Debug for KeyedId<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyedId({self})")
    }
}

impl<K: LegacyScoped + BuiltIn> FromStr for KeyedId<K> {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl<K: LegacyScoped + BuiltIn> From<KeyedId<K>> for UnifiedId {
    fn from(id: KeyedId<K>) -> Self {
        Self::on_thread(K::KIND, ThreadScope::Legacy(id.key), id.core)
    }
}
