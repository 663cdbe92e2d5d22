//! New run ids in the shapes of the old systems, for readers that do not know the new one.
//!
//! Time and the 8 hexadecimal digits come from the core, so that the same id gives the same text in every process. Each
//! shape gives its thread under the rule of its own old extractor, and only under that: a text is rendered for the reader
//! on the other side, and an id of the new format is never sent to an old one, because some cut it and find another thread.

use alloc::format;
use alloc::string::String;

use crate::kind::Run;
use crate::{Core, Id, IdKind, KeyedRunId, ThreadKey, UnifiedId};

/// The shapes in which the old systems wrote the id of a run.
///
/// # Examples
///
/// ```
/// use unified_id::{LegacyRunFormat, RunId};
///
/// let run: RunId = "run_01m7wqt1fbff4sq3bgc5bhn9e0_01m7wqt1fcff4sq3cdmzk4w7rt".parse()?;
/// assert_eq!(run.to_legacy(LegacyRunFormat::IdManager), "run_01m7wqt1fbff4sq3bgc5bhn9e0_e64e1f1a");
/// assert_eq!(
///     run.to_legacy(LegacyRunFormat::Canonical),
///     "thread_01m7wqt1fbff4sq3bgc5bhn9e0_run_1795187082732_e64e1f1a"
/// );
/// assert_eq!(run.to_legacy(LegacyRunFormat::Ts5), "run_01m7wqt1fbff4sq3bgc5bhn9e0_82732_e64e1f1a");
/// # Ok::<(), unified_id::ParseError>(())
/// ```
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    strum::Display,
    strum::EnumIter,
    strum::EnumString,
    strum::IntoStaticStr,
)]
#[strum(serialize_all = "lowercase")]
#[non_exhaustive]
pub enum LegacyRunFormat {
    /// `run_{thread}_{8 hex}`: `IDManager`, 2025-09-01.
    IdManager,
    /// `thread_{thread}_run_{ms}_{8 hex}`: `run_id_generator` and `UnifiedIDManager`, 2025-09-03.
    Canonical,
    /// `run_{thread}_{ms modulo 100000}_{8 hex}`: `UnifiedIDManager`, 2025-09-12.
    Ts5,
}

impl LegacyRunFormat {
    /// Returns the text of a run with this core on a thread, for an old reader.
    ///
    /// A key of an old thread stands in the text as it is; whether the reader of this shape finds it again is for who knows
    /// its threads to say.
    #[must_use]
    pub fn render(self, thread: &ThreadKey, core: Core) -> String {
        let (ms, random) = (core.leading_ms(), core.to_u128() & 0xffff_ffff);
        match self {
            Self::IdManager => format!("run_{thread}_{random:08x}"),
            Self::Canonical => format!("thread_{thread}_run_{ms}_{random:08x}"),
            Self::Ts5 => format!("run_{thread}_{}_{random:08x}", ms % 100_000),
        }
    }
}

impl Id<Run> {
    /// Returns the text of this run for an old reader.
    #[must_use]
    pub fn to_legacy(&self, format: LegacyRunFormat) -> String {
        format.render(&self.thread_key(), self.core())
    }
}

impl KeyedRunId {
    /// Returns the text of this run for an old reader.
    #[must_use]
    pub fn to_legacy(&self, format: LegacyRunFormat) -> String {
        format.render(&self.thread_key(), self.core())
    }
}

impl UnifiedId {
    /// Returns the text of this run for an old reader; `None` if it is no run.
    #[must_use]
    pub fn to_legacy(&self, format: LegacyRunFormat) -> Option<String> {
        match self.kind() {
            IdKind::Run => Some(format.render(&self.thread_key()?, self.core())),
            _ => None,
        }
    }
}
