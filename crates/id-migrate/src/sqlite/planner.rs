//! Makes a plan: reads everything, writes nothing into the database.
//!
//! Keys go into a scratch database of this process (on disk, deleted with it), which answers whether a value is a key,
//! and whether two values would get one id; memory does not grow with the rows.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, OptionalExtension, params};
use unified_id::legacy::Reader;

use super::cells;
use super::ddl::quote;
use super::files;
use super::layout::Layout;
use super::schema::{self, Affinity, Schema, Table};
use super::value;
use crate::error::{ErrorKind, MigrateError, Result};
use crate::mapping::{Form, Mapper, Mapping};
use crate::plan::{
    Estimate, Finding, FormatShare, KeyPlan, KeyRequest, Level, Origin, PLAN_VERSION, Place, Plan,
    Reference, Settings,
};

/// Rows of a table that are looked at for references that nobody declared.
const LOOKED_AT: u64 = 200_000;

/// What the user asked for.
#[derive(Clone, Debug, Default)]
pub struct PlanOptions {
    /// The keys; proposed if empty.
    pub keys: Vec<KeyRequest>,
    /// For `TABLE.COLUMN`, the mapping of what its mapping cannot take.
    pub fallbacks: Vec<(String, Mapping)>,
    /// For `TABLE.COLUMN`, how ids are written.
    pub forms: Vec<(String, Form)>,
    /// Keys as `TABLE.COLUMN` whose rows of one millisecond keep their order.
    pub keep_order: Vec<String>,
    /// The name of the database in the recipes; its file name without extension if none.
    pub namespace: Option<String>,
    /// Columns that are no references, as `TABLE.COLUMN`.
    pub not_references: Vec<String>,
    /// Names the run in its files.
    pub run_id: String,
    /// How the plan is run.
    pub settings: Settings,
}

/// Makes a plan for a database.
///
/// # Errors
///
/// If the database cannot be read, or a key names what is not there.
pub fn plan(path: &Path, options: &PlanOptions) -> Result<Plan> {
    let begun = Instant::now();
    let db = files::open(path, true)?;
    let prefix = free_prefix(&db)?;
    let mut schema = schema::read(&db, &prefix)?;
    schema.tables.retain(|table| !is_ours(&table.name));
    if schema.tables.is_empty() {
        return Err(MigrateError::usage(format!(
            "{} has no tables: there is nothing to migrate",
            path.display()
        )));
    }
    let requests =
        if options.keys.is_empty() { propose(&db, &schema)? } else { options.keys.clone() };
    let full = std::fs::canonicalize(path).map_err(|error| {
        MigrateError::environment(format!("{} cannot be read", path.display()), error)
    })?;
    let database = full
        .to_str()
        .ok_or_else(|| MigrateError::usage("the path of the database is not UTF-8"))?
        .to_owned();
    let stem =
        path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
    let mut plan = Plan {
        version: PLAN_VERSION,
        engine: "sqlite".to_owned(),
        database,
        prefix,
        run_id: options.run_id.clone(),
        namespace: options.namespace.clone().unwrap_or(stem),
        schema_hash: schema.hash.clone(),
        keys: Vec::new(),
        references: Vec::new(),
        findings: Vec::new(),
        estimate: Estimate::default(),
        settings: options.settings.clone(),
    };
    let scratch = Connection::open("")?;
    scratch.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536; PRAGMA temp_store = FILE; BEGIN")?;
    scratch.set_prepared_statement_cache_capacity(64);
    for request in &requests {
        let key = read_key(&db, &scratch, &schema, request, options, &mut plan)?;
        plan.keys.push(key);
    }
    declared(&schema, &mut plan)?;
    let mapping_seconds = begun.elapsed().as_secs_f64();
    for table in &schema.tables {
        undeclared(&db, &scratch, &schema, table, options, &mut plan)?;
    }
    count_references(&db, &schema, &mut plan)?;
    hints(&schema, &mut plan);
    estimate(&db, &schema, &mut plan, mapping_seconds)?;
    if plan.blockers().next().is_none() {
        rehearse(&db, &schema, &mut plan)?;
    }
    plan.findings.sort_by_key(|finding| finding.level);
    Ok(plan)
}

