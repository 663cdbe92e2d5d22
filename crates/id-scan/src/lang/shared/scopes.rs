//! Finds the scopes of a file and what they bind: blocks, functions with their parameters, classes,
//! and the imports that the language reads.
//!
//! A scope is a range of tokens; scopes lie in one another. Only bindings of names are kept, with
//! what they bind: a tracked module or function, another name, or something else. `uses.rs` asks
//! what a mention means.

use std::collections::HashMap;

use super::File;
use super::lexer::{FIRST, Kind};
use crate::tracked::{Family, ModuleIdx};

pub(crate) type ScopeIdx = u32;

/// A range of tokens in which names are bound.
#[derive(Clone, Debug)]
pub(crate) struct Scope {
    pub(crate) from: u32,
    pub(crate) to: u32,
    pub(crate) parent: ScopeIdx,
    pub(crate) function: bool,
    /// The token of the name of a function or class; `u32::MAX` if it has none.
    pub(crate) name: u32,
}

/// What a name is bound to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    Other,
    Module(ModuleIdx),
    Function {
        module: ModuleIdx,
        family: Family,
        spelled: u32,
    },
    /// What the name at a token means: `const u = uuid`.
    Alias {
        source: u32,
    },
    /// A member of what the name at a token means: `const { v4 } = uuid`.
    Member {
        source: u32,
        name: u32,
    },
}

/// A binding of a name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Binding {
    pub(crate) at: u32,
    pub(crate) value: Value,
}

/// The names that can mean something tracked. Most names stop at the sieve.
#[derive(Debug)]
pub(crate) struct Names<'a> {
    sieve: [bool; 256],
    places: HashMap<&'a [u8], u32>,
}

impl<'a> Names<'a> {
    fn key(name: &[u8]) -> usize {
        let [first, last] = [name.first(), name.last()].map(|byte| byte.copied().unwrap_or(0));
        usize::from(first.wrapping_mul(31) ^ last.wrapping_mul(7) ^ name.len().to_le_bytes()[0])
    }

    fn add(&mut self, name: &'a [u8]) -> bool {
        let next = u32::try_from(self.places.len()).unwrap_or(u32::MAX);
        let mut is_new = false;
        self.places.entry(name).or_insert_with(|| {
            is_new = true;
            next
        });
        if let Some(seen) = self.sieve.get_mut(Self::key(name)) {
            *seen = true;
        }
        is_new
    }

    /// The number of a name; `None` if it can mean nothing.
    pub(crate) fn get(&self, name: &[u8]) -> Option<u32> {
        let may = self.sieve.get(Self::key(name)).copied().unwrap_or(false);
        if may { self.places.get(name).copied() } else { None }
    }
}

/// The scopes of a file, and what they bind.
#[derive(Debug)]
pub(crate) struct Scopes<'a> {
    pub(crate) all: Vec<Scope>,
    /// The names that matter; while they are collected, all do.
    names: Option<Names<'a>>,
    collected: Vec<&'a [u8]>,
    bindings: HashMap<(u32, ScopeIdx), Vec<Binding>>,
    /// For each token of a name that is bound or belongs to an import: no mention.
    pub(crate) taken: Vec<u32>,
    /// What imports of everything bind, by name: it gives way to every other binding.
    stars: HashMap<u32, Value>,
}

impl<'a> Scopes<'a> {
    fn new(names: Option<Names<'a>>) -> Self {
        let (all, collected, bindings, taken, stars) = Default::default();
        Self { all, names, collected, bindings, taken, stars }
    }

    /// Binds the name at a token.
    pub(crate) fn bind(&mut self, file: &File<'a>, at: u32, scope: ScopeIdx, value: Value) {
        let name = file.spelling(at);
        let Some(names) = &self.names else {
            if value != Value::Other {
                self.collected.push(name);
            }
            return;
        };
        if let Some(name) = names.get(name) {
            self.taken.push(at);
            self.bindings.entry((name, scope)).or_default().push(Binding { at, value });
        }
    }

    /// Binds a name of its own spelling, from the token `from` on.
    pub(crate) fn bind_as(&mut self, name: &'a [u8], from: u32, scope: ScopeIdx, value: Value) {
        let Some(names) = &self.names else {
            if value != Value::Other {
                self.collected.push(name);
            }
            return;
        };
        if let Some(name) = names.get(name) {
            self.bindings.entry((name, scope)).or_default().push(Binding { at: from, value });
        }
    }

