//! The references of a plan: declared ones over any number of tables, and those that only the values show.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, OptionalExtension};

use super::PlanOptions;
use super::facts::{Class, ColumnFacts, Facts, Rows, Source, TableFacts};
use super::names::{
    is_own_id, is_word_for, names_any_row, one_of_several, refers_by_full_name, refers_by_name,
    snake,
};
use crate::cells;
use crate::error::{MigrateError, Result};
use crate::plan::{Finding, Level, Origin, Place, Plan, Reference};

/// Rows of a table that are looked at for references that nobody declared.
const LOOKED_AT: u64 = 200_000;

/// Bytes of a blob that may be a key.
const LONGEST_KEY: usize = 64;

/// Follows the foreign keys from every key to whatever refers to it, over any number of tables.
pub(super) fn declared(facts: &Facts, plan: &mut Plan) -> Result<()> {
    for no in 0..plan.keys.len() {
        let mut open = vec![(plan.keys[no].table.clone(), plan.keys[no].column.clone())];
        while let Some((parent, parent_column)) = open.pop() {
            for table in &facts.tables {
                for key in table.foreign.iter().filter(|key| facts.is_same(&key.parent, &parent)) {
                    for (column, to) in key.columns.iter().zip(&key.parent_columns) {
                        if !facts.is_same(to, &parent_column) {
                            continue;
                        }
                        let place = (
                            table.name.clone(),
                            facts
                                .column(table, column)
                                .map_or_else(|| column.clone(), |column| column.name.clone()),
                        );
                        if plan.keys.iter().any(|key| key.table == place.0 && key.column == place.1)
                        {
                            if plan.keys[no].table == place.0 && plan.keys[no].column == place.1 {
                                continue;
                            }
                            return Err(MigrateError::usage(format!(
                                "{}.{} refers to {parent}.{parent_column} and gets its ids: it cannot be a key of its own",
                                place.0, place.1
                            )));
                        }
                        if let Some(known) = plan
                            .references
                            .iter()
                            .find(|known| known.table == place.0 && known.column == place.1)
                        {
                            if known.key != no {
                                plan.findings.push(Finding {
                                    level: Level::Blocker,
                                    what: format!("{}.{} refers to two keys: its values cannot have two new ids", place.0, place.1),
                                });
                            }
                            continue;
                        }
                        plan.references.push(reference(
                            no,
                            &place.0,
                            &place.1,
                            Place::Whole,
                            Origin::Declared,
                        ));
                        open.push(place);
                    }
                }
            }
        }
        let (table, column) = (&plan.keys[no].table, &plan.keys[no].column);
        // In a circle (`a.id`, `b.id`, `a.id`) what it refers to follows already.
        let follows = |parent: &str, to: &str| {
            plan.references.iter().any(|known| {
                known.key == no
                    && facts.is_same(&known.table, parent)
                    && facts.is_same(&known.column, to)
            })
        };
        let parent = facts.table(table).and_then(|table| {
            table.foreign.iter().find(|key| {
                !facts.is_same(&key.parent, &table.name)
                    && key.columns.iter().enumerate().any(|(at, name)| {
                        let to = key.parent_columns.get(at);
                        facts.is_same(name, column)
                            && !to.is_some_and(|to| follows(&key.parent, to))
                    })
            })
        });
        if let Some(parent) = parent {
            return Err(MigrateError::usage(format!(
                "{table}.{column} refers to `{}`: migrate that key, this one follows",
                parent.parent
            )));
        }
    }
    Ok(())
}

