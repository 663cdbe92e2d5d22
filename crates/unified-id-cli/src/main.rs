//! The `unified-id` binary: makes and explains ids, moves databases to them, and serves the registry.
//!
//! Flags (`args.rs`) become a command (`commands/`), which prints through `output/` and ends in an exit code (`exit.rs`).

mod args;
mod client;
mod commands;
mod source;
mod output;
mod exit;

use std::process::ExitCode;

use clap::Parser;

use crate::args::{Args, Command};

fn main() -> ExitCode {
    let args = Args::parse();
    let result = match args.command {
        Command::New(args) => commands::new::run(&args),
        Command::Inspect(args) => commands::inspect::run(&args),
        Command::Flags(args) => commands::flags::run(&args),
        Command::Migrate(args) => commands::migrate::run(&args),
        Command::Serve(args) => commands::serve::run(&args),
        Command::Mcp(args) => commands::mcp::run(&args),
        Command::Health(args) => commands::health::run(&args),
    };
    exit::code(result)
}
