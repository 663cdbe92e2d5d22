//! Writes `fits.rs`: each row's program as functions, one per step.
//!
//! Invariant: a step becomes the call that does what the interpreter does for it, with the constants of the step written out.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::format;
use std::string::String;

use super::{Source, class_name, hex, text};
use crate::legacy::pattern;
use crate::legacy::table::{Op, Program};

/// The text of `fits.rs`.
pub(super) fn fits(source: &Source) -> String {
    let mut out = String::from(
        "//! The rows of the table as functions. Generated from `legacy_formats.toml` by `generate.rs`; do not edit.\n//!\n\
         //! `rN_M` is step M of the program of row N in `formats.rs`. Invariant: each row fits as its program does, which a test\n\
         //! compares. Used by `read.rs`; refreshed with `formats.rs`.\n\n\
         use super::matcher::{Spans, Text};\n\
         use super::steps::{Fit, Rest, run};\n\
         use super::table::class;\n\n",
    );
    let rows = source.rows();
    let mut all = String::new();
    let mut functions = String::new();
    for (index, row) in rows.iter().enumerate() {
        let program = pattern::compile(text(row, "pattern").unwrap(), source).unwrap();
        let of = Steps { source, row: index + 1, program: &program };
        writeln!(
            all,
            "    |t, s| t.has_left(0, {:?}) && {}(t, s, 0),",
            program.bounds[0],
            of.name(0)
        )
        .unwrap();
        of.write(&mut functions);
    }
    write!(
        out,
        "/// By the index of the row.\npub(crate) static FITS: [Fit; {}] = [\n{all}];\n\n\
         fn done(t: &Text<'_>, _: &mut Spans, p: usize) -> bool {{\n    t.is_at_end(p)\n}}\n{functions}",
        rows.len()
    )
    .unwrap();
    out
}

struct Steps<'a> {
    source: &'a Source,
    row: usize,
    program: &'a Program,
}

impl Steps<'_> {
    /// The step itself, where this one only leads to it.
    fn resolve(&self, pc: usize) -> usize {
        match self.program.ops[pc] {
            Op::Jump { to } => self.resolve(usize::from(to)),
            _ => pc,
        }
    }

    fn name(&self, pc: usize) -> String {
        let pc = self.resolve(pc);
        match self.program.ops[pc] {
            Op::Done => "done".to_owned(),
            _ => format!("r{}_{pc}", self.row),
        }
    }

    fn write(&self, out: &mut String) {
        let (mut queue, mut seen) = (std::vec![0], BTreeSet::new());
        while let Some(pc) = queue.pop() {
            let pc = self.resolve(pc);
            if matches!(self.program.ops[pc], Op::Done) || !seen.insert(pc) {
                continue;
            }
            queue.push(pc + 1);
            if let Op::Split { other } = self.program.ops[pc] {
                queue.push(usize::from(other));
            }
        }
        for pc in seen {
            writeln!(
                out,
                "\nfn {}(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {{\n    {}\n}}",
                self.name(pc),
                self.call(pc)
            )
            .unwrap();
        }
    }

    fn call(&self, pc: usize) -> String {
        let next = || self.name(pc + 1);
        let literal = |at: u16, len: u16| {
            format!("b{:?}", &self.program.literals[usize::from(at)..][..usize::from(len)])
        };
        match self.program.ops[pc] {
            Op::Literal { at, len } => format!("t.literal(s, p, {}, {})", literal(at, len), next()),
            Op::OneOf { at, len } => format!("t.one_of(s, p, {}, {})", literal(at, len), next()),
            Op::Split { other } => {
                let to = |pc: usize| format!("{:?}, {}", self.program.bounds[pc], self.name(pc));
                format!("t.split(s, p, {}, {})", to(pc + 1), to(usize::from(other)))
            }
            Op::Begin { slot } => format!("t.begin(s, p, {slot}, {})", next()),
            Op::End { slot } => format!("t.end(s, p, {slot}, {})", next()),
            Op::Run { run, slot, tight } => {
                assert!(
                    tight,
                    "no row has a run that ends inside its segment; a step for one is missing"
                );
                let of = &self.source.runs[usize::from(run)].0;
                format!(
                    "t.run(s, p, &run(class::{}, class::{}, {}, {}), {slot}, {})",
                    class_name(of.rest),
                    class_name(of.first),
                    of.zero,
                    hex(u128::from(of.lengths)),
                    next()
                )
            }
            Op::Any { slot, lazy, bare } => {
                let rest = self.rest(pc + 1);
                if bare {
                    format!("t.bare(s, p, {slot}, {rest}, {})", next())
                } else {
                    format!("t.any(s, p, {lazy}, {slot}, {rest}, {})", next())
                }
            }
            Op::Chars { most, slot } => {
                format!("t.chars(s, p, {most}, {slot}, {}, {})", self.rest(pc + 1), next())
            }
            Op::Automaton { index, slot, lazy } => format!(
                "t.automaton(s, p, ({index}, {lazy}), {slot}, {}, {})",
                self.rest(pc + 1),
                next()
            ),
            Op::Jump { .. } | Op::Done => "true".to_owned(),
        }
    }

    /// What the interpreter knows of the steps behind a part of open length.
    fn rest(&self, pc: usize) -> String {
        let next = match self.program.ops[pc] {
            Op::Literal { at, .. } => {
                format!(
                    "Some(b{:?})",
                    char::from(self.program.literals.as_bytes()[usize::from(at)])
                )
            }
            _ => "None".to_owned(),
        };
        format!(
            "Rest {{ bounds: {:?}, separators: {}, next: {next} }}",
            self.program.bounds[pc], self.program.separators[pc]
        )
    }
}
