//! Trace tables over HTTP: how the registry's outbox reaches a `ClickHouse` server.
//!
//! Invariant: nothing here is on the way of a registration. One thread reads the registry's log and sends it in batches; while
//! the server is away the place in the log stands still. Next: `id_registry::store::ClickHouse`, which knows the statements.

use std::fmt;
use std::time::Duration;

use axum::http::Uri;
use id_registry::store::{ClickHouse, ClickHouseTransport};
use id_registry::{OutboxOptions, Sink};
use ureq::Agent;

/// How much of an answer is read: a refusal says what is wrong in its first line.
const ANSWER_BYTES: u64 = 4 << 10;

/// A `ClickHouse` server that is told what the registry commits.
///
/// # Examples
///
/// ```
/// let mut tables = id_server::TraceTables::new("http://127.0.0.1:8123/?database=ids")?;
/// tables.user = Some("unified_id".to_owned());
/// # Ok::<(), id_server::TraceTablesError>(())
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct TraceTables {
    url: String,
    /// The account; the server's default one if not given.
    pub user: Option<String>,
    /// Its password.
    pub password: Option<String>,
    /// How long a batch may take until it is sent again.
    pub timeout: Duration,
    /// The size of a batch, and how long is waited after failures.
    pub outbox: OutboxOptions,
}

/// Why an address cannot be that of a server of trace tables.
#[derive(Debug, thiserror::Error)]
#[error(
    "`{url}` is no address of a ClickHouse server: {why}\nhelp:  write it as http://127.0.0.1:8123/?database=ids; \
         account and password are given apart from it, and TLS is for a proxy on this machine"
)]
pub struct TraceTablesError {
    url: String,
    why: &'static str,
}

impl fmt::Debug for TraceTables {
    /// Without the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TraceTables")
            .field("url", &self.url)
            .field("user", &self.user)
            .field("timeout", &self.timeout)
            .field("outbox", &self.outbox)
            .finish_non_exhaustive()
    }
}

impl TraceTables {
    /// Takes the address of the server's HTTP interface, with parameters such as `database`.
    ///
    /// # Errors
    ///
    /// [`TraceTablesError`] if it is not `http://`, or holds an account.
    pub fn new(url: &str) -> Result<Self, TraceTablesError> {
        let wrong = |why| {
            // What may be a password is not repeated.
            let shown = url.rsplit_once('@').map_or(url, |(_, rest)| rest);
            TraceTablesError { url: crate::http::error::shown(shown), why }
        };
        let uri: Uri = url.parse().map_err(|_| wrong("it cannot be read"))?;
        if uri.scheme_str() != Some("http") {
            return Err(wrong("it does not begin with http://"));
        }
        if uri.authority().is_none_or(|authority| authority.as_str().contains('@')) {
            return Err(wrong("it has to name a host and no account"));
        }
        Ok(Self {
            url: url.to_owned(),
            user: None,
            password: None,
            timeout: Duration::from_secs(10),
            outbox: OutboxOptions::default(),
        })
    }

    /// Makes the sink; nothing is sent yet.
    #[must_use]
    pub fn sink(&self) -> Box<dyn Sink> {
        let config = Agent::config_builder()
            .timeout_global(Some(self.timeout))
            .http_status_as_error(false)
            .max_redirects(0)
            // The server is named; no variable of the environment leads elsewhere.
            .proxy(None)
            .build();
        Box::new(ClickHouse::new(Http { agent: config.into(), tables: self.clone() }))
    }
}

struct Http {
    agent: Agent,
    tables: TraceTables,
}

impl ClickHouseTransport for Http {
    fn send(&mut self, statement: &str, rows: &str) -> Result<(), String> {
        let mut request = self
            .agent
            .post(&self.tables.url)
            .query("query", statement)
            // The answer comes when the rows are written, whatever the account's profile says, and a refusal is its status.
            .query("async_insert", "0")
            .query("wait_end_of_query", "1")
            .content_type("application/x-ndjson");
        if let Some(user) = &self.tables.user {
            request = request.header("X-ClickHouse-User", user);
        }
        if let Some(password) = &self.tables.password {
            request = request.header("X-ClickHouse-Key", password);
        }
        let mut answer = request.send(rows).map_err(|error| error.to_string())?;
        let status = answer.status();
        let said = answer.body_mut().with_config().limit(ANSWER_BYTES).lossy_utf8(true);
        let said = said.read_to_string();
        if status.is_success() {
            // An answer that breaks off was none.
            return said.map(|_| ()).map_err(|error| error.to_string());
        }
        Err(format!("status {}: {}", status.as_u16(), said.unwrap_or_default().trim()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_checked_and_passwords_not_repeated() {
        for (url, why) in [
            ("https://db:8443/", "begin with http://"),
            ("db:8123", "begin with http://"),
            ("http://a b/", "cannot be read"),
            ("http://me:secret@db:8123/", "no account"),
        ] {
            let error = TraceTables::new(url).unwrap_err().to_string();
            assert!(error.contains(why) && !error.contains("secret"), "{error}");
        }
        let mut tables = TraceTables::new("http://db:8123/?database=ids").unwrap();
        tables.password = Some("secret".to_owned());
        assert!(!format!("{tables:?}").contains("secret"));
    }
}
