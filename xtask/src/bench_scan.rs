//! `cargo xtask bench-scan`: the scanner beside ripgrep, ruff and ast-grep, on one tree in one run.
//!
//! The tree is everything that `cargo xtask fetch` pins and the packages of `xtask/corpora.toml`
//! that are pinned for this command. hyperfine takes the times; the contenders take turns, so that
//! a machine that gets busier slows all of them. Prints the finished table for `docs/benchmarks/`.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::process::{Runner, cargo, say};
use crate::{fetch, tools};

/// The fewest Python files that the tree must have.
const MIN_FILES: usize = 5_000;
/// How many files the measured diff changes.
const CHANGED: usize = 20;
/// The size of a tree as teams have it, and how many calls it has.
const TEAM_FILES: usize = 1_700;
const TEAM_CALLS: usize = 10_000;
const HEAD: &str =
    "| command | median ms | best ms | CPU ms | peak MB | ratio, medians | ratio, best | required |
|---|---:|---:|---:|---:|---:|---:|---|";
/// The functions of `uuid` that make ids.
const GENERATORS: [&str; 7] = ["uuid1", "uuid3", "uuid4", "uuid5", "uuid6", "uuid7", "uuid8"];

/// The flags of `cargo xtask bench-scan`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// How often the contenders take turns.
    #[arg(long, default_value_t = 10)]
    rounds: u32,
    /// Leaves out what takes seconds: ast-grep.
    #[arg(long)]
    quick: bool,
}

/// What is required of a ratio or a number.
#[derive(Clone, Copy, Debug)]
enum Goal {
    None,
    /// Ours takes at most that many times its time.
    AtMost(f64),
    /// It takes at least that many times our time.
    AtLeast(f64),
}

/// A command that is measured, and all that was measured of it.
#[derive(Debug)]
struct Contender {
    name: &'static str,
    words: Vec<OsString>,
    goal: Goal,
    seconds: Vec<f64>,
    cpu: Vec<f64>,
    peak_bytes: f64,
}

impl Contender {
    fn new<S: AsRef<OsStr>>(name: &'static str, goal: Goal, words: &[S]) -> Self {
        let words = words.iter().map(|word| word.as_ref().to_owned()).collect();
        Self { name, words, goal, seconds: Vec::new(), cpu: Vec::new(), peak_bytes: 0.0 }
    }

    fn median(&self) -> f64 {
        let mut sorted = self.seconds.clone();
        sorted.sort_by(f64::total_cmp);
        sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
    }

    fn best(&self) -> f64 {
        self.seconds.iter().copied().fold(f64::INFINITY, f64::min)
    }

    fn best_cpu(&self) -> f64 {
        self.cpu.iter().copied().fold(f64::INFINITY, f64::min)
    }
}

