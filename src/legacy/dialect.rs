//! Which generator made a deployment's ids: settles what a text alone cannot.
//!
//! A dialect's rows are tried first in their groups, without their conditions; one that fits
//! settles the shape. Which rows these are stands in the table (`[dialects]`). Used by `read.rs`.

/// The generator that a deployment knows its ids to come from.
///
/// # Examples
///
/// ```
/// use unified_id::legacy::{self, Dialect, Reader};
///
/// let text = "run_team_a_12345_0fe0351c";
/// assert_eq!(legacy::read(text)?.thread().unwrap(), "team_a");
/// assert!(legacy::read(text)?.is_ambiguous());
///
/// let reader = Reader::new().with_dialect(Dialect::IdManager);
/// assert_eq!(reader.read(text)?.thread().unwrap(), "team_a_12345");
/// assert!(!reader.read(text)?.is_ambiguous());
/// # Ok::<(), legacy::Refusal>(())
/// ```
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    strum::AsRefStr,
    strum::Display,
    strum::EnumIter,
    strum::EnumString,
    strum::IntoStaticStr,
)]
#[non_exhaustive]
pub enum Dialect {
    /// `IDManager`: the thread of `run_X_n_H8` is `X_n`.
    IdManager,
    /// `UnifiedIDManager` of 2025-09-03: reads such runs as `IDManager` wrote them.
    Canonical0903,
    /// `UnifiedIDManager` from 2025-09-07 on: `n` is the time modulo 100000, the thread `X`.
    Ts5,
    /// `UnifiedIdGenerator`: thread and run are made together.
    Uig,
}

impl Dialect {
    /// Says in one line which generator it is, and what it settles.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::IdManager => {
                "IDManager (2025-09-01 to 03): the thread of run_X_12_<8 hex> is X_12"
            }
            Self::Canonical0903 => {
                "UnifiedIDManager of 2025-09-03: reads such runs as IDManager wrote them"
            }
            Self::Ts5 => {
                "UnifiedIDManager from 2025-09-07: the number is the time modulo 100000, the thread is X"
            }
            Self::Uig => {
                "UnifiedIdGenerator (from 2025-09-07): thread and run are made together, and many runs do not hold theirs"
            }
        }
    }

    /// The bit of the dialect in `Row::dialects`.
    pub(crate) const fn bit(self) -> u8 {
        match self {
            Self::IdManager => 1,
            Self::Canonical0903 => 2,
            Self::Ts5 => 4,
            Self::Uig => 8,
        }
    }
}
