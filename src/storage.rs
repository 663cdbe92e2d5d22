//! The 16-byte forms of an id: as plain bytes in memory, and as wrappers that say how a column stores it.
//!
//! Invariant: only a value that is nothing but its core gets in here. A scoped id would lose its scope, so it does not
//! compile. Next: `integrations/`, which teach the wrappers to each database library.

use core::fmt;
use core::hash::Hash;

use crate::{Core, Id, Kind, Unscoped};

mod sealed {
    pub trait Sealed {}
}

/// A value that is nothing but its core, so that 16 bytes hold all of it: [`Core`] and the ids of kinds without a scope.
///
/// # Examples
///
/// ```
/// use unified_id::{AsBytes, ThreadId};
///
/// let thread = ThreadId::from_core("01m7wqt1fbff4sq3bgc5bhn9e0".parse()?);
/// assert_eq!(AsBytes(thread).0, thread);
/// # Ok::<(), unified_id::ParseError>(())
/// ```
///
/// A run carries its thread, which 16 bytes cannot hold:
///
/// ```compile_fail
/// use unified_id::{AsBytes, RunId};
///
/// fn store(run: RunId) -> AsBytes<RunId> {
///     AsBytes(run)
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not fit into 16 bytes",
    label = "this id carries a scope, which 16 bytes would lose",
    note = "store it as text, or its scope and its core in two columns"
)]
pub trait CoreSized:
    sealed::Sealed + Copy + Ord + Hash + fmt::Debug + Send + Sync + 'static
{
    /// Returns the core, which is all there is.
    #[must_use]
    fn to_core(self) -> Core;

    /// Makes the value of its core.
    #[must_use]
    fn of_core(core: Core) -> Self;
}

impl sealed::Sealed for Core {}
impl CoreSized for Core {
    #[inline]
    fn to_core(self) -> Core {
        self
    }

    #[inline]
    fn of_core(core: Core) -> Self {
        core
    }
}

impl<K: Kind<Scope = Unscoped>> sealed::Sealed for Id<K, Unscoped> {}
impl<K: Kind<Scope = Unscoped>> CoreSized for Id<K, Unscoped> {
    #[inline]
    fn to_core(self) -> Core {
        self.core()
    }

    #[inline]
    fn of_core(core: Core) -> Self {
        Self::from_core(core)
    }
}

/// Stores an id as 16 bytes: `BLOB` in SQLite, `bytea` in PostgreSQL, `BINARY(16)` in MySQL.
///
/// The bytes are those of [`Core::to_bytes`], so they sort as the ids do. The kind is not stored: the column's type in the
/// program says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AsBytes<T: CoreSized>(pub T);

/// Stores an id in a column of the type `uuid`.
///
/// The value is the one of [`Core::uuid_text`]. The kind is not stored: the column's type in the program says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AsUuid<T: CoreSized>(pub T);

impl<T: CoreSized> From<T> for AsBytes<T> {
    fn from(id: T) -> Self {
        Self(id)
    }
}

impl<T: CoreSized> From<T> for AsUuid<T> {
    fn from(id: T) -> Self {
        Self(id)
    }
}

/// The 16 bytes of a core, most significant first, in memory.
///
/// [`Core`] itself is two numbers in the order of the machine. This type is for memory that others read: files that are
/// mapped, packets, buffers of a device. With the feature `bytemuck` it is `Pod`, with `zerocopy` it has that crate's
/// traits, so a slice of bytes becomes a slice of ids without a copy. Any 16 bytes are a value; it sorts as its core does.
///
/// # Examples
///
/// ```
/// use unified_id::{Core, CoreBytes};
///
/// let core: Core = "01m7wqt1fbff4sq3bgc5bhn9e0".parse()?;
/// let bytes = CoreBytes::from(core);
/// assert_eq!(bytes.0[..6], [0x01, 0xa1, 0xf9, 0x7d, 0x05, 0xeb]);
/// assert_eq!(Core::from(bytes), core);
/// # Ok::<(), unified_id::ParseError>(())
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "bytemuck", derive(::bytemuck::Pod, ::bytemuck::Zeroable))]
#[cfg_attr(
    feature = "zerocopy",
    derive(
        ::zerocopy::FromBytes,
        ::zerocopy::IntoBytes,
        ::zerocopy::KnownLayout,
        ::zerocopy::Immutable,
        ::zerocopy::Unaligned
    )
)]
#[repr(transparent)]
pub struct CoreBytes(pub [u8; 16]);

impl fmt::Debug for CoreBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CoreBytes").field(&Core::from(*self).to_text().as_str()).finish()
    }
}

impl From<Core> for CoreBytes {
    #[inline]
    fn from(core: Core) -> Self {
        Self(core.to_bytes())
    }
}

impl From<CoreBytes> for Core {
    #[inline]
    fn from(bytes: CoreBytes) -> Self {
        Self::from_bytes(bytes.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_sort_as_cores_do() {
        let cores = [0, 1, 255, 256, 1 << 64, (1 << 64) + 1, u128::MAX].map(Core::from_u128);
        assert!(cores.map(CoreBytes::from).is_sorted());
        assert_eq!(cores.map(|core| Core::from(CoreBytes::from(core))), cores);
    }
}