/// Measures and prints; `false` means that a goal is missed.
pub(crate) fn run(runner: &Runner, args: &Args) -> Result<bool> {
    fetch::run(runner, true)?;
    runner.run(&mut cargo(&["build", "--release", "--package", "id-lint"]))?;
    let [rg, ruff, sg, hyperfine] =
        ["ripgrep", "ruff", "ast-grep-cli", "hyperfine"].map(|name| tools::binary(runner, name));
    let (rg, ruff, sg, hyperfine) = (rg?, ruff?, sg?, hyperfine?);
    let built = runner.root().join("target/release/id-lint");
    let temporary = tempfile::tempdir()?;
    let folder = temporary.path();
    // A copy without ignore rules of this repository around it, and a history for the diff.
    let tree = folder.join("tree");
    say("copying the tree and committing it".to_owned());
    let count = copy_tree(runner, &tree)?;
    if count < MIN_FILES {
        bail!("the tree has {count} Python files, {MIN_FILES} are needed");
    }
    let settings = folder.join("ruff.toml");
    tools::write(&settings, &ruff_settings())?;
    let cache = folder.join("ruff-cache");
    let path = |path: &Path| path.as_os_str().to_owned();
    let words = |words: &[&OsStr]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let o = OsStr::new;
    let ruff_words = |more: &[&OsStr]| {
        let mut all = words(&[ruff.as_os_str(), o("check"), o("--quiet"), o("--isolated")]);
        all.truncate(3);
        all.extend(words(&[o("--select"), o("TID251"), o("--config"), settings.as_os_str()]));
        all.extend(words(more));
        all.push(o(".").to_owned());
        all
    };
    let warm = ruff_words(&[o("--cache-dir"), cache.as_os_str()]);
    let cold = ruff_words(&[o("--no-cache")]);
    let mut scans = vec![
        Contender::new("id-lint scan", Goal::None, &[path(&built), o("scan").into()]),
        Contender::new(
            r"rg -n 'uuid[13-8]\('",
            Goal::AtMost(1.6),
            &[path(&rg), o("-n").into(), o(r"uuid[13-8]\(").into(), o(".").into()],
        ),
        Contender::new("ruff TID251, warm cache", Goal::AtLeast(4.0), &warm),
        Contender::new("ruff TID251, no cache", Goal::AtLeast(10.0), &cold),
    ];
    let pattern = "uuid.uuid4($$$)";
    let sg_words = [path(&sg), o("run").into(), o("-l").into(), o("py").into(), o("-p").into()];
    let sg_words = [&sg_words[..], &[o(pattern).into(), o(".").into()]].concat();
    let mut slow = vec![Contender::new("ast-grep, one pattern", Goal::AtLeast(100.0), &sg_words)];
    let mut since = vec![Contender::new(
        "id-lint scan --since HEAD, 20 files",
        Goal::None,
        &[path(&built), o("scan").into(), o("--since").into(), o("HEAD").into()],
    )];
    let team = folder.join("team");
    say(format!("making {TEAM_FILES} files with {TEAM_CALLS} calls"));
    let mut make =
        cargo(&["run", "--quiet", "--package", "id-testkit", "--bin", "stray_tree", "--"]);
    make.arg(&team).args([TEAM_FILES, TEAM_CALLS].map(|number| number.to_string()));
    runner.run(&mut make)?;
    let mut teams = vec![
        Contender::new("id-lint scan", Goal::None, &[path(&built), o("scan").into()]),
        Contender::new(
            "rg -n uuid4",
            Goal::None,
            &[path(&rg), o("-n").into(), o("uuid4").into(), o(".").into()],
        ),
    ];
    let mut by_git =
        vec![Contender::new("git diff --name-only", Goal::None, &["git", "diff", "--name-only"])];
    let stopwatch = Stopwatch { runner, hyperfine, folder: folder.to_owned() };
    for round in 0..args.rounds {
        say(format!("round {} of {}", round + 1, args.rounds));
        stopwatch.measure(&tree, &mut scans, 3)?;
        stopwatch.measure(&tree, &mut since, 5)?;
        stopwatch.measure(&tree, &mut by_git, 5)?;
        stopwatch.measure(&team, &mut teams, 5)?;
        // It takes seconds; two rounds are enough to say so.
        if !args.quick && round < 2 {
            stopwatch.measure(&tree, &mut slow, 1)?;
        }
    }
    if !args.quick {
        scans.append(&mut slow);
    }
    let mut clean = print(runner, &tree, &scans, &since[0], count);
    say(row(&by_git[0], " | ", ""));
    let found = calls_found(runner, &team, &built)?;
    say(format!(
        "\nA generated tree of {TEAM_FILES} files with {TEAM_CALLS} calls; `id-lint scan` finds {found}:\n"
    ));
    say(HEAD.to_owned());
    let is_quick = found == TEAM_CALLS && teams[0].median() < 0.100;
    clean &= is_quick;
    let required = format!("all, below 100 ms{}", if is_quick { "" } else { " MISSED" });
    say(row(&teams[0], " | ", &required));
    say(row(&teams[1], " | ", ""));
    compare_finds(runner, &tree, &built, &cold)?;
    Ok(clean)
}

/// Copies the corpora of Python, commits them, and changes files without committing that.
fn copy_tree(runner: &Runner, tree: &Path) -> Result<usize> {
    const SCRIPT: &str = r#"set -e
root="$0" tree="$1" changed="$2"
shift 2
mkdir "$tree"
for folder in "$@"; do cp -R "$root/.corpora/$folder" "$tree"/; done
cd "$tree"
git init --quiet
git config gc.auto 0
git config maintenance.auto false
git add --all .
git -c user.name=bench -c user.email=bench@example.org commit --quiet --message tree
git gc --quiet
find . -name '*.py' -size +1k | LC_ALL=C sort | awk 'NR % 101 == 0' | head -n "$changed" |
while read -r file; do
    printf '\nimport uuid\n\nchanged_id = str(uuid.uuid4())\n' >> "$file"
done
git diff --name-only | wc -l
find . -name '*.py' | wc -l"#;
    let mut command = Command::new("sh");
    command.args(["-c", SCRIPT]).arg(runner.root()).arg(tree).arg(CHANGED.to_string());
    command.args(fetch::python_folders(runner)?);
    let text = runner.capture(&mut command)?;
    let numbers: Vec<usize> = text.split_whitespace().flat_map(str::parse).collect();
    let [changed, count] = numbers[..] else { bail!("the tree was not made: {text}") };
    if changed != CHANGED {
        bail!("{changed} files were changed instead of {CHANGED}");
    }
    Ok(count)
}

