//! Reads what a use is made into and for, in the languages of the shared engine: outwards through
//! methods, wrappers and fields of strings, then left to the name that it is given.
//!
//! As Python's `context.rs`, a search gives up after a bounded number of tokens.

use std::cell::Cell;

use super::File;
use super::lexer::{FIRST, Kind};
use crate::lang::Shape;
use crate::tracked::Family;

/// How many tokens to the left are looked at for a target.
const REACH: usize = 256;

/// What stands around a use.
#[derive(Clone, Debug)]
pub(crate) struct Surroundings {
    pub(crate) shape: Shape,
    pub(crate) target: Option<String>,
    pub(crate) literal: Option<String>,
    /// First and last token of the widest expression that is still the id.
    pub(crate) first: u32,
    pub(crate) last: u32,
    /// The token at which the search for the target ended.
    pub(crate) mark: u32,
}

/// Looks around the expression from token `first` to `last`.
pub(crate) fn surroundings(
    file: &File<'_>,
    first: u32,
    last: u32,
    call: bool,
    family: Family,
) -> Surroundings {
    let reader = Reader { file, part: family.is_part(), mark: Cell::new(first) };
    let (shape, from, to) =
        if call { reader.shape(first, last) } else { (Shape::Reference, first, last) };
    let mut literal = None;
    let target = reader.target(from, &mut literal);
    Surroundings { shape, target, literal, first: from, last: to, mark: reader.mark.get() }
}

struct Reader<'a> {
    file: &'a File<'a>,
    part: bool,
    mark: Cell<u32>,
}

