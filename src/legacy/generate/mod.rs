//! Compiles `legacy_formats.toml` ahead of time: writes `formats.rs` and `docs/spec/legacy-formats.md`.
//!
//! Invariant: both files are what this module makes of the table; a test compares them, and writes
//! them when `UPDATE_LEGACY=1` is set. The sets of rows that a first word or a last segment allows
//! are computed on the patterns' automata, so no row is ever left out that could fit.

mod machine;
mod page;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::string::String;
use std::vec::Vec;
use std::{format, vec};

use toml::{Table, Value};

use self::machine::{Admits, Machine, class_name, plain_state, run_of};
use super::pattern::{self, Atom, Atoms, Node};
use super::shape::{FLAGS, LENGTHS, LEVELS};
use super::table::{Program, Role, Run};

const SOURCE: &str = include_str!("../legacy_formats.toml");

/// The table, read from TOML.
pub(crate) struct Source {
    table: Table,
    atoms: BTreeMap<String, (String, Atom)>,
    lists: BTreeMap<String, Atom>,
    runs: Vec<(Run, String)>,
    automata: Vec<(Machine, String)>,
}

impl Source {
    pub(crate) fn new() -> Self {
        let table = sorted(SOURCE.parse().unwrap());
        let mut source = Self {
            atoms: BTreeMap::new(),
            lists: BTreeMap::new(),
            runs: Vec::new(),
            automata: Vec::new(),
            table,
        };
        for (name, regex) in source.table["atoms"].as_table().unwrap().clone() {
            let regex = regex.as_str().unwrap().to_owned();
            let atom = source.atom_of(&name, &regex);
            source.atoms.insert(name, (regex, atom));
        }
        for (name, pattern) in source.table["composed"].as_table().unwrap().clone() {
            let pattern = pattern.as_str().unwrap().to_owned();
            let regex = pattern::regex(&pattern::parse(&pattern).unwrap(), &source);
            source.atoms.insert(name, (regex, Atom::Composed(pattern.into())));
        }
        for name in source.table["lists"].as_table().unwrap().keys().cloned().collect::<Vec<_>>() {
            if name == "kind_qualifier" {
                continue;
            }
            let machine = Machine::new(&source.list_regex(&name));
            let mut atom = source.automaton(&format!("@{name}"), machine, false);
            if let Atom::Automaton { min, .. } = &mut atom
                && name == "op"
            {
                // An application may add shorter words.
                *min = 1;
            }
            source.lists.insert(name, atom);
        }
        source
    }

    fn atom_of(&mut self, name: &str, regex: &str) -> Atom {
        match regex {
            ".+" => return Atom::Any { lazy: false, bare: false },
            ".+?" => return Atom::Any { lazy: true, bare: false },
            "[^_].*" => return Atom::Any { lazy: false, bare: true },
            ".{1,8}" => return Atom::Chars { most: 8 },
            _ => {}
        }
        let machine = Machine::new(regex);
        if let Some(run) = run_of(&machine) {
            let (_, min, max) = machine.lengths();
            self.runs.push((run, name.to_owned()));
            let index = u8::try_from(self.runs.len() - 1).unwrap();
            return Atom::Run { index, min, max, rest: run.rest };
        }
        self.automaton(name, machine, regex.ends_with('?') && regex.ends_with("*?"))
    }

    fn automaton(&mut self, name: &str, machine: Machine, lazy: bool) -> Atom {
        let (_, min, max) = machine.lengths();
        self.automata.push((machine, name.to_owned()));
        Atom::Automaton { index: u8::try_from(self.automata.len() - 1).unwrap(), min, max, lazy }
    }

    fn words(&self, list: &str) -> Vec<String> {
        self.table["lists"][list]
            .as_array()
            .unwrap()
            .iter()
            .map(|word| word.as_str().unwrap().to_owned())
            .collect()
    }

    fn list_regex(&self, list: &str) -> String {
        let word = |word: &String| {
            word.strip_suffix('*').map_or_else(|| word.clone(), |start| format!("{start}[a-z_]+"))
        };
        let mut words: Vec<String> = self.words(list).iter().map(word).collect();
        words.sort_by_key(|word| std::cmp::Reverse((word.contains('['), word.len())));
        format!("(?:{})", words.join("|"))
    }

