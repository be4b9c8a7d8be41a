#![doc = include_str!("../README.md")]

mod batch;
mod files;
mod mapping;
mod memory;
mod panics;
mod ports;
mod settings;
mod shard;
mod shards;
mod stats;

pub use files::FileCheckpoints;
pub use mapping::{Mapping, MappingError};
pub use memory::MemoryCheckpoints;
pub use ports::{BoxError, Checkpoints, GivenUp, Handler, OnFailure, Outcome, Over, Progress, Shard, Source};
pub use settings::{Settings, SettingsError, Start};
pub use stats::{ShardStats, Stats};
