//! The command line as it is typed: flags only, no decisions.

use clap::builder::{PossibleValue, PossibleValuesParser};
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
    Flags(FlagsArgs),
    Migrate(MigrateArgs),
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
///
/// With `--profile` the values of a file are counted instead: formats, what is ambiguous, what is no id, from when they
/// are. A file is taken as lines, as the column of a CSV file, as a place in JSON lines, or searched by an expression.
#[derive(Debug, clap::Args)]
pub(crate) struct InspectArgs {
    /// The texts; standard input if there are none
    #[arg(value_name = "ID")]
    pub(crate) ids: Vec<std::ffi::OsString>,

    /// What a line of standard input is: the text itself, or a JSON string (so that any text can be given)
    #[arg(long, value_enum, default_value_t = InputFormat::Text)]
    pub(crate) input: InputFormat,

    /// Count the values of this file instead; `-` is standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["ids", "input"])]
    pub(crate) profile: Option<std::path::PathBuf>,

    #[command(flatten)]
    pub(crate) place: Place,

    #[command(flatten)]
    pub(crate) reader: ReaderArgs,

    /// For eyes, as one JSON array, or as one JSON object per line
    #[arg(long, value_enum, default_value_t = InspectFormat::Text)]
    pub(crate) format: InspectFormat,
}

/// Where the values of a file stand; each line is one where nothing is said.
#[derive(Debug, clap::Args)]
pub(crate) struct Place {
    /// The values are this column of a CSV file: its name in the first line, or its number from 1
    #[arg(long, value_name = "NAME", requires = "profile", conflicts_with_all = ["json_pointer", "regex", "ids", "input"])]
    pub(crate) column: Option<String>,

    /// What separates the columns: one character, or `tab`; guessed from the first line if not given
    #[arg(long, value_name = "CHAR", requires = "column")]
    pub(crate) delimiter: Option<String>,

    /// The first line of the CSV file is no header
    #[arg(long, requires = "column")]
    pub(crate) no_header: bool,

    /// The values stand here in the JSON value of each line (RFC 6901), as in `/run/id`
    #[arg(long, value_name = "P", requires = "profile", conflicts_with_all = ["regex", "ids", "input"])]
    pub(crate) json_pointer: Option<String>,

    /// The values are what this finds in each line: its group `id`, else its first group, else all of it
    #[arg(long, value_name = "R", requires = "profile", conflicts_with_all = ["ids", "input"])]
    pub(crate) regex: Option<String>,
}

/// How ids are read: for every command that reads some.
#[derive(Debug, clap::Args)]
pub(crate) struct ReaderArgs {
    /// Which generator made these ids: settles old ids that can be read in two ways
    #[arg(long, value_name = "NAME", value_parser = PossibleValuesParser::new(dialects()))]
    pub(crate) dialect: Option<String>,

    /// Formats of an application: a TOML file of rows in the language of the table of legacy formats
    #[arg(long, value_name = "FILE")]
    pub(crate) rows: Option<std::path::PathBuf>,
}

/// The names of the dialects, as the legacy table has them, with what they stand for.
fn dialects() -> impl Iterator<Item = PossibleValue> {
    Dialect::iter().map(|dialect| PossibleValue::new(<&str>::from(dialect)).help(dialect.meaning()))
}

/// Show or change the flags of the rollout
///
/// The flags stand in the file that `UNIFIED_ID_CONFIG` names, else in `unified-id.toml` in the current folder. A variable
/// `UNIFIED_ID_<FLAG>` goes before the file. Running programs follow the file within a second. Without a command all flags
/// are listed.
#[derive(Debug, clap::Args)]
pub(crate) struct FlagsArgs {
    #[command(subcommand)]
    pub(crate) command: Option<FlagsCommand>,

    /// For eyes, or as one JSON object
    #[arg(long, value_enum, default_value_t = FlagsFormat::Text, global = true)]
    pub(crate) format: FlagsFormat,
}

