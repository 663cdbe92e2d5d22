//! Python: the text that its files hold, the functions that make ids, and how uses are found.
//!
//! The tokens of `lexer.rs` go through `binder.rs` (scopes and bindings) and `resolver.rs` (which
//! mentions are uses) to `context.rs` (shape, target and scope of a use).

pub(crate) mod lexer;
pub(crate) mod binder;
pub(crate) mod resolver;
pub(crate) mod context;
pub(crate) mod encoding;

use super::{Analysis, Use};
use crate::tracked::{Family, Functions, Module, Tracked};

/// The endings of Python files.
pub(crate) const EXTENSIONS: [&str; 3] = ["py", "pyi", "pyw"];

/// The generators of the standard library. `getnode` makes no id.
pub(crate) fn modules() -> Vec<Module> {
    let listed = [
        ("uuid1", Family::Fresh),
        ("uuid3", Family::Deterministic),
        ("uuid4", Family::Fresh),
        ("uuid5", Family::Deterministic),
        ("uuid6", Family::Fresh),
        ("uuid7", Family::Fresh),
        ("uuid8", Family::Fresh),
    ];
    let listed = listed.map(|(name, family)| (name.to_owned(), family)).to_vec();
    vec![Module { name: "uuid".to_owned(), functions: Functions::Listed(listed), unbound: true }]
}

/// Whether the first line of a file names a Python interpreter.
pub(crate) fn is_shebang(text: &[u8]) -> bool {
    let line = text.split(|&byte| byte == b'\n').next().unwrap_or_default();
    line.starts_with(b"#!") && memchr::memmem::find(line, b"python").is_some()
}

/// Finds the uses in a text; `start` is the length of the byte order mark.
pub(crate) fn analyse(
    text: &[u8],
    start: usize,
    tracked: &Tracked,
    lexed: &mut lexer::Lexed,
) -> Analysis {
    lexer::lex(text, start, lexed);
    let tokens = &lexed.tokens;
    let mut bindings = binder::bind(text, tokens, tracked);
    let found = resolver::resolve(text, tokens, tracked, &mut bindings);
    let span = |at: u32| {
        tokens.get(at as usize).map_or((0, 0), |token| (token.start as usize, token.end as usize))
    };
    let named = context::named_scopes(&bindings);
    let uses = found
        .iter()
        .map(|found| {
            let around = context::surroundings(text, tokens, found);
            let (from, to) = (found.function.0 as usize, found.function.1 as usize);
            let function = text.get(from..to).unwrap_or_default();
            Use {
                module: tracked.path(found.module).to_owned(),
                function: String::from_utf8_lossy(function).into_owned(),
                family: found.family,
                call: found.call,
                start: span(found.first).0,
                end: span(found.last).1,
                shape: around.shape,
                target: around.target,
                literal: around.literal,
                scope: context::scope_name(text, tokens, &bindings, &named, found),
                unbound: found.unbound,
            }
        })
        .collect();
    let remarks = [lexed.remark, bindings.remark];
    let remark = remarks.into_iter().flatten().min_by_key(|remark| remark.at);
    Analysis { uses, remark: remark.map(|remark| (remark.at as usize, remark.what)) }
}
