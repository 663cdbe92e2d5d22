//! What the shared planner asks of PostgreSQL, and what only PostgreSQL has to say: hints, estimate, rehearsal.

use std::cell::RefCell;

use postgres::Client;
use rusqlite::types::ValueRef;

use super::build;
use super::catalog::{self, Column, Kind, Table};
use super::client::{connect, quote, text};
use super::layout::{Layout, Side};
use crate::database::Access;
use crate::error::{ErrorKind, MigrateError, Result};
use crate::plan::{Finding, KeyPlan, Level, Place, Plan, Reference};
use crate::planner::facts::{
    ColumnFacts, Counts, Each, Equality, Facts, ForeignFacts, Row, Rows, Source, TableFacts,
};
use crate::planner::{self, Header, PlanOptions};

/// Makes a plan for the database of a URL; nothing in it is changed.
///
/// # Errors
///
/// If no connection can be made, or a key names what is not there.
pub fn plan(url: &str, access: &Access, options: &PlanOptions) -> Result<Plan> {
    let mut db = connect(url, access.password.as_deref())?;
    let name: String = db.query_one("SELECT current_database()::text", &[])?.get(0);
    let tables = catalog::tables(&mut db)?;
    let schema_hash = catalog::hash(&mut db)?;
    let header = Header {
        engine: "postgres",
        // A plan is a file that people pass on.
        database: id_postgres::without_password(url)
            .map_err(|error| MigrateError::usage(error.to_string()))?,
        name,
        prefix: free_prefix(&mut db)?,
        schema_hash,
    };
    let facts = facts(&tables);
    let source = Reading { db: RefCell::new(db), tables: &tables };
    let (mut plan, seconds) = planner::plan(&source, &facts, header, options)?;
    let mut db = source.db.into_inner();
    unreachable_places(&tables, &mut plan);
    estimate(&mut db, &tables, &mut plan, seconds)?;
    hints(&tables, &mut plan);
    if plan.blockers().next().is_none() {
        rehearse(&mut db, &mut plan)?;
    }
    plan.findings.sort_by_key(|finding| finding.level);
    Ok(plan)
}

/// Finds a beginning of schema names that nobody uses.
fn free_prefix(db: &mut Client) -> Result<String> {
    let names: Vec<String> = db
        .query("SELECT nspname::text FROM pg_namespace", &[])?
        .iter()
        .map(|row| row.get(0))
        .collect();
    (1..=names.len() + 1)
        .map(|number| if number == 1 { "_uid".to_owned() } else { format!("_uid{number}") })
        .find(|prefix| {
            !names.iter().any(|name| name == prefix || name.starts_with(&format!("{prefix}_")))
        })
        .ok_or_else(|| MigrateError::usage("no free name for the schemas of the migration"))
}

fn facts(tables: &[Table]) -> Facts {
    let of = |table: &Table| TableFacts {
        name: table.id(),
        word: table.name.clone(),
        columns: table
            .columns
            .iter()
            .map(|column| ColumnFacts {
                name: column.name.clone(),
                class: column.class.class(),
                equality: if column.base == "citext" { Equality::NoCase } else { Equality::Bytes },
                is_generated: column.is_generated,
                is_unique: table.is_unique(&column.name),
            })
            .collect(),
        foreign: table
            .foreign
            .iter()
            .filter_map(|key| {
                let parent = tables.iter().find(|other| other.oid == key.parent)?;
                Some(ForeignFacts {
                    columns: key.columns.clone(),
                    parent: parent.id(),
                    parent_columns: key.parent_columns.clone(),
                })
            })
            .collect(),
    };
    // Partitions are read with what they are part of.
    let roots = tables.iter().filter(|table| table.part_of.is_none());
    Facts { tables: roots.map(of).collect(), ignores_case: false }
}

struct Reading<'a> {
    db: RefCell<Client>,
    tables: &'a [Table],
}

impl Reading<'_> {
    fn table(&self, name: &str) -> Result<&Table> {
        self.tables
            .iter()
            .find(|table| table.id() == name)
            .ok_or_else(|| MigrateError::usage(format!("there is no table `{name}`")))
    }
}

fn whole_name(table: &Table) -> String {
    format!("{}.{}", quote(&table.schema), quote(&table.name))
}

/// A column in one of the forms that [`Fetched`] reads.
fn read_as(column: &Column) -> String {
    let name = format!("t.{}", quote(&column.name));
    match column.class {
        Kind::Integer => format!("{name}::bigint"),
        Kind::Number => format!("{name}::float8"),
        Kind::Bytes => name,
        // As a JSON array, whose elements the planner looks at.
        Kind::Array => format!("to_jsonb({name})::text"),
        _ => format!("{name}::text"),
    }
}

