//! The pattern language: text of a pattern to a [`Program`].
//!
//! Letters, digits, `_`, `-` and `:` stand for themselves; `{atom}`, `{part:atom}`, `{@list}` and
//! `{part:@list}` for a text; `[...]` is optional; `(a|b)` is a choice, also inside `[...]`.
//! Invariant: a program that is returned keeps what `table.rs` says of programs.
//! Used when the table is generated and when an application's rows are loaded; never while reading.

use alloc::borrow::Cow;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use alloc::{format, vec};

use super::table::{Op, Part, Program, Role, SLOTS};

/// One piece of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Node {
    Literal(String),
    Part {
        name: Option<String>,
        of: String,
        list: bool,
    },
    /// One of several, the first preferred; an optional piece has the empty sequence last.
    Choice(Vec<Vec<Node>>),
}

/// What an atom or list is to the matcher.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Atom {
    Run {
        index: u8,
        min: u16,
        max: u16,
        rest: u16,
    },
    Any {
        lazy: bool,
        bare: bool,
    },
    Chars {
        most: u8,
    },
    Automaton {
        index: u8,
        min: u16,
        max: u16,
        lazy: bool,
    },
    /// A pattern of its own.
    Composed(Cow<'static, str>),
}

/// Finds atoms, lists and roles by name.
pub(crate) trait Atoms {
    fn atom(&self, name: &str) -> Option<Atom>;
    fn list(&self, name: &str) -> Option<Atom>;
    /// The atom or list as a regular expression over bytes.
    fn regex(&self, name: &str, list: bool) -> String;
    fn role(&self, name: Option<&str>, atom: &str) -> Role;
}

/// A pattern as a regular expression over bytes.
pub(crate) fn regex(nodes: &[Node], atoms: &dyn Atoms) -> String {
    nodes.iter().fold(String::new(), |mut out, node| {
        match node {
            Node::Literal(text) => out.push_str(text),
            Node::Part { of, list, .. } => {
                out.push_str("(?:");
                out.push_str(&atoms.regex(of, *list));
                out.push(')');
            }
            Node::Choice(choices) => {
                let choices: Vec<String> =
                    choices.iter().map(|choice| regex(choice, atoms)).collect();
                out.push_str("(?:");
                out.push_str(&choices.join("|"));
                out.push(')');
            }
        }
        out
    })
}

/// Reads a pattern into its pieces.
pub(crate) fn parse(pattern: &str) -> Result<Vec<Node>, String> {
    let mut parser = Parser { rest: pattern, all: pattern };
    let nodes = parser.sequence()?;
    if parser.rest.is_empty() { Ok(nodes) } else { Err(parser.fail("a bracket too many")) }
}

struct Parser<'p> {
    rest: &'p str,
    all: &'p str,
}

