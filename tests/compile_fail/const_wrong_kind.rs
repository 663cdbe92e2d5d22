//! A constant of another kind than its text.

use unified_id::UserId;

fn main() {
    let _ = unified_id::id!(UserId, "thread_01m7wqt1fbff4sq3bgc5bhn9e0");
}
