//! Finds in the tokens what no import names: formats of times, keys behind prefixes, ids that are
//! taken apart, user ids that are compared in part, replaced generators, SQL in strings, imports
//! of modules that are to go, and the project's own generators.
//!
//! Each pattern asks the check of its needle in `names.rs`, so that nothing is found that the
//! prefilter does not see. What is found goes to the rules like every other use.

use std::collections::BTreeMap;

use super::context::unquoted;
use super::lexer::{Keyword, Kind, TRAILER};
use super::parts;
use super::resolver::Found;
use super::{File, ScopeIdx, ScopeKind, names};
use crate::lang::parts::Part;
use crate::lang::{Shape, Use, sql};
use crate::meaning;
use crate::prefilter;
use crate::tracked::Family;

/// Fields that number things: what is built from them is no key.
const COUNTERS: [&str; 12] =
    ["i", "j", "k", "n", "x", "idx", "index", "num", "number", "count", "counter", "seq"];

/// What the functions of databases are attributes of.
const SQL_RECEIVERS: [&[u8]; 5] = [b"func", b"functions", b"fn", b"sql", b"F"];

/// Functions that put something in the place of a generator.
const PATCHERS: [&[u8]; 5] = [b"patch", b"object", b"setattr", b"multiple", b"spy"];

/// `{now:%Y%m%d}` in an id.
fn dated_field(file: &File<'_>, colon: u32, out: &mut Vec<Part>) {
    let format = file.spelling(colon + 1);
    let dated = matches!(
        format,
        [b'%', b'Y', b'%' | b'-', ..] | [b'%', b'm' | b'd' | b'H', b'%', ..] | [b'%', b's']
    );
    if file.kind(colon + 1) != Kind::FText
        || !dated
        || !prefilter::near_id(file.text, file.start(colon))
    {
        return;
    }
    // The field opens where the colon's closing token says.
    let Some(open) = field_open(file, colon) else { return };
    add_part(file, "strftime", open + 1, colon - 1, out);
}

/// The token that opens the field whose expression ends before `at`.
fn field_open(file: &File<'_>, at: u32) -> Option<u32> {
    let mut at = at;
    for _ in 0..256 {
        at = at.checked_sub(1)?;
        match file.kind(at) {
            Kind::FieldOpen => return Some(at),
            Kind::Close | Kind::FEnd | Kind::FieldClose => at = file.link(at).min(at),
            Kind::Line | Kind::FStart => return None,
            _ => {}
        }
    }
    None
}

/// `now.strftime("%Y")`, `now.timestamp()` in an id.
fn formatted_time(file: &File<'_>, dot: u32, out: &mut Vec<Part>) {
    let (name, open) = (file.spelling(dot + 1), dot + 2);
    if !matches!(name, b"strftime" | b"timestamp")
        || !is_call(file, open)
        || file.start(dot) + 1 + name.len() != file.start(open)
        || !prefilter::near_id(file.text, file.start(dot + 1))
    {
        return;
    }
    let first = chain_start(file, dot);
    let name = String::from_utf8_lossy(name).into_owned();
    add_part(file, &name, first, file.link(open), out);
}

fn add_part(file: &File<'_>, function: &str, first: u32, last: u32, out: &mut Vec<Part>) {
    let around = file.reader(true).surroundings(Shape::Interpolated, first, last);
    let scope = file.scope_at(first);
    if parts::is_id(file, &around, scope) {
        let found = file.bare_use(&around, first, last, scope);
        let found = Use { function: function.to_owned(), ..found };
        out.push(Part { mark: around.mark, scope, found });
    }
}

/// `f"system:{system_id}"` given to an id.
fn natural_key(file: &File<'_>, start: u32, out: &mut Vec<Part>) {
    if !names::is_given_to_id(file.text, file.start(start)) || file.kind(start + 1) != Kind::FText {
        return;
    }
    let prefix = file.string(start + 1);
    let named = prefix.starts_with(|c: char| c.is_ascii_alphabetic())
        && prefix.ends_with([':', '_', '-', '/', '|', '.', '#'])
        && prefix.chars().all(|c| c.is_ascii_alphanumeric() || ":_-/|.#".contains(c));
    if !named || file.kind(start + 2) != Kind::FieldOpen {
        return;
    }
    let end = file.link(start);
    let mut field = start + 2;
    let mut key = None;
    while field < end {
        if file.kind(field) == Kind::FieldOpen {
            let close = file.link(field);
            match field_name(file, field, close) {
                Some(name) if !COUNTERS.contains(&name.as_str()) => key = Some(name),
                // A counter, or something that is computed: no key of another thing.
                _ => return,
            }
            field = close;
        }
        field += 1;
    }
    if key.is_none() {
        return;
    }
    let around = file.reader(true).surroundings(Shape::Interpolated, start, end);
    if around.target.as_deref().is_some_and(meaning::is_id_name) {
        let scope = file.scope_at(start);
        let found = file.bare_use(&around, start, end, scope);
        let (family, literal) = (Family::NaturalKey, Some(prefix));
        let function = "fstring".to_owned();
        let found = Use { function, family, literal, ..found };
        out.push(Part { mark: around.mark, scope, found });
    }
}

