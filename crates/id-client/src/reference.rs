//! What is registered, as the server takes it.

use serde::Serialize;

/// What an id is registered as.
///
/// # Examples
///
/// ```
/// let reference = id_client::Reference::new("test_01m7wqt1fbff4sq3bgc5bhn9e0", "crackerjack")
///     .link("parent", "workflow_01m7wqt1fbff4sq3bgc5bhn9e0");
/// assert_eq!(reference.links.len(), 1);
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Reference {
    /// The id, in any form.
    pub id: String,
    /// The system that made it.
    pub system: String,
    /// What it stands for; what its text says if not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// What else is to be known.
    pub metadata: serde_json::Map<String, serde_json::Value>,
    /// Other ids by which it is found.
    pub aliases: Vec<String>,
    /// Ids that it belongs to.
    pub links: Vec<Link>,
}

/// How an id belongs to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Link {
    /// `parent`, `child`, `run`, `thread`, `session` or `user`.
    pub relation: String,
    /// The other id, in any form.
    pub to: String,
}

impl Reference {
    /// Takes an id in any form and the system that made it.
    #[must_use]
    pub fn new(id: impl Into<String>, system: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            system: system.into(),
            kind: None,
            metadata: serde_json::Map::new(),
            aliases: Vec::new(),
            links: Vec::new(),
        }
    }

    /// Says what it stands for.
    #[must_use]
    pub fn kind(mut self, kind: impl Into<String>) -> Self {
        self.kind = Some(kind.into());
        self
    }

    /// Adds something to be known.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<serde_json::Value>) -> Self {
        self.metadata.insert(name.into(), value.into());
        self
    }

    /// Adds another id by which it is found.
    #[must_use]
    pub fn alias(mut self, id: impl Into<String>) -> Self {
        self.aliases.push(id.into());
        self
    }

    /// Adds an id that it belongs to.
    #[must_use]
    pub fn link(mut self, relation: impl Into<String>, to: impl Into<String>) -> Self {
        self.links.push(Link { relation: relation.into(), to: to.into() });
        self
    }
}
