//! The steps of `cargo xtask test`, cheap ones first.
//!
//! All cargo steps share the one build folder; their flags are chosen so that what one step builds
//! the next can use.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use cargo_metadata::{Metadata, MetadataCommand, Package, TargetKind};

use super::tally::Tally;
use crate::process::{Runner, cargo, say};
use crate::{counts, docs, duckdb, fetch, postgres, python, server, tidy, tools};

/// One check: fails by an error or by what it counts.
pub(crate) struct Step {
    pub(crate) name: &'static str,
    pub(crate) what: &'static str,
    pub(crate) run: fn(&Runner, &mut Tally) -> Result<()>,
}

/// Every step, in order.
pub(crate) const STEPS: &[Step] = &[
    Step { name: "fmt", what: "sources are formatted", run: fmt },
    Step { name: "tidy", what: "the structure is kept", run: tidy },
    Step { name: "typos", what: "words are spelled right", run: typos },
    Step { name: "clippy", what: "no lint fires", run: clippy },
    Step { name: "deny", what: "licences, bans and sources of dependencies", run: deny },
    Step { name: "docs", what: "generated pages are current", run: docs },
    Step { name: "fetch", what: "the pinned real projects are there", run: fetch },
    Step { name: "test", what: "tests of all crates, snapshots are all referenced", run: test },
    Step { name: "doctest", what: "examples in the documentation", run: doctest },
    Step { name: "model", what: "the generator under all orders of memory accesses", run: model },
    Step { name: "examples", what: "every example of every crate runs", run: examples },
    Step { name: "rustdoc", what: "the documentation builds without warnings", run: rustdoc },
    Step {
        name: "features",
        what: "unified-id and id-migrate with each feature, none and all",
        run: features,
    },
    Step {
        name: "portable",
        what: "unified-id without `unsafe` gives the same answers",
        run: portable,
    },
    Step { name: "no-std", what: "a program without the standard library uses ids", run: no_std },
    Step { name: "typescript", what: "the TypeScript package, on the same data", run: typescript },
    Step { name: "counts", what: "no hot path takes more instructions", run: counts },
    Step { name: "python", what: "the Python package, built, installed and tested", run: python },
    Step { name: "server", what: "the server, as clients and a browser see it", run: server },
    Step { name: "lint", what: "our own tree has no stray ids", run: lint },
];

/// What of our own tree is scanned: all but `examples/stray`, the sample that has findings on purpose.
const OWN_SOURCES: [&str; 5] = ["crates", "docs", "src", "tests", "xtask"];

fn lint(runner: &Runner, _: &mut Tally) -> Result<()> {
    let mut command = cargo(&["run", "--quiet", "--bin", "id-lint", "--", "scan"]);
    runner.run(command.args(OWN_SOURCES)).context("our own code makes ids with `unified-id` only")
}

/// Compiles the TypeScript package and runs its tests on a Node of a known version.
fn typescript(runner: &Runner, tally: &mut Tally) -> Result<()> {
    let node = tools::node(runner)?;
    let folder = runner.root().join("bindings/typescript");
    let mut install = tools::npm(runner)?;
    install.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix"]);
    runner.run(install.arg(&folder)).context("npm fetched not all that is pinned")?;
    let mut compile = Command::new(&node);
    compile.arg(folder.join("node_modules/typescript/bin/tsc")).arg("--project").arg(&folder);
    runner.run(&mut compile).context("the TypeScript package has the errors above")?;
    let mut test = Command::new(&node);
    test.args(["--test", "--test-reporter=tap"]).arg(folder.join("dist/test/*.js"));
    count(runner, &mut test, tally)
}

/// Builds the wheel and tests what a user gets: in an environment with nothing else in it.
fn python(runner: &Runner, tally: &mut Tally) -> Result<()> {
    let environment = python::prepare(runner)?;
    environment.check_types(runner)?;
    count(runner, &mut environment.pytest(), tally)
}

/// Asks the server what its clients ask: MCP, REST, a browser.
fn server(runner: &Runner, tally: &mut Tally) -> Result<()> {
    count(runner, &mut server::pytest(runner)?, tally)
}

fn fmt(runner: &Runner, _: &mut Tally) -> Result<()> {
    runner.run(&mut cargo(&["fmt", "--all", "--check"])).context("run `cargo fmt --all`")
}

