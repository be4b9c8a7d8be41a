#![doc = include_str!("../README.md")]

mod changes;
#[cfg(feature = "testsuite")]
pub mod contract;
mod embedded;
mod error;
mod follow;
mod memory;
mod outbox;
mod port;

pub use changes::{Changes, ItemWrite, PartWrite, StateWrite};
pub use embedded::{Durability, EmbeddedStore, StoreStats};
pub use error::{Kind, StoreError};
pub use follow::{Ended, Follow, follow};
pub use memory::MemoryStore;
pub use outbox::{Outbox, OutboxRecord, SINGLE_SHARD};
pub use port::{Counts, PartKey, Store, StoredState, TransactionItem, Version};
