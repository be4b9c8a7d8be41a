//! Logs: to stderr, readable, `WEIR_LOG` chooses what.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

use crate::settings::SettingsError;

/// Environment variable that chooses what is logged.
const VARIABLE: &str = "WEIR_LOG";

/// Starts logging; `quiet` leaves only warnings, for commands whose output is the point.
pub(crate) fn start(quiet: bool) -> Result<(), SettingsError> {
    let default = if quiet {
        "warn"
    } else {
        "info,fjall=warn,lsm_tree=warn,deltalake_core=warn,buoyant_kernel=warn,delta_kernel=warn,datafusion=warn"
    };
    let directives = std::env::var_os(VARIABLE).unwrap_or_else(|| default.into());
    let expected = "expected levels such as `info` or `warn,weir_score=debug`";
    let wrong = |problem: String| SettingsError::new(VARIABLE, problem);
    let text = directives.to_str().ok_or_else(|| wrong(format!("not text; {expected}")))?;
    let filter = EnvFilter::try_new(text).map_err(|error| wrong(format!("{error}; {expected}")))?;
    let _already_started = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        // Colours are for people; `NO_COLOR` is for people who want none.
        .with_ansi(std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none())
        .with_target(false)
        .try_init();
    Ok(())
}