    /// What fits a row; of the one row whose only condition is `same_ms` no more than this can hold for.
    ///
    /// The other rows of its group give its thread, too, so nothing is lost among the alternatives.
    fn row_regex(&self, row: &Value) -> String {
        let pattern = text(row, "pattern").unwrap();
        let same_ms = row.get("when").is_some_and(|when| {
            when.as_array().unwrap().iter().all(|of| of.as_str() == Some("same_ms"))
        });
        let pattern = if same_ms {
            pattern.replace("{T:thread}", "[{text}_]{ms}")
        } else {
            pattern.to_owned()
        };
        pattern::regex(&pattern::parse(&pattern).unwrap(), self)
    }

    fn rows(&self) -> &Vec<Value> {
        self.table["format"].as_array().unwrap()
    }

    fn names(&self, table: &str, key: &str) -> Vec<String> {
        self.table[table][key]
            .as_array()
            .unwrap()
            .iter()
            .map(|name| name.as_str().unwrap().to_owned())
            .collect()
    }
}

impl Atoms for Source {
    fn atom(&self, name: &str) -> Option<Atom> {
        self.atoms.get(name).map(|(_, atom)| atom.clone())
    }

    fn list(&self, name: &str) -> Option<Atom> {
        self.lists.get(name).cloned()
    }

    fn regex(&self, name: &str, list: bool) -> String {
        if list { self.list_regex(name) } else { byte_regex(&self.atoms[name].0).to_owned() }
    }

    fn role(&self, name: Option<&str>, atom: &str) -> Role {
        let has = |role: &str| self.names("roles", role).iter().any(|of| of == atom);
        crate::legacy::template::role(name, has("counter"), has("random"))
    }
}

/// A character is a byte and the bytes that continue it.
fn byte_regex(regex: &str) -> &str {
    if regex == ".{1,8}" { r"(?:[\x00-\x7f\xc0-\xff][\x80-\xbf]*){1,8}" } else { regex }
}

/// Bytes as a literal, 32 to a line.
fn bytes_literal(bytes: &[u8]) -> String {
    let mut out = String::from("b\"");
    for (at, byte) in bytes.iter().enumerate() {
        if at != 0 && at % 32 == 0 {
            out.push_str("\\\n        ");
        }
        write!(out, "\\x{byte:02x}").unwrap();
    }
    out + "\""
}

/// A number in hex, in groups of four digits.
fn hex(number: u128) -> String {
    let digits = format!("{number:x}");
    let digits = format!(
        "{digits:0>width$}",
        width = if digits.len() > 4 { digits.len().next_multiple_of(4) } else { digits.len() }
    );
    let groups: Vec<&str> = digits
        .as_bytes()
        .rchunks(4)
        .rev()
        .map(|group| std::str::from_utf8(group).unwrap())
        .collect();
    format!("0x{}", groups.join("_"))
}

fn camel(name: &str) -> String {
    name.split('_').map(|word| word[..1].to_uppercase() + &word[1..]).collect()
}

fn program_literal(program: &Program) -> String {
    let ops: Vec<String> = program.ops.iter().map(|op| format!("Op::{op:?}")).collect();
    let parts: Vec<String> = program
        .parts
        .iter()
        .map(|part| {
            format!("Part {{ name: Borrowed({:?}), role: Role::{:?} }}", part.name, part.role)
        })
        .collect();
    format!(
        "Program {{ ops: Borrowed(&[{}]), bounds: Borrowed(&{:?}), separators: Borrowed(&{:?}), literals: Borrowed({:?}), parts: Borrowed(&[{}]) }}",
        ops.join(", "),
        program.bounds,
        program.separators,
        program.literals,
        parts.join(", ")
    )
}

fn text<'a>(row: &'a Value, key: &str) -> Option<&'a str> {
    row.get(key).map(|value| value.as_str().unwrap())
}

