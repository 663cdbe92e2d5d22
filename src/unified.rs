//! `UnifiedId`: an id whose kind is known at run time, and the constructors that applications call.
//!
//! Invariant: `Display` writes the canonical text; reading it gives the same value. Next: `generator/`, which makes the
//! cores, and `parse.rs`, which reads them back.

use core::cmp::Ordering;
use core::fmt;
use core::str::FromStr;

use crate::error::Rejection;
use crate::kind::{BuiltIn, ScopeRule};
use crate::scope::Scope;
use crate::{
    Core, Id, IdKind, Kind, LegacyKey, ParseError, ParseErrorKind, ThreadId, ThreadKey,
    ThreadScope, UserId,
};

/// An id of any built-in kind.
///
/// The constructors give typed ids; every typed id converts into a `UnifiedId` and, if the kind is right, back.
///
/// # Examples
///
/// ```
/// use unified_id::{IdKind, RunId, UnifiedId};
///
/// let thread = UnifiedId::thread();
/// let run = UnifiedId::run(thread);
/// assert_eq!(run.thread(), thread);
///
/// let any: UnifiedId = run.into();
/// assert_eq!(any.kind(), IdKind::Run);
/// assert_eq!(any.to_string(), run.to_string());
/// assert_eq!(RunId::try_from(&any)?, run);
/// # Ok::<(), unified_id::ParseError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct UnifiedId {
    kind: IdKind,
    scope: OwnedScope,
    core: Core,
}

#[derive(Clone, PartialEq, Eq, Hash)]
enum OwnedScope {
    None,
    Core(Core),
    Key(LegacyKey),
}

/// What stands between the prefix and the core of an id that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ScopeRef<'a> {
    /// Nothing.
    None,
    /// The core of a thread or user.
    Core(Core),
    /// The key of a thread that is older than this format, without leading `thread_`.
    Key(&'a str),
}

impl UnifiedId {
    /// Makes a new id of a kind that is known at run time; `scope` is the text of the thread or user.
    ///
    /// # Errors
    ///
    /// As [`with_core`](Self::with_core).
    ///
    /// # Examples
    ///
    /// ```
    /// use unified_id::{IdKind, UnifiedId};
    ///
    /// let run = UnifiedId::make(IdKind::Run, Some("thread_user123"))?;
    /// assert!(run.to_string().starts_with("run_user123_"));
    /// # Ok::<(), unified_id::ParseError>(())
    /// ```
    #[cfg(feature = "std")]
    pub fn make(kind: IdKind, scope: Option<&str>) -> Result<Self, ParseError> {
        Self::with_core(kind, scope, crate::generator::generate())
    }

    /// Makes an id of a kind, the text of its scope and a core.
    ///
    /// # Errors
    ///
    /// [`MissingScope`](ParseErrorKind::MissingScope) or [`UnexpectedScope`](ParseErrorKind::UnexpectedScope) if the kind
    /// and the scope do not go together, otherwise what is wrong with the scope.
    pub fn with_core(kind: IdKind, scope: Option<&str>, core: Core) -> Result<Self, ParseError> {
        let scope = match (kind.scope_rule(), scope) {
            (ScopeRule::None, None) => OwnedScope::None,
            (ScopeRule::Thread, Some(text)) => match ThreadScope::parse(text)? {
                ThreadScope::Id(id) => OwnedScope::Core(id.core()),
                ThreadScope::Legacy(key) => OwnedScope::Key(key),
            },
            (ScopeRule::User, Some(text)) => OwnedScope::Core(match Core::read(text.as_bytes()) {
                Ok((core, _)) => core,
                Err(_) => UserId::parse(text)?.core(),
            }),
            (ScopeRule::None, Some(text)) => {
                let rejection = Rejection::new(ParseErrorKind::UnexpectedScope, 0);
                return Err(rejection.explain(text.as_bytes()));
            }
            (_, None) => {
                let rejection = Rejection::new(ParseErrorKind::MissingScope, kind.prefix().len());
                return Err(rejection.explain(kind.prefix().as_bytes()));
            }
        };
        Ok(Self { kind, scope, core })
    }

    pub(crate) fn on_thread(kind: IdKind, thread: ThreadScope, core: Core) -> Self {
        let scope = match thread {
            ThreadScope::Id(id) => OwnedScope::Core(id.core()),
            ThreadScope::Legacy(key) => OwnedScope::Key(key),
        };
        Self { kind, scope, core }
    }

