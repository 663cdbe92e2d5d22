//! The switch: both sides change places in one short transaction, by moving tables, views and functions between schemas.
//!
//! Names, indexes, rights and comments move along; nothing is copied, so the cost does not depend on the rows. Foreign keys
//! exist on the live side only, or cascades and checks would meet a copy in the middle of being brought over: they are made
//! unvalidated here and validated afterwards, without a lock that stops writers.

use postgres::Transaction;

use super::catalog::{self, Foreign};
use super::client::{quote, text};
use super::ddl;
use super::layout::{Layout, Side};
use crate::error::Result;

fn run(db: &mut Transaction<'_>, statements: &[String]) -> Result<()> {
    if !statements.is_empty() {
        db.batch_execute(&statements.join(";\n"))?;
    }
    Ok(())
}

/// Takes every lock that the exchange needs.
pub(crate) fn lock(
    db: &mut Transaction<'_>,
    layout: &Layout,
    live: Side,
    wait_ms: u64,
) -> Result<()> {
    db.batch_execute(&format!("SET LOCAL lock_timeout = {wait_ms}"))?;
    let tables: Vec<String> = layout.roots().map(|root| layout.name(root, live, live)).collect();
    Ok(db.batch_execute(&format!("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE", tables.join(", ")))?)
}

/// Puts a side in place; the other one waits aside.
pub(crate) fn exchange(db: &mut Transaction<'_>, layout: &Layout, to: Side) -> Result<()> {
    for step in statements(layout, to) {
        run(db, &step)?;
    }
    Ok(())
}

/// The statements of the exchange, in the steps in which they are sent.
pub(crate) fn statements(layout: &Layout, to: Side) -> [Vec<String>; 4] {
    let from = to.other();
    let mut before = drop_foreign(layout, from, from);
    let mut after = Vec::new();
    for (at, laid) in layout.tables.iter().enumerate() {
        let (source, target) = (laid.side(from), laid.side(to));
        for schema_column in source.columns.iter().chain(&target.columns) {
            // Both sides number from one sequence; it stays where it is.
            if let Some((schema, name)) =
                schema_column.sequence.as_ref().filter(|_| schema_column.identity.is_empty())
            {
                let free =
                    format!("ALTER SEQUENCE {}.{} OWNED BY NONE", quote(schema), quote(name));
                if !before.contains(&free) {
                    before.push(free);
                }
            }
        }
        for column in &target.columns {
            let Some((schema, name)) = &column.sequence else { continue };
            if column.identity.is_empty() {
                after.push(format!(
                    "ALTER SEQUENCE {}.{} OWNED BY {}.{}",
                    quote(schema),
                    quote(name),
                    layout.name(at, to, to),
                    quote(&column.name)
                ));
            } else if source.column(&column.name).is_some_and(|other| !other.identity.is_empty())
                && target.part_of.is_none()
            {
                let other = format!("{}.{}", quote(&layout.aside(from, schema)), quote(name));
                after.push(format!(
                    "SELECT setval({}::regclass, last_value, is_called) FROM {other}",
                    text(&format!("{}.{}", quote(schema), quote(name)))
                ));
            }
        }
    }
    let mut moves = Vec::new();
    for side in [from, to] {
        let is_out = side == from;
        let place =
            |schema: &str| if is_out { layout.aside(side, schema) } else { schema.to_owned() };
        let at = |schema: &str| if is_out { schema.to_owned() } else { layout.aside(side, schema) };
        for one in &layout.dependents {
            let (from, to) = (at(&one.schema), place(&one.schema));
            let word = match one.kind.as_str() {
                "m" => "MATERIALIZED VIEW",
                "v" => "VIEW",
                _ => {
                    let arguments = is_out.then(|| one.arguments_of(side));
                    moves.push(each_function(
                        &from,
                        &one.name,
                        arguments,
                        &format!("SET SCHEMA {}", quote(&to)),
                    ));
                    continue;
                }
            };
            moves.push(format!(
                "ALTER {word} {}.{} SET SCHEMA {}",
                quote(&from),
                quote(&one.name),
                quote(&to)
            ));
        }
        for laid in &layout.tables {
            let table = laid.side(side);
            moves.push(format!(
                "ALTER TABLE {}.{} SET SCHEMA {}",
                quote(&at(&table.schema)),
                quote(&table.name),
                quote(&place(&table.schema))
            ));
            for one in &table.statistics {
                moves.push(format!(
                    "ALTER STATISTICS {}.{} SET SCHEMA {}",
                    quote(&at(&one.schema)),
                    quote(&one.name),
                    quote(&place(&one.schema))
                ));
            }
        }
    }
    [before, moves, after, on_the_live_side(layout, to)]
}

