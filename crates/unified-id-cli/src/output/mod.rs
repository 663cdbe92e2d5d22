//! Printing for eyes; JSON is written by `serde` from the records themselves.

pub(crate) mod profile;
pub(crate) mod text;

use std::io::{self, BufWriter, IsTerminal, Write};

use anstream::{AutoStream, ColorChoice};

/// Where answers are printed.
pub(crate) type Output = Box<dyn Write>;

/// Tells whether colours are seen: a terminal, and nobody said otherwise.
pub(crate) fn is_styled() -> bool {
    AutoStream::choice(&io::stdout()) != ColorChoice::Never
}

/// Returns standard output; colours are dropped where nobody would see them.
///
/// A person sees each answer at once; a pipe gets large pieces.
pub(crate) fn stdout(may_be_styled: bool) -> Output {
    let stdout = io::stdout();
    if may_be_styled && stdout.is_terminal() {
        return Box::new(AutoStream::auto(stdout));
    }
    if may_be_styled {
        return Box::new(BufWriter::new(AutoStream::auto(stdout)));
    }
    Box::new(BufWriter::with_capacity(1 << 16, stdout.lock()))
}
