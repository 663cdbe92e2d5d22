//! `unified-id migrate`: hands plan and phases to the library, and prints what it says.

mod fleet;
mod plan;
mod progress;
mod report;

use std::fs;
use std::io::{self, BufRead, Write};
use std::path::Path;

use anyhow::Context;
use id_migrate::database::Access;
use id_migrate::engine::{Engine, Phase, Watch};
use id_migrate::{ErrorKind, MigrateError, Plan, database, postgres, run as runner, sqlite};

use self::progress::Progress;
use crate::args::{
    FlagsFormat, FunctionsArgs, MigrateArgs, MigrateCommand, RunArgs, SqlDialect, StepArgs,
};
use crate::exit::Outcome;
use crate::output;

pub(crate) fn run(args: &MigrateArgs) -> anyhow::Result<Outcome> {
    let result = match &args.command {
        MigrateCommand::Plan(args) => plan::run(args),
        MigrateCommand::Run(args) => run_phases(args),
        MigrateCommand::Resume(args) => resume(args),
        MigrateCommand::Pause(args) => pause(args),
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
        MigrateCommand::Functions(args) => functions(args),
        MigrateCommand::Fleet(args) => fleet::run(args),
    };
    result.or_else(|error| match error.downcast_ref::<MigrateError>() {
        Some(known) => {
            let mut err = io::stderr();
            writeln!(err, "error: {error:#}\nhelp:  {}", known.help())?;
            Ok(outcome(known))
        }
        None => Err(error),
    })
}

fn outcome(error: &MigrateError) -> Outcome {
    match error.kind() {
        ErrorKind::Blocked | ErrorKind::Verification => Outcome::CheckFailed,
        ErrorKind::Stopped | ErrorKind::Busy => Outcome::Stopped,
        _ => Outcome::Failed,
    }
}

/// Where a server's password comes from: the environment, as its own tools have it; files stand beside the plan.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the binary, and the name is PostgreSQL's own"
)]
fn access(plan: &Path) -> Access {
    let folder = plan.parent().filter(|folder| !folder.as_os_str().is_empty());
    Access {
        password: std::env::var("PGPASSWORD").ok(),
        folder: folder.unwrap_or(Path::new(".")).to_owned(),
    }
}

fn read_plan(path: &Path) -> anyhow::Result<Plan> {
    let text = fs::read_to_string(path)
        .with_context(|| format!("the plan {} cannot be read", path.display()))?;
    let mut plan = Plan::from_json(&text)?;
    if let Some(library) = duckdb_library() {
        plan.settings.duckdb_library = Some(library);
    }
    Ok(plan)
}

/// What the environment says about libduckdb.
fn duckdb_library() -> Option<String> {
    std::env::var_os("UNIFIED_ID_LIBDUCKDB").map(|path| path.to_string_lossy().into_owned())
}

fn pause(args: &StepArgs) -> anyhow::Result<Outcome> {
    let plan = read_plan(&args.plan)?;
    let mut out = output::stdout(false);
    if args.dry_run {
        writeln!(out, "would make the run wait between two batches")?;
    } else {
        database::pause(&plan, &access(&args.plan), true)?;
        writeln!(out, "a run waits behind its batch; `unified-id migrate resume` lets it go on")?;
    }
    out.flush()?;
    Ok(Outcome::Done)
}

/// Takes a pause back; a run that waited goes on by itself, else this one does.
fn resume(args: &RunArgs) -> anyhow::Result<Outcome> {
    if args.step.dry_run {
        return run_phases(args);
    }
    let plan = read_plan(&args.step.plan)?;
    // What cannot be opened, or holds no migration, says so when it is run.
    let has_ended_pause = database::pause(&plan, &access(&args.step.plan), false).unwrap_or(false);
    let result = run_phases(args);
    let is_busy = |error: &anyhow::Error| {
        error.downcast_ref::<MigrateError>().is_some_and(|error| error.kind() == ErrorKind::Busy)
    };
    if has_ended_pause && result.as_ref().is_err_and(is_busy) {
        let mut out = output::stdout(false);
        writeln!(out, "the run that waited goes on")?;
        out.flush()?;
        return Ok(Outcome::Done);
    }
    result
}

/// An error with the phase that did not end: which command goes on follows from it.
fn in_phase<T>(
    engine: &mut dyn Engine,
    told: Option<Phase>,
    result: id_migrate::Result<T>,
) -> anyhow::Result<T> {
    result.map_err(|error| {
        if matches!(error.kind(), ErrorKind::Usage | ErrorKind::Blocked) {
            return error.into();
        }
        match told.or_else(|| engine.phase().ok()) {
            Some(phase) => {
                anyhow::Error::new(error).context(format!("phase {} did not end", phase.name()))
            }
            None => error.into(),
        }
    })
}

