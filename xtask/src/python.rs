//! The Python package: built as a wheel, installed into an environment with nothing else in it, and what checks it there.
//!
//! Invariant: nothing of the checkout is imported; what is tested is what a user installs. Requirements are pinned with their
//! hashes in `bindings/python/requirements.txt`. Next: `process.rs`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::process::{Runner, cargo, say};
use crate::tools;

/// The package, by its folder.
const PACKAGE: &str = "bindings/python";

/// The binaries that are wheels too.
const BINARIES: &[&str] = &["bindings/python-cli", "bindings/python-id-lint"];

/// Prints what an environment depends on beside its requirements.
const INTERPRETER: &str = "import sys; print(sys.executable, sys.version)";

/// An environment with the wheel and the requirements of its tests.
#[derive(Debug)]
pub(crate) struct Environment {
    package: PathBuf,
    bin: PathBuf,
}

/// Checks the sources, builds the wheel and installs it.
pub(crate) fn prepare(runner: &Runner) -> Result<Environment> {
    let newest = ["-c", "import sys; sys.exit(sys.version_info < (3, 11))"];
    runner
        .capture(Command::new("python3").args(newest))
        .context("python3 3.11 or newer is needed for the Python package")?;
    let package = runner.root().join(PACKAGE);
    let target = runner.root().join("target").join("python");
    let build = target.join("build");
    fs::create_dir_all(&target)?;

    let manifest = package.join("Cargo.toml");
    let mut fmt = cargo(&["fmt", "--check", "--manifest-path"]);
    runner.run(fmt.arg(&manifest)).context("run `cargo fmt` in bindings/python")?;
    let mut clippy = cargo(&["clippy", "--quiet", "--release", "--locked", "--manifest-path"]);
    clippy.arg(&manifest).arg("--target-dir").arg(&build).args(["--", "-D", "warnings"]);
    runner.run(&mut clippy)?;

    let bin = environment(runner, &package, &target.join("venv"))?;
    let environment = Environment { package, bin };

    say("-- the wheel");
    let wheels = target.join("wheels");
    if wheels.exists() {
        fs::remove_dir_all(&wheels)?;
    }
    let mut maturin = environment.tool("maturin");
    maturin.args(["build", "--release", "--quiet", "--locked", "--out"]).arg(&wheels);
    maturin.arg("--manifest-path").arg(&manifest).env("CARGO_TARGET_DIR", &build);
    runner.run(&mut maturin)?;
    for folder in BINARIES {
        // Without optimisation: the other steps have built most of it.
        let mut maturin = environment.tool("maturin");
        maturin.args(["build", "--profile", "dev", "--quiet", "--locked", "--out"]).arg(&wheels);
        maturin.env("CARGO_TARGET_DIR", runner.root().join("target"));
        runner.run(maturin.current_dir(runner.root().join(folder)))?;
    }
    let made = fs::read_dir(&wheels)?.collect::<Result<Vec<_>, _>>()?;
    if made.len() != 1 + BINARIES.len() {
        bail!("maturin was to make one wheel of each package in {}", wheels.display());
    }
    let mut pip = pip(runner, &environment.bin)?;
    pip.args(["install", "--quiet", "--no-deps", "--no-index", "--force-reinstall"]);
    runner.run(pip.args(made.iter().map(fs::DirEntry::path)))?;
    Ok(environment)
}

/// Makes an environment with exactly the requirements, unless it is there: they take longer than the tests.
pub(crate) fn environment(runner: &Runner, package: &Path, venv: &Path) -> Result<PathBuf> {
    let bin = venv.join(if cfg!(windows) { "Scripts" } else { "bin" });
    let requirements = package.join("requirements.txt");
    let version = runner.capture(Command::new("python3").args(["-c", INTERPRETER]))?;
    let wanted = format!("{version}{}", fs::read_to_string(&requirements)?);
    // Written last, so an installation that was broken off is begun anew.
    let installed = venv.join("installed.txt");
    if fs::read_to_string(&installed).is_ok_and(|text| text == wanted) {
        return Ok(bin);
    }
    say("-- a new environment");
    runner
        .run(Command::new("python3").args(["-m", "venv", "--clear", "--without-pip"]).arg(venv))?;
    let mut pip = pip(runner, &bin)?;
    pip.args(["install", "--quiet", "--only-binary", ":all:", "--require-hashes", "-r"]);
    runner.run(pip.arg(requirements)).context(tools::PIP_FAILED)?;
    tools::write(&installed, &wanted)?;
    Ok(bin)
}

/// The caller's pip, for an environment: one of its own would have to be installed first.
fn pip(runner: &Runner, bin: &Path) -> Result<Command> {
    let mut command = tools::pip(runner)?;
    command.arg("--python").arg(bin.join("python"));
    Ok(command)
}

impl Environment {
    /// A command of the environment.
    fn tool(&self, name: &str) -> Command {
        let mut command = Command::new(self.bin.join(name));
        // What the caller has on its path would be tested instead.
        command.env_remove("PYTHONPATH").env("PYTHONDONTWRITEBYTECODE", "1");
        command
    }

    /// Compares the type information with the module and runs two type checkers.
    pub(crate) fn check_types(&self, runner: &Runner) -> Result<()> {
        say("-- types");
        let settings = self.package.join("pyproject.toml");
        let mut stubtest = self.tool("python");
        stubtest.args(["-m", "mypy.stubtest", "unified_id", "--mypy-config-file"]).arg(&settings);
        stubtest.arg("--allowlist").arg(self.package.join("tests/stubtest.txt"));
        runner.run(&mut stubtest).context("correct the .pyi files, or run tools/generate.py")?;
        let mut mypy = self.tool("mypy");
        mypy.args(["--strict", "--cache-dir", "target/python/mypy", "--config-file"]).arg(settings);
        let case = self.package.join("tests/typing_case.py");
        runner.run(mypy.arg(&case).arg(self.package.join("python/unified_id")))?;
        let mut pyright = self.tool("basedpyright");
        pyright.args(["--level", "error", "--pythonpath"]).arg(self.bin.join("python"));
        runner.run(pyright.arg(case))
    }

    /// The command that runs all tests.
    pub(crate) fn pytest(&self) -> Command {
        let mut command = self.tool("python");
        command.args(["-m", "pytest", "--rootdir"]).arg(&self.package);
        command.arg("-c").arg(self.package.join("pyproject.toml")).arg(self.package.join("tests"));
        command
    }
}
