//! An id of one kind is given where another is asked for.

use unified_id::{ThreadId, UserId};

fn open(_: ThreadId) {}

fn main() {
    open(UserId::new());
}
