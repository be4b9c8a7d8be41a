//! Many rows at once, their texts where they stood in the file: for bulk work.

mod cursor;
mod decoder;
mod field;
mod line;
mod moment;
mod number;
mod rows;
mod text;

pub use decoder::BlockDecoder;
pub use rows::{Block, BlockRow};
pub use text::{Span, Text};
