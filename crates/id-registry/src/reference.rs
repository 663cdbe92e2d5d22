//! What a system says when it registers an id.
//!
//! Invariant: everything here was checked when it was made, so that the writer has nothing to refuse but another owner.
//! Next: `registry.rs`, which hands it to the writer.

use std::fmt;

use serde_json::value::RawValue;

use crate::error::{RegistryError, RegistryErrorKind};

/// The longest metadata in bytes.
pub const MAX_METADATA_BYTES: usize = 16 * 1024;

/// What an id is registered as: the id in any form, who made it, what it is.
///
/// # Examples
///
/// ```
/// use id_registry::{Link, Metadata, Reference};
///
/// let reference = Reference::new("01m7wqt1fbff4sq3bgc5bhn9e0", "mahavishnu")
///     .kind("workflow")
///     .metadata(Metadata::new(r#"{"workflow_name": "nightly"}"#)?)
///     .alias("5f0c8a52-4a3e-4bd2-9c46-1b2f0a7d9e11")
///     .link(Link::session("session_01m7wqt1fcff4sq3cdmzk4w7rt"));
/// assert_eq!(reference.id(), "01m7wqt1fbff4sq3bgc5bhn9e0");
/// # Ok::<(), id_registry::RegistryError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Reference {
    pub(crate) id: String,
    pub(crate) system: String,
    pub(crate) kind: Option<String>,
    pub(crate) metadata: Metadata,
    pub(crate) aliases: Vec<String>,
    pub(crate) links: Vec<Link>,
}

impl Reference {
    /// Makes a reference of an id in any form and the name of the system that made it.
    #[must_use]
    pub fn new(id: impl Into<String>, system: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            system: system.into(),
            kind: None,
            metadata: Metadata::default(),
            aliases: Vec::new(),
            links: Vec::new(),
        }
    }

    /// Says what the id stands for; without it, what its text says.
    #[must_use]
    pub fn kind(mut self, kind: impl Into<String>) -> Self {
        self.kind = Some(kind.into());
        self
    }

    /// Adds what else is to be known.
    #[must_use]
    pub fn metadata(mut self, metadata: Metadata) -> Self {
        self.metadata = metadata;
        self
    }

    /// Adds another id by which this one is found: what an older system called it.
    #[must_use]
    pub fn alias(mut self, id: impl Into<String>) -> Self {
        self.aliases.push(id.into());
        self
    }

    /// Adds a link to another id, which need not be registered.
    #[must_use]
    pub fn link(mut self, link: Link) -> Self {
        self.links.push(link);
        self
    }

    /// Returns the id as it was given.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns all that was given, for whoever carries it elsewhere.
    #[must_use]
    pub fn parts(&self) -> ReferenceParts<'_> {
        ReferenceParts {
            id: &self.id,
            system: &self.system,
            kind: self.kind.as_deref(),
            metadata: &self.metadata,
            aliases: &self.aliases,
            links: &self.links,
        }
    }

    /// Returns the name of the system as it was given.
    #[must_use]
    pub fn system(&self) -> &str {
        &self.system
    }
}

/// All that a reference says.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ReferenceParts<'r> {
    /// The id as it was given.
    pub id: &'r str,
    /// The name of the system as it was given.
    pub system: &'r str,
    /// What the id stands for, if it was given.
    pub kind: Option<&'r str>,
    /// What else is to be known.
    pub metadata: &'r Metadata,
    /// The aliases.
    pub aliases: &'r [String],
    /// The links.
    pub links: &'r [Link],
}

/// A JSON object of at most 16 KiB, as text without blanks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metadata(Option<Box<str>>);

impl Metadata {
    /// Takes the text of a JSON object.
    ///
    /// # Errors
    ///
    /// [`Metadata`](RegistryErrorKind::Metadata) if it is none, or longer than 16 KiB.
    pub fn new(json: &str) -> Result<Self, RegistryError> {
        // A look at the length first: nobody parses a gigabyte to refuse it.
        if json.len() > 4 * MAX_METADATA_BYTES {
            return Err(too_long(json.len()));
        }
        let value: serde_json::Map<String, serde_json::Value> = serde_json::from_str(json)
            .map_err(|error| {
                RegistryError::new(
                    RegistryErrorKind::Metadata,
                    "the metadata is no JSON object",
                    "send an object such as {\"workflow_name\": \"nightly\"}, at most 128 levels deep",
                )
                .because(error)
            })?;
        Self::from_object(&value)
    }

