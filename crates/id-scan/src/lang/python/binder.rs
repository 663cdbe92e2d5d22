//! Walks the tokens of a Python file once and notes scopes, bindings and mentions of names.
//!
//! Only names that can matter are noted: those of the tracked modules and functions, and the
//! aliases that imports in this file give them. No tree is built: statements are read line by
//! line, expressions with a stack of frames, so that depth costs no recursion and time is linear.
//!
//! The rules of the language that are kept here: what an expression is evaluated in (defaults,
//! decorators, base classes and the first iterable of a comprehension belong to the scope around),
//! what is a target and what is read, and in which order values, targets and bodies come.
//!
//! Specification: <https://docs.python.org/3/reference/executionmodel.html>, PEP 572, 634, 695.
//! Tokens come from `lexer.rs`; `resolver.rs` decides what each mention means.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::lexer::{HAS_FOR, Keyword, Kind, Lexed, Remark, TRAILER, Token};
use crate::tracked::{Family, ModuleIdx, Tracked};

/// A name that can matter, by its place in [`Bindings::names`].
pub(crate) type NameIdx = u32;
pub(crate) type ScopeIdx = u32;
pub(crate) type BlockIdx = u32;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ScopeKind {
    Module,
    Class,
    Function,
    Lambda,
    Comprehension,
    /// The scope of `[T]` after the name of a function, class or type alias.
    TypeParameters,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Scope {
    pub(crate) kind: ScopeKind,
    pub(crate) parent: ScopeIdx,
    /// The token of the name of a class or function.
    pub(crate) name: u32,
}

/// What a name is bound to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    /// Anything that is not tracked.
    Other,
    /// Declared by an annotation alone: the name is local, and bound to nothing.
    Nothing,
    Module(ModuleIdx),
    /// What the name at a token stands for, if that with what follows it up to `end` is a module:
    /// `u = uuid`. The resolver puts the module here.
    Alias {
        source: u32,
        end: u32,
    },
    Function {
        module: ModuleIdx,
        family: Family,
        /// The token that spells the function; `u32::MAX` if the bound name itself does.
        spelled: u32,
    },
}

/// A binding of a name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Event {
    pub(crate) name: NameIdx,
    pub(crate) scope: ScopeIdx,
    pub(crate) order: u32,
    pub(crate) block: BlockIdx,
    /// Whether the binding happens whenever its block is run through.
    pub(crate) certain: bool,
    /// The binding belongs to another scope than the one it stands in, by `global` or `nonlocal`.
    pub(crate) moved: bool,
    pub(crate) value: Value,
}

/// A name that is read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mention {
    pub(crate) name: NameIdx,
    pub(crate) token: u32,
    pub(crate) scope: ScopeIdx,
    pub(crate) block: BlockIdx,
    pub(crate) order: u32,
    /// An attribute that ends before this token is stored to or deleted, not read.
    pub(crate) stored_end: u32,
    /// In a pattern brackets are no call.
    pub(crate) pattern: bool,
}

/// `global` or `nonlocal`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Declaration {
    pub(crate) scope: ScopeIdx,
    pub(crate) name: NameIdx,
    pub(crate) global: bool,
}

/// Everything that the walk notes.
#[derive(Debug)]
pub(crate) struct Bindings<'a> {
    pub(crate) names: Vec<&'a [u8]>,
    pub(crate) scopes: Vec<Scope>,
    /// For each block the last block inside it: block `b` lies in `a` if `a <= b <= last[a]`.
    pub(crate) blocks: Vec<BlockIdx>,
    pub(crate) events: Vec<Event>,
    pub(crate) mentions: Vec<Mention>,
    pub(crate) declarations: Vec<Declaration>,
    pub(crate) remark: Option<Remark>,
}

/// How often aliases of aliases are followed.
pub(crate) const ALIAS_ROUNDS: usize = 8;

/// Walks `tokens` and notes what concerns the names of `tracked`. Afterwards the link of each name
/// is its place in [`Bindings::names`], if it has one.
pub(crate) fn bind<'a>(text: &'a [u8], lexed: &mut Lexed, tracked: &'a Tracked) -> Bindings<'a> {
    let mut names = Names {
        text,
        tokens: &lexed.tokens,
        tracked,
        found: Vec::new(),
        sieve: [false; SIEVE],
        places: HashMap::default(),
    };
    names.collect(&lexed.imports, &lexed.equals);
    let Names { sieve, places, found: names, .. } = names;
    // Each name is looked up once; the walk reads what was found off its token.
    let mut lines: Vec<LogicalLine> = Vec::new();
    let mut is_quiet = true;
    for (at, token) in (0..).zip(&mut lexed.tokens) {
        match token.kind {
            Kind::Name => {
                let name = text.get(token.start as usize..token.end as usize).unwrap_or_default();
                if sieve[sieve_key(name)]
                    && let Some(&place) = places.get(name)
                {
                    token.link = place;
                    is_quiet = false;
                }
            }
            // What a star imports is spelled nowhere.
            Kind::Keyword(Keyword::Import) => is_quiet = false,
            Kind::Line | Kind::End => {
                if let Some(line) = lines.last_mut() {
                    (line.end, line.is_quiet) = (at, is_quiet);
                }
                is_quiet = true;
                if token.kind == Kind::Line {
                    lines.push(LogicalLine { at, end: at + 1, is_quiet });
                }
            }
            _ => {}
        }
    }
    let tokens = &lexed.tokens;
    let scopes = vec![Scope { kind: ScopeKind::Module, parent: 0, name: u32::MAX }];
    let out = Bindings {
        names,
        scopes,
        blocks: vec![0],
        events: Vec::new(),
        mentions: Vec::new(),
        declarations: Vec::new(),
        remark: None,
    };
    let mut binder = Binder {
        text,
        tokens,
        tracked,
        out,
        places,
        is_quiet: false,
        order: 0,
        scope: 0,
        block: 0,
        levels: Vec::new(),
        pending: None,
        frames: Vec::new(),
    };
    binder.module(&lines);
    binder.out
}