fn tidy(runner: &Runner, _: &mut Tally) -> Result<()> {
    if !tidy::run(runner)? {
        bail!("see the lines above");
    }
    Ok(())
}

fn typos(runner: &Runner, _: &mut Tally) -> Result<()> {
    let binary = tools::binary(runner, "typos")?;
    runner
        .run(Command::new(binary).args(["--config", "typos.toml"]))
        .context("correct the words above, or teach them to typos.toml")
}

fn clippy(runner: &Runner, _: &mut Tally) -> Result<()> {
    let args = ["clippy", "--workspace", "--all-targets", "--all-features", "--", "-D", "warnings"];
    runner.run(&mut cargo(&args))
}

fn deny(runner: &Runner, _: &mut Tally) -> Result<()> {
    let binary = tools::binary(runner, "cargo-deny")?;
    // The Python package has a lock file of its own.
    for manifest in ["Cargo.toml", "bindings/python/Cargo.toml"] {
        let mut command = Command::new(&binary);
        command.args(["--manifest-path", manifest, "--workspace", "--all-features"]);
        command.args(["--log-level", "error", "check", "bans", "licenses", "sources"]);
        runner.run(&mut command)?;
    }
    Ok(())
}

fn docs(runner: &Runner, _: &mut Tally) -> Result<()> {
    if !docs::run(runner, true)? {
        bail!("generated pages differ: run `cargo xtask docs` and commit what it writes");
    }
    Ok(())
}

fn fetch(runner: &Runner, _: &mut Tally) -> Result<()> {
    fetch::run(runner, false)
}

fn test(runner: &Runner, tally: &mut Tally) -> Result<()> {
    postgres::fetch(runner)?;
    tools::chdb(runner)?;
    duckdb::fetch(runner)?;
    let metadata = metadata(runner)?;
    let references = metadata.target_directory.join("xtask").join("snapshot-references");
    fs::create_dir_all(references.parent().context("invariant: the file lies in a folder")?)?;
    tools::write(references.as_std_path(), "")?;
    let mut command = cargo(&["test", "--workspace", "--all-features", "--no-fail-fast"]);
    command.args(["--lib", "--bins", "--tests"]).env("INSTA_UPDATE", "no");
    // One commit, one answer: properties try the same cases each time here, and new ones in `cargo xtask soak`.
    if std::env::var_os("PROPTEST_RNG_SEED").is_none() {
        command.env("PROPTEST_RNG_SEED", "1");
    }
    // insta appends the path of every snapshot file that a test looks at.
    command.env("INSTA_SNAPSHOT_REFERENCES_FILE", &references);
    count(runner, &mut command, tally)?;
    let unreferenced = unreferenced(&runner.root().join("snapshots"), references.as_std_path())?;
    for path in &unreferenced {
        let path = path.strip_prefix(runner.root()).unwrap_or(path).display();
        say(format!("{path}: no test looks at this snapshot, delete it"));
    }
    if !unreferenced.is_empty() {
        bail!("{} snapshot files are not referenced by any test", unreferenced.len());
    }
    Ok(())
}

fn doctest(runner: &Runner, tally: &mut Tally) -> Result<()> {
    let mut command = cargo(&["test", "--workspace", "--all-features", "--doc"]);
    count(runner, &mut command, tally)
}

/// Runs the model check, whose words of memory are the checker's, in a build folder of its own.
fn model(runner: &Runner, tally: &mut Tally) -> Result<()> {
    let folder = metadata(runner)?.target_directory.join("model");
    let mut command = cargo(&["test", "--package", "id-model", "--tests", "--target-dir"]);
    command.arg(folder).env("RUSTFLAGS", "--cfg unified_id_model");
    // Each fault that is found is a panic, on purpose; its frames say nothing.
    count(runner, command.env("RUST_BACKTRACE", "0"), tally)
}

/// Runs a test command, shows its output live and counts its result lines.
fn count(runner: &Runner, command: &mut Command, tally: &mut Tally) -> Result<()> {
    let finished = runner.tee(command)?;
    tally.read(&finished.stdout);
    if !finished.status.success() {
        bail!("the tests above failed ({})", finished.status);
    }
    Ok(())
}

