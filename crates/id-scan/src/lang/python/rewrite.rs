//! Reads from the tokens what a use is part of, which type that has, and what its scope offers.
//!
//! The same steps outwards as `context.rs`, with one difference: a step that is not understood ends
//! in "no rewrite", never in a guess. Reads tokens only, so it can be asked about any text that was
//! lexed. What it says goes to `fix/judge.rs`; imports are in `imports.rs`.

use std::cell::OnceCell;
use std::collections::HashSet;

use super::context::{Reader, unquoted};
use super::imports::Head;
use super::lexer::{Keyword, Kind, Token};
use crate::diagnostic::{Finding, UseKind};
use crate::fix::Import;
use crate::lang::rewrite::{Origin, Rewrite, Value};

/// How many tokens are looked at around a use.
const REACH: u32 = 2_000;

/// A file whose uses are to be rewritten.
pub(crate) struct Rewriter<'a> {
    text: &'a [u8],
    tokens: &'a [Token],
    reader: Reader<'a>,
    lines: OnceCell<Vec<u32>>,
    read_as_uuid: OnceCell<HashSet<String>>,
    head: OnceCell<Head>,
}

impl<'a> Rewriter<'a> {
    pub(crate) fn new(text: &'a [u8], tokens: &'a [Token]) -> Self {
        Self {
            text,
            tokens,
            reader: Reader::new(text, tokens, false),
            lines: OnceCell::new(),
            read_as_uuid: OnceCell::new(),
            head: OnceCell::new(),
        }
    }

    /// The name under which an import is known in the file, and the edits that make it so; `None`
    /// if there is no place for it before `at`.
    pub(crate) fn import(
        &self,
        import: &Import,
        at: usize,
    ) -> Option<(String, Vec<crate::fix::Edit>)> {
        let head = self.head.get_or_init(|| Head::read(self.text, self.tokens));
        let local = head.local(import);
        let edits = head.edits(&[(import.clone(), local.clone())])?;
        edits.iter().all(|edit| edit.byte_end <= at).then_some((local, edits))
    }

    /// Reads the place of a finding.
    pub(crate) fn rewrite(&self, finding: &Finding, origin: Origin) -> Option<Rewrite> {
        let first = self.token_at(finding.byte_start)?;
        let last = self.token_before(finding.byte_end)?;
        let mut walk = Walk { tokens: self, first, last, value: None, built: None };
        walk.value = match (finding.kind, origin) {
            (UseKind::Reference, Origin::Uuid) => Some(Value::Factory),
            (UseKind::Reference, _) => return None,
            (UseKind::Call, Origin::Text) => Some(Value::Text),
            (UseKind::Call, Origin::Uuid | Origin::Library) => Some(Value::Object),
            (UseKind::Call, Origin::Part) => {
                // Whatever is done with a part, in a string it becomes text.
                if let Some(start) = self.string_around(first) {
                    walk.first = self.link(start).max(start);
                    (walk.first, walk.last) = (start, walk.first);
                    walk.value = Some(Value::Text);
                    walk.built = Some((walk.first, walk.last));
                }
                walk.value
            }
        };
        if walk.value != Some(Value::Factory) {
            walk.outwards();
        }
        let positional = self.boundary(walk.first, walk.last)?;
        let value = walk.value?;
        let span = self.start(walk.first)..self.end(walk.last);
        let (before, after, others) = self.pieces(&walk, finding.byte_start);
        let target = finding.target.as_deref();
        Some(Rewrite {
            value,
            before,
            after,
            others,
            arguments: self.arguments(last),
            names: self.names(walk.first, walk.last),
            annotation: self.annotation(walk.first),
            positional,
            asks_for_uuid: self.asks_for_uuid(walk.first, walk.last),
            read_as_uuid: target.is_some_and(|target| self.is_read_as_uuid(target)),
            of_class: self.is_of_class(walk.first),
            comment: self.has_comment(walk.first, walk.last),
            span,
        })
    }

