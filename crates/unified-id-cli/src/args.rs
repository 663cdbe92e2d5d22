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
    Serve(ServeArgs),
    Mcp(McpArgs),
    Health(HealthArgs),
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
    /// Make a run that is under way wait between two batches; `resume` lets it go on
    Pause(StepArgs),
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

/// Serve the registry: what an id is, who made it, what belongs to it
///
/// Serves a page, REST, MCP, WebSockets and metrics on the loopback interface. Nothing else has to be set up: the data lies in
/// a folder, and the first start writes a token for everything into `tokens.toml` there, which only its owner can read. Reading
/// needs no token. Ends on Ctrl-C or SIGTERM, after the last answers were sent.
#[derive(Debug, clap::Args)]
pub(crate) struct ServeArgs {
    /// The port; 0 takes a free one, which is printed
    #[arg(long, value_name = "PORT", default_value_t = id_server::PORT)]
    pub(crate) port: u16,

    #[command(flatten)]
    pub(crate) store: StoreArgs,

    /// A name by which the server may be called, beside localhost: that of a proxy before it
    #[arg(long = "allow-host", value_name = "NAME")]
    pub(crate) hosts: Vec<String>,

    /// Another site whose pages may call the server, such as `https://app.example.com`
    #[arg(long = "allow-origin", value_name = "ORIGIN")]
    pub(crate) origins: Vec<String>,

    /// Requests of one token or address in a second
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) rate: Option<u32>,

    /// The HTTP address of a ClickHouse server whose trace tables are kept, such as `http://127.0.0.1:8123/?database=ids`
    #[arg(long, value_name = "URL")]
    pub(crate) clickhouse: Option<String>,

    /// The account there; the server's default one if not given
    #[arg(long, value_name = "NAME", requires = "clickhouse")]
    pub(crate) clickhouse_user: Option<String>,

    /// A file that holds its password
    #[arg(long, value_name = "FILE", requires = "clickhouse_user")]
    pub(crate) clickhouse_password_file: Option<std::path::PathBuf>,
}

/// Where the registry is.
#[derive(Debug, clap::Args)]
pub(crate) struct StoreArgs {
    /// The folder of the data, made if it is not there
    #[arg(long, value_name = "FOLDER", default_value = "unified-id-data")]
    pub(crate) data: std::path::PathBuf,

    /// The tenant of callers without a token, and of the first token
    #[arg(long, value_name = "NAME", default_value = "local")]
    pub(crate) tenant: String,
}

/// Serve the registry to one MCP client, over standard input and output
///
/// For clients that start their servers themselves. The data can be open in one process only: while `unified-id serve` has it,
/// use `http://localhost:8681/mcp`.
#[derive(Debug, clap::Args)]
pub(crate) struct McpArgs {
    #[command(flatten)]
    pub(crate) store: StoreArgs,
}

/// Check a server: that it answers, and with `--deep` that everything works
///
/// Prints a line for each check. With an interval it goes on until it is stopped, or until so many rounds in a row have failed.
///
/// Exit code: 0 all is well, 1 a check failed, 2 usage or environment.
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag")]
pub(crate) struct HealthArgs {
    /// The server
    #[arg(long, value_name = "ADDRESS", default_value = "http://127.0.0.1:8681")]
    pub(crate) url: String,

    /// The folder of the server's data, for its token; needed by all checks but the first
    #[arg(long, value_name = "FOLDER", default_value = "unified-id-data")]
    pub(crate) data: std::path::PathBuf,

    /// Check again and again, so far apart: 30s, 5m, 500ms
    #[arg(long, value_name = "TIME", value_parser = interval)]
    pub(crate) interval: Option<std::time::Duration>,

    /// End after so many failed rounds in a row
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) alert_threshold: u32,

    /// All checks: make, register, resolve and trace an id, and those below
    #[arg(long)]
    pub(crate) deep: bool,

    /// A message goes from one connection to another through the router
    #[arg(long)]
    pub(crate) chat_flow: bool,

    /// Wrong tokens, missing scopes and foreign pages are refused
    #[arg(long)]
    pub(crate) auth_flow: bool,

    /// Another user and another tenant get nothing
    #[arg(long)]
    pub(crate) user_isolation: bool,
}

/// Reads a span of time such as `30s`.
fn interval(text: &str) -> Result<std::time::Duration, String> {
    let digits = text.trim_end_matches(|character: char| character.is_ascii_alphabetic());
    let number: u64 =
        digits.parse().map_err(|_| "write a number and a unit, as in 30s".to_owned())?;
    let unit_ms = match &text[digits.len()..] {
        "ms" => 1,
        "s" | "" => 1_000,
        "m" | "min" => 60_000,
        "h" => 3_600_000,
        _ => return Err("the units are ms, s, m and h".to_owned()),
    };
    match number.checked_mul(unit_ms) {
        Some(ms @ 1..) => Ok(std::time::Duration::from_millis(ms)),
        _ => Err("too short or too long".to_owned()),
    }
}
