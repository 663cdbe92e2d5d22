//! Checks that need the inside of the reader.

use std::string::String;
use std::vec::Vec;
use std::{format, vec};

use super::fits::FITS;
use super::formats::ROWS;
use super::matcher::{self, Span, Text, WORK};
use super::read;
use super::shape::{self, Shape};
use super::table::SLOTS;

/// Steps that the matcher takes for a text.
fn work(text: &str) -> u64 {
    WORK.with(|counter| counter.set(0));
    let _ = read(text);
    WORK.with(core::cell::Cell::get)
}

/// Texts of a length, made of pieces that many rows look for.
fn texts(length: usize) -> Vec<String> {
    let heads = [
        "",
        "thread_x",
        "run_x",
        "tool_exec_run_a",
        "tool_exec_thread_a",
        "user_engine_a",
        "triage",
        "defensive_auth_a",
        "user-a",
        "agent",
        "thread",
        "conn_a",
        "session_a",
        "req_a",
        "session_run_a",
        "a",
        "user:a",
        "wf_a1b2c3d4_a",
        "thread_creation",
    ];
    let pieces = [
        "_",
        "-",
        "a",
        "1",
        "_a",
        "-a",
        "_1",
        "_run",
        "_run_",
        "_thread",
        "_thread_",
        "_1756000000000",
        "-1756000000000",
        "-1756000000000-1",
        "_a1b2c3d4",
        "_run_1_a1b2c3d4",
        "_thread_a_run_1_a1b2c3d4",
        "_run_a_1_a1b2c3d4",
        "run",
        "-20250916",
        "_12345",
        "_1756000000000_1",
        "_1756000000000_1_a1b2c3d4",
        "_websocket",
        "_user_1",
        "\u{430}",
    ];
    let tails = [
        "",
        "_a1b2c3d4",
        "_1756000000000",
        "_x",
        "_1_a1b2c3d4",
        "-1756000000000-7",
        "_run",
        "_1756000000000_a1b2c3d4",
        "_no_ws",
        "-20250916-015632",
    ];
    let mut texts = vec![];
    for head in heads {
        for (at, piece) in pieces.iter().enumerate() {
            for tail in tails {
                for other in
                    ["", pieces[(at * 7 + 3) % pieces.len()], pieces[(at * 5 + 11) % pieces.len()]]
                {
                    let unit = format!("{piece}{other}");
                    let room = length.saturating_sub(head.len() + tail.len());
                    texts.push(format!("{head}{}{tail}", unit.repeat(room / unit.len())));
                }
            }
        }
    }
    texts
}

/// The most work for a text grows no faster than the text: linear, with the factor stated.
#[test]
fn work_is_linear_in_the_length() {
    let most = |length: usize| {
        let worst = texts(length)
            .into_iter()
            .filter(|text| text.len() <= 512)
            .map(|text| (work(&text), text))
            .max();
        worst.unwrap_or_default()
    };
    let (short, long) = (most(128), most(510));
    std::println!(
        "most steps: {} for {} bytes, {} for {} bytes",
        short.0,
        short.1.len(),
        long.0,
        long.1.len()
    );
    assert!(long.0 <= 60 * 512, "{} steps for {:?}", long.0, long.1);
    // Four times the length takes about four times the work, not sixteen times.
    assert!(
        long.0 <= short.0 * 6,
        "{} steps for {:?}, {} for {:?}",
        short.0,
        short.1,
        long.0,
        long.1
    );
}

/// Each row as a function takes what its program takes, with the same parts.
#[test]
fn functions_fit_as_their_programs_do() {
    let examples = ROWS.iter().map(|row| (*row.example).to_owned());
    let pieces = ["", "_a1b2c3d4", "_1756000000000", "-7", "_run_1_a1b2c3d4", "\u{430}"];
    let mut all: Vec<String> = examples.collect();
    for example in all.clone() {
        for piece in pieces {
            all.push(format!("{piece}{example}"));
            all.push(format!("{example}{piece}"));
            all.extend(
                example
                    .find(['_', '-'])
                    .map(|at| format!("{}{piece}{}", &example[..at], &example[at..])),
            );
        }
    }
    all.extend(texts(60));
    all.extend(texts(120));
    let extra = [String::from("context_own"), String::from("beta")];
    let mut fitting = [0_u32; 74];
    for text in &all {
        let mut known = Shape::UNKNOWN;
        if shape::classify(text, &mut known).is_err() {
            continue;
        }
        for shape in [&known, &Shape::UNKNOWN] {
            for (index, row) in ROWS.iter().enumerate() {
                let text = text.as_bytes();
                let (mut want, mut have) = ([Span::NONE; SLOTS], [Span::NONE; SLOTS]);
                let fits = matcher::fit(&row.program, text, shape, &extra, &mut want);
                let of = Text { bytes: text, shape, extra: &extra };
                assert_eq!(FITS[index](&of, &mut have), fits, "{text:?}, row {}", row.number);
                if fits {
                    assert_eq!(want, have, "{text:?}, row {}", row.number);
                    fitting[index] += 1;
                }
            }
        }
    }
    assert!(fitting.iter().all(|count| *count > 0), "{fitting:?}");
}
