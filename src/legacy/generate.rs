//! Compiles `legacy_formats.toml` ahead of time: writes `formats.rs` and `docs/spec/legacy-formats.md`.
//!
//! Invariant: both files are what this module makes of the table; a test compares them, and writes
//! them when `UPDATE_LEGACY=1` is set. The sets of rows that a first word or a last segment allows
//! are computed on the patterns' automata, so no row is ever left out that could fit.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;
use std::string::{String, ToString};
use std::vec::Vec;
use std::{format, vec};

use regex_automata::dfa::{Automaton as _, StartKind, dense};
use regex_automata::nfa::thompson;
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input, MatchKind};
use toml::{Table, Value};

use super::pattern::{self, Atom, Atoms, Node};
use super::shape::{DASH_MS, EMPTY, FLAGS, LENGTHS, LEVELS, MS, RUN};
use super::table::{Program, Role, Run, class};

const SOURCE: &str = include_str!("legacy_formats.toml");

/// A complete automaton over bytes; state 0 is dead, state 1 the start.
#[derive(Clone)]
pub(crate) struct Machine {
    pub(crate) next: Vec<[u16; 256]>,
    pub(crate) accept: Vec<bool>,
}

impl Machine {
    /// Builds the smallest automaton of a regular expression over bytes.
    pub(crate) fn new(regex: &str) -> Self {
        let dfa = dense::Builder::new()
            .syntax(syntax::Config::new().unicode(false).utf8(false).dot_matches_new_line(true))
            .thompson(thompson::Config::new().utf8(false))
            .configure(
                dense::Config::new().match_kind(MatchKind::All).start_kind(StartKind::Anchored),
            )
            .build(regex)
            .unwrap_or_else(|error| panic!("{regex}: {error}"));
        let start = dfa.start_state_forward(&Input::new("").anchored(Anchored::Yes)).unwrap();
        let mut ids = vec![start];
        let mut index = HashMap::from([(start, 0_u16)]);
        let (mut next, mut accept) = (Vec::new(), Vec::new());
        while next.len() < ids.len() {
            let state = ids[next.len()];
            accept.push(dfa.is_match_state(dfa.next_eoi_state(state)));
            let mut row = [0; 256];
            for byte in 0..=255_u8 {
                let to = dfa.next_state(state, byte);
                row[usize::from(byte)] = *index.entry(to).or_insert_with(|| {
                    ids.push(to);
                    u16::try_from(ids.len() - 1).unwrap()
                });
            }
            next.push(row);
        }
        Self { next, accept }.minimized()
    }

    fn minimized(&self) -> Self {
        let mut class: Vec<u32> = self.accept.iter().map(|accept| u32::from(*accept)).collect();
        let mut count = class.iter().collect::<BTreeSet<_>>().len();
        loop {
            let mut numbers = HashMap::new();
            let refined: Vec<u32> = (0..self.next.len())
                .map(|state| {
                    let signature =
                        (class[state], self.next[state].map(|to| class[usize::from(to)]).to_vec());
                    let fresh = u32::try_from(numbers.len()).unwrap();
                    *numbers.entry(signature).or_insert(fresh)
                })
                .collect();
            class = refined;
            if numbers.len() == count {
                break;
            }
            count = numbers.len();
        }
        // Number the classes in the order in which they are found from the start; the dead one is 0.
        let dead = (0..self.next.len()).find(|state| {
            !self.accept[*state]
                && self.next[*state].iter().all(|to| class[usize::from(*to)] == class[*state])
        });
        let mut number = HashMap::new();
        let mut machine = Self { next: vec![[0; 256]], accept: vec![false] };
        if let Some(dead) = dead {
            number.insert(class[dead], 0_u16);
        }
        let mut queue = vec![0];
        assert!(number.insert(class[0], 1).is_none(), "a pattern that can never match");
        machine.next.push([0; 256]);
        machine.accept.push(self.accept[0]);
        while let Some(state) = queue.pop() {
            let from = usize::from(number[&class[state]]);
            for byte in 0..256 {
                let to = usize::from(self.next[state][byte]);
                let to_number = *number.entry(class[to]).or_insert_with(|| {
                    queue.push(to);
                    machine.next.push([0; 256]);
                    machine.accept.push(self.accept[to]);
                    u16::try_from(machine.next.len() - 1).unwrap()
                });
                machine.next[from][byte] = to_number;
            }
        }
        machine
    }

