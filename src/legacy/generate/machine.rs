//! What the generator asks of patterns: their smallest automata, and which answers of the pass over a text
//! each row admits.
//!
//! Invariant: sets of rows are exact or too large, never too small. The results go to `formats.rs`.

use std::collections::{BTreeSet, HashMap};
use std::string::String;
use std::vec::Vec;
use std::{format, vec};

use regex_automata::dfa::{Automaton as _, StartKind, dense};
use regex_automata::nfa::thompson;
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input, MatchKind};

use crate::legacy::shape::{DASH_MS, EMPTY, FLAGS, LENGTHS, LEVELS, MS, RUN};
use crate::legacy::table::{Run, class};

/// A complete automaton over bytes; state 0 is dead, state 1 the start.
#[derive(Clone)]
pub(super) struct Machine {
    pub(super) next: Vec<[u16; 256]>,
    pub(super) accept: Vec<bool>,
}

impl Machine {
    /// Builds the smallest automaton of a regular expression over bytes.
    pub(super) fn new(regex: &str) -> Self {
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

    pub(super) fn step(&self, state: u16, bytes: &[u8]) -> u16 {
        bytes.iter().fold(state, |state, byte| self.next[usize::from(state)][usize::from(*byte)])
    }

    pub(super) fn same(&self, other: &Self) -> bool {
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

    pub(super) fn lengths(&self) -> (u64, u16, u16) {
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

pub(super) fn class_name(bits: u16) -> &'static str {
    CLASSES.iter().find(|(_, of, _)| *of == bits).unwrap().0
}

/// The run of one class that has the same language, if there is one.
pub(super) fn run_of(machine: &Machine) -> Option<Run> {
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
pub(super) struct Admits {
    pub(super) tails: Vec<Vec<bool>>,
    pub(super) unknown: Vec<[bool; 4]>,
    pub(super) flags: [bool; FLAGS],
}

fn level(bits: u16) -> usize {
    (bits & 0x1f | 0x20).trailing_zeros() as usize
}

impl Admits {
    /// Asks the automaton of a row.
    pub(super) fn new(machine: &Machine, words: &BTreeSet<String>) -> Self {
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
        let mut frontier: BTreeSet<(u16, u16)> =
            starts.iter().map(|state| (*state, 0x1f)).collect();
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
pub(super) fn plain_state(machine: &Machine) -> (usize, bool) {
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
