//! Decodes every example id that the documents and snapshots show.

use std::path::Path;

use id_testkit::workspace_root;
use unified_id::{IdKind, parse_any};

/// Texts that the documents show because they are no ids.
const COUNTER_EXAMPLES: &[&str] = &[
    "run_01m7wqt1fbff4sq3bgc5bhn9e0",
    "thread_01m7wqi1fbff4sq3bgc5bhn9e0",
    "thread_01m7wqt1fbff4sq3bgc5bhn9eo",
];

/// Returns the words of a text that look like ids of built-in kinds with a whole core at the end.
fn candidates(text: &str) -> impl Iterator<Item = &str> {
    let is_part = |character: char| character.is_ascii_alphanumeric() || "_-".contains(character);
    text.split(move |character| !is_part(character)).filter(|word| {
        let (prefix, rest) = word.split_once('_').unwrap_or_default();
        let last = rest.rsplit('_').next().unwrap_or_default();
        IdKind::from_prefix(prefix).is_some()
            && last.len() == 26
            && last.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

fn check(path: &Path) -> usize {
    if path.is_dir() {
        return std::fs::read_dir(path).unwrap().map(|entry| check(&entry.unwrap().path())).sum();
    }
    let is_text = path.extension().is_some_and(|ending| ending == "md" || ending == "snap");
    if !is_text || path.components().any(|part| part.as_os_str() == "errors") {
        return 0;
    }
    let text = std::fs::read_to_string(path).unwrap();
    candidates(&text)
        .filter(|word| !COUNTER_EXAMPLES.contains(word))
        .map(|word| {
            parse_any(word).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        })
        .count()
}

#[test]
fn every_example_id_can_be_read() {
    let root = workspace_root();
    let decoded: usize =
        ["README.md", "docs", "snapshots/format"].iter().map(|part| check(&root.join(part))).sum();
    assert!(decoded >= 30, "only {decoded} example ids were found");
}
