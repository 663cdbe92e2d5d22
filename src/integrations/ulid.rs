//! Conversions to and from the crate `ulid`: a `Ulid` is the same 128 bits as a core.
//!
//! Lossless both ways, whatever the bits are. Only for cores and ids without a scope.
//!
//! ```
//! use unified_id::{Core, ThreadId};
//! use ulid::Ulid;
//!
//! let thread = ThreadId::parse("thread_01m7wqt1fbff4sq3bgc5bhn9e0")?;
//! let there = Ulid::from(thread);
//! assert_eq!(there.to_string(), "01M7WQT1FBFF4SQ3BGC5BHN9E0");
//! assert_eq!(ThreadId::from(there), thread);
//! assert_eq!(Core::from(there), thread.core());
//! # Ok::<(), unified_id::ParseError>(())
//! ```
//!
//! An id that carries a scope does not compile, in neither direction:
//!
//! ```compile_fail
//! fn lose_the_thread(run: unified_id::RunId) -> ulid::Ulid {
//!     run.into()
//! }
//! ```
//!
//! ```compile_fail
//! fn invent_the_thread(value: ulid::Ulid) -> unified_id::RunId {
//!     value.into()
//! }
//! ```

use ::ulid::Ulid;

use crate::{Core, Id, Kind, Unscoped};

impl From<Core> for Ulid {
    #[inline]
    fn from(core: Core) -> Self {
        Self(core.to_u128())
    }
}

impl From<Ulid> for Core {
    #[inline]
    fn from(ulid: Ulid) -> Self {
        Self::from_u128(ulid.0)
    }
}

impl<K: Kind<Scope = Unscoped>> From<Id<K, Unscoped>> for Ulid {
    #[inline]
    fn from(id: Id<K, Unscoped>) -> Self {
        id.core().into()
    }
}

impl<K: Kind<Scope = Unscoped>> From<Ulid> for Id<K, Unscoped> {
    #[inline]
    fn from(ulid: Ulid) -> Self {
        Self::from_core(ulid.into())
    }
}
