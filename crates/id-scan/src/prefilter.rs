//! Tells at memory speed which files cannot have a finding: most files stop here.
//!
//! A needle is a literal and a check of the bytes around it. Invariant: a file without a needle
//! that passes its check has no use. Where a check looks for more than the literal (an id's name
//! nearby), the language asks the same function before it reports, so that what is found in a file
//! does not depend on what else is in it. Text comes from `source.rs`; what passes goes to the
//! lexer of its language.

use std::borrow::Cow;
use std::collections::BTreeMap;

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

    /// The name of a module, which counts where it is imported.
    pub(crate) fn module(text: impl Into<Cow<'static, str>>) -> Self {
        Self { text: text.into(), check: imported }
    }

    /// A literal that counts if its surroundings pass.
    pub(crate) fn checked(text: &'static str, check: Check) -> Self {
        Self { text: text.into(), check }
    }
}

/// The needles of a language, ready to be searched for.
#[derive(Debug)]
pub(crate) struct Prefilter {
    calls: Calls,
    passes: Vec<Pass>,
    /// Names may be spelled with letters outside ASCII that mean the same.
    folds: bool,
}

/// Needles that are the name of a function and its bracket. A text has far fewer brackets than
/// beginnings of names, so that any number of functions costs one search for one byte.
#[derive(Debug, Default)]
struct Calls {
    /// By the last two letters of a name: whether there is such a function.
    ends: Vec<u64>,
    /// By their last two letters: the functions, which are few for any two.
    names: Vec<(u16, Vec<Ending>)>,
}

impl Calls {
    fn new(calls: Vec<Ending>) -> Self {
        let mut ends = vec![0u64; 1024];
        let mut names: BTreeMap<u16, Vec<Ending>> = BTreeMap::new();
        for (name, check) in calls {
            if let [.., a, b] = *name {
                let key = Self::key(a, b);
                if let Some(word) = ends.get_mut(usize::from(key >> 6)) {
                    *word |= 1 << (key & 63);
                }
                names.entry(key).or_default().push((name, check));
            }
        }
        Self { ends, names: names.into_iter().collect() }
    }

    fn key(a: u8, b: u8) -> u16 {
        u16::from_be_bytes([a, b])
    }

    fn passes(&self, text: &[u8]) -> bool {
        !self.names.is_empty()
            && memchr::memchr_iter(b'(', text).any(|open| {
                let Some([a, b]) = text.get(open.saturating_sub(2)..open) else { return false };
                let key = Self::key(*a, *b);
                let word = self.ends.get(usize::from(key >> 6));
                word.is_some_and(|word| word >> (key & 63) & 1 == 1)
                    && self.is_needle(text, open, key)
            })
    }

    fn is_needle(&self, text: &[u8], open: usize, key: u16) -> bool {
        let before = text.get(..open).unwrap_or_default();
        let at = self.names.partition_point(|(known, _)| *known < key);
        self.names.get(at).is_some_and(|(_, names)| {
            names.iter().any(|(name, check)| {
                before.strip_suffix(&**name).is_some_and(|before| {
                    !before.last().is_some_and(|byte| is_word(*byte)) && check(text, before.len())
                })
            })
        })
    }
}

/// What has to follow a literal, and the check.
type Ending = (Box<[u8]>, Check);
/// A literal that needles begin with, and how each goes on.
type Stem = (Vec<u8>, Vec<Ending>);

/// As many literals as can be searched for in one pass.
#[derive(Debug)]
struct Pass {
    searcher: Searcher,
    /// For each literal what has to follow it, and the check.
    checks: Vec<Vec<Ending>>,
}

#[derive(Debug)]
enum Searcher {
    /// Compares vectors of bytes with the beginnings of all literals at once.
    Packed(Box<packed::Searcher>),
    Automaton(Box<AhoCorasick>),
    /// The searcher could not be built: everything passes.
    None,
}

/// How many literals the packed searcher takes.
const PACKED: usize = 32;
/// Needles that begin alike are searched for by that many bytes.
const STEM: usize = 4;

impl Prefilter {
    pub(crate) fn new(needles: impl IntoIterator<Item = Needle>) -> Self {
        let (calls, mut needles): (Vec<_>, Vec<_>) = needles
            .into_iter()
            .filter(|needle| !needle.text.is_empty())
            .partition(|needle| is_call(&needle.text));
        let call = |needle: Needle| {
            let name = needle.text.strip_suffix('(').unwrap_or(&needle.text).as_bytes().into();
            (name, needle.check)
        };
        let calls = Calls::new(calls.into_iter().map(call).collect());
        needles.sort_by(|a, b| a.text.cmp(&b.text));
        let mut stems: Vec<Stem> = Vec::new();
        let mut group: Vec<Needle> = Vec::new();
        let mut needles = needles.into_iter().peekable();
        while let Some(needle) = needles.next() {
            group.push(needle);
            let stem = |needle: &Needle| needle.text.as_bytes().get(..STEM).map(<[u8]>::to_vec);
            let first = group.first().and_then(stem);
            if first.is_some() && needles.peek().and_then(stem) == first {
                continue;
            }
            let texts: Vec<&[u8]> = group.iter().map(|needle| needle.text.as_bytes()).collect();
            let common = common_prefix(&texts).to_vec();
            let rest = |needle: &Needle| {
                needle.text.as_bytes().get(common.len()..).unwrap_or_default().into()
            };
            let checks = group.iter().map(|needle| (rest(needle), needle.check)).collect();
            stems.push((common.clone(), checks));
            group.clear();
        }
        let passes = stems.chunks(PACKED).map(Pass::new).collect();
        Self { calls, passes, folds: false }
    }

