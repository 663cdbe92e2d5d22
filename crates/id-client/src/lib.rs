//! A client of the registry: registers in the background, and never makes the application wait or fail.
//!
//! ```
//! use std::sync::Arc;
//! use std::time::Duration;
//! use id_client::{Client, Options};
//! use id_registry::{Reference, Registry};
//!
//! // Without a service: a registry of this process. With one: `Client::http("http://127.0.0.1:8681", token, ...)`.
//! let registry = Arc::new(Registry::in_memory(id_registry::Options::default())?);
//! let client = Client::embedded(registry, "acme".parse()?, "mahavishnu", Options::default());
//! let id = unified_id::UnifiedId::workflow().to_string();
//! client.register(Reference::new(id.clone(), "mahavishnu"));
//! assert!(client.flush(Duration::from_secs(5)));
//! assert_eq!(client.resolve(&id)?.unwrap().system, "mahavishnu");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Start with [`Client`]. What is registered waits in a bounded queue; one thread sends it in batches. While the service is
//! away it waits, longer each time; what does not fit the queue is dropped and counted. Registering again what arrived
//! already does no harm, since the first writer of an id keeps it.

#![forbid(unsafe_code)]

mod client;
mod http;
mod error;

pub use client::{Client, Counts, Found, Options};
pub use error::{ClientError, ClientErrorKind};
