//! A form of output.

use crate::BulkError;
use crate::chunk::Chunk;
use crate::columns::Column;

/// A file that grows chunk by chunk: parts of a chunk are encoded on any thread and appended in order.
pub(crate) trait Output: Send + Sized {
    /// Makes one part of a chunk.
    type Encoder: Send;
    /// One part of a chunk, ready to be appended.
    type Part: Send;

    /// The encoders of a chunk, one a part.
    fn encoders(&self, chunk: usize) -> Result<Vec<Self::Encoder>, BulkError>;

    /// Encodes one part.
    fn encode(
        encoder: Self::Encoder,
        part: usize,
        columns: &[Column],
        chunk: &Chunk<'_>,
    ) -> Result<Self::Part, BulkError>;

    /// Appends the parts of a chunk.
    fn append(&mut self, parts: Vec<Self::Part>) -> Result<(), BulkError>;

    /// Writes what comes last and moves the file to its place.
    fn finish(self) -> Result<(), BulkError>;
}
