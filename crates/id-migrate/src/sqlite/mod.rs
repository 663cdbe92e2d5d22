//! SQLite: shadow tables filled beside the live ones, a switch that exchanges their places in the schema.
//!
//! `planner.rs` over `schema.rs` makes a plan; `layout.rs` (statements from `ddl.rs`) says what stands where; `work.rs` is the
//! engine, over `copy.rs` (rows and ids), `verify.rs`, `swap.rs` and `files.rs` (lock, backup, exported map).

mod schema;
mod ddl;
mod planner;
mod layout;
mod work;
mod copy;
mod verify;
mod swap;
mod files;

pub use self::planner::plan;
pub use self::work::Sqlite;
pub use crate::planner::PlanOptions;