    /// Binds everything in a module, as `import a.*` does.
    pub(crate) fn bind_all(&mut self, file: &File<'a>, module: ModuleIdx) {
        for (name, child) in file.tracked.children(module) {
            self.bind_star(name, Value::Module(child));
        }
        for (name, family) in file.tracked.listed(module) {
            let value = Value::Function { module, family, spelled: u32::MAX };
            self.bind_star(name, value);
        }
    }

    fn bind_star(&mut self, name: &'a [u8], value: Value) {
        match &self.names {
            None => self.collected.push(name),
            Some(names) => {
                if let Some(name) = names.get(name) {
                    self.stars.insert(name, value);
                }
            }
        }
    }

    /// What an import of everything binds a name to.
    pub(crate) fn star(&self, name: u32) -> Option<Value> {
        self.stars.get(&name).copied()
    }

    /// The number of a name; `None` if it can mean nothing tracked.
    pub(crate) fn name(&self, name: &[u8]) -> Option<u32> {
        self.names.as_ref()?.get(name)
    }

    /// What binds a name in a scope.
    pub(crate) fn bindings(&self, name: u32, scope: ScopeIdx) -> &[Binding] {
        self.bindings.get(&(name, scope)).map_or(&[], Vec::as_slice)
    }

    /// The innermost scope around a token.
    pub(crate) fn around(&self, at: u32) -> ScopeIdx {
        let count = self.all.partition_point(|scope| scope.from <= at);
        let mut idx = ScopeIdx::try_from(count.saturating_sub(1)).unwrap_or(0);
        while let Some(scope) = self.all.get(idx as usize) {
            if scope.to >= at || idx == 0 {
                break;
            }
            idx = scope.parent;
        }
        idx
    }

    /// The scope at hand; while names are collected there is none.
    pub(crate) fn scope_at(&self, at: u32) -> ScopeIdx {
        if self.all.is_empty() { 0 } else { self.around(at) }
    }

    fn function_of(&self, mut idx: ScopeIdx) -> ScopeIdx {
        while let Some(scope) = self.all.get(idx as usize) {
            if scope.function || idx == 0 {
                break;
            }
            idx = scope.parent;
        }
        idx
    }
}

/// How many tokens are looked at for the body of a function behind its parameters.
const HEAD: u32 = 64;
/// How many tokens the body of an arrow may have that has no braces.
const BODY: u32 = 4096;

/// Finds the names that can mean something tracked: globals, what imports bind, and what is declared
/// from either.
fn names<'a>(file: &File<'a>) -> Names<'a> {
    let mut names = Names { sieve: [false; 256], places: HashMap::new() };
    let mut scopes = Scopes::new(None);
    let mut loaded = Vec::new();
    for at in 0..file.count() {
        if file.kind(at) != Kind::Name || file.is_member(at) {
            continue;
        }
        let name = file.spelling(at);
        let global = file.tracked.child(0, name);
        if global.is_some_and(|root| file.tracked.counts_unbound(root)) {
            names.add(name);
        }
        file.declaration(at, &mut scopes);
        if file.may_begin(at)
            && (file.grammar.import)(file, at, &mut scopes).is_none()
            && (file.grammar.loaded)(file, at).is_some()
        {
            loaded.push(at);
        }
    }
    for name in scopes.collected {
        names.add(name);
    }
    for at in loaded {
        declared(file, at, &mut names);
    }
    // What is declared from a name that matters may matter, and so on.
    for _ in 0..ALIAS_ROUNDS {
        let mut more = false;
        for at in 0..file.count() {
            let given = file.kind(at) == Kind::Equal && file.kind(at + 1) == Kind::Name;
            if given && names.get(file.spelling(at + 1)).is_some() {
                more |= declared(file, at + 1, &mut names);
            }
        }
        if !more {
            break;
        }
    }
    names
}

/// Adds the names that stand before a value in its statement.
fn declared<'a>(file: &File<'a>, value: u32, names: &mut Names<'a>) -> bool {
    let mut more = false;
    for back in 1..=64 {
        let Some(at) = value.checked_sub(back) else { break };
        match file.kind(at) {
            Kind::Semicolon => break,
            Kind::Name if file.is_word(at, file.grammar.block_words) => break,
            Kind::Name if file.is_word(at, file.grammar.function_words) => break,
            Kind::Name => more |= names.add(file.spelling(at)),
            _ => {}
        }
    }
    more
}

