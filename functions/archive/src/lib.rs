#![doc = include_str!("../README.md")]

mod error;
mod land;
mod outbox;
mod rows;

pub use error::{ArchiveError, Kind};
pub use land::{DECISIONS, Landed, land, land_outbox};
pub use outbox::{ARCHIVE, OUTBOX, OutboxContext, OutboxSettings, RELAY, land_outbox_once, run_outbox};
pub use rows::schema;
pub use weir_files::SyncedFiles;
