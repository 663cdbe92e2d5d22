//! What is known and may stay: a multiset of keys in a text of one line per key, and what of a scan
//! is new against it.
//!
//! ```text
//! # id-lint baseline, version 1
//! auth/session.py <tab> UID001 <tab> SessionStore.create <tab> user_id=str(uuid.uuid4())
//! auth/tokens.py  <tab> UID003 <tab> -                   <tab> TOKEN=uuid.uuid4().hex[:8] <tab> x2
//! ```
//!
//! Lines are sorted by path, rule, scope and snippet; `x2` says that there are two of the key. There
//! are no line numbers and no totals, so that an unrelated change of the tree changes no line.
//! Invariant: an entry lets pass one finding with its key, or one with the key but for its path if
//! the entry's file is gone and the finding's file is one that the baseline does not know: a file
//! that was renamed or taken apart. No finding passes without an entry. Keys come from `key.rs`.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write as _;

use crate::error::{ScanError, ScanErrorKind};
use crate::key::Key;
use crate::rules::RuleId;

/// The first line.
const HEADER: &str = "# id-lint baseline, version 1";

/// The findings that are known.
///
/// ```
/// use id_scan::{Baseline, Key, RuleId};
///
/// let key = |snippet: &str| Key {
///     path: "app.py".into(),
///     rule: RuleId::RawUuidCall,
///     scope: String::new(),
///     snippet: snippet.into(),
/// };
/// let baseline = Baseline::of([key("a=uuid.uuid4()")]);
/// assert_eq!(Baseline::parse(&baseline.to_text())?, baseline);
/// // One finding was swapped for another: one is new, one entry is left over.
/// let compared = baseline.compare(&[(key("b=uuid.uuid4()"), false)], |_| true, |_| true);
/// assert_eq!((compared.new.len(), compared.stale.len()), (1, 1));
/// # Ok::<(), id_scan::ScanError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    entries: BTreeMap<Key, u32>,
}

/// What a scan is against a baseline.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Comparison {
    /// The findings that no entry lets pass, by their index, ascending.
    pub new: Vec<usize>,
    /// Entries that nothing was found for, and how many of each.
    pub stale: Vec<(Key, u32)>,
    /// Files that are gone, and the files in which their findings were found, with their number.
    pub moved: Vec<(String, String, u32)>,
    /// The baseline without what is stale, with what moved in its new place.
    pub pruned: Baseline,
}

impl Baseline {
    /// Makes the baseline of keys; equal ones count.
    #[must_use]
    pub fn of(keys: impl IntoIterator<Item = Key>) -> Self {
        let mut baseline = Self::default();
        for key in keys {
            baseline.add(key, 1);
        }
        baseline
    }

