//! `id-lint scan`: runs the engine and writes its report.

use std::io::{self, BufWriter, Write as _};

use anstream::AutoStream;

use crate::args::{Format, Scan};
use crate::exit::Outcome;
use crate::{output, settings};

/// Scans, writes findings to standard output and problems to standard error.
pub(crate) fn run(args: &Scan) -> anyhow::Result<Outcome> {
    let config = settings::config(args)?;
    let report = id_scan::scan(&config)?;
    let outcome = Outcome::of(&report);
    let choice = settings::color(args.color);
    // Problems first: whoever reads only the end of the output reads the summary. If nobody listens
    // on standard error, the report on standard output still holds them or their number.
    let mut problems = BufWriter::new(AutoStream::new(io::stderr().lock(), choice));
    let _ = output::text::problems(&mut problems, &report).and_then(|()| problems.flush());
    drop(problems);
    match args.format {
        Format::Text => {
            let mut stream = BufWriter::new(AutoStream::new(io::stdout().lock(), choice));
            output::text::write(&mut stream, &report)?;
            stream.flush()?;
        }
        Format::Json => {
            let mut stream = BufWriter::new(io::stdout().lock());
            output::json::write(&mut stream, &report)?;
            stream.flush()?;
        }
    }
    Ok(outcome)
}