    /// Reads the text of an id of any built-in kind.
    ///
    /// # Errors
    ///
    /// [`OtherFormat`](ParseErrorKind::OtherFormat) if only [`parse_any`](crate::parse_any) reads the text: an old id, one of
    /// another system, or a bare core; [`UnknownFormat`](ParseErrorKind::UnknownFormat) if it starts with no prefix of a
    /// built-in kind; otherwise what is wrong with the scope or the core, with its position.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        Self::parse_bytes(text.as_bytes())
    }

    /// Reads the text of an id from bytes, which need not be UTF-8.
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse).
    pub fn parse_bytes(text: &[u8]) -> Result<Self, ParseError> {
        crate::parse::read_parts(text)
            .map(|(kind, _, parts)| Self::of_parts(kind, parts.scope, parts.core))
            .map_err(|verdict| crate::parse::explain(verdict.rejection, text))
    }

    pub(crate) fn of_parts(kind: IdKind, scope: ScopeRef<'_>, core: Core) -> Self {
        Self { kind, scope: OwnedScope::of(scope), core }
    }

    /// Returns the kind.
    #[must_use]
    pub const fn kind(&self) -> IdKind {
        self.kind
    }

    /// Returns the id's own core.
    #[must_use]
    pub const fn core(&self) -> Core {
        self.core
    }

    /// Returns what stands between the prefix and the core.
    #[must_use]
    pub fn scope(&self) -> ScopeRef<'_> {
        match &self.scope {
            OwnedScope::None => ScopeRef::None,
            OwnedScope::Core(core) => ScopeRef::Core(*core),
            OwnedScope::Key(key) => ScopeRef::Key(key.as_str()),
        }
    }

    /// Returns the thread that the id carries, or is.
    #[must_use]
    pub fn thread_scope(&self) -> Option<ThreadScope> {
        match (self.kind, self.kind.scope_rule(), &self.scope) {
            (IdKind::Thread, ..) => Some(ThreadId::from_core(self.core).into()),
            (_, ScopeRule::Thread, OwnedScope::Core(core)) => {
                Some(ThreadId::from_core(*core).into())
            }
            (_, ScopeRule::Thread, OwnedScope::Key(key)) => Some(key.clone().into()),
            _ => None,
        }
    }

    /// Returns the key by which a router compares the thread that the id carries, or is.
    #[must_use]
    pub fn thread_key(&self) -> Option<ThreadKey> {
        self.thread_scope().map(|thread| thread.thread_key())
    }

    /// Returns the user that the id carries, or is.
    #[must_use]
    pub fn user_id(&self) -> Option<UserId> {
        match (self.kind, self.kind.scope_rule(), &self.scope) {
            (IdKind::User, ..) => Some(UserId::from_core(self.core)),
            (_, ScopeRule::User, OwnedScope::Core(core)) => Some(UserId::from_core(*core)),
            _ => None,
        }
    }

    /// Returns the Unix time in milliseconds at which the id was made, if its bits hold a certain one.
    #[must_use]
    pub const fn timestamp_ms(&self) -> Option<u64> {
        self.core.timestamp_ms()
    }
}

impl<K: BuiltIn + Kind<Scope = S>, S: Scope> From<Id<K, S>> for UnifiedId {
    fn from(id: Id<K, S>) -> Self {
        let scope = id.scope_core().map_or(OwnedScope::None, OwnedScope::Core);
        Self { kind: K::KIND, scope, core: id.core() }
    }
}

impl<K: BuiltIn + Kind<Scope = S>, S: Scope> TryFrom<&UnifiedId> for Id<K, S> {
    type Error = ParseError;

    /// Gives the typed id.
    ///
    /// # Errors
    ///
    /// [`WrongKind`](ParseErrorKind::WrongKind) if it is of another kind,
    /// [`WrongScope`](ParseErrorKind::WrongScope) if its scope is a legacy key.
    fn try_from(id: &UnifiedId) -> Result<Self, Self::Error> {
        Self::parse(&alloc::string::ToString::to_string(id))
    }
}

