//! `weir jobs`: the jobs and their last runs.

use anyhow::Result;

use crate::cli;
use crate::home::Home;

pub(crate) async fn run(_arguments: &cli::Jobs, _global: &cli::Global, _home: &Home) -> Result<()> {
    Ok(())
}
