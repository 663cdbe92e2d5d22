//! Texts to hold two readers against each other: mutated ids of the corpus, ids made from the table's
//! grammar with hostile threads inside, and random words. Deterministic: a seed gives the same texts.

use std::collections::BTreeMap;

use regex_syntax::hir::{Class, Hir, HirKind};
use toml::Table;

pub(crate) const IDS: &str = include_str!("../../corpora/legacy_ids.jsonl");
pub(crate) const NOT_IDS: &str = include_str!("../../corpora/not_ids.jsonl");

/// The texts of all rows of both corpora.
pub(crate) fn texts() -> Vec<String> {
    let id = |line: &str| {
        serde_json::from_str::<serde_json::Value>(line).unwrap()["id"].as_str().unwrap().to_owned()
    };
    IDS.lines().chain(NOT_IDS.lines()).map(id).collect()
}

/// A small generator of pseudo-random numbers (splitmix64); no test asks more of it.
pub(crate) struct Rng(pub(crate) u64);

impl Rng {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap()
    }

    pub(crate) fn pick<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
        of[self.below(of.len())]
    }
}

/// Threads and users that a reader may stumble over.
const HOSTILE: [&str; 44] = [
    "al",
    "alice",
    "alice2",
    "a_run_b",
    "run_",
    "run",
    "thread_",
    "thread_x",
    "thread_thread_x",
    "thread_x_run_1_a1b2c3d4",
    "12345",
    "1",
    "1756000000000",
    "x_1756000000000",
    "a1b2c3d4",
    "x_a1b2c3d4",
    "x_12345_a1b2c3d4",
    "context",
    "session",
    "chat_7",
    "websocket_factory",
    "n\u{430}me",
    "\u{ff52}un_x",
    "na\u{ef}ve \u{1f680}",
    "a b",
    " a",
    "a ",
    "a..b",
    "a\0b",
    "_",
    "_a",
    "a_",
    "-",
    "a-b",
    "a:b",
    "a.b@c",
    "session_12345_a1b2c3d4",
    "session_1756000000000_a1b2c3d4",
    "0000000000000000",
    "01k5fz3t8v6y2n4m7q9r0s1t2w",
    "5e3cb4fc-741b-4187-8faf-c85e47af437d",
    "x_5e3cb4fc-741b-4187-8faf-c85e47af437d",
    "thread_a1b2c3d4",
    "demo-thread-5e3cb4fc-741b-4187-8faf-c85e47af437d",
];

/// Single segments that mean something to some row.
const SEGMENTS: [&str; 30] = [
    "1756000000000",
    "1756000012345",
    "1999999999999",
    "2756000000000",
    "1756000000",
    "12345",
    "0",
    "7",
    "007",
    "1234567",
    "12345678",
    "a1b2c3d4",
    "A1B2C3D4",
    "a1b2c3d",
    "a1b2c3d4e",
    "a1b2c3d4e5f6",
    "a1b2c3d4e5f6a7b8",
    "zz9",
    "abcdefghi",
    "20250916",
    "015632",
    "20260230",
    "run",
    "thread",
    "x",
    "",
    "new",
    "ws",
    "L",
    "5e3cb4fc",
];

pub(crate) struct Cases {
    corpus: Vec<String>,
    table: Table,
    atoms: BTreeMap<String, Hir>,
    words: Vec<String>,
}

impl Cases {
    pub(crate) fn new() -> Self {
        let table: Table = super::oracle::TABLE.parse().unwrap();
        let atom = |(name, regex): (&String, &toml::Value)| {
            let regex = regex_syntax::parse(regex.as_str().unwrap()).unwrap();
            (name.clone(), regex)
        };
        let atoms = table["atoms"].as_table().unwrap().iter().map(atom).collect();
        let mut words: Vec<String> = Vec::new();
        for list in table["lists"].as_table().unwrap().values() {
            words.extend(
                list.as_array()
                    .unwrap()
                    .iter()
                    .map(|word| word.as_str().unwrap().replace('*', "x_y")),
            );
        }
        words.extend(table["kind_words"].as_table().unwrap().keys().cloned());
        for row in table["format"].as_array().unwrap() {
            let pattern = row["pattern"].as_str().unwrap();
            words.extend(
                pattern
                    .split(|c: char| !c.is_ascii_alphabetic())
                    .filter(|word| !word.is_empty())
                    .map(str::to_owned),
            );
        }
        Self { corpus: texts(), table, atoms, words }
    }