impl Parser<'_> {
    fn fail(&self, what: &str) -> String {
        format!("{what} at byte {} of the pattern `{}`", self.all.len() - self.rest.len(), self.all)
    }

    fn take(&mut self, literal: char) -> bool {
        self.rest.strip_prefix(literal).map(|rest| self.rest = rest).is_some()
    }

    fn sequence(&mut self) -> Result<Vec<Node>, String> {
        let mut nodes = Vec::new();
        while let Some(next) = self.rest.chars().next() {
            match next {
                '|' | ')' | ']' => break,
                '{' => nodes.push(self.part()?),
                '(' => {
                    self.rest = &self.rest[1..];
                    nodes.push(Node::Choice(self.choices(')')?));
                }
                '[' => {
                    self.rest = &self.rest[1..];
                    let mut choices = self.choices(']')?;
                    choices.push(Vec::new());
                    nodes.push(Node::Choice(choices));
                }
                'A'..='Z' | 'a'..='z' | '0'..='9' | '_' | '-' | ':' => {
                    self.rest = &self.rest[1..];
                    if let Some(Node::Literal(text)) = nodes.last_mut() {
                        text.push(next);
                    } else {
                        nodes.push(Node::Literal(next.to_string()));
                    }
                }
                _ => return Err(self.fail("a character outside the pattern language")),
            }
        }
        Ok(nodes)
    }

    fn choices(&mut self, end: char) -> Result<Vec<Vec<Node>>, String> {
        let mut choices = vec![self.sequence()?];
        while self.take('|') {
            choices.push(self.sequence()?);
        }
        if !self.take(end) {
            return Err(self.fail(&format!("`{end}` is missing")));
        }
        if choices.iter().any(Vec::is_empty) {
            return Err(self.fail("an empty choice"));
        }
        Ok(choices)
    }

    fn part(&mut self) -> Result<Node, String> {
        let Some((inside, rest)) = self.rest[1..].split_once('}') else {
            return Err(self.fail("`}` is missing"));
        };
        let (name, of) = match inside.split_once(':') {
            Some((name, of)) => (Some(name), of),
            None => (None, inside),
        };
        let (of, list) = of.strip_prefix('@').map_or((of, false), |list| (list, true));
        let word = |text: &str| {
            !text.is_empty()
                && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
        };
        if !word(of) || !name.is_none_or(word) {
            return Err(self
                .fail("a part that is not `{atom}`, `{part:atom}`, `{@list}` or `{part:@list}`"));
        }
        self.rest = rest;
        Ok(Node::Part { name: name.map(str::to_owned), of: of.to_owned(), list })
    }
}

/// Compiles a pattern.
pub(crate) fn compile(pattern: &str, atoms: &dyn Atoms) -> Result<Program, String> {
    let nodes = parse(pattern)?;
    let mut compiler = Compiler {
        atoms,
        ops: Vec::new(),
        sizes: Vec::new(),
        literals: String::new(),
        parts: Vec::new(),
    };
    compiler.sequence(&nodes, true)?;
    compiler.push(Op::Done, Size { min: 0, max: 0, rest: 0 });
    compiler.finish(pattern)
}

/// How many bytes one step takes; for a run also its class.
#[derive(Clone, Copy)]
struct Size {
    min: u16,
    max: u16,
    rest: u16,
}

const UNBOUNDED: u16 = u16::MAX;
const NO_SLOT: u8 = u8::MAX;

struct Compiler<'a> {
    atoms: &'a dyn Atoms,
    ops: Vec<Op>,
    sizes: Vec<Size>,
    literals: String,
    parts: Vec<Part>,
}

