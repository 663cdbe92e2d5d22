//! What tests the server from outside: the official MCP client and conformance suite, schemathesis, Chromium and promtool.
//!
//! Python packages are pinned with their hashes in `crates/id-server/tests/clients/requirements.txt`, the suite by its version.
//! Chromium and promtool are Debian's: installed ones are used where there are some, else the packages are fetched. Invariant:
//! nothing is left out because something is missing. Next: `process.rs`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

use crate::process::{Runner, cargo, say};
use crate::tools;

/// The tests, by their folder.
const TESTS: &str = "crates/id-server/tests/clients";

/// The conformance suite of the Model Context Protocol.
const CONFORMANCE: (&str, &str) = ("@modelcontextprotocol/conformance", "0.1.16");

/// The command that runs all tests, after everything it needs was fetched and built.
pub(crate) fn pytest(runner: &Runner) -> Result<Command> {
    let folder = runner.root().join("target/server");
    fs::create_dir_all(&folder)?;
    let node = tools::node(runner)?;
    let conformance = conformance(runner, &folder.join("conformance"))?;
    let promtool = tools::debian(runner, "prometheus", "promtool")?;
    let chromium = chromium(runner)?;
    let python =
        crate::python::environment(runner, &runner.root().join(TESTS), &folder.join("venv"))?
            .join("python");
    runner.run(&mut cargo(&["build", "--quiet", "--package", "unified-id-cli"]))?;
    let target = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| runner.root().join("target"), PathBuf::from);
    let mut command = Command::new(python);
    command
        .args(["-m", "pytest", "-p", "no:cacheprovider", "--rootdir"])
        .arg(runner.root().join(TESTS));
    command
        .arg(runner.root().join(TESTS))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env_remove("PYTHONPATH");
    command
        .env("UNIFIED_ID", target.join("debug/unified-id"))
        .env("NODE", node)
        .env("CONFORMANCE", conformance);
    command.env("PROMTOOL", promtool).env("CHROMIUM", chromium);
    Ok(command)
}

/// Installs the suite, whose scripts are not run.
fn conformance(runner: &Runner, folder: &Path) -> Result<PathBuf> {
    let (name, version) = CONFORMANCE;
    let folder = folder.join(version);
    let program = folder.join("node_modules").join(name).join("dist/index.js");
    if !program.exists() {
        say(format!("-- {name} {version}"));
        fs::create_dir_all(&folder)?;
        let mut npm = tools::npm(runner)?;
        npm.args([
            "install",
            "--silent",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--prefix",
        ])
        .arg(&folder);
        runner
            .run(npm.arg(format!("{name}@{version}")))
            .context("npm did not bring the conformance suite")?;
    }
    if !program.exists() {
        bail!("{name} has no {}", program.display());
    }
    Ok(program)
}

/// The browser that is installed, or Debian's, which needs the libraries of a hundred other packages and is installed as they are.
fn chromium(runner: &Runner) -> Result<PathBuf> {
    for name in ["chromium", "chromium-browser", "google-chrome"] {
        let mut version = Command::new(name);
        if runner.capture(version.arg("--version").stderr(Stdio::null())).is_ok() {
            return Ok(name.into());
        }
    }
    say("-- installing chromium");
    let mut install = Command::new("apt-get");
    install.args(["install", "--yes", "--quiet", "--no-install-recommends", "chromium"]);
    install.env("DEBIAN_FRONTEND", "noninteractive");
    runner.capture(&mut install).context(
        "chromium is not installed and could not be: install it with your system's packages, then run this again",
    )?;
    Ok("chromium".into())
}
