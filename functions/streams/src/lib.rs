#![doc = include_str!("../README.md")]

#[cfg(feature = "testsuite")]
pub mod contract;
mod error;
mod log;
mod memory;
mod port;
mod sharding;

pub use error::{Damage, Kind, ServiceFailure, StreamError};
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub use log::fuzzing;
pub use log::{Durability, LogSettings, LogStreams, Retained, Retention, StreamStats, verify};
pub use memory::MemoryStreams;
pub use port::{Checkpoints, Clock, NewRecord, Progress, Streams};
pub use sharding::shard_of;
