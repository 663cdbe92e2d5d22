//! The languages that are scanned: which files are theirs, and what a use is in each.
//!
//! Python is a folder with a resolver of its own, `python/`. Every other language is one file with a
//! `Description`, read by the engine in `shared/`; that module says how to add one. Nothing outside
//! this module names a language. `engine.rs` asks [`Language::of`] for a file's language and
//! [`Language::analyse`] for its uses.

mod parts;
mod sql;
mod shared;
mod python;
mod javascript;
mod go;
mod java;
mod csharp;
mod rust;
mod kotlin;
mod ruby;
mod php;
mod shell;
mod powershell;
mod terraform;
mod notebook;
pub(crate) mod rewrite;

use std::ops::Range;
use std::path::Path;

use serde::Serialize;
use strum::{EnumCount, EnumIter, IntoEnumIterator as _, IntoStaticStr};

use shared::Description;

use crate::config::Config;
use crate::fix::{Edit, Import};
use crate::plan::Plan;
use crate::prefilter::Needle;
use crate::tracked::{Family, Tracked};
use rewrite::{Rewriter, Source};
use shared::rewrite::Forms;

/// A language that is scanned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumCount, EnumIter, IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub(crate) enum Language {
    Python,
    #[strum(serialize = "javascript")]
    JavaScript,
    #[strum(serialize = "typescript")]
    TypeScript,
    Sql,
    Go,
    Java,
    #[strum(serialize = "csharp")]
    CSharp,
    Rust,
    Kotlin,
    Ruby,
    Php,
    Shell,
    #[strum(serialize = "powershell")]
    PowerShell,
    Terraform,
    Notebook,
}

/// What is made of the id at a use.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, EnumIter, IntoStaticStr,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
#[non_exhaustive]
pub enum Shape {
    /// The value as it is.
    Plain,
    /// Its text with dashes.
    Str,
    /// Its 32 digits.
    Hex,
    /// Its number.
    Int,
    /// Its bytes.
    Bytes,
    /// Its URN.
    Urn,
    /// A field of a string with fields.
    Interpolated,
    /// A part of it.
    Truncated,
    /// The function itself, not called.
    Reference,
}

/// A use of a tracked function, as a language finds it.
#[derive(Clone, Debug)]
pub(crate) struct Use {
    pub(crate) module: String,
    pub(crate) function: String,
    pub(crate) family: Family,
    pub(crate) call: bool,
    /// Bytes of the text.
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) shape: Shape,
    /// The name that the id is given.
    pub(crate) target: Option<String>,
    /// The literal text right before the id.
    pub(crate) literal: Option<String>,
    pub(crate) scope: Option<String>,
    /// Nothing in the file binds the name.
    pub(crate) unbound: bool,
    /// The module or function is named by text: `__import__("uuid")`.
    pub(crate) dynamic: bool,
    /// The bytes of the whole expression that the id is made with.
    pub(crate) whole: Range<usize>,
    /// What the rule says besides: how often a generator is called, what is patched.
    pub(crate) detail: Option<String>,
}

/// What a language says about a text.
#[derive(Debug, Default)]
pub(crate) struct Analysis {
    /// In the order of the text.
    pub(crate) uses: Vec<Use>,
    /// The first place that is not the language, if there is one.
    pub(crate) remark: Option<(usize, &'static str)>,
    /// What is said besides of the uses that begin at those bytes.
    pub(crate) notes: Vec<(usize, String)>,
}

/// Storage that a thread fills again for each file.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    python: python::lexer::Lexed,
    notebook: notebook::Code,
    shared: shared::Scratch,
}

/// How the bytes of a file are text.
#[derive(Debug, Default)]
pub(crate) struct Decoded {
    /// A stand-in of the same length to be read instead of the bytes, if those mean other letters:
    /// every byte of a character outside ASCII is above 127 in it.
    pub(crate) masked: Option<Vec<u8>>,
    /// Bytes above 127 are one character each, not parts of UTF-8.
    pub(crate) single_byte: bool,
    /// Where and why the bytes are no text.
    pub(crate) fault: Option<(usize, String)>,
}

/// A file of that size in lines of that mean length, in bytes, is minified.
const MINIFIED: usize = 50_000;
const MINIFIED_LINE: usize = 1_000;