/// Adds the references that the user names, also where the values would not show them.
pub(super) fn named(facts: &Facts, options: &PlanOptions, plan: &mut Plan) -> Result<()> {
    for (table, column, place, key) in &options.references {
        let missing = |what: &str| MigrateError::usage(format!("a reference names {what}"));
        let found = facts.table(table).ok_or_else(|| missing(&format!("no table: `{table}`")))?;
        let column = facts
            .column(found, column)
            .ok_or_else(|| missing(&format!("no column: `{table}.{column}`")))?;
        let no = plan
            .keys
            .iter()
            .position(|planned| {
                facts.is_same(key, &format!("{}.{}", planned.table, planned.column))
            })
            .ok_or_else(|| missing(&format!("a key that is not in the plan: `{key}`")))?;
        let is_known = plan.references.iter().any(|known| {
            known.table == found.name && known.column == column.name && known.place == *place
        });
        if !is_known {
            plan.references.push(reference(
                no,
                &found.name,
                &column.name,
                place.clone(),
                Origin::Named,
            ));
        }
    }
    Ok(())
}

fn reference(key: usize, table: &str, column: &str, place: Place, origin: Origin) -> Reference {
    Reference {
        key,
        table: table.to_owned(),
        column: column.to_owned(),
        place,
        origin,
        share: 1.0,
        values: 0,
        nulls: 0,
        orphans: 0,
    }
}

