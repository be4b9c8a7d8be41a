#![doc = include_str!("../README.md")]

mod cache;
mod codec;
mod commit;
mod fault;
mod item;
mod keys;
mod outbox;
mod read;
mod retry;
mod scan;
mod settings;
mod stats;
mod store;
mod suspects;
mod tables;
mod write;

pub use settings::{DynamoSettings, WriteForm};
pub use stats::DynamoStats;
pub use store::DynamoStore;
pub use tables::create_tables;
