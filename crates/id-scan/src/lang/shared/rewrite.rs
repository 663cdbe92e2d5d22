//! Reads from the tokens of a language of the shared engine what a use is part of, which type that
//! has, and what its scope offers.
//!
//! As Python's `rewrite.rs`: a step that is not understood ends in "no rewrite", never in a guess.
//! What a language has to say besides is in its [`Forms`]; imports are its own. What is read goes to
//! `fix/judge.rs`.

use std::cell::{OnceCell, RefCell};
use std::collections::{HashMap, HashSet};

use super::lexer::Kind;
use super::tokens::{REACH, Tokens};
use crate::diagnostic::{Finding, UseKind};
use crate::fix::{Edit, Import};
use crate::lang::rewrite::{self, Origin, Rewrite, Value};

/// What is said of a language so that its ids can be rewritten.
#[derive(Debug)]
pub(crate) struct Forms {
    /// Words before a call that makes an object: `new`.
    pub(crate) object_words: &'static [&'static str],
    /// Functions that make functions, not ids.
    pub(crate) factories: &'static [&'static str],
    /// Functions around an id that make a text of it: `String`.
    pub(crate) text_functions: &'static [&'static str],
    /// Methods that give a text again.
    pub(crate) text_methods: &'static [&'static str],
    /// Methods that give a list of texts, of which an element is one again.
    pub(crate) list_methods: &'static [&'static str],
    /// Words before an expression that give it away: `return`.
    pub(crate) returning_words: &'static [&'static str],
    /// Operators that may stand before a value of its own: `||`.
    pub(crate) choosing: &'static [&'static str],
    /// Words before the name of a variable: `const`.
    pub(crate) declaring_words: &'static [&'static str],
    /// The object that a method belongs to: `this`.
    pub(crate) own: &'static str,
    /// A function without parameters that makes what an expression makes.
    pub(crate) function: fn(&str) -> String,
    /// Whether a file may be a script that can import nothing.
    pub(crate) scripts: bool,
    /// As [`rewrite::Rewriter::import`], of the tokens of a text; told whether it may be a script.
    pub(crate) import: fn(&Tokens<'_>, &Import, bool) -> Option<Imported>,
}

/// The name of an import in a file, and the edits that make it.
pub(crate) type Imported = (String, Vec<Edit>);

/// A file whose uses are to be rewritten.
pub(crate) struct Rewriter<'a> {
    tokens: Tokens<'a>,
    forms: &'static Forms,
    /// What takes a look at the whole file is asked once.
    read_as_uuid: OnceCell<HashSet<&'a [u8]>>,
    imports: RefCell<HashMap<Import, Option<Imported>>>,
}

impl<'a> Rewriter<'a> {
    pub(crate) fn new(text: &'a [u8], scratch: &'a super::Scratch, forms: &'static Forms) -> Self {
        let (read_as_uuid, imports) = (OnceCell::new(), RefCell::default());
        Self { tokens: Tokens::new(text, &scratch.lexed), forms, read_as_uuid, imports }
    }
}