/// Words behind which no name is declared.
const NO_TYPES: &[&str] = &[
    "return",
    "new",
    "case",
    "throw",
    "in",
    "else",
    "await",
    "extends",
    "implements",
    "is",
    "as",
    "instanceof",
    "yield",
    "throws",
    "import",
    "using",
    "typeof",
    "package",
    "out",
    "ref",
];

/// How often names that are declared from names are followed.
const ALIAS_ROUNDS: usize = 3;

/// Reads the scopes and bindings of a file.
pub(crate) fn read<'a>(file: &File<'a>) -> Scopes<'a> {
    let scopes = Scopes::new(Some(names(file)));
    let mut reader = Reader { file, scopes, stack: vec![0] };
    let whole = Scope { from: 0, to: file.count(), parent: 0, function: true, name: u32::MAX };
    reader.scopes.all.push(whole);
    let mut at = 0;
    while at < file.count() {
        at = reader.step(at);
    }
    reader.scopes.taken.sort_unstable();
    reader.scopes
}

struct Reader<'f, 'a> {
    file: &'f File<'a>,
    scopes: Scopes<'a>,
    /// The scopes that are open at the token at hand.
    stack: Vec<ScopeIdx>,
}

impl Reader<'_, '_> {
    fn current(&mut self, at: u32) -> ScopeIdx {
        while let [.., _, top] = self.stack[..] {
            let over = self.scopes.all.get(top as usize).is_some_and(|scope| scope.to < at);
            if !over {
                return top;
            }
            self.stack.pop();
        }
        0
    }

    fn open(&mut self, from: u32, to: u32, function: bool, name: u32) -> ScopeIdx {
        let parent = self.current(from);
        let outer = self.scopes.all.get(parent as usize).map_or(u32::MAX, |scope| scope.to);
        let idx = ScopeIdx::try_from(self.scopes.all.len()).unwrap_or(0);
        self.scopes.all.push(Scope { from, to: to.min(outer), parent, function, name });
        self.stack.push(idx);
        idx
    }

    /// Reads what begins at a token, and returns the one to go on with.
    fn step(&mut self, at: u32) -> u32 {
        let (file, grammar) = (self.file, self.file.grammar);
        match file.kind(at) {
            Kind::Name => {
                self.current(at);
                if file.is_member(at) {
                    return at + 1;
                }
                self.declared_by_type(at);
                if let Some(next) = file.declaration(at, &mut self.scopes) {
                    return next.max(at + 1);
                }
                if !file.may_begin(at) {
                    self.arrow_of_one(at);
                    return at + 1;
                }
                if let Some(next) = (grammar.import)(file, at, &mut self.scopes) {
                    return next.max(at + 1);
                }
                if let Some((name, end, function)) = (grammar.block)(file, at) {
                    let outer = self.current(at);
                    if !function {
                        self.scopes.bind(file, name, outer, Value::Other);
                    }
                    let scope = self.open(at, end, function, name);
                    if function && file.kind(name + 1) == Kind::Open {
                        self.parameters(name + 1, scope);
                    }
                    return name + 1;
                }
                if file.is_word(at, grammar.block_words) {
                    let scope = self.current(at);
                    return self.declarators(at + 1, scope);
                }
                if file.is_word(at, grammar.function_words) {
                    let scope = self.current(at);
                    let scope = self.scopes.function_of(scope);
                    return self.declarators(at + 1, scope);
                }
                if file.is_word(at, grammar.class_words) && file.kind(at + 1) == Kind::Name {
                    return self.class(at);
                }
                if file.is_word(at, grammar.defining_words) {
                    return self.function(at);
                }
                self.arrow_of_one(at);
                at + 1
            }
            Kind::Open if file.is(at, "(") => {
                self.brackets(at);
                at + 1
            }
            Kind::Open if file.is(at, "{") => {
                // Blocks of functions begin at their parameters; others, and objects, begin here.
                let current = self.current(at);
                let to = file.link(at);
                if self.scopes.all.get(current as usize).is_none_or(|scope| scope.to != to) {
                    self.open(at, to, false, u32::MAX);
                }
                at + 1
            }
            _ => at + 1,
        }
    }

