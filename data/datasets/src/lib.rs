#![doc = include_str!("../README.md")]

mod amount;
mod content;
mod error;
mod format;
mod handbook;
mod handbook_batch;
mod lines;
mod options;
mod reader;
mod rejects;
mod shop;
mod shop_header;

pub use amount::nearest_minor_units;
pub use content::{Item, Row};
pub use error::{ReadError, Reject};
pub use format::Format;
pub use handbook::COLUMNS as HANDBOOK_COLUMNS;
pub use options::Options;
pub use reader::{Counts, Reader, open};
pub use rejects::RejectsWriter;