/// A row whose columns are read as their kinds say.
struct Fetched<'a> {
    row: &'a postgres::Row,
    kinds: &'a [Option<Kind>],
}

impl Row for Fetched<'_> {
    fn value(&self, at: usize) -> Result<ValueRef<'_>> {
        let Some(kind) = self.kinds[at] else { return Ok(ValueRef::Null) };
        let value = match kind {
            Kind::Integer => self.row.try_get::<_, Option<i64>>(at)?.map(ValueRef::Integer),
            Kind::Number => self.row.try_get::<_, Option<f64>>(at)?.map(ValueRef::Real),
            Kind::Bytes => self.row.try_get::<_, Option<&[u8]>>(at)?.map(ValueRef::Blob),
            _ => {
                self.row.try_get::<_, Option<&str>>(at)?.map(|text| ValueRef::Text(text.as_bytes()))
            }
        };
        Ok(value.unwrap_or(ValueRef::Null))
    }
}

impl Source for Reading<'_> {
    fn scan(
        &self,
        table: &TableFacts,
        columns: &[Option<&str>],
        rows: Rows,
        each: &mut Each<'_>,
    ) -> Result<()> {
        let table = self.table(&table.name)?;
        let columns: Vec<Option<&Column>> =
            columns.iter().map(|name| name.and_then(|name| table.column(name))).collect();
        let kinds: Vec<Option<Kind>> =
            columns.iter().map(|column| column.map(|column| column.class)).collect();
        let list: Vec<String> = columns
            .iter()
            .map(|column| column.map_or_else(|| "NULL".to_owned(), read_as))
            .collect();
        let mut db = self.db.borrow_mut();
        let mut db = db.build_transaction().read_only(true).start()?;
        let from = whole_name(table);
        let sample = match rows {
            Rows::All => String::new(),
            Rows::Sample(wanted) => {
                let count: i64 = db.query_one(&format!("SELECT count(*) FROM {from}"), &[])?.get(0);
                #[expect(clippy::cast_precision_loss, reason = "a share of the rows")]
                let share = 100.0 * wanted as f64 / count.max(1) as f64;
                if share < 100.0 { format!(" TABLESAMPLE SYSTEM ({share})") } else { String::new() }
            }
        };
        let statement = db.prepare(&format!("SELECT {} FROM {from} t{sample}", list.join(", ")))?;
        let portal = db.bind(&statement, &[])?;
        loop {
            let rows = db.query_portal(&portal, 2000)?;
            for row in &rows {
                if !each(&Fetched { row, kinds: &kinds })? {
                    return Ok(());
                }
            }
            if rows.len() < 2000 {
                return Ok(());
            }
        }
    }

    fn count(&self, reference: &Reference, key: &KeyPlan, with_orphans: bool) -> Result<Counts> {
        let table = self.table(&reference.table)?;
        let (child, column) = (whole_name(table), format!("c.{}", quote(&reference.column)));
        let guard = match &reference.place {
            Place::When { column, equals } => {
                format!(" AND c.{}::text = {}", quote(column), text(equals))
            }
            _ => String::new(),
        };
        let orphans = if with_orphans {
            let parent = self.table(&key.table)?;
            let (parent_name, parent_column) =
                (whole_name(parent), format!("p.{}", quote(&key.column)));
            let same = table.column(&reference.column).map(|column| column.class)
                == parent.column(&key.column).map(|column| column.class);
            let cast = if same { "" } else { "::text" };
            format!(
                "(SELECT count(*) FROM {child} c WHERE {column} IS NOT NULL{guard} AND NOT EXISTS (SELECT FROM {parent_name} p WHERE {parent_column}{cast} = {column}{cast}))"
            )
        } else {
            "0::bigint".to_owned()
        };
        let row = self.db.borrow_mut().query_one(
            &format!("SELECT count({column}), count(*) - count({column}), {orphans} FROM {child} c WHERE true{guard}"),
            &[],
        )?;
        let count = |at: usize| row.get::<_, i64>(at).unsigned_abs();
        Ok(Counts { values: count(0), nulls: count(1), orphans: count(2) })
    }
}

