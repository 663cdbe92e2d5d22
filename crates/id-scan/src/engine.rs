//! The pipeline: walk, read, filter, analyse, name, count. Read this file first.
//!
//! Every thread of the walk has a worker with a buffer of its own; results are merged when it
//! ends and sorted once, so that the report does not depend on the number of threads. Nothing is
//! printed and no file stops the scan.

use std::collections::HashSet;
use std::io;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use memchr::memmem;

use crate::config::Config;
use crate::diagnostic::{
    Finding, LegacyModule, Problem, ProblemKind, Report, Summary, UseKind, VERSION,
};
use crate::error::{ScanError, ScanErrorKind};
use crate::lang::rewrite::Source;
use crate::lang::{Language, Scratch, Use};
use crate::meaning::{self, Place};
use crate::plan::Plan;
use crate::rules::RuleId;
use crate::source::{self, Position};
use crate::tracked::Family;
use crate::walk::{Met, Visitor as _};
use crate::{fix, key, rules, suppress, walk, windows};

/// Scans the paths of `config`.
///
/// Files that cannot be read or understood are problems of the report, never errors.
///
/// # Errors
///
/// `RelativeRoot` if `config.root` is not absolute, `NoPaths` if there is nothing to scan.
pub fn scan(config: &Config) -> Result<Report, ScanError> {
    check(config)?;
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

/// Returns a path as reports show it: relative to `root` with `/`, absolute if it lies outside.
#[must_use]
pub fn shown_path(root: &Path, path: &Path) -> String {
    walk::shown(root, path)
}

/// Returns the files of `config.only` that a scan would read: those below its paths that no ignore
/// rule, no exclusion and no hidden folder keeps out, and that are of a language that is scanned.
///
/// # Errors
///
/// As [`scan`].
pub fn listed(config: &Config) -> Result<Vec<PathBuf>, ScanError> {
    check(config)?;
    let found = Mutex::new(Vec::new());
    // Few folders lead to the files: threads that wait for work would take longer than one.
    let config = &Config { threads: Some(NonZeroUsize::MIN), ..config.clone() };
    walk::walk(config, || Lister { config, found: &found });
    let mut found = found.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    found.sort();
    found.dedup();
    Ok(found)
}

/// Notes files and reads none.
struct Lister<'a> {
    config: &'a Config,
    found: &'a Mutex<Vec<PathBuf>>,
}

impl walk::Visitor for Lister<'_> {
    fn wants(&self, name: &Path) -> bool {
        // What has no ending is told by its first line when it is read.
        Language::of(name).is_some() || name.extension().is_none()
    }

    fn file(&mut self, place: &Met<'_>, _named: bool) -> bool {
        let is_source = self.wants(place.name());
        if is_source {
            let mut found = self.found.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            found.push(place.path().components().collect());
        }
        is_source
    }

    fn problem(&mut self, _problem: Problem) {}

    fn shown(&self, path: &Path) -> String {
        walk::shown(&self.config.root, path)
    }
}

fn check(config: &Config) -> Result<(), ScanError> {
    if !config.root.is_absolute() {
        return Err(ScanError::new(ScanErrorKind::RelativeRoot));
    }
    if config.paths.is_empty() {
        return Err(ScanError::new(ScanErrorKind::NoPaths));
    }
    Ok(())
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
        partial.note_legacy(config, &Met::named(path));
        if source::is_wide(bytes) || self.plan.language(language).prefilter.passes(bytes) {
            let shown = walk::shown(&config.root, path);
            let (scratch, part) = (&mut Scratch::default(), &Part::WHOLE);
            examine(&self.plan, language, &shown, bytes, part, scratch, &mut partial);
        }
        Some(partial.report(config))
    }
}

/// What one thread has found.
#[derive(Debug, Default)]
pub(crate) struct Partial {
    files: usize,
    bytes: u64,
    findings: Vec<Finding>,
    pub(crate) problems: Vec<Problem>,
    /// Files that are modules which are to go: module and path.
    legacy: Vec<(String, String)>,
    noted: Vec<PathBuf>,
}

