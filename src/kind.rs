//! The kinds of ids: the only table of kind names, prefixes, scopes and meanings.
//!
//! Invariant: a kind is added by adding one row to the table below; the marker types, the aliases, the constructors of
//! `UnifiedId`, the documentation and the snapshots come from it. Next: `id.rs`, the ids of these kinds.

use crate::codec::CORE_CHARS;
use crate::scope::{Scope, Within};

/// The longest prefix in bytes.
pub const MAX_PREFIX_BYTES: usize = 32;

/// A kind of id: a type-level row of the table of kinds.
///
/// Declare kinds of your own with [`kind!`](crate::kind!); the trait is not meant to be implemented by hand, because the
/// macro also checks the prefix at compile time.
pub trait Kind:
    Copy + Eq + Ord + core::hash::Hash + core::fmt::Debug + Send + Sync + 'static
{
    /// The name, which is also the prefix: 1 to 32 lower-case letters.
    const PREFIX: &'static str;

    /// What an id of this kind carries between prefix and core: [`Unscoped`](crate::Unscoped) or [`Within`] another kind.
    type Scope: Scope;

    /// An array of exactly the bytes of an id's text.
    #[doc(hidden)]
    type Buffer: crate::text::Buffer;
}

/// A kind whose scope may also be the text key of a thread that is older than this format.
///
/// Of the built-in kinds these are run, message and tool.
#[diagnostic::on_unimplemented(
    message = "an id of kind `{Self}` cannot be on a thread that is older than the format",
    label = "only `Run`, `Message` and `Tool` carry the key of an old thread"
)]
pub trait LegacyScoped: Kind<Scope = Within<Thread>> {}

/// Tells whether `text` can be a prefix: 1 to 32 lower-case ASCII letters.
#[must_use]
pub const fn is_prefix(text: &str) -> bool {
    let bytes = text.as_bytes();
    if bytes.is_empty() || bytes.len() > MAX_PREFIX_BYTES {
        return false;
    }
    let mut at = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_lowercase() {
            return false;
        }
        at += 1;
    }
    true
}

/// Tells whether `text` is the prefix of a built-in kind.
#[must_use]
pub const fn is_registered(text: &str) -> bool {
    IdKind::from_prefix_bytes(text.as_bytes()).is_some()
}

/// The most bytes of a prefix that fit a packed one together with the `_` behind it; no built-in prefix is longer.
pub(crate) const MAX_PACKED_BYTES: usize = 15;

/// Returns the bytes of a prefix as one number, the first in the lowest byte, so that finding its kind is a comparison of
/// numbers.
const fn pack(prefix: &[u8]) -> u128 {
    let mut packed = 0;
    let mut at = prefix.len();
    while at > 0 {
        at -= 1;
        packed = packed << 8 | prefix[at] as u128;
    }
    packed
}

/// Reads the prefix at the start of a text as one number, and gives its length; `None` if no `_` is near enough.
///
/// The first 16 bytes are looked at as two words, without a loop: no id of a built-in kind is shorter.
#[inline(always)]
#[expect(clippy::inline_always, reason = "a call costs as much as what is done here")]
pub(crate) fn packed_prefix(text: &[u8]) -> Option<(u128, usize)> {
    let head = u128::from_le_bytes(*text.first_chunk::<16>()?);
    let [low, high] = halves(head);
    let low_at = first_underscore(low);
    if low_at < 8 {
        // Most prefixes are that short, and a word is masked in half the steps.
        return Some((u128::from(low & ((1 << (8 * low_at)) - 1)), low_at));
    }
    let prefix_len = 8 + first_underscore(high);
    // Behind a `_` in the last byte nothing is known to be left out.
    (prefix_len <= MAX_PACKED_BYTES).then(|| (head & ((1 << (8 * prefix_len)) - 1), prefix_len))
}

/// Returns the low and the high half.
#[expect(clippy::cast_possible_truncation, reason = "the halves are taken one by one")]
const fn halves(packed: u128) -> [u64; 2] {
    [packed as u64, (packed >> 64) as u64]
}

/// Returns the place of the first `_` in eight bytes, 8 if there is none.
#[inline]
const fn first_underscore(word: u64) -> usize {
    const LOW_BITS: u64 = 0x0101_0101_0101_0101;
    // A byte is 0 where the text has `_`; the lowest such byte is found exactly, whatever stands above it.
    let zero_at = word ^ (LOW_BITS * b'_' as u64);
    let found = zero_at.wrapping_sub(LOW_BITS) & !zero_at & (LOW_BITS << 7);
    (found.trailing_zeros() / 8) as usize
}

