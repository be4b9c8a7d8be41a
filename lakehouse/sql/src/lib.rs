#![doc = include_str!("../README.md")]

mod csv;
mod error;
mod format;
mod json;
mod parquet_file;
mod query;
mod session;
mod statement;
mod table;

pub use error::{Kind, SqlError};
pub use format::{Format, UnknownFormat};
pub use query::{Summary, run};
pub use session::session;
