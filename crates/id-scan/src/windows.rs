//! Reads files that are too large to be held, in windows: memory stays flat whatever their size.
//!
//! First the prefilter goes over the file, by windows that overlap; most files stop there. Then the
//! file is read again and cut where its language says, between statements if possible. In front of
//! each part stands what the part has to know of those before: imports, and the heads of the blocks
//! that it begins in. Given up for such files: names that are bound in another way in an earlier
//! part, imports that come after their use, fixes. Called by `engine.rs`, whose `examine` reads a
//! part.

use std::io;

use crate::diagnostic::{Problem, ProblemKind};
use crate::engine::{self, Part, Partial};
use crate::lang::{Language, Scratch};
use crate::plan::Plan;
use crate::source::{self, Opened, Position};

/// How much of a file is looked at once, in bytes. Its tokens take several times that.
const WINDOW: u64 = 4 << 20;
/// How much of a window the next one sees again: more than any check of a needle looks around.
const OVERLAP: usize = 4 << 10;

/// Scans a large file; `false` if its language has to see it as a whole.
pub(crate) fn scan(
    plan: &Plan<'_>,
    language: Language,
    path: &str,
    file: &mut Opened,
    buffer: &mut Vec<u8>,
    scratch: &mut Scratch,
    partial: &mut Partial,
) -> io::Result<bool> {
    if !may_have_uses(plan, language, file, buffer)? {
        return Ok(true);
    }
    if !language.has_parts() {
        return Ok(false);
    }
    let message = "it is larger than 32 MB and was read in parts: names are followed from imports, and nothing is fixed";
    partial.problems.push(Problem::new(path.to_owned(), ProblemKind::InParts, message));
    file.rewind()?;
    buffer.clear();
    let start = Position { line: 1, column: 1 };
    let mut part = Part { context: 0, offset: 0, position: start, is_cut: true };
    loop {
        let wanted = WINDOW.saturating_sub((buffer.len() - part.context) as u64).max(WINDOW / 2);
        part.is_cut = file.read_more(wanted, buffer)? == wanted;
        if part.offset == 0 && source::is_wide(buffer) {
            part.is_cut = false;
        }
        let end = engine::examine(plan, language, path, buffer, &part, scratch, partial);
        if !part.is_cut {
            return Ok(true);
        }
        let own = buffer.get(part.context..end).unwrap_or_default();
        // Columns of other encodings are those of their bytes here.
        let position = source::positions(own, &[own.len()], false).first().copied();
        part.position = part.position(position.unwrap_or(start));
        part.offset += own.len();
        let context = language.context(buffer, end, plan, scratch);
        part.context = context.len();
        buffer.splice(..end, context);
    }
}

/// Whether the file has a needle, or is in an encoding that has to be told.
fn may_have_uses(
    plan: &Plan<'_>,
    language: Language,
    file: &mut Opened,
    buffer: &mut Vec<u8>,
) -> io::Result<bool> {
    let prefilter = &plan.language(language).prefilter;
    buffer.clear();
    loop {
        let count = file.read_more(WINDOW, buffer)?;
        if source::is_wide(buffer) || prefilter.passes(buffer) {
            return Ok(true);
        }
        if count < WINDOW {
            return Ok(false);
        }
        buffer.drain(..buffer.len().saturating_sub(OVERLAP));
    }
}
