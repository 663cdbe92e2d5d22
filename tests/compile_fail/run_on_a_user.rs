//! A run is on a thread, not on a user.

use unified_id::{RunId, UnifiedId, UserId};

fn main() {
    let _ = RunId::new(UserId::new());
    let _ = UnifiedId::run(UserId::new());
}
