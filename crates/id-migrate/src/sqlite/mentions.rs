//! Statements of the schema that know keys: a legacy key as a literal equals no id, and an id is no number of a row.
//!
//! Triggers, views, indexes and checks are kept as they are written, so a plan has to say which of them need another statement.

use std::collections::BTreeSet;

use rusqlite::Connection;
use rusqlite::types::Value;

use super::ddl::{self, Piece, quote};
use super::schema::Schema;
use crate::error::Result;
use crate::plan::{Finding, Level, Plan};

/// A statement of the schema.
struct Object {
    kind: String,
    name: String,
    table: String,
    pieces: Vec<Piece>,
}

impl Object {
    fn names(&self, name: &str) -> bool {
        self.pieces.iter().any(|piece| piece.is_name(name))
    }

    /// Whether a value stands beside one of these columns: `id = 7`, `id IN (7, 8)`.
    fn is_compared(&self, mut at: usize, columns: &BTreeSet<String>) -> bool {
        let is_column = |at: Option<usize>| {
            at.and_then(|at| self.pieces.get(at)).is_some_and(
                |piece| matches!(piece, Piece::Name(name) if columns.contains(&name.to_lowercase())),
            )
        };
        let begin = at;
        while at > 0 && matches!(self.pieces[at - 1], Piece::Mark('=' | '<' | '>' | '!')) {
            at -= 1;
        }
        if at < begin {
            return is_column(at.checked_sub(1));
        }
        while at > 0
            && matches!(self.pieces[at - 1], Piece::Mark(',') | Piece::Number(_) | Piece::Text(_))
        {
            at -= 1;
        }
        let is_list = at > 1
            && matches!(self.pieces[at - 1], Piece::Mark('('))
            && self.pieces[at - 2].is_name("in");
        let is_not = is_list && at > 2 && self.pieces[at - 3].is_name("not");
        is_list && is_column(at.checked_sub(if is_not { 4 } else { 3 }))
    }
}

/// Says which statements hold a legacy key, and which give one to a virtual table as the number of a row.
pub(super) fn findings(db: &Connection, schema: &Schema, plan: &Plan) -> Result<Vec<Finding>> {
    let mut statement = db.prepare(
        "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid",
    )?;
    let objects = statement
        .query_map([], |row| {
            Ok(Object {
                kind: row.get(0)?,
                name: row.get(1)?,
                table: row.get(2)?,
                pieces: ddl::pieces(&row.get::<_, String>(3)?),
            })
        })?
        .collect::<std::result::Result<Vec<_>, _>>()?;
    let mut found = Vec::new();
    for (no, key) in plan.keys.iter().enumerate().filter(|(_, key)| key.external.is_none()) {
        let places: Vec<(&str, &str)> = std::iter::once((key.table.as_str(), key.column.as_str()))
            .chain(
                plan.references
                    .iter()
                    .filter(|reference| reference.key == no)
                    .map(|reference| (reference.table.as_str(), reference.column.as_str())),
            )
            .collect();
        let columns: BTreeSet<String> =
            places.iter().map(|(_, column)| column.to_lowercase()).collect();
        let mut is_key = db.prepare(&format!(
            "SELECT 1 FROM {} WHERE {} = ?1",
            quote(&key.table),
            quote(&key.column)
        ))?;
        for object in &objects {
            // Virtual tables have no checks, and what an earlier migration left is none of the schema.
            if object.kind == "table" && schema.table(&object.name).is_none() {
                continue;
            }
            let knows = columns.iter().any(|column| object.names(column));
            let mut literals = BTreeSet::new();
            for (at, piece) in object.pieces.iter().enumerate() {
                let (value, shown, is_telling) = match piece {
                    Piece::Number(number) => (Value::Integer(*number), number.to_string(), false),
                    Piece::Text(text) => {
                        let has_digit = text.bytes().any(|byte| byte.is_ascii_digit());
                        let is_word = text.chars().any(char::is_alphabetic);
                        let is_opaque = text.len() >= 16 && has_digit;
                        (Value::Text(text.clone()), ddl::text(text), is_opaque || knows && is_word)
                    }
                    _ => continue,
                };
                if (is_telling || object.is_compared(at, &columns)) && is_key.exists([value])? {
                    literals.insert(shown);
                }
            }
            if !literals.is_empty() {
                let some: Vec<&str> = literals.iter().take(3).map(String::as_str).collect();
                let more = if literals.len() > 3 { " and more" } else { "" };
                found.push(Finding {
                    level: Level::Warning,
                    what: format!(
                        "the {} `{}` holds keys of {}.{} as literals ({}{more}): they equal no new id; write it anew behind the switch",
                        object.kind, object.name, key.table, key.column, some.join(", ")
                    ),
                });
            }
        }
        for (table, column) in places {
            let is_number = schema
                .table(table)
                .and_then(|table| table.column(column))
                .is_some_and(|column| column.affinity.is_numeric());
            let triggers = objects.iter().filter(|object| {
                object.kind == "trigger" && object.table.eq_ignore_ascii_case(table) && is_number
            });
            for object in triggers {
                let gives = object.pieces.windows(3).any(|three| {
                    (three[0].is_name("new") || three[0].is_name("old"))
                        && matches!(three[1], Piece::Mark('.'))
                        && three[2].is_name(column)
                });
                // The first column of an R-tree is the number of its row, whatever it is called.
                let by_number = |sql: &str| {
                    ["rowid", "docid", "_rowid_", "oid"].iter().any(|word| object.names(word))
                        || sql.to_lowercase().contains("rtree")
                };
                let target =
                    schema.virtuals.iter().find(|(name, sql)| object.names(name) && by_number(sql));
                if let Some((name, _)) = target
                    && gives
                {
                    found.push(Finding {
                        level: Level::Warning,
                        what: format!(
                            "the trigger `{}` gives {table}.{column} to the virtual table `{name}` as the number of a row: an id is no number, and writes fail behind the switch until it gives the row's own `rowid`",
                            object.name
                        ),
                    });
                }
            }
        }
    }
    Ok(found)
}
