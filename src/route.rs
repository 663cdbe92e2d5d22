//! `Route`: to which thread the text of an id leads, by authority and never by a guess.
//!
//! In this order: an explicit mapping that was recorded when the run was made; an id of this format; a legacy id that is
//! unambiguous, by the table or by the deployment's dialect, and whose thread is live in the same tenant. Everything else is
//! [`Ambiguous`](Route::Ambiguous) or [`Unknown`](Route::Unknown).
//!
//! Invariants: nothing is written back; keys are compared whole, each within its tenant; of an ambiguous id no candidate is
//! preferred, also where only one of them is live, because the true thread may have closed. It comes from `parse.rs` and goes
//! to whoever delivers, such as the crate `id-router`.

use alloc::borrow::Cow;
use alloc::string::ToString;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::array;
use core::fmt;
use core::ptr;
use core::str::FromStr;

use crate::error::Rejection;
use crate::legacy::{LegacyFormat, LegacyId, Reader};
use crate::parse::{MAX_INPUT_BYTES, read_canonical};
use crate::thread::core_of;
use crate::unified::{ScopeRef, UnifiedRef};
use crate::{Core, IdKind, ParseError, ParseErrorKind, ParsedId, ThreadKey};

/// The tenant to whom threads belong: a name that the application gives, compared whole. Cheap to clone.
///
/// # Examples
///
/// ```
/// use unified_id::Tenant;
///
/// let tenant: Tenant = "acme".parse()?;
/// assert_eq!(tenant.as_str(), "acme");
/// assert_ne!(tenant, "Acme".parse()?);
/// # Ok::<(), unified_id::ParseError>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tenant(Arc<str>);

impl Tenant {
    /// Takes the name of a tenant, 1 to 512 bytes, as it stands.
    ///
    /// # Errors
    ///
    /// [`Empty`](ParseErrorKind::Empty) or [`TooLong`](ParseErrorKind::TooLong).
    pub fn new(name: &str) -> Result<Self, ParseError> {
        check_len(name).map_err(|rejection| rejection.explain(name.as_bytes()))?;
        Ok(Self(name.into()))
    }

    /// Returns the name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Tenant {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::new(text)
    }
}

impl fmt::Display for Tenant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Tenant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tenant({:?})", &*self.0)
    }
}

/// What routing compares: a tenant and a thread, both whole.
///
/// # Examples
///
/// ```
/// use unified_id::{RouteKey, Tenant, ThreadId, ThreadKey};
///
/// let (acme, zeta): (Tenant, Tenant) = ("acme".parse()?, "zeta".parse()?);
/// let thread = ThreadId::new();
/// assert_eq!(RouteKey::new(&acme, thread), RouteKey::new(&acme, ThreadKey::from(thread)));
/// assert_ne!(RouteKey::new(&acme, thread), RouteKey::new(&zeta, thread));
/// # Ok::<(), unified_id::ParseError>(())
/// ```
///
/// A user is no thread:
///
/// ```compile_fail
/// # use unified_id::{RouteKey, Tenant, UserId};
/// let tenant: Tenant = "acme".parse().unwrap();
/// RouteKey::new(&tenant, UserId::new());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RouteKey<'l> {
    tenant: &'l Tenant,
    thread: ThreadKey,
}

impl<'l> RouteKey<'l> {
    /// Makes the key of a tenant's thread.
    pub fn new(tenant: &'l Tenant, thread: impl Into<ThreadKey>) -> Self {
        Self { tenant, thread: thread.into() }
    }

    /// Returns the tenant.
    #[must_use]
    pub const fn tenant(&self) -> &'l Tenant {
        self.tenant
    }

    /// Returns the thread's key.
    #[must_use]
    pub const fn thread(&self) -> &ThreadKey {
        &self.thread
    }

    /// Returns the thread's key without copying it.
    #[must_use]
    pub fn into_thread(self) -> ThreadKey {
        self.thread
    }
}

impl fmt::Display for RouteKey<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.tenant, self.thread)
    }
}

