//! A run without its thread as a constant.

use unified_id::RunId;

fn main() {
    let _ = unified_id::id!(RunId, "run_01m7wqt1fbff4sq3bgc5bhn9e0");
}