    /// `name => ...`.
    fn arrow_of_one(&mut self, at: u32) {
        let file = self.file;
        if file.kind(at + 1) == Kind::Arrow {
            let scope = self.open(at, self.arrow_end(at + 1), true, self.given_name(at));
            self.scopes.bind(file, at, scope, Value::Other);
        }
    }

    /// `(...) => ...`, `name(...) {`, `catch (e) {`.
    fn brackets(&mut self, at: u32) {
        let (file, grammar) = (self.file, self.file.grammar);
        let close = file.link(at);
        if let Some(arrow) = self.arrow_after(close) {
            let scope = self.open(at, self.arrow_end(arrow), true, self.given_name(at));
            self.parameters(at, scope);
            return;
        }
        let Some(name) = at.checked_sub(1).filter(|name| file.kind(*name) == Kind::Name) else {
            return;
        };
        let Some(body) = self.body_after(close) else { return };
        if name > 0 && file.is_word(name - 1, grammar.call_words) {
            return;
        }
        // Where a word begins every function, what else has a block is handed it: `make(x) { ... }`.
        let control = grammar.results || file.is_word(name, grammar.control_words);
        if file.before(name) == Kind::Dot || file.is_word(name, &["new", "await", "return"]) {
            return;
        }
        let scope = self.open(at, file.link(body), !control, if control { u32::MAX } else { name });
        if !control {
            // The name of a method is defined here, not read.
            self.scopes.taken.push(name);
        }
        if file.is(name, "catch") || !control {
            self.parameters(at, scope);
        }
    }

    /// Binds a name behind a type: `Type name = ...`, `for (Type name : ...)`.
    fn declared_by_type(&mut self, at: u32) {
        let file = self.file;
        if !file.grammar.types_first || self.scopes.name(file.spelling(at)).is_none() {
            return;
        }
        let ends = matches!(
            file.kind(at + 1),
            Kind::Equal | Kind::Semicolon | Kind::Colon | Kind::Comma | Kind::Close
        ) || file.is_word(at + 1, &["in"]);
        let Some(before) = at.checked_sub(1) else { return };
        let typed = match file.kind(before) {
            Kind::Name => !file.is_word(before, NO_TYPES),
            Kind::Operator => file.is(before, ">") && file.before(before) == Kind::Name,
            Kind::Close => file.is(before, "]") && file.link(before) + 1 == before,
            _ => false,
        };
        if ends && typed {
            let scope = self.current(at);
            self.scopes.bind(file, at, scope, Value::Other);
        }
    }

    /// The arrow behind parameters, past the type of the result.
    fn arrow_after(&self, close: u32) -> Option<u32> {
        let file = self.file;
        let mut at = close + 1;
        if file.kind(at) == Kind::Arrow {
            return Some(at);
        }
        if file.kind(at) != Kind::Colon {
            return None;
        }
        for _ in 0..HEAD {
            at = file.after(at);
            match file.kind(at) {
                Kind::Arrow => return Some(at),
                Kind::Comma | Kind::Semicolon | Kind::Equal | Kind::Close | Kind::End => {
                    return None;
                }
                Kind::Open if file.is(at, "{") && file.kind(at - 1) != Kind::Colon => return None,
                _ => {}
            }
        }
        None
    }

    /// The brace behind parameters, past the type of the result.
    fn body_after(&self, close: u32) -> Option<u32> {
        let file = self.file;
        let mut at = close + 1;
        for step in 0..HEAD {
            match file.kind(at) {
                Kind::Open if file.is(at, "{") => return Some(at),
                Kind::Colon if step == 0 => {}
                Kind::Name if step == 0 && file.is_word(at, file.grammar.head_words) => {}
                Kind::Comma if file.is_word(close + 1, file.grammar.head_words) => {}
                _ if step == 0 => return None,
                Kind::Comma
                | Kind::Semicolon
                | Kind::Equal
                | Kind::Arrow
                | Kind::Close
                | Kind::End => return None,
                _ => {}
            }
            at = if step == 0 { at + 1 } else { file.after(at) };
        }
        None
    }

