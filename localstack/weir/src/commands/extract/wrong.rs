//! Which errors are for the user to set right.

use weir_extract::{ExtractError, Kind};

use crate::settings::SettingsError;

/// Whether no day can do without what is missing.
pub(super) fn is_of_settings(error: &anyhow::Error) -> bool {
    let of_fetch = |cause: &ExtractError| cause.kind() == Kind::Settings;
    error.chain().any(|cause| {
        cause.is::<SettingsError>() || cause.downcast_ref::<ExtractError>().is_some_and(of_fetch)
    })
}

/// What the user has to set right is wrong usage.
pub(super) fn settled(error: anyhow::Error) -> anyhow::Error {
    let is_unset = |cause: &ExtractError| matches!(cause, ExtractError::Variable { .. });
    let unset = error.chain().any(|cause| cause.downcast_ref::<ExtractError>().is_some_and(is_unset));
    if unset { SettingsError::new("environment", format!("{error:#}")).into() } else { error }
}

/// A description that cannot be used is wrong usage.
pub(super) fn settings_error(error: ExtractError) -> anyhow::Error {
    match error {
        ExtractError::Description { file, problem } => {
            SettingsError::new(file.display().to_string(), problem).into()
        }
        other => other.into(),
    }
}
