//! `id-lint baseline`: makes, checks, shortens and merges what is known.
//!
//! Only `create`, and `update` with leave to grow, ever add an entry. Nothing is written after a
//! scan that could not read everything: what it did not see is not gone. The file is replaced as a
//! whole or not at all.

use std::io::{self, Write as _};
use std::path::Path;

use id_scan::{Baseline, Report};

use super::known::{self, Compared, Known};
use super::scan;
use crate::args::{Baseline as Command, BaselineOf, Color};
use crate::exit::{Outcome, Usage};
use crate::output::{self, Shown};
use crate::settings::{self, Settings};

/// Runs one of the commands.
pub(crate) fn run(command: &Command) -> anyhow::Result<Outcome> {
    match command {
        Command::Create { of, force } => create(of, *force),
        Command::Check { of, exact, outputs } => {
            let targets = output::targets(outputs)?;
            if outputs.show_settings {
                return scan::show_settings(&[group(of)?]);
            }
            let (group, mut report, compared) = compared(of)?;
            let known = compared.mark(&mut report);
            let remarks = remarks(&compared);
            let shown = Shown {
                report: &report,
                root: &group.config.root,
                known,
                baseline: Some(shown_baseline(&group)),
                left_out: 0,
                is_change: false,
                remarks,
                statistics: outputs.statistics,
            };
            output::write(&shown, &targets, settings::color(outputs.color))?;
            let is_stale = *exact && !compared.result.stale.is_empty();
            Ok(match Outcome::of(&report) {
                Outcome::Clean if is_stale => Outcome::Findings,
                outcome => outcome,
            })
        }
        Command::Prune { of } => {
            let (group, report, compared) = compared(of)?;
            let outcome = shorten(&group, &report, &compared, &compared.result.pruned)?;
            let new = compared.new_findings().len();
            if new > 0 {
                say(&format!("{new} new findings were not added: see `id-lint baseline check`"))?;
            }
            Ok(outcome)
        }
        Command::Update { of, allow_growth } => update(of, *allow_growth),
        Command::Merge { base, ours, theirs } => merge(base, ours, theirs),
    }
}

/// The settings; those of one group, because a baseline belongs to one.
fn group(of: &BaselineOf) -> anyhow::Result<Settings> {
    let mut groups = settings::groups(&of.inputs, of.baseline.as_deref())?;
    match groups.pop() {
        Some(group) if groups.is_empty() && !group.config.paths.is_empty() => Ok(group),
        Some(_) if !groups.is_empty() => Err(Usage::new(
            "the paths have settings of their own, and a baseline belongs to one settings file",
            "run the command for each, or name one with `--config`",
        )
        .into()),
        _ => Err(Usage::new("every path is excluded", "name a path that is not").into()),
    }
}

fn shown_baseline(group: &Settings) -> String {
    id_scan::shown_path(&group.config.root, &group.baseline)
}

/// Scans everything that the baseline of a group is for: also folders with settings of their own,
/// unless they have a baseline of their own.
fn whole(of: &BaselineOf, group: Settings) -> anyhow::Result<(Settings, Report)> {
    let scanned = settings::each(vec![group], &of.inputs, |group| {
        let report = id_scan::scan(&group.config)?;
        let noted = report.noted.clone();
        Ok((report, noted))
    })?;
    let mut first: Option<Settings> = None;
    let mut reports = Vec::new();
    for (group, report) in scanned {
        let known = first.get_or_insert_with(|| group.clone());
        if known.baseline == group.baseline {
            reports.push(report);
        } else {
            let path = shown_baseline(&group);
            say_aside(&format!("note: `{path}` is a baseline of its own, and is left as it is"));
        }
    }
    match first {
        Some(group) => Ok((group, Report::merged(reports))),
        None => Err(Usage::new("every path is excluded", "name a path that is not").into()),
    }
}

/// Says something beside the results. With standard error closed there is nobody left to tell.
fn say_aside(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}

fn scanned(of: &BaselineOf, group: Settings) -> anyhow::Result<(Settings, Report)> {
    let (group, report) = whole(of, group)?;
    output::problems(&report, settings::color(Color::Auto));
    Ok((group, report))
}

/// Scans and compares with the baseline, which has to be there.
fn compared(of: &BaselineOf) -> anyhow::Result<(Settings, Report, Compared)> {
    let group = group(of)?;
    if !group.baseline.exists() {
        let message = format!("there is no baseline `{}`", shown_baseline(&group));
        return Err(Usage::new(message, "make one with `id-lint baseline create`").into());
    }
    let baseline = known::parse(&group.baseline)?;
    let (group, report) = whole(of, group)?;
    let known = Known::new(&group.config, &group.baseline, baseline);
    let compared = known.compare(&report, |_| false, |path| scan::looks_at(&group, path));
    Ok((group, report, compared))
}

