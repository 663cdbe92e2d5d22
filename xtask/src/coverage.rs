//! `cargo xtask coverage`: line coverage per crate, with goals, and the error arms that no test of
//! the id library reaches.
//!
//! The compiler's own instrumentation, read by cargo-tarpaulin, which needs no llvm-tools.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use anyhow::{Context as _, Result};
use cargo_metadata::MetadataCommand;
use serde::Deserialize;

use crate::process::{Runner, say};
use crate::tools;

/// The share of lines that tests must reach: of the id library, and of any other crate.
const GOALS: (f64, f64) = (95.0, 80.0);

/// Words of lines that make or pass on an error.
const ERROR_WORDS: &[&str] = &["Err(", "Error", "error", "reject", "Reject", "fail", "None"];

/// What is not measured: test support and these commands.
const LEFT_OUT: &[&str] = &["crates/id-testkit", "crates/id-bench", "crates/id-counts", "xtask"];

#[derive(Debug, Deserialize)]
struct Report {
    files: Vec<Covered>,
}

/// A source file in the report: its absolute path in parts, and its lines that can be reached.
#[derive(Debug, Deserialize)]
struct Covered {
    path: Vec<String>,
    content: String,
    traces: Vec<Trace>,
}

#[derive(Debug, Deserialize)]
struct Trace {
    line: usize,
    stats: Stats,
}

#[derive(Debug, Deserialize)]
enum Stats {
    Line(u64),
    #[serde(untagged)]
    Other(serde::de::IgnoredAny),
}

/// The lines of one crate.
#[derive(Debug, Default)]
struct Lines {
    reached: u32,
    all: u32,
    /// `file:line: text` of each line that no test reached.
    missed: Vec<String>,
}

impl Lines {
    fn percent(&self) -> f64 {
        if self.all == 0 { 100.0 } else { 100.0 * f64::from(self.reached) / f64::from(self.all) }
    }
}

/// Measures and prints; returns whether every crate reaches its goal.
pub(crate) fn run(runner: &Runner) -> Result<bool> {
    let binary = tools::binary(runner, "cargo-tarpaulin")?;
    let manifest = runner.root().join("Cargo.toml");
    let metadata = MetadataCommand::new().manifest_path(manifest).no_deps().exec()?;
    let folder = metadata.target_directory.join("coverage");
    fs::create_dir_all(&folder)?;
    let mut command = Command::new(binary);
    command.args(["tarpaulin", "--engine", "llvm", "--skip-clean", "--workspace"]);
    command.args(["--all-features", "--lib", "--bins", "--tests", "--follow-exec"]);
    command.args(["--exclude", "xtask", "--out", "json", "--output-dir", folder.as_str()]);
    // A test that waits for a compiler is silent for long.
    command.args(["--timeout", "900"]);
    // Instrumented builds have other flags: a folder of their own keeps the usual one warm.
    command.arg("--target-dir").arg(&folder).env("INSTA_UPDATE", "no");
    // The model check is another build of the generator, and a program without `std` runs no tests.
    command.args(["--exclude", "id-model", "--exclude", "id-nostd"]);
    command.args(["--exclude-files", "src/generator/model.rs"]);
    // What must not compile covers nothing, and would build the library once more under instrumentation.
    command.args(["--", "--skip", "compile_fail"]);
    runner.run(&mut command).context("the tests must pass before coverage is measured")?;
    let report = fs::read_to_string(folder.join("tarpaulin-report.json"))?;
    let report: Report = serde_json::from_str(&report).context("the report is not understood")?;
    let crates = per_crate(&report, &runner.root().to_string_lossy());
    describe(&crates).iter().for_each(say);
    Ok(crates.iter().all(|(folder, lines)| lines.percent() >= goal(folder)))
}

