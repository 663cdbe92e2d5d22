//! Which tables are made anew, and the statements that make them: in the old state and in the new one.
//!
//! A file is copied as it is; only tables that hold ids, and those that refer to one of these, are dropped in the copy and
//! made again. So sequences, types, macros and everything else stay what they are, whatever this program knows of them.

use std::collections::BTreeSet;

use super::copy;
use super::ffi::Duck;
use super::kind::Kind;
use super::schema::{self, Column, Holds, Table, quote, text};
use crate::error::{ErrorKind, MigrateError, Result};
use crate::mapping::Form;
use crate::plan::{Place, Plan};
use crate::sqlite::ddl::{self, Retyped};

/// A table that is made anew.
#[derive(Clone, Debug)]
pub(super) struct Laid {
    pub(super) table: Table,
    /// What makes it as it was: the table first.
    pub(super) old: Vec<String>,
    pub(super) new: Vec<String>,
}

/// An id as SQL: the default of a key that had one before.
pub(super) fn fresh(form: &Form) -> String {
    // What every DuckDB since 1.0 has.
    let ms = "epoch_ms(now())";
    if matches!(form, Form::Uuid | Form::Bytes) {
        // A random UUID has 19 digits behind its version: the variant is among them.
        let digits = format!(
            "lpad(to_hex({ms}), 12, '0') || '7' || substr(replace(CAST(uuid() AS VARCHAR), '-', ''), 14)"
        );
        return Kind::of(form).value(&format!("({digits})"));
    }
    let pick = |value: String| {
        format!("substr('0123456789abcdefghjkmnpqrstvwxyz', CAST(1 + {value} AS INTEGER), 1)")
    };
    let random = |below: u32| format!("floor(random() * {below})");
    let mut parts: Vec<String> =
        (0..10).map(|at| pick(format!("(({ms} >> {}) & 31)", 45 - 5 * at))).collect();
    // 0111r rrrrr rrrrr r10rr, then random digits.
    parts.push(pick(format!("14 + {}", random(2))));
    parts.push(pick(random(32)));
    parts.push(pick(random(32)));
    parts.push(pick(format!("8 + 16 * {} + {}", random(2), random(4))));
    parts.extend((0..12).map(|_| pick(random(32))));
    let core = parts.join(" || ");
    match form {
        Form::Upper => format!("upper({core})"),
        Form::Typed(prefix) => format!("{} || {core}", text(&format!("{prefix}_"))),
        _ => core,
    }
}

/// The type of a column on the new side; `None` if it cannot hold the new ids.
pub(super) fn target(plan: &Plan, table: &Table, column: &Column) -> Option<Kind> {
    let spots: Vec<(usize, Place)> = copy::spots(plan, table, column).collect();
    let form = |key: usize| &plan.keys[key].form;
    let one = |kinds: Vec<Kind>| -> Option<Kind> {
        let first = kinds.first()?.clone();
        if kinds.iter().all(|kind| *kind == first) {
            return Some(first);
        }
        kinds.iter().all(|kind| !kind.is_blob()).then(|| Kind::of(&Form::Core))
    };
    match column.holds {
        Holds::Nested => {
            let leaves = column.kind.leaves("$");
            let is_there = |place: &Place| {
                leaves.iter().any(|(path, leaf)| {
                    matches!(place, Place::Json(wanted) if wanted == path) && leaf.is_id()
                })
            };
            if !spots.iter().all(|(_, place)| is_there(place)) {
                return None;
            }
            let is_mixed = std::cell::Cell::new(false);
            let kind = column.kind.with("$", &|path, leaf| {
                let kinds: Vec<Kind> = spots
                    .iter()
                    .filter(|(_, place)| matches!(place, Place::Json(wanted) if wanted == path))
                    .map(|(key, _)| leaf.for_key(form(*key)))
                    .collect();
                if kinds.is_empty() {
                    return leaf.clone();
                }
                one(kinds).unwrap_or_else(|| {
                    is_mixed.set(true);
                    leaf.clone()
                })
            });
            (!is_mixed.get()).then_some(kind)
        }
        Holds::Text | Holds::Uuid | Holds::Bytes | Holds::Integer => {
            let (inside, whole): (Vec<_>, Vec<_>) = spots
                .iter()
                .partition(|(_, place)| matches!(place, Place::Json(_) | Place::List(_)));
            if !inside.is_empty() && (!whole.is_empty() || !column.kind.is_text()) {
                return (column.kind.is_text()
                    && whole.iter().all(|(key, _)| column.kind.takes(form(*key))))
                .then(|| column.kind.clone());
            }
            if whole.is_empty() {
                return Some(column.kind.clone());
            }
            let kind = |(key, place): &(usize, Place)| {
                let kind = column.kind.for_key(form(*key));
                // Other rows of the column hold values of other kinds, which nothing but a text takes.
                if !matches!(place, Place::When { .. }) || kind == column.kind || kind.is_text() {
                    return Some(kind);
                }
                kind.is_uuid().then(|| Kind::of(&Form::Core))
            };
            one(whole.iter().map(|spot| kind(spot)).collect::<Option<_>>()?)
        }
        Holds::Json => spots
            .iter()
            .all(|(_, place)| matches!(place, Place::Json(_)))
            .then(|| column.kind.clone()),
        Holds::Number | Holds::Time | Holds::Other => spots.is_empty().then(|| column.kind.clone()),
    }
}