/// The statements that take away what stands on the live side only, and make it on the one that has come.
fn on_the_live_side(layout: &Layout, to: Side) -> Vec<String> {
    let from = to.other();
    let mut last = Vec::new();
    for (at, laid) in layout.tables.iter().enumerate() {
        let (old_name, new_name) = (layout.name(at, from, to), layout.name(at, to, to));
        if laid.root == at {
            last.extend(ddl::no_log(layout, at, from, &old_name));
        }
        last.extend(ddl::no_policies(laid.side(from), &old_name));
        last.extend(ddl::policies(laid.side(to), &new_name));
        // The side that waits is written by the drain alone.
        for trigger in &laid.side(from).triggers {
            last.push(format!("DROP TRIGGER IF EXISTS {} ON {old_name}", quote(&trigger.name)));
        }
        last.extend(ddl::triggers(laid.side(to), &new_name));
        for (no, publication) in laid.old.publications.iter().enumerate() {
            let tail = laid.old.published.get(no).map_or("", String::as_str);
            last.push(format!("ALTER PUBLICATION {} DROP TABLE {old_name}", quote(publication)));
            last.push(format!(
                "ALTER PUBLICATION {} ADD TABLE {new_name}{tail}",
                quote(publication)
            ));
        }
    }
    if to == Side::New {
        last.extend(defaults(layout));
    }
    for (table, policy) in &layout.policies {
        last.push(format!("DROP POLICY IF EXISTS {} ON {table}", quote(&policy.name)));
        let made = policy.statements.iter();
        last.extend(made.map(|statement| statement.replacen("{T}", table, 1)));
    }
    last.extend(add_foreign(layout, to));
    for root in layout.roots() {
        last.extend(ddl::log(layout, root, to, &layout.name(root, to, to)));
    }
    last
}

/// References whose default is a legacy value get the id in its place: behind the contract nothing translates it.
fn defaults(layout: &Layout) -> Vec<String> {
    let mut statements = Vec::new();
    for (at, laid) in layout.tables.iter().enumerate() {
        let name = layout.name(at, Side::New, Side::New);
        for spot in laid.spots.iter().filter(|spot| ddl::is_whole(&spot.place)) {
            let is_key = layout.keys[spot.key].table == laid.root
                && layout.keys[spot.key].column == spot.column;
            // Only a constant: what a function gives is another value each time, or costs one.
            let Some(default) = laid
                .new
                .column(&spot.column)
                .filter(|column| !is_key && !column.is_generated)
                .and_then(|column| column.default.as_ref())
                .filter(|default| is_constant(default))
            else {
                continue;
            };
            let body = format!(
                "DECLARE found text; BEGIN SELECT m.id::text INTO found FROM {} m WHERE m.legacy::text = ({default})::text; \
                 IF found IS NOT NULL THEN EXECUTE format({}, found); END IF; END",
                layout.map(spot.key),
                text(&format!(
                    "ALTER TABLE {} ALTER COLUMN {} SET DEFAULT %L",
                    name.replace('%', "%%"),
                    quote(&spot.column).replace('%', "%%")
                ))
            );
            statements.push(format!("DO {}", text(&body)));
        }
    }
    statements
}

