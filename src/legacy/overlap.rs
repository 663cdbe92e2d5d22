//! Whether two patterns have a text in common, and whether some patterns leave anything of another.
//!
//! Each pattern becomes an automaton over bytes whose states are made only as far as they are reached,
//! and the product of two or more is searched from the start, breadth first: the text that is found
//! is a shortest one. Exact for patterns; conditions, guards and calendars are not known here.
//!
//! Invariant: texts hold only ASCII letters, digits and the marks of [`LETTERS`], which loses nothing: a part
//! that takes another character takes one of these in its place. Used by `rows.rs` while loading.

use alloc::collections::{BTreeSet, VecDeque};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use alloc::{format, vec};

use regex_automata::hybrid::LazyStateID;
use regex_automata::hybrid::dfa::{Cache, DFA};
use regex_automata::nfa::thompson;
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input, MatchKind};

/// What texts are made of, the plainest first.
const LETTERS: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-:@./+~#";

/// The most states that a search looks at; a search that ends there has found nothing.
const STATES: usize = 200_000;

/// A pattern as an automaton that is made while it is walked.
pub(crate) struct Language {
    dfa: DFA,
    cache: Cache,
}

impl Language {
    pub(crate) fn new(regex: &str) -> Result<Self, String> {
        let dfa = DFA::builder()
            .syntax(syntax::Config::new().unicode(false).utf8(false).dot_matches_new_line(true))
            .thompson(thompson::Config::new().utf8(false))
            .configure(DFA::config().match_kind(MatchKind::All).cache_capacity(64 << 20))
            .build(regex)
            .map_err(|error| error.to_string())?;
        let cache = dfa.create_cache();
        Ok(Self { dfa, cache })
    }

    fn start(&mut self) -> Result<LazyStateID, String> {
        let input = Input::new("").anchored(Anchored::Yes);
        self.dfa.start_state_forward(&mut self.cache, &input).map_err(|error| error.to_string())
    }

    fn next(&mut self, state: LazyStateID, byte: u8) -> Result<LazyStateID, String> {
        self.dfa.next_state(&mut self.cache, state, byte).map_err(|error| error.to_string())
    }

    fn accepts(&mut self, state: LazyStateID) -> Result<bool, String> {
        self.dfa
            .next_eoi_state(&mut self.cache, state)
            .map(|state| state.is_match())
            .map_err(|error| error.to_string())
    }
}

/// Finds a shortest text that is in all languages of `inside` and in none of `outside`, by their indexes.
pub(crate) fn find(
    languages: &mut [Language],
    inside: &[usize],
    outside: &[usize],
) -> Result<Search, String> {
    let fixed = inside.len();
    let members: Vec<usize> = inside.iter().chain(outside).copied().collect();
    let start = members.iter().map(|at| languages[*at].start()).collect::<Result<Vec<_>, _>>()?;
    let mut seen = BTreeSet::from([start.clone()]);
    // Each place knows from where it was reached, so that the text can be read back.
    let mut places = vec![(start, usize::MAX, 0_u8)];
    let mut queue = VecDeque::from([0]);
    while let Some(place) = queue.pop_front() {
        let states = places[place].0.clone();
        let mut wanted = true;
        for (at, member) in members.iter().enumerate() {
            wanted &= languages[*member].accepts(states[at])? == (at < fixed);
        }
        if wanted {
            return Ok(Search::Found(text(&places, place)));
        }
        for byte in LETTERS {
            let mut next = Vec::with_capacity(states.len());
            for (member, state) in members.iter().zip(&states) {
                next.push(languages[*member].next(*state, *byte)?);
            }
            if next[..fixed].iter().any(regex_automata::hybrid::LazyStateID::is_dead)
                || !seen.insert(next.clone())
            {
                continue;
            }
            if places.len() == STATES {
                return Ok(Search::GivenUp);
            }
            places.push((next, place, *byte));
            queue.push_back(places.len() - 1);
        }
    }
    Ok(Search::Nothing)
}

/// How a search ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Search {
    Found(String),
    Nothing,
    GivenUp,
}

fn text(places: &[(Vec<LazyStateID>, usize, u8)], mut place: usize) -> String {
    let mut bytes = Vec::new();
    while places[place].1 != usize::MAX {
        bytes.push(places[place].2);
        place = places[place].1;
    }
    bytes.reverse();
    String::from_utf8(bytes).unwrap_or_else(|error| format!("{error}"))
}
