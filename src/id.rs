//! `Id<K>`: the typed id, a core (and the core of its scope) with its kind in the type.
//!
//! Invariant: 16 bytes for kinds without a scope, 32 bytes with one, `Copy`, ordered as its text within one kind.
//! Next: `keyed.rs` for ids on legacy keys, `unified.rs` for kinds known at run time.

use alloc::string::String;
#[cfg(feature = "std")]
use alloc::vec;
use alloc::vec::Vec;
use core::cmp::Ordering;
use core::fmt;
use core::hash::{Hash, Hasher};
use core::marker::PhantomData;
use core::str::FromStr;

use crate::codec::{self, CORE_CHARS};
use crate::error::Rejection;
use crate::kind::{LegacyScoped, Thread, User};
use crate::scope::Scope;
use crate::text::{Buffer, IdText};
use crate::unified::ScopeRef;
use crate::{
    Core, IdKind, Kind, ParseError, ParseErrorKind, ThreadId, ThreadKey, Unscoped, UserId, Within,
};

/// An id of kind `K`.
///
/// The second parameter follows from the kind and is never written. Ids of different kinds do not mix:
///
/// ```compile_fail
/// use unified_id::{RunId, ThreadId, UserId};
///
/// let user = UserId::new();
/// let run = RunId::new(user); // a run needs a thread
/// ```
///
/// # Examples
///
/// ```
/// use unified_id::{RunId, ThreadId};
///
/// let thread = ThreadId::new();
/// let run = RunId::new(thread);
/// assert_eq!(run.thread(), thread);
/// assert_eq!(run.to_string().parse::<RunId>()?, run);
/// assert!(run < RunId::new(thread));
/// # Ok::<(), unified_id::ParseError>(())
/// ```
#[repr(C)]
pub struct Id<K: Kind<Scope = S>, S: Scope = <K as Kind>::Scope> {
    scope: S::Value,
    core: Core,
    kind: PhantomData<fn() -> K>,
}

impl<K: Kind<Scope = Unscoped>> Id<K, Unscoped> {
    /// Makes a new id, greater than all that this process made before.
    #[cfg(feature = "std")]
    #[must_use]
    #[expect(clippy::new_without_default, reason = "a default that differs each time surprises")]
    pub fn new() -> Self {
        Self::from_core(crate::generator::generate())
    }

    /// Makes a new id unless it would be further ahead of the clock than the limit of this process.
    ///
    /// # Errors
    ///
    /// [`GenerateError`](crate::GenerateError) if the limit that
    /// [`set_drift_limit_ms`](crate::generator::set_drift_limit_ms) set is passed; without one it never fails.
    ///
    /// # Examples
    ///
    /// ```
    /// use unified_id::{ThreadId, generator};
    ///
    /// generator::set_drift_limit_ms(60_000);
    /// let thread = ThreadId::try_new()?;
    /// # Ok::<(), unified_id::GenerateError>(())
    /// ```
    #[cfg(feature = "std")]
    pub fn try_new() -> Result<Self, crate::GenerateError> {
        crate::generator::try_generate().map(Self::from_core)
    }

    /// Fills a slice with new ids in increasing order: one reading of the clock serves up to two million.
    ///
    /// # Examples
    ///
    /// ```
    /// use unified_id::{Core, ThreadId};
    ///
    /// let mut threads = [ThreadId::from_core(Core::MIN); 1000];
    /// ThreadId::fill(&mut threads);
    /// assert!(threads.is_sorted());
    /// ```
    #[cfg(feature = "std")]
    pub fn fill(ids: &mut [Self]) {
        crate::generator::fill_with(ids, Self::from_core);
    }

    /// Makes many new ids at once, in increasing order: one reading of the clock serves up to two million.
    ///
    /// # Examples
    ///
    /// ```
    /// use unified_id::ThreadId;
    ///
    /// let threads = ThreadId::batch(1000);
    /// assert!(threads.is_sorted());
    /// ```
    #[cfg(feature = "std")]
    #[must_use]
    pub fn batch(count: usize) -> Vec<Self> {
        cores(count).into_iter().map(Self::from_core).collect()
    }

