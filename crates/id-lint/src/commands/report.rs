//! `id-lint report`: counts how far the migration is, compares that with thresholds, writes it.
//!
//! Two scans are made for each group of settings: of stray ids, and of calls of the library. Owners
//! come from the CODEOWNERS file of the repository and from the settings, the trend from the git
//! history of the baseline.

use std::io::{self, BufWriter, Write as _};
use std::path::Path;

use anstream::AutoStream;
use id_scan::{Baseline, Owners, Progress, library_config};

use crate::args::{Minimum, Report, ReportFormat};
use crate::exit::Outcome;
use crate::git;
use crate::output;
use crate::output::progress::{Check, Page};
use crate::settings::{self, Settings};

/// Where a repository keeps its owners, the first that is there holds.
const CODEOWNERS: [&str; 4] =
    [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"];

/// How many states of the baseline make the trend.
const STATES: usize = 40;

/// Counts, writes, and says whether every threshold holds.
pub(crate) fn run(args: &Report) -> anyhow::Result<Outcome> {
    let root = settings::root()?;
    let (mut stray, mut library) = (Vec::new(), Vec::new());
    let mut first: Option<Settings> = None;
    for mut group in settings::groups(&args.inputs, args.baseline.as_deref())? {
        if group.config.paths.is_empty() {
            continue;
        }
        if let Some(name) = &args.profile {
            group.profile = settings::profile(&group.config.root, Some(name))?;
            let own = &group.profile.own;
            group.config.legacy_modules.retain(|module| !own.contains(module));
        }
        group.config.fixes = Some(group.profile.clone());
        stray.push(id_scan::scan(&group.config)?);
        library.push(id_scan::scan(&library_config(&group.config, &group.profile))?);
        first = first.or(Some(group));
    }
    let (stray, library) = (id_scan::Report::merged(stray), id_scan::Report::merged(library));
    let choice = settings::color(args.color);
    output::problems(&stray, choice);
    let Some(group) = first else { return Ok(Outcome::Clean) };
    let owners = owners(&root, &group);
    let progress = Progress::of(&stray, &library, &group.profile, &owners);
    let trend = trend(&group.baseline);
    let checks = checks(&progress, &args.min_migrated, &group);
    let is_met = checks.iter().all(|check| check.is_met);
    let page = Page { version: 1, files: stray.summary.files, progress, trend, checks };
    if let Some(file) = &args.output {
        let mut content = Vec::new();
        write(args.format, &mut anstream::StripStream::new(&mut content), &page)?;
        id_scan::replace_file(&root.join(file), &content)?;
    } else {
        let mut out = BufWriter::new(AutoStream::new(io::stdout().lock(), choice));
        write(args.format, &mut out, &page)?;
        out.flush()?;
    }
    Ok(if stray.has_errors() {
        Outcome::Incomplete
    } else if is_met {
        Outcome::Clean
    } else {
        Outcome::Findings
    })
}

fn write(format: ReportFormat, out: &mut impl io::Write, page: &Page) -> anyhow::Result<()> {
    match format {
        ReportFormat::Text => Ok(output::progress::text(out, page)?),
        ReportFormat::Markdown => Ok(output::progress::markdown(out, page)?),
        ReportFormat::Html => Ok(output::progress::html(out, page)?),
        ReportFormat::Json => output::progress::json(out, page),
    }
}

/// The owners that the repository and the settings name; those of the settings come last and so
/// decide.
fn owners(root: &Path, group: &Settings) -> Owners {
    let top = git::top(root).unwrap_or_else(|| root.to_owned());
    let found = CODEOWNERS.iter().find_map(|name| std::fs::read(top.join(name)).ok());
    let text = found.map(|text| String::from_utf8_lossy(&text).into_owned()).unwrap_or_default();
    let mut owners = Owners::parse(&text);
    for (pattern, names) in &group.file.owners {
        owners.add(pattern, names.clone());
    }
    let full = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let (root, top) = (full(root), full(&top));
    let below = root.strip_prefix(&top).unwrap_or(Path::new(""));
    let parts: Vec<_> = below.iter().map(|part| part.to_string_lossy()).collect();
    owners.below(&parts.join("/"))
}

/// How many findings the baseline knew, by its history in git and as it is.
fn trend(baseline: &Path) -> Vec<(i64, usize)> {
    let states = git::history(baseline, STATES);
    let count = |text: &[u8]| {
        let text = String::from_utf8_lossy(text);
        Baseline::parse(&text).ok().map(|baseline| baseline.len())
    };
    states.into_iter().filter_map(|(time, text)| Some((time, count(&text)?))).collect()
}

/// What the flags and the settings ask for.
fn checks(progress: &Progress, minimums: &[Minimum], group: &Settings) -> Vec<Check> {
    let thresholds = &group.file.thresholds;
    let mut checks = Vec::new();
    let asked = thresholds.migrated.map(|percent| Minimum { category: None, percent });
    // A flag comes before what the settings say of the same.
    let by_flag = minimums.iter().any(|minimum| minimum.category.is_none());
    for minimum in asked.iter().filter(|_| !by_flag).chain(minimums) {
        let share = match &minimum.category {
            None => progress.total,
            Some(category) => progress.by_category.get(category).copied().unwrap_or_default(),
        };
        let of = minimum.category.as_deref().map_or_else(String::new, |name| format!(" of {name}"));
        checks.push(Check {
            what: format!("migrated{of} at least {}%", minimum.percent),
            is: format!("{:.1}%", share.percent()),
            is_met: share.percent() >= minimum.percent,
        });
    }
    let of = |priority: &str| progress.by_priority.get(priority).copied().unwrap_or(0);
    for (what, most, is) in [
        ("stray ids", thresholds.findings, progress.total.stray),
        ("stray ids of priority critical", thresholds.critical, of("critical")),
        ("stray ids of priority high", thresholds.high, of("high")),
    ] {
        if let Some(most) = most {
            let what = format!("{what} at most {most}");
            checks.push(Check { what, is: is.to_string(), is_met: is as u64 <= most });
        }
    }
    checks
}
