//! The statements of a plan as files for review; they come from the same layout as the run, and the server takes them.
//!
//! What the new side is made of is known only when it is made: it is, in a transaction that is undone. A run goes on behind
//! any of the first files that somebody has executed by hand.

use super::client::{connect, quote, text};
use super::layout::{Layout, Side};
use super::{build, catalog, copy, ddl, foreign, functions, swap, work};
use crate::database::Access;
use crate::engine::Phase;
use crate::error::{ErrorKind, MigrateError, Result};
use crate::plan::Plan;
use crate::script;

/// Returns the files of a plan: name and text.
///
/// # Errors
///
/// If no connection can be made, the database is not the planned one, or it refuses to make the new side.
pub fn scripts(plan: &Plan, access: &Access) -> Result<Vec<(&'static str, String)>> {
    let mut db = connect(&plan.database, access.password.as_deref())?;
    if catalog::hash(&mut db)? != plan.schema_hash {
        return Err(MigrateError::new(
            ErrorKind::SchemaChanged,
            "the schema has changed since it was planned",
        ));
    }
    let (mut layout, _) = build::lay_out(&mut db, plan)?;
    let (mut made, mut back) = (ddl::state(&layout), Vec::new());
    let mut transaction = db.transaction()?;
    for statement in &made {
        build::run(&mut transaction, statement)?;
    }
    build::side(&mut transaction, &mut layout, Side::New, &mut made)?;
    build::side(&mut transaction, &mut layout, Side::Old, &mut back)?;
    transaction.rollback()?;
    Ok(vec![
        ("1-expand.sql", expand(&layout, made)),
        ("2-backfill.sql", backfill(plan, &layout)?),
        ("3-switch.sql", switch(&layout)),
        ("4-contract.sql", contract(&layout)),
        ("rollback-before-switch.sql", before_switch(&layout)),
        ("rollback-after-switch.sql", after_switch(&layout)),
        ("rollback-after-contract.sql", after_contract(&layout, back)),
    ])
}

/// What a connection of the run is set to, as far as the statements depend on it.
const SETTINGS: &str = "SET search_path = ''; SET timezone = 'UTC'; SET datestyle = 'ISO'; SET standard_conforming_strings = on; SET row_security = off";

fn file(title: &str, statements: impl IntoIterator<Item = String>) -> String {
    script::file(title, Some(SETTINGS), statements)
}

fn one_transaction(statements: Vec<String>) -> Vec<String> {
    script::one_transaction("BEGIN", statements)
}

/// The statements that end a phase.
fn ended(layout: &Layout, phase: Phase, next: Phase) -> [String; 2] {
    [work::noted(layout, "phase", &text(next.name())), work::reached(layout, phase)]
}

/// The logs of a side that the application writes to, where it is.
fn logs(layout: &Layout, live: Side) -> impl Iterator<Item = String> {
    layout
        .roots()
        .flat_map(move |root| ddl::log(layout, root, live, &layout.name(root, live, live)))
}

fn expand(layout: &Layout, mut statements: Vec<String>) -> String {
    let stored = serde_json::to_string(layout).expect("invariant: the layout is plain data");
    statements.push(work::noted(layout, "layout", &text(&stored)));
    statements.push(work::noted(layout, "version", "'1'"));
    statements.extend(ended(layout, Phase::Expand, Phase::Backfill));
    statements.extend(logs(layout, Side::Old));
    file(
        "expand: state, map, shadow tables and what depends on them, change logs and their triggers, in one transaction",
        one_transaction(statements),
    )
}

fn backfill(plan: &Plan, layout: &Layout) -> Result<String> {
    let mut statements = Vec::new();
    for (no, key) in layout.keys.iter().enumerate() {
        if key.is_external() {
            statements.extend(foreign::inserts(layout, no, &plan.keys[no])?);
        } else {
            statements.push(functions::mapped(layout, no));
        }
        statements.push(format!("ANALYZE {}", layout.map(no)));
        if key.keeps_order {
            statements.push(format!(
                "-- {}.{} keeps the order of a millisecond: its ranks are in the ids that the program makes, not here\nSELECT 1",
                key.table_name, key.column
            ));
        }
    }
    statements.extend(filled(layout, Side::New));
    statements.extend(ended(layout, Phase::Backfill, Phase::Verify));
    Ok(file(
        "backfill: map, rows, indexes; for a database that nobody writes to at the moment\n\
         -- `run` makes the ids in the program (fallbacks and ranks too), copies ranges of blocks by several workers, each in\n\
         -- its own transaction, and brings over afterwards what the logs name; a value that the recipe in SQL cannot take\n\
         -- has no row in the map here, and stays as it is",
        statements,
    ))
}

