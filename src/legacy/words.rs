//! The kind that a prefix says: `session`, `test-conn`, `ws_thread`.
//!
//! A prefix is split at `_` and `-`. If its first word is a qualifier and the rest begins with a kind word,
//! the rest decides; an entry of two words goes before an entry of one; no entry, no kind.
//! The words stand in the table (`[kind_words]`, `kind_qualifier`). Used by `read.rs`.

use super::shape;
use super::table::Word;

/// Returns the kind that a prefix says.
pub(crate) fn kind(prefix: &[u8]) -> Option<&'static str> {
    let (first, rest) = split(prefix);
    let word = shape::word(prefix, first)?;
    if word.qualifier
        && let Some(rest) = rest
        && let Some(kind) =
            shape::word(rest, split(rest).0).and_then(|word| entry(word, split(rest).1))
    {
        return Some(kind);
    }
    entry(word, rest)
}

/// The length of the first word, and what follows it.
fn split(text: &[u8]) -> (usize, Option<&[u8]>) {
    let end = text.iter().position(|byte| matches!(byte, b'_' | b'-')).unwrap_or(text.len());
    (end, text.get(end + 1..))
}

fn entry(word: &'static Word, rest: Option<&[u8]>) -> Option<&'static str> {
    if word.pairs.is_empty() {
        return word.kind;
    }
    let second = rest.map(|rest| &rest[..split(rest).0]);
    let pair =
        second.and_then(|second| word.pairs.iter().find(|(text, _)| text.as_bytes() == second));
    pair.map(|(_, kind)| *kind).or(word.kind)
}
