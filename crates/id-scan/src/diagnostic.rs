//! What a scan returns: findings, problems, and their numbers.
//!
//! Plain data with the field names of the JSON output, so that every output writes the same facts.
//! Made by `engine.rs` from the uses of a language and the names of `rules/` and `meaning.rs`.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::PathBuf;

use serde::Serialize;
use strum::{EnumIter, IntoStaticStr};

use crate::fix::Fix;
use crate::key::Key;
use crate::lang::Shape;
use crate::meaning::Priority;
use crate::rules::{RuleId, Severity};
use crate::source::Excerpt;

/// How a function is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, EnumIter, IntoStaticStr)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum UseKind {
    /// It is called.
    Call,
    /// It is handed on.
    Reference,
}

/// One use of an id generator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// Relative to the working directory with `/`, absolute outside of it. Bytes that are no text
    /// are written `\xE9`.
    pub path: String,
    /// The code of the rule.
    pub rule: RuleId,
    /// The name of the rule.
    pub name: &'static str,
    /// The function, as its module names it.
    pub function: String,
    /// Called or handed on.
    pub kind: UseKind,
    /// Line of the first character, from 1.
    pub line: usize,
    /// Column of the first character, from 1, in characters.
    pub column: usize,
    /// Line of the character after the last.
    pub end_line: usize,
    /// Column of the character after the last.
    pub end_column: usize,
    /// First byte of the expression in the file.
    pub byte_start: usize,
    /// Byte after the expression, with the brackets of a call.
    pub byte_end: usize,
    /// What is made of the id.
    pub shape: Shape,
    /// The variable, attribute, keyword or key that the id is given to, or `return`; null if it is
    /// given to none.
    pub target: Option<String>,
    /// The kind of id by the names around it; null if they say none.
    pub id_kind: Option<&'static str>,
    /// The enclosing `Class.method`; null in the module itself.
    pub scope: Option<String>,
    /// Whether the file is a test by its path.
    pub in_test: bool,
    /// The part of the system by the path.
    pub category: String,
    /// The service by the path; null if it lies in none that is known.
    pub service: Option<String>,
    /// How soon it should be replaced.
    pub priority: Priority,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
    /// Edits that do it; null if there are none.
    pub fix: Option<Fix>,
    /// Equal for the same finding after lines have moved: made of path, rule, scope and text.
    pub fingerprint: String,
    /// Whether a comment in the file allows it, or a baseline knows it.
    pub suppressed: bool,
    /// The language, if what is found in it is experimental.
    #[serde(skip)]
    pub experimental: Option<&'static str>,
    /// What suppresses it.
    #[serde(skip)]
    pub suppression: Option<Suppression>,
    /// The code of its lines without blanks and comments, for [`Finding::key`].
    #[serde(skip)]
    pub snippet: String,
    /// The line to show.
    #[serde(skip)]
    pub excerpt: Excerpt,
    /// The bytes of the whole expression that the id is made with: `str(uuid.uuid4())`, a string
    /// with all its fields. A fix replaces these.
    #[serde(skip)]
    pub whole: Range<usize>,
    /// The module that is to go and that is imported here.
    #[serde(skip)]
    pub legacy_import: Option<String>,
    /// The dotted name of the generator that a test replaces here.
    #[serde(skip)]
    pub patched: Option<String>,
}

impl Finding {
    /// Returns what stays of the finding when its lines move.
    #[must_use]
    pub fn key(&self) -> Key {
        Key {
            path: self.path.clone(),
            rule: self.rule,
            scope: self.scope.clone().unwrap_or_default(),
            snippet: self.snippet.clone(),
        }
    }

    /// Whether it makes a check fail.
    #[must_use]
    pub fn counts(&self) -> bool {
        !self.suppressed && self.severity >= Severity::Warning
    }
}

/// Why a finding is suppressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Suppression {
    /// A comment allows it, for this reason.
    Comment(String),
    /// It stood there before: a baseline or the state compared with has it.
    Known,
}

/// Whether a problem keeps the scan from being complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, EnumIter, IntoStaticStr)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Level {
    /// Something was not scanned.
    Error,
    /// Scanned, with a reservation.
    Note,
}

/// What a problem is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, EnumIter, IntoStaticStr,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
#[non_exhaustive]
pub enum ProblemKind {
    /// The path does not exist.
    NotFound,
    /// The file or folder cannot be read.
    Unreadable,
    /// A symbolic link to nothing.
    BrokenLink,
    /// A symbolic link to a folder that it lies in.
    LinkLoop,
    /// An ignore file or one of its patterns is wrong.
    IgnoreFile,
    /// Named on the command line and of no language that is scanned.
    UnknownLanguage,
    /// The output of a minifier, left out unless it is named.
    Minified,
    /// So large that it was read in parts.
    InParts,
    /// Not text in its encoding.
    Undecodable,
    /// Not the grammar of its language.
    Syntax,
    /// A comment of the linter's that says nothing it understands.
    InvalidSuppression,
    /// A comment that allowed something until a day that is over.
    ExpiredSuppression,
    /// A comment that allows what is not there.
    UnusedSuppression,
}