/// Whether an expression is a literal, as the server writes one, with its type.
fn is_constant(expression: &str) -> bool {
    let rest = expression.trim_start_matches(['(', '-', ' ']);
    let rest = match rest.strip_prefix('\'') {
        Some(quoted) => {
            // Two signs are one inside.
            let mut parts = quoted.replace("''", "  ");
            match parts.find('\'') {
                Some(end) => parts.split_off(end + 1),
                None => return false,
            }
        }
        None => {
            rest.trim_start_matches(|each: char| each.is_ascii_digit() || each == '.').to_owned()
        }
    };
    // Types may have a length; a function would have a name before its brackets and no sign of a cast.
    let rest = rest.trim_start_matches(')');
    rest.is_empty() || rest.starts_with("::") && !rest.contains('\'')
}

/// Changes a function whose arguments may be rows of tables that move: the server knows best where they are. Where one side
/// waits, every function of this name is ours.
pub(crate) fn each_function(
    schema: &str,
    name: &str,
    arguments: Option<&str>,
    change: &str,
) -> String {
    let which = arguments.map_or_else(String::new, |arguments| {
        format!(" AND pg_get_function_identity_arguments(oid) = {}", text(arguments))
    });
    let verb = if change == "DROP" { "DROP ROUTINE %s" } else { "ALTER ROUTINE %s %s" };
    let body = format!(
        "DECLARE one regprocedure; BEGIN FOR one IN SELECT oid FROM pg_proc WHERE pronamespace = {}::regnamespace AND proname = {}{which} LOOP EXECUTE format({}, one, {}); END LOOP; END",
        text(&quote(schema)),
        text(name),
        text(verb),
        text(change)
    );
    format!("DO {}", text(&body))
}

/// Every table that a foreign key stands on, with the key: a partitioned one takes none that is not validated, its parts do.
fn foreign(layout: &Layout) -> Vec<(usize, usize, &Foreign)> {
    let mut found = Vec::new();
    for (at, laid) in layout.tables.iter().enumerate() {
        for key in &laid.old.foreign {
            if laid.is_leaf {
                found.push((at, at, key));
            } else {
                let parts = (0..layout.tables.len())
                    .filter(|part| layout.tables[*part].is_leaf && is_part(layout, *part, at));
                found.extend(parts.map(|part| (part, at, key)));
            }
        }
    }
    found
}

fn is_part(layout: &Layout, mut part: usize, of: usize) -> bool {
    while let Some((parent, _)) = &layout.tables[part].old.part_of {
        match layout.tables.iter().position(|table| table.old.oid == *parent) {
            Some(at) if at == of => return true,
            Some(at) => part = at,
            None => return false,
        }
    }
    false
}

/// Takes the foreign keys away from a side that is live, and from other tables to it, and the checks that its older rows need
/// not pass.
pub(crate) fn drop_foreign(layout: &Layout, side: Side, live: Side) -> Vec<String> {
    let mut statements = Vec::new();
    for (at, laid) in layout.tables.iter().enumerate() {
        for (name, _, _) in &laid.side(side).late_checks {
            statements.push(format!(
                "ALTER TABLE {} DROP CONSTRAINT IF EXISTS {}",
                layout.name(at, side, live),
                quote(name)
            ));
        }
    }
    for (at, laid) in layout.tables.iter().enumerate().filter(|(_, laid)| !laid.is_leaf) {
        for key in &laid.old.foreign {
            statements.push(format!(
                "ALTER TABLE {} DROP CONSTRAINT IF EXISTS {}",
                layout.name(at, side, live),
                quote(&key.name)
            ));
        }
    }
    for (leaf, _, key) in foreign(layout) {
        statements.push(format!(
            "ALTER TABLE {} DROP CONSTRAINT IF EXISTS {}",
            layout.name(leaf, side, live),
            quote(&key.name)
        ));
    }
    for (table, key) in &layout.outside {
        statements
            .push(format!("ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {}", quote(&key.name)));
    }
    statements
}

