//! More than 128 bits as a constant.

use unified_id::Core;

fn main() {
    let _ = unified_id::id!(Core, "8zzzzzzzzzzzzzzzzzzzzzzzzz");
}
