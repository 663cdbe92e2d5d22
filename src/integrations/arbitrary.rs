//! `Arbitrary` for fuzzers: any core, id, scope and key.

use alloc::string::{String, ToString as _};

use ::arbitrary::{Arbitrary, Error, Result, Unstructured};

use crate::kind::{LegacyScoped, ScopeRule};
use crate::scope::Scope;
use crate::{
    Core, CoreBytes, Id, IdKind, KeyedId, Kind, LegacyKey, ThreadId, ThreadKey, ThreadScope,
    UnifiedId,
};

/// What a legacy key may contain.
const KEY_BYTES: &[u8; 64] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-";

impl<'a> Arbitrary<'a> for Core {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        u128::arbitrary(u).map(Self::from_u128)
    }

    fn size_hint(_: usize) -> (usize, Option<usize>) {
        (16, Some(16))
    }
}

impl<'a> Arbitrary<'a> for CoreBytes {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Core::arbitrary(u).map(Self::from)
    }

    fn size_hint(_: usize) -> (usize, Option<usize>) {
        (16, Some(16))
    }
}

impl<'a, K: Kind<Scope = S>, S: Scope> Arbitrary<'a> for Id<K, S> {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let scope = if S::SCOPED { Some(Core::arbitrary(u)?) } else { None };
        Self::of_cores(scope, Core::arbitrary(u)?).ok_or(Error::IncorrectFormat)
    }

    fn size_hint(_: usize) -> (usize, Option<usize>) {
        let size = if S::SCOPED { 32 } else { 16 };
        (size, Some(size))
    }
}

impl<'a> Arbitrary<'a> for LegacyKey {
    /// Few inputs are refused: those that end in `_` and the like.
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let length = u.int_in_range(1..=200)?;
        let mut text = String::with_capacity(length);
        for _ in 0..length {
            text.push(char::from(*u.choose(KEY_BYTES)?));
        }
        text.parse().map_err(|_| Error::IncorrectFormat)
    }

    fn size_hint(_: usize) -> (usize, Option<usize>) {
        (1, Some(201))
    }
}

impl<'a, K: LegacyScoped> Arbitrary<'a> for KeyedId<K> {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let core = Core::arbitrary(u)?;
        Ok(Self::from_parts(LegacyKey::arbitrary(u)?, core))
    }

    fn size_hint(_: usize) -> (usize, Option<usize>) {
        (17, Some(217))
    }
}

impl<'a> Arbitrary<'a> for ThreadScope {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        if u.arbitrary()? {
            Ok(Self::Id(ThreadId::arbitrary(u)?))
        } else {
            Ok(Self::Legacy(LegacyKey::arbitrary(u)?))
        }
    }
}

impl<'a> Arbitrary<'a> for ThreadKey {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        if u.arbitrary()? {
            Ok(Core::arbitrary(u)?.into())
        } else {
            Self::parse(u.arbitrary()?).map_err(|_| Error::IncorrectFormat)
        }
    }
}

impl<'a> Arbitrary<'a> for IdKind {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        u.choose(Self::ALL).copied()
    }
}

impl<'a> Arbitrary<'a> for UnifiedId {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let kind = IdKind::arbitrary(u)?;
        let core = Core::arbitrary(u)?;
        let scope = match kind.scope_rule() {
            ScopeRule::None => None,
            ScopeRule::Thread => Some(ThreadScope::arbitrary(u)?.to_string()),
            ScopeRule::User => Some(Core::arbitrary(u)?.to_string()),
        };
        Self::with_core(kind, scope.as_deref(), core).map_err(|_| Error::IncorrectFormat)
    }
}