/// Makes the foreign keys of a side that is in place, and the checks of its newer rows, without looking at the rows that are
/// there.
pub(crate) fn add_foreign(layout: &Layout, side: Side) -> Vec<String> {
    let mut statements = Vec::new();
    for (at, laid) in layout.tables.iter().enumerate() {
        let table = layout.name(at, side, side);
        for (name, definition, said) in &laid.side(side).late_checks {
            statements
                .push(format!("ALTER TABLE {table} ADD CONSTRAINT {} {definition}", quote(name)));
            let whole = format!("CONSTRAINT {} ON {table}", quote(name));
            statements.extend(catalog::comment(&whole, said.as_ref()));
        }
    }
    for (leaf, _, key) in foreign(layout) {
        statements.push(format!(
            "ALTER TABLE {} ADD CONSTRAINT {} {} NOT VALID",
            layout.name(leaf, side, side),
            quote(&key.name),
            key.definition
        ));
    }
    for (table, key) in &layout.outside {
        statements.push(format!(
            "ALTER TABLE {table} ADD CONSTRAINT {} {} NOT VALID",
            quote(&key.name),
            key.definition
        ));
    }
    statements
}

/// The statements of [`validate`] where nothing of it has been done.
pub(crate) fn validations(layout: &Layout, live: Side) -> Vec<String> {
    let inside = foreign(layout)
        .into_iter()
        .map(|(leaf, at, key)| (layout.name(leaf, live, live), key, leaf == at));
    let outside = layout.outside.iter().map(|(table, key)| (table.clone(), key, true));
    let mut statements = Vec::new();
    for (table, key, is_own) in inside.chain(outside) {
        if key.is_validated {
            statements
                .push(format!("ALTER TABLE {table} VALIDATE CONSTRAINT {}", quote(&key.name)));
        }
        statements.extend(said_of(key, &table).filter(|_| is_own));
    }
    for (at, laid) in layout.tables.iter().enumerate().filter(|(_, laid)| !laid.is_leaf) {
        let table = layout.name(at, live, live);
        for key in &laid.old.foreign {
            statements.push(format!(
                "ALTER TABLE {table} ADD CONSTRAINT {} {}",
                quote(&key.name),
                key.definition
            ));
            statements.extend(said_of(key, &table));
        }
    }
    statements
}

/// Validates what [`add_foreign`] made, one key after the other; what is done already is left.
pub(crate) fn validate(db: &mut postgres::Client, layout: &Layout, live: Side) -> Result<()> {
    let is_open = "SELECT NOT convalidated FROM pg_constraint WHERE conrelid = $1::text::regclass AND conname = $2";
    let open = |db: &mut postgres::Client, table: &str, key: &Foreign| -> Result<Option<bool>> {
        Ok(db.query_opt(is_open, &[&table, &key.name])?.map(|row| row.get(0)))
    };
    let outside = layout.outside.iter().map(|(table, key)| (table.clone(), key));
    let inside: Vec<(String, &Foreign, bool)> = foreign(layout)
        .into_iter()
        .map(|(leaf, at, key)| (layout.name(leaf, live, live), key, leaf == at))
        .chain(outside.map(|(table, key)| (table, key, true)))
        .collect();
    for (table, key, is_own) in inside {
        if key.is_validated && open(db, &table, key)? == Some(true) {
            db.batch_execute(&format!(
                "ALTER TABLE {table} VALIDATE CONSTRAINT {}",
                quote(&key.name)
            ))?;
        }
        if let Some(said) = said_of(key, &table).filter(|_| is_own) {
            db.batch_execute(&said)?;
        }
    }
    // The parts have the key and it holds: the whole takes it over without reading them again.
    for (at, laid) in layout.tables.iter().enumerate().filter(|(_, laid)| !laid.is_leaf) {
        let table = layout.name(at, live, live);
        for key in &laid.old.foreign {
            if open(db, &table, key)?.is_none() {
                db.batch_execute(&format!(
                    "ALTER TABLE {table} ADD CONSTRAINT {} {}",
                    quote(&key.name),
                    key.definition
                ))?;
            }
            if let Some(said) = said_of(key, &table) {
                db.batch_execute(&said)?;
            }
        }
    }
    Ok(())
}

/// The comment of a foreign key; one that a part has from its whole has none of its own.
fn said_of(key: &Foreign, table: &str) -> Option<String> {
    catalog::comment(&format!("CONSTRAINT {} ON {table}", quote(&key.name)), key.comment.as_ref())
}