    /// How many findings are known.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.values().map(|&count| count as usize).sum()
    }

    /// Whether nothing is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Returns the keys with their numbers, in the order of the text.
    pub fn entries(&self) -> impl Iterator<Item = (&Key, u32)> {
        self.entries.iter().map(|(key, &count)| (key, count))
    }

    fn add(&mut self, key: Key, count: u32) {
        if count > 0 {
            let entry = self.entries.entry(key).or_default();
            *entry = entry.saturating_add(count);
        }
    }

    /// Adds the entries of another baseline.
    pub fn extend(&mut self, other: Self) {
        for (key, count) in other.entries {
            self.add(key, count);
        }
    }

    /// Reads the text of a baseline, in any order of lines and with any ends of lines.
    ///
    /// # Errors
    ///
    /// `Baseline`, with the line, if the text is none: of another version, with a conflict that was
    /// not resolved, with a key twice, cut off.
    pub fn parse(text: &str) -> Result<Self, ScanError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut lines = (1..).zip(text.lines());
        let wrong = |line: usize, what: String| {
            Err(ScanError::about(ScanErrorKind::Baseline, format!("line {line}: {what}")))
        };
        let mut baseline = Self::default();
        match lines.next() {
            Some((_, HEADER)) => {}
            Some((line, other)) if is_conflict(other) => return wrong(line, CONFLICT.to_owned()),
            _ => return wrong(1, format!("it does not begin with `{HEADER}`")),
        }
        if !text.ends_with('\n') {
            return wrong(
                text.lines().count(),
                "it is cut off: the last line has no end".to_owned(),
            );
        }
        for (number, line) in lines {
            if line.is_empty() {
                continue;
            }
            if is_conflict(line) {
                return wrong(number, CONFLICT.to_owned());
            }
            match entry(line) {
                Ok((key, _)) if baseline.entries.contains_key(&key) => {
                    return wrong(number, "the key stands in a line above already".to_owned());
                }
                Ok((key, count)) => baseline.add(key, count),
                Err(what) => return wrong(number, what),
            }
        }
        Ok(baseline)
    }

    /// Writes the text of the baseline: the same for equal baselines.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = format!("{HEADER}\n");
        for (key, count) in &self.entries {
            escape(&mut text, &key.path);
            for field in [key.rule.code(), &key.scope, &key.snippet] {
                text.push('\t');
                escape(&mut text, field);
            }
            if *count > 1 {
                // Writing to a string cannot fail.
                let _ = write!(text, "\tx{count}");
            }
            text.push('\n');
        }
        text
    }

    /// Compares what was found with what is known.
    ///
    /// `found` are the keys of all findings that were looked for, in their order, and whether each
    /// stands on a line that is known to be new: of equal findings, those are the new ones. `exists`
    /// says whether a path is a file, `looked` whether the scan would have found what is in it.
    #[must_use]
    pub fn compare(
        &self,
        found: &[(Key, bool)],
        exists: impl Fn(&str) -> bool,
        looked: impl Fn(&str) -> bool,
    ) -> Comparison {
        let mut left = self.entries.clone();
        let mut order: Vec<usize> = (0..found.len()).collect();
        order.sort_by_key(|&at| found.get(at).is_some_and(|(_, on_new_line)| *on_new_line));
        let mut comparison = Comparison::default();
        let mut over = Vec::new();
        for at in order {
            let Some((key, _)) = found.get(at) else { continue };
            match left.get_mut(key) {
                Some(count) if *count > 0 => {
                    *count -= 1;
                    comparison.pruned.add(key.clone(), 1);
                }
                _ => over.push(at),
            }
        }
        over.sort_unstable();
        // What files that are gone have left, by all but their path; the first path comes first.
        let known: HashSet<&str> = self.entries.keys().map(|key| key.path.as_str()).collect();
        let mut gone: HashMap<(RuleId, &str, &str), Vec<&Key>> = HashMap::new();
        let mut is_gone: HashMap<&str, bool> = HashMap::new();
        for (key, count) in &left {
            let gone_file = *is_gone.entry(&key.path).or_insert_with(|| !exists(&key.path));
            if *count > 0 && gone_file {
                gone.entry((key.rule, &key.scope, &key.snippet)).or_default().push(self.own(key));
            }
        }
        let mut taken: BTreeMap<Key, u32> = BTreeMap::new();
        let mut moved: BTreeMap<(&str, &str), u32> = BTreeMap::new();
        for at in over {
            let Some((key, _)) = found.get(at) else { continue };
            let candidates = gone.get(&(key.rule, key.scope.as_str(), key.snippet.as_str()));
            let is_left = |entry: &&&Key| {
                left.get(**entry).copied().unwrap_or(0) > taken.get(**entry).copied().unwrap_or(0)
            };
            // A file of the same name is the likelier origin.
            let name = |path: &str| path.rsplit('/').next().map(str::to_owned);
            let entry =
                candidates.filter(|_| !known.contains(key.path.as_str())).and_then(|entries| {
                    let mut same =
                        entries.iter().filter(|entry| name(&entry.path) == name(&key.path));
                    same.find(is_left).or_else(|| entries.iter().find(is_left))
                });
            match entry {
                Some(entry) => {
                    *taken.entry((*entry).clone()).or_default() += 1;
                    *moved.entry((&entry.path, &key.path)).or_default() += 1;
                    comparison.pruned.add(key.clone(), 1);
                }
                None => comparison.new.push(at),
            }
        }
        let moved = moved.into_iter();
        comparison.moved =
            moved.map(|((from, to), count)| (from.to_owned(), to.to_owned(), count)).collect();
        for (key, count) in &left {
            let rest = count - taken.get(key).copied().unwrap_or(0);
            if rest == 0 {
            } else if looked(&key.path) || is_gone.get(key.path.as_str()) == Some(&true) {
                comparison.stale.push((key.clone(), rest));
            } else {
                comparison.pruned.add(key.clone(), rest);
            }
        }
        comparison
    }

    /// The key as this baseline owns it, which lives as long as the baseline.
    fn own<'a>(&'a self, key: &Key) -> &'a Key {
        let (own, _) = self.entries.get_key_value(key).expect("invariant: the key is an entry's");
        own
    }

    /// Merges what two sides made of one baseline.
    ///
    /// For each key: what only one side changed is changed; what both changed alike is changed once;
    /// else both changes are added up.
    #[must_use]
    pub fn merge(base: &Self, ours: &Self, theirs: &Self) -> Self {
        let mut merged = Self::default();
        for key in ours.entries.keys().chain(theirs.entries.keys()) {
            if merged.entries.contains_key(key) {
                continue;
            }
            let count = |side: &Self| i64::from(side.entries.get(key).copied().unwrap_or(0));
            let (base, ours, theirs) = (count(base), count(ours), count(theirs));
            let count = if ours == theirs { ours } else { ours + theirs - base };
            merged.add(key.clone(), u32::try_from(count).unwrap_or(0));
        }
        merged
    }
}

