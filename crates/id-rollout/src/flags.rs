//! The flags: the only list of their names, defaults, ranges and meanings.
//!
//! Invariant: all values together fit one word, so that whoever asks sees them all as they were at one moment. Next:
//! `source.rs`, which reads them.

use std::fmt;

use strum::IntoEnumIterator;
use unified_id::LegacyRunFormat;

use crate::error::RolloutError;

/// A flag of the rollout.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    strum::EnumIter,
    strum::EnumString,
    strum::IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
pub enum Flag {
    /// Whether new ids are handed out at all.
    EnableUnifiedIdGeneration,
    /// Whether ids of older systems are read.
    EnableLegacyIdCompatibility,
    /// Whether only what is certain is read.
    EnableIdValidationStrictMode,
    /// The shape of run ids where no new ones are handed out.
    LegacyRunFormat,
    /// The share of threads that get new ids.
    RolloutPercent,
}

impl Flag {
    /// Returns all flags, in the order in which they are listed.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::iter()
    }

    /// Returns the name: `rollout_percent`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Reads a name.
    ///
    /// # Errors
    ///
    /// [`UnknownFlag`](crate::RolloutErrorKind::UnknownFlag), with the nearest name as help.
    pub fn parse(name: &str) -> Result<Self, RolloutError> {
        name.parse().map_err(|_| RolloutError::unknown_flag(name))
    }

    /// Returns the variable of the environment: `UNIFIED_ID_ROLLOUT_PERCENT`.
    #[must_use]
    pub fn variable(self) -> String {
        format!("UNIFIED_ID_{}", self.name().to_ascii_uppercase())
    }

    /// Says in one sentence what the flag does.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::EnableUnifiedIdGeneration => {
                "hand out new ids; off, ids of the old shapes are handed out"
            }
            Self::EnableLegacyIdCompatibility => "read ids of older systems; off, they are refused",
            Self::EnableIdValidationStrictMode => {
                "read only what is certain: canonical spelling, one reading, a whole thread"
            }
            Self::LegacyRunFormat => "the shape of run ids where no new ones are handed out",
            Self::RolloutPercent => "how many threads of a hundred get new ids once they are on",
        }
    }

    /// Says what a value may be.
    #[must_use]
    pub fn range(self) -> String {
        match self {
            Self::EnableUnifiedIdGeneration
            | Self::EnableLegacyIdCompatibility
            | Self::EnableIdValidationStrictMode => "true or false".to_owned(),
            Self::LegacyRunFormat => {
                let names: Vec<String> =
                    LegacyRunFormat::iter().map(|format| format.to_string()).collect();
                names.join(", ")
            }
            Self::RolloutPercent => "a whole number from 0 to 100".to_owned(),
        }
    }
}

impl fmt::Display for Flag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The value of a flag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// On or off.
    Switch(bool),
    /// Percent, 0 to 100.
    Percent(u8),
    /// An old shape of run ids.
    Format(LegacyRunFormat),
}

impl Value {
    /// Reads the value of a flag as people and environments write it: also `on`, `off`, `yes`, `no`, `1` and `0`.
    ///
    /// # Errors
    ///
    /// [`Value`](crate::RolloutErrorKind::Value) if the flag cannot have it.
    pub fn parse(flag: Flag, text: &str) -> Result<Self, RolloutError> {
        let value = match flag {
            Flag::EnableUnifiedIdGeneration
            | Flag::EnableLegacyIdCompatibility
            | Flag::EnableIdValidationStrictMode => {
                match text.trim().to_ascii_lowercase().as_str() {
                    "true" | "on" | "yes" | "1" => Some(Self::Switch(true)),
                    "false" | "off" | "no" | "0" => Some(Self::Switch(false)),
                    _ => None,
                }
            }
            Flag::LegacyRunFormat => text.trim().parse().ok().map(Self::Format),
            Flag::RolloutPercent => {
                text.trim().parse().ok().filter(|percent| *percent <= 100).map(Self::Percent)
            }
        };
        value.ok_or_else(|| RolloutError::value(flag, text))
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Switch(value) => fmt::Display::fmt(value, f),
            Self::Percent(value) => fmt::Display::fmt(value, f),
            Self::Format(value) => fmt::Display::fmt(value, f),
        }
    }
}

/// The values of all flags at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flags {
    /// Whether new ids are handed out at all; false if nothing is said.
    pub enable_unified_id_generation: bool,
    /// Whether ids of older systems are read; true if nothing is said.
    pub enable_legacy_id_compatibility: bool,
    /// Whether only what is certain is read; false if nothing is said.
    pub enable_id_validation_strict_mode: bool,
    /// The shape of run ids where no new ones are handed out; `canonical` if nothing is said.
    pub legacy_run_format: LegacyRunFormat,
    /// How many threads of a hundred get new ids; 100 if nothing is said. More counts as 100.
    pub rollout_percent: u8,
}

impl Default for Flags {
    fn default() -> Self {
        Self {
            enable_unified_id_generation: false,
            enable_legacy_id_compatibility: true,
            enable_id_validation_strict_mode: false,
            // The one old shape that always says which thread it is on.
            legacy_run_format: LegacyRunFormat::Canonical,
            rollout_percent: 100,
        }
    }
}

impl Flags {
    /// Returns the value of a flag.
    #[must_use]
    pub const fn value(&self, flag: Flag) -> Value {
        match flag {
            Flag::EnableUnifiedIdGeneration => Value::Switch(self.enable_unified_id_generation),
            Flag::EnableLegacyIdCompatibility => Value::Switch(self.enable_legacy_id_compatibility),
            Flag::EnableIdValidationStrictMode => {
                Value::Switch(self.enable_id_validation_strict_mode)
            }
            Flag::LegacyRunFormat => Value::Format(self.legacy_run_format),
            Flag::RolloutPercent => Value::Percent(self.rollout_percent),
        }
    }

