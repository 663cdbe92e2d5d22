//! Decides which mentions of names are uses of tracked functions, and finds what no name tells.
//!
//! A name means what the innermost scope around it binds it to. Only names that can mean something
//! tracked are looked up: those that an import or a declaration binds so, and globals.

use std::collections::BTreeSet;

use super::File;
use super::context::{self, Surroundings};
use super::lexer::Kind;
use super::patterns;
use super::scopes::{self, ScopeIdx, Scopes, Value};
use crate::lang::parts::{Part, one_for_each_id};
use crate::lang::{Shape, Use};
use crate::meaning::{is_id_name, names_id};
use crate::prefilter;
use crate::tracked::{Family, ModuleIdx};

/// A use of a tracked function.
#[derive(Clone, Copy, Debug)]
struct Found {
    module: ModuleIdx,
    family: Family,
    /// The bytes that spell the function's own name.
    function: (usize, usize),
    call: bool,
    first: u32,
    last: u32,
    unbound: bool,
    dynamic: bool,
}

/// How often names that stand for names are followed.
const ALIASES: usize = 8;

/// Finds the uses of a file, in the order of the text.
pub(crate) fn find(file: &File<'_>, scopes: &Scopes<'_>) -> Vec<Use> {
    let finder = Finder { file, scopes };
    let (mut uses, mut parts, mut marks) = (Vec::new(), Vec::new(), Vec::new());
    let mut makers = BTreeSet::new();
    for at in 0..file.count() {
        if let Some(own) = (file.grammar.own)(file, at) {
            finder.own(own, &mut uses, &mut parts, &mut marks);
        }
        if file.kind(at) != Kind::Name {
            let plain = |first, last| finder.plain_use(first, last, scopes.around(first));
            patterns::find(file, at, plain, &mut uses);
            continue;
        }
        let Some(found) = finder.mention(at) else { continue };
        let around = context::surroundings(file, found.first, found.last, found.call, found.family);
        let scope = scopes.around(found.first);
        if found.family.is_part() {
            if found.call && finder.is_of_id(&found, &around, scope) {
                let part = finder.use_of(&found, &around, scope);
                parts.push(Part { mark: around.mark, scope, found: part });
            }
            continue;
        }
        let Some(family) = finder.counted(&found) else { continue };
        marks.push(around.mark);
        if family.is_whole() && found.call {
            finder.maker(scope, around.target.as_deref(), around.mark, &mut makers);
        }
        uses.push(Use { family, ..finder.use_of(&found, &around, scope) });
    }
    marks.sort_unstable();
    for part in one_for_each_id(parts, &marks) {
        let target = part.found.target.as_deref();
        finder.maker(part.scope, target, part.mark, &mut makers);
        uses.push(part.found);
    }
    finder.generators(&makers, &mut uses);
    uses.sort_by_key(|found| (found.start, found.end));
    uses
}

struct Finder<'f, 'a> {
    file: &'f File<'a>,
    scopes: &'f Scopes<'a>,
}

impl Finder<'_, '_> {
    /// The use that a mention of a name is.
    fn mention(&self, at: u32) -> Option<Found> {
        let file = self.file;
        if file.is_member(at) {
            return None;
        }
        let loaded = if file.may_begin(at) { (file.grammar.loaded)(file, at) } else { None };
        if let Some((module, last)) = loaded {
            // What is not called is bound to a name, which then means it.
            return self.chain(at, last, Value::Module(module)).filter(|found| found.call);
        }
        self.scopes.name(file.spelling(at))?;
        if self.scopes.taken.binary_search(&at).is_ok() || self.is_key(at) {
            return None;
        }
        match self.meaning(at, 0) {
            Some(Value::Other) => None,
            Some(value) => self.chain(self.rooted(at), at, value),
            None => {
                let root = file.tracked.child(0, file.spelling(at))?;
                if !file.tracked.counts_unbound(root) {
                    return None;
                }
                let platform = file.grammar.platform.iter().any(|known| file.is(at, known));
                let found = self.chain(self.rooted(at), at, Value::Module(root))?;
                Some(Found { unbound: !platform, ..found })
            }
        }
    }

