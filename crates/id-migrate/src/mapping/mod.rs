//! From a legacy value to the new id: pure, the same in every process.
//!
//! Invariant: no clock and no file is read here; only [`Mapping::Random`] asks the generator. The recipes stand in
//! `docs/spec/migration.md` by the byte. Next: `recipe.rs`, `time.rs`, `graph.rs`.

pub mod recipe;
pub mod time;
pub mod graph;

use serde::{Deserialize, Serialize};
use unified_id::Core;

/// How a key's new id comes from its legacy value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, strum::EnumIter)]
#[serde(rename_all = "kebab-case")]
pub enum Mapping {
    /// The same 128 bits: UUIDs, ULIDs, 16 bytes.
    Bits,
    /// Milliseconds from a column, the rest from a hash of namespace, table and legacy text.
    CreatedAt,
    /// A hash of namespace, table and legacy text, without a time.
    Stable,
    /// It is an id already: the same bits, the spelling normalised.
    Keep,
    /// A fresh id.
    Random,
}

impl Mapping {
    /// Reads the name of a mapping.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "bits" => Self::Bits,
            "created-at" => Self::CreatedAt,
            "stable" => Self::Stable,
            "keep" => Self::Keep,
            "random" => Self::Random,
            _ => return None,
        })
    }

    /// Returns the name, as it is written in a plan.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Bits => "bits",
            Self::CreatedAt => "created-at",
            Self::Stable => "stable",
            Self::Keep => "keep",
            Self::Random => "random",
        }
    }
}

/// How a new id is written into its column.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// The bare 26 characters in lower case.
    #[default]
    Core,
    /// The bare 26 characters in upper case.
    Upper,
    /// A prefix, an underscore and the core.
    Typed(String),
    /// 36 characters with dashes.
    Uuid,
    /// 16 bytes.
    Bytes,
}

/// A written id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Written {
    /// Text.
    Text(String),
    /// 16 bytes.
    Bytes([u8; 16]),
}

impl Form {
    /// Reads the name of a form: `core`, `upper`, `uuid`, `bytes`, or `typed:PREFIX`.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "core" => Self::Core,
            "upper" => Self::Upper,
            "uuid" => Self::Uuid,
            "bytes" => Self::Bytes,
            _ => {
                let prefix = name.strip_prefix("typed:")?;
                let is_prefix = (1..=32).contains(&prefix.len())
                    && prefix.bytes().all(|byte| byte.is_ascii_lowercase());
                is_prefix.then(|| Self::Typed(prefix.to_owned()))?
            }
        })
    }

    /// Writes an id.
    ///
    /// # Examples
    ///
    /// ```
    /// use id_migrate::mapping::{Form, Written};
    /// let core = unified_id::Core::from_u128(1);
    /// assert_eq!(Form::Typed("job".into()).write(core), Written::Text("job_00000000000000000000000001".into()));
    /// ```
    #[must_use]
    pub fn write(&self, core: Core) -> Written {
        match self {
            Self::Core => Written::Text(core.to_text().as_str().to_owned()),
            Self::Upper => Written::Text(core.ulid_text()),
            Self::Typed(prefix) => Written::Text(format!("{prefix}_{}", core.to_text().as_str())),
            Self::Uuid => Written::Text(core.uuid_text()),
            Self::Bytes => Written::Bytes(core.to_bytes()),
        }
    }

    /// Reads what this form wrote; `None` for everything else, another spelling among it.
    #[must_use]
    pub fn read(&self, written: &[u8]) -> Option<Core> {
        if *self == Self::Bytes {
            return <[u8; 16]>::try_from(written).ok().map(Core::from_bytes);
        }
        let text = str::from_utf8(written).ok()?;
        let core = match self {
            Self::Typed(prefix) => {
                Core::parse(text.strip_prefix(prefix.as_str())?.strip_prefix('_')?).ok()?
            }
            Self::Uuid => recipe::uuid_bits(text).map(Core::from_u128)?,
            _ => Core::parse(text).ok()?,
        };
        (self.write(core) == Written::Text(text.to_owned())).then_some(core)
    }
}

/// What a mapping is made of; the same parts give the same ids anywhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapper {
    /// The mapping.
    pub mapping: Mapping,
    /// What takes its place for values that it cannot take.
    pub fallback: Option<Mapping>,
    /// Keeps equal keys of different databases apart.
    pub namespace: String,
    /// The table of the key.
    pub table: String,
}

/// Why a mapping cannot take a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unmappable {
    /// The value has no 128 bits.
    #[error("the value is no uuid, ULID, id or 16 bytes")]
    NoBits,
    /// The time cannot be read, or is outside 48 bits of milliseconds.
    #[error("the time cannot be read")]
    NoTime,
}

impl Mapper {
    /// Returns the core for a legacy value (the bytes of its text, or 16 bytes) and the time of its row.
    ///
    /// # Errors
    ///
    /// [`Unmappable`] if neither the mapping nor its fallback can take the value.
    ///
    /// # Examples
    ///
    /// ```
    /// use id_migrate::mapping::{Mapper, Mapping};
    /// let mapper = Mapper { mapping: Mapping::CreatedAt, fallback: None, namespace: "shop".into(), table: "jobs".into() };
    /// let id = mapper.core(b"job-17", Some(1_700_000_000_000)).unwrap();
    /// assert_eq!(id, mapper.core(b"job-17", Some(1_700_000_000_000)).unwrap());
    /// assert_eq!(id.timestamp_ms(), Some(1_700_000_000_000));
    /// ```
    pub fn core(&self, legacy: &[u8], time_ms: Option<u64>) -> Result<Core, Unmappable> {
        let first = self.by(self.mapping, legacy, time_ms, None);
        match (first, self.fallback) {
            (Err(_), Some(fallback)) => self.by(fallback, legacy, time_ms, None),
            (result, _) => result,
        }
    }

    /// Returns the core by one mapping alone; `rank` is the place of the row in its millisecond, if that is kept.
    ///
    /// # Errors
    ///
    /// [`Unmappable`] if this mapping cannot take the value.
    pub fn by(
        &self,
        mapping: Mapping,
        legacy: &[u8],
        ms: Option<u64>,
        rank: Option<u32>,
    ) -> Result<Core, Unmappable> {
        match mapping {
            Mapping::Bits => recipe::bits(legacy).ok_or(Unmappable::NoBits),
            Mapping::Keep => recipe::keep(legacy).ok_or(Unmappable::NoBits),
            Mapping::CreatedAt => ms
                .and_then(|ms| recipe::created_at(&self.namespace, &self.table, legacy, ms, rank))
                .ok_or(Unmappable::NoTime),
            Mapping::Stable => Ok(recipe::stable(&self.namespace, &self.table, legacy)),
            Mapping::Random => Ok(unified_id::EntityId::new().core()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_reads_what_it_wrote_and_nothing_else() {
        let core = Core::from_u128(0x0190_1234_5678_7abc_8def_0123_4567_89ab);
        let forms = [Form::Core, Form::Upper, Form::Typed("job".into()), Form::Uuid, Form::Bytes];
        for form in &forms {
            for other in &forms {
                let bytes = match other.write(core) {
                    Written::Text(text) => text.into_bytes(),
                    Written::Bytes(bytes) => bytes.to_vec(),
                };
                assert_eq!(form.read(&bytes).is_some(), form == other, "{form:?} {other:?}");
            }
        }
    }
}