fn ruff_settings() -> String {
    let mut text = "[lint.flake8-tidy-imports.banned-api]\n".to_owned();
    for name in GENERATORS {
        writeln!(text, "\"uuid.{name}\".msg = \"no\"").expect("invariant: a string takes all");
    }
    text
}

struct Stopwatch<'a> {
    runner: &'a Runner,
    hyperfine: PathBuf,
    folder: PathBuf,
}

impl Stopwatch<'_> {
    /// Runs each contender a few times, one after the other, in the tree.
    fn measure(&self, tree: &Path, contenders: &mut [Contender], runs: u32) -> Result<()> {
        let result = self.folder.join("result.json");
        // One at a time: the peak of memory is that of everything that one hyperfine ran.
        for contender in contenders {
            let mut command = Command::new("sh");
            // It warns of exit codes other than 0, which findings have.
            let script =
                r#"cd "$0" && "$@" > /dev/null 2> ../errors || { cat ../errors >&2; exit 1; }"#;
            command.args(["-c", script]).arg(tree).arg(&self.hyperfine);
            command.args(["--shell=none", "--ignore-failure", "--style=none", "--warmup=1"]);
            command.arg(format!("--runs={runs}")).arg("--export-json").arg(&result);
            command.arg(quoted(&contender.words)?);
            self.runner.run(&mut command)?;
            let text = fs::read_to_string(&result)?;
            let read: Value = serde_json::from_str(&text).context("hyperfine's result")?;
            let result = &read["results"][0];
            let numbers =
                |key: &str| result[key].as_array().into_iter().flatten().filter_map(Value::as_f64);
            contender.seconds.extend(numbers("times"));
            let cpu = ["user", "system"].iter().filter_map(|key| result[key].as_f64()).sum();
            contender.cpu.push(cpu);
            contender.peak_bytes =
                numbers("memory_usage_byte").fold(contender.peak_bytes, f64::max);
        }
        Ok(())
    }
}

/// A command line as hyperfine splits it.
fn quoted(words: &[OsString]) -> Result<String> {
    let words = words.iter().map(|word| word.to_str().context("a path is not UTF-8"));
    let quoted = words.map(|word| word.map(|word| format!("'{word}'")));
    quoted.collect::<Result<Vec<_>>>().map(|words| words.join(" "))
}

fn print(
    runner: &Runner,
    tree: &Path,
    scans: &[Contender],
    since: &Contender,
    count: usize,
) -> bool {
    let version = |words: &[&OsStr]| {
        let mut command = Command::new(words[0]);
        let text = runner.capture(command.args(&words[1..])).unwrap_or_default();
        text.lines().next().unwrap_or_default().trim().to_owned()
    };
    let ours = &scans[0];
    let mut clean = true;
    let mut judge = |holds: bool, text: String| {
        clean &= holds;
        if holds { text } else { format!("{text} MISSED") }
    };
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name"));
    let model = model.map_or("", |model| model.trim_start_matches(['\t', ' ', ':']));
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get);
    let files = version(&[
        OsStr::new("git"),
        OsStr::new("-C"),
        tree.as_os_str(),
        OsStr::new("rev-parse"),
        OsStr::new("--short=12"),
        OsStr::new("HEAD^{tree}"),
    ]);
    say(format!(
        "\n{model}, {threads} processors; tree {files} with {count} Python files; each row: median and best wall time, best processor time (user and system), peak memory."
    ));
    let versions: Vec<_> = scans
        .iter()
        .map(|scan| version(&[&scan.words[0], OsStr::new("--version")]))
        .chain([version(&[OsStr::new("git"), OsStr::new("--version")])])
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    say(format!("Versions: {}.\n", versions.join(", ")));
    say(HEAD.to_owned());
    for scan in scans {
        let ratio = |value: fn(&Contender) -> f64| match scan.goal {
            Goal::AtMost(_) => value(ours) / value(scan),
            _ => value(scan) / value(ours),
        };
        let (median, best) = (ratio(Contender::median), ratio(Contender::best));
        let required = match scan.goal {
            Goal::None => judge(scan.peak_bytes <= 40e6, "peak at most 40 MB".to_owned()),
            Goal::AtMost(most) => judge(median <= most, format!("at most {most}")),
            Goal::AtLeast(least) => judge(median >= least, format!("at least {least}")),
        };
        say(row(scan, &format!("{median:.2} | {best:.2}"), &required));
    }
    let required = judge(since.median() < 0.030, "below 30 ms".to_owned());
    say(row(since, " | ", &required));
    clean
}