impl Partial {
    /// Notes a file that is a module which is to go.
    fn note_legacy(&mut self, config: &Config, place: &Met<'_>) {
        let Some(stem) = place.name().file_stem().and_then(|stem| stem.to_str()) else { return };
        let is_known = |name: &str| config.legacy_modules.iter().any(|module| module == name);
        if !is_known(stem) && !matches!(stem, "__init__" | "index") {
            return;
        }
        let path = place.path();
        let folder = path.parent().and_then(Path::file_name).and_then(|name| name.to_str());
        let name =
            if stem == "__init__" || stem == "index" { folder.unwrap_or(stem) } else { stem };
        if is_known(name) {
            self.legacy.push((name.to_owned(), walk::shown(&config.root, &path)));
        }
    }

    fn absorb(&mut self, other: Self) {
        self.files += other.files;
        self.bytes += other.bytes;
        self.findings.extend(other.findings);
        self.problems.extend(other.problems);
        self.legacy.extend(other.legacy);
        self.noted.extend(other.noted);
    }

    fn report(mut self, config: &Config) -> Report {
        let legacy = self.legacy_modules(config);
        let summary = Summary { files: self.files, bytes: self.bytes, ..Summary::default() };
        let (version, findings, errors) = (VERSION, self.findings, self.problems);
        let noted = self.noted;
        Report::merged([Report { version, summary, findings, errors, legacy, noted }])
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
    fn wants(&self, name: &Path) -> bool {
        Language::of(name).is_some() || name.extension().is_none() || self.is_noted(name)
    }

    fn file(&mut self, place: &Met<'_>, named: bool) -> bool {
        if self.is_noted(place.name()) {
            self.partial.noted.push(place.path());
        }
        let mut file = None;
        let language = match Language::of(place.name()) {
            Some(language) => Some(language),
            None if place.name().extension().is_none() => match self.language_inside(place) {
                Ok((opened, language)) => {
                    file = Some(opened);
                    language
                }
                Err(error) => {
                    if self.is_new(place) {
                        self.unreachable(place, &error);
                    }
                    return true;
                }
            },
            None => None,
        };
        let Some(language) = language else {
            if named && self.is_new(place) {
                let message = "it is of no language that is scanned; it was left out";
                let shown = self.shown(&place.path());
                self.problem(Problem::new(shown, ProblemKind::UnknownLanguage, message));
            }
            return false;
        };
        if !self.is_new(place) {
            return true;
        }
        match self.read(place, file, language) {
            Ok(true) => {}
            Ok(false) => return true,
            Err(error) => {
                self.unreachable(place, &error);
                return true;
            }
        }
        self.partial.files += 1;
        self.partial.bytes += self.buffer.len() as u64;
        self.partial.note_legacy(self.plan.config, place);
        let tables = self.plan.language(language);
        if !named && language.is_minified(&self.buffer) {
            if tables.prefilter.passes(&self.buffer) {
                let message = "it is minified, and was left out though it may make ids";
                let shown = self.shown(&place.path());
                self.problem(Problem::new(shown, ProblemKind::Minified, message));
            }
            return true;
        }
        if source::is_wide(&self.buffer) || tables.prefilter.passes(&self.buffer) {
            let shown = self.shown(&place.path());
            let Self { plan, buffer, scratch, partial, .. } = self;
            examine(plan, language, &shown, buffer, &Part::WHOLE, scratch, partial);
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
    fn is_noted(&self, name: &Path) -> bool {
        let noted = &self.plan.config.noted;
        let name = name.file_name().unwrap_or_default();
        noted.iter().any(|known| name == known.as_str())
    }

    fn unreachable(&mut self, place: &Met<'_>, error: &io::Error) {
        let path = place.path();
        let problem = walk::unreachable(&path, self.shown(&path), error);
        self.problem(problem);
    }

    /// Opens a file and reads its language off its first line.
    fn language_inside(
        &mut self,
        place: &Met<'_>,
    ) -> io::Result<(source::Opened, Option<Language>)> {
        let mut file = source::Opened::new(place)?;
        file.read_head(&mut self.buffer)?;
        let language = Language::of_first_line(&self.buffer);
        Ok((file, language))
    }

    /// Reads a file into the buffer; `false` if it is so large that it was scanned in windows.
    fn read(
        &mut self,
        place: &Met<'_>,
        opened: Option<source::Opened>,
        language: Language,
    ) -> io::Result<bool> {
        let mut file = match opened {
            Some(mut file) => {
                file.rewind()?;
                file
            }
            None => source::Opened::new(place)?,
        };
        if file.read_small(&mut self.buffer)? {
            return Ok(true);
        }
        let len = file.len()?;
        if len <= source::WHOLE {
            file.read_rest(&mut self.buffer)?;
            return Ok(true);
        }
        file.rewind()?;
        // A window may have grown the buffer for a file before.
        let shown = self.shown(&place.path());
        let Self { plan, buffer, scratch, partial, .. } = self;
        let done = windows::scan(plan, language, &shown, &mut file, buffer, scratch, partial)?;
        if done {
            *scratch = Scratch::default();
            *buffer = Vec::new();
            partial.files += 1;
            partial.bytes += len;
            partial.note_legacy(plan.config, place);
        } else {
            file.rewind()?;
            buffer.clear();
            file.read_rest(buffer)?;
        }
        Ok(!done)
    }

    fn is_new(&self, place: &Met<'_>) -> bool {
        let Some(seen) = self.seen else { return true };
        let mut seen = seen.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let path = place.path();
        seen.insert(path.canonicalize().unwrap_or(path))
    }
}

impl Drop for Worker<'_> {
    fn drop(&mut self) {
        let mut total = self.total.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        total.absorb(std::mem::take(&mut self.partial));
    }
}

/// What of a file the bytes at hand are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part {
    /// How many bytes stand before it that only say what came earlier in the file.
    pub(crate) context: usize,
    /// Where in the file it begins.
    pub(crate) offset: usize,
    pub(crate) position: Position,
    /// Whether it is cut where its language says, as more follows.
    pub(crate) is_cut: bool,
}

impl Part {
    const WHOLE: Self =
        Self { context: 0, offset: 0, position: Position { line: 1, column: 1 }, is_cut: false };