    fn step(&self, state: u16, bytes: &[u8]) -> u16 {
        bytes.iter().fold(state, |state, byte| self.next[usize::from(state)][usize::from(*byte)])
    }

    fn same(&self, other: &Self) -> bool {
        let mut seen = BTreeSet::from([(1, 1)]);
        let mut queue = vec![(1_u16, 1_u16)];
        while let Some((a, b)) = queue.pop() {
            if self.accept[usize::from(a)] != other.accept[usize::from(b)] {
                return false;
            }
            for byte in 0..256 {
                let to = (self.next[usize::from(a)][byte], other.next[usize::from(b)][byte]);
                if seen.insert(to) {
                    queue.push(to);
                }
            }
        }
        true
    }

    /// One byte of each set of bytes that this automaton and the byte classes treat alike.
    fn alphabet(&self) -> Vec<u8> {
        let mut seen = BTreeSet::new();
        (0..=255_u8)
            .filter(|byte| {
                let word = b"run".iter().position(|letter| letter == byte);
                let column: Vec<u16> =
                    self.next.iter().map(|row| row[usize::from(*byte)]).collect();
                seen.insert((column, class::OF[usize::from(*byte)], follow(*byte), word))
            })
            .collect()
    }

    fn lengths(&self) -> (u64, u16, u16) {
        let mut states = BTreeSet::from([1_u16]);
        let (mut lengths, mut min, mut max) = (0_u64, u16::MAX, 0);
        for length in 0..=400_u16 {
            if states.iter().any(|state| self.accept[usize::from(*state)]) {
                lengths |= 1 << length.min(63);
                min = min.min(length);
                max = length;
            }
            states = states
                .iter()
                .flat_map(|state| self.next[usize::from(*state)])
                .filter(|state| *state != 0)
                .collect();
        }
        (lengths, min, if states.is_empty() { max } else { u16::MAX })
    }
}

fn follow(byte: u8) -> usize {
    match byte {
        b'_' => 1,
        b'-' => 2,
        b':' => 3,
        _ => 0,
    }
}

/// The table, read from TOML.
pub(crate) struct Source {
    table: Table,
    atoms: BTreeMap<String, (String, Atom)>,
    lists: BTreeMap<String, Atom>,
    runs: Vec<(Run, String)>,
    automata: Vec<(Machine, String)>,
}

const CLASSES: [(&str, u16, &str); 11] = [
    ("DIGIT", class::DIGIT, "0-9"),
    ("HEX_LOWER", class::HEX_LOWER, "0-9a-f"),
    ("HEX", class::HEX, "0-9A-Fa-f"),
    ("BASE36", class::BASE36, "0-9a-z"),
    ("ALNUM", class::ALNUM, "0-9A-Za-z"),
    ("LOWER", class::LOWER, "a-z"),
    ("CROCKFORD", class::CROCKFORD, "0-9A-HJKMNP-TV-Za-hjkmnp-tv-z"),
    ("NONZERO", class::NONZERO, "1-9"),
    ("OCTAL", class::OCTAL, "0-7"),
    ("ZERO", class::ZERO, "0"),
    ("ONE", class::ONE, "1"),
];

fn class_name(bits: u16) -> &'static str {
    CLASSES.iter().find(|(_, of, _)| *of == bits).unwrap().0
}

impl Source {
    pub(crate) fn new() -> Self {
        let table: Table = SOURCE.parse().unwrap();
        let mut source = Self {
            atoms: BTreeMap::new(),
            lists: BTreeMap::new(),
            runs: Vec::new(),
            automata: Vec::new(),
            table,
        };
        for (name, regex) in source.table["atoms"].as_table().unwrap().clone() {
            let regex = regex.as_str().unwrap().to_string();
            let atom = source.atom_of(&name, &regex);
            source.atoms.insert(name, (regex, atom));
        }
        for (name, pattern) in source.table["composed"].as_table().unwrap().clone() {
            let pattern = pattern.as_str().unwrap().to_string();
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
            self.runs.push((run, name.to_string()));
            let index = u8::try_from(self.runs.len() - 1).unwrap();
            return Atom::Run { index, min, max, rest: run.rest };
        }
        self.automaton(name, machine, regex.ends_with('?') && regex.ends_with("*?"))
    }

    fn automaton(&mut self, name: &str, machine: Machine, lazy: bool) -> Atom {
        let (_, min, max) = machine.lengths();
        self.automata.push((machine, name.to_string()));
        Atom::Automaton { index: u8::try_from(self.automata.len() - 1).unwrap(), min, max, lazy }
    }

