//! Renews the randomness of a forked child.
//!
//! Invariant: after `fork` returned in the child, its only thread has no output in stock and asks the operating system
//! for a new key. A child made by a raw `clone` system call, past the C library, is not seen.
#![expect(unsafe_code, reason = "pthread_atfork is a C function")]

use std::sync::Once;

static INSTALL: Once = Once::new();

/// Installs the handler, once per process; called before randomness is first taken.
pub(super) fn watch() {
    INSTALL.call_once(|| {
        // SAFETY: the handler is an `extern "C"` function that lives as long as the program. In the child it only writes
        // plain cells of the calling thread, which is allowed between `fork` and `exec` in a process with threads.
        let status = unsafe { libc::pthread_atfork(None, None, Some(in_child)) };
        // It fails only without memory, and then at the start of the program.
        debug_assert_eq!(status, 0, "pthread_atfork failed");
    });
}

extern "C" fn in_child() {
    super::entropy::forget();
}
