//! Who owns a path, by the rules of a CODEOWNERS file.
//!
//! As on the services that read such files: patterns are those of a `.gitignore` without `!`, the
//! last one that fits decides, one without owners takes ownership away, `docs/*` means the files of
//! a folder and not those below. Section heads are passed over. The text comes from whoever reads
//! the file; the answers go to `progress.rs`.
//!
//! Specification: <https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners>.

use ignore::gitignore::{Gitignore, GitignoreBuilder};

/// The rules of a CODEOWNERS file.
///
/// # Examples
///
/// ```
/// let owners = id_scan::Owners::parse("*.py @python\n/auth/ @auth @security # both\n");
/// assert_eq!(owners.of("auth/session.py"), ["@auth", "@security"]);
/// assert_eq!(owners.of("app/main.py"), ["@python"]);
/// assert!(owners.of("app/main.go").is_empty());
/// ```
#[derive(Clone, Debug, Default)]
pub struct Owners {
    rows: Vec<Row>,
    /// What stands before the paths that are asked about, from the folder of the rules.
    prefix: String,
}

#[derive(Clone, Debug)]
struct Row {
    pattern: Gitignore,
    /// The pattern is for the files of a folder alone.
    direct: bool,
    owners: Vec<String>,
}

impl Owners {
    /// Reads the text of a file; lines that are no rules are passed over.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut owners = Self::default();
        for line in text.lines() {
            let line = without_comment(line).trim();
            let is_section = line.starts_with('[') || line.starts_with("^[");
            let Some((pattern, names)) = split_pattern(line).filter(|_| !is_section) else {
                continue;
            };
            owners.add(&pattern, names.split_whitespace().map(str::to_owned).collect());
        }
        owners
    }

    /// Adds a rule behind all others.
    pub fn add(&mut self, pattern: &str, owners: Vec<String>) {
        let mut builder = GitignoreBuilder::new("");
        // `!` does not negate in these files.
        if pattern.starts_with('!') || builder.add_line(None, pattern).is_err() {
            return;
        }
        let Ok(matcher) = builder.build() else { return };
        let direct = pattern.ends_with("/*");
        self.rows.push(Row { pattern: matcher, direct, owners });
    }

    /// Says that the paths to be asked about begin in this folder of the rules' tree.
    #[must_use]
    pub fn below(mut self, prefix: &str) -> Self {
        prefix.clone_into(&mut self.prefix);
        self
    }

    /// Returns the owners of a file, by its path with `/`.
    #[must_use]
    pub fn of(&self, path: &str) -> Vec<String> {
        // What lies outside of the tree belongs to nobody.
        if path.starts_with('/') && !self.prefix.is_empty() {
            return Vec::new();
        }
        let path = path.trim_start_matches('/');
        let path = match self.prefix.as_str() {
            "" => path.to_owned(),
            prefix => format!("{prefix}/{path}"),
        };
        let fits = |row: &&Row| {
            let found = if row.direct {
                row.pattern.matched(&path, false)
            } else {
                row.pattern.matched_path_or_any_parents(&path, false)
            };
            found.is_ignore()
        };
        self.rows.iter().rev().find(fits).map(|row| row.owners.clone()).unwrap_or_default()
    }
}

/// A line up to a `#` that begins it or stands behind a blank.
fn without_comment(line: &str) -> &str {
    let mut before = ' ';
    for (at, c) in line.char_indices() {
        if c == '#' && before.is_whitespace() {
            return line.get(..at).unwrap_or_default();
        }
        before = c;
    }
    line
}

/// The pattern of a line, in which a backslash keeps a blank, and what follows it.
fn split_pattern(line: &str) -> Option<(String, &str)> {
    let mut pattern = String::new();
    let mut letters = line.char_indices();
    while let Some((at, c)) = letters.next() {
        match c {
            '\\' if line.get(at + 1..).is_some_and(|rest| rest.starts_with(' ')) => {
                letters.next();
                pattern.push(' ');
            }
            c if c.is_whitespace() => {
                return Some((pattern, line.get(at..).unwrap_or_default()));
            }
            c => pattern.push(c),
        }
    }
    (!pattern.is_empty()).then_some((pattern, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_pattern_that_fits_decides() {
        let text = "# all\n*       @all\n*.js    @js  # script\n/build/logs/ @doc\ndocs/* d@x.com\n\
                    apps/ @octo\n/apps/github\n[Section] @s\n**/auth/*.py @auth\nmy\\ file.py @blank\n";
        let owners = Owners::parse(text);
        let check = |path: &str, expected: &[&str]| assert_eq!(owners.of(path), expected, "{path}");
        check("a.py", &["@all"]);
        check("x/y.js", &["@js"]);
        check("build/logs/a/b.txt", &["@doc"]);
        check("x/build/logs/a", &["@all"]);
        check("docs/a.md", &["d@x.com"]);
        check("docs/sub/a.md", &["@all"]);
        check("x/apps/a.py", &["@octo"]);
        check("apps/github/a.py", &[]);
        check("x/auth/a.py", &["@auth"]);
        check("my file.py", &["@blank"]);
        assert_eq!(owners.clone().below("apps").of("a.py"), ["@octo"]);
        assert!(owners.below("apps").of("/elsewhere/a.py").is_empty());
    }
}
