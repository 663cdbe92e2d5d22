//! Real packages whose every finding was read: nothing else is found in them, and nothing less.
//!
//! `xtask/corpora.toml` pins the packages and names their languages; the findings are in
//! `tests/data/packages/<name>.txt`. A language without such a package is experimental.

use std::collections::BTreeSet;
use std::path::PathBuf;

use id_scan::{Config, scan};

/// A pinned package, and the findings in its files.
#[derive(Debug)]
struct Package {
    folder: PathBuf,
    languages: Vec<String>,
    list: List,
}

/// What a list says: which part of the package it is about, which files, and what is found.
#[derive(Debug)]
struct List {
    below: String,
    endings: Vec<String>,
    /// `path:line:column code function`
    findings: BTreeSet<String>,
}

fn rows() -> Vec<(String, String, Vec<String>)> {
    let root = id_testkit::workspace_root();
    let list = std::fs::read_to_string(root.join("xtask/corpora.toml")).unwrap();
    let list: toml::Table = list.parse().unwrap();
    let rows = list["corpus"].as_array().expect("the list has rows");
    let row = |row: &toml::Value| {
        let [name, version] = ["name", "version"].map(|key| row[key].as_str().unwrap());
        let name = name.trim_start_matches('@').replace('/', "-");
        let languages = row.get("languages").and_then(toml::Value::as_array);
        let languages = languages.into_iter().flatten().map(|name| name.as_str().unwrap().into());
        (name, version.to_owned(), languages.collect())
    };
    rows.iter().map(row).collect()
}

/// The languages of which every finding of a real package is listed.
pub(crate) fn languages() -> BTreeSet<String> {
    rows().into_iter().flat_map(|(_, _, languages)| languages).collect()
}

fn packages() -> Vec<Package> {
    let root = id_testkit::workspace_root();
    let listed = rows().into_iter().filter(|(_, _, languages)| !languages.is_empty());
    listed
        .map(|(name, version, languages)| {
            let folder = root.join(".corpora").join(format!("{name}-{version}"));
            assert!(folder.is_dir(), "{} is missing: run `cargo xtask fetch`", folder.display());
            let path = root.join(format!("crates/id-scan/tests/data/packages/{name}.txt"));
            let text = std::fs::read_to_string(&path).unwrap();
            Package { folder, languages, list: read(&text) }
        })
        .collect()
}

fn read(text: &str) -> List {
    let (head, body) = text.split_once("\n\n").expect("a blank line ends the head");
    let field = |name: &str| {
        let line = head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        line.map(str::to_owned)
    };
    let endings = field("endings").expect("the head names the endings of the files");
    let lines = body.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    List {
        below: field("below").unwrap_or_default(),
        endings: endings.split(' ').map(|ending| format!(".{ending}")).collect(),
        findings: lines.map(str::to_owned).collect(),
    }
}

#[test]
fn every_finding_of_the_listed_packages_was_read() {
    let mut wrong = Vec::new();
    for package in packages() {
        let Package { folder, languages, list } = package;
        let root = folder.canonicalize().unwrap();
        let config = Config::new(&root, [root.join(&list.below)]);
        let report = scan(&config).unwrap();
        let ours = |path: &str| list.endings.iter().any(|ending| path.ends_with(ending));
        let mut found = BTreeSet::new();
        for finding in report.findings.iter().filter(|finding| ours(&finding.path)) {
            let (rule, function) = (finding.rule.code(), &finding.function);
            let (path, line, column) = (&finding.path, finding.line, finding.column);
            found.insert(format!("{path}:{line}:{column} {rule} {function}"));
            assert_eq!(finding.experimental, None, "{path}: {languages:?}");
        }
        assert!(!list.findings.is_empty(), "{}: a list of nothing", folder.display());
        for line in found.symmetric_difference(&list.findings) {
            let side = if found.contains(line) { "wrong" } else { "missed" };
            wrong.push(format!("{}: {side}: {line}", folder.display()));
        }
        let broken = report.errors.iter().filter(|problem| ours(&problem.path));
        let broken: Vec<_> = broken.map(|problem| &problem.path).collect();
        assert!(broken.is_empty(), "read as broken: {broken:?}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
