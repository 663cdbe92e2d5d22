//! Decides which mentions of names are uses of tracked functions.
//!
//! A name is looked up as the language does: in its own scope, then in the functions around it,
//! then in the module; classes are seen from their own body only. In the scope that binds it, the
//! last certain binding before the mention decides; bindings that may or may not have happened
//! (`try: import uuid` / `except ImportError: uuid = None`) count as a use if one of them is.
//! "Before" means: earlier in the text and in a block that the mention lies in. A function runs
//! later than what stands around it: imports that others make there by `global` count for it.
//!
//! Each mention costs a few binary searches: mentions come in the order of the text, and so each
//! group of bindings keeps a stack of those that decide in the blocks that are open.
//!
//! Specification: <https://docs.python.org/3/reference/executionmodel.html#resolution-of-names>.
//! Bindings come from `binder.rs`; the uses go to `context.rs` and on to the rules.

use super::binder::{
    ALIAS_ROUNDS, Bindings, BlockIdx, Mention, NameIdx, ScopeIdx, ScopeKind, Value,
};
use super::lexer::{Kind, TRAILER, Token};
use super::names::{BUILTINS, LOADED};
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
    /// The module or function is named by text.
    pub(crate) dynamic: bool,
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
    follow_aliases(text, tokens, tracked, bindings);
    let mut resolver = Resolver::new(text, tokens, tracked, bindings);
    let mentions = bindings.mentions.iter();
    let mut found: Vec<_> = mentions.filter_map(|mention| resolver.mention(mention)).collect();
    found.sort_unstable_by_key(|found| (found.first, found.last));
    found
}

/// Puts modules in the place of names that are assigned from them, `u = uuid`, round by round: an
/// alias of an alias is known one round later.
fn follow_aliases(text: &[u8], tokens: &[Token], tracked: &Tracked, bindings: &mut Bindings<'_>) {
    let is_alias = |value: Value| matches!(value, Value::Alias { .. });
    if !bindings.events.iter().any(|event| is_alias(event.value)) {
        return;
    }
    let mut places: Vec<_> = (0..bindings.mentions.len()).collect();
    let token = |at: &usize| bindings.mentions.get(*at).map_or(0, |mention| mention.token);
    places.sort_unstable_by_key(token);
    let tokens_of: Vec<u32> = places.iter().map(token).collect();
    for _ in 0..ALIAS_ROUNDS {
        let mut resolver = Resolver::new(text, tokens, tracked, bindings);
        let mut waiting = Vec::new();
        for (at, event) in bindings.events.iter().enumerate() {
            let Value::Alias { source, end } = event.value else { continue };
            let place = tokens_of.binary_search(&source).ok().and_then(|at| places.get(at));
            if let Some(place) = place {
                waiting.push((*place, at, end));
            }
        }
        // Mentions are asked about in the order of the text.
        waiting.sort_unstable();
        let mut known = Vec::new();
        for (place, at, end) in waiting {
            let Some(mention) = bindings.mentions.get(place) else { continue };
            resolver.aliasing = Some(end);
            if let Some(found) = resolver.mention(mention) {
                known.push((at, found.module));
            }
        }
        for &(at, module) in &known {
            if let Some(event) = bindings.events.get_mut(at) {
                event.value = Value::Module(module);
            }
        }
        if known.is_empty() {
            break;
        }
    }
}

/// Moves the bindings of names declared `global` or `nonlocal` to the scope they belong to.
fn settle_declarations(bindings: &mut Bindings<'_>) {
    bindings.declarations.sort_unstable_by_key(|found| (found.name, found.scope));
    if bindings.declarations.is_empty() {
        return;
    }
    let mut binds: Vec<_> = bindings.events.iter().map(|event| (event.name, event.scope)).collect();
    binds.sort_unstable();
    let homes: Vec<_> = bindings
        .events
        .iter()
        .map(|event| {
            let mut scope = event.scope;
            while let Some(global) = declared(bindings, event.name, scope) {
                if global || scope == 0 {
                    return 0;
                }
                scope = outer_function(bindings, &binds, event.name, scope);
            }
            scope
        })
        .collect();
    for (event, home) in bindings.events.iter_mut().zip(homes) {
        event.moved = event.scope != home;
        event.scope = home;
    }
}

