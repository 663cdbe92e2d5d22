//! The corpus: every judged row reads as it was labelled, and no string that is no id is read.

use std::collections::BTreeSet;

use serde::Deserialize;
use unified_id::legacy;

use super::cases::{IDS, NOT_IDS};

#[derive(Deserialize)]
struct Row {
    id: String,
    format: Option<String>,
    kind: Option<String>,
    thread_id: Option<String>,
    #[serde(default)]
    thread_is_prefix: bool,
    user_id: Option<String>,
    timestamp_ms: Option<u64>,
    #[serde(default)]
    ambiguous: bool,
    #[serde(default)]
    alternatives: Vec<Option<String>>,
}

#[derive(Deserialize)]
struct NotId {
    id: String,
    reason: String,
}

/// Reads a corpus of one JSON object per line.
fn lines<T: for<'de> Deserialize<'de>>(text: &str) -> Vec<T> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn key(thread: &str) -> &str {
    thread.trim_start_matches("thread_")
}

/// Everything that a reader answers, as text; of the alternatives the set of keys.
#[derive(Debug, PartialEq)]
struct Answer<'a> {
    format: &'a str,
    kind: Option<&'a str>,
    thread: Option<String>,
    thread_is_prefix: bool,
    user: Option<&'a str>,
    timestamp_ms: Option<u64>,
    ambiguous: bool,
    alternatives: BTreeSet<Option<&'a str>>,
}

/// No row of the corpus is of the new format or a foreign typed id, which would go before the table; a
/// run, message or tool id on a thread would have a core of 26 characters at its end.
#[test]
fn no_row_belongs_to_the_new_format() {
    let core = |text: &str| {
        text.len() == 26
            && text.bytes().all(|byte| b"0123456789abcdefghjkmnpqrstvwxyz".contains(&byte))
    };
    for row in lines::<Row>(IDS) {
        // id-lint: allow-next-line[UID013] the corpus is looked at by hand, not by the reader
        let last = row.id.rsplit_once('_');
        assert!(!last.is_some_and(|(_, last)| core(last)), "{}", row.id);
    }
}

#[test]
fn every_judged_row_reads_as_labelled() {
    let mut wrong = Vec::new();
    let mut judged = 0;
    for row in lines::<Row>(IDS) {
        let Some(format) = &row.format else { continue };
        judged += 1;
        let id = match legacy::read(&row.id) {
            Ok(id) => id,
            Err(refusal) => {
                wrong.push(format!("{:?} want {format} have {refusal}", row.id));
                continue;
            }
        };
        let have = Answer {
            format: id.row().name(),
            kind: id.kind(),
            thread: id.thread().map(|thread| thread.to_string()),
            thread_is_prefix: id.thread_is_prefix(),
            user: id.user(),
            timestamp_ms: id.timestamp_ms(),
            ambiguous: id.is_ambiguous(),
            alternatives: id
                .alternatives()
                .map(|thread| thread.map(|thread| thread.key()))
                .collect(),
        };
        let want = Answer {
            format,
            kind: row.kind.as_deref(),
            thread: row.thread_id.clone(),
            thread_is_prefix: row.thread_is_prefix,
            user: row.user_id.as_deref(),
            timestamp_ms: row.timestamp_ms,
            ambiguous: row.ambiguous,
            alternatives: row
                .alternatives
                .iter()
                .map(|thread| thread.as_deref().map(key))
                .collect(),
        };
        if have != want {
            wrong.push(format!("{:?}\n  want {want:?}\n  have {have:?}", row.id));
        }
    }
    assert_eq!(judged, 1990);
    assert!(wrong.is_empty(), "{} rows differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn no_string_that_is_no_id_is_read() {
    let rows: Vec<NotId> = lines(NOT_IDS);
    assert_eq!(rows.len(), 222);
    let read: Vec<String> = rows
        .iter()
        .filter_map(|row| {
            legacy::read(&row.id)
                .ok()
                .map(|id| format!("{:?} ({}) as {}", row.id, row.reason, id.row().name()))
        })
        .collect();
    assert!(read.is_empty(), "{read:#?}");
}
