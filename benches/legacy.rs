//! The legacy reader beside the same table as a sequence of compiled regular expressions.
//!
//! `cargo bench --bench legacy` measures; `cargo bench --bench legacy -- soak 1000000 7` holds the two
//! against each other on so many made texts, from that seed. Results are asserted before they are timed.
#![expect(clippy::print_stdout, reason = "a benchmark prints its numbers")]
#![expect(clippy::unwrap_used, reason = "the slow reader and the texts are test code")]

#[path = "../tests/it/legacy/cases.rs"]
mod cases;
#[path = "../tests/it/legacy/compare.rs"]
mod compare;
#[path = "../tests/it/legacy/oracle.rs"]
mod oracle;

use std::hint::black_box;
use std::time::Instant;

use strum::IntoEnumIterator;
use unified_id::legacy::{self, Dialect, Reader};

use crate::cases::{Cases, Rng};
use crate::oracle::Oracle;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize| arguments.get(at).and_then(|text| text.parse().ok());
    if arguments.first().is_some_and(|first| first == "soak") {
        soak(number(1).unwrap_or(100_000), number(2).unwrap_or(1));
    } else if arguments.first().is_some_and(|first| first == "repeat") {
        // For a profiler: nothing but reading, over the whole corpus.
        let texts: Vec<String> = cases::texts();
        println!(
            "{:.1}",
            mixed(
                &texts,
                number(1).and_then(|n: u64| u32::try_from(n).ok()).unwrap_or(1000),
                |text| legacy::read(text).is_ok()
            )
        );
    } else {
        measure();
    }
}

fn soak(count: u64, seed: u64) {
    let (oracle, cases, mut rng) = (Oracle::new(), Cases::new(), Rng(seed));
    let readers: Vec<Reader> = std::iter::repeat_n(Reader::new(), 4)
        .chain(Dialect::iter().map(|dialect| Reader::new().with_dialect(dialect)))
        .collect();
    let (mut read, mut ambiguous) = (0_u64, 0_u64);
    for _ in 0..count {
        let text = cases.next(&mut rng);
        let reader = &readers[rng.below(readers.len())];
        compare::check(reader, &oracle, &text);
        if let Ok(id) = reader.read(&text) {
            read += 1;
            ambiguous += u64::from(id.is_ambiguous());
        }
    }
    println!(
        "soak: {count} texts from seed {seed}, the readers agree on all; {read} are ids, {ambiguous} ambiguous"
    );
}

/// Nanoseconds per call of each text in a loop of its own, the best of ten loops, sorted.
fn each(texts: &[String], times: u32, call: impl Fn(&str) -> bool) -> Vec<f64> {
    let round = |text: &str| {
        let start = Instant::now();
        for _ in 0..times {
            black_box(call(black_box(text)));
        }
        start.elapsed().as_secs_f64() * 1e9 / f64::from(times)
    };
    let mut results: Vec<f64> = texts
        .iter()
        .map(|text| (0..10).map(|_| round(text)).fold(f64::INFINITY, f64::min))
        .collect();
    results.sort_by(f64::total_cmp);
    results
}

/// Nanoseconds per call, over all texts in a shuffled order, best of some rounds.
fn mixed(texts: &[String], rounds: u32, call: impl Fn(&str) -> bool) -> f64 {
    let mut order: Vec<&String> = texts.iter().collect();
    let mut rng = Rng(1);
    (1..order.len()).rev().for_each(|at| order.swap(at, rng.below(at + 1)));
    let round = || {
        let start = Instant::now();
        for text in &order {
            black_box(call(black_box(text)));
        }
        start.elapsed().as_secs_f64() * 1e9
            / f64::from(u32::try_from(order.len()).unwrap_or(u32::MAX))
    };
    (0..rounds).map(|_| round()).fold(f64::INFINITY, f64::min)
}

fn measure() {
    let oracle = Oracle::new();
    let texts: Vec<String> =
        cases::texts().into_iter().filter(|text| legacy::read(text).is_ok()).collect();
    for text in &texts {
        compare::check(&Reader::new(), &oracle, text);
    }
    let read = |text: &str| legacy::read(text).is_ok();
    let answers = |text: &str| {
        let id = legacy::read(text).ok();
        id.is_some_and(|id| {
            id.timestamp_ms().is_some()
                | id.user().is_some()
                | id.kind().is_some()
                | id.thread().is_some()
                | id.is_ambiguous()
        })
    };
    let regex = |text: &str| oracle.first_row(text).is_some();
    println!(
        "{} ids of the corpus, ns per id: median, 90%, 99%, worst; mean over the ids in shuffled order",
        texts.len()
    );
    let report = |name: &str, results: &[f64], mean: f64| {
        let at = |share: usize| results[(results.len() - 1) * share / 100];
        println!(
            "{name:24} {:8.1} {:8.1} {:8.1} {:8.1} {mean:10.1}",
            at(50),
            at(90),
            at(99),
            at(100)
        );
        at(50)
    };
    let ours = report("read", &each(&texts, 200, read), mixed(&texts, 200, read));
    // The new format and foreign ids are tried first.
    let any = |text: &str| unified_id::parse_any(text).is_ok();
    report("parse_any", &each(&texts, 200, any), mixed(&texts, 200, any));
    let all =
        report("read and all answers", &each(&texts, 200, answers), mixed(&texts, 200, answers));
    let theirs = report("regex in sequence", &each(&texts, 5, regex), mixed(&texts, 5, regex));
    let parts = |text: &str| oracle.first_captures(text).is_some();
    let captures = report("regex with parts", &each(&texts, 2, parts), mixed(&texts, 5, parts));
    println!("regex / read: {:.1}, with parts {:.1}", theirs / ours, captures / ours);
    // The whole answer by regular expressions: input check, conditions, kind, thread, the other readings.
    let whole = |text: &str| oracle.read(text, None).is_some();
    let whole = report("regex, all answers", &each(&texts, 2, whole), mixed(&texts, 5, whole));
    println!("regex / read, all answers: {:.1}", whole / all);
    let refused: Vec<String> =
        cases::texts().into_iter().filter(|text| legacy::read(text).is_err()).collect();
    report("refused", &each(&refused, 200, read), mixed(&refused, 200, read));
    for size in [64, 128, 256, 512] {
        let worst = (0..200)
            .map(|seed| hostile(size, seed))
            .map(|text| each(&[text], 50, read)[0])
            .fold(0.0, f64::max);
        println!("worst of 200 hostile texts of {size} bytes: {worst:.0} ns");
    }
}

/// A text of about this size made of pieces that many rows look for.
fn hostile(size: usize, seed: u64) -> String {
    let mut rng = Rng(seed);
    let pieces = [
        "_run_",
        "thread_",
        "1756000000000",
        "_",
        "-",
        "a1b2c3d4",
        "_thread_a_run_1_",
        "run",
        "12345",
        "-1756000000000-1",
    ];
    let mut text = String::from(rng.pick(&[
        "thread_x",
        "run_x",
        "tool_exec_run_a",
        "user_engine_a",
        "triage",
        "defensive_auth_a",
        "user-a",
    ]));
    let two = [rng.pick(&pieces), rng.pick(&pieces), rng.pick(&pieces)];
    while text.len() < size - 32 {
        text.push_str(two[rng.below(3)]);
    }
    text + rng.pick(&["_a1b2c3d4", "_1756000000000", "_x", "_1_a1b2c3d4", "-1756000000000-7"])
}
