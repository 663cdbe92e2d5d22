#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "duckdb"), forbid(unsafe_code))]

pub mod plan;
pub mod mapping;
pub mod engine;
pub mod run;
mod value;
mod cells;
#[cfg(any(feature = "duckdb", feature = "postgres"))]
mod map_file;
mod planner;
pub mod sqlite;
#[cfg(feature = "postgres")]
pub mod postgres;
#[cfg(feature = "duckdb")]
pub mod duckdb;
pub mod database;
pub mod config;
pub mod fleet;
mod script;
mod error;

pub use crate::engine::{Engine, Event, Failure, Phase, Verification};
pub use crate::error::{ErrorKind, MigrateError, Result};
pub use crate::plan::{KeyRequest, Plan};
pub use crate::planner::{ExternalKey, PlanOptions};
