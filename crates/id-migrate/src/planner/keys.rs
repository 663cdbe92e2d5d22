//! The keys of a plan: proposed, read whole, and tried against their mappings.

use std::cmp::Ordering;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, params};
use unified_id::Core;
use unified_id::legacy::Reader;

use super::facts::{Class, ColumnFacts, Equality, Facts, Rows, Source, TableFacts};
use super::names::refers_by_name;
use super::{ExternalKey, PlanOptions};
use crate::error::{MigrateError, Result};
use crate::mapping::{Form, Mapper, Mapping, recipe};
use crate::plan::{Finding, FormatShare, KeyPlan, KeyRequest, Level, Plan};
use crate::value;

/// Rows that are enough to know what a column holds.
const ENOUGH: u32 = 500;

/// Proposes keys: those that others refer to or that hold ids, in text; and how their ids can be made.
pub(super) fn propose(source: &dyn Source, facts: &Facts) -> Result<Vec<KeyRequest>> {
    let mut requests = Vec::new();
    for table in &facts.tables {
        for column in table.columns.iter().filter(|column| !column.is_generated && column.is_unique)
        {
            let is_reference = table.foreign.iter().any(|key| key.columns.contains(&column.name));
            if is_reference || column.class.is_numeric() {
                continue;
            }
            let name = column.name.to_lowercase();
            let is_named_so =
                name == "id" || name.ends_with("_id") || name == "uuid" || name == "key";
            let is_referred_to = facts.tables.iter().flat_map(|other| &other.foreign).any(|key| {
                facts.is_same(&key.parent, &table.name) && key.parent_columns.contains(&column.name)
            });
            if !(is_named_so || is_referred_to) {
                continue;
            }
            // A key whose values are another key's is a reference, declared or not.
            let (mut count, mut with_bits) = (0, 0);
            source.scan(table, &[Some(&column.name)], Rows::All, &mut |row| {
                if let Some(bytes) = value::legacy_bytes(row.value(0)?) {
                    count += 1;
                    with_bits += u32::from(recipe::bits(&bytes).is_some() && !is_digest(&bytes));
                }
                Ok(count < ENOUGH)
            })?;
            let time_column = time_column(source, table)?;
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
    Ok(without_references(facts, requests))
}

/// Leaves out what is named like another proposed key: of two that are each named like the other, the one whose table is not
/// what the name speaks of (`session_stats.session_id` beside `sessions.session_id`), or the later one.
fn without_references(facts: &Facts, mut requests: Vec<KeyRequest>) -> Vec<KeyRequest> {
    let order: Vec<_> =
        requests.iter().map(|request| (request.table.clone(), request.column.clone())).collect();
    let word = |table: &str| facts.table(table).map_or("", |table| table.word.as_str());
    let refers = |one: &KeyRequest, other: &KeyRequest| {
        one.table != other.table && refers_by_name(&one.column, word(&other.table), &other.column)
    };
    let is_elsewhere =
        |request: &KeyRequest| !refers_by_name(&request.column, word(&request.table), "id");
    // What stays stands before what is left out for it.
    requests.sort_by_key(is_elsewhere);
    let mut at = requests.len();
    while at > 0 {
        at -= 1;
        let (before, rest) = requests.split_at(at);
        let Some((one, behind)) = rest.split_first() else { break };
        if before.iter().any(|other| refers(one, other))
            || behind.iter().any(|other| refers(one, other) && !refers(other, one))
        {
            requests.remove(at);
        }
    }
    requests.sort_by_key(|request| {
        order.iter().position(|(table, column)| {
            (table.as_str(), column.as_str()) == (&request.table, &request.column)
        })
    });
    requests
}

/// Whether 32 hexadecimal digits without dashes are no UUID but as many bits of a digest (MD5): version or variant is none.
///
/// Its bits say nothing, no time either; an id can say when its row was made.
fn is_digest(bytes: &[u8]) -> bool {
    let is_hex = bytes.len() == 32 && bytes.iter().all(u8::is_ascii_hexdigit);
    let is_nil_or_max = bytes.iter().all(|digit| *digit == b'0')
        || bytes.iter().all(|digit| digit.eq_ignore_ascii_case(&b'f'));
    let is_uuid = bytes.get(12).is_some_and(|version| (b'1'..=b'8').contains(version))
        && bytes.get(16).is_some_and(|variant| b"89abAB".contains(variant));
    is_hex && !is_nil_or_max && !is_uuid
}

/// Finds a column whose values are all times.
fn time_column(source: &dyn Source, table: &TableFacts) -> Result<Option<String>> {
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
        let (mut count, mut readable) = (0, 0);
        source.scan(table, &[Some(column)], Rows::All, &mut |row| {
            count += 1;
            readable += u32::from(value::time_ms(row.value(0)?).is_some());
            Ok(count < ENOUGH && count == readable)
        })?;
        if count > 0 && count == readable {
            return Ok(Some(column.clone()));
        }
    }
    Ok(None)
}

/// Reads all values of a key: formats, what cannot be mapped, what would collide.
#[expect(clippy::too_many_lines, reason = "one pass over the rows, told from top to bottom")]
pub(super) fn read(
    source: &dyn Source,
    scratch: &Connection,
    facts: &Facts,
    request: &KeyRequest,
    options: &PlanOptions,
    plan: &mut Plan,
) -> Result<KeyPlan> {
    let table = facts
        .table(&request.table)
        .ok_or_else(|| MigrateError::usage(format!("there is no table `{}`", request.table)))?;
    let missing =
        |name: &str| MigrateError::usage(format!("table `{}` has no column `{name}`", table.name));
    let column = facts.column(table, &request.column).ok_or_else(|| missing(&request.column))?;
    let time = match &request.time_column {
        Some(name) => Some(facts.column(table, name).ok_or_else(|| missing(name))?.name.clone()),
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
    let (mut count, mut of_16) = (0, 0);
    source.scan(table, &[Some(&column.name)], Rows::All, &mut |row| {
        let value = row.value(0)?;
        count += u32::from(value != ValueRef::Null);
        of_16 += u32::from(matches!(value, ValueRef::Blob(bytes) if bytes.len() == 16));
        Ok(count < ENOUGH)
    })?;
    let holds_bytes = count > 0 && count == of_16;
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
    let mut tries = Tries::new(scratch, no, column)?;
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
        external: None,
        rows: 0,
        nulls: 0,
        formats: Vec::new(),
        unknown_format: 0,
        unmappable: 0,
        by_fallback: 0,
        collisions: 0,
    };
    source.scan(table, &[Some(&column.name), time.as_deref()], Rows::All, &mut |row| {
        key.rows += 1;
        let raw = row.value(0)?;
        let Some(legacy) = value::legacy_bytes(raw) else {
            key.nulls += 1;
            profile.add_absent();
            return Ok(true);
        };
        if !matches!(raw, ValueRef::Blob(_)) {
            profile.add(&reader, &legacy, key.rows);
        }
        let ms = value::time_ms(row.value(1)?);
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
                return Ok(true);
            }
        };
        tries.push(raw, core, ms);
        if tries.is_full() {
            settle(&mut tries, &mapper, &place, &mut key, &mut plan.findings)?;
        }
        Ok(true)
    })?;
    settle(&mut tries, &mapper, &place, &mut key, &mut plan.findings)?;
    drop(tries);
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
    if !column.is_unique {
        plan.findings.push(Finding {
            level: Level::Warning,
            what: format!("nothing keeps {place} unique: rows with equal values get equal ids"),
        });
    }
    Ok(key)
}

