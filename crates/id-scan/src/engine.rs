//! The pipeline: walk, read, filter, analyse, name, count. Read this file first.
//!
//! Every thread of the walk has a worker with a buffer of its own; results are merged when it
//! ends and sorted once, so that the report does not depend on the number of threads. Nothing is
//! printed and no file stops the scan.

use std::collections::{BTreeSet, HashSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use sha2::{Digest as _, Sha256};

use crate::config::Config;
use crate::diagnostic::{Finding, LegacyModule, Problem, ProblemKind, Report, Summary, UseKind};
use crate::error::{ScanError, ScanErrorKind};
use crate::lang::{Language, Scratch, Use};
use crate::meaning::{self, Place};
use crate::plan::Plan;
use crate::rules::RuleId;
use crate::source::{self, Position};
use crate::tracked::Family;
use crate::{rules, walk};

/// The version of the report's form.
const VERSION: u32 = 1;

/// Scans the paths of `config`.
///
/// Files that cannot be read or understood are problems of the report, never errors.
///
/// # Errors
///
/// `RelativeRoot` if `config.root` is not absolute, `NoPaths` if there is nothing to scan.
pub fn scan(config: &Config) -> Result<Report, ScanError> {
    if !config.root.is_absolute() {
        return Err(ScanError::new(ScanErrorKind::RelativeRoot));
    }
    if config.paths.is_empty() {
        return Err(ScanError::new(ScanErrorKind::NoPaths));
    }
    let plan = Plan::new(config);
    let total = Mutex::new(Partial::default());
    let seen = (config.paths.len() > 1).then(|| Mutex::new(HashSet::new()));
    walk::walk(config, || Worker {
        plan: &plan,
        total: &total,
        seen: seen.as_ref(),
        buffer: Vec::new(),
        scratch: Scratch::default(),
        partial: Partial::default(),
    });
    let total = total.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    Ok(total.report(config))
}

/// Scans one text that is already in memory, as if it were the file `path`; `None` if the name
/// belongs to no language. Who scans many texts makes a [`Scanner`] once.
#[must_use]
pub fn scan_text(config: &Config, path: &Path, bytes: &[u8]) -> Option<Report> {
    Scanner::new(config).scan_text(path, bytes)
}

/// A configuration made ready to scan text after text.
#[derive(Debug)]
pub struct Scanner<'a> {
    plan: Plan<'a>,
}

impl<'a> Scanner<'a> {
    /// Makes a configuration ready.
    #[must_use]
    pub fn new(config: &'a Config) -> Self {
        Self { plan: Plan::new(config) }
    }

    /// Scans one text, as [`scan_text`] does.
    #[must_use]
    pub fn scan_text(&self, path: &Path, bytes: &[u8]) -> Option<Report> {
        let language = Language::of(path).or_else(|| Language::of_first_line(bytes))?;
        let mut partial = Partial { files: 1, bytes: bytes.len() as u64, ..Partial::default() };
        let config = self.plan.config;
        partial.note_legacy(config, path);
        if source::is_wide(bytes) || self.plan.language(language).prefilter.passes(bytes) {
            let shown = walk::shown(&config.root, path);
            examine(&self.plan, language, &shown, bytes, &mut Scratch::default(), &mut partial);
        }
        Some(partial.report(config))
    }
}

/// What one thread has found.
#[derive(Debug, Default)]
struct Partial {
    files: usize,
    bytes: u64,
    findings: Vec<Finding>,
    problems: Vec<Problem>,
    /// Files that are modules which are to go: module and path.
    legacy: Vec<(String, String)>,
    /// Languages with findings whose results are experimental.
    experimental: BTreeSet<&'static str>,
}

impl Partial {
    /// Notes a file that is a module which is to go.
    fn note_legacy(&mut self, config: &Config, path: &Path) {
        let Some(stem) = path.file_stem().and_then(|stem| stem.to_str()) else { return };
        let folder = path.parent().and_then(Path::file_name).and_then(|name| name.to_str());
        let name =
            if stem == "__init__" || stem == "index" { folder.unwrap_or(stem) } else { stem };
        if config.legacy_modules.iter().any(|module| module == name) {
            self.legacy.push((name.to_owned(), walk::shown(&config.root, path)));
        }
    }

    fn absorb(&mut self, other: Self) {
        self.files += other.files;
        self.bytes += other.bytes;
        self.findings.extend(other.findings);
        self.problems.extend(other.problems);
        self.legacy.extend(other.legacy);
        self.experimental.extend(other.experimental);
    }

