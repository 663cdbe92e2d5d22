//! Exit codes: 0 done, 1 some texts are no ids, 2 usage or environment. A closed pipe is success.

use std::io::{self, Write};
use std::process::ExitCode;

/// How a command ended, if nothing kept it from its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Done,
    SomeAreNoIds,
}

/// Turns the result of a command into an exit code; an error goes to standard error.
pub(crate) fn code(result: anyhow::Result<Outcome>) -> ExitCode {
    match result {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::SomeAreNoIds) => ExitCode::from(1),
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
