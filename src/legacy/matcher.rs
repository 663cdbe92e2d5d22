//! Runs one pattern over one text: does it fit the whole, and where are its parts?
//!
//! From left to right each part takes the longest text that lets the whole fit (`lazy` parts the
//! shortest), of a choice the first. Before each step the bytes that are left are held against the
//! fewest and the most that the rest of the pattern can take, so a part with a bounded rest has
//! only a few ends to try; `pattern.rs` admits no pattern with two searches inside one another.
//!
//! A step with one way to go on is taken in a loop; only where there are several does the machine call itself. The rows of
//! the table are also compiled to functions (`fits.rs`), one per step, from the pieces in `steps.rs`; this machine runs every
//! other pattern, and is what those functions are held against.
//!
//! Invariants: no allocation; a way that failed leaves no part behind, because the parts are put back; work is linear in the text's length. Used by `read.rs`.

use super::formats::{AUTOMATA, RUNS};
use super::shape::Shape;
use super::table::{Automaton, Op, Program, Run, SLOTS, class};

/// A piece of the text, as byte offsets; `NONE` where a part is absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) start: u16,
    pub(crate) end: u16,
}

impl Span {
    pub(crate) const NONE: Self = Self { start: u16::MAX, end: u16::MAX };

    #[expect(clippy::cast_possible_truncation, reason = "a text has at most 512 bytes")]
    pub(crate) fn new(start: usize, end: usize) -> Self {
        Self { start: start as u16, end: end as u16 }
    }

    pub(crate) fn is_some(self) -> bool {
        self.start != u16::MAX
    }

    pub(crate) fn range(self) -> core::ops::Range<usize> {
        usize::from(self.start)..usize::from(self.end)
    }

    pub(crate) fn moved(self, by: u16) -> Self {
        if self.is_some() { Self { start: self.start + by, end: self.end + by } } else { self }
    }
}

/// The parts of a text that fits.
pub(crate) type Spans = [Span; SLOTS];

/// Words that an application adds to the list `op`.
pub(crate) type Extra<'a> = &'a [alloc::string::String];

/// Whether the pattern fits the whole text; if so, `spans` are its parts.
///
/// The parts are written where the caller wants them: copying them from call to call costs more
/// than finding them, because each copy waits for the narrow writes before it.
pub(crate) fn fit(
    program: &Program,
    text: &[u8],
    shape: &Shape,
    extra: Extra<'_>,
    spans: &mut Spans,
) -> bool {
    *spans = [Span::NONE; SLOTS];
    let mut machine = Machine {
        of: Text { bytes: text, shape, extra },
        ops: &program.ops,
        bounds: &program.bounds,
        separators: &program.separators,
        literals: program.literals.as_bytes(),
        spans,
    };
    machine.run(0, 0)
}

#[cfg(test)]
std::thread_local! {
    /// Steps taken and bytes walked, counted in tests to prove that reading is linear.
    pub(crate) static WORK: core::cell::Cell<u64> = const { core::cell::Cell::new(0) };
}

pub(crate) fn count(work: usize) {
    #[cfg(test)]
    WORK.with(|counter| counter.set(counter.get() + work as u64));
    let _ = work;
}

/// A text and what is known of it.
pub(crate) struct Text<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) shape: &'a Shape,
    pub(crate) extra: Extra<'a>,
}

struct Machine<'a> {
    of: Text<'a>,
    ops: &'a [Op],
    bounds: &'a [(u16, u16)],
    separators: &'a [u8],
    literals: &'a [u8],
    spans: &'a mut Spans,
}

