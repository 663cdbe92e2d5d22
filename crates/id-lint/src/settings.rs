//! Turns flags into the settings of the engine. The working directory is read here.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use id_scan::{Config, Profile};

use crate::args::{Color, Fix, Format, Scan};

/// Makes the engine's settings for a scan.
pub(crate) fn config(scan: &Scan) -> anyhow::Result<Config> {
    let mut config = engine(&scan.paths, scan.threads)?;
    // Whoever reads for eyes is told what to do in words.
    if scan.format != Format::Text {
        config.fixes = Profile::find(Profile::names()[0]);
    }
    Ok(config)
}

/// Makes the engine's settings for a fix.
pub(crate) fn fix(fix: &Fix) -> anyhow::Result<Config> {
    let mut config = engine(&fix.paths, fix.threads)?;
    let profile = profile(&config.root, &fix.profile)?;
    // What is the target is not to go.
    config.legacy_modules.retain(|module| !profile.own.contains(module));
    config.fixes = Some(profile);
    Ok(config)
}

fn engine(paths: &[PathBuf], threads: Option<u16>) -> anyhow::Result<Config> {
    let root = std::env::current_dir().context("the working directory cannot be read")?;
    let mut config = Config::new(root, paths.iter().cloned());
    config.threads = threads.and_then(|threads| NonZeroUsize::new(threads.into()));
    Ok(config)
}

/// Finds a profile by its name, or reads it from a file.
fn profile(root: &Path, name: &str) -> anyhow::Result<Profile> {
    if let Some(profile) = Profile::find(name) {
        return Ok(profile);
    }
    let path = root.join(name);
    let is_file = path.extension().is_some_and(|extension| extension == "toml");
    if !is_file {
        let names = Profile::names().join("`, `");
        bail!("`{name}` is no profile: name `{names}`, or a file that ends with `.toml`");
    }
    let text = std::fs::read_to_string(&path)
        .with_context(|| format!("the profile `{name}` cannot be read"))?;
    toml::from_str(&text).with_context(|| format!("the profile `{name}` is not understood"))
}

/// What the color flag means for a stream.
pub(crate) fn color(color: Color) -> anstream::ColorChoice {
    match color {
        Color::Auto => anstream::ColorChoice::Auto,
        Color::Always => anstream::ColorChoice::Always,
        Color::Never => anstream::ColorChoice::Never,
    }
}
