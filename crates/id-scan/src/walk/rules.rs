//! The rules that hold in a folder: those of its ignore files and of all folders around it.
//!
//! As ripgrep reads them: `.ignore` comes before `.gitignore`, both before a repository's own
//! `info/exclude` and the user's global file; in each the nearest folder decides. What git ignores
//! ends at the root of a repository, `.ignore` does not. A folder without rules of its own shares
//! those of the folder around it, so that most folders cost nothing.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::folder::{Entries, Kind};

/// The files that hold rules.
pub(super) const IGNORE_FILES: [&str; 2] = [".gitignore", ".ignore"];

/// What says something of the rules of a folder.
const NAMES: [&str; 4] = [".ignore", ".gitignore", ".git", ".jj"];

/// What hides the rules of a file.
#[derive(Debug)]
pub(super) enum Fault {
    /// It is a folder.
    Folder,
    /// Opening it may never end.
    Trap,
    /// It cannot be read, or patterns in it are wrong.
    Rules(ignore::Error),
}

/// The rules of one folder, on top of those around it.
#[derive(Debug)]
pub(super) struct Rules {
    around: Option<Arc<Rules>>,
    ignore: Gitignore,
    git_ignore: Gitignore,
    git_exclude: Gitignore,
    /// What git ignores further out does not hold here.
    is_repository: bool,
}

impl Rules {
    /// The rules that hold before any folder is looked at: those of the user.
    pub(super) fn global() -> Self {
        let (git_exclude, _) = Gitignore::global();
        Self { git_exclude, ..Self::none() }
    }

    /// Nothing is ignored.
    pub(super) fn none() -> Self {
        Self {
            around: None,
            ignore: Gitignore::empty(),
            git_ignore: Gitignore::empty(),
            git_exclude: Gitignore::empty(),
            is_repository: false,
        }
    }

    /// The rules inside `folder`, an absolute path without links, of which `entries` are known.
    pub(super) fn inside(
        this: &Arc<Self>,
        folder: &Path,
        entries: &Entries,
        faults: &mut Vec<(PathBuf, Fault)>,
    ) -> Arc<Self> {
        let mut present = [None; 4];
        for (name, kind) in entries.iter() {
            if name.as_encoded_bytes().first() != Some(&b'.') {
                continue;
            }
            for (place, known) in present.iter_mut().zip(NAMES) {
                if name == known {
                    *place = Some(kind);
                }
            }
        }
        Self::with(this, folder, present, faults)
    }

    /// The same of a folder above, whose entries are not read.
    pub(super) fn above(
        this: &Arc<Self>,
        folder: &Path,
        faults: &mut Vec<(PathBuf, Fault)>,
    ) -> Arc<Self> {
        let kind = |name: &str| {
            let found = folder.join(name).symlink_metadata().ok()?.file_type();
            Some(match () {
                () if found.is_file() => Kind::File,
                () if found.is_dir() => Kind::Folder,
                () if found.is_symlink() => Kind::Link,
                () => Kind::Other,
            })
        };
        Self::with(this, folder, NAMES.map(kind), faults)
    }

    fn with(
        this: &Arc<Self>,
        folder: &Path,
        [ignore, git_ignore, git, jj]: [Option<Kind>; 4],
        faults: &mut Vec<(PathBuf, Fault)>,
    ) -> Arc<Self> {
        if [ignore, git_ignore, git, jj] == [None; 4] {
            return Arc::clone(this);
        }
        let mut read = |name: &str, kind: Option<Kind>| match kind {
            Some(kind) => rules_of(folder, &folder.join(name), kind, faults),
            None => Gitignore::empty(),
        };
        let (ignore, git_ignore) = (read(".ignore", ignore), read(".gitignore", git_ignore));
        let has_git = git.is_some() && folder.join(".git").exists();
        let has_jj = jj.is_some() && folder.join(".jj").exists();
        let git_exclude = match git_folder(folder).filter(|_| has_git) {
            Some(git) if git.join("info/exclude").is_file() => {
                rules_of(folder, &git.join("info/exclude"), Kind::File, faults)
            }
            _ => Gitignore::empty(),
        };
        let around = Some(Arc::clone(this));
        let is_repository = has_git || has_jj;
        Arc::new(Self { around, ignore, git_ignore, git_exclude, is_repository })
    }

    /// Whether a path, absolute and without links, is ignored; a name with a dot in front is, unless
    /// a rule says otherwise.
    pub(super) fn ignores(&self, path: &Path, name: &OsStr, is_folder: bool) -> bool {
        let is_hidden = name.as_encoded_bytes().first() == Some(&b'.');
        match self.matched(path, is_folder) {
            Match::Ignore(()) => true,
            Match::Whitelist(()) => false,
            Match::None => is_hidden,
        }
    }

    /// What the rules say of a path.
    fn matched(&self, path: &Path, is_folder: bool) -> Match<()> {
        let (mut by_ignore, mut by_git, mut by_exclude) = (Match::None, Match::None, Match::None);
        let mut is_inside = true;
        let mut next = Some(self);
        while let Some(rules) = next {
            let says = |rules: &Gitignore, known: &mut Match<()>| {
                if known.is_none() && !rules.is_empty() {
                    *known = rules.matched(path, is_folder).map(|_| ());
                }
            };
            says(&rules.ignore, &mut by_ignore);
            // The user's own rules, which are the outermost, hold in every repository.
            if is_inside || rules.around.is_none() {
                says(&rules.git_ignore, &mut by_git);
                says(&rules.git_exclude, &mut by_exclude);
            }
            is_inside &= !rules.is_repository;
            next = rules.around.as_deref();
        }
        by_ignore.or(by_git).or(by_exclude)
    }

    /// Whether nothing at all is ignored, but for what is hidden.
    pub(super) fn is_empty(&self) -> bool {
        let own = [&self.ignore, &self.git_ignore, &self.git_exclude];
        own.iter().all(|rules| rules.is_empty())
            && self.around.as_ref().is_none_or(|around| around.is_empty())
    }
}

/// Reads a file of rules for `folder`.
fn rules_of(
    folder: &Path,
    path: &Path,
    kind: Kind,
    faults: &mut Vec<(PathBuf, Fault)>,
) -> Gitignore {
    let found = if kind == Kind::File { None } else { path.metadata().ok() };
    let fault = match (kind, found) {
        (Kind::File, _) => None,
        (_, Some(found)) if found.is_file() => None,
        (_, Some(found)) if found.is_dir() => Some(Fault::Folder),
        (_, Some(_)) => Some(Fault::Trap),
        // A link to nothing.
        (_, None) => return Gitignore::empty(),
    };
    if let Some(fault) = fault {
        faults.push((path.to_owned(), fault));
        return Gitignore::empty();
    }
    let mut builder = GitignoreBuilder::new(folder);
    if let Some(error) = builder.add(path) {
        faults.push((path.to_owned(), Fault::Rules(error)));
    }
    builder.build().unwrap_or_else(|error| {
        faults.push((path.to_owned(), Fault::Rules(error)));
        Gitignore::empty()
    })
}

/// Where git keeps what belongs to the repository at `folder`: for a working tree beside the first
/// one, `.git` is a file that says where.
fn git_folder(folder: &Path) -> Option<PathBuf> {
    let git = folder.join(".git");
    if !git.is_file() {
        return Some(git);
    }
    let first_line = |path: &Path| {
        let text = fs::read_to_string(path).ok()?;
        Some(text.lines().next()?.to_owned())
    };
    let own = folder.join(first_line(&git)?.strip_prefix("gitdir: ")?);
    let common = first_line(&own.join("commondir"))?;
    Some(own.join(common))
}
