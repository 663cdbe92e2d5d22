//! Replays what the fuzzer has kept, and the cases that it starts from, through the fuzz targets.

#[path = "../../../../fuzz/src/scan.rs"]
#[expect(unreachable_pub, reason = "the fuzz targets call these functions from other crates")]
mod scan;

use id_testkit::workspace_root;

/// Returns the cases of the scanner's tests, and each of them cut off in its middle.
fn cases() -> Vec<Vec<u8>> {
    let folder = workspace_root().join("crates/id-scan/tests/data");
    let mut cases = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            continue;
        }
        let text = std::fs::read_to_string(path).unwrap();
        let text = text.replace(['\u{ab}', '\u{bb}', '\u{2039}', '\u{203a}'], "");
        for case in text.split("\n===") {
            let case = case.split_once('\n').map_or(case, |(_, case)| case).as_bytes();
            cases.push(case.to_vec());
            cases.push(case[..case.len() / 2].to_vec());
        }
    }
    cases
}

fn replay(target: fn(&[u8]), name: &str) {
    let cases = cases();
    assert!(cases.len() >= 300, "the cases are gone");
    id_testkit::replay(target, name, &cases);
}

#[test]
fn python() {
    replay(scan::python, "python");
}

#[test]
fn shared() {
    replay(scan::shared, "shared");
}

#[test]
fn fix() {
    replay(scan::fix, "fix");
}

#[test]
fn baseline() {
    replay(scan::baseline, "baseline");
}

#[test]
fn diff() {
    replay(scan::diff, "diff");
}