impl rewrite::Rewriter for Rewriter<'_> {
    fn rewrite(&self, finding: &Finding, origin: Origin) -> Option<Rewrite> {
        let file = self.tokens;
        let first = self.token_at(finding.byte_start)?;
        let last = self.token_before(finding.byte_end)?;
        if self.forms.factories.contains(&finding.function.as_str()) {
            return None;
        }
        let object = file.is_word(first, self.forms.object_words);
        let arguments =
            if finding.kind == UseKind::Call { self.arguments(last) } else { Vec::new() };
        let value = match (finding.kind, origin) {
            (UseKind::Reference, Origin::Uuid) => Value::TextFactory,
            (UseKind::Reference, _) => return None,
            // What is given options or a buffer makes something else.
            (UseKind::Call, Origin::Uuid) if !arguments.is_empty() => return None,
            (UseKind::Call, Origin::Uuid | Origin::Library | Origin::Text) if !object => {
                Value::Text
            }
            (UseKind::Call, _) => Value::Object,
        };
        let mut walk =
            Walk { file, forms: self.forms, first, last, value: Some(value), built: None };
        if value != Value::TextFactory {
            if origin == Origin::Part {
                walk.widen_to_string();
            }
            walk.outwards();
        }
        let value = walk.value?;
        let positional = self.boundary(walk.first, walk.last)?;
        let (before, after, others) = self.pieces(&walk, finding);
        let target = finding.target.as_deref();
        Some(Rewrite {
            value,
            before,
            after,
            others,
            method: None,
            arguments,
            names: self.names(walk.first, walk.last),
            annotation: self.annotation(walk.first),
            positional,
            asks_for_uuid: self.asks_for_uuid(walk.first, walk.last),
            read_as_uuid: target.is_some_and(|target| self.is_read_as_uuid(target)),
            of_class: self.is_of_object(walk.first),
            comment: self.has_comment(walk.first, walk.last),
            span: file.start(walk.first)..file.end(walk.last),
        })
    }

    fn in_scope(&self, at: usize, rank: &dyn Fn(&str) -> Option<u32>) -> Option<String> {
        let file = self.tokens;
        let mut at = self.token_at(at)?;
        let mut best: Option<(u32, String)> = None;
        let mut offer = |name: u32| {
            let name = file.string(name);
            if let Some(rank) = rank(&name)
                && best.as_ref().is_none_or(|(known, _)| rank < *known)
            {
                best = Some((rank, name));
            }
        };
        // Whether what stands here still belongs to the statement around the use.
        let mut is_same = true;
        for _ in 0..20_000 {
            let Some(next) = at.checked_sub(1) else { break };
            at = next;
            match file.kind(at) {
                Kind::Arrow if is_same => self.parameters(at, &mut offer),
                Kind::Open | Kind::FieldOpen => {
                    is_same = true;
                    if file.is(at, "{") {
                        self.parameters(at, &mut offer);
                    }
                }
                Kind::Semicolon | Kind::Comma => is_same = false,
                _ if file.closes(at) => {
                    is_same &= file.before(file.link(at)) != Kind::Arrow;
                    let open = file.link(at).min(at);
                    let declares = file.is(open, "{")
                        && file.kind(at + 1) == Kind::Equal
                        && open > 0
                        && file.is_word(open - 1, self.forms.declaring_words);
                    if declares {
                        self.bound(open, at, &mut offer);
                    }
                    at = open;
                }
                Kind::Name if at > 0 && file.is_word(at - 1, self.forms.declaring_words) => {
                    offer(at);
                }
                Kind::Name if file.is_first(at) && file.kind(at + 1) == Kind::Name => {
                    // `const x`, `return x`: a statement begins.
                    is_same = false;
                }
                _ => {}
            }
        }
        best.map(|(_, name)| name)
    }

    fn import(&self, import: &Import, _at: usize) -> Option<Imported> {
        let mut known = self.imports.borrow_mut();
        if let Some(known) = known.get(import) {
            return known.clone();
        }
        let made = (self.forms.import)(&self.tokens, import, self.forms.scripts);
        known.insert(import.clone(), made.clone());
        made
    }

    fn function(&self, expression: &str) -> String {
        (self.forms.function)(expression)
    }
}

