//! The exit codes: 0 clean, 1 findings, 2 error. A closed standard output is success; a closed
//! standard error changes nothing.

use std::io::{self, Write as _};
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

/// Ends a command; writes to standard error why it failed.
pub(crate) fn from_result(result: anyhow::Result<Outcome>) -> ExitCode {
    match result {
        Ok(Outcome::Clean) => ExitCode::SUCCESS,
        Ok(Outcome::Findings) => ExitCode::from(1),
        Ok(Outcome::Incomplete) => ExitCode::from(2),
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            // With standard error closed there is nobody left to tell.
            let _ = writeln!(io::stderr(), "error: {error:#}");
            if let Some(error) = error.downcast_ref::<id_scan::ScanError>() {
                let _ = writeln!(io::stderr(), "help:  {}", error.help());
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
