//! What can go wrong with the registry: what, where, what to do.
//!
//! Invariant: every kind has a sentence for people and one that says what to do; no type of a database stands in a signature.

use std::error::Error;
use std::fmt;

use unified_id::ParseError;

/// What is wrong, for branching.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, strum::EnumIter, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
#[non_exhaustive]
pub enum RegistryErrorKind {
    /// The text is no id.
    Unparsable,
    /// The id, or an alias of it, belongs to somebody else.
    Conflict,
    /// The id is not registered, and what was asked needs it to be.
    UnknownId,
    /// The name cannot be a system's, a kind's or a writer's, or its alias is another one's.
    Name,
    /// No system is known by this name, and new ones have to be registered first.
    UnknownSystem,
    /// The text carries no kind, and none was given.
    MissingKind,
    /// The metadata is no JSON object or too long.
    Metadata,
    /// More than a limit allows.
    Limit,
    /// The cursor is damaged or belongs to another question or tenant.
    Cursor,
    /// Too many writes wait already.
    Busy,
    /// Another process has the data.
    Locked,
    /// The data was written by a newer version, or is no registry.
    Schema,
    /// What was read is not what was written.
    Corrupt,
    /// The disk is full.
    Full,
    /// The store cannot be reached or failed.
    Store,
    /// The store does not have this operation.
    Unsupported,
    /// The registry was closed, or its writer ended.
    Closed,
    /// The process was forked after the registry was opened.
    Forked,
    /// Retention would delete on the word of a clock that cannot be right.
    Clock,
}

impl RegistryErrorKind {
    /// Returns a short stable name such as `conflict`, for logs and wire formats.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.into()
    }
}

/// Why the registry refused or failed.
///
/// # Examples
///
/// ```
/// use id_registry::{Options, Registry, RegistryErrorKind};
///
/// let registry = Registry::in_memory(Options::default())?;
/// let error = registry.resolve(&"acme".parse().unwrap(), "no id").unwrap_err();
/// assert_eq!(error.kind(), RegistryErrorKind::Unparsable);
/// assert!(!error.help().is_empty());
/// # Ok::<(), id_registry::RegistryError>(())
/// ```
#[derive(Clone)]
pub struct RegistryError(Box<Inner>);

#[derive(Clone)]
struct Inner {
    kind: RegistryErrorKind,
    what: String,
    help: String,
    source: Option<std::sync::Arc<dyn Error + Send + Sync>>,
}

impl RegistryError {
    pub(crate) fn new(
        kind: RegistryErrorKind,
        what: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self(Box::new(Inner { kind, what: what.into(), help: help.into(), source: None }))
    }

    pub(crate) fn because(mut self, source: impl Error + Send + Sync + 'static) -> Self {
        self.0.source = Some(std::sync::Arc::new(source));
        self
    }

    /// The sentence is the reader's own, so it is not repeated as a cause.
    #[expect(clippy::needless_pass_by_value, reason = "for `map_err`")]
    pub(crate) fn unparsable(error: ParseError) -> Self {
        Self::new(RegistryErrorKind::Unparsable, error.to_string(), error.help())
    }

    pub(crate) fn conflict(id: &str, owner: &str, kind: &str, asked: &str) -> Self {
        Self::new(
            RegistryErrorKind::Conflict,
            format!(
                "`{}` belongs to `{}` as `{}`, not to {asked}",
                shown(id),
                shown(owner),
                shown(kind)
            ),
            "the first writer of an id keeps it: make a new id, or register under the owner's name",
        )
    }

    pub(crate) fn unknown_id(id: &str) -> Self {
        Self::new(
            RegistryErrorKind::UnknownId,
            format!("`{}` is not registered", shown(id)),
            "register it first, or check the tenant: every tenant sees its own ids only",
        )
    }

    pub(crate) fn limit(what: impl fmt::Display, most: usize, unit: &str) -> Self {
        Self::new(
            RegistryErrorKind::Limit,
            format!("{what}: more than {most} {unit}"),
            format!("send at most {most} {unit}, or raise the limit in the registry's options"),
        )
    }

    pub(crate) fn cursor(why: &str) -> Self {
        Self::new(
            RegistryErrorKind::Cursor,
            format!("the cursor {why}"),
            "pass the cursor of the last page with the same tenant and question, or none to start again",
        )
    }

    pub(crate) fn corrupt(what: impl Into<String>) -> Self {
        Self::new(
            RegistryErrorKind::Corrupt,
            what,
            "run scrub to see the extent, then restore the newest backup and replay the audit of later writes",
        )
    }

    pub(crate) fn closed() -> Self {
        Self::new(
            RegistryErrorKind::Closed,
            "the registry is closed",
            "open it again; what was not acknowledged has to be sent again",
        )
    }

    pub(crate) fn unsupported(what: &str) -> Self {
        Self::new(
            RegistryErrorKind::Unsupported,
            format!("this store has no {what}"),
            "use the tools of the database for that",
        )
    }

    /// Returns what is wrong, for branching.
    #[must_use]
    pub fn kind(&self) -> RegistryErrorKind {
        self.0.kind
    }

    /// Returns what to do, in one sentence.
    #[must_use]
    pub fn help(&self) -> &str {
        &self.0.help
    }
}

impl fmt::Display for RegistryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.what)
    }
}

impl fmt::Debug for RegistryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RegistryError")
            .field("kind", &self.0.kind)
            .field("what", &self.0.what)
            .field("source", &self.0.source)
            .finish_non_exhaustive()
    }
}

impl Error for RegistryError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

/// A text on one line, cut at 64 characters.
pub(crate) fn shown(text: &str) -> String {
    let mut shown = String::new();
    for character in text.chars().take(64) {
        if character.is_control() {
            shown.extend(character.escape_debug());
        } else {
            shown.push(character);
        }
    }
    if text.chars().nth(64).is_some() {
        shown.push_str("...");
    }
    shown
}
