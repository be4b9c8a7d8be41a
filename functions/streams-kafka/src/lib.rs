#![doc = include_str!("../README.md")]

mod admin;
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

pub use admin::{TopicAdmin, TopicShape};
pub use group::KafkaGroup;
pub use record::{offset_after, sequence_of};
pub use settings::KafkaSettings;
pub use streams::KafkaStreams;