    /// The separator before a path from the root, or the name itself.
    fn rooted(&self, at: u32) -> u32 {
        if self.file.before(at) == Kind::Dot { at - 1 } else { at }
    }

    /// Whether a name is the key of an object, a label, or a name in a list of exports.
    fn is_key(&self, at: u32) -> bool {
        let file = self.file;
        let key = file.kind(at + 1) == Kind::Colon
            && matches!(file.before(at), Kind::Open | Kind::Comma)
            && !file.is(at.saturating_sub(1), "(")
            && !file.is(at.saturating_sub(1), "[");
        key || file
            .is_word(at.saturating_sub(1), &["typeof", "instanceof", "extends", "implements"])
    }

    /// What the name at a token means; `None` if nothing binds it.
    fn meaning(&self, at: u32, depth: usize) -> Option<Value> {
        let file = self.file;
        let name = self.scopes.name(file.spelling(at))?;
        let mut scope = self.scopes.around(at);
        loop {
            let bindings = self.scopes.bindings(name, scope);
            let mut seen = bindings
                .iter()
                .filter(|binding| !file.grammar.ordered || binding.at < at)
                .peekable();
            if seen.peek().is_some() {
                let mut tracked = seen.filter(|binding| binding.value != Value::Other);
                let value = if file.grammar.ordered {
                    let last = bindings.iter().rev().find(|binding| binding.at < at);
                    last.map(|binding| binding.value)
                } else {
                    tracked.next().map(|binding| binding.value)
                };
                return Some(self.settled(value.unwrap_or(Value::Other), depth));
            }
            if scope == 0 {
                return self.scopes.star(name);
            }
            scope = self.scopes.all.get(scope as usize)?.parent;
        }
    }

    /// Follows a name that stands for another.
    fn settled(&self, value: Value, depth: usize) -> Value {
        let module = |source: u32| {
            if depth > ALIASES {
                return None;
            }
            let known = self.meaning(source, depth + 1).or_else(|| {
                let root = self.file.tracked.child(0, self.file.spelling(source));
                let root = root.filter(|root| self.file.tracked.counts_unbound(*root));
                root.map(Value::Module)
            });
            match known {
                Some(Value::Module(module)) => Some(module),
                _ => None,
            }
        };
        match value {
            Value::Alias { source } => module(source).map_or(Value::Other, Value::Module),
            Value::Member { source, name } => module(source).map_or(Value::Other, |module| {
                scopes::member(self.file.tracked, module, self.file.spelling(name), name)
            }),
            value => value,
        }
    }

    /// Follows members from a value, whose expression stands from `first` to `last`.
    fn chain(&self, first: u32, last: u32, value: Value) -> Option<Found> {
        let file = self.file;
        let (mut first, mut last, mut value) = (first, last, value);
        let mut dynamic = false;
        let mut spelled = if file.kind(first) == Kind::Dot { last } else { first };
        let (module, family) = loop {
            // Brackets that only group, as around an awaited import.
            while first > 0
                && file.kind(last + 1) == Kind::Close
                && file.is(file.link(last + 1), "(")
                && file.link(last + 1) < first
                && (file.link(last + 1) + 2 >= first || self.is_last(file.link(last + 1), first))
                && !file.is_call(file.link(last + 1))
            {
                (first, last) = (file.link(last + 1), last + 1);
            }
            match value {
                Value::Function { module, family, spelled: imported } => {
                    if imported != u32::MAX {
                        spelled = imported;
                    }
                    break (module, family);
                }
                Value::Module(module) => {
                    let next = last + 1;
                    let named = file.kind(next) == Kind::Dot && file.kind(next + 1) == Kind::Name;
                    let by_text = file.kind(next) == Kind::Open
                        && file.is(next, "[")
                        && file.kind(next + 1) == Kind::Text
                        && file.kind(next + 2) == Kind::Close;
                    if named {
                        spelled = next + 1;
                        last = next + 1;
                        value =
                            scopes::member(file.tracked, module, file.spelling(spelled), u32::MAX);
                    } else if by_text {
                        dynamic = true;
                        spelled = next + 1;
                        last = next + 2;
                        value =
                            scopes::member(file.tracked, module, file.unquoted(spelled), u32::MAX);
                    } else {
                        // The module itself is called.
                        let family = file.tracked.function(module, b"")?;
                        let new = file.is_word(first.saturating_sub(1), file.grammar.call_words);
                        if !file.is_call(next) && !new {
                            return None;
                        }
                        break (module, family);
                    }
                }
                _ => return None,
            }
        };
        let function = match file.kind(spelled) {
            Kind::Text => (file.start(spelled) + 1, file.end(spelled) - 1),
            _ => (file.start(spelled), file.end(spelled)),
        };
        let mut found =
            Found { module, family, function, call: false, first, last, unbound: false, dynamic };
        let open = if file.kind(last + 1) == Kind::Dot { last + 2 } else { last + 1 };
        if file.is_call(open) && (open == last + 1 || file.kind(last + 1) == Kind::Dot) {
            (found.call, found.last) = (true, file.link(open));
        }
        let handed = file.before(first) == Kind::Operator && file.is(first - 1, "&");
        found.call |= file.grammar.bare_calls && !handed;
        found.call |= file.grammar.properties && found.family.is_part();
        if first > 0 && file.is_word(first - 1, file.grammar.call_words) {
            (found.call, found.first) = (true, first - 1);
        }
        // A constant that hangs on the function: `v5(name, v5.URL)`.
        let constant = found.family == Family::Deterministic
            && file.kind(found.last + 1) == Kind::Dot
            && file.spelling(found.last + 2).iter().all(u8::is_ascii_uppercase);
        if !found.call && constant {
            return None;
        }
        Some(found)
    }

