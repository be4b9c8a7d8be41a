#![doc = include_str!("../README.md")]

mod chunk;
mod columns;
mod compressors;
mod csv_file;
mod error;
mod events;
mod few;
mod folds;
mod grouped;
mod handbook;
mod ids;
mod labels;
mod order;
mod output;
mod page_chunk;
mod parquet_file;
mod parquet_settings;
mod progress;
mod reals;
mod request;
mod run;
mod selection;
mod together;
mod transactions;
mod unfinished;
mod values;

pub use error::{BulkError, Kind};
pub use progress::{Progress, Stage};
pub use request::{Request, Set};
pub use run::{LeftOut, Summary, features};
