//! Finds uses of id generators in source code: the engine of `id-lint`, without flags or printing.
//!
//! ```text
//! session_id = f"sess_{uuid.uuid4().hex[:8]}"
//! |                    |          |  |
//! target               use        |  shape: truncated, so rule UID003
//!                                 byte_end
//! ```
//!
//! ```
//! use std::path::Path;
//! use id_scan::{Config, RuleId, scan_text};
//!
//! let config = Config::new("/project", []);
//! let text = b"import uuid\nuser_id = str(uuid.uuid4())\n# uuid.uuid4() in a comment\n";
//! let report = scan_text(&config, Path::new("app.py"), text).expect("the name is a source file's");
//! let [finding] = &report.findings[..] else { panic!("one use, one finding") };
//! assert_eq!(finding.rule, RuleId::RawUuidCall);
//! assert_eq!((finding.line, finding.column), (2, 15));
//! assert_eq!(finding.target.as_deref(), Some("user_id"));
//! assert_eq!(finding.id_kind, Some("user"));
//! ```
//!
//! Start from [`Config`], [`scan`] and [`Report`].
//!
//! A file passes through the modules in their order: the walk finds it, it is read, most files stop
//! at a search for literals, a language finds the uses in the rest, a rule names each of them. The
//! engine returns results and diagnostics; no file stops it, no bytes make it panic, and nothing is
//! printed here.

#![forbid(unsafe_code)]

mod config;
mod tracked;
mod plan;
mod engine;
mod walk;
mod source;
mod prefilter;
mod lang;
mod rules;
mod meaning;
mod key;
mod suppress;
mod baseline;
mod changes;
mod diagnostic;
mod fix;
mod write;
mod owners;
mod progress;
mod nearest;
mod error;

pub use baseline::{Baseline, Comparison};
pub use changes::{Change, changes};
pub use config::{Ban, Config, Exclude, Rules};
pub use diagnostic::{
    Finding, LegacyModule, Level, Problem, ProblemKind, Report, Summary, Suppression, UseKind,
};
pub use engine::{Scanner, listed, scan, scan_text, shown_path};
pub use error::{ScanError, ScanErrorKind};
pub use fix::{
    Applicability, Edit, Fix, Fixed, Import, Profile, Template, apply, fix_text, patched_modules,
};
pub use key::Key;
pub use lang::{Shape, default_tracked};
pub use meaning::{Meaning, Priority};
pub use nearest::nearest;
pub use owners::Owners;
pub use progress::{Progress, Share, library_config};
pub use rules::{RuleId, Severity};
pub use source::{Excerpt, Position};
pub use suppress::{Day, NotADay, allow_comment};
pub use tracked::{Family, Functions, Module, Tracked};
pub use write::{WriteError, WriteErrorKind, replace_file, replace_text};