/// Whether a table was left by an earlier migration.
fn is_ours(name: &str) -> bool {
    name.strip_prefix("_uid").is_some_and(|rest| {
        let rest = rest.trim_start_matches(|digit: char| digit.is_ascii_digit());
        ["_state", "_journal", "_cursor", "_spelling"].contains(&rest) || rest.starts_with("_map_")
    })
}

/// Finds a beginning of names that nobody uses.
fn free_prefix(db: &Connection) -> Result<String> {
    let mut statement = db.prepare("SELECT name FROM sqlite_master")?;
    let names: Vec<String> =
        statement.query_map([], |row| row.get(0))?.collect::<std::result::Result<_, _>>()?;
    let is_free = |prefix: &String| {
        !names.iter().any(|name| name.to_lowercase().starts_with(prefix.as_str()))
    };
    (1..=names.len() + 1)
        .map(|number| if number == 1 { "_uid_".to_owned() } else { format!("_uid{number}_") })
        .find(is_free)
        .ok_or_else(|| MigrateError::usage("no free name for the tables of the migration"))
}

/// Proposes keys: those that others refer to or that hold ids, in text; and how their ids can be made.
fn propose(db: &Connection, schema: &Schema) -> Result<Vec<KeyRequest>> {
    let mut requests = Vec::new();
    for table in &schema.tables {
        for column in table
            .columns
            .iter()
            .filter(|column| !column.is_generated && table.is_unique(&column.name))
        {
            let is_reference = table.foreign.iter().any(|key| key.columns.contains(&column.name));
            if is_reference || column.affinity.is_numeric() {
                continue;
            }
            let name = column.name.to_lowercase();
            let is_named_so =
                name == "id" || name.ends_with("_id") || name == "uuid" || name == "key";
            let is_referred_to = schema.tables.iter().flat_map(|other| &other.foreign).any(|key| {
                key.parent.eq_ignore_ascii_case(&table.name)
                    && key.parent_columns.contains(&column.name)
            });
            if !(is_named_so || is_referred_to) {
                continue;
            }
            // A key whose values are another key's is a reference, declared or not.
            let sql = format!(
                "SELECT {0} FROM {1} WHERE {0} IS NOT NULL LIMIT 500",
                quote(&column.name),
                quote(&table.name)
            );
            let mut statement = db.prepare(&sql)?;
            let mut rows = statement.query([])?;
            let (mut count, mut with_bits) = (0, 0);
            while let Some(row) = rows.next()? {
                let bytes = value::legacy_bytes(row.get_ref(0)?).unwrap_or_default();
                count += 1;
                with_bits += u32::from(crate::mapping::recipe::bits(&bytes).is_some());
            }
            let time_column = time_column(db, table)?;
            let mapping = match (count > 0 && with_bits == count, &time_column) {
                (true, _) => Mapping::Bits,
                (false, Some(_)) => Mapping::CreatedAt,
                (false, None) => Mapping::Stable,
            };
            requests.push(KeyRequest {
                table: table.name.clone(),
                column: column.name.clone(),
                mapping,
                time_column: time_column.filter(|_| mapping == Mapping::CreatedAt),
            });
        }
    }
    let others = requests.clone();
    let mut kept = Vec::new();
    for request in requests {
        let parent = others.iter().find(|other| {
            other.table != request.table
                && refers_by_name(&request.column, &other.table, &other.column)
        });
        if parent.is_none() {
            kept.push(request);
        }
    }
    Ok(kept)
}

/// Finds a column whose values are all times.
fn time_column(db: &Connection, table: &Table) -> Result<Option<String>> {
    let rank = |name: &str| {
        let name = name.to_lowercase();
        ["created_at", "created", "start_time", "started_at", "timestamp", "at"]
            .iter()
            .position(|known| name == *known)
    };
    let mut columns: Vec<_> = table
        .columns
        .iter()
        .filter_map(|column| Some((rank(&column.name)?, &column.name)))
        .collect();
    columns.sort();
    for (_, column) in columns {
        let sql = format!("SELECT {} FROM {} LIMIT 500", quote(column), quote(&table.name));
        let mut statement = db.prepare(&sql)?;
        let mut rows = statement.query([])?;
        let (mut count, mut readable) = (0, 0);
        while let Some(row) = rows.next()? {
            count += 1;
            readable += i32::from(value::time_ms(row.get_ref(0)?).is_some());
        }
        if count > 0 && count == readable {
            return Ok(Some(column.clone()));
        }
    }
    Ok(None)
}

