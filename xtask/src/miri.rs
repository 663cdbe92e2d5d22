//! `cargo xtask miri`: the tests of the id library under Miri, where a toolchain has it.
//!
//! Miri interprets, a thousand times slower, and knows no processor's cycle counter; so the tests of the codec, the types and
//! the generator under a clock of its own run, those with a million ids do not.

use std::process::{Command, Stdio};

use anyhow::{Result, bail};

use crate::process::{Runner, say};

/// What is run: modules, and tests of the generator.
const TESTS: &[&str] = &[
    "codec::table",
    "codec::simd::tests::equals_the_table_for_every",
    "context::",
    "kind::",
    "generator::tests::a_clock",
    "generator::tests::a_limit",
    "generator::tests::a_used_up",
    "generator::tests::clocks_outside",
    "generator::tests::cores_have",
    "generator::tests::the_last",
    "generator::tests::until_the_deadline",
    "generator::tests::years",
];

/// Runs the tests under Miri, or says what is missing.
pub(crate) fn run(runner: &Runner) -> Result<bool> {
    let mut probe = miri();
    probe.arg("--version").env("RUST_BACKTRACE", "0").env("RUST_LIB_BACKTRACE", "0");
    // What rustup says of a missing component is said below.
    if runner.capture(probe.stderr(Stdio::null())).is_err() {
        bail!(
            "Miri is a component of the nightly toolchain alone, and this one has it not: \
             `rustup toolchain install nightly --component miri,rust-src`, then run this again"
        );
    }
    say("-- unified-id under Miri");
    let mut command = miri();
    command.args(["test", "--package", "unified-id", "--lib", "--target-dir", "target/miri", "--"]);
    command.args(TESTS);
    // Miri detects no features of the processor; it has to be told that there are vector instructions.
    command.env("RUSTFLAGS", "-Ctarget-feature=+avx2").env("MIRIFLAGS", "-Zmiri-disable-isolation");
    runner.run(&mut command)?;
    Ok(true)
}

/// Returns Miri of the nightly toolchain, which alone can have it.
fn miri() -> Command {
    let mut command = Command::new("rustup");
    command.args(["run", "nightly", "cargo", "miri"]);
    // Set by the toolchain that runs us; the other one must not see it.
    for name in ["CARGO", "RUSTC", "RUSTUP_TOOLCHAIN"] {
        command.env_remove(name);
    }
    command
}
