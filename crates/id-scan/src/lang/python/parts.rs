//! Keeps of the parts of ids - times, random digits, digests, addresses - those that are built into
//! an id: where the target is an id by its name.
//!
//! A part may come by a variable: `now = int(time.time())` and then `run_id = f"run_{now}"`.
//! Parts come from `resolver.rs`; `patterns.rs` adds those that no import names.

use super::File;
use super::context::Surroundings;
use super::lexer::{Keyword, Kind};
use super::names;
use super::resolver::Found;
use crate::lang::parts::Part;
use crate::lang::{Shape, Use};
use crate::meaning::{is_id_name, names_id};
use crate::prefilter;
use crate::tracked::Family;

/// A variable that holds a part.
#[derive(Debug)]
struct Variable {
    name: String,
    /// The token of the name.
    at: u32,
    family: Family,
    module: String,
    function: String,
    /// An id's name stands near the part itself.
    near: bool,
}

/// Sorts the parts among `found`: those of ids are returned.
pub(crate) fn of_ids(file: &File<'_>, found: &[Found]) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut variables = Vec::new();
    for found in found.iter().filter(|found| found.family.is_part() && found.call) {
        let around = file.surroundings(found);
        let near = is_near(file, found, &around);
        if near && is_id(file, &around, found.scope) && fits(found, &around) {
            let (mark, scope) = (around.mark, found.scope);
            parts.push(Part { mark, scope, found: file.use_of(found, &around) });
        } else if let Some(variable) = variable(file, found, &around, near) {
            variables.push(variable);
        }
    }
    for variable in &variables {
        by_variable(file, variable, &mut parts);
    }
    parts
}

/// Whether the prefilter would have let this part through.
fn is_near(file: &File<'_>, found: &Found, around: &Surroundings) -> bool {
    // The name that is called; one by which an import renamed it has no needle.
    let Some(name) = file.link(found.last).checked_sub(1) else { return false };
    let spelled = found.function.0 as usize..found.function.1 as usize;
    if file.text.get(spelled) != Some(file.spelling(name)) && found.family != Family::Digest {
        return false;
    }
    let start = file.start(name);
    if found.family != Family::Digest {
        let whole = found.family != Family::Identity || prefilter::whole_part(file.text, start);
        return whole && prefilter::part(file.text, start);
    }
    let (from, to) = (file.start(around.first), file.end(around.last));
    let taken = file.text.get(from..to).unwrap_or_default();
    let digest = memchr::memmem::find(taken, b"digest()[");
    digest.is_some_and(|at| {
        let start = prefilter::word_start(file.text, from + at);
        names::digest_cut(file.text, start)
    })
}

fn fits(found: &Found, around: &Surroundings) -> bool {
    found.family != Family::Digest || around.shape == Shape::Truncated
}

/// Whether what is given away is an id by its name, or by the name of the function that returns it.
pub(crate) fn is_id(file: &File<'_>, around: &Surroundings, scope: u32) -> bool {
    match around.target.as_deref() {
        Some("return" | "yield") => file
            .scope_name(scope)
            .is_some_and(|name| names_id(name.rsplit('.').next().unwrap_or_default())),
        Some(target) => is_id_name(target),
        None => false,
    }
}

/// The variable that a part is put into, if it is one.
fn variable(file: &File<'_>, found: &Found, around: &Surroundings, near: bool) -> Option<Variable> {
    let name = around.target.clone()?;
    let at = around.mark.checked_sub(1)?;
    let plain = file.kind(around.mark) == Kind::Equal
        && file.kind(at) == Kind::Name
        && at.checked_sub(1).is_some_and(|before| {
            matches!(file.kind(before), Kind::Line | Kind::Semicolon | Kind::Colon)
        });
    (plain && file.spelling(at) == name.as_bytes() && fits(found, around)).then(|| Variable {
        name,
        at,
        family: found.family,
        module: file.tracked.path(found.module).to_owned(),
        function: file.function(found),
        near,
    })
}

/// Finds the ids that are built from a variable: fields of strings, later in the same function.
fn by_variable(file: &File<'_>, variable: &Variable, parts: &mut Vec<Part>) {
    for at in file.rest_of_function(variable.at) {
        if file.kind(at) != Kind::Name || file.spelling(at) != variable.name.as_bytes() {
            continue;
        }
        let before = file.kind(at - 1);
        if before == Kind::Line && file.kind(at + 1) == Kind::Equal {
            // It holds something else from here on.
            break;
        }
        if before != Kind::FieldOpen {
            continue;
        }
        let around = file.reader(true).surroundings(Shape::Interpolated, at, at);
        let Some(string) = file.string_around(at) else { continue };
        let scope = file.scope_at(at);
        if (variable.near || names::is_given_to_id(file.text, file.start(string)))
            && is_id(file, &around, scope)
        {
            parts.push(Part {
                mark: around.mark,
                scope,
                found: Use {
                    module: variable.module.clone(),
                    function: variable.function.clone(),
                    family: variable.family,
                    call: true,
                    whole: file.start(string)..file.end(file.link(string)),
                    ..file.bare_use(&around, at, at, scope)
                },
            });
        }
    }
}

/// Whether the token begins a definition, so that a function before it is over.
pub(crate) fn begins_definition(kind: Kind) -> bool {
    matches!(kind, Kind::At | Kind::Keyword(Keyword::Def | Keyword::Class | Keyword::Async))
}