/// A logical line: its mark, and the token behind it.
#[derive(Clone, Copy, Debug)]
struct LogicalLine {
    at: u32,
    end: u32,
    /// No name in it matters.
    is_quiet: bool,
}

/// An indented suite.
#[derive(Clone, Copy, Debug)]
struct Level {
    column: u32,
    scope: ScopeIdx,
    block: BlockIdx,
    /// The suite of a `match` statement: its lines begin with `case`.
    cases: bool,
    /// The name of a class, bound when its body has run.
    class: Option<(NameIdx, ScopeIdx, BlockIdx)>,
}

/// What a frame's tokens are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    /// An expression; in the brackets of a call, `name =` is a keyword.
    Load { keywords: bool },
    /// The body of a lambda: ends where an expression without commas ends.
    LambdaBody,
    /// `element for target in iterable if condition`.
    Comprehension { inner: ScopeIdx, outer: ScopeIdx, first: bool },
    /// Targets of an assignment or deletion.
    Store { block: BlockIdx },
    /// The pattern of a `case`; captures are bound in `block`.
    Pattern { block: BlockIdx },
    /// Parameters: names go to `inner`, annotations to `annotations`, defaults to the frame's scope.
    Parameters { inner: ScopeIdx, annotations: ScopeIdx, block: BlockIdx, lambda: bool, part: Part },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Name,
    Annotation,
    Default,
}

#[derive(Clone, Copy, Debug)]
struct Frame {
    at: u32,
    end: u32,
    scope: ScopeIdx,
    mode: Mode,
    stored_end: u32,
    /// The frame around goes on where this one stopped.
    shared: bool,
}

/// The names that can matter, while they are collected.
struct Names<'a, 't> {
    text: &'a [u8],
    tokens: &'t [Token],
    tracked: &'a Tracked,
    found: Vec<&'a [u8]>,
    /// Which values of [`sieve_key`] a name that matters has: most names stop here.
    sieve: [bool; SIEVE],
    places: HashMap<&'a [u8], NameIdx, RandomState>,
}

struct Binder<'a, 't> {
    text: &'a [u8],
    tokens: &'t [Token],
    tracked: &'a Tracked,
    out: Bindings<'a>,
    /// The names that matter, by their spelling.
    places: HashMap<&'a [u8], NameIdx, RandomState>,
    /// In the line at hand no name matters: only its suite does.
    is_quiet: bool,
    order: u32,
    scope: ScopeIdx,
    block: BlockIdx,
    levels: Vec<Level>,
    pending: Option<Level>,
    frames: Vec<Frame>,
}

const SIEVE: usize = 1024;

fn sieve_key(name: &[u8]) -> usize {
    match name {
        [first, .., last] => {
            (name.len() ^ (usize::from(*first) << 2) ^ (usize::from(*last) << 5)) % SIEVE
        }
        [only] => usize::from(*only),
        [] => 0,
    }
}

