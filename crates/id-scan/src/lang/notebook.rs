//! Notebooks: the code cells of a Jupyter file, read as one Python text in their order.
//!
//! The cells are taken out of the JSON with a map of where each byte stood, so that findings have
//! their place in the file; what a use is, is `python/`'s to say. Cells of another language, and
//! lines for the shell or the notebook itself, are left out.
//!
//! Specification: <https://nbformat.readthedocs.io/en/latest/format_description.html>.

use std::ops::Range;

use super::{Analysis, Use, python};
use crate::plan::Plan;

pub(crate) const EXTENSIONS: [&str; 1] = ["ipynb"];

/// Whether its truth cases are too few, or no real package was checked finding by finding.
pub(crate) const EXPERIMENTAL: bool = false;

/// Magic words of a whole cell behind which Python follows.
const STILL_PYTHON: [&[u8]; 4] = [b"%%time", b"%%timeit", b"%%capture", b"%%prun"];

/// An object or an array of the file.
#[derive(Debug, Default)]
struct Level {
    key: Range<usize>,
    code: bool,
    source: Vec<Range<usize>>,
}

/// The cells as one text.
#[derive(Debug, Default)]
pub(crate) struct Code {
    text: Vec<u8>,
    /// Where runs of bytes begin in the text, and in the file.
    runs: Vec<(usize, usize)>,
    /// Where each cell begins in the text, and its number among all cells.
    cells: Vec<(usize, usize)>,
}

/// Finds the uses in the code cells of a file.
pub(crate) fn analyse(
    file: &[u8],
    plan: &Plan<'_>,
    scratch: &mut python::lexer::Lexed,
    kept: &mut Code,
) -> Analysis {
    let code = read(file);
    let found = python::analyse(&code.text, 0, plan, scratch);
    let notes = found.uses.iter().map(|use_| (code.place(use_.start), code.note(use_.start)));
    let notes = notes.collect();
    let moved = |use_: Use| Use {
        start: code.place(use_.start),
        end: code.end(file, use_.end),
        whole: code.place(use_.whole.start)..code.end(file, use_.whole.end),
        ..use_
    };
    let remark = found.remark.map(|(at, what)| (code.place(at), what));
    let uses = found.uses.into_iter().map(moved).collect();
    *kept = code;
    Analysis { uses, remark, notes }
}

/// Writes down the parts of a range of the file that are code or strings of a cell.
pub(crate) fn code_in(
    code: &Code,
    scratch: &python::lexer::Lexed,
    range: &Range<usize>,
    parts: &mut Vec<Range<usize>>,
) {
    let mut found = Vec::new();
    python::code_in(scratch, &(code.text_at(range.start)..code.text_at(range.end)), &mut found);
    let placed = found.iter().map(|part| code.place(part.start)..code.place(part.end));
    parts.extend(placed.filter(|part| part.start < range.end && range.start < part.end));
}

impl Code {
    /// Where a byte of the text stands in the file.
    fn place(&self, at: usize) -> usize {
        let run = self.runs.partition_point(|(start, _)| *start <= at);
        let run = run.checked_sub(1).and_then(|run| self.runs.get(run));
        run.map_or(0, |(start, place)| place + (at - start))
    }

    /// Where the text stands at a byte of the file, or goes on behind it.
    fn text_at(&self, place: usize) -> usize {
        let run = self.runs.partition_point(|(_, start)| *start <= place);
        let next = self.runs.get(run).map_or(self.text.len(), |(start, _)| *start);
        let before = run.checked_sub(1).and_then(|run| self.runs.get(run));
        before.map_or(0, |(start, from)| (start + (place - from)).min(next))
    }

    /// Where the byte before `at` ends in the file.
    fn end(&self, file: &[u8], at: usize) -> usize {
        let last = self.place(at.saturating_sub(1));
        last + if file.get(last) == Some(&b'\\') { 2 } else { 1 }
    }

    /// The cell and its line at a byte of the text, from 1.
    fn note(&self, at: usize) -> String {
        let cell = self.cells.partition_point(|(start, _)| *start <= at);
        let (start, number) =
            cell.checked_sub(1).and_then(|cell| self.cells.get(cell)).copied().unwrap_or((0, 1));
        let before = self.text.get(start..at).unwrap_or_default();
        format!("cell {number}, line {}", memchr::memchr_iter(b'\n', before).count() + 1)
    }

