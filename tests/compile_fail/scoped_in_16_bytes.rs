//! A run would lose its thread in 16 bytes.

use unified_id::{AsBytes, AsUuid, RunId};

fn main() {
    let _: fn(RunId) -> AsBytes<RunId> = AsBytes;
    let _: fn(RunId) -> AsUuid<RunId> = AsUuid;
}
