//! Commands that run a system or look after a home.

use std::path::PathBuf;

use clap::Args;

use super::Listen;

#[derive(Debug, Args)]
pub(crate) struct Demo {
    #[command(flatten)]
    pub(crate) listen: Listen,
    /// How many transactions to generate
    #[arg(long, default_value_t = 20_000, value_name = "N")]
    pub(crate) transactions: u64,
    /// Transactions sent a second; 0 is as fast as the system takes them
    #[arg(long, default_value_t = 200, value_name = "R")]
    pub(crate) rate: u64,
    /// Seed of the generated shop
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Stop when everything sent is in the lake; exit 1 if the numbers do not add up
    #[arg(long)]
    pub(crate) exit: bool,
    /// At the end, list the planted fraud cases and how many of each were caught
    #[arg(long)]
    pub(crate) explain: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Run {
    #[command(flatten)]
    pub(crate) listen: Listen,
    /// Currency of this deployment, an ISO 4217 code [default: EUR]
    #[arg(long, value_name = "CODE")]
    pub(crate) currency: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Init {
    /// Where to write it
    #[arg(default_value = "weir.toml")]
    pub(crate) path: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Doctor {
    /// Print how large the stored states are instead, by kind; nothing else may use the home meanwhile
    #[arg(long)]
    pub(crate) states: bool,
    /// API key, if the system asks for one
    #[arg(long, env = "WEIR_API_KEY", hide_env_values = true, value_name = "KEY")]
    pub(crate) api_key: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Reset {
    /// Do it without asking
    #[arg(long)]
    pub(crate) yes: bool,
}