impl Machine<'_> {
    fn run(&mut self, mut pc: usize, mut pos: usize) -> bool {
        loop {
            count(1);
            let left = self.of.bytes.len() - pos;
            let (min, max) = self.bounds[pc];
            if left < usize::from(min) || (left > usize::from(max) && max != u16::MAX) {
                return false;
            }
            match self.ops[pc] {
                Op::Literal { at, len } => {
                    let literal = &self.literals[usize::from(at)..][..usize::from(len)];
                    // Literals are short: a loop is faster than a call.
                    let fits = literal.iter().zip(&self.of.bytes[pos..]).all(|(a, b)| a == b);
                    if !fits {
                        return false;
                    }
                    pos += literal.len();
                }
                Op::OneOf { at, len } => {
                    let choice = &self.literals[usize::from(at)..][..usize::from(len)];
                    if !self.of.bytes.get(pos).is_some_and(|byte| choice.contains(byte)) {
                        return false;
                    }
                    pos += 1;
                }
                Op::Split { other } => {
                    let saved = *self.spans;
                    if self.run(pc + 1, pos) {
                        return true;
                    }
                    *self.spans = saved;
                    pc = usize::from(other);
                    continue;
                }
                Op::Jump { to } => {
                    pc = usize::from(to);
                    continue;
                }
                Op::Begin { slot } => {
                    if let Some(span) = self.spans.get_mut(usize::from(slot)) {
                        *span = Span::new(pos, pos);
                    }
                }
                Op::End { slot } => {
                    if let Some(span) = self.spans.get_mut(usize::from(slot)) {
                        span.end = Span::new(pos, pos).end;
                    }
                }
                Op::Run { run, slot, tight } => {
                    let run = &RUNS[usize::from(run)];
                    if !tight {
                        return self.search_run(run, pc + 1, pos, slot);
                    }
                    let length = self.of.run_length(run.rest, pos);
                    if !self.of.run_fits(run, pos, length) {
                        return false;
                    }
                    note(self.spans, slot, pos, pos + length);
                    pos += length;
                }
                Op::Any { slot, lazy, bare } => {
                    if bare && self.of.bytes.get(pos) == Some(&b'_') {
                        return false;
                    }
                    let Some((first, last)) = self.window_before(pc + 1, pos) else { return false };
                    if first != last {
                        return self.search_any(lazy, (first, last), pc + 1, pos, slot);
                    }
                    if !self.of.may_end(self.next_byte(pc + 1), last) {
                        return false;
                    }
                    note(self.spans, slot, pos, last);
                    pos = last;
                }
                Op::Chars { most, slot } => return self.search_chars(most, pc + 1, pos, slot),
                Op::Automaton { index, slot, lazy } => {
                    let index = usize::from(index);
                    let Some((first, last)) = self.window_before(pc + 1, pos) else { return false };
                    if first != last || index == super::formats::OP_LIST {
                        return self.search_automaton(
                            index,
                            lazy,
                            (first, last),
                            pc + 1,
                            pos,
                            slot,
                        );
                    }
                    let fits = AUTOMATA[index]
                        .accepts_piece(&self.of.bytes[pos..last], self.of.shape.plain);
                    if !fits || !self.of.may_end(self.next_byte(pc + 1), last) {
                        return false;
                    }
                    note(self.spans, slot, pos, last);
                    pos = last;
                }
                Op::Done => return pos == self.of.bytes.len(),
            }
            pc += 1;
        }
    }

    fn window_before(&self, pc: usize, start: usize) -> Option<(usize, usize)> {
        self.of.window(self.bounds[pc], self.separators[pc], start)
    }

    /// Goes on behind a part that ends at `end`; if that fails, no part is noted that was not before.
    fn go_on(&mut self, pc: usize, start: usize, end: usize, slot: u8) -> bool {
        let saved = *self.spans;
        note(self.spans, slot, start, end);
        let fits = self.run(pc, end);
        if !fits {
            *self.spans = saved;
        }
        fits
    }

    /// The byte that has to follow, where one is known.
    fn next_byte(&self, pc: usize) -> Option<u8> {
        match self.ops[pc] {
            Op::Literal { at, .. } => self.literals.get(usize::from(at)).copied(),
            _ => None,
        }
    }

    fn search_run(&mut self, run: &Run, pc: usize, pos: usize, slot: u8) -> bool {
        let mut length = self.of.run_length(run.rest, pos);
        while length != 0 {
            if self.of.run_fits(run, pos, length) && self.go_on(pc, pos, pos + length, slot) {
                return true;
            }
            length -= 1;
        }
        false
    }

    fn search_any(
        &mut self,
        lazy: bool,
        window: (usize, usize),
        pc: usize,
        pos: usize,
        slot: u8,
    ) -> bool {
        let (first, last) = window;
        let next = self.next_byte(pc);
        let (mut low, mut high) = (first, last + 1);
        while low < high {
            count(1);
            let end = if lazy { low } else { high - 1 };
            if self.of.may_end(next, end) && self.go_on(pc, pos, end, slot) {
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

    fn search_chars(&mut self, most: u8, pc: usize, pos: usize, slot: u8) -> bool {
        let Some((first, last)) = self.window_before(pc, pos) else { return false };
        let end = self.of.after_chars(most, pos);
        let next = self.next_byte(pc);
        let mut high = end.min(last) + 1;
        while first < high {
            count(1);
            high -= 1;
            if self.of.may_end(next, high) && self.go_on(pc, pos, high, slot) {
                return true;
            }
        }
        false
    }

    fn search_automaton(
        &mut self,
        index: usize,
        lazy: bool,
        window: (usize, usize),
        pc: usize,
        pos: usize,
        slot: u8,
    ) -> bool {
        let (first, last) = window;
        let ends = self.of.ends(index, window, pos);
        let next = self.next_byte(pc);
        let (mut low, mut high) = (first, last + 1);
        while low < high {
            count(1);
            let end = if lazy { low } else { high - 1 };
            if ends.contains(end) && self.of.may_end(next, end) && self.go_on(pc, pos, end, slot) {
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
}

/// Notes a part.
#[inline]
pub(crate) fn note(spans: &mut Spans, slot: u8, start: usize, end: usize) {
    if let Some(span) = spans.get_mut(usize::from(slot)) {
        *span = Span::new(start, end);
    }
}

impl Text<'_> {
    /// The first and the last end that a part from `start` can have for the rest to fit, which takes so many bytes and
    /// begins with the first of so many separators, or an unknown number.
    #[inline]
    pub(crate) fn window(
        &self,
        (min, max): (u16, u16),
        separators: u8,
        start: usize,
    ) -> Option<(usize, usize)> {
        let last = self.bytes.len().checked_sub(usize::from(min))?;
        let first =
            if max == u16::MAX { 0 } else { self.bytes.len().saturating_sub(usize::from(max)) };
        let first = first.max(start + 1);
        // The rest has a known number of separators, so it begins at one of the last three.
        let separators = usize::from(separators);
        if self.shape.known && (1..=3).contains(&separators) {
            if self.shape.separators < separators {
                return None;
            }
            let end = usize::from(self.shape.tail[separators - 1].start) - 1;
            return (first <= end && end <= last).then_some((end, end));
        }
        (first <= last).then_some((first, last))
    }

    /// Whether a run may have this length.
    #[inline]
    pub(crate) fn run_fits(&self, run: &Run, pos: usize, length: usize) -> bool {
        let Some(first) = self.bytes.get(pos) else { return false };
        let first = class::OF[usize::from(*first)];
        let begins =
            first & run.first != 0 || (run.zero && length == 1 && first & class::ZERO != 0);
        begins && run.lengths >> length.min(63) & 1 != 0
    }

    /// How many bytes from `pos` on are of the class.
    #[inline]
    pub(crate) fn run_length(&self, rest: u16, pos: usize) -> usize {
        if self.shape.maps.is_some()
            && let Some(map) = self.shape.maps.of(rest)
        {
            // Bits behind the text are 0.
            return (!(map >> pos)).trailing_zeros() as usize;
        }
        for segment in &self.shape.tail {
            if usize::from(segment.start) == pos && segment.bits & rest != 0 && segment.len != 0 {
                return usize::from(segment.len);
            }
        }
        let length = self.bytes[pos..]
            .iter()
            .take_while(|byte| class::OF[usize::from(**byte)] & rest != 0)
            .count();
        count(length);
        length
    }

    /// Whether the byte at an end is the one that has to follow, or begins a character.
    #[inline]
    pub(crate) fn may_end(&self, next: Option<u8>, end: usize) -> bool {
        match (self.bytes.get(end), next) {
            (Some(byte), Some(next)) => *byte == next,
            // An end inside a character is none.
            (Some(byte), None) => byte & 0xc0 != 0x80,
            (None, next) => next.is_none(),
        }
    }

    /// The end of so many characters, or that of the text.
    pub(crate) fn after_chars(&self, most: u8, pos: usize) -> usize {
        let mut end = pos;
        for _ in 0..most {
            if end < self.bytes.len() {
                end += 1;
                while self.bytes.get(end).is_some_and(|byte| byte & 0xc0 == 0x80) {
                    end += 1;
                }
            }
        }
        end
    }

    /// The ends in the window at which an automaton accepts.
    pub(crate) fn ends(&self, index: usize, window: (usize, usize), pos: usize) -> Ends {
        let (first, last) = window;
        let mut ends = Ends::new();
        AUTOMATA[index].walk(self.bytes, pos, window, self.shape.plain, &mut ends);
        if index == super::formats::OP_LIST {
            for word in self.extra {
                let end = pos + word.len();
                if (first..=last).contains(&end) && self.bytes[pos..].starts_with(word.as_bytes()) {
                    ends.insert(end);
                }
            }
        }
        ends
    }
}

/// A set of ends.
pub(crate) struct Ends([u64; 9]);

impl Ends {
    const fn new() -> Self {
        Self([0; 9])
    }

    fn insert(&mut self, end: usize) {
        self.0[end / 64] |= 1 << (end % 64);
    }

    pub(crate) fn contains(&self, end: usize) -> bool {
        self.0[end / 64] >> (end % 64) & 1 != 0
    }
}

impl Automaton {
    /// Notes the ends in the window at which the automaton accepts the text from `start`.
    fn walk(
        &self,
        text: &[u8],
        start: usize,
        window: (usize, usize),
        plain: bool,
        ends: &mut Ends,
    ) {
        let (first, last) = window;
        let mut state = 1;
        for (at, byte) in text[..last].iter().enumerate().skip(start) {
            count(1);
            let class = usize::from(self.classes[usize::from(*byte)]);
            state = self.next[usize::from(state) * usize::from(self.stride) + class];
            if state == 0 {
                return;
            }
            if state == self.sink || (plain && state == self.plain) {
                let all = state == self.sink || self.plain_all;
                let mut end = first.max(at + 1);
                while end <= last {
                    count(1);
                    if all || class::OF[usize::from(text[end - 1])] & class::ALNUM != 0 {
                        ends.insert(end);
                    }
                    end += 1;
                }
                return;
            }
            if state >= self.accepting && at + 1 >= first {
                ends.insert(at + 1);
            }
        }
    }

    /// Whether the automaton accepts this piece of a text that is plain or not.
    pub(crate) fn accepts_piece(&self, piece: &[u8], plain: bool) -> bool {
        let mut state = 1;
        for byte in piece {
            count(1);
            let class = usize::from(self.classes[usize::from(*byte)]);
            state = self.next[usize::from(state) * usize::from(self.stride) + class];
            if state == 0 {
                return false;
            }
            if state == self.sink {
                return true;
            }
            if plain && state == self.plain {
                return self.plain_all || piece.last().is_some_and(u8::is_ascii_alphanumeric);
            }
        }
        state >= self.accepting
    }

    /// Whether the automaton accepts the whole text.
    pub(crate) fn accepts(&self, text: &[u8]) -> bool {
        let mut state = 1;
        for byte in text {
            let class = usize::from(self.classes[usize::from(*byte)]);
            state = self.next[usize::from(state) * usize::from(self.stride) + class];
        }
        state >= self.accepting
    }
}
