//! Makes one side of everything in the schemas where it waits: tables without rows, views, functions.

use postgres::Transaction;

use super::catalog::{self, Dependent};
use super::client::quote;
use super::ddl;
use super::layout::{Layout, Side};
use crate::error::{ErrorKind, MigrateError, Result};

/// Makes the schemas, tables, views and functions of a side; returns what a reader has to know. Every statement that is to
/// stay is added to the script.
pub(crate) fn side(
    db: &mut Transaction<'_>,
    layout: &mut Layout,
    side: Side,
    script: &mut Vec<String>,
) -> Result<Vec<String>> {
    let mut run = |db: &mut Transaction<'_>, statement: &str| {
        run(db, statement)?;
        script.push(statement.to_owned());
        Ok::<_, MigrateError>(())
    };
    for schema in layout.schemas.clone() {
        for side in [Side::Old, Side::New] {
            let aside = quote(&layout.aside(side, &schema));
            // Whoever may use the live schema may use what waits, because it moves there.
            run(db, &format!("CREATE SCHEMA IF NOT EXISTS {aside}"))?;
        }
    }
    for at in 0..layout.tables.len() {
        for statement in ddl::create(layout, at, side) {
            run(db, &statement)?;
        }
        for extra in ddl::extras(layout, at, side) {
            run(db, &extra)?;
        }
    }
    let mut said = Vec::new();
    let mut path: Vec<String> =
        layout.schemas.iter().map(|schema| quote(&layout.aside(side, schema))).collect();
    path.extend(layout.schemas.iter().map(|schema| quote(schema)));
    for no in 0..layout.dependents.len() {
        let one = layout.dependents[no].clone();
        let path = format!(
            "SET LOCAL search_path = {}; SET LOCAL check_function_bodies = off",
            path.join(", ")
        );
        run(db, &path)?;
        if one.kind == "f" && side == Side::New {
            layout.dependents[no].new = adapted(db, layout, &one, &mut said)?;
        }
        let one = layout.dependents[no].clone();
        let body = match (&one.new, side) {
            (Some((body, _)), Side::New) => body.clone(),
            _ => one.body.clone(),
        };
        let name = format!("{}.{}", quote(&layout.aside(side, &one.schema)), quote(&one.name));
        run(db, &body.replacen("{T}", &name, 1)).map_err(|error| {
            MigrateError::new(
                ErrorKind::Blocked,
                format!("`{}.{}` cannot be made for the new ids: {error}", one.schema, one.name),
            )
        })?;
        run(db, "SET LOCAL search_path = ''; SET LOCAL check_function_bodies = on")?;
        for index in &one.indexes {
            run(db, &ddl::index_statement(index, &name))?;
            for extra in ddl::of_index(index, &layout.aside(side, &one.schema), &name) {
                let extra = extra.replacen("ALTER TABLE", "ALTER MATERIALIZED VIEW", 1);
                run(db, &extra)?;
            }
        }
        // Arguments may be rows of tables that wait; of two functions of one name, the last one was made here.
        let arguments: String = db
            .query_opt(
                "SELECT pg_get_function_identity_arguments(oid) FROM pg_proc WHERE pronamespace = $1::text::regnamespace AND proname = $2 ORDER BY oid DESC LIMIT 1",
                &[&quote(&layout.aside(side, &one.schema)), &one.name],
            )?
            .map_or_else(String::new, |row| row.get(0));
        for extra in &one.extras {
            run(db, &extra.replace("{T}", &name).replace("{A}", &arguments))?;
        }
    }
    let live: Vec<u32> = layout.tables.iter().map(|table| table.old.oid).collect();
    let schemas: Vec<String> =
        layout.schemas.iter().map(|schema| layout.aside(side, schema)).collect();
    if side == Side::New {
        let crossed = db.query(
            "SELECT DISTINCT c.relname::text FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid AND d.classid = 'pg_rewrite'::regclass JOIN pg_class c ON c.oid = r.ev_class \
             JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ANY($1) AND d.refclassid = 'pg_class'::regclass AND d.refobjid = ANY($2)",
            &[&schemas, &live],
        )?;
        if let Some(row) = crossed.first() {
            return Err(MigrateError::new(
                ErrorKind::Blocked,
                format!(
                    "view `{}` uses tables of one name in two schemas: it cannot be made for the new ids",
                    row.get::<_, String>(0)
                ),
            ));
        }
    }
    Ok(said)
}