    /// Lets texts pass in which letters outside ASCII may spell a needle, if the language folds names.
    pub(crate) fn folding(self, folds: bool) -> Self {
        Self { folds, ..self }
    }

    /// Whether the text may have a use.
    pub(crate) fn passes(&self, text: &[u8]) -> bool {
        self.calls.passes(text)
            || self.passes.iter().any(|pass| pass.passes(text))
            || (self.folds && may_fold(text))
    }
}

impl Pass {
    fn new(stems: &[Stem]) -> Self {
        let texts: Vec<&[u8]> = stems.iter().map(|(text, _)| text.as_slice()).collect();
        let searcher = match packed::Config::new().builder().extend(&texts).build() {
            Some(packed) => Searcher::Packed(Box::new(packed)),
            None => AhoCorasick::builder()
                .match_kind(MatchKind::LeftmostFirst)
                .build(&texts)
                .map_or(Searcher::None, |searcher| Searcher::Automaton(Box::new(searcher))),
        };
        Self { searcher, checks: stems.iter().map(|(_, checks)| checks.clone()).collect() }
    }

    fn passes(&self, text: &[u8]) -> bool {
        let mut from = 0;
        while from < text.len() {
            let span = Span { start: from, end: text.len() };
            let found = match &self.searcher {
                Searcher::Packed(searcher) => searcher.find_in(text, span),
                Searcher::Automaton(searcher) => searcher.find(Input::new(text).span(span)),
                Searcher::None => return true,
            };
            let Some(found) = found else { return false };
            let rest = text.get(found.end()..).unwrap_or_default();
            let passes =
                |(tail, check): &Ending| rest.starts_with(tail) && check(text, found.start());
            let checks = self.checks.get(found.pattern().as_usize());
            if checks.is_some_and(|all| all.iter().any(passes)) {
                return true;
            }
            from = found.start() + 1;
        }
        false
    }
}

/// How many bytes are asked at once whether they are ASCII.
const ASCII_CHUNK: usize = 512;

/// Whether a text has letters that the compatibility form of Unicode makes ASCII: full-width and
/// mathematical ones, subscripts, ligatures. Those of two bytes are left out: they are few, and
/// `1\u{aa}` stands in many a comment.
fn may_fold(text: &[u8]) -> bool {
    let starts = (0..text.len()).step_by(ASCII_CHUNK);
    starts.into_iter().any(|start| {
        let end = (start + ASCII_CHUNK).min(text.len());
        let chunk = text.get(start..end).unwrap_or_default();
        !chunk.is_ascii() && {
            let chunk = text.get(start..(end + 2).min(text.len())).unwrap_or_default();
            chunk.windows(3).any(folds)
        }
    })
}

/// Whether a letter of three or four bytes that begins so is one of those.
fn folds(bytes: &[u8]) -> bool {
    match bytes {
        [0xef, 0xac, third] => *third <= 0x86,
        [0xef, 0xb8, third] => matches!(third, 0xb3 | 0xb4),
        [0xef, 0xb9, third] => matches!(third, 0x8d..=0x8f),
        [0xef, 0xbc, third] => matches!(third, 0x90..=0x99 | 0xa1..=0xba | 0xbf),
        [0xef, 0xbd, third] => matches!(third, 0x81..=0x9a),
        [0xf0, 0x9d, third] => matches!(third, 0x90..=0x9f),
        [0xf0, 0x9f, 0xaf] | [0xe1, 0xb4..=0xb6, _] => true,
        [0xe2, 0x81, third] => matches!(third, 0xb1 | 0xbf),
        [0xe2, 0x82, third] => matches!(third, 0x90..=0x9c),
        // The signs for a trade mark and for a number are no letters.
        [0xe2, 0x84, third] => matches!(third, 0x82..=0xb9) && !matches!(third, 0x96 | 0xa2),
        [0xe2, 0x85, third] => matches!(third, 0x85..=0x89 | 0xa0..=0xbf),
        _ => false,
    }
}

/// Whether a needle is a name and its bracket.
fn is_call(text: &str) -> bool {
    let name = text.strip_suffix('(').unwrap_or_default();
    name.len() >= 2 && name.bytes().all(is_word)
}

