//! Makes a plan, the same way for every engine: keys, references, formats, collisions; writes nothing into the database.
//!
//! An engine says what is there ([`facts::Facts`]) and streams columns ([`facts::Source`]). Keys go into a scratch database
//! of this process (on disk, deleted with it), which answers whether a value is a key, and whether two values would get one
//! id; memory does not grow with the rows. Next: `facts.rs`, `keys.rs`, `references.rs`, then the engine's own rehearsal.

pub(crate) mod facts;
mod keys;
mod names;
mod references;

use std::time::Instant;

use rusqlite::Connection;

use self::facts::{Facts, Source};
use crate::error::{MigrateError, Result};
use crate::mapping::{Form, Mapping};
use crate::plan::{Estimate, KeyRequest, PLAN_VERSION, Place, Plan, Settings};

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
    /// References that the user names: the table, the column, where in it, and `TABLE.COLUMN` of the key.
    pub references: Vec<(String, String, Place, String)>,
    /// Keys of other databases.
    pub external: Vec<ExternalKey>,
    /// The name of the database in the recipes; its own name if none.
    pub namespace: Option<String>,
    /// Columns that are no references, as `TABLE.COLUMN`.
    pub not_references: Vec<String>,
    /// Names the run in its files.
    pub run_id: String,
    /// How the plan is run.
    pub settings: Settings,
}

/// A key of another database to which columns of this one refer.
#[derive(Clone, Debug)]
pub struct ExternalKey {
    /// The file with its map, made by [`crate::Engine::export_map`].
    pub map: String,
    /// The database and the table, for eyes: `crackerjack:jobs`.
    pub table: String,
    /// The column.
    pub column: String,
    /// How its new ids are written.
    pub form: Form,
}

/// What an engine knows of its database before anything is read from it.
#[derive(Debug)]
pub(crate) struct Header {
    pub(crate) engine: &'static str,
    /// Path or URL, as the plan keeps it.
    pub(crate) database: String,
    /// What its owner calls it.
    pub(crate) name: String,
    pub(crate) prefix: String,
    pub(crate) schema_hash: String,
}

/// Plans keys and references; returns the seconds that the reading of all keys took, for the engine's estimate.
pub(crate) fn plan(
    source: &dyn Source,
    facts: &Facts,
    header: Header,
    options: &PlanOptions,
) -> Result<(Plan, f64)> {
    let begun = Instant::now();
    if facts.tables.is_empty() {
        return Err(MigrateError::usage(format!(
            "{} has no tables: there is nothing to migrate",
            header.database
        )));
    }
    let requests = if options.keys.is_empty() && options.external.is_empty() {
        keys::propose(source, facts)?
    } else {
        options.keys.clone()
    };
    if requests.is_empty() && options.external.is_empty() {
        let numbers = facts.tables.iter().flat_map(|table| {
            let keys = table.columns.iter().filter(|column| column.is_unique);
            keys.map(move |column| format!("`--key {}.{}=stable`", table.name, column.name))
        });
        let such: Vec<String> = numbers.take(3).collect();
        return Err(MigrateError::usage(format!(
            "no column of {} is a key that holds ids as texts, and keys that are numbers are not proposed: name what to migrate{}{}",
            header.database,
            if such.is_empty() { " by `--key TABLE.COLUMN=MAPPING`" } else { ", such as " },
            such.join(", ")
        )));
    }
    let mut plan = Plan {
        version: PLAN_VERSION,
        engine: header.engine.to_owned(),
        database: header.database,
        prefix: header.prefix,
        run_id: options.run_id.clone(),
        namespace: options.namespace.clone().unwrap_or(header.name),
        schema_hash: header.schema_hash,
        keys: Vec::new(),
        references: Vec::new(),
        findings: Vec::new(),
        estimate: Estimate::default(),
        settings: options.settings.clone(),
    };
    let scratch = Connection::open("")?;
    scratch.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -16384; PRAGMA temp_store = FILE; BEGIN")?;
    scratch.set_prepared_statement_cache_capacity(64);
    for request in &requests {
        let key = keys::read(source, &scratch, facts, request, options, &mut plan)?;
        plan.keys.push(key);
    }
    for external in &options.external {
        let key = keys::import(&scratch, external, &plan)?;
        plan.keys.push(key);
    }
    references::declared(facts, &mut plan)?;
    references::named(facts, options, &mut plan)?;
    let seconds = begun.elapsed().as_secs_f64();
    for table in &facts.tables {
        references::undeclared(source, &scratch, facts, table, options, &mut plan)?;
    }
    references::followed(facts, &mut plan);
    references::count(source, facts, &mut plan)?;
    Ok((plan, seconds))
}