impl Rewriter<'_> {
    fn token_at(&self, byte: usize) -> Option<u32> {
        let at = self.tokens.tokens.partition_point(|token| (token.start as usize) < byte);
        u32::try_from(at).ok().filter(|at| self.tokens.start(*at) == byte)
    }

    fn token_before(&self, byte: usize) -> Option<u32> {
        let at = self.tokens.tokens.partition_point(|token| (token.end as usize) < byte);
        u32::try_from(at).ok().filter(|at| self.tokens.end(*at) == byte)
    }

    /// Whether the expression is a value of its own; `Some(true)` if it is handed to a call without
    /// a name.
    fn boundary(&self, first: u32, last: u32) -> Option<bool> {
        let file = self.tokens;
        let next = last + 1;
        let ends = match file.kind(next) {
            Kind::Semicolon | Kind::Comma | Kind::Close | Kind::End => true,
            // The other side of a condition.
            Kind::Colon => file.before(first) == Kind::Operator && file.is(first - 1, "?"),
            Kind::Name | Kind::Markup => file.is_first(next),
            _ => false,
        };
        let before = first.checked_sub(1).filter(|_| ends)?;
        match file.kind(before) {
            Kind::Equal | Kind::Arrow | Kind::Colon => Some(false),
            Kind::Augmented | Kind::Operator => {
                self.forms.choosing.iter().any(|known| file.is(before, known)).then_some(false)
            }
            Kind::Name => file.is_word(before, self.forms.returning_words).then_some(false),
            Kind::Open if file.is_call(before) => {
                // A function of another case makes something else of it.
                let callee = file.string(before.checked_sub(1)?);
                callee.starts_with(|first: char| first.is_uppercase()).then_some(true)
            }
            // The value of an attribute of markup.
            Kind::Open => {
                let of_markup = file.is(before, "{") && file.before(before) == Kind::Equal;
                of_markup.then_some(false)
            }
            Kind::Comma => {
                let open = file.around(before)?;
                file.is_call(open).then_some(true)
            }
            _ => None,
        }
    }

    /// The literal texts before and behind the id, and the other expressions, of what it is built
    /// into.
    fn pieces(
        &self,
        walk: &Walk<'_>,
        finding: &Finding,
    ) -> (Vec<String>, Vec<String>, Vec<String>) {
        let file = self.tokens;
        let (mut before, mut after, mut others) = (Vec::new(), Vec::new(), Vec::new());
        let Some((from, to)) = walk.built else { return (before, after, others) };
        let id = finding.byte_start;
        let is_around = |first: u32, last: u32| (file.start(first)..file.end(last)).contains(&id);
        let mut at = from;
        while at <= to {
            let text = match file.kind(at) {
                Kind::Text => Some(file.unquoted(at)),
                Kind::StringText => Some(file.string(at)),
                Kind::FieldOpen => {
                    let close = file.link(at).max(at);
                    if !is_around(at, close) {
                        others.push(file.source(at + 1, close.saturating_sub(1)));
                    }
                    at = close;
                    None
                }
                Kind::StringOpen | Kind::StringClose => None,
                Kind::Operator if file.is(at, "+") => None,
                // An operand of a sum.
                _ => {
                    let mut last = at;
                    while last < to && !(file.kind(last + 1) == Kind::Operator) {
                        last = if file.kind(last + 1) == Kind::Open
                            || file.kind(last + 1) == Kind::StringOpen
                        {
                            file.link(last + 1).max(last + 1)
                        } else {
                            last + 1
                        };
                    }
                    if matches!(file.kind(at), Kind::Open) {
                        last = last.max(file.link(at)).min(to);
                    }
                    if !is_around(at, last) {
                        others.push(file.source(at, last));
                    }
                    at = last;
                    None
                }
            };
            if let Some(text) = text.filter(|text| !text.is_empty()) {
                if file.start(at) < id { before.push(text) } else { after.push(text) }
            }
            at += 1;
        }
        (before, after, others)
    }

    /// The arguments of the call that ends with a token.
    fn arguments(&self, close: u32) -> Vec<String> {
        let file = self.tokens;
        let mut arguments = Vec::new();
        if file.kind(close) != Kind::Close {
            return arguments;
        }
        let mut at = file.link(close) + 1;
        let mut from = at;
        while at <= close {
            match file.kind(at) {
                Kind::Comma | Kind::Close => {
                    if from < at {
                        arguments.push(file.source(from, at - 1));
                    }
                    from = at + 1;
                }
                Kind::Open | Kind::StringOpen => at = file.link(at).max(at),
                _ => {}
            }
            at += 1;
        }
        arguments
    }

    /// The names that are read between two tokens, members left out.
    fn names(&self, first: u32, last: u32) -> Vec<String> {
        let file = self.tokens;
        let read = |at: &u32| file.kind(*at) == Kind::Name && file.before(*at) != Kind::Dot;
        (first..=last.min(first + REACH)).filter(read).map(|at| file.string(at)).collect()
    }

    /// The annotated type of what an expression is given to.
    fn annotation(&self, first: u32) -> Option<String> {
        let file = self.tokens;
        let equal = first.checked_sub(1).filter(|at| file.kind(*at) == Kind::Equal)?;
        let mut at = equal;
        for _ in 0..64 {
            if file.is_first(at) {
                return None;
            }
            at = at.checked_sub(1)?;
            match file.kind(at) {
                Kind::Close => at = file.link(at).min(at),
                Kind::Colon => return Some(file.source(at + 1, equal - 1)),
                Kind::Comma | Kind::Open | Kind::Semicolon | Kind::Equal => return None,
                _ => {}
            }
        }
        None
    }

    /// Whether a name in the calls around an expression says that a uuid is wanted.
    fn asks_for_uuid(&self, first: u32, last: u32) -> bool {
        let file = self.tokens;
        let mut at = first;
        for _ in 0..8 {
            let Some(open) = file.around(at) else { return false };
            let close = file.link(open).max(open);
            let from = open.saturating_sub(3);
            let says = (from..close.min(from + 200))
                .filter(|at| !(first..=last).contains(at) && file.kind(*at) == Kind::Name)
                .any(|at| {
                    let name = file.string(at);
                    name == "UUID" || name == "Uuid" || name == "uuid"
                });
            // A block is not given anything.
            if file.is(open, "{") && file.kind(open) == Kind::Open {
                return false;
            }
            if says {
                return true;
            }
            at = open;
        }
        false
    }

    /// Whether the file reads something of that name as a uuid: `isUuid(userId)`.
    fn is_read_as_uuid(&self, name: &str) -> bool {
        let file = self.tokens;
        let names = self.read_as_uuid.get_or_init(|| {
            let mut names = HashSet::new();
            for at in 0..file.count() {
                if file.kind(at) != Kind::Name || !file.is_call(at + 1) || !reads_uuid(file, at) {
                    continue;
                }
                let close = file.link(at + 1);
                let read = (at + 2..close.min(at + 40)).filter(|at| file.kind(*at) == Kind::Name);
                names.extend(read.map(|at| file.spelling(at)));
            }
            names
        });
        names.contains(name.as_bytes())
    }

    /// Whether an expression is given to a member of the object around it.
    fn is_of_object(&self, first: u32) -> bool {
        let file = self.tokens;
        let mut at = first;
        for _ in 0..16 {
            if file.is_first(at) {
                break;
            }
            let Some(next) = at.checked_sub(1) else { break };
            at = next;
        }
        file.is(at, self.forms.own) && file.kind(at + 1) == Kind::Dot
    }

    /// Whether a comment stands between the tokens of an expression.
    fn has_comment(&self, first: u32, last: u32) -> bool {
        let file = self.tokens;
        (first..last).any(|at| {
            let between = file.text.get(file.end(at)..file.start(at + 1)).unwrap_or_default();
            between.iter().any(|byte| !byte.is_ascii_whitespace())
        })
    }

    /// Offers the parameters before an arrow or a block.
    fn parameters(&self, mark: u32, offer: &mut impl FnMut(u32)) {
        let file = self.tokens;
        let mut close = mark;
        // Past the type of the result.
        for _ in 0..8 {
            let Some(before) = close.checked_sub(1) else { return };
            close = before;
            match file.kind(close) {
                Kind::Close if file.is(file.link(close), "(") => break,
                Kind::Name if file.kind(mark) == Kind::Arrow && close + 1 == mark => {
                    if matches!(file.before(close), Kind::Name | Kind::Dot | Kind::Colon) {
                        continue;
                    }
                    offer(close);
                    return;
                }
                Kind::Name | Kind::Dot | Kind::Colon | Kind::Operator => {}
                Kind::Close => close = file.link(close).min(close),
                _ => return,
            }
        }
        let open = file.link(close);
        if file.kind(close) != Kind::Close || !file.is(open, "(") {
            return;
        }
        // `if (thread) {` tests a name, and binds none.
        let callee = open.saturating_sub(1);
        let tests = ["if", "while", "switch", "with"];
        if file.kind(mark) != Kind::Arrow && file.is_word(callee, &tests) {
            return;
        }
        self.bound(open, close, offer);
    }

    /// Offers the names that a pattern or a list of parameters binds.
    fn bound(&self, open: u32, close: u32, offer: &mut impl FnMut(u32)) {
        let file = self.tokens;
        let modifiers = ["private", "public", "protected", "readonly", "override"];
        let mut at = open + 1;
        let mut in_type = false;
        while at < close {
            match file.kind(at) {
                Kind::Name if !in_type => {
                    let before = file.before(at);
                    let begins = matches!(before, Kind::Open | Kind::Comma)
                        || (before == Kind::Name && file.is_word(at.saturating_sub(1), &modifiers))
                        || file.is_word(at.saturating_sub(1), self.forms.declaring_words);
                    let is_key = file.kind(at + 1) == Kind::Colon
                        && self.tokens.around(at).is_some_and(|open| file.is(open, "{"));
                    if begins && !is_key && !file.is_word(at, &modifiers) {
                        offer(at);
                    } else if before == Kind::Colon {
                        // `{ key: name }`.
                        offer(at);
                    }
                }
                // The type of a parameter, or a default value.
                Kind::Colon if self.tokens.around(at).is_some_and(|open| file.is(open, "(")) => {
                    in_type = true;
                }
                Kind::Equal => in_type = true,
                Kind::Comma => in_type = false,
                Kind::Open if in_type => at = file.link(at).max(at),
                _ => {}
            }
            at += 1;
        }
    }
}

