//! SQLite: shadow tables filled beside the live ones, a switch that exchanges their places in the schema.
//!
//! `planner.rs` over `schema.rs` makes a plan, `mentions.rs` says which statements hold legacy keys; `layout.rs` (statements from `ddl.rs`) says what stands where; `work.rs` is the
//! engine, over `ahead.rs` (look-ups that batches need), `copy.rs` (rows and ids), `index.rs` (indexes that are filled in order), `verify.rs`, `swap.rs`, `measure.rs`
//! (speed before and after) and `files.rs` (lock, backup, exported map). `script.rs` writes the statements down,
//! `functions.rs` ids in SQL.

mod schema;
pub(crate) mod ddl;
mod planner;
mod mentions;
mod layout;
mod work;
mod ahead;
mod copy;
mod index;
mod verify;
mod swap;
mod measure;
mod script;
mod functions;
mod files;

pub(crate) use self::files::write_text as write_file;
#[cfg(feature = "duckdb")]
pub(crate) use self::files::{beside, lock};
pub use self::functions::functions;
pub use self::planner::plan;
pub use self::script::scripts;
pub use self::work::{Sqlite, pause};
pub use crate::planner::PlanOptions;
