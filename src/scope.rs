//! What an id carries between its prefix and its core, as types.
//!
//! Invariant: `Unscoped` takes no space and `Within` takes 16 bytes, so an `Id` is 16 or 32 bytes and `Copy`.
//! Next: `id.rs` for ids, `keyed.rs` for scopes that are texts.

use core::fmt::{self, Debug};
use core::hash::Hash;
use core::marker::PhantomData;

use crate::kind::{LegacyScoped, Thread};
use crate::{Core, KeyedId, Kind, LegacyKey, ParseError, ThreadId, ThreadKey, UnifiedId};

mod sealed {
    pub trait Sealed {}
}

/// What an id carries between prefix and core: [`Unscoped`] or [`Within`].
pub trait Scope: sealed::Sealed + 'static {
    /// What an id stores of its scope.
    type Value: Copy + Eq + Ord + Hash + Debug + Send + Sync + 'static;

    #[doc(hidden)]
    const SCOPED: bool;

    #[doc(hidden)]
    fn core_of(value: &Self::Value) -> Option<Core>;

    /// Makes the stored value of a scope that was read; `None` if the two do not go together.
    #[doc(hidden)]
    fn from_core(core: Option<Core>) -> Option<Self::Value>;
}

/// The scope of kinds whose ids carry nothing but their core.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unscoped {}

impl sealed::Sealed for Unscoped {}

impl Scope for Unscoped {
    type Value = ();
    const SCOPED: bool = false;

    #[inline]
    fn core_of((): &()) -> Option<Core> {
        None
    }

    #[inline]
    fn from_core(core: Option<Core>) -> Option<()> {
        if core.is_none() { Some(()) } else { None }
    }
}

/// The scope of kinds whose ids carry the core of an id of kind `P`.
pub struct Within<P>(PhantomData<fn() -> P>);

impl<P> Debug for Within<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Within")
    }
}

impl<P> sealed::Sealed for Within<P> {}

impl<P: Kind<Scope = Unscoped>> Scope for Within<P> {
    type Value = Core;
    const SCOPED: bool = true;

    #[inline]
    fn core_of(value: &Core) -> Option<Core> {
        Some(*value)
    }

    #[inline]
    fn from_core(core: Option<Core>) -> Option<Core> {
        core
    }
}

/// The thread that a run, message or tool id belongs to: a thread id, or the key of a thread older than this format.
///
/// # Examples
///
/// ```
/// use unified_id::{ThreadId, ThreadScope, UnifiedId};
///
/// let old: ThreadScope = "thread_user123_session456".parse()?;
/// let run = UnifiedId::run(old);
/// assert!(run.to_string().starts_with("run_user123_session456_"));
///
/// let thread = ThreadId::new();
/// assert_eq!(thread.to_string().parse::<ThreadScope>()?, ThreadScope::from(thread));
/// # Ok::<(), unified_id::ParseError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ThreadScope {
    /// A thread of this format.
    Id(ThreadId),
    /// A thread that is known by its old text.
    Legacy(LegacyKey),
}

impl ThreadScope {
    /// Reads the text of a thread in any spelling.
    ///
    /// # Errors
    ///
    /// [`EmptyThread`](crate::ParseErrorKind::EmptyThread) if nothing is left without the leading `thread_`,
    /// [`MistypedScope`](crate::ParseErrorKind::MistypedScope) if it has the length of a core and is none,
    /// [`InvalidScope`](crate::ParseErrorKind::InvalidScope) if it cannot stand in an id: such a thread is to be adopted.
    /// [`WrongKind`](crate::ParseErrorKind::WrongKind) if it is an id of another kind: a user or a run is no thread.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        if let Ok(id) = crate::parse::read_canonical(text)
            && id.kind() != crate::IdKind::Thread
        {
            let prefix = crate::IdKind::Thread.prefix();
            return Err(crate::error::Rejection::wrong_kind(prefix).explain(text.as_bytes()));
        }
        crate::thread::read_scope(text.as_bytes())
            .map(crate::thread::ReadScope::to_owned_scope)
            .map_err(|rejection| rejection.explain(text.as_bytes()))
    }

    /// Returns the key by which a router compares this thread.
    #[must_use]
    pub fn thread_key(&self) -> ThreadKey {
        match self {
            Self::Id(id) => ThreadKey::from(*id),
            Self::Legacy(key) => key.thread_key(),
        }
    }
}

