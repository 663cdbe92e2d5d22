//! The reader against the slow reader of the same table, on many texts.

use proptest::prelude::*;
use strum::IntoEnumIterator;
use unified_id::legacy::{self, Dialect, Reader};

use super::cases::{Cases, Rng};
use super::compare::check;
use super::oracle::Oracle;

fn readers() -> Vec<Reader> {
    std::iter::once(Reader::new())
        .chain(Dialect::iter().map(|dialect| Reader::new().with_dialect(dialect)))
        .collect()
}

#[test]
fn the_two_readers_agree_on_the_corpus() {
    let oracle = Oracle::new();
    for reader in readers() {
        for text in super::cases::texts() {
            check(&reader, &oracle, &text);
            // What the benchmark measures is the same sequence of patterns.
            let first = oracle.first_row(&text);
            assert_eq!(first.is_some(), oracle.first_captures(&text).is_some());
            if let Some(reading) = oracle.read(&text, None) {
                assert!(first.is_some_and(|first| first <= reading.row));
            }
        }
    }
}

/// A few thousand cases here; `cargo bench --bench legacy -- soak 1000000` runs many.
#[test]
fn the_two_readers_agree_on_made_texts() {
    let (oracle, cases, mut rng) = (Oracle::new(), Cases::new(), Rng(1));
    for reader in readers() {
        (0..1_000).for_each(|_| check(&reader, &oracle, &cases.next(&mut rng)));
    }
}

proptest! {
    #[test]
    fn reading_never_panics(text in ".{0,80}") {
        let _ = legacy::read(&text);
    }

    /// The thread that a run was made for is that of the recommended reading, or of another, or the text is refused.
    #[test]
    fn a_run_keeps_its_thread(seed: u64, number in 0_u32..100_000, ms in 1_600_000_000_000_u64..1_900_000_000_000) {
        let mut rng = Rng(seed);
        let thread = Cases::hostile(&mut rng);
        let word = |thread: &str| thread.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
        let mut runs = vec![format!("run_{thread}_{number}_a1b2c3d4")];
        if word(&thread) && thread.starts_with(|first: char| first.is_ascii_alphanumeric()) {
            runs.push(format!("run_{thread}_a1b2c3d4"));
        }
        if !thread.contains("_run_") {
            runs.push(format!("thread_{thread}_run_{ms}_a1b2c3d4"));
        }
        let key = thread.trim_start_matches("thread_");
        for run in runs {
            let Ok(id) = legacy::read(&run) else { continue };
            let mut keys = id.alternatives().chain([id.thread()]).map(|thread| thread.map(|thread| thread.key()));
            prop_assert!(keys.any(|found| found == Some(key)), "{run:?}: {id:?}");
        }
    }

    #[test]
    fn a_thread_stands_in_the_text(seed: u64) {
        let text = Cases::new().next(&mut Rng(seed));
        if let Ok(id) = legacy::read(&text)
            && let Some(thread) = id.thread()
        {
            prop_assert!(text.contains(thread.as_piece()));
        }
    }
}
