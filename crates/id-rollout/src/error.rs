//! What can go wrong with the flags and with handing out ids: what, where, what to do.

use std::error::Error;
use std::fmt;
use std::path::Path;

use unified_id::ParseError;

use crate::flags::Flag;

/// What is wrong, for branching.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, strum::EnumIter)]
#[non_exhaustive]
pub enum RolloutErrorKind {
    /// No flag has this name.
    UnknownFlag,
    /// The flag cannot have this value.
    Value,
    /// The file of the flags cannot be read.
    Read,
    /// The file is no TOML, or holds something else than flags.
    File,
    /// The file cannot be written; it is as it was before.
    Write,
    /// A thread that follows the file cannot be started.
    Follow,
    /// The text of the thread or user cannot be one, or cannot stand in an id of the old shape.
    Scope,
}

/// Why flags were not read or written, or an id was not handed out.
pub struct RolloutError(Box<Inner>);

struct Inner {
    kind: RolloutErrorKind,
    what: String,
    help: String,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl RolloutError {
    fn new(kind: RolloutErrorKind, what: String, help: String) -> Self {
        Self(Box::new(Inner { kind, what, help, source: None }))
    }

    fn because(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    pub(crate) fn unknown_flag(name: &str) -> Self {
        let nearest = Flag::all().min_by_key(|flag| distance(flag.name(), name));
        let nearest = nearest.filter(|flag| distance(flag.name(), name) <= flag.name().len() / 3);
        let names: Vec<_> = Flag::all().map(Flag::name).collect();
        let help = match nearest {
            Some(flag) => format!("did you mean `{flag}`?"),
            None => format!("the flags are {}", names.join(", ")),
        };
        Self::new(
            RolloutErrorKind::UnknownFlag,
            format!("no flag is named `{}`", shown(name)),
            help,
        )
    }

    pub(crate) fn value(flag: Flag, text: &str) -> Self {
        let what = format!("`{flag}` cannot be `{}`", shown(text));
        Self::new(RolloutErrorKind::Value, what, format!("write {}", flag.range()))
    }

    pub(crate) fn read(path: &Path, source: std::io::Error) -> Self {
        let help = if source.kind() == std::io::ErrorKind::NotFound {
            "write the file first: `unified-id flags set NAME VALUE`, or correct UNIFIED_ID_CONFIG"
        } else {
            "let this user read the file, or name another one in UNIFIED_ID_CONFIG"
        };
        let what = format!("cannot read the flags in {}", path.display());
        Self::new(RolloutErrorKind::Read, what, help.to_owned()).because(source)
    }

    pub(crate) fn file(path: &Path, line: Option<usize>, what: &str, help: &str) -> Self {
        let line = line.map_or_else(String::new, |line| format!(":{line}"));
        let what = format!("{}{line}: {what}", path.display());
        Self::new(RolloutErrorKind::File, what, help.to_owned())
    }

    pub(crate) fn write(path: &Path, source: std::io::Error) -> Self {
        let what = format!("cannot write {}; it is as it was before", path.display());
        let help = "make room on the disk, and let this user write in the folder of the file";
        Self::new(RolloutErrorKind::Write, what, help.to_owned()).because(source)
    }

    pub(crate) fn follow(source: std::io::Error) -> Self {
        let what = "cannot start the thread that follows the flags".to_owned();
        let help = "raise the limit of threads of this process".to_owned();
        Self::new(RolloutErrorKind::Follow, what, help).because(source)
    }

    pub(crate) fn scope(error: ParseError) -> Self {
        let what = "no id can be handed out for this thread or user".to_owned();
        Self::new(RolloutErrorKind::Scope, what, error.help().to_owned()).because(error)
    }

    pub(crate) fn uncarried(thread: &str, shape: &str) -> Self {
        let what =
            format!("the thread `{}` cannot stand in a run id of the shape {shape}", shown(thread));
        let help = "whoever reads that id would find another thread or none: rename the thread, or adopt it and hand out new ids";
        Self::new(RolloutErrorKind::Scope, what, help.to_owned())
    }

    /// The same error for a value that stands at a place of its own: a line of the file, a variable.
    pub(crate) fn at(mut self, place: &str) -> Self {
        self.0.what = format!("{place}: {}", self.0.what);
        self
    }

    /// Returns what is wrong, for branching.
    #[must_use]
    pub fn kind(&self) -> RolloutErrorKind {
        self.0.kind
    }

    /// Returns what to do, in one sentence.
    #[must_use]
    pub fn help(&self) -> &str {
        &self.0.help
    }
}

impl fmt::Display for RolloutError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.what)
    }
}

impl fmt::Debug for RolloutError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RolloutError")
            .field("kind", &self.0.kind)
            .field("what", &self.0.what)
            .field("source", &self.0.source)
            .finish_non_exhaustive()
    }
}

impl Error for RolloutError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

/// A text on one line, cut at 64 characters.
fn shown(text: &str) -> String {
    let mut shown = String::new();
    for character in text.chars().take(64) {
        if character.is_control() {
            shown.extend(character.escape_debug());
        } else {
            shown.push(character);
        }
    }
    if text.chars().nth(64).is_some() {
        shown.push_str("...");
    }
    shown
}

/// How many letters have to be changed, added or taken away.
fn distance(a: &str, b: &str) -> usize {
    // A name of this length is none of ours; the work stays small.
    let b: Vec<char> = b.chars().take(64).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (at, letter) in a.chars().enumerate() {
        let mut before = std::mem::replace(&mut row[0], at + 1);
        for (to, other) in b.iter().enumerate() {
            let changed = before + usize::from(letter != *other);
            before = row[to + 1];
            row[to + 1] = changed.min(before + 1).min(row[to] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_those_of_letters() {
        for (a, b, expected) in
            [("", "", 0), ("abc", "abc", 0), ("abc", "", 3), ("kitten", "sitting", 3)]
        {
            assert_eq!((distance(a, b), distance(b, a)), (expected, expected), "{a} {b}");
        }
    }
}