    /// Makes the texts of many new ids at once, in increasing order: the quickest way to a million of them.
    ///
    /// # Examples
    ///
    /// ```
    /// use unified_id::ThreadId;
    ///
    /// let texts = ThreadId::batch_texts(1000);
    /// assert!(texts.is_sorted_by_key(|text| text.as_str()));
    /// assert!(texts[0].parse::<ThreadId>()? < ThreadId::new());
    /// # Ok::<(), unified_id::ParseError>(())
    /// ```
    #[cfg(feature = "std")]
    #[must_use]
    pub fn batch_texts(count: usize) -> Vec<IdText<K>> {
        texts(Self::from_core(Core::MIN), count)
    }

    /// Fills a slice with the texts of new ids, in increasing order; what was in it is overwritten.
    ///
    /// # Examples
    ///
    /// ```
    /// use unified_id::ThreadId;
    ///
    /// // Room that is used again: no allocation per batch.
    /// let mut texts = ThreadId::batch_texts(100);
    /// let before = texts[99];
    /// ThreadId::fill_texts(&mut texts);
    /// assert!(before.as_str() < texts[0].as_str() && texts.is_sorted_by_key(|text| text.as_str()));
    /// assert!(texts[0].as_str().starts_with("thread_"));
    /// ```
    #[cfg(feature = "std")]
    pub fn fill_texts(texts: &mut [IdText<K>]) {
        fill_texts(Self::from_core(Core::MIN), texts);
    }

    /// Makes an id that does not show when it was made: the bits of a UUIDv4, in the same text form.
    ///
    /// # Examples
    ///
    /// ```
    /// use unified_id::UserId;
    ///
    /// let user = UserId::opaque();
    /// assert_eq!(user.timestamp_ms(), None);
    /// assert_eq!(user.to_string().parse::<UserId>()?, user);
    /// # Ok::<(), unified_id::ParseError>(())
    /// ```
    #[cfg(feature = "std")]
    #[must_use]
    pub fn opaque() -> Self {
        Self::from_core(crate::generator::layout::opaque())
    }

    /// Makes an id of a core, whatever its bits are.
    #[must_use]
    #[inline]
    pub const fn from_core(core: Core) -> Self {
        Self { scope: (), core, kind: PhantomData }
    }

    /// Returns the smallest id of a millisecond, for range queries.
    #[must_use]
    pub const fn min_for(timestamp_ms: u64) -> Self {
        Self::from_core(Core::min_for(timestamp_ms))
    }

    /// Returns the largest id of a millisecond, for range queries.
    #[must_use]
    pub const fn max_for(timestamp_ms: u64) -> Self {
        Self::from_core(Core::max_for(timestamp_ms))
    }
}

impl<P: Kind<Scope = Unscoped>, K: Kind<Scope = Within<P>>> Id<K, Within<P>> {
    /// Makes a new id on a scope, greater than all that this process made on it before.
    #[cfg(feature = "std")]
    #[must_use]
    pub fn new(scope: Id<P>) -> Self {
        Self::from_parts(scope, crate::generator::generate())
    }

    /// Makes a new id on a scope unless it would be further ahead of the clock than the limit of this process.
    ///
    /// # Errors
    ///
    /// [`GenerateError`](crate::GenerateError) if the limit that
    /// [`set_drift_limit_ms`](crate::generator::set_drift_limit_ms) set is passed; without one it never fails.
    #[cfg(feature = "std")]
    pub fn try_new(scope: Id<P>) -> Result<Self, crate::GenerateError> {
        crate::generator::try_generate().map(|core| Self::from_parts(scope, core))
    }

    /// Fills a slice with new ids on one scope, in increasing order.
    #[cfg(feature = "std")]
    pub fn fill(scope: Id<P>, ids: &mut [Self]) {
        crate::generator::fill_with(ids, |core| Self::from_parts(scope, core));
    }

    /// Makes many new ids on one scope at once, in increasing order.
    #[cfg(feature = "std")]
    #[must_use]
    pub fn batch(scope: Id<P>, count: usize) -> Vec<Self> {
        cores(count).into_iter().map(|core| Self::from_parts(scope, core)).collect()
    }

    /// Makes the texts of many new ids on one scope at once, in increasing order.
    #[cfg(feature = "std")]
    #[must_use]
    pub fn batch_texts(scope: Id<P>, count: usize) -> Vec<IdText<K>> {
        texts(Self::from_parts(scope, Core::MIN), count)
    }

