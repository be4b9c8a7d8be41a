//! Handbook files in Parquet, column by column.

mod column;
mod read;

pub(crate) use read::read;
