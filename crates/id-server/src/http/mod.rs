//! The REST interface, `/v1/...`: a handler parses, calls the service and converts.
//!
//! Every error is a problem (RFC 9457). What is described at `/openapi.json` is made from the handlers themselves.

mod routes;
pub(crate) mod dto;
pub(crate) mod error;
pub(crate) mod extract;

pub(crate) use self::error::Problem;
pub(crate) use self::routes::{find_of, openapi, router, trace_of, window_of};