    fn words(&self, list: &str) -> Vec<String> {
        self.table["lists"][list]
            .as_array()
            .unwrap()
            .iter()
            .map(|word| word.as_str().unwrap().to_string())
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
            pattern.to_string()
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
            .map(|name| name.as_str().unwrap().to_string())
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
        if list { self.list_regex(name) } else { byte_regex(&self.atoms[name].0).to_string() }
    }

    fn role(&self, name: Option<&str>, atom: &str) -> Role {
        let has = |role: &str| self.names("roles", role).iter().any(|of| of == atom);
        super::template::role(name, has("counter"), has("random"))
    }
}

/// A character is a byte and the bytes that continue it.
fn byte_regex(regex: &str) -> &str {
    if regex == ".{1,8}" { r"(?:[\x00-\x7f\xc0-\xff][\x80-\xbf]*){1,8}" } else { regex }
}

/// The run of one class that has the same language, if there is one.
fn run_of(machine: &Machine) -> Option<Run> {
    let (lengths, ..) = machine.lengths();
    let bytes =
        |bits: u16| (0..=255_u8).filter(move |byte| class::OF[usize::from(*byte)] & bits != 0);
    for (_, rest, rest_set) in CLASSES {
        for (_, first, first_set) in CLASSES {
            if bytes(first).any(|byte| class::OF[usize::from(byte)] & rest == 0) {
                continue;
            }
            for zero in [false, true] {
                let tails: Vec<String> = (1..=63)
                    .filter(|length| lengths >> length & 1 != 0)
                    .map(|length| {
                        if length == 63 {
                            format!("[{rest_set}]{{62,}}")
                        } else {
                            format!("[{rest_set}]{{{}}}", length - 1)
                        }
                    })
                    .collect();
                let tails = if lengths == u64::MAX - 1 {
                    format!("[{rest_set}]*")
                } else {
                    tails.join("|")
                };
                let zero_regex = if zero { "0|" } else { "" };
                // Few candidates come this far: the first bytes have to agree.
                let firsts = (0..=255_u8).filter(|byte| machine.next[1][usize::from(*byte)] != 0);
                if !firsts.eq((0..=255_u8).filter(|byte| {
                    class::OF[usize::from(*byte)] & first != 0 || zero && *byte == b'0'
                })) {
                    continue;
                }
                if machine.same(&Machine::new(&format!("{zero_regex}[{first_set}](?:{tails})"))) {
                    return Some(Run { rest, first, zero, lengths });
                }
            }
        }
    }
    None
}

/// For one row: which answers of the pass over the text it admits.
struct Admits {
    tails: Vec<Vec<bool>>,
    unknown: Vec<[bool; 4]>,
    flags: [bool; FLAGS],
}

fn level(bits: u16) -> usize {
    (bits & 0x1f | 0x20).trailing_zeros() as usize
}