/// Where packed prefixes are found: a table without collisions, made when the crate is compiled.
struct Slots {
    multiplier: u64,
    /// The index of the kind in `IdKind::ALL`, or one past its end.
    kinds: [u8; SLOTS],
}

/// Three times the kinds, so that a multiplier without collisions is soon found.
const SLOTS: usize = 64;

#[expect(clippy::cast_possible_truncation, reason = "only the highest bits are left")]
const fn slot(packed: u128, multiplier: u64) -> usize {
    // Both halves count: two prefixes may have their first eight letters in common.
    let [low, high] = halves(packed);
    let folded = low ^ high.rotate_left(23);
    (folded.wrapping_mul(multiplier) >> (u64::BITS - SLOTS.trailing_zeros())) as usize
}

const fn find_slots(prefixes: &[u128]) -> Slots {
    assert!(prefixes.len() < u8::MAX as usize);
    #[expect(clippy::cast_possible_truncation, reason = "checked above")]
    let none = prefixes.len() as u8;
    let mut multiplier: u64 = 0x9e37_79b9_7f4a_7c15;
    loop {
        let mut kinds = [none; SLOTS];
        let mut at: u8 = 0;
        while at < none {
            let slot = slot(prefixes[at as usize], multiplier);
            if kinds[slot] != none {
                break;
            }
            kinds[slot] = at;
            at += 1;
        }
        if at == none {
            return Slots { multiplier, kinds };
        }
        multiplier = multiplier.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(2);
    }
}

/// Fails the compilation if a prefix cannot be used for a kind of an application.
///
/// Called by [`kind!`](crate::kind!).
///
/// # Panics
///
/// Panics, at compile time, if the prefix is not 1 to 32 lower-case letters or belongs to a built-in kind.
#[doc(hidden)]
pub const fn assert_own_prefix(prefix: &str) {
    assert!(is_prefix(prefix), "a prefix has to be 1 to 32 lower-case letters a to z");
    assert!(!is_registered(prefix), "this prefix belongs to a built-in kind of unified-id");
}

/// Declares kinds of ids of an application, one line each.
///
/// A kind without a scope is `name = "prefix"`; a kind whose ids carry the core of another kind's id is
/// `name = "prefix" in Parent`. With `as Name` at the end the typed id gets a name too, as `Id<Order>` is `OrderId` here. A
/// prefix that cannot be used is a compile error, also if the kind is never used.
///
/// # Examples
///
/// ```
/// use unified_id::Id;
///
/// unified_id::kind! {
///     /// An order of the shop.
///     pub Order = "order" as OrderId;
///     /// One line of an order.
///     pub OrderLine = "orderline" in Order;
/// }
///
/// let order = OrderId::new();
/// let line = Id::<OrderLine>::new(order);
/// assert_eq!(line.scope(), order);
/// assert_eq!(line.to_string().parse::<Id<OrderLine>>()?, line);
/// # Ok::<(), unified_id::ParseError>(())
/// ```
///
/// ```compile_fail
/// unified_id::kind! { pub Order = "Order"; } // an upper-case letter
/// ```
///
/// ```compile_fail
/// unified_id::kind! { pub MyRun = "run"; } // a built-in kind
/// ```
#[macro_export]
macro_rules! kind {
    ($($(#[$doc:meta])* $visibility:vis $name:ident = $prefix:literal $(in $parent:ty)? $(as $alias:ident)?;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $visibility enum $name {}

        const _: () = $crate::kind::assert_own_prefix($prefix);

        impl $crate::Kind for $name {
            const PREFIX: &'static str = $prefix;
            type Scope = $crate::__scope!($($parent)?);
            type Buffer = [u8; $crate::kind::text_len($prefix, $crate::__scoped!($($parent)?))];
        }

        $(
            #[doc = concat!("The id of the kind [`", stringify!($name), "`]: `", $prefix, "_...`.")]
            $visibility type $alias = $crate::Id<$name>;
        )?
    )+};
}

/// Whether a table row has a scope.
#[doc(hidden)]
#[macro_export]
macro_rules! __scoped {
    () => {
        false
    };
    ($parent:ty) => {
        true
    };
}

/// Returns the length in bytes of the text of ids of a kind.
#[doc(hidden)]
#[must_use]
pub const fn text_len(prefix: &str, is_scoped: bool) -> usize {
    prefix.len() + 1 + CORE_CHARS + if is_scoped { CORE_CHARS + 1 } else { 0 }
}

/// The scope type of a table row.
#[doc(hidden)]
#[macro_export]
macro_rules! __scope {
    () => { $crate::Unscoped };
    ($parent:ty) => { $crate::Within<$parent> };
}

/// What stands between the prefix and the core of a kind's ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ScopeRule {
    /// Nothing.
    None,
    /// The core of a thread, or the key of a thread that is older than this format.
    Thread,
    /// The core of a user.
    User,
}

