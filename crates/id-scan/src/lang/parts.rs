//! What is built into one id is one finding: where parts of ids - times, random digits, digests -
//! are given to one place, one of them stands for all, and none beside a whole id.
//!
//! Every language brings its parts here.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::Use;
use crate::tracked::Family;

/// A part of an id, and the place where its id is given away.
#[derive(Debug)]
pub(crate) struct Part {
    /// The token at which the search for the target ended: one for all parts of one id.
    pub(crate) mark: u32,
    /// The scope in which it stands, by the language's own count.
    pub(crate) scope: u32,
    pub(crate) found: Use,
}

/// Leaves one finding for each id: none where a whole id is given to the same place (`whole` holds
/// those marks, sorted), else the part that says most.
pub(crate) fn one_for_each_id(parts: Vec<Part>, whole: &[u32]) -> Vec<Part> {
    let rank = |family: Family| match family {
        Family::Random => 0,
        Family::Digest => 1,
        Family::Identity => 2,
        Family::Time => 3,
        _ => 4,
    };
    let key = |part: &Part| (rank(part.found.family), part.found.start);
    let mut best: HashMap<u32, Part> = HashMap::new();
    for part in parts.into_iter().filter(|part| whole.binary_search(&part.mark).is_err()) {
        match best.entry(part.mark) {
            Entry::Vacant(empty) => {
                empty.insert(part);
            }
            Entry::Occupied(mut known) if key(&part) < key(known.get()) => {
                known.insert(part);
            }
            Entry::Occupied(_) => {}
        }
    }
    let mut parts: Vec<_> = best.into_values().collect();
    parts.sort_by_key(|part| part.found.start);
    parts
}