fn admits(machine: &Machine, words: &BTreeSet<String>) -> Admits {
    let alphabet = machine.alphabet();
    let to = |state: u16, byte: u8| machine.next[usize::from(state)][usize::from(byte)];
    let closure = |start: Vec<u16>, bytes: &dyn Fn(u8) -> bool| {
        let mut seen: BTreeSet<u16> = start.iter().copied().collect();
        let mut queue = start;
        while let Some(state) = queue.pop() {
            for byte in alphabet.iter().filter(|byte| bytes(**byte)) {
                let next = to(state, *byte);
                if next != 0 && seen.insert(next) {
                    queue.push(next);
                }
            }
        }
        seen
    };
    let inner = |byte: u8| follow(byte) == 0;
    let states = machine.next.len();
    // after[k]: states from which k segments more and the end can follow.
    let mut after = vec![machine.accept.clone()];
    for place in 0..2 {
        let before: Vec<bool> = (0..states)
            .map(|state| {
                let starts: Vec<u16> = alphabet
                    .iter()
                    .filter(|byte| !inner(**byte))
                    .map(|byte| to(u16::try_from(state).unwrap(), *byte))
                    .filter(|next| *next != 0)
                    .collect();
                closure(starts, &inner).iter().any(|next| after[place][usize::from(*next)])
            })
            .collect();
        after.push(before);
    }
    let all = closure(vec![1], &|_| true);
    let starts: BTreeSet<u16> = all
        .iter()
        .flat_map(|state| {
            alphabet.iter().filter(|byte| !inner(**byte)).map(|byte| to(*state, *byte))
        })
        .filter(|state| *state != 0)
        .chain([1])
        .collect();
    let mut tails = vec![vec![false; LEVELS * LENGTHS + 1]; 3];
    let mut frontier: BTreeSet<(u16, u16)> = starts.iter().map(|state| (*state, 0x1f)).collect();
    let mut seen = BTreeSet::new();
    for length in 0.. {
        for (state, bits) in &frontier {
            for (place, tail) in tails.iter_mut().enumerate() {
                tail[level(*bits) * LENGTHS + length.min(LENGTHS - 1)] |=
                    after[place][usize::from(*state)];
            }
        }
        frontier = frontier
            .iter()
            .flat_map(|(state, bits)| {
                alphabet
                    .iter()
                    .filter(|byte| inner(**byte))
                    .map(move |byte| (to(*state, *byte), bits & class::OF[usize::from(*byte)]))
            })
            .filter(|(state, _)| *state != 0)
            .collect();
        if length >= LENGTHS {
            frontier.retain(|pair| seen.insert(*pair));
        }
        if frontier.is_empty() {
            break;
        }
    }
    // A place is missing if the text has too few separators.
    let mut heads = closure(vec![1], &inner);
    for tail in tails.iter_mut().skip(1) {
        let last = tail.len() - 1;
        tail[last] = heads.iter().any(|state| machine.accept[usize::from(*state)]);
        let further: Vec<u16> = heads
            .iter()
            .flat_map(|state| {
                alphabet.iter().filter(|byte| !inner(**byte)).map(|byte| to(*state, *byte))
            })
            .filter(|state| *state != 0)
            .collect();
        heads.extend(closure(further, &inner));
    }
    Admits { tails, unknown: unknown_heads(machine, words), flags: flags(machine, &alphabet) }
}

/// By class and by what follows: whether a first word that is none of these can begin a text that fits.
fn unknown_heads(machine: &Machine, words: &BTreeSet<String>) -> Vec<[bool; 4]> {
    let mut unknown = vec![[false; 4]; LEVELS];
    let mut seen = BTreeSet::new();
    // The word so far is known by its letters only while it begins one of the words.
    let mut queue = vec![(1_u16, Some(String::new()), 0x1f_u16)];
    while let Some((state, so_far, bits)) = queue.pop() {
        if !so_far.as_ref().is_some_and(|word| words.contains(word)) {
            unknown[level(bits)][0] |= machine.accept[usize::from(state)];
            for byte in *b"_-:" {
                unknown[level(bits)][follow(byte)] |=
                    machine.next[usize::from(state)][usize::from(byte)] != 0;
            }
        }
        for byte in 0..=255_u8 {
            let next = machine.next[usize::from(state)][usize::from(byte)];
            if next == 0 || follow(byte) != 0 {
                continue;
            }
            let longer = so_far
                .as_ref()
                .filter(|_| byte.is_ascii())
                .map(|word| format!("{word}{}", char::from(byte)));
            let longer =
                longer.filter(|longer| words.iter().any(|word| word.starts_with(longer.as_str())));
            let item = (next, longer, bits & class::OF[usize::from(byte)]);
            if seen.insert(item.clone()) {
                queue.push(item);
            }
        }
    }
    unknown
}

/// By flags: whether a text that fits can have them.
fn flags(machine: &Machine, alphabet: &[u8]) -> [bool; FLAGS] {
    let mut found = [false; FLAGS];
    // Letters of `run` seen in this segment, digits seen in it (14: no longer that), what stands
    // before it, its length as far as it matters, flags of the segments before.
    let mut queue = vec![(1_u16, 0_u8, 0_u8, b'_', true, 0_usize)];
    let mut seen = BTreeSet::new();
    while let Some((state, run, digits, before, empty, flags)) = queue.pop() {
        let ms = if before == b'-' { DASH_MS } else { MS };
        let ended = flags
            | if run == 3 { RUN } else { 0 }
            | if digits == 13 { ms } else { 0 }
            | if empty { EMPTY } else { 0 };
        found[ended] |= machine.accept[usize::from(state)];
        for byte in alphabet {
            let next = machine.next[usize::from(state)][usize::from(*byte)];
            if next == 0 {
                continue;
            }
            let item = if follow(*byte) != 0 {
                (next, 0, 0, if *byte == b'-' { b'-' } else { b'_' }, true, ended)
            } else {
                let run = if b"run".get(usize::from(run)) == Some(byte) { run + 1 } else { 4 };
                let digits = if byte.is_ascii_digit() && digits < 13 { digits + 1 } else { 14 };
                (next, run, digits, before, false, flags)
            };
            if seen.insert(item) {
                queue.push(item);
            }
        }
    }
    found
}

