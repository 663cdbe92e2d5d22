//! The report as one JSON object: for programs. Its fields are those of `id_scan::Report`.

use std::io::Write;

use id_scan::Report;

/// Writes the report.
pub(crate) fn write(out: &mut impl Write, report: &Report) -> anyhow::Result<()> {
    serde_json::to_writer_pretty(&mut *out, report)?;
    writeln!(out)?;
    Ok(())
}
