//! Finds in the tokens what no import names: ids that are taken apart, user ids that are compared in
//! part, replaced generators, keys behind prefixes, SQL in strings.
//!
//! Each pattern asks a check that a needle of the language asks too, so that nothing is found that
//! the prefilter does not see.

use super::File;
use super::context;
use super::lexer::Kind;
use crate::lang::{Shape, Use, sql};
use crate::meaning::{is_id_name, is_user_id};
use crate::prefilter;
use crate::tracked::Family;

/// Fields that number things: what is built from them is no key.
const COUNTERS: [&str; 10] = ["i", "j", "k", "n", "x", "idx", "index", "num", "count", "counter"];

/// Adds what stands for itself at a token; `plain` makes a use of nothing but a place.
pub(crate) fn find(file: &File<'_>, at: u32, plain: impl Fn(u32, u32) -> Use, out: &mut Vec<Use>) {
    match file.kind(at) {
        Kind::Dot => method(file, at, plain, out),
        Kind::Text | Kind::StringText => {
            patch(file, at, &plain, out);
            sql_text(file, at, plain, out);
        }
        Kind::StringOpen => natural_key(file, at, plain, out),
        _ => {}
    }
}

/// Whether the method at `at` is one of an id: `runId.split(`, `String(runId).split(`.
pub(crate) fn method_of_id(text: &[u8], at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    let Some(before) = before.strip_suffix(b".") else { return false };
    let before = before.strip_suffix(b"?").unwrap_or(before);
    let before = before.strip_suffix(b")").unwrap_or(before);
    prefilter::ends_id_name(before)
}

/// Whether a method at `at` is one of an id, or asked with one of a user.
pub(crate) fn prefix_test(text: &[u8], at: usize) -> bool {
    let rest = text.get(at..).unwrap_or_default();
    let open = rest.iter().take_while(|byte| prefilter::is_word(**byte)).count();
    let rest = rest.get(open + 1..).unwrap_or_default();
    let name = rest.iter().take_while(|byte| prefilter::is_word(**byte) || **byte == b'.').count();
    let mut names = rest.get(..name).unwrap_or_default().split(|byte| *byte == b'.');
    method_of_id(text, at) || names.any(prefilter::ends_id_name)
}

/// Whether a string with fields at `at` is given directly to an id: `id = ` or `id: ` before it.
pub(crate) fn is_given_to_id(text: &[u8], at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    let given = before.strip_suffix(b"= ").or_else(|| before.strip_suffix(b": "));
    let Some(name) = given.map(<[u8]>::trim_ascii_end) else { return false };
    let name = name.strip_suffix(b"\"").or_else(|| name.strip_suffix(b"'")).unwrap_or(name);
    prefilter::ends_id_name(name)
}

/// `runId.split("_")`, `threadId.startsWith("thread_")`, `runId.startsWith(userId)`.
fn method(file: &File<'_>, dot: u32, plain: impl Fn(u32, u32) -> Use, out: &mut Vec<Use>) {
    let (name, open) = (dot + 1, dot + 2);
    let splits = file.grammar.split_methods.iter().any(|known| file.is(name, known));
    let tests = file.grammar.prefix_methods.iter().any(|known| file.is(name, known));
    if !(splits || tests) || !file.is_call(open) || file.end(name) != file.start(open) {
        return;
    }
    let Some(last) = dot.checked_sub(1) else { return };
    let held = if file.kind(last) == Kind::Close { last.saturating_sub(1) } else { last };
    let (receiver, argument) = (file.string(held), open + 1);
    let function = file.string(name);
    let text = file.kind(argument) == Kind::Text;
    let of_id = method_of_id(file.text, file.start(name)) && is_id_name(&receiver);
    if text && of_id {
        let text = String::from_utf8_lossy(file.unquoted(argument)).into_owned();
        let mark = |c: char| "_-:.|/#".contains(c);
        let fits = if splits {
            (1..=3).contains(&text.len()) && text.chars().all(mark)
        } else {
            text.chars().any(|c| c.is_ascii_alphabetic())
                && text.chars().all(|c| c.is_ascii_alphanumeric() || mark(c))
        };
        if fits {
            let found = plain(chain_start(file, dot), file.link(open));
            let target = Some(receiver);
            out.push(Use { family: Family::Parsing, function, target, ..found });
        }
        return;
    }
    if !tests || !prefix_test(file.text, file.start(name)) {
        return;
    }
    let mut user = argument;
    while file.kind(user) == Kind::Name && file.kind(user + 1) == Kind::Dot {
        let cut = file.grammar.slices.iter().any(|slice| file.is(user + 2, slice));
        if cut {
            break;
        }
        user += 2;
    }
    let name = file.string(user);
    if file.kind(user) == Kind::Name && is_user_id(&name) {
        let found = plain(chain_start(file, dot), file.link(open));
        out.push(Use { family: Family::UserPrefix, function, target: Some(name), ..found });
    }
}

