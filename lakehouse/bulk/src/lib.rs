#![doc = include_str!("../README.md")]

mod chunk;
mod columns;
mod csv_file;
mod dictionary_chunk;
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
mod parquet_file;
mod parquet_settings;
mod progress;
mod request;
mod run;
mod selection;
mod together;
mod transactions;
mod unfinished;

pub use error::{BulkError, Kind};
pub use progress::{Progress, Stage};
pub use request::{Request, Set};
pub use run::{LeftOut, Summary, features};
