//! What the page shows, as one JSON value a second.

use serde::Serialize;
use weir_events::Outcome;

use crate::{Counters, Survival};

/// Decisions by outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Outcomes {
    /// Let through.
    pub approve: u64,
    /// Given to a person.
    pub review: u64,
    /// Refused.
    pub decline: u64,
}

impl Outcomes {
    pub(crate) const fn count(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Approve => self.approve += 1,
            Outcome::Review => self.review += 1,
            Outcome::Decline => self.decline += 1,
        }
    }

    pub(crate) const fn add(&mut self, other: Self) {
        self.approve += other.approve;
        self.review += other.review;
        self.decline += other.decline;
    }

    /// All decisions.
    pub const fn total(&self) -> u64 {
        self.approve + self.review + self.decline
    }

    /// Share of review and decline, 0 to 1; `None` without a decision.
    pub fn alert_share(&self) -> Option<f64> {
        let total = self.total();
        (total > 0).then(|| (self.review + self.decline) as f64 / total as f64)
    }
}

/// Time from a transaction's arrival to its decision.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Latency {
    /// Whether it covers the last minute; else everything since the board's start.
    pub is_last_minute: bool,
    /// Decisions counted.
    pub count: u64,
    /// Half are faster.
    pub p50_ms: f64,
    /// 95 of 100 are faster.
    pub p95_ms: f64,
    /// 99 of 100 are faster.
    pub p99_ms: f64,
}

/// One second of the charts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Second {
    /// Decisions made in it.
    #[serde(flatten)]
    pub outcomes: Outcomes,
    /// Half were faster; `None` without a decision.
    pub p50_ms: Option<f64>,
    /// 95 of 100 were faster.
    pub p95_ms: Option<f64>,
    /// 99 of 100 were faster.
    pub p99_ms: Option<f64>,
}

/// The board at one moment.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Snapshot {
    /// Seconds since the board's start.
    pub uptime_seconds: u64,
    /// What the process counted.
    pub counters: Counters,
    /// Decisions a second over the last 10 whole seconds.
    pub decisions_per_second: f64,
    /// Outcomes since the board's start.
    pub outcomes: Outcomes,
    /// Share of review and decline since the board's start, 0 to 1; `None` without a decision.
    pub alert_share: Option<f64>,
    /// The same over the last minute.
    pub alert_share_last_minute: Option<f64>,
    /// Latency; `None` before the first decision.
    pub latency: Option<Latency>,
    /// The last whole seconds, oldest first.
    pub seconds: Vec<Second>,
    /// Grows by one with each alert: says when `/api/alerts` has something new.
    pub alert_sequence: u64,
    /// What became of the traffic, where things are broken on purpose.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chaos: Option<Survival>,
}
