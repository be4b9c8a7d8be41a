#![doc = include_str!("../README.md")]

mod csv;
mod error;
mod format;
mod json;
mod parquet_file;
mod query;
mod session;
mod shipped;
mod statement;
mod table;
mod time_travel;

pub use error::{Kind, SqlError};
pub use format::{Format, UnknownFormat};
pub use query::{Summary, batches, run};
pub use session::session;
pub use shipped::{QUERIES, Shipped};
