#![doc = include_str!("../README.md")]

mod amount;
mod block;
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
mod shop_line;

pub use block::{Block, BlockDecoder, BlockRow, Span, Text};
pub use content::{Item, Row};
pub use error::{ReadError, Reject};
pub use format::Format;
pub use lines::LINE_BYTES_MAX;
pub use options::Options;
pub use reader::{Counts, Reader, open};
pub use rejects::RejectsWriter;
