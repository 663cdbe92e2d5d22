//! Decides which mentions of names are uses of tracked functions.
//!
//! A name is looked up as the language does: in its own scope, then in the functions around it,
//! then in the module; classes are seen from their own body only. In the scope that binds it, the
//! last certain binding before the mention decides; bindings that may or may not have happened
//! (`try: import uuid` / `except ImportError: uuid = None`) count as a use if one of them is.
//! "Before" means: earlier in the text and in a block that the mention lies in.
//!
//! Specification: <https://docs.python.org/3/reference/executionmodel.html#resolution-of-names>.
//! Bindings come from `binder.rs`; the uses go to `context.rs` and on to the rules.

use super::binder::{Bindings, Event, Mention, NameIdx, ScopeIdx, ScopeKind, Value};
use super::lexer::{Kind, TRAILER, Token};
use crate::tracked::{Family, ModuleIdx, Tracked};

/// A use of a tracked function.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found {
    pub(crate) module: ModuleIdx,
    pub(crate) family: Family,
    /// The bytes that spell the function's own name.
    pub(crate) function: (u32, u32),
    pub(crate) call: bool,
    /// First and last token of the expression.
    pub(crate) first: u32,
    pub(crate) last: u32,
    pub(crate) scope: ScopeIdx,
    /// Nothing in the file binds the name.
    pub(crate) unbound: bool,
}

/// Finds the uses among the mentions of `bindings`, in the order of the text.
pub(crate) fn resolve(
    text: &[u8],
    tokens: &[Token],
    tracked: &Tracked,
    bindings: &mut Bindings<'_>,
) -> Vec<Found> {
    settle_declarations(bindings);
    bindings.events.sort_unstable_by_key(|event| (event.name, event.scope, event.order));
    let resolver = Resolver { text, tokens, tracked, bindings, parents: skip_parents(bindings) };
    let mentions = resolver.bindings.mentions.iter();
    let mut found: Vec<_> = mentions.filter_map(|mention| resolver.mention(mention)).collect();
    found.sort_unstable_by_key(|found| (found.first, found.last));
    found
}

/// Moves the bindings of names declared `global` or `nonlocal` to the scope they belong to.
fn settle_declarations(bindings: &mut Bindings<'_>) {
    bindings.declarations.sort_unstable_by_key(|found| (found.name, found.scope));
    if bindings.declarations.is_empty() {
        return;
    }
    let homes: Vec<_> = bindings
        .events
        .iter()
        .map(|event| {
            let mut scope = event.scope;
            while let Some(global) = declared(bindings, event.name, scope) {
                if global || scope == 0 {
                    return 0;
                }
                scope = outer_function(bindings, event.name, scope);
            }
            scope
        })
        .collect();
    for (event, home) in bindings.events.iter_mut().zip(homes) {
        event.scope = home;
    }
}

fn declared(bindings: &Bindings<'_>, name: NameIdx, scope: ScopeIdx) -> Option<bool> {
    let key = |found: &super::binder::Declaration| (found.name, found.scope);
    let at = bindings.declarations.binary_search_by_key(&(name, scope), key).ok()?;
    bindings.declarations.get(at).map(|found| found.global)
}

/// The nearest function around `scope` that binds or declares `name`.
fn outer_function(bindings: &Bindings<'_>, name: NameIdx, scope: ScopeIdx) -> ScopeIdx {
    let mut scope = scope;
    while let Some(found) = bindings.scopes.get(scope as usize) {
        scope = found.parent;
        let Some(outer) = bindings.scopes.get(scope as usize) else { break };
        let binds = outer.kind != ScopeKind::Class
            && (declared(bindings, name, scope).is_some()
                || bindings.events.iter().any(|event| event.name == name && event.scope == scope));
        if scope == 0 || binds {
            break;
        }
    }
    scope
}

/// For each scope the nearest scope around it that can decide about a name: those that bind and
/// declare nothing of interest are left out, so that deep nesting stays cheap.
fn skip_parents(bindings: &Bindings<'_>) -> Vec<ScopeIdx> {
    let mut speaks = vec![false; bindings.scopes.len()];
    let events = bindings.events.iter().map(|event| event.scope);
    for scope in events.chain(bindings.declarations.iter().map(|found| found.scope)) {
        if let Some(entry) = speaks.get_mut(scope as usize) {
            *entry = true;
        }
    }
    let mut parents = Vec::with_capacity(bindings.scopes.len());
    for scope in &bindings.scopes {
        let around = bindings.scopes.get(scope.parent as usize);
        let class = around.is_some_and(|around| around.kind == ScopeKind::Class);
        // Type parameters see the class they stand in; nothing else does.
        let visible = !class || scope.kind == ScopeKind::TypeParameters;
        let stop = visible && speaks.get(scope.parent as usize).copied().unwrap_or(true);
        let next = if stop || scope.parent == 0 {
            scope.parent
        } else {
            parents.get(scope.parent as usize).copied().unwrap_or(0)
        };
        parents.push(next);
    }
    parents
}

struct Resolver<'a> {
    text: &'a [u8],
    tokens: &'a [Token],
    tracked: &'a Tracked,
    bindings: &'a Bindings<'a>,
    parents: Vec<ScopeIdx>,
}

/// What a scope says about a mention.
enum Verdict {
    Use(Found),
    /// The name stands for something else.
    Other,
    /// The scope does not decide.
    Open,
}