/// Whether a foreign key says whose values stand in a column: what they look like is chance then. One to a column without
/// values says nothing: these values are not from there.
fn is_bound(source: &dyn Source, facts: &Facts, table: &TableFacts, column: &str) -> Result<bool> {
    for key in &table.foreign {
        let Some(parent) = facts.table(&key.parent) else { continue };
        let pairs = key.columns.iter().zip(&key.parent_columns);
        for (_, to) in pairs.filter(|(name, _)| facts.is_same(name, column)) {
            let Some(to) = facts.column(parent, to) else { return Ok(true) };
            let mut has_value = false;
            source.scan(parent, &[Some(&to.name)], Rows::All, &mut |row| {
                has_value = row.value(0)? != ValueRef::Null;
                Ok(!has_value)
            })?;
            if has_value {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// Follows the foreign keys to columns that were found to be references: what refers to them gets the same ids.
pub(super) fn followed(facts: &Facts, plan: &mut Plan) {
    let mut at = 0;
    while let Some(parent) = plan.references.get(at).cloned() {
        at += 1;
        if parent.place != Place::Whole {
            continue;
        }
        for table in &facts.tables {
            let keys = table.foreign.iter().filter(|key| facts.is_same(&key.parent, &parent.table));
            for (column, to) in keys.flat_map(|key| key.columns.iter().zip(&key.parent_columns)) {
                let Some(column) = facts.column(table, column) else { continue };
                let is_known = plan
                    .references
                    .iter()
                    .map(|known| (&known.table, &known.column))
                    .chain(plan.keys.iter().map(|key| (&key.table, &key.column)))
                    .any(|known| known == (&table.name, &column.name));
                if facts.is_same(to, &parent.column) && !is_known {
                    let mut new = reference(
                        parent.key,
                        &table.name,
                        &column.name,
                        Place::Whole,
                        parent.origin,
                    );
                    new.share = parent.share;
                    plan.references.push(new);
                }
            }
        }
    }
}

/// What was seen in a column, for one key.
#[derive(Clone, Debug, Default)]
struct Seen {
    values: u64,
    hits: u64,
    /// Hits that are more than small numbers.
    telling: u64,
    /// Whether one of them is a text that nobody would write by chance.
    is_opaque: bool,
    /// Some different ones of the others.
    words: BTreeSet<String>,
    /// Hits that are texts of so many digits that few count so far.
    long_numbers: u64,
}

impl Seen {
    /// Different words that are all keys are no accident.
    const WORDS: usize = 3;

    /// Digits of a text that is more than a count.
    const LONG_NUMBER: usize = 5;

    fn note(&mut self, value: &Value, is_hit: bool) {
        self.values += 1;
        if !is_hit {
            return;
        }
        self.hits += 1;
        match value {
            Value::Blob(bytes) => {
                self.telling += 1;
                self.is_opaque |= bytes.len() >= 16;
            }
            Value::Text(text) => {
                let has_digit = text.bytes().any(|byte| byte.is_ascii_digit());
                let is_number = has_digit
                    && text.bytes().all(|byte| byte.is_ascii_digit() || b"-+. ".contains(&byte));
                if text.len() >= 16 && has_digit {
                    (self.telling, self.is_opaque) = (self.telling + 1, true);
                } else if is_number && text.len() >= Self::LONG_NUMBER {
                    self.long_numbers += 1;
                } else if !is_number && !text.trim().is_empty() {
                    self.telling += 1;
                    if self.words.len() < Self::WORDS {
                        self.words.insert(text.clone());
                    }
                }
            }
            _ => {}
        }
    }

    fn share(&self) -> f64 {
        share(self.hits, self.values)
    }

    /// Whether the values alone show a reference.
    fn shows(&self) -> bool {
        let is_most = self.share() >= 0.8 && self.hits >= 3;
        let words = if is_most { Self::WORDS - 1 } else { Self::WORDS };
        self.share() >= 0.5 && (self.is_opaque || self.words.len() >= words)
    }

    /// Whether the values bear out what the name says: that a small number is a key says nothing.
    fn bears_out(&self, is_number: bool) -> bool {
        self.hits > 0
            && (!is_number && self.telling > 0
                || self.share() >= 0.8
                || share(self.long_numbers, self.values) >= 0.5)
    }
}

/// What columns call a key.
#[derive(Clone, Debug)]
struct Name {
    /// The word of a table.
    word: String,
    column: String,
    /// Whether the table's name alone means this column: it tells its rows apart, and no other column does.
    is_of_row: bool,
}

impl Name {
    fn new(facts: &Facts, table: &str, column: &str) -> Self {
        let Some(table) = facts.table(table) else {
            return Self { word: String::new(), column: column.to_owned(), is_of_row: true };
        };
        let class = facts.column(table, column).map(|column| column.class);
        // Numbers and texts are told apart by what they are: `job_id` beside a numbered `id`.
        let could_be_mistaken = |other: &ColumnFacts| {
            let of_any = [Some(other.class), class].contains(&Some(Class::Any));
            of_any || class.is_some_and(|class| class.is_numeric() == other.class.is_numeric())
        };
        let has_another = table.columns.iter().any(|other| {
            other.is_unique
                && !facts.is_same(&other.name, column)
                && is_own_id(&other.name, &table.word)
                && could_be_mistaken(other)
        });
        Self {
            word: table.word.clone(),
            column: column.to_owned(),
            is_of_row: snake(column) == "id" || !has_another,
        }
    }

    fn is_for(&self, column: &str) -> bool {
        let refers = if self.is_of_row { refers_by_name } else { refers_by_full_name };
        refers(column, &self.word, &self.column)
    }
}

/// What columns call a key: by its own table, and by those whose key it is, too, by reference.
fn names_of(facts: &Facts, plan: &Plan, key: usize) -> Vec<Name> {
    let planned = &plan.keys[key];
    let mut names = vec![Name::new(facts, &planned.table, &planned.column)];
    for reference in plan.references.iter().filter(|reference| {
        reference.key == key
            && reference.origin == Origin::Declared
            && reference.place == Place::Whole
    }) {
        let is_unique = facts
            .table(&reference.table)
            .and_then(|table| facts.column(table, &reference.column))
            .is_some_and(|column| column.is_unique);
        if is_unique {
            names.push(Name::new(facts, &reference.table, &reference.column));
        }
    }
    names
}

/// Places under one object that are references, beyond which its member names are taken for data.
const MOST_MEMBERS: usize = 64;

/// A path with `*` for member names that are ids, as no other row has the same ones.
fn folded(path: &str) -> String {
    let is_id = |name: &str| {
        let digits = name.bytes().filter(u8::is_ascii_digit).count();
        digits >= 5 && digits == name.len() || name.len() >= 16 && digits >= 4
    };
    let members = cells::members(path).into_iter();
    let edits: Vec<_> = members
        .filter(|span| is_id(path[span.clone()].trim_matches('"')))
        .map(|span| (span, "*".to_owned()))
        .collect();
    cells::replace(path, &edits)
}

/// Takes back the references to places in JSON whose paths differ only in one member name, or have one that is an id: the
/// rows to come have other names, so that no list of paths is whole.
fn refuse_data_as_members(plan: &mut Plan, table: &str, column: &str) {
    let mut groups: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut refused: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for reference in &plan.references {
        let Place::Json(path) = &reference.place else { continue };
        if reference.table != table
            || reference.column != column
            || reference.origin == Origin::Named
        {
            continue;
        }
        if path.contains(".*") {
            refused.entry(path.clone()).or_default().insert(path.clone());
        } else {
            for span in cells::members(path) {
                let pattern = cells::replace(path, &[(span, "*".to_owned())]);
                groups.entry(pattern).or_default().insert(path.clone());
            }
        }
    }
    groups.retain(|_, paths| paths.len() > MOST_MEMBERS);
    refused.extend(groups);
    let Some(pattern) = refused.keys().next() else { return };
    plan.findings.push(Finding {
        level: Level::Blocker,
        what: format!("{table}.{column} has ids at {pattern}, under member names that differ from row to row: no paths reach them all; take the column out with `not_references`, and rewrite it with the map of the ids"),
    });
    let refused: BTreeSet<&String> = refused.values().flatten().collect();
    plan.references.retain(|reference| {
        let Place::Json(path) = &reference.place else { return true };
        reference.table != table
            || reference.column != column
            || reference.origin == Origin::Named
            || !refused.contains(path)
    });
}

/// Looks into every other column of a table for values that are keys.
#[expect(clippy::too_many_lines, reason = "one pass over the rows, told from top to bottom")]
pub(super) fn undeclared(
    source: &dyn Source,
    scratch: &Connection,
    facts: &Facts,
    table: &TableFacts,
    options: &PlanOptions,
    plan: &mut Plan,
) -> Result<()> {
    let mut candidates: Vec<&ColumnFacts> = table
        .columns
        .iter()
        .filter(|column| {
            !column.is_generated
                && !plan.keys.iter().any(|key| key.table == table.name && key.column == column.name)
                && !plan
                    .references
                    .iter()
                    .any(|known| known.table == table.name && known.column == column.name)
                && !options
                    .not_references
                    .iter()
                    .any(|name| facts.is_same(name, &format!("{}.{}", table.name, column.name)))
        })
        .collect();
    let mut bound = BTreeSet::new();
    for column in &candidates {
        if is_bound(source, facts, table, &column.name)? {
            bound.insert(column.name.clone());
        }
    }
    candidates.retain(|column| !bound.contains(&column.name));
    if candidates.is_empty() {
        return Ok(());
    }
    let key_names: Vec<Vec<Name>> =
        (0..plan.keys.len()).map(|key| names_of(facts, plan, key)).collect();
    let is_named = |column: &str, key: usize| key_names[key].iter().any(|name| name.is_for(column));
    let are_named =
        |column: &str, key: usize| one_of_several(column).is_some_and(|one| is_named(&one, key));
    let kind_of = |column: &ColumnFacts| -> Option<String> {
        let name = snake(&column.name);
        let stem = name.strip_suffix("_id").unwrap_or(&name).to_owned();
        let mut names =
            vec![format!("{stem}_type"), format!("{stem}_kind"), format!("{stem}_table")];
        // What names a table says of the whole row which one it is about, not of each number in it.
        let is_of_one_table = (0..plan.keys.len()).any(|key| is_named(&column.name, key))
            || facts.tables.iter().any(|table| refers_by_name(&column.name, &table.word, "id"));
        if names_any_row(&name) && !(name == "id" && column.is_unique) && !is_of_one_table {
            names.extend(["tbl".to_owned(), "table_name".to_owned()]);
        }
        table
            .columns
            .iter()
            .find(|column| names.contains(&snake(&column.name)))
            .map(|column| column.name.clone())
    };
    let kinds: Vec<Option<String>> = candidates.iter().map(|column| kind_of(column)).collect();
    // Each column once: a table may have as many columns as a statement can read.
    let mut columns: Vec<Option<&str>> =
        candidates.iter().map(|column| Some(column.name.as_str())).collect();
    let kinds_at: Vec<Option<usize>> = kinds
        .iter()
        .map(|kind| {
            let kind = kind.as_deref()?;
            columns.iter().position(|column| *column == Some(kind)).or_else(|| {
                columns.push(Some(kind));
                Some(columns.len() - 1)
            })
        })
        .collect();
    let is_list_named: Vec<bool> = candidates
        .iter()
        .map(|column| (0..plan.keys.len()).any(|key| are_named(&column.name, key)))
        .collect();
    let mut whole: BTreeMap<(usize, usize), Seen> = BTreeMap::new();
    let mut by_kind: BTreeMap<(usize, usize, String), Seen> = BTreeMap::new();
    let mut inside: BTreeMap<(usize, usize, String), Seen> = BTreeMap::new();
    let mut lists: BTreeMap<(usize, usize), Seen> = BTreeMap::new();
    // Texts that are no JSON, and those of them that are a key or a list of keys.
    let mut texts: BTreeMap<usize, u64> = BTreeMap::new();
    let mut fitting: BTreeMap<(usize, usize), u64> = BTreeMap::new();
    let mut blobs: BTreeMap<usize, u64> = BTreeMap::new();
    // Values that are keys of more than one table.
    let mut shared: BTreeMap<usize, u64> = BTreeMap::new();
    let is_key = |key: usize, value: &Value| -> Result<bool> {
        let sql = format!("SELECT 1 FROM k{key} WHERE v = ?1");
        Ok(scratch.prepare_cached(&sql)?.query_row([value], |_| Ok(())).optional()?.is_some())
    };
    source.scan(table, &columns, Rows::Sample(LOOKED_AT), &mut |row| {
        for at in 0..candidates.len() {
            let raw = row.value(at)?;
            if let ValueRef::Blob(bytes) = raw
                && bytes.len() > LONGEST_KEY
            {
                *blobs.entry(at).or_default() += 1;
                continue;
            }
            let value: Value = match raw {
                ValueRef::Text(bytes) => match str::from_utf8(bytes) {
                    Ok(text) => Value::Text(text.to_owned()),
                    Err(_) => continue,
                },
                ValueRef::Blob(bytes) => Value::Blob(bytes.to_vec()),
                ValueRef::Integer(number) => Value::Integer(number),
                ValueRef::Real(number) => Value::Real(number),
                ValueRef::Null => continue,
            };
            let kind = match kinds_at[at].map(|at| row.value(at)).transpose()? {
                Some(ValueRef::Text(bytes)) => str::from_utf8(bytes).ok().map(str::to_owned),
                _ => None,
            };
            let mut owners = 0;
            for key in 0..plan.keys.len() {
                let is_hit = is_key(key, &value)?;
                *fitting.entry((at, key)).or_default() +=
                    u64::from(is_hit && matches!(value, Value::Text(_)));
                owners += u64::from(is_hit);
                whole.entry((at, key)).or_default().note(&value, is_hit);
                if let Some(kind) = &kind {
                    by_kind.entry((at, key, kind.clone())).or_default().note(&value, is_hit);
                }
            }
            *shared.entry(at).or_default() += u64::from(owners > 1);
            if matches!(&value, Value::Blob(bytes) if bytes.len() != 16) && owners == 0 {
                *blobs.entry(at).or_default() += 1;
            }
            if let Value::Text(text) = &value {
                if cells::is_json(text) {
                    for mut leaf in cells::leaves(text) {
                        leaf.path = folded(&leaf.path);
                        for key in 0..plan.keys.len() {
                            let is_hit = is_key(key, &leaf.value)?;
                            let seen = inside.entry((at, key, leaf.path.clone())).or_default();
                            seen.note(&leaf.value, is_hit);
                        }
                    }
                } else {
                    *texts.entry(at).or_default() += 1;
                    if (if text.contains(',') { owners == 0 } else { is_list_named[at] })
                        && text.len() < 10_000
                    {
                        let parts: Vec<(Value, Option<Value>)> = cells::parts(text, ",")
                            .into_iter()
                            .map(|(_, part)| (Value::Text(part.to_owned()), cells::number(part)))
                            .collect();
                        for key in 0..plan.keys.len() {
                            let seen = lists.entry((at, key)).or_default();
                            let before = seen.hits;
                            for (part, number) in &parts {
                                let is_hit = is_key(key, part)?
                                    || match number {
                                        Some(number) => is_key(key, number)?,
                                        None => false,
                                    };
                                seen.note(part, is_hit);
                            }
                            let is_list = owners == 0
                                && (seen.hits - before) * 2
                                    >= u64::try_from(parts.len()).unwrap_or(u64::MAX);
                            *fitting.entry((at, key)).or_default() += u64::from(is_list);
                        }
                    }
                }
            }
        }
        Ok(true)
    })?;
    for (at, column) in candidates.iter().enumerate() {
        let place = format!("{}.{}", table.name, column.name);
        // Where the same values are keys of several tables, the column belongs to the one that is named, or hit most,
        // or to its own table.
        let hits = |key: usize| whole.get(&(at, key)).map_or(0, |seen| seen.hits);
        let are_disjoint = shared.get(&at).is_none_or(|rows| *rows == 0);
        let favourite = (0..plan.keys.len()).rev().max_by_key(|&key| {
            let is_own = plan.keys[key].table == table.name;
            (is_named(&column.name, key), hits(key), is_own)
        });
        let is_numeric = |key: usize| {
            facts
                .table(&plan.keys[key].table)
                .and_then(|table| facts.column(table, &plan.keys[key].column))
                .is_some_and(|column| column.class == Class::Integer)
        };
        let numeric: Vec<bool> = (0..plan.keys.len()).map(is_numeric).collect();
        // For each key, the words of the column beside it that mean the key.
        let is_word = |kind: &str, key: usize| {
            key_names[key].iter().any(|name| name.is_of_row && is_word_for(kind, &name.word))
        };
        let is_meant = |kind: &str, key: usize, seen: &Seen| {
            seen.share() >= 0.8
                && seen.hits > 0
                // Every row's own number is that of the row.
                && !(numeric[key] && column.is_unique)
                && (is_word(kind, key) || !numeric[key] && seen.hits >= 3 && seen.shows())
        };
        let mut meant: Vec<Vec<(String, Seen)>> = vec![Vec::new(); plan.keys.len()];
        for ((_, key, kind), seen) in by_kind.iter().filter(|((of, _, _), _)| *of == at) {
            // A word means one key: the one of the table that it names, or the one that its rows hit most.
            let owner = (0..plan.keys.len())
                .rev()
                .filter_map(|key| Some((key, by_kind.get(&(at, key, kind.clone()))?)))
                .filter(|(key, seen)| is_meant(kind, *key, seen))
                .max_by_key(|(key, seen)| (is_word(kind, *key), seen.hits));
            if owner.is_some_and(|(owner, _)| owner == *key) {
                meant[*key].push((kind.clone(), seen.clone()));
            }
        }
        // A name that the values bear out beside every word is the column's own: `user_id` is no less a user where
        // `user_type` says which sort of one.
        let is_own_name = favourite.is_some_and(|key| {
            is_named(&column.name, key)
                && whole.get(&(at, key)).is_some_and(|seen| seen.bears_out(numeric[key]))
                && by_kind
                    .iter()
                    .filter(|((of, of_key, _), _)| *of == at && *of_key == key)
                    .all(|(_, seen)| seen.share() >= 0.5)
                && !(0..plan.keys.len()).any(|other| {
                    other != key && meant[other].iter().any(|(kind, _)| is_word(kind, other))
                })
        });
        if is_own_name && !are_disjoint {
            meant.iter_mut().for_each(Vec::clear);
        }
        // Where keys of several tables have the same values, the word beside a value decides, and it alone.
        let is_decided_beside = !are_disjoint && meant.iter().any(|kinds| !kinds.is_empty());
        for key in 0..plan.keys.len() {
            let planned = &plan.keys[key];
            let (parent, parent_column) = (planned.table.clone(), planned.column.clone());
            let is_number = numeric[key];
            let is_named_so = is_named(&column.name, key);
            let seen = whole.get(&(at, key)).cloned().unwrap_or_default();
            let add = |plan: &mut Plan, place: Place, origin: Origin, seen: &Seen| {
                let mut new = reference(key, &table.name, &column.name, place, origin);
                new.share = seen.share();
                plan.references.push(new);
            };
            let is_meant_here = are_disjoint || favourite == Some(key);
            let is_reference = is_meant_here
                && !is_decided_beside
                && (is_named_so && seen.bears_out(is_number)
                    // Another table's own key may begin to count as this one does.
                    || !is_number && seen.shows() && (seen.hits >= 3 || !column.is_unique));
            // A few rows of prose with names between commas make no list of the others.
            let count = |found: Option<&u64>| found.copied().unwrap_or_default();
            let is_most_of_texts = count(fitting.get(&(at, key))) * 2 >= count(texts.get(&at));
            let is_list = lists.get(&(at, key)).is_some_and(|seen| {
                are_named(&column.name, key) && seen.bears_out(is_number)
                    || !is_number && seen.shows() && is_most_of_texts
            });
            // Whoever splits a value cannot know whether it is alone: in a list, all ids are texts, however few rows hold several.
            let is_reference = is_reference && !is_list;
            if let (Some(other), false) = (&kinds[at], meant[key].is_empty())
                && !is_reference
            {
                for (kind, seen) in &meant[key] {
                    add(
                        plan,
                        Place::When { column: other.clone(), equals: kind.clone() },
                        Origin::Values,
                        seen,
                    );
                }
            } else if is_reference {
                add(
                    plan,
                    Place::Whole,
                    if is_named_so { Origin::Name } else { Origin::Values },
                    &seen,
                );
                if let Some(key) = table.foreign.iter().find(|key| {
                    facts.table(&key.parent).is_some()
                        && key.columns.iter().any(|name| facts.is_same(name, &column.name))
                }) {
                    plan.findings.push(Finding {
                        level: Level::Warning,
                        what: format!("{place} is declared to refer to {}, which has no values there; its own are keys of {parent}.{parent_column} and get new ids: `not_references` if they should not", key.parent),
                    });
                }
            } else if !is_meant_here && seen.telling > 0 {
                also(plan, &place, key, favourite, &seen);
            } else if is_named_so
                && is_meant_here
                && seen.hits > 0
                && !is_list
                && meant.iter().all(Vec::is_empty)
            {
                doubtful(plan, &place, key, &seen);
            } else if seen.telling > 0
                && !is_list
                && (seen.telling >= 3 || seen.share() >= 0.5)
                && !is_number
                && !column.class.is_numeric()
            {
                plan.findings.push(Finding {
                    level: Level::Warning,
                    what: format!("{place}: {} of {} values are keys of {parent}.{parent_column}; too few to be taken for a reference", seen.hits, seen.values),
                });
            }
            for ((_, _, path), seen) in inside
                .iter()
                .filter(|((of, for_key, _), seen)| *of == at && *for_key == key && seen.hits > 0)
            {
                let leaf = path.trim_end_matches("[*]").rsplit('.').next().unwrap_or_default();
                // A list that is the whole text has the name of its column.
                let leaf = if leaf == "$" { column.name.as_str() } else { leaf };
                let names = |key: usize| is_named(leaf, key) || are_named(leaf, key);
                // One place of a text belongs to one key: to the one that is named, or hit most.
                let owner = (0..plan.keys.len()).rev().max_by_key(|&other| {
                    let hits = inside.get(&(at, other, path.clone())).map_or(0, |seen| seen.hits);
                    (hits > 0 && names(other), hits)
                });
                if owner != Some(key) {
                    if seen.telling > 0 {
                        also(plan, &format!("{place} at {path}"), key, owner, seen);
                    }
                } else if names(key) && seen.bears_out(is_number) || !is_number && seen.shows() {
                    add(
                        plan,
                        Place::Json(path.clone()),
                        if names(key) { Origin::Name } else { Origin::Values },
                        seen,
                    );
                } else if names(key) {
                    doubtful(plan, &format!("{place} at {path}"), key, seen);
                } else if seen.telling > 0 {
                    plan.findings.push(Finding {
                        level: Level::Warning,
                        what: format!("{place} at {path}: {} of {} values are keys of {parent}.{parent_column}; they are not rewritten", seen.hits, seen.values),
                    });
                }
            }
            if let Some(seen) = lists.get(&(at, key))
                && is_list
            {
                let are_named_so = are_named(&column.name, key);
                let origin = if are_named_so { Origin::Name } else { Origin::Values };
                add(plan, Place::List(",".to_owned()), origin, seen);
            } else if let Some(seen) = lists
                .get(&(at, key))
                .filter(|seen| !is_number && (seen.is_opaque || seen.words.len() >= Seen::WORDS))
            {
                plan.findings.push(Finding {
                    level: Level::Warning,
                    what: format!("{place}: {} of {} parts between commas are keys of {parent}.{parent_column}; too few texts are lists of them, they are not rewritten", seen.hits, seen.values),
                });
            }
        }
        refuse_data_as_members(plan, &table.name, &column.name);
        if let Some(count) = blobs.get(&at) {
            plan.findings.push(Finding {
                level: Level::Note,
                what: format!("{place}: {count} blobs are opaque; ids in them are not reachable"),
            });
        }
    }
    Ok(())
}

/// Says that a place is named for a key, and holds too few of its values.
fn doubtful(plan: &mut Plan, place: &str, key: usize, seen: &Seen) {
    let what = format!(
        "{place} is named for {}.{}, but only {} of {} values are its keys: they are not rewritten; name it under `references` in the settings if it is a reference",
        plan.keys[key].table, plan.keys[key].column, seen.hits, seen.values
    );
    plan.findings.push(Finding { level: Level::Warning, what });
}

/// Says that values belong to another key than one that they hit, too.
fn also(plan: &mut Plan, place: &str, key: usize, owner: Option<usize>, seen: &Seen) {
    let name = |key: usize| format!("{}.{}", plan.keys[key].table, plan.keys[key].column);
    let what = format!(
        "{place}: {} of {} values are keys of {}, too; they get the ids of {}: name the reference in the settings if that is wrong",
        seen.hits,
        seen.values,
        name(key),
        owner.map_or_else(String::new, name)
    );
    plan.findings.push(Finding { level: Level::Warning, what });
}

#[expect(clippy::cast_precision_loss, reason = "a share for eyes")]
fn share(hits: u64, values: u64) -> f64 {
    if values == 0 { 0.0 } else { hits as f64 / values as f64 }
}

/// Counts values, nulls and orphans of every reference.
pub(super) fn count(source: &dyn Source, facts: &Facts, plan: &mut Plan) -> Result<()> {
    let keys = plan.keys.clone();
    for reference in &mut plan.references {
        let key = &keys[reference.key];
        let is_unique = facts
            .table(&key.table)
            .and_then(|table| facts.column(table, &key.column))
            .is_some_and(|column| column.is_unique);
        let with_orphans =
            matches!(reference.place, Place::Whole | Place::When { .. }) && is_unique;
        let counts = source.count(reference, key, with_orphans)?;
        (reference.values, reference.nulls) = (counts.values, counts.nulls);
        if with_orphans {
            reference.orphans = counts.orphans;
            if counts.values > 0 {
                reference.share = share(counts.values - counts.orphans, counts.values);
            }
        }
    }
    Ok(())
}
