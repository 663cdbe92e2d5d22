//! The command line as it is typed: flags only, no decisions.

use clap::builder::PossibleValuesParser;
use clap::{Parser, Subcommand, ValueEnum};
use strum::IntoEnumIterator;
use unified_id::IdKind;
use unified_id::legacy::Dialect;

/// Makes and explains typed, prefixed ids.
///
/// Exit code: 0 done, 1 some texts are no ids, 2 usage or environment.
#[derive(Debug, Parser)]
#[command(name = "unified-id", version, max_term_width = 100, disable_help_subcommand = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    New(NewArgs),
    Inspect(InspectArgs),
}

/// Make new ids
///
/// Ids of one call are strictly increasing. A run, message or tool id needs the thread it belongs to, a websocket id its
/// user.
#[derive(Debug, clap::Args)]
pub(crate) struct NewArgs {
    /// What the id stands for
    #[arg(value_parser = PossibleValuesParser::new(IdKind::ALL.iter().map(|kind| kind.prefix())))]
    pub(crate) kind: String,

    /// The thread (of a run, message or tool) or user (of a websocket), in any spelling
    #[arg(long, value_name = "ID")]
    pub(crate) scope: Option<String>,

    /// How many
    #[arg(short = 'n', long = "number", value_name = "N", default_value_t = 1)]
    pub(crate) number: u64,

    /// The text alone, or all that `inspect` tells, one JSON object per line
    #[arg(long, value_enum, default_value_t = NewFormat::Text)]
    pub(crate) format: NewFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum NewFormat {
    Text,
    Jsonl,
}

/// Explain ids: which format, which parts, what is wrong
///
/// Reads the arguments or, without any, standard input, one text per line. Every text gets one answer, in order. Nothing
/// is trimmed: a blank before an id is an error in it.
#[derive(Debug, clap::Args)]
pub(crate) struct InspectArgs {
    /// The texts; standard input if there are none
    #[arg(value_name = "ID")]
    pub(crate) ids: Vec<std::ffi::OsString>,

    /// What a line of standard input is: the text itself, or a JSON string (so that any text can be given)
    #[arg(long, value_enum, default_value_t = InputFormat::Text)]
    pub(crate) input: InputFormat,

    /// Which generator made these ids: settles old ids that can be read in two ways
    #[arg(long, value_name = "NAME", value_parser = PossibleValuesParser::new(dialects()))]
    pub(crate) dialect: Option<String>,

    /// For eyes, as one JSON array, or as one JSON object per line
    #[arg(long, value_enum, default_value_t = InspectFormat::Text)]
    pub(crate) format: InspectFormat,
}

/// The names of the dialects, as the legacy table has them.
fn dialects() -> impl Iterator<Item = &'static str> {
    Dialect::iter().map(Into::into)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum InputFormat {
    Text,
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum InspectFormat {
    Text,
    Json,
    Jsonl,
}
