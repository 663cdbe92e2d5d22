//! Counts of tests, read from the closing lines of the test runners.

use std::fmt::Write as _;

/// How many tests passed, failed, or were passed over.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    /// Ignored, skipped, deselected or expected to fail: not run to a verdict.
    pub(crate) skipped: u64,
}

impl Tally {
    /// Counts the closing lines in the output of a test runner.
    pub(crate) fn read(&mut self, output: &str) {
        for line in output.lines() {
            if let Some(counts) = libtest(line).or_else(|| pytest(line)).or_else(|| node(line)) {
                self.add(&counts);
            }
        }
    }

    /// Adds the counts of another tally.
    pub(crate) fn add(&mut self, other: &Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }

    /// Makes sure that a failed step shows in the count of failures.
    pub(crate) fn fail_step(&mut self) {
        if self.is_clean() {
            self.failed = 1;
        }
    }

    /// Returns everything that did not pass: a test passed over proves nothing.
    pub(crate) fn not_passed(&self) -> u64 {
        self.failed + self.skipped
    }

    /// Returns whether nothing failed and nothing was passed over.
    pub(crate) fn is_clean(&self) -> bool {
        self.not_passed() == 0
    }

    /// Returns the counts for a person, or nothing when no test ran.
    pub(crate) fn describe(&self) -> String {
        if *self == Self::default() {
            return String::new();
        }
        let mut text = format!("{} passed, {} failed", self.passed, self.failed);
        if self.skipped > 0 {
            write!(text, ", {} skipped (run them or delete them)", self.skipped)
                .expect("invariant: writing to a string does not fail");
        }
        text
    }
}

/// Reads `test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; ...`.
fn libtest(line: &str) -> Option<Tally> {
    let counts = line.strip_prefix("test result: ")?.split_once(". ")?.1;
    let mut tally = Tally::default();
    for part in counts.split("; ") {
        match part.split_once(' ') {
            Some((count, "passed")) => tally.passed = count.parse().ok()?,
            Some((count, "failed")) => tally.failed = count.parse().ok()?,
            Some((count, "ignored" | "filtered out")) => {
                tally.skipped += count.parse::<u64>().ok()?;
            }
            _ => {}
        }
    }
    Some(tally)
}

/// Reads `# pass 12`, one line for each count.
fn node(line: &str) -> Option<Tally> {
    let (word, count) = line.strip_prefix("# ")?.split_once(' ')?;
    let count = count.parse().ok()?;
    match word {
        "pass" => Some(Tally { passed: count, ..Tally::default() }),
        "fail" | "cancelled" => Some(Tally { failed: count, ..Tally::default() }),
        "skipped" | "todo" => Some(Tally { skipped: count, ..Tally::default() }),
        _ => None,
    }
}

/// Reads `==== 12 passed, 1 skipped in 0.12s ====`, with or without the frame.
fn pytest(line: &str) -> Option<Tally> {
    let (counts, duration) = line.trim_matches(['=', ' ']).rsplit_once(" in ")?;
    let seconds = duration.split(' ').next()?.strip_suffix('s')?;
    seconds.parse::<f64>().ok()?;
    let mut tally = Tally::default();
    for part in counts.split(", ") {
        let (count, word) = part.split_once(' ')?;
        let count: u64 = count.parse().ok()?;
        match word {
            "passed" => tally.passed += count,
            "failed" | "error" | "errors" | "xpassed" => tally.failed += count,
            "skipped" | "xfailed" | "deselected" => tally.skipped += count,
            "warning" | "warnings" => {}
            _ => return None,
        }
    }
    Some(tally)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(output: &str, passed: u64, failed: u64, skipped: u64) {
        let mut tally = Tally::default();
        tally.read(output);
        assert_eq!(tally, Tally { passed, failed, skipped }, "{output}");
    }

    #[test]
    fn closing_lines_of_cargo_test_are_summed() {
        let ok = "test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; \
                  finished in 0.01s\n";
        let bad = "test result: FAILED. 3 passed; 2 failed; 1 ignored; 0 measured; 4 filtered \
                   out; finished in 0.01s\n";
        check(ok, 12, 0, 0);
        check(&format!("running 12 tests\n{ok}noise\n{bad}"), 15, 2, 5);
    }

    #[test]
    fn closing_lines_of_pytest_are_summed() {
        check("===== 12 passed in 0.12s =====", 12, 0, 0);
        check("1 failed, 4 passed, 2 skipped, 1 error, 3 warnings in 61.20s (0:01:01)", 4, 2, 2);
        check("1 xfailed, 1 xpassed, 5 deselected in 1.00s", 0, 1, 6);
    }

    #[test]
    fn closing_lines_of_node_are_summed() {
        let closing =
            "# tests 7\n# suites 0\n# pass 3\n# fail 1\n# cancelled 1\n# skipped 1\n# todo 1\n";
        check(&format!("ok 1 - works\n1..7\n{closing}# duration_ms 11.5\n"), 3, 2, 2);
    }

    #[test]
    fn other_lines_count_nothing() {
        check(
            "test id::tests::works ... ok\n5 passed\n3 files in 2.0s\nrunning 3 tests\n",
            0,
            0,
            0,
        );
    }

    #[test]
    fn a_failed_step_without_a_failed_test_counts_once() {
        let mut tally = Tally { passed: 3, ..Tally::default() };
        tally.fail_step();
        assert_eq!((tally.passed, tally.not_passed()), (3, 1));
        tally.fail_step();
        assert_eq!(tally.not_passed(), 1);
    }
}
