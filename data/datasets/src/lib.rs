#![doc = include_str!("../README.md")]

mod amount;
mod block;
mod bounded;
mod cells;
mod check;
mod content;
mod csv_file;
mod direct;
mod endless;
mod error;
mod format;
mod guess;
mod handbook;
mod handbook_batch;
mod lines;
mod mapping;
mod options;
mod plan;
mod reader;
mod rejects;
mod shop;
mod shop_header;
mod shop_line;

pub use amount::nearest_minor_units;
pub use block::{Block, BlockDecoder, BlockRow, Span, Text};
pub use check::{Check, FieldRejects, Shown, check};
pub use content::{Item, Row};
pub use error::{ReadError, Reject};
pub use format::Format;
pub use guess::guess;
pub use handbook::COLUMNS as HANDBOOK_COLUMNS;
pub use lines::LINE_BYTES_MAX;
pub use mapping::{Mapping, MappingError};
pub use options::Options;
pub use reader::{Counts, Piece, Reader, open};
pub use rejects::RejectsWriter;