fn row_literal(source: &Source, number: usize, row: &Value) -> String {
    let pattern = text(row, "pattern").unwrap();
    let program = pattern::compile(pattern, source).unwrap();
    let name = match (text(row, "name"), text(row, "refuse")) {
        (Some(name), None) => format!("Name::Format(LegacyFormat::{})", camel(name)),
        (None, Some(why)) => {
            format!("Name::Refused(Reason::{:?}, {why:?})", why.parse::<super::Reason>().unwrap())
        }
        _ => panic!("row {number} needs a name or a refusal"),
    };
    let kind = match crate::legacy::template::kind_rule(text(row, "kind"), &program).unwrap() {
        super::table::Kind::None => "Kind::None".to_owned(),
        super::table::Kind::Fixed(kind) => format!("Kind::Fixed(Borrowed({kind:?}))"),
        super::table::Kind::Words(slot) => format!("Kind::Words({slot})"),
    };
    let slot = |name: &str| {
        program
            .parts
            .iter()
            .position(|part| part.name == name)
            .map(|slot| u8::try_from(slot).unwrap())
    };
    let thread =
        crate::legacy::template::thread_rule(text(row, "thread"), pattern, &program).unwrap();
    let user = crate::legacy::template::user_rule(text(row, "user"), &program).unwrap();
    let group = text(row, "group")
        .map_or_else(|| "None".to_owned(), |group| format!("Some(Group::{})", camel(group)));
    let when: Vec<String> = row.get("when").map_or_else(Vec::new, |when| {
        when.as_array()
            .unwrap()
            .iter()
            .map(|condition| format!("when::{}", condition.as_str().unwrap().to_uppercase()))
            .collect()
    });
    let guard = text(row, "guard").inspect(|guard| assert_eq!(*guard, "not_a_date")).is_some();
    let dialects: u8 = <super::Dialect as strum::IntoEnumIterator>::iter()
        .filter(|dialect| {
            text(row, "name").is_some_and(|name| {
                source.names("dialects", dialect.as_ref()).iter().any(|of| of == name)
            })
        })
        .map(super::Dialect::bit)
        .sum();
    format!(
        "    Row {{\n        number: {number},\n        name: {name},\n        pattern: Borrowed({pattern:?}),\n        by: Borrowed({:?}),\n        example: Borrowed({:?}),\n        kind: {kind},\n        thread: Thread::{thread:?},\n        user: User::{user:?},\n        group: {group},\n        when: {},\n        subject: ({}, {}),\n        date: {:?},\n        not_a_date: {guard},\n        thread_is_prefix: {},\n        dialects: {dialects},\n        program: {},\n    }},\n",
        text(row, "by").unwrap_or_default(),
        text(row, "example").unwrap(),
        if when.is_empty() { "0".to_owned() } else { when.join(" | ") },
        slot("T").unwrap_or(u8::MAX),
        slot("n").unwrap_or(u8::MAX),
        slot("date"),
        row.get("thread_is_prefix").is_some_and(|value| value.as_bool().unwrap()),
        program_literal(&program),
    )
}

/// Hands over all literals of a pattern.
fn literals(nodes: &[Node], add: &mut dyn FnMut(&str)) {
    for node in nodes {
        match node {
            Node::Literal(text) => add(text),
            Node::Choice(choices) => choices.iter().for_each(|choice| literals(choice, add)),
            Node::Part { .. } => {}
        }
    }
}

/// Words that a first segment may be, and kind words.
fn head_words(source: &Source) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    let mut add = |text: &str| {
        words.extend(
            text.split(|c: char| !c.is_ascii_alphanumeric())
                .filter(|word| !word.is_empty())
                .map(str::to_owned),
        );
    };
    for row in source.rows() {
        literals(&pattern::parse(text(row, "pattern").unwrap()).unwrap(), &mut add);
    }
    for list in source.table["lists"].as_table().unwrap().keys() {
        source.words(list).iter().for_each(|word| add(word));
    }
    source.table["kind_words"].as_table().unwrap().keys().for_each(|word| add(word));
    words
}

