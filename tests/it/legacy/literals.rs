//! The literals of the corpus: real strings from code and logs, read as labelled or listed in `docs/spec/literals.md` with the
//! reason. `UPDATE_LEGACY=1 cargo test -p unified-id --test it literals` writes the page anew.

use std::fmt::Write as _;

use id_testkit::workspace_root;
use unified_id::{ParseErrorKind, ParsedId, parse_any};

use super::cases::IDS;

const TOP: &str = "# Literals that are not read\n\n\
    <!-- Written by tests/it/legacy/literals.rs from the corpus; do not edit. -->\n\n\
    The corpus of old ids has strings that stand in the old systems' code, tests and logs, beside those that their generators \
    made. All but the following are read as the table says. None of these was made by a generator that is known, so nothing \
    says what its parts mean; a row for them would be a guess, and would take texts that are no ids. A deployment that has \
    such ids in its data adds a row of its own.\n\n";

/// Why no row of the table reads a text.
fn reason(text: &str, kind: ParseErrorKind) -> &'static str {
    let longest_number =
        text.split(|letter: char| !letter.is_ascii_digit()).map(str::len).max().unwrap_or_default();
    match kind {
        ParseErrorKind::EmptyThread => {
            "the thread is empty: only one validator ever accepted it, and no generator wrote it"
        }
        ParseErrorKind::TimeInside => {
            "behind time, counter and random part stands one part more than any generator wrote"
        }
        _ if longest_number >= 10 => {
            "a number of the length of a time or account, but at a place where no generator wrote one"
        }
        _ if text.starts_with("test_") || text.ends_with("_l4") => {
            "the name of a test, or made up in one: no time, counter or random part of a generator"
        }
        _ => "a name chosen by a person: no time, counter or random part of a generator",
    }
}

#[test]
fn each_literal_is_read_as_labelled_or_stands_in_the_page() {
    let (mut read, mut unread) = (0, Vec::new());
    for line in IDS.lines() {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        if !row["source"].as_str().unwrap().starts_with("literal") {
            continue;
        }
        let text = row["id"].as_str().unwrap();
        match (row["format"].as_str(), parse_any(text)) {
            (Some(format), Ok(id)) => {
                let thread = match &id {
                    ParsedId::Legacy(id) => id.thread().map(|thread| thread.to_string()),
                    _ => None,
                };
                assert_eq!(
                    (id.format(), thread.as_deref()),
                    (format, row["thread_id"].as_str()),
                    "{text}"
                );
                read += 1;
            }
            (None, Err(error)) => unread.push((text.to_owned(), error)),
            (label, reading) => panic!("{text}: labelled {label:?}, read as {reading:?}"),
        }
    }
    assert_eq!((read, unread.len()), (235, 71));
    let mut page = TOP.to_owned();
    writeln!(
        page,
        "Of {} literals {read} are read, {} are not:\n",
        read + unread.len(),
        unread.len()
    )
    .unwrap();
    page.push_str("| literal | code | why no row reads it |\n| --- | --- | --- |\n");
    unread.sort_by(|a, b| a.0.cmp(&b.0));
    for (text, error) in &unread {
        writeln!(page, "| `{text}` | `{}` | {} |", error.code(), reason(text, error.kind()))
            .unwrap();
    }
    let path = workspace_root().join("docs/spec/literals.md");
    if std::env::var_os("UPDATE_LEGACY").is_some() {
        std::io::Write::write_all(&mut std::fs::File::create(&path).unwrap(), page.as_bytes())
            .unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == page,
        "docs/spec/literals.md is not current: write it anew with UPDATE_LEGACY=1"
    );
}
