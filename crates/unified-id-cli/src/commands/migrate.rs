//! `unified-id migrate`: hands plan and phases to the library, and prints what it says.

use std::fs;
use std::io::{self, BufRead, IsTerminal, Write};
use std::path::Path;

use anyhow::Context;
use id_migrate::engine::{Engine, Event, Phase, Verification};
use id_migrate::mapping::{Form, Mapping};
use id_migrate::plan::Level;
use id_migrate::sqlite::{self, PlanOptions, Sqlite};
use id_migrate::{ErrorKind, KeyRequest, MigrateError, Plan, run as runner};
use indicatif::{ProgressBar, ProgressStyle};

use crate::args::{FlagsFormat, MigrateArgs, MigrateCommand, PlanArgs, RunArgs, StepArgs};
use crate::exit::Outcome;
use crate::output;

pub(crate) fn run(args: &MigrateArgs) -> anyhow::Result<Outcome> {
    let result = match &args.command {
        MigrateCommand::Plan(args) => plan(args),
        MigrateCommand::Run(args) | MigrateCommand::Resume(args) => run_phases(args),
        MigrateCommand::Status(args) => status(args),
        MigrateCommand::Verify(args) => verify(args),
        MigrateCommand::Switch(args) => {
            step(args, "put the new side in place", |engine, watch| engine.switch(watch))
        }
        MigrateCommand::Contract(args) => {
            step(args, "drop the old side", |engine, watch| engine.contract(watch))
        }
        MigrateCommand::Rollback(args) => {
            step(args, "go back to the old ids", |engine, watch| engine.rollback(watch))
        }
        MigrateCommand::Estimate(args) => estimate(args),
        MigrateCommand::Backup(args) => {
            step(args, "copy the database", |engine, watch| engine.backup(watch))
        }
        MigrateCommand::Restore(args) => {
            step(args, "put the copy in place", |engine, watch| engine.restore(watch))
        }
    };
    result.or_else(|error| match error.downcast_ref::<MigrateError>() {
        Some(known) => {
            let mut err = io::stderr();
            writeln!(err, "error: {error:#}\nhelp:  {}", known.help())?;
            match known.kind() {
                ErrorKind::Blocked | ErrorKind::Verification => Ok(Outcome::CheckFailed),
                ErrorKind::Stopped | ErrorKind::Busy => Ok(Outcome::Stopped),
                _ => Ok(Outcome::Failed),
            }
        }
        None => Err(error),
    })
}

/// Splits `NAME=VALUE` at the last `=`.
fn pair<T>(
    text: &str,
    flag: &str,
    read: impl Fn(&str) -> Option<T>,
) -> anyhow::Result<(String, T)> {
    let (name, value) =
        text.rsplit_once('=').with_context(|| format!("`{flag} {text}` has no `=`"))?;
    let value = read(value).with_context(|| format!("`{flag} {text}`: `{value}` is not known"))?;
    Ok((name.to_owned(), value))
}

fn plan(args: &PlanArgs) -> anyhow::Result<Outcome> {
    let options = PlanOptions {
        keys: args.keys.iter().map(|key| KeyRequest::parse(key)).collect::<Result<_, _>>()?,
        fallbacks: args
            .fallbacks
            .iter()
            .map(|text| pair(text, "--fallback", Mapping::parse))
            .collect::<Result<_, _>>()?,
        forms: args
            .forms
            .iter()
            .map(|text| pair(text, "--form", Form::parse))
            .collect::<Result<_, _>>()?,
        not_references: args.not_references.clone(),
        namespace: args.namespace.clone(),
        run_id: unified_id::TransactionId::new().core().to_text().as_str()[..16].to_owned(),
        ..PlanOptions::default()
    };
    let plan = sqlite::plan(&args.database, &options)?;
    let mut out = output::stdout(false);
    if let Some(path) = &args.out {
        write_whole(path, &plan.to_json())?;
    }
    if args.format == FlagsFormat::Json {
        out.write_all(plan.to_json().as_bytes())?;
    } else {
        show_plan(&mut out, &plan)?;
        if let Some(path) = &args.out {
            writeln!(
                out,
                "\nplan written to {}; next: unified-id migrate run {0}",
                path.display()
            )?;
        }
    }
    out.flush()?;
    Ok(if plan.blockers().next().is_some() { Outcome::CheckFailed } else { Outcome::Done })
}

/// Whoever looks finds the old plan or the new one.
fn write_whole(path: &Path, text: &str) -> anyhow::Result<()> {
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    let done = fs::File::create(&part).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&part, path)
    });
    done.with_context(|| format!("{} cannot be written", path.display()))
}