impl core::str::FromStr for ThreadScope {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl fmt::Display for ThreadScope {
    /// Writes the text of the thread's id, or its old text without leading `thread_`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => fmt::Display::fmt(id, f),
            Self::Legacy(key) => fmt::Display::fmt(key, f),
        }
    }
}

impl TryFrom<&ThreadKey> for ThreadScope {
    type Error = ParseError;

    fn try_from(key: &ThreadKey) -> Result<Self, Self::Error> {
        match key.as_core() {
            Some(core) => Ok(Self::Id(ThreadId::from_core(core))),
            None => Self::parse(key.as_text().unwrap_or_default()),
        }
    }
}

impl From<ThreadId> for ThreadScope {
    fn from(id: ThreadId) -> Self {
        Self::Id(id)
    }
}

impl From<LegacyKey> for ThreadScope {
    fn from(key: LegacyKey) -> Self {
        Self::Legacy(key)
    }
}

/// Anything that names a thread, together with the type of the ids made on it.
///
/// A [`ThreadId`] gives ids that are `Copy`; a [`LegacyKey`] gives [`KeyedId`]s; a [`ThreadScope`], which may be either,
/// gives [`UnifiedId`]s.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not name a thread",
    label = "a `ThreadId`, `LegacyKey` or `ThreadScope` is needed here",
    note = "the text of a thread has to be read first: `text.parse::<ThreadScope>()?`"
)]
pub trait ThreadLike: sealed::Sealed {
    /// The id of kind `K` on such a thread.
    type On<K: LegacyScoped + crate::kind::BuiltIn>;

    #[doc(hidden)]
    fn with_core<K: LegacyScoped + crate::kind::BuiltIn>(self, core: Core) -> Self::On<K>;
}

impl sealed::Sealed for ThreadId {}
impl ThreadLike for ThreadId {
    type On<K: LegacyScoped + crate::kind::BuiltIn> = crate::Id<K, Within<Thread>>;

    fn with_core<K: LegacyScoped + crate::kind::BuiltIn>(self, core: Core) -> Self::On<K> {
        crate::Id::from_parts(self, core)
    }
}

impl sealed::Sealed for LegacyKey {}
impl ThreadLike for LegacyKey {
    type On<K: LegacyScoped + crate::kind::BuiltIn> = KeyedId<K>;

    fn with_core<K: LegacyScoped + crate::kind::BuiltIn>(self, core: Core) -> Self::On<K> {
        KeyedId::from_parts(self, core)
    }
}

impl sealed::Sealed for ThreadScope {}
impl ThreadLike for ThreadScope {
    type On<K: LegacyScoped + crate::kind::BuiltIn> = UnifiedId;

    fn with_core<K: LegacyScoped + crate::kind::BuiltIn>(self, core: Core) -> Self::On<K> {
        match self {
            Self::Id(id) => id.with_core::<K>(core).into(),
            Self::Legacy(key) => key.with_core::<K>(core).into(),
        }
    }
}

impl<T: sealed::Sealed> sealed::Sealed for &T {}
#[diagnostic::do_not_recommend]
impl<T: ThreadLike + Clone> ThreadLike for &T {
    type On<K: LegacyScoped + crate::kind::BuiltIn> = T::On<K>;

    fn with_core<K: LegacyScoped + crate::kind::BuiltIn>(self, core: Core) -> Self::On<K> {
        self.clone().with_core::<K>(core)
    }
}
