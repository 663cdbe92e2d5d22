//! One pass over the text: is it fit to be an id at all, and what are its segments?
//!
//! A segment is what stands between `_`, `-` and `:`. Of the first one and the last three the pass
//! keeps length and byte classes, of the whole whether some segment is `run` or has 13 digits; each of
//! these answers looks up a set of rows, and only rows in all sets go on to `matcher.rs`.
//!
//! Invariants: each byte is looked at once; a row is left out only if it cannot fit (the sets come
//! from the patterns' automata, see `generate.rs`); nothing is trimmed or folded.

use unicode_general_category::{GeneralCategory, get_general_category};

use super::formats::{
    FLAG_ROWS, HEAD_MULTIPLIER, HEAD_SHIFT, HEAD_SLOTS, HEADS, MAX_BYTES, TAIL_ROWS, TAIL_SETS,
    UNKNOWN_HEADS, WORDS,
};
use super::refusal::{Reason, Refusal};
use super::table::{Word, class};

/// A piece of the text between separators.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Segment {
    pub(crate) start: u16,
    pub(crate) len: u16,
    /// The classes that all bytes have.
    pub(crate) bits: u16,
}

/// The number of length steps in a tail index: 40 bytes and more are one step.
pub(crate) const LENGTHS: usize = 41;
/// The number of class levels: digit, lower hex, hex, base36, alphanumeric, other.
pub(crate) const LEVELS: usize = 6;

impl Segment {
    /// The narrowest class of the segment's bytes.
    fn level(self) -> usize {
        // The five class bits stand in order; the sixth is the level "other".
        (self.bits & 0x1f | 0x20).trailing_zeros() as usize
    }

    fn index(self) -> usize {
        self.level() * LENGTHS + usize::from(self.len).min(LENGTHS - 1)
    }
}

/// What the pass found.
#[derive(Debug, Clone)]
pub(crate) struct Shape {
    /// The last three segments, the last one first; those that are missing are `None`d by `count`.
    pub(crate) tail: [Segment; 3],
    /// The rows that may fit.
    pub(crate) rows: u128,
    /// All segments are alphanumeric and none is empty.
    pub(crate) plain: bool,
    /// The number of separators.
    pub(crate) separators: usize,
    /// The text was classified.
    pub(crate) known: bool,
}

impl Shape {
    /// For a text of which nothing is known.
    pub(crate) const UNKNOWN: Self = Self {
        tail: [Segment { start: 0, len: 0, bits: 0 }; 3],
        rows: 0,
        plain: false,
        separators: 0,
        known: false,
    };
}

/// Checks the input and classifies it.
pub(crate) fn classify(text: &str, shape: &mut Shape) -> Result<(), Refusal> {
    let bytes = text.as_bytes();
    if bytes.is_empty() {
        return Err(Refusal::new(Reason::Empty, 0));
    }
    if bytes.len() > MAX_BYTES {
        return Err(Refusal::new(Reason::TooLong, MAX_BYTES));
    }
    if classify_checked(bytes, shape) { Ok(()) } else { check_input(text) }
}

/// Classifies a text whose characters are known to be fit for an id; returns whether this is certain.
pub(crate) fn classify_checked(bytes: &[u8], shape: &mut Shape) -> bool {
    // Segments are kept packed here, so that the last three move through registers.
    let (mut last, mut second, mut first) = (0_u64, 0_u64, 0_u64);
    let (mut start, mut flags, mut count, mut before) = (0, 0_usize, 0_usize, b'_');
    // Classes that all bytes have, and whether a colon was seen.
    let (mut every, mut colon) = (u16::MAX, false);
    let mut third;
    loop {
        let (all, end) = segment(bytes, start);
        every &= all;
        flags |= flag(bytes, start, end, all, before);
        third = second;
        (second, last) = (last, pack(start, end, all));
        first = if count == 0 { last } else { first };
        let Some(separator) = bytes.get(end) else { break };
        colon |= *separator == b':';
        before = *separator;
        count += 1;
        start = end + 1;
    }
    let first = unpack(first);
    let tail = [unpack(last), unpack(second), unpack(third)];
    let follow = bytes.get(usize::from(first.len)).map_or(0, |byte| follow(*byte));
    shape.rows = head_rows(bytes, first, follow) & tail_rows(&tail, count) & FLAG_ROWS[flags];
    shape.plain = every & class::ALNUM != 0 && !colon && flags & EMPTY == 0;
    shape.tail = tail;
    shape.separators = count;
    shape.known = true;
    every & class::CALM != 0
}

/// The classes that all bytes of the segment from `start` on have, and its end.
#[inline]
fn segment(bytes: &[u8], start: usize) -> (u16, usize) {
    let mut all = u16::MAX;
    for (at, byte) in bytes.iter().enumerate().skip(start) {
        let bits = class::OF[usize::from(*byte)];
        if bits & class::SEPARATOR != 0 {
            return (all, at);
        }
        all &= bits;
    }
    (all, bytes.len())
}