fn show_plan(out: &mut impl Write, plan: &Plan) -> io::Result<()> {
    writeln!(out, "{}\n", plan.database)?;
    for (no, key) in plan.keys.iter().enumerate() {
        let time =
            key.time_column.as_ref().map_or_else(String::new, |column| format!(" from {column}"));
        writeln!(
            out,
            "key {}.{}: {}{time}, {} rows, {} without a key",
            key.table,
            key.column,
            key.mapping.name(),
            key.rows,
            key.nulls
        )?;
        let formats: Vec<String> = key
            .formats
            .iter()
            .map(|format| format!("{} {}", format.values, format.format))
            .collect();
        if !formats.is_empty() {
            writeln!(out, "  formats: {}; {} in none", formats.join(", "), key.unknown_format)?;
        }
        for reference in plan.references.iter().filter(|reference| reference.key == no) {
            let place = serde_json::to_string(&reference.place)?;
            let place = if place == "\"whole\"" { String::new() } else { format!(" {place}") };
            let origin = serde_json::to_string(&reference.origin)?;
            writeln!(
                out,
                "  <- {}.{}{place}: {}, {} values, {} orphans, {:.1} % are keys",
                reference.table,
                reference.column,
                origin.trim_matches('"'),
                reference.values,
                reference.orphans,
                reference.share * 100.0
            )?;
        }
    }
    for finding in &plan.findings {
        let level = match finding.level {
            Level::Blocker => "blocker",
            Level::Warning => "warning",
            Level::Note => "note",
        };
        writeln!(out, "{level}: {}", finding.what)?;
    }
    show_estimate(out, plan)
}

fn show_estimate(out: &mut impl Write, plan: &Plan) -> io::Result<()> {
    writeln!(
        out,
        "{} rows, about {:.0} s, {} MB of disk beside the database",
        plan.estimate.rows,
        plan.estimate.seconds.ceil(),
        plan.estimate.disk_bytes.div_ceil(1 << 20)
    )
}

fn read_plan(path: &Path) -> anyhow::Result<Plan> {
    let text = fs::read_to_string(path)
        .with_context(|| format!("the plan {} cannot be read", path.display()))?;
    Ok(Plan::from_json(&text)?)
}

/// Shows progress: a bar in a terminal, a line per step elsewhere, or JSON lines.
struct Progress {
    format: FlagsFormat,
    bar: Option<ProgressBar>,
    last: String,
}

impl Progress {
    fn new(format: FlagsFormat) -> Self {
        let is_bar = format == FlagsFormat::Text && io::stderr().is_terminal();
        let bar = is_bar.then(|| {
            let style = ProgressStyle::with_template(
                "{msg:40} {wide_bar} {human_pos}/{human_len} {per_sec} {eta}",
            );
            ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        });
        Self { format, bar, last: String::new() }
    }

