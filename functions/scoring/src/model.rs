//! A model that is known to be whole.

use serde::Deserialize;

use crate::check;
use crate::error::ModelError;
use crate::model_file::{MODEL_FORMAT, ModelFeature, ModelFile};
use crate::read;

/// A checked model: indices in range, trees that are trees, finite numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    file: ModelFile,
    digest: String,
}

/// Reads only the version, for files that this build does not understand otherwise.
#[derive(Deserialize)]
struct FormatOnly {
    format_version: u32,
}

impl Model {
    /// Reads and checks a model file.
    pub fn from_json(bytes: &[u8]) -> Result<Self, ModelError> {
        let file = match read::read(bytes) {
            Some(file) => file,
            None => serde_json::from_slice(bytes).map_err(|error| unreadable(bytes, &error))?,
        };
        if file.format_version != MODEL_FORMAT {
            return Err(ModelError::Format { found: file.format_version });
        }
        check::check(&file)?;
        Ok(Self { file, digest: blake3::hash(bytes).to_hex().to_string() })
    }

    /// The model's name.
    pub fn name(&self) -> &str {
        &self.file.name
    }

    /// BLAKE3 of the file's bytes, 64 hex digits.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// The features it reads.
    pub fn features(&self) -> &[ModelFeature] {
        &self.file.features
    }

    /// Everything that stands in the file.
    pub const fn file(&self) -> &ModelFile {
        &self.file
    }
}

fn unreadable(bytes: &[u8], error: &serde_json::Error) -> ModelError {
    if error.is_eof() {
        return ModelError::CutShort { size_bytes: bytes.len() };
    }
    match serde_json::from_slice::<FormatOnly>(bytes) {
        Ok(FormatOnly { format_version }) if format_version != MODEL_FORMAT => {
            ModelError::Format { found: format_version }
        }
        _ => ModelError::Unreadable { line: error.line(), column: error.column(), what: error.to_string() },
    }
}
