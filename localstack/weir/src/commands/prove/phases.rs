//! The load: first undisturbed, then with kills.

use std::time::{Duration, Instant};

use anyhow::Result;
use tokio_util::sync::CancellationToken;
use weir_events::Currency;

use super::deployment::Deployment;
use crate::cli;
use crate::load::{Load, LoadReport, LoadSettings};

/// Shortest and longest life between two kills, in milliseconds.
const LIFE_MS: (u64, u64) = (1_000, 8_000);

/// How long a request is sent again while the system is down.
const PATIENCE: Duration = Duration::from_secs(180);

/// Transactions a second whose decision is waited for.
const SAMPLED: u32 = 100;

/// What was sent and what the senders saw.
pub(super) struct Phases {
    settings: LoadSettings,
    seed: u64,
    pub(super) loads: Vec<(LoadReport, weir_generator::Settings)>,
    /// How long the system took to serve again after each kill.
    pub(super) restarts: Vec<Duration>,
}

impl Phases {
    pub(super) fn new(arguments: &cli::Prove, currency: Currency, deployment: &Deployment) -> Self {
        let settings = LoadSettings {
            patience: PATIENCE,
            decided: Some(SAMPLED),
            ..LoadSettings::new(deployment.base(), currency, u64::MAX, arguments.rate)
        };
        Self { settings, seed: arguments.seed, loads: Vec::new(), restarts: Vec::new() }
    }

    /// Load alone.
    pub(super) async fn calm(&mut self, time: Duration, stop: &CancellationToken) -> Result<()> {
        let settings = LoadSettings { time: Some(time), seed: self.seed, ..self.settings.clone() };
        let load = Load::start(settings, stop).await?;
        let shop = load.shop().clone();
        self.loads.push((load.finish().await?, shop));
        Ok(())
    }

    /// Load, while the system is killed and started again.
    pub(super) async fn with_kills(
        &mut self,
        deployment: &mut Deployment,
        time: Duration,
        stop: &CancellationToken,
    ) -> Result<()> {
        let settings =
            LoadSettings { time: Some(time), seed: self.seed + 1, decided: None, ..self.settings.clone() };
        let load = Load::start(settings, stop).await?;
        let shop = load.shop().clone();
        let mut finished = Box::pin(load.finish());
        let started = Instant::now();
        let report = loop {
            let life = life(self.seed, self.restarts.len() as u64);
            tokio::select! {
                report = &mut finished => break report?,
                () = tokio::time::sleep(life) => {}
            }
            if started.elapsed() < time {
                self.restarts.push(deployment.kill().await?);
            }
        };
        self.loads.push((report, shop));
        Ok(())
    }
}

/// How long a life lasts: the same for the same seed.
fn life(seed: u64, number: u64) -> Duration {
    let mixed = (seed << 32 | (number + 1)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = (mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 32;
    Duration::from_millis(LIFE_MS.0 + mixed % (LIFE_MS.1 - LIFE_MS.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lives_are_of_many_lengths_within_their_bounds() {
        let lives: std::collections::BTreeSet<u128> =
            (0..50).map(|number| life(7, number).as_millis()).collect();
        assert!(lives.len() > 40);
        assert!(lives.iter().all(|life| (1_000..8_000).contains(life)));
        assert_eq!(life(7, 3), life(7, 3));
    }
}
