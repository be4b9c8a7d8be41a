#![doc = include_str!("../README.md")]

mod change;
mod columns;
mod data_file;
mod definition;
mod error;
mod name;
mod read;
mod table;
mod writer;

pub use change::{Change, Number};
pub use columns::{ARRIVAL_DATE, EVENT_DATE, FEATURE_PREFIX, OUTBOX_SEQUENCE, POSITION, position_fields};
pub use data_file::DataFile;
pub use definition::Definition;
pub use error::{Kind, TablesError};
pub use name::TableName;
pub use read::{BatchStream, StoredFile, conform, read};
pub use table::LakeTable;
pub use writer::{Added, TableWriter};