/// Takes references out of the plan whose column cannot be rewritten, and says so.
fn unreachable_places(tables: &[Table], plan: &mut Plan) {
    let findings = &mut plan.findings;
    plan.references.retain(|reference| {
        let column = tables
            .iter()
            .find(|table| table.id() == reference.table)
            .and_then(|table| table.column(&reference.column));
        let can = column.is_none_or(|column| match &reference.place {
            Place::Whole | Place::When { .. } => {
                !matches!(column.class, Kind::Jsonb | Kind::Array | Kind::Time)
            }
            Place::Json(path) => {
                column.class == Kind::Jsonb || column.class == Kind::Array && path == "$[*]"
            }
            Place::List(_) => column.class == Kind::Text,
        });
        if !can {
            findings.push(Finding {
                level: Level::Warning,
                what: format!(
                    "{}.{} holds ids {}: they are not rewritten; of JSON, only jsonb is",
                    reference.table,
                    reference.column,
                    match &reference.place {
                        Place::Json(path) => format!("at {path}"),
                        _ => "in a type that cannot hold new ones".to_owned(),
                    }
                ),
            });
        }
        can
    });
}

fn hints(tables: &[Table], plan: &mut Plan) {
    let mut findings = Vec::new();
    let mut note = |level: Level, what: String| findings.push(Finding { level, what });
    for key in &plan.keys {
        let Some(column) = tables
            .iter()
            .find(|table| table.id() == key.table)
            .and_then(|table| table.column(&key.column))
        else {
            continue;
        };
        if !column.identity.is_empty()
            || column.default.as_deref().is_some_and(|default| default.starts_with("nextval("))
        {
            note(
                Level::Warning,
                format!(
                    "{}.{} was numbered by the database: it becomes text with a default that makes ids; its sequence stays for the way back",
                    key.table, key.column
                ),
            );
        }
        // A legacy value must be made for every row that comes on the new side.
        if matches!(column.class, Kind::Time | Kind::Jsonb | Kind::Array | Kind::Other) {
            note(
                Level::Blocker,
                format!("{}.{} is {}: that is no key", key.table, key.column, column.declared),
            );
        }
    }
    let mut named: Vec<&str> = plan.keys.iter().map(|key| key.table.as_str()).collect();
    named.extend(plan.references.iter().map(|reference| reference.table.as_str()));
    named.sort_unstable();
    named.dedup();
    for table in tables.iter().filter(|table| named.contains(&table.id().as_str())) {
        if table.row_key().is_empty() {
            note(
                Level::Note,
                format!("nothing names a row of {}: it is copied in one statement", table.id()),
            );
        }
        for column in &table.columns {
            let is_key_of_parts =
                table.partition_by.as_deref().is_some_and(|by| by.contains(&column.name));
            let is_mapped =
                plan.keys.iter().any(|key| key.table == table.id() && key.column == column.name)
                    || plan.references.iter().any(|other| {
                        other.table == table.id()
                            && other.column == column.name
                            && other.place == Place::Whole
                    });
            if is_key_of_parts && is_mapped {
                note(
                    Level::Blocker,
                    format!(
                        "{} is partitioned by `{}`, which gets other values: make it anew with other bounds",
                        table.id(),
                        column.name
                    ),
                );
            }
        }
    }
    plan.findings.extend(findings);
}

fn estimate(
    db: &mut Client,
    tables: &[Table],
    plan: &mut Plan,
    mapping_seconds: f64,
) -> Result<()> {
    let layout_tables = super::layout::planned(plan, tables)?;
    let mut bytes = 0;
    for table in layout_tables.iter().filter(|table| table.kind == "r") {
        let row = db.query_one(
            &format!(
                "SELECT pg_total_relation_size({}::regclass), (SELECT count(*) FROM {})",
                text(&whole_name(table)),
                whole_name(table)
            ),
            &[],
        )?;
        bytes += row.get::<_, i64>(0).unsigned_abs();
        plan.estimate.rows += row.get::<_, i64>(1).unsigned_abs();
    }
    let keys: u64 = plan.keys.iter().map(|key| key.rows).sum();
    // The other side, its log of the server, table copies, and the map with its indexes.
    plan.estimate.disk_bytes = bytes * 3 + keys * 250;
    #[expect(clippy::cast_precision_loss, reason = "an estimate")]
    let (rows, per_key) =
        (plan.estimate.rows as f64, if keys == 0 { 0.0 } else { mapping_seconds / keys as f64 });
    plan.estimate.seconds = rows * per_key.max(2e-6) * 4.0;
    Ok(())
}

