//! What the rows of the table are made of once they are functions: one step each, which goes on with the next.
//!
//! A step knows its constants when it is compiled, so that a literal is one comparison and a run of eight digits a shift.
//! Each does what `matcher.rs` does for the same step of a program. Invariants: as there. Used by `fits.rs`, which the
//! generator writes.

use super::formats::AUTOMATA;
use super::matcher::{Spans, Text, count, note};
use super::table::Run;

/// A row as a function.
pub(crate) type Fit = fn(&Text<'_>, &mut Spans) -> bool;

/// What follows a part of open length: the fewest and the most bytes, the number of separators where it is known, and the
/// byte that it begins with.
#[derive(Clone, Copy)]
pub(crate) struct Rest {
    pub(crate) bounds: (u16, u16),
    pub(crate) separators: u8,
    pub(crate) next: Option<u8>,
}

/// The rest of a pattern, from a place in the text on.
pub(crate) trait Next: Fn(&Text<'_>, &mut Spans, usize) -> bool {}

impl<F: Fn(&Text<'_>, &mut Spans, usize) -> bool> Next for F {}

impl Text<'_> {
    /// Whether so many bytes are left.
    #[inline]
    pub(crate) fn has_left(&self, pos: usize, (min, max): (u16, u16)) -> bool {
        count(1);
        let left = self.bytes.len() - pos;
        left >= usize::from(min) && (max == u16::MAX || left <= usize::from(max))
    }

    #[inline]
    pub(crate) fn literal<const N: usize>(
        &self,
        spans: &mut Spans,
        pos: usize,
        literal: &[u8; N],
        next: impl Next,
    ) -> bool {
        count(1);
        self.bytes.get(pos..).and_then(|rest| rest.first_chunk()) == Some(literal)
            && next(self, spans, pos + N)
    }

    #[inline]
    pub(crate) fn one_of(
        &self,
        spans: &mut Spans,
        pos: usize,
        choice: &[u8],
        next: impl Next,
    ) -> bool {
        count(1);
        self.bytes.get(pos).is_some_and(|byte| choice.contains(byte)) && next(self, spans, pos + 1)
    }

    #[inline]
    pub(crate) fn split(
        &self,
        spans: &mut Spans,
        pos: usize,
        first_bounds: (u16, u16),
        first: impl Next,
        other_bounds: (u16, u16),
        other: impl Next,
    ) -> bool {
        if self.has_left(pos, first_bounds) {
            let saved = *spans;
            if first(self, spans, pos) {
                return true;
            }
            *spans = saved;
        }
        self.has_left(pos, other_bounds) && other(self, spans, pos)
    }

    #[inline]
    pub(crate) fn begin(&self, spans: &mut Spans, pos: usize, slot: u8, next: impl Next) -> bool {
        note(spans, slot, pos, pos);
        next(self, spans, pos)
    }

    #[inline]
    pub(crate) fn end(&self, spans: &mut Spans, pos: usize, slot: u8, next: impl Next) -> bool {
        if let Some(span) = spans.get(usize::from(slot)).copied() {
            note(spans, slot, usize::from(span.start), pos);
        }
        next(self, spans, pos)
    }

    /// A run that is a whole segment.
    #[inline]
    pub(crate) fn run(
        &self,
        spans: &mut Spans,
        pos: usize,
        run: &Run,
        slot: u8,
        next: impl Next,
    ) -> bool {
        count(1);
        let end = pos + self.run_length(run.rest, pos);
        if !self.run_fits(run, pos, end - pos) {
            return false;
        }
        note(spans, slot, pos, end);
        next(self, spans, end)
    }

    /// Any text; `lazy`: the shortest first.
    #[inline]
    pub(crate) fn any(
        &self,
        spans: &mut Spans,
        pos: usize,
        lazy: bool,
        slot: u8,
        rest: Rest,
        next: impl Next,
    ) -> bool {
        let Some((first, last)) = self.window(rest.bounds, rest.separators, pos) else {
            return false;
        };
        if first != last {
            return self.search(spans, pos, (first, last), lazy, slot, rest.next, |_| true, &next);
        }
        if !self.may_end(rest.next, last) {
            return false;
        }
        note(spans, slot, pos, last);
        next(self, spans, last)
    }

    /// Any text that does not begin with `_`.
    #[inline]
    pub(crate) fn bare(
        &self,
        spans: &mut Spans,
        pos: usize,
        slot: u8,
        rest: Rest,
        next: impl Next,
    ) -> bool {
        self.bytes.get(pos) != Some(&b'_') && self.any(spans, pos, false, slot, rest, next)
    }

    /// So many characters at most.
    pub(crate) fn chars(
        &self,
        spans: &mut Spans,
        pos: usize,
        most: u8,
        slot: u8,
        rest: Rest,
        next: impl Next,
    ) -> bool {
        let Some((first, last)) = self.window(rest.bounds, rest.separators, pos) else {
            return false;
        };
        let last = last.min(self.after_chars(most, pos));
        self.search(spans, pos, (first, last), false, slot, rest.next, |_| true, &next)
    }

    /// What an automaton takes.
    #[inline]
    pub(crate) fn automaton(
        &self,
        spans: &mut Spans,
        pos: usize,
        (index, lazy): (usize, bool),
        slot: u8,
        rest: Rest,
        next: impl Next,
    ) -> bool {
        let Some((first, last)) = self.window(rest.bounds, rest.separators, pos) else {
            return false;
        };
        if first != last || index == super::formats::OP_LIST {
            let ends = self.ends(index, (first, last), pos);
            let is_end = |end| ends.contains(end);
            return self.search(spans, pos, (first, last), lazy, slot, rest.next, is_end, &next);
        }
        let fits = AUTOMATA[index].accepts_piece(&self.bytes[pos..last], self.shape.plain);
        if !fits || !self.may_end(rest.next, last) {
            return false;
        }
        note(spans, slot, pos, last);
        next(self, spans, last)
    }

    pub(crate) fn is_at_end(&self, pos: usize) -> bool {
        pos == self.bytes.len()
    }

    /// Tries the ends in a window, the longest part first, or the shortest.
    #[expect(clippy::too_many_arguments, reason = "all of them are constants of the step but two")]
    fn search(
        &self,
        spans: &mut Spans,
        pos: usize,
        (first, last): (usize, usize),
        lazy: bool,
        slot: u8,
        byte: Option<u8>,
        is_end: impl Fn(usize) -> bool,
        next: &impl Next,
    ) -> bool {
        let (mut low, mut high) = (first, last + 1);
        while low < high {
            count(1);
            let end = if lazy { low } else { high - 1 };
            if is_end(end) && self.may_end(byte, end) && self.try_end(spans, pos, end, slot, next) {
                return true;
            }
            if lazy {
                low += 1;
            } else {
                high -= 1;
            }
        }
        false
    }

    /// Goes on behind a part that ends here; if that fails, no part is noted that was not before.
    fn try_end(
        &self,
        spans: &mut Spans,
        start: usize,
        end: usize,
        slot: u8,
        next: &impl Next,
    ) -> bool {
        let saved = *spans;
        note(spans, slot, start, end);
        let fits = next(self, spans, end);
        if !fits {
            *spans = saved;
        }
        fits
    }
}

/// A run of bytes of one class.
pub(crate) const fn run(rest: u16, first: u16, zero: bool, lengths: u64) -> Run {
    Run { rest, first, zero, lengths }
}