#[derive(Debug, Subcommand)]
pub(crate) enum FlagsCommand {
    /// List all flags: value, where it comes from, what it does
    List,
    /// Print the value that counts
    Get {
        /// The flag
        name: String,
    },
    /// Write a value into the file, all at once, keeping comments and everything else
    Set {
        /// The flag
        name: String,
        /// `true` or `false`, a number from 0 to 100, or the name of a format
        #[arg(allow_hyphen_values = true)]
        value: String,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FlagsFormat {
    Text,
    Json,
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

/// Move a database to new ids, step by step, with a way back from each
///
/// `plan` reads the database and writes nothing into it. `run` makes a tested copy, builds the new state beside the old one,
/// compares both, and exchanges them. A run that was stopped goes on with `resume`; `rollback` works from everywhere.
///
/// Exit code: 0 done, 1 a check failed or the plan is blocked, 2 usage or environment, 3 stopped and resumable.
#[derive(Debug, clap::Args)]
pub(crate) struct MigrateArgs {
    #[command(subcommand)]
    pub(crate) command: MigrateCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum MigrateCommand {
    /// Make a plan: keys, all references to them, what stands in the way, what it costs
    Plan(Box<PlanArgs>),
    /// Run the phases of a plan, from wherever the database is
    Run(RunArgs),
    /// Go on with a run that was stopped
    Resume(RunArgs),
    /// Say which phase the database is in, and what comes next
    Status(StepArgs),
    /// Compare both sides: rows, references, ids
    Verify(StepArgs),
    /// Put the new side in place
    Switch(StepArgs),
    /// Drop the old side; the map stays
    Contract(StepArgs),
    /// Go back to the old ids, from every phase
    Rollback(StepArgs),
    /// Say what the migration will cost
    Estimate(StepArgs),
    /// Make a tested copy of the database
    Backup(StepArgs),
    /// Put the copy in the place of the database
    Restore(StepArgs),
    /// Several databases as one: in order, with references across them, gates, and commands around the phases
    Fleet(FleetArgs),
    /// Print ids in SQL: generate, parse, thread, time and UUID as expressions for SQLite, as functions for PostgreSQL
    Functions(FunctionsArgs),
}

/// A database's kind of SQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum SqlDialect {
    Sqlite,
    Postgres,
}

#[derive(Debug, clap::Args)]
pub(crate) struct FleetArgs {
    #[command(subcommand)]
    pub(crate) command: FleetCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum FleetCommand {
    /// Make the plans of its databases, and read them before anything is run
    Plan(FleetRunArgs),
    /// Run every database to its goal, one after the other
    Run(FleetRunArgs),
    /// Go on with a run that was stopped
    Resume(FleetRunArgs),
    /// Say how far every database is, in Markdown, or as JSON with `--progress json`
    Status(FleetRunArgs),
    /// Take every database back, the last one first
    Rollback(FleetRunArgs),
}

#[derive(Debug, clap::Args)]
pub(crate) struct FleetRunArgs {
    /// The fleet file
    #[arg(value_name = "FLEET")]
    pub(crate) fleet: std::path::PathBuf,

    /// Stop every database behind this phase, if its own goal is not before it
    #[arg(long, value_name = "PHASE")]
    pub(crate) until: Option<String>,

    /// Do not ask before each phase
    #[arg(long)]
    pub(crate) yes: bool,

    /// Say what would be done, and do nothing
    #[arg(long)]
    pub(crate) dry_run: bool,

    /// Progress: for eyes, or one JSON object per line
    #[arg(long, value_enum, default_value_t = FlagsFormat::Text)]
    pub(crate) progress: FlagsFormat,
}

#[derive(Debug, clap::Args)]
pub(crate) struct FunctionsArgs {
    /// The database: expressions for SQLite, functions for PostgreSQL
    #[arg(long, value_enum, default_value_t = SqlDialect::Sqlite)]
    pub(crate) dialect: SqlDialect,

    /// The schema of the functions, for PostgreSQL
    #[arg(long, value_name = "NAME", default_value = "unified_id")]
    pub(crate) schema: String,

    /// What stands in the expressions where a function would have its argument: a column, or a parameter
    #[arg(long, value_name = "SQL", default_value = "id")]
    pub(crate) expression: String,
}

#[derive(Debug, clap::Args)]
pub(crate) struct PlanArgs {
    /// The database: the path of an SQLite or DuckDB file, or a URL `postgres://user@host/name` (password in `PGPASSWORD`)
    #[arg(value_name = "DB")]
    pub(crate) database: String,

    /// Settings, keys and references from a file; what the command line says goes before it
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<std::path::PathBuf>,

    /// A key and how its ids are made: bits, created-at:COLUMN, stable, keep or random; proposed if not given
    #[arg(long = "key", value_name = "TABLE.COLUMN=MAPPING[:COLUMN]")]
    pub(crate) keys: Vec<String>,

    /// The mapping of values that a key's own mapping cannot take
    #[arg(long = "fallback", value_name = "TABLE.COLUMN=MAPPING")]
    pub(crate) fallbacks: Vec<String>,

    /// How the ids of a key are written: core, upper, uuid, bytes or typed:PREFIX
    #[arg(long = "form", value_name = "TABLE.COLUMN=FORM")]
    pub(crate) forms: Vec<String>,

    /// A column that is no reference, whatever its name and values
    #[arg(long = "not-reference", value_name = "TABLE.COLUMN")]
    pub(crate) not_references: Vec<String>,

    /// What stands for this database in the recipes of ids; its file name without extension if not given
    #[arg(long, value_name = "TEXT")]
    pub(crate) namespace: Option<String>,

    /// A key whose rows of one millisecond keep their order; their ranks stand in the map
    #[arg(long = "keep-order", value_name = "TABLE.COLUMN")]
    pub(crate) keep_order: Vec<String>,

    /// How many rows a verification may name before it fails: a number, or a share such as 0.01%
    #[arg(long, value_name = "ROWS|PERCENT%")]
    pub(crate) tolerance: Option<String>,

    /// How long a batch may keep others from writing, in milliseconds; 40 if not given
    #[arg(long, value_name = "MS")]
    pub(crate) stall_ms: Option<u64>,

    /// How long to wait for a lock, in milliseconds; 30000 if not given
    #[arg(long, value_name = "MS")]
    pub(crate) lock_timeout_ms: Option<u64>,

    /// Where libduckdb is, for a DuckDB file; else `UNIFIED_ID_LIBDUCKDB` says so, or the loader finds it
    #[arg(long, value_name = "FILE")]
    pub(crate) duckdb_library: Option<String>,

    /// Write the statements of all phases into this folder, for review
    #[arg(long, value_name = "DIR")]
    pub(crate) sql: Option<std::path::PathBuf>,

    /// Write the plan here
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<std::path::PathBuf>,

    /// For eyes, or the plan itself
    #[arg(long, value_enum, default_value_t = FlagsFormat::Text)]
    pub(crate) format: FlagsFormat,
}

#[derive(Debug, clap::Args)]
pub(crate) struct StepArgs {
    /// The plan
    #[arg(value_name = "PLAN")]
    pub(crate) plan: std::path::PathBuf,

    /// Say what would be done, and do nothing
    #[arg(long)]
    pub(crate) dry_run: bool,

    /// Progress: for eyes, or one JSON object per line
    #[arg(long, value_enum, default_value_t = FlagsFormat::Text)]
    pub(crate) progress: FlagsFormat,
}

#[derive(Debug, clap::Args)]
pub(crate) struct RunArgs {
    #[command(flatten)]
    pub(crate) step: StepArgs,

    /// The last phase to run: backup, expand, backfill, verify, switch, soak or contract
    #[arg(long, value_name = "PHASE", default_value = "verify")]
    pub(crate) until: String,

    /// Do not ask before the switch and before the old side is dropped
    #[arg(long)]
    pub(crate) yes: bool,
}