const CONFLICT: &str = "a merge left a conflict here";

/// Whether a line is a mark that a merge leaves.
fn is_conflict(line: &str) -> bool {
    ["<<<<<<<", "=======", ">>>>>>>", "|||||||"].iter().any(|mark| line.starts_with(mark))
}

/// Reads a line: the key, and how many there are.
fn entry(line: &str) -> Result<(Key, u32), String> {
    let fields: Vec<_> = line.split('\t').map(unescape).collect::<Result<_, _>>()?;
    let (path, code, scope, snippet, count) = match &fields[..] {
        [path, code, scope, snippet] => (path, code, scope, snippet, 1),
        [path, code, scope, snippet, count] => {
            let number = count.strip_prefix('x').and_then(|number| number.parse().ok());
            let number = number.filter(|&number: &u32| number > 0);
            let wrong = || format!("`{}` is no number of findings, such as `x2`", shortened(count));
            (path, code, scope, snippet, number.ok_or_else(wrong)?)
        }
        fields => {
            let count = fields.len();
            return Err(format!("it has {count} fields between tabs, not path, rule, scope, code"));
        }
    };
    let rule = RuleId::find(code).filter(|rule| rule.code() == code);
    let wrong = || format!("`{}` is no rule that this version knows", shortened(code));
    let rule = rule.ok_or_else(wrong)?;
    let [path, scope, snippet] = [path, scope, snippet].map(Clone::clone);
    Ok((Key { path, rule, scope, snippet }, count))
}