impl Reader<'_> {
    fn shape(&self, mut first: u32, mut last: u32) -> (Shape, u32, u32) {
        let file = self.file;
        let mut shape = Shape::Plain;
        for _ in 0..64 {
            let next = last + 1;
            match file.kind(next) {
                Kind::Dot if file.kind(next + 1) == Kind::Name => {
                    let (name, open) = (next + 1, next + 2);
                    let called = file.is_call(open);
                    let form = file.grammar.forms.iter().find(|(form, _)| file.is(name, form));
                    if called && file.grammar.slices.iter().any(|slice| file.is(name, slice)) {
                        if self.shortens(open) {
                            shape = Shape::Truncated;
                        }
                        last = file.link(open);
                    } else if let Some((_, form)) = form {
                        shape = shape.max(*form);
                        last = if called { file.link(open) } else { name };
                    } else {
                        break;
                    }
                }
                Kind::Open if file.is(next, "[") && file.has(next, super::lexer::TRAILER) => {
                    shape = Shape::Truncated;
                    last = file.link(next);
                }
                Kind::Close if first > 0 && file.link(next) == first - 1 => {
                    let open = first - 1;
                    if file.is_call(open) {
                        let callee = open.saturating_sub(1);
                        let form =
                            file.grammar.forms.iter().find(|(form, _)| file.is(callee, form));
                        let Some((_, form)) = form.filter(|_| file.before(callee) != Kind::Dot)
                        else {
                            break;
                        };
                        shape = shape.max(*form);
                        first = callee;
                    } else {
                        first = open;
                    }
                    last = next;
                }
                Kind::FieldClose if first > 0 && file.link(next) == first - 1 => {
                    shape = shape.max(Shape::Interpolated);
                    // The string is the id and nothing else, and a part of it may be taken.
                    let alone = file.before(first - 1) == Kind::StringOpen
                        && file.kind(next + 1) == Kind::StringClose;
                    if !alone {
                        break;
                    }
                    (first, last) = (first - 2, next + 1);
                }
                _ => break,
            }
        }
        (shape, first, last)
    }

    /// Whether the arguments of a method take less than a whole id.
    fn shortens(&self, open: u32) -> bool {
        let file = self.file;
        let close = file.link(open);
        let inside: Vec<_> = (open + 1..close).take(8).map(|at| file.string(at)).collect();
        let numbers = inside.join("");
        let mut numbers = numbers.split(',');
        let from = numbers.next().unwrap_or_default();
        let to = numbers.next();
        let whole = |text: &str| text.parse::<u64>().is_ok_and(|number| number >= 36);
        match (from, to) {
            ("" | "0", None) => false,
            ("" | "0", Some(to)) => !whole(to),
            _ => true,
        }
    }

    /// Looks left for the name that an expression is given to; what an arrow gives away is what the
    /// arrow is given to.
    fn target(&self, first: u32, literal: &mut Option<String>) -> Option<String> {
        let file = self.file;
        let mut at = first;
        for _ in 0..REACH {
            let came = at;
            at = at.checked_sub(1)?;
            self.mark.set(at);
            let new_line = file.has(came, FIRST);
            match file.kind(at) {
                Kind::Close | Kind::StringClose | Kind::FieldClose => {
                    if new_line && self.begins_statement(came) {
                        return None;
                    }
                    at = file.link(at).min(at);
                }
                Kind::Text if literal.is_none() && file.kind(came) == Kind::Operator => {
                    *literal = Some(String::from_utf8_lossy(file.unquoted(at)).into_owned());
                }
                Kind::Equal | Kind::Augmented => return self.assigned(at),
                Kind::Arrow if file.grammar.arrow_keys => {
                    if let Some(name) = self.key(at) {
                        return Some(name);
                    }
                }
                Kind::Colon => {
                    if let Some(name) = self.key(at) {
                        return Some(name);
                    }
                }
                Kind::FieldOpen => {
                    if literal.is_none() && file.before(at) == Kind::StringText {
                        *literal = Some(file.string(at - 1));
                    }
                    for _ in 0..REACH {
                        if file.kind(at) == Kind::StringOpen {
                            break;
                        }
                        at = at.checked_sub(1)?;
                        if file.kind(at) == Kind::FieldClose {
                            at = file.link(at).min(at);
                        }
                    }
                }
                Kind::Open => match file.spelling(at) {
                    // The value of an attribute of markup.
                    b"{" if file.before(at) == Kind::Equal && at >= 2 => {
                        return (file.kind(at - 2) == Kind::Markup).then(|| file.string(at - 2));
                    }
                    b"(" if file.is_call(at) => {
                        let callee = at.checked_sub(1)?;
                        // A cast: `(int) (...)`.
                        if file.grammar.types_first && file.kind(callee) == Kind::Close {
                            continue;
                        }
                        let name = file.string(callee);
                        let form = file.grammar.forms.iter().any(|(form, _)| *form == name);
                        let made = name.starts_with(|c: char| c.is_ascii_uppercase());
                        if !(form || made) {
                            return None;
                        }
                    }
                    b"(" => {}
                    b"[" if self.part && !file.has(at, super::lexer::TRAILER) => {}
                    _ => return None,
                },
                Kind::Name => {
                    // A label says that less than the function is left: `return@map id`.
                    let labelled = file.is(at + 1, "@") && file.end(at) == file.start(at + 1);
                    if labelled {
                        return None;
                    }
                    if file.is_word(at, file.grammar.returning_words) {
                        return Some("return".to_owned());
                    }
                    if new_line && self.begins_statement(came) {
                        return None;
                    }
                }
                Kind::Operator if self.part && self.compares(at) => return None,
                Kind::Comma if self.format(at).is_some() => {
                    let open = self.format(at)?;
                    if literal.is_none() && file.kind(open + 1) == Kind::Text {
                        let text = file.unquoted(open + 1);
                        let text = text.split(|byte| matches!(byte, b'%' | b'{')).next();
                        let text = text.unwrap_or_default();
                        *literal = Some(String::from_utf8_lossy(text).into_owned());
                    }
                    at = open.checked_sub(1)?;
                }
                Kind::Comma | Kind::Semicolon | Kind::StringOpen | Kind::Markup | Kind::End => {
                    return None;
                }
                _ => {}
            }
        }
        None
    }

    /// The bracket of a call that builds a text of its arguments, if the comma stands in one.
    fn format(&self, comma: u32) -> Option<u32> {
        let file = self.file;
        let mut at = comma;
        for _ in 0..32 {
            at = at.checked_sub(1)?;
            match file.kind(at) {
                Kind::Close | Kind::StringClose => at = file.link(at).min(at),
                Kind::Open => break,
                Kind::Semicolon | Kind::FieldOpen | Kind::StringOpen | Kind::End => return None,
                _ => {}
            }
        }
        let mut callee = at.checked_sub(1)?;
        if file.is(callee, "!") {
            callee = callee.checked_sub(1)?;
        }
        let builds =
            |(form, shape): &(&str, Shape)| *shape == Shape::Interpolated && file.is(callee, form);
        (file.kind(at) == Kind::Open && file.grammar.forms.iter().any(builds)).then_some(at)
    }

    fn compares(&self, at: u32) -> bool {
        matches!(
            self.file.spelling(at),
            b"==" | b"===" | b"!=" | b"!==" | b"<" | b">" | b"<=" | b">=" | b"?"
        )
    }

    /// Whether a token that is first on its line begins a statement rather than going on with one.
    fn begins_statement(&self, at: u32) -> bool {
        !matches!(self.file.kind(at), Kind::Dot | Kind::Operator | Kind::Arrow | Kind::Colon)
    }

    /// The key before a colon; `None` if the colon belongs to a condition.
    fn key(&self, colon: u32) -> Option<String> {
        let file = self.file;
        let key = colon.checked_sub(1)?;
        let begins = matches!(file.before(key), Kind::Open | Kind::Comma)
            || (file.before(key) == Kind::Name && file.is_word(key - 1, file.grammar.modifiers));
        match file.kind(key) {
            Kind::Name if begins => Some(file.string(key)),
            Kind::Text if begins => Some(String::from_utf8_lossy(file.unquoted(key)).into_owned()),
            _ => None,
        }
    }

    /// The name that ends before an equals sign, or before its annotation.
    fn assigned(&self, equal: u32) -> Option<String> {
        let file = self.file;
        let mut at = equal;
        let mut annotated = None;
        for _ in 0..32 {
            let Some(next) = at.checked_sub(1) else { break };
            at = next;
            match file.kind(at) {
                Kind::Close => at = file.link(at).min(at),
                Kind::Colon => annotated = Some(at),
                Kind::Comma | Kind::Open | Kind::Semicolon | Kind::Equal | Kind::Arrow => break,
                _ => {}
            }
            if file.has(at, FIRST) {
                break;
            }
        }
        // The id is the first of several results.
        if file.grammar.ordered && file.kind(at) == Kind::Comma {
            return self.name(at.checked_sub(1)?);
        }
        self.name(annotated.unwrap_or(equal).checked_sub(1)?)
    }

    /// The name that an expression ends with.
    fn name(&self, at: u32) -> Option<String> {
        let file = self.file;
        match file.kind(at) {
            Kind::Name | Kind::Markup => Some(file.string(at)),
            Kind::Operator if file.is(at, "?") || file.is(at, "!") => self.name(at.checked_sub(1)?),
            Kind::Close if file.is(file.link(at), "[") => {
                let key = file.link(at) + 1;
                match file.kind(key) {
                    Kind::Text if key + 1 == at => {
                        Some(String::from_utf8_lossy(file.unquoted(key)).into_owned())
                    }
                    Kind::Name if key + 1 == at => Some(file.string(key)),
                    _ => None,
                }
            }
            _ => None,
        }
    }
}
