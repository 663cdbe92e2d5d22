//! The plan file: what will be done to which database; plain data, reviewed by people, read by every engine.

use serde::{Deserialize, Serialize};

use crate::error::{MigrateError, Result};
use crate::mapping::{Form, Mapper, Mapping};

/// The version of the plan file; another layout needs another number.
pub const PLAN_VERSION: u32 = 1;

/// A plan: made by `plan`, carried out by `run`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Plan {
    /// [`PLAN_VERSION`].
    pub version: u32,
    /// The engine: `sqlite`.
    pub engine: String,
    /// Path or URL of the database.
    pub database: String,
    /// What the names of all tables and triggers begin with that the migration makes.
    pub prefix: String,
    /// Names this run in its files.
    pub run_id: String,
    /// Keeps equal keys of different databases apart in the recipes.
    pub namespace: String,
    /// SHA-256 of the schema; `run` refuses another one.
    pub schema_hash: String,
    /// The keys that get new ids.
    pub keys: Vec<KeyPlan>,
    /// Every column that refers to one of them.
    pub references: Vec<Reference>,
    /// What a reader has to know, blockers first.
    pub findings: Vec<Finding>,
    /// What it will cost.
    pub estimate: Estimate,
    /// How it is run.
    pub settings: Settings,
}

/// A key that gets new ids.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct KeyPlan {
    /// The table.
    pub table: String,
    /// The column.
    pub column: String,
    /// How the new id is made.
    pub mapping: Mapping,
    /// The column that holds the time of a row, for `created-at`.
    pub time_column: Option<String>,
    /// What is done with values that the mapping cannot take.
    pub fallback: Option<Mapping>,
    /// How the new id is written.
    pub form: Form,
    /// Whether rows of one millisecond keep their order: the rank takes the bits of the counter, and stands in the map.
    #[serde(default)]
    pub keep_order: bool,
    /// The file with the map of another database that this key belongs to; only its references stand here.
    #[serde(default)]
    pub external: Option<String>,
    /// The rows of the table.
    pub rows: u64,
    /// The rows without a key.
    pub nulls: u64,
    /// The formats of the values, most frequent first.
    pub formats: Vec<FormatShare>,
    /// The values that are in no known format.
    pub unknown_format: u64,
    /// Values that neither mapping nor fallback can take.
    pub unmappable: u64,
    /// Values for which the fallback is used.
    pub by_fallback: u64,
    /// Pairs of values that would get one id.
    pub collisions: u64,
}

/// How many values of a column are in a format.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FormatShare {
    /// The format's name.
    pub format: String,
    /// How many values.
    pub values: u64,
}

/// Where in a column the ids stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// The whole value.
    Whole,
    /// A place in a JSON text: `$.a.b`, `$.list[*]`.
    Json(String),
    /// The parts of a text between separators.
    List(String),
    /// The whole value, in rows where another column has this value.
    When {
        /// The other column.
        column: String,
        /// Its value.
        equals: String,
    },
}

/// How a reference was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// A foreign key says so.
    Declared,
    /// The user says so.
    Named,
    /// The column is named like the key.
    Name,
    /// Its values are keys.
    Values,
}

/// A column that refers to a key.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Reference {
    /// Which of the plan's keys.
    pub key: usize,
    /// The table.
    pub table: String,
    /// The column.
    pub column: String,
    /// Where in the column.
    pub place: Place,
    /// How it was found.
    pub origin: Origin,
    /// The share of its values that are keys, of those looked at.
    pub share: f64,
    /// Rows with a value.
    pub values: u64,
    /// Rows without one.
    pub nulls: u64,
    /// Rows whose value is no key; they stay as they are.
    pub orphans: u64,
}

/// How serious a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// `run` refuses.
    Blocker,
    /// Somebody should look at it.
    Warning,
    /// Good to know.
    Note,
}

/// Something that a reader of the plan has to know.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Finding {
    /// How serious it is.
    pub level: Level,
    /// What it is, where, and what to do.
    pub what: String,
}

/// What a migration will cost.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Estimate {
    /// Rows that will be written anew.
    pub rows: u64,
    /// Bytes of disk beside what is used: backup, shadow tables and map.
    pub disk_bytes: u64,
    /// Seconds, from a calibration on this database.
    pub seconds: f64,
}

