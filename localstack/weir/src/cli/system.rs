//! Commands that run a system or look after a home.

use std::path::PathBuf;

use clap::Args;

use super::Listen;

#[derive(Debug, Args)]
pub(crate) struct Demo {
    #[command(flatten)]
    pub(crate) listen: Listen,
    /// How many transactions to generate
    #[arg(long, default_value_t = 20_000, default_value_if("chaos", "true", "120000"), value_name = "N")]
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
    /// Put buttons on the page that kill the scorer, the archiver or the whole process, beside counters of lost and
    /// twice; a supervisor brings the process back. The traffic is open-loop, 120,000 transactions unless told
    /// otherwise
    #[arg(long, conflicts_with = "explain")]
    pub(crate) chaos: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Run {
    #[command(flatten)]
    pub(crate) listen: Listen,
    /// Currency of this deployment, an ISO 4217 code [default: EUR]
    #[arg(long, value_name = "CODE")]
    pub(crate) currency: Option<String>,
    /// The child of `weir demo --chaos`: the page breaks things, and the end of stdin is the end
    #[arg(long, hide = true)]
    pub(crate) chaos: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Prove {
    /// How long load is sent, in minutes; kills begin after two fifths of it
    #[arg(long, default_value_t = 2.0, value_name = "M", value_parser = minutes)]
    pub(crate) minutes: f64,
    /// Transactions a second
    #[arg(long, default_value_t = 500, value_name = "R", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) rate: u64,
    /// What p99 of taking and of deciding a transaction must not exceed without kills, in milliseconds
    #[arg(long, default_value_t = 250, value_name = "MS")]
    pub(crate) p99_ms: u64,
    /// Share of the rate that must be reached, from the first request to the answer to the last; where an answer takes
    /// long, as on services, a short load cannot reach all of it
    #[arg(long, default_value_t = 0.98, value_name = "S", value_parser = share)]
    pub(crate) reached: f64,
    /// Seed of the shop and of the moments of the kills
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Keep the home although everything held
    #[arg(long)]
    pub(crate) keep: bool,
}

/// A share of a whole.
fn share(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(share) if share > 0.0 && share <= 1.0 => Ok(share),
        _ => Err("expected a share above 0 and at most 1".to_owned()),
    }
}

/// A length of time that leaves room for some kills.
fn minutes(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(minutes) if (0.2..=1_440.0).contains(&minutes) => Ok(minutes),
        _ => Err("expected minutes from 0.2 to 1440".to_owned()),
    }
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
