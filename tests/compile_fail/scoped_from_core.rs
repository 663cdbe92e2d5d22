//! A core alone makes no run: its thread would be lost.

use unified_id::{Core, RunId};

fn main() {
    let _ = RunId::from_core(Core::MIN);
}