    /// The best name for what a template asks for, among parameters and variables of the function
    /// around a place.
    pub(crate) fn in_scope(&self, at: usize, rank: &dyn Fn(&str) -> Option<u32>) -> Option<String> {
        let token = self.token_at(at)?;
        let mut best: Option<(u32, String)> = None;
        let mut offer = |offered: &mut Vec<(String, String)>| {
            for (spelled, name) in offered.drain(..) {
                let Some(rank) = rank(&name) else { continue };
                if best.as_ref().is_none_or(|(known, _)| rank < *known) {
                    best = Some((rank, spelled));
                }
            }
        };
        let lines = self.lines();
        let line = lines.partition_point(|line| *line <= token).checked_sub(1)?;
        let mut column = self.column(line);
        let mut in_function = false;
        let mut offered = Vec::new();
        for above in (0..line).rev().take(4_000) {
            let at = *lines.get(above)?;
            let above_column = self.column(above);
            if above_column > column {
                continue;
            }
            let head = self.definition(at);
            if above_column < column {
                column = above_column;
                match head {
                    Some((Keyword::Def, name)) => {
                        in_function = true;
                        offered.extend(self.parameters(name).map(|name| {
                            let spelled = self.spelling(name);
                            (spelled.clone(), spelled)
                        }));
                        offer(&mut offered);
                        continue;
                    }
                    Some((Keyword::Class, _)) => {
                        // A method does not see the names of its class.
                        if in_function {
                            offered.clear();
                        }
                        break;
                    }
                    _ => {}
                }
            }
            if head.is_none() {
                offered.extend(self.assigned(at).map(|name| (name.clone(), name)));
                if !in_function {
                    self.own_attributes(at, &mut offered);
                }
            }
        }
        offer(&mut offered);
        best.map(|(_, name)| name)
    }

    // Tokens.

    pub(super) fn kind(&self, at: u32) -> Kind {
        self.reader.kind(at)
    }

    pub(super) fn spelling(&self, at: u32) -> String {
        self.reader.spelling(at)
    }

    fn link(&self, at: u32) -> u32 {
        self.tokens.get(at as usize).map_or(at, |token| token.link)
    }

    fn start(&self, at: u32) -> usize {
        self.tokens.get(at as usize).map_or(self.text.len(), |token| token.start as usize)
    }

    fn end(&self, at: u32) -> usize {
        self.tokens.get(at as usize).map_or(self.text.len(), |token| token.end as usize)
    }

    /// The token that begins at a byte; the mark of a line does not count.
    fn token_at(&self, byte: usize) -> Option<u32> {
        let mut at = self.tokens.partition_point(|token| (token.start as usize) < byte);
        while self.tokens.get(at).is_some_and(|token| token.kind == Kind::Line) {
            at += 1;
        }
        u32::try_from(at).ok().filter(|_| at < self.tokens.len())
    }

    /// The token that ends at a byte.
    fn token_before(&self, byte: usize) -> Option<u32> {
        let at = self.tokens.partition_point(|token| (token.end as usize) < byte);
        u32::try_from(at).ok().filter(|at| self.end(*at) == byte)
    }

    /// The tokens that begin logical lines.
    fn lines(&self) -> &[u32] {
        self.lines.get_or_init(|| {
            let all = (0..).zip(self.tokens);
            all.filter(|(_, token)| token.kind == Kind::Line).map(|(at, _)| at).collect()
        })
    }

    fn column(&self, line: usize) -> u32 {
        self.lines().get(line).map_or(0, |at| self.link(*at))
    }

    // What the use is part of.

