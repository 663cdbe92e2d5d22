//! What stays of a finding when its lines move: path, rule, enclosing name, and the code around it.
//!
//! ```text
//!     user_id = str( uuid.uuid4() )   # made here      the line, or the lines of a wrapped expression
//!     user_id=str(uuid.uuid4())                        the snippet: no blanks that mean nothing, no comment
//! ```
//!
//! Invariant: no line number and no number of findings is in a key. Equal code in one function has
//! equal keys, so findings are a multiset. The parts of the code come from `lang/`; keys go to
//! `baseline.rs`, their hash is the finding's fingerprint.

use std::ops::Range;

use sha2::{Digest as _, Sha256};

use crate::rules::RuleId;
use crate::source;

/// What two findings have in common that are the same one in two states of a tree.
///
/// Ordered as the lines of a baseline are: by path, rule, scope and snippet.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// The path, with `/`.
    pub path: String,
    /// The rule.
    pub rule: RuleId,
    /// The enclosing `Class.method`; empty in the module itself.
    pub scope: String,
    /// The code of the finding's lines without blanks and comments.
    pub snippet: String,
}

impl Key {
    /// Returns 16 hexadecimal digits that are equal for equal keys.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        fingerprint(&self.path, self.rule, &self.scope, &self.snippet)
    }
}

/// The fingerprint of a key whose parts lie elsewhere: every finding has one, few become a [`Key`].
pub(crate) fn fingerprint(path: &str, rule: RuleId, scope: &str, snippet: &str) -> String {
    let mut hash = Sha256::new();
    for part in [path, rule.code(), scope, snippet] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    let first = hash.finalize().iter().take(8).fold(0, |all, byte| all << 8 | u64::from(*byte));
    format!("{first:016x}")
}

/// The lines of an expression, cut where they are very long.
pub(crate) fn lines(text: &[u8], whole: &Range<usize>) -> Range<usize> {
    let near = whole.start.saturating_sub(source::EXCERPT);
    let before = text.get(near..whole.start).unwrap_or_default();
    let from = memchr::memrchr2(b'\n', b'\r', before).map_or(near, |end| near + end + 1);
    let far = (whole.start + 2 * source::EXCERPT).min(text.len());
    let rest = text.get(whole.end..far).unwrap_or_default();
    let to = memchr::memchr2(b'\n', b'\r', rest).map_or(far, |end| whole.end + end);
    from..to
}

/// The code of a range: `parts` are its pieces that are code or strings, in their order.
pub(crate) fn snippet(text: &[u8], range: &Range<usize>, parts: &[Range<usize>]) -> String {
    let mut snippet = Vec::with_capacity(range.len());
    let mut end = 0;
    for part in parts {
        let part = part.start.max(range.start)..part.end.min(range.end);
        let piece = text.get(part.clone()).unwrap_or_default();
        // Two words that a blank keeps apart stay two words.
        let joins = part.start > end
            && snippet.last().copied().is_some_and(is_word)
            && piece.first().copied().is_some_and(is_word);
        if joins {
            snippet.push(b' ');
        }
        snippet.extend_from_slice(piece);
        end = part.end;
    }
    String::from_utf8_lossy(&snippet).into_owned()
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_that_mean_nothing_are_no_part_of_a_snippet() {
        let text = b"  return  str( x )  # why";
        let parts = [2..8, 10..13, 13..14, 15..16, 17..18];
        assert_eq!(snippet(text, &(0..text.len()), &parts), "return str(x)");
        assert_eq!(snippet(text, &(4..13), &parts), "turn str");
    }

    #[test]
    fn a_key_is_no_other_key() {
        let key = |path: &str, scope: &str, snippet: &str| Key {
            path: path.to_owned(),
            rule: RuleId::RawUuidCall,
            scope: scope.to_owned(),
            snippet: snippet.to_owned(),
        };
        let prints =
            [key("a", "b", "c"), key("a", "bc", ""), key("ab", "", "c"), key("", "ab", "c")]
                .map(|key| key.fingerprint());
        for (at, one) in prints.iter().enumerate() {
            assert!(prints.iter().skip(at + 1).all(|other| other != one), "{prints:?}");
        }
    }
}