fn run_phases(args: &RunArgs) -> anyhow::Result<Outcome> {
    let plan = read_plan(&args.step.plan)?;
    let until = Phase::parse(&args.until)
        .filter(|phase| *phase < Phase::Done)
        .with_context(|| format!("`--until {}`: the phases are backup, expand, backfill, verify, switch, soak, contract", args.until))?;
    let mut out = output::stdout(false);
    let tolerance = plan.settings.tolerance();
    let mut engine = database::open(plan, &access(&args.step.plan), !args.step.dry_run)?;
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
        out.flush()?;
        return Ok(Outcome::Done);
    }
    let mut progress = Progress::new(args.step.progress);
    let mut verification = None;
    let mut drift = 0;
    // Each of the two steps that an application notices is confirmed on its own.
    for stop in [Phase::Verify, Phase::Switch, Phase::Soak, Phase::Contract] {
        let goal = stop.min(until);
        if engine.phase()? > goal {
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
        let ended =
            runner::run(engine.as_mut(), goal, tolerance, &mut |event| progress.tell(event));
        let ended = in_phase(engine.as_mut(), progress.phase(), ended)?;
        verification = ended.verification.or(verification);
        drift = ended.drift.max(drift);
        if goal == until {
            break;
        }
    }
    drop(progress);
    if let Some(verification) = &verification {
        report::verification(&mut out, verification)?;
    }
    if engine.phase()? >= Phase::Soak {
        report::whole(&mut out, &engine.report()?)?;
    }
    if drift > 0 {
        writeln!(
            out,
            "{drift} keys in the live tables are no new ids: they came in after the switch"
        )?;
    }
    writeln!(out, "next phase: {}", engine.phase()?.name())?;
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

fn step(
    args: &StepArgs,
    what: &str,
    work: impl FnOnce(&mut dyn Engine, &mut Watch<'_>) -> id_migrate::Result<()>,
) -> anyhow::Result<Outcome> {
    let plan = read_plan(&args.plan)?;
    let mut out = output::stdout(false);
    let mut engine = database::open(plan, &access(&args.plan), !args.dry_run)?;
    if args.dry_run {
        writeln!(out, "would {what}; next phase now: {}", engine.phase()?.name())?;
        out.flush()?;
        return Ok(Outcome::Done);
    }
    let mut progress = Progress::new(args.progress);
    let done = work(engine.as_mut(), &mut |event| progress.tell(event));
    in_phase(engine.as_mut(), progress.phase(), done)?;
    drop(progress);
    writeln!(out, "next phase: {}", engine.phase()?.name())?;
    out.flush()?;
    Ok(Outcome::Done)
}

fn status(args: &StepArgs) -> anyhow::Result<Outcome> {
    let plan = read_plan(&args.plan)?;
    let mut out = output::stdout(false);
    let mut engine = database::open(plan, &access(&args.plan), false)?;
    let phase = engine.phase()?;
    let found = engine.report()?;
    if args.progress == FlagsFormat::Json {
        writeln!(
            out,
            "{}",
            serde_json::json!({ "next": phase, "journal": found.journal, "report": found })
        )?;
    } else {
        writeln!(out, "next phase: {}", phase.name())?;
        for (at, what) in &found.journal {
            writeln!(out, "  {at}  {what}")?;
        }
        report::whole(&mut out, &found)?;
    }
    out.flush()?;
    Ok(Outcome::Done)
}

fn verify(args: &StepArgs) -> anyhow::Result<Outcome> {
    let plan = read_plan(&args.plan)?;
    let tolerance = plan.settings.tolerance();
    let mut out = output::stdout(false);
    let mut engine = database::open(plan, &access(&args.plan), !args.dry_run)?;
    if args.dry_run {
        writeln!(out, "would compare both sides; next phase now: {}", engine.phase()?.name())?;
        out.flush()?;
        return Ok(Outcome::Done);
    }
    let mut progress = Progress::new(args.progress);
    let found = engine.verify(&mut |event| progress.tell(event));
    let found = in_phase(engine.as_mut(), progress.phase(), found)?;
    drop(progress);
    report::verification(&mut out, &found)?;
    out.flush()?;
    Ok(if tolerance.allows(found.failed, found.rows) {
        Outcome::Done
    } else {
        Outcome::CheckFailed
    })
}

/// The costs as the plan has them: calibrated on that database when it was made.
fn estimate(args: &StepArgs) -> anyhow::Result<Outcome> {
    let plan = read_plan(&args.plan)?;
    let mut out = output::stdout(false);
    plan::show_estimate(&mut out, &plan)?;
    out.flush()?;
    Ok(Outcome::Done)
}

fn functions(args: &FunctionsArgs) -> anyhow::Result<Outcome> {
    let mut out = output::stdout(false);
    if args.dialect == SqlDialect::Postgres {
        let schema = format!("\"{}\"", args.schema.replace('"', "\"\""));
        writeln!(out, "-- ids in SQL for PostgreSQL\n\nCREATE SCHEMA IF NOT EXISTS {schema};")?;
        for sql in postgres::functions(&args.schema) {
            writeln!(out, "\n{sql};")?;
        }
        out.flush()?;
        return Ok(Outcome::Done);
    }
    writeln!(out, "-- ids in SQL for SQLite: expressions over {}", args.expression)?;
    for (name, sql) in sqlite::functions(&args.expression) {
        writeln!(out, "\n-- {name}\n{sql}")?;
    }
    out.flush()?;
    Ok(Outcome::Done)
}
