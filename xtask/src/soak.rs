//! `cargo xtask soak`: what takes too long for every change, as a list of steps with a time limit.

mod fuzz;
mod giants;
mod migrate;

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use crate::process::{Runner, cargo, say};
use crate::{duckdb, postgres, tools};

/// What may be run, in order.
const STEPS: &[Step] = &[
    Step {
        name: "properties",
        what: "every property of every crate with 100 000 cases, optimised",
        limit: Duration::from_hours(2),
        run: properties,
    },
    Step {
        name: "codec",
        what: "the vector codec and the portable one with 100 million random values",
        limit: Duration::from_mins(20),
        run: codec,
    },
    Step {
        name: "valgrind",
        what: "every access to memory of the vector codec",
        limit: Duration::from_mins(20),
        run: valgrind,
    },
    Step {
        name: "giants",
        what: "the scanner on a file of 1 GB, a line of 100 MB, a million files",
        limit: Duration::from_mins(20),
        run: giants::run,
    },
    Step {
        name: "migrate-sqlite",
        what: "hostile and random databases there and back, and a migration killed 300 times, compared with one that was not",
        limit: Duration::from_hours(1),
        run: migrate::sqlite,
    },
    Step {
        name: "sockets",
        what: "10 000 connections that say nothing, on a server that is used meanwhile",
        limit: Duration::from_mins(20),
        run: sockets,
    },
    Step {
        name: "migrate-postgres",
        what: "migrations of PostgreSQL, killed more than 100 times, at least 15 times in each phase and each way back",
        limit: Duration::from_hours(2),
        run: migrate_postgres,
    },
    Step {
        name: "hostile-postgres",
        what: "400 databases of PostgreSQL made by chance, there and back",
        limit: Duration::from_hours(1),
        run: hostile_postgres,
    },
    Step {
        name: "migrate-duckdb",
        what: "a migration of a DuckDB file, killed at least 10 times in each phase and each way back, compared with one that was not",
        limit: Duration::from_hours(1),
        run: migrate_duckdb,
    },
    Step {
        name: "speed-postgres",
        what: "a million keys and children of PostgreSQL, beside the row-by-row way",
        limit: Duration::from_mins(20),
        run: speed_postgres,
    },
    Step {
        name: "registry",
        what: "a process that registers, killed a thousand times; the registry against its model",
        limit: Duration::from_hours(1),
        run: registry,
    },
    Step {
        name: "fuzz",
        what: "every fuzz target for five minutes, from its corpus on",
        limit: Duration::from_mins(70),
        run: fuzz::run,
    },
];

fn sockets(runner: &Runner) -> Result<()> {
    runner.run(&mut cargo(&["build", "--quiet", "--package", "unified-id-cli"]))?;
    let target = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| runner.root().join("target"), PathBuf::from);
    let mut python = Command::new("python3");
    python.arg("xtask/src/soak/sockets.py").arg(target.join("debug/unified-id"));
    runner.run(&mut python)
}

struct Step {
    name: &'static str,
    what: &'static str,
    limit: Duration,
    run: fn(&Runner) -> Result<()>,
}

/// The flags of `cargo xtask soak`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Runs only this step; may be given again.
    #[arg(long, value_name = "STEP", value_parser = names())]
    only: Vec<String>,
}

fn names() -> clap::builder::PossibleValuesParser {
    STEPS.iter().map(|step| step.name).collect::<Vec<_>>().into()
}

/// Runs the steps; the first that fails ends the run.
pub(crate) fn run(args: &Args) -> Result<bool> {
    for step in STEPS {
        if !args.only.is_empty() && !args.only.iter().any(|name| name == step.name) {
            continue;
        }
        say(format!("== {}: {} (at most {} s)", step.name, step.what, step.limit.as_secs()));
        let start = Instant::now();
        let runner = Runner::new(step.limit);
        (step.run)(&runner).with_context(|| format!("soak step {}", step.name))?;
        say(format!("== {}: passed in {:.0} s", step.name, start.elapsed().as_secs_f64()));
    }
    Ok(true)
}

fn properties(runner: &Runner) -> Result<()> {
    // Properties live in modules named `props`.
    let mut command = cargo(&["test", "--release", "--workspace", "--all-features", "--tests"]);
    // The variable counts for every property, and a case of the registry's is a database: see `registry`.
    command.args(["--exclude", "id-registry", "--", "props"]);
    command.env("PROPTEST_CASES", "100000").env("INSTA_UPDATE", "no");
    runner.run(&mut command)
}

/// The tests of the vector codec.
const CODEC_TESTS: [&str; 8] =
    ["test", "--release", "--package", "unified-id", "--lib", "--", "codec::", "fuzzing::"];

fn codec(runner: &Runner) -> Result<()> {
    // The library reads no environment, so the number is built in.
    runner.run(cargo(&CODEC_TESTS).env("UNIFIED_ID_CODEC_ROUNDS", "100000000"))
}

fn migrate_postgres(runner: &Runner) -> Result<()> {
    postgres::fetch(runner)?;
    let mut command = cargo(&["test", "--package", "unified-id-cli", "--test", "it", "--"]);
    command.args(["migrate_postgres::a_killed_run", "--nocapture"]);
    // The tests read no environment, so the number is built in.
    runner.run(command.env("UNIFIED_ID_KILLS_PER_PHASE", "15"))
}

fn hostile_postgres(runner: &Runner) -> Result<()> {
    postgres::fetch(runner)?;
    let mut command = cargo(&["test", "--package", "id-migrate", "--test", "it", "--"]);
    command.arg("hostile::databases");
    runner.run(command.env("UNIFIED_ID_HOSTILE_DATABASES", "400"))
}

fn migrate_duckdb(runner: &Runner) -> Result<()> {
    duckdb::fetch(runner)?;
    let mut command = cargo(&["test", "--package", "unified-id-cli", "--test", "it", "--"]);
    command.args(["duckdb::a_kill", "--nocapture"]);
    runner.run(command.env("UNIFIED_ID_KILLS_PER_PHASE", "10"))
}

fn speed_postgres(runner: &Runner) -> Result<()> {
    postgres::fetch(runner)?;
    let mut command = cargo(&["test", "--release", "--package", "unified-id-cli", "--test", "it"]);
    command.args(["--", "migrate_postgres::speed", "--nocapture"]);
    runner.run(command.env("UNIFIED_ID_BENCH_ROWS", "1000000"))
}

fn registry(runner: &Runner) -> Result<()> {
    postgres::fetch(runner)?;
    let tests = ["test", "--release", "-p", "id-registry", "--test"];
    runner.run(cargo(&tests).args(["crash", "--", "--cycles", "1000"]))?;
    runner.run(cargo(&tests).args(["it", "--", "props"]).env("PROPTEST_CASES", "1000"))
}

fn valgrind(runner: &Runner) -> Result<()> {
    // cargo starts the tests through valgrind, which has vector instructions of its own.
    let valgrind = tools::valgrind(runner)?.command();
    let program = valgrind.get_program().to_string_lossy().into_owned();
    let through =
        format!("target.'cfg(all())'.runner = ['{program}', '--quiet', '--error-exitcode=9']");
    let mut command = cargo(&["--config", &through]);
    command.args(CODEC_TESTS);
    command.envs(valgrind.get_envs().filter_map(|(name, value)| Some((name, value?))));
    runner.run(&mut command).context("valgrind found something")
}
