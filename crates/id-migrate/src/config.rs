//! `migrate.toml`: what `plan` can be told on the command line, and more, as a file that is kept with the application.
//!
//! ```toml
//! namespace = "crackerjack"
//! not_references = ["errors.error_type"]
//!
//! [settings]
//! stall_ms = 40
//! tolerance = "0.01%"
//!
//! [[keys]]
//! key = "jobs.job_id"
//! mapping = "created-at:start_time"
//! fallback = "stable"
//! form = "typed:job"
//! keep_order = true
//!
//! [[references]]
//! column = "jobs.metadata"
//! path = "$.parent_job_id"
//! key = "jobs.job_id"
//! ```

use serde::Deserialize;

use crate::error::{MigrateError, Result};
use crate::mapping::{Form, Mapping};
use crate::plan::{self, KeyRequest, Place, Settings, Tolerance};
use crate::planner::PlanOptions;

/// The file as it stands.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    namespace: Option<String>,
    #[serde(default)]
    not_references: Vec<String>,
    #[serde(default)]
    settings: SettingsRows,
    #[serde(default)]
    keys: Vec<KeyRow>,
    #[serde(default)]
    references: Vec<NamedReference>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct SettingsRows {
    stall_ms: Option<u64>,
    lock_timeout_ms: Option<u64>,
    tolerance: Option<String>,
    batch_rows: Option<u64>,
    rows_per_second: Option<u64>,
    workers: Option<u32>,
    max_lag_bytes: Option<u64>,
    max_active: Option<u64>,
    duckdb_library: Option<String>,
    duckdb_memory: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyRow {
    key: String,
    mapping: String,
    fallback: Option<String>,
    form: Option<String>,
    #[serde(default)]
    keep_order: bool,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NamedReference {
    column: String,
    key: String,
    path: Option<String>,
    separator: Option<String>,
    when: Option<When>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct When {
    column: String,
    equals: String,
}

/// Reads `migrate.toml` into the options of a plan.
///
/// # Errors
///
/// A usage error that says what is wrong and where.
///
/// # Examples
///
/// ```
/// let options = id_migrate::config::read("[[keys]]\nkey = \"jobs.job_id\"\nmapping = \"stable\"").unwrap();
/// assert_eq!(options.keys[0].column, "job_id");
/// assert!(id_migrate::config::read("[[key]]").is_err());
/// ```
pub fn read(text: &str) -> Result<PlanOptions> {
    let file: File = toml::from_str(text).map_err(|error| {
        MigrateError::usage(format!("the settings cannot be read: {}", error.to_string().trim()))
    })?;
    options(&file)
}

/// Turns what was read into the options of a plan.
pub(crate) fn options(file: &File) -> Result<PlanOptions> {
    let wrong = |what: String| MigrateError::usage(format!("the settings: {what}"));
    let mut options = PlanOptions {
        namespace: file.namespace.clone(),
        not_references: file.not_references.clone(),
        settings: settings(&file.settings)?,
        ..PlanOptions::default()
    };
    for row in &file.keys {
        let request = KeyRequest::parse(&format!("{}={}", row.key, row.mapping))?;
        let place = format!("{}.{}", request.table, request.column);
        if let Some(name) = &row.fallback {
            let mapping = Mapping::parse(name)
                .ok_or_else(|| wrong(format!("`fallback = \"{name}\"` is no mapping")))?;
            options.fallbacks.push((place.clone(), mapping));
        }
        if let Some(name) = &row.form {
            let form = Form::parse(name)
                .ok_or_else(|| wrong(format!("`form = \"{name}\"` is no form")))?;
            options.forms.push((place.clone(), form));
        }
        if row.keep_order {
            options.keep_order.push(place);
        }
        options.keys.push(request);
    }
    for row in &file.references {
        let (table, column) = plan::place(&row.column)
            .ok_or_else(|| wrong(format!("`column = \"{}\"` is no TABLE.COLUMN", row.column)))?;
        let (key_table, key_column) = plan::place(&row.key)
            .ok_or_else(|| wrong(format!("`key = \"{}\"` is no TABLE.COLUMN", row.key)))?;
        let place = match (&row.path, &row.separator, &row.when) {
            (None, None, None) => Place::Whole,
            (Some(path), None, None) => Place::Json(path.clone()),
            (None, Some(separator), None) if !separator.is_empty() => {
                Place::List(separator.clone())
            }
            (None, None, Some(when)) => {
                Place::When { column: when.column.clone(), equals: when.equals.clone() }
            }
            _ => {
                return Err(wrong(format!(
                    "the reference in `{}` has more than one of path, separator and when, or an empty one",
                    row.column
                )));
            }
        };
        options.references.push((table, column, place, format!("{key_table}.{key_column}")));
    }
    Ok(options)
}

fn settings(rows: &SettingsRows) -> Result<Settings> {
    let mut settings = Settings::default();
    settings.stall_ms = rows.stall_ms.unwrap_or(settings.stall_ms);
    settings.lock_timeout_ms = rows.lock_timeout_ms.unwrap_or(settings.lock_timeout_ms);
    settings.batch_rows = rows.batch_rows.unwrap_or(settings.batch_rows);
    settings.rows_per_second = rows.rows_per_second.unwrap_or(settings.rows_per_second);
    settings.workers = rows.workers.unwrap_or(settings.workers);
    settings.max_lag_bytes = rows.max_lag_bytes.unwrap_or(settings.max_lag_bytes);
    settings.max_active = rows.max_active.unwrap_or(settings.max_active);
    settings.duckdb_library.clone_from(&rows.duckdb_library);
    settings.duckdb_memory.clone_from(&rows.duckdb_memory);
    if let Some(text) = &rows.tolerance {
        settings.set_tolerance(text)?;
    }
    Ok(settings)
}

impl Settings {
    /// Takes a tolerance from its text: `7` rows or `0.01%`.
    ///
    /// # Errors
    ///
    /// A usage error if it is neither.
    pub fn set_tolerance(&mut self, text: &str) -> Result<()> {
        match Tolerance::parse(text) {
            Some(Tolerance::Rows(rows)) => {
                (self.tolerance_rows, self.tolerance_percent) = (rows, None);
            }
            Some(Tolerance::Percent(share)) => self.tolerance_percent = Some(share),
            None => {
                return Err(MigrateError::usage(format!(
                    "the tolerance `{text}` is neither a number of rows nor a share such as 0.01%"
                )));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_module_is_read() {
        let text = include_str!("config.rs");
        let example: String = text
            .lines()
            .skip_while(|line| !line.contains("```toml"))
            .skip(1)
            .take_while(|line| !line.contains("```"))
            .map(|line| line.trim_start_matches("//!").trim().to_owned() + "\n")
            .collect();
        let options = read(&example).unwrap();
        assert_eq!(options.keep_order, ["jobs.job_id"]);
        assert_eq!(options.fallbacks, [("jobs.job_id".to_owned(), Mapping::Stable)]);
        assert_eq!(options.references[0].2, Place::Json("$.parent_job_id".to_owned()));
        assert_eq!(options.settings.tolerance(), Tolerance::Percent(0.01));
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (text, said) in [
            ("[settings]\ntolerance = \"none\"", "neither"),
            ("[[keys]]\nkey = \"jobs\"\nmapping = \"stable\"", "behind the table"),
            ("[[keys]]\nkey = \"a.b\"\nmapping = \"stable\"\nform = \"x\"", "is no form"),
            ("[[references]]\ncolumn = \"a\"\nkey = \"a.b\"", "TABLE.COLUMN"),
            (
                "[[references]]\ncolumn = \"a.b\"\nkey = \"a.b\"\npath = \"$\"\nseparator = \",\"",
                "more than one",
            ),
            ("nonsense = 1", "nonsense"),
        ] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.contains(said), "{text}: {error}");
        }
    }
}
