//! What can go wrong, in one type: what, where, and which command goes on.

use strum::EnumIter;

/// What a migration error is about; for branching.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The request cannot be understood or names what is not there.
    Usage,
    /// The database or a file cannot be opened, read or written.
    Environment,
    /// The plan found what stands in the way.
    Blocked,
    /// The schema is not the one that was planned for.
    SchemaChanged,
    /// Another run holds the database, or a lock could not be had in time.
    Busy,
    /// A check failed; nothing was switched.
    Verification,
    /// The database said no in the middle; the state is known and the run can go on.
    Stopped,
}

/// An error of a migration.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct MigrateError {
    kind: ErrorKind,
    message: String,
    #[source]
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// The result of everything here that can fail.
pub type Result<T> = std::result::Result<T, MigrateError>;

impl MigrateError {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), source: None }
    }

    /// An error of a request that cannot be understood.
    #[must_use]
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::usage(message)
    }

    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Usage, message)
    }

    pub(crate) fn environment(
        message: impl Into<String>,
        source: impl std::error::Error + Send + Sync + 'static,
    ) -> Self {
        Self {
            kind: if is_full(&source) { ErrorKind::Stopped } else { ErrorKind::Environment },
            message: message.into(),
            source: Some(Box::new(source)),
        }
    }

    /// A kind of error with what caused it.
    #[cfg(feature = "postgres")]
    pub(crate) fn caused(
        kind: ErrorKind,
        message: impl Into<String>,
        source: impl std::error::Error + Send + Sync + 'static,
    ) -> Self {
        Self { kind, message: message.into(), source: Some(Box::new(source)) }
    }

    /// Returns what the error is about.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Says what to do.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self.kind {
            ErrorKind::Usage => {
                "see `unified-id migrate --help`; names and mappings stand in the plan"
            }
            ErrorKind::Environment => {
                "nothing was changed by the failing step; check path, rights and space, then run `resume`"
            }
            ErrorKind::Blocked => {
                "nothing was changed; settle the blockers that the plan names, with another mapping or a fallback"
            }
            ErrorKind::SchemaChanged => {
                "nothing was switched; run `rollback` if the run had begun, then make a new plan"
            }
            ErrorKind::Busy => {
                "nothing is half done; try again, or run `resume`, when the other one has ended"
            }
            ErrorKind::Verification => {
                "the application still works on the old ids unless the switch was done; read the rows named, then `rollback` or `resume`"
            }
            ErrorKind::Stopped => {
                "every step is whole or not done; make room if the disk is full; `resume` goes on, `rollback` goes back or goes on with a way back, `status` says where it stands"
            }
        }
    }
}

/// Whether a file could not grow: there may be room later.
fn is_full(error: &(impl std::error::Error + 'static)) -> bool {
    use std::io::ErrorKind as Io;
    (error as &dyn std::any::Any).downcast_ref::<std::io::Error>().is_some_and(|error| {
        matches!(error.kind(), Io::StorageFull | Io::QuotaExceeded | Io::FileTooLarge)
    })
}

impl From<rusqlite::Error> for MigrateError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode as Code;
        let kind = match error.sqlite_error_code() {
            Some(Code::DatabaseBusy | Code::DatabaseLocked) => ErrorKind::Busy,
            Some(
                Code::CannotOpen
                | Code::DatabaseCorrupt
                | Code::NotADatabase
                | Code::PermissionDenied
                | Code::ReadOnly,
            ) => ErrorKind::Environment,
            _ => ErrorKind::Stopped,
        };
        let message = match error.sqlite_error_code() {
            Some(Code::DiskFull) => "the database cannot grow: the disk is full".to_owned(),
            Some(Code::SystemIoFailure) => {
                "the file system refused to read or write the database, as a full disk or a limit does"
                    .to_owned()
            }
            Some(Code::DatabaseCorrupt) => {
                format!("the database is damaged, or uses what this SQLite does not know: {error}")
            }
            Some(Code::NotADatabase) => {
                "the file is no SQLite database, or it is encrypted".to_owned()
            }
            _ => format!("the database refused: {error}"),
        };
        Self { kind, message, source: Some(Box::new(error)) }
    }
}
