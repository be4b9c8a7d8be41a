//! One line in the log every ten seconds while there is something to say.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Result;
use tokio_util::sync::CancellationToken;
use tracing::info;

use super::buckets::Buckets;
use super::sources::Sources;

/// How often.
const EVERY: Duration = Duration::from_secs(10);

/// What had been counted at one moment.
struct Moment {
    at: Instant,
    taken: u64,
    dead_letters: u64,
    decisions: Buckets,
}

impl Moment {
    fn of(sources: &Sources) -> Self {
        let (taken, dead_letters) = sources.taken();
        Self { at: Instant::now(), taken, dead_letters, decisions: sources.live().decisions() }
    }
}

/// Writes the lines until `stop`; a system that is idle writes none.
pub(crate) async fn summarize(sources: Arc<Sources>, stop: CancellationToken) -> Result<()> {
    let mut before = Moment::of(&sources);
    while tokio::time::timeout(EVERY, stop.cancelled()).await.is_err() {
        let now = Moment::of(&sources);
        let lag: u64 = sources.lags().await?.iter().map(|(_, lag)| lag).sum();
        write(&before, &now, lag);
        before = now;
    }
    Ok(())
}

fn write(before: &Moment, now: &Moment, lag: u64) {
    let decisions = now.decisions.since(&before.decisions);
    let (taken, decided) = (now.taken - before.taken, decisions.count());
    if taken == 0 && decided == 0 && lag == 0 {
        return;
    }
    let seconds = now.at.duration_since(before.at).as_secs_f64();
    let rate = |count: u64| (count as f64 / seconds).round();
    let p99_ms = decisions.quantile_ms(0.99).unwrap_or(0.0);
    info!(
        transactions.taken = taken,
        transactions.total = now.taken,
        decisions.made = decided,
        decisions.p50_ms = decisions.quantile_ms(0.5).unwrap_or(0.0),
        decisions.p99_ms = p99_ms,
        dead_letters = now.dead_letters - before.dead_letters,
        consumers.lag = lag,
        "took {}/s and decided {}/s in the last {seconds:.0} s, 99 of 100 within {p99_ms} ms; {lag} records wait",
        rate(taken),
        rate(decided),
    );
}
