//! `Serialize` and `Deserialize`: the canonical string where the format is human-readable, 16 or 32 bytes otherwise.
//!
//! Ids on legacy keys and ids of a kind known at run time are strings in every format.

use alloc::string::ToString;
use core::fmt;
use core::marker::PhantomData;
use core::str::FromStr;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::kind::{BuiltIn, LegacyScoped};
use crate::scope::Scope;
use crate::{Core, Id, IdKind, KeyedId, Kind, LegacyKey, ThreadKey, ThreadScope, UnifiedId};

impl<K: Kind<Scope = S>, S: Scope> Serialize for Id<K, S> {
    fn serialize<T: Serializer>(&self, serializer: T) -> Result<T::Ok, T::Error> {
        if serializer.is_human_readable() {
            return serializer.serialize_str(self.to_text().as_str());
        }
        match self.scope_core() {
            None => serializer.serialize_bytes(&self.core().to_bytes()),
            Some(scope) => {
                let mut bytes = [0; 32];
                bytes[..16].copy_from_slice(&scope.to_bytes());
                bytes[16..].copy_from_slice(&self.core().to_bytes());
                serializer.serialize_bytes(&bytes)
            }
        }
    }
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
    IdKind, "kind";
}

impl Serialize for ThreadScope {
    fn serialize<T: Serializer>(&self, serializer: T) -> Result<T::Ok, T::Error> {
        match self {
            Self::Id(id) => serializer.serialize_str(id.to_text().as_str()),
            Self::Legacy(key) => serializer.serialize_str(key.as_str()),
        }
    }
}

impl<'de> Deserialize<'de> for ThreadScope {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Text::<Self>(PhantomData, "thread"))
    }
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
