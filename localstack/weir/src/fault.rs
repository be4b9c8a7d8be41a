//! Where tests let the process die.

use weir_jobs::{Fault, FaultPoint};

use crate::settings::SettingsError;

/// Names a moment at which the process dies.
const FAULT: &str = "WEIR_FAULT";

/// The moment that the environment names, if it does.
pub(crate) fn fault() -> Result<Fault, SettingsError> {
    let Ok(name) = std::env::var(FAULT) else { return Ok(Fault::None) };
    let point: Result<FaultPoint, weir_jobs::UnknownFaultPoint> = name.parse();
    point.map(Fault::Abort).map_err(|error| SettingsError::new(FAULT, error.to_string()))
}
