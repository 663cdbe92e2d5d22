//! Why a scan could not begin at all.
//!
//! What goes wrong with single files is no error but a `Problem` of the report.

use strum::EnumIter;

/// Why a scan could not begin.
#[derive(Debug, thiserror::Error)]
#[error("{}{}", match self.kind {
    ScanErrorKind::RelativeRoot => "the working directory is not an absolute path",
    ScanErrorKind::NoPaths => "there is no path to scan",
    ScanErrorKind::Exclude => "a pattern of what is excluded is wrong",
    ScanErrorKind::Baseline => "the baseline cannot be read",
    ScanErrorKind::Diff => "the diff cannot be read",
}, self.about.as_ref().map_or_else(String::new, |about| format!(": {about}")))]
pub struct ScanError {
    kind: ScanErrorKind,
    about: Option<String>,
}

/// The causes of a [`ScanError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter)]
#[non_exhaustive]
pub enum ScanErrorKind {
    /// `Config::root` is relative.
    RelativeRoot,
    /// `Config::paths` is empty.
    NoPaths,
    /// A pattern of `Config::exclude` is no pattern of an ignore file.
    Exclude,
    /// A text is no baseline.
    Baseline,
    /// A text is no unified diff.
    Diff,
}

impl ScanError {
    pub(crate) fn new(kind: ScanErrorKind) -> Self {
        Self { kind, about: None }
    }

    /// An error about a value, which is shown shortened, or about a place.
    pub(crate) fn about(kind: ScanErrorKind, about: impl Into<String>) -> Self {
        let about: String = about.into();
        Self { kind, about: Some(about.chars().take(200).collect()) }
    }

    /// Returns the cause.
    #[must_use]
    pub fn kind(&self) -> ScanErrorKind {
        self.kind
    }

    /// Returns what to do about it.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self.kind {
            ScanErrorKind::RelativeRoot => "start the scan from a directory that exists",
            ScanErrorKind::Exclude => "write it as a line of a `.gitignore`",
            ScanErrorKind::Baseline => {
                "restore the file from version control, or make it anew with `id-lint baseline create --force`"
            }
            ScanErrorKind::Diff => "give it a unified diff, such as that of `git diff`",
            ScanErrorKind::NoPaths => "name a file or a folder, or `.` for the current folder",
        }
    }
}

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator as _;

    use super::*;

    #[test]
    fn every_error_says_what_and_what_to_do() {
        let lines: Vec<_> = ScanErrorKind::iter()
            .map(ScanError::new)
            .map(|error| format!("error: {error}\nhelp:  {}", error.help()))
            .collect();
        let _guard = id_testkit::snapshots("errors").bind_to_scope();
        insta::assert_snapshot!("scan_error", lines.join("\n"));
    }
}