    /// The last token of the body of an arrow.
    fn arrow_end(&self, arrow: u32) -> u32 {
        let file = self.file;
        let mut at = arrow + 1;
        if file.kind(at) == Kind::Open && file.is(at, "{") {
            return file.link(at);
        }
        for _ in 0..BODY {
            match file.kind(at) {
                Kind::Comma | Kind::Semicolon | Kind::Close | Kind::FieldClose | Kind::End => break,
                _ => at = file.after(at),
            }
        }
        at.saturating_sub(1)
    }

    /// The name that a function without one is given: `const make = () => ...`, `make: () => ...`.
    fn given_name(&self, at: u32) -> u32 {
        let file = self.file;
        let mut mark = at.wrapping_sub(1);
        if file.is_word(mark, &["async"]) {
            mark = mark.wrapping_sub(1);
        }
        let name = mark.wrapping_sub(1);
        let given = matches!(file.kind(mark), Kind::Equal | Kind::Colon);
        if given && file.kind(name) == Kind::Name { name } else { u32::MAX }
    }

    fn class(&mut self, at: u32) -> u32 {
        let file = self.file;
        let name = at + 1;
        let scope = self.current(at);
        self.scopes.bind(file, name, scope, Value::Other);
        let mut body = name + 1;
        for _ in 0..HEAD {
            match file.kind(body) {
                Kind::Name if file.grammar.ends_lines && file.has(body, FIRST) => break,
                Kind::Open if file.is(body, "{") => {
                    self.open(body, file.link(body), false, name);
                    return body + 1;
                }
                Kind::Semicolon | Kind::End => break,
                _ => body = file.after(body),
            }
        }
        name + 1
    }

    fn function(&mut self, at: u32) -> u32 {
        let file = self.file;
        let mut open = at + 1;
        if file.kind(open) == Kind::Operator && file.is(open, "*") {
            open += 1;
        }
        let mut name = u32::MAX;
        // The receiver of a method.
        let receiver = file.link(open) + 1;
        let method = file.grammar.results
            && file.kind(open) == Kind::Open
            && file.kind(receiver) == Kind::Name
            && file.is(receiver + 1, "(");
        if method {
            open = receiver;
        }
        while file.grammar.results && file.kind(open + 1) == Kind::Dot {
            // The type that a function is added to.
            open += 2;
        }
        if file.kind(open) == Kind::Name {
            name = open;
            open += 1;
        } else {
            name = name.min(self.given_name(at));
        }
        // Type parameters.
        for _ in 0..HEAD {
            if file.kind(open) == Kind::Open && file.is(open, "(") {
                break;
            }
            if matches!(file.kind(open), Kind::End | Kind::Semicolon | Kind::Close) {
                return at + 1;
            }
            open += 1;
        }
        let outer = self.current(at);
        let close = file.link(open);
        let end = if file.grammar.results {
            self.end_past_result(close)
        } else {
            self.body_after(close).map_or(close, |body| file.link(body))
        };
        let declares = !method && (name == at + 1 || name == at + 2);
        if declares {
            self.scopes.bind(file, name, outer, Value::Other);
        }
        let scope = self.open(open, end, true, name);
        self.parameters(open, scope);
        open + 1
    }

    /// The last token of a function whose result stands behind its parameters.
    fn end_past_result(&self, close: u32) -> u32 {
        let file = self.file;
        let mut at = close + 1;
        for _ in 0..HEAD {
            match file.kind(at) {
                Kind::Open
                    if file.is(at, "{") && !file.is_word(at - 1, &["interface", "struct"]) =>
                {
                    return file.link(at);
                }
                // `fun make() = ...` goes to the end of the line or of the brackets.
                Kind::Equal => return self.value_end(at).max(close),
                Kind::Semicolon | Kind::End | Kind::Close => break,
                _ if file.grammar.ends_lines && file.has(at, FIRST) => break,
                _ => {}
            }
            at = file.after(at);
        }
        close
    }

    /// The last token of the value behind an equals sign.
    fn value_end(&self, equal: u32) -> u32 {
        let file = self.file;
        let mut at = equal + 1;
        loop {
            match file.kind(at) {
                Kind::End | Kind::Close | Kind::FieldClose | Kind::Semicolon => break,
                Kind::Name if file.has(at, FIRST) && file.before(at) != Kind::Equal => break,
                _ => at = file.after(at),
            }
        }
        at.saturating_sub(1)
    }

