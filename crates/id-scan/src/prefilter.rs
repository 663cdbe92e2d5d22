//! Tells at memory speed which files cannot have a finding: most files stop here.
//!
//! A needle is a literal and a check of the bytes around it. Invariant: a file without a needle
//! that passes its check has no use. Where a check looks for more than the literal (an id's name
//! nearby), the language asks the same function before it reports, so that what is found in a file
//! does not depend on what else is in it. Text comes from `source.rs`; what passes goes to the
//! lexer of its language.

use std::borrow::Cow;

use aho_corasick::packed;
use aho_corasick::{AhoCorasick, Input, MatchKind, Span};

/// Looks at the bytes around a literal that was found at an offset.
pub(crate) type Check = fn(&[u8], usize) -> bool;

/// What has to stand in a file that has a use of some kind.
#[derive(Clone, Debug)]
pub(crate) struct Needle {
    pub(crate) text: Cow<'static, str>,
    pub(crate) check: Check,
}

impl Needle {
    /// A literal that is enough.
    pub(crate) fn sure(text: impl Into<Cow<'static, str>>) -> Self {
        Self { text: text.into(), check: |_, _| true }
    }

    /// A literal that counts if its surroundings pass.
    pub(crate) fn checked(text: &'static str, check: Check) -> Self {
        Self { text: text.into(), check }
    }
}

/// The needles of a language, ready to be searched for.
#[derive(Debug)]
pub(crate) struct Prefilter {
    searcher: Searcher,
    checks: Vec<Vec<Check>>,
}

#[derive(Debug)]
enum Searcher {
    /// Compares vectors of bytes with the beginnings of all needles at once.
    Packed(Box<packed::Searcher>),
    Automaton(Box<AhoCorasick>),
    /// The searcher could not be built: everything passes.
    None,
}

impl Prefilter {
    pub(crate) fn new(needles: impl IntoIterator<Item = Needle>) -> Self {
        let mut texts: Vec<Cow<'static, str>> = Vec::new();
        let mut checks: Vec<Vec<Check>> = Vec::new();
        let mut needles: Vec<_> = needles.into_iter().filter(|found| !found.text.is_empty()).collect();
        // Of two needles that begin at one place the shorter one is found; it stands for both.
        needles.sort_by_key(|needle| needle.text.len());
        for needle in needles {
            match texts.iter().position(|text| needle.text.starts_with(&**text)) {
                Some(at) => checks.get_mut(at).into_iter().for_each(|all| all.push(needle.check)),
                None => {
                    texts.push(needle.text);
                    checks.push(vec![needle.check]);
                }
            }
        }
        let texts: Vec<&[u8]> = texts.iter().map(|text| text.as_bytes()).collect();
        let packed = packed::Config::new().builder().extend(&texts).build();
        let searcher = match packed {
            Some(packed) => Searcher::Packed(Box::new(packed)),
            None => AhoCorasick::builder()
                .match_kind(MatchKind::LeftmostFirst)
                .build(&texts)
                .map_or(Searcher::None, |searcher| Searcher::Automaton(Box::new(searcher))),
        };
        Self { searcher, checks }
    }

    /// Whether the text may have a use.
    pub(crate) fn passes(&self, text: &[u8]) -> bool {
        let mut from = 0;
        while from < text.len() {
            let span = Span { start: from, end: text.len() };
            let found = match &self.searcher {
                Searcher::Packed(searcher) => searcher.find_in(text, span),
                Searcher::Automaton(searcher) => searcher.find(Input::new(text).span(span)),
                Searcher::None => return true,
            };
            let Some(found) = found else { return false };
            let checks = self.checks.get(found.pattern().as_usize());
            if checks.is_some_and(|all| all.iter().any(|check| check(text, found.start()))) {
                return true;
            }
            from = found.start() + 1;
        }
        false
    }
}

/// How far before a part of an id the id's name may stand, in bytes.
const NEAR: usize = 200;

/// Words that say that a name holds an id.
pub(crate) const ID_WORDS: [&str; 10] =
    ["id", "ids", "uid", "uuid", "uuids", "guid", "ulid", "oid", "sid", "identifier"];

