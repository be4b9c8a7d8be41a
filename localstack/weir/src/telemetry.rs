//! Logs: to stderr, readable, `WEIR_LOG` chooses what.

use tracing_subscriber::EnvFilter;

/// Starts logging; `quiet` leaves only warnings, for commands whose output is the point.
pub(crate) fn start(quiet: bool) {
    let default = if quiet {
        "warn"
    } else {
        "info,fjall=warn,lsm_tree=warn,deltalake_core=warn,buoyant_kernel=warn,delta_kernel=warn,datafusion=warn"
    };
    let filter = EnvFilter::try_from_env("WEIR_LOG").unwrap_or_else(|_| EnvFilter::new(default));
    let _already_started = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_target(false)
        .try_init();
}
