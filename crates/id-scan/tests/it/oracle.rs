//! Asks Python's own parser what it finds, and the engine, in one form that can be compared.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use id_scan::{Config, Family, Functions, Module, Problem, RuleId, Scanner, Tracked, UseKind};
use serde_json::Value;
use strum::IntoEnumIterator as _;

/// A use: first byte, byte after the last, whether it is a call, function.
pub(crate) type Place = (usize, usize, bool, String);

/// What is found in each file; `Err` is why the parser rejects it.
pub(crate) type Answers = BTreeMap<PathBuf, Result<BTreeSet<Place>, String>>;

/// What is looked for: modules and, unless all count, their functions.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) modules: Vec<(&'static str, Option<Vec<&'static str>>)>,
    pub(crate) unbound: bool,
}

impl Table {
    pub(crate) fn uuid() -> Self {
        let listed = vec!["uuid1", "uuid3", "uuid4", "uuid5", "uuid6", "uuid7", "uuid8"];
        Self { modules: vec![("uuid", Some(listed))], unbound: true }
    }

    pub(crate) fn everything_of(modules: &[&'static str]) -> Self {
        Self { modules: modules.iter().map(|name| (*name, None)).collect(), unbound: true }
    }

    fn tracked(&self) -> Tracked {
        Tracked::new(self.modules.iter().map(|(name, listed)| {
            let functions = match listed {
                Some(listed) => Functions::Listed(
                    listed.iter().map(|name| ((*name).to_owned(), Family::Fresh)).collect(),
                ),
                None => Functions::Any(Family::Fresh),
            };
            Module { name: (*name).to_owned(), functions, unbound: self.unbound }
        }))
    }
}

/// Asks Python. A missing interpreter fails the test.
pub(crate) fn ask(table: &Table, files: &[PathBuf]) -> Answers {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle/uses.py");
    let modules: BTreeMap<_, _> =
        table.modules.iter().map(|(name, listed)| (*name, listed.clone())).collect();
    let request =
        serde_json::json!({ "modules": modules, "unbound": table.unbound, "files": files });
    let mut python = Command::new("python3")
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 is on the PATH: the oracle needs it");
    let mut stdin = python.stdin.take().unwrap();
    stdin.write_all(request.to_string().as_bytes()).unwrap();
    drop(stdin);
    let output = python.wait_with_output().unwrap();
    assert!(output.status.success(), "the oracle failed");
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines()
        .map(|line| {
            let answer: Value = serde_json::from_str(line).unwrap();
            let path = PathBuf::from(answer["path"].as_str().unwrap());
            let found = match answer["error"].as_str() {
                Some(error) => Err(error.to_owned()),
                None => Ok(answer["uses"].as_array().unwrap().iter().map(place).collect()),
            };
            (path, found)
        })
        .collect()
}

fn place(found: &Value) -> Place {
    let number = |at: usize| usize::try_from(found[at].as_u64().unwrap()).unwrap();
    (number(0), number(1), found[2] == "call", found[3].as_str().unwrap().to_owned())
}

/// Asks the engine about one text.
pub(crate) fn scan(table: &Table, name: &Path, text: &[u8]) -> BTreeSet<Place> {
    scan_with_notes(&Scanner::new(&config(table)), name, text).0
}

fn config(table: &Table) -> Config {
    let mut config = Config::new("/", []);
    config.tracked = table.tracked();
    // The parser knows nothing of ids that are built from other things.
    let uses = [RuleId::RawUuidCall, RuleId::RawUuidReference, RuleId::TruncatedUuid];
    config.rules.off = RuleId::iter().filter(|rule| !uses.contains(rule)).collect();
    config.legacy_modules.clear();
    config
}

fn scan_with_notes(
    scanner: &Scanner<'_>,
    name: &Path,
    text: &[u8],
) -> (BTreeSet<Place>, Vec<Problem>) {
    let report = scanner.scan_text(name, text).expect("the name is a source file's");
    let places = report.findings.into_iter().map(|found| {
        (found.byte_start, found.byte_end, found.kind == UseKind::Call, found.function)
    });
    (places.collect(), report.errors)
}

/// Compares both on `files`; returns how many uses there are, and how many files were left out.
pub(crate) fn compare(table: &Table, files: &[PathBuf]) -> (usize, usize) {
    let answers = ask(table, files);
    assert_eq!(answers.len(), files.len());
    let (mut uses, mut rejected, mut differences) = (0, 0, Vec::new());
    let config = config(table);
    let scanner = Scanner::new(&config);
    for (path, answer) in &answers {
        let Ok(expected) = answer else {
            rejected += 1;
            continue;
        };
        let text = std::fs::read(path).unwrap();
        let (found, notes) = scan_with_notes(&scanner, path, &text);
        for note in notes {
            differences.push(format!("{}:{:?}: {}", path.display(), note.line, note.message));
        }
        uses += expected.len();
        for place in found.symmetric_difference(expected) {
            let side = if expected.contains(place) { "missed" } else { "wrong" };
            let line = text[..place.0].split(|&byte| byte == b'\n').count();
            differences.push(format!("{side}: {}:{line} {place:?}", path.display()));
        }
    }
    let count = differences.len();
    differences.truncate(30);
    assert!(differences.is_empty(), "{count} of {uses} uses differ:\n{}", differences.join("\n"));
    (uses, rejected)
}

/// All Python files below a folder, in order.
pub(crate) fn files_below(folder: &Path) -> Vec<PathBuf> {
    let (mut files, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let kind = entry.file_type().unwrap();
            let path = entry.path();
            if kind.is_dir() && entry.file_name() != "site-packages" {
                folders.push(path);
            } else if kind.is_file() && path.extension().is_some_and(|found| found == "py") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}