impl ProblemKind {
    /// Whether something was left out because of it.
    #[must_use]
    pub fn level(self) -> Level {
        match self {
            Self::NotFound | Self::Unreadable | Self::BrokenLink | Self::LinkLoop => Level::Error,
            Self::IgnoreFile
            | Self::UnknownLanguage
            | Self::Minified
            | Self::InParts
            | Self::Undecodable
            | Self::Syntax
            | Self::InvalidSuppression
            | Self::ExpiredSuppression
            | Self::UnusedSuppression => Level::Note,
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn help(self) -> &'static str {
        match self {
            Self::NotFound => "check the spelling of the path and the working directory",
            Self::Unreadable => "allow reading it, or list it in an ignore file",
            Self::BrokenLink => "remove the link, or restore what it points to",
            Self::LinkLoop => {
                "remove the link: links are not followed, so nothing is scanned twice"
            }
            Self::IgnoreFile => "correct the pattern; the other patterns hold",
            Self::UnknownLanguage => "name a source file, or a folder of them",
            Self::Minified => "scan the source that it was made from, or name the file itself",
            Self::InParts => "split the file, if its names are bound in other ways than by imports",
            Self::Undecodable => "save the file as UTF-8, or declare its encoding",
            Self::InvalidSuppression => "write `id-lint: allow[rule] reason`",
            Self::ExpiredSuppression => "replace the id, or give a new day and reason",
            Self::UnusedSuppression => "remove the comment, or the rule from it",
            Self::Syntax => "correct the file; what was found in it is reported all the same",
        }
    }
}

/// Something that could not be scanned, or not with certainty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Problem {
    /// As in [`Finding::path`].
    pub path: String,
    /// Whether something was left out.
    pub level: Level,
    /// What it is.
    pub kind: ProblemKind,
    /// What is wrong, in one line.
    pub message: String,
    /// What to do about it.
    pub help: &'static str,
    /// Where in the file, from 1; null if it is about the file as a whole.
    pub line: Option<usize>,
    /// In characters, from 1.
    pub column: Option<usize>,
}

impl Problem {
    /// Makes a problem about a file as a whole.
    #[must_use]
    pub fn new(path: String, kind: ProblemKind, message: impl Into<String>) -> Self {
        let (level, help) = (kind.level(), kind.help());
        Self { path, level, kind, message: message.into(), help, line: None, column: None }
    }
}

/// The numbers of a scan.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Summary {
    /// Source files that were read.
    pub files: usize,
    /// Their bytes.
    pub bytes: u64,
    /// Findings, suppressed ones not counted.
    pub findings: usize,
    /// Findings by the code of their rule.
    pub by_rule: BTreeMap<&'static str, usize>,
    /// Findings by category.
    pub by_category: BTreeMap<String, usize>,
    /// Findings by service; those of no known service are left out.
    pub by_service: BTreeMap<String, usize>,
    /// Findings in tests.
    pub in_tests: usize,
    /// The languages with findings that are experimental: their truth cases are too few, or no
    /// real package was checked finding by finding.
    pub experimental: BTreeSet<&'static str>,
}

/// A module that is to go, as far as this scan saw it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct LegacyModule {
    /// Its name, without its package.
    pub name: String,
    /// The files that are it.
    pub files: Vec<String>,
    /// Imports of it in other files.
    pub importers: usize,
}

/// The version of the report's form.
pub(crate) const VERSION: u32 = 1;

/// The result of a scan. Serialises as the JSON output.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// The version of this form.
    pub version: u32,
    /// The numbers.
    pub summary: Summary,
    /// In the order of path and place.
    pub findings: Vec<Finding>,
    /// In the order of path.
    pub errors: Vec<Problem>,
    /// The modules that are to go and that were met, by name. One without importers can go.
    #[serde(skip)]
    pub legacy: Vec<LegacyModule>,
    /// The files that the walk met whose names `Config::noted` holds, in their order.
    #[serde(skip)]
    pub noted: Vec<PathBuf>,
}

