//! Several databases as one migration: their order, references across them, gates between phases, commands around them.
//!
//! `file.rs` is the fleet file, `run.rs` walks over databases and phases, `gates.rs` measures, `report.rs` writes status and
//! rollback reports. How far a database is stands in that database alone; the folder of the fleet holds plans, maps and
//! reports, all of which can be made again.

mod file;
mod gates;
mod report;
mod run;

pub use self::file::{Action, Check, Command, Database, Fleet, Gate, Kind, Link, When};
pub use self::gates::Measured;
pub use self::report::{DatabaseStatus, RollbackReport, RolledBack, Status};
pub use self::run::{Ask, FleetEvent, FleetRun, Outcome};
