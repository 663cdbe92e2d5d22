//! `cargo xtask bench-migrate`: the migration of a million keys beside the row-by-row way, and how long a writer waits.

use std::process::Command;

use anyhow::{Context as _, Result};

use crate::process::{Runner, cargo};
use crate::tools;

/// The flags of `cargo xtask bench-migrate`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Keys, and rows of the child table
    #[arg(long, default_value_t = 1_000_000)]
    rows: u64,
}

/// Builds the command as it is shipped and prints the table.
pub(crate) fn run(runner: &Runner, args: &Args) -> Result<bool> {
    runner.run(&mut cargo(&["build", "--release", "--package", "unified-id-cli"]))?;
    let folder = tempfile::tempdir()?;
    let script = folder.path().join("bench.py");
    tools::write(&script, include_str!("bench_migrate.py"))?;
    let mut command = Command::new("python3");
    command.arg(script).arg(runner.root().join("target/release/unified-id"));
    command.arg(args.rows.to_string()).arg(folder.path());
    runner.run(&mut command).context("the bench has failed")?;
    Ok(true)
}