fn create(of: &BaselineOf, force: bool) -> anyhow::Result<Outcome> {
    let group = group(of)?;
    let path = shown_baseline(&group);
    if !force && group.baseline.symlink_metadata().is_ok() {
        let message = format!("there is a baseline `{path}` already");
        let help = "`id-lint baseline prune` removes what is gone, `update --allow-growth` adds what is new, `create --force` begins anew";
        return Err(Usage::new(message, help).into());
    }
    let (group, report) = scanned(of, group)?;
    if report.has_errors() {
        return incomplete(&path);
    }
    let known = Known::new(&group.config, &group.baseline, Baseline::default());
    let findings = report.findings.iter().filter(|found| !found.suppressed);
    let baseline = Baseline::of(findings.map(|found| known.key(found)));
    id_scan::replace_file(&group.baseline, baseline.to_text().as_bytes())?;
    say(&format!("{path}: {} written", counted(&baseline)))?;
    Ok(Outcome::Clean)
}

fn update(of: &BaselineOf, allow_growth: bool) -> anyhow::Result<Outcome> {
    let (group, report, compared) = compared(of)?;
    let new = compared.new_findings();
    if new.is_empty() || report.has_errors() {
        return shorten(&group, &report, &compared, &compared.result.pruned);
    }
    let findings = || new.iter().filter_map(|&at| report.findings.get(at));
    if !allow_growth {
        let mut out = io::stdout().lock();
        for found in findings() {
            output::agent::finding(&mut out, found)?;
        }
        out.flush()?;
        drop(out);
        let path = shown_baseline(&group);
        say(&format!(
            "{path}: left as it is, {} new; `--allow-growth` adds what is new",
            new.len()
        ))?;
        return Ok(Outcome::Findings);
    }
    let known = Known::new(&group.config, &group.baseline, Baseline::default());
    let mut baseline = compared.result.pruned.clone();
    baseline.extend(Baseline::of(findings().map(|found| known.key(found))));
    let outcome = shorten(&group, &report, &compared, &baseline)?;
    say(&format!("{} added", output::text::plural(new.len(), "finding was", "findings were")))?;
    Ok(outcome)
}

/// Writes a baseline without what is gone, if it is another than before.
fn shorten(
    group: &Settings,
    report: &Report,
    compared: &Compared,
    baseline: &Baseline,
) -> anyhow::Result<Outcome> {
    output::problems(report, settings::color(Color::Auto));
    let path = shown_baseline(group);
    if report.has_errors() {
        return incomplete(&path);
    }
    let text = baseline.to_text();
    // Written anew also where only order or ends of lines were another's.
    if known::read_text(&group.baseline)? == text {
        say(&format!("{path}: nothing to change, {}", counted(baseline)))?;
        return Ok(Outcome::Clean);
    }
    id_scan::replace_file(&group.baseline, text.as_bytes())?;
    for remark in moves(compared) {
        say(&remark)?;
    }
    let stale: u64 = compared.result.stale.iter().map(|(_, count)| u64::from(*count)).sum();
    say(&format!("{path}: {stale} removed, {} left", counted(baseline)))?;
    Ok(Outcome::Clean)
}

fn incomplete(path: &str) -> anyhow::Result<Outcome> {
    say(&format!("{path}: left as it is, because not everything could be scanned"))?;
    Ok(Outcome::Incomplete)
}

fn counted(baseline: &Baseline) -> String {
    let lines = baseline.entries().count();
    let (findings, keys) = (baseline.len(), if lines == 1 { "line" } else { "lines" });
    format!("{findings} finding{} in {lines} {keys}", if findings == 1 { "" } else { "s" })
}

/// What is said about the entries of a baseline after the findings.
fn remarks(compared: &Compared) -> Vec<String> {
    let mut remarks = moves(compared);
    let stale: u64 = compared.result.stale.iter().map(|(_, count)| u64::from(*count)).sum();
    if stale > 0 {
        remarks.push(format!(
            "{stale} known finding{} gone: `id-lint baseline prune` keeps it so",
            if stale == 1 { " is" } else { "s are" }
        ));
    }
    remarks
}

fn moves(compared: &Compared) -> Vec<String> {
    let moved = compared.result.moved.iter();
    moved.map(|(from, to, count)| format!("{from} -> {to}: {count} moved")).collect()
}

fn merge(base: &Path, ours: &Path, theirs: &Path) -> anyhow::Result<Outcome> {
    let read = |path: &Path| {
        // Git gives an empty file where both sides made one.
        let text = known::read_text(path)?;
        if text.is_empty() { Ok(Baseline::default()) } else { known::parse(path) }
    };
    let merged = Baseline::merge(&read(base)?, &read(ours)?, &read(theirs)?);
    id_scan::replace_file(ours, merged.to_text().as_bytes())?;
    Ok(Outcome::Clean)
}

fn say(line: &str) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()?;
    Ok(())
}
