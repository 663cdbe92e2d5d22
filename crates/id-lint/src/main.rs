//! The `id-lint` binary: reads flags, runs a command, ends with its exit code.
//!
//! `args.rs` reads what was typed, `settings.rs` makes the settings of the engine from it,
//! `commands/` runs it, `output/` writes what came out, `exit.rs` turns that into a number.

#![forbid(unsafe_code)]

mod args;
mod settings;
mod commands;
mod output;
mod exit;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    let args = match args::Args::try_parse() {
        Ok(args) => args,
        Err(error) => return exit::from_usage(&error),
    };
    let result = match &args.command {
        args::Command::Scan(scan) => commands::scan::run(scan),
        args::Command::Fix(fix) => commands::fix::run(fix),
    };
    exit::from_result(result)
}
