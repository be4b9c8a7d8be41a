#![doc = include_str!("../README.md")]

mod backing;
mod cli;
mod client;
mod clock;
mod commands;
mod fault;
mod home;
mod load;
mod metrics;
mod output;
mod replay;
mod sender;
mod settings;
mod source;
mod stack;
mod supervised;
mod system;
mod telemetry;

use std::process::ExitCode;

use clap::Parser;

use crate::settings::SettingsError;

/// Wrong usage or bad settings.
const USAGE: u8 = 2;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    if let Err(error) = telemetry::start(commands::is_quiet(&cli)) {
        return report(&error.into());
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return report(&error.into()),
    };
    let outcome = runtime.block_on(commands::run(cli));
    runtime.shutdown_timeout(std::time::Duration::from_secs(5));
    match outcome {
        Ok(code) => code,
        Err(error) => report(&error),
    }
}

/// The one place where an error meets the user.
fn report(error: &anyhow::Error) -> ExitCode {
    #[expect(clippy::print_stderr, reason = "the one place where an error meets the user")]
    {
        eprintln!("weir: {error:#}");
    }
    if error.chain().any(|cause| cause.is::<SettingsError>()) {
        ExitCode::from(USAGE)
    } else {
        ExitCode::FAILURE
    }
}