fn declared(bindings: &Bindings<'_>, name: NameIdx, scope: ScopeIdx) -> Option<bool> {
    let key = |found: &super::binder::Declaration| (found.name, found.scope);
    let at = bindings.declarations.binary_search_by_key(&(name, scope), key).ok()?;
    bindings.declarations.get(at).map(|found| found.global)
}

/// The nearest function around `scope` that binds or declares `name`; `binds` is sorted.
fn outer_function(
    bindings: &Bindings<'_>,
    binds: &[(NameIdx, ScopeIdx)],
    name: NameIdx,
    scope: ScopeIdx,
) -> ScopeIdx {
    let mut scope = scope;
    while let Some(found) = bindings.scopes.get(scope as usize) {
        scope = found.parent;
        let Some(outer) = bindings.scopes.get(scope as usize) else { break };
        let binds = outer.kind != ScopeKind::Class
            && (declared(bindings, name, scope).is_some()
                || binds.binary_search(&(name, scope)).is_ok());
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
        // Classes are seen from their own body only, and from type parameters in it.
        let visible = around.is_some_and(|around| around.kind != ScopeKind::Class);
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

/// For each scope the scope whose code runs at one time with it: the nearest function or lambda
/// around it, or the module.
fn frames(bindings: &Bindings<'_>) -> Vec<ScopeIdx> {
    let mut frames: Vec<ScopeIdx> = Vec::with_capacity(bindings.scopes.len());
    for (idx, scope) in (0..).zip(&bindings.scopes) {
        let own = matches!(scope.kind, ScopeKind::Function | ScopeKind::Lambda);
        let around = frames.get(scope.parent as usize).copied().unwrap_or(0);
        frames.push(if own { idx } else { around });
    }
    frames
}

/// What a name is bound to, as far as what can follow it differs.
#[derive(Debug, PartialEq, Eq)]
enum Class {
    Module(ModuleIdx),
    Function,
    /// A function of a package that may stand in for the standard library.
    OfPackage,
}

/// The bindings of one name in one scope.
#[derive(Debug)]
struct Group {
    name: NameIdx,
    scope: ScopeIdx,
    /// Where they stand among all events.
    from: usize,
    to: usize,
    /// Those that bind something tracked, by what can follow the name.
    tracked: Vec<(Class, Vec<usize>)>,
    /// The first event that the mentions so far do not come after.
    next: usize,
    /// The certain events before it that may still decide. Their blocks lie in one another, so that
    /// those which contain a mention come first, and the last of these decides.
    certain: Vec<usize>,
}

/// Groups the events, which are sorted.
fn groups(bindings: &Bindings<'_>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for (at, event) in bindings.events.iter().enumerate() {
        let (name, scope) = (event.name, event.scope);
        if groups.last().is_none_or(|group| (group.name, group.scope) != (name, scope)) {
            let (tracked, certain) = (Vec::new(), Vec::new());
            groups.push(Group { name, scope, from: at, to: at, tracked, next: at, certain });
        }
        let Some(group) = groups.last_mut() else { continue };
        group.to = at + 1;
        let class = match event.value {
            Value::Module(module) => Class::Module(module),
            Value::Function { family, .. } if stands_in(family) => Class::OfPackage,
            Value::Function { .. } => Class::Function,
            Value::Other | Value::Nothing | Value::Alias { .. } => continue,
        };
        match group.tracked.iter_mut().find(|(known, _)| *known == class) {
            Some((_, places)) => places.push(at),
            None => group.tracked.push((class, vec![at])),
        }
    }
    groups
}

impl Group {
    /// The event that decides about a mention: the last certain one before it in the text whose
    /// block it lies in. Mentions are asked about in the order of the text.
    fn deciding(&mut self, bindings: &Bindings<'_>, mention: &Mention) -> Option<usize> {
        let last = |block: BlockIdx| bindings.blocks.get(block as usize).copied().unwrap_or(0);
        let covers = |place: &usize, block: BlockIdx| {
            let event = bindings.events.get(*place);
            event.is_some_and(|event| (event.block..=last(event.block)).contains(&block))
        };
        let events = bindings.events.get(self.next..self.to).unwrap_or_default();
        for event in events.iter().take_while(|event| event.order < mention.order) {
            if event.certain && event.value != Value::Nothing {
                let inside = event.block..=last(event.block);
                // What lies in the same block is overruled, what does not hold it is over.
                while let Some(top) = self.certain.last() {
                    let block = bindings.events.get(*top).map_or(0, |event| event.block);
                    if covers(top, event.block) && !inside.contains(&block) {
                        break;
                    }
                    self.certain.pop();
                }
                self.certain.push(self.next);
            }
            self.next += 1;
        }
        let count = self.certain.partition_point(|place| covers(place, mention.block));
        self.certain.get(count.checked_sub(1)?).copied()
    }
}

struct Resolver<'a> {
    text: &'a [u8],
    tokens: &'a [Token],
    tracked: &'a Tracked,
    bindings: &'a Bindings<'a>,
    parents: Vec<ScopeIdx>,
    frames: Vec<ScopeIdx>,
    groups: Vec<Group>,
    /// Asked is not for a use but for a module, whose name ends before this token.
    aliasing: Option<u32>,
}

