//! What must hold of the scanner for any bytes: the functions that the fuzzer calls, and the test command with the corpus.
//!
//! Invariant: needs neither libFuzzer nor anything of this workspace but `id-scan`, so
//! `crates/id-scan/tests/it/fuzz.rs` includes it.

use std::path::Path;
use std::sync::LazyLock;

use id_scan::{Applicability, Baseline, Config, Profile, Report, Scanner, changes, fix_text};

static CONFIG: LazyLock<Config> = LazyLock::new(|| {
    let mut config = Config::new("/", []);
    config.fixes = Profile::find("unified-id").into_iter().collect();
    config
});
static SCANNER: LazyLock<Scanner<'static>> = LazyLock::new(|| Scanner::new(&CONFIG));

/// Files of the languages that share an engine, in whose names an input is read.
const SHARED: [&str; 4] = ["a.js", "a.ts", "a.tsx", "a.jsx"];

/// Reads bytes as Python: nothing panics, every finding lies in the text, and again is the same.
///
/// # Panics
///
/// Panics if that does not hold.
pub fn python(data: &[u8]) {
    scanned("any.py", data);
}

/// Reads bytes in a language of the shared engine, which the first of them chooses.
///
/// # Panics
///
/// Panics as [`python`] does.
pub fn shared(data: &[u8]) {
    let Some((first, text)) = data.split_first() else { return };
    scanned(SHARED[usize::from(*first) % SHARED.len()], text);
}

fn scanned(name: &str, text: &[u8]) -> Report {
    let report = SCANNER.scan_text(Path::new(name), text).expect("the name is a source file's");
    let mut last = (0, 0);
    for found in &report.findings {
        assert!(found.byte_start < found.byte_end && found.byte_end <= text.len(), "{found:?}");
        assert!((found.line, found.column) < (found.end_line, found.end_column), "{found:?}");
        assert!(found.whole.start <= found.byte_start && found.byte_end <= found.whole.end);
        assert!(found.excerpt.text.get(found.excerpt.mark.clone()).is_some(), "{found:?}");
        assert!(last <= (found.line, found.column), "{found:?}");
        last = (found.line, found.column);
    }
    let again = SCANNER.scan_text(Path::new(name), text).expect("it was read before");
    assert_eq!(report.findings.len(), again.findings.len());
    report
}

/// Fixes bytes as Python: what is fixed has no new syntax error, and nothing is left to fix.
///
/// # Panics
///
/// Panics if that does not hold.
pub fn fix(data: &[u8]) {
    let path = Path::new("app.py");
    for level in [Applicability::Safe, Applicability::Unsafe] {
        let once = fix_text(&SCANNER, path, data, level).expect("the name is a source file's");
        assert_eq!(once.fixed > 0, once.text != data, "{:?}", once.refused);
        let twice = fix_text(&SCANNER, path, &once.text, level).expect("it is one still");
        assert_eq!(once.text, twice.text, "a second fix does more");
    }
}

/// Reads bytes as a baseline: what is read is written as a fixed point, and merges with itself to
/// itself.
///
/// # Panics
///
/// Panics if that does not hold.
pub fn baseline(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    match Baseline::parse(text) {
        Ok(read) => {
            let written = read.to_text();
            let again = Baseline::parse(&written).expect("what is written is read");
            assert_eq!(read, again);
            assert_eq!(written, again.to_text());
            assert_eq!(Baseline::merge(&read, &read, &read), read);
        }
        Err(error) => assert!(!error.to_string().contains('\n'), "{error}"),
    }
}

/// Reads bytes as a diff, and again as the file that each of its changes is about.
///
/// # Panics
///
/// Panics if the reader does, or if a change that takes nothing away gives a longer file before.
pub fn diff(data: &[u8]) {
    match changes(data) {
        Ok(read) => {
            for change in read {
                assert!(!change.is_new_line(0));
                let len = change.before(data).map_or(0, |before| before.len());
                assert!(!change.only_adds() || len <= data.len(), "{change:?}");
            }
        }
        Err(error) => assert!(!error.to_string().contains('\n'), "{error}"),
    }
}
