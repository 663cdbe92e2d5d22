//! `id-lint fix`: scans, rewrites file by file, and says what is left.
//!
//! A file is read again before it is fixed, and replaced only if it still is what was read. With
//! `--diff` the changes go to standard output as a patch, and nothing is written. What a baseline
//! knows is fixed too; what remains of it is not printed.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use anstream::AutoStream;
use id_scan::{Applicability, Config, Finding, Fixed, Report, Scanner, fix_text};

use super::known::Known;
use crate::args::Fix;
use crate::exit::Outcome;
use crate::output::{self, Shown};
use crate::settings::{self, Settings};

/// Fixes, writes patch and remaining findings to standard output and problems to standard error.
pub(crate) fn run(args: &Fix) -> anyhow::Result<Outcome> {
    let root = settings::root()?;
    let choice = settings::color(args.color);
    let mut work = Work {
        args,
        problems: AutoStream::new(io::stderr().lock(), choice),
        done: Done::default(),
    };
    let groups = settings::groups(&args.inputs, args.baseline.as_deref())?;
    let scanned = settings::each(groups, &args.inputs, |group| {
        let report = id_scan::scan(&group.with_fixes(&args.profile)?.config)?;
        let noted = report.noted.clone();
        Ok((report, noted))
    })?;
    let mut fixed: Vec<(Settings, Report)> = Vec::new();
    for (group, report) in scanned {
        let mut group = group.with_fixes(&args.profile)?;
        let report = work.group(&mut group, report)?;
        match fixed.iter_mut().find(|(known, _)| known.baseline == group.baseline) {
            Some((_, known)) => *known = Report::merged([std::mem::take(known), report]),
            None => fixed.push((group, report)),
        }
    }
    let (mut reports, mut baselines, mut known) = (Vec::new(), Vec::new(), 0);
    for (group, mut report) in fixed {
        if !args.no_baseline && (group.baseline_is_named || group.baseline.is_file()) {
            let baseline = Known::read(&group.config, &group.baseline)?;
            known += baseline.compare(&report, |_| false, |_| false).mark(&mut report);
            baselines.push(id_scan::shown_path(&root, &group.baseline));
        }
        reports.push(report);
    }
    let report = Report::merged(reports);
    let Work { problems, done, .. } = work;
    drop(problems);
    output::problems(&report, choice);
    let outcome = if done.failed > 0 { Outcome::Incomplete } else { Outcome::of(&report) };
    let remark = done.sentence(args, &report);
    let mut plain = io::stdout().lock();
    plain.write_all(&done.patch)?;
    let shown = Shown {
        report: &report,
        root: &root,
        known,
        baseline: (!baselines.is_empty()).then(|| baselines.join(", ")),
        left_out: 0,
        is_change: false,
        remarks: vec![remark],
        statistics: false,
    };
    let mut out = BufWriter::new(AutoStream::new(plain, choice));
    output::text::write(&mut out, &shown, true)?;
    out.flush()?;
    Ok(outcome)
}

/// A fix of many files.
struct Work<'a, W> {
    args: &'a Fix,
    problems: W,
    done: Done,
}

/// What was done so far.
#[derive(Default)]
struct Done {
    patch: Vec<u8>,
    files: usize,
    findings: usize,
    failed: usize,
}

impl<W: Write> Work<'_, W> {
    /// Fixes what was found by one group of settings; returns what is left there.
    fn group(&mut self, group: &mut Settings, report: Report) -> anyhow::Result<Report> {
        let config = &mut group.config;
        config.patched_modules = id_scan::patched_modules(&report);
        let scanner = Scanner::new(config);
        let level = self.level();
        let mut after = Vec::new();
        for path in fixable(&report, level) {
            match fixed(&scanner, config, &path, level) {
                Ok(None) => {}
                Ok(Some((old, fixed))) => after.extend(self.file(path, &old, fixed)?),
                Err(error) => {
                    self.done.failed += 1;
                    // With standard error closed there is nobody left to tell; the exit code tells.
                    let _ = writeln!(self.problems, "error: `{path}`: it cannot be read: {error}");
                }
            }
        }
        Ok(report.with_files(after))
    }

    fn level(&self) -> Applicability {
        if self.args.with_unsafe { Applicability::Unsafe } else { Applicability::Safe }
    }

    /// Writes a fixed file, or its patch; returns what is left in it.
    fn file(
        &mut self,
        path: String,
        old: &[u8],
        fixed: Fixed,
    ) -> anyhow::Result<Option<(String, Report)>> {
        if let Some(reason) = fixed.refused {
            let _ = writeln!(self.problems, "note: `{path}` was not fixed: {reason}");
            return Ok(None);
        }
        if fixed.text == old {
            return Ok(None);
        }
        if self.args.diff {
            output::patch::write(&mut self.done.patch, &path, old, &fixed.text)?;
        } else if let Err(error) = id_scan::replace_text(Path::new(&path), old, &fixed.text) {
            self.done.failed += 1;
            let cause = std::error::Error::source(&error);
            let cause = cause.map(|cause| format!(": {cause}")).unwrap_or_default();
            let _ = writeln!(self.problems, "error: {error}{cause}\nhelp:  {}", error.help());
            return Ok(None);
        }
        self.done.files += 1;
        self.done.findings += fixed.fixed;
        Ok(Some((path, fixed.report)))
    }
}

/// The files with a finding that may be fixed, in their order.
fn fixable(report: &Report, level: Applicability) -> Vec<String> {
    let may = |found: &&Finding| {
        let fix = found.fix.as_ref();
        !found.suppressed && fix.is_some_and(|fix| fix.applicability <= level)
    };
    let mut paths: Vec<_> =
        report.findings.iter().filter(may).map(|found| found.path.clone()).collect();
    paths.dedup();
    paths
}

/// Reads a file, whose path is from the working directory, and fixes its text.
fn fixed(
    scanner: &Scanner<'_>,
    config: &Config,
    path: &str,
    level: Applicability,
) -> io::Result<Option<(Vec<u8>, Fixed)>> {
    let full = config.root.join(path);
    let text = std::fs::read(&full)?;
    let fixed = fix_text(scanner, &full, &text, level);
    Ok(fixed.map(|fixed| (text, fixed)))
}

impl Done {
    /// What was done, in one line.
    fn sentence(&self, args: &Fix, report: &Report) -> String {
        let findings = output::text::plural(self.findings, "finding", "findings");
        let files = output::text::plural(self.files, "file", "files");
        let verb = if args.diff { "would be fixed" } else { "fixed" };
        let waits = |found: &&Finding| {
            let fix = found.fix.as_ref();
            fix.is_some_and(|fix| fix.applicability == Applicability::Unsafe)
        };
        let left = report.findings.iter().filter(waits).count();
        if args.with_unsafe || left == 0 {
            return format!("{findings} {verb} in {files}");
        }
        let more = output::text::plural(left, "more", "more");
        format!("{findings} {verb} in {files}; {more} with --unsafe, to be looked at")
    }
}
