//! The exit codes: 0 clean, 1 findings, 2 error. A closed standard output is success; a closed
//! standard error changes nothing; a crash is an error.

use std::fmt;
use std::io::{self, Write as _};
use std::panic;
use std::process::ExitCode;

use id_scan::Report;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Clean,
    Findings,
    /// Something could not be done, whatever was found besides.
    Incomplete,
}

impl Outcome {
    /// The outcome of a scan.
    pub(crate) fn of(report: &Report) -> Self {
        if report.has_errors() {
            Self::Incomplete
        } else if report.has_findings() {
            Self::Findings
        } else {
            Self::Clean
        }
    }
}

/// Something that was asked for wrongly: what, and what to do.
#[derive(Debug)]
pub(crate) struct Usage {
    message: String,
    help: String,
}

impl Usage {
    pub(crate) fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { message: message.into(), help: help.into() }
    }
}

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Usage {}

/// Runs a command and ends with its code. A panic is an error of this program: it is told as one,
/// and is never mistaken for findings or for success.
pub(crate) fn run(command: impl FnOnce() -> anyhow::Result<Outcome>) -> ExitCode {
    if let Ok(result) = panic::catch_unwind(panic::AssertUnwindSafe(command)) {
        return from_result(result);
    }
    // With standard error closed there is nobody left to tell.
    let _ = writeln!(io::stderr(), "error: id-lint crashed, nothing it printed is complete");
    let _ = writeln!(io::stderr(), "help:  report the message above, and the file if you know it");
    ExitCode::from(2)
}

/// Ends a command; writes to standard error why it failed.
fn from_result(result: anyhow::Result<Outcome>) -> ExitCode {
    match result {
        Ok(Outcome::Clean) => ExitCode::SUCCESS,
        Ok(Outcome::Findings) => ExitCode::from(1),
        Ok(Outcome::Incomplete) => ExitCode::from(2),
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            // With standard error closed there is nobody left to tell.
            let _ = writeln!(io::stderr(), "error: {error:#}");
            let usage = error.downcast_ref::<Usage>().map(|usage| usage.help.as_str());
            let below = error.chain().find_map(|cause| {
                let scan = cause.downcast_ref::<id_scan::ScanError>().map(id_scan::ScanError::help);
                scan.or_else(|| cause.downcast_ref::<Usage>().map(|usage| usage.help.as_str()))
            });
            if let Some(help) = usage.or(below) {
                let _ = writeln!(io::stderr(), "help:  {help}");
            }
            ExitCode::from(2)
        }
    }
}

/// Ends after flags that could not be read, or after `--help` and `--version`.
pub(crate) fn from_usage(error: &clap::Error) -> ExitCode {
    // With the stream closed there is nobody left to tell.
    let _ = error.print();
    if error.use_stderr() { ExitCode::from(2) } else { ExitCode::SUCCESS }
}

fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        let io = cause.downcast_ref::<io::Error>().map(io::Error::kind);
        let json =
            cause.downcast_ref::<serde_json::Error>().and_then(serde_json::Error::io_error_kind);
        [io, json].contains(&Some(io::ErrorKind::BrokenPipe))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crash_is_an_error_and_never_success() {
        let code = |code: ExitCode| format!("{code:?}");
        assert_eq!(code(run(|| panic!("on purpose"))), code(ExitCode::from(2)));
        assert_eq!(code(run(|| Ok(Outcome::Findings))), code(ExitCode::from(1)));
        assert_eq!(code(run(|| Ok(Outcome::Clean))), code(ExitCode::SUCCESS));
        let closed = || Err(io::Error::from(io::ErrorKind::BrokenPipe).into());
        assert_eq!(code(run(closed)), code(ExitCode::SUCCESS));
    }
}
