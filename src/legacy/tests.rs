//! Checks that need the inside of the reader.

use super::{read, shape};

#[test]
fn candidates() {
    let corpus = include_str!("../../tests/corpora/legacy_ids.jsonl");
    let mut counts = std::collections::BTreeMap::new();
    let mut wasted = std::collections::BTreeMap::new();
    for line in corpus.lines() {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        let text = row["id"].as_str().unwrap();
        let Ok(id) = read(text) else { continue };
        let shape = shape::classify(text).unwrap();
        let before = shape.rows & ((1 << (id.row().number() - 1)) - 1);
        *counts.entry(before.count_ones()).or_insert(0) += 1;
        for bit in 0..128 {
            if before >> bit & 1 != 0 {
                *wasted.entry((bit + 1, id.row().number())).or_insert(0) += 1;
            }
        }
    }
    std::println!("{counts:?}");
    let mut w: std::vec::Vec<_> = wasted.into_iter().collect();
    w.sort_by_key(|(_, n)| -*n);
    std::println!("{:?}", &w[..w.len().min(60)]);
}
