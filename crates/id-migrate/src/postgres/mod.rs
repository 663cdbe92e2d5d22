//! PostgreSQL: shadow tables filled beside the live ones, a switch that moves both sides between schemas.
//!
//! `planner.rs` over `catalog.rs` (what is there) makes a plan; `layout.rs` says what stands on both sides; `work.rs` is the
//! engine, over `ddl.rs` (statements), `functions.rs` (SQL that stays in the database), `copy.rs` (rows and ids), `verify.rs`,
//! `swap.rs` (the switch), `files.rs` (table copies, exported map) and `client.rs` (connections). `script.rs` writes the
//! statements down.

mod client;
mod catalog;
mod planner;
mod layout;
mod ddl;
mod functions;
mod build;
mod work;
mod copy;
mod verify;
mod swap;
mod files;
mod foreign;
mod script;

pub use self::functions::all as functions;
pub use self::planner::plan;
pub use self::script::scripts;
pub use self::work::Postgres;