/// Reads all values of a key: formats, what cannot be mapped, what would collide.
#[expect(clippy::too_many_lines, reason = "one pass over the rows, told from top to bottom")]
fn read_key(
    db: &Connection,
    scratch: &Connection,
    schema: &Schema,
    request: &KeyRequest,
    options: &PlanOptions,
    plan: &mut Plan,
) -> Result<KeyPlan> {
    let table = schema
        .table(&request.table)
        .ok_or_else(|| MigrateError::usage(format!("there is no table `{}`", request.table)))?;
    let missing =
        |name: &str| MigrateError::usage(format!("table `{}` has no column `{name}`", table.name));
    let column = table.column(&request.column).ok_or_else(|| missing(&request.column))?;
    let time = match &request.time_column {
        Some(name) => Some(table.column(name).ok_or_else(|| missing(name))?.name.clone()),
        None => None,
    };
    if column.is_generated {
        return Err(MigrateError::usage(format!(
            "`{}.{}` is generated: migrate the column that it is made of",
            table.name, column.name
        )));
    }
    let place = format!("{}.{}", table.name, column.name);
    let find = |name: &String| name.eq_ignore_ascii_case(&place);
    let fallback =
        options.fallbacks.iter().find(|(name, _)| find(name)).map(|(_, mapping)| *mapping);
    let blobs: (u64, u64) = db.query_row(
        &format!(
            "SELECT count(*), coalesce(sum(typeof({0}) = 'blob' AND length({0}) = 16), 0) FROM (SELECT {0} FROM {1} WHERE {0} IS NOT NULL LIMIT 1000)",
            quote(&column.name),
            quote(&table.name)
        ),
        [],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let holds_bytes = blobs.0 > 0 && blobs.0 == blobs.1;
    let form = options.forms.iter().find(|(name, _)| find(name)).map_or_else(
        || if holds_bytes { Form::Bytes } else { Form::Core },
        |(_, form)| form.clone(),
    );
    let mapper = Mapper {
        mapping: request.mapping,
        fallback,
        namespace: plan.namespace.clone(),
        table: table.name.clone(),
    };
    let bare = Mapper { fallback: None, ..mapper.clone() };
    let no = plan.keys.len();
    scratch.execute_batch(&format!(
        "CREATE TABLE k{no} (v {} COLLATE {} NOT NULL PRIMARY KEY, core BLOB) WITHOUT ROWID; CREATE UNIQUE INDEX k{no}_core ON k{no}(core)",
        column.affinity.declared(),
        builtin(&column.collation),
    ))?;
    let mut insert = scratch.prepare(&format!(
        "INSERT INTO k{no} (v, core) VALUES (?1, ?2) ON CONFLICT (v) DO NOTHING"
    ))?;
    let time_sql = time.as_ref().map_or_else(|| "NULL".to_owned(), |name| quote(name));
    let sql = format!("SELECT {}, {time_sql} FROM {}", quote(&column.name), quote(&table.name));
    let mut statement = db.prepare(&sql)?;
    let mut rows = statement.query([])?;
    let reader = Reader::default();
    let mut profile = unified_id::Profile::new();
    let mut key = KeyPlan {
        table: table.name.clone(),
        column: column.name.clone(),
        mapping: request.mapping,
        time_column: time.clone(),
        fallback,
        form,
        keep_order: options.keep_order.iter().any(find),
        rows: 0,
        nulls: 0,
        formats: Vec::new(),
        unknown_format: 0,
        unmappable: 0,
        by_fallback: 0,
        collisions: 0,
    };
    let show = |bytes: &[u8]| String::from_utf8_lossy(bytes).chars().take(64).collect::<String>();
    while let Some(row) = rows.next()? {
        key.rows += 1;
        let raw = row.get_ref(0)?;
        let Some(legacy) = value::legacy_bytes(raw) else {
            key.nulls += 1;
            profile.add_absent();
            continue;
        };
        if !matches!(raw, ValueRef::Blob(_)) {
            profile.add(&reader, &legacy, key.rows);
        }
        let ms = value::time_ms(row.get_ref(1)?);
        key.by_fallback += u64::from(fallback.is_some() && bare.core(&legacy, ms).is_err());
        let core = match mapper.core(&legacy, ms) {
            Ok(core) => core,
            Err(why) => {
                key.unmappable += 1;
                if key.unmappable <= 3 {
                    plan.findings.push(Finding {
                        level: Level::Blocker,
                        what: format!("{place} `{}`: {why}; give it another mapping, or `--fallback {place}=stable`", show(&legacy)),
                    });
                }
                continue;
            }
        };
        let stored: Value = row.get(0)?;
        if let Err(error) = insert.execute(params![stored, core.to_bytes()]) {
            if error.sqlite_error_code() != Some(rusqlite::ErrorCode::ConstraintViolation) {
                return Err(error.into());
            }
            key.collisions += 1;
            if key.collisions <= 3 {
                let other: Value = scratch.query_row(
                    &format!("SELECT v FROM k{no} WHERE core = ?1"),
                    [core.to_bytes()],
                    |row| row.get(0),
                )?;
                let other = value::legacy_bytes((&other).into())
                    .map(|bytes| show(&bytes))
                    .unwrap_or_default();
                plan.findings.push(Finding {
                    level: Level::Blocker,
                    what: format!("{place}: `{other}` and `{}` would get one id; nothing is merged: use created-at, stable or random", show(&legacy)),
                });
            }
        }
    }
    key.formats = profile
        .formats()
        .iter()
        .map(|format| FormatShare { format: format.name().to_owned(), values: format.count() })
        .collect();
    key.unknown_format = profile.refused();
    if key.rows == 0 {
        plan.findings.push(Finding {
            level: Level::Note,
            what: format!("table `{}` has no rows", table.name),
        });
    }
    if !table.is_unique(&column.name) {
        plan.findings.push(Finding {
            level: Level::Warning,
            what: format!("nothing keeps {place} unique: rows with equal values get equal ids"),
        });
    }
    Ok(key)
}

/// Only these collations are everywhere; another one is not known here.
fn builtin(collation: &str) -> &str {
    if ["NOCASE", "RTRIM"].iter().any(|known| known.eq_ignore_ascii_case(collation)) {
        collation
    } else {
        "BINARY"
    }
}

/// Follows the foreign keys from every key to whatever refers to it, over any number of tables.
fn declared(schema: &Schema, plan: &mut Plan) -> Result<()> {
    for no in 0..plan.keys.len() {
        let mut open = vec![(plan.keys[no].table.clone(), plan.keys[no].column.clone())];
        while let Some((parent, parent_column)) = open.pop() {
            for table in &schema.tables {
                for key in
                    table.foreign.iter().filter(|key| key.parent.eq_ignore_ascii_case(&parent))
                {
                    for (column, to) in key.columns.iter().zip(&key.parent_columns) {
                        if !to.eq_ignore_ascii_case(&parent_column) {
                            continue;
                        }
                        let place = (
                            table.name.clone(),
                            table
                                .column(column)
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
        let parent = schema.table(table).and_then(|table| {
            table.foreign.iter().find(|key| {
                key.columns.iter().any(|name| name.eq_ignore_ascii_case(column))
                    && !key.parent.eq_ignore_ascii_case(&table.name)
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

fn singular(name: &str) -> String {
    let name = name.to_lowercase();
    name.strip_suffix("ies")
        .map(|stem| format!("{stem}y"))
        .or_else(|| name.strip_suffix('s').map(str::to_owned))
        .unwrap_or(name)
}

/// Whether a column is named like a key: `job_id`, `parent_job_id` for `jobs.job_id` or `jobs.id`.
fn refers_by_name(column: &str, table: &str, key: &str) -> bool {
    let column = column.to_lowercase();
    let key = key.to_lowercase();
    let is_general = ["id", "uuid", "key"].contains(&key.as_str());
    let by_table = format!("{}_{}", singular(table), if is_general { key.as_str() } else { "id" });
    let is = |name: &str| column == name || column.ends_with(&format!("_{name}"));
    is(&by_table) || (!is_general && is(&key))
}

/// What was seen in a column, for one key.
#[derive(Clone, Debug, Default)]
struct Seen {
    values: u64,
    hits: u64,
}

/// Looks into every other column of a table for values that are keys.
#[expect(clippy::too_many_lines, reason = "one pass over the rows, told from top to bottom")]
fn undeclared(
    db: &Connection,
    scratch: &Connection,
    schema: &Schema,
    table: &Table,
    options: &PlanOptions,
    plan: &mut Plan,
) -> Result<()> {
    let candidates: Vec<&schema::Column> = table
        .columns
        .iter()
        .filter(|column| {
            !column.is_generated
                && !plan.keys.iter().any(|key| key.table == table.name && key.column == column.name)
                && !plan
                    .references
                    .iter()
                    .any(|known| known.table == table.name && known.column == column.name)
                && !options.not_references.iter().any(|name| {
                    name.eq_ignore_ascii_case(&format!("{}.{}", table.name, column.name))
                })
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
    let rows: u64 =
        db.query_row(&format!("SELECT count(*) FROM {}", quote(&table.name)), [], |row| {
            row.get(0)
        })?;
    let step = rows.div_ceil(LOOKED_AT).max(1);
    let sampled = if step > 1 && table.has_rowid {
        format!(" WHERE rowid % {step} = 0")
    } else {
        String::new()
    };
    let mut columns: Vec<String> = candidates.iter().map(|column| quote(&column.name)).collect();
    columns.extend(
        kinds
            .iter()
            .map(|kind| kind.as_ref().map_or_else(|| "NULL".to_owned(), |name| quote(name))),
    );
    let sql = format!(
        "SELECT {} FROM {}{sampled} LIMIT {}",
        columns.join(", "),
        quote(&table.name),
        LOOKED_AT * 2
    );
    let mut statement = db.prepare(&sql)?;
    let mut found = statement.query([])?;
    let mut whole: BTreeMap<(usize, usize), Seen> = BTreeMap::new();
    let mut by_kind: BTreeMap<(usize, usize, String), Seen> = BTreeMap::new();
    let mut inside: BTreeMap<(usize, usize, String), Seen> = BTreeMap::new();
    let mut lists: BTreeMap<(usize, usize), Seen> = BTreeMap::new();
    let mut blobs: BTreeMap<usize, u64> = BTreeMap::new();
    let is_key = |key: usize, value: &Value| -> Result<bool> {
        let sql = format!("SELECT 1 FROM k{key} WHERE v = ?1");
        Ok(scratch.prepare_cached(&sql)?.query_row([value], |_| Ok(())).optional()?.is_some())
    };
    while let Some(row) = found.next()? {
        for at in 0..candidates.len() {
            let raw = row.get_ref(at)?;
            if matches!(raw, ValueRef::Null | ValueRef::Real(_)) {
                continue;
            }
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
                _ => row.get(at)?,
            };
            let kind = match row.get_ref(candidates.len() + at)? {
                ValueRef::Text(bytes) => str::from_utf8(bytes).ok().map(str::to_owned),
                _ => None,
            };
            for key in 0..plan.keys.len() {
                let is_hit = is_key(key, &value)?;
                let note = |seen: &mut Seen| {
                    seen.values += 1;
                    seen.hits += u64::from(is_hit);
                };
                note(whole.entry((at, key)).or_default());
                if let Some(kind) = &kind {
                    note(by_kind.entry((at, key, kind.clone())).or_default());
                }
            }
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
    }
    for (at, column) in candidates.iter().enumerate() {
        let place = format!("{}.{}", table.name, column.name);
        for key in 0..plan.keys.len() {
            let planned = &plan.keys[key];
            let (parent, parent_column) = (planned.table.clone(), planned.column.clone());
            let is_number = schema
                .table(&parent)
                .and_then(|table| table.column(&parent_column))
                .is_some_and(|column| column.affinity == Affinity::Integer);
            let is_named = refers_by_name(&column.name, &parent, &parent_column);
            let seen = whole.get(&(at, key)).cloned().unwrap_or_default();
            let add = |plan: &mut Plan, place: Place, origin: Origin, seen: &Seen| {
                let mut new = reference(key, &table.name, &column.name, place, origin);
                new.share = share(seen);
                plan.references.push(new);
            };
            let is_reference = if is_number {
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
                let (kind, parent) = (kind.to_lowercase(), parent.to_lowercase());
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
            } else if seen.hits >= 3 && !is_number && !column.affinity.is_numeric() {
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
                let is_named = refers_by_name(leaf, &parent, &parent_column);
                if (is_number && is_named && share(seen) >= 0.8)
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

#[expect(clippy::cast_precision_loss, reason = "a share for eyes")]
fn share(seen: &Seen) -> f64 {
    if seen.values == 0 { 0.0 } else { seen.hits as f64 / seen.values as f64 }
}

/// Counts values, nulls and orphans of whole-column references.
fn count_references(db: &Connection, schema: &Schema, plan: &mut Plan) -> Result<()> {
    let keys = plan.keys.clone();
    for reference in &mut plan.references {
        let key = &keys[reference.key];
        let guard = match &reference.place {
            Place::When { column, equals } => {
                format!(" AND c.{} = {}", quote(column), super::ddl::text(equals))
            }
            _ => String::new(),
        };
        let name = quote(&reference.column);
        (reference.values, reference.nulls) = db.query_row(
            &format!(
                "SELECT count({name}), count(*) - count({name}) FROM {} c WHERE 1{guard}",
                quote(&reference.table)
            ),
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        if !matches!(reference.place, Place::Whole | Place::When { .. })
            || schema.table(&key.table).is_none_or(|table| !table.is_unique(&key.column))
        {
            continue;
        }
        reference.orphans = db.query_row(
            &format!(
                "SELECT count(*) FROM {} c WHERE c.{name} IS NOT NULL{guard} AND NOT EXISTS (SELECT 1 FROM {} p WHERE p.{} = +c.{name})",
                quote(&reference.table),
                quote(&key.table),
                quote(&key.column)
            ),
            [],
            |row| row.get(0),
        )?;
        if reference.values > 0 {
            reference.share = share(&Seen {
                values: reference.values,
                hits: reference.values - reference.orphans,
            });
        }
    }
    Ok(())
}

/// What a reader has to know of the rest of the schema.
fn hints(schema: &Schema, plan: &mut Plan) {
    let mut findings = Vec::new();
    for key in &plan.keys {
        let table = schema.table(&key.table);
        let is_alias = table.is_some_and(|table| table.alias.as_deref() == Some(&key.column));
        for (name, sql) in &schema.virtuals {
            let lower = sql.to_lowercase();
            let is_content =
                lower.contains("content=") && lower.contains(&key.table.to_lowercase());
            if is_content && is_alias && lower.contains("content_rowid") {
                findings.push(Finding {
                    level: Level::Blocker,
                    what: format!("the full-text table `{name}` finds rows of `{}` by the number in `{}`: that key cannot become text", key.table, key.column),
                });
            }
        }
        if is_alias {
            findings.push(Finding {
                level: Level::Warning,
                what: format!(
                    "{}.{} was numbered by the database: it becomes text with a default that makes ids; programs that ask for the last number have to change",
                    key.table, key.column
                ),
            });
        }
    }
    for reference in &plan.references {
        let column =
            schema.table(&reference.table).and_then(|table| table.column(&reference.column));
        if column.is_some_and(|column| column.affinity.is_numeric())
            && matches!(reference.place, Place::When { .. })
        {
            findings.push(Finding {
                level: Level::Warning,
                what: format!("{}.{} becomes text in all rows: numbers of other kinds of rows are kept as text", reference.table, reference.column),
            });
        }
    }
    plan.findings.extend(findings);
}

fn estimate(db: &Connection, schema: &Schema, plan: &mut Plan, mapping_seconds: f64) -> Result<()> {
    let mut tables: Vec<&str> = plan
        .keys
        .iter()
        .map(|key| key.table.as_str())
        .chain(plan.references.iter().map(|reference| reference.table.as_str()))
        .collect();
    tables.sort_unstable();
    tables.dedup();
    for name in tables.iter().filter_map(|name| schema.table(name)) {
        plan.estimate.rows += db.query_row::<u64, _, _>(
            &format!("SELECT count(*) FROM {}", quote(&name.name)),
            [],
            |row| row.get(0),
        )?;
    }
    let pages: u64 = db.pragma_query_value(None, "page_count", |row| row.get(0))?;
    let size: u64 = db.pragma_query_value(None, "page_size", |row| row.get(0))?;
    let keys: u64 = plan.keys.iter().map(|key| key.rows).sum();
    // A copy, a second state of every table, and the map with its two indexes.
    plan.estimate.disk_bytes = pages * size * 2 + keys * 160;
    #[expect(clippy::cast_precision_loss, reason = "an estimate")]
    let per_row = if keys == 0 { 0.0 } else { mapping_seconds / keys as f64 };
    #[expect(clippy::cast_precision_loss, reason = "an estimate")]
    let rows = plan.estimate.rows as f64;
    plan.estimate.seconds = rows * per_row.max(1e-6) * 3.0;
    Ok(())
}

/// Builds the new tables in memory, with the first rows in them: what the database would refuse later is known now.
fn rehearse(db: &Connection, schema: &Schema, plan: &mut Plan) -> Result<()> {
    let layout = match Layout::of(plan, schema) {
        Ok(layout) => layout,
        Err(error) if error.kind() == ErrorKind::Blocked => {
            plan.findings.push(Finding { level: Level::Blocker, what: error.to_string() });
            return Ok(());
        }
        Err(error) => return Err(error),
    };
    let memory = Connection::open_in_memory()?;
    let mappers: Vec<Mapper> = (0..plan.keys.len()).map(|key| plan.mapper(key)).collect();
    for table in &layout.tables {
        let made = memory.execute_batch(&table.shadow_new_sql).and_then(|()| {
            table.indexes.iter().try_for_each(|index| memory.execute_batch(&index.shadow_sql))
        });
        if let Err(error) = made {
            plan.findings.push(Finding {
                level: Level::Blocker,
                what: format!("the new state of table `{}` cannot be made: {error}", table.name),
            });
            continue;
        }
        let columns: Vec<_> = table.columns.iter().filter(|column| !column.is_generated).collect();
        let names: Vec<String> = columns.iter().map(|column| quote(&column.name)).collect();
        let mut statement = db.prepare(&format!(
            "SELECT {} FROM {} LIMIT 300",
            names.join(", "),
            quote(&table.name)
        ))?;
        let marks = vec!["?"; names.len()].join(", ");
        let insert =
            format!("INSERT INTO {} ({}) VALUES ({marks})", quote(&table.shadow), names.join(", "));
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let mut values = Vec::new();
            for (at, column) in columns.iter().enumerate() {
                let legacy: Value = row.get(at)?;
                let spot = column.spots.iter().find(|spot| spot.place == Place::Whole);
                let bytes = value::legacy_bytes((&legacy).into());
                values.push(match (spot, bytes) {
                    // Any id of the right form will do; the same value gets the same one.
                    (Some(spot), Some(bytes)) => {
                        let stable =
                            Mapper { mapping: Mapping::Stable, ..mappers[spot.key].clone() };
                        let core = stable
                            .core(&bytes, None)
                            .map_err(|error| MigrateError::usage(error.to_string()))?;
                        value::of(plan.keys[spot.key].form.write(core))
                    }
                    _ => legacy,
                });
            }
            if let Err(error) =
                memory.prepare_cached(&insert)?.execute(rusqlite::params_from_iter(values))
            {
                plan.findings.push(Finding {
                    level: Level::Blocker,
                    what: format!("table `{}` does not take new ids: {error}", table.name),
                });
                break;
            }
        }
    }
    Ok(())
}