impl Compiler<'_> {
    fn push(&mut self, op: Op, size: Size) -> usize {
        self.ops.push(op);
        self.sizes.push(size);
        self.ops.len() - 1
    }

    fn literal(&mut self, text: &str) -> Result<(u16, u16), String> {
        let at = self.literals.len();
        self.literals.push_str(text);
        let number =
            |n: usize| u16::try_from(n).map_err(|_| "a pattern that is too long".to_owned());
        Ok((number(at)?, number(text.len())?))
    }

    fn target(&self) -> Result<u8, String> {
        u8::try_from(self.ops.len()).map_err(|_| "a pattern of too many pieces".to_owned())
    }

    fn sequence(&mut self, nodes: &[Node], named: bool) -> Result<(), String> {
        for node in nodes {
            match node {
                Node::Literal(text) => {
                    let (at, len) = self.literal(text)?;
                    self.push(Op::Literal { at, len }, Size { min: len, max: len, rest: 0 });
                }
                Node::Choice(choices) => self.choice(choices, named)?,
                Node::Part { name, of, list } => self.part(name.as_deref(), of, *list, named)?,
            }
        }
        Ok(())
    }

    fn choice(&mut self, choices: &[Vec<Node>], named: bool) -> Result<(), String> {
        let single = |choice: &Vec<Node>| match choice.as_slice() {
            [Node::Literal(text)] if text.len() == 1 => Some(text.clone()),
            _ => None,
        };
        if let Some(bytes) = choices.iter().map(single).collect::<Option<String>>() {
            let (at, len) = self.literal(&bytes)?;
            self.push(Op::OneOf { at, len }, Size { min: 1, max: 1, rest: 0 });
            return Ok(());
        }
        let none = Size { min: 0, max: 0, rest: 0 };
        let mut jumps = Vec::new();
        for (index, choice) in choices.iter().enumerate() {
            let last = index + 1 == choices.len();
            let split = (!last).then(|| self.push(Op::Split { other: 0 }, none));
            self.sequence(choice, named)?;
            if let Some(split) = split {
                // A choice before an empty last one needs no jump: its end is the end of the choice.
                if !(index + 2 == choices.len() && choices[index + 1].is_empty()) {
                    jumps.push(self.push(Op::Jump { to: 0 }, none));
                }
                self.ops[split] = Op::Split { other: self.target()? };
            }
        }
        let to = self.target()?;
        for jump in jumps {
            self.ops[jump] = Op::Jump { to };
        }
        Ok(())
    }

    fn part(
        &mut self,
        name: Option<&str>,
        of: &str,
        list: bool,
        named: bool,
    ) -> Result<(), String> {
        let atom = if list { self.atoms.list(of) } else { self.atoms.atom(of) };
        let Some(atom) = atom else {
            let what = if list { "list" } else { "atom" };
            return Err(format!("there is no {what} `{of}`"));
        };
        let slot = if named {
            if self.parts.len() == SLOTS {
                return Err(format!("more than {SLOTS} parts"));
            }
            if let Some(name) = name
                && self.parts.iter().any(|part| part.name == name)
            {
                return Err(format!("two parts are called `{name}`"));
            }
            let role = self.atoms.role(name, of);
            self.parts.push(Part { name: Cow::Owned(name.unwrap_or(of).to_owned()), role });
            u8::try_from(self.parts.len() - 1).map_err(|_| "too many parts".to_owned())?
        } else {
            NO_SLOT
        };
        match atom {
            Atom::Run { index, min, max, rest } => {
                self.push(Op::Run { run: index, slot, tight: false }, Size { min, max, rest });
            }
            Atom::Any { lazy, bare } => {
                self.push(Op::Any { slot, lazy, bare }, Size { min: 1, max: UNBOUNDED, rest: 0 });
            }
            Atom::Chars { most } => {
                self.push(
                    Op::Chars { most, slot },
                    Size { min: 1, max: u16::from(most) * 4, rest: 0 },
                );
            }
            Atom::Automaton { index, min, max, lazy } => {
                self.push(Op::Automaton { index, slot, lazy }, Size { min, max, rest: 0 });
            }
            Atom::Composed(pattern) => {
                let none = Size { min: 0, max: 0, rest: 0 };
                self.push(Op::Begin { slot }, none);
                self.sequence(&parse(&pattern)?, false)?;
                self.push(Op::End { slot }, none);
            }
        }
        Ok(())
    }

    fn finish(mut self, pattern: &str) -> Result<Program, String> {
        let count = self.ops.len();
        let mut bounds = vec![(0_u16, 0_u16); count];
        for pc in (0..count).rev() {
            let next = bounds.get(pc + 1).copied().unwrap_or((0, 0));
            bounds[pc] = match self.ops[pc] {
                Op::Split { other } => {
                    let other = bounds[usize::from(other)];
                    (next.0.min(other.0), next.1.max(other.1))
                }
                Op::Jump { to } => bounds[usize::from(to)],
                _ => (
                    next.0.saturating_add(self.sizes[pc].min),
                    next.1.saturating_add(self.sizes[pc].max),
                ),
            };
        }
        for pc in 0..count {
            let tight = self.tight(pc + 1, self.sizes[pc].rest);
            if let Op::Run { tight: flag, .. } = &mut self.ops[pc] {
                *flag = tight;
            }
        }
        if self.degree(0, &bounds) > 1 {
            return Err(format!(
                "reading the pattern `{pattern}` would take more than linear time: too many open parts"
            ));
        }
        let separators = (0..count).map(|pc| self.separators(pc)).collect();
        Ok(Program {
            separators: Cow::Owned(separators),
            ops: Cow::Owned(self.ops),
            bounds: Cow::Owned(bounds),
            literals: Cow::Owned(self.literals),
            parts: Cow::Owned(self.parts),
        })
    }

    /// The number of separators from here on, where the step begins with one and their number is fixed.
    fn separators(&self, pc: usize) -> u8 {
        let begins = match self.ops[pc] {
            Op::Literal { at, .. } => self.all_separators(at, 1),
            Op::OneOf { at, len } => self.all_separators(at, len),
            _ => false,
        };
        if begins {
            self.count_separators(pc).and_then(|count| u8::try_from(count).ok()).unwrap_or(0)
        } else {
            0
        }
    }

    fn count_separators(&self, pc: usize) -> Option<usize> {
        let next = || self.count_separators(pc + 1);
        match self.ops[pc] {
            Op::Done => Some(0),
            Op::Literal { at, len } => {
                let literal = &self.literals.as_bytes()[usize::from(at)..][..usize::from(len)];
                Some(
                    next()?
                        + literal.iter().filter(|byte| matches!(byte, b'_' | b'-' | b':')).count(),
                )
            }
            Op::OneOf { at, len } => {
                self.all_separators(at, len).then(next)?.map(|count| count + 1)
            }
            Op::Run { .. } | Op::Begin { .. } | Op::End { .. } => next(),
            Op::Jump { to } => self.count_separators(usize::from(to)),
            Op::Split { other } => {
                next().filter(|count| self.count_separators(usize::from(other)) == Some(*count))
            }
            Op::Any { .. } | Op::Chars { .. } | Op::Automaton { .. } => None,
        }
    }

    fn all_separators(&self, at: u16, len: u16) -> bool {
        self.literals.as_bytes()[usize::from(at)..][..usize::from(len)]
            .iter()
            .all(|byte| matches!(byte, b'_' | b'-' | b':'))
    }

    /// Whether all that can follow a run here is a separator or the end of the text.
    fn tight(&self, pc: usize, rest: u16) -> bool {
        rest != 0
            && match self.ops.get(pc) {
                None | Some(Op::Done) => true,
                Some(Op::Literal { at, .. }) => self.all_separators(*at, 1),
                Some(Op::OneOf { at, len }) => self.all_separators(*at, *len),
                Some(Op::Split { other }) => {
                    self.tight(pc + 1, rest) && self.tight(usize::from(*other), rest)
                }
                Some(Op::Jump { to }) => self.tight(usize::from(*to), rest),
                Some(Op::Begin { .. } | Op::End { .. }) => self.tight(pc + 1, rest),
                Some(_) => false,
            }
    }

    /// The power of the text's length with which the work from here on grows.
    ///
    /// A part of unknown length followed by a rest of bounded length has a bounded number of
    /// ends to try; followed by an unbounded rest it is a search. An automaton walks its text once.
    fn degree(&self, pc: usize, bounds: &[(u16, u16)]) -> u32 {
        let next = |pc: usize| self.degree(pc, bounds);
        let search = |pc: usize| next(pc) + u32::from(bounds[pc].1 == UNBOUNDED);
        match self.ops[pc] {
            Op::Done => 0,
            Op::Split { other } => next(pc + 1).max(next(usize::from(other))),
            Op::Jump { to } => next(usize::from(to)),
            Op::Literal { .. }
            | Op::OneOf { .. }
            | Op::Begin { .. }
            | Op::End { .. }
            | Op::Chars { .. }
            | Op::Run { tight: true, .. } => next(pc + 1),
            Op::Run { .. } if self.sizes[pc].max != UNBOUNDED => next(pc + 1),
            Op::Run { .. } | Op::Any { .. } => search(pc + 1),
            Op::Automaton { .. } if self.sizes[pc].max < 64 => next(pc + 1),
            Op::Automaton { .. } => search(pc + 1).max(1),
        }
    }
}
