#![doc = include_str!("../README.md")]

mod changes;
#[cfg(feature = "testsuite")]
pub mod contract;
mod embedded;
mod error;
mod memory;
mod port;

pub use changes::{Changes, ItemWrite, PartWrite, StateWrite};
pub use embedded::{Durability, EmbeddedStore, StoreStats};
pub use error::{Kind, StoreError};
pub use memory::MemoryStore;
pub use port::{Counts, OutboxRecord, PartKey, Store, StoredState, TransactionItem, Version};