    /// Fills a slice with the texts of new ids on one scope, in increasing order; what was in it is overwritten.
    ///
    /// # Examples
    ///
    /// ```
    /// use unified_id::{RunId, ThreadId};
    ///
    /// let mut texts = RunId::batch_texts(ThreadId::new(), 10);
    /// let thread = ThreadId::new();
    /// RunId::fill_texts(thread, &mut texts);
    /// assert_eq!(texts[0].parse::<RunId>()?.thread(), thread);
    /// # Ok::<(), unified_id::ParseError>(())
    /// ```
    #[cfg(feature = "std")]
    pub fn fill_texts(scope: Id<P>, texts: &mut [IdText<K>]) {
        fill_texts(Self::from_parts(scope, Core::MIN), texts);
    }

    /// Makes an id of its scope and its own core.
    #[must_use]
    #[inline]
    pub const fn from_parts(scope: Id<P>, core: Core) -> Self {
        Self { scope: scope.core, core, kind: PhantomData }
    }

    /// Returns the id that this one is scoped to.
    #[must_use]
    #[inline]
    pub const fn scope(&self) -> Id<P> {
        Id::from_core(self.scope)
    }

    /// Tells whether this id is scoped to exactly that id.
    #[must_use]
    #[inline]
    pub fn belongs_to(&self, scope: Id<P>) -> bool {
        self.scope() == scope
    }

    /// Returns the smallest id of a scope in a millisecond, for range queries.
    #[must_use]
    pub const fn min_for(scope: Id<P>, timestamp_ms: u64) -> Self {
        Self::from_parts(scope, Core::min_for(timestamp_ms))
    }

    /// Returns the largest id of a scope in a millisecond, for range queries.
    #[must_use]
    pub const fn max_for(scope: Id<P>, timestamp_ms: u64) -> Self {
        Self::from_parts(scope, Core::max_for(timestamp_ms))
    }
}

impl<K: LegacyScoped> Id<K, Within<Thread>> {
    /// Returns the thread, which the id carries: no look-up is needed.
    #[must_use]
    #[inline]
    pub const fn thread(&self) -> ThreadId {
        self.scope()
    }

    /// Returns the key by which a router compares the thread.
    #[must_use]
    pub fn thread_key(&self) -> ThreadKey {
        ThreadKey::from(self.thread())
    }
}

impl<K: Kind<Scope = Within<User>>> Id<K, Within<User>> {
    /// Returns the user, which the id carries.
    #[must_use]
    #[inline]
    pub const fn user(&self) -> UserId {
        self.scope()
    }
}

impl<K: Kind<Scope = S>, S: Scope> Id<K, S> {
    /// The prefix of this kind.
    pub const PREFIX: &'static str = K::PREFIX;

    /// Returns the id's own core.
    #[must_use]
    #[inline]
    pub const fn core(&self) -> Core {
        self.core
    }

    /// Returns the Unix time in milliseconds at which the id was made, if its bits hold a certain one.
    #[must_use]
    #[inline]
    pub const fn timestamp_ms(&self) -> Option<u64> {
        self.core.timestamp_ms()
    }