/// The last name of a field that holds a name, an attribute or an element and nothing else.
fn field_name(file: &File<'_>, open: u32, close: u32) -> Option<String> {
    let mut at = open + 1;
    let mut name = None;
    while at < close {
        match file.kind(at) {
            Kind::Name => name = Some(file.string(at)),
            Kind::Dot => {}
            Kind::Open if file.spelling(at) == b"[" => {
                if file.kind(at + 1) == Kind::Text {
                    name = Some(unquoted(&file.string(at + 1)));
                }
                at = file.link(at);
            }
            Kind::Conversion => break,
            _ => return None,
        }
        at += 1;
    }
    name
}

/// Adds the parts of ids that no import names, keys behind prefixes, and what stands for itself.
pub(crate) fn find(file: &File<'_>, parts: &mut Vec<Part>, out: &mut Vec<Use>) {
    for (at, token) in (0u32..).zip(file.tokens) {
        match token.kind {
            Kind::FormatColon => dated_field(file, at, parts),
            Kind::FStart => natural_key(file, at, parts),
            Kind::Dot if file.kind(at + 2) == Kind::Open => {
                formatted_time(file, at, parts);
                method(file, at, out);
            }
            Kind::Open => {
                if let Some(name) = at.checked_sub(1).filter(|at| file.kind(*at) == Kind::Name) {
                    cut_user(file, name, out);
                    sql_function(file, name, out);
                }
            }
            Kind::Keyword(Keyword::In) => user_in_id(file, at, out),
            Kind::Text | Kind::FText => {
                patch(file, at, out);
                sql_text(file, at, out);
            }
            Kind::Keyword(Keyword::Import | Keyword::From) => legacy_import(file, at, out),
            _ => {}
        }
    }
}

fn is_call(file: &File<'_>, open: u32) -> bool {
    file.tokens.get(open as usize).is_some_and(|token| token.flags & TRAILER != 0)
        && file.spelling(open) == b"("
}

/// The first token of the names, attributes, calls and elements that end before `at`.
fn chain_start(file: &File<'_>, at: u32) -> u32 {
    let mut first = at;
    for _ in 0..64 {
        let Some(before) = first.checked_sub(1) else { break };
        match file.kind(before) {
            Kind::Name | Kind::Text => {
                first = before;
                if before == 0 || file.kind(before - 1) != Kind::Dot {
                    break;
                }
                first = before - 1;
            }
            Kind::Close => {
                let open = file.link(before);
                first = open.min(before);
                let trailer =
                    file.tokens.get(open as usize).is_some_and(|t| t.flags & TRAILER != 0);
                if !trailer {
                    break;
                }
            }
            _ => break,
        }
    }
    first
}

/// The name of what stands before a dot: `run_id` in `x.run_id.`, `str(run_id).`, `d["run_id"].`.
fn receiver(file: &File<'_>, dot: u32) -> Option<String> {
    let before = dot.checked_sub(1)?;
    match file.kind(before) {
        Kind::Name => Some(file.string(before)),
        Kind::Close => {
            let last = before.checked_sub(1)?;
            match file.kind(last) {
                Kind::Name => Some(file.string(last)),
                Kind::Text if file.spelling(file.link(before)) == b"[" => {
                    Some(unquoted(&file.string(last)))
                }
                _ => None,
            }
        }
        _ => None,
    }
}

