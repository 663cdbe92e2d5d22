//! The references of a plan: declared ones over any number of tables, and those that only the values show.

use std::collections::BTreeMap;

use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, OptionalExtension};

use super::PlanOptions;
use super::facts::{Class, ColumnFacts, Facts, Rows, Source, TableFacts};
use super::names::{refers_by_name, singular};
use crate::cells;
use crate::error::{MigrateError, Result};
use crate::plan::{Finding, Level, Origin, Place, Plan, Reference};

/// Rows of a table that are looked at for references that nobody declared.
const LOOKED_AT: u64 = 200_000;

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
        let parent = facts.table(table).and_then(|table| {
            table.foreign.iter().find(|key| {
                key.columns.iter().any(|name| facts.is_same(name, column))
                    && !facts.is_same(&key.parent, &table.name)
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

/// What was seen in a column, for one key.
#[derive(Clone, Debug, Default)]
struct Seen {
    values: u64,
    hits: u64,
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
    let candidates: Vec<&ColumnFacts> = table
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
    if candidates.is_empty() {
        return Ok(());
    }
    let kind_of = |column: &str| -> Option<String> {
        let stem = column.to_lowercase();
        let stem = stem.strip_suffix("_id").unwrap_or(&stem).to_owned();
        let names = [
            format!("{stem}_type"),
            format!("{stem}_kind"),
            format!("{stem}_table"),
            "tbl".into(),
            "table_name".into(),
        ];
        table
            .columns
            .iter()
            .find(|column| names.contains(&column.name.to_lowercase()))
            .map(|column| column.name.clone())
    };
    let kinds: Vec<Option<String>> =
        candidates.iter().map(|column| kind_of(&column.name)).collect();
    let columns: Vec<Option<&str>> = candidates
        .iter()
        .map(|column| Some(column.name.as_str()))
        .chain(kinds.iter().map(Option::as_deref))
        .collect();
    let mut whole: BTreeMap<(usize, usize), Seen> = BTreeMap::new();
    let mut by_kind: BTreeMap<(usize, usize, String), Seen> = BTreeMap::new();
    let mut inside: BTreeMap<(usize, usize, String), Seen> = BTreeMap::new();
    let mut lists: BTreeMap<(usize, usize), Seen> = BTreeMap::new();
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
                && bytes.len() != 16
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
                ValueRef::Null | ValueRef::Real(_) => continue,
            };
            let kind = match row.value(candidates.len() + at)? {
                ValueRef::Text(bytes) => str::from_utf8(bytes).ok().map(str::to_owned),
                _ => None,
            };
            let mut owners = 0;
            for key in 0..plan.keys.len() {
                let is_hit = is_key(key, &value)?;
                owners += u64::from(is_hit);
                let note = |seen: &mut Seen| {
                    seen.values += 1;
                    seen.hits += u64::from(is_hit);
                };
                note(whole.entry((at, key)).or_default());
                if let Some(kind) = &kind {
                    note(by_kind.entry((at, key, kind.clone())).or_default());
                }
            }
            *shared.entry(at).or_default() += u64::from(owners > 1);
            if let Value::Text(text) = &value {
                if cells::is_json(text) {
                    for leaf in cells::leaves(text) {
                        for key in 0..plan.keys.len() {
                            let seen = inside.entry((at, key, leaf.path.clone())).or_default();
                            seen.values += 1;
                            seen.hits += u64::from(is_key(key, &leaf.value)?);
                        }
                    }
                } else if text.contains(',') && text.len() < 10_000 {
                    for (_, part) in cells::parts(text, ",") {
                        for key in 0..plan.keys.len() {
                            let seen = lists.entry((at, key)).or_default();
                            seen.values += 1;
                            seen.hits += u64::from(is_key(key, &Value::Text(part.to_owned()))?);
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
            let planned = &plan.keys[key];
            let word = facts.table(&planned.table).map_or("", |table| table.word.as_str());
            let is_own = planned.table == table.name;
            (refers_by_name(&column.name, word, &planned.column), hits(key), is_own)
        });
        for key in 0..plan.keys.len() {
            let planned = &plan.keys[key];
            let (parent, parent_column) = (planned.table.clone(), planned.column.clone());
            let parent_table = facts.table(&parent);
            let word = parent_table.map_or("", |table| table.word.as_str());
            let is_number = parent_table
                .and_then(|table| facts.column(table, &parent_column))
                .is_some_and(|column| column.class == Class::Integer);
            let is_named = refers_by_name(&column.name, word, &parent_column);
            let seen = whole.get(&(at, key)).cloned().unwrap_or_default();
            let add = |plan: &mut Plan, place: Place, origin: Origin, seen: &Seen| {
                let mut new = reference(key, &table.name, &column.name, place, origin);
                new.share = share(seen);
                plan.references.push(new);
            };
            let is_meant_here = are_disjoint || favourite == Some(key);
            let is_reference = is_meant_here
                && if is_number {
                    is_named && share(&seen) >= 0.8
                } else {
                    seen.hits > 0 && is_named || seen.hits >= 3 && share(&seen) >= 0.5
                };
            let seen_kinds: Vec<(&String, &Seen)> = by_kind
                .iter()
                .filter(|((of, for_key, _), seen)| *of == at && *for_key == key && seen.hits > 0)
                .map(|((_, _, kind), seen)| (kind, seen))
                .collect();
            let is_meant = |kind: &str, seen: &Seen| {
                let (kind, parent) = (kind.to_lowercase(), word.to_lowercase());
                share(seen) >= 0.8
                    && (kind == parent || kind == singular(&parent) || !is_number && seen.hits >= 3)
            };
            let meant: Vec<_> =
                seen_kinds.iter().filter(|(kind, seen)| is_meant(kind, seen)).collect();
            if let (Some(other), false) = (&kinds[at], meant.is_empty())
                && !is_reference
            {
                for (kind, seen) in meant {
                    add(
                        plan,
                        Place::When { column: other.clone(), equals: (*kind).clone() },
                        Origin::Values,
                        seen,
                    );
                }
            } else if is_reference {
                add(
                    plan,
                    Place::Whole,
                    if is_named { Origin::Name } else { Origin::Values },
                    &seen,
                );
            } else if !is_meant_here && seen.hits > 0 && !is_number {
                also(plan, &place, key, favourite, &seen);
            } else if seen.hits >= 3 && !is_number && !column.class.is_numeric() {
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
                let is_named = refers_by_name(leaf, word, &parent_column);
                // One place of a text belongs to one key: to the one that is named, or hit most.
                let owner = (0..plan.keys.len()).rev().max_by_key(|&other| {
                    let planned = &plan.keys[other];
                    let word = facts.table(&planned.table).map_or("", |table| table.word.as_str());
                    let hits = inside.get(&(at, other, path.clone())).map_or(0, |seen| seen.hits);
                    (hits > 0 && refers_by_name(leaf, word, &planned.column), hits)
                });
                if owner != Some(key) {
                    also(plan, &format!("{place} at {path}"), key, owner, seen);
                } else if (is_number && is_named && share(seen) >= 0.8)
                    || (!is_number && (is_named || share(seen) >= 0.5))
                {
                    add(
                        plan,
                        Place::Json(path.clone()),
                        if is_named { Origin::Name } else { Origin::Values },
                        seen,
                    );
                } else if !is_number {
                    plan.findings.push(Finding {
                        level: Level::Warning,
                        what: format!("{place} at {path}: {} of {} values are keys of {parent}.{parent_column}; they are not rewritten", seen.hits, seen.values),
                    });
                }
            }
            if let Some(seen) = lists.get(&(at, key))
                && !is_number
                && seen.hits >= 3
                && share(seen) >= 0.5
            {
                add(plan, Place::List(",".to_owned()), Origin::Values, seen);
            }
        }
        if let Some(count) = blobs.get(&at) {
            plan.findings.push(Finding {
                level: Level::Note,
                what: format!("{place}: {count} blobs are opaque; ids in them are not reachable"),
            });
        }
    }
    Ok(())
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
fn share(seen: &Seen) -> f64 {
    if seen.values == 0 { 0.0 } else { seen.hits as f64 / seen.values as f64 }
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
                reference.share =
                    share(&Seen { values: counts.values, hits: counts.values - counts.orphans });
            }
        }
    }
    Ok(())
}
