//! Printing for eyes; JSON is written by `serde` from the record itself.

pub(crate) mod text;

use std::io::{self, BufWriter, IsTerminal, Write};

/// Where answers are printed.
pub(crate) type Output = Box<dyn Write>;

/// Returns standard output; colours are dropped where nobody would see them.
///
/// A person sees each answer at once; a pipe gets large pieces.
pub(crate) fn stdout(is_styled: bool) -> Output {
    let stdout = io::stdout();
    if is_styled && stdout.is_terminal() {
        return Box::new(anstream::AutoStream::auto(stdout));
    }
    if is_styled {
        return Box::new(BufWriter::new(anstream::AutoStream::auto(stdout)));
    }
    Box::new(BufWriter::new(stdout.lock()))
}
