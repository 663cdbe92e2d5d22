//! The forms of a report, one file each. They write what the report holds and decide nothing.
//!
//! A form that goes to a file is written there as a whole, before anything goes to standard output:
//! whoever stops reading that early loses no file.

pub(crate) mod text;
pub(crate) mod patch;
pub(crate) mod progress;
mod json;
mod sarif;
mod github;
mod gitlab;
mod junit;
mod rdjson;
mod markdown;
mod html;
pub(crate) mod agent;
mod escape;

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anstream::{AutoStream, ColorChoice};
use id_scan::{Finding, Report};

use crate::args::{Format, Output, Outputs};
use crate::exit::Usage;

/// A report and what is said beside it.
#[derive(Debug)]
pub(crate) struct Shown<'a> {
    pub(crate) report: &'a Report,
    /// The folder that paths are relative to.
    pub(crate) root: &'a Path,
    /// Findings that the baseline knows.
    pub(crate) known: usize,
    /// The baseline, as it is shown.
    pub(crate) baseline: Option<String>,
    /// Changed files that were not scanned.
    pub(crate) left_out: usize,
    /// Whether only changes count.
    pub(crate) is_change: bool,
    /// Sentences for after the summary.
    pub(crate) remarks: Vec<String>,
    /// Numbers instead of findings, for eyes.
    pub(crate) statistics: bool,
}

impl Shown<'_> {
    /// The findings to act upon, in the order of the report.
    fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.report.findings.iter().filter(|finding| !finding.suppressed)
    }

    /// All findings, those outside tests first, bad ones before others.
    fn all_by_weight(&self) -> Vec<&Finding> {
        let mut findings: Vec<_> = self.report.findings.iter().collect();
        findings.sort_by_key(|finding| (finding.in_test, std::cmp::Reverse(finding.severity)));
        findings
    }

    /// The findings to act upon, those outside tests first, bad ones before others.
    fn by_weight(&self) -> Vec<&Finding> {
        self.all_by_weight().into_iter().filter(|finding| !finding.suppressed).collect()
    }

    /// Findings that a comment allows.
    fn allowed(&self) -> usize {
        let suppressed = self.report.findings.iter().filter(|finding| finding.suppressed).count();
        suppressed.saturating_sub(self.known)
    }
}

/// A form and where it goes.
pub(crate) type Target = Output;

/// Reads which forms are wanted. One goes to standard output, the one for eyes unless told otherwise.
pub(crate) fn targets(outputs: &Outputs) -> anyhow::Result<Vec<Target>> {
    let mut targets = outputs.output.clone();
    targets.extend(outputs.format.map(|format| Target { format, file: None }));
    let mut printed: Vec<Format> = Vec::new();
    for target in targets.iter().filter(|target| target.file.is_none()) {
        if !printed.contains(&target.format) {
            printed.push(target.format);
        }
    }
    if printed.len() > 1 {
        let message = "two forms of the report go to standard output";
        let help = "give all but one of them a file: `--output sarif=findings.sarif`";
        return Err(Usage::new(message, help).into());
    }
    for (at, target) in targets.iter().enumerate() {
        let earlier = targets.iter().take(at);
        let twice =
            earlier.filter(|other| target.file.is_some() && other.file == target.file).count();
        if twice > 0 {
            let file = target.file.as_deref().unwrap_or(Path::new("")).display();
            let message = format!("two forms of the report go to `{file}`");
            return Err(Usage::new(message, "give each a file of its own").into());
        }
    }
    targets.retain(|target| target.file.is_some());
    let format = printed.first().copied().unwrap_or(Format::Text);
    targets.push(Target { format, file: None });
    Ok(targets)
}

/// Writes problems to standard error. If nobody listens there, a report that is printed still holds
/// them or their number.
pub(crate) fn problems(report: &Report, choice: ColorChoice) {
    let mut out = BufWriter::new(AutoStream::new(io::stderr().lock(), choice));
    let _ = text::problems(&mut out, report).and_then(|()| out.flush());
}

/// Writes problems to standard error, and the report to all targets.
pub(crate) fn write(
    shown: &Shown<'_>,
    targets: &[Target],
    choice: ColorChoice,
) -> anyhow::Result<()> {
    // Problems first: whoever reads only the end of the output reads the summary.
    problems(shown.report, choice);
    let (files, printed): (Vec<_>, Vec<_>) =
        targets.iter().partition(|target| target.file.is_some());
    for target in files {
        let Some(path) = &target.file else { continue };
        let mut content = Vec::new();
        // In a file there are no colors.
        form(target.format, &mut content, shown, false)?;
        let path: PathBuf = shown.root.join(path);
        id_scan::replace_file(&path, &content)?;
    }
    for target in printed {
        // Standard output itself writes line by line.
        let mut out = BufWriter::with_capacity(text::CHUNK, io::stdout().lock());
        form(target.format, &mut out, shown, is_colored(choice))?;
        out.flush()?;
    }
    Ok(())
}

/// Whether colors go to standard output.
fn is_colored(choice: ColorChoice) -> bool {
    AutoStream::new(io::stdout(), choice).current_choice() != ColorChoice::Never
}

/// Writes a report in a form, the one for eyes with colors if `colored`.
fn form(
    format: Format,
    out: &mut impl Write,
    shown: &Shown<'_>,
    colored: bool,
) -> anyhow::Result<()> {
    match format {
        Format::Text => Ok(text::write(out, shown, colored)?),
        Format::Json => json::write(out, shown.report),
        Format::Jsonl => json::lines(out, shown.report),
        Format::Sarif => sarif::write(out, shown),
        Format::Github => Ok(github::write(out, shown)?),
        Format::Gitlab => gitlab::write(out, shown),
        Format::Junit => Ok(junit::write(out, shown)?),
        Format::Rdjson => rdjson::write(out, shown),
        Format::Markdown => Ok(markdown::write(out, shown)?),
        Format::Html => Ok(html::write(out, shown)?),
        Format::Agent => Ok(agent::write(out, shown)?),
    }
}
