#![doc = include_str!("../README.md")]

mod checkpoints;
mod context;
mod error;
mod group;
mod members;
mod partition;
mod producer;
mod record;
mod settings;
mod streams;
mod topics;

pub use group::KafkaGroup;
pub use record::{offset_after, sequence_of};
pub use settings::KafkaSettings;
pub use streams::KafkaStreams;
