#![doc = include_str!("../README.md")]

mod cursor;
mod error;
mod fetch;
mod lane;
mod newest;
mod pace;
mod publisher;
mod request;
mod send;
mod settings;
mod shards;
mod stats;
mod streams;
mod tails;

pub use settings::KinesisSettings;
pub use stats::KinesisStats;
pub use streams::KinesisStreams;
