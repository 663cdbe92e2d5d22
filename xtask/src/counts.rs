//! `cargo xtask counts`: instructions per call of the hot paths, compared with the committed numbers.
//!
//! Counted by valgrind's callgrind, which gives the same number on a busy machine; the start of the process is taken out
//! by running each case with two different counts. A number depends on the compiler, so it is blessed anew with the
//! toolchain.

use std::collections::BTreeMap;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::process::{Runner, cargo, say};

/// The committed numbers.
const FILE: &str = "crates/id-bench/counts.toml";
/// How often a case runs in the shorter and in the longer run.
const RUNS: [u64; 2] = [1_000, 11_000];
/// More than this fraction above the committed number is a regression.
const TOLERANCE: f64 = 0.03;

/// Counts every case of the file; `false` means that one has become slower.
pub(crate) fn run(runner: &Runner, bless: bool) -> Result<bool> {
    let path = runner.root().join(FILE);
    let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {FILE}"))?;
    let committed: BTreeMap<String, f64> =
        toml::from_str(&text).with_context(|| format!("{FILE} is no table"))?;
    runner.run(&mut cargo(&["build", "--release", "--package", "id-bench", "--bin", "counts"]))?;
    let (mut counted, mut clean) = (BTreeMap::new(), true);
    for (case, expected) in &committed {
        let [short, long] = RUNS.map(|count| instructions(runner, case, count));
        #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
        let count = (long?.saturating_sub(short?)) as f64 / (RUNS[1] - RUNS[0]) as f64;
        let is_slower = count > expected * (1.0 + TOLERANCE) + 1.0;
        clean &= !is_slower;
        let verdict = if is_slower { "SLOWER" } else { "" };
        say(format!("{case:24}{count:9.1} instructions, committed {expected:.1} {verdict}"));
        counted.insert(case.clone(), (count * 10.0).round() / 10.0);
    }
    if bless {
        let comment =
            text.split_inclusive('\n').take_while(|line| line.starts_with('#')).collect::<String>();
        write(&path, &(comment + "\n" + &toml::to_string(&counted)?))?;
        return Ok(true);
    }
    if !clean {
        say(
            "find out what became slower, or, if it is meant, run `cargo xtask counts --bless` and say why in the commit",
        );
    }
    Ok(clean)
}

/// Runs a case under callgrind and returns how many instructions the whole process took.
fn instructions(runner: &Runner, case: &str, count: u64) -> Result<u64> {
    let mut command = Command::new("valgrind");
    command
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null", "--log-fd=1"])
        .arg(runner.root().join("target/release/counts"))
        .args([case, &count.to_string()]);
    let log = runner
        .capture(&mut command)
        .context("install valgrind, for example from Debian's packages")?;
    let collected = log.lines().find_map(|line| line.split_once("Collected : "));
    match collected.and_then(|(_, number)| number.trim().parse().ok()) {
        Some(number) => Ok(number),
        None => bail!("valgrind printed no count for {case}:\n{log}"),
    }
}

#[expect(clippy::disallowed_methods, reason = "a developer's file under version control")]
fn write(path: &std::path::Path, text: &str) -> Result<()> {
    std::fs::write(path, text).with_context(|| format!("cannot write {FILE}"))
}