macro_rules! scope_rule {
    () => {
        ScopeRule::None
    };
    (Thread) => {
        ScopeRule::Thread
    };
    (User) => {
        ScopeRule::User
    };
}

macro_rules! kinds {
    ($($name:ident $id:ident $prefix:ident $meaning:literal $(in $parent:ident)?;)+) => {
        /// The kind of an id, known at run time.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[derive(strum::EnumIter, strum::EnumCount)]
        #[non_exhaustive]
        pub enum IdKind {$(
            #[doc = concat!("The id of ", $meaning, ": `", stringify!($prefix), "_...`.")]
            $name,
        )+}

        /// The packed prefixes, in the order of the table.
        static PACKED: [u128; IdKind::ALL.len()] = [$(pack(stringify!($prefix).as_bytes())),+];

        static FOUND_BY: Slots = find_slots(&PACKED);

        impl IdKind {
            /// Returns the kind of a packed prefix.
            #[inline]
            pub(crate) const fn from_packed(prefix: u128) -> Option<Self> {
                let index = FOUND_BY.kinds[slot(prefix, FOUND_BY.multiplier)] as usize;
                if index < PACKED.len() && PACKED[index] == prefix {
                    Some(Self::ALL[index])
                } else {
                    None
                }
            }

            /// All kinds, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// Returns the prefix, which is also the kind's name.
            #[must_use]
            pub const fn prefix(self) -> &'static str {
                match self {$(Self::$name => stringify!($prefix),)+}
            }

            /// Returns what an id of this kind stands for, in a few words.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self {$(Self::$name => $meaning,)+}
            }

            /// Returns what stands between the prefix and the core.
            #[must_use]
            pub const fn scope_rule(self) -> ScopeRule {
                match self {$(Self::$name => scope_rule!($($parent)?),)+}
            }
        }

        $(
            #[doc = concat!("Marker of the kind `", stringify!($prefix), "`: ", $meaning, ".")]
            #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
            pub enum $name {}

            const _: () = assert!(is_prefix(stringify!($prefix)) && stringify!($prefix).len() <= MAX_PACKED_BYTES);

            impl Kind for $name {
                const PREFIX: &'static str = stringify!($prefix);
                type Scope = $crate::__scope!($($parent)?);
                type Buffer = [u8; text_len(stringify!($prefix), $crate::__scoped!($($parent)?))];
            }

            impl BuiltIn for $name {
                const KIND: IdKind = IdKind::$name;
            }
        )+

        /// The typed ids of the built-in kinds.
        pub mod ids {
            $(
                #[doc = concat!("The id of ", $meaning, ": `", stringify!($prefix), "_...`.")]
                pub type $id = crate::Id<super::$name>;
            )+
        }

        /// The constructors that applications call: `UnifiedId::run(thread)` and one for every other kind.
        #[cfg(feature = "std")]
        impl crate::UnifiedId {$(
            constructor!($name $id $prefix $meaning $($parent)?);
        )+}
    };
}

/// The constructor of one row.
#[cfg(feature = "std")]
macro_rules! constructor {
    ($name:ident $id:ident $function:ident $meaning:literal) => {
        #[doc = concat!("Makes the id of ", $meaning, ".")]
        #[must_use]
        pub fn $function() -> ids::$id {
            ids::$id::new()
        }
    };
    ($name:ident $id:ident $function:ident $meaning:literal Thread) => {
        #[doc = concat!("Makes the id of ", $meaning, ".")]
        ///
        /// A [`ThreadId`](crate::ThreadId) gives a typed id that is `Copy`, a [`LegacyKey`](crate::LegacyKey) a
        /// [`KeyedId`](crate::KeyedId), and a [`ThreadScope`](crate::ThreadScope), which may be either, a `UnifiedId`.
        #[must_use]
        pub fn $function<T: crate::scope::ThreadLike>(thread: T) -> T::On<$name> {
            thread.with_core::<$name>(crate::generator::generate())
        }
    };
    ($name:ident $id:ident $function:ident $meaning:literal User) => {
        #[doc = concat!("Makes the id of ", $meaning, ".")]
        #[must_use]
        pub fn $function(user: ids::UserId) -> ids::$id {
            ids::$id::new(user)
        }
    };
}

