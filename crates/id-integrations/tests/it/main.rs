//! Tests of the integrations on the real libraries: one module per crate.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod arbitrary;
mod bytes;
mod diesel;
mod postcard;
mod postgres_types;
mod rusqlite;
mod schemas;
mod sqlx;
mod strategies;
mod values;

use unified_id::{KeyedRunId, LegacyKey, RunId, ThreadId, UnifiedId};

/// The text of the core of every example, and what it is as a UUID.
const CORE: &str = "01m7wqt1fbff4sq3bgc5bhn9e0";
const UUID: &str = "01a1f97d-05eb-7bc9-9b8d-7061571aa5c0";
const BYTES: [u8; 16] = [
    0x01, 0xa1, 0xf9, 0x7d, 0x05, 0xeb, 0x7b, 0xc9, 0x9b, 0x8d, 0x70, 0x61, 0x57, 0x1a, 0xa5, 0xc0,
];

unified_id::kind! {
    /// A kind of an application.
    pub(crate) Order = "order";
    /// A kind of an application, scoped to another of its own.
    pub(crate) OrderLine = "orderline" in Order;
}

fn thread() -> ThreadId {
    ThreadId::from_core(CORE.parse().unwrap())
}

fn run() -> RunId {
    RunId::from_parts(thread(), thread().core())
}

fn keyed() -> KeyedRunId {
    KeyedRunId::from_parts("user123".parse::<LegacyKey>().unwrap(), thread().core())
}

/// The three forms of an id that is stored as a text.
fn unified() -> [UnifiedId; 3] {
    [thread().into(), run().into(), keyed().into()]
}
