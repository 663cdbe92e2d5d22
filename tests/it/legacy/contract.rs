//! The contract file: ten texts and ten near misses of every format, each with a reason.

use std::collections::BTreeMap;

use serde::Deserialize;
use strum::IntoEnumIterator;
use unified_id::legacy::{self, LegacyFormat, Reason};

use super::oracle::Oracle;

#[derive(Deserialize)]
struct Contract {
    case: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    input: String,
    expected: Expected,
    reason: String,
}

#[derive(Deserialize, Debug, PartialEq, Default)]
#[serde(deny_unknown_fields, default)]
struct Expected {
    format: String,
    refusal: Option<String>,
    kind: Option<String>,
    thread: Option<String>,
    user: Option<String>,
    timestamp_ms: Option<u64>,
    alternatives: Vec<String>,
}

fn contract() -> Vec<Case> {
    toml::from_str::<Contract>(include_str!("../../corpora/legacy.toml")).unwrap().case
}

#[test]
fn every_case_reads_as_written() {
    let oracle = Oracle::new();
    for case in contract() {
        let near_miss = case.name.contains("-near-");
        let have = match legacy::read(&case.input) {
            Ok(id) if near_miss => {
                Expected { format: id.format().to_string(), ..Expected::default() }
            }
            Ok(id) => Expected {
                format: id.format().to_string(),
                refusal: None,
                kind: id.kind().map(str::to_owned),
                thread: id.thread().map(|thread| thread.to_string()),
                user: id.user().map(str::to_owned),
                timestamp_ms: id.timestamp_ms(),
                alternatives: id
                    .alternatives()
                    .map(|thread| thread.map_or_else(String::new, |thread| thread.to_string()))
                    .collect(),
            },
            Err(refusal) => Expected {
                format: "refused".to_owned(),
                refusal: Some(refusal.reason().as_ref().to_owned()),
                ..Expected::default()
            },
        };
        assert_eq!(have, case.expected, "{}: {:?}, {}", case.name, case.input, case.reason);
        let oracle = oracle
            .read(&case.input, None)
            .map_or_else(|| "refused".to_owned(), |reading| reading.format);
        assert_eq!(oracle, case.expected.format, "{}", case.name);
        assert!(!case.reason.is_empty());
    }
}

#[test]
fn every_format_has_ten_cases_and_ten_near_misses() {
    let mut counts: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for case in contract() {
        let format = case.name.rsplit_once('-').unwrap().0;
        let (format, near_miss) =
            format.strip_suffix("-near").map_or((format, false), |format| (format, true));
        assert_eq!(case.expected.format == format, !near_miss, "{}", case.name);
        let count = counts.entry(format.to_owned()).or_default();
        if near_miss {
            count.1 += 1;
        } else {
            count.0 += 1;
        }
    }
    for format in LegacyFormat::iter().filter(|format| *format != LegacyFormat::Application) {
        // The sixteen zeros are one text.
        let valid = if format == LegacyFormat::UlidFallbackZero16 { 1 } else { 10 };
        assert_eq!(counts[format.as_ref()], (valid, 10), "{format}");
    }
}

#[test]
fn every_example_reads_as_its_own_row() {
    let oracle = Oracle::new();
    for row in legacy::rows() {
        if row.is_refused() {
            let refusal = legacy::read(row.example()).unwrap_err();
            assert_eq!(
                refusal.row().map(legacy::Row::number),
                Some(row.number()),
                "{}",
                row.example()
            );
            assert_eq!(oracle.read(row.example(), None), None);
            assert_eq!(row.name().parse(), Ok(refusal.reason()));
        } else {
            assert_eq!(
                legacy::read(row.example()).unwrap().row().number(),
                row.number(),
                "{}",
                row.example()
            );
        }
    }
}

#[test]
fn names_are_those_of_the_table() {
    for row in legacy::rows().iter().filter(|row| !row.is_refused()) {
        assert_eq!(row.name().parse::<LegacyFormat>().ok(), row.format());
    }
    assert_eq!(LegacyFormat::NetraRunIdmanager.to_string(), "netra_run_idmanager");
    // Not a name of the table, but a format that readings are counted under.
    assert_eq!(LegacyFormat::Application.to_string(), "application");
}

