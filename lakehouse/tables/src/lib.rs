#![doc = include_str!("../README.md")]

mod change;
mod columns;
mod data_file;
mod definition;
mod documented;
mod encoded;
mod error;
#[cfg(test)]
mod evolution;
mod gold;
mod name;
mod opening;
mod read;
mod sample;
mod statistics;
mod table;
mod upkeep;
mod versions;
mod writer;

pub use change::{Change, Number};
pub use columns::{ARRIVAL_DATE, EVENT_DATE, FEATURE_PREFIX, OUTBOX_SEQUENCE, POSITION, position_fields};
pub use data_file::DataFile;
pub use definition::Definition;
pub use documented::markdown;
pub use encoded::{Encoded, Encoder};
pub use error::{Kind, TablesError};
pub use name::{TableName, UnknownTable};
pub use read::{BatchStream, StoredFile, conform, read};
pub use table::LakeTable;
pub use upkeep::RETENTION_DAYS;
pub use versions::Made;
pub use writer::{Added, TableWriter};
