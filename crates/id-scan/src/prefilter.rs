//! Tells at memory speed which files cannot have a finding: most files stop here.
//!
//! Invariant: a file that does not contain one of the needles as bytes has no use. Text comes from
//! `source.rs`; what passes goes to the lexer of its language.

use aho_corasick::AhoCorasick;
use memchr::memmem::Finder;

use crate::tracked::Tracked;

/// The literals of a table, ready to be searched for.
#[derive(Debug)]
pub(crate) enum Prefilter {
    /// Every needle begins alike: the common part, then the needles without it.
    Prefix(Box<Finder<'static>>, Vec<Vec<u8>>),
    Many(AhoCorasick),
    /// The searcher could not be built: everything passes.
    All,
}

impl Prefilter {
    pub(crate) fn new(tracked: &Tracked) -> Self {
        let needles = tracked.needles();
        let common = common_prefix(needles);
        if common.len() >= 3 {
            let rest = needles.iter().filter_map(|needle| needle.get(common.len()..));
            let rest = rest.map(|rest| rest.as_bytes().to_vec()).collect();
            return Self::Prefix(Box::new(Finder::new(common.as_bytes()).into_owned()), rest);
        }
        AhoCorasick::new(needles).map_or(Self::All, Self::Many)
    }

    /// Whether the text may have a use.
    pub(crate) fn passes(&self, text: &[u8]) -> bool {
        match self {
            Self::Prefix(finder, rest) => finder.find_iter(text).any(|at| {
                let tail = text.get(at + finder.needle().len()..).unwrap_or_default();
                rest.iter().any(|rest| tail.starts_with(rest))
            }),
            Self::Many(searcher) => searcher.is_match(text),
            Self::All => true,
        }
    }
}

fn common_prefix(needles: &[String]) -> &str {
    let Some((first, others)) = needles.split_first() else { return "" };
    let length = others.iter().fold(first.len(), |length, other| {
        first.bytes().zip(other.bytes()).take(length).take_while(|(a, b)| a == b).count()
    });
    first.get(..length).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang;

    #[test]
    fn a_function_name_passes_and_the_module_alone_does_not() {
        let prefilter = Prefilter::new(&lang::default_tracked());
        assert!(prefilter.passes(b"x = uuid.uuid4()"));
        assert!(prefilter.passes(b"uuid uuid uuid7"));
        assert!(!prefilter.passes(b"import uuid\nuuid.UUID(text)"));
        assert!(!prefilter.passes(b"uuid2 uuid9 uuid"));
    }
}
