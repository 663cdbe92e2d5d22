//! Replays what the fuzzer has kept, and the corpora that it starts from, through the fuzz targets.

#[path = "../../fuzz/src/targets.rs"]
#[expect(unreachable_pub, reason = "the fuzz targets call these functions from other crates")]
mod targets;

use id_testkit::workspace_root;

/// Returns the inputs of the shared corpora.
fn corpora() -> Vec<Vec<u8>> {
    let read = |file: &str| {
        std::fs::read_to_string(workspace_root().join("tests/corpora").join(file)).unwrap()
    };
    let mut inputs = Vec::new();
    for (file, rows) in [("valid.toml", "row"), ("invalid.toml", "row"), ("legacy.toml", "case")] {
        let table: toml::Table = read(file).parse().unwrap();
        let rows = table[rows].as_array().unwrap();
        inputs.extend(rows.iter().map(|row| row["input"].as_str().unwrap().as_bytes().to_vec()));
    }
    for file in ["legacy_ids.jsonl", "not_ids.jsonl"] {
        for line in read(file).lines() {
            let row: serde_json::Value = serde_json::from_str(line).unwrap();
            inputs.push(row["id"].as_str().unwrap().as_bytes().to_vec());
        }
    }
    inputs
}

/// Returns the inputs of a target: `fuzz/corpus/<target>` and past finds in `fuzz/finds/<target>`.
fn kept(target: &str) -> Vec<Vec<u8>> {
    let folders =
        ["corpus", "finds"].map(|part| workspace_root().join("fuzz").join(part).join(target));
    let files = folders.into_iter().filter(|folder| folder.exists()).flat_map(|folder| {
        std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| std::fs::read(entry.unwrap().path()).unwrap())
    });
    files.collect()
}

fn replay(target: fn(&[u8]), name: &str) {
    let inputs = [kept(name), corpora()].concat();
    assert!(inputs.len() >= 2500, "the corpora are gone");
    for input in &inputs {
        target(input);
    }
}

#[test]
fn parse() {
    replay(targets::parse, "parse");
}

#[test]
fn legacy() {
    replay(targets::legacy, "legacy");
}

#[test]
fn codec() {
    replay(targets::codec, "codec");
}