/// A state from which in a plain text every end is accepted, or every end behind an alphanumeric byte.
fn plain_state(machine: &Machine) -> (usize, bool) {
    let alnum: Vec<u8> = (0..=255_u8).filter(u8::is_ascii_alphanumeric).collect();
    for state in 2..machine.next.len() {
        let to = |from: usize, byte: u8| usize::from(machine.next[from][usize::from(byte)]);
        let stays = |from: usize| alnum.iter().all(|byte| to(from, *byte) == state);
        if !machine.accept[state] || !stays(state) {
            continue;
        }
        let separated = [to(state, b'_'), to(state, b'-')];
        if separated == [state, state] {
            return (state, true);
        }
        if separated.iter().all(|next| !machine.accept[*next] && stays(*next)) {
            return (state, false);
        }
    }
    (0, false)
}

fn bytes_literal(bytes: &[u8]) -> String {
    let lines: Vec<String> = bytes
        .chunks(32)
        .map(|chunk| chunk.iter().map(|byte| format!("\\x{byte:02x}")).collect::<String>())
        .collect();
    format!("b\"{}\"", lines.join("\\\n        "))
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
        "Program {{ ops: Borrowed(&[{}]), bounds: Borrowed(&{:?}), literals: Borrowed({:?}), parts: Borrowed(&[{}]) }}",
        ops.join(", "),
        program.bounds,
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
    let kind = match super::template::kind_rule(text(row, "kind"), &program).unwrap() {
        super::table::Kind::None => "Kind::None".to_string(),
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
    let thread = super::template::thread_rule(text(row, "thread"), pattern, &program).unwrap();
    let user = super::template::user_rule(text(row, "user"), &program).unwrap();
    let group = text(row, "group")
        .map_or_else(|| "None".to_string(), |group| format!("Some(Group::{})", camel(group)));
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
        if when.is_empty() { "0".to_string() } else { when.join(" | ") },
        slot("T").unwrap_or(u8::MAX),
        slot("n").unwrap_or(u8::MAX),
        slot("date"),
        row.get("thread_is_prefix").is_some_and(|value| value.as_bool().unwrap()),
        program_literal(&program),
    )
}