    /// The position in the file of one in this part.
    pub(crate) fn position(&self, inside: Position) -> Position {
        let Position { line, column } = self.position;
        let column = if inside.line == 1 { column + inside.column - 1 } else { inside.column };
        Position { line: line + inside.line - 1, column }
    }
}

/// Finds the uses in one file that may have some, or in a part of it; returns where that ends.
pub(crate) fn examine(
    plan: &Plan<'_>,
    language: Language,
    path: &str,
    bytes: &[u8],
    part: &Part,
    scratch: &mut Scratch,
    partial: &mut Partial,
) -> usize {
    if source::is_wide(bytes) {
        let message = "the file is UTF-16 or UTF-32, which are not searched";
        partial.problems.push(Problem::new(path.to_owned(), ProblemKind::Undecodable, message));
        return bytes.len();
    }
    let decoded = language.decode(bytes);
    let text = decoded.masked.as_deref().unwrap_or(bytes);
    let start = source::bom(bytes);
    let analysis = language.analyse(text, start, plan, scratch);
    let end = if part.is_cut { language.cut(text, part.context, scratch) } else { bytes.len() };
    // What lies behind the cut is seen again, in the next part.
    let is_inside = |at: usize| at >= part.context && (at < end || !part.is_cut);
    let positions = |offsets: &[usize]| {
        let own = text.get(part.context..).unwrap_or_default();
        let offsets: Vec<_> = offsets.iter().map(|at| at.saturating_sub(part.context)).collect();
        let found = source::positions(own, &offsets, decoded.single_byte);
        found.into_iter().map(|position| part.position(position)).collect::<Vec<_>>()
    };
    let faults = decoded.fault.into_iter().map(|(at, why)| (ProblemKind::Undecodable, at, why));
    let remarks = analysis.remark.into_iter();
    let remarks = remarks.map(|(at, what)| (ProblemKind::Syntax, at, what.to_owned()));
    for (kind, at, message) in faults.chain(remarks).filter(|(_, at, _)| is_inside(*at)) {
        let known = |problem: &Problem| problem.path == path && problem.kind == kind;
        if part.offset > 0 && partial.problems.iter().any(known) {
            continue;
        }
        let position = positions(&[at]).first().copied();
        let mut problem = Problem::new(path.to_owned(), kind, message);
        problem.line = position.map(|position| position.line);
        problem.column = position.map(|position| position.column);
        partial.problems.push(problem);
    }
    let mut uses = analysis.uses;
    uses.retain(|found| is_inside(found.start));
    let mut offsets: Vec<_> = uses.iter().flat_map(|found| [found.start, found.end]).collect();
    offsets.sort_unstable();
    offsets.dedup();
    let places = positions(&offsets);
    let position = |offset: usize| {
        let at = offsets.binary_search(&offset).unwrap_or(0);
        places.get(at).copied().unwrap_or(Position { line: 1, column: 1 })
    };
    let place = plan.config.meaning.place(path);
    let first = partial.findings.len();
    let mut parts = Vec::new();
    partial.findings.extend(uses.iter().filter_map(|found| {
        let (start, end) = (position(found.start), position(found.end));
        let whole = found.start.min(found.whole.start)..found.end.max(found.whole.end);
        let lines = key::lines(bytes, &whole);
        parts.clear();
        language.code_in(scratch, &lines, &mut parts);
        let snippet = key::snippet(bytes, &lines, &parts);
        let mut named = finding(plan.config, path, &place, bytes, found, snippet, start, end)?;
        named.experimental = language.is_experimental().then(|| language.name());
        if let Some((_, note)) = analysis.notes.iter().find(|(at, _)| *at == found.start) {
            named.message = format!("{} ({note})", named.message);
        }
        Some(named)
    }));
    // Nobody edits what is read in parts by hand.
    let is_whole = !part.is_cut && part.offset == 0;
    if is_whole && !plan.config.fixes.is_empty() {
        let source = Source { text, scratch };
        let findings = partial.findings.get_mut(first..).unwrap_or_default();
        fix::suggest(plan.config, language, &source, findings);
    }
    let findings = partial.findings.get_mut(first..).unwrap_or_default();
    if memmem::find(bytes, suppress::MARK.as_bytes()).is_some() {
        let (rules, today) = (&plan.config.rules, plan.config.today);
        let openers = language.comment_openers();
        let remarks = suppress::apply(bytes, findings, rules, today, &openers, |range, parts| {
            language.code_in(scratch, range, parts);
        });
        let remarks: Vec<_> = remarks.into_iter().filter(|remark| is_inside(remark.0)).collect();
        let offsets: Vec<_> = remarks.iter().map(|remark| remark.0).collect();
        for ((_, kind, message), position) in remarks.into_iter().zip(positions(&offsets)) {
            let mut problem = Problem::new(path.to_owned(), kind, message);
            (problem.line, problem.column) = (Some(position.line), Some(position.column));
            partial.problems.push(problem);
        }
    }
    let moved = |at: usize| (at + part.offset).saturating_sub(part.context);
    for found in findings {
        (found.byte_start, found.byte_end) = (moved(found.byte_start), moved(found.byte_end));
        found.whole = moved(found.whole.start)..moved(found.whole.end);
    }
    end
}

/// Puts together everything that is known about a use; `None` if its rule is off.
#[expect(clippy::too_many_arguments, reason = "a finding is where everything meets")]
fn finding(
    config: &Config,
    path: &str,
    place: &Place,
    bytes: &[u8],
    found: &Use,
    snippet: String,
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
    let mut finding = Finding {
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
        fingerprint: String::new(),
        suppressed: false,
        experimental: None,
        suppression: None,
        snippet,
        excerpt,
        whole: found.whole.clone(),
        legacy_import: legacy_import.then(|| found.module.clone()),
        patched: found.detail.clone().filter(|_| found.family == Family::Patch),
    };
    let scope = finding.scope.as_deref().unwrap_or_default();
    finding.fingerprint = key::fingerprint(path, finding.rule, scope, &finding.snippet);
    Some(finding)
}