/// What both readers of tokens ask of them.
trait Reader<'a> {
    fn text(&self) -> &'a [u8];
    fn tokens(&self) -> &[Token];
    fn tracked(&self) -> &'a Tracked;

    fn kind(&self, at: u32) -> Kind {
        self.tokens().get(at as usize).map_or(Kind::End, |token| token.kind)
    }

    fn token(&self, at: u32) -> Token {
        const NONE: Token = Token { start: 0, end: 0, link: u32::MAX, kind: Kind::End, flags: 0 };
        self.tokens().get(at as usize).copied().unwrap_or(NONE)
    }

    fn is(&self, at: u32, keyword: Keyword) -> bool {
        self.kind(at) == Kind::Keyword(keyword)
    }

    fn spelling(&self, at: u32) -> &'a [u8] {
        let token = self.token(at);
        self.text().get(token.start as usize..token.end as usize).unwrap_or_default()
    }

    /// The token after `at` on the same level of brackets.
    fn after(&self, at: u32) -> u32 {
        match self.kind(at) {
            Kind::Open | Kind::FStart | Kind::FieldOpen => self.token(at).link.max(at) + 1,
            _ => at + 1,
        }
    }

    /// The first place in `at..end` on this level of brackets that `test` accepts, else `end`.
    fn find(&self, mut at: u32, end: u32, test: impl Fn(Kind) -> bool) -> u32 {
        while at < end && !test(self.kind(at)) {
            at = self.after(at);
        }
        at.min(end)
    }

    /// The token of the name that an expression begins with, brackets left out.
    fn first_name(&self, mut at: u32, end: u32) -> Option<u32> {
        while at < end && self.kind(at) == Kind::Open && self.spelling(at) == b"(" {
            at += 1;
        }
        (at < end && self.kind(at) == Kind::Name).then_some(at)
    }

    /// Reads an import statement and reports every name that it binds, with the token that spells
    /// the imported name.
    fn imports(&self, at: u32, end: u32, report: &mut dyn FnMut(u32, &'a [u8], Value)) {
        let mut at = at;
        if self.is(at, Keyword::From) {
            at += 1;
            let mut relative = false;
            while matches!(self.kind(at), Kind::Dot | Kind::Ellipsis) {
                relative = true;
                at += 1;
            }
            let (module, after) = self.module_path(at, end);
            let is_legacy = |module: &ModuleIdx| self.tracked().is_legacy(*module);
            let module = module.filter(|module| (!relative || is_legacy(module)) && after > at);
            if self.is(after, Keyword::Import) {
                self.imported_names(module, after + 1, end, report);
            }
            return;
        }
        at += 1;
        while at < end && self.kind(at) == Kind::Name {
            let (module, after) = self.module_path(at, end);
            if self.is(after, Keyword::As) {
                let value = module.map_or(Value::Other, Value::Module);
                report(after + 1, self.spelling(after + 1), value);
                at = after + 2;
            } else {
                let name = self.spelling(at);
                let root = self.tracked().child(0, name);
                let root = root.or(module.filter(|_| after == at + 1));
                let value = root.map_or(Value::Other, Value::Module);
                report(at, name, value);
                at = after;
            }
            if self.kind(at) != Kind::Comma {
                break;
            }
            at += 1;
        }
    }

    /// Reads a dotted name; returns the tracked module of that name and the token after it.
    fn module_path(&self, mut at: u32, end: u32) -> (Option<ModuleIdx>, u32) {
        let (mut module, mut legacy) = (Some(0), None);
        while at < end && self.kind(at) == Kind::Name {
            module = module.and_then(|module| self.tracked().child(module, self.spelling(at)));
            legacy = self.tracked().legacy(self.spelling(at));
            at += 1;
            if self.kind(at) != Kind::Dot {
                break;
            }
            at += 1;
        }
        (module.or(legacy), at)
    }

    fn imported_names(
        &self,
        module: Option<ModuleIdx>,
        at: u32,
        end: u32,
        report: &mut dyn FnMut(u32, &'a [u8], Value),
    ) {
        let mut at = at;
        if self.kind(at) == Kind::Star {
            for (name, family) in
                module.into_iter().flat_map(|module| self.tracked().listed(module))
            {
                let module = module.unwrap_or(0);
                report(u32::MAX, name, Value::Function { module, family, spelled: u32::MAX });
            }
            return;
        }
        if self.kind(at) == Kind::Open {
            at += 1;
        }
        while at < end && self.kind(at) == Kind::Name {
            let (spelled, name) = (at, self.spelling(at));
            let other = self.tracked().legacy(name).map_or(Value::Other, Value::Module);
            let value = module.map_or(other, |module| {
                if let Some(child) = self.tracked().child(module, name) {
                    return Value::Module(child);
                }
                let family = self.tracked().function(module, name);
                family.map_or(Value::Other, |family| Value::Function { module, family, spelled })
            });
            at += 1;
            if self.is(at, Keyword::As) {
                report(spelled, self.spelling(at + 1), value);
                at += 2;
            } else {
                report(spelled, name, value);
            }
            if self.kind(at) != Kind::Comma {
                break;
            }
            at += 1;
        }
    }
}

impl<'a> Reader<'a> for Names<'a, '_> {
    fn text(&self) -> &'a [u8] {
        self.text
    }

    fn tokens(&self) -> &[Token] {
        self.tokens
    }

    fn tracked(&self) -> &'a Tracked {
        self.tracked
    }
}

impl<'a> Reader<'a> for Binder<'a, '_> {
    fn text(&self) -> &'a [u8] {
        self.text
    }

    fn tokens(&self) -> &[Token] {
        self.tokens
    }

    fn tracked(&self) -> &'a Tracked {
        self.tracked
    }
}

impl<'a> Names<'a, '_> {
    fn add_name(&mut self, name: &'a [u8]) {
        if self.name_idx(name).is_none() {
            let idx = NameIdx::try_from(self.found.len()).unwrap_or(NameIdx::MAX);
            self.places.insert(name, idx);
            self.found.push(name);
            if let Some(seen) = self.sieve.get_mut(sieve_key(name)) {
                *seen = true;
            }
        }
    }

    fn name_idx(&self, name: &[u8]) -> Option<NameIdx> {
        if !self.sieve.get(sieve_key(name)).copied().unwrap_or(false) {
            return None;
        }
        self.places.get(name).copied()
    }

    fn name_at(&self, at: u32) -> Option<NameIdx> {
        (self.kind(at) == Kind::Name).then(|| self.name_idx(self.spelling(at))).flatten()
    }

    /// Finds the names that can matter: what is tracked, and every alias that an import gives it.
    fn collect(&mut self, imports: &[u32], equals: &[u32]) {
        let tracked = self.tracked;
        for root in tracked.roots() {
            let module = tracked.child(0, root);
            if module.is_some_and(|module| tracked.counts_unbound(module)) {
                self.add_name(root);
            }
        }
        for (module, name, _) in tracked.all_listed() {
            if tracked.counts_unbound(module) {
                self.add_name(name);
            }
        }
        self.collect_imports(imports);
        // An alias may stand before what it is an alias of: the function runs later.
        for _ in 0..ALIAS_ROUNDS {
            let before = self.found.len();
            self.collect_aliases(equals);
            if self.found.len() == before {
                break;
            }
        }
    }

    /// Finds the names in `u = uuid`.
    fn collect_aliases(&mut self, equals: &[u32]) {
        for &at in equals {
            if !matches!(self.kind(at + 1), Kind::Name | Kind::Open)
                || self.alias_source(at + 1, u32::MAX).is_none()
            {
                continue;
            }
            let mut back = at;
            for _ in 0..32 {
                let Some(next) = back.checked_sub(1) else { break };
                if matches!(self.kind(next), Kind::Line | Kind::Semicolon) {
                    break;
                }
                if self.kind(next) == Kind::Name
                    && matches!(self.kind(back), Kind::Equal | Kind::Colon | Kind::Close)
                {
                    self.add_name(self.spelling(next));
                }
                back = next;
            }
        }
    }

    /// The token of the name that an expression begins with, brackets left out, if it matters.
    fn alias_source(&self, at: u32, end: u32) -> Option<u32> {
        self.first_name(at, end).filter(|at| self.name_at(*at).is_some())
    }

    fn collect_imports(&mut self, imports: &[u32]) {
        for &at in imports {
            // `from`, if only a dotted name stands between.
            let is_path =
                |at: u32| matches!(self.kind(at), Kind::Name | Kind::Dot | Kind::Ellipsis);
            let mut from = at;
            while from.checked_sub(1).is_some_and(is_path) {
                from -= 1;
            }
            let before = from.checked_sub(1).filter(|before| self.is(*before, Keyword::From));
            let mut found = Vec::new();
            self.imports(before.unwrap_or(at), u32::MAX, &mut |_, name, value| {
                if !matches!(value, Value::Other) {
                    found.push(name);
                }
            });
            for name in found {
                self.add_name(name);
            }
        }
    }
}

