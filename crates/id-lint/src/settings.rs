//! Turns flags into the settings of the engine. The working directory is read here.

use std::num::NonZeroUsize;

use anyhow::Context as _;
use id_scan::Config;

use crate::args::{Color, Scan};

/// Makes the engine's settings.
pub(crate) fn config(scan: &Scan) -> anyhow::Result<Config> {
    let root = std::env::current_dir().context("the working directory cannot be read")?;
    let mut config = Config::new(root, scan.paths.iter().cloned());
    config.threads = scan.threads.and_then(|threads| NonZeroUsize::new(threads.into()));
    Ok(config)
}

/// What the color flag means for a stream.
pub(crate) fn color(color: Color) -> anstream::ColorChoice {
    match color {
        Color::Auto => anstream::ColorChoice::Auto,
        Color::Always => anstream::ColorChoice::Always,
        Color::Never => anstream::ColorChoice::Never,
    }
}
