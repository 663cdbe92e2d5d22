//! Rewrites what was found: edits, how far they can be trusted, and text in, text out.
//!
//! ```text
//! import uuid                        from unified_id import UserId      the import is made, the
//!                                                                       one that is not needed goes
//! user_id = str(uuid.uuid4())        user_id = UserId.new()
//!           ^^^^^^^^^^^^^^^^^ the whole expression, in `Finding::whole` or wider
//! ```
//!
//! A language says what stands around a use and where an import can go (`lang/`), `judge.rs`
//! decides what may take its place, `profile.rs` says in which words. Invariants: a text is never
//! left with a syntax error that it did not have, and the fix of a fixed text is the text itself.
//! Nothing is written here: that is `write.rs`.

mod profile;
mod judge;

use std::path::Path;

use serde::Serialize;
use strum::{EnumIter, IntoStaticStr};

pub use profile::{Import, Profile, Template};

use crate::config::Config;
use crate::diagnostic::{Finding, ProblemKind, Report};
use crate::engine::Scanner;
use crate::lang::Language;
use crate::lang::rewrite::Source;

/// How far a fix can be trusted.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, EnumIter, IntoStaticStr,
)]
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
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub struct Edit {
    /// The first byte.
    pub byte_start: usize,
    /// The byte after the last.
    pub byte_end: usize,
    /// What takes their place.
    pub text: String,
}

impl Edit {
    pub(crate) fn new(byte_start: usize, byte_end: usize, text: impl Into<String>) -> Self {
        Self { byte_start, byte_end, text: text.into() }
    }
}

/// Edits that belong together: the expression, and the import that it needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Fix {
    /// How far it can be trusted.
    pub applicability: Applicability,
    /// What it does, and why it is not safe if it is not.
    pub message: String,
    /// What is replaced, in the order of the file.
    pub edits: Vec<Edit>,
    /// The edit of the expression alone; the others make the import.
    #[serde(skip)]
    pub(crate) replacement: Edit,
    /// What has to be imported, and under which name.
    #[serde(skip)]
    pub(crate) import: Option<(Import, String)>,
    /// The names that the replaced expression mentions: their imports may go with it.
    #[serde(skip)]
    pub(crate) frees: Vec<String>,
}

/// Replaces bytes; returns `None` if edits overlap or lie outside of the text.
///
/// # Examples
///
/// ```
/// use id_scan::{Config, Profile, apply, scan_text};
///
/// let mut config = Config::new("/project", []);
/// config.fixes.extend(Profile::find("unified-id"));
/// let text = b"import uuid\nuser_id = str(uuid.uuid4())\n";
/// let report = scan_text(&config, "app.py".as_ref(), text).expect("it is a source file");
/// let fix = report.findings[0].fix.as_ref().expect("it can be fixed");
/// let fixed = apply(text, &fix.edits).expect("the edits are in order");
/// assert_eq!(
///     fixed,
///     b"import uuid\nfrom unified_id import UserId\nuser_id = UserId.new()\n",
/// );
/// ```
#[must_use]
pub fn apply(text: &[u8], edits: &[Edit]) -> Option<Vec<u8>> {
    let mut sorted: Vec<_> = edits.iter().collect();
    sorted.sort();
    sorted.dedup();
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    for edit in sorted {
        if edit.byte_start < at || edit.byte_end < edit.byte_start {
            return None;
        }
        out.extend_from_slice(text.get(at..edit.byte_start)?);
        out.extend_from_slice(edit.text.as_bytes());
        at = edit.byte_end;
    }
    out.extend_from_slice(text.get(at..)?);
    Some(out)
}

/// Adds fixes to the findings of one file, whose text was read last into `source`.
pub(crate) fn suggest(
    config: &Config,
    language: Language,
    source: &Source<'_>,
    findings: &mut [Finding],
) {
    let Some(first) = findings.first() else { return };
    let mut profiles = config.fixes.iter();
    let profile = profiles.find(|profile| profile.is_for(language.rewritten_as()));
    let Some(profile) = profile.filter(|profile| !is_library(config, profile, &first.path)) else {
        return;
    };
    let patched = config.patched_modules.iter().any(|module| is_module(&first.path, module));
    let Some(file) = language.rewriter(source) else { return };
    for finding in findings {
        finding.fix = judge::judge(profile, finding, &*file, patched);
    }
}

/// Whether a path is that of a module by its dotted name, from whatever folder on.
fn is_module(path: &str, module: &str) -> bool {
    let stem = path.rsplit_once('.').map_or(path, |(stem, _)| stem);
    let stem = stem.strip_suffix("/__init__").unwrap_or(stem).replace('/', ".");
    stem.strip_suffix(module).is_some_and(|before| before.is_empty() || before.ends_with('.'))
}

/// The modules in which tests replace a generator, for `Config::patched_modules`: what stands there
/// is fixed as unsafe, because the test waits for the generator.
#[must_use]
pub fn patched_modules(report: &Report) -> Vec<String> {
    let module = |target: &String| {
        let (module, _) = target.rsplit_once('.')?;
        let module = module.strip_suffix(".uuid").unwrap_or(module);
        (!module.is_empty() && module != "uuid").then(|| module.to_owned())
    };
    let targets = report.findings.iter().filter_map(|found| found.patched.as_ref());
    let mut modules: Vec<_> = targets.filter_map(module).collect();
    modules.sort();
    modules.dedup();
    modules
}

