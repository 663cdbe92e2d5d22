//! Only runs, messages and tools can be on an old thread.

use unified_id::{KeyedId, kind::User};

fn main() {
    let _ = size_of::<KeyedId<User>>();
}
