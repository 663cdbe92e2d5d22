//! What a language says about the place of a use, so that something else can be put there.
//!
//! Facts only: which type the expression has, what text stands around the id, which names are in
//! scope. `fix/judge.rs` decides what they mean. Languages fill these in from their tokens.

use std::ops::Range;

use super::Scratch;

/// The text of a file as it was read last.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source<'a> {
    /// The stand-in that was lexed, of the same length as the file.
    pub(crate) text: &'a [u8],
    /// What the language keeps of it.
    pub(crate) scratch: &'a Scratch,
}

/// What a use makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// A fresh uuid.
    Uuid,
    /// An object of another library.
    Library,
    /// A text.
    Text,
    /// A part of an id.
    Part,
}

/// The type of an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    /// A text.
    Text,
    /// The object that the generator makes.
    Object,
    /// A function that makes the object.
    Factory,
}

/// The place of a use.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(crate) struct Rewrite {
    /// The bytes of the whole expression.
    pub(crate) span: Range<usize>,
    pub(crate) value: Value,
    /// The literal texts of the string that the id is built into, before the id.
    pub(crate) before: Vec<String>,
    /// The literal texts behind it.
    pub(crate) after: Vec<String>,
    /// The other expressions in that string, as they are spelled.
    pub(crate) others: Vec<String>,
    /// The arguments of the call, as they are spelled.
    pub(crate) arguments: Vec<String>,
    /// The names that the expression mentions.
    pub(crate) names: Vec<String>,
    /// The annotated type of what it is given to.
    pub(crate) annotation: Option<String>,
    /// It is given to a function that nothing is known of.
    pub(crate) positional: bool,
    /// What stands around it asks for a uuid by name: a column, a field.
    pub(crate) asks_for_uuid: bool,
    /// The name that it is given is read as a uuid elsewhere in the file.
    pub(crate) read_as_uuid: bool,
    /// It is given to an attribute of the object or the class around it.
    pub(crate) of_class: bool,
    /// A comment stands inside.
    pub(crate) comment: bool,
}