    fn tell(&mut self, event: &Event) {
        let title = format!("{}: {}", event.phase.name(), event.what);
        let mut err = io::stderr();
        // Progress that cannot be shown is no reason to stop a migration.
        let _ = match (&self.bar, self.format) {
            (_, FlagsFormat::Json) => serde_json::to_string(event)
                .map_err(io::Error::from)
                .and_then(|line| writeln!(err, "{line}")),
            (Some(bar), _) => {
                bar.set_message(title);
                bar.set_length(event.total);
                bar.set_position(event.done);
                Ok(())
            }
            (None, _) if self.last != title => {
                let rows = if event.total > 0 {
                    format!(" ({} rows)", event.total)
                } else {
                    String::new()
                };
                let line = writeln!(err, "{title}{rows}");
                self.last = title;
                line
            }
            _ => Ok(()),
        };
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn run_phases(args: &RunArgs) -> anyhow::Result<Outcome> {
    let plan = read_plan(&args.step.plan)?;
    let until = Phase::parse(&args.until)
        .filter(|phase| *phase < Phase::Done)
        .with_context(|| format!("`--until {}`: the phases are backup, expand, backfill, verify, switch, soak, contract", args.until))?;
    let mut out = output::stdout(false);
    let tolerance = plan.settings.tolerance_rows;
    let mut engine = Sqlite::open(plan, !args.step.dry_run)?;
    let from = engine.phase()?;
    if args.step.dry_run {
        let phases: Vec<&str> = Phase::RUN
            .iter()
            .filter(|phase| (from..=until).contains(phase))
            .map(|phase| phase.name())
            .collect();
        writeln!(
            out,
            "would run: {}",
            if phases.is_empty() { "nothing".to_owned() } else { phases.join(", ") }
        )?;
        return Ok(Outcome::Done);
    }
    let mut progress = Progress::new(args.step.progress);
    let mut ended = None;
    // Each of the two steps that an application notices is confirmed on its own.
    for stop in [Phase::Verify, Phase::Switch, Phase::Soak, Phase::Contract] {
        let goal = stop.min(until);
        let phase = engine.phase()?;
        if phase > goal {
            continue;
        }
        if !args.yes
            && matches!(stop, Phase::Switch | Phase::Contract)
            && until >= stop
            && !confirm(stop)?
        {
            writeln!(out, "stopped before {}; `unified-id migrate resume` goes on", stop.name())?;
            out.flush()?;
            return Ok(Outcome::Stopped);
        }
        ended = Some(runner::run(&mut engine, goal, tolerance, &mut |event| progress.tell(event))?);
        if goal == until {
            break;
        }
    }
    drop(progress);
    if let Some(verification) = ended.as_ref().and_then(|ended| ended.verification.as_ref()) {
        show_verification(&mut out, verification)?;
    }
    writeln!(out, "next phase: {}", engine.phase()?.name())?;
    if let Some(ended) = ended.filter(|ended| ended.drift > 0) {
        writeln!(
            out,
            "{} keys in the live tables are no new ids: they came in after the switch",
            ended.drift
        )?;
    }
    out.flush()?;
    Ok(Outcome::Done)
}

fn confirm(phase: Phase) -> anyhow::Result<bool> {
    let mut err = io::stderr();
    write!(err, "next is {}: go on? [y/N] ", phase.name())?;
    err.flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "yes"))
}

fn show_verification(out: &mut impl Write, found: &Verification) -> io::Result<()> {
    writeln!(
        out,
        "verified: {} rows, {} references ({} orphans, as before), {} ids made again, {} rows pending, {} failures",
        found.rows, found.edges, found.orphans, found.ids, found.pending, found.failed
    )?;
    for failure in &found.failures {
        writeln!(
            out,
            "  {} of {} row {}: {}",
            failure.check, failure.table, failure.row, failure.what
        )?;
    }
    Ok(())
}

fn step(
    args: &StepArgs,
    what: &str,
    work: impl FnOnce(&mut Sqlite, &mut id_migrate::engine::Watch<'_>) -> id_migrate::Result<()>,
) -> anyhow::Result<Outcome> {
    let plan = read_plan(&args.plan)?;
    let mut out = output::stdout(false);
    let mut engine = Sqlite::open(plan, !args.dry_run)?;
    if args.dry_run {
        writeln!(out, "would {what}; next phase now: {}", engine.phase()?.name())?;
        return Ok(Outcome::Done);
    }
    let mut progress = Progress::new(args.progress);
    work(&mut engine, &mut |event| progress.tell(event))?;
    drop(progress);
    writeln!(out, "next phase: {}", engine.phase()?.name())?;
    out.flush()?;
    Ok(Outcome::Done)
}

fn status(args: &StepArgs) -> anyhow::Result<Outcome> {
    let plan = read_plan(&args.plan)?;
    let mut out = output::stdout(false);
    let mut engine = Sqlite::open(plan, false)?;
    let phase = engine.phase()?;
    if args.progress == FlagsFormat::Json {
        writeln!(out, "{}", serde_json::json!({ "next": phase, "journal": engine.journal()? }))?;
    } else {
        writeln!(out, "next phase: {}", phase.name())?;
        for (at, what) in engine.journal()? {
            writeln!(out, "  {at}  {what}")?;
        }
    }
    out.flush()?;
    Ok(Outcome::Done)
}

fn verify(args: &StepArgs) -> anyhow::Result<Outcome> {
    let plan = read_plan(&args.plan)?;
    let tolerance = plan.settings.tolerance_rows;
    let mut out = output::stdout(false);
    let mut engine = Sqlite::open(plan, !args.dry_run)?;
    let mut progress = Progress::new(args.progress);
    let found = engine.verify(&mut |event| progress.tell(event))?;
    drop(progress);
    show_verification(&mut out, &found)?;
    out.flush()?;
    Ok(if found.failed > tolerance { Outcome::CheckFailed } else { Outcome::Done })
}

fn estimate(args: &StepArgs) -> anyhow::Result<Outcome> {
    let plan = read_plan(&args.plan)?;
    let mut out = output::stdout(false);
    show_estimate(&mut out, &plan)?;
    out.flush()?;
    Ok(Outcome::Done)
}