fn words_literal(source: &Source, words: &BTreeSet<String>, machines: &[Machine]) -> String {
    let kinds = source.table["kind_words"].as_table().unwrap();
    let qualifiers = source.words("kind_qualifier");
    let mut out = String::new();
    for word in words {
        let rows: Vec<String> = (0..4)
            .map(|place| {
                let mask = machines.iter().enumerate().fold(0_u128, |mask, (index, machine)| {
                    let state = machine.step(1, word.as_bytes());
                    let fits = match place {
                        0 => machine.accept[usize::from(state)],
                        _ => machine.step(state, &b"_-:"[place - 1..place]) != 0,
                    };
                    mask | u128::from(fits) << index
                });
                hex(mask)
            })
            .collect();
        let pairs: Vec<String> = kinds
            .iter()
            .filter_map(|(entry, kind)| {
                Some((entry.strip_prefix(word.as_str())?.strip_prefix('_')?, kind))
            })
            .map(|(second, kind)| format!("({second:?}, {:?})", kind.as_str().unwrap()))
            .collect();
        let kind = kinds.get(word).map(|kind| kind.as_str().unwrap());
        writeln!(
            out,
            "    Word {{ text: {word:?}, key: {}, rows: [{}], kind: {kind:?}, qualifier: {}, pairs: &[{}] }},",
            hex(u128::from(super::shape::word_key(word.as_bytes(), word.len()))),
            rows.join(", "),
            qualifiers.contains(word),
            pairs.join(", ")
        )
        .unwrap();
    }
    out
}

/// A multiplier without collisions for the words' keys.
fn perfect(words: &BTreeSet<String>) -> (u64, u32, Vec<usize>) {
    let keys: Vec<u64> =
        words.iter().map(|word| super::shape::word_key(word.as_bytes(), word.len())).collect();
    assert_eq!(keys.iter().collect::<BTreeSet<_>>().len(), keys.len(), "two words with one key");
    let bits = 10;
    let mut multiplier = 0x9e37_79b9_7f4a_7c15_u64;
    loop {
        let mut slots = vec![usize::MAX; 1 << bits];
        let fits = keys.iter().enumerate().all(|(index, key)| {
            let slot =
                &mut slots[usize::try_from(key.wrapping_mul(multiplier) >> (64 - bits)).unwrap()];
            let free = *slot == usize::MAX;
            *slot = index;
            free
        });
        if fits {
            return (
                multiplier,
                64 - bits,
                slots.iter().map(|slot| if *slot == usize::MAX { 0 } else { *slot }).collect(),
            );
        }
        multiplier = multiplier.wrapping_mul(0xd134_2543_de82_ef95).wrapping_add(0x1234_5679) | 1;
    }
}

/// The text of `formats.rs`.
fn formats() -> String {
    let source = Source::new();
    let rows = source.rows();
    let mut out = String::from(
        "//! The table, compiled ahead of time. Generated from `legacy_formats.toml` by `generate.rs`; do not edit.\n//!\n\
         //! Refresh with `UPDATE_LEGACY=1 cargo test --lib legacy`. Invariant: one [`Row`] per row of the table, in its\n\
         //! order. The data goes to `shape.rs` and `matcher.rs`.\n\n\
         use alloc::borrow::Cow::Borrowed;\n\n\
         use super::refusal::Reason;\n\
         use super::shape::FLAGS;\n\
         use super::table::{Automaton, Group, Kind, Name, Op, Part, Program, Role, Row, Run, Thread, User, Word, class, when};\n\n",
    );
    let input = source.table["input"].as_table().unwrap();
    writeln!(
        out,
        "/// The longest text that is looked at, in bytes.\npub const MAX_BYTES: usize = {};\n",
        input["max_bytes"]
    )
    .unwrap();
    writeln!(
        out,
        "/// Characters that no id holds.\npub(crate) const REFUSED: &str = {:?};\n",
        input["refuse_characters"].as_str().unwrap()
    )
    .unwrap();

    out.push_str(
        "/// The formats of the table; [`AsRef`], [`Display`](core::fmt::Display) and [`FromStr`](core::str::FromStr) use the table's names.\n\
         #[derive(\n    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, strum::AsRefStr, strum::Display, strum::EnumIter, strum::EnumString, strum::IntoStaticStr,\n)]\n\
         #[strum(serialize_all = \"snake_case\")]\n#[non_exhaustive]\npub enum LegacyFormat {\n",
    );
    let mut names: Vec<&str> = Vec::new();
    for row in rows {
        if let Some(name) = text(row, "name")
            && !names.contains(&name)
        {
            names.push(name);
            writeln!(
                out,
                "    /// `{}`, such as `{}`.\n    #[strum(serialize = {name:?})]\n    {},",
                text(row, "pattern").unwrap(),
                text(row, "example").unwrap(),
                camel(name)
            )
            .unwrap();
        }
    }
    out.push_str("    /// A row of the application: its [row](super::LegacyId::row) has the name.\n    #[strum(serialize = \"application\")]\n    Application,\n}\n\n");

    writeln!(
        out,
        "/// The rows, in order of precedence.\npub(crate) static ROWS: [Row; {}] = [",
        rows.len()
    )
    .unwrap();
    for (index, row) in rows.iter().enumerate() {
        out.push_str(&row_literal(&source, index + 1, row));
    }
    out.push_str("];\n\n");
    tables_literal(&source, &mut out);
    automata_literal(&source, &mut out);

    atoms_literal(&source, &mut out);

    sets_literal(&source, &mut out);
    out
}