/// What a router knows of one tenant: its live threads, and which run was made on which of them.
///
/// # Examples
///
/// ```
/// use std::collections::{HashMap, HashSet};
/// use unified_id::{Authority, LiveThreads, ParseError, Route, Tenant, ThreadKey};
///
/// struct Chat {
///     tenant: Tenant,
///     threads: HashSet<ThreadKey>,
///     runs: HashMap<String, ThreadKey>,
/// }
///
/// impl LiveThreads for Chat {
///     fn tenant(&self) -> &Tenant {
///         &self.tenant
///     }
///     fn mapped(&self, id: &str) -> Option<ThreadKey> {
///         self.runs.get(id).cloned()
///     }
///     fn is_live(&self, thread: &ThreadKey) -> bool {
///         self.threads.contains(thread)
///     }
/// }
///
/// let key = |text| ThreadKey::parse(text);
/// let mut chat = Chat {
///     tenant: "acme".parse()?,
///     threads: [key("user123")?, key("alice_67890")?].into(),
///     runs: HashMap::new(),
/// };
/// let route = Route::resolve("thread_user123_run_1693430400000_a1b2c3d4", &chat);
/// assert_eq!(route.thread(), Some(&key("user123")?));
///
/// // Made on `alice` or on `alice_67890`: it goes nowhere, although only one of them is live.
/// let run = "run_alice_67890_ef123456";
/// assert!(matches!(Route::resolve(run, &chat), Route::Ambiguous { .. }));
///
/// // Until it is recorded where the run is made.
/// chat.runs.insert(Route::mapping_text(run).into_owned(), key("alice")?);
/// let Route::Thread { key: to, authority } = Route::resolve(run, &chat) else { panic!() };
/// assert_eq!((to.thread(), authority), (&key("alice")?, Authority::Mapping));
/// # Ok::<(), ParseError>(())
/// ```
pub trait LiveThreads {
    /// Returns the tenant whose threads these are; nothing of another tenant may be answered for.
    fn tenant(&self) -> &Tenant;

    /// Returns the thread that was recorded when the run (or message, or whatever is routed) was made.
    ///
    /// `id` is spelt as [`Route::mapping_text`] spells it, and has to be compared whole.
    fn mapped(&self, id: &str) -> Option<ThreadKey>;

    /// As [`mapped`](Self::mapped), for whoever keeps ids that are known by their bits apart: nothing has to be spelt then.
    ///
    /// Whoever writes it has to give the answer of `mapped` to [`MappingId::to_text`], and `None` where that is empty or longer
    /// than 512 bytes.
    fn mapped_id(&self, id: &MappingId<'_>) -> Option<ThreadKey> {
        let text = id.to_text();
        check_len(&text).ok().and_then(|()| self.mapped(&text))
    }

    /// Tells whether the thread is live: somebody may still get what is sent to it.
    fn is_live(&self, thread: &ThreadKey) -> bool;

    /// As [`is_live`](Self::is_live), of the key that the text of a thread has, with what [`expect`](Self::expect) returned for
    /// this text, if it was called: for whoever needs no key to look a thread up. A text that has no key is not live.
    fn is_live_at(&self, thread: &str, _place: Option<Place>) -> bool {
        ThreadKey::of(thread).is_some_and(|key| self.is_live(&key))
    }

    /// Is told, before an id is read, for which thread [`is_live_at`](Self::is_live_at) will probably be asked: a table that is
    /// larger than the processor's caches can fetch the entry meanwhile, and return where it stands. Decides nothing, and does
    /// nothing unless it is written.
    fn expect(&self, _thread: &str) -> Option<Place> {
        None
    }

