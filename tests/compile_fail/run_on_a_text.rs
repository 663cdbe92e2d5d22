//! A text is read before a run is made on it.

use unified_id::UnifiedId;

fn main() {
    let _ = UnifiedId::run("thread_user123");
}