/// Generated threads, groups, lists and runs.
fn tables_literal(source: &Source, out: &mut String) {
    let rows = source.rows();
    let group = |name: &str| {
        rows.iter()
            .enumerate()
            .filter(|(_, row)| text(row, "group") == Some(name))
            .fold(0_u128, |mask, (index, _)| mask | 1 << index)
    };
    for (name, key) in [("GENERATED", "patterns"), ("GENERATED_LETTER", "letter_patterns")] {
        let patterns = source.names("generated", key);
        writeln!(
            out,
            "/// `[generated] {key}`.\npub(crate) static {name}: [Program; {}] = [",
            patterns.len()
        )
        .unwrap();
        for pattern in patterns {
            writeln!(out, "    {},", program_literal(&pattern::compile(&pattern, source).unwrap()))
                .unwrap();
        }
        out.push_str("];\n\n");
    }
    let groups = ["run", "session", "base"].map(|name| hex(group(name)));
    writeln!(
        out,
        "/// The rows of each group.\npub(crate) static GROUP_ROWS: [u128; 3] = [{}];\n",
        groups.join(", ")
    )
    .unwrap();
    let op_rows = rows
        .iter()
        .enumerate()
        .filter(|(_, row)| text(row, "pattern").unwrap().contains("@op}"))
        .fold(0_u128, |mask, (index, _)| mask | 1 << index);
    writeln!(out, "/// The rows with the list `op`, which an application may extend.\npub(crate) const OP_ROWS: u128 = {};\n", hex(op_rows)).unwrap();
    let op_index = source.automata.iter().position(|(_, name)| name == "@op").unwrap();
    writeln!(
        out,
        "/// The automaton of the list `op`.\npub(crate) const OP_LIST: usize = {op_index};\n"
    )
    .unwrap();
    let ascii = source.automata.iter().position(|(_, name)| name == "ascii").unwrap();
    writeln!(
        out,
        "/// The automaton of `ascii`.\npub(crate) static ASCII: &Automaton = &AUTOMATA[{ascii}];\n"
    )
    .unwrap();

    writeln!(
        out,
        "/// Atoms that are runs of one class.\npub(crate) static RUNS: [Run; {}] = [",
        source.runs.len()
    )
    .unwrap();
    for (run, name) in &source.runs {
        writeln!(
            out,
            "    // {name}\n    Run {{ rest: class::{}, first: class::{}, zero: {}, lengths: {} }},",
            class_name(run.rest),
            class_name(run.first),
            run.zero,
            hex(u128::from(run.lengths))
        )
        .unwrap();
    }
    out.push_str("];\n\n");
}