    /// Adds a piece of a cell as the file writes it.
    fn add(&mut self, file: &[u8], piece: Range<usize>) {
        let mut at = piece.start;
        self.runs.push((self.text.len(), at));
        while at < piece.end {
            let byte = file.get(at).copied().unwrap_or(b' ');
            if byte != b'\\' {
                self.text.push(byte);
                at += 1;
                continue;
            }
            self.runs.push((self.text.len(), at));
            let escaped = file.get(at + 1).copied().unwrap_or(b' ');
            at += 2;
            match escaped {
                b'n' => self.text.push(b'\n'),
                b't' => self.text.push(b'\t'),
                b'r' => self.text.push(b'\r'),
                b'b' | b'f' => self.text.push(b' '),
                b'u' => {
                    let digits = file.get(at..at + 4).and_then(|text| str::from_utf8(text).ok());
                    let code = digits.and_then(|text| u32::from_str_radix(text, 16).ok());
                    // Half of a pair is a letter outside of the code all the same.
                    let letter = code.and_then(char::from_u32).unwrap_or('\u{fffd}');
                    self.text.extend(letter.to_string().bytes());
                    at = (at + 4).min(piece.end);
                }
                other => self.text.push(other),
            }
            self.runs.push((self.text.len(), at));
        }
    }

    /// Hides the lines of the cell from `start` on that are no Python.
    fn hide(&mut self, start: usize) {
        let cell = self.text.get(start..).unwrap_or_default();
        let first = cell.trim_ascii_start();
        let other =
            first.starts_with(b"%%") && !STILL_PYTHON.iter().any(|magic| first.starts_with(magic));
        let mut fresh = true;
        for at in start..self.text.len() {
            let next = self.text.get(at + 1).copied().unwrap_or(b'\n');
            let Some(byte) = self.text.get_mut(at) else { break };
            match byte {
                b'\n' => fresh = true,
                _ if other => *byte = b' ',
                b' ' | b'\t' => {}
                // What goes on from the line before has a blank behind its sign.
                b'%' if fresh && (next.is_ascii_alphabetic() || next == b'%') => {
                    (*byte, fresh) = (b'#', false);
                }
                b'!' if fresh && next != b'=' => (*byte, fresh) = (b'#', false),
                _ => fresh = false,
            }
        }
    }
}

/// Takes the code cells out of a file.
fn read(file: &[u8]) -> Code {
    let (mut code, mut stack, mut cells, mut at) = (Code::default(), Vec::new(), 0, 0);
    let mut python = true;
    while let Some(byte) = file.get(at) {
        match byte {
            b'"' => {
                let text = string(file, at + 1);
                at = text.end + 1;
                let rest = file.get(at..).unwrap_or_default().trim_ascii_start();
                let spelled = file.get(text.clone()).unwrap_or_default();
                let depth = stack.len();
                let Some(top) = stack.last_mut() else { continue };
                let top: &mut Level = top;
                if rest.starts_with(b":") {
                    top.key = text;
                    continue;
                }
                match file.get(top.key.clone()).unwrap_or_default() {
                    b"cell_type" => top.code = spelled == b"code",
                    b"source" => top.source.push(text),
                    b"language" => python &= spelled.eq_ignore_ascii_case(b"python"),
                    b"" => {
                        let parent = depth.checked_sub(2).and_then(|at| stack.get_mut(at));
                        if let Some(parent) = parent
                            && file.get(parent.key.clone()) == Some(b"source")
                        {
                            parent.source.push(text);
                        }
                    }
                    _ => {}
                }
                continue;
            }
            b'{' | b'[' => stack.push(Level::default()),
            b'}' | b']' => {
                let Some(level) = stack.pop() else { break };
                // The cells lie in an array in the file's own object.
                cells += usize::from(*byte == b'}' && stack.len() == 2);
                if level.code && *byte == b'}' && stack.len() == 2 {
                    let start = code.text.len();
                    code.cells.push((start, cells));
                    for piece in level.source {
                        code.add(file, piece);
                    }
                    code.hide(start);
                    code.runs.push((code.text.len(), at));
                    code.text.push(b'\n');
                }
            }
            _ => {}
        }
        at += 1;
    }
    if python { code } else { Code::default() }
}

/// The text of a string that begins at `start`, without its quotes.
fn string(file: &[u8], start: usize) -> Range<usize> {
    let mut at = start;
    while let Some(byte) = file.get(at) {
        match byte {
            b'"' => break,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    start..at.min(file.len())
}