/// Rows and indexes of a side.
fn filled(layout: &Layout, to: Side) -> Vec<String> {
    let leaves = (0..layout.tables.len()).filter(|at| layout.tables[*at].is_leaf);
    let mut statements: Vec<String> = leaves.map(|at| copy::insert(layout, at, to)).collect();
    statements.extend((0..layout.tables.len()).flat_map(|at| ddl::indexes(layout, at, to)));
    let names = layout.roots().map(|root| layout.name(root, to, to.other()));
    statements.extend(names.map(|name| format!("ANALYZE {name}")));
    statements
}

/// What changed since, under the locks of all tables.
fn followed(layout: &Layout, to: Side, live: Side) -> Vec<String> {
    let names: Vec<String> = layout.roots().map(|root| layout.name(root, live, live)).collect();
    let mut statements = vec![format!("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE", names.join(", "))];
    for root in layout.roots() {
        if layout.tables[root].row_key.is_empty() {
            statements.push(format!(
                "-- nothing names a row of this table: the program repeats the changes of its log one by one; here it has to be empty\n\
                 DO $$ BEGIN IF EXISTS (SELECT FROM {}) THEN RAISE EXCEPTION 'changed since it was copied'; END IF; END $$",
                layout.own(&format!("log_{root}_{}", to.other().word()))
            ));
        } else {
            statements.extend(copy::drain_statements(layout, root, to, live, i64::MAX));
        }
    }
    statements
}

fn exchanged(layout: &Layout, to: Side, phase: Phase, next: Phase) -> Vec<String> {
    let mut statements = followed(layout, to, to.other());
    statements.extend(work::numbers(layout, to));
    statements.extend(swap::statements(layout, to).into_iter().flatten());
    statements.extend(ended(layout, phase, next));
    let views = layout.dependents.iter().filter(|one| one.kind == "m" && one.is_populated);
    let mut all: Vec<String> = views
        .map(|one| format!("REFRESH MATERIALIZED VIEW {}", build::waiting(layout, one, to)))
        .collect();
    all.extend(one_transaction(statements));
    all.extend(swap::validations(layout, to));
    all
}

fn switch(layout: &Layout) -> String {
    file(
        "switch: one transaction moves both sides between schemas; behind it the foreign keys are validated\n\
         -- `run` compares the schema with the planned one under the locks, names in the logs what refers to keys that came\n\
         -- late, and waits for each lock 100 ms at most before it steps back",
        exchanged(layout, Side::New, Phase::Switch, Phase::Soak),
    )
}

fn contract(layout: &Layout) -> String {
    let mut statements = followed(layout, Side::Old, Side::New);
    for root in layout.roots() {
        let name = layout.name(root, Side::New, Side::New);
        statements.extend(ddl::no_log(layout, root, Side::New, &name));
    }
    statements.extend(work::drops(layout, Side::Old));
    statements.push(format!("TRUNCATE {}", layout.own("chunk")));
    statements.extend(ended(layout, Phase::Contract, Phase::Done));
    file("contract: the old side goes, map and view stay", one_transaction(statements))
}

/// Everything that the migration made, once the old side is in place.
fn removed(layout: &Layout) -> Vec<String> {
    let mut statements = Vec::new();
    for root in layout.roots() {
        let name = layout.name(root, Side::Old, Side::Old);
        statements.extend(ddl::no_log(layout, root, Side::Old, &name));
    }
    statements.extend(work::drops(layout, Side::New));
    statements.push(format!("DROP SCHEMA {} CASCADE", quote(&layout.state)));
    one_transaction(statements)
}

fn before_switch(layout: &Layout) -> String {
    file(
        "rollback before the switch: what the migration made is dropped; the program writes the map to a file first",
        removed(layout),
    )
}

fn after_switch(layout: &Layout) -> String {
    let mut statements = exchanged(layout, Side::Old, Phase::Back, Phase::Drop);
    statements.extend(removed(layout));
    file(
        "rollback between switch and contract: what changed comes back, then both sides move",
        statements,
    )
}

fn after_contract(layout: &Layout, made: Vec<String>) -> String {
    let mut statements = made;
    statements.extend(logs(layout, Side::New));
    statements.extend(work::late_keys(layout));
    statements.extend(ended(layout, Phase::Back, Phase::Back));
    let mut all = one_transaction(statements);
    all.extend(filled(layout, Side::Old));
    all.extend(exchanged(layout, Side::Old, Phase::Back, Phase::Drop));
    all.extend(removed(layout));
    file(
        "rollback after the contract: the old tables are made again from the map, and move into place;\n\
         -- for a database that nobody writes to at the moment",
        all,
    )
}
