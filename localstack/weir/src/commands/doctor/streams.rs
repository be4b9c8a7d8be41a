//! Whether every record of the streams can be read.

use anyhow::Result;

use crate::home::Home;

/// Most places named.
const NAMED: usize = 3;

/// Reads the whole log, in use or not.
pub(super) fn look(home: &Home) -> Result<String, String> {
    if !home.log().is_dir() {
        return Ok("nothing was ever sent".to_owned());
    }
    let damages = weir_streams::verify(home.log()).map_err(|error| error.to_string())?;
    if damages.is_empty() {
        return Ok("every record can be read".to_owned());
    }
    let named: Vec<String> = damages.iter().take(NAMED).map(ToString::to_string).collect();
    Err(format!("{} damaged places, passed when they are read: {}", damages.len(), named.join("; ")))
}