    /// Whether the expression is a value of its own; `Some(true)` if it is handed to a call without
    /// a name. An operator next to it makes it a part of something else.
    fn boundary(&self, first: u32, last: u32) -> Option<bool> {
        let before = first.checked_sub(1)?;
        let is_pair = self.kind(last + 1) == Kind::Comma;
        match self.kind(last + 1) {
            Kind::Line
            | Kind::End
            | Kind::Comma
            | Kind::Close
            | Kind::Semicolon
            | Kind::Keyword(Keyword::If | Keyword::Else | Keyword::Or | Keyword::For) => {}
            _ => return None,
        }
        match self.kind(before) {
            Kind::Keyword(Keyword::Return | Keyword::Yield) if is_pair => None,
            // `a, b = x, y`: which name it is given is not said by the equals sign.
            Kind::Equal | Kind::Keyword(Keyword::Or | Keyword::Else) if is_pair => {
                let around = self.reader.around(before)?;
                (self.kind(around) == Kind::Open).then_some(false)
            }
            Kind::Open if self.reader.trailer(before) => {
                // `repr(x)`, `int(x)`: a function that makes something else of it.
                let callee = self.spelling(before.checked_sub(1)?);
                callee.starts_with(|first: char| first.is_uppercase()).then_some(true)
            }
            Kind::Equal
            | Kind::Walrus
            | Kind::Line
            | Kind::Semicolon
            | Kind::Colon
            | Kind::Open
            | Kind::Keyword(Keyword::Return | Keyword::Yield | Keyword::Or | Keyword::Else) => {
                Some(false)
            }
            Kind::Comma => {
                let open = self.reader.around(before)?;
                Some(self.kind(open) == Kind::Open && self.reader.trailer(open))
            }
            _ => None,
        }
    }

    /// The literal texts before and behind the id, and the other fields, of the strings between two
    /// tokens.
    fn pieces(&self, walk: &Walk<'_, '_>, id: usize) -> (Vec<String>, Vec<String>, Vec<String>) {
        let (mut before, mut after, mut others) = (Vec::new(), Vec::new(), Vec::new());
        let Some((from, to)) = walk.built else { return (before, after, others) };
        let mut at = from;
        while at <= to {
            let text = match self.kind(at) {
                Kind::Text => Some(unquoted(&self.spelling(at))),
                Kind::FText => Some(self.spelling(at)),
                _ => None,
            };
            if let Some(text) = text.filter(|text| !text.is_empty()) {
                if self.start(at) < id { before.push(text) } else { after.push(text) }
            }
            if self.kind(at) == Kind::FieldOpen {
                let close = self.link(at).max(at);
                if !(self.start(at)..self.end(close)).contains(&id) {
                    others.push(self.source(at + 1, close.saturating_sub(1)));
                }
                at = close;
            }
            at += 1;
        }
        (before, after, others)
    }

    /// The source between two tokens, both included.
    fn source(&self, first: u32, last: u32) -> String {
        let bytes = self.text.get(self.start(first)..self.end(last)).unwrap_or_default();
        String::from_utf8_lossy(bytes).into_owned()
    }

    /// The arguments of the call that ends with a token.
    fn arguments(&self, close: u32) -> Vec<String> {
        let mut arguments = Vec::new();
        if self.kind(close) != Kind::Close {
            return arguments;
        }
        let mut at = self.link(close) + 1;
        let mut from = at;
        while at <= close {
            match self.kind(at) {
                Kind::Comma | Kind::Close if from < at => {
                    arguments.push(self.source(from, at - 1));
                    from = at + 1;
                }
                Kind::Comma | Kind::Close => from = at + 1,
                Kind::Open | Kind::FStart => at = self.link(at).max(at),
                _ => {}
            }
            at += 1;
        }
        arguments
    }

    /// The names that are read between two tokens, attributes left out.
    fn names(&self, first: u32, last: u32) -> Vec<String> {
        let read = |at: &u32| {
            self.kind(*at) == Kind::Name
                && !at.checked_sub(1).is_some_and(|before| self.kind(before) == Kind::Dot)
        };
        (first..=last.min(first + REACH)).filter(read).map(|at| self.spelling(at)).collect()
    }

    /// Whether a comment stands between the tokens of an expression.
    fn has_comment(&self, first: u32, last: u32) -> bool {
        (first..last).any(|at| {
            let between = self.text.get(self.end(at)..self.start(at + 1)).unwrap_or_default();
            between.contains(&b'#')
        })
    }

