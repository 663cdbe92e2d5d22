//! A tree of the size that teams have, whose stray ids are known because it was made from them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use id_scan::{Config, UseKind};
use id_testkit::TempProject;
use id_testkit::stray::{Stray, stray_tree};

use crate::oracle::{Table, compare};

const FILES: usize = 1_700;
const CALLS: usize = 10_000;

#[test]
fn ten_thousand_calls_are_exactly_found() {
    let tree = stray_tree(FILES, CALLS);
    let files = tree.files.iter();
    let project =
        files.fold(TempProject::new(), |project, (path, bytes)| project.file(path, bytes));
    assert_eq!(tree.uses.iter().filter(|found| found.is_call).count(), CALLS);
    let report = id_scan::scan(&Config::new(project.path(), ["src".into()])).unwrap();
    assert_eq!(report.summary.files, FILES);
    let found = report.findings.iter().filter(|found| found.function == "uuid4");
    let found: BTreeSet<Stray> = found
        .map(|found| Stray {
            path: found.path.clone(),
            start: found.byte_start,
            end: found.byte_end,
            is_call: found.kind == UseKind::Call,
        })
        .collect();
    let expected: BTreeSet<Stray> = tree.uses.iter().cloned().collect();
    let texts: BTreeMap<&str, &[u8]> =
        tree.files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice())).collect();
    let shown = |stray: &Stray| {
        let text = texts[stray.path.as_str()];
        let from = stray.start.saturating_sub(60);
        let near = String::from_utf8_lossy(&text[from..(stray.end + 20).min(text.len())]);
        format!("{stray:?} in {near:?}")
    };
    let missed: Vec<_> = expected.difference(&found).take(5).map(shown).collect();
    let wrong: Vec<_> = found.difference(&expected).take(5).map(shown).collect();
    assert!(missed.is_empty() && wrong.is_empty(), "missed: {missed:#?}\nwrong: {wrong:#?}");
    // What people count with: each is another number, and none is the true one.
    let lines = |is_line: &dyn Fn(&str) -> bool| -> usize {
        let texts = tree.files.iter().map(|(_, bytes)| String::from_utf8_lossy(bytes));
        texts.map(|text| text.lines().filter(|line| is_line(line)).count()).sum()
    };
    let counts = [
        lines(&|line| line.contains("uuid4")),
        lines(&|line| line.contains("uuid4(")),
        lines(&|line| line.contains("uuid.uuid4()")),
    ];
    assert!(counts.iter().all(|count| count.abs_diff(CALLS) > CALLS / 20), "{counts:?}");
    // The tree is what it says: Python itself finds the same in what it can read.
    let is_whole = |path: &&String| !tree.broken.contains(path);
    let whole = tree.files.iter().map(|(path, _)| path).filter(is_whole);
    let whole: Vec<_> = whole.map(|path| project.path().join(Path::new(path))).collect();
    let (_, rejected) = compare(&Table::uuid(), &whole);
    assert_eq!(rejected, 0);
    let broken: Vec<_> = tree.broken.iter().map(|path| project.path().join(path)).collect();
    let (_, rejected) = compare(&Table::uuid(), &broken);
    assert_eq!(rejected, broken.len());
}
