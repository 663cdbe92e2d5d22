//! Reads imports by path, as most languages have them: names with separators between, groups in
//! braces, other names, and everything of a module.
//!
//! A language calls these from its own `import`; what is bound goes to `scopes.rs`.

use super::File;
use super::lexer::Kind;
use super::scopes::{self, Scopes, Value};
use crate::tracked::ModuleIdx;

/// The root of all modules.
const ROOT: Value = Value::Module(0);
/// How deep groups may lie in one another.
const DEPTH: usize = 32;
/// How many tokens a group may have.
const LONGEST: u32 = 4096;

/// A path of names, as far as it goes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Path {
    pub(crate) value: Value,
    /// The token of its last name.
    pub(crate) last: u32,
}

/// Follows a member of a value.
pub(crate) fn step(file: &File<'_>, value: Value, name: u32) -> Value {
    match value {
        Value::Module(module) => scopes::member(file.tracked, module, file.spelling(name), name),
        _ => Value::Other,
    }
}

/// Reads `a.b.c` from the token `at`, below `parent`.
pub(crate) fn path(file: &File<'_>, at: u32, parent: Value) -> Option<Path> {
    if file.kind(at) != Kind::Name {
        return None;
    }
    let (mut value, mut last) = (step(file, parent, at), at);
    while file.kind(last + 1) == Kind::Dot && file.kind(last + 2) == Kind::Name {
        last += 2;
        value = step(file, value, last);
    }
    Some(Path { value, last })
}

/// Reads `a.b.c` from the root; a separator before it is passed over.
pub(crate) fn absolute(file: &File<'_>, at: u32) -> Option<Path> {
    let at = if file.kind(at) == Kind::Dot { at + 1 } else { at };
    path(file, at, ROOT)
}

/// Reads one import, `a.b`, `a.b as c`, `a.*` or `a.{b, c as d}`, below `parent`, and returns the
/// token behind it.
pub(crate) fn tree<'a>(
    file: &File<'a>,
    at: u32,
    parent: Value,
    scopes: &mut Scopes<'a>,
    depth: usize,
) -> Option<u32> {
    let scope = scopes.scope_at(at);
    let group = |at: u32| file.kind(at) == Kind::Open && file.is(at, "{");
    let at = if file.kind(at) == Kind::Dot { at + 1 } else { at };
    let (value, mut next, name) = if group(at) {
        (parent, at, at)
    } else if file.is(at, "*") {
        everything(file, parent, scopes);
        return Some(at + 1);
    } else {
        let path = path(file, at, parent)?;
        scopes.taken.extend((at..=path.last).step_by(2));
        if file.grammar.values_apart && is_small_item(file, at, parent, &path) {
            return Some(path.last + 1);
        }
        (path.value, path.last + 1, path.last)
    };
    if file.kind(next) == Kind::Dot {
        next += 1;
        if file.is(next, "*") {
            everything(file, value, scopes);
            return Some(next + 1);
        }
    }
    if group(next) {
        let close = file.link(next);
        let mut inside = next + 1;
        while inside < close && inside - next < LONGEST && depth < DEPTH {
            if file.kind(inside) == Kind::Comma {
                inside += 1;
                continue;
            }
            inside = tree(file, inside, value, scopes, depth + 1)?.max(inside + 1);
        }
        return Some(close + 1);
    }
    // What is meant by itself in a group is the module of the group.
    let (value, own) = if file.is(name, "self") && name == at {
        (parent, at.checked_sub(3).filter(|own| file.kind(*own) == Kind::Name))
    } else {
        (value, Some(name))
    };
    if file.is_word(next, &["as"]) && file.kind(next + 1) == Kind::Name {
        scopes.bind(file, next + 1, scope, value);
        return Some(next + 2);
    }
    if let Some(own) = own {
        scopes.bind(file, own, scope, value);
    }
    Some(next)
}

/// Whether a path ends with a function or macro of a module that is tracked: `use uuid::uuid`,
/// which hides no module of that name.
fn is_small_item(file: &File<'_>, at: u32, parent: Value, whole: &Path) -> bool {
    let mut holder = parent;
    for name in (at..whole.last).step_by(2) {
        holder = step(file, holder, name);
    }
    let small = file.spelling(whole.last).first().is_some_and(u8::is_ascii_lowercase);
    let ends = !matches!(file.kind(whole.last + 1), Kind::Dot) && !file.is(whole.last + 1, "as");
    small
        && ends
        && whole.value == Value::Other
        && matches!(holder, Value::Module(module) if module != 0)
}

/// Reads a whole import from the root.
pub(crate) fn whole<'a>(file: &File<'a>, at: u32, scopes: &mut Scopes<'a>) -> Option<u32> {
    tree(file, at, ROOT, scopes, 0)
}

fn everything<'a>(file: &File<'a>, value: Value, scopes: &mut Scopes<'a>) {
    if let Value::Module(module) = value
        && module != 0
    {
        scopes.bind_all(file, module);
    }
}

/// The module of a whole text, such as a path in quotes.
pub(crate) fn module(file: &File<'_>, text: u32) -> Option<ModuleIdx> {
    (file.kind(text) == Kind::Text).then(|| file.tracked.child(0, file.unquoted(text))).flatten()
}
