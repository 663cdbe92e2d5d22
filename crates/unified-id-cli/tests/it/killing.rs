//! Processes that are killed at a report of theirs: what the kill tests of all databases share.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

/// A number that is another one each time, and the same in each run of the tests.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }
}

/// Kills in each phase: built in, because tests read no environment.
pub(crate) fn per_phase() -> u64 {
    option_env!("UNIFIED_ID_KILLS_PER_PHASE").and_then(|text| text.parse().ok()).unwrap_or(2)
}

/// How long after a report to kill, in microseconds: shorter with each kill that came too late, so that a phase that is soon
/// over is hit as well.
pub(crate) fn later_us(number: u64, missed: u64) -> u64 {
    number / 7 % (20_000 >> missed.min(14))
}

/// So many tries are enough for a phase; more say that it cannot be hit.
pub(crate) fn most_tries() -> u64 {
    per_phase() * 40
}

fn mark(phase: &str) -> String {
    format!("\"phase\":\"{phase}\"")
}

/// Counts the reports of a phase in what a command said with `--progress json`.
pub(crate) fn reports(said: &str, phase: &str) -> u64 {
    said.lines().filter(|line| line.contains(&mark(phase))).count() as u64
}

/// Starts a command with `--progress json` and kills it at this report of a phase, the first one being 1, and so much later.
/// Returns whether that phase was the last it told of; nothing if it ended before.
pub(crate) fn kill(mut command: Command, phase: &str, at: u64, later_us: u64) -> Option<bool> {
    let mut child = command.stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    let mark = mark(phase);
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
    let found =
        lines.by_ref().filter(|line| line.contains(&mark)).nth(usize::try_from(at - 1).unwrap());
    std::thread::sleep(Duration::from_micros(later_us));
    child.kill().unwrap();
    if child.wait().unwrap().code().is_some() {
        return None;
    }
    let last = lines.filter(|line| line.contains("\"phase\":")).last().or(found);
    Some(last.is_some_and(|line| line.contains(&mark)))
}
