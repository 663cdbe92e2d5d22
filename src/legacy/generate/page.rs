//! The page of the table for people: `docs/spec/legacy-formats.md`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::format;
use std::string::String;
use std::vec::Vec;

use toml::Value;

use super::{Source, check_file, text};

/// The documentation page.
fn page() -> String {
    let source = Source::new();
    let mut out = String::from(PAGE);
    out.push_str("| row | format | pattern | kind | thread | user | group, conditions |\n| ---: | --- | --- | --- | --- | --- | --- |\n");
    let code = |text: Option<&str>| {
        text.map_or_else(String::new, |text| format!("`{}`", text.replace('|', "\\|")))
    };
    for (index, row) in source.rows().iter().enumerate() {
        let name = text(row, "name").map_or_else(
            || format!("refused: {}", text(row, "refuse").unwrap()),
            |name| format!("`{name}`"),
        );
        let mut notes: Vec<String> = Vec::new();
        notes.extend(text(row, "group").map(|group| format!("group {group}")));
        if let Some(when) = row.get("when") {
            let when: Vec<&str> =
                when.as_array().unwrap().iter().map(|of| of.as_str().unwrap()).collect();
            notes.push(format!("when {}", when.join(" or ")));
        }
        notes.extend(text(row, "guard").map(|guard| format!("guard {guard}")));
        if row.get("thread_is_prefix").is_some() {
            notes.push("the thread is a prefix".to_owned());
        }
        writeln!(
            out,
            "| {} | {name} | {} | {} | {} | {} | {} |",
            index + 1,
            code(text(row, "pattern")),
            text(row, "kind").unwrap_or_default(),
            code(text(row, "thread")),
            code(text(row, "user")),
            notes.join(", ")
        )
        .unwrap();
    }
    out.push_str("\n## Evidence\n\n| row | example | written by |\n| ---: | --- | --- |\n");
    for (index, row) in source.rows().iter().enumerate() {
        let by = text(row, "by").unwrap_or_default().replace('|', "\\|").replace('<', "&lt;");
        writeln!(out, "| {} | `{}` | {by} |", index + 1, text(row, "example").unwrap()).unwrap();
    }
    out.push_str("\n## Atoms\n\nRegular expressions without look-around, over whole ASCII characters; `.` is any character.\n\n| atom | text |\n| --- | --- |\n");
    let composed = source.table["composed"].as_table().unwrap();
    for (name, (regex, _)) in &source.atoms {
        let shown = composed.get(name).and_then(Value::as_str).unwrap_or(regex);
        writeln!(out, "| `{name}` | {} |", code(Some(shown))).unwrap();
    }
    out.push_str("\n## Lists\n\n`x_*` stands for `x_` and at least one of `a-z` and `_`.\n\n| list | words |\n| --- | --- |\n");
    for name in source.table["lists"].as_table().unwrap().keys() {
        let words: Vec<String> =
            source.words(name).iter().map(|word| format!("`{word}`")).collect();
        writeln!(out, "| `{name}` | {} |", words.join(" ")).unwrap();
    }
    out.push_str("\n## Kind words\n\n| kind | words |\n| --- | --- |\n");
    let mut kinds: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (word, kind) in source.table["kind_words"].as_table().unwrap() {
        kinds.entry(kind.as_str().unwrap()).or_default().push(format!("`{word}`"));
    }
    for (kind, words) in kinds {
        writeln!(out, "| {kind} | {} |", words.join(" ")).unwrap();
    }
    out.push_str(
        "\n## Dialects\n\n| dialect | formats that go first in their groups |\n| --- | --- |\n",
    );
    for dialect in source.table["dialects"].as_table().unwrap().keys() {
        let names: Vec<String> =
            source.names("dialects", dialect).iter().map(|name| format!("`{name}`")).collect();
        writeln!(out, "| {dialect} | {} |", names.join(" ")).unwrap();
    }
    let generated = ["patterns", "letter_patterns"].map(|key| {
        source
            .names("generated", key)
            .iter()
            .map(|of| format!("`{of}`"))
            .collect::<Vec<_>>()
            .join(", ")
    });
    write!(out, "\n## Generated threads\n\nThe condition `generated` holds if the thread as a whole fits one of {}, or one of {} with a letter a-f (or A-F) after its last `_`.\n", generated[0], generated[1]).unwrap();
    out
}

const PAGE: &str = include_str!("page.md");

#[test]
fn the_page_is_what_the_table_says() {
    check_file("docs/spec/legacy-formats.md", &page());
}
