//! The files of a migration, beside its plan: table copies with checksums, and what is exported before it goes.

use std::fs::{self, File};
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use postgres::{Client, IsolationLevel};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::catalog::{Kind, hex};
use super::client::quote;
use super::layout::{Layout, Side};
use crate::engine::{Event, Phase, Watch};
use crate::error::{ErrorKind, MigrateError, Result};
use crate::map_file;

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Manifest {
    pub(crate) version: u32,
    pub(crate) lsn: Option<String>,
    pub(crate) tables: Vec<Copied>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Copied {
    pub(crate) table: String,
    pub(crate) file: String,
    pub(crate) columns: Vec<String>,
    pub(crate) rows: u64,
    pub(crate) sha256: String,
}

fn refused(path: &Path) -> impl Fn(std::io::Error) -> MigrateError {
    let path = path.display().to_string();
    move |error| MigrateError::environment(format!("{path} cannot be written or read"), error)
}

/// The folder of the table copies of a run.
pub(crate) fn backup_folder(folder: &Path, run_id: &str) -> PathBuf {
    folder.join(format!("{run_id}.backup"))
}

/// Counts lines and hashes on the way to a file.
struct Hashing<W> {
    to: W,
    hash: Sha256,
    rows: u64,
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.to.write(bytes)?;
        self.hash.update(&bytes[..written]);
        self.rows += (bytes[..written].split(|byte| *byte == b'\n').count() - 1) as u64;
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.to.flush()
    }
}

fn hashed(mut from: impl Read, to: impl Write) -> std::io::Result<(u64, String)> {
    let mut sink = Hashing { to, hash: Sha256::new(), rows: 0 };
    std::io::copy(&mut from, &mut sink)?;
    sink.flush()?;
    Ok((sink.rows, hex(&sink.hash.finalize())))
}

/// Copies all tables of the plan in one view of the database, and loads every copy once to see that it can be.
pub(crate) fn backup(
    db: &mut Client,
    layout: &Layout,
    folder: &Path,
    watch: &mut Watch<'_>,
) -> Result<()> {
    let part = folder.with_extension("part");
    if part.exists() {
        fs::remove_dir_all(&part).map_err(refused(&part))?;
    }
    fs::create_dir_all(&part).map_err(refused(&part))?;
    let mut db = db.build_transaction().isolation_level(IsolationLevel::RepeatableRead).start()?;
    let lsn = db
        .query_one(
            "SELECT CASE WHEN NOT pg_is_in_recovery() THEN pg_current_wal_lsn()::text END",
            &[],
        )?
        .get(0);
    let mut manifest = Manifest { version: 1, lsn, tables: Vec::new() };
    let leaves: Vec<usize> =
        (0..layout.tables.len()).filter(|at| layout.tables[*at].is_leaf).collect();
    for (done, at) in leaves.iter().enumerate() {
        let table = &layout.tables[*at].old;
        watch(&Event {
            phase: Phase::Backup,
            what: table.id(),
            done: done as u64,
            total: leaves.len() as u64,
        });
        let columns: Vec<String> = table
            .columns
            .iter()
            .filter(|column| !column.is_generated)
            .map(|column| quote(&column.name))
            .collect();
        let name = layout.name(*at, Side::Old, Side::Old);
        let file = format!("{done}.copy");
        let path = part.join(&file);
        let reader =
            db.copy_out(&format!("COPY (SELECT {} FROM {name}) TO STDOUT", columns.join(", ")))?;
        let created = File::create(&path).map_err(refused(&path))?;
        let mut to = BufWriter::new(created);
        let (rows, sha256) = hashed(reader, &mut to).map_err(refused(&path))?;
        to.into_inner()
            .map_err(std::io::IntoInnerError::into_error)
            .and_then(|file| file.sync_all())
            .map_err(refused(&path))?;
        // The test: what was written goes into a table of the same columns, and comes out the same.
        let mut test = db.savepoint("test")?;
        test.batch_execute(&format!(
            "CREATE TEMP TABLE restored ON COMMIT DROP AS SELECT {} FROM {name} LIMIT 0",
            columns.join(", ")
        ))?;
        load(&mut test, "pg_temp.restored", &columns, &path)?;
        let back = hashed(test.copy_out("COPY pg_temp.restored TO STDOUT")?, std::io::sink())
            .map_err(refused(&path))?;
        test.rollback()?;
        if back != (rows, sha256.clone()) {
            return Err(MigrateError::new(
                ErrorKind::Verification,
                format!("the copy of {} is not what was copied", table.id()),
            ));
        }
        manifest.tables.push(Copied { table: table.id(), file, columns, rows, sha256 });
    }
    db.rollback()?;
    let path = part.join("manifest.json");
    let text =
        serde_json::to_string_pretty(&manifest).expect("invariant: the manifest is plain data");
    let mut file = File::create(&path).map_err(refused(&path))?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(refused(&path))?;
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(refused(folder))?;
    }
    fs::rename(&part, folder).map_err(refused(folder))
}