impl Binder<'_, '_> {
    // Tokens and names.

    /// The colon that ends the head of a compound statement.
    fn head_end(&mut self, mut at: u32, end: u32) -> u32 {
        let mut lambdas = 0u32;
        while at < end {
            match self.kind(at) {
                Kind::Keyword(Keyword::Lambda) => lambdas += 1,
                Kind::Colon if lambdas == 0 => return at,
                Kind::Colon => lambdas -= 1,
                _ => {}
            }
            at = self.after(at);
        }
        self.remark(end.saturating_sub(1), "a colon is missing");
        end
    }

    fn remark(&mut self, token: u32, what: &'static str) {
        let at = self.token(token).start;
        self.out.remark.get_or_insert(Remark { at, what });
    }

    /// The name at a token, if it matters.
    fn name_at(&self, at: u32) -> Option<NameIdx> {
        let token = self.tokens.get(at as usize)?;
        (token.kind == Kind::Name && token.link != u32::MAX).then_some(token.link)
    }

    /// The token of the name that an expression begins with, brackets left out, if it matters.
    fn alias_source(&self, at: u32, end: u32) -> Option<u32> {
        self.first_name(at, end).filter(|at| self.name_at(*at).is_some())
    }

    // Bindings.

    fn next_order(&mut self) -> u32 {
        self.order += 1;
        self.order
    }

    fn new_scope(&mut self, kind: ScopeKind, parent: ScopeIdx, name: u32) -> ScopeIdx {
        self.out.scopes.push(Scope { kind, parent, name });
        ScopeIdx::try_from(self.out.scopes.len() - 1).unwrap_or(0)
    }

    fn open_block(&mut self) -> BlockIdx {
        let block = BlockIdx::try_from(self.out.blocks.len()).unwrap_or(0);
        self.out.blocks.push(block);
        block
    }

    fn close_block(&mut self, block: BlockIdx) {
        let last = BlockIdx::try_from(self.out.blocks.len() - 1).unwrap_or(0);
        if let Some(entry) = self.out.blocks.get_mut(block as usize) {
            *entry = last;
        }
    }

    fn event(&mut self, name: NameIdx, scope: ScopeIdx, block: BlockIdx, value: Value) {
        let order = self.next_order();
        self.out.events.push(Event {
            name,
            scope,
            order,
            block,
            certain: true,
            moved: false,
            value,
        });
    }

    /// Binds the name at a token, if it matters, to something that is not tracked.
    fn bind_other(&mut self, at: u32, scope: ScopeIdx, block: BlockIdx) {
        if let Some(name) = self.name_at(at) {
            self.event(name, scope, block, Value::Other);
        }
    }

    /// A walrus binds in the scope around all comprehensions, and perhaps it is never reached.
    fn bind_walrus(&mut self, at: u32, mut scope: ScopeIdx) {
        let Some(name) = self.name_at(at) else { return };
        while let Some(found) = self.out.scopes.get(scope as usize) {
            if found.kind != ScopeKind::Comprehension {
                break;
            }
            scope = found.parent;
        }
        let order = self.next_order();
        let (block, value) = (self.block, Value::Other);
        self.out.events.push(Event {
            name,
            scope,
            order,
            block,
            certain: false,
            moved: false,
            value,
        });
    }

    fn mention(&mut self, at: u32, scope: ScopeIdx, stored_end: u32, pattern: bool) {
        if let Some(name) = self.name_at(at) {
            let (order, block) = (self.next_order(), self.block);
            let token = at;
            self.out.mentions.push(Mention {
                name,
                token,
                scope,
                block,
                order,
                stored_end,
                pattern,
            });
        }
    }

    // Lines and suites.

    fn module(&mut self, lines: &[LogicalLine]) {
        for line in lines {
            self.is_quiet = line.is_quiet;
            self.enter_line(line.at);
            self.line(line.at + 1, line.end);
        }
        self.drop_pending();
        while !self.levels.is_empty() {
            self.leave_level();
        }
        self.close_block(0);
    }