impl Resolver<'_> {
    fn mention(&self, mention: &Mention) -> Option<Found> {
        let mut scope = mention.scope;
        loop {
            if declared(self.bindings, mention.name, scope) == Some(true) {
                scope = 0;
            }
            match self.ask(mention, scope) {
                Verdict::Use(found) => return Some(found),
                Verdict::Other => return None,
                Verdict::Open => {}
            }
            if scope == 0 {
                break;
            }
            // A name bound later in a class body is looked up in the module, not in between.
            let class = self.kind(scope) == Some(ScopeKind::Class);
            let bound = class && !self.events(mention.name, scope).is_empty();
            scope = if bound { 0 } else { self.parents.get(scope as usize).copied().unwrap_or(0) };
        }
        self.unbound(mention)
    }

    fn kind(&self, scope: ScopeIdx) -> Option<ScopeKind> {
        self.bindings.scopes.get(scope as usize).map(|scope| scope.kind)
    }

    fn events(&self, name: NameIdx, scope: ScopeIdx) -> &[Event] {
        let events = &self.bindings.events;
        let from = events.partition_point(|event| (event.name, event.scope) < (name, scope));
        let rest = events.get(from..).unwrap_or_default();
        let count = rest.partition_point(|event| (event.name, event.scope) == (name, scope));
        rest.get(..count).unwrap_or_default()
    }

    /// Asks one scope what it binds the mentioned name to.
    fn ask(&self, mention: &Mention, scope: ScopeIdx) -> Verdict {
        let events = self.events(mention.name, scope);
        if events.is_empty() {
            return Verdict::Open;
        }
        let before = events.partition_point(|event| event.order < mention.order);
        let (before, after) = events.split_at(before);
        let mut tracked = false;
        for event in before.iter().rev() {
            if !matches!(event.value, Value::Other | Value::Nothing) {
                tracked = true;
                if let Some(found) = self.chain(mention, event.value) {
                    return Verdict::Use(found);
                }
            }
            let decides =
                event.certain && event.value != Value::Nothing && self.covers(event, mention);
            if decides {
                return Verdict::Other;
            }
        }
        if self.kind(scope) == Some(ScopeKind::Class) {
            return Verdict::Open;
        }
        if !tracked {
            // A loop or a later call may come back here after the import.
            let later = after.iter().find_map(|event| self.chain(mention, event.value));
            if let Some(found) = later {
                return Verdict::Use(found);
            }
        }
        Verdict::Other
    }

    /// Whether the block of a binding has been run through, up to it, when the mention is reached.
    fn covers(&self, event: &Event, mention: &Mention) -> bool {
        let last = self.bindings.blocks.get(event.block as usize).copied().unwrap_or(0);
        (event.block..=last).contains(&mention.block)
    }

    /// A name that nothing binds counts if it is peculiar enough.
    fn unbound(&self, mention: &Mention) -> Option<Found> {
        let name = self.bindings.names.get(mention.name as usize)?;
        let module = self.tracked.child(0, name).map(|module| (module, Value::Module(module)));
        let function = || {
            let mut all = self.tracked.all_listed();
            all.find(|(_, listed, _)| listed == name).map(|(module, _, family)| {
                (module, Value::Function { module, family, spelled: u32::MAX })
            })
        };
        let (module, value) = module.or_else(function)?;
        if !self.tracked.counts_unbound(module) {
            return None;
        }
        self.chain(mention, value).map(|found| Found { unbound: true, ..found })
    }

    // The expression around a name.

    fn token(&self, at: u32) -> Option<&Token> {
        self.tokens.get(at as usize)
    }

    fn is(&self, at: u32, kind: Kind) -> bool {
        self.token(at).is_some_and(|token| token.kind == kind)
    }

    /// Widens an expression by the brackets that do nothing but group it.
    fn grouped(&self, mut first: u32, mut last: u32) -> (u32, u32) {
        while let Some(open) = first.checked_sub(1).and_then(|at| self.token(at)) {
            let group = open.kind == Kind::Open
                && open.flags & TRAILER == 0
                && open.link == last + 1
                && self.text.get(open.start as usize) == Some(&b'(');
            if !group {
                break;
            }
            (first, last) = (first - 1, last + 1);
        }
        (first, last)
    }

    /// Follows attributes from a name that stands for `value` to a tracked function.
    fn chain(&self, mention: &Mention, value: Value) -> Option<Found> {
        let (mut first, mut last) = (mention.token, mention.token);
        let mut value = value;
        let mut spelled = mention.token;
        while let Value::Module(module) = value {
            let (from, to) = self.grouped(first, last);
            if !self.is(to + 1, Kind::Dot) || !self.is(to + 2, Kind::Name) {
                return None;
            }
            (first, last) = (from, to + 2);
            spelled = last;
            let name = self.token(last)?;
            let name = self.text.get(name.start as usize..name.end as usize)?;
            value = if let Some(child) = self.tracked.child(module, name) {
                Value::Module(child)
            } else {
                let family = self.tracked.function(module, name)?;
                Value::Function { module, family, spelled: last }
            };
        }
        let Value::Function { module, family, spelled: imported } = value else { return None };
        if imported != u32::MAX {
            spelled = imported;
        } else if first == last {
            spelled = mention.token;
        }
        if last + 1 == mention.stored_end {
            return None;
        }
        let function = self.token(spelled).map(|token| (token.start, token.end))?;
        let (scope, unbound) = (mention.scope, false);
        let found = Found { module, family, function, call: false, first, last, scope, unbound };
        let (from, to) = self.grouped(first, last);
        match self.token(to + 1) {
            Some(open)
                if open.kind == Kind::Open
                    && open.flags & TRAILER != 0
                    && !mention.pattern
                    && self.text.get(open.start as usize) == Some(&b'(') =>
            {
                Some(Found { call: true, first: from, last: open.link, ..found })
            }
            _ => Some(found),
        }
    }
}
