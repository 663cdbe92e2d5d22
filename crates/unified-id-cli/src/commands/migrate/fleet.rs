//! `unified-id migrate fleet`: several databases as one.

use std::fs;
use std::io::{self, BufRead, Write};
use std::path::Path;

use anyhow::Context;
use id_migrate::engine::Phase;
use id_migrate::fleet::{Fleet, FleetEvent, FleetRun, Outcome as Ended};

use super::progress::Progress;
use crate::args::{FlagsFormat, FleetArgs, FleetCommand, FleetRunArgs};
use crate::exit::Outcome;
use crate::output;

pub(super) fn run(args: &FleetArgs) -> anyhow::Result<Outcome> {
    match &args.command {
        FleetCommand::Plan(args) => plan(args),
        FleetCommand::Run(args) | FleetCommand::Resume(args) => run_all(args),
        FleetCommand::Status(args) => status(args),
        FleetCommand::Rollback(args) => rollback(args),
    }
}

fn open(path: &Path) -> anyhow::Result<FleetRun> {
    let text = fs::read_to_string(path)
        .with_context(|| format!("the fleet file {} cannot be read", path.display()))?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = fs::canonicalize(folder.unwrap_or(Path::new(".")))?;
    Ok(FleetRun::new(Fleet::parse(&text, &folder)?)?.with_password(super::access(path).password))
}

/// Makes the plans that can be made; one that refers to another database waits for its turn.
fn plan(args: &FleetRunArgs) -> anyhow::Result<Outcome> {
    let fleet = open(&args.fleet)?;
    let mut out = output::stdout(false);
    let mut outcome = Outcome::Done;
    for (no, database) in fleet.fleet().databases.iter().enumerate() {
        match fleet.plan(no) {
            Ok(plan) => {
                writeln!(
                    out,
                    "{}: {} keys, {} references, about {:.0} s; {}",
                    database.name,
                    plan.keys.len(),
                    plan.references.len(),
                    plan.estimate.seconds.ceil(),
                    fleet.plan_path(&database.name).display()
                )?;
                for blocker in plan.blockers() {
                    writeln!(out, "  blocker: {}", blocker.what)?;
                    outcome = Outcome::CheckFailed;
                }
            }
            Err(error) if error.kind() == id_migrate::ErrorKind::Stopped => {
                writeln!(out, "{}: planned when it is its turn: {error}", database.name)?;
            }
            Err(error) => return Err(error.into()),
        }
    }
    out.flush()?;
    Ok(outcome)
}

fn run_all(args: &FleetRunArgs) -> anyhow::Result<Outcome> {
    let mut fleet = open(&args.fleet)?;
    let mut out = output::stdout(false);
    let until = match &args.until {
        Some(name) => Some(
            Phase::parse(name)
                .filter(|phase| *phase < Phase::Done)
                .with_context(|| format!("`--until {name}`: there is no such phase"))?,
        ),
        None => None,
    };
    if args.dry_run {
        writeln!(out, "would go on with: {}", fleet.next_step()?)?;
        out.flush()?;
        return Ok(Outcome::Done);
    }
    let mut progress = Progress::new(args.progress);
    let yes = args.yes;
    let mut ask = |database: &str, phase: Phase| yes || confirm(database, phase).unwrap_or(false);
    let ended = fleet.run(until, &mut ask, &mut |event| tell(&mut progress, event))?;
    drop(progress);
    let outcome = match ended {
        Ended::Done => {
            writeln!(out, "next: {}", fleet.next_step()?)?;
            Outcome::Done
        }
        Ended::Stopped(what) => {
            writeln!(out, "stopped {what}; `unified-id migrate fleet resume` goes on")?;
            Outcome::Stopped
        }
        Ended::Threshold(what) => {
            writeln!(out, "stopped at {what}; `fleet resume` goes on, `fleet rollback` goes back")?;
            Outcome::CheckFailed
        }
        Ended::RolledBack(what) => {
            writeln!(out, "rolled back after {what}")?;
            Outcome::CheckFailed
        }
    };
    writeln!(out, "status and reports: {}", fleet.fleet().work_folder().display())?;
    out.flush()?;
    Ok(outcome)
}

fn tell(progress: &mut Progress, event: &FleetEvent<'_>) {
    match event {
        FleetEvent::Database(name, event) => progress.tell_of(name, event),
        FleetEvent::Step(what) => progress.say(what),
        _ => {}
    }
}

fn confirm(database: &str, phase: Phase) -> io::Result<bool> {
    let mut err = io::stderr();
    write!(err, "next is {} of {database}: go on? [y/N] ", phase.name())?;
    err.flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "yes"))
}

fn status(args: &FleetRunArgs) -> anyhow::Result<Outcome> {
    let fleet = open(&args.fleet)?;
    let mut out = output::stdout(false);
    let found = fleet.status("as it is", &fleet.next_step()?)?;
    if args.progress == FlagsFormat::Json {
        writeln!(out, "{}", serde_json::to_string_pretty(&found)?)?;
    } else {
        out.write_all(found.to_markdown().as_bytes())?;
    }
    out.flush()?;
    Ok(Outcome::Done)
}

fn rollback(args: &FleetRunArgs) -> anyhow::Result<Outcome> {
    let mut fleet = open(&args.fleet)?;
    let mut out = output::stdout(false);
    if args.dry_run {
        let names: Vec<&str> =
            fleet.fleet().databases.iter().rev().map(|database| database.name.as_str()).collect();
        writeln!(out, "would go back: {}", names.join(", "))?;
        out.flush()?;
        return Ok(Outcome::Done);
    }
    let mut progress = Progress::new(args.progress);
    let report = fleet.rollback("asked for", &mut |event| tell(&mut progress, event))?;
    drop(progress);
    for row in &report.databases {
        let said = row.error.as_ref().map_or("back", String::as_str);
        writeln!(out, "{} from {}: {said}, {:.1} s", row.name, row.from.name(), row.seconds)?;
    }
    let path = fleet.fleet().work_folder().join("rollback_report.json");
    writeln!(out, "report: {}", path.display())?;
    out.flush()?;
    Ok(if report.is_complete { Outcome::Done } else { Outcome::Stopped })
}