    /// Opens or closes suites by the column of a line.
    fn enter_line(&mut self, at: u32) {
        let column = self.token(at).link;
        if let Some(mut level) = self.pending.take() {
            if column > self.levels.last().map_or(0, |level| level.column) {
                level.column = column;
                self.levels.push(level);
            } else {
                self.remark(at, "a body is missing");
                self.close_suite(level);
            }
        } else if column > self.levels.last().map_or(0, |level| level.column) {
            self.remark(at, "an indent has no reason");
        }
        while self.levels.last().is_some_and(|level| level.column > column) {
            self.leave_level();
            if self.levels.last().map_or(0, |level| level.column) < column {
                self.remark(at, "a line fits no suite around it");
            }
        }
        let level = self.levels.last();
        self.scope = level.map_or(0, |level| level.scope);
        self.block = level.map_or(0, |level| level.block);
    }

    fn leave_level(&mut self) {
        if let Some(level) = self.levels.pop() {
            self.close_suite(level);
        }
    }

    fn drop_pending(&mut self) {
        if let Some(level) = self.pending.take() {
            self.remark(u32::try_from(self.tokens.len() - 1).unwrap_or(0), "a body is missing");
            self.close_suite(level);
        }
    }

    fn close_suite(&mut self, level: Level) {
        self.close_block(level.block);
        if let Some((name, scope, block)) = level.class {
            self.event(name, scope, block, Value::Other);
        }
    }

    /// Begins the suite after a colon: on the same line, or on the lines that follow.
    fn suite(&mut self, colon: u32, end: u32, level: Level) {
        if colon + 1 >= end {
            self.pending = Some(level);
            return;
        }
        let outer = (self.scope, self.block);
        (self.scope, self.block) = (level.scope, level.block);
        self.simple_statements(colon + 1, end);
        (self.scope, self.block) = outer;
        self.close_suite(level);
    }

    /// A suite in the scope at hand.
    fn plain_suite(&mut self, colon: u32, end: u32) {
        let block = self.open_block();
        let level = Level { column: 0, scope: self.scope, block, cases: false, class: None };
        self.suite(colon, end, level);
    }

    fn line(&mut self, at: u32, end: u32) {
        use Keyword as K;
        let Kind::Keyword(keyword) = self.kind(at) else {
            if self.kind(at) == Kind::At {
                self.load(at + 1, end, self.scope);
            } else if !self.soft_keyword(at, end) {
                self.simple_statements(at, end);
            }
            return;
        };
        match keyword {
            K::Async if matches!(self.kind(at + 1), Kind::Keyword(K::Def | K::For | K::With)) => {
                self.line(at + 1, end);
            }
            K::Def => self.function(at, end),
            K::Class => self.class(at, end),
            K::If | K::Elif | K::While | K::With => {
                let colon = self.head_end(at + 1, end);
                self.load(at + 1, colon, self.scope);
                self.plain_suite(colon, end);
            }
            K::Else | K::Try | K::Finally => {
                let colon = self.head_end(at + 1, end);
                self.plain_suite(colon, end);
            }
            K::For => self.for_statement(at, end),
            K::Except => self.except(at, end),
            _ => self.simple_statements(at, end),
        }
    }

    fn for_statement(&mut self, at: u32, end: u32) {
        let colon = self.head_end(at + 1, end);
        let targets_end = self.find(at + 1, colon, |kind| kind == Kind::Keyword(Keyword::In));
        self.load(targets_end + 1, colon, self.scope);
        let block = self.open_block();
        self.store(at + 1, targets_end, self.scope, block);
        let level = Level { column: 0, scope: self.scope, block, cases: false, class: None };
        self.suite(colon, end, level);
    }

    fn except(&mut self, at: u32, end: u32) {
        let colon = self.head_end(at + 1, end);
        let name = self.find(at + 1, colon, |kind| kind == Kind::Keyword(Keyword::As));
        self.load(at + 1, name, self.scope);
        let block = self.open_block();
        self.store((name + 1).min(colon), colon, self.scope, block);
        let level = Level { column: 0, scope: self.scope, block, cases: false, class: None };
        self.suite(colon, end, level);
    }

    /// Reads a line that begins with `match` or `case` as a keyword.
    fn soft_keyword(&mut self, at: u32, end: u32) -> bool {
        match self.spelling(at) {
            b"match" if self.is_match(at, end) => {
                let colon = end - 1;
                self.load(at + 1, colon, self.scope);
                let block = self.open_block();
                let level = Level { column: 0, scope: self.scope, block, cases: true, class: None };
                self.suite(colon, end, level);
                true
            }
            b"case" if self.levels.last().is_some_and(|level| level.cases) => {
                let colon = self.head_end(at + 1, end);
                let guard = self.find(at + 1, colon, |kind| kind == Kind::Keyword(Keyword::If));
                let block = self.open_block();
                self.walk(at + 1, guard, self.scope, Mode::Pattern { block }, 0);
                let outer = std::mem::replace(&mut self.block, block);
                self.load((guard + 1).min(colon), colon, self.scope);
                self.block = outer;
                let scope = self.scope;
                self.suite(
                    colon,
                    end,
                    Level { column: 0, scope, block, cases: false, class: None },
                );
                true
            }
            _ => false,
        }
    }

