//! `cargo xtask soak`: what takes too long for every change, as a list of steps with a time limit.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use crate::process::{Runner, cargo, say};

/// What may be run, in order. Each row: a name, what it does, its limit, the cargo arguments and
/// the environment.
const STEPS: &[Step] = &[Step {
    name: "properties",
    what: "every property of every crate with 100 000 cases, optimised",
    limit: Duration::from_hours(2),
    // Properties live in modules named `props`.
    args: &["test", "--release", "--workspace", "--all-features", "--tests", "--", "props"],
    env: &[("PROPTEST_CASES", "100000"), ("INSTA_UPDATE", "no")],
}];

struct Step {
    name: &'static str,
    what: &'static str,
    limit: Duration,
    args: &'static [&'static str],
    env: &'static [(&'static str, &'static str)],
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
        let mut command = cargo(step.args);
        command.envs(step.env.iter().copied());
        runner.run(&mut command).with_context(|| format!("soak step {}", step.name))?;
        say(format!("== {}: passed in {:.0} s", step.name, start.elapsed().as_secs_f64()));
    }
    Ok(true)
}
