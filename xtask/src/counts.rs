//! `cargo xtask counts`: instructions per call of the hot paths, compared with the committed numbers.
//!
//! Counted by valgrind's callgrind, which gives the same number on a busy machine; the start of the process is taken out
//! by running each case with two different counts. Valgrind shows every program the same processor, so that the numbers
//! of an Intel and an AMD machine are equal; only whether there is AVX2 comes from the machine. They depend on the
//! compiler, whose version stands in the file; with another one only a much slower path is a regression.

use std::collections::BTreeMap;
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use serde::{Deserialize, Serialize};

use crate::process::{Runner, cargo, say};
use crate::tools::{self, Valgrind};

/// The committed numbers.
const FILE: &str = "crates/id-counts/counts.toml";
/// How often a case runs in the shorter and in the longer run.
const RUNS: [u64; 2] = [1_000, 11_000];
/// More than this fraction above the committed number is a regression: with the same compiler, and with another one.
const TOLERANCE: (f64, f64) = (0.03, 0.25);

/// The committed numbers, by case, and the compiler that they are of.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Counts {
    rustc: String,
    instructions: BTreeMap<String, f64>,
}

/// Counts every case of the file; `false` means that one has become slower.
pub(crate) fn run(runner: &Runner, bless: bool) -> Result<bool> {
    if let Some(missing) = missing() {
        if bless {
            bail!("{FILE} holds the numbers of Linux on x86-64 with AVX2: {missing}");
        }
        say(format!("instructions are not counted here: {missing}"));
        return Ok(true);
    }
    let path = runner.root().join(FILE);
    let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {FILE}"))?;
    let committed: Counts =
        toml::from_str(&text).with_context(|| format!("{FILE} is not understood"))?;
    let rustc = rustc(runner)?;
    let is_same = rustc == committed.rustc;
    let tolerance = if is_same { TOLERANCE.0 } else { TOLERANCE.1 };
    if !is_same {
        let (then, percent) = (&committed.rustc, tolerance * 100.0);
        say(format!(
            "{FILE} is of rustc {then}, this is {rustc}: up to {percent} % more is taken for the compiler's"
        ));
    }
    runner.run(&mut cargo(&["build", "--release", "--package", "id-counts"]))?;
    let valgrind = tools::valgrind(runner)?;
    let (mut counted, mut clean) = (BTreeMap::new(), true);
    for (case, expected) in &committed.instructions {
        let [short, long] = RUNS.map(|count| instructions(runner, &valgrind, case, count));
        #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
        let count = (long?.saturating_sub(short?)) as f64 / (RUNS[1] - RUNS[0]) as f64;
        let verdict = verdict(count, *expected, tolerance);
        clean &= verdict != SLOWER;
        say(format!("{case:24}{count:9.1} instructions, committed {expected:.1} {verdict}"));
        counted.insert(case.clone(), (count * 10.0).round() / 10.0);
    }
    if bless {
        let comment =
            text.split_inclusive('\n').take_while(|line| line.starts_with('#')).collect::<String>();
        let counts = Counts { rustc, instructions: counted };
        tools::write(&path, &(comment + "\n" + &toml::to_string(&counts)?))?;
        return Ok(true);
    }
    if !clean {
        say(
            "find out what became slower, or, if it is meant, run `cargo xtask counts --bless` and say why in the commit",
        );
    }
    Ok(clean)
}

const SLOWER: &str = "SLOWER";

/// Tells whether a count is a regression, or so much better that it should be committed.
fn verdict(count: f64, expected: f64, tolerance: f64) -> &'static str {
    // One instruction is noise of the rounding, of a case that has hardly any.
    if count > expected * (1.0 + tolerance) + 1.0 {
        SLOWER
    } else if count < expected * (1.0 - tolerance) - 1.0 {
        "faster: bless it, so that it stays"
    } else {
        ""
    }
}

/// Returns why this machine cannot count what the committed numbers are of.
fn missing() -> Option<&'static str> {
    if !cfg!(target_os = "linux") {
        return Some("valgrind needs Linux");
    }
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        return None;
    }
    Some("the processor has no AVX2")
}

/// Returns the version of the compiler, as `1.95.0`.
fn rustc(runner: &Runner) -> Result<String> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let text = runner.capture(Command::new(rustc).arg("--version"))?;
    let version = text.split_whitespace().nth(1).context("rustc --version printed no version")?;
    Ok(version.to_owned())
}

/// Runs a case under callgrind and returns how many instructions the whole process took.
fn instructions(runner: &Runner, valgrind: &Valgrind, case: &str, count: u64) -> Result<u64> {
    let mut command = valgrind.command();
    command
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null", "--log-fd=1"])
        .arg(runner.root().join("target/release/id-counts"))
        .args([case, &count.to_string()]);
    let log = runner.capture(&mut command)?;
    let collected = log.lines().find_map(|line| line.split_once("Collected : "));
    match collected.and_then(|(_, number)| number.trim().parse().ok()) {
        Some(number) => Ok(number),
        None => bail!("valgrind printed no count for {case}:\n{log}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_than_the_tolerance_is_a_regression() {
        let verdicts = [102.0, 103.9, 104.1, 96.1, 95.9].map(|count| verdict(count, 100.0, 0.03));
        assert_eq!(verdicts[..3], ["", "", SLOWER]);
        assert_eq!(verdicts[3], "");
        assert!(verdicts[4].starts_with("faster"));
        assert_eq!(verdict(120.0, 100.0, 0.25), "");
    }

    #[test]
    fn the_committed_numbers_are_understood() {
        let counts: Counts =
            toml::from_str(include_str!("../../crates/id-counts/counts.toml")).unwrap();
        assert!(!counts.instructions.is_empty());
        assert!(counts.instructions.values().all(|count| *count > 0.0));
    }
}