/// `run_id.split("_")`, `run_id.startswith("run_")`, `x.startswith(user_id)`.
fn method(file: &File<'_>, dot: u32, out: &mut Vec<Use>) {
    let (name, open) = (file.spelling(dot + 1), dot + 2);
    let separates = matches!(name, b"split" | b"rsplit" | b"partition" | b"rpartition");
    let prefix = matches!(name, b"startswith" | b"endswith" | b"removeprefix" | b"removesuffix");
    if !(separates || prefix)
        || !is_call(file, open)
        || file.start(dot) + 1 + name.len() != file.start(open)
    {
        return;
    }
    let argument = if file.spelling(open + 1) == b"(" { open + 2 } else { open + 1 };
    let first = || chain_start(file, dot);
    let function = String::from_utf8_lossy(name).into_owned();
    if file.kind(argument) == Kind::Text && names::method_of_id(file.text, file.start(dot + 1)) {
        let text = unquoted(&file.string(argument));
        let fits = if separates {
            !text.is_empty() && text.len() <= 3 && text.chars().all(|c| "_-:.|/#".contains(c))
        } else {
            text.chars().any(|c| c.is_ascii_alphabetic())
                && text.chars().all(|c| c.is_ascii_alphanumeric() || "_-:.|/#".contains(c))
        };
        let Some(receiver) = receiver(file, dot).filter(|name| meaning::is_id_name(name)) else {
            return;
        };
        if fits {
            let found = file.plain_use(first(), file.link(open));
            let target = Some(receiver);
            out.push(Use { family: Family::Parsing, function, target, ..found });
        }
        return;
    }
    if name != b"startswith" || !names::prefix_test(file.text, file.start(dot + 1)) {
        return;
    }
    let mut last = open + 1;
    while file.kind(last) == Kind::Name && file.kind(last + 1) == Kind::Dot {
        last += 2;
    }
    let user = file.string(last);
    // What is cut off is found at the cut.
    let whole = matches!(file.kind(last + 1), Kind::Close | Kind::Comma);
    if file.kind(last) == Kind::Name && whole && meaning::is_user_id(&user) {
        let found = file.plain_use(first(), file.link(open));
        out.push(Use { family: Family::UserPrefix, function, target: Some(user), ..found });
    }
}

/// `user_id[:4]` where it is compared.
fn cut_user(file: &File<'_>, at: u32, out: &mut Vec<Use>) {
    let open = at + 1;
    let cut = file.kind(open + 1) == Kind::Colon
        && file.spelling(open) == b"["
        && file.kind(open + 2) == Kind::Number
        && file.kind(open + 3) == Kind::Close
        && file.end(at) == file.start(open)
        && file.end(open) == file.start(open + 1);
    if !cut {
        return;
    }
    let name = file.string(at);
    let ends = name.ends_with("id") || name.ends_with("Id");
    if !ends || !meaning::is_user_id(&name) {
        return;
    }
    let (mut first, mut last) = (chain_start(file, open), open + 3);
    let compares = |at: u32| {
        matches!(file.spelling(at), b"==" | b"!=")
            || matches!(file.kind(at), Kind::Keyword(Keyword::In | Keyword::Not))
    };
    // Through what only wraps it, a string with fields among them.
    for _ in 0..8 {
        let Some(before) = first.checked_sub(1) else { break };
        let tests = before > 0
            && file.kind(before) == Kind::Open
            && matches!(
                file.spelling(before - 1),
                b"startswith" | b"endswith" | b"find" | b"count"
            );
        let asks = file.kind(last + 1) == Kind::Dot
            && matches!(file.spelling(last + 2), b"startswith" | b"__eq__");
        if compares(before) || compares(last + 1) || tests || asks {
            let found = file.plain_use(first, last);
            let (family, function) = (Family::UserPrefix, "slice".to_owned());
            out.push(Use { family, function, call: false, target: Some(name), ..found });
            return;
        }
        match file.kind(before) {
            Kind::FieldOpen => {
                let Some(string) = file.string_around(before) else { return };
                (first, last) = (string, file.link(string));
            }
            Kind::Open if file.link(before) == last + 1 => {
                (first, last) = (before, last + 1);
                if file.tokens.get(before as usize).is_some_and(|token| token.flags & TRAILER != 0)
                {
                    first = chain_start(file, first);
                }
            }
            _ => return,
        }
    }
}

/// `user_id in run_id`.
fn user_in_id(file: &File<'_>, at: u32, out: &mut Vec<Use>) {
    let Some(before) = at.checked_sub(1).filter(|at| file.kind(*at) == Kind::Name) else { return };
    let end = file.end(before);
    let user = file.string(before);
    if end < 2
        || file.start(at) != end + 1
        || !meaning::is_user_id(&user)
        || !names::user_in_id(file.text, end - 2)
    {
        return;
    }
    let mut last = at + 1;
    while file.kind(last) == Kind::Name && file.kind(last + 1) == Kind::Dot {
        last += 2;
    }
    let first = chain_start(file, at);
    // A loop over ids compares nothing.
    let looped =
        first.checked_sub(1).is_some_and(|at| file.kind(at) == Kind::Keyword(Keyword::For));
    let holder = file.string(last);
    let one = holder.to_ascii_lowercase().ends_with("id") && meaning::is_id_name(&holder);
    let ended = !matches!(file.kind(last + 1), Kind::Open | Kind::Dot);
    if !looped && one && ended {
        let found = file.plain_use(first, last);
        let (family, function) = (Family::UserPrefix, "in".to_owned());
        out.push(Use { family, function, call: false, target: Some(user), ..found });
    }
}

