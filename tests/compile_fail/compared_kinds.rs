//! Ids of two kinds are never equal, so asking is a mistake.

use unified_id::{ThreadId, UserId};

fn main() {
    let _ = ThreadId::new() == UserId::new();
}
