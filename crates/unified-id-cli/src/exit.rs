//! Exit codes: 0 done, 1 some texts are no ids or a check failed, 2 usage or environment, 3 a migration stopped and can be
//! resumed. A closed pipe is success.

use std::io::{self, Write};
use std::process::ExitCode;

/// How a command ended, if nothing kept it from its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Done,
    SomeAreNoIds,
    /// A check of a migration failed, or it is blocked.
    CheckFailed,
    /// A migration stopped; `resume` goes on.
    Stopped,
    /// Usage or environment; said already.
    Failed,
}

/// Turns the result of a command into an exit code; an error goes to standard error.
pub(crate) fn code(result: anyhow::Result<Outcome>) -> ExitCode {
    match result {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::SomeAreNoIds | Outcome::CheckFailed) => ExitCode::from(1),
        Ok(Outcome::Failed) => ExitCode::from(2),
        Ok(Outcome::Stopped) => ExitCode::from(3),
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing is left to be done if standard error is closed too.
            let _ = match full(&error) {
                Some(cause) => writeln!(
                    io::stderr(),
                    "error: cannot write the output: {cause}\nhelp:  make room where it goes, or send it elsewhere"
                ),
                None => writeln!(io::stderr(), "error: {error:#}"),
            };
            ExitCode::from(2)
        }
    }
}

/// The cause, if there is no room for the output; nothing that is read fails so.
fn full(error: &anyhow::Error) -> Option<&io::Error> {
    error.downcast_ref::<io::Error>().filter(|error| {
        matches!(
            error.kind(),
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge
        )
    })
}

fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