/// Returns the snapshot files that no test looked at.
fn unreferenced(snapshots: &Path, references: &Path) -> Result<Vec<PathBuf>> {
    let references = fs::read_to_string(references)?;
    let seen: BTreeSet<PathBuf> =
        references.lines().filter_map(|line| Path::new(line).canonicalize().ok()).collect();
    let mut files = Vec::new();
    tidy::files_below(snapshots, &mut files)?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "snap"));
    files.retain(|file| file.canonicalize().is_ok_and(|file| !seen.contains(&file)));
    Ok(files)
}

fn examples(runner: &Runner, _: &mut Tally) -> Result<()> {
    let metadata = metadata(runner)?;
    for package in &metadata.packages {
        let examples = package.targets.iter();
        for target in examples.filter(|target| target.kind.contains(&TargetKind::Example)) {
            say(format!("-- {} of {}", target.name, package.name));
            let args = [
                "run",
                "--quiet",
                "--all-features",
                "--package",
                package.name.as_str(),
                "--example",
            ];
            runner.run(cargo(&args).arg(&target.name))?;
        }
    }
    Ok(())
}

fn rustdoc(runner: &Runner, _: &mut Tally) -> Result<()> {
    let mut command = cargo(&["doc", "--workspace", "--no-deps", "--all-features"]);
    runner.run(command.env("RUSTDOCFLAGS", "-D warnings"))
}

fn features(runner: &Runner, _: &mut Tally) -> Result<()> {
    let metadata = metadata(runner)?;
    // The tests of id-migrate need its features one by one, too.
    for (name, targets) in [("unified-id", "--lib"), ("id-migrate", "--all-targets")] {
        let package = library(&metadata, name)?;
        let each =
            package.features.keys().map(|name| vec!["--no-default-features", "--features", name]);
        let ends = [vec!["--no-default-features"], vec!["--all-features"]];
        for flags in ends.into_iter().chain(each) {
            say(format!("-- {name} {}", flags.join(" ")));
            let mut command = cargo(&["clippy", "--quiet", "--package", name, targets]);
            runner.run(command.args(flags).args(["--", "-D", "warnings"]))?;
        }
    }
    Ok(())
}

/// Runs tests of the library on the build that forbids `unsafe`; with the workspace the feature would be on.
fn portable(runner: &Runner, tally: &mut Tally) -> Result<()> {
    count(runner, &mut cargo(&["test", "--package", "id-portable", "--test", "it"]), tally)
}

fn no_std(runner: &Runner, _: &mut Tally) -> Result<()> {
    let args = ["run", "--quiet", "--profile", "no-std", "--package", "id-nostd"];
    runner.run(&mut cargo(&args)).context("`unified-id` has to do without the standard library")
}

fn counts(runner: &Runner, _: &mut Tally) -> Result<()> {
    if !counts::run(runner, false)? {
        bail!("a hot path has become slower: see the lines above");
    }
    Ok(())
}

fn metadata(runner: &Runner) -> Result<Metadata> {
    let manifest = runner.root().join("Cargo.toml");
    Ok(MetadataCommand::new().manifest_path(manifest).no_deps().exec()?)
}

fn library<'a>(metadata: &'a Metadata, name: &str) -> Result<&'a Package> {
    let mut packages = metadata.packages.iter();
    packages
        .find(|package| package.name.as_str() == name)
        .with_context(|| format!("the workspace has no package {name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn step_names_are_distinct() {
        let names: BTreeSet<_> = STEPS.iter().map(|step| step.name).collect();
        assert_eq!(names.len(), STEPS.len());
    }

    #[test]
    fn snapshots_that_no_test_saw_are_found() {
        let folder = tempfile::tempdir().unwrap();
        let snapshots = folder.path().join("snapshots");
        fs::create_dir_all(snapshots.join("area")).unwrap();
        let (seen, unseen) = (snapshots.join("area/a.snap"), snapshots.join("area/b.snap"));
        tools::write(&seen, "a").unwrap();
        tools::write(&unseen, "b").unwrap();
        let references = folder.path().join("references");
        let roundabout = snapshots.join("area/../area/a.snap");
        tools::write(&references, &format!("{}\n", roundabout.display())).unwrap();
        assert_eq!(unreferenced(&snapshots, &references).unwrap(), [unseen]);
        assert!(unreferenced(&folder.path().join("none"), &references).unwrap().is_empty());
    }
}