fn common_prefix<'a>(texts: &[&'a [u8]]) -> &'a [u8] {
    let Some((first, others)) = texts.split_first() else { return b"" };
    let length = others.iter().fold(first.len(), |length, other| {
        first.iter().zip(*other).take(length).take_while(|(a, b)| a == b).count()
    });
    first.get(..length).unwrap_or_default()
}

/// How far before a part of an id the id's name may stand, in bytes.
const NEAR: usize = 400;

/// Words that say that a name holds an id.
pub(crate) const ID_WORDS: [&str; 10] =
    ["id", "ids", "uid", "uuid", "uuids", "guid", "ulid", "oid", "sid", "identifier"];

/// Whether an id's name stands before the word at `at`: the check of everything that is an id only
/// by the name that it is given.
pub(crate) fn part(text: &[u8], at: usize) -> bool {
    near_id(text, at)
}

/// Where the word that ends before `end` begins.
pub(crate) fn word_start(text: &[u8], end: usize) -> usize {
    let before = text.get(..end).unwrap_or_default();
    end - before.iter().rev().take_while(|byte| is_word(**byte)).count()
}

/// Whether what stands at `at` is in a line that may import it.
pub(crate) fn imported(text: &[u8], at: usize) -> bool {
    let before = text.get(at.saturating_sub(NEAR)..at).unwrap_or_default();
    let line = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let line = before.get(line..).unwrap_or_default();
    let words: [&[u8]; 5] = [b"import", b"from", b"require", b"use", b"using"];
    words.iter().any(|word| memchr::memmem::find(line, word).is_some())
}

/// Whether the word at `at` is no method, besides: `id(`, not `x.id(`.
pub(crate) fn whole_part(text: &[u8], at: usize) -> bool {
    let inside = at.checked_sub(1).and_then(|at| text.get(at));
    inside != Some(&b'.') && part(text, at)
}

/// Whether the name of an id stands before `at`: on its line, on a line before that goes on, or as
/// the name of a function that begins shortly before. What lies further away than a few hundred
/// bytes is not looked at.
pub(crate) fn near_id(text: &[u8], at: usize) -> bool {
    let window = text.get(at.saturating_sub(NEAR)..at).unwrap_or_default();
    let mut lines = window.rsplitn(5, |byte| *byte == b'\n');
    let mut line = lines.next().unwrap_or_default();
    loop {
        if has_id_word(line) {
            return true;
        }
        match lines.next() {
            Some(before) if goes_on(before) => line = before,
            _ => break,
        }
    }
    let Some(def) = memchr::memmem::rfind(window, b"def ") else { return false };
    let name = window.get(def + 4..).unwrap_or_default();
    let length = name.iter().take_while(|byte| is_word(**byte)).count();
    // The byte behind the name tells whether its last word ends.
    has_id_word(name.get(..=length).unwrap_or(name))
}

/// Whether a line is continued by the next.
fn goes_on(line: &[u8]) -> bool {
    matches!(line.trim_ascii_end().last(), Some(b'(' | b'[' | b'{' | b'=' | b'+' | b'\\'))
}

fn has_id_word(text: &[u8]) -> bool {
    memchr::memchr2_iter(b'd', b'D', text).any(|d| ends_id_word(text, d + 1))
        || memchr::memmem::find(text, b"identifier").is_some()
        || memchr::memmem::find(text, b"Identifier").is_some()
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
            matches!(word, b"" | b"u" | b"uu" | b"gu" | b"ul" | b"o" | b"s") || word.is_empty()
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
        || trimmed.ends_with(b"identifier")
        || trimmed.ends_with(b"Identifier")
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
    fn letters_that_mean_ascii_pass_where_the_language_says_so() {
        let config = Config::new("/", []);
        let plan = Plan::new(&config);
        let passes = |language: Language, text: &str| {
            let long = format!("{}{text}\n", "# text\n".repeat(100));
            plan.language(language).prefilter.passes(long.as_bytes())
        };
        for text in ["\u{ff55}uid\u{ff14}", "\u{1d4fe}\u{1d4fe}\u{1d4f2}\u{1d4ed}", "x\u{2092}"] {
            assert!(passes(Language::Python, text), "{text}");
            assert!(!passes(Language::JavaScript, text), "{text}");
        }
        for text in [
            "\u{e4}\u{4e2d}\u{6587}\u{ff0c}\u{3002}",
            "1\u{aa} \u{2122} \u{2116} \u{1f600}",
            "\u{2153}",
        ] {
            assert!(!passes(Language::Python, text), "{text}");
        }
    }

    #[test]
    fn id_words_end_where_a_name_says_id() {
        let check = |text: &str, expected| {
            assert_eq!(near_id(text.as_bytes(), text.len()), expected, "{text}");
        };
        for text in
            ["run_id = ", "runId: ", "ID=", "self.id = ", "def make_id_for(", "ids ", "uuid"]
        {
            check(text, true);
        }
        for text in ["valid = ", "idx = ", "side ", "video", "void ", "hidden"] {
            check(text, false);
        }
    }
}
