//! The statements of a plan as files for review: what a run executes, in its order.
//!
//! They come from the same layout as the run. `unified_id_map(KEY, LEGACY, TIME)` and `unified_id_literal(VALUE)` are functions
//! of the run's own connection; no trigger calls them.

use std::path::Path;

use super::copy;
use super::ddl::quote;
use super::index::Sorted;
use super::layout::{Layout, Way};
use super::{files, schema};
use crate::error::Result;
use crate::plan::Plan;
use crate::script;

/// Returns the files of a plan: name and text.
///
/// # Errors
///
/// If the database cannot be read, or is not the planned one.
pub fn scripts(plan: &Plan) -> Result<Vec<(&'static str, String)>> {
    let db = files::open(Path::new(&plan.database), true)?;
    let schema = schema::read(&db, &plan.prefix)?;
    let layout = Layout::of(plan, &schema)?;
    Ok(vec![
        ("1-expand.sql", expand(plan, &layout)),
        ("2-backfill.sql", backfill(plan, &layout)),
        ("3-switch.sql", switch(&layout, Way::Forward)),
        ("4-contract.sql", contract(plan, &layout)),
        ("rollback.sql", rollback(plan, &layout)),
    ])
}

fn file(title: &str, statements: impl IntoIterator<Item = String>) -> String {
    script::file(title, None, statements)
}

fn one_transaction(statements: Vec<String>) -> Vec<String> {
    script::one_transaction("BEGIN IMMEDIATE", statements)
}

fn expand(plan: &Plan, layout: &Layout) -> String {
    let mut statements = layout.state_statements(plan);
    for table in &layout.tables {
        statements.extend(table.shadow_statements(Way::Forward));
        statements.extend(table.log_statements(&table.name));
    }
    file(
        "expand: state, map, shadow tables, change logs and their triggers, in one transaction",
        one_transaction(statements),
    )
}

fn backfill(plan: &Plan, layout: &Layout) -> String {
    let mut statements = Vec::new();
    for table in &layout.tables {
        for no in &table.keys {
            let key = &layout.keys[*no];
            statements.push(format!(
                "INSERT INTO {0} (new, legacy, origin) SELECT unified_id_map({no}, t.{1}, {2}), t.{1}, '{3}' FROM {4} t WHERE t.{1} IS NOT NULL ON CONFLICT (legacy) DO NOTHING",
                quote(&key.map),
                quote(&key.column),
                copy::time_cell(plan, *no),
                plan.keys[*no].mapping.name(),
                quote(&table.name)
            ));
        }
    }
    for key in &layout.keys {
        statements.extend(key.sorted.iter().flat_map(filled));
    }
    for table in &layout.tables {
        statements.push(copied(layout, table, Way::Forward));
        statements.extend(
            table.indexes.iter().filter_map(|index| index.sorted.as_ref()).flat_map(filled),
        );
    }
    file(
        "backfill: in batches over the key of each table, each its own transaction with the cursor of the table;\n-- ids inside JSON and lists are rewritten by the program, row by row, in the transaction of their batch",
        statements,
    )
}

fn copied(layout: &Layout, table: &super::layout::LaidTable, way: Way) -> String {
    let (names, values) = layout.copy(table, way);
    format!(
        "INSERT INTO {} ({names}) SELECT {values} FROM {} t",
        quote(&table.shadow),
        quote(&table.name)
    )
}

/// An index that is filled behind the rows, in its own order; one over a NULL is made before them, by its own statement.
fn filled(index: &Sorted) -> Vec<String> {
    let mut statements = vec![index.stage_statement(), index.fill_statement()];
    statements.push("PRAGMA writable_schema = ON".to_owned());
    statements.extend(index.install_statements());
    statements.push("PRAGMA writable_schema = OFF".to_owned());
    statements
}

fn exchanged(layout: &Layout, way: Way) -> Vec<String> {
    let mut statements = vec!["PRAGMA writable_schema = ON".to_owned()];
    for table in &layout.tables {
        let (sql, shadow_sql) = match way {
            Way::Forward => (&table.new_sql, &table.shadow_old_sql),
            Way::Back => (&table.old_sql, &table.shadow_new_sql),
        };
        let text = super::ddl::text;
        statements.push(format!(
            "UPDATE sqlite_master SET rootpage = CASE name WHEN {0} THEN (SELECT rootpage FROM sqlite_master WHERE name = {1}) ELSE (SELECT rootpage FROM sqlite_master WHERE name = {0}) END, \
             sql = CASE name WHEN {0} THEN {2} ELSE {3} END WHERE type = 'table' AND name IN ({0}, {1})",
            text(&table.name),
            text(&table.shadow),
            text(sql),
            text(shadow_sql),
        ));
        for index in &table.indexes {
            statements.push(format!(
                "UPDATE sqlite_master SET rootpage = CASE name WHEN {0} THEN (SELECT rootpage FROM sqlite_master WHERE name = {1}) ELSE (SELECT rootpage FROM sqlite_master WHERE name = {0}) END \
                 WHERE type = 'index' AND name IN ({0}, {1})",
                text(&index.name),
                text(&index.shadow),
            ));
        }
        statements.push(format!(
            "-- the indexes of constraints of {0} and {1} exchange their pages in the same way\nSELECT name, rootpage FROM sqlite_master WHERE type = 'index' AND sql IS NULL AND tbl_name COLLATE NOCASE IN ({0}, {1})",
            text(&table.name),
            text(&table.shadow),
        ));
    }
    statements.push("PRAGMA writable_schema = OFF".to_owned());
    statements
}

fn switch(layout: &Layout, way: Way) -> String {
    let mut statements = Vec::new();
    if way == Way::Forward {
        statements.extend(super::work::follow_statements(layout));
    }
    statements.extend(exchanged(layout, way));
    file(
        "switch: one transaction, after the last changed rows were brought over and the hash of the schema was compared",
        one_transaction(statements),
    )
}

fn dropped(layout: &Layout) -> Vec<String> {
    layout.tables.iter().flat_map(super::layout::LaidTable::drop_statements).collect()
}

fn contract(plan: &Plan, layout: &Layout) -> String {
    let mut statements = dropped(layout);
    statements.push(layout.view_statement(plan));
    file("contract: the old side goes, map and view stay", statements)
}

fn rollback(plan: &Plan, layout: &Layout) -> String {
    let mut statements = vec![
        "-- before the switch: only what the migration made is dropped, see the end of this file\n\
         -- between switch and contract: the exchange below\n\
         -- after contract: the old tables are made again from the map, then the exchange\nSELECT 1"
            .to_owned(),
    ];
    for table in &layout.tables {
        statements.extend(table.shadow_statements(Way::Back));
        statements.extend(table.log_statements(&table.name));
    }
    for table in &layout.tables {
        statements.push(copied(layout, table, Way::Back));
        statements.extend(
            table.indexes.iter().filter_map(|index| index.sorted.as_ref()).flat_map(filled),
        );
    }
    statements.extend(one_transaction(exchanged(layout, Way::Back)));
    statements.extend(dropped(layout));
    statements.extend(layout.drop_state_statements(plan));
    file("rollback, from every phase", statements)
}
