//! What load to send.

use std::time::Duration;

use serde::Serialize;
use weir_events::Currency;

/// What is asked for, one request after the other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Endpoint {
    /// Transactions are taken in, many a request, and decided later.
    #[default]
    Transactions,
    /// Each transaction is a request of its own and answered with its decision.
    Score,
}

/// Settings of one run.
#[derive(Clone, Debug)]
pub(crate) struct LoadSettings {
    /// Address of the HTTP API, `http://host:port`.
    pub(crate) base: String,
    /// API key, if the system asks for one.
    pub(crate) api_key: Option<String>,
    /// Where transactions go.
    pub(crate) endpoint: Endpoint,
    /// Most transactions.
    pub(crate) transactions: u64,
    /// Transactions a second, at least 1.
    pub(crate) rate: u64,
    /// After so much time nothing new is begun.
    pub(crate) time: Option<Duration>,
    /// Transactions a request; one for [`Endpoint::Score`].
    pub(crate) batch: usize,
    /// Requests in flight at once, at least 1.
    pub(crate) connections: usize,
    /// Whether labels are sent too.
    pub(crate) has_labels: bool,
    /// Seed of the generated shop.
    pub(crate) seed: u64,
    /// Currency of the system.
    pub(crate) currency: Currency,
    /// Transactions a second whose decision is looked for, to measure the time to it.
    pub(crate) decided: Option<u32>,
    /// How long one request may take.
    pub(crate) timeout: Duration,
    /// How long a request is sent again while the system cannot take it; then it is given up.
    pub(crate) patience: Duration,
    /// How long bodies are made ahead before the first is sent.
    pub(crate) lead: Duration,
}

/// Most transactions a request unless told otherwise.
const BATCH: u64 = 100;

/// Least requests a second unless told otherwise.
const REQUESTS: u64 = 20;

impl LoadSettings {
    /// The usual settings for so many transactions at a rate.
    pub(crate) fn new(base: impl Into<String>, currency: Currency, transactions: u64, rate: u64) -> Self {
        let rate = rate.max(1);
        Self {
            base: base.into(),
            api_key: None,
            endpoint: Endpoint::Transactions,
            transactions,
            rate,
            time: None,
            batch: usize::try_from((rate / REQUESTS).clamp(1, BATCH)).unwrap_or(1),
            connections: 32,
            has_labels: true,
            seed: 1,
            currency,
            decided: None,
            timeout: Duration::from_secs(10),
            patience: Duration::from_secs(60),
            lead: Duration::from_secs(1),
        }
    }

    /// Transactions in one request.
    pub(crate) const fn request_size(&self) -> usize {
        match self.endpoint {
            Endpoint::Score => 1,
            Endpoint::Transactions => {
                if self.batch == 0 {
                    1
                } else {
                    self.batch
                }
            }
        }
    }

    /// Transactions that the schedule holds: as many as asked for, or as fit into the time.
    pub(crate) fn scheduled(&self) -> u64 {
        let fitting = self.time.map(|time| (time.as_secs_f64() * self.rate as f64).round() as u64);
        self.transactions.min(fitting.unwrap_or(u64::MAX))
    }
}