/// Replaces names with a schema, as the server writes them, wherever they end; literals stay.
fn replace_names(sql: &str, with: impl Fn(&str, &str) -> Option<String>) -> String {
    let mut out = String::new();
    let mut rest = sql;
    let mut has_escapes = false;
    while let Some(first) = rest.chars().next() {
        let mut end = first.len_utf8();
        if first == '\'' {
            let mut is_escaped = false;
            let close = rest.char_indices().skip(1).find(|(_, next)| {
                let is_close = *next == '\'' && !is_escaped;
                is_escaped = has_escapes && *next == '\\' && !is_escaped;
                is_close
            });
            // A doubled quote is the end of one literal and the beginning of the next.
            end = close.map_or(rest.len(), |(at, _)| at + 1);
            has_escapes &= rest[end..].starts_with('\'');
        } else if let Some((schema, length)) = identifier(rest) {
            end = length;
            let second = rest[end..].strip_prefix('.').and_then(identifier);
            if let Some((name, length)) = second {
                end += 1 + length;
                if let Some(new) = with(&schema, &name) {
                    out.push_str(&new);
                    rest = &rest[end..];
                    continue;
                }
            }
            has_escapes = schema.eq_ignore_ascii_case("e") && rest[end..].starts_with('\'');
        }
        out.push_str(&rest[..end]);
        rest = &rest[end..];
    }
    out
}

/// The identifier, or another word, at the beginning of a text, and its length there.
fn identifier(sql: &str) -> Option<(String, usize)> {
    let Some(quoted) = sql.strip_prefix('"') else {
        let is_part = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == '$';
        let length = sql.find(|letter| !is_part(letter)).unwrap_or(sql.len());
        return (length > 0).then(|| (sql[..length].to_owned(), length));
    };
    let mut name = String::new();
    let mut letters = quoted.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        if letter == '"' && letters.next_if(|(_, next)| *next == '"').is_none() {
            return Some((name, at + 2));
        }
        name.push(letter);
    }
    None
}

/// What is made in the switch alone, for the tables that wait: its name and the statement.
fn at_the_switch(layout: &Layout) -> Vec<(String, String)> {
    let waits = |schema: &str, name: &str| {
        let at = layout
            .tables
            .iter()
            .position(|table| table.old.schema == schema && table.old.name == name);
        if let Some(at) = at {
            return Some(layout.name(at, Side::New, Side::Old));
        }
        let one = layout.dependents.iter().find(|one| one.schema == schema && one.name == name)?;
        Some(build::waiting(layout, one, Side::New))
    };
    let mut found = Vec::new();
    for (at, laid) in layout.tables.iter().enumerate() {
        let name = layout.name(at, Side::New, Side::Old);
        for policy in &laid.new.policies {
            if let Some(statement) = policy.statements.first() {
                let what = format!("policy `{}` of `{}`", policy.name, laid.old.id());
                found.push((what, replace_names(statement, waits).replacen("{T}", &name, 1)));
            }
        }
        for (check, definition, _) in &laid.new.late_checks {
            found.push((
                format!("check `{check}` of `{}`", laid.old.id()),
                format!("ALTER TABLE {name} ADD CONSTRAINT {} {definition}", quote(check)),
            ));
        }
        for (no, publication) in laid.old.publications.iter().enumerate() {
            let tail = laid.old.published.get(no).map_or("", String::as_str);
            found.push((
                format!("`{}` in publication `{publication}`", laid.old.id()),
                format!("ALTER PUBLICATION {} ADD TABLE {name}{tail}", quote(publication)),
            ));
        }
    }
    found
}