pub(crate) fn run(db: &mut Transaction<'_>, statement: &str) -> Result<()> {
    Ok(db.batch_execute(statement)?)
}

/// The statement of a function for the new side: with other types of its arguments, if only so its text is right.
fn adapted(
    db: &mut Transaction<'_>,
    layout: &Layout,
    one: &Dependent,
    said: &mut Vec<String>,
) -> Result<Option<(String, String)>> {
    // On trial the text reads the tables that wait; what is made reads whatever is in place.
    let trial = |body: &str| {
        layout.tables.iter().enumerate().fold(
            body.replacen("{T}", "pg_temp.trial", 1),
            |body, (at, table)| {
                let waits = layout.name(at, Side::New, Side::Old);
                let whole = format!("{}.{}", quote(&table.old.schema), quote(&table.old.name));
                body.replace(&whole, &waits)
                    .replace(&format!("{} ", table.old.id()), &format!("{waits} "))
                    .replace(&format!("{}\n", table.old.id()), &format!("{waits}\n"))
            },
        )
    };
    let mut stands = |body: &str| -> Result<bool> {
        let mut attempt = db.savepoint("trial")?;
        let done = attempt
            .batch_execute(&format!("SET LOCAL check_function_bodies = on; {}", trial(body)))
            .is_ok();
        attempt.rollback()?;
        Ok(done)
    };
    if stands(&one.body)? {
        return Ok(None);
    }
    let end = one.body.find("\n RETURNS").unwrap_or(0);
    let (mut head, mut arguments) = (one.body[..end].to_owned(), one.arguments.clone());
    for key in &layout.keys {
        let base = key.legacy_type.replace(" COLLATE \"C\"", "");
        let id = key.id_type.replace(" COLLATE \"C\"", "");
        head = replace_word(&head, &base, &id);
        arguments = replace_word(&arguments, &base, &id);
    }
    let body = format!("{head}{}", &one.body[end..]);
    if stands(&body)? {
        said.push(format!(
            "function {}.{}({}) takes ({arguments}) on the new side",
            one.schema, one.name, one.arguments
        ));
        return Ok(Some((body, arguments)));
    }
    said.push(format!(
        "function {}.{}({}) may not work with the new ids: look at its text",
        one.schema, one.name, one.arguments
    ));
    Ok(None)
}

fn replace_word(text: &str, word: &str, with: &str) -> String {
    let is_part = |byte: Option<u8>| {
        byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'"')
    };
    let mut out = String::new();
    let mut from = 0;
    for (at, _) in text.match_indices(word) {
        let before = at.checked_sub(1).map(|at| text.as_bytes()[at]);
        if at < from || is_part(before) || is_part(text.as_bytes().get(at + word.len()).copied()) {
            continue;
        }
        out.push_str(&text[from..at]);
        out.push_str(with);
        from = at + word.len();
    }
    out.push_str(&text[from..]);
    out
}

/// What has to be populated before the switch.
pub(crate) fn refresh(db: &mut postgres::Client, layout: &Layout, side: Side) -> Result<()> {
    for one in layout.dependents.iter().filter(|one| one.kind == "m" && one.is_populated) {
        db.batch_execute(&format!("REFRESH MATERIALIZED VIEW {}", waiting(layout, one, side)))?;
    }
    Ok(())
}

/// The whole name of what depends on a side that waits.
pub(crate) fn waiting(layout: &Layout, one: &Dependent, side: Side) -> String {
    format!("{}.{}", quote(&layout.aside(side, &one.schema)), quote(&one.name))
}