    /// A line that begins with `match`, goes on and ends with a colon is a `match` statement: what
    /// else ends with a colon begins with a reserved word.
    fn is_match(&self, at: u32, end: u32) -> bool {
        end > at + 2
            && self.kind(end - 1) == Kind::Colon
            && !matches!(
                self.kind(at + 1),
                Kind::Colon | Kind::Equal | Kind::Dot | Kind::Augmented | Kind::Comma
            )
    }

    fn function(&mut self, at: u32, end: u32) {
        let (outer, block) = (self.scope, self.block);
        let colon = self.head_end(at + 1, end);
        let name = at + 1;
        let mut next = name + 1;
        let body = self.open_block();
        let mut annotations = outer;
        if self.spelling(next) == b"[" {
            annotations = self.type_parameters(next);
            next = self.after(next);
        }
        let inner = self.new_scope(ScopeKind::Function, annotations, name);
        if self.kind(next) == Kind::Open {
            let mode = Mode::Parameters {
                inner,
                annotations,
                block: body,
                lambda: false,
                part: Part::Name,
            };
            self.walk(next + 1, self.token(next).link, outer, mode, 0);
            next = self.after(next);
        }
        self.load(next.min(colon), colon, annotations);
        self.bind_other(name, outer, block);
        let level = Level { column: 0, scope: inner, block: body, cases: false, class: None };
        self.suite(colon, end, level);
    }

    fn class(&mut self, at: u32, end: u32) {
        let (outer, block) = (self.scope, self.block);
        let colon = self.head_end(at + 1, end);
        let name = at + 1;
        let mut next = name + 1;
        let mut around = outer;
        if self.spelling(next) == b"[" {
            around = self.type_parameters(next);
            next = self.after(next);
        }
        self.load(next.min(colon), colon, around);
        let scope = self.new_scope(ScopeKind::Class, around, name);
        let body = self.open_block();
        let class = self.name_at(name).map(|name| (name, outer, block));
        self.suite(colon, end, Level { column: 0, scope, block: body, cases: false, class });
    }

    /// Reads `[T: bound = default, *Ts]` at a token, if it is there, and returns the scope inside.
    fn type_parameters(&mut self, at: u32) -> ScopeIdx {
        let inner = self.new_scope(ScopeKind::TypeParameters, self.scope, u32::MAX);
        if self.spelling(at) == b"[" {
            let (block, lambda, part) = (self.block, false, Part::Name);
            let mode = Mode::Parameters { inner, annotations: inner, block, lambda, part };
            self.walk(at + 1, self.token(at).link, inner, mode, 0);
        }
        inner
    }

    // Simple statements.

    fn simple_statements(&mut self, mut at: u32, end: u32) {
        if self.is_quiet {
            return;
        }
        while at < end {
            let next = self.find(at, end, |kind| kind == Kind::Semicolon);
            if at < next {
                self.simple_statement(at, next);
            }
            at = next + 1;
        }
    }

    fn simple_statement(&mut self, at: u32, end: u32) {
        use Keyword as K;
        match self.kind(at) {
            Kind::Keyword(K::Import | K::From) => self.import_statement(at, end),
            Kind::Keyword(keyword @ (K::Global | K::Nonlocal)) => {
                for at in at + 1..end {
                    if let Some(name) = self.name_at(at) {
                        let (scope, global) = (self.scope, keyword == K::Global);
                        self.out.declarations.push(Declaration { scope, name, global });
                    }
                }
            }
            Kind::Keyword(K::Del) => self.store(at + 1, end, self.scope, self.block),
            Kind::Name if self.kind(at + 1) == Kind::Name && self.spelling(at) == b"type" => {
                self.type_alias(at, end);
            }
            _ => self.assignment(at, end),
        }
    }

    /// Reads `type name[parameters] = value`, or an expression that only begins like it.
    fn type_alias(&mut self, at: u32, end: u32) {
        let equal = self.find(at + 2, end, |kind| kind == Kind::Equal);
        if equal == end {
            self.assignment(at, end);
            return;
        }
        self.bind_other(at + 1, self.scope, self.block);
        let inner = self.type_parameters(at + 2);
        self.load(equal + 1, end, inner);
    }

    /// Reads `target = target = value`, `target: annotation = value`, `target += value` or a bare
    /// expression: the value first, then the targets from left to right.
    fn assignment(&mut self, start: u32, end: u32) {
        let is_mark = |kind| {
            let lambda = Kind::Keyword(Keyword::Lambda);
            matches!(kind, Kind::Equal | Kind::Augmented | Kind::Colon) || kind == lambda
        };
        let first = self.find(start, end, is_mark);
        match self.kind(first) {
            _ if first == end => self.load(start, end, self.scope),
            Kind::Augmented => {
                self.load(first + 1, end, self.scope);
                self.store(start, first, self.scope, self.block);
            }
            Kind::Colon => {
                let equal = self.find(first + 1, end, |kind| kind == Kind::Equal);
                self.load((equal + 1).min(end), end, self.scope);
                self.load(first + 1, equal, self.scope);
                if equal < end {
                    let alias =
                        if first == start + 1 { self.alias_source(equal + 1, end) } else { None };
                    self.assign(start, first, alias, end);
                } else if first > start + 1 {
                    self.annotated_target(start, first);
                } else if let Some(name) = self.name_at(start) {
                    self.event(name, self.scope, self.block, Value::Nothing);
                }
            }
            Kind::Equal => {
                let mut last = first;
                loop {
                    let next = self.find(last + 1, end, is_mark);
                    if next == end || self.kind(next) != Kind::Equal {
                        break;
                    }
                    last = next;
                }
                self.load(last + 1, end, self.scope);
                let alias = self.alias_source(last + 1, end);
                let mut from = start;
                while from <= last {
                    let to = self.find(from, last, |kind| kind == Kind::Equal);
                    self.assign(from, to, alias, end);
                    from = to + 1;
                }
            }
            _ => self.load(start, end, self.scope),
        }
    }