/// Whether a function's name says that it reads a uuid.
fn reads_uuid(file: Tokens<'_>, at: u32) -> bool {
    let callee = file.spelling(at);
    if callee.len() > 64 {
        return false;
    }
    let callee = file.string(at).to_ascii_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| callee.contains(word));
    callee.contains("uuid") && says(&["is", "valid", "parse", "check", "from"])
}

/// The steps outwards from a use.
struct Walk<'a> {
    file: Tokens<'a>,
    forms: &'static Forms,
    first: u32,
    last: u32,
    /// The type so far; `None` where it is not one that can be replaced.
    value: Option<Value>,
    /// The tokens of the strings and sums that the id is built into.
    built: Option<(u32, u32)>,
}

impl Walk<'_> {
    /// Goes to the string with fields around a part: whatever is done with it, there it is text.
    fn widen_to_string(&mut self) {
        let file = self.file;
        let mut at = self.first;
        for _ in 0..16 {
            let Some(open) = file.around(at) else { return };
            match file.kind(open) {
                Kind::FieldOpen => {
                    let Some(start) = file.around(open) else { return };
                    if file.kind(start) != Kind::StringOpen {
                        return;
                    }
                    (self.first, self.last) = (start, file.link(start).max(start));
                    self.built = Some((self.first, self.last));
                    self.value = Some(Value::Text);
                    return;
                }
                Kind::Open if file.is(open, "(") => at = open,
                _ => return,
            }
        }
    }

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
        let file = self.file;
        let next = self.last + 1;
        match file.kind(next) {
            Kind::Dot => self.member(next),
            Kind::Open if file.is_element(next) || file.is_call(next) => {
                self.value = None;
                false
            }
            Kind::Close if self.first > 0 && file.link(next) == self.first - 1 => {
                let open = self.first - 1;
                if !file.is(open, "(") {
                    return false;
                }
                if !file.is_call(open) {
                    // The brackets of a condition or of parameters hold no value.
                    let head = file.before(open) == Kind::Name;
                    if head && !file.is_word(open - 1, self.forms.returning_words) {
                        return false;
                    }
                    (self.first, self.last) = (open, next);
                    return true;
                }
                let callee = open - 1;
                if !file.is_word(callee, self.forms.text_functions)
                    || (callee > 0 && file.is_word(callee - 1, self.forms.object_words))
                {
                    return false;
                }
                (self.first, self.last) = (callee, next);
                self.value = self.value.map(|_| Value::Text);
                true
            }
            Kind::FieldClose => {
                let start = file.around(self.first).and_then(|field| file.around(field));
                let Some(start) = start.filter(|start| file.kind(*start) == Kind::StringOpen)
                else {
                    self.value = None;
                    return false;
                };
                // What a tag makes of a template is its own affair.
                let tagged = matches!(file.before(start), Kind::Name | Kind::Close)
                    && !file.is_first(start)
                    && !file.is_word(start - 1, self.forms.returning_words);
                let nested = self.built.is_some();
                (self.first, self.last) = (start, file.link(start).max(start));
                self.built = Some((self.first, self.last));
                self.value = self.value.map(|_| Value::Text).filter(|_| !nested && !tagged);
                self.value.is_some()
            }
            _ => self.sum(),
        }
    }

    /// A member or a method of the id.
    fn member(&mut self, dot: u32) -> bool {
        let file = self.file;
        let (name, open) = (dot + 1, dot + 2);
        let is = |names: &[&str]| names.iter().any(|known| file.is(name, known));
        if !file.is_call(open) {
            self.value = None;
            return false;
        }
        let close = file.link(open).max(open);
        if is(self.forms.text_methods) {
            self.last = close;
            self.value = self.value.map(|_| Value::Text);
        } else if is(self.forms.list_methods) && self.value == Some(Value::Text) {
            let after = close + 1;
            // `.split("-")[0]`, `.split("-").join("")`.
            if file.is_element(after) {
                self.last = file.link(after).max(after);
            } else if file.kind(after) == Kind::Dot && file.is(after + 1, "join") {
                self.last = file.link(after + 2).max(after + 2);
            } else {
                self.value = None;
            }
        } else {
            self.value = None;
        }
        self.value.is_some()
    }

    /// `"run_" + id + "_" + other`: the whole sum.
    fn sum(&mut self) -> bool {
        let file = self.file;
        let is_plus = |at: u32| file.kind(at) == Kind::Operator && file.is(at, "+");
        let (mut first, mut last) = (self.first, self.last);
        while is_plus(last + 1) {
            let Some(end) = self.operand(last + 2) else { return false };
            last = end;
        }
        while first > 1 && is_plus(first - 1) {
            let Some(start) = self.operand_before(first - 2) else { return false };
            first = start;
        }
        if (first, last) == (self.first, self.last) {
            return false;
        }
        let is_text = |at: u32| matches!(file.kind(at), Kind::Text | Kind::StringOpen);
        let text = self.value == Some(Value::Text) || (first..=last).any(is_text);
        (self.first, self.last) = (first, last);
        self.built = Some((first, last));
        self.value = self.value.filter(|_| text).map(|_| Value::Text);
        self.value.is_some()
    }

    /// The last token of the operand of a sum that begins at a token.
    fn operand(&self, first: u32) -> Option<u32> {
        let file = self.file;
        let mut at = match file.kind(first) {
            Kind::Name | Kind::Text | Kind::Number => first,
            Kind::StringOpen | Kind::Open if !file.is(first, "{") => file.link(first).max(first),
            _ => return None,
        };
        for _ in 0..32 {
            let next = at + 1;
            at = match file.kind(next) {
                Kind::Dot => next + 1,
                Kind::Open if file.is_call(next) || file.is_element(next) => {
                    file.link(next).max(next)
                }
                Kind::Name if file.is_word(at, self.forms.object_words) => next,
                _ => return Some(at),
            };
        }
        None
    }

    /// The first token of the operand of a sum that ends with a token.
    fn operand_before(&self, last: u32) -> Option<u32> {
        let file = self.file;
        let mut at = last;
        for _ in 0..32 {
            at = match file.kind(at) {
                Kind::Close | Kind::StringClose => file.link(at).min(at),
                Kind::Name | Kind::Text | Kind::Number => at,
                _ => return None,
            };
            let is_trailer = file.is_call(at) || file.is_element(at);
            let before = at.checked_sub(1)?;
            match file.kind(before) {
                _ if is_trailer => at = before,
                Kind::Dot => at = before.checked_sub(1)?,
                Kind::Name if file.is_word(before, self.forms.object_words) => return Some(before),
                _ => return Some(at),
            }
        }
        None
    }
}
