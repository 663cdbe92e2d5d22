//! libduckdb for the tests: a prebuilt one from npm, pinned by hash, unpacked into `.tools/libduckdb-<version>/`.

use std::fs;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::fetch::sha256;
use crate::process::{Runner, say};
use crate::tools;

const VERSION: &str = "1.5.6-r.1";

/// The packages by the name of the processor, with the SHA-256 of the archive.
const PACKAGES: &[(&str, &str, &str)] = &[(
    "x86_64",
    "@duckdb/node-bindings-linux-x64",
    "1b9f82478539bb9a1d1df44bd103121a12ae52142c07158dc52b97d2ec1d69ff",
)];

/// Fetches the library unless it is there; the folder is whole or absent.
pub(crate) fn fetch(runner: &Runner) -> Result<()> {
    let tools = runner.root().join(".tools");
    let target = tools.join(format!("libduckdb-{VERSION}"));
    if target.join("libduckdb.so").exists() {
        return Ok(());
    }
    let package = PACKAGES.iter().find(|(processor, ..)| *processor == std::env::consts::ARCH);
    let Some((_, package, hash)) = package else {
        bail!(
            "no libduckdb is pinned for {}: add its package to xtask/src/duckdb.rs",
            std::env::consts::ARCH
        );
    };
    say(format!("unpacking libduckdb {VERSION} into .tools/"));
    fs::create_dir_all(&tools)?;
    let temporary = tempfile::tempdir_in(&tools)?;
    let mut pack = tools::npm(runner)?;
    pack.args(["pack", "--silent", &format!("{package}@{VERSION}"), "--pack-destination"]);
    runner
        .capture(pack.arg(temporary.path()))
        .context("npm gave no libduckdb: check that the network is up, then run this again")?;
    let archives = fs::read_dir(temporary.path())?.collect::<std::io::Result<Vec<_>>>()?;
    let [archive] = archives.as_slice() else { bail!("npm wrote no single archive") };
    let archive = archive.path();
    let found = sha256(&archive)?;
    if found != *hash {
        bail!("{package}@{VERSION} has the hash {found}, pinned is {hash}");
    }
    let unpacked = temporary.path().join("unpacked");
    fs::create_dir(&unpacked)?;
    runner.run(
        Command::new("python3")
            .arg(runner.root().join("xtask/src/unpack.py"))
            .arg(&archive)
            .arg(&unpacked),
    )?;
    let folder = unpacked.join("package");
    if !folder.join("libduckdb.so").exists() {
        bail!("the package of libduckdb holds no libduckdb.so");
    }
    if target.exists() {
        fs::remove_dir_all(&target)?;
    }
    fs::rename(folder, target)?;
    Ok(())
}
