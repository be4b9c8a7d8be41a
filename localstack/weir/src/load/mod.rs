//! Open-loop load: transactions are due at a rate, whatever the system answers, and latency counts from the moment
//! at which they were due. A system that stalls for a second is measured as one that stalls for a second.
//!
//! A request is due when the last of its transactions has occurred; each transaction in it counts with the latency
//! of the request. What cannot leave at its moment leaves later and its latency says so; nothing is skipped. What the
//! system cannot take now (429, 5xx, no answer) is sent again; what it refuses is counted as rejected.

mod connection;
mod decided;
mod feed;
mod latency;
mod lines;
mod meaning;
mod plot;
mod processor;
mod report;
mod schedule;
mod sending;
mod settings;
mod tally;
#[cfg(test)]
mod tests;
mod threads;
mod words;

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;
use weir_generator::Generator;

use self::feed::Feed;
use self::schedule::Schedule;
use crate::clock;
use crate::replay::generated;

pub(crate) use latency::{Latencies, Percentiles};
pub(crate) use plot::{milliseconds, plot};
pub(crate) use report::LoadReport;
pub(crate) use settings::{Endpoint, LoadSettings};
pub(crate) use tally::Tally;

/// A run that has begun: `Load::start(settings, &stop).await?.finish().await?` is the whole of it.
pub(crate) struct Load {
    settings: LoadSettings,
    tally: Arc<Tally>,
    id_prefix: String,
    shop: weir_generator::Settings,
    is_done: oneshot::Receiver<()>,
    threads: [JoinHandle<Option<Duration>>; 3],
}

impl Load {
    /// Plans the shop and starts the threads; the first request is due after [`LoadSettings::lead`], `stop` ends the
    /// run early, with a report all the same.
    pub(crate) async fn start(settings: LoadSettings, stop: &CancellationToken) -> Result<Self> {
        let planned = settings.clone();
        let plan = shop(&planned);
        let (opened, plan) = (plan.clone(), plan);
        let shop = tokio::task::spawn_blocking(move || Generator::new(opened)).await??;
        let id_prefix = shop.id_prefix();
        let schedule = Schedule::new(
            Instant::now() + settings.lead,
            clock::now().plus_micros(i64::try_from(settings.lead.as_micros())?),
            settings.rate,
        );
        let tally = Arc::new(Tally::new());
        let (bodies, making) = threads::make(Feed::new(shop, schedule, &settings), &settings)?;
        let (due, timing) = threads::keep_time(bodies, schedule)?;
        let (is_done, sending) = threads::send(&settings, schedule, due, &tally, stop)?;
        Ok(Self { settings, tally, id_prefix, shop: plan, is_done, threads: [making, timing, sending] })
    }

    /// What has come of it so far.
    pub(crate) const fn tally(&self) -> &Arc<Tally> {
        &self.tally
    }

    /// The shop whose transactions are sent.
    pub(crate) const fn shop(&self) -> &weir_generator::Settings {
        &self.shop
    }

    /// Waits for the end.
    pub(crate) async fn finish(self) -> Result<LoadReport> {
        let Self { settings, tally, id_prefix, is_done, threads, .. } = self;
        is_done.await.map_err(|_| anyhow!("a thread of the load ended by a panic"))?;
        let join = move || threads.map(|thread| thread.join().ok().flatten());
        let spent = tokio::task::spawn_blocking(join).await?;
        Ok(LoadReport::new(&settings, &tally, id_prefix, spent))
    }
}

/// The shop; ids differ from run to run, since it opens now.
fn shop(settings: &LoadSettings) -> weir_generator::Settings {
    weir_generator::Settings {
        start: clock::now(),
        ..generated(settings.scheduled(), settings.seed, settings.currency)
    }
}