    /// As [`expect`](Self::expect), before [`mapped_id`](Self::mapped_id) is asked.
    fn expect_mapped(&self, _id: &MappingId<'_>) {}

    /// Returns the reader of the deployment, with its [`Dialect`](crate::legacy::Dialect) and its rows; without one the
    /// table alone decides.
    fn reader(&self) -> &Reader {
        static TABLE: Reader = Reader::new();
        &TABLE
    }
}

/// Where a table has a thread, as [`LiveThreads::expect`] found it out: the table's own numbers, which nobody else reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "made and read by whoever writes the trait")]
pub struct Place {
    /// The thread, as [`ThreadKey::words_of`] gives it.
    pub words: [u64; 4],
    /// What the table has made of it.
    pub hash: u64,
}

/// An id as its mapping is known: by its bits where it has no other part, else by its one spelling.
///
/// # Examples
///
/// ```
/// use unified_id::{IdKind, MappingId};
///
/// let of = |text| MappingId::new(text).as_cores().map(|id| (id.kind, id.scope.is_some()));
/// assert_eq!(of("run_01m7wqt1fbff4sq3bgc5bhn9e0_01m7wqt1fcff4sq3cdmzk4w7rt"), Some((Some(IdKind::Run), true)));
/// assert_eq!(of("01M7WQT1FBFF4SQ3BGC5BHN9E0"), Some((None, false)));
/// // An older thread is a text, and so is the id that holds it.
/// assert_eq!(of("run_user123_01m7wqt1fcff4sq3cdmzk4w7rt"), None);
/// assert_eq!(MappingId::new("run_Alice_A1B2C3D4").to_text(), "run_Alice_A1B2C3D4");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct MappingId<'a> {
    text: &'a str,
    id: Spelt<'a>,
}

#[derive(Clone, Copy, Debug)]
enum Spelt<'a> {
    Unified(UnifiedRef<'a>),
    Bare(Core),
    AsItStands,
}

/// The bits of an id that is known by them: two such ids are one if these are equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_structs, reason = "an id of this format has no other part")]
pub struct CoreId {
    /// The kind; `None` for a bare core.
    pub kind: Option<IdKind>,
    /// The thread or user, of a kind that has one.
    pub scope: Option<Core>,
    /// The core.
    pub core: Core,
}

impl<'a> MappingId<'a> {
    /// Reads an id in any spelling; every text is one.
    #[must_use]
    pub fn new(text: &'a str) -> Self {
        match read_canonical(text) {
            Ok(id) => Self { text, id: Spelt::Unified(id) },
            Err(_) => Self::of_other(text),
        }
    }

    fn of_parsed(text: &'a str, parsed: &Result<ParsedId<'a>, ParseError>) -> Self {
        match parsed {
            Ok(ParsedId::Unified(id)) => Self { text, id: Spelt::Unified(*id) },
            _ => Self::of_other(text),
        }
    }

    /// For a text that is no id of a built-in kind.
    fn of_other(text: &'a str) -> Self {
        Self { text, id: core_of(text.as_bytes()).map_or(Spelt::AsItStands, Spelt::Bare) }
    }

    /// Returns the bits, if the id is known by them alone.
    #[must_use]
    pub fn as_cores(&self) -> Option<CoreId> {
        match &self.id {
            Spelt::Unified(id) => {
                let scope = match id.scope {
                    ScopeRef::None => None,
                    ScopeRef::Core(core) => Some(core),
                    ScopeRef::Key(_) => return None,
                };
                Some(CoreId { kind: Some(id.kind), scope, core: id.core })
            }
            Spelt::Bare(core) => Some(CoreId { kind: None, scope: None, core: *core }),
            Spelt::AsItStands => None,
        }
    }

    /// Returns the spelling, as [`Route::mapping_text`].
    #[must_use]
    pub fn to_text(&self) -> Cow<'a, str> {
        match &self.id {
            Spelt::Unified(id) if !id.is_canonical() => Cow::Owned(id.to_unified().to_string()),
            Spelt::Bare(core) => Cow::Owned(core.to_string()),
            Spelt::Unified(_) | Spelt::AsItStands => Cow::Borrowed(self.text),
        }
    }
}

/// What a route rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Authority {
    /// It was recorded when the run was made.
    Mapping,
    /// The id is of this format, and carries its thread or is one.
    Canonical,
    /// A legacy id with one reading, whose thread is live.
    Legacy(LegacyFormat),
}