/// Everything that a layout needs, read from the database.
pub(crate) fn lay_out(
    db: &mut postgres::Client,
    plan: &crate::plan::Plan,
) -> Result<(Layout, Vec<String>)> {
    let tables = catalog::tables(db)?;
    let planned = super::layout::planned(plan, &tables)?;
    let oids: Vec<u32> = planned.iter().map(|table| table.oid).collect();
    let mut schemas: Vec<String> = tables.iter().map(|table| table.schema.clone()).collect();
    schemas.sort();
    schemas.dedup();
    let (dependents, blocked) = catalog::dependents(db, &oids, &schemas)?;
    let outside = catalog::from_outside(db, &oids)?;
    let mut kept = Vec::new();
    let domains: Vec<&str> = planned
        .iter()
        .flat_map(|table| &table.columns)
        .filter(|column| {
            column.declared != column.base
                && column.class == catalog::Kind::Text
                && !column.declared.contains('(')
        })
        .map(|column| column.declared.as_str())
        .collect();
    for key in &plan.keys {
        for domain in &domains {
            let crate::mapping::Written::Text(sample) = key
                .form
                .write(unified_id::Core::from_u128(0x0190_1234_5678_7abc_8def_0123_4567_89ab))
            else {
                continue;
            };
            let mut attempt = db.transaction()?;
            if attempt
                .batch_execute(&format!("SELECT {}::{domain}", super::client::text(&sample)))
                .is_ok()
            {
                kept.push(((*domain).to_owned(), key.form.clone()));
            }
            attempt.rollback()?;
        }
    }
    let foreign = super::foreign::kinds(plan, &tables)?;
    let mut layout = Layout::of(plan, &tables, dependents, outside, &kept, &foreign)?;
    let statistics = planned.iter().flat_map(|table| &table.statistics);
    schemas.extend(statistics.map(|one| one.schema.clone()));
    schemas.extend(layout.dependents.iter().map(|one| one.schema.clone()));
    schemas.sort();
    schemas.dedup();
    layout.schemas = schemas;
    let made: Vec<u32> = layout.dependents.iter().map(|one| one.oid).collect();
    layout.policies = catalog::outside_policies(db, &oids, &made)?;
    prefixes(db, &mut layout)?;
    Ok((layout, blocked))
}

/// Finds what stands before the core in legacy texts that rows of the new side get: the legacy column must take them.
fn prefixes(db: &mut postgres::Client, layout: &mut Layout) -> Result<()> {
    for no in 0..layout.keys.len() {
        let key = &layout.keys[no];
        if key.legacy_kind != catalog::Kind::Text || key.is_external() {
            continue;
        }
        let (name, column) = (layout.name(key.table, Side::Old, Side::Old), quote(&key.column));
        let declared = layout.tables[key.table]
            .old
            .column(&key.column)
            .map(|column| column.declared.clone())
            .unwrap_or_default();
        let sample: Vec<String> = db
            .query(
                &format!("SELECT {column}::text FROM {name} WHERE {column} IS NOT NULL LIMIT 20"),
                &[],
            )?
            .iter()
            .map(|row| row.get(0))
            .collect();
        let head = sample
            .first()
            .and_then(|first| first.find(['_', '-', ':']).map(|at| first[..=at].to_owned()))
            .unwrap_or_default();
        let is_common = !head.is_empty() && sample.iter().all(|one| one.starts_with(&head));
        for prefix in [String::new(), head].into_iter().take(if is_common { 2 } else { 1 }) {
            let mut attempt = db.transaction()?;
            let made = format!("{prefix}01hk421p48e8wvkgb4w8etmzmm");
            let takes = attempt
                .query_one(
                    &format!("SELECT ({}::{declared})::text", super::client::text(&made)),
                    &[],
                )
                .is_ok_and(|row| row.get::<_, String>(0) == made);
            attempt.rollback()?;
            if takes {
                layout.keys[no].fresh_prefix = prefix;
                break;
            }
        }
    }
    Ok(())
}