/// The words, and the sets of rows that each answer of the pass over a text allows.
fn sets_literal(source: &Source, out: &mut String) {
    let machines: Vec<Machine> =
        source.rows().iter().map(|row| Machine::new(&source.row_regex(row))).collect();
    let words = head_words(source);
    let admits: Vec<Admits> = machines.iter().map(|machine| Admits::new(machine, &words)).collect();
    let mask = |of: &dyn Fn(&Admits) -> bool| {
        admits
            .iter()
            .enumerate()
            .fold(0_u128, |mask, (index, row)| mask | u128::from(of(row)) << index)
    };
    let (multiplier, shift, slots) = perfect(&words);
    writeln!(
        out,
        "/// First words and kind words.\npub(crate) static WORDS: [Word; {}] = [\n{}];\n",
        words.len(),
        words_literal(source, &words, &machines)
    )
    .unwrap();
    writeln!(
        out,
        "/// The size of the hash table of words.\npub(crate) const HEAD_SLOTS: usize = {};",
        slots.len()
    )
    .unwrap();
    writeln!(out, "/// A multiplier under which no two words collide.\npub(crate) const HEAD_MULTIPLIER: u64 = {};", hex(u128::from(multiplier))).unwrap();
    writeln!(
        out,
        "/// What is left after the shift is a slot.\npub(crate) const HEAD_SHIFT: u32 = {shift};"
    )
    .unwrap();
    let slots: Vec<u8> = slots.iter().map(|slot| u8::try_from(*slot).unwrap()).collect();
    writeln!(
        out,
        "/// The word of each slot.\npub(crate) static HEADS: &[u8; HEAD_SLOTS] = {};\n",
        bytes_literal(&slots)
    )
    .unwrap();

    let unknown: Vec<String> = (0..LEVELS)
        .map(|level| {
            format!(
                "[{}]",
                (0..4)
                    .map(|place| hex(mask(&|row| row.unknown[level][place])))
                    .collect::<Vec<_>>()
                    .join(", ")
            )
        })
        .collect();
    writeln!(out, "/// The rows that another first word allows, by its class and what follows it.\npub(crate) static UNKNOWN_HEADS: [[u128; 4]; {LEVELS}] = [{}];\n", unknown.join(", ")).unwrap();
    let flags: Vec<String> = (0..FLAGS).map(|flags| hex(mask(&|row| row.flags[flags]))).collect();
    writeln!(out, "/// The rows that a set of flags of the pass over the text allows.\npub(crate) static FLAG_ROWS: [u128; FLAGS] = [{}];\n", flags.join(", ")).unwrap();
    let mut sets: Vec<u128> = Vec::new();
    let mut indexes = Vec::new();
    for place in 0..3 {
        let places: Vec<u8> = (0..=LEVELS * LENGTHS)
            .map(|index| {
                let set = mask(&|row| row.tails[place][index]);
                let at = sets.iter().position(|known| *known == set).unwrap_or_else(|| {
                    sets.push(set);
                    sets.len() - 1
                });
                u8::try_from(at).unwrap()
            })
            .collect();
        indexes.push(bytes_literal(&places));
    }
    let sets: Vec<String> = sets.iter().map(|set| hex(*set)).collect();
    writeln!(out, "/// Sets of rows that a segment at the end allows.\npub(crate) static TAIL_SETS: [u128; {}] = [{}];\n", sets.len(), sets.join(", ")).unwrap();
    writeln!(
        out,
        "/// For the last segment, the one before, and the one before that: the set, by class and length; the last entry is for none.\npub(crate) static TAIL_ROWS: [&[u8; {}]; 3] = [{}];",
        LEVELS * LENGTHS + 1,
        indexes.join(", ")
    )
    .unwrap();
}