    /// Gives a flag a value that was read for it; a value of another flag's kind changes nothing.
    pub(crate) fn give(&mut self, flag: Flag, value: Value) {
        match (flag, value) {
            (Flag::EnableUnifiedIdGeneration, Value::Switch(on)) => {
                self.enable_unified_id_generation = on;
            }
            (Flag::EnableLegacyIdCompatibility, Value::Switch(on)) => {
                self.enable_legacy_id_compatibility = on;
            }
            (Flag::EnableIdValidationStrictMode, Value::Switch(on)) => {
                self.enable_id_validation_strict_mode = on;
            }
            (Flag::LegacyRunFormat, Value::Format(format)) => self.legacy_run_format = format,
            (Flag::RolloutPercent, Value::Percent(percent)) => self.rollout_percent = percent,
            _ => debug_assert!(false, "a value was read for another flag"),
        }
    }

    /// Says what does not go together, if anything: ids are handed out that are refused when they come back.
    #[must_use]
    pub const fn contradiction(&self) -> Option<&'static str> {
        let hands_out_old = !self.enable_unified_id_generation || self.rollout_percent < 100;
        if hands_out_old && !self.enable_legacy_id_compatibility {
            return Some(
                "ids of the old shapes are handed out, but refused when they are read: turn enable_legacy_id_compatibility on",
            );
        }
        None
    }

    /// All values in one word.
    pub(crate) fn pack(self) -> u64 {
        let format = LegacyRunFormat::iter().position(|format| format == self.legacy_run_format);
        u64::from(self.enable_unified_id_generation)
            | u64::from(self.enable_legacy_id_compatibility) << 1
            | u64::from(self.enable_id_validation_strict_mode) << 2
            | (format.unwrap_or_default() as u64) << 4
            | u64::from(self.rollout_percent.min(100)) << 8
    }

    /// The values of a word that `pack` made; other bits mean nothing here.
    pub(crate) fn unpack(word: u64) -> Self {
        Self {
            enable_unified_id_generation: word & 1 != 0,
            enable_legacy_id_compatibility: word & 2 != 0,
            enable_id_validation_strict_mode: word & 4 != 0,
            legacy_run_format: match word >> 4 & 0xf {
                0 => LegacyRunFormat::IdManager,
                2 => LegacyRunFormat::Ts5,
                _ => LegacyRunFormat::Canonical,
            },
            rollout_percent: (word >> 8 & 0x7f) as u8,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_values_fit_one_word() {
        for bits in 0..8 {
            for format in LegacyRunFormat::iter() {
                for rollout_percent in 0..=100 {
                    let flags = Flags {
                        enable_unified_id_generation: bits & 1 != 0,
                        enable_legacy_id_compatibility: bits & 2 != 0,
                        enable_id_validation_strict_mode: bits & 4 != 0,
                        legacy_run_format: format,
                        rollout_percent,
                    };
                    assert_eq!(Flags::unpack(flags.pack()), flags);
                    assert_eq!(Flags::unpack(flags.pack() | crate::fork::STALE), flags);
                }
            }
        }
    }

    #[test]
    fn the_defaults_are_those_of_the_plans() {
        let shown: Vec<_> = Flag::all()
            .map(|flag| format!("{flag}={} ({})", Flags::default().value(flag), flag.variable()))
            .collect();
        assert_eq!(
            shown,
            [
                "enable_unified_id_generation=false (UNIFIED_ID_ENABLE_UNIFIED_ID_GENERATION)",
                "enable_legacy_id_compatibility=true (UNIFIED_ID_ENABLE_LEGACY_ID_COMPATIBILITY)",
                "enable_id_validation_strict_mode=false (UNIFIED_ID_ENABLE_ID_VALIDATION_STRICT_MODE)",
                "legacy_run_format=canonical (UNIFIED_ID_LEGACY_RUN_FORMAT)",
                "rollout_percent=100 (UNIFIED_ID_ROLLOUT_PERCENT)",
            ]
        );
    }

    #[test]
    fn values_are_read_and_written() {
        for flag in Flag::all() {
            let value = Flags::default().value(flag);
            assert_eq!(Value::parse(flag, &value.to_string()).unwrap(), value);
            assert_eq!(Flag::parse(flag.name()).unwrap(), flag);
        }
        let wrong = [
            (Flag::RolloutPercent, "101"),
            (Flag::RolloutPercent, "-1"),
            (Flag::RolloutPercent, "10.5"),
            (Flag::RolloutPercent, "10%"),
            (Flag::EnableUnifiedIdGeneration, "maybe"),
            (Flag::EnableUnifiedIdGeneration, "2"),
            (Flag::LegacyRunFormat, "ts6"),
            (Flag::LegacyRunFormat, ""),
        ];
        for (flag, text) in wrong {
            assert!(Value::parse(flag, text).is_err(), "{flag} {text}");
        }
        assert_eq!(
            Value::parse(Flag::EnableUnifiedIdGeneration, " ON ").unwrap(),
            Value::Switch(true)
        );
    }

    #[test]
    fn what_contradicts_is_said() {
        let mut flags = Flags { enable_legacy_id_compatibility: false, ..Flags::default() };
        assert!(flags.contradiction().is_some());
        flags.enable_unified_id_generation = true;
        assert_eq!(flags.contradiction(), None);
        flags.rollout_percent = 99;
        assert!(flags.contradiction().is_some());
        assert_eq!(Flags::default().contradiction(), None);
    }
}