    /// The brackets around a token, inner ones first.
    fn brackets(&self, first: u32) -> Vec<u32> {
        let mut brackets = Vec::new();
        let mut at = first;
        while let Some(open) = self.reader.around(at).filter(|open| self.kind(*open) == Kind::Open)
        {
            brackets.push(open);
            at = open;
            if brackets.len() > 32 {
                break;
            }
        }
        brackets
    }

    /// The annotated type of what an expression is given to, directly or through calls around it.
    fn annotation(&self, first: u32) -> Option<String> {
        let starts = std::iter::once(first).chain(self.brackets(first));
        for start in starts {
            let mut at = start;
            // The name of the call in front of a bracket.
            while at > 0 && matches!(self.kind(at - 1), Kind::Name | Kind::Dot) {
                at -= 1;
            }
            while at > 0
                && matches!(self.kind(at - 1), Kind::Keyword(Keyword::Lambda) | Kind::Colon)
                && self.is_lambda(at - 1)
            {
                at -= 1;
            }
            let Some(equal) = at.checked_sub(1).filter(|at| self.kind(*at) == Kind::Equal) else {
                continue;
            };
            let mut colon = None;
            let mut back = equal;
            for _ in 0..256 {
                let Some(next) = back.checked_sub(1) else { break };
                back = next;
                match self.kind(back) {
                    Kind::Close | Kind::FEnd => back = self.link(back).min(back),
                    Kind::Colon => colon = Some(back),
                    Kind::Comma | Kind::Open | Kind::Line | Kind::Semicolon | Kind::Equal => break,
                    _ => {}
                }
            }
            if let Some(colon) = colon {
                return Some(self.source(colon + 1, equal - 1));
            }
        }
        None
    }

    /// Whether a colon or a keyword belongs to a lambda without parameters.
    fn is_lambda(&self, at: u32) -> bool {
        let lambda = Kind::Keyword(Keyword::Lambda);
        self.kind(at) == lambda || (at > 0 && self.kind(at - 1) == lambda)
    }

    /// Whether the statement of a token gives something to `self.x`, or to a name in the body of a
    /// class.
    fn is_of_class(&self, token: u32) -> bool {
        let lines = self.lines();
        let count = lines.partition_point(|line| *line <= token);
        let Some((number, line)) =
            count.checked_sub(1).and_then(|number| lines.get(number).map(|line| (number, *line)))
        else {
            return false;
        };
        let own = self.spelling(line + 1) == "self" && self.kind(line + 2) == Kind::Dot;
        let column = self.column(number);
        let above = (0..number).rev().find(|above| self.column(*above) < column);
        let head = above.and_then(|above| self.definition(*lines.get(above)?));
        let named = self.kind(line + 1) == Kind::Name && self.definition(line).is_none();
        own || (named && matches!(head, Some((Keyword::Class, _))))
    }

    /// Whether a name in the calls around an expression says that a uuid is wanted.
    fn asks_for_uuid(&self, first: u32, last: u32) -> bool {
        self.brackets(first).iter().any(|&open| {
            let close = self.link(open).max(open);
            let mut from = open;
            while from > 0 && matches!(self.kind(from - 1), Kind::Name | Kind::Dot) {
                from -= 1;
            }
            (from..close.min(from + REACH)).filter(|at| !(first..=last).contains(at)).any(|at| {
                let name = self.spelling(at);
                let says = name.contains("UUID") || name.contains("Uuid") || name.contains("GUID");
                self.kind(at) == Kind::Name && says
            })
        })
    }

    /// Whether the file reads something of that name as a uuid: `UUID(user_id)`.
    fn is_read_as_uuid(&self, name: &str) -> bool {
        let names = self.read_as_uuid.get_or_init(|| {
            let mut names = HashSet::new();
            for (at, token) in (0u32..).zip(self.tokens) {
                let spelled =
                    self.text.get(token.start as usize..token.end as usize).unwrap_or_default();
                if token.kind == Kind::Name && spelled == b"UUID" && self.kind(at + 1) == Kind::Open
                {
                    let close = self.link(at + 1);
                    let read =
                        (at + 2..close.min(at + 40)).filter(|at| self.kind(*at) == Kind::Name);
                    names.extend(read.map(|at| self.spelling(at)));
                }
            }
            names
        });
        names.contains(name)
    }