    /// Whether a bracket holds a number that is dropped before a name: `(0, uuid.v4)()`.
    fn is_last(&self, open: u32, first: u32) -> bool {
        let file = self.file;
        open + 3 == first
            && file.kind(open + 1) == Kind::Number
            && file.kind(open + 2) == Kind::Comma
    }

    /// Under which family a use counts; `None` if it does not.
    fn counted(&self, found: &Found) -> Option<Family> {
        let file = self.file;
        match found.family {
            Family::LibraryClass if found.call => {
                let empty =
                    file.kind(found.last) != Kind::Close || file.link(found.last) + 1 == found.last;
                empty.then_some(Family::Library)
            }
            Family::LibraryClass => {
                let key = found.first.checked_sub(2)?;
                (file.is(key, "default") && file.kind(key + 1) == Kind::Colon)
                    .then_some(Family::Library)
            }
            Family::Importer => None,
            family => Some(family),
        }
    }

    /// Whether a part is built into an id: given to one by name, or turned into letters, which
    /// random numbers are only for ids.
    fn is_of_id(&self, found: &Found, around: &Surroundings, scope: ScopeIdx) -> bool {
        let file = self.file;
        if found.family == Family::Random && (file.grammar.is_idiom)(file, found.last) {
            return true;
        }
        if found.family == Family::Digest && around.shape != Shape::Truncated {
            return false;
        }
        let named = match around.target.as_deref() {
            Some("return") => self
                .scope_name(scope)
                .is_some_and(|name| names_id(name.rsplit('.').next().unwrap_or_default())),
            Some(target) => {
                is_id_name(target) || (around.mark > 0 && self.is_arrow_of(around, target))
            }
            None => false,
        };
        named && prefilter::part(file.text, found.function.0)
    }

    /// Whether a target is a function that is named for the ids that it makes.
    fn is_arrow_of(&self, around: &Surroundings, target: &str) -> bool {
        let file = self.file;
        let arrow = (around.mark..around.first).any(|at| file.kind(at) == Kind::Arrow);
        arrow && names_id(target)
    }

    fn use_of(&self, found: &Found, around: &Surroundings, scope: ScopeIdx) -> Use {
        let file = self.file;
        let module = file.tracked.path(found.module);
        let name = file.text.get(found.function.0..found.function.1).unwrap_or_default();
        let whole_module = file.tracked.function(found.module, name).is_none();
        let last = module.rsplit(['/', '.', '\\', '#', ':']).next().unwrap_or_default();
        let function =
            if whole_module { last.to_owned() } else { String::from_utf8_lossy(name).into_owned() };
        let detail = match found.family {
            Family::Banned(number) => {
                file.config.bans.get(usize::from(number)).and_then(|ban| ban.instead.clone())
            }
            _ => None,
        };
        Use {
            module: module.to_owned(),
            function,
            family: found.family,
            call: found.call,
            start: file.start(found.first),
            end: file.end(found.last),
            shape: around.shape,
            target: around.target.clone(),
            literal: around.literal.clone(),
            scope: self.scope_name(scope),
            unbound: found.unbound,
            dynamic: found.dynamic,
            whole: file.start(around.first)..file.end(around.last),
            detail,
        }
    }