#[expect(clippy::too_many_lines, reason = "one transaction, told from top to bottom")]
/// Makes the new side in a transaction that is undone, with the first rows in it: what the database would refuse later is
/// known now.
fn rehearse(db: &mut Client, plan: &mut Plan) -> Result<()> {
    let (mut layout, blocked) = match build::lay_out(db, plan) {
        Ok(found) => found,
        Err(error) if error.kind() == ErrorKind::Blocked => {
            plan.findings.push(Finding { level: Level::Blocker, what: error.to_string() });
            return Ok(());
        }
        Err(error) => return Err(error),
    };
    let mut block = |what: String| plan.findings.push(Finding { level: Level::Blocker, what });
    blocked.into_iter().for_each(&mut block);
    let mut transaction = db.transaction()?;
    let made = super::ddl::state(&layout)
        .iter()
        .try_for_each(|statement| build::run(&mut transaction, statement))
        .and_then(|()| build::side(&mut transaction, &mut layout, Side::New, &mut Vec::new()));
    match made {
        Ok(said) => {
            for at in 0..layout.tables.len() {
                let laid = &layout.tables[at];
                if !laid.is_leaf || laid.spots.is_empty() {
                    continue;
                }
                let mut attempt = transaction.savepoint("rows")?;
                // Any id of the right form will do: the map is empty, so each key gets one in it.
                let mut done = Ok(());
                for spot in laid.spots.iter().filter(|spot| {
                    spot.place == Place::Whole
                        && laid
                            .old
                            .column(&spot.column)
                            .is_some_and(|column| column.class == layout.keys[spot.key].legacy_kind)
                }) {
                    let key = &layout.keys[spot.key];
                    let column = quote(&spot.column);
                    let any = super::functions::written(
                        &layout,
                        &key.form,
                        &format!("{}()", layout.own("generate_uuid")),
                    );
                    let base = key.legacy_type.replace(" COLLATE \"C\"", "");
                    done = done.and_then(|()| build::run(&mut attempt, &format!(
                        "INSERT INTO {} (legacy, id) SELECT l, {any} FROM (SELECT DISTINCT (o.{column}::text)::{base} AS l FROM (SELECT * FROM {} LIMIT 300) o WHERE o.{column} IS NOT NULL) x ON CONFLICT DO NOTHING",
                        layout.map(spot.key),
                        layout.name(at, Side::Old, Side::Old)
                    )));
                }
                let selected = layout.select(at, Side::New);
                done = done.and_then(|()| {
                    build::run(
                        &mut attempt,
                        &format!(
                            "INSERT INTO {} ({}){} SELECT {} FROM (SELECT * FROM {} LIMIT 300) o{}",
                            layout.name(at, Side::New, Side::Old),
                            selected.columns.join(", "),
                            selected.overriding(),
                            selected.expressions.join(", "),
                            layout.name(at, Side::Old, Side::Old),
                            selected.joins
                        ),
                    )
                });
                if let Err(error) = done {
                    block(format!("table `{}` does not take new ids: {error}", laid.old.id()));
                }
                attempt.rollback()?;
            }
            for at in 0..layout.tables.len() {
                for statement in super::ddl::indexes(&layout, at, Side::New) {
                    let mut attempt = transaction.savepoint("index")?;
                    if let Err(error) = build::run(&mut attempt, &statement) {
                        block(format!(
                            "an index of `{}` cannot be made: {error}",
                            layout.tables[at].old.id()
                        ));
                        attempt.rollback()?;
                    } else {
                        attempt.commit()?;
                    }
                }
            }
            for (name, statement) in at_the_switch(&layout) {
                let mut attempt = transaction.savepoint("switch")?;
                if let Err(error) = build::run(&mut attempt, &statement) {
                    block(format!("{name} cannot be made for the new ids: {error}"));
                }
                attempt.rollback()?;
            }
            for laid in &layout.tables {
                for (old, new) in laid.old.columns.iter().zip(&laid.new.columns) {
                    if old.declared != old.base
                        && new.declared != old.declared
                        && laid.root
                            == layout
                                .tables
                                .iter()
                                .position(|other| other.old.oid == laid.old.oid)
                                .unwrap_or_default()
                    {
                        plan.findings.push(Finding {
                            level: Level::Warning,
                            what: format!("{}.{} leaves its domain {}, which does not take ids of this form, and becomes {}; `--form` may give one that fits", laid.old.id(), old.name, old.declared, new.declared),
                        });
                    }
                }
            }
            plan.findings
                .extend(said.into_iter().map(|what| Finding { level: Level::Warning, what }));
        }
        Err(error) => block(error.to_string()),
    }
    transaction.rollback()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_replaced_wherever_they_end() {
        let with = |schema: &str, name: &str| match (schema, name) {
            ("public", "users" | "or\"der") => Some(format!("new.{name}")),
            _ => None,
        };
        for (sql, expected) in [
            ("(SELECT users.id FROM public.users)", "(SELECT users.id FROM new.users)"),
            ("FROM public.users\n  WHERE", "FROM new.users\n  WHERE"),
            ("public.users, public.users", "new.users, new.users"),
            ("\"public\".\"users\".id", "new.users.id"),
            ("public.\"or\"\"der\";", "new.or\"der;"),
            (
                "public.users_2 xpublic.users a.public.users",
                "public.users_2 xpublic.users a.public.users",
            ),
            ("\"a public.users\" '\"' public.users", "\"a public.users\" '\"' new.users"),
            ("'it''s public.users' || public.users", "'it''s public.users' || new.users"),
            ("E'\\\\\\' public.users', public.users", "E'\\\\\\' public.users', new.users"),
            ("E'a''\\' public.users', '\\' public.users", "E'a''\\' public.users', '\\' new.users"),
            ("'public.users", "'public.users"),
            ("1.5 + public.users", "1.5 + new.users"),
        ] {
            assert_eq!(replace_names(sql, with), expected);
        }
    }
}
