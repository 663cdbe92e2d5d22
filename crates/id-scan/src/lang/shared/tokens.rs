//! A text of a language of the shared engine as tokens: what stands at a place, and what is around it.

use super::lexer::{FIRST, Kind, Lexed, TRAILER, Token};

/// How many tokens are looked at around a use.
pub(crate) const REACH: u32 = 2_000;

/// A text as tokens.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tokens<'a> {
    pub(crate) text: &'a [u8],
    pub(crate) tokens: &'a [Token],
}

impl<'a> Tokens<'a> {
    pub(crate) fn new(text: &'a [u8], lexed: &'a Lexed) -> Self {
        Self { text, tokens: &lexed.tokens }
    }

    pub(crate) fn count(&self) -> u32 {
        u32::try_from(self.tokens.len()).unwrap_or(u32::MAX)
    }

    pub(crate) fn token(&self, at: u32) -> Option<&'a Token> {
        self.tokens.get(at as usize)
    }

    pub(crate) fn kind(&self, at: u32) -> Kind {
        self.token(at).map_or(Kind::End, |token| token.kind)
    }

    /// The kind of the token before `at`; `End` at the start.
    pub(crate) fn before(&self, at: u32) -> Kind {
        at.checked_sub(1).map_or(Kind::End, |at| self.kind(at))
    }

    pub(crate) fn start(&self, at: u32) -> usize {
        self.token(at).map_or(self.text.len(), |token| token.start as usize)
    }

    pub(crate) fn end(&self, at: u32) -> usize {
        self.token(at).map_or(self.text.len(), |token| token.end as usize)
    }

    pub(crate) fn link(&self, at: u32) -> u32 {
        let link = self.token(at).map_or(at, |token| token.link);
        if link == u32::MAX { at } else { link }
    }

    pub(crate) fn has(&self, at: u32, flag: u8) -> bool {
        self.token(at).is_some_and(|token| token.flags & flag != 0)
    }

    pub(crate) fn is_first(&self, at: u32) -> bool {
        self.has(at, FIRST)
    }

    pub(crate) fn spelling(&self, at: u32) -> &'a [u8] {
        self.text.get(self.start(at)..self.end(at)).unwrap_or_default()
    }

    pub(crate) fn is(&self, at: u32, spelling: &str) -> bool {
        self.spelling(at) == spelling.as_bytes()
    }

    /// Whether the token is one of `words`, and no member of something.
    pub(crate) fn is_word(&self, at: u32, words: &[&str]) -> bool {
        self.kind(at) == Kind::Name
            && self.before(at) != Kind::Dot
            && words.iter().any(|word| self.is(at, word))
    }

    pub(crate) fn string(&self, at: u32) -> String {
        String::from_utf8_lossy(self.spelling(at)).into_owned()
    }

    /// The text of a string without its quotes.
    pub(crate) fn unquoted(&self, at: u32) -> String {
        let text = self.spelling(at);
        let inside = text.get(1..text.len().saturating_sub(1)).unwrap_or_default();
        String::from_utf8_lossy(inside).into_owned()
    }

    /// The source between two tokens, both included.
    pub(crate) fn source(&self, first: u32, last: u32) -> String {
        let bytes = self.text.get(self.start(first)..self.end(last)).unwrap_or_default();
        String::from_utf8_lossy(bytes).into_owned()
    }

    /// Whether a bracket calls what stands before it.
    pub(crate) fn is_call(&self, open: u32) -> bool {
        self.kind(open) == Kind::Open && self.is(open, "(") && self.has(open, TRAILER)
    }

    /// Whether a bracket takes an element of what stands before it.
    pub(crate) fn is_element(&self, open: u32) -> bool {
        self.kind(open) == Kind::Open && self.is(open, "[") && self.has(open, TRAILER)
    }

    /// Whether a token is the end of something in brackets or of a string with fields.
    pub(crate) fn closes(&self, at: u32) -> bool {
        matches!(self.kind(at), Kind::Close | Kind::StringClose | Kind::FieldClose)
    }

    /// The opening token that is not closed before `at`.
    pub(crate) fn around(&self, at: u32) -> Option<u32> {
        let mut at = at;
        for _ in 0..REACH {
            at = at.checked_sub(1)?;
            match self.kind(at) {
                Kind::Open | Kind::FieldOpen | Kind::StringOpen => return Some(at),
                _ if self.closes(at) => at = self.link(at).min(at),
                _ => {}
            }
        }
        None
    }
}
