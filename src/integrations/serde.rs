//! `Serialize` and `Deserialize`: the canonical string where the format is human-readable, 16 or 32 bytes otherwise.
//!
//! The bytes are a byte string of the format, so that MessagePack, CBOR and BSON keep them as one; a format without a
//! description of its own, such as postcard, puts their number in front. [`compact`] does without. Ids on legacy keys
//! and ids of a kind known at run time are strings in every format.

use alloc::string::ToString;
use core::fmt;
use core::marker::PhantomData;
use core::str::FromStr;

use ::serde::de::{self, SeqAccess, Visitor};
use ::serde::ser::SerializeTuple;
use ::serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::kind::{BuiltIn, LegacyScoped};
use crate::scope::Scope;
use crate::{Core, Id, IdKind, KeyedId, Kind, LegacyKey, ThreadKey, ThreadScope, UnifiedId};

impl<K: Kind<Scope = S>, S: Scope> Serialize for Id<K, S> {
    fn serialize<T: Serializer>(&self, serializer: T) -> Result<T::Ok, T::Error> {
        if serializer.is_human_readable() {
            return serializer.serialize_str(self.to_text().as_str());
        }
        let (bytes, first) = binary(*self);
        serializer.serialize_bytes(&bytes[first..])
    }
}

/// Returns the bytes of the scope and of the core, and where the first of them stands.
fn binary<K: Kind<Scope = S>, S: Scope>(id: Id<K, S>) -> ([u8; 32], usize) {
    let mut bytes = [0; 32];
    bytes[16..].copy_from_slice(&id.core().to_bytes());
    let Some(scope) = id.scope_core() else { return (bytes, 16) };
    bytes[..16].copy_from_slice(&scope.to_bytes());
    (bytes, 0)
}

impl<'de, K: Kind<Scope = S>, S: Scope> Deserialize<'de> for Id<K, S> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            deserializer.deserialize_str(Text::<Self>(PhantomData, K::PREFIX))
        } else {
            deserializer.deserialize_bytes(Binary::<K, S>(PhantomData))
        }
    }
}

impl Serialize for Core {
    fn serialize<T: Serializer>(&self, serializer: T) -> Result<T::Ok, T::Error> {
        if serializer.is_human_readable() {
            serializer.serialize_str(self.to_text().as_str())
        } else {
            serializer.serialize_bytes(&self.to_bytes())
        }
    }
}

impl<'de> Deserialize<'de> for Core {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            deserializer.deserialize_str(Text::<Self>(PhantomData, "core"))
        } else {
            deserializer.deserialize_bytes(Binary16)
        }
    }
}

/// Implements both traits for types that are a text in every format.
macro_rules! as_text {
    ($($type:ty, $what:expr $(, $param:ident: $bound:path $(, $more:path)?)?;)+) => {$(
        impl$(<$param: $bound $(+ $more)?>)? Serialize for $type {
            fn serialize<T: Serializer>(&self, serializer: T) -> Result<T::Ok, T::Error> {
                serializer.serialize_str(&self.to_string())
            }
        }

        impl<'de $(, $param: $bound $(+ $more)?)?> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str(Text::<Self>(PhantomData, $what))
            }
        }
    )+};
}

as_text! {
    UnifiedId, "unified";
    KeyedId<K>, K::PREFIX, K: LegacyScoped, BuiltIn;
    LegacyKey, "thread";
    ThreadKey, "thread";
    ThreadScope, "thread";
    IdKind, "kind";
}

/// Reads a value from its text.
struct Text<T>(PhantomData<T>, &'static str);

impl<T: FromStr<Err: fmt::Display>> Visitor<'_> for Text<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the text of an id ({})", self.1)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(E::custom)
    }
}

struct Binary<K, S>(PhantomData<(K, S)>);

impl<K: Kind<Scope = S>, S: Scope> Visitor<'_> for Binary<K, S> {
    type Value = Id<K, S>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if S::SCOPED { "32 bytes of a scoped id" } else { "16 bytes of an id" })
    }

    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Id<K, S>, E> {
        let invalid = || E::invalid_length(bytes.len(), &self);
        let (scope, core) =
            bytes.split_at_checked(if S::SCOPED { 16 } else { 0 }).ok_or_else(invalid)?;
        let core = Core::from_bytes(core.try_into().map_err(|_| invalid())?);
        let scope = scope.try_into().ok().map(Core::from_bytes);
        Id::of_cores(scope, core).ok_or_else(invalid)
    }
}

struct Binary16;

impl Visitor<'_> for Binary16 {
    type Value = Core;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("16 bytes")
    }

    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Core, E> {
        bytes.try_into().map(Core::from_bytes).map_err(|_| E::invalid_length(bytes.len(), &self))
    }
}

/// Exactly 16 or 32 bytes in binary formats, without their number in front: for `#[serde(with)]` on a field.
///
/// For formats that leave the layout to the program, such as postcard and bincode. A format that describes itself would
/// write an array of small numbers, which is longer than its byte string. Human-readable formats get the canonical string.
///
/// # Examples
///
/// ```
/// use unified_id::{Core, ThreadId};
///
/// #[derive(serde::Serialize, serde::Deserialize)]
/// struct Packet {
///     #[serde(with = "unified_id::serde::compact")]
///     thread: ThreadId,
/// }
///
/// let packet = Packet { thread: ThreadId::from_core(Core::MIN) };
/// assert_eq!(
///     serde_json::to_string(&packet)?,
///     r#"{"thread":"thread_00000000000000000000000000"}"#
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
pub mod compact {
    use super::{
        Array, Deserialize, Deserializer, Id, Kind, PhantomData, Scope, Serialize,
        SerializeTuple as _, Serializer, binary,
    };

    /// Writes the canonical string or exactly the bytes of an id.
    ///
    /// # Errors
    ///
    /// Those of the serializer.
    pub fn serialize<K: Kind<Scope = S>, S: Scope, T: Serializer>(
        id: &Id<K, S>,
        serializer: T,
    ) -> Result<T::Ok, T::Error> {
        if serializer.is_human_readable() {
            return id.serialize(serializer);
        }
        let (bytes, first) = binary(*id);
        let mut tuple = serializer.serialize_tuple(bytes.len() - first)?;
        for byte in &bytes[first..] {
            tuple.serialize_element(byte)?;
        }
        tuple.end()
    }

    /// Reads what [`serialize`] wrote.
    ///
    /// # Errors
    ///
    /// Those of the deserializer, and what is wrong with the id.
    pub fn deserialize<'de, K: Kind<Scope = S>, S: Scope, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Id<K, S>, D::Error> {
        if deserializer.is_human_readable() {
            return Id::deserialize(deserializer);
        }
        deserializer.deserialize_tuple(if S::SCOPED { 32 } else { 16 }, Array(PhantomData))
    }
}

/// Reads an id from as many bytes as it has.
struct Array<K, S>(PhantomData<(K, S)>);

impl<'de, K: Kind<Scope = S>, S: Scope> Visitor<'de> for Array<K, S> {
    type Value = Id<K, S>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Binary::<K, S>(PhantomData).expecting(f)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Id<K, S>, A::Error> {
        let mut bytes = [0; 32];
        let bytes = &mut bytes[..if S::SCOPED { 32 } else { 16 }];
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = sequence.next_element()?.ok_or_else(|| de::Error::invalid_length(at, &self))?;
        }
        Binary(PhantomData).visit_bytes(bytes)
    }
}
