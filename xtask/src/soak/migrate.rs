//! Migrations that are killed, and databases that nobody would make: Python makes and judges them, so that no code of the
//! migration judges itself.

use std::process::Command;

use anyhow::{Context as _, Result};

use crate::process::{Runner, cargo};
use crate::tools;

/// Databases that are made, and kills in all.
const DATABASES: &str = "400";
const RANDOM_DATABASES: &str = "2000";
const KILLS: &str = "300";

pub(super) fn sqlite(runner: &Runner) -> Result<()> {
    runner.run(&mut cargo(&["build", "--release", "--package", "unified-id-cli"]))?;
    let binary = runner.root().join("target/release/unified-id");
    let data = runner.root().join("crates/id-migrate/tests/data");
    let folder = tempfile::tempdir()?;
    for (name, text) in
        [("hostile.py", include_str!("hostile.py")), ("kills.py", include_str!("kills.py"))]
    {
        tools::write(&folder.path().join(name), text)?;
    }
    let mut hostile = Command::new("python3");
    hostile.arg(folder.path().join("hostile.py")).arg(&binary).arg(DATABASES);
    runner.run(&mut hostile).context("a made database came out wrong: its seed is above")?;
    let mut random = Command::new("python3");
    random.arg(data.join("random_sqlite.py")).arg(&binary).arg(RANDOM_DATABASES);
    runner.run(&mut random).context("a random database came out wrong: its seed is above")?;
    let mut kills = Command::new("python3");
    kills.arg(folder.path().join("kills.py")).arg(&binary).arg(data).arg(KILLS);
    runner.run(&mut kills).context("a killed run ended in another way")
}
