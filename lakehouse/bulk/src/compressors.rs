//! Contexts of compression, used again: making one takes memory that the system has to clear first.

use std::sync::{Mutex, PoisonError};

use zstd::bulk::Compressor;

/// Level of compression: the fastest but for those that hardly compress.
pub(crate) const LEVEL: i32 = 1;

/// Contexts that nobody uses at the moment.
#[derive(Default)]
pub(crate) struct Compressors(Mutex<Vec<Compressor<'static>>>);

impl Compressors {
    /// The bytes of a page in fewer.
    pub(crate) fn compress(&self, bytes: &[u8]) -> std::io::Result<Vec<u8>> {
        let free = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut compressor = match free {
            Some(compressor) => compressor,
            None => Compressor::new(LEVEL)?,
        };
        let compressed = compressor.compress(bytes)?;
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(compressor);
        Ok(compressed)
    }
}