    fn report(mut self, config: &Config) -> Report {
        self.findings.sort_by(|a, b| {
            let key = |finding: &Finding| (finding.byte_start, finding.byte_end, finding.rule);
            a.path.cmp(&b.path).then_with(|| key(a).cmp(&key(b)))
        });
        self.problems.sort_by(|a, b| {
            (&a.path, a.line, a.kind, &a.message).cmp(&(&b.path, b.line, b.kind, &b.message))
        });
        self.problems.dedup();
        let mut summary = Summary { files: self.files, bytes: self.bytes, ..Summary::default() };
        for finding in self.findings.iter().filter(|finding| !finding.suppressed) {
            summary.findings += 1;
            *summary.by_rule.entry(finding.rule.code()).or_default() += 1;
            *summary.by_category.entry(finding.category.clone()).or_default() += 1;
            if let Some(service) = &finding.service {
                *summary.by_service.entry(service.clone()).or_default() += 1;
            }
            summary.in_tests += usize::from(finding.in_test);
        }
        summary.experimental = std::mem::take(&mut self.experimental);
        let legacy = self.legacy_modules(config);
        Report { version: VERSION, summary, findings: self.findings, errors: self.problems, legacy }
    }

    /// The modules that are to go, as far as a file of them or an import was met.
    fn legacy_modules(&mut self, config: &Config) -> Vec<LegacyModule> {
        self.legacy.sort();
        let module = |name: &String| {
            let files = self.legacy.iter().filter(|(module, _)| module == name);
            let files: Vec<_> = files.map(|(_, path)| path.clone()).collect();
            let imports = self.findings.iter().filter(|found| {
                found.rule == RuleId::LegacyIdModule
                    && found.legacy_import.as_ref() == Some(name)
                    && !files.contains(&found.path)
            });
            LegacyModule { name: name.clone(), importers: imports.count(), files }
        };
        let modules = config.legacy_modules.iter().map(module);
        let mut modules: Vec<_> =
            modules.filter(|found| found.importers > 0 || !found.files.is_empty()).collect();
        modules.sort_by(|a, b| a.name.cmp(&b.name));
        modules
    }
}

/// The part of the pipeline that runs in a thread of the walk.
struct Worker<'a> {
    plan: &'a Plan<'a>,
    total: &'a Mutex<Partial>,
    /// Files that were scanned, links resolved, where paths may overlap.
    seen: Option<&'a Mutex<HashSet<PathBuf>>>,
    buffer: Vec<u8>,
    scratch: Scratch,
    partial: Partial,
}

impl walk::Visitor for Worker<'_> {
    fn file(&mut self, path: &Path, named: bool) -> bool {
        let language = match Language::of(path) {
            Some(language) => Some(language),
            None if path.extension().is_none() => match self.language_inside(path) {
                Ok(language) => language,
                Err(error) => {
                    if self.is_new(path) {
                        let problem = walk::unreachable(path, self.shown(path), &error);
                        self.problem(problem);
                    }
                    return true;
                }
            },
            None => None,
        };
        let Some(language) = language else {
            if named && self.is_new(path) {
                let message = "it is of no language that is scanned; it was left out";
                let shown = self.shown(path);
                self.problem(Problem::new(shown, ProblemKind::UnknownLanguage, message));
            }
            return false;
        };
        if !self.is_new(path) {
            return true;
        }
        if let Err(error) = source::read(path, &mut self.buffer) {
            let problem = walk::unreachable(path, self.shown(path), &error);
            self.problem(problem);
            return true;
        }
        self.partial.files += 1;
        self.partial.bytes += self.buffer.len() as u64;
        self.partial.note_legacy(self.plan.config, path);
        let tables = self.plan.language(language);
        if !named && language.is_minified(&self.buffer) {
            if tables.prefilter.passes(&self.buffer) {
                let message = "it is minified, and was left out though it may make ids";
                let shown = self.shown(path);
                self.problem(Problem::new(shown, ProblemKind::Minified, message));
            }
            return true;
        }
        if source::is_wide(&self.buffer) || tables.prefilter.passes(&self.buffer) {
            let shown = self.shown(path);
            let Self { plan, buffer, scratch, partial, .. } = self;
            examine(plan, language, &shown, buffer, scratch, partial);
        }
        true
    }

    fn problem(&mut self, problem: Problem) {
        self.partial.problems.push(problem);
    }

    fn shown(&self, path: &Path) -> String {
        walk::shown(&self.plan.config.root, path)
    }
}

impl Worker<'_> {
    fn language_inside(&mut self, path: &Path) -> io::Result<Option<Language>> {
        source::read_head(path, &mut self.buffer)?;
        Ok(Language::of_first_line(&self.buffer))
    }

    fn is_new(&self, path: &Path) -> bool {
        let Some(seen) = self.seen else { return true };
        let mut seen = seen.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        seen.insert(path.canonicalize().unwrap_or_else(|_| path.to_owned()))
    }
}

