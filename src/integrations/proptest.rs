//! `Arbitrary` for property tests: any core, id, scope and key. Ids shrink towards cores of zeros and short keys.

use alloc::string::{String, ToString as _};

use ::proptest::arbitrary::{Arbitrary, any};
use ::proptest::collection::vec;
use ::proptest::prop_oneof;
use ::proptest::sample::select;
use ::proptest::strategy::{BoxedStrategy, Strategy as _};

use crate::kind::{LegacyScoped, ScopeRule};
use crate::scope::Scope;
use crate::{
    Core, CoreBytes, Id, IdKind, KeyedId, Kind, LegacyKey, ThreadId, ThreadKey, ThreadScope,
    UnifiedId,
};

/// What a legacy key may contain.
const KEY_BYTES: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-";

/// The bits of a core that say `UUIDv7`, and where they stand.
const V7: (u128, u128) = (0xf000_c000_0000_0000_0000, 0x7000_8000_0000_0000_0000);

/// Implements the trait by a strategy without parameters.
macro_rules! arbitrary {
    ($({$($generics:tt)*} $type:ty => $strategy:expr;)+) => {$(
        impl<$($generics)*> Arbitrary for $type {
            type Parameters = ();
            type Strategy = BoxedStrategy<Self>;

            fn arbitrary_with((): ()) -> Self::Strategy {
                $strategy.boxed()
            }
        }
    )+};
}

arbitrary! {
    // Half of them are of the layout that this crate makes.
    {} Core => (any::<u128>(), any::<bool>()).prop_map(|(value, is_v7)| {
        Self::from_u128(if is_v7 { value & !V7.0 | V7.1 } else { value })
    });
    {} CoreBytes => any::<Core>().prop_map(Self::from);
    {K: Kind<Scope = S>, S: Scope} Id<K, S> => any::<(Core, Core)>().prop_map(|(scope, core)| {
        Self::of_cores(S::SCOPED.then_some(scope), core)
            .expect("invariant: a scoped kind gets a scope, any other none")
    });
    // Two ranges, because no value shrinks through 25 to 27 characters, which would be a mistyped core.
    {} LegacyKey => prop_oneof![vec(select(KEY_BYTES), 1..=24), vec(select(KEY_BYTES), 25..=200)]
        .prop_filter_map("not a legacy key", |bytes| String::from_utf8(bytes).ok()?.parse().ok());
    {K: LegacyScoped} KeyedId<K> => any::<(LegacyKey, Core)>()
        .prop_map(|(key, core)| Self::from_parts(key, core));
    {} ThreadScope => prop_oneof![
        any::<ThreadId>().prop_map(Self::Id),
        any::<LegacyKey>().prop_map(Self::Legacy),
    ];
    {} ThreadKey => prop_oneof![
        any::<Core>().prop_map(Self::from),
        any::<LegacyKey>().prop_map(|key| key.thread_key()),
        vec(any::<char>(), 1..=64).prop_filter_map("only `thread_`", |text| {
            Self::parse(&text.into_iter().collect::<String>()).ok()
        }),
    ];
    {} IdKind => select(Self::ALL);
    {} UnifiedId => any::<(IdKind, ThreadScope, Core, Core)>().prop_map(
        |(kind, thread, user, core)| {
            let scope = match kind.scope_rule() {
                ScopeRule::None => None,
                ScopeRule::Thread => Some(thread.to_string()),
                ScopeRule::User => Some(user.to_string()),
            };
            Self::with_core(kind, scope.as_deref(), core)
                .expect("invariant: the scope is what the kind asks for")
        }
    );
}
