//! Two looks at the metrics of a running system.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::client::Client;
use crate::metrics::{Metric, Scrape};

/// Time between the two.
const BETWEEN: Duration = Duration::from_secs(2);

/// What was seen.
pub(super) struct Looks {
    pub(super) before: Scrape,
    pub(super) now: Scrape,
    pub(super) seconds: f64,
}

impl Looks {
    pub(super) async fn take(client: &Client) -> Result<Self> {
        let page = async || -> Result<Scrape> {
            let page = client.text("/metrics").await?;
            Scrape::parse(&page).context("`/metrics` is no page of metrics")
        };
        let (before, began) = (page().await?, Instant::now());
        tokio::time::sleep(BETWEEN).await;
        Ok(Self { before, now: page().await?, seconds: began.elapsed().as_secs_f64() })
    }

    /// By how much a metric grew, a second.
    pub(super) fn rate(&self, metric: &Metric) -> f64 {
        (self.now.sum(metric) - self.before.sum(metric)) / self.seconds
    }
}
