//! Reads ids as the flags say: old ones or not, everything or only what is certain.
//!
//! Invariant: what is read is what `unified_id` reads; a flag can only refuse. Next: the application.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use strum::IntoEnumIterator;
use unified_id::legacy::{LegacyFormat, Reader};
use unified_id::{ParseError, ParsedId, ReadCounts};

use crate::rollout::Rollout;

/// Why a text was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, strum::EnumIter, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
#[non_exhaustive]
pub enum ReadErrorKind {
    /// The text is no id.
    NoId,
    /// An id of an older system, and `enable_legacy_id_compatibility` is off.
    LegacyOff,
    /// Strict: a new id in another spelling than the canonical one.
    NotCanonical,
    /// Strict: an old id that can be read in two ways.
    Ambiguous,
    /// Strict: an old id that holds only the start of its thread.
    ThreadPrefix,
    /// Strict: the sixteen zeros that two old generators gave for every id.
    NotUnique,
}

impl ReadErrorKind {
    /// Returns the stable name, for metrics: `legacy_off`.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.into()
    }
}

/// Why a text was not read, and what to do.
#[derive(Debug)]
pub struct ReadError {
    kind: ReadErrorKind,
    format: &'static str,
    source: Option<ParseError>,
}

impl ReadError {
    /// Returns the cause, for branching.
    #[must_use]
    pub fn kind(&self) -> ReadErrorKind {
        self.kind
    }

    /// Returns the format as which the text could be read; empty if it is no id.
    #[must_use]
    pub fn format(&self) -> &'static str {
        self.format
    }

    /// Returns what to do, in one sentence.
    #[must_use]
    pub fn help(&self) -> &str {
        match (self.kind, &self.source) {
            (_, Some(error)) => error.help(),
            (ReadErrorKind::LegacyOff, _) => {
                "turn on enable_legacy_id_compatibility while such ids are still about"
            }
            (ReadErrorKind::NotCanonical, _) => {
                "write the canonical spelling that `unified-id inspect` shows"
            }
            (ReadErrorKind::Ambiguous, _) => {
                "name the dialect of the generator that made these ids, or record the thread of the run"
            }
            (ReadErrorKind::ThreadPrefix, _) => "record the thread of the run when it is made",
            _ => "give the object an id of its own: this one stands for many",
        }
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let format = self.format;
        match self.kind {
            ReadErrorKind::NoId => f.write_str("no id"),
            ReadErrorKind::LegacyOff => {
                write!(f, "an id of an older system ({format}), and those are turned off")
            }
            ReadErrorKind::NotCanonical => {
                write!(f, "an id ({format}) that is not spelt canonically")
            }
            ReadErrorKind::Ambiguous => {
                write!(f, "an old id ({format}) that can be read in two ways")
            }
            ReadErrorKind::ThreadPrefix => {
                write!(f, "an old id ({format}) that holds only the start of its thread")
            }
            ReadErrorKind::NotUnique => {
                write!(f, "an id ({format}) that was given to many objects")
            }
        }
    }
}

impl std::error::Error for ReadError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|source| source as _)
    }
}

/// A reader that asks the flags at each text.
///
/// `enable_legacy_id_compatibility` off: ids of older systems are refused; a bare core and the typed id of another system are
/// not from an older one. `enable_id_validation_strict_mode` on: only what is certain is read, which is the canonical
/// spelling, one reading, a whole thread, and no id that was given to many objects. Copies share their counters.
///
/// # Examples
///
/// ```
/// use id_rollout::{ReadErrorKind, Rollout, RolloutReader, Sources};
///
/// let folder = tempfile::tempdir()?;
/// let file = folder.path().join("unified-id.toml");
/// let sources = Sources::new(file).with_variable("enable_legacy_id_compatibility".parse()?, "off")?;
/// let reader = RolloutReader::new(Rollout::follow(sources)?);
///
/// assert!(reader.parse_any("thread_01m7wqt1fbff4sq3bgc5bhn9e0").is_ok());
/// let error = reader.parse_any("run_user123_a1b2c3d4").unwrap_err();
/// assert_eq!(error.kind(), ReadErrorKind::LegacyOff);
/// assert_eq!((reader.refused(ReadErrorKind::LegacyOff), reader.counts().legacy()), (1, 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct RolloutReader {
    rollout: Rollout,
    reader: Reader,
    counts: Arc<ReadCounts>,
    refused: Arc<[AtomicU64]>,
}

impl RolloutReader {
    /// Makes a reader that asks these flags.
    #[must_use]
    pub fn new(rollout: Rollout) -> Self {
        Self::with_reader(rollout, Reader::new())
    }

    /// Makes a reader that asks these flags and reads as another does: with a dialect, with the rows of an application.
    #[must_use]
    pub fn with_reader(rollout: Rollout, reader: Reader) -> Self {
        let refused = ReadErrorKind::iter().map(|_| AtomicU64::new(0)).collect();
        Self { rollout, reader, counts: Arc::new(ReadCounts::new()), refused }
    }

    /// Reads a text, if the flags allow what it is.
    ///
    /// # Errors
    ///
    /// [`ReadError`]: see [`ReadErrorKind`] for the causes.
    pub fn parse_any<'a>(&'a self, text: &'a str) -> Result<ParsedId<'a>, ReadError> {
        let flags = self.rollout.flags();
        let reading = self.reader.parse_any(text);
        self.counts.count(&reading);
        let fail = |kind: ReadErrorKind, format, source| {
            self.refused[kind as usize].fetch_add(1, Ordering::Relaxed);
            Err(ReadError { kind, format, source })
        };
        let id = match reading {
            Ok(id) => id,
            Err(error) => return fail(ReadErrorKind::NoId, "", Some(error)),
        };
        let format = id.format();
        if !flags.enable_legacy_id_compatibility && id.as_legacy().is_some() {
            return fail(ReadErrorKind::LegacyOff, format, None);
        }
        if flags.enable_id_validation_strict_mode
            && let Some(kind) = uncertain(&id, text)
        {
            return fail(kind, format, None);
        }
        Ok(id)
    }

    /// Returns how often each format was read, and each kind of error was the answer, whatever the flags said then.
    #[must_use]
    pub fn counts(&self) -> &ReadCounts {
        &self.counts
    }

    /// Returns how many texts were refused for this cause.
    #[must_use]
    pub fn refused(&self, kind: ReadErrorKind) -> u64 {
        self.refused[kind as usize].load(Ordering::Relaxed)
    }

    /// Returns the flags that are asked.
    #[must_use]
    pub fn rollout(&self) -> &Rollout {
        &self.rollout
    }
}

/// Why an id is not certain, if it is not.
fn uncertain(id: &ParsedId<'_>, text: &str) -> Option<ReadErrorKind> {
    match id {
        ParsedId::Unified(id) => (!id.is_canonical()).then_some(ReadErrorKind::NotCanonical),
        ParsedId::Bare(_) => {
            let upper = text.bytes().any(|byte| byte.is_ascii_uppercase());
            upper.then_some(ReadErrorKind::NotCanonical)
        }
        ParsedId::Legacy(id) if id.is_ambiguous() => Some(ReadErrorKind::Ambiguous),
        ParsedId::Legacy(id) if id.thread_is_prefix() => Some(ReadErrorKind::ThreadPrefix),
        ParsedId::Legacy(id) if id.format() == LegacyFormat::UlidFallbackZero16 => {
            Some(ReadErrorKind::NotUnique)
        }
        _ => None,
    }
}