fn show(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).chars().take(64).collect()
}

/// Keys that are held in memory until they are written into the scratch database, in its order.
///
/// There they are twice: by their values and by their ids. Both are in no order, so each row by itself would change a page of
/// each, and what is not in memory would be read and written again.
struct Tries<'a> {
    scratch: &'a Connection,
    no: usize,
    rows: Vec<Try>,
    bytes: usize,
}

/// A key with the id that its mapping gives it.
struct Try {
    legacy: value::Kept,
    core: Core,
    ms: Option<u64>,
}

impl<'a> Tries<'a> {
    const MOST_ROWS: usize = 50_000;
    const MOST_BYTES: usize = 4 << 20;

    fn new(scratch: &'a Connection, no: usize, column: &ColumnFacts) -> Result<Self> {
        scratch.execute_batch(&format!(
            "CREATE TABLE k{no} (v {} COLLATE {} NOT NULL PRIMARY KEY) WITHOUT ROWID; \
             CREATE TABLE k{no}_core (core BLOB NOT NULL PRIMARY KEY, v) WITHOUT ROWID",
            declared(column.class),
            collation(column.equality),
        ))?;
        Ok(Self { scratch, no, rows: Vec::new(), bytes: 0 })
    }

    fn push(&mut self, legacy: ValueRef<'_>, core: Core, ms: Option<u64>) {
        self.bytes += value::legacy_bytes(legacy).map_or(0, |bytes| bytes.len());
        self.rows.push(Try { legacy: value::Kept::of(legacy), core, ms });
    }

    fn is_full(&self) -> bool {
        self.rows.len() >= Self::MOST_ROWS || self.bytes >= Self::MOST_BYTES
    }

    /// Notes the id of a key; `false` if another key has it.
    fn note(&self, core: Core, legacy: &value::Kept) -> Result<bool> {
        let sql = format!(
            "INSERT INTO k{}_core (core, v) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
            self.no
        );
        let noted =
            self.scratch.prepare_cached(&sql)?.execute(params![core.to_bytes(), legacy.bind()])?;
        Ok(noted > 0)
    }

    /// The key that has an id, for eyes.
    fn owner(&self, core: Core) -> Result<String> {
        let sql = format!("SELECT v FROM k{}_core WHERE core = ?1", self.no);
        let owner = self.scratch.query_row(&sql, [core.to_bytes()], |row| {
            Ok(value::legacy_bytes(row.get_ref(0)?).map(|bytes| show(&bytes)))
        })?;
        Ok(owner.unwrap_or_default())
    }