impl Language {
    /// What the shared engine has to know of the language; `None` for one with an engine of its own.
    fn description(self) -> Option<&'static Description> {
        match self {
            Self::Python | Self::Notebook => None,
            Self::JavaScript => Some(&javascript::JAVASCRIPT),
            Self::TypeScript => Some(&javascript::TYPESCRIPT),
            Self::Sql => Some(&sql::SQL),
            Self::Go => Some(&go::GO),
            Self::Java => Some(&java::JAVA),
            Self::CSharp => Some(&csharp::CSHARP),
            Self::Rust => Some(&rust::RUST),
            Self::Kotlin => Some(&kotlin::KOTLIN),
            Self::Ruby => Some(&ruby::RUBY),
            Self::Php => Some(&php::PHP),
            Self::Shell => Some(&shell::SHELL),
            Self::PowerShell => Some(&powershell::POWERSHELL),
            Self::Terraform => Some(&terraform::TERRAFORM),
        }
    }

    /// Whether its truth cases are too few, or no real package was checked finding by finding.
    pub(crate) fn is_experimental(self) -> bool {
        match self {
            Self::Notebook => notebook::EXPERIMENTAL,
            _ => self.description().is_some_and(|description| description.experimental),
        }
    }

    /// Its name, as outputs write it.
    pub(crate) fn name(self) -> &'static str {
        self.into()
    }

    fn extensions(self) -> &'static [&'static str] {
        match self {
            Self::Notebook => &notebook::EXTENSIONS,
            _ => self.description().map_or(&python::EXTENSIONS, |found| found.extensions),
        }
    }

    /// The language of a file by its name; `None` if only its first line can tell.
    pub(crate) fn of(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?;
        Self::iter().find(|language| {
            language.extensions().iter().any(|known| known.eq_ignore_ascii_case(extension))
        })
    }

    /// The language of a file without an extension, by its first line.
    pub(crate) fn of_first_line(text: &[u8]) -> Option<Self> {
        let line = text.split(|&byte| byte == b'\n').next().unwrap_or_default();
        if !line.starts_with(b"#!") {
            return None;
        }
        if python::is_shebang(text) {
            return Some(Self::Python);
        }
        let mut words = line.split(|byte| matches!(byte, b'/' | b' ' | b'!' | b'\r'));
        words.find_map(|word| {
            Self::iter().find(|language| {
                language.description().is_some_and(|description| {
                    description.interpreters.iter().any(|known| known.as_bytes() == word)
                })
            })
        })
    }

    /// What is tracked in a file of the language.
    pub(crate) fn tracked(self, config: &Config) -> Tracked {
        match self.description() {
            None => python::tracked(config),
            Some(description) => shared::tracked(description, config),
        }
    }

    /// The literals of which at least one stands in every file of the language that has a finding.
    pub(crate) fn needles(self, config: &Config, tracked: &Tracked) -> Vec<Needle> {
        match self.description() {
            None => python::needles(config, tracked),
            Some(description) => shared::needles(description, config, tracked),
        }
    }

    /// Whether names are equal that only Unicode's compatibility form makes equal.
    pub(crate) fn folds_names(self) -> bool {
        matches!(self, Self::Python)
    }

    /// Whether a file is the output of a minifier: large, and in lines that nobody reads.
    pub(crate) fn is_minified(self, bytes: &[u8]) -> bool {
        let may = self.description().is_some_and(|description| description.minified);
        may && bytes.len() >= MINIFIED
            && bytes.len() / (memchr::memchr_iter(b'\n', bytes).count() + 1) >= MINIFIED_LINE
    }

    /// Reads how the bytes of a file are to be understood.
    pub(crate) fn decode(self, bytes: &[u8]) -> Decoded {
        match self {
            Self::Python => python::encoding::decode(bytes),
            // These are UTF-8; what is not is read as it stands.
            _ => Decoded::default(),
        }
    }

    /// How a comment begins and ends; one that ends with its line has no end.
    pub(crate) fn comment(self) -> Option<(&'static str, &'static str)> {
        let Some(description) = self.description() else { return Some(("#", "")) };
        let syntax = &description.syntax;
        let line = syntax.line_comments.first().map(|open| (*open, ""));
        line.or_else(|| syntax.block_comments.first().copied())
    }

    /// Everything that begins a comment.
    pub(crate) fn comment_openers(self) -> Vec<&'static str> {
        let Some(description) = self.description() else { return vec!["#"] };
        let syntax = &description.syntax;
        let blocks = syntax.block_comments.iter().map(|(open, _)| *open);
        syntax.line_comments.iter().copied().chain(blocks).collect()
    }

    /// Writes down the parts of a range that are code or strings, neither comments nor blanks, of the
    /// text that was analysed last with `scratch`.
    pub(crate) fn code_in(
        self,
        scratch: &Scratch,
        range: &Range<usize>,
        parts: &mut Vec<Range<usize>>,
    ) {
        match self.description() {
            None if self == Self::Notebook => {
                notebook::code_in(&scratch.notebook, &scratch.python, range, parts);
            }
            None => python::code_in(&scratch.python, range, parts),
            Some(_) => shared::code_in(&scratch.shared, range, parts),
        }
    }

    /// Whether a text can be read in parts, by the two functions below.
    pub(crate) fn has_parts(self) -> bool {
        matches!(self, Self::Python)
    }

    /// Where to cut the text that was analysed last, which goes on: behind byte `from`.
    pub(crate) fn cut(self, text: &[u8], from: usize, scratch: &Scratch) -> usize {
        if self.has_parts() { python::parted::cut(text, from, &scratch.python) } else { text.len() }
    }

    /// What the rest of a text has to know of what stands before byte `cut` of the text that was
    /// analysed last, in the language itself.
    pub(crate) fn context(
        self,
        text: &[u8],
        cut: usize,
        plan: &Plan<'_>,
        scratch: &Scratch,
    ) -> Vec<u8> {
        let tracked = &plan.language(self).tracked;
        if self.has_parts() {
            python::parted::context(text, cut, tracked, &scratch.python)
        } else {
            Vec::new()
        }
    }

    /// Finds the uses in a text, which begins at byte `start`.
    pub(crate) fn analyse(
        self,
        text: &[u8],
        start: usize,
        plan: &Plan<'_>,
        scratch: &mut Scratch,
    ) -> Analysis {
        match self.description() {
            None if self == Self::Notebook => {
                notebook::analyse(text, plan, &mut scratch.python, &mut scratch.notebook)
            }
            None => python::analyse(text, start, plan, &mut scratch.python),
            Some(description) => {
                shared::analyse(self, description, text, start, plan, &mut scratch.shared)
            }
        }
    }
}