/// Why no thread is known.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Unknown {
    /// The text is no id.
    NotAnId(ParseErrorKind),
    /// The id names no thread: a user, a session, a bare core, an id of another system, a run that was made together with its
    /// thread and does not hold it.
    NoThread,
    /// The id holds only the beginning of its thread.
    ThreadIsPrefix,
    /// A legacy id names this thread, which is not live in the tenant.
    NotLive(ThreadKey),
}

impl Unknown {
    /// Returns a short stable name: `not_an_id`, `no_thread`, `thread_is_prefix`, `not_live`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotAnId(_) => "not_an_id",
            Self::NoThread => "no_thread",
            Self::ThreadIsPrefix => "thread_is_prefix",
            Self::NotLive(_) => "not_live",
        }
    }
}

/// The threads between which a text does not decide, in the order of the table; for people and logs, not to choose from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Candidates {
    threads: Vec<ThreadKey>,
    or_none: bool,
}

impl Candidates {
    /// Returns the threads, the recommended reading's first if it has one.
    #[must_use]
    pub fn threads(&self) -> &[ThreadKey] {
        &self.threads
    }

    /// Tells whether one of the readings is an id that holds no thread.
    #[must_use]
    pub const fn or_none(&self) -> bool {
        self.or_none
    }

    fn of(id: &LegacyId<'_>) -> Self {
        let others = id.alternatives();
        let mut threads = Vec::with_capacity(1 + others.len());
        let mut or_none = false;
        for reading in core::iter::once(id.thread()).chain(others) {
            let Some(text) = reading.map(|thread| thread.as_piece()) else {
                or_none = true;
                continue;
            };
            or_none |= !ThreadKey::push_of(text, &mut threads);
            // The reader gives no text twice; two spellings of one core are still one key.
            if let [before @ .., last] = &*threads
                && last.as_core().is_some()
                && before.contains(last)
            {
                threads.pop();
            }
        }
        Self { threads, or_none }
    }
}

/// To which thread the text of an id leads.
///
/// # Examples
///
/// See [`LiveThreads`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "an event goes where the route says, or nowhere"]
pub enum Route<'l> {
    /// To this thread.
    Thread {
        /// The tenant and the thread.
        key: RouteKey<'l>,
        /// What the route rests on.
        authority: Authority,
    },
    /// The text can be read in several ways; it is delivered to none of them.
    Ambiguous {
        /// What it may mean, live or not.
        candidates: Candidates,
    },
    /// The text does not say.
    Unknown {
        /// Why not.
        why: Unknown,
    },
}

impl<'l> Route<'l> {
    /// Finds the thread of an id in any format: a run, message or tool, a thread itself, or anything that holds one.
    ///
    /// # Examples
    ///
    /// See [`LiveThreads`].
    pub fn resolve<L: LiveThreads + ?Sized>(text: &str, live: &'l L) -> Self {
        let expected = likely_thread(text).and_then(|thread| Some((thread, live.expect(thread)?)));
        Self::decide(text, &live.reader().parse_any(text), expected, live)
    }

