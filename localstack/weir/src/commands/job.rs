//! `weir job`: one job of the lake.
use std::process::ExitCode;

use anyhow::Result;

use crate::cli;
use crate::home::Home;

pub(crate) async fn run(_arguments: &cli::Job, _global: &cli::Global, _home: &Home) -> Result<ExitCode> {
    Ok(ExitCode::SUCCESS)
}
