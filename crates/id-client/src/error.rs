//! Why a question was not answered; registering has no errors, only counts.

use std::error::Error;
use std::fmt;

use id_registry::RegistryError;

/// What is wrong, for branching.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, strum::EnumIter)]
#[non_exhaustive]
pub enum ClientErrorKind {
    /// The service cannot be reached, or did not answer in time.
    Unreachable,
    /// The service refused: the text is no id, the token is wrong, a limit is reached.
    Refused,
    /// The answer is none of the service's.
    Answer,
}

/// Why a question was not answered.
#[derive(Debug)]
pub struct ClientError {
    kind: ClientErrorKind,
    what: String,
    help: String,
}

impl ClientError {
    pub(crate) fn new(
        kind: ClientErrorKind,
        what: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self { kind, what: what.into(), help: help.into() }
    }

    pub(crate) fn of_registry(error: &RegistryError) -> Self {
        Self::new(ClientErrorKind::Refused, error.to_string(), error.help())
    }

    /// Returns what is wrong, for branching.
    #[must_use]
    pub fn kind(&self) -> ClientErrorKind {
        self.kind
    }

    /// Returns what to do, in one sentence.
    #[must_use]
    pub fn help(&self) -> &str {
        &self.help
    }
}

impl fmt::Display for ClientError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl Error for ClientError {}
