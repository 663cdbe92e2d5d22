//! Snapshot files: whole, accepted, and in the one folder for them.

use super::{File, Finding};

/// Finds what is wrong with a tracked snapshot.
pub(crate) fn check(file: &File) -> Vec<Finding> {
    let mut findings: Vec<Finding> = pending(&file.path).into_iter().collect();
    if !file.has_extension("snap") {
        return findings;
    }
    if !file.path.starts_with("snapshots/") {
        findings.push(Finding::new(
            &file.path,
            1,
            "a snapshot outside snapshots/",
            "bind the settings of `id_testkit::snapshots` in the test",
        ));
    }
    // A header between two lines of dashes, then what the user sees.
    let content = file.text.splitn(3, "---\n").nth(2).unwrap_or_default();
    if content.trim().is_empty() {
        findings.push(Finding::new(
            &file.path,
            1,
            "a snapshot of nothing",
            "delete it and assert on emptiness in the test",
        ));
    }
    findings
}

/// Finds a snapshot that nobody accepted.
pub(crate) fn pending(path: &str) -> Option<Finding> {
    let is_pending = path.ends_with(".snap.new") || path.ends_with(".pending-snap");
    is_pending.then(|| {
        Finding::new(
            path,
            1,
            "a snapshot that nobody accepted",
            "read it, then rename or delete it",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::file;
    use super::*;

    #[track_caller]
    fn check_count(path: &str, text: &str, expected: usize) {
        let findings = check(&file(path, text));
        assert_eq!(findings.len(), expected, "{findings:?}");
    }

    #[test]
    fn a_snapshot_has_content_and_a_place() {
        check_count("snapshots/format/a.snap", "---\nsource: a\n---\nthread_1\n", 0);
        check_count("snapshots/format/a.snap", "---\nsource: a\n---\n\n", 1);
        check_count("snapshots/format/a.snap", "", 1);
        check_count("crates/a/src/snapshots/a.snap", "---\nsource: a\n---\nthread_1\n", 1);
    }

    #[test]
    fn a_pending_snapshot_is_found() {
        check_count("snapshots/format/a.snap.new", "---\nsource: a\n---\nthread_1\n", 1);
        check_count("src/.a.rs.pending-snap", "{}", 1);
        check_count("src/a.rs", "//! A.\n", 0);
    }
}