impl Report {
    /// Puts other results in the place of those of single files, by their paths.
    ///
    /// Used after a fix: the numbers are counted anew, files and bytes stay.
    #[must_use]
    pub fn with_files(mut self, files: impl IntoIterator<Item = (String, Self)>) -> Self {
        let files: BTreeMap<_, _> = files.into_iter().collect();
        self.findings.retain(|finding| !files.contains_key(&finding.path));
        self.errors
            .retain(|problem| !files.contains_key(&problem.path) || problem.level == Level::Error);
        let (seen, bytes) = (self.summary.files, self.summary.bytes);
        let legacy = std::mem::take(&mut self.legacy);
        let mut whole = Self::merged(std::iter::once(self).chain(files.into_values()));
        (whole.summary.files, whole.summary.bytes) = (seen, bytes);
        whole.legacy = legacy;
        for module in &mut whole.legacy {
            let imports = whole.findings.iter().filter(|found| {
                found.legacy_import.as_ref() == Some(&module.name)
                    && !module.files.contains(&found.path)
            });
            module.importers = imports.count();
        }
        whole.legacy.retain(|module| module.importers > 0 || !module.files.is_empty());
        whole
    }

    /// Puts reports together, as if their files had been scanned at once; findings and problems are
    /// sorted, and a problem that two have is one.
    #[must_use]
    pub fn merged(reports: impl IntoIterator<Item = Self>) -> Self {
        let mut whole = Self { version: VERSION, ..Self::default() };
        for report in reports {
            whole.summary.files += report.summary.files;
            whole.summary.bytes += report.summary.bytes;
            // Most often there is one, and a finding is large.
            if whole.findings.is_empty() {
                whole.findings = report.findings;
            } else {
                whole.findings.extend(report.findings);
            }
            whole.errors.extend(report.errors);
            whole.legacy.extend(report.legacy);
            whole.noted.extend(report.noted);
        }
        whole.noted.sort();
        whole.noted.dedup();
        sort(&mut whole.findings);
        whole.errors.sort_by(|a, b| {
            (&a.path, a.line, a.kind, &a.message).cmp(&(&b.path, b.line, b.kind, &b.message))
        });
        whole.errors.dedup();
        whole.legacy.sort_by(|a, b| a.name.cmp(&b.name));
        whole.legacy.dedup_by(|later, first| {
            let is_same = later.name == first.name;
            if is_same {
                first.importers += later.importers;
                first.files.append(&mut later.files);
            }
            is_same
        });
        whole.recount();
        whole
    }

    /// Counts the findings again, after some were suppressed or taken away.
    pub fn recount(&mut self) {
        let (files, bytes) = (self.summary.files, self.summary.bytes);
        let mut summary = Summary { files, bytes, ..Summary::default() };
        for finding in self.findings.iter().filter(|finding| !finding.suppressed) {
            summary.findings += 1;
            *summary.by_rule.entry(finding.rule.code()).or_default() += 1;
            count(&mut summary.by_category, &finding.category);
            if let Some(service) = &finding.service {
                count(&mut summary.by_service, service);
            }
            summary.in_tests += usize::from(finding.in_test);
            summary.experimental.extend(finding.experimental);
        }
        self.summary = summary;
    }

    /// Whether a finding is a warning or an error.
    #[must_use]
    pub fn has_findings(&self) -> bool {
        self.findings.iter().any(Finding::counts)
    }

    /// Whether something could not be scanned.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.errors.iter().any(|problem| problem.level == Level::Error)
    }
}

/// Sorts findings by file and place. Threads hand them over file by file, each file in its order:
/// files are sorted, which are fewer than findings, and each finding, which is large, moves once.
fn sort(findings: &mut Vec<Finding>) {
    let key = |finding: &Finding| (finding.byte_start, finding.byte_end, finding.rule);
    if findings.is_sorted_by(|a, b| (&a.path, key(a)) <= (&b.path, key(b))) {
        return;
    }
    let mut start = 0;
    let mut files: Vec<_> = findings
        .chunk_by(|a, b| a.path == b.path)
        .map(|file| {
            start += file.len();
            (file.first().map_or("", |first| first.path.as_str()), start - file.len()..start)
        })
        .collect();
    files.sort_by_key(|(path, _)| *path);
    let order: Vec<usize> = files.into_iter().flat_map(|(_, range)| range).collect();
    let mut unsorted: Vec<_> = std::mem::take(findings).into_iter().map(Some).collect();
    let taken = |at: usize| unsorted.get_mut(at).and_then(Option::take);
    *findings = order.into_iter().filter_map(taken).collect();
    for file in findings.chunk_by_mut(|a, b| a.path == b.path) {
        if !file.is_sorted_by_key(key) {
            file.sort_by_key(key);
        }
    }
}

/// Counts one more; the key is copied once.
fn count(numbers: &mut BTreeMap<String, usize>, key: &str) {
    if let Some(number) = numbers.get_mut(key) {
        *number += 1;
    } else {
        numbers.insert(key.to_owned(), 1);
    }
}