/// Whether the word around `at` is called and an id's name stands shortly before it: the check of
/// everything that is an id only by the name that it is given.
pub(crate) fn part(text: &[u8], at: usize) -> bool {
    let rest = text.get(at..).unwrap_or_default();
    let tail = rest.iter().take_while(|byte| is_word(**byte)).count();
    if rest.get(tail) != Some(&b'(') {
        return false;
    }
    let before = text.get(..at).unwrap_or_default();
    let head = before.iter().rev().take_while(|byte| is_word(**byte)).count();
    near_id(text, at - head)
}

/// Whether the word at `at` begins there, besides: `id(`, not `valid(`.
pub(crate) fn whole_part(text: &[u8], at: usize) -> bool {
    let inside = at.checked_sub(1).and_then(|at| text.get(at));
    inside.is_none_or(|byte| !is_word(*byte) && *byte != b'.') && part(text, at)
}

/// Whether the name of an id stands shortly before `at`.
pub(crate) fn near_id(text: &[u8], at: usize) -> bool {
    let window = text.get(at.saturating_sub(NEAR)..at).unwrap_or_default();
    memchr::memchr2_iter(b'd', b'D', window).any(|d| ends_id_word(window, d + 1))
        || memchr::memmem::find(window, b"dentifier").is_some()
}

/// Whether the bytes before `end` are the end of an id word: `_id`, `runId`, `ID`, `uuid`, `ids`.
pub(crate) fn ends_id_word(text: &[u8], end: usize) -> bool {
    let before = |back: usize| end.checked_sub(back).and_then(|at| text.get(at)).copied();
    let mut next = text.get(end).copied().unwrap_or(b' ');
    if next == b's' {
        next = text.get(end + 1).copied().unwrap_or(b' ');
    }
    if next.is_ascii_lowercase() {
        return false;
    }
    match (before(2), before(1)) {
        (Some(b'I'), Some(b'd' | b'D')) => true,
        (Some(b'i'), Some(b'd')) => {
            let letters = text.get(..end - 2).unwrap_or_default();
            let count = letters.iter().rev().take_while(|byte| byte.is_ascii_lowercase()).count();
            let word = letters.get(letters.len() - count..).unwrap_or_default();
            matches!(word, b"" | b"u" | b"uu" | b"gu" | b"ul" | b"o" | b"s")
                || word.is_empty()
        }
        _ => false,
    }
}

/// Whether a text ends with a name that holds an id.
pub(crate) fn ends_id_name(text: &[u8]) -> bool {
    let trimmed = text.strip_suffix(b"_").unwrap_or(text);
    let back = trimmed.strip_suffix(b"s").unwrap_or(trimmed);
    let suffix = [&b"_str"[..], b"_string", b"_text", b"_hex", b"_value", b"Str"];
    let shorter = suffix.iter().find_map(|suffix| trimmed.strip_suffix(*suffix));
    [trimmed, back, shorter.unwrap_or(b"")].iter().any(|text| ends_id_word(text, text.len()))
        || trimmed.ends_with(b"dentifier")
}

/// Whether a byte belongs to a name.
pub(crate) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte >= 0x80
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::lang::Language;
    use crate::plan::Plan;

    #[test]
    fn a_function_name_passes_and_the_module_alone_does_not() {
        let config = Config::new("/", []);
        let plan = Plan::new(&config);
        let passes = |text: &[u8]| plan.language(Language::Python).prefilter.passes(text);
        assert!(passes(b"x = uuid.uuid4()"));
        assert!(passes(b"uuid uuid uuid7"));
        assert!(!passes(b"import uuid\nuuid.UUID(text)"));
        assert!(!passes(b"uuid2 uuid9 uuid"));
        assert!(passes(b"run_id = f'run_{int(time.time())}'"));
        assert!(!passes(b"valid = time.time() - start"));
        assert!(passes(b"entity_id = f'system:{name}'"));
        assert!(!passes(b"text = f'system:{name}'"));
        assert!(passes(b"run_id.split('_')"));
        assert!(!passes(b"line.split('_')"));
    }

    #[test]
    fn id_words_end_where_a_name_says_id() {
        let check = |text: &str, expected| {
            assert_eq!(near_id(text.as_bytes(), text.len()), expected, "{text}");
        };
        for text in ["run_id = ", "runId: ", "ID=", "self.id = ", "def make_id_for(", "ids ", "uuid"] {
            check(text, true);
        }
        for text in ["valid = ", "idx = ", "side ", "video", "void ", "hidden"] {
            check(text, false);
        }
    }
}
