//! Connections: how one is opened, what its errors mean, how names and texts are written into SQL.

use std::time::{Duration, Instant};

use id_postgres::Address;
use postgres::Client;
use postgres::error::SqlState;

use crate::error::{ErrorKind, MigrateError, Result};

/// Opens a connection that speaks the same dialect whatever the server's settings are.
pub(crate) fn connect(url: &str, password: Option<&str>) -> Result<Client> {
    let mut address = Address::parse(url).map_err(|error| unopened(&error))?;
    let config = address.config_mut();
    if let Some(password) = password {
        config.password(password);
    }
    config.application_name("unified-id migrate");
    config.connect_timeout(Duration::from_secs(10));
    let mut client = address.connect().map_err(|error| unopened(&error))?;
    client.batch_execute(
        "SET search_path = ''; SET timezone = 'UTC'; SET datestyle = 'ISO'; SET intervalstyle = 'postgres'; \
         SET extra_float_digits = 1; SET bytea_output = 'hex'; SET client_min_messages = warning; SET statement_timeout = 0; \
         SET idle_in_transaction_session_timeout = 0; SET row_security = off; SET standard_conforming_strings = on; \
         SET xmloption = content; SET work_mem = '64MB'",
    )?;
    // Ends the statement of a killed run soon, and with it its locks; older servers do not know it.
    let _ = client.batch_execute("SET client_connection_check_interval = '1s'");
    Ok(client)
}

/// Says why no connection was made.
fn unopened(error: &id_postgres::Error) -> MigrateError {
    match error.kind() {
        id_postgres::ErrorKind::Address => MigrateError::usage(error.to_string()),
        id_postgres::ErrorKind::Tls => {
            let message = format!("{error}; {}", error.help());
            MigrateError::new(ErrorKind::Environment, message)
        }
        _ => MigrateError::new(ErrorKind::Environment, error.to_string()),
    }
}

impl From<postgres::Error> for MigrateError {
    fn from(error: postgres::Error) -> Self {
        let Some(said) = error.as_db_error() else {
            if error.is_closed() || std::error::Error::source(&error).is_some() {
                return Self::caused(
                    ErrorKind::Stopped,
                    "the connection to the database was lost",
                    error,
                );
            }
            return Self::new(ErrorKind::Stopped, format!("the database refused: {error}"));
        };
        let kind = match *said.code() {
            SqlState::LOCK_NOT_AVAILABLE | SqlState::T_R_DEADLOCK_DETECTED => ErrorKind::Busy,
            SqlState::INSUFFICIENT_PRIVILEGE | SqlState::READ_ONLY_SQL_TRANSACTION => {
                ErrorKind::Environment
            }
            _ => ErrorKind::Stopped,
        };
        let message = match *said.code() {
            SqlState::DISK_FULL => "the database cannot grow: the disk is full".to_owned(),
            SqlState::LOCK_NOT_AVAILABLE => "a lock could not be had in time".to_owned(),
            SqlState::ADMIN_SHUTDOWN | SqlState::CRASH_SHUTDOWN => {
                "the connection to the database was ended by the server".to_owned()
            }
            _ => {
                let detail =
                    said.detail().map_or_else(String::new, |detail| format!(" ({detail})"));
                format!("the database refused: {}{detail}", said.message())
            }
        };
        Self::caused(kind, message, error)
    }
}

/// Whether an error is about this state.
pub(crate) fn is(error: &postgres::Error, state: &SqlState) -> bool {
    error.code() == Some(state)
}

/// Writes a name into SQL.
pub(crate) fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Writes a text into SQL; the connection takes backslashes as they are.
pub(crate) fn text(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''"))
}

/// Does something that needs a lock: waits a short time for it, steps back, and tries again until the time is over.
///
/// A waiting lock holds up everybody who comes behind it; so each wait is short and the pauses grow.
pub(crate) fn with_lock<T>(limit_ms: u64, mut attempt: impl FnMut(u64) -> Result<T>) -> Result<T> {
    let begun = Instant::now();
    let mut pause_ms = 20;
    loop {
        match attempt(100) {
            Err(error) if error.kind() == ErrorKind::Busy => {
                if begun.elapsed() > Duration::from_millis(limit_ms) {
                    return Err(MigrateError::new(
                        ErrorKind::Busy,
                        format!(
                            "{error}: tried for {limit_ms} ms; somebody holds a table in a long transaction"
                        ),
                    ));
                }
                std::thread::sleep(Duration::from_millis(pause_ms));
                pause_ms = (pause_ms * 2).min(1000);
            }
            result => return result,
        }
    }
}