    // Scopes.

    /// What a logical line defines: `def` or `class`, and the token of the name.
    fn definition(&self, line: u32) -> Option<(Keyword, u32)> {
        let mut at = line + 1;
        if self.kind(at) == Kind::Keyword(Keyword::Async) {
            at += 1;
        }
        match self.kind(at) {
            Kind::Keyword(keyword @ (Keyword::Def | Keyword::Class)) => Some((keyword, at + 1)),
            _ => None,
        }
    }

    /// The names of the parameters of a function.
    fn parameters(&self, name: u32) -> impl Iterator<Item = u32> {
        let mut open = name + 1;
        if self.kind(open) == Kind::Open && self.reader.byte(open) == b'[' {
            open = self.link(open) + 1;
        }
        let close = if self.kind(open) == Kind::Open { self.link(open) } else { open };
        let mut at = open;
        std::iter::from_fn(move || {
            while at < close {
                let here = at;
                at = match self.kind(at) {
                    Kind::Open if here > open => self.link(at).max(at) + 1,
                    _ => at + 1,
                };
                let starts = here > open
                    && self.kind(here) == Kind::Name
                    && matches!(self.kind(here - 1), Kind::Open | Kind::Comma | Kind::Star);
                if starts {
                    return Some(here);
                }
            }
            None
        })
    }

    /// The name that a simple assignment at a logical line binds.
    fn assigned(&self, line: u32) -> Option<String> {
        let name = line + 1;
        let binds = matches!(self.kind(name + 1), Kind::Equal | Kind::Colon);
        (self.kind(name) == Kind::Name && binds && self.has_value(line))
            .then(|| self.spelling(name))
    }

    /// Whether a logical line holds an equals sign outside of brackets.
    fn has_value(&self, line: u32) -> bool {
        let mut at = line + 1;
        for _ in 0..REACH {
            match self.kind(at) {
                Kind::Equal => return true,
                Kind::Line | Kind::End | Kind::Semicolon => return false,
                Kind::Open | Kind::FStart => at = self.link(at).max(at),
                _ => {}
            }
            at += 1;
        }
        false
    }

    /// Attributes of `self` that a logical line mentions.
    fn own_attributes(&self, line: u32, offered: &mut Vec<(String, String)>) {
        let mut at = line + 1;
        while at < line + 200 && !matches!(self.kind(at), Kind::Line | Kind::End) {
            let attribute = self.kind(at) == Kind::Name
                && self.kind(at + 1) == Kind::Dot
                && self.kind(at + 2) == Kind::Name
                && !matches!(self.kind(at + 3), Kind::Open | Kind::Dot)
                && self.kind(at - 1) != Kind::Dot
                && self.spelling(at) == "self";
            if attribute {
                let name = self.spelling(at + 2);
                offered.push((format!("self.{name}"), name));
            }
            at += 1;
        }
    }
}

/// The steps outwards from a use.
struct Walk<'f, 'a> {
    tokens: &'f Rewriter<'a>,
    first: u32,
    last: u32,
    /// The type so far; `None` where it is not one that can be replaced.
    value: Option<Value>,
    /// The tokens of the strings that the id is built into.
    built: Option<(u32, u32)>,
}

impl Walk<'_, '_> {
    fn outwards(&mut self) {
        for _ in 0..64 {
            if !self.step() {
                return;
            }
        }
        self.value = None;
    }