    /// The next text: one of all sorts.
    pub(crate) fn next(&self, rng: &mut Rng) -> String {
        let mut text = match rng.below(8) {
            0..=2 => self.mutated(rng),
            3..=5 => self.generated(rng),
            6 => self.random(rng),
            _ => Self::generated_run(rng),
        };
        if rng.below(40) == 0 {
            // As long as an id may be, or one byte longer.
            let pad = 512_usize.saturating_sub(text.len()) + rng.below(2);
            let at = text
                .char_indices()
                .map(|(at, _)| at)
                .nth(rng.below(text.chars().count().max(1)))
                .unwrap_or(0);
            let piece = rng.pick(&[
                "a",
                "_",
                "_a",
                "-",
                "1",
                "_run_",
                "x_1756000000000_",
                "_thread_a_run_1_a1b2c3d4",
            ]);
            let fill: String = piece.chars().cycle().take(pad).collect();
            text.insert_str(at, &fill);
        }
        text
    }

    /// An id of any row, by its grammar.
    pub(crate) fn generated(&self, rng: &mut Rng) -> String {
        let rows = self.table["format"].as_array().unwrap();
        let row = rng.below(rows.len());
        self.of_row(rng, rows[row]["pattern"].as_str().unwrap())
    }

    /// An id of one row.
    pub(crate) fn of_row(&self, rng: &mut Rng, pattern: &str) -> String {
        let mut out = String::new();
        let rest = self.sequence(rng, pattern, &mut out);
        assert!(rest.is_empty(), "{pattern}: {rest}");
        out
    }

    /// A hostile name, or two that are joined.
    pub(crate) fn hostile(rng: &mut Rng) -> String {
        let (first, second) = (rng.pick(&HOSTILE), rng.pick(&HOSTILE));
        let join = rng.pick(&["", "_", "-"]);
        if rng.below(2) == 0 { first.to_owned() } else { format!("{first}{join}{second}") }
    }

    /// A run id with a hostile thread inside, as three generators wrote them.
    fn generated_run(rng: &mut Rng) -> String {
        let thread = Self::hostile(rng);
        let second = rng.pick(&HOSTILE);
        let number = rng.pick(&[
            "12345",
            "1",
            "0",
            "00",
            "123",
            "1234567",
            "1756000000000",
            "1756000012345_12345",
            "1756000000007_7",
        ]);
        let join = rng.pick(&["", "_", "-"]);
        match rng.below(6) {
            0 => format!("run_{thread}{join}{second}_{number}_a1b2c3d4"),
            1 => format!("thread_{thread}{join}{second}_run_{number}_a1b2c3d4"),
            2 => format!("run_{thread}_A1B2C3D4"),
            3 => format!("{second}_thread_{thread}_run_{number}_a1b2c3d4_1756000000000"),
            4 => format!("tool_exec_run_{thread}_{number}_a1b2c3d4_{second}_1756000000000"),
            _ => format!("thread_{thread}{join}{second}"),
        }
    }

