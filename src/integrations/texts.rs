//! The types that a column stores as text: all of them, listed once.

use core::fmt::Display;
use core::str::FromStr;

/// Calls a macro with the generics and the name of every type that has a text.
macro_rules! for_texts {
    ($macro:ident) => {
        $macro! {
            {K: Kind<Scope = S>, S: Scope} Id<K, S>;
            {K: LegacyScoped + BuiltIn} KeyedId<K>;
            {} UnifiedId;
            {} Core;
            {} ThreadKey;
            {} ThreadScope;
            {} LegacyKey;
            {} IdKind;
        }
    };
}

pub(super) use for_texts;

/// What the macros above need of a type; written out so that a type without it is refused here and not in every module.
const fn is_text<T: Display + FromStr<Err = crate::ParseError>>() {}

const _: () = {
    is_text::<crate::RunId>();
    is_text::<crate::KeyedRunId>();
    is_text::<crate::ThreadScope>();
};
