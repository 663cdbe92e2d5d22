//! `id-lint fix`: scans, rewrites file by file, and says what is left.
//!
//! A file is read again before it is fixed, and replaced only if it still is what was read. With
//! `--diff` the changes go to standard output as a patch, and nothing is written.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use anstream::AutoStream;
use id_scan::{Applicability, Config, Fixed, Report, Scanner, fix_text};

use crate::args::Fix;
use crate::exit::Outcome;
use crate::{output, settings};

/// Fixes, writes patch and remaining findings to standard output and problems to standard error.
pub(crate) fn run(args: &Fix) -> anyhow::Result<Outcome> {
    let mut config = settings::fix(args)?;
    let report = id_scan::scan(&config)?;
    config.patched_modules = id_scan::patched_modules(&report);
    let level = if args.with_unsafe { Applicability::Unsafe } else { Applicability::Safe };
    let choice = settings::color(args.color);
    // Problems are not kept back: whoever waits for a long run sees them.
    let mut problems = AutoStream::new(io::stderr().lock(), choice);
    let scanner = Scanner::new(&config);
    let mut done = Done::default();
    let mut patch = Vec::new();
    for path in fixable(&report, level) {
        match fix(&scanner, &config, &path, level) {
            Ok(None) => {}
            Ok(Some((old, fixed))) => {
                done.note(args, &path, &old, fixed, &mut patch, &mut problems)?
            }
            Err(error) => {
                done.failed += 1;
                // With standard error closed there is nobody left to tell; the exit code tells.
                let _ = writeln!(problems, "error: `{path}`: it cannot be read: {error}");
            }
        }
    }
    let report = report.with_files(std::mem::take(&mut done.reports));
    let _ = output::text::problems(&mut problems, &report).and_then(|()| problems.flush());
    drop(problems);
    let outcome = if done.failed > 0 { Outcome::Incomplete } else { Outcome::of(&report) };
    let mut plain = io::stdout().lock();
    plain.write_all(&patch)?;
    let mut stream = BufWriter::new(AutoStream::new(plain, choice));
    output::text::write(&mut stream, &report)?;
    writeln!(stream, "{}", done.sentence(args, &report))?;
    stream.flush()?;
    Ok(outcome)
}

/// The files with a finding that may be fixed, in their order.
fn fixable(report: &Report, level: Applicability) -> Vec<String> {
    let may = |found: &&id_scan::Finding| {
        let fix = found.fix.as_ref();
        !found.suppressed && fix.is_some_and(|fix| fix.applicability <= level)
    };
    let mut paths: Vec<_> =
        report.findings.iter().filter(may).map(|found| found.path.clone()).collect();
    paths.dedup();
    paths
}

/// Reads a file and fixes its text.
fn fix(
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

/// What was done so far.
#[derive(Default)]
struct Done {
    reports: Vec<(String, Report)>,
    files: usize,
    findings: usize,
    failed: usize,
}

impl Done {
    /// Writes a fixed file, or its patch.
    fn note(
        &mut self,
        args: &Fix,
        path: &str,
        old: &[u8],
        fixed: Fixed,
        patch: &mut Vec<u8>,
        problems: &mut impl Write,
    ) -> anyhow::Result<()> {
        if let Some(reason) = fixed.refused {
            let _ = writeln!(problems, "note: `{path}` was not fixed: {reason}");
            return Ok(());
        }
        if fixed.text == old {
            return Ok(());
        }
        if args.diff {
            output::patch::write(patch, path, old, &fixed.text)?;
        } else {
            // The engine's root is the working directory.
            if let Err(error) = id_scan::replace(Path::new(path), old, &fixed.text) {
                self.failed += 1;
                let cause = std::error::Error::source(&error);
                let cause = cause.map(|cause| format!(": {cause}")).unwrap_or_default();
                let _ = writeln!(problems, "error: {error}{cause}\nhelp:  {}", error.help());
                return Ok(());
            }
        }
        self.files += 1;
        self.findings += fixed.fixed;
        self.reports.push((path.to_owned(), fixed.report));
        Ok(())
    }

    /// What was done, in one line.
    fn sentence(&self, args: &Fix, report: &Report) -> String {
        let findings = output::text::plural(self.findings, "finding", "findings");
        let files = output::text::plural(self.files, "file", "files");
        let verb = if args.diff { "would be fixed" } else { "fixed" };
        let mut sentence = format!("{findings} {verb} in {files}");
        let waits = |level: Applicability| {
            let fixes = report.findings.iter().filter(|found| !found.suppressed);
            fixes
                .filter(|found| found.fix.as_ref().is_some_and(|f| f.applicability == level))
                .count()
        };
        let more = waits(Applicability::Unsafe);
        if !args.with_unsafe && more > 0 {
            let more = output::text::plural(more, "more", "more");
            sentence.push_str(&format!("; {more} with --unsafe, to be looked at"));
        }
        sentence
    }
}
