//! The commands: each turns its flags into work and printing.

pub(crate) mod inspect;
pub(crate) mod new;
