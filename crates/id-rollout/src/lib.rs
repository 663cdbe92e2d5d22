//! The rollout of the new ids: flags that change while programs run, and who asks them.
//!
//! An application that is moved from its old ids to the new ones takes its ids, as text, from an [`Issuer`] and reads
//! them with a [`RolloutReader`]. Both ask the flags of a [`Rollout`] each time, which costs one atomic load; a thread
//! follows the file in which the flags stand. `UnifiedId::run` and its siblings know nothing of all this.
//!
//! ```text
//! UNIFIED_ID_<FLAG> --.
//! unified-id.toml -----+--> Rollout (one word) --> Issuer, RolloutReader
//!                      '--- looked at ten times a second
//! ```
//!
//! # Examples
//!
//! ```
//! use id_rollout::{Flag, Issuer, Rollout, Sources};
//!
//! let folder = tempfile::tempdir()?;
//! let sources = Sources::new(folder.path().join("unified-id.toml"));
//! sources.set(Flag::LegacyRunFormat, "idmanager")?;
//!
//! let issuer = Issuer::new(Rollout::follow(sources.clone())?);
//! let run = issuer.run("thread_user123")?;
//! assert!(run.starts_with("run_user123_") && run.len() == "run_user123_".len() + 8);
//!
//! // Somewhere else an operator runs `unified-id flags set enable_unified_id_generation true`.
//! sources.set(Flag::EnableUnifiedIdGeneration, "true")?;
//! while !issuer.rollout().flags().enable_unified_id_generation {
//!     std::thread::yield_now();
//! }
//! assert_eq!(issuer.run("thread_user123")?.len(), "run_user123_".len() + 26);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod flags;
mod error;
mod source;
mod edit;
mod fork;
mod rollout;
mod issuer;
mod reader;

pub use crate::error::{RolloutError, RolloutErrorKind};
pub use crate::flags::{Flag, Flags, Value};
pub use crate::issuer::{Issuer, IssuerStats, bucket};
pub use crate::reader::{ReadError, ReadErrorKind, RolloutReader};
pub use crate::rollout::{Rollout, RolloutStats};
pub use crate::source::{Loaded, Origin, Sources};