/// A kind of the built-in table, which therefore has an [`IdKind`].
pub trait BuiltIn: Kind {
    /// The same kind as a value.
    const KIND: IdKind;
}

kinds! {
    Thread ThreadId thread "a conversation";
    Run RunId run "one execution on a thread" in Thread;
    User UserId user "a person or account";
    Websocket WebsocketId websocket "a connection of a user" in User;
    Message MessageId message "a message in a thread" in Thread;
    Tool ToolId tool "a call of a tool in a thread" in Thread;
    Session SessionId session "a login or working session";
    Request RequestId request "a request to a service";
    Agent AgentId agent "an agent";
    Execution ExecutionId execution "one execution of an agent or job";
    Trace TraceId trace "a trace across services";
    Transaction TransactionId transaction "a transaction";
    Metric MetricId metric "a measurement";
    Error ErrorId error "an occurrence of an error";
    Job JobId job "a job";
    Test TestId test "a test or test run";
    Entity EntityId entity "an entity of a knowledge graph";
    Workflow WorkflowId workflow "a workflow";
    Pool PoolId pool "a pool of workers";
    Checkpoint CheckpointId checkpoint "a checkpoint of a workflow";
    Config ConfigId config "a configuration";
}

impl LegacyScoped for Run {}
impl LegacyScoped for Message {}
impl LegacyScoped for Tool {}

impl IdKind {
    /// Returns the kind of a prefix, or `None` if no built-in kind has it.
    #[must_use]
    pub const fn from_prefix(prefix: &str) -> Option<Self> {
        Self::from_prefix_bytes(prefix.as_bytes())
    }

    pub(crate) const fn from_prefix_bytes(prefix: &[u8]) -> Option<Self> {
        if prefix.len() > MAX_PACKED_BYTES { None } else { Self::from_packed(pack(prefix)) }
    }
}

impl core::fmt::Display for IdKind {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.pad(self.prefix())
    }
}

impl core::str::FromStr for IdKind {
    type Err = crate::ParseError;

    /// Reads the name of a kind.
    ///
    /// # Errors
    ///
    /// [`UnknownKind`](crate::ParseErrorKind::UnknownKind) if no built-in kind has that name.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::from_prefix(text).ok_or_else(|| {
            crate::error::Rejection::new(crate::ParseErrorKind::UnknownKind, 0)
                .explain(text.as_bytes())
        })
    }
}

#[cfg(test)]
mod tests {
    use alloc::format;
    use alloc::string::String;
    use alloc::vec::Vec;

    use super::*;

    #[test]
    fn every_prefix_is_found_and_unique() {
        for (position, kind) in IdKind::ALL.iter().enumerate() {
            assert_eq!(IdKind::from_prefix(kind.prefix()), Some(*kind));
            assert_eq!(
                IdKind::ALL.iter().position(|other| other.prefix() == kind.prefix()),
                Some(position)
            );
        }
        assert_eq!(IdKind::from_prefix("runs"), None);
        assert_eq!(IdKind::from_prefix(""), None);
    }

    #[test]
    fn a_prefix_is_found_in_a_text_as_by_a_loop() {
        let rest = "0123456789abcdefghij";
        let mut texts: Vec<String> =
            (0..24).map(|len| format!("{}_{rest}", "a".repeat(len))).collect();
        texts.extend(IdKind::ALL.iter().map(|kind| format!("{kind}_{rest}")));
        // Bytes beside `_` that a trick with borrows could take for one.
        texts.extend(
            ["abc^_xyz`_0123456789", "ab`^^^^^_^^^^^^^0123", "\u{e4}\u{5f}abcdefghijklmnop"]
                .map(Into::into),
        );
        for text in texts {
            let at = text.find('_').unwrap();
            let expected = (at <= MAX_PACKED_BYTES && text.len() >= 16)
                .then(|| (pack(&text.as_bytes()[..at]), at));
            assert_eq!(packed_prefix(text.as_bytes()), expected, "{text}");
        }
        assert_eq!(packed_prefix(b"run_too_short"), None);
        assert_eq!(packed_prefix(b"no underscore in the text"), None);
    }

    #[test]
    fn prefixes_are_lower_case_letters_only() {
        assert!(is_prefix("order") && is_prefix(&"a".repeat(32)));
        for bad in ["", "Order", "or_der", "order1", "\u{e4}", &"a".repeat(33)] {
            assert!(!is_prefix(bad), "{bad:?}");
        }
    }
}