    /// Binds the parameters between brackets.
    fn parameters(&mut self, open: u32, scope: ScopeIdx) {
        if self.file.grammar.values_apart {
            return;
        }
        if self.file.grammar.types_first {
            let file = self.file;
            for at in open + 1..file.link(open) {
                let ends = matches!(file.kind(at + 1), Kind::Comma | Kind::Close | Kind::Equal);
                let typed = matches!(file.before(at), Kind::Name | Kind::Operator | Kind::Close);
                if file.kind(at) == Kind::Name && ends && typed {
                    self.scopes.bind(file, at, scope, Value::Other);
                }
            }
            return;
        }
        self.pattern(open, file_link(self.file, open), scope, |_| Value::Other);
    }

    /// Reads `pattern = value, pattern = value`.
    fn declarators(&mut self, mut at: u32, scope: ScopeIdx) -> u32 {
        let file = self.file;
        let first = at;
        for _ in 0..BODY {
            let end = file.after(at);
            // Where the value stands, past an annotation.
            let mut equal = end;
            for _ in 0..HEAD {
                match file.kind(equal) {
                    Kind::Equal
                    | Kind::Comma
                    | Kind::Semicolon
                    | Kind::Close
                    | Kind::End
                    | Kind::Arrow => break,
                    Kind::Name if file.has(equal, FIRST) => break,
                    Kind::Name if file.is_word(equal, &["of", "in"]) => break,
                    _ => equal = file.after(equal),
                }
            }
            let value = if file.kind(equal) == Kind::Equal { equal + 1 } else { u32::MAX };
            self.declarator(at, scope, value);
            if value == u32::MAX {
                if file.kind(equal) == Kind::Comma && file.kind(equal + 1) == Kind::Name {
                    at = equal + 1;
                    continue;
                }
                break;
            }
            if file.grammar.ends_lines {
                break;
            }
            let Some(next) = self.next_declarator(value) else { break };
            at = next;
        }
        // The values are read like everything else.
        if file.kind(first) == Kind::Open { file.link(first) + 1 } else { first + 1 }
    }

    /// The declarator behind a comma behind a value, if there is one in the same statement.
    fn next_declarator(&self, value: u32) -> Option<u32> {
        let file = self.file;
        let mut at = value;
        for step in 0..BODY {
            match file.kind(at) {
                Kind::Comma => {
                    let next = at + 1;
                    let begins = file.kind(next) == Kind::Name || file.kind(next) == Kind::Open;
                    return begins.then_some(next);
                }
                Kind::Semicolon | Kind::Close | Kind::End => return None,
                Kind::Name | Kind::Open if step > 0 && file.has(at, FIRST) => {
                    let goes_on = matches!(
                        file.before(at),
                        Kind::Operator | Kind::Equal | Kind::Arrow | Kind::Dot | Kind::Colon
                    );
                    if !goes_on {
                        return None;
                    }
                }
                _ => {}
            }
            at = file.after(at);
        }
        None
    }

    fn declarator(&mut self, at: u32, scope: ScopeIdx, value: u32) {
        let file = self.file;
        let loaded = if value == u32::MAX { None } else { self.loaded(value) };
        if file.kind(at) == Kind::Name {
            let bound = match loaded {
                Some((Loaded::Module(module), _)) => Value::Module(module),
                Some((Loaded::Function(module, family, spelled), _)) => {
                    Value::Function { module, family, spelled }
                }
                Some((Loaded::Name(source), last)) if last == source => Value::Alias { source },
                _ => Value::Other,
            };
            self.scopes.bind(file, at, scope, bound);
            return;
        }
        if file.kind(at) != Kind::Open {
            return;
        }
        let tracked = file.tracked;
        let object = file.is(at, "{");
        self.pattern(at, file.link(at), scope, |key| {
            if !object {
                return Value::Other;
            }
            match loaded {
                Some((Loaded::Module(module), _)) => {
                    member(tracked, module, file.spelling(key), key)
                }
                Some((Loaded::Name(source), last)) if last == source => {
                    Value::Member { source, name: key }
                }
                _ => Value::Other,
            }
        });
    }

