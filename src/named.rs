//! Kinds that only a running program knows, for bindings to other languages.
//!
//! Invariant: an id of a [`NamedKind`] reads, and fails to read, exactly as one of a [`kind!`](crate::kind!) with that prefix:
//! both go through `id.rs`. Next: `id.rs`.

use crate::error::Rejection;
use crate::kind::is_prefix;
use crate::{Core, ParseError, ParseErrorKind};

/// A kind by its prefix, known at run time.
///
/// Programs in Rust declare their kinds with [`kind!`](crate::kind!), which the compiler checks.
///
/// # Examples
///
/// ```
/// use unified_id::{Core, NamedKind};
///
/// let order = NamedKind::new("order", false)?;
/// let (scope, core) = order.parse(b"order_01m7wqt1fbff4sq3bgc5bhn9e0")?;
/// assert_eq!((scope, core.to_string().as_str()), (None, "01m7wqt1fbff4sq3bgc5bhn9e0"));
/// assert_eq!(order.parse(b"user_01m7wqt1fbff4sq3bgc5bhn9e0").unwrap_err().code(), "wrong_kind");
/// # Ok::<(), unified_id::ParseError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NamedKind {
    prefix: &'static str,
    is_scoped: bool,
}

impl NamedKind {
    /// Makes a kind of a prefix; `is_scoped` says whether its ids carry the core of another id.
    ///
    /// # Errors
    ///
    /// [`UnknownKind`](ParseErrorKind::UnknownKind) if it is not 1 to 32 lower-case letters.
    pub fn new(prefix: &'static str, is_scoped: bool) -> Result<Self, ParseError> {
        if is_prefix(prefix) {
            Ok(Self { prefix, is_scoped })
        } else {
            Err(Rejection::new(ParseErrorKind::UnknownKind, 0).explain(prefix.as_bytes()))
        }
    }

    /// Returns the prefix.
    #[must_use]
    pub const fn prefix(&self) -> &'static str {
        self.prefix
    }

    /// Tells whether ids of this kind carry the core of another id.
    #[must_use]
    pub const fn is_scoped(&self) -> bool {
        self.is_scoped
    }

    /// Reads the text of an id of this kind: the core of its scope, if it has one, and its own.
    ///
    /// # Errors
    ///
    /// As [`Id::parse`](crate::Id::parse).
    #[inline]
    pub fn parse(&self, text: &[u8]) -> Result<(Option<Core>, Core), ParseError> {
        self.read(text).map_err(|rejection| crate::parse::explain(rejection, text))
    }

    /// Tells whether [`parse`](Self::parse) reads a text, without saying why not.
    #[must_use]
    #[inline]
    pub fn accepts(&self, text: &[u8]) -> bool {
        self.read(text).is_ok()
    }

    #[inline]
    fn read(&self, text: &[u8]) -> Result<(Option<Core>, Core), Rejection> {
        crate::id::read_as(self.prefix, self.is_scoped, text, |scope, core| Ok((scope, core)))
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;
    use crate::{RunId, UserId};

    #[test]
    fn a_named_kind_answers_as_a_typed_one() {
        let texts = [
            "user_01m7wqt1fbff4sq3bgc5bhn9e0",
            "user_01m7wqi1fbff4sq3bgc5bhn9e0",
            "user_01m7wqt1fbff4sq3bgc5bhn9e",
            "user_",
            "",
            "run_01m7wqt1fbff4sq3bgc5bhn9e0_01M7WQT1FBFF4SQ3BGC5BHN9E0",
            "run_01m7wqt1fbff4sq3bgc5bhn9e0",
            "run_user123_01m7wqt1fbff4sq3bgc5bhn9e0",
            "run_user123_a1b2c3d4",
        ];
        for text in texts {
            let kind = NamedKind::new("user", false).unwrap();
            let unscoped = kind.parse(text.as_bytes());
            assert_eq!(kind.accepts(text.as_bytes()), unscoped.is_ok());
            let typed = UserId::parse(text);
            assert_eq!(
                unscoped.map_err(|error| error.to_string()),
                typed.map(|id| (None, id.core())).map_err(|error| error.to_string()),
            );
            let scoped = NamedKind::new("run", true).unwrap().parse(text.as_bytes());
            let typed = RunId::parse(text);
            assert_eq!(
                scoped.map_err(|error| error.to_string()),
                typed.map(|id| (id.scope_core(), id.core())).map_err(|error| error.to_string()),
            );
        }
    }

    #[test]
    fn a_bad_prefix_is_no_kind() {
        for bad in ["", "Order", "or_der", "order1"] {
            assert_eq!(NamedKind::new(bad, false).unwrap_err().code(), "unknown_kind");
        }
    }
}
