//! Whether a record is really not there: a miss is believed only if its two neighbours agree that nothing stands between them.
//!
//! A row has a checksum, and the tree that leads to it has none. A search that takes a wrong turn at a damaged key ends beside
//! that key, whose row is then a neighbour and fails its checksum. A search that a damaged pointer leads into another part of
//! the tree finds a neighbour whose own neighbour, looked for from the root, is another one. What stays hidden until a scrub
//! are rows that a page's count of cells leaves out.

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::failed;
use crate::error::RegistryError;
use crate::key::Key;
use crate::record;
use crate::store::FullKey;

const BEFORE: &str = "SELECT tenant, key, body FROM record WHERE (tenant, key) < (?1, ?2) \
                      ORDER BY tenant DESC, key DESC LIMIT 1";
const AFTER: &str = "SELECT tenant, key, body FROM record WHERE (tenant, key) > (?1, ?2) \
                     ORDER BY tenant, key LIMIT 1";

/// Two records with nothing between them; none is the end of the table.
#[derive(Clone, Copy, Debug)]
pub(super) struct Gap {
    pub(super) before: Option<FullKey>,
    after: Option<FullKey>,
}

impl Gap {
    /// Tells whether a key stands between the two.
    pub(super) fn holds(&self, full: FullKey) -> bool {
        self.before.is_none_or(|before| before < full)
            && self.after.is_none_or(|after| full < after)
    }

    /// Finds the gap at a place where nothing was found, in one view of the data.
    ///
    /// # Errors
    ///
    /// [`Corrupt`](crate::RegistryErrorKind::Corrupt) if the neighbours contradict each other or fail their checksums.
    pub(super) fn at(
        connection: &Connection,
        tenant: u32,
        key: &[u8],
    ) -> Result<Self, RegistryError> {
        let place = (i64::from(tenant), key);
        let gap = Self {
            before: neighbour(connection, BEFORE, place)?,
            after: neighbour(connection, AFTER, place)?,
        };
        let (first, last) = ((-1, Vec::new()), (i64::MAX, Vec::new()));
        let of = |full: Option<FullKey>, end| {
            full.map_or(end, |full| (i64::from(full.tenant), full.key.to_bytes().to_vec()))
        };
        let (before, after) = (of(gap.before, first), of(gap.after, last));
        if neighbour(connection, AFTER, (before.0, &before.1))? != gap.after
            || neighbour(connection, BEFORE, (after.0, &after.1))? != gap.before
        {
            return Err(RegistryError::corrupt(
                "the tree of records leads to two places where there can be one",
            ));
        }
        Ok(gap)
    }
}

fn neighbour(
    connection: &Connection,
    statement: &str,
    (tenant, key): (i64, &[u8]),
) -> Result<Option<FullKey>, RegistryError> {
    let mut statement = connection.prepare_cached(statement).map_err(failed)?;
    let checked = |row: &Row<'_>| Ok(full_key(row));
    let found = statement.query_row(params![tenant, key], checked).optional().map_err(failed)?;
    found.transpose()
}

fn full_key(row: &Row<'_>) -> Result<FullKey, RegistryError> {
    let key = row.get_ref(1).ok().and_then(|key| Key::from_bytes(key.as_blob().ok()?));
    let (Ok(tenant), Some(key)) = (row.get(0), key) else {
        return Err(RegistryError::corrupt("a record has a key that is none"));
    };
    let full = FullKey { tenant, key };
    match row.get_ref(2).map(|body| body.as_blob()) {
        Ok(Ok(body)) => record::check_row(full, body).map(|()| full),
        _ => Err(RegistryError::corrupt("a record has no body")),
    }
}
