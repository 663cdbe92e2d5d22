//! What a schema says of the text of an id: name, pattern, length, examples. The one source of `schemars` and `utoipa`.
//!
//! Patterns come from the table of kinds. They describe what is written, so they are lower case where the reader also takes
//! upper case, and use nothing that any regular expression engine lacks: no look-around. A pattern of ids that may stand on
//! a legacy key is therefore a little wider than the reader; the pattern of every other type is exact.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use crate::codec::CORE_CHARS;
use crate::kind::{BuiltIn, LegacyScoped, ScopeRule, is_prefix, text_len};
use crate::scope::Scope;
use crate::{Core, Id, IdKind, KeyedId, Kind, LegacyKey, ThreadKey, ThreadScope, UnifiedId};

/// The core of every example.
const EXAMPLE: Core = Core::from_u128(0x01a1_f97d_05eb_7bc9_9b8d_7061_571a_a5c0);
/// The legacy key of every example.
const EXAMPLE_KEY: &str = "user123_session456";
/// The longest legacy key in bytes.
const MAX_KEY_BYTES: usize = 200;

/// One character of a core.
const CHARACTER: &str = "[0-9a-hjkmnp-tv-z]";
/// A legacy key: not the length of a core, give or take one, unless it has a separator, and not `_` at the end.
const KEY: &str = "(?:[0-9A-Za-z]{1,24}|[0-9A-Za-z]{28,200}\
                   |[0-9A-Za-z]+(?:-|_+[0-9A-Za-z-])(?:_*[0-9A-Za-z-])*)";

/// Calls a macro with the generics and the name of every type whose text has a pattern.
macro_rules! for_patterns {
    ($macro:ident) => {
        $macro! {
            {K: Kind<Scope = S>, S: Scope} Id<K, S>;
            {K: LegacyScoped + BuiltIn} KeyedId<K>;
            {} UnifiedId;
            {} Core;
            {} ThreadKey;
            {} ThreadScope;
            {} LegacyKey;
        }
    };
}

pub(super) use for_patterns;

/// A type whose text has a schema.
pub(super) trait Pattern {
    /// Returns what the schema says.
    fn text_schema() -> TextSchema;
}

/// What a schema says of a text.
pub(super) struct TextSchema {
    /// The name of the schema: that of the type alias, where there is one.
    pub(super) name: Cow<'static, str>,
    pub(super) description: String,
    /// A regular expression for the whole text; `None` if any text will do.
    pub(super) pattern: Option<String>,
    /// Bytes, which are characters: an id is ASCII.
    pub(super) min_bytes: usize,
    pub(super) max_bytes: Option<usize>,
    pub(super) examples: Vec<String>,
}

fn core() -> String {
    format!("[0-7]{CHARACTER}{{{}}}", CORE_CHARS - 1)
}

/// Joins the parts of an id and anchors them.
fn whole(prefix: &str, scope: Option<&str>) -> String {
    debug_assert!(is_prefix(prefix), "invariant: a prefix stands for itself in a pattern");
    match scope {
        None => format!("^{prefix}_{}$", core()),
        Some(scope) => format!("^{prefix}_{scope}_{}$", core()),
    }
}

/// Returns the bounds of the length of ids that may stand on a legacy key.
fn keyed_bounds(prefix: &str) -> (usize, usize) {
    let without_key = text_len(prefix, false) + 1;
    (without_key + 1, without_key + MAX_KEY_BYTES)
}

/// `run` and `Id` make `RunId`, the name of the alias.
fn named(before: &str, prefix: &str) -> String {
    let (first, rest) = prefix.split_at(1);
    format!("{before}{}{rest}Id", first.to_ascii_uppercase())
}

fn described(prefix: &str) -> String {
    match IdKind::from_prefix(prefix) {
        Some(kind) => format!("The id of {}.", kind.meaning()),
        None => format!("An id of the kind `{prefix}`."),
    }
}

impl<K: Kind<Scope = S>, S: Scope> Pattern for Id<K, S> {
    fn text_schema() -> TextSchema {
        let length = text_len(K::PREFIX, S::SCOPED);
        let scope = S::SCOPED.then_some(EXAMPLE);
        let example = Self::of_cores(scope, EXAMPLE).map(|id| id.to_string());
        TextSchema {
            name: named("", K::PREFIX).into(),
            description: described(K::PREFIX),
            pattern: Some(whole(K::PREFIX, S::SCOPED.then(core).as_deref())),
            min_bytes: length,
            max_bytes: Some(length),
            examples: example.into_iter().collect(),
        }
    }
}

