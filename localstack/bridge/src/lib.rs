#![doc = include_str!("../README.md")]

mod batch;
mod mapping;
mod memory;
mod panics;
mod ports;
mod settings;
mod shard;
mod stats;

pub use mapping::{Mapping, MappingError};
pub use memory::MemoryCheckpoints;
pub use ports::{BoxError, Checkpoints, GivenUp, Handler, OnFailure, Outcome, Source};
pub use settings::{Settings, SettingsError};
pub use stats::{ShardStats, Stats};
