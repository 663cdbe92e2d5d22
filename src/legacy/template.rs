//! Templates of a row (`kind`, `thread`, `user`) to rules over the parts of its pattern.
//!
//! Invariant: a rule names only parts that the pattern has, and a thread that is built is a piece
//! of the text, so that reading never has to put one together. Used when the table is generated and
//! when an application's rows are loaded.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;

use super::table::{Kind, Program, Role, Thread, User};

/// What a part means: its time by its name, its other meaning by its atom.
pub(crate) fn role(name: Option<&str>, counter: bool, random: bool) -> Role {
    match name {
        Some("ms") => Role::Ms,
        Some("sec") => Role::Sec,
        Some("ulid") => Role::Ulid,
        Some("uuid") => Role::Uuid,
        Some("date") => Role::Date,
        _ if counter => Role::Counter,
        _ if random => Role::Random,
        _ => Role::Text,
    }
}

/// The slot of a part.
fn slot(program: &Program, name: &str) -> Result<u8, String> {
    let at = program.parts.iter().position(|part| part.name == name);
    at.and_then(|at| u8::try_from(at).ok())
        .ok_or_else(|| format!("the pattern has no part `{name}`"))
}

/// Reads `kind`: a word, or `@p`.
pub(crate) fn kind_rule(kind: Option<&str>, program: &Program) -> Result<Kind, String> {
    match kind {
        None => Ok(Kind::None),
        Some(kind) => match kind.strip_prefix('@') {
            Some(part) => Ok(Kind::Words(slot(program, part)?)),
            None => Ok(Kind::Fixed(Cow::Owned(kind.to_owned()))),
        },
    }
}

/// Reads `thread`: `@R`, or a template that is a piece of the pattern, perhaps after `thread_`.
pub(crate) fn thread_rule(
    thread: Option<&str>,
    pattern: &str,
    program: &Program,
) -> Result<Thread, String> {
    let Some(template) = thread else { return Ok(Thread::None) };
    if let Some(part) = template.strip_prefix('@') {
        return Ok(Thread::Inner(slot(program, part)?));
    }
    let (piece, prefixed) =
        template.strip_prefix("thread_").map_or((template, false), |piece| (piece, true));
    let fail =
        || format!("the thread `{template}` is not a piece of the pattern, from part to part");
    let inside =
        piece.strip_prefix('{').and_then(|piece| piece.strip_suffix('}')).ok_or_else(fail)?;
    // The pattern with its atoms left out: `{X:@op}_{c:ctr}` is `{X}_{c}`.
    let mut names = String::new();
    let (mut inside_part, mut atom) = (false, false);
    for character in pattern.chars() {
        inside_part = (inside_part || character == '{') && character != '}';
        atom = (atom || character == ':') && inside_part;
        if !atom {
            names.push(character);
        }
    }
    if !names.contains(piece) {
        return Err(fail());
    }
    let first = inside.split('}').next().unwrap_or_default();
    let last = inside.rsplit('{').next().unwrap_or_default();
    Ok(Thread::Slice { first: slot(program, first)?, last: slot(program, last)?, prefixed })
}

/// Reads `user`: `{U}`, or `{id}` for the whole text.
pub(crate) fn user_rule(user: Option<&str>, program: &Program) -> Result<User, String> {
    match user {
        None => Ok(User::None),
        Some("{id}") => Ok(User::Whole),
        Some(template) => {
            let part = template.strip_prefix('{').and_then(|part| part.strip_suffix('}'));
            let part = part.ok_or_else(|| format!("the user `{template}` is not one part"))?;
            Ok(User::Part(slot(program, part)?))
        }
    }
}
