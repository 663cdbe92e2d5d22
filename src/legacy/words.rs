//! The kind that a prefix says: `session`, `test-conn`, `ws_thread`.
//!
//! A prefix is split at `_` and `-`. If its first word is a qualifier and the rest begins with a kind word,
//! the rest decides; an entry of two words goes before an entry of one; no entry, no kind.
//! The words stand in the table (`[kind_words]`, `kind_qualifier`). Used by `read.rs`.

use super::shape;

/// Returns the kind that a prefix says.
pub(crate) fn kind(prefix: &[u8]) -> Option<&'static str> {
    let mut words = prefix.split(|byte| matches!(byte, b'_' | b'-'));
    let (first, second) = (words.next()?, words.next());
    let word = shape::word(first)?;
    if word.qualifier
        && let Some(second) = second
        && let Some(kind) = entry(second, words.next())
    {
        return Some(kind);
    }
    entry(first, second)
}

fn entry(first: &[u8], second: Option<&[u8]>) -> Option<&'static str> {
    let word = shape::word(first)?;
    let pair =
        second.and_then(|second| word.pairs.iter().find(|(text, _)| text.as_bytes() == second));
    pair.map(|(_, kind)| *kind).or(word.kind)
}