    /// What the value at a token is, as far as it is a module: loaded, or by a name.
    fn loaded(&self, value: u32) -> Option<(Loaded, u32)> {
        let file = self.file;
        let mut at = value;
        while file.is_word(at, &["await"]) || (file.kind(at) == Kind::Open && file.is(at, "(")) {
            at += 1;
        }
        if let Some((module, last)) = (file.grammar.loaded)(file, at) {
            let (mut loaded, mut last) = (Loaded::Module(module), last);
            loop {
                let past = if file.kind(last + 1) == Kind::Close { last + 2 } else { last + 1 };
                let Loaded::Module(module) = loaded else { break };
                if file.kind(past) != Kind::Dot || file.kind(past + 1) != Kind::Name {
                    // What else stands behind it makes something else of it.
                    let ends = !file.is_call(past);
                    return ends.then_some((loaded, last));
                }
                loaded = match member(file.tracked, module, file.spelling(past + 1), past + 1) {
                    Value::Module(module) => Loaded::Module(module),
                    Value::Function { module, family, spelled } => {
                        Loaded::Function(module, family, spelled)
                    }
                    _ => return None,
                };
                last = past + 1;
            }
            let ends = !file.is_call(last + 1) && file.kind(last + 1) != Kind::Dot;
            return ends.then_some((loaded, last));
        }
        let alone = file.kind(at) == Kind::Name
            && !file.is_call(at + 1)
            && !matches!(file.kind(at + 1), Kind::Dot | Kind::Arrow | Kind::Operator);
        alone.then_some((Loaded::Name(at), at))
    }

    /// Binds every name of a pattern between brackets; `value` is asked with the token of its key.
    fn pattern(&mut self, open: u32, close: u32, scope: ScopeIdx, value: impl Fn(u32) -> Value) {
        let file = self.file;
        let mut at = open + 1;
        let mut depth = 0u32;
        while at < close {
            match file.kind(at) {
                Kind::Name => {
                    let before = file.before(at);
                    let next = file.kind(at + 1);
                    let modified =
                        before == Kind::Name && file.is_word(at - 1, file.grammar.modifiers);
                    let begins = matches!(before, Kind::Open | Kind::Comma)
                        || modified
                        || (before == Kind::Operator
                            && (file.is(at - 1, "...") || file.is(at - 1, "*")));
                    let key = at
                        .checked_sub(2)
                        .filter(|_| before == Kind::Colon && (depth > 0 || file.is(open, "{")));
                    let is_key = next == Kind::Colon && (depth > 0 || file.is(open, "{"));
                    if begins && !is_key && !file.is_word(at, file.grammar.modifiers) {
                        self.scopes.bind(
                            file,
                            at,
                            scope,
                            if depth == 0 { value(at) } else { Value::Other },
                        );
                    } else if let Some(key) = key.filter(|_| !is_key) {
                        let bound = if depth == 0 { value(key) } else { Value::Other };
                        self.scopes.bind(file, at, scope, bound);
                    }
                    at += 1;
                }
                // A default value, a type, or what is called.
                Kind::Equal => {
                    at += 1;
                    while at < close && file.kind(at) != Kind::Comma {
                        at = file.after(at);
                    }
                }
                Kind::Colon if depth == 0 && file.is(open, "(") => {
                    at += 1;
                    while at < close && !matches!(file.kind(at), Kind::Comma | Kind::Equal) {
                        at = file.after(at);
                    }
                }
                Kind::Open if file.is(at, "(") => at = file.after(at),
                Kind::Open => {
                    depth += 1;
                    at += 1;
                }
                Kind::Close => {
                    depth = depth.saturating_sub(1);
                    at += 1;
                }
                _ => at += 1,
            }
        }
    }
}

fn file_link(file: &File<'_>, at: u32) -> u32 {
    file.link(at)
}

/// What a declaration is given.
#[derive(Clone, Copy, Debug)]
enum Loaded {
    Module(ModuleIdx),
    Function(ModuleIdx, Family, u32),
    /// The name at a token.
    Name(u32),
}

/// A member of a module as a value.
pub(crate) fn member(
    tracked: &crate::tracked::Tracked,
    module: ModuleIdx,
    name: &[u8],
    spelled: u32,
) -> Value {
    if let Some(child) = tracked.child(module, name) {
        return Value::Module(child);
    }
    if name == b"default" {
        return Value::Module(module);
    }
    let family = tracked.function(module, name);
    family.map_or(Value::Other, |family| Value::Function { module, family, spelled })
}