/// The first token of the names, members and calls that end before `at`.
fn chain_start(file: &File<'_>, at: u32) -> u32 {
    let mut first = at;
    for _ in 0..64 {
        let Some(before) = first.checked_sub(1) else { break };
        match file.kind(before) {
            Kind::Name | Kind::Text => {
                first = before;
                if file.before(before) != Kind::Dot {
                    break;
                }
                first = before - 1;
            }
            Kind::Close => {
                first = file.link(before).min(before);
                if !file.has(first, super::lexer::TRAILER) {
                    break;
                }
            }
            _ => break,
        }
    }
    first
}

/// `jest.mock("uuid")`, `vi.spyOn(crypto, "randomUUID")`.
fn patch(file: &File<'_>, at: u32, plain: impl Fn(u32, u32) -> Use, out: &mut Vec<Use>) {
    let text = file.unquoted(at);
    let module = file.tracked.child(0, text).is_some();
    let mut open = at;
    for _ in 0..8 {
        let Some(before) = open.checked_sub(1) else { return };
        open = before;
        match file.kind(open) {
            Kind::Open => break,
            Kind::Name | Kind::Dot | Kind::Comma => {}
            _ => return,
        }
    }
    let callee = open.saturating_sub(1);
    let patches = file.grammar.patchers.iter().any(|known| file.is(callee, known));
    if !file.is_call(open) || !patches || file.before(callee) != Kind::Dot {
        return;
    }
    let function = open + 1 < at && {
        let holder = file.tracked.child(0, file.spelling(open + 1));
        holder.is_some_and(|module| {
            let family = file.tracked.function(module, text);
            family.is_some_and(Family::is_whole)
        })
    };
    let direct = open + 1 == at && module && whole_module(file, text);
    if function || direct {
        let found = plain(at, at);
        let detail = String::from_utf8_lossy(text).into_owned();
        let (family, detail) = (Family::Patch, Some(detail));
        let (function, shape) = (file.string(callee), Shape::Reference);
        out.push(Use { family, function, detail, shape, call: false, ..found });
    }
}

/// Whether all that a module has makes ids.
fn whole_module(file: &File<'_>, name: &[u8]) -> bool {
    let module = file.tracked.child(0, name);
    module.is_some_and(|module| {
        let mut listed = file.tracked.listed(module).peekable();
        listed.peek().is_some() && listed.all(|(_, family)| family.is_whole())
    })
}

/// `` `system:${systemId}` `` given to an id.
fn natural_key(file: &File<'_>, start: u32, plain: impl Fn(u32, u32) -> Use, out: &mut Vec<Use>) {
    if file.kind(start + 1) != Kind::StringText
        || file.kind(start + 2) != Kind::FieldOpen
        || !is_given_to_id(file.text, file.start(start))
    {
        return;
    }
    let prefix = file.string(start + 1);
    let named = prefix.starts_with(|c: char| c.is_ascii_alphabetic())
        && prefix.ends_with([':', '_', '-', '/', '|', '.', '#'])
        && prefix.chars().all(|c| c.is_ascii_alphanumeric() || ":_-/|.#".contains(c));
    let end = file.link(start);
    let mut at = start + 2;
    while named && at < end {
        if file.kind(at) == Kind::FieldOpen {
            // What a command prints is no key.
            if file.is(at, "$(") {
                return;
            }
            let close = file.link(at);
            let last = close.saturating_sub(1);
            let members = (at + 1..close).all(|at| matches!(file.kind(at), Kind::Name | Kind::Dot));
            // A call without brackets is no key, nor is a time that is read like a field.
            let bare = file.grammar.bare_calls || file.grammar.properties;
            let call = bare && file.tracked.child(0, file.spelling(at + 1)).is_some();
            if !members
                || call
                || last == at
                || COUNTERS.iter().any(|counter| file.is(last, counter))
            {
                return;
            }
            at = close;
        }
        at += 1;
    }
    let around = context::surroundings(file, start, end, true, Family::Time);
    if named && around.target.as_deref().is_some_and(is_id_name) {
        let (family, function) = (Family::NaturalKey, "template".to_owned());
        let (shape, literal) = (Shape::Interpolated, Some(prefix));
        out.push(Use {
            family,
            function,
            shape,
            literal,
            target: around.target,
            ..plain(start, end)
        });
    }
}

/// SQL in a string.
fn sql_text(file: &File<'_>, at: u32, plain: impl Fn(u32, u32) -> Use, out: &mut Vec<Use>) {
    let calls = sql::calls(file.spelling(at));
    if calls.is_empty() || file.grammar.plain_strings {
        return;
    }
    let around = context::surroundings(file, at, at, true, Family::Time);
    let found = Use { target: around.target, ..plain(at, at) };
    out.extend(calls.into_iter().map(|call| call.use_at(file.start(at), &found)));
}