    /// Widens the expression by one step; `false` if there is none.
    fn step(&mut self) -> bool {
        let file = self.tokens;
        let (before, next) = (self.first.wrapping_sub(1), self.last + 1);
        match file.kind(next) {
            Kind::Dot => self.attribute(next),
            Kind::Open if file.reader.trailer(next) && file.reader.byte(next) == b'[' => {
                self.last = file.link(next).max(next);
                self.value = self.value.filter(|value| *value == Value::Text);
                true
            }
            Kind::Close if file.kind(before) == Kind::Open && file.reader.byte(before) == b'(' => {
                if !file.reader.trailer(before) {
                    (self.first, self.last) = (before, next);
                    return true;
                }
                let callee = before - 1;
                let method = callee.checked_sub(1).is_some_and(|at| file.kind(at) == Kind::Dot);
                if file.spelling(callee) != "str" || method {
                    return false;
                }
                (self.first, self.last) = (callee, next);
                self.value = self.value.map(|_| Value::Text);
                true
            }
            Kind::FieldClose | Kind::FormatColon | Kind::Conversion => self.string(),
            Kind::Text | Kind::FStart if self.built.is_some() => {
                self.last = file.link_of_string(next);
                self.built = Some((self.first, self.last));
                true
            }
            _ if matches!(file.kind(before), Kind::Text | Kind::FEnd) && self.built.is_some() => {
                self.first = file.link_of_string(before).min(before);
                self.built = Some((self.first, self.last));
                true
            }
            _ => self.sum(before),
        }
    }

    /// `"run_" + id`, where nothing stands before the text.
    fn sum(&mut self, plus: u32) -> bool {
        let file = self.tokens;
        let text = plus.wrapping_sub(1);
        let is_sum = file.kind(plus) == Kind::Operator
            && file.spelling(plus) == "+"
            && file.kind(text) == Kind::Text
            && file.spelling(text).starts_with(['"', '\'']);
        if !is_sum || self.value != Some(Value::Text) {
            return false;
        }
        self.first = text;
        self.built = Some((self.first, self.last));
        true
    }

    /// The string with fields around the expression.
    fn string(&mut self) -> bool {
        let file = self.tokens;
        let Some(start) = file.string_around(self.first) else {
            self.value = None;
            return false;
        };
        let conversion = file.kind(self.last + 1) == Kind::Conversion;
        let prefix = file.spelling(start).to_ascii_lowercase();
        let nested = self.built.is_some();
        self.value = self.value.or(Some(Value::Text)).map(|_| Value::Text);
        if conversion || nested || prefix.starts_with('t') || prefix.contains('b') {
            self.value = None;
        }
        self.first = start;
        self.last = file.link(start).max(start);
        self.built = Some((self.first, self.last));
        self.value.is_some()
    }

    /// An attribute or a method of the id.
    fn attribute(&mut self, dot: u32) -> bool {
        let file = self.tokens;
        let name = file.spelling(dot + 1);
        let called = file.kind(dot + 2) == Kind::Open && file.reader.byte(dot + 2) == b'(';
        let end = if called { file.link(dot + 2).max(dot + 2) } else { dot + 1 };
        self.last = end;
        self.value = match (self.value, name.as_str(), called) {
            (Some(Value::Object), "hex", false)
            | (Some(_), "__str__", true)
            | (Some(Value::Text), "replace" | "upper" | "lower" | "strip", true) => {
                Some(Value::Text)
            }
            // One part of it is a text, all of them are a list.
            (Some(Value::Text), "split" | "rsplit" | "partition", true) => {
                let bracket = end + 1;
                let item = file.kind(bracket) == Kind::Open
                    && file.reader.byte(bracket) == b'['
                    && !(bracket..file.link(bracket)).any(|at| file.kind(at) == Kind::Colon);
                item.then_some(Value::Text)
            }
            _ => None,
        };
        self.value.is_some()
    }
}

impl Rewriter<'_> {
    /// The other end of a string: of one without fields the token itself.
    fn link_of_string(&self, at: u32) -> u32 {
        if self.kind(at) == Kind::Text { at } else { self.link(at) }
    }

    /// The token that begins the string with fields around a token.
    fn string_around(&self, at: u32) -> Option<u32> {
        let mut at = at;
        for _ in 0..REACH {
            at = at.checked_sub(1)?;
            match self.kind(at) {
                Kind::FStart => return Some(at),
                Kind::Close | Kind::FieldClose | Kind::FEnd => at = self.link(at).min(at),
                Kind::Line => return None,
                _ => {}
            }
        }
        None
    }
}