/// Sums up the report by crate folder; the id library is `src`.
fn per_crate(report: &Report, root: &str) -> BTreeMap<String, Lines> {
    let mut crates: BTreeMap<String, Lines> = BTreeMap::new();
    for file in &report.files {
        let path = file.path.join("/").replace("//", "/");
        let Some(path) = path.strip_prefix(root).map(|path| path.trim_start_matches('/')) else {
            continue;
        };
        let Some((folder, _)) = path.split_once("/src/").or_else(|| path.split_once('/')) else {
            continue;
        };
        let is_library = path.starts_with("src/");
        if LEFT_OUT.contains(&folder) || (!is_library && !path.contains("/src/")) {
            continue;
        }
        let text: Vec<&str> = file.content.lines().collect();
        let lines = crates.entry(folder.to_owned()).or_default();
        for trace in &file.traces {
            let Stats::Line(hits) = trace.stats else { continue };
            lines.all += 1;
            if hits > 0 {
                lines.reached += 1;
                continue;
            }
            let source = text.get(trace.line - 1).unwrap_or(&"").trim();
            lines.missed.push(format!("{path}:{}: {source}", trace.line));
        }
    }
    crates
}

/// Returns the share of lines that a crate must reach.
fn goal(folder: &str) -> f64 {
    if folder == "src" { GOALS.0 } else { GOALS.1 }
}

/// Returns the lines to print: crates, then what the id library misses.
fn describe(crates: &BTreeMap<String, Lines>) -> Vec<String> {
    let mut out = vec!["\nline coverage per crate".to_owned()];
    for (folder, lines) in crates {
        let (percent, goal) = (lines.percent(), goal(folder));
        let verdict = if percent >= goal { "reached" } else { "missed" };
        let name = if folder == "src" { "unified-id (src)" } else { folder };
        let (reached, all) = (lines.reached, lines.all);
        out.push(format!("{percent:6.1} %  {name:28} {reached}/{all}, goal {goal} % {verdict}"));
    }
    let missed = crates.get("src").map(|lines| lines.missed.as_slice()).unwrap_or_default();
    let (arms, others): (Vec<&String>, Vec<&String>) =
        missed.iter().partition(|line| ERROR_WORDS.iter().any(|word| line.contains(word)));
    out.push(format!("\nunreached error arms of the id library: {}", arms.len()));
    out.extend(arms.into_iter().cloned());
    out.push(format!("\nother unreached lines of the id library: {}", others.len()));
    out.extend(others.into_iter().cloned());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_summed_up_by_crate() {
        let text = r#"{"files": [
            {"path": ["/", "r", "src", "id.rs"], "content": "a\nErr(b)\n", "traces": [
                {"line": 1, "stats": {"Line": 4}}, {"line": 2, "stats": {"Line": 0}}]},
            {"path": ["/", "r", "crates", "id-scan", "src", "a.rs"], "content": "a\n", "traces": [
                {"line": 1, "stats": {"Line": 1}}]},
            {"path": ["/", "r", "crates", "id-testkit", "src", "a.rs"], "content": "", "traces": []},
            {"path": ["/", "r", "tests", "it", "main.rs"], "content": "", "traces": []},
            {"path": ["/", "elsewhere", "src", "a.rs"], "content": "", "traces": []}
        ]}"#;
        let report: Report = serde_json::from_str(text).unwrap();
        let crates = per_crate(&report, "/r");
        assert_eq!(crates.keys().collect::<Vec<_>>(), ["crates/id-scan", "src"]);
        let library = &crates["src"];
        assert_eq!((library.reached, library.all), (1, 2));
        assert_eq!(library.missed, ["src/id.rs:2: Err(b)"]);
    }

    #[test]
    fn goals_and_missed_lines_are_told() {
        let missed = vec!["src/a.rs:1: Err(b)".to_owned(), "src/a.rs:2: c".to_owned()];
        let lines = Lines { reached: 94, all: 100, missed };
        let text = describe(&BTreeMap::from([("src".to_owned(), lines)])).join("\n");
        assert!(text.contains("94.0 %  unified-id (src)"), "{text}");
        assert!(text.contains("goal 95 % missed"), "{text}");
        assert!(text.contains("error arms of the id library: 1\nsrc/a.rs:1: Err(b)"), "{text}");
        assert!(text.ends_with("lines of the id library: 1\nsrc/a.rs:2: c"), "{text}");
        assert!(goal("crates/id-scan") < goal("src"));
    }
}
