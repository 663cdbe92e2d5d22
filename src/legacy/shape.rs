//! One look at the text: is it fit to be an id at all, and what are its segments?
//!
//! A segment is what stands between `_`, `-` and `:`. Of the first one and the last three the pass
//! keeps length and byte classes, of the whole whether some segment is `run` or has 13 digits; each of
//! these answers looks up a set of rows, and only rows in all sets go on to `matcher.rs`. Texts of up to 63 bytes, nearly all
//! that there are, are looked at through bit maps (`maps.rs`), longer ones byte by byte; the answers are the same.
//!
//! Invariants: each byte is looked at once; a row is left out only if it cannot fit (the sets come
//! from the patterns' automata, see `generate.rs`); nothing is trimmed or folded.

use unicode_general_category::{GeneralCategory, get_general_category};

use super::formats::{
    FLAG_ROWS, HEAD_MULTIPLIER, HEAD_SHIFT, HEAD_SLOTS, HEADS, MAX_BYTES, TAIL_ROWS, TAIL_SETS,
    UNKNOWN_HEADS, WORDS,
};
use super::maps::Maps;
use super::refusal::{Reason, Refusal};
use super::table::{Word, class};
use crate::lanes::MOST_BYTES;

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
    /// The number of separators, of which three are as good as more.
    pub(crate) separators: usize,
    /// The text was classified.
    pub(crate) known: bool,
    /// Of a text that is short enough.
    pub(crate) maps: Maps,
}

