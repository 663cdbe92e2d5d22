//! The flags as they are typed. What they mean is decided in `settings.rs`.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};

/// Finds stray id generation in a repository.
#[derive(Debug, Parser)]
#[command(name = "id-lint", version, about, max_term_width = 100)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Scan(Scan),
    Fix(Fix),
}

/// Finds every use of an id generator.
///
/// Exit code: 0 if there is none, 1 if there is a warning or an error, 2 if something could not be
/// scanned; findings are printed in every case.
#[derive(Debug, ClapArgs)]
pub(crate) struct Scan {
    /// Files and folders; a path named here is scanned even if it is ignored or hidden.
    ///
    /// Ignore files in a named folder always hold, those above it unless they leave nothing of it
    /// to scan. A .gitignore ends at the root of a repository.
    #[arg(value_name = "PATH", default_value = ".")]
    pub(crate) paths: Vec<PathBuf>,

    /// The form of the output.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,

    /// When to use colors.
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = Color::Auto)]
    pub(crate) color: Color,

    /// How many threads to use, at most 256; one for each processor unless given.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) threads: Option<u16>,
}

/// Rewrites what can be rewritten: safe fixes, in which type and meaning stay.
///
/// Files are replaced whole or not at all. Findings that remain are printed as `scan` does. Exit
/// code: 0 if none remain, 1 if a warning or an error remains, 2 if a file could not be scanned or
/// written.
#[derive(Debug, ClapArgs)]
pub(crate) struct Fix {
    /// Files and folders, as for `scan`.
    #[arg(value_name = "PATH", default_value = ".")]
    pub(crate) paths: Vec<PathBuf>,

    /// Print the changes as a patch and write nothing.
    ///
    /// `git apply` and `patch -p1` read it, also with the findings behind it.
    #[arg(long)]
    pub(crate) diff: bool,

    /// Apply also what someone has to look at: where a type changes, or a thread or a user is
    /// taken from the scope.
    #[arg(long = "unsafe")]
    pub(crate) with_unsafe: bool,

    /// What ids are rewritten into: `unified-id`, `unified-id-generator`, or a TOML file of
    /// templates.
    #[arg(long, value_name = "PROFILE", default_value = "unified-id")]
    pub(crate) profile: String,

    /// When to use colors.
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = Color::Auto)]
    pub(crate) color: Color,

    /// How many threads to use, at most 256; one for each processor unless given.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) threads: Option<u16>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For eyes.
    Text,
    /// For programs: one object with everything that is known.
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// If the output is a terminal that shows them.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}