impl Language {
    /// Reads the places of uses in the text that was analysed last; `None` if the language has no
    /// fixes.
    pub(crate) fn rewriter<'a>(self, source: &Source<'a>) -> Option<Box<dyn Rewriter + 'a>> {
        if self == Self::Python {
            let tokens = &source.scratch.python.tokens;
            return Some(Box::new(python::rewrite::Rewriter::new(source.text, tokens)));
        }
        let shared = &source.scratch.shared;
        let made = shared::rewrite::Rewriter::new(source.text, shared, self.forms()?);
        Some(Box::new(made))
    }

    /// What is said of a language of the shared engine so that it can be rewritten.
    fn forms(self) -> Option<&'static Forms> {
        if self == Self::TypeScript {
            return Some(&javascript::TYPESCRIPT_FORMS);
        }
        (self == Self::JavaScript).then_some(&javascript::FORMS)
    }

    /// The language of a profile of fixes that holds for files of this one.
    pub(crate) fn rewritten_as(self) -> &'static str {
        if self == Self::JavaScript { Self::TypeScript.into() } else { self.into() }
    }

    /// The edits that make imports, each under the name it has in the file; `None` if there is no
    /// place for them.
    pub(crate) fn import_edits(
        self,
        text: &[u8],
        imports: &[(Import, String)],
    ) -> Option<Vec<Edit>> {
        match self.description() {
            None => {
                let masked = self.decode(text).masked;
                python::import_edits(masked.as_deref().unwrap_or(text), imports)
            }
            Some(description) => {
                self.forms()?;
                Some(javascript::imports::edits(&shared::lexed(text, description), text, imports))
            }
        }
    }

    /// An edit that takes away an import of one of `names` that nothing needs; `None` if there is
    /// none.
    pub(crate) fn unused_imports(self, path: &Path, text: &[u8], names: &[&str]) -> Vec<Edit> {
        match self.description() {
            None => {
                let masked = self.decode(text).masked;
                python::unused_imports(path, masked.as_deref().unwrap_or(text), names)
            }
            Some(_) if self.forms().is_none() => Vec::new(),
            Some(description) => {
                javascript::imports::unused(&shared::lexed(text, description), text, names)
            }
        }
    }
}

/// What is looked for unless told otherwise: the generators of every language's own libraries.
#[must_use]
pub fn default_tracked() -> Tracked {
    Tracked::new(python::modules())
}