/// `patch("uuid.uuid4")`, `monkeypatch.setattr(uuid, "uuid4", fake)`.
fn patch(file: &File<'_>, at: u32, out: &mut Vec<Use>) {
    let mut bytes = file.spelling(at);
    while let [rest @ .., b'"' | b'\''] = bytes {
        bytes = rest;
    }
    if !matches!(bytes, [.., b'u', b'u', b'i', b'd', b'1'..=b'8']) {
        return;
    }
    let text = unquoted(&file.string(at));
    let name = text.rsplit('.').next().unwrap_or_default();
    let digit = name.strip_prefix("uuid").unwrap_or_default();
    if !matches!(digit, "1" | "3" | "4" | "5" | "6" | "7" | "8") {
        return;
    }
    let mut first = at;
    if file.kind(at) == Kind::FText {
        if file.kind(at + 1) != Kind::FEnd {
            return;
        }
        first = file.link(at + 1);
    }
    // The first argument with a path, or the second beside the module.
    let mut back = first;
    let mut beside = None;
    for _ in 0..16 {
        let Some(before) = back.checked_sub(1) else { return };
        back = before;
        match file.kind(back) {
            Kind::Open => break,
            Kind::Name if beside.is_none() => beside = Some(file.string(back)),
            Kind::Name | Kind::Dot | Kind::Comma => {}
            _ => return,
        }
    }
    let callee = back.checked_sub(1).map_or(&b""[..], |callee| file.spelling(callee));
    let named = text.contains('.') || beside.is_some() || file.kind(at) == Kind::FText;
    if !PATCHERS.contains(&callee) || !is_call(file, back) || !named {
        return;
    }
    let last = if file.kind(at) == Kind::FText { at + 1 } else { at };
    let whole = match beside {
        Some(module) if !text.contains('.') => format!("{module}.{text}"),
        _ => text.trim_start_matches('.').to_owned(),
    };
    let found = file.plain_use(first, last);
    let function = String::from_utf8_lossy(callee).into_owned();
    let (family, detail) = (Family::Patch, Some(whole));
    out.push(Use { family, function, detail, call: false, shape: Shape::Reference, ..found });
}

/// `func.gen_random_uuid()`, `RandomUUID()`.
fn sql_function(file: &File<'_>, at: u32, out: &mut Vec<Use>) {
    let name = file.spelling(at);
    let dotted = at.checked_sub(1).is_some_and(|before| file.kind(before) == Kind::Dot);
    // Some names are those of many a method: there the expressions of SQL have to stand before it.
    let of_sql = || {
        let receiver = at.checked_sub(2).map_or(&b""[..], |receiver| file.spelling(receiver));
        sql::is_peculiar(name) || SQL_RECEIVERS.contains(&receiver)
    };
    let known = (dotted && sql::is_function(name) && of_sql()) || name == b"RandomUUID";
    let defined = at.checked_sub(1).is_some_and(|before| {
        matches!(file.kind(before), Kind::Keyword(Keyword::Class | Keyword::Def))
    });
    if !known || defined || !is_call(file, at + 1) {
        return;
    }
    let (first, last) = (chain_start(file, at + 1), file.link(at + 1));
    let around = file.reader(true).surroundings(Shape::Plain, first, last);
    let found = file.bare_use(&around, first, last, file.scope_at(at));
    let function = String::from_utf8_lossy(name).into_owned();
    out.push(Use { family: Family::Database, function, ..found });
}

/// SQL in a string that is no docstring.
fn sql_text(file: &File<'_>, at: u32, out: &mut Vec<Use>) {
    let text = file.spelling(at);
    let calls = sql::calls(text);
    if calls.is_empty() {
        return;
    }
    let before = at.checked_sub(1).map_or(Kind::Line, |before| file.kind(before));
    let after = file.kind(at + 1);
    let ends = matches!(after, Kind::Line | Kind::End | Kind::Semicolon);
    if before == Kind::Line && ends {
        return;
    }
    let around = file.reader(true).surroundings(Shape::Plain, at, at);
    let found = file.bare_use(&around, at, at, file.scope_at(at));
    out.extend(calls.into_iter().map(|call| call.use_at(file.start(at), &found)));
}

