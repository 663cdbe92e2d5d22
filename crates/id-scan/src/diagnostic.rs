//! What a scan returns: findings, problems, and their numbers.
//!
//! Plain data with the field names of the JSON output, so that every output writes the same facts.
//! Made by `engine.rs` from the uses of a language and the names of `rules/` and `meaning.rs`.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use serde::Serialize;
use strum::{EnumIter, IntoStaticStr};

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

/// How far a fix can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, EnumIter, IntoStaticStr)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Applicability {
    /// Meaning and type stay.
    Safe,
    /// Someone has to look at it.
    Unsafe,
    /// Shown, never applied.
    DisplayOnly,
}

/// A replacement of bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Edit {
    /// The first byte.
    pub byte_start: usize,
    /// The byte after the last.
    pub byte_end: usize,
    /// What takes their place.
    pub text: String,
}

/// Edits that belong together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Fix {
    /// How far it can be trusted.
    pub applicability: Applicability,
    /// What is replaced, in the order of the file.
    pub edits: Vec<Edit>,
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
    /// Whether a comment in the file allows it.
    pub suppressed: bool,
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
    /// Not text in its encoding.
    Undecodable,
    /// Not the grammar of its language.
    Syntax,
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
            | Self::Undecodable
            | Self::Syntax => Level::Note,
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
            Self::Undecodable => "save the file as UTF-8, or declare its encoding",
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
    pub(crate) fn new(path: String, kind: ProblemKind, message: impl Into<String>) -> Self {
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
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LegacyModule {
    /// Its name, without its package.
    pub name: String,
    /// The files that are it.
    pub files: Vec<String>,
    /// Imports of it in other files.
    pub importers: usize,
}

/// The result of a scan. Serialises as the JSON output.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
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
}

impl Report {
    /// Whether a finding is a warning or an error.
    #[must_use]
    pub fn has_findings(&self) -> bool {
        let counts =
            |finding: &Finding| !finding.suppressed && finding.severity >= Severity::Warning;
        self.findings.iter().any(counts)
    }

    /// Whether something could not be scanned.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.errors.iter().any(|problem| problem.level == Level::Error)
    }
}