/// Every refusal has a sentence and help, and a place inside the text.
#[test]
fn refusals_say_what_where_and_what_to_do() {
    let texts = [
        ("", Reason::Empty, 0),
        ("a;b", Reason::Character, 1),
        ("run_..x_a1b2c3d4", Reason::TwoDots, 4),
        ("run_\u{200b}_a1b2c3d4", Reason::Invisible, 4),
        ("run_a\u{a0}b_a1b2c3d4", Reason::Blank, 5),
        (" run_a_a1b2c3d4", Reason::Blank, 0),
        ("run_ a_12345_a1b2c3d4", Reason::Blank, 4),
        ("tool_exec_run_a _12345_a1b2c3d4_x_1756000000000", Reason::Blank, 15),
        ("run___a1b2c3d4", Reason::EmptyThread, 4),
        ("thread_x_run_garbage", Reason::BrokenRun, 13),
        ("550e8400-e29b-41d4-a716", Reason::OnlyHex, 23),
        ("x_1756000000000_b_c_d", Reason::TimeInside, 16),
        ("thread_01m7wqt1fbff4sq3bgc5bhn9eo", Reason::AlmostNew, 7),
        ("hello", Reason::Unknown, 0),
    ];
    for (text, reason, position) in texts {
        let refusal = legacy::read(text).unwrap_err();
        assert_eq!((refusal.reason(), refusal.position()), (reason, position), "{text:?}");
    }
    let long = "a".repeat(513);
    assert_eq!(legacy::read(&long).unwrap_err().reason(), Reason::TooLong);
    let seen: Vec<Reason> = texts.iter().map(|(_, reason, _)| *reason).collect();
    for reason in Reason::iter().filter(|reason| *reason != Reason::TooLong) {
        assert!(seen.contains(&reason), "{reason:?} has no text");
    }
    for (text, ..) in texts {
        let refusal = legacy::read(text).unwrap_err();
        let sentence = refusal.to_string();
        assert!(!sentence.ends_with('.') && !refusal.help().is_empty() && !sentence.contains('\n'));
    }
}

/// What a row and an answer say of themselves.
#[test]
fn answers_and_rows_can_be_looked_at() {
    let id = legacy::read("run_chat_7_5c95c6ff").unwrap();
    assert_eq!((id.text(), id.counter()), ("run_chat_7_5c95c6ff", Some(7)));
    let shown = format!("{id:?}");
    assert!(
        shown.starts_with("LegacyId { text: \"run_chat_7_5c95c6ff\", format: \"netra_ctx_run\""),
        "{shown}"
    );
    let thread = id.thread().unwrap();
    assert!(thread.is_prefixed());
    assert_eq!(thread.to_cow(), "thread_chat_7_5c95c6ff");
    // The thread that was built, and the same one as a piece of another id.
    let same = legacy::read("thread_chat_7_5c95c6ff").unwrap().thread().unwrap();
    let other = legacy::read("thread_chat_8_5c95c6ff").unwrap().thread().unwrap();
    assert!(!same.is_prefixed());
    for (left, right, is_same) in
        [(thread, same, true), (same, thread, true), (thread, other, false), (other, thread, false)]
    {
        assert_eq!(left == right, is_same, "{left} and {right}");
    }
    assert_eq!((thread, same), (id.thread().unwrap(), same));
    assert_ne!(same, other);

    let rows = legacy::rows();
    let row = |name: &str| rows.iter().find(|row| row.name() == name).unwrap();
    let run = row("netra_ctx_run");
    assert!(run.has_thread() && run.part_names().count() > 0 && !run.by().is_empty());
    assert!(run.pattern().starts_with("run_") && !run.example().is_empty());
    assert_eq!((run.kind(), run.format()), (Some("run"), Some(LegacyFormat::NetraCtxRun)));
    for row in rows {
        assert!(!row.is_refused() || (row.kind().is_none() && row.format().is_none()));
    }
    assert!(rows.iter().any(|row| row.kind() == Some("@p")));
    assert!(rows.iter().any(|row| !row.has_thread() && !row.is_refused()));
}