fn pack(start: usize, end: usize, bits: u16) -> u64 {
    (start as u64) << 32 | ((end - start) as u64) << 16 | u64::from(bits)
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "each field has 16 bits: a text has at most 512 bytes"
)]
fn unpack(packed: u64) -> Segment {
    Segment { start: (packed >> 32) as u16, len: (packed >> 16) as u16, bits: packed as u16 }
}

/// Flag: a segment is `run`.
pub(crate) const RUN: usize = 1;
/// Flag: a segment behind `_` or `:`, or at the start, has 13 digits.
pub(crate) const MS: usize = 2;
/// Flag: a segment behind `-` has 13 digits.
pub(crate) const DASH_MS: usize = 4;
/// Flag: a segment is empty.
pub(crate) const EMPTY: usize = 8;
/// The number of sets of flags.
pub(crate) const FLAGS: usize = 16;

fn flag(bytes: &[u8], start: usize, end: usize, bits: u16, before: u8) -> usize {
    let len = end - start;
    let ms = if before == b'-' { DASH_MS } else { MS };
    let run = if len == 3 && bytes[start..].first_chunk() == Some(b"run") { RUN } else { 0 };
    run | if len == 13 && bits & class::DIGIT != 0 { ms } else { 0 }
        | if len == 0 { EMPTY } else { 0 }
}

/// What follows a first word: 0 the end, 1 `_`, 2 `-`, 3 `:`.
fn follow(byte: u8) -> usize {
    match byte {
        b'_' => 1,
        b'-' => 2,
        _ => 3,
    }
}

fn head_rows(bytes: &[u8], first: Segment, follow: usize) -> u128 {
    match word(bytes, usize::from(first.len)) {
        Some(word) => word.rows[follow],
        None => UNKNOWN_HEADS[first.level()][follow],
    }
}

fn tail_rows(tail: &[Segment; 3], count: usize) -> u128 {
    let set = |place: usize| {
        let index = if place <= count { tail[place].index() } else { LEVELS * LENGTHS };
        TAIL_SETS[usize::from(TAIL_ROWS[place][index])]
    };
    set(0) & set(1) & set(2)
}

/// Finds the word of the table that stands at the start of a text and has this length.
pub(crate) fn word(text: &[u8], len: usize) -> Option<&'static Word> {
    let key = word_key(text, len);
    let word = &WORDS[usize::from(HEADS[head_slot(key)])];
    // The key of a word of fewer than eight bytes is the word.
    (word.text.len() == len
        && word.key == key
        && (len < 8 || text.starts_with(word.text.as_bytes())))
    .then_some(word)
}

/// A word of fewer than eight bytes, or the first eight bytes of a longer one mixed with its last eight.
pub(crate) fn word_key(text: &[u8], len: usize) -> u64 {
    if let Some(head) = text.first_chunk::<8>() {
        let head = u64::from_le_bytes(*head);
        return match text.get(..len).and_then(|word| word.last_chunk::<8>()) {
            Some(tail) => head ^ u64::from_le_bytes(*tail).rotate_left(29),
            None => head & ((1 << (8 * len)) - 1),
        };
    }
    text.iter().take(len).rev().fold(0, |key, byte| key << 8 | u64::from(*byte))
}

/// The slot of a key in the perfect hash table of words.
pub(crate) fn head_slot(key: u64) -> usize {
    (key.wrapping_mul(HEAD_MULTIPLIER) >> HEAD_SHIFT) as usize % HEAD_SLOTS
}

/// Section 1.1 of the specification, for a text in which something has to be looked at.
#[cold]
fn check_input(text: &str) -> Result<(), Refusal> {
    let mut before = '\0';
    for (at, character) in text.char_indices() {
        let refuse = |reason| Err(Refusal::new(reason, at));
        match character {
            ' ' if at == 0 || at + 1 == text.len() => return refuse(Reason::Blank),
            ' ' => {}
            '.' if before == '.' => return Err(Refusal::new(Reason::TwoDots, at - 1)),
            _ if super::formats::REFUSED.contains(character) => return refuse(Reason::Character),
            _ if character.is_ascii_graphic() => {}
            _ => match get_general_category(character) {
                GeneralCategory::SpaceSeparator => return refuse(Reason::Blank),
                GeneralCategory::Control
                | GeneralCategory::Format
                | GeneralCategory::Surrogate
                | GeneralCategory::PrivateUse
                | GeneralCategory::Unassigned
                | GeneralCategory::LineSeparator
                | GeneralCategory::ParagraphSeparator => return refuse(Reason::Invisible),
                _ => {}
            },
        }
        before = character;
    }
    Ok(())
}