/// Words that a first segment may be, and kind words.
fn head_words(source: &Source) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    let mut add = |text: &str| {
        words.extend(
            text.split(|c: char| !c.is_ascii_alphanumeric())
                .filter(|word| !word.is_empty())
                .map(str::to_string),
        );
    };
    fn literals(nodes: &[Node], add: &mut dyn FnMut(&str)) {
        for node in nodes {
            match node {
                Node::Literal(text) => add(text),
                Node::Choice(choices) => choices.iter().for_each(|choice| literals(choice, add)),
                Node::Part { .. } => {}
            }
        }
    }
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
                format!("0x{mask:x}")
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
            "    Word {{ text: {word:?}, rows: [{}], kind: {kind:?}, qualifier: {}, pairs: &[{}] }},",
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
        words.iter().map(|word| super::shape::word_key(word.as_bytes()).unwrap()).collect();
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
    let machines: Vec<Machine> =
        rows.iter().map(|row| Machine::new(&source.row_regex(row))).collect();
    let words = head_words(&source);
    let admits: Vec<Admits> = machines.iter().map(|machine| admits(machine, &words)).collect();
    let mask = |of: &dyn Fn(&Admits) -> bool| {
        admits
            .iter()
            .enumerate()
            .fold(0_u128, |mask, (index, row)| mask | u128::from(of(row)) << index)
    };
    let group = |name: &str| {
        rows.iter()
            .enumerate()
            .filter(|(_, row)| text(row, "group") == Some(name))
            .fold(0_u128, |mask, (index, _)| mask | 1 << index)
    };
    let mut out = String::from(
        "//! The table, compiled ahead of time. Generated from `legacy_formats.toml` by `generate.rs`; do not edit.\n//!\n\
         //! Refresh with `UPDATE_LEGACY=1 cargo test --lib legacy`. Invariant: one [`Row`] per row of the table, in its\n\
         //! order. The data goes to `shape.rs` and `matcher.rs`.\n\n\
         use alloc::borrow::Cow::Borrowed;\n\n\
         use super::refusal::Reason;\n\
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
            let by = text(row, "by").unwrap_or_default().replace(['[', ']', '<', '>'], "");
            writeln!(
                out,
                "    /// `{}`: {by}.\n    #[strum(serialize = {name:?})]\n    {},",
                text(row, "pattern").unwrap(),
                camel(name)
            )
            .unwrap();
        }
    }
    out.push_str("    /// A row of the application: its [row](super::LegacyId::row) has the name.\n    #[strum(disabled)]\n    Application,\n}\n\n");

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
    for (name, key) in [("GENERATED", "patterns"), ("GENERATED_LETTER", "letter_patterns")] {
        let patterns = source.names("generated", key);
        writeln!(
            out,
            "/// `[generated] {key}`.\npub(crate) static {name}: [Program; {}] = [",
            patterns.len()
        )
        .unwrap();
        for pattern in patterns {
            writeln!(
                out,
                "    {},",
                program_literal(&pattern::compile(&pattern, &source).unwrap())
            )
            .unwrap();
        }
        out.push_str("];\n\n");
    }
    let groups = ["run", "session", "base"].map(|name| format!("0x{:x}", group(name)));
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
    writeln!(out, "/// The rows with the list `op`, which an application may extend.\npub(crate) const OP_ROWS: u128 = 0x{op_rows:x};\n").unwrap();
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
            "    // {name}\n    Run {{ rest: class::{}, first: class::{}, zero: {}, lengths: 0x{:x} }},",
            class_name(run.rest),
            class_name(run.first),
            run.zero,
            run.lengths
        )
        .unwrap();
    }
    out.push_str("];\n\n");
    automata_literal(&source, &mut out);

    atoms_literal(&source, &mut out);

    let (multiplier, shift, slots) = perfect(&words);
    writeln!(
        out,
        "/// First words and kind words.\npub(crate) static WORDS: [Word; {}] = [\n{}];\n",
        words.len(),
        words_literal(&source, &words, &machines)
    )
    .unwrap();
    writeln!(
        out,
        "/// The size of the hash table of words.\npub(crate) const HEAD_SLOTS: usize = {};",
        slots.len()
    )
    .unwrap();
    writeln!(out, "/// A multiplier under which no two words collide.\npub(crate) const HEAD_MULTIPLIER: u64 = 0x{multiplier:x};").unwrap();
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
                    .map(|place| format!("0x{:x}", mask(&|row| row.unknown[level][place])))
                    .collect::<Vec<_>>()
                    .join(", ")
            )
        })
        .collect();
    writeln!(out, "/// The rows that another first word allows, by its class and what follows it.\npub(crate) static UNKNOWN_HEADS: [[u128; 4]; {LEVELS}] = [{}];\n", unknown.join(", ")).unwrap();
    let flags: Vec<String> =
        (0..FLAGS).map(|flags| format!("0x{:x}", mask(&|row| row.flags[flags]))).collect();
    writeln!(out, "/// The rows that a set of flags of the pass over the text allows.\npub(crate) static FLAG_ROWS: [u128; {FLAGS}] = [{}];\n", flags.join(", ")).unwrap();
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
    let sets: Vec<String> = sets.iter().map(|set| format!("0x{set:x}")).collect();
    writeln!(out, "/// Sets of rows that a segment at the end allows.\npub(crate) static TAIL_SETS: [u128; {}] = [{}];\n", sets.len(), sets.join(", ")).unwrap();
    writeln!(
        out,
        "/// For the last segment, the one before, and the one before that: the set, by class and length; the last entry is for none.\npub(crate) static TAIL_ROWS: [&[u8; {}]; 3] = [{}];",
        LEVELS * LENGTHS + 1,
        indexes.join(", ")
    )
    .unwrap();
    out
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
            .map(|(name, (regex, atom))| (name, byte_regex(regex).to_string(), atom))
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
            "    Automaton {{\n        name: {name:?},\n        classes: {},\n        stride: {},\n        accepting: {accepting},\n        sink: {sink},\n        plain: {plain},\n        plain_all: {plain_all},\n        next: {},\n    }},",
            bytes_literal(&classes),
            columns.len(),
            bytes_literal(&next)
        )
        .unwrap();
    }
    out.push_str("];\n\n");
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