    /// The dotted names of the classes and functions around a scope, itself included.
    fn scope_name(&self, mut scope: ScopeIdx) -> Option<String> {
        let mut names = Vec::new();
        for _ in 0..64 {
            let found = self.scopes.all.get(scope as usize)?;
            if found.name != u32::MAX {
                names.push(self.file.string(found.name));
            }
            if scope == 0 {
                break;
            }
            scope = found.parent;
        }
        names.reverse();
        (!names.is_empty()).then(|| names.join("."))
    }

    /// Adds what the language itself found.
    fn own(
        &self,
        own: super::Own,
        out: &mut Vec<Use>,
        parts: &mut Vec<Part>,
        marks: &mut Vec<u32>,
    ) {
        let file = self.file;
        let around = context::surroundings(file, own.first, own.last, own.call, own.family);
        let scope = self.scopes.around(own.first);
        if own.family.is_part() {
            let named = own.target.as_deref().or(around.target.as_deref()).is_some_and(is_id_name);
            if !named || !prefilter::part(file.text, file.start(own.first)) {
                return;
            }
        }
        let imported = own.family == Family::LegacyImport;
        let found = Use {
            family: own.family,
            module: if imported { own.function.clone() } else { String::new() },
            function: own.function,
            call: own.call,
            shape: around.shape,
            target: own.target.or(around.target),
            literal: around.literal,
            whole: file.start(around.first)..file.end(around.last),
            ..self.plain_use(own.first, own.last, scope)
        };
        if own.family.is_part() {
            parts.push(Part { mark: around.mark, scope, found });
        } else {
            marks.push(around.mark);
            out.push(found);
        }
    }

    /// Notes the function that gives away what was made.
    fn maker(&self, scope: ScopeIdx, target: Option<&str>, mark: u32, makers: &mut BTreeSet<u32>) {
        let file = self.file;
        let mut idx = scope;
        while let Some(scope) = self.scopes.all.get(idx as usize) {
            if scope.function || idx == 0 {
                break;
            }
            idx = scope.parent;
        }
        let Some(scope) = self.scopes.all.get(idx as usize).filter(|_| idx != 0) else { return };
        let arrow = file.kind(scope.from) == Kind::Open
            && file.kind(file.link(scope.from) + 1) == Kind::Arrow
            && mark < scope.from;
        if scope.name != u32::MAX && (target == Some("return") || arrow) {
            makers.insert(scope.name);
        }
    }

    /// The project's own generators: each once, with the number of its calls here.
    fn generators(&self, makers: &BTreeSet<u32>, out: &mut Vec<Use>) {
        let file = self.file;
        for &name in makers {
            let spelling = file.spelling(name);
            let calls = (0..file.count()).filter(|at| {
                *at != name
                    && file.kind(*at) == Kind::Name
                    && file.spelling(*at) == spelling
                    && file.is_call(at + 1)
            });
            let function = file.string(name);
            let scope = self.scopes.around(name);
            out.push(Use {
                family: Family::Generator,
                target: Some(function.clone()),
                function,
                call: false,
                shape: Shape::Reference,
                detail: Some(calls.count().to_string()),
                ..self.plain_use(name, name, scope)
            });
        }
    }

    fn plain_use(&self, first: u32, last: u32, scope: ScopeIdx) -> Use {
        let (start, end) = (self.file.start(first), self.file.end(last));
        Use {
            module: String::new(),
            function: String::new(),
            family: Family::Generator,
            call: true,
            start,
            end,
            shape: Shape::Plain,
            target: None,
            literal: None,
            scope: self.scope_name(scope),
            unbound: false,
            dynamic: false,
            whole: start..end,
            detail: None,
        }
    }
}
