//! A mistyped id as a constant: the compiler says where, and what to do.

use unified_id::ThreadId;

const LOBBY: ThreadId = unified_id::id!(ThreadId, "thread_01m7wqi1fbff4sq3bgc5bhn9e0");

fn main() {
    let _ = LOBBY;
}