/// The tables that are made anew, parents first.
pub(super) fn affected<'a>(plan: &Plan, tables: &'a [Table]) -> Result<Vec<&'a Table>> {
    let mut names: BTreeSet<String> = tables
        .iter()
        .filter(|table| {
            table.columns.iter().any(|column| copy::spots(plan, table, column).next().is_some())
        })
        .map(Table::name)
        .collect();
    // A table cannot be dropped while another one refers to it.
    loop {
        let children: Vec<String> = tables
            .iter()
            .filter(|table| {
                !names.contains(&table.name())
                    && table.foreign.iter().any(|key| names.contains(&key.parent))
            })
            .map(Table::name)
            .collect();
        if children.is_empty() {
            break;
        }
        names.extend(children);
    }
    let ordered = copy::order(tables).ok_or_else(|| {
        MigrateError::new(ErrorKind::Blocked, "tables refer to each other in a circle")
    })?;
    Ok(ordered.into_iter().filter(|table| names.contains(&table.name())).collect())
}

/// The statements of all tables that are made anew, parents first.
pub(super) fn lay(duck: &Duck, plan: &Plan, tables: &[Table]) -> Result<Vec<Laid>> {
    affected(plan, tables)?
        .into_iter()
        .map(|table| {
            let more = details(duck, "src", table)?;
            let statements =
                |first: String| std::iter::once(first).chain(more.iter().cloned()).collect();
            Ok(Laid {
                table: table.clone(),
                old: statements(table.sql.clone()),
                new: statements(new_sql(plan, table)?),
            })
        })
        .collect()
}

/// Indexes and comments of a table of an attached database, as statements.
pub(super) fn details(duck: &Duck, catalog: &str, table: &Table) -> Result<Vec<String>> {
    let name = format!("{}.{}", quote(&table.schema), quote(&table.word));
    let mut statements = Vec::new();
    let sql = format!(
        "SELECT sql, index_name, comment FROM duckdb_indexes() WHERE database_name = {} AND schema_name = {} AND table_name = {} AND sql IS NOT NULL ORDER BY index_name",
        text(catalog),
        text(&table.schema),
        text(&table.word)
    );
    for row in schema::all(duck, &sql)? {
        statements.extend(row[0].clone());
        if let (Some(index), Some(comment)) = (&row[1], &row[2]) {
            let index = format!("{}.{}", quote(&table.schema), quote(index));
            statements.push(format!("COMMENT ON INDEX {index} IS {}", text(comment)));
        }
    }
    if let Some(comment) = &table.comment {
        statements.push(format!("COMMENT ON TABLE {name} IS {}", text(comment)));
    }
    for column in &table.columns {
        if let Some(comment) = &column.comment {
            let column = quote(&column.name);
            statements.push(format!("COMMENT ON COLUMN {name}.{column} IS {}", text(comment)));
        }
    }
    Ok(statements)
}