/// Loads a copy into a table.
pub(crate) fn load(
    db: &mut postgres::Transaction<'_>,
    table: &str,
    columns: &[String],
    path: &Path,
) -> Result<()> {
    let mut from = BufReader::new(File::open(path).map_err(refused(path))?);
    let mut writer = db.copy_in(&format!("COPY {table} ({}) FROM STDIN", columns.join(", ")))?;
    std::io::copy(&mut from, &mut writer).map_err(refused(path))?;
    writer.finish()?;
    Ok(())
}

/// Reads a backup and checks every file of it.
pub(crate) fn manifest(folder: &Path) -> Result<Manifest> {
    let path = folder.join("manifest.json");
    let text = fs::read_to_string(&path).map_err(refused(&path))?;
    let manifest: Manifest = serde_json::from_str(&text).map_err(|error| {
        MigrateError::environment(format!("{} is damaged", path.display()), error)
    })?;
    for table in &manifest.tables {
        let path = folder.join(&table.file);
        let found = hashed(File::open(&path).map_err(refused(&path))?, std::io::sink())
            .map_err(refused(&path))?;
        if found != (table.rows, table.sha256.clone()) {
            return Err(MigrateError::new(
                ErrorKind::Verification,
                format!("{} is damaged: its checksum is another one", path.display()),
            ));
        }
    }
    Ok(manifest)
}

/// Writes maps and journal into a file, before a rollback drops them.
pub(crate) fn export(
    db: &mut Client,
    layout: &Layout,
    folder: &Path,
    run_id: &str,
) -> Result<PathBuf> {
    let path = folder.join(format!("{run_id}.map.tsv"));
    let part = path.with_extension("part");
    let mut out = BufWriter::new(File::create(&part).map_err(refused(&part))?);
    let lookup = layout.own("lookup");
    for (head, sql) in [
        (
            "# journal: at, phase, lsn\n",
            format!(
                "COPY (SELECT at, phase, lsn FROM {} ORDER BY n) TO STDOUT",
                layout.own("journal")
            ),
        ),
        (
            "# map: table, column, legacy, id, made\n",
            format!("COPY (SELECT * FROM {lookup}) TO STDOUT"),
        ),
    ] {
        out.write_all(head.as_bytes()).map_err(refused(&part))?;
        let mut reader = db.copy_out(&sql)?;
        std::io::copy(&mut reader, &mut out).map_err(refused(&part))?;
    }
    out.into_inner()
        .map_err(std::io::IntoInnerError::into_error)
        .and_then(|file| file.sync_all())
        .map_err(refused(&part))?;
    fs::rename(&part, &path).map_err(refused(&path))?;
    Ok(path)
}

/// Writes the map of a key as the file that a database with references to it reads.
pub(crate) fn map_for_others(
    db: &mut Client,
    layout: &Layout,
    key: usize,
    path: &Path,
) -> Result<()> {
    use rusqlite::types::Value;
    let Some(laid) = layout.keys.get(key) else {
        return Err(MigrateError::usage(format!("the plan has no key {key}")));
    };
    map_file::write(path, |row| {
        let mut read = db.transaction()?;
        let is_bytes = laid.form == crate::mapping::Form::Bytes;
        let (legacy, id) = (
            match laid.legacy_kind {
                Kind::Integer => "legacy::bigint",
                Kind::Bytes => "legacy",
                _ => "legacy::text",
            },
            if is_bytes { "id" } else { "id::text" },
        );
        let statement = read.prepare(&format!("SELECT {legacy}, {id} FROM {}", layout.map(key)))?;
        let portal = read.bind(&statement, &[])?;
        loop {
            let found = read.query_portal(&portal, 5000)?;
            for one in &found {
                let legacy = match laid.legacy_kind {
                    Kind::Integer => Value::Integer(one.get(0)),
                    Kind::Bytes => Value::Blob(one.get(0)),
                    _ => Value::Text(one.get(0)),
                };
                row(
                    legacy,
                    if is_bytes { Value::Blob(one.get(1)) } else { Value::Text(one.get(1)) },
                )?;
            }
            if found.is_empty() {
                return Ok(());
            }
        }
    })
}
