//! Development commands: the flags of `cargo xtask`, and nothing else.
//!
//! Each command has a module of its own; all start children through `process`, under one deadline.

mod test;
mod tidy;
mod fetch;
mod docs;
mod coverage;
mod soak;
mod counts;
mod miri;
mod bench_scan;
mod bench_migrate;
mod python;
mod server;
mod tools;
mod duckdb;
mod postgres;
mod process;

use std::io::Write as _;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Result;
use clap::{Parser, Subcommand};

use process::Runner;

/// Development commands of Unified ID.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs every check of the project; what continuous integration calls.
    Test(test::Args),
    /// Checks structure: arrows between crates, forbidden content, sources, snapshots, rule pages.
    Tidy,
    /// Fetches the pinned real projects that the scanner is tried on.
    Fetch,
    /// Makes the generated pages anew.
    Docs {
        /// Only compare, and fail if a committed page differs.
        #[arg(long)]
        check: bool,
    },
    /// Prints line coverage per crate and the uncovered error arms of the id library.
    Coverage,
    /// Counts the instructions of the hot paths and compares them with the committed numbers.
    Counts {
        /// Commit what was counted.
        #[arg(long)]
        bless: bool,
    },
    /// Measures the scanner beside ripgrep, ruff and ast-grep and prints the table.
    BenchScan(bench_scan::Args),
    /// Measures the migration of an SQLite database beside the row-by-row way and prints the table.
    BenchMigrate(bench_migrate::Args),
    /// Fetches the PostgreSQL server that tests start.
    Postgres,
    /// Fetches the ClickHouse engine that the registry's tests check its trace tables on.
    Chdb,
    /// Fetches the libduckdb that tests load.
    Duckdb,
    /// Runs what takes long: properties with many cases, the codec, valgrind, fuzzing.
    Soak(soak::Args),
    /// Runs the tests of the id library under Miri, where a toolchain has it.
    Miri,
}

fn main() -> ExitCode {
    match run(Args::parse().command) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "error: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// Runs a command; `false` means that it found something.
fn run(command: Command) -> Result<bool> {
    let hour = Duration::from_hours(1);
    match command {
        Command::Test(args) => Ok(test::run(&args)),
        Command::Tidy => tidy::run(&Runner::new(hour)),
        Command::Fetch => fetch::run(&Runner::new(hour), false).map(|()| true),
        Command::Docs { check } => {
            docs::run(&Runner::new(hour), check).map(|clean| clean || !check)
        }
        Command::Coverage => coverage::run(&Runner::new(hour)),
        Command::Counts { bless } => counts::run(&Runner::new(hour), bless),
        Command::BenchScan(args) => bench_scan::run(&Runner::new(hour), &args),
        Command::BenchMigrate(args) => bench_migrate::run(&Runner::new(hour), &args),
        Command::Chdb => tools::chdb(&Runner::new(hour)).map(|()| true),
        Command::Duckdb => duckdb::fetch(&Runner::new(hour)).map(|()| true),
        Command::Postgres => postgres::fetch(&Runner::new(hour)).map(|()| true),
        Command::Soak(args) => soak::run(&args),
        Command::Miri => miri::run(&Runner::new(hour)),
    }
}
