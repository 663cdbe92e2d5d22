//! A Python text as tokens: what stands at a place.

use super::lexer::{Kind, Token};

/// A text as tokens.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tokens<'a> {
    pub(super) text: &'a [u8],
    pub(super) tokens: &'a [Token],
}

impl<'a> Tokens<'a> {
    pub(super) fn kind(&self, at: u32) -> Kind {
        self.tokens.get(at as usize).map_or(Kind::End, |token| token.kind)
    }

    pub(super) fn start(&self, at: u32) -> usize {
        self.tokens.get(at as usize).map_or(self.text.len(), |token| token.start as usize)
    }

    pub(super) fn end(&self, at: u32) -> usize {
        self.tokens.get(at as usize).map_or(self.text.len(), |token| token.end as usize)
    }

    pub(super) fn link(&self, at: u32) -> u32 {
        self.tokens.get(at as usize).map_or(at, |token| token.link)
    }

    pub(super) fn spelling(&self, at: u32) -> &'a [u8] {
        self.text.get(self.start(at)..self.end(at)).unwrap_or_default()
    }

    pub(super) fn string(&self, at: u32) -> String {
        String::from_utf8_lossy(self.spelling(at)).into_owned()
    }
}