/// Whether a file is part of an id library itself: of the one that is the target, or of a module
/// that is to go. What makes ids there is meant.
fn is_library(config: &Config, profile: &Profile, path: &str) -> bool {
    let mut parts = path.split('/').rev();
    let file = parts.next().unwrap_or_default();
    let stem = file.split_once('.').map_or(file, |(stem, _)| stem);
    let own = |name: &str| profile.own.iter().any(|own| own == name);
    let listed = |name: &str| config.legacy_modules.iter().any(|module| module == name);
    let in_own = own(stem) || parts.clone().any(own);
    in_own || listed(stem) || (stem == "__init__" && parts.next().is_some_and(listed))
}

/// The fix of a whole text.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Fixed {
    /// The text after all fixes; equal to the text before if nothing could be done.
    pub text: Vec<u8>,
    /// How many findings were fixed.
    pub fixed: usize,
    /// What a scan of the text finds after it.
    pub report: Report,
    /// Why nothing was done although something could have been.
    pub refused: Option<&'static str>,
}

/// How often a text is fixed: a fix may uncover another one.
const ROUNDS: usize = 8;

/// Fixes everything in a text that is as safe as `level` asks; `None` if the name belongs to no
/// language. `config.fixes` says into what.
///
/// Findings that a comment allows stay. A text with a syntax error is not touched, and one that
/// would have a syntax error afterwards stays as it was.
///
/// # Examples
///
/// ```
/// use id_scan::{Applicability, Config, Profile, Scanner, fix_text};
///
/// let mut config = Config::new("/project", []);
/// config.fixes.extend(Profile::find("unified-id"));
/// let scanner = Scanner::new(&config);
/// let text = b"import uuid\nuser_id = str(uuid.uuid4())\n";
/// let fixed = fix_text(&scanner, "app.py".as_ref(), text, Applicability::Safe);
/// let fixed = fixed.expect("it is a source file");
/// assert_eq!(fixed.text, b"from unified_id import UserId\nuser_id = UserId.new()\n");
/// assert_eq!(fixed.fixed, 1);
/// ```
#[must_use]
pub fn fix_text(
    scanner: &Scanner<'_>,
    path: &Path,
    text: &[u8],
    level: Applicability,
) -> Option<Fixed> {
    let before = scanner.scan_text(path, text)?;
    let nothing =
        |report: Report, refused| Some(Fixed { text: text.to_vec(), fixed: 0, report, refused });
    if !before.findings.iter().any(|finding| applies(finding, level).is_some()) {
        return nothing(before, None);
    }
    if has(&before, ProblemKind::Undecodable) {
        return nothing(before, Some("it is no text in its encoding"));
    }
    if has(&before, ProblemKind::Syntax) {
        return nothing(before, Some("it has a syntax error"));
    }
    let language = Language::of(path).or_else(|| Language::of_first_line(text))?;
    let mut fixed = Fixed { text: text.to_vec(), fixed: 0, report: before.clone(), refused: None };
    for _ in 0..ROUNDS {
        let Some((next, count)) = round(language, path, &fixed, level) else { break };
        let report = scanner.scan_text(path, &next)?;
        if has(&report, ProblemKind::Syntax) || has(&report, ProblemKind::Undecodable) {
            return nothing(before, Some("the result would have a syntax error"));
        }
        fixed = Fixed { text: next, fixed: fixed.fixed + count, report, refused: None };
    }
    Some(fixed)
}

/// The fix of a finding if it may be applied.
fn applies(finding: &Finding, level: Applicability) -> Option<&Fix> {
    let fix = finding.fix.as_ref()?;
    let may = fix.applicability <= level && fix.applicability != Applicability::DisplayOnly;
    (may && !finding.suppressed).then_some(fix)
}

/// Whether a text has a problem of a kind.
fn has(report: &Report, kind: ProblemKind) -> bool {
    report.errors.iter().any(|problem| problem.kind == kind)
}

/// Applies the fixes of a report that do not overlap; returns the text and their number.
fn round(
    language: Language,
    path: &Path,
    state: &Fixed,
    level: Applicability,
) -> Option<(Vec<u8>, usize)> {
    let fixes: Vec<_> =
        state.report.findings.iter().filter_map(|finding| applies(finding, level)).collect();
    let mut edits: Vec<Edit> = Vec::new();
    let mut imports = Vec::new();
    let mut frees: Vec<&str> = Vec::new();
    let mut count = 0;
    for fix in fixes {
        let edit = &fix.replacement;
        let overlaps = edits
            .iter()
            .rev()
            .take(8)
            .any(|known| known.byte_start < edit.byte_end && edit.byte_start < known.byte_end);
        if edits.contains(edit) {
            count += 1;
            continue;
        }
        if overlaps {
            continue;
        }
        edits.push(edit.clone());
        imports.extend(fix.import.clone());
        frees.extend(fix.frees.iter().map(String::as_str));
        count += 1;
    }
    if count == 0 {
        return None;
    }
    imports.sort();
    imports.dedup();
    edits.extend(language.import_edits(&state.text, &imports)?);
    let text = apply(&state.text, &edits)?;
    frees.sort_unstable();
    frees.dedup();
    let mut text = text;
    // Two imports of one line are one after the other.
    for _ in 0..=2 * frees.len() {
        let dropped = language.unused_imports(path, &text, &frees);
        let first = dropped.get(..1).unwrap_or_default();
        let Some(shorter) = apply(&text, &dropped).or_else(|| apply(&text, first)) else { break };
        if dropped.is_empty() {
            break;
        }
        text = shorter;
    }
    Some((text, count))
}