fn row(contender: &Contender, ratios: &str, required: &str) -> String {
    format!(
        "| `{}` | {:.1} | {:.1} | {:.1} | {:.1} | {ratios} | {required} |",
        contender.name,
        contender.median() * 1e3,
        contender.best() * 1e3,
        contender.best_cpu() * 1e3,
        contender.peak_bytes / 1e6,
    )
}

/// How many calls are found in the generated tree, whose number is known.
fn calls_found(runner: &Runner, tree: &Path, built: &Path) -> Result<usize> {
    let mut command = Command::new("sh");
    command.args(["-c", r#"cd "$0" && { "$1" scan --format=json || test $? -eq 1; }"#]);
    let report: Value = serde_json::from_str(&runner.capture(command.arg(tree).arg(built))?)?;
    let findings = report["findings"].as_array().into_iter().flatten();
    Ok(findings.filter(|found| found["function"] == "uuid4" && found["kind"] == "call").count())
}

/// Says which lines with a use of `uuid` the peer does not report.
fn compare_finds(runner: &Runner, tree: &Path, built: &Path, ruff: &[OsString]) -> Result<()> {
    let inside = |words: &[&OsStr]| {
        let mut command = Command::new("sh");
        // Both end with 1 where they find something.
        command.args(["-c", r#"cd "$0" && { "$@" || test $? -eq 1; }"#]).arg(tree).args(words);
        runner.capture(&mut command)
    };
    let o = OsStr::new;
    let text = inside(&[built.as_os_str(), o("scan"), o("--format=json")])?;
    let read: Value = serde_json::from_str(&text)?;
    let mut ours = BTreeSet::new();
    for found in read["findings"].as_array().into_iter().flatten() {
        let (path, rule) = (found["path"].as_str(), found["rule"].as_str());
        let function = found["function"].as_str().unwrap_or_default();
        if let (Some(path), Some("UID001" | "UID002" | "UID003" | "UID004")) = (path, rule)
            && GENERATORS.contains(&function)
            && Path::new(path).extension() == Some(o("py"))
        {
            ours.insert((path.to_owned(), found["line"].as_u64().unwrap_or_default()));
        }
    }
    let mut words: Vec<&OsStr> = ruff.iter().map(OsString::as_os_str).collect();
    words.push(o("--output-format=json"));
    let read: Value = serde_json::from_str(&inside(&words)?)?;
    let tree = tree.canonicalize()?;
    let mut theirs = BTreeSet::new();
    for found in read.as_array().into_iter().flatten() {
        let path = Path::new(found["filename"].as_str().unwrap_or_default());
        let path = path.strip_prefix(&tree).unwrap_or(path).to_string_lossy().into_owned();
        if found["code"].as_str() == Some("TID251") {
            let line = found["location"]["row"].as_u64().unwrap_or_default();
            theirs.insert((path, line));
        }
    }
    let missed = ours.difference(&theirs).count();
    say(format!(
        "\nLines with a use of `uuid`: {} by id-lint; ruff's TID251 reports {} of them and misses {missed}; it reports {} lines besides.",
        ours.len(),
        ours.len() - missed,
        theirs.difference(&ours).count(),
    ));
    for (path, line) in ours.difference(&theirs).take(5) {
        say(format!("  missed by ruff, for example: {path}:{line}"));
    }
    for (path, line) in theirs.difference(&ours).take(5) {
        say(format!("  only by ruff, for example: {path}:{line}"));
    }
    Ok(())
}
