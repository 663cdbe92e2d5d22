//! How sources look as text: the opening line, ASCII, blanks, and no path of somebody's machine.

use super::{File, Finding};

/// Where text is data: other people's words, or inputs chosen to be odd.
const DATA: &[&str] = &[
    "tests/corpora/",
    "snapshots/",
    "examples/stray/",
    "crates/id-scan/tests/data/",
    "fuzz/corpus/",
];

/// Extensions of what we write by hand and machines read.
const SOURCES: &[&str] = &["rs", "toml", "py", "pyi", "sh", "yml", "yaml"];

/// Beginnings of paths that exist on one machine only. Cut in two, so as not to find themselves.
const MACHINE_PATHS: &[&str] = &[
    concat!("/wo", "rk/"),
    concat!("/ro", "ot/"),
    concat!("/ho", "me/"),
    concat!("/Us", "ers/"),
    concat!("C:\\Us", "ers\\"),
];

/// Finds what is wrong with the text of one file.
pub(crate) fn check(file: &File) -> Vec<Finding> {
    let mut findings = Vec::new();
    let is_data = DATA.iter().any(|folder| file.path.starts_with(folder));
    let is_source = file.path.starts_with(".ci/") || SOURCES.iter().any(|e| file.has_extension(e));
    // The documentation of a crate may be a page of its own.
    let is_documented = ["//!", "#![doc = include_str!("].iter().any(|s| file.text.starts_with(s));
    if file.is_rust() && !is_data && !is_documented {
        findings.push(Finding::new(
            &file.path,
            1,
            "the file does not open with `//!`",
            "say in one sentence what it owns",
        ));
    }
    for (at, line) in file.text.split('\n').enumerate() {
        let mut report = |what: &str, what_to_do: &str| {
            findings.push(Finding::new(&file.path, at + 1, what, what_to_do));
        };
        if is_source && !is_data {
            if line.contains('\t') {
                report("a hard tab", "use spaces");
            }
            if line.ends_with([' ', '\t', '\r']) {
                report("a blank at the end of the line", "remove it");
            }
            if !line.is_ascii() {
                report("a character outside ASCII", "write it as an escape or in ASCII");
            }
        }
        if !file.path.starts_with("tests/corpora/") && MACHINE_PATHS.iter().any(|p| starts(line, p))
        {
            report("a path of one machine", "write it relative to the root of the repository");
        }
    }
    findings
}

/// Returns whether a path that begins with `start` stands in the line: `a/b` is not a `/b`.
fn starts(line: &str, start: &str) -> bool {
    line.match_indices(start).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || "._-/~}>".contains(c))
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::file;
    use super::*;

    #[track_caller]
    fn check_what(path: &str, text: &str, expected: &[&str]) {
        let findings = check(&file(path, text));
        let found: Vec<_> = findings.iter().map(|finding| finding.what.as_str()).collect();
        assert_eq!(found, expected, "{path}: {text:?}");
    }

    #[test]
    fn a_rust_file_opens_with_its_purpose() {
        check_what("src/id.rs", "//! Owns ids.\n", &[]);
        check_what("src/lib.rs", "#![doc = include_str!(\"../docs/crate.md\")]\n", &[]);
        check_what("src/id.rs", "use a;\n", &["the file does not open with `//!`"]);
    }

    #[test]
    fn sources_are_plain() {
        check_what("a.toml", "a = 1\n", &[]);
        check_what("a.toml", "\ta = 1\n", &["a hard tab"]);
        check_what("a.toml", "a = 1 \n", &["a blank at the end of the line"]);
        check_what("a.toml", "a = 1\r\n", &["a blank at the end of the line"]);
        check_what("a.toml", "a = \"\u{e9}\"\n", &["a character outside ASCII"]);
        check_what("README.md", "\u{e9} \n", &[]);
        check_what("tests/corpora/a.toml", "a = \"\u{e9}\"\t\n", &[]);
    }

    #[test]
    fn no_path_of_one_machine() {
        let path = format!("see {}me/notes\n", MACHINE_PATHS[2]);
        check_what("README.md", &path, &["a path of one machine"]);
        check_what("README.md", &format!("see docs{}\n", MACHINE_PATHS[2]), &[]);
        check_what("README.md", "see ~/notes and docs/notes\n", &[]);
    }
}