/// The import of a module that is to go.
fn legacy_import(file: &File<'_>, at: u32, out: &mut Vec<Use>) {
    let begins = at.checked_sub(1).is_some_and(|before| {
        matches!(file.kind(before), Kind::Line | Kind::Semicolon | Kind::Colon)
    });
    if !begins {
        return;
    }
    let from = file.kind(at) == Kind::Keyword(Keyword::From);
    let mut last = at;
    let mut module = None;
    let mut in_path = true;
    for next in at + 1.. {
        match file.kind(next) {
            Kind::Line | Kind::Semicolon | Kind::End => break,
            Kind::Keyword(Keyword::Import) => in_path = false,
            Kind::Name => {
                let ends = file.kind(next + 1) != Kind::Dot;
                let renamed = file.kind(next - 1) == Kind::Keyword(Keyword::As);
                let named = file.tracked.legacy(file.spelling(next)).is_some();
                // In `from a import b` both may be the module.
                if ends && named && !renamed && module.is_none() && (in_path || from) {
                    module = Some(file.string(next));
                }
            }
            _ => {}
        }
        last = next;
    }
    if let Some(module) = module {
        let found = file.plain_use(at, last);
        let (family, function) = (Family::LegacyImport, module.clone());
        out.push(Use { family, function, module, call: false, shape: Shape::Reference, ..found });
    }
}

/// Functions of the file that return a fresh id: each once, with the number of its calls here.
pub(crate) fn generators(file: &File<'_>, found: &[Found], parts: &[Part], out: &mut Vec<Use>) {
    let mut makers: BTreeMap<u32, Option<String>> = BTreeMap::new();
    let whole = found.iter().filter(|found| found.call && file.counted(found).is_some());
    for found in whole.filter(|found| found.family.is_whole()) {
        let around = file.surroundings(found);
        if let Some(name) = maker(file, found.scope, around.mark, around.target.as_deref()) {
            makers.entry(name).or_insert(around.literal);
        }
    }
    for part in parts.iter().filter(|part| part.found.family != Family::NaturalKey) {
        let target = part.found.target.as_deref();
        if let Some(name) = maker(file, part.scope, part.mark, target) {
            makers.entry(name).or_insert_with(|| part.found.literal.clone());
        }
    }
    for (name, literal) in makers {
        let spelling = file.spelling(name);
        let calls = (0u32..).zip(file.tokens).filter(|(at, token)| {
            token.kind == Kind::Name
                && *at != name
                && file.spelling(*at) == spelling
                && is_call(file, at + 1)
        });
        let count = calls.count();
        let function = file.string(name);
        let found = file.plain_use(name, name);
        out.push(Use {
            family: Family::Generator,
            target: Some(function.clone()),
            function,
            literal,
            call: false,
            shape: Shape::Reference,
            detail: Some(count.to_string()),
            ..found
        });
    }
}

/// The token of the name of the function that returns what is made at a use.
fn maker(file: &File<'_>, scope: ScopeIdx, mark: u32, target: Option<&str>) -> Option<u32> {
    let scope = file.bindings.scopes.get(scope as usize)?;
    if scope.kind == ScopeKind::Lambda {
        // `make_id = lambda: ...` at the start of a line.
        let name = mark.checked_sub(1)?;
        let line = name.checked_sub(1)?;
        let assigned = file.kind(mark) == Kind::Equal
            && file.kind(line) == Kind::Line
            && file.kind(mark + 1) == Kind::Keyword(Keyword::Lambda);
        return assigned.then_some(name);
    }
    if scope.kind != ScopeKind::Function || file.spelling(scope.name).starts_with(b"__") {
        return None;
    }
    let target = target?;
    if target == "return" {
        return Some(scope.name);
    }
    let name = mark.checked_sub(1)?;
    let plain = file.kind(mark) == Kind::Equal
        && file.spelling(name) == target.as_bytes()
        && name.checked_sub(1).is_some_and(|before| file.kind(before) == Kind::Line);
    let mut rest = file.rest_of_function(mark);
    let returned = plain
        && rest.any(|at| {
            file.kind(at) == Kind::Keyword(Keyword::Return)
                && file.spelling(at + 1) == target.as_bytes()
                && matches!(file.kind(at + 2), Kind::Line | Kind::End)
        });
    returned.then_some(scope.name)
}
