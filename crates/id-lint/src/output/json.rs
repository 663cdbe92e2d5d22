//! The report as one JSON object, or its findings as one object on each line: for programs. The
//! fields are those of `id_scan::Report`.

use std::io::Write;

use id_scan::Report;

/// Writes the report.
pub(crate) fn write(out: &mut impl Write, report: &Report) -> anyhow::Result<()> {
    serde_json::to_writer_pretty(&mut *out, report)?;
    writeln!(out)?;
    Ok(())
}

/// Writes each finding as a line.
pub(crate) fn lines(out: &mut impl Write, report: &Report) -> anyhow::Result<()> {
    for finding in &report.findings {
        serde_json::to_writer(&mut *out, finding)?;
        writeln!(out)?;
    }
    Ok(())
}
