//! Measures this project beside its peers and prints one table.

mod harness;
mod ids;
mod router;

use std::io::{self, Write};
use std::time::Duration;

fn main() -> anyhow::Result<()> {
    let filter = std::env::args().nth(1).unwrap_or_default();
    let mut out = io::stdout().lock();
    writeln!(out, "| case | contender | median ns | best ns | against ours | required |")?;
    writeln!(out, "|---|---|---:|---:|---:|---|")?;
    for mut case in ids::cases() {
        if case.name.contains(&filter) {
            case.measure(31, Duration::from_millis(4));
            write!(out, "{}", case.table())?;
        }
    }
    router::run(&filter, &mut out)
}
