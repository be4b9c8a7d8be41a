//! Reading and writing what Weir itself put on a stream or into a store.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{EventError, Found, SCHEMA_VERSION};

/// Reads JSON that this program wrote; the error tells the line and column, never a value.
pub(crate) fn read<T: DeserializeOwned>(bytes: &[u8], what: &str) -> Result<T, EventError> {
    serde_json::from_slice(bytes).map_err(|error| EventError::from_json(&error, what))
}

/// Writes JSON; it fails only on a number that JSON does not have.
pub(crate) fn write<T: Serialize>(event: &T, what: &str) -> Result<Vec<u8>, EventError> {
    serde_json::to_vec(event)
        .map_err(|_| EventError::new("", Found::Number, format!("{what} of finite numbers")))
}

/// Refuses an event of a schema that this build does not know yet.
pub(crate) fn check_version(version: u16) -> Result<(), EventError> {
    if (1..=SCHEMA_VERSION).contains(&version) {
        return Ok(());
    }
    let expected = format!("a schema version from 1 to {SCHEMA_VERSION}; update this program");
    Err(EventError::new("schema_version", Found::Number, expected))
}