    /// Takes a JSON object.
    ///
    /// # Errors
    ///
    /// [`Metadata`](RegistryErrorKind::Metadata) if its text is longer than 16 KiB.
    pub fn from_object(
        object: &serde_json::Map<String, serde_json::Value>,
    ) -> Result<Self, RegistryError> {
        if object.is_empty() {
            return Ok(Self(None));
        }
        let text = serde_json::to_string(object).map_err(|error| {
            RegistryError::new(
                RegistryErrorKind::Metadata,
                "the metadata cannot be written as JSON",
                "send an object of texts, numbers, lists and objects",
            )
            .because(error)
        })?;
        if text.len() > MAX_METADATA_BYTES {
            return Err(too_long(text.len()));
        }
        Ok(Self(Some(text.into())))
    }

    /// Takes what was read from a store, which was checked when it was written.
    pub(crate) fn of_stored(text: Option<&str>) -> Self {
        Self(text.map(Into::into))
    }

    /// Returns the text, `{}` if there is nothing.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_deref().unwrap_or("{}")
    }

    /// Returns the text, if there is something.
    pub(crate) fn as_stored(&self) -> Option<&str> {
        self.0.as_deref()
    }

    /// Tells whether there is nothing.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Returns the text as raw JSON, to be put into other JSON without making a tree of it.
    #[must_use]
    pub fn to_raw(&self) -> Box<RawValue> {
        // The text was written by the same library, so that this is a formality.
        RawValue::from_string(self.as_str().to_owned()).unwrap_or_default()
    }
}

impl fmt::Display for Metadata {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

fn too_long(len: usize) -> RegistryError {
    RegistryError::new(
        RegistryErrorKind::Metadata,
        format!("metadata of {len} bytes"),
        format!(
            "keep what is larger than {MAX_METADATA_BYTES} bytes elsewhere, and register where"
        ),
    )
}

/// How one id belongs to another.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    strum::EnumIter,
    strum::IntoStaticStr,
    strum::EnumString,
)]
#[strum(serialize_all = "snake_case")]
#[repr(u8)]
pub enum Relation {
    /// It is part of the other, or was started by it.
    Parent = 1,
    /// It happened in that run.
    Run = 2,
    /// It belongs to that thread.
    Thread = 3,
    /// It belongs to that session.
    Session = 4,
    /// It belongs to that user.
    User = 5,
    /// The other is part of it, or was started by it: the other end of `Parent`.
    Child = 6,
}

impl Relation {
    /// Returns the stable name: `parent`, `run`, `thread`, `session`, `user`, `child`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Reads the stable name.
    ///
    /// # Errors
    ///
    /// [`Name`](RegistryErrorKind::Name) if it is none.
    pub fn parse(name: &str) -> Result<Self, RegistryError> {
        name.parse().map_err(|_| {
            RegistryError::new(
                RegistryErrorKind::Name,
                format!("`{}` is no relation", crate::error::shown(name)),
                "use parent, child, run, thread, session or user",
            )
        })
    }

    pub(crate) fn from_code(code: u8) -> Option<Self> {
        use strum::IntoEnumIterator;
        Self::iter().find(|relation| *relation as u8 == code)
    }
}

/// A link from the id that is registered to another one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Link {
    pub(crate) relation: Relation,
    pub(crate) to: String,
}

impl Link {
    /// Makes a link; `to` is an id in any form.
    #[must_use]
    pub fn new(relation: Relation, to: impl Into<String>) -> Self {
        Self { relation, to: to.into() }
    }

    /// The other id is what this one is part of.
    #[must_use]
    pub fn parent(to: impl Into<String>) -> Self {
        Self::new(Relation::Parent, to)
    }

    /// The other id is part of this one.
    #[must_use]
    pub fn child(to: impl Into<String>) -> Self {
        Self::new(Relation::Child, to)
    }

    /// The run in which this one happened.
    #[must_use]
    pub fn run(to: impl Into<String>) -> Self {
        Self::new(Relation::Run, to)
    }

    /// The thread to which this one belongs.
    #[must_use]
    pub fn thread(to: impl Into<String>) -> Self {
        Self::new(Relation::Thread, to)
    }

    /// The session to which this one belongs.
    #[must_use]
    pub fn session(to: impl Into<String>) -> Self {
        Self::new(Relation::Session, to)
    }

    /// The user to whom this one belongs.
    #[must_use]
    pub fn user(to: impl Into<String>) -> Self {
        Self::new(Relation::User, to)
    }

    /// Returns how they belong together.
    #[must_use]
    pub const fn relation(&self) -> Relation {
        self.relation
    }

    /// Returns the other id as it was given.
    #[must_use]
    pub fn to(&self) -> &str {
        &self.to
    }
}
