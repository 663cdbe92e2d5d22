//! Python: the text that its files hold, the functions that make ids, and how uses are found.
//!
//! The tokens of `lexer.rs` go through `binder.rs` (scopes and bindings) and `resolver.rs` (which
//! mentions are uses) to `context.rs` (shape, target and scope of a use).

mod names;
pub(crate) mod lexer;
pub(crate) mod binder;
pub(crate) mod resolver;
pub(crate) mod context;
pub(crate) mod encoding;

pub(crate) use names::{modules, needles, tracked};

use super::{Analysis, Language, Use};
use crate::plan::Plan;

/// The endings of Python files.
pub(crate) const EXTENSIONS: [&str; 3] = ["py", "pyi", "pyw"];

/// Whether the first line of a file names a Python interpreter.
pub(crate) fn is_shebang(text: &[u8]) -> bool {
    let line = text.split(|&byte| byte == b'\n').next().unwrap_or_default();
    line.starts_with(b"#!") && memchr::memmem::find(line, b"python").is_some()
}

/// Finds the uses in a text; `start` is the length of the byte order mark.
pub(crate) fn analyse(
    text: &[u8],
    start: usize,
    plan: &Plan<'_>,
    lexed: &mut lexer::Lexed,
) -> Analysis {
    let tracked = &plan.language(Language::Python).tracked;
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
                dynamic: found.dynamic,
                whole: span(around.first).0..span(around.last).1,
                detail: None,
            }
        })
        .collect();
    let remarks = [lexed.remark, bindings.remark];
    let remark = remarks.into_iter().flatten().min_by_key(|remark| remark.at);
    Analysis { uses, remark: remark.map(|remark| (remark.at as usize, remark.what)) }
}
