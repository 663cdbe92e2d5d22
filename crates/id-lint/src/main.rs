//! The `id-lint` binary: reads flags, runs a command, ends with its exit code.
//!
//! `args.rs` reads what was typed, `settings.rs` makes the settings of the engine from it and from
//! files, `commands/` runs it, `output/` writes what came out, `exit.rs` turns that into a number.

#![forbid(unsafe_code)]

mod args;
mod settings_file;
mod settings;
mod git;
mod objects;
mod untracked;
mod index;
mod folder;
mod commands;
mod output;
mod exit;

use std::process::ExitCode;

use clap::Parser as _;

use args::{Args, Command};

fn main() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => return exit::from_usage(&error),
    };
    exit::run(|| match &args.command {
        Command::Scan(scan) => commands::scan::run(scan),
        Command::Fix(fix) => commands::fix::run(fix),
        Command::Report(report) => commands::report::run(report),
        Command::Baseline(baseline) => commands::baseline::run(baseline),
        Command::Explain(explain) => commands::explain::run(explain),
        Command::Lsp(_) => commands::lsp::run(),
        Command::Schema => commands::shell::schema(),
        Command::Completions(completions) => commands::shell::completions(completions.shell),
        Command::Man(man) => commands::shell::man(man.command.as_deref()),
    })
}
