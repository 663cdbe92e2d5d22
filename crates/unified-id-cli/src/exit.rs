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
                None => writeln!(io::stderr(), "error: {}", visible(&format!("{error:#}"))),
            };
            ExitCode::from(2)
        }
    }
}

/// What an error quotes of a file may be meant to move the cursor of a terminal or to turn the direction of its text.
fn visible(text: &str) -> String {
    let is_hidden = |character: char| {
        character.is_control() && !matches!(character, '\n' | '\t')
            || matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().fold(String::new(), |mut shown, character| {
        if is_hidden(character) {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
        shown
    })
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