impl<K: LegacyScoped + BuiltIn> Pattern for KeyedId<K> {
    fn text_schema() -> TextSchema {
        let (min_bytes, max_bytes) = keyed_bounds(K::PREFIX);
        TextSchema {
            name: named("Keyed", K::PREFIX).into(),
            description: format!(
                "{} On a thread that is known by its old text.",
                described(K::PREFIX)
            ),
            pattern: Some(whole(K::PREFIX, Some(KEY))),
            min_bytes,
            max_bytes: Some(max_bytes),
            examples: Vec::from([format!("{}_{EXAMPLE_KEY}_{EXAMPLE}", K::PREFIX)]),
        }
    }
}

impl Pattern for UnifiedId {
    fn text_schema() -> TextSchema {
        let with = |rule: ScopeRule| {
            let kinds = IdKind::ALL.iter().filter(|kind| kind.scope_rule() == rule);
            kinds.map(|kind| kind.prefix()).collect::<Vec<_>>().join("|")
        };
        let core = core();
        let pattern = format!(
            "^(?:(?:{})_{core}|(?:{})_(?:{core}|{KEY})_{core}|(?:{})_{core}_{core})$",
            with(ScopeRule::None),
            with(ScopeRule::Thread),
            with(ScopeRule::User),
        );
        let bounds = |kind: &IdKind| match kind.scope_rule() {
            ScopeRule::None => (text_len(kind.prefix(), false), text_len(kind.prefix(), false)),
            ScopeRule::User => (text_len(kind.prefix(), true), text_len(kind.prefix(), true)),
            ScopeRule::Thread => keyed_bounds(kind.prefix()),
        };
        let texts = [None, Some(EXAMPLE.to_string()), Some(EXAMPLE_KEY.into())];
        let examples = [IdKind::Thread, IdKind::Run, IdKind::Run].into_iter().zip(texts);
        TextSchema {
            name: "UnifiedId".into(),
            description: "An id of any kind.".into(),
            pattern: Some(pattern),
            min_bytes: IdKind::ALL.iter().map(|kind| bounds(kind).0).min().unwrap_or(0),
            max_bytes: IdKind::ALL.iter().map(|kind| bounds(kind).1).max(),
            examples: examples
                .filter_map(|(kind, scope)| Self::with_core(kind, scope.as_deref(), EXAMPLE).ok())
                .map(|id| id.to_string())
                .collect(),
        }
    }
}

impl Pattern for Core {
    fn text_schema() -> TextSchema {
        TextSchema {
            name: "Core".into(),
            description: "The core of an id: a ULID in lower case.".into(),
            pattern: Some(format!("^{}$", core())),
            min_bytes: CORE_CHARS,
            max_bytes: Some(CORE_CHARS),
            examples: Vec::from([EXAMPLE.to_string()]),
        }
    }
}

impl Pattern for LegacyKey {
    fn text_schema() -> TextSchema {
        TextSchema {
            name: "LegacyKey".into(),
            description: "The text of a thread that is older than the id format.".into(),
            pattern: Some(format!("^{KEY}$")),
            min_bytes: 1,
            max_bytes: Some(MAX_KEY_BYTES),
            examples: Vec::from([EXAMPLE_KEY.into()]),
        }
    }
}

impl Pattern for ThreadScope {
    fn text_schema() -> TextSchema {
        TextSchema {
            name: "ThreadScope".into(),
            description: "A thread: its id, or its text if it is older than the id format.".into(),
            pattern: Some(format!("^(?:{}_{}|{KEY})$", IdKind::Thread.prefix(), core())),
            min_bytes: 1,
            max_bytes: Some(MAX_KEY_BYTES),
            examples: Vec::from([
                crate::ThreadId::from_core(EXAMPLE).to_string(),
                EXAMPLE_KEY.into(),
            ]),
        }
    }
}

impl Pattern for ThreadKey {
    fn text_schema() -> TextSchema {
        TextSchema {
            name: "ThreadKey".into(),
            description: "The key of a thread, compared whole: a core, or any other text.".into(),
            pattern: None,
            min_bytes: 1,
            max_bytes: None,
            examples: Vec::from([EXAMPLE.to_string(), EXAMPLE_KEY.into()]),
        }
    }
}
