//! A small client of the registry's server.
//!
//! ```no_run
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! use id_client::{Client, Reference, Registrar};
//!
//! let client = Client::new("http://127.0.0.1:8681", Some("uidt_..."))?;
//! let registrar = Registrar::start(client.clone());
//! // Returns at once, whether the server runs or not.
//! registrar.register(Reference::new("workflow_01m7wqt1fbff4sq3bgc5bhn9e0", "mahavishnu"));
//! let found = client.resolve("01m7wqt1fbff4sq3bgc5bhn9e0").await?;
//! # Ok(())
//! # }
//! ```
//!
//! Invariants: [`Registrar::register`] never waits, never fails and never grows without bound; what it has to drop is counted.
//! A server that does not answer costs a bounded time. Next: `client.rs`, `registrar.rs`.
#![forbid(unsafe_code)]

mod reference;
mod client;
mod registrar;

pub use crate::client::{Answer, Client, ClientError};
pub use crate::reference::{Link, Reference};
pub use crate::registrar::{Counts, Registrar};