/// What a scope says about a mention.
enum Verdict {
    Use(Found),
    /// The name stands for something else.
    Other,
    /// The scope does not decide.
    Open,
}

impl<'a> Resolver<'a> {
    fn new(
        text: &'a [u8],
        tokens: &'a [Token],
        tracked: &'a Tracked,
        bindings: &'a Bindings<'a>,
    ) -> Self {
        Self {
            text,
            tokens,
            tracked,
            bindings,
            parents: skip_parents(bindings),
            frames: frames(bindings),
            groups: groups(bindings),
            aliasing: None,
        }
    }
}

/// The one of several possible uses that is reported: the first, but a package that stands in for
/// the standard library (`try: from uuid import uuid7`, `except ImportError: from uuid6 ...`) gives
/// way to it.
fn likeliest(mut uses: impl Iterator<Item = Found>) -> Option<Found> {
    let first = uses.next()?;
    if !stands_in(first.family) {
        return Some(first);
    }
    Some(uses.find(|found| found.family.is_whole() && !stands_in(found.family)).unwrap_or(first))
}

/// Whether a use is of a package that may stand in for the standard library.
fn stands_in(family: Family) -> bool {
    matches!(family, Family::Library | Family::LibraryClass)
}

impl Resolver<'_> {
    fn mention(&mut self, mention: &Mention) -> Option<Found> {
        let mut scope = mention.scope;
        loop {
            if declared(self.bindings, mention.name, scope) == Some(true) {
                scope = 0;
            }
            let group = self.group(mention.name, scope);
            if let Some(group) = group {
                match self.ask(mention, scope, group) {
                    Verdict::Use(found) => return Some(found),
                    Verdict::Other => return None,
                    Verdict::Open => {}
                }
            }
            if scope == 0 {
                break;
            }
            let inner = self.bindings.scopes.get(scope as usize)?;
            scope = if inner.kind == ScopeKind::Class && group.is_some() {
                // A name bound later in a class body is looked up in the module, not in between.
                0
            } else if inner.kind == ScopeKind::TypeParameters && scope == mention.scope {
                // Type parameters see the class they stand in; what stands inside them does not.
                inner.parent
            } else {
                self.parents.get(scope as usize).copied().unwrap_or(0)
            };
        }
        self.unbound(mention)
    }

    fn group(&self, name: NameIdx, scope: ScopeIdx) -> Option<usize> {
        self.groups.binary_search_by_key(&(name, scope), |group| (group.name, group.scope)).ok()
    }

    /// Asks one scope what it binds the mentioned name to.
    fn ask(&mut self, mention: &Mention, scope: ScopeIdx, group: usize) -> Verdict {
        let bindings = self.bindings;
        let decides =
            self.groups.get_mut(group).and_then(|group| group.deciding(bindings, mention));
        let Some(group) = self.groups.get(group) else { return Verdict::Open };
        let event = |place: usize| bindings.events.get(place);
        let is_before = |place: &usize| *place < group.next;
        let floor = decides.unwrap_or(group.from);
        let last_before = |places: &Vec<usize>| {
            let count = places.partition_point(is_before);
            places.get(count.checked_sub(1)?).copied().filter(|place| *place >= floor)
        };
        let mut before: Vec<_> =
            group.tracked.iter().filter_map(|(_, places)| last_before(places)).collect();
        before.sort_unstable();
        let follow = |place: usize| self.chain(mention, event(place)?.value);
        if let Some(found) = likeliest(before.iter().rev().filter_map(|&place| follow(place))) {
            return Verdict::Use(found);
        }
        if let Some(decides) = decides {
            let frame = |scope: ScopeIdx| self.frames.get(scope as usize);
            let here = event(decides).is_some_and(|event| event.moved);
            if here || frame(mention.scope) == frame(scope) {
                return Verdict::Other;
            }
            // The mention runs later: until then another function may have imported the name.
            let is_moved = |place: &usize| event(*place).is_some_and(|event| event.moved);
            let moved = |places: &Vec<usize>| places.iter().copied().find(is_moved);
            let mut moved: Vec<_> =
                group.tracked.iter().filter_map(|(_, places)| moved(places)).collect();
            moved.sort_unstable();
            return likeliest(moved.into_iter().filter_map(follow))
                .map_or(Verdict::Other, Verdict::Use);
        }
        if bindings.scopes.get(scope as usize).is_some_and(|scope| scope.kind == ScopeKind::Class) {
            return Verdict::Open;
        }
        if before.is_empty() {
            // A loop or a later call may come back here after the import.
            let first_after =
                |places: &Vec<usize>| places.get(places.partition_point(is_before)).copied();
            let mut after: Vec<_> =
                group.tracked.iter().filter_map(|(_, places)| first_after(places)).collect();
            after.sort_unstable();
            if let Some(found) = likeliest(after.into_iter().filter_map(follow)) {
                return Verdict::Use(found);
            }
        }
        Verdict::Other
    }

    /// A name that nothing binds counts if it is peculiar enough.
    fn unbound(&self, mention: &Mention) -> Option<Found> {
        let name = self.bindings.names.get(mention.name as usize)?;
        // A module may have the name of another one's function: `uuid7` of `uuid` and the package.
        let counts = |module: &ModuleIdx| self.tracked.counts_unbound(*module);
        let module = self.tracked.child(0, name).filter(counts);
        let module = module.map(|module| (module, Value::Module(module)));
        let function = || {
            let mut all = self.tracked.all_listed();
            all.find(|(module, listed, _)| listed == name && counts(module)).map(
                |(module, _, family)| {
                    (module, Value::Function { module, family, spelled: u32::MAX })
                },
            )
        };
        let (module, value) = module.or_else(function)?;
        // Nobody binds what is built in.
        let unbound = self.tracked.path(module) != BUILTINS;
        self.chain(mention, value).map(|found| Found { unbound, ..found })
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
        let mut dynamic = false;
        let (module, family, imported) = loop {
            let (from, to) = self.grouped(first, last);
            match value {
                Value::Module(module) => {
                    if self.aliasing == Some(to + 1) {
                        return self.found(mention, module, Family::Importer, first, last);
                    }
                    if !self.is(to + 1, Kind::Dot) || !self.is(to + 2, Kind::Name) {
                        return self.getattr(mention, module, from, to);
                    }
                    (first, last) = (from, to + 2);
                    spelled = last;
                    let name = self.spelling(last);
                    value = if let Some(child) = self.tracked.child(module, name) {
                        Value::Module(child)
                    } else {
                        let family = self.tracked.function(module, name)?;
                        Value::Function { module, family, spelled: last }
                    };
                }
                Value::Function { module, family: Family::Importer, .. } => {
                    value = Value::Module(self.named_module(to, self.tracked.path(module))?);
                    (first, last) = (from, self.token(to + 1)?.link);
                    dynamic = true;
                }
                Value::Function { module, family, spelled } => break (module, family, spelled),
                Value::Other | Value::Nothing | Value::Alias { .. } => return None,
            }
        };
        if self.aliasing.is_some() {
            return None;
        }
        let named = last;
        if family == Family::Legacy {
            // A class of the module, and what it makes.
            while self.is(last + 1, Kind::Dot) && self.is(last + 2, Kind::Name) {
                last += 2;
            }
        }
        if imported != u32::MAX {
            spelled = imported;
        } else if first == last {
            spelled = mention.token;
        }
        if last + 1 == mention.stored_end {
            return None;
        }
        let is_alone = last == named && imported != u32::MAX;
        let spelled = if family == Family::Legacy && !is_alone { last } else { spelled };
        let found = self.found(mention, module, family, first, last)?;
        let function = self.token(spelled).map(|token| (token.start, token.end))?;
        Some(self.called(mention, Found { function, dynamic, ..found }))
    }

    fn found(
        &self,
        mention: &Mention,
        module: ModuleIdx,
        family: Family,
        first: u32,
        last: u32,
    ) -> Option<Found> {
        let function = self.token(last).map(|token| (token.start, token.end))?;
        let (scope, unbound, dynamic, call) = (mention.scope, false, false, false);
        Some(Found { module, family, function, call, first, last, scope, unbound, dynamic })
    }

    /// Adds the brackets of a call.
    fn called(&self, mention: &Mention, found: Found) -> Found {
        let (from, to) = self.grouped(found.first, found.last);
        match self.token(to + 1) {
            Some(open)
                if open.kind == Kind::Open
                    && open.flags & TRAILER != 0
                    && !mention.pattern
                    && self.text.get(open.start as usize) == Some(&b'(') =>
            {
                Found { call: true, first: from, last: open.link, ..found }
            }
            _ => found,
        }
    }

    fn spelling(&self, at: u32) -> &[u8] {
        let span = self.token(at).map_or(0..0, |token| token.start as usize..token.end as usize);
        self.text.get(span).unwrap_or_default()
    }

    /// The text in a string without fields and escapes, and where it stands.
    fn literal(&self, at: u32) -> Option<(&[u8], u32)> {
        let token = self.token(at).filter(|token| token.kind == Kind::Text)?;
        let text = self.text.get(token.start as usize..token.end as usize)?;
        let quote = *text.first()?;
        let inner = text.get(1..text.len().checked_sub(1)?)?;
        let plain =
            matches!(quote, b'"' | b'\'') && !inner.contains(&quote) && !inner.contains(&b'\\');
        plain.then_some((inner, token.start + 1))
    }

    /// The tracked module in `("uuid")` behind a function of `importer` that imports it, or in
    /// `["uuid"]` behind the loaded modules, which end at `to`.
    fn named_module(&self, to: u32, importer: &str) -> Option<ModuleIdx> {
        let whole_path = importer != BUILTINS;
        let bracket = if importer == LOADED { b"[" } else { b"(" };
        let open = self.token(to + 1)?;
        if open.kind != Kind::Open || open.flags & TRAILER == 0 || self.spelling(to + 1) != bracket
        {
            return None;
        }
        let (name, _) = self.literal(to + 2)?;
        if !self.is(to + 3, Kind::Close) && !self.is(to + 3, Kind::Comma) {
            return None;
        }
        let mut parts = name.split(|byte| *byte == b'.');
        let root = self.tracked.child(0, parts.next()?)?;
        if !whole_path {
            return Some(root);
        }
        parts.try_fold(root, |module, part| self.tracked.child(module, part))
    }

    /// `getattr(uuid, "uuid4")` around a module that stands from `from` to `to`.
    fn getattr(&self, mention: &Mention, module: ModuleIdx, from: u32, to: u32) -> Option<Found> {
        let open = from.checked_sub(1)?;
        let callee = open.checked_sub(1)?;
        let (name, start) = self.literal(to + 2)?;
        let family = self.tracked.function(module, name)?;
        let asked = self.is(open, Kind::Open)
            && self.is(to + 1, Kind::Comma)
            && (self.is(to + 3, Kind::Close) || self.is(to + 3, Kind::Comma))
            && self.spelling(callee) == b"getattr"
            && !callee.checked_sub(1).is_some_and(|before| self.is(before, Kind::Dot));
        if !asked || self.aliasing.is_some() {
            return None;
        }
        let last = self.token(open)?.link;
        let end = start + u32::try_from(name.len()).unwrap_or(0);
        let found = self.found(mention, module, family, callee, last)?;
        Some(self.called(mention, Found { function: (start, end), dynamic: true, ..found }))
    }
}
