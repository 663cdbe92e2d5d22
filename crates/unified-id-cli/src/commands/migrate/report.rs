//! What a run found and did, for eyes.

use std::io::{self, Write};

use id_migrate::engine::{Report, Verification};

pub(super) fn verification(out: &mut impl Write, found: &Verification) -> io::Result<()> {
    writeln!(
        out,
        "verified: {} rows, {} references ({} orphans, as before), {} ids made again, {} out of order, {} rows pending, {} failures",
        found.rows,
        found.edges,
        found.orphans,
        found.ids,
        found.inversions,
        found.pending,
        found.failed
    )?;
    for failure in &found.failures {
        writeln!(
            out,
            "  {} of {} row {}: {}",
            failure.check, failure.table, failure.row, failure.what
        )?;
    }
    Ok(())
}

/// The final report: where ids came from, how long others waited, how fast the keys are.
pub(super) fn whole(out: &mut impl Write, report: &Report) -> io::Result<()> {
    for made in &report.made {
        let note = match made.origin.as_str() {
            "after-switch" => " (made by the application behind the switch)",
            _ => "",
        };
        writeln!(out, "ids of {}.{}: {} {}{note}", made.table, made.column, made.ids, made.origin)?;
    }
    for (phase, ms) in &report.longest_stall_ms {
        writeln!(out, "longest hold of the write lock in {phase}: {ms:.0} ms")?;
    }
    for rates in &report.rates {
        write!(
            out,
            "{} {}.{}: {:.0} look-ups/s, {:.0} joins/s, {:.0} inserts/s",
            rates.when,
            rates.table,
            rates.column,
            rates.live.lookups_per_s,
            rates.live.joins_per_s,
            rates.live.inserts_per_s
        )?;
        let Some(ratios) = rates.ratios().filter(|_| rates.when == "after") else {
            writeln!(out)?;
            continue;
        };
        let slower: Vec<String> = ["look-ups", "joins", "inserts"]
            .iter()
            .zip(ratios)
            .filter(|(_, ratio)| *ratio < 0.9)
            .map(|(what, ratio)| format!("{what} {:.0} %", (1.0 - ratio) * 100.0))
            .collect();
        if slower.is_empty() {
            writeln!(out, "; within 10 % of the old side")?;
        } else {
            writeln!(out, "; slower than the old side: {}", slower.join(", "))?;
        }
    }
    Ok(())
}