    fn sequence<'p>(&self, rng: &mut Rng, mut rest: &'p str, out: &mut String) -> &'p str {
        while let Some(next) = rest.chars().next() {
            match next {
                '|' | ')' | ']' => return rest,
                '(' | '[' => {
                    let mut choices = vec![String::new()];
                    rest = &rest[1..];
                    loop {
                        rest = self.sequence(rng, rest, choices.last_mut().unwrap());
                        let end = rest.chars().next().unwrap();
                        rest = &rest[1..];
                        if end != '|' {
                            break;
                        }
                        choices.push(String::new());
                    }
                    if next == '[' {
                        choices.push(String::new());
                    }
                    out.push_str(&choices[rng.below(choices.len())]);
                }
                '{' => {
                    let (inside, after) = rest[1..].split_once('}').unwrap();
                    rest = after;
                    self.part(rng, inside.split_once(':').map_or(inside, |(_, of)| of), out);
                }
                literal => {
                    out.push(literal);
                    rest = &rest[1..];
                }
            }
        }
        rest
    }

    fn part(&self, rng: &mut Rng, of: &str, out: &mut String) {
        if let Some(list) = of.strip_prefix('@') {
            let words = self.table["lists"][list].as_array().unwrap();
            out.push_str(&words[rng.below(words.len())].as_str().unwrap().replace('*', "a_b"));
        } else if let Some(pattern) = self.table["composed"].get(of) {
            self.sequence(rng, pattern.as_str().unwrap(), out);
        } else if matches!(of, "text" | "thread" | "short" | "first8" | "open")
            || rng.below(30) == 0
        {
            out.push_str(rng.pick(&HOSTILE));
        } else if of == "stamp" || of == "micro" {
            out.push_str(
                &rng.pick(&["20250916-015632", "20260228-235959"])
                    .replace('-', if of == "stamp" { "-" } else { "_" }),
            );
        } else if of == "minute" {
            out.push_str("2026-01-14-0002-");
        } else {
            sample(rng, &self.atoms[of], out);
        }
    }

    /// An id of the corpus with something done to it.
    fn mutated(&self, rng: &mut Rng) -> String {
        let mut text = self.corpus[rng.below(self.corpus.len())].clone();
        for _ in 0..=rng.below(3) {
            text = self.mutate(rng, &text);
        }
        text
    }

    fn mutate(&self, rng: &mut Rng, text: &str) -> String {
        // Segments with the separators between them.
        let mut pieces: Vec<String> = vec![String::new()];
        for character in text.chars() {
            if matches!(character, '_' | '-' | ':') {
                pieces.push(character.to_string());
                pieces.push(String::new());
            } else {
                pieces.last_mut().unwrap().push(character);
            }
        }
        let at = rng.below(pieces.len());
        match rng.below(11) {
            0 => pieces[at].clear(),
            1 => pieces.insert(at, format!("{}_", rng.pick(&SEGMENTS))),
            2 => {
                let other = rng.below(pieces.len());
                pieces.swap(at, other);
            }
            3 => pieces.insert(at, pieces[at].clone()),
            4 => rng.pick(&SEGMENTS).clone_into(&mut pieces[at]),
            5 => pieces[at].clone_from(&self.words[rng.below(self.words.len())]),
            6 => {
                let digit = char::from(b"0123456789abcdefgxzAFG_-:. @"[rng.below(28)]);
                let count = pieces[at].chars().count().max(1);
                let place = rng.below(count);
                pieces[at] = pieces[at]
                    .chars()
                    .enumerate()
                    .map(|(index, c)| if index == place { digit } else { c })
                    .collect();
            }
            7 => pieces.push(format!("_{}", self.corpus[rng.below(self.corpus.len())])),
            8 => {
                pieces.pop();
            }
            9 => rng.pick(&HOSTILE).clone_into(&mut pieces[at]),
            _ => pieces.insert(
                0,
                format!(
                    "{}{}",
                    self.words[rng.below(self.words.len())],
                    rng.pick(&["_", "-", ":"])
                ),
            ),
        }
        pieces.concat()
    }

    /// Words, segments and single characters in a row.
    fn random(&self, rng: &mut Rng) -> String {
        let mut text = String::new();
        for _ in 0..=rng.below(9) {
            match rng.below(6) {
                0 | 1 => text.push_str(&self.words[rng.below(self.words.len())]),
                2 | 3 => text.push_str(rng.pick(&SEGMENTS)),
                4 => text.push_str(rng.pick(&HOSTILE)),
                _ => (0..rng.below(12)).for_each(|_| {
                    text.push(char::from(
                        b"abcdefghijklmnopqrstuvwxyz0123456789_-:.@ "[rng.below(42)],
                    ));
                }),
            }
            text.push_str(rng.pick(&["_", "_", "_", "-", "-", ":", ""]));
        }
        if rng.below(2) == 0 {
            text.pop();
        }
        text
    }
}

/// A text of a regular expression.
fn sample(rng: &mut Rng, hir: &Hir, out: &mut String) {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => out.push_str(std::str::from_utf8(&literal.0).unwrap()),
        HirKind::Class(Class::Unicode(class)) => {
            let range = class.ranges()[rng.below(class.ranges().len())];
            let (start, end) = (u32::from(range.start()), u32::from(range.end()).min(0x7e));
            let span = usize::try_from(end.saturating_sub(start)).unwrap() + 1;
            out.push(char::from_u32(start + u32::try_from(rng.below(span)).unwrap()).unwrap());
        }
        HirKind::Class(Class::Bytes(class)) => {
            out.push(char::from(class.ranges()[rng.below(class.ranges().len())].start()));
        }
        HirKind::Repetition(repetition) => {
            let max = repetition.max.unwrap_or(repetition.min + 4);
            let span = usize::try_from(max - repetition.min).unwrap() + 1;
            let count = repetition.min + u32::try_from(rng.below(span)).unwrap();
            (0..count).for_each(|_| sample(rng, &repetition.sub, out));
        }
        HirKind::Capture(capture) => sample(rng, &capture.sub, out),
        HirKind::Concat(parts) => parts.iter().for_each(|part| sample(rng, part, out)),
        HirKind::Alternation(parts) => {
            let at = rng.below(parts.len());
            sample(rng, &parts[at], out);
        }
    }
}