    /// Reads the text of an id of this kind.
    ///
    /// The core may be upper case; everything else is read as it is written.
    ///
    /// # Errors
    ///
    /// [`WrongKind`](ParseErrorKind::WrongKind) if the text does not start with the prefix,
    /// [`OtherFormat`](ParseErrorKind::OtherFormat) if it is an id of an older system, otherwise what is wrong with the scope
    /// or the core, with its position.
    #[inline]
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        Self::parse_bytes(text.as_bytes())
    }

    /// Reads the text of an id of this kind from bytes, which need not be UTF-8.
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse).
    #[inline]
    pub fn parse_bytes(text: &[u8]) -> Result<Self, ParseError> {
        match Self::read_cores(text) {
            Some(id) => Ok(id),
            None => Self::parse_slow(text),
        }
    }

    /// Reads a text of the usual form: prefix and cores, nothing else. Small, because it is inlined into every caller.
    #[inline]
    fn read_cores(text: &[u8]) -> Option<Self> {
        if text.len() != Self::TEXT_BYTES {
            return None;
        }
        let (own, text) = text
            .split_last_chunk()
            .and_then(|(text, core)| Some((core, text.strip_suffix(b"_")?)))?;
        let (scope, text) = if S::SCOPED {
            let (text, scope) = text.split_last_chunk()?;
            (Some(scope), text.strip_suffix(b"_")?)
        } else {
            (None, text)
        };
        if text != K::PREFIX.as_bytes() {
            return None;
        }
        let scope = match scope {
            Some(scope) => Some(Core::from_u128(codec::decode(scope)?)),
            None => None,
        };
        Self::of_cores(scope, Core::from_u128(codec::decode(own)?))
    }

    #[cold]
    #[inline(never)]
    fn parse_slow(text: &[u8]) -> Result<Self, ParseError> {
        Self::read(text).map_err(|rejection| crate::parse::explain(rejection, text))
    }

    #[inline]
    pub(crate) fn read(text: &[u8]) -> Result<Self, Rejection> {
        read_as(K::PREFIX, S::SCOPED, text, |scope, core| {
            let at = K::PREFIX.len() + 1;
            Self::of_cores(scope, core).ok_or(Rejection::new(ParseErrorKind::MissingScope, at))
        })
    }

    /// Makes an id of the cores of its scope and its own; `None` if the kind has another scope.
    #[inline]
    pub(crate) fn of_cores(scope: Option<Core>, core: Core) -> Option<Self> {
        Some(Self { scope: S::from_core(scope)?, core, kind: PhantomData })
    }

    /// Returns the canonical text on the stack.
    #[must_use]
    #[inline]
    pub fn to_text(&self) -> IdText<K> {
        let mut text = IdText::<K>(K::Buffer::ZEROED);
        self.write(text.0.as_mut(), |value, place| *place = codec::encode(value));
        text
    }

    /// How many bytes the canonical text of this kind has.
    pub const TEXT_BYTES: usize = crate::kind::text_len(K::PREFIX, S::SCOPED);

    /// Writes the canonical text at the start of a buffer and returns it; `None` if it does not fit, and then nothing was
    /// written.
    ///
    /// # Examples
    ///
    /// ```
    /// use unified_id::ThreadId;
    ///
    /// let thread = ThreadId::new();
    /// let mut buffer = [0; ThreadId::TEXT_BYTES];
    /// assert_eq!(thread.write_to(&mut buffer), Some(thread.to_string().as_str()));
    /// assert_eq!(thread.write_to(&mut [0; 10]), None);
    /// ```
    #[inline]
    pub fn write_to<'a>(&self, buffer: &'a mut [u8]) -> Option<&'a str> {
        let text = buffer.get_mut(..Self::TEXT_BYTES)?;
        self.write(text, codec::encode_to);
        Some(crate::text::ascii(text))
    }

    /// Writes the canonical text into a buffer of exactly its length.
    #[inline]
    fn write(&self, text: &mut [u8], encode: impl Fn(u128, &mut [u8; CORE_CHARS])) {
        let (prefix, rest) = text.split_at_mut(K::PREFIX.len());
        prefix.copy_from_slice(K::PREFIX.as_bytes());
        let rest = match S::core_of(&self.scope) {
            Some(scope) => put_core(rest, scope, &encode),
            None => rest,
        };
        put_core(rest, self.core, &encode);
    }

    /// Returns the core of the scope, if this kind has one.
    #[must_use]
    #[inline]
    pub fn scope_core(&self) -> Option<Core> {
        S::core_of(&self.scope)
    }
}

/// Reads the text of an id with a prefix, and makes something of the core of its scope, if it is to have one, and its own.
#[inline(always)]
#[expect(
    clippy::inline_always,
    reason = "where prefix and type are known, nothing else is left of it"
)]
pub(crate) fn read_as<T>(
    prefix: &'static str,
    is_scoped: bool,
    text: &[u8],
    make: impl Fn(Option<Core>, Core) -> Result<T, Rejection>,
) -> Result<T, Rejection> {
    let rest = match text.strip_prefix(prefix.as_bytes()) {
        Some([b'_', rest @ ..]) => rest,
        _ if text.is_empty() => return Err(Rejection::new(ParseErrorKind::Empty, 0)),
        _ => return Err(Rejection::wrong_kind(prefix)),
    };
    let at = prefix.len() + 1;
    if !is_scoped {
        return match Core::read(rest) {
            Ok((core, _)) => make(None, core),
            Err(rejection) => Err(crate::parse::reject_unscoped(rest, rejection).shifted(at)),
        };
    }
    if let Some((scope, core, _)) = crate::parse::two_cores(rest) {
        return make(Some(scope), core);
    }
    let (scope, core) = read_slow(prefix, text, at)?;
    make(Some(scope), core)
}

