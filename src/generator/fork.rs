//! Detects that this process is a forked child: the only system call of the library that Rust cannot make safely.
//!
//! Invariant: after `fork` returned in the child, [`count`] is greater than it was in the parent at the call. A child made
//! by a raw `clone` system call, past the C library, is not seen.
#![expect(unsafe_code, reason = "pthread_atfork is a C function")]

use core::sync::atomic::{AtomicU64, Ordering};
use std::sync::Once;

/// 0 until the handler is in place.
static FORKS: AtomicU64 = AtomicU64::new(0);
static INSTALL: Once = Once::new();

/// Returns a number that differs from the parent's in a forked child; never 0.
#[inline]
pub(super) fn count() -> u64 {
    match FORKS.load(Ordering::Relaxed) {
        0 => install(),
        count => count,
    }
}

#[cold]
fn install() -> u64 {
    INSTALL.call_once(|| {
        // SAFETY: the handler is an `extern "C"` function that lives as long as the program and does nothing but add to
        // an atomic, which is allowed between `fork` and `exec` in a process with threads.
        let status = unsafe { libc::pthread_atfork(None, None, Some(in_child)) };
        // It fails only without memory. Starting at 1 all the same keeps the generator going; forks are not seen then.
        debug_assert_eq!(status, 0, "pthread_atfork failed");
        FORKS.store(1, Ordering::Relaxed);
    });
    FORKS.load(Ordering::Relaxed)
}

extern "C" fn in_child() {
    FORKS.fetch_add(1, Ordering::Relaxed);
}