/// How a plan is run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Settings {
    /// Milliseconds that a batch may hold the write lock.
    pub stall_ms: u64,
    /// Milliseconds to wait for a lock.
    pub lock_timeout_ms: u64,
    /// Rows that a check may name before it fails.
    pub tolerance_rows: u64,
    /// Rows of a batch at most; 0 follows from the time that batches take. SQLite alone.
    #[serde(default)]
    pub batch_rows: u64,
    /// Connections that copy at the same time, where the engine can.
    #[serde(default = "two")]
    pub workers: u32,
    /// Rows in a second at most; 0 is no limit.
    #[serde(default)]
    pub rows_per_second: u64,
    /// Bytes that a replica may lie behind before copying waits; 0 is no limit.
    #[serde(default)]
    pub max_lag_bytes: u64,
    /// Statements of others that may run before copying waits; 0 is no limit.
    #[serde(default)]
    pub max_active: u64,
    /// The same as a share of the rows that were compared; it takes the place of the rows.
    #[serde(default)]
    pub tolerance_percent: Option<f64>,
    /// Where libduckdb is, for DuckDB files; the loader looks for it if nothing stands here.
    #[serde(default)]
    pub duckdb_library: Option<String>,
    /// The memory that DuckDB may use, such as `4GiB`; what does not fit goes to the disk. 2 GiB if nothing stands here.
    #[serde(default)]
    pub duckdb_memory: Option<String>,
}

/// How many failed rows a verification may have.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Tolerance {
    /// As many.
    Rows(u64),
    /// In percent of the rows that were compared: 0.01 is one of ten thousand.
    Percent(f64),
}

impl From<u64> for Tolerance {
    fn from(rows: u64) -> Self {
        Self::Rows(rows)
    }
}

impl Tolerance {
    /// Reads `7` or `0.01%`.
    ///
    /// # Examples
    ///
    /// ```
    /// use id_migrate::plan::Tolerance;
    /// assert_eq!(Tolerance::parse("0.01%"), Some(Tolerance::Percent(0.01)));
    /// assert_eq!(Tolerance::parse("-1"), None);
    /// ```
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text.strip_suffix('%') {
            Some(share) => share
                .trim()
                .parse()
                .ok()
                .filter(|share| (0.0..=100.0).contains(share))
                .map(Self::Percent),
            None => text.parse().ok().map(Self::Rows),
        }
    }

    /// Whether so many failed rows of so many are allowed.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a share of rows")]
    pub fn allows(self, failed: u64, rows: u64) -> bool {
        match self {
            Self::Rows(most) => failed <= most,
            Self::Percent(share) => failed as f64 * 100.0 <= share * rows as f64,
        }
    }
}

impl Settings {
    /// Returns the tolerance.
    #[must_use]
    pub fn tolerance(&self) -> Tolerance {
        self.tolerance_percent.map_or(Tolerance::Rows(self.tolerance_rows), Tolerance::Percent)
    }
}

fn two() -> u32 {
    2
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            stall_ms: 40,
            lock_timeout_ms: 30_000,
            tolerance_rows: 0,
            tolerance_percent: None,
            batch_rows: 0,
            workers: two(),
            rows_per_second: 0,
            max_lag_bytes: 0,
            max_active: 0,
            duckdb_library: None,
            duckdb_memory: None,
        }
    }
}

impl Plan {
    /// Reads a plan.
    ///
    /// # Errors
    ///
    /// A usage error if the text is no plan of this version.
    pub fn from_json(text: &str) -> Result<Self> {
        let plan: Self = serde_json::from_str(text)
            .map_err(|error| MigrateError::usage(format!("the plan cannot be read: {error}")))?;
        if plan.version != PLAN_VERSION {
            return Err(MigrateError::usage(format!(
                "the plan has version {}, this program reads {PLAN_VERSION}",
                plan.version
            )));
        }
        Ok(plan)
    }

    /// Writes the plan.
    ///
    /// # Panics
    ///
    /// Never: plain data is always JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("invariant: the plan is plain data") + "\n"
    }

    /// Returns what makes the ids of a key.
    #[must_use]
    pub fn mapper(&self, key: usize) -> Mapper {
        let key = &self.keys[key];
        Mapper {
            mapping: key.mapping,
            fallback: key.fallback,
            namespace: self.namespace.clone(),
            table: key.table.clone(),
        }
    }

    /// Returns the findings that stand in the way.
    pub fn blockers(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.level == Level::Blocker)
    }
}

/// What the user asks of a key: `TABLE.COLUMN=MAPPING[:COLUMN]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRequest {
    /// The table.
    pub table: String,
    /// The column.
    pub column: String,
    /// The mapping.
    pub mapping: Mapping,
    /// The column of the time.
    pub time_column: Option<String>,
}

