//! `cargo xtask test`: every check of the project, as a table of steps.
//!
//! The last line is always `N passed, N failed`. Tests are counted from the result lines of the
//! test runners; a skipped or ignored test counts as failed, and so does a step that fails without
//! a failed test. Nothing is skipped silently.

mod steps;
mod tally;

use std::time::{Duration, Instant};

use crate::process::{Runner, say};
use steps::STEPS;
use tally::Tally;

/// The flags of `cargo xtask test`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Runs only this step; may be given again.
    #[arg(long, value_name = "STEP", value_parser = names())]
    only: Vec<String>,
    /// Runs all steps even if one fails.
    #[arg(long)]
    keep_going: bool,
    /// Kills what runs and fails after so many minutes.
    #[arg(long, value_name = "N", default_value_t = 40)]
    limit_minutes: u64,
}

fn names() -> clap::builder::PossibleValuesParser {
    STEPS.iter().map(|step| step.name).collect::<Vec<_>>().into()
}

/// Runs the steps in order and prints the summary; returns whether all passed.
pub(crate) fn run(args: &Args) -> bool {
    let runner = Runner::new(Duration::from_mins(args.limit_minutes));
    let mut total = Tally::default();
    let mut summary = Vec::new();
    for step in STEPS {
        if !args.only.is_empty() && !args.only.iter().any(|name| name == step.name) {
            continue;
        }
        say(format!("\n== {}: {}", step.name, step.what));
        let start = Instant::now();
        let mut tally = Tally::default();
        let result = (step.run)(&runner, &mut tally);
        let seconds = start.elapsed().as_secs_f64();
        let verdict = match result {
            Ok(()) if tally.is_clean() => "passed",
            Ok(()) => "failed",
            Err(error) => {
                say(format!("error: {error:#}"));
                tally.fail_step();
                "failed"
            }
        };
        say(format!("== {}: {verdict} in {seconds:.1} s", step.name));
        summary.push(format!("{verdict} {seconds:7.1} s  {:9} {}", step.name, tally.describe()));
        total.add(&tally);
        if runner.is_late() || (verdict == "failed" && !args.keep_going) {
            break;
        }
    }
    say("\n== summary");
    summary.iter().for_each(say);
    say(format!("{} passed, {} failed", total.passed, total.not_passed()));
    total.is_clean()
}