    /// Stores to a target what may be an alias of the name at token `alias`.
    fn assign(&mut self, from: u32, to: u32, alias: Option<u32>, end: u32) {
        let (mut first, mut last) = (from, to);
        while last > first + 2 && self.spelling(first) == b"(" && self.after(first) == last {
            (first, last) = (first + 1, last - 1);
        }
        match (alias, self.name_at(first)) {
            (Some(source), Some(name)) if last == first + 1 => {
                self.event(name, self.scope, self.block, Value::Alias { source, end });
            }
            _ => self.store(from, to, self.scope, self.block),
        }
    }

    /// A target that has an annotation and no value binds nothing unless it is a bare name; what
    /// stands in it is read all the same.
    fn annotated_target(&mut self, start: u32, end: u32) {
        let group = self.kind(start) == Kind::Open && self.after(start) == end;
        if !group {
            self.store(start, end, self.scope, self.block);
        }
    }

    fn import_statement(&mut self, at: u32, end: u32) {
        let mut found = Vec::new();
        self.imports(at, end, &mut |spelled, name, value| found.push((spelled, name, value)));
        for (spelled, name, value) in found {
            if let Some(&name) = self.places.get(name) {
                let value = match value {
                    Value::Function { module, family, .. } => {
                        Value::Function { module, family, spelled }
                    }
                    other => other,
                };
                self.event(name, self.scope, self.block, value);
            }
        }
    }

    // Expressions.

    fn load(&mut self, at: u32, end: u32, scope: ScopeIdx) {
        self.walk(at, end, scope, Mode::Load { keywords: false }, 0);
    }

    fn store(&mut self, at: u32, end: u32, scope: ScopeIdx, block: BlockIdx) {
        self.walk(at, end, scope, Mode::Store { block }, 0);
    }

    fn walk(&mut self, at: u32, end: u32, scope: ScopeIdx, mode: Mode, stored_end: u32) {
        if self.is_quiet {
            return;
        }
        let mut frames = std::mem::take(&mut self.frames);
        frames.clear();
        frames.push(Frame { at, end, scope, mode, stored_end, shared: false });
        while let Some(mut frame) = frames.pop() {
            if frame.at >= frame.end {
                Self::resume(&mut frames, frame);
                continue;
            }
            match self.step(&mut frame) {
                Step::Stay => frames.push(frame),
                Step::Into(inner) => frames.extend([frame, inner]),
                Step::Leave => Self::resume(&mut frames, frame),
            }
        }
        self.frames = frames;
    }

    /// Goes on in the frame around a finished one.
    fn resume(frames: &mut [Frame], done: Frame) {
        if let (true, Some(around)) = (done.shared, frames.last_mut()) {
            around.at = done.at;
        }
    }

    fn step(&mut self, frame: &mut Frame) -> Step {
        match frame.mode {
            Mode::Load { .. } => self.step_load(frame),
            Mode::LambdaBody => match self.kind(frame.at) {
                Kind::Comma
                | Kind::Colon
                | Kind::Equal
                | Kind::FormatColon
                | Kind::Semicolon
                | Kind::Keyword(Keyword::For | Keyword::Async) => Step::Leave,
                _ => self.step_load(frame),
            },
            Mode::Comprehension { inner, outer, first } => {
                self.step_comprehension(frame, inner, outer, first)
            }
            Mode::Store { block } => self.step_store(frame, block),
            Mode::Pattern { block } => self.step_pattern(frame, block),
            Mode::Parameters { .. } => self.step_parameters(frame),
        }
    }

    fn step_load(&mut self, frame: &mut Frame) -> Step {
        let at = frame.at;
        frame.at += 1;
        match self.kind(at) {
            Kind::Name => {
                if at > 0 && self.kind(at - 1) == Kind::Dot {
                    return Step::Stay;
                }
                match self.kind(at + 1) {
                    Kind::Equal if frame.mode == (Mode::Load { keywords: true }) => frame.at += 1,
                    Kind::Walrus => {
                        self.bind_walrus(at, frame.scope);
                        frame.at += 1;
                    }
                    _ => self.mention(at, frame.scope, frame.stored_end, false),
                }
                Step::Stay
            }
            Kind::Open | Kind::FStart | Kind::FieldOpen => self.step_into(frame, at),
            Kind::Keyword(Keyword::Lambda) => {
                let inner = self.new_scope(ScopeKind::Lambda, frame.scope, u32::MAX);
                let mode = Mode::Parameters {
                    inner,
                    annotations: frame.scope,
                    block: self.block,
                    lambda: true,
                    part: Part::Name,
                };
                let end = frame.end;
                Step::Into(Frame {
                    at: at + 1,
                    end,
                    scope: frame.scope,
                    mode,
                    stored_end: 0,
                    shared: true,
                })
            }
            Kind::Keyword(Keyword::As) => {
                let end = self.find(at + 1, frame.end, |kind| kind == Kind::Comma);
                frame.at = end;
                let mode = Mode::Store { block: self.block };
                let scope = frame.scope;
                Step::Into(Frame { at: at + 1, end, scope, mode, stored_end: 0, shared: false })
            }
            _ => Step::Stay,
        }
    }