impl KeyRequest {
    /// Reads a request; names with dots or other signs stand in double quotes.
    ///
    /// # Errors
    ///
    /// A usage error that says which part is wrong.
    ///
    /// # Examples
    ///
    /// ```
    /// use id_migrate::plan::KeyRequest;
    /// let key = KeyRequest::parse("\"order details\".id=created-at:made").unwrap();
    /// assert_eq!((key.table.as_str(), key.time_column.as_deref()), ("order details", Some("made")));
    /// ```
    pub fn parse(text: &str) -> Result<Self> {
        let wrong = |what: &str| {
            MigrateError::usage(format!(
                "`--key {text}`: {what}; write TABLE.COLUMN=MAPPING or TABLE.COLUMN=created-at:COLUMN"
            ))
        };
        let (table, rest) = table(text).ok_or_else(|| wrong("no `.` behind the table"))?;
        let (column, rest) = name(rest, b'=').ok_or_else(|| wrong("no `=` behind the column"))?;
        let (mapping, time) = match rest.split_once(':') {
            Some((mapping, time)) => (mapping, Some(time)),
            None => (rest, None),
        };
        let mapping = Mapping::parse(mapping).ok_or_else(|| {
            wrong("the mapping is none of bits, created-at, stable, keep, random")
        })?;
        if (mapping == Mapping::CreatedAt) != time.is_some() {
            return Err(wrong(
                "a column of the time belongs to created-at, and to no other mapping",
            ));
        }
        let time_column = time.map(|time| match name(&format!("{time}="), b'=') {
            Some((name, _)) => name,
            None => time.to_owned(),
        });
        Ok(Self { table, column, mapping, time_column })
    }
}

/// Reads `TABLE.COLUMN` or `SCHEMA.TABLE.COLUMN`; names with dots or other signs stand in double quotes.
pub(crate) fn place(text: &str) -> Option<(String, String)> {
    let (table, rest) = table(text)?;
    let (column, rest) =
        name(&format!("{rest}="), b'=').map(|(column, rest)| (column, rest.to_owned()))?;
    rest.is_empty().then_some((table, column))
}

/// Takes a table up to the dot before its column. It may have a schema before it; a dot inside a column's name needs quotes.
fn table(text: &str) -> Option<(String, &str)> {
    let (first, rest) = name(text, b'.')?;
    match name(rest, b'.') {
        Some((second, rest)) if !second.contains('=') => {
            Some((format!("{}.{}", plain(&first), plain(&second)), rest))
        }
        _ => Some((first, rest)),
    }
}

/// Returns the own name of a table that stands behind its schema, as [`plain`] writes both.
pub(crate) fn word(table: &str) -> Option<String> {
    let (_, rest) = name(table, b'.')?;
    let ended = format!("{rest}=");
    name(&ended, b'=').filter(|(_, rest)| rest.is_empty()).map(|(word, _)| word)
}

/// Quotes a name unless it is a plain one in lower case: so a schema and a table are one name.
pub(crate) fn plain(name: &str) -> String {
    let is_plain = name.starts_with(|first: char| first.is_ascii_lowercase() || first == '_')
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    if is_plain { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}

/// Takes a name up to a sign; the sign inside double quotes does not count.
fn name(text: &str, end: u8) -> Option<(String, &str)> {
    if let Some(quoted) = text.strip_prefix('"') {
        let mut at = 0;
        let bytes = quoted.as_bytes();
        while at < bytes.len() {
            if bytes[at] == b'"' {
                if bytes.get(at + 1) == Some(&b'"') {
                    at += 1;
                } else {
                    let rest = &quoted[at + 1..];
                    let is_end = rest.as_bytes().first() == Some(&end);
                    return is_end.then(|| (quoted[..at].replace("\"\"", "\""), &rest[1..]));
                }
            }
            at += 1;
        }
        return None;
    }
    let at = text.bytes().position(|byte| byte == end)?;
    (at > 0).then(|| (text[..at].to_owned(), &text[at + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_may_have_a_schema() {
        let check = |text: &str, expected: Option<(&str, &str)>| {
            let found = place(text);
            let found = found.as_ref().map(|(table, column)| (table.as_str(), column.as_str()));
            assert_eq!(found, expected, "{text}");
            // A key is named in the same way.
            let key = KeyRequest::parse(&format!("{text}=stable")).ok();
            assert_eq!(key.as_ref().map(|key| (key.table.as_str(), key.column.as_str())), expected);
        };
        check("jobs.job_id", Some(("jobs", "job_id")));
        check("shop.orders.id", Some(("shop.orders", "id")));
        check("shop.\"Order Notes\".\"Note ID\"", Some(("shop.\"Order Notes\"", "Note ID")));
        check("\"a.b\".c", Some(("a.b", "c")));
        check("t.\"a.b\"", Some(("t", "a.b")));
        check("job_id", None);
        check(".x", None);
        check("t.", None);
    }
}
