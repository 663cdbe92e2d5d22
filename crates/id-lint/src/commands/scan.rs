//! `id-lint scan`: runs the engine, takes away what is known, writes the report.

use std::io::{self, Read as _, Write as _};
use std::path::Path;

use anyhow::Context as _;
use id_scan::{Problem, ProblemKind, Report};

use super::changes::{self, Examined};
use super::known::{self, Known};
use crate::args::{Format, Outputs, Scan};
use crate::exit::{Outcome, Usage};
use crate::output::{self, Shown};
use crate::settings::{self, Settings};

/// Larger input is no source text.
const MAX_BYTES: u64 = 4_000_000_000;

/// Scans, writes findings to where they were asked for and problems to standard error.
pub(crate) fn run(args: &Scan) -> anyhow::Result<Outcome> {
    let targets = output::targets(&args.outputs)?;
    let mut groups = settings::groups(&args.inputs, args.baseline.as_deref())?;
    ask_for_fixes(&mut groups, &targets);
    if args.outputs.show_settings {
        return show_settings(&groups);
    }
    let root = settings::root()?;
    if args.inputs.paths.iter().any(|path| path.as_os_str() == "-")
        && args.changes.stdin_filename.is_none()
    {
        let help =
            "add `--stdin-filename PATH`: its ending says the language, its folder the settings";
        return Err(Usage::new("standard input has no name", help).into());
    }
    if let Some(name) = &args.changes.stdin_filename {
        return stdin(args, name, &targets, &root);
    }
    let changed = changes::ask(&args.changes, &root)?;
    let mut scanned: Vec<(Settings, Examined)> = Vec::new();
    let made = settings::each(groups, &args.inputs, |group| {
        let config = &group.config;
        if let Some(changed) = &changed {
            return Ok((changed.examine(config)?, changed.settings(group)?));
        }
        let report = id_scan::scan(config)?;
        let noted = report.noted.clone();
        Ok((Examined::whole(report), noted))
    })?;
    for (group, examined) in made {
        // An entry of a baseline lets one finding pass, wherever it is looked for.
        match scanned.iter_mut().find(|(known, _)| known.baseline == group.baseline) {
            Some((_, known)) => known.add(examined),
            None => scanned.push((group, examined)),
        }
    }
    let mut reports = Vec::new();
    let mut notes = Notes::default();
    for (group, examined) in scanned {
        reports.push(one(args, &group, changed.is_some(), examined, &mut notes)?);
    }
    let report = Report::merged(reports);
    if let Some(changed) = &changed {
        notes.left_out = changed.len().saturating_sub(report.summary.files);
        notes.is_change = true;
    }
    let outcome = write(&report, &notes, &args.outputs, &targets, &root);
    // The program ends: the system takes everything back at once, and text by text it takes
    // milliseconds.
    std::mem::forget(report);
    outcome
}

/// Fixes are made for the forms that hold them.
fn ask_for_fixes(groups: &mut [Settings], targets: &[output::Target]) {
    let holds = |target: &output::Target| {
        matches!(target.format, Format::Json | Format::Jsonl | Format::Sarif)
    };
    if targets.iter().any(holds) {
        for group in groups {
            group.config.fixes.clone_from(&group.profiles);
        }
    }
}

/// What is said beside the findings.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    known: usize,
    baselines: Vec<String>,
    left_out: usize,
    is_change: bool,
}

/// Compares what was found under one baseline with it.
fn one(
    args: &Scan,
    group: &Settings,
    is_change: bool,
    mut examined: Examined,
    notes: &mut Notes,
) -> anyhow::Result<Report> {
    let config = &group.config;
    let has_baseline = !args.no_baseline && (group.baseline_is_named || group.baseline.is_file());
    if has_baseline {
        let known = Known::read(config, &group.baseline)?;
        let is_new = |found: &id_scan::Finding| is_change && examined.is_new_line(found);
        let compared = known.compare(&examined.report, is_new, |_| false);
        notes.known += compared.mark(&mut examined.report);
        let shown = id_scan::shown_path(&config.root, &group.baseline);
        if !notes.baselines.contains(&shown) {
            notes.baselines.push(shown);
        }
    }
    if is_change {
        let known =
            |report: &Report| report.findings.iter().filter(|found| found.suppressed).count();
        let before = known(&examined.report);
        examined.retain_new();
        notes.known -= (before - known(&examined.report)).min(notes.known);
    }
    Ok(examined.report)
}

/// Scans standard input.
fn stdin(
    args: &Scan,
    name: &Path,
    targets: &[output::Target],
    root: &Path,
) -> anyhow::Result<Outcome> {
    let mut inputs = crate::args::Inputs {
        paths: vec![name.to_owned()],
        config: None,
        exclude: Vec::new(),
        ..args.inputs
    };
    inputs.config.clone_from(&args.inputs.config);
    inputs.exclude.clone_from(&args.inputs.exclude);
    let mut groups = settings::groups(&inputs, args.baseline.as_deref())?;
    ask_for_fixes(&mut groups, targets);
    let mut text = Vec::new();
    let mut input = io::stdin().lock().take(MAX_BYTES);
    input.read_to_end(&mut text).context("standard input cannot be read")?;
    let (mut reports, mut notes) = (Vec::new(), Notes::default());
    for group in groups.iter().filter(|group| !group.config.paths.is_empty()) {
        let config = &group.config;
        let mut report = id_scan::scan_text(config, name, &text).unwrap_or_else(|| {
            let mut report = Report::merged([]);
            let message = "it is of no language that is scanned; it was left out";
            let shown = id_scan::shown_path(&config.root, name);
            report.errors.push(Problem::new(shown, ProblemKind::UnknownLanguage, message));
            report
        });
        if !args.no_baseline && (group.baseline_is_named || group.baseline.is_file()) {
            let known = Known::read(config, &group.baseline)?;
            notes.known += known.compare(&report, |_| false, |_| false).mark(&mut report);
            notes.baselines.push(id_scan::shown_path(&config.root, &group.baseline));
        }
        reports.push(report);
    }
    write(&Report::merged(reports), &notes, &args.outputs, targets, root)
}

/// Writes a report in every form that was asked for.
fn write(
    report: &Report,
    notes: &Notes,
    outputs: &Outputs,
    targets: &[output::Target],
    root: &Path,
) -> anyhow::Result<Outcome> {
    let shown = Shown {
        report,
        root,
        known: notes.known,
        baseline: (!notes.baselines.is_empty()).then(|| notes.baselines.join(", ")),
        left_out: notes.left_out,
        is_change: notes.is_change,
        remarks: Vec::new(),
        statistics: outputs.statistics,
    };
    output::write(&shown, targets, settings::color(outputs.color))?;
    Ok(Outcome::of(report))
}

/// Prints the settings that hold.
pub(crate) fn show_settings(groups: &[Settings]) -> anyhow::Result<Outcome> {
    let mut out = io::stdout().lock();
    for (at, group) in groups.iter().enumerate() {
        if at > 0 {
            writeln!(out)?;
        }
        out.write_all(group.shown()?.as_bytes())?;
    }
    out.flush()?;
    Ok(Outcome::Clean)
}

/// Whether a scan of `group` would have looked at a full path.
pub(crate) fn looks_at(group: &Settings, path: &Path) -> bool {
    known::is_below(&group.config, path)
}