/// Reads the other spellings of a scope, and finds out what is wrong.
#[cold]
fn read_slow(prefix: &'static str, text: &[u8], at: usize) -> Result<(Core, Core), Rejection> {
    let rule = IdKind::from_prefix(prefix).map(IdKind::scope_rule);
    let parts = crate::parse::read_scoped(text, at, rule).map_err(|verdict| verdict.rejection)?;
    match parts.scope {
        ScopeRef::Core(scope) => Ok((scope, parts.core)),
        // A key is a scope of `KeyedId`, not of this type.
        _ => Err(Rejection::new(ParseErrorKind::WrongScope, at)),
    }
}

/// Makes many cores at once.
#[cfg(feature = "std")]
fn cores(count: usize) -> Vec<Core> {
    let mut cores = vec![Core::MIN; count];
    crate::generator::fill(&mut cores);
    cores
}

/// Makes the texts of many ids that differ from a given one in their own core.
#[cfg(feature = "std")]
fn texts<K: Kind<Scope = S>, S: Scope>(id: Id<K, S>, count: usize) -> Vec<IdText<K>> {
    let mut texts = vec![id.to_text(); count];
    crate::generator::fill_places(&mut texts, IdText::core_place);
    texts
}

#[cfg(feature = "std")]
fn fill_texts<K: Kind<Scope = S>, S: Scope>(id: Id<K, S>, texts: &mut [IdText<K>]) {
    texts.fill(id.to_text());
    crate::generator::fill_places(texts, IdText::core_place);
}

/// Writes `_` and a core at the start of a buffer and returns what is left of it.
#[inline]
fn put_core<'a>(
    text: &'a mut [u8],
    core: Core,
    encode: &impl Fn(u128, &mut [u8; CORE_CHARS]),
) -> &'a mut [u8] {
    let (separator, rest) = text.split_first_mut().expect("invariant: there is room for two cores");
    *separator = b'_';
    let (place, rest) =
        rest.split_first_chunk_mut().expect("invariant: there is room for two cores");
    encode(core.to_u128(), place);
    rest
}

// The derives would ask the marker type for what only the values need.
impl<K: Kind<Scope = S>, S: Scope> Clone for Id<K, S> {
    #[inline]
    fn clone(&self) -> Self {
        *self
    }
}

impl<K: Kind<Scope = S>, S: Scope> Copy for Id<K, S> {}

impl<K: Kind<Scope = S>, S: Scope> PartialEq for Id<K, S> {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        self.core == other.core && self.scope == other.scope
    }
}

impl<K: Kind<Scope = S>, S: Scope> Eq for Id<K, S> {}

impl<K: Kind<Scope = S>, S: Scope> Ord for Id<K, S> {
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        self.scope.cmp(&other.scope).then_with(|| self.core.cmp(&other.core))
    }
}

impl<K: Kind<Scope = S>, S: Scope> PartialOrd for Id<K, S> {
    #[inline]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<K: Kind<Scope = S>, S: Scope> Hash for Id<K, S> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.scope.hash(state);
        self.core.hash(state);
    }
}

impl<K: Kind<Scope = S>, S: Scope> fmt::Display for Id<K, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.to_text().as_str())
    }
}

impl<K: Kind<Scope = S>, S: Scope> fmt::Debug for Id<K, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Id({})", self.to_text().as_str())
    }
}

impl<K: Kind<Scope = S>, S: Scope> FromStr for Id<K, S> {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl<K: Kind<Scope = S>, S: Scope> TryFrom<&str> for Id<K, S> {
    type Error = ParseError;

    fn try_from(text: &str) -> Result<Self, Self::Error> {
        Self::parse(text)
    }
}

impl<K: Kind<Scope = S>, S: Scope> From<Id<K, S>> for String {
    #[inline]
    fn from(id: Id<K, S>) -> Self {
        let length = crate::kind::text_len(K::PREFIX, S::SCOPED);
        let mut text = Vec::with_capacity(length);
        text.extend_from_slice(K::PREFIX.as_bytes());
        if let Some(scope) = S::core_of(&id.scope) {
            crate::text::push_core(&mut text, scope);
        }
        crate::text::push_core(&mut text, id.core);
        crate::text::string(text)
    }
}