    /// Finds the threads of many ids: gives each id with what [`resolve`](Self::resolve) finds for it, in order, for whoever
    /// gets events in batches.
    ///
    /// Eight ids are read before the first of them is decided, and what `live` will be asked for is told to it meanwhile
    /// ([`expect`](LiveThreads::expect), [`expect_mapped`](LiveThreads::expect_mapped)): a table of millions of mappings or
    /// threads answers without a wait for memory at each id. An id is decided just before it is given, so that what `each`
    /// changes counts for the next one.
    ///
    /// # Examples
    ///
    /// ```
    /// use unified_id::{LiveThreads, Route, Tenant, ThreadKey};
    ///
    /// struct Nothing(Tenant);
    ///
    /// impl LiveThreads for Nothing {
    ///     fn tenant(&self) -> &Tenant {
    ///         &self.0
    ///     }
    ///     fn mapped(&self, _: &str) -> Option<ThreadKey> {
    ///         None
    ///     }
    ///     fn is_live(&self, _: &ThreadKey) -> bool {
    ///         false
    ///     }
    /// }
    ///
    /// let live = Nothing("acme".parse()?);
    /// let ids = ["run_user123_01m7wqt1fcff4sq3cdmzk4w7rt", "run_user123_a1b2c3d4"];
    /// let mut led = Vec::new();
    /// Route::resolve_each(ids, &live, |id, route| led.push((id, route.thread().is_some())));
    /// assert_eq!(led, [(ids[0], true), (ids[1], false)]);
    /// # Ok::<(), unified_id::ParseError>(())
    /// ```
    pub fn resolve_each<L, I>(texts: I, live: &'l L, mut each: impl FnMut(&'l str, Self))
    where
        L: LiveThreads + ?Sized,
        I: IntoIterator<Item = &'l str>,
    {
        let mut texts = texts.into_iter();
        let mut read: [Read<'l>; AHEAD] = array::from_fn(|_| Read::nothing());
        loop {
            let mut count = 0;
            for (read, text) in read.iter_mut().zip(texts.by_ref()) {
                read.ahead(text, live);
                count += 1;
            }
            for read in &read[..count] {
                each(read.text, Self::decide(read.text, &read.parsed, read.expected, live));
            }
            if count < AHEAD {
                return;
            }
        }
    }

    fn decide<L: LiveThreads + ?Sized>(
        text: &str,
        parsed: &Result<ParsedId<'_>, ParseError>,
        expected: Option<(&str, Place)>,
        live: &'l L,
    ) -> Self {
        if let Some(thread) = live.mapped_id(&MappingId::of_parsed(text, parsed)) {
            return Self::to(live, thread, Authority::Mapping);
        }
        match parsed {
            Ok(ParsedId::Unified(id)) => match id.thread_key() {
                Some(thread) => Self::to(live, thread, Authority::Canonical),
                None => Self::Unknown { why: Unknown::NoThread },
            },
            Ok(ParsedId::Legacy(id)) => Self::of_legacy(id, expected, live),
            Ok(ParsedId::Foreign(_) | ParsedId::Bare(_)) => {
                Self::Unknown { why: Unknown::NoThread }
            }
            Err(error) => Self::Unknown { why: Unknown::NotAnId(error.kind()) },
        }
    }

    /// Returns the thread, if there is one.
    #[must_use]
    pub const fn thread(&self) -> Option<&ThreadKey> {
        match self {
            Self::Thread { key, .. } => Some(key.thread()),
            Self::Ambiguous { .. } | Self::Unknown { .. } => None,
        }
    }

    /// Returns the one spelling of an id under which its mapping is recorded.
    ///
    /// An id of this format is written as a writer writes it, a bare core or UUID as a core in lower case; every other text
    /// stays as it is. Whoever records a mapping under another spelling would lose events that come under a third.
    ///
    /// # Examples
    ///
    /// ```
    /// use unified_id::Route;
    ///
    /// let spelling = Route::mapping_text("run_thread_user123_01M7WQT1FCFF4SQ3CDMZK4W7RT");
    /// assert_eq!(spelling, "run_user123_01m7wqt1fcff4sq3cdmzk4w7rt");
    /// assert_eq!(Route::mapping_text("01A1F97D-05EB-7BC9-9B8D-7061571AA5C0"), "01m7wqt1fbff4sq3bgc5bhn9e0");
    /// assert_eq!(Route::mapping_text("run_Alice_A1B2C3D4"), "run_Alice_A1B2C3D4");
    /// ```
    #[must_use]
    pub fn mapping_text(text: &str) -> Cow<'_, str> {
        MappingId::new(text).to_text()
    }

    fn to<L: LiveThreads + ?Sized>(live: &'l L, thread: ThreadKey, authority: Authority) -> Self {
        Self::Thread { key: RouteKey { tenant: live.tenant(), thread }, authority }
    }

    fn of_legacy<L: LiveThreads + ?Sized>(
        id: &LegacyId<'_>,
        expected: Option<(&str, Place)>,
        live: &'l L,
    ) -> Self {
        if hides_a_run(id) {
            return Self::Unknown { why: Unknown::NoThread };
        }
        if id.thread_is_prefix() {
            return Self::Unknown { why: Unknown::ThreadIsPrefix };
        }
        if id.is_ambiguous() {
            return Self::Ambiguous { candidates: Candidates::of(id) };
        }
        let Some(text) = id.thread().map(|thread| thread.as_piece()) else {
            return Self::Unknown { why: Unknown::NoThread };
        };
        // What was expected is of use if it is the very piece of the text that was read as the thread.
        let place = expected.and_then(|(thread, place)| ptr::eq(thread, text).then_some(place));
        let (is_live, tenant) = (live.is_live_at(text, place), live.tenant());
        let authority = Authority::Legacy(id.format());
        // The prefix that a row puts before a thread would be dropped again.
        match ThreadKey::of(text) {
            None => Self::Unknown { why: Unknown::NoThread },
            Some(thread) if is_live => Self::Thread { key: RouteKey { tenant, thread }, authority },
            Some(thread) => Self::Unknown { why: Unknown::NotLive(thread) },
        }
    }
}