impl Ord for UnifiedId {
    /// Compares as the texts do.
    fn cmp(&self, other: &Self) -> Ordering {
        // `_` sorts before every letter, so comparing the prefixes alone is comparing the texts.
        self.kind.prefix().cmp(other.kind.prefix()).then_with(|| {
            match (&self.scope, &other.scope) {
                (OwnedScope::Core(left), OwnedScope::Core(right)) => left.cmp(right),
                (OwnedScope::None, OwnedScope::None) => Ordering::Equal,
                (left, right) => left.to_key().cmp_before_core(&right.to_key()),
            }
            .then_with(|| self.core.cmp(&other.core))
        })
    }
}

impl PartialOrd for UnifiedId {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl OwnedScope {
    fn of(scope: ScopeRef<'_>) -> Self {
        match scope {
            ScopeRef::None => Self::None,
            ScopeRef::Core(core) => Self::Core(core),
            ScopeRef::Key(key) => Self::Key(LegacyKey::of_checked(key)),
        }
    }

    /// Returns the text of the scope; only the comparison of different kinds of scope needs it.
    fn to_key(&self) -> LegacyKey {
        match self {
            Self::None => LegacyKey::of_checked(""),
            Self::Core(core) => LegacyKey::of_checked(core.to_text().as_str()),
            Self::Key(key) => key.clone(),
        }
    }
}

impl fmt::Display for UnifiedId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.scope {
            OwnedScope::None => write!(f, "{}_{}", self.kind, self.core),
            OwnedScope::Core(scope) => write!(f, "{}_{scope}_{}", self.kind, self.core),
            OwnedScope::Key(key) => write!(f, "{}_{key}_{}", self.kind, self.core),
        }
    }
}

impl fmt::Debug for UnifiedId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UnifiedId({self})")
    }
}

impl FromStr for UnifiedId {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

/// An id of a built-in kind as it stands in a text: borrowed, nothing is copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnifiedRef<'a> {
    pub(crate) kind: IdKind,
    pub(crate) scope: ScopeRef<'a>,
    pub(crate) core: Core,
    pub(crate) text: &'a str,
    pub(crate) is_canonical: bool,
}

impl<'a> UnifiedRef<'a> {
    /// Returns the kind.
    #[must_use]
    pub const fn kind(&self) -> IdKind {
        self.kind
    }

    /// Returns the id's own core.
    #[must_use]
    pub const fn core(&self) -> Core {
        self.core
    }

    /// Returns the scope by its value.
    #[must_use]
    pub const fn scope(&self) -> ScopeRef<'a> {
        self.scope
    }

    /// Returns the scope as it stands in the text.
    #[must_use]
    pub fn scope_text(&self) -> Option<&'a str> {
        if self.scope == ScopeRef::None {
            return None;
        }
        // Kept as places, not as a text: what is read is small, and moves in registers.
        self.text.get(self.kind.prefix().len() + 1..self.text.len() - crate::codec::CORE_CHARS - 1)
    }

    /// Returns the core as it stands in the text.
    #[must_use]
    pub fn core_text(&self) -> &'a str {
        &self.text[self.text.len() - crate::codec::CORE_CHARS..]
    }

    /// Tells whether the text is the one that a writer gives: lower case, the scope without leading `thread_`.
    #[must_use]
    pub const fn is_canonical(&self) -> bool {
        self.is_canonical
    }

    /// Returns the Unix time in milliseconds and whether it is certain; `None` if the bits are those of an opaque or
    /// adopted id.
    #[must_use]
    pub const fn time(&self) -> Option<(u64, bool)> {
        self.core.registered_time()
    }

    /// Tells whether the id carries, or is, a thread, and whether a user.
    pub(crate) fn carries(&self) -> (bool, bool) {
        let rule = self.kind.scope_rule();
        (
            self.kind == IdKind::Thread || rule == ScopeRule::Thread,
            self.kind == IdKind::User || rule == ScopeRule::User,
        )
    }

    /// Returns the key of the thread that the id carries, or is.
    #[must_use]
    pub fn thread_key(&self) -> Option<ThreadKey> {
        match (self.kind, self.kind.scope_rule(), self.scope) {
            (IdKind::Thread, ..) => Some(ThreadKey::from(self.core)),
            (_, ScopeRule::Thread, ScopeRef::Core(core)) => Some(ThreadKey::from(core)),
            (_, ScopeRule::Thread, ScopeRef::Key(key)) => Some(ThreadKey::of_checked(key)),
            _ => None,
        }
    }

    /// Copies the id out of the text.
    #[must_use]
    pub fn to_unified(self) -> UnifiedId {
        UnifiedId::of_parts(self.kind, self.scope, self.core)
    }
}