/// The documentation page.
fn page() -> String {
    let source = Source::new();
    let mut out = String::from(PAGE);
    out.push_str("| row | format | pattern | kind | thread | user | group, conditions |\n| ---: | --- | --- | --- | --- | --- | --- |\n");
    let code = |text: Option<&str>| {
        text.map_or_else(String::new, |text| format!("`{}`", text.replace('|', "\\|")))
    };
    for (index, row) in source.rows().iter().enumerate() {
        let name = text(row, "name").map_or_else(
            || format!("refused: {}", text(row, "refuse").unwrap()),
            |name| format!("`{name}`"),
        );
        let mut notes: Vec<String> = Vec::new();
        notes.extend(text(row, "group").map(|group| format!("group {group}")));
        if let Some(when) = row.get("when") {
            let when: Vec<&str> =
                when.as_array().unwrap().iter().map(|of| of.as_str().unwrap()).collect();
            notes.push(format!("when {}", when.join(" or ")));
        }
        notes.extend(text(row, "guard").map(|guard| format!("guard {guard}")));
        if row.get("thread_is_prefix").is_some() {
            notes.push("the thread is a prefix".to_string());
        }
        writeln!(
            out,
            "| {} | {name} | {} | {} | {} | {} | {} |",
            index + 1,
            code(text(row, "pattern")),
            text(row, "kind").unwrap_or_default(),
            code(text(row, "thread")),
            code(text(row, "user")),
            notes.join(", ")
        )
        .unwrap();
    }
    out.push_str("\n## Evidence\n\n| row | example | written by |\n| ---: | --- | --- |\n");
    for (index, row) in source.rows().iter().enumerate() {
        let by = text(row, "by").unwrap_or_default().replace('|', "\\|").replace('<', "&lt;");
        writeln!(out, "| {} | `{}` | {by} |", index + 1, text(row, "example").unwrap()).unwrap();
    }
    out.push_str("\n## Atoms\n\nRegular expressions without look-around, over whole ASCII characters; `.` is any character.\n\n| atom | text |\n| --- | --- |\n");
    let composed = source.table["composed"].as_table().unwrap();
    for (name, (regex, _)) in &source.atoms {
        let shown = composed.get(name).and_then(Value::as_str).unwrap_or(regex);
        writeln!(out, "| `{name}` | {} |", code(Some(shown))).unwrap();
    }
    out.push_str("\n## Lists\n\n`x_*` stands for `x_` and at least one of `a-z` and `_`.\n\n| list | words |\n| --- | --- |\n");
    for name in source.table["lists"].as_table().unwrap().keys() {
        let words: Vec<String> =
            source.words(name).iter().map(|word| format!("`{word}`")).collect();
        writeln!(out, "| `{name}` | {} |", words.join(" ")).unwrap();
    }
    out.push_str("\n## Kind words\n\n| kind | words |\n| --- | --- |\n");
    let mut kinds: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (word, kind) in source.table["kind_words"].as_table().unwrap() {
        kinds.entry(kind.as_str().unwrap()).or_default().push(format!("`{word}`"));
    }
    for (kind, words) in kinds {
        writeln!(out, "| {kind} | {} |", words.join(" ")).unwrap();
    }
    out.push_str(
        "\n## Dialects\n\n| dialect | formats that go first in their groups |\n| --- | --- |\n",
    );
    for dialect in source.table["dialects"].as_table().unwrap().keys() {
        let names: Vec<String> =
            source.names("dialects", dialect).iter().map(|name| format!("`{name}`")).collect();
        writeln!(out, "| {dialect} | {} |", names.join(" ")).unwrap();
    }
    let generated = ["patterns", "letter_patterns"].map(|key| {
        source
            .names("generated", key)
            .iter()
            .map(|of| format!("`{of}`"))
            .collect::<Vec<_>>()
            .join(", ")
    });
    write!(out, "\n## Generated threads\n\nThe condition `generated` holds if the thread as a whole fits one of {}, or one of {} with a letter a-f (or A-F) after its last `_`.\n", generated[0], generated[1]).unwrap();
    out
}

const PAGE: &str = include_str!("page.md");

#[test]
fn the_page_is_what_the_table_says() {
    check_file("docs/spec/legacy-formats.md", &page());
}

#[test]
fn formats_are_what_the_table_says() {
    check_file("src/legacy/formats.rs", &formats());
}