    /// Writes what is held; returns those whose id another key has, in the order in which they came.
    fn write(&mut self) -> Result<Vec<Try>> {
        let rows = std::mem::take(&mut self.rows);
        self.bytes = 0;
        let mut order: Vec<usize> = (0..rows.len()).collect();
        order.sort_by(|a, b| match (rows[*a].legacy.as_ref(), rows[*b].legacy.as_ref()) {
            (ValueRef::Integer(a), ValueRef::Integer(b)) => a.cmp(&b),
            // By their bytes, 10 would stand before a text 5, that before 9, and 9 before 10.
            (ValueRef::Integer(_), _) => Ordering::Less,
            (_, ValueRef::Integer(_)) => Ordering::Greater,
            (a, b) => value::legacy_bytes(a).cmp(&value::legacy_bytes(b)),
        });
        let sql = format!("INSERT INTO k{} (v) VALUES (?1) ON CONFLICT DO NOTHING", self.no);
        let mut insert = self.scratch.prepare_cached(&sql)?;
        let mut fresh = Vec::with_capacity(rows.len());
        for row in order {
            if insert.execute([rows[row].legacy.bind()])? > 0 {
                fresh.push(row);
            }
        }
        // Of two keys with one id the first one has it.
        fresh.sort_by_key(|row| (rows[*row].core.to_bytes(), *row));
        let mut meets = vec![false; rows.len()];
        for row in fresh {
            meets[row] = !self.note(rows[row].core, &rows[row].legacy)?;
        }
        let rows = rows.into_iter().zip(meets);
        Ok(rows.filter(|(_, meets)| *meets).map(|(row, _)| row).collect())
    }
}

/// Writes the keys that are held, and says which would get the id of another one.
///
/// With their order kept, rows of one time differ in their ranks, and never meet.
fn settle(
    tries: &mut Tries<'_>,
    mapper: &Mapper,
    place: &str,
    key: &mut KeyPlan,
    findings: &mut Vec<Finding>,
) -> Result<()> {
    for row in tries.write()? {
        let legacy = value::legacy_bytes(row.legacy.as_ref()).unwrap_or_default();
        key.collisions += 1;
        let second = mapper.fallback.and_then(|other| mapper.by(other, &legacy, row.ms, None).ok());
        let has_second = match second {
            Some(second) => tries.note(second, &row.legacy)?,
            None => false,
        };
        key.by_fallback += u64::from(has_second);
        if key.collisions > 3 {
            continue;
        }
        findings.push(if has_second {
            Finding {
                level: Level::Note,
                what: format!("{place}: `{}` would get the id of another key; it gets one by the fallback", show(&legacy)),
            }
        } else {
            let other = tries.owner(row.core)?;
            Finding {
                level: Level::Blocker,
                what: format!("{place}: `{other}` and `{}` would get one id; nothing is merged: use created-at, stable or random, or `--fallback {place}=stable`", show(&legacy)),
            }
        });
    }
    Ok(())
}

/// Takes a key of another database from its exported map; what refers to it here follows.
pub(super) fn import(scratch: &Connection, external: &ExternalKey, plan: &Plan) -> Result<KeyPlan> {
    let no = plan.keys.len();
    scratch.execute_batch(&format!(
        "CREATE TABLE k{no} (v BLOB NOT NULL PRIMARY KEY) WITHOUT ROWID"
    ))?;
    let mut insert = scratch.prepare(&format!("INSERT OR IGNORE INTO k{no} (v) VALUES (?1)"))?;
    let map =
        Connection::open_with_flags(&external.map, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY)
            .map_err(|error| {
                MigrateError::environment(format!("the map {} cannot be read", external.map), error)
            })?;
    let mut statement = map.prepare("SELECT legacy FROM map")?;
    let mut rows = statement.query([])?;
    let mut count = 0;
    while let Some(row) = rows.next()? {
        count += 1;
        insert.execute([value::bind(row.get_ref(0)?)])?;
    }
    Ok(KeyPlan {
        table: external.table.clone(),
        column: external.column.clone(),
        mapping: Mapping::Keep,
        time_column: None,
        fallback: None,
        form: external.form.clone(),
        keep_order: false,
        external: Some(external.map.clone()),
        rows: count,
        nulls: 0,
        formats: Vec::new(),
        unknown_format: 0,
        unmappable: 0,
        by_fallback: 0,
        collisions: 0,
    })
}

/// The type of a column of the scratch database that holds such values.
fn declared(class: Class) -> &'static str {
    match class {
        Class::Integer => "INTEGER",
        Class::Number => "NUMERIC",
        Class::Text => "TEXT",
        Class::Any => "BLOB",
    }
}

fn collation(equality: Equality) -> &'static str {
    match equality {
        Equality::Bytes => "BINARY",
        Equality::NoCase => "NOCASE",
        Equality::NoTrailingBlanks => "RTRIM",
    }
}
