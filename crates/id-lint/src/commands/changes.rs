//! What a change adds: of each changed file, its findings against those of the file before.
//!
//! A finding is new if the file before had fewer of its key. So a line that only moved is not new,
//! and a line that did not change is, if an import above it made it a use. Where the file before
//! cannot be known, the findings on changed lines are new. Only changed files are read.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs;
use std::io::{self, Read as _};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::thread;

use anyhow::Context as _;
use id_scan::{Baseline, Change, Config, Finding, Key, Problem, ProblemKind, Report, Scanner};

use super::known;
use crate::args::Changes;
use crate::git::{self, Diff};
use crate::settings::{self, Settings};

/// What is larger is no source file and no diff that somebody reads.
const MAX_BYTES: u64 = 4_000_000_000;

/// The changes of files, by their full paths.
#[derive(Debug, Default)]
pub(crate) struct Changed {
    files: BTreeMap<PathBuf, File>,
}

#[derive(Debug)]
struct File {
    change: Option<Change>,
    /// The text, if it is not the file's own.
    text: Option<Vec<u8>>,
}

/// The findings of changed files, all of them, and which are new.
#[derive(Debug, Default)]
pub(crate) struct Examined {
    pub(crate) report: Report,
    files: HashMap<String, Option<Change>>,
    before: Baseline,
}

/// Asks what changed; `None` if the whole tree counts.
pub(crate) fn ask(args: &Changes, root: &Path) -> anyhow::Result<Option<Changed>> {
    if let Some(reference) = &args.since {
        return git::since(root, reference).and_then(of_git).map(Some);
    }
    if args.staged {
        let diff = git::staged(root)?;
        let top = plain(&diff.top);
        let mut changed = of_git(diff)?;
        let paths: Vec<PathBuf> = changed
            .files
            .keys()
            .map(|path| path.strip_prefix(&top).unwrap_or(path).to_owned())
            .collect();
        let texts = git::staged_texts(&top, &paths)?;
        for (file, text) in changed.files.values_mut().zip(texts) {
            file.text = text;
        }
        return Ok(Some(changed));
    }
    let Some(path) = &args.diff else { return Ok(None) };
    let mut text = Vec::new();
    if path.as_os_str() == "-" {
        io::stdin()
            .lock()
            .take(MAX_BYTES)
            .read_to_end(&mut text)
            .context("standard input cannot be read")?;
    } else {
        text = fs::read(path)
            .with_context(|| format!("the diff `{}` cannot be read", path.display()))?;
    }
    let mut changed = Changed::default();
    // Paths of git are those from the top of the tree, wherever it was called.
    let top = root.ancestors().find(|folder| folder.join(".git").exists());
    for change in id_scan::changes(&text)? {
        let here = root.join(&change.path);
        let there =
            top.map(|top| top.join(&change.path)).filter(|path| !here.is_file() && path.is_file());
        let full = plain(&there.unwrap_or(here));
        changed.files.insert(full, File { change: Some(change), text: None });
    }
    Ok(Some(changed))
}

fn of_git(diff: Diff) -> anyhow::Result<Changed> {
    let mut changed = Changed::default();
    for change in id_scan::changes(&diff.text)?.into_iter().chain(diff.changes) {
        let full = plain(&diff.top.join(&change.path));
        changed.files.insert(full, File { change: Some(change), text: None });
    }
    for path in diff.untracked {
        changed.files.insert(plain(&diff.top.join(path)), File { change: None, text: None });
    }
    Ok(changed)
}

fn plain(path: &Path) -> PathBuf {
    path.components().collect()
}

