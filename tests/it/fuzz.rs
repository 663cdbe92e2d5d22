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

fn replay(target: fn(&[u8]), name: &str) {
    let corpora = corpora();
    assert!(corpora.len() >= 2000, "the corpora are gone");
    id_testkit::replay(target, name, &corpora);
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
fn route() {
    replay(targets::route, "route");
}

#[test]
fn codec() {
    replay(targets::codec, "codec");
}