/// Writes a field, an empty one as `-`: no tab and no end of line, no blank at an end, no mark of a
/// comment or conflict at its beginning.
fn escape(text: &mut String, field: &str) {
    match field {
        "" => return text.push('-'),
        "-" => return text.push_str("\\u{2d}"),
        _ => {}
    }
    let last = field.chars().count().saturating_sub(1);
    for (at, c) in field.chars().enumerate() {
        let edge = at == 0 || at == last;
        match c {
            '\\' => text.push_str("\\\\"),
            '\t' => text.push_str("\\t"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '#' | '<' | '=' | '>' | '|' if at == 0 => {
                // Writing to a string cannot fail.
                let _ = write!(text, "\\u{{{:x}}}", u32::from(c));
            }
            c if c.is_control()
                || matches!(c, '\u{2028}' | '\u{2029}')
                || (edge && c.is_whitespace()) =>
            {
                let _ = write!(text, "\\u{{{:x}}}", u32::from(c));
            }
            c => text.push(c),
        }
    }
}

fn unescape(field: &str) -> Result<String, String> {
    if field == "-" {
        return Ok(String::new());
    }
    let mut text = String::with_capacity(field.len());
    let mut rest = field;
    while let Some((before, after)) = rest.split_once('\\') {
        text.push_str(before);
        let mut letters = after.chars();
        match letters.next() {
            Some('\\') => text.push('\\'),
            Some('t') => text.push('\t'),
            Some('n') => text.push('\n'),
            Some('r') => text.push('\r'),
            Some('u') => {
                let number =
                    letters.as_str().strip_prefix('{').and_then(|rest| rest.split_once('}'));
                let c = number.and_then(|(digits, rest)| {
                    let c = char::from_u32(u32::from_str_radix(digits, 16).ok()?)?;
                    Some((c, rest))
                });
                let Some((c, rest)) = c else {
                    return Err("a letter is written as `\\u` without its number".to_owned());
                };
                text.push(c);
                letters = rest.chars();
            }
            _ => {
                return Err(
                    "a `\\` stands before no letter that has a meaning behind it".to_owned()
                );
            }
        }
        rest = letters.as_str();
    }
    text.push_str(rest);
    Ok(text)
}

fn shortened(text: &str) -> String {
    text.chars().take(64).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(path: &str, snippet: &str) -> Key {
        let (path, snippet) = (path.to_owned(), snippet.to_owned());
        Key { path, rule: RuleId::RawUuidCall, scope: "f".to_owned(), snippet }
    }

    fn baseline(keys: &[(&str, &str)]) -> Baseline {
        Baseline::of(keys.iter().map(|(path, snippet)| key(path, snippet)))
    }

    /// Compares with a tree of the files `there`; returns new and stale ones by their snippets, and
    /// what moved.
    fn check(
        known: &[(&str, &str)],
        found: &[(&str, &str)],
        there: &[&str],
        expected: (&[&str], &[&str], usize),
    ) {
        let baseline = baseline(known);
        let keys: Vec<_> =
            found.iter().map(|(path, snippet)| (key(path, snippet), false)).collect();
        let compared = baseline.compare(&keys, |path| there.contains(&path), |_| true);
        let new: Vec<_> = compared.new.iter().map(|&at| found[at].1).collect();
        let stale: Vec<_> = compared.stale.iter().map(|(key, _)| key.snippet.as_str()).collect();
        assert_eq!((&new[..], &stale[..], compared.moved.len()), expected, "{known:?} {found:?}");
    }

    #[test]
    fn a_swap_is_seen() {
        check(&[("a", "x")], &[("a", "x")], &["a"], (&[], &[], 0));
        check(&[("a", "x")], &[("a", "y")], &["a"], (&["y"], &["x"], 0));
        check(&[("a", "x"), ("a", "x")], &[("a", "x")], &["a"], (&[], &["x"], 0));
        check(&[("a", "x")], &[("a", "x"), ("a", "x")], &["a"], (&["x"], &[], 0));
        check(
            &[("a", "x"), ("b", "x")],
            &[("a", "x"), ("a", "x")],
            &["a", "b"],
            (&["x"], &["x"], 0),
        );
    }

    #[test]
    fn what_a_renamed_file_holds_is_known() {
        check(&[("a", "x"), ("a", "y")], &[("b", "x"), ("b", "y")], &["b"], (&[], &[], 1));
        // Taken apart.
        check(&[("a", "x"), ("a", "y")], &[("b", "x"), ("c", "y")], &["b", "c"], (&[], &[], 2));
        // The old file is still there: something was copied or moved out of it.
        check(&[("a", "x")], &[("b", "x")], &["a", "b"], (&["x"], &["x"], 0));
        // The other file was known: it grew.
        check(&[("a", "x"), ("b", "y")], &[("b", "x"), ("b", "y")], &["b"], (&["x"], &["x"], 0));
        // Twice in the new place is once too often.
        check(&[("a", "x")], &[("b", "x"), ("b", "x")], &["b"], (&["x"], &[], 1));
        check(&[("a", "x")], &[("b", "x"), ("c", "x")], &["b", "c"], (&["x"], &[], 1));
    }

    #[test]
    fn what_was_not_looked_at_stays() {
        let known = baseline(&[("a", "x"), ("b", "y")]);
        let compared = known.compare(&[], |_| true, |path| path == "a");
        assert_eq!(compared.stale, [(key("a", "x"), 1)]);
        assert_eq!(compared.pruned, baseline(&[("b", "y")]));
    }

    #[test]
    fn of_equal_findings_those_on_new_lines_are_new() {
        let known = baseline(&[("a", "x")]);
        let compared =
            known.compare(&[(key("a", "x"), true), (key("a", "x"), false)], |_| true, |_| true);
        assert_eq!(compared.new, [0]);
    }

    #[test]
    fn a_text_that_is_no_baseline_is_refused_with_its_line() {
        let check = |text: &str, expected: &str| {
            let error = Baseline::parse(text).expect_err(text);
            assert_eq!(error.to_string(), format!("the baseline cannot be read: {expected}"));
        };
        let with = |line: &str| format!("{HEADER}\n{line}\n");
        check("", "line 1: it does not begin with `# id-lint baseline, version 1`");
        check(
            "# id-lint baseline, version 2\n",
            "line 1: it does not begin with `# id-lint baseline, version 1`",
        );
        check("<<<<<<< ours\n", "line 1: a merge left a conflict here");
        check(&with("<<<<<<< ours"), "line 2: a merge left a conflict here");
        check(HEADER, "line 1: it is cut off: the last line has no end");
        check(
            &format!("{HEADER}\na.py\tUID001\t-\tx"),
            "line 2: it is cut off: the last line has no end",
        );
        check(
            &with("a.py\tUID001\t-"),
            "line 2: it has 3 fields between tabs, not path, rule, scope, code",
        );
        check(&with("a.py\tUID999\t-\tx"), "line 2: `UID999` is no rule that this version knows");
        check(
            &with("a.py\tUID001\t-\tx\tx0"),
            "line 2: `x0` is no number of findings, such as `x2`",
        );
        check(
            &with("a\tUID001\t-\tx\n\na\tUID001\t-\tx"),
            "line 4: the key stands in a line above already",
        );
        check(
            &with("a\\q\tUID001\t-\tx"),
            "line 2: a `\\` stands before no letter that has a meaning behind it",
        );
    }

    #[test]
    fn other_ends_of_lines_and_another_order_are_read() {
        let known = baseline(&[("a", "x"), ("b", "y")]);
        let text = known.to_text().replace('\n', "\r\n");
        assert_eq!(Baseline::parse(&text).expect("it is a baseline"), known);
        let mut lines: Vec<_> = text.lines().collect();
        lines.swap(1, 2);
        let swapped = lines.join("\n") + "\n";
        assert_eq!(Baseline::parse(&swapped).expect("it is a baseline"), known);
    }

    #[test]
    fn a_merge_takes_the_changes_of_both_sides() {
        let check = |base: u32, ours: u32, theirs: u32, expected: u32| {
            let of = |count: u32| Baseline::of((0..count).map(|_| key("a", "x")));
            assert_eq!(
                Baseline::merge(&of(base), &of(ours), &of(theirs)),
                of(expected),
                "{base} {ours} {theirs}"
            );
        };
        check(1, 1, 0, 0);
        check(1, 0, 1, 0);
        check(1, 0, 0, 0);
        check(0, 1, 0, 1);
        check(0, 1, 1, 1);
        check(3, 2, 1, 0);
        check(3, 4, 2, 3);
        check(1, 0, 2, 1);
        check(5, 1, 0, 0);
    }

    fn keys() -> impl Strategy<Value = Vec<Key>> {
        let text = || prop_oneof!["[-a-c]{0,2}", any::<String>()];
        let rule = proptest::sample::select(RuleId::all().collect::<Vec<_>>());
        let key = (text(), rule, text(), text());
        let key = key.prop_map(|(path, rule, scope, snippet)| Key { path, rule, scope, snippet });
        proptest::collection::vec(key, 0..20)
    }

    proptest! {
        #[test]
        fn a_baseline_is_what_its_text_says(keys in keys()) {
            let baseline = Baseline::of(keys);
            let text = baseline.to_text();
            prop_assert_eq!(Baseline::parse(&text).expect("it was written"), baseline.clone());
            let lines = text.lines().count() - 1;
            prop_assert_eq!(lines, baseline.entries().count());
            prop_assert!(text.lines().skip(1).all(|line| line == line.trim_end()));
        }

        #[test]
        fn nothing_is_new_against_itself(keys in keys()) {
            let baseline = Baseline::of(keys.clone());
            let found: Vec<_> = keys.into_iter().map(|key| (key, false)).collect();
            let compared = baseline.compare(&found, |_| true, |_| true);
            prop_assert_eq!(&compared.pruned, &baseline);
            prop_assert!(compared.new.is_empty() && compared.stale.is_empty());
        }

        #[test]
        fn no_finding_passes_without_an_entry(known in keys(), found in keys(), gone: bool) {
            let baseline = Baseline::of(known);
            let count = found.len();
            let found: Vec<_> = found.into_iter().map(|key| (key, false)).collect();
            let compared = baseline.compare(&found, |_| !gone, |_| true);
            let stale: u32 = compared.stale.iter().map(|(_, count)| count).sum();
            prop_assert_eq!(baseline.len() - stale as usize, count - compared.new.len());
            prop_assert_eq!(compared.pruned.len(), count - compared.new.len());
        }

        #[test]
        fn any_text_is_read_or_refused(text: String) {
            if let Ok(baseline) = Baseline::parse(&format!("{HEADER}\n{text}\n")) {
                prop_assert_eq!(Baseline::parse(&baseline.to_text()).expect("it was written"), baseline);
            }
        }

        #[test]
        fn merging_one_change_is_that_change(base in keys(), ours in keys()) {
            let (base, ours) = (Baseline::of(base), Baseline::of(ours));
            prop_assert_eq!(&Baseline::merge(&base, &ours, &base), &ours);
            prop_assert_eq!(&Baseline::merge(&base, &base, &ours), &ours);
            prop_assert_eq!(&Baseline::merge(&base, &ours, &ours), &ours);
        }
    }
}
