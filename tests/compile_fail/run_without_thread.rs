//! A run has to know its thread.

use unified_id::{RunId, UnifiedId};

fn main() {
    let _ = UnifiedId::run();
    let _ = RunId::new();
}
