//! Runs the fuzz targets on the stable toolchain: coverage counters, no sanitizer.
//!
//! What a run keeps goes to `target/fuzz`, a find to `target/fuzz/finds`; whoever has one puts it into `fuzz/finds/<target>`,
//! where the test command replays it.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};
use toml::Table;

use crate::process::{Runner, cargo, say};

/// The targets, and the longest input of each in bytes.
const TARGETS: [(&str, usize); 11] = [
    ("parse", 600),
    ("legacy", 600),
    ("route", 600),
    ("codec", 26),
    ("python", 4_000),
    ("shared", 4_000),
    ("fix", 2_000),
    ("baseline", 2_000),
    ("diff", 2_000),
    ("rest", 2_000),
    ("mcp", 2_000),
];

/// How long each target runs.
const SECONDS: u32 = 300;

/// What `cargo fuzz build -s none` sets.
const RUSTFLAGS: &str = "--cfg fuzzing -Ccodegen-units=1 -Cpasses=sancov-module \
    -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares";

/// Builds the targets and runs one after the other; a find is an error.
pub(super) fn run(runner: &Runner) -> Result<()> {
    let folder = runner.root().join("target").join("fuzz");
    let version = runner.capture(Command::new("rustc").arg("-vV"))?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    let host = host.context("`rustc -vV` names no host")?;
    let manifest = runner.root().join("fuzz").join("Cargo.toml");
    // With a target named, build scripts and macros are built without counters.
    let mut build = cargo(&["build", "--release", "--target", host, "--manifest-path"]);
    build.arg(manifest).arg("--target-dir").arg(&folder);
    runner.run(build.env("RUSTFLAGS", RUSTFLAGS)).context("libFuzzer needs a C++ compiler")?;
    let seeds = seeds(runner.root(), &folder)?;
    for (target, max_len) in TARGETS {
        say(format!("-- {target}, {SECONDS} s"));
        let (kept, finds) = (folder.join("corpus").join(target), folder.join("finds"));
        fs::create_dir_all(&kept)?;
        fs::create_dir_all(&finds)?;
        let mut prefix = OsString::from("-artifact_prefix=");
        prefix.push(finds.join(format!("{target}-")));
        let mut command = Command::new(folder.join(host).join("release").join(target));
        command.arg(kept).args(seeds_of(target).map(|folder| seeds.join(folder)));
        // What is committed; a target may have nothing yet.
        for part in ["corpus", "finds"] {
            let committed = runner.root().join("fuzz").join(part).join(target);
            command.args(committed.exists().then_some(committed));
        }
        command.arg(prefix).arg(format!("-max_len={max_len}"));
        command.arg(format!("-max_total_time={SECONDS}")).arg("-print_final_stats=1");
        runner.run(&mut command).with_context(|| {
            format!("{target} has a find: put it into fuzz/finds/{target} and write a test of it")
        })?;
    }
    Ok(())
}

/// The folder of the seeds of a target; the server's are committed.
fn seeds_of(target: &str) -> Option<&'static str> {
    match target {
        "parse" | "legacy" | "codec" => Some("ids"),
        "rest" | "mcp" => None,
        _ => Some("sources"),
    }
}

/// Writes the inputs of the corpora as files, because the fuzzer starts from files.
fn seeds(root: &Path, folder: &Path) -> Result<PathBuf> {
    let all = folder.join("seeds");
    let sources = all.join("sources");
    fs::create_dir_all(&sources)?;
    // The cases of the scanner: texts between lines that begin with `===`.
    for entry in fs::read_dir(root.join("crates/id-scan/tests/data"))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let text = fs::read_to_string(entry.path())?.replace(['\u{ab}', '\u{bb}'], "");
        for (at, case) in text.split("\n===").enumerate() {
            let case = case.split_once('\n').map_or(case, |(_, case)| case);
            crate::tools::write(&sources.join(format!("{name}-{at}")), case)?;
        }
    }
    let seeds = all.join("ids");
    fs::create_dir_all(&seeds)?;
    for (file, rows) in [("valid.toml", "row"), ("invalid.toml", "row"), ("legacy.toml", "case")] {
        let table: Table = fs::read_to_string(root.join("tests/corpora").join(file))?.parse()?;
        let rows = table.get(rows).and_then(|rows| rows.as_array()).context("no rows")?;
        for (at, row) in rows.iter().enumerate() {
            let input = row.get("input").and_then(|input| input.as_str()).context("no input")?;
            crate::tools::write(&seeds.join(format!("{file}-{at}")), input)?;
        }
    }
    for file in ["legacy_ids.jsonl", "not_ids.jsonl"] {
        let text = fs::read_to_string(root.join("tests/corpora").join(file))?;
        for (at, line) in text.lines().enumerate() {
            let row: serde_json::Value = serde_json::from_str(line)?;
            let id = row["id"].as_str().context("no id")?;
            crate::tools::write(&seeds.join(format!("{file}-{at}")), id)?;
        }
    }
    Ok(all)
}