    /// Enters the brackets, string or field at a token of an expression.
    fn step_into(&mut self, frame: &mut Frame, at: u32) -> Step {
        let token = self.token(at);
        frame.at = token.link.max(at) + 1;
        let mut mode = Mode::Load { keywords: self.spelling(at) == b"(" };
        let mut scope = frame.scope;
        if token.kind == Kind::Open && token.flags & HAS_FOR != 0 {
            let outer = scope;
            scope = self.new_scope(ScopeKind::Comprehension, outer, u32::MAX);
            mode = Mode::Comprehension { inner: scope, outer, first: true };
        }
        // `(uuid).uuid4 = x` stores to an attribute of what the brackets group.
        let group = token.kind == Kind::Open && token.flags & TRAILER == 0;
        let stored_end = if group { frame.stored_end } else { 0 };
        let (at, end) = (at + 1, token.link);
        Step::Into(Frame { at, end, scope, mode, stored_end, shared: false })
    }

    fn step_comprehension(
        &mut self,
        frame: &mut Frame,
        inner: ScopeIdx,
        outer: ScopeIdx,
        first: bool,
    ) -> Step {
        match self.kind(frame.at) {
            Kind::Keyword(Keyword::For) => {
                let (at, is_in) = (frame.at + 1, Kind::Keyword(Keyword::In));
                let end = self.find(at, frame.end, |kind| kind == is_in);
                frame.at = end + 1;
                // Only the first iterable is evaluated outside.
                frame.scope = if first { outer } else { inner };
                frame.mode = Mode::Comprehension { inner, outer, first: false };
                let mode = Mode::Store { block: self.block };
                Step::Into(Frame { at, end, scope: inner, mode, stored_end: 0, shared: false })
            }
            Kind::Keyword(Keyword::If | Keyword::Async) => {
                // Before the first `for`, this is the condition of a value.
                frame.scope = inner;
                frame.at += 1;
                Step::Stay
            }
            _ => self.step_load(frame),
        }
    }

    fn step_store(&mut self, frame: &mut Frame, block: BlockIdx) -> Step {
        let at = frame.at;
        let kind = self.kind(at);
        if matches!(kind, Kind::Comma | Kind::Star) {
            frame.at += 1;
            return Step::Stay;
        }
        let after = self.after(at);
        if after >= frame.end || self.kind(after) == Kind::Comma {
            match kind {
                Kind::Name => {
                    self.bind_other(at, frame.scope, block);
                    frame.at = after;
                    return Step::Stay;
                }
                Kind::Open => {
                    frame.at = after;
                    let end = self.token(at).link;
                    return Step::Into(Frame { at: at + 1, end, ..*frame });
                }
                _ => {}
            }
        }
        let end = self.find(at, frame.end, |kind| kind == Kind::Comma);
        frame.at = end;
        let mode = Mode::Load { keywords: false };
        Step::Into(Frame { at, end, scope: frame.scope, mode, stored_end: end, shared: false })
    }

    fn step_pattern(&mut self, frame: &mut Frame, block: BlockIdx) -> Step {
        let at = frame.at;
        frame.at += 1;
        match self.kind(at) {
            Kind::Name if at > 0 && self.kind(at - 1) == Kind::Dot => Step::Stay,
            Kind::Name => {
                match self.kind(at + 1) {
                    Kind::Dot => self.mention(at, frame.scope, 0, true),
                    Kind::Open if self.token(at + 1).flags & TRAILER != 0 => {
                        self.mention(at, frame.scope, 0, true);
                    }
                    Kind::Equal => frame.at += 1,
                    _ if self.spelling(at) == b"_" => {}
                    _ => self.bind_other(at, frame.scope, block),
                }
                Step::Stay
            }
            Kind::Open => {
                let end = self.token(at).link;
                frame.at = end.max(at) + 1;
                Step::Into(Frame { at: at + 1, end, ..*frame })
            }
            Kind::FStart => self.step_into(frame, at),
            _ => Step::Stay,
        }
    }

    fn step_parameters(&mut self, frame: &mut Frame) -> Step {
        let Mode::Parameters { inner, annotations, block, lambda, part } = frame.mode else {
            return Step::Leave;
        };
        let at = frame.at;
        let goes_on = |part| Mode::Parameters { inner, annotations, block, lambda, part };
        match self.kind(at) {
            Kind::Colon if lambda => {
                // The frame of the lambda becomes its body.
                frame.at += 1;
                frame.scope = inner;
                frame.mode = Mode::LambdaBody;
                return Step::Stay;
            }
            Kind::Comma => {
                frame.at += 1;
                frame.mode = goes_on(Part::Name);
                return Step::Stay;
            }
            Kind::Colon if part == Part::Name => {
                frame.at += 1;
                frame.mode = goes_on(Part::Annotation);
                return Step::Stay;
            }
            Kind::Equal => {
                frame.at += 1;
                frame.mode = goes_on(Part::Default);
                return Step::Stay;
            }
            _ => {}
        }
        if part == Part::Name {
            if self.kind(at) == Kind::Name {
                self.bind_other(at, inner, block);
            }
            frame.at = self.after(at);
            return Step::Stay;
        }
        let scope = frame.scope;
        if part == Part::Annotation {
            frame.scope = annotations;
        }
        let step = self.step_load(frame);
        frame.scope = scope;
        step
    }
}

/// What comes after one step of a frame.
enum Step {
    /// The same frame goes on.
    Stay,
    /// A frame inside it comes first.
    Into(Frame),
    /// The frame is done.
    Leave,
}
