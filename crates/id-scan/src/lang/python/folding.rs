//! Names as Python compares them: in Unicode's form NFKC, in which full-width letters are ASCII.
//!
//! Names that this changes are written anew in a copy of the text, each at the start of its place,
//! and their tokens end earlier meanwhile, so that everything after the lexer reads the folded
//! spelling and nothing else moves. Keywords are not folded: Python knows them by their letters.
//!
//! Specification: PEP 3131. The tokens come from `lexer.rs` and go to `binder.rs`.

use unicode_normalization::{IsNormalized, UnicodeNormalization as _, is_nfkc_quick};

use super::lexer::{Kind, Token};

/// A text with its names folded, and where the tokens of these names end in the file.
#[derive(Debug)]
pub(crate) struct Folded {
    pub(crate) text: Vec<u8>,
    /// Token and end, in the order of the text.
    ends: Vec<(u32, u32)>,
}

/// Folds the names in a text and ends their tokens with the folded spelling; `None` if no name
/// changes. A name that becomes longer is left as it is.
pub(crate) fn fold(text: &[u8], tokens: &mut [Token]) -> Option<Folded> {
    if text.is_ascii() {
        return None;
    }
    let mut folded: Option<Folded> = None;
    for (at, token) in (0..).zip(tokens) {
        let span = token.start as usize..token.end as usize;
        let name = text.get(span.clone()).filter(|name| !name.is_ascii());
        let Some(name) = name.filter(|_| token.kind == Kind::Name) else { continue };
        let Ok(name) = std::str::from_utf8(name) else { continue };
        if is_nfkc_quick(name.chars()) == IsNormalized::Yes {
            continue;
        }
        let new: String = name.nfkc().collect();
        if new == name || new.is_empty() || new.len() > name.len() {
            continue;
        }
        let folded = folded.get_or_insert_with(|| Folded { text: text.to_vec(), ends: Vec::new() });
        if let Some(place) = folded.text.get_mut(span.start..span.start + new.len()) {
            place.copy_from_slice(new.as_bytes());
        }
        folded.ends.push((at, token.end));
        token.end = token.start + u32::try_from(new.len()).unwrap_or(0);
    }
    folded
}

impl Folded {
    /// Where a token ends in the file, if its name was folded.
    pub(crate) fn end(&self, token: u32) -> Option<u32> {
        let place = self.ends.binary_search_by_key(&token, |(token, _)| *token).ok()?;
        self.ends.get(place).map(|&(_, end)| end)
    }

    /// Lets the tokens end again where they do in the file.
    pub(crate) fn undo(&self, tokens: &mut [Token]) {
        for &(at, end) in &self.ends {
            if let Some(token) = tokens.get_mut(at as usize) {
                token.end = end;
            }
        }
    }
}