/// The statement that makes a table in its new state.
fn new_sql(plan: &Plan, table: &Table) -> Result<String> {
    let parsed = ddl::Table::parse(&table.sql).ok_or_else(|| {
        MigrateError::new(
            ErrorKind::Blocked,
            format!("the statement of table `{}` cannot be read: {}", table.name(), table.sql),
        )
    })?;
    let mut types = Vec::new();
    for column in &table.columns {
        let Some(kind) = target(plan, table, column) else {
            return Err(MigrateError::new(
                ErrorKind::Blocked,
                format!("{}.{} cannot hold the new ids", table.name(), column.name),
            ));
        };
        let is_other = kind != column.kind;
        let default = default(plan, table, column, is_other);
        if is_other || default != Default::Kept {
            types.push(Retyped {
                column: &column.name,
                to: is_other.then(|| kind.sql()),
                keeps_collation: kind.is_text(),
                default: match default {
                    Default::Kept => column.default.clone(),
                    Default::Gone => None,
                    Default::Fresh(sql) => Some(sql),
                },
            });
        }
    }
    Ok(parsed.retyped(&types))
}

/// What becomes of a column's default.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Default {
    /// It stays, or there is none.
    Kept,
    /// It goes, as it is no id.
    Gone,
    /// This makes ids in its place.
    Fresh(String),
}

pub(super) fn default(plan: &Plan, table: &Table, column: &Column, is_other: bool) -> Default {
    if column.default.is_none() {
        return Default::Kept;
    }
    let key = plan.keys.iter().find(|key| {
        key.external.is_none()
            && key.table == table.name()
            && key.column.eq_ignore_ascii_case(&column.name)
    });
    match key {
        // A default that makes UUIDs goes on to do so.
        Some(key) if is_other || key.form != Form::Uuid => Default::Fresh(fresh(&key.form)),
        None if is_other => Default::Gone,
        _ => Default::Kept,
    }
}

/// Drops the tables, children first, and makes them in the state that `statements` picks. Everything unqualified is `dst`'s.
pub(super) fn make_again(
    duck: &Duck,
    laid: &[Laid],
    statements: impl Fn(&Laid) -> &[String],
) -> Result<()> {
    duck.execute("USE dst")?;
    let made = drop_all(duck, laid).and_then(|()| {
        // The room of the old rows is free for the new ones.
        duck.execute("CHECKPOINT dst")?;
        laid.iter().flat_map(statements).try_for_each(|statement| duck.execute(statement))?;
        views(duck)
    });
    duck.execute("USE memory")?;
    made
}

pub(super) fn drop_all(duck: &Duck, laid: &[Laid]) -> Result<()> {
    laid.iter()
        .rev()
        .try_for_each(|laid| duck.execute(&format!("DROP TABLE {}", laid.table.of("dst"))))
}

/// Makes all views of `dst` anew: a DuckDB before 1.4 compares the types of their columns with those of the day they were made.
fn views(duck: &Duck) -> Result<()> {
    let mut left = schema::all(
        duck,
        "SELECT schema_name, view_name, sql, comment FROM duckdb_views() WHERE database_name = 'dst' AND NOT internal AND sql IS NOT NULL ORDER BY view_oid",
    )?;
    loop {
        let before = left.len();
        // A view over another one that is not made yet has to wait; one that nobody could ask before stays as it is.
        left.retain(|row| {
            let cell = |at: usize| row[at].clone().unwrap_or_default();
            let Some(rest) = cell(2).strip_prefix("CREATE VIEW").map(str::to_owned) else {
                return false;
            };
            let name = format!("{}.{}", quote(&cell(0)), quote(&cell(1)));
            let comment = row[3]
                .as_deref()
                .map(|comment| format!("; COMMENT ON VIEW {name} IS {}", text(comment)));
            let sql = format!(
                "CREATE OR REPLACE VIEW{}{}",
                rest.trim_end_matches(';'),
                comment.unwrap_or_default()
            );
            duck.execute(&sql).is_err()
        });
        if left.is_empty() || left.len() == before {
            return Ok(());
        }
    }
}