/// How many ids are read before the first of them is decided: memory answers in less than the time that so many take.
const AHEAD: usize = 8;

/// An id that was read and not decided.
struct Read<'a> {
    text: &'a str,
    parsed: Result<ParsedId<'a>, ParseError>,
    expected: Option<(&'a str, Place)>,
}

impl<'a> Read<'a> {
    fn nothing() -> Self {
        Self { text: "", parsed: Ok(ParsedId::Bare(Core::MIN)), expected: None }
    }

    /// Reads an id in the place of the last one, and tells what will be asked for.
    #[inline]
    fn ahead<L: LiveThreads + ?Sized>(&mut self, text: &'a str, live: &'a L) {
        (self.text, self.expected) = (text, None);
        live.reader().parse_into(text, &mut self.parsed);
        // What is too long for an id was never recorded, and is not worth being hashed.
        if check_len(text).is_err() {
            return;
        }
        live.expect_mapped(&MappingId::of_parsed(text, &self.parsed));
        if let Ok(ParsedId::Legacy(id)) = &self.parsed
            && let Some(thread) = id.thread().map(|thread| thread.as_piece())
            && !id.is_ambiguous()
        {
            self.expected = live.expect(thread).map(|place| (thread, place));
        }
    }
}

/// Where the thread of the commonest old runs stands, `run_T_H8` and `thread_T_run_MS_H8`: found without reading the id, to
/// be expected and for nothing else.
fn likely_thread(text: &str) -> Option<&str> {
    let bytes = text.as_bytes();
    let end = bytes.len().checked_sub(9)?;
    if bytes[end] != b'_' {
        return None;
    }
    if bytes.starts_with(b"run_") {
        return text.get(4..end);
    }
    let end = end.checked_sub(14 + 4)?;
    let is_run = bytes.starts_with(b"thread_") && bytes[end..].starts_with(b"_run_");
    if is_run { text.get(7..end) } else { None }
}

/// Whether an id with a run inside may hold another run, which the table does not read.
///
/// A run whose thread begins with `_` is never read, so of `triage_thread__a_thread_b_run_...` the table takes the run
/// `thread_b_run_...`, which nobody made: the thread was `_a_thread_b`.
#[inline]
fn hides_a_run(id: &LegacyId<'_>) -> bool {
    id.format() == LegacyFormat::NetraComposite && composite_hides_a_run(id)
}

#[cold]
fn composite_hides_a_run(id: &LegacyId<'_>) -> bool {
    let Some((_, run)) = id.parts().find(|(name, _)| *name == "R") else { return false };
    let before =
        id.text().len().min((run.as_ptr() as usize).wrapping_sub(id.text().as_ptr() as usize));
    let before = &id.text().as_bytes()[..before];
    ["thread__", "run__"]
        .iter()
        .any(|start| before.windows(start.len()).any(|at| at == start.as_bytes()))
}

fn check_len(text: &str) -> Result<(), Rejection> {
    match text.len() {
        0 => Err(Rejection::new(ParseErrorKind::Empty, 0)),
        1..=MAX_INPUT_BYTES => Ok(()),
        _ => Err(Rejection::new(ParseErrorKind::TooLong, MAX_INPUT_BYTES)),
    }
}
