//! The limit of the process-wide generator: how far ahead of the clock `try_new` may go.
//!
//! Invariant: `new` and `generate` know no limit and never fail; one number here serves all `try_` functions.

use core::sync::atomic::{AtomicU64, Ordering};

use super::PROCESS;
use crate::{Core, GenerateError};

/// In milliseconds; the largest number is no limit.
static LIMIT_MS: AtomicU64 = AtomicU64::new(u64::MAX);

/// Makes a core with the generator of this process unless it would be further ahead of the clock than the limit.
///
/// Without a limit it never fails.
///
/// # Errors
///
/// [`GenerateError`] with the drift if the limit is passed; nothing was made then.
///
/// # Examples
///
/// ```
/// use unified_id::generator;
///
/// generator::set_drift_limit_ms(1000);
/// assert!(generator::try_generate().is_ok());
/// ```
#[inline]
pub fn try_generate() -> Result<Core, GenerateError> {
    PROCESS.advance(drift_limit_ms()).map(|state| PROCESS.assemble(state))
}

/// Sets how far ahead of the clock the ids of [`try_generate`] and of every `try_new` may be, in milliseconds, for the whole
/// process; `u64::MAX`, as at the start, is no limit.
pub fn set_drift_limit_ms(limit_ms: u64) {
    LIMIT_MS.store(limit_ms, Ordering::Relaxed);
}

/// Returns the limit in milliseconds; `u64::MAX` if there is none.
#[must_use]
pub fn drift_limit_ms() -> u64 {
    LIMIT_MS.load(Ordering::Relaxed)
}
