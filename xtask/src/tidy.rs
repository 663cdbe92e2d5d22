//! `cargo xtask tidy`: checks of structure that no compiler makes.
//!
//! Reads the files that git tracks or would track, and `cargo metadata`. Every finding is one line
//! `file:line: what, what to do`. A check is a function from data to findings, in a module below.

mod arrows;
mod content;
mod manifests;
mod rules;
mod snapshots;
mod source;
mod text;

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};
use cargo_metadata::MetadataCommand;

use crate::process::{Runner, say};

/// Something that is not as it should be.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Finding {
    path: String,
    line: usize,
    what: String,
    what_to_do: String,
}

impl Finding {
    fn new(
        path: &str,
        line: usize,
        what: impl Into<String>,
        what_to_do: impl Into<String>,
    ) -> Self {
        Self { path: path.to_owned(), line, what: what.into(), what_to_do: what_to_do.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}, {}", self.path, self.line, self.what, self.what_to_do)
    }
}

/// A text file of the repository, by its path from the root with `/`.
#[derive(Debug)]
struct File {
    path: String,
    text: String,
}

impl File {
    fn is_rust(&self) -> bool {
        self.has_extension("rs")
    }

    fn has_extension(&self, extension: &str) -> bool {
        Path::new(&self.path).extension().is_some_and(|found| found == extension)
    }
}

/// Runs every check and prints what it finds; returns whether all is well.
pub(crate) fn run(runner: &Runner) -> Result<bool> {
    let files = tracked(runner)?;
    let findings = check(runner, &files)?;
    findings.iter().for_each(say);
    say(format!("tidy: {} files, {} findings", files.len(), findings.len()));
    Ok(findings.is_empty())
}

/// Returns what every check finds, sorted by place.
fn check(runner: &Runner, files: &[File]) -> Result<Vec<Finding>> {
    let manifest = runner.root().join("Cargo.toml");
    let metadata = MetadataCommand::new().manifest_path(manifest).no_deps().exec()?;
    let mut findings = arrows::check(&arrows::crates(&metadata, runner.root()));
    let test_modules = content::test_modules(files);
    for file in files {
        findings.extend(text::check(file));
        findings.extend(content::check(file, &test_modules));
        findings.extend(snapshots::check(file));
    }
    findings.extend(manifests::check(files));
    findings.extend(rules::check(files));
    // Pending snapshots are ignored by git, so they are looked for on disk.
    let mut on_disk = Vec::new();
    files_below(&runner.root().join("snapshots"), &mut on_disk)?;
    findings.extend(on_disk.iter().filter_map(|path| {
        snapshots::pending(&path.strip_prefix(runner.root()).unwrap_or(path).to_string_lossy())
    }));
    findings.sort();
    Ok(findings)
}

/// Reads every file that git tracks or would track; what is not UTF-8 is no text and left out.
fn tracked(runner: &Runner) -> Result<Vec<File>> {
    let mut git = Command::new("git");
    git.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
    let list = runner.capture(&mut git).context("tidy reads the list of files from git")?;
    let mut paths: Vec<&str> = list.split('\0').filter(|path| !path.is_empty()).collect();
    paths.sort_unstable();
    paths.dedup();
    let mut files = Vec::new();
    for path in paths {
        let full = runner.root().join(path);
        // A symbolic link may be broken on purpose, as a test case; a deleted file is no file.
        if !full.symlink_metadata().is_ok_and(|metadata| metadata.is_file()) {
            continue;
        }
        let bytes = fs::read(full).with_context(|| format!("{path} cannot be read"))?;
        if let Ok(text) = String::from_utf8(bytes) {
            files.push(File { path: path.to_owned(), text });
        }
    }
    Ok(files)
}

/// Adds every file below a folder, sorted; a folder that does not exist holds none.
pub(crate) fn files_below(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    if !folder.exists() {
        return Ok(());
    }
    let mut entries = fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        if entry.file_type()?.is_dir() {
            files_below(&entry.path(), files)?;
        } else {
            files.push(entry.path());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// Returns a file for the tests of the checks.
    pub(super) fn file(path: &str, text: &str) -> File {
        File { path: path.to_owned(), text: text.to_owned() }
    }

    #[test]
    fn this_repository_is_read_and_checked() {
        let runner = Runner::new(Duration::from_mins(1));
        let files = tracked(&runner).unwrap();
        assert!(files.iter().any(|file| file.path == "xtask/src/tidy.rs"));
        check(&runner, &files).unwrap();
    }

    #[test]
    fn a_finding_says_where_what_and_what_to_do() {
        let finding = Finding::new("a/b.rs", 3, "a hard tab", "use spaces");
        assert_eq!(finding.to_string(), "a/b.rs:3: a hard tab, use spaces");
    }
}