/// Atoms and lists by name, for the rows of an application.
fn atoms_literal(source: &Source, out: &mut String) {
    let mut literal = |doc: &str, name: &str, atoms: Vec<(&String, String, &Atom)>| {
        writeln!(out, "/// {doc}\n#[cfg(feature = \"rows\")]\npub(crate) static {name}: [super::rows::Named; {}] = [", atoms.len()).unwrap();
        for (name, regex, atom) in atoms {
            let atom = match atom {
                Atom::Composed(pattern) => format!("Composed(Borrowed({pattern:?}))"),
                other => format!("{other:?}"),
            };
            let has = |role: &str| source.names("roles", role).iter().any(|of| of == name);
            writeln!(
                out,
                "    super::rows::Named {{ name: {name:?}, regex: {regex:?}, atom: super::pattern::Atom::{atom}, counter: {}, random: {} }},",
                has("counter"),
                has("random")
            )
            .unwrap();
        }
        out.push_str("];\n\n");
    };
    literal(
        "Atoms by name.",
        "ATOMS",
        source
            .atoms
            .iter()
            .map(|(name, (regex, atom))| (name, byte_regex(regex).to_owned(), atom))
            .collect(),
    );
    literal(
        "Lists by name.",
        "LISTS",
        source.lists.iter().map(|(name, atom)| (name, source.list_regex(name), atom)).collect(),
    );
}

fn automata_literal(source: &Source, out: &mut String) {
    writeln!(
        out,
        "/// All other atoms, and the lists.\npub(crate) static AUTOMATA: [Automaton; {}] = [",
        source.automata.len()
    )
    .unwrap();
    for (machine, name) in &source.automata {
        // Accepting states come last.
        let mut order: Vec<usize> = vec![0, 1];
        order.extend((2..machine.next.len()).filter(|state| !machine.accept[*state]));
        let accepting = order.len();
        order.extend((2..machine.next.len()).filter(|state| machine.accept[*state]));
        assert!(!machine.accept[1], "{name} takes the empty text");
        let number = |state: u16| {
            u8::try_from(order.iter().position(|of| *of == usize::from(state)).unwrap()).unwrap()
        };
        let mut columns: Vec<Vec<u16>> = Vec::new();
        let classes: Vec<u8> = (0..256)
            .map(|byte| {
                let column: Vec<u16> = machine.next.iter().map(|row| row[byte]).collect();
                let at = columns.iter().position(|known| *known == column).unwrap_or_else(|| {
                    columns.push(column);
                    columns.len() - 1
                });
                u8::try_from(at).unwrap()
            })
            .collect();
        let next: Vec<u8> = order
            .iter()
            .flat_map(|state| columns.iter().map(move |column| column[*state]))
            .map(number)
            .collect();
        let (plain, plain_all) = plain_state(machine);
        let plain = number(u16::try_from(plain).unwrap());
        let sink = (2..machine.next.len())
            .find(|state| {
                machine.accept[*state]
                    && machine.next[*state].iter().all(|to| usize::from(*to) == *state)
            })
            .map_or(0, |state| number(u16::try_from(state).unwrap()));
        writeln!(
            out,
            "    // {name}\n    Automaton {{\n        classes: {},\n        stride: {},\n        accepting: {accepting},\n        sink: {sink},\n        plain: {plain},\n        plain_all: {plain_all},\n        next: {},\n    }},",
            bytes_literal(&classes),
            columns.len(),
            bytes_literal(&next)
        )
        .unwrap();
    }
    out.push_str("];\n\n");
}

/// Puts a table and those within it in the order of their keys, which is not that of the text where another crate of the
/// build lets `toml` keep it.
fn sorted(table: Table) -> Table {
    let entries: BTreeMap<String, Value> = table.into_iter().collect();
    let inner = |value| match value {
        Value::Table(table) => Value::Table(sorted(table)),
        other => other,
    };
    entries.into_iter().map(|(key, value)| (key, inner(value))).collect()
}

fn check_file(path: &str, expected: &str) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("UPDATE_LEGACY").is_some() {
        #[expect(
            clippy::disallowed_methods,
            reason = "a generated source file has no reader to protect"
        )]
        std::fs::write(&path, expected).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    let differs = found.lines().zip(expected.lines()).position(|(a, b)| a != b);
    assert!(
        found == expected,
        "{} is out of date from line {differs:?} on: run UPDATE_LEGACY=1 cargo test --lib legacy",
        path.display()
    );
}

#[test]
fn formats_are_what_the_table_says() {
    check_file("src/legacy/formats.rs", &formats());
}