impl Drop for Worker<'_> {
    fn drop(&mut self) {
        let mut total = self.total.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        total.absorb(std::mem::take(&mut self.partial));
    }
}

/// Finds the uses in one file that may have some.
fn examine(
    plan: &Plan<'_>,
    language: Language,
    path: &str,
    bytes: &[u8],
    scratch: &mut Scratch,
    partial: &mut Partial,
) {
    if source::is_wide(bytes) {
        let message = "the file is UTF-16 or UTF-32, which are not searched";
        partial.problems.push(Problem::new(path.to_owned(), ProblemKind::Undecodable, message));
        return;
    }
    let decoded = language.decode(bytes);
    let text = decoded.masked.as_deref().unwrap_or(bytes);
    let start = if bytes.starts_with(source::BOM) { source::BOM.len() } else { 0 };
    let analysis = language.analyse(text, start, plan, scratch);
    let faults = decoded.fault.into_iter().map(|(at, why)| (ProblemKind::Undecodable, at, why));
    let remarks = analysis.remark.into_iter();
    let remarks = remarks.map(|(at, what)| (ProblemKind::Syntax, at, what.to_owned()));
    for (kind, at, message) in faults.chain(remarks) {
        let position = source::positions(text, &[at], decoded.single_byte).first().copied();
        let mut problem = Problem::new(path.to_owned(), kind, message);
        problem.line = position.map(|position| position.line);
        problem.column = position.map(|position| position.column);
        partial.problems.push(problem);
    }
    let uses = &analysis.uses;
    let mut offsets: Vec<_> = uses.iter().flat_map(|found| [found.start, found.end]).collect();
    offsets.sort_unstable();
    offsets.dedup();
    let positions = source::positions(text, &offsets, decoded.single_byte);
    let position = |offset: usize| {
        let at = offsets.binary_search(&offset).unwrap_or(0);
        positions.get(at).copied().unwrap_or(Position { line: 1, column: 1 })
    };
    let place = plan.config.meaning.place(path);
    let known = partial.findings.len();
    partial.findings.extend(uses.iter().filter_map(|found| {
        let (start, end) = (position(found.start), position(found.end));
        let mut named = finding(plan.config, path, &place, bytes, found, start, end)?;
        if let Some((_, note)) = analysis.notes.iter().find(|(at, _)| *at == found.start) {
            named.message = format!("{} ({note})", named.message);
        }
        Some(named)
    }));
    if language.is_experimental() && partial.findings.len() > known {
        partial.experimental.insert(language.name());
    }
}

/// Puts together everything that is known about a use; `None` if its rule is off.
fn finding(
    config: &Config,
    path: &str,
    place: &Place,
    bytes: &[u8],
    found: &Use,
    start: Position,
    end: Position,
) -> Option<Finding> {
    let id_kind =
        meaning::id_kind(found.target.as_deref(), found.literal.as_deref(), found.scope.as_deref());
    let judged = rules::judge(found, id_kind);
    if !config.rules.is_on(judged.rule) {
        return None;
    }
    let severity = config.rules.severity(judged.rule);
    let excerpt = source::excerpt(bytes, &(found.start..found.end));
    let legacy_import = found.family == Family::LegacyImport;
    Some(Finding {
        path: path.to_owned(),
        rule: judged.rule,
        name: judged.rule.name(),
        function: found.function.clone(),
        kind: if found.call { UseKind::Call } else { UseKind::Reference },
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
        byte_start: found.start,
        byte_end: found.end,
        shape: found.shape,
        target: found.target.clone(),
        id_kind,
        scope: found.scope.clone(),
        in_test: place.in_test,
        category: place.category.clone(),
        service: place.service.clone(),
        priority: config.meaning.priority(place, severity, id_kind),
        severity,
        message: judged.message,
        help: judged.help,
        fix: None,
        fingerprint: fingerprint(path, judged.rule.code(), found, &excerpt.text),
        suppressed: false,
        excerpt,
        whole: found.whole.clone(),
        legacy_import: legacy_import.then(|| found.module.clone()),
    })
}

/// The finding without its place in the file: equal after lines have moved or been indented.
fn fingerprint(path: &str, rule: &str, found: &Use, line: &str) -> String {
    let mut hash = Sha256::new();
    let scope = found.scope.as_deref().unwrap_or_default();
    for part in [path, rule, scope, &found.function] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    for word in line.split_whitespace() {
        hash.update(word.as_bytes());
        hash.update(b" ");
    }
    let bytes = hash.finalize();
    bytes.iter().take(8).fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}
