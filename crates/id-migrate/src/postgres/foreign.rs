//! Keys of other databases: their map comes from a file, and only references to them stand here.

use std::io::Write;
use std::path::Path;

use postgres::Client;
use rusqlite::types::Value;

use super::catalog::{Kind, Table, hex};
use super::client::text;
use super::layout::Layout;
use super::{copy, ddl};
use crate::engine::{Event, Phase, Watch};
use crate::error::{ErrorKind, MigrateError, Result};
use crate::map_file;
use crate::plan::{KeyPlan, Place, Plan};

/// Finds in which type the legacy values of each foreign key are kept here, so that an index answers for the columns that
/// refer to it; nothing for a key of this database.
pub(crate) fn kinds(plan: &Plan, tables: &[Table]) -> Result<Vec<Option<Kind>>> {
    let of = |(no, key): (usize, &KeyPlan)| {
        let Some(path) = &key.external else { return Ok(None) };
        let is_uuid_everywhere =
            plan.references.iter().filter(|reference| reference.key == no).all(|reference| {
                matches!(reference.place, Place::Whole | Place::When { .. })
                    && tables
                        .iter()
                        .find(|table| table.id() == reference.table)
                        .and_then(|table| table.column(&reference.column))
                        .is_some_and(|column| column.class == Kind::Uuid)
            });
        let (mut numbers, mut texts, mut blobs) = (0u64, 0u64, 0u64);
        map_file::read(Path::new(path), &mut |legacy, _| {
            match legacy {
                Value::Integer(_) => numbers += 1,
                Value::Text(_) => texts += 1,
                Value::Blob(_) => blobs += 1,
                other => return Err(unfit(key, &other)),
            }
            Ok(())
        })?;
        Ok(Some(match (numbers, texts, blobs) {
            (_, _, 0) if is_uuid_everywhere && numbers == 0 => Kind::Uuid,
            (0, 0, _) if is_uuid_everywhere => Kind::Uuid,
            (1.., 0, 0) => Kind::Integer,
            (0, 0, 1..) => Kind::Bytes,
            (_, _, 0) => Kind::Text,
            _ => {
                return Err(MigrateError::usage(format!(
                    "{}.{}: the map of the other database has keys that are bytes beside others, which no column here can hold",
                    key.table, key.column
                )));
            }
        }))
    };
    plan.keys.iter().enumerate().map(of).collect()
}

fn unfit(key: &KeyPlan, value: &Value) -> MigrateError {
    let kind = match value {
        Value::Real(number) => format!("floating-point numbers ({number:?})"),
        _ => "NULL".to_owned(),
    };
    MigrateError::usage(format!(
        "{}.{}: the map of the other database has values that are {kind}, which no column here refers to",
        key.table, key.column
    ))
}

/// A legacy value as the map holds it, in the text of COPY without escapes; nothing if no column of that kind can hold it.
fn legacy_text(kind: Kind, value: &Value) -> Option<String> {
    let is_hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    match (kind, value) {
        (Kind::Uuid, Value::Blob(bytes)) => (bytes.len() == 16).then(|| hex(bytes)),
        (Kind::Uuid, Value::Text(text)) => {
            let digits = text.replace('-', "");
            let is_one = matches!(text.len(), 32 | 36) && digits.len() == 32 && is_hex(&digits);
            is_one.then_some(digits)
        }
        (Kind::Bytes, Value::Blob(bytes)) => Some(format!("\\x{}", hex(bytes))),
        (Kind::Integer | Kind::Text, Value::Integer(number)) => Some(number.to_string()),
        (Kind::Text, Value::Text(text)) => (!text.contains('\0')).then(|| text.clone()),
        _ => None,
    }
}

fn id_text(key: &KeyPlan, value: &Value) -> Result<String> {
    match value {
        Value::Text(text) => Ok(text.clone()),
        Value::Blob(bytes) => Ok(format!("\\x{}", hex(bytes))),
        other => Err(unfit(key, other)),
    }
}

fn escaped(field: &str) -> String {
    let mut out = String::with_capacity(field.len());
    for each in field.chars() {
        match each {
            '\\' => out.push_str("\\\\"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            other => out.push(other),
        }
    }
    out
}

/// Hands over every pair of a foreign map that a column here can hold, as texts.
pub(crate) fn pairs(
    layout: &Layout,
    no: usize,
    key: &KeyPlan,
    each: &mut dyn FnMut(String, String) -> Result<()>,
) -> Result<()> {
    let Some(path) = &key.external else { return Ok(()) };
    let kind = layout.keys[no].legacy_kind;
    map_file::read(Path::new(path), &mut |legacy, id| match legacy_text(kind, &legacy) {
        Some(legacy) => each(legacy, id_text(key, &id)?),
        None => Ok(()),
    })
}

/// Fills the map of a foreign key from its file; what is done is done as a whole.
pub(crate) fn import(
    db: &mut Client,
    layout: &Layout,
    no: usize,
    key: &KeyPlan,
    limit_ms: u64,
    watch: &mut Watch<'_>,
) -> Result<()> {
    let fill = layout.own(&format!("fill_{no}"));
    let what = format!("map of {}.{}", key.table, key.column);
    watch(&Event { phase: Phase::Backfill, what: what.clone(), done: 0, total: key.rows });
    let mut transaction = db.transaction()?;
    transaction.batch_execute(&format!("DROP TABLE IF EXISTS {fill}"))?;
    transaction.batch_execute(&ddl::map_table(layout, no, &fill))?;
    let mut writer = transaction.copy_in(&format!("COPY {fill} FROM STDIN (FREEZE)"))?;
    let mut done = 0;
    pairs(layout, no, key, &mut |legacy, id| {
        done += 1;
        if done % 50_000 == 0 {
            watch(&Event { phase: Phase::Backfill, what: what.clone(), done, total: key.rows });
        }
        writeln!(writer, "{}\t{}\texternal", escaped(&legacy), escaped(&id)).map_err(|error| {
            MigrateError::caused(
                ErrorKind::Stopped,
                "the connection to the database was lost",
                error,
            )
        })
    })?;
    writer.finish()?;
    let twice =
        format!("SELECT legacy::text FROM {fill} GROUP BY legacy HAVING count(*) > 1 LIMIT 1");
    if let Some(row) = transaction.query_opt(&twice, &[])? {
        return Err(MigrateError::usage(format!(
            "{}.{} has the key `{}` in two spellings, which are one value here",
            key.table,
            key.column,
            row.get::<_, String>(0)
        )));
    }
    for statement in ddl::map_indexes(layout, no, &fill) {
        transaction.batch_execute(&statement)?;
    }
    transaction.commit()?;
    copy::put_in_place(db, layout, no, &fill, limit_ms)
}

/// The statements that fill the map of a foreign key without its file.
pub(crate) fn inserts(layout: &Layout, no: usize, key: &KeyPlan) -> Result<Vec<String>> {
    let (mut statements, mut rows) = (Vec::new(), Vec::new());
    let statement = |rows: &[String]| {
        format!("INSERT INTO {} (legacy, id, made) VALUES {}", layout.map(no), rows.join(", "))
    };
    pairs(layout, no, key, &mut |legacy, id| {
        rows.push(format!("({}, {}, 'external')", text(&legacy), text(&id)));
        if rows.len() == 500 {
            statements.push(statement(&std::mem::take(&mut rows)));
        }
        Ok(())
    })?;
    if !rows.is_empty() {
        statements.push(statement(&rows));
    }
    Ok(statements)
}