impl Changed {
    /// Scans the changed files that a scan of `config` would read.
    pub(crate) fn examine(&self, config: &Config) -> anyhow::Result<Examined> {
        let mut narrow = config.clone();
        narrow.only = Some(self.files.keys().cloned().collect());
        let listed: HashSet<PathBuf> = id_scan::listed(&narrow)?.into_iter().collect();
        let counts = |&(path, file): &(&PathBuf, &File)| {
            // What is staged may be gone from the folder.
            listed.contains(path) || (file.text.is_some() && !path.exists())
        };
        let files: Vec<_> = self.files.iter().filter(counts).collect();
        let scanner = Scanner::new(config);
        let threads = config.threads.or_else(|| thread::available_parallelism().ok());
        let share = files.len().div_ceil(threads.map_or(1, NonZeroUsize::get)).max(1);
        let scan = |part: &[(&PathBuf, &File)]| -> Vec<One> {
            part.iter().filter_map(|(path, file)| one(&scanner, config, path, file)).collect()
        };
        let scan = &scan;
        let parts: Vec<Vec<One>> = thread::scope(|scope| {
            let parts = files.chunks(share);
            let running: Vec<_> = parts.map(|part| scope.spawn(move || scan(part))).collect();
            // A panic there is a panic here.
            let end = |part: thread::ScopedJoinHandle<'_, _>| {
                part.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            };
            running.into_iter().map(end).collect()
        });
        let mut examined = Examined::default();
        let (mut reports, mut before) = (Vec::new(), Vec::new());
        for One { shown, change, report, old } in parts.into_iter().flatten() {
            examined.files.insert(shown, change);
            reports.push(report);
            before.extend(old);
        }
        examined.before = Baseline::of(before);
        examined.report = Report::merged(reports);
        Ok(examined)
    }

    /// The settings files of changed files that are others than those of a group.
    pub(crate) fn settings(&self, group: &Settings) -> anyhow::Result<Vec<PathBuf>> {
        if group.config.noted.is_empty() {
            return Ok(Vec::new());
        }
        let mut folders: Vec<_> = self.files.keys().filter_map(|path| path.parent()).collect();
        folders.dedup();
        let below = folders.iter().filter(|folder| known::is_below(&group.config, folder));
        let mut sources = Vec::new();
        for folder in below {
            sources.extend(settings::source_of(folder)?);
        }
        sources.sort();
        sources.dedup();
        Ok(sources)
    }

    /// How many files changed.
    pub(crate) fn len(&self) -> usize {
        self.files.len()
    }
}

/// What is known of one file.
struct One {
    shown: String,
    change: Option<Change>,
    report: Report,
    /// The keys of what was found before the change.
    old: Vec<Key>,
}

/// Scans one file as it is and as it was; `None` if it is of no language.
fn one(scanner: &Scanner<'_>, config: &Config, path: &Path, file: &File) -> Option<One> {
    let shown = id_scan::shown_path(&config.root, path);
    let change = file.change.clone();
    let text = match &file.text {
        Some(text) => Cow::Borrowed(text),
        None => match fs::read(path) {
            Ok(text) => Cow::Owned(text),
            Err(error) => {
                let mut report = Report::default();
                let kind = ProblemKind::Unreadable;
                report.errors.push(Problem::new(shown.clone(), kind, error.to_string()));
                return Some(One { shown, change, report, old: Vec::new() });
            }
        },
    };
    let report = scanner.scan_text(path, &text)?;
    let mut old = Vec::new();
    // Where lines were only added and hold all findings, the file before had none of them.
    let is_all_new = report.findings.iter().all(|found| is_new(change.as_ref(), found));
    let only_adds = change.as_ref().is_none_or(Change::only_adds);
    let is_settled = report.findings.is_empty() || (is_all_new && only_adds);
    if !is_settled {
        let before = match &change {
            Some(change) => change.before(&text),
            None => Some(Vec::new()),
        };
        if let Some(before) = before.and_then(|before| scanner.scan_text(path, &before)) {
            old.extend(before.findings.iter().map(Finding::key));
        } else {
            // Every finding on a line that did not change was there before.
            let was = report.findings.iter().filter(|found| !is_new(change.as_ref(), found));
            old.extend(was.map(Finding::key));
        }
    }
    Some(One { shown, change, report, old })
}

fn is_new(change: Option<&Change>, found: &Finding) -> bool {
    change.is_none_or(|change| (found.line..=found.end_line).any(|line| change.is_new_line(line)))
}

impl Examined {
    /// The findings of a whole tree.
    pub(crate) fn whole(report: Report) -> Self {
        Self { report, ..Self::default() }
    }

    /// Adds what was found elsewhere.
    pub(crate) fn add(&mut self, other: Self) {
        self.report = Report::merged([std::mem::take(&mut self.report), other.report]);
        self.files.extend(other.files);
        self.before.extend(other.before);
    }

    /// Whether a finding stands on a line that was added or changed.
    pub(crate) fn is_new_line(&self, found: &Finding) -> bool {
        self.files.get(&found.path).is_none_or(|change| is_new(change.as_ref(), found))
    }

    /// Leaves of the report only what is new.
    pub(crate) fn retain_new(&mut self) {
        let findings = std::mem::take(&mut self.report.findings);
        let keys: Vec<(Key, bool)> =
            findings.iter().map(|found| (found.key(), self.is_new_line(found))).collect();
        let compared = self.before.compare(&keys, |_| true, |_| true);
        let mut new = compared.new.into_iter().peekable();
        let kept = findings.into_iter().enumerate().filter(|(at, _)| new.next_if_eq(at).is_some());
        self.report.findings = kept.map(|(_, found)| found).collect();
        self.report.recount();
    }
}
