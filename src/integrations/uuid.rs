//! Conversions to and from the crate `uuid`: a `Uuid` is the same 128 bits as a core.
//!
//! Lossless both ways, whatever the bits are. Only for cores and ids without a scope.
//!
//! ```
//! use unified_id::{Core, ThreadId};
//! use uuid::Uuid;
//!
//! let thread = ThreadId::parse("thread_01m7wqt1fbff4sq3bgc5bhn9e0")?;
//! let there = Uuid::from(thread);
//! assert_eq!(there.to_string(), "01a1f97d-05eb-7bc9-9b8d-7061571aa5c0");
//! assert_eq!(ThreadId::from(there), thread);
//! assert_eq!(Core::from(there), thread.core());
//! # Ok::<(), unified_id::ParseError>(())
//! ```
//!
//! An id that carries a scope does not compile, in neither direction:
//!
//! ```compile_fail
//! fn lose_the_thread(run: unified_id::RunId) -> uuid::Uuid {
//!     run.into()
//! }
//! ```
//!
//! ```compile_fail
//! fn invent_the_thread(value: uuid::Uuid) -> unified_id::RunId {
//!     value.into()
//! }
//! ```

use ::uuid::Uuid;

use crate::{Core, Id, Kind, Unscoped};

impl From<Core> for Uuid {
    #[inline]
    fn from(core: Core) -> Self {
        Self::from_u128(core.to_u128())
    }
}

impl From<Uuid> for Core {
    #[inline]
    fn from(uuid: Uuid) -> Self {
        Self::from_u128(uuid.as_u128())
    }
}

impl<K: Kind<Scope = Unscoped>> From<Id<K, Unscoped>> for Uuid {
    #[inline]
    fn from(id: Id<K, Unscoped>) -> Self {
        id.core().into()
    }
}

impl<K: Kind<Scope = Unscoped>> From<Uuid> for Id<K, Unscoped> {
    #[inline]
    fn from(uuid: Uuid) -> Self {
        Self::from_core(uuid.into())
    }
}
