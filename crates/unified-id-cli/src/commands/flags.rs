//! `unified-id flags`: what the flags of the rollout are, and changing them.

use std::io::{self, Write};

use anstyle::Style;
use anyhow::anyhow;
use id_rollout::{Flag, RolloutError, Sources};
use serde::Serialize;

use crate::args::{FlagsArgs, FlagsCommand, FlagsFormat};
use crate::exit::Outcome;
use crate::output;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

pub(crate) fn run(args: &FlagsArgs) -> anyhow::Result<Outcome> {
    let sources = Sources::of_process().map_err(|error| explain(&error))?;
    match args.command.as_ref().unwrap_or(&FlagsCommand::List) {
        FlagsCommand::List => list(&sources, args.format)?,
        FlagsCommand::Get { name } => {
            let flag = Flag::parse(name).map_err(|error| explain(&error))?;
            let loaded = sources.load().map_err(|error| explain(&error))?;
            let mut out = output::stdout(false);
            match args.format {
                FlagsFormat::Text => writeln!(out, "{}", loaded.flags.value(flag))?,
                FlagsFormat::Json => print(&mut out, &Shown::of(flag, &loaded))?,
            }
            out.flush()?;
        }
        FlagsCommand::Set { name, value } => set(&sources, name, value)?,
    }
    Ok(Outcome::Done)
}

fn set(sources: &Sources, name: &str, value: &str) -> anyhow::Result<()> {
    let flag = Flag::parse(name).map_err(|error| explain(&error))?;
    let value = sources.set(flag, value).map_err(|error| explain(&error))?;
    writeln!(io::stdout(), "{flag} = {value} in {}", sources.file().display())?;
    // Said where it cannot get into what a script reads.
    let mut notes = io::stderr();
    if let Some(other) = sources.from_environment(flag) {
        let _ = writeln!(
            notes,
            "note: {}={other} goes before the file in this environment",
            flag.variable()
        );
    }
    if let Ok(loaded) = sources.load()
        && let Some(what) = loaded.flags.contradiction()
    {
        let _ = writeln!(notes, "warning: {what}");
    }
    Ok(())
}

/// One flag, as JSON.
#[derive(Serialize)]
struct Shown {
    name: &'static str,
    value: String,
    origin: &'static str,
    variable: String,
    range: String,
    meaning: &'static str,
}

impl Shown {
    fn of(flag: Flag, loaded: &id_rollout::Loaded) -> Self {
        Self {
            name: flag.name(),
            value: loaded.flags.value(flag).to_string(),
            origin: loaded.origin(flag).into(),
            variable: flag.variable(),
            range: flag.range(),
            meaning: flag.meaning(),
        }
    }
}

#[derive(Serialize)]
struct All {
    file: String,
    file_exists: bool,
    flags: Vec<Shown>,
    warning: Option<&'static str>,
}

fn list(sources: &Sources, format: FlagsFormat) -> anyhow::Result<()> {
    let loaded = sources.load().map_err(|error| explain(&error))?;
    let mut out = output::stdout(format == FlagsFormat::Text);
    let file_exists = sources.file().exists();
    if format == FlagsFormat::Json {
        let all = All {
            file: sources.file().display().to_string(),
            file_exists,
            flags: Flag::all().map(|flag| Shown::of(flag, &loaded)).collect(),
            warning: loaded.flags.contradiction(),
        };
        print(&mut out, &all)?;
    } else {
        let missing = if file_exists { "" } else { " (not there yet)" };
        writeln!(out, "{BOLD}{}{BOLD:#}{missing}", sources.file().display())?;
        writeln!(out)?;
        for flag in Flag::all() {
            let (value, origin) =
                (loaded.flags.value(flag).to_string(), loaded.origin(flag).to_string());
            writeln!(
                out,
                "  {flag:<33} {BOLD}{value:<10}{BOLD:#} {DIM}{origin:<12}{DIM:#} {}",
                flag.meaning()
            )?;
        }
        if let Some(what) = loaded.flags.contradiction() {
            writeln!(out)?;
            writeln!(out, "{BOLD}warning{BOLD:#}: {what}")?;
        }
    }
    out.flush()?;
    Ok(())
}

fn print(out: &mut impl Write, value: &impl Serialize) -> anyhow::Result<()> {
    serde_json::to_writer_pretty(&mut *out, value).map_err(io::Error::from)?;
    writeln!(out)?;
    Ok(())
}

fn explain(error: &RolloutError) -> anyhow::Error {
    let help = error.help().to_owned();
    let cause =
        std::error::Error::source(&error).map(|cause| format!(": {cause}")).unwrap_or_default();
    anyhow!("{error}{cause}\nhelp:  {help}")
}