impl Shape {
    /// For a text of which nothing is known.
    pub(crate) const UNKNOWN: Self = Self {
        tail: [Segment { start: 0, len: 0, bits: 0 }; 3],
        rows: 0,
        plain: false,
        separators: 0,
        known: false,
        maps: Maps::NONE,
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
#[inline]
pub(crate) fn classify_checked(text: &[u8], shape: &mut Shape) -> bool {
    if text.len() <= MOST_BYTES { classify_short(text, shape) } else { classify_long(text, shape) }
}

/// By bit maps.
#[inline]
fn classify_short(text: &[u8], shape: &mut Shape) -> bool {
    let maps = Maps::new(text);
    let separators = maps.separators;
    let end = 1_u64 << text.len();
    // Where segments begin, and where they end.
    let (starts, ends) = (separators << 1 | 1, separators | end);
    let last = after(separators);
    let before_last = without_highest(separators);
    let second = after(before_last);
    let before_second = without_highest(before_last);
    let third = after(before_second);
    // No answer depends on more than three; counting all of them takes longer.
    let count = [separators, before_last, before_second];
    let count = count.into_iter().map(|of| usize::from(of != 0)).sum();
    let piece = |start: usize, end: usize| {
        let bytes = (1_u64 << end) - (1_u64 << start);
        Segment { start: small(start), len: small(end - start), bits: maps.bits(bytes) }
    };
    // Of a segment that is missing nothing is asked but its place.
    let tail = [
        piece(last, text.len()),
        piece(second, last.saturating_sub(1)),
        piece(third, second.saturating_sub(1)),
    ];
    let first = ends.trailing_zeros() as usize;

    let times = maps.thirteen_digits() & starts & ends >> 13;
    let dash_times = times & maps.dashes << 1;
    let mut flags = if times == dash_times { 0 } else { MS };
    flags |= if dash_times != 0 { DASH_MS } else { 0 };
    flags |= if starts & ends != 0 { EMPTY } else { 0 };
    // Few texts have more than one segment of three bytes.
    let mut threes = starts & ends >> 3 & !(separators | separators >> 1 | separators >> 2);
    while threes != 0 {
        let at = threes.trailing_zeros() as usize;
        flags |= if text[at..].first_chunk() == Some(b"run") { RUN } else { 0 };
        threes &= threes - 1;
    }

    let head = head_rows(text, first, || piece(0, first).level());
    shape.rows = head & tail_rows(&tail, count) & FLAG_ROWS[flags];
    let others = (end - 1) & !maps.plain();
    shape.plain = others == 0 && maps.colons == 0 && flags & EMPTY == 0;
    shape.tail = tail;
    shape.separators = count;
    shape.known = true;
    shape.maps = maps;
    are_calm(text, others)
}

/// Whether these bytes need no further look: an e-mail address in an id is not worth a walk over all of its characters.
#[inline]
fn are_calm(text: &[u8], mut bytes: u64) -> bool {
    while bytes != 0 {
        let at = bytes.trailing_zeros() as usize;
        let byte = text[at];
        let is_calm = class::OF[usize::from(byte)] & class::CALM != 0
            || byte == b'.' && text.get(at + 1) != Some(&b'.')
            || byte == b' ' && at != 0 && at + 1 != text.len();
        if !is_calm {
            return false;
        }
        bytes &= bytes - 1;
    }
    true
}

/// The place behind the last of these bytes.
fn after(bytes: u64) -> usize {
    64 - bytes.leading_zeros() as usize
}

fn without_highest(bytes: u64) -> u64 {
    bytes & !(1_u64 << 63).checked_shr(bytes.leading_zeros()).unwrap_or(0)
}

#[expect(clippy::cast_possible_truncation, reason = "a place in at most 63 bytes")]
fn small(place: usize) -> u16 {
    place as u16
}

/// Byte by byte.
fn classify_long(bytes: &[u8], shape: &mut Shape) -> bool {
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
    let head = head_rows(bytes, usize::from(first.len), || first.level());
    shape.rows = head & tail_rows(&tail, count) & FLAG_ROWS[flags];
    shape.plain = every & class::ALNUM != 0 && !colon && flags & EMPTY == 0;
    shape.tail = tail;
    shape.separators = count.min(3);
    shape.known = true;
    shape.maps = Maps::NONE;
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

/// The rows that a first segment of this length allows; its level is asked for only where it is no word of the table.
#[inline]
fn head_rows(bytes: &[u8], len: usize, level: impl FnOnce() -> usize) -> u128 {
    let follow = bytes.get(len).map_or(0, |byte| follow(*byte));
    match word(bytes, len) {
        Some(word) => word.rows[follow],
        None => UNKNOWN_HEADS[level()][follow],
    }
}

#[inline]
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_to_look_at_a_text_find_the_same() {
        const BYTES: &[u8] = b"aru0nF7_1__-1:z.@\xc3\xa9 ";
        let mut state = 1_u64;
        let mut next = |end: usize| {
            state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
            (state >> 33) as usize % end
        };
        let pieces: [&[u8]; 8] = [
            b"run",
            b"_run_",
            b"1756000000000",
            b"_",
            b"-",
            b"a1b2c3d4",
            b"thread_",
            b"17560000000001",
        ];
        for _ in 0..100_000 {
            let mut text = alloc::vec::Vec::new();
            let length = next(MOST_BYTES + 1);
            while text.len() < length {
                if next(2) == 0 {
                    text.extend_from_slice(pieces[next(pieces.len())]);
                } else {
                    text.push(BYTES[next(BYTES.len())]);
                }
            }
            text.truncate(length);
            let (mut short, mut long) = (Shape::UNKNOWN, Shape::UNKNOWN);
            let certain = (classify_short(&text, &mut short), classify_long(&text, &mut long));
            assert!(certain.0 || !certain.1, "{text:?}");
            assert_eq!((short.rows, short.plain), (long.rows, long.plain), "{text:?}");
            assert_eq!(short.separators, long.separators, "{text:?}");
            let places = |shape: &Shape| {
                shape
                    .tail
                    .map(|of| (of.start, of.len, of.level()))
                    .into_iter()
                    .take(shape.separators + 1)
                    .collect::<alloc::vec::Vec<_>>()
            };
            assert_eq!(places(&short), places(&long), "{text:?}");
        }
    }
}
