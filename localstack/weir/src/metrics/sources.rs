//! Where the figures come from.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Result;
use weir_bridge::Stats;
use weir_events::Timestamp;
use weir_streams::{Checkpoints, Progress};

use super::live::Live;
use super::machine::{Process, Sizes};
use crate::backing::{Here, Ledger, Readers};
use crate::clock;
use crate::home::Home;
use crate::system::{LakeLoop, Parts, lag};

/// Stream under which checkpoints of the outbox are kept, and its readers.
const OUTBOX: &str = "outbox";
const OUTBOX_READERS: [&str; 2] = [weir_archive::ARCHIVE, weir_archive::RELAY];

/// Folders of the home whose size is told.
pub(super) const FOLDERS: [&str; 4] = ["keys", "store", "log", "lake"];

/// A consumer of a stream, and what it has counted.
#[derive(Clone)]
pub(crate) struct Consumer {
    pub(crate) name: String,
    pub(crate) stream: &'static str,
    pub(crate) stats: Arc<Stats>,
}

/// Where the figures come from.
pub(crate) struct Sources {
    pub(super) ingest: Arc<weir_ingest::Context>,
    pub(super) score: Arc<weir_score::Context>,
    pub(super) store: Arc<dyn Ledger>,
    pub(super) here: Here,
    readers: Arc<dyn Readers>,
    checkpoints: Arc<dyn Checkpoints>,
    pub(super) lake: Arc<LakeLoop>,
    pub(super) consumers: Vec<Consumer>,
    live: Arc<Live>,
    folders: [PathBuf; 4],
    sizes: Sizes,
    pub(super) started: Timestamp,
}

impl Sources {
    pub(crate) fn new(
        home: &Home,
        parts: &Parts,
        (ingest, score): (&Arc<weir_ingest::Context>, &Arc<weir_score::Context>),
        lake: &Arc<LakeLoop>,
        consumers: Vec<Consumer>,
        live: &Arc<Live>,
    ) -> Self {
        Self {
            ingest: Arc::clone(ingest),
            score: Arc::clone(score),
            store: Arc::clone(&parts.store),
            here: parts.here.clone(),
            readers: Arc::clone(&parts.readers),
            checkpoints: Arc::clone(&parts.checkpoints),
            lake: Arc::clone(lake),
            consumers,
            live: Arc::clone(live),
            folders: [home.keys(), home.store(), home.log(), home.lake()],
            sizes: Sizes::default(),
            started: clock::now(),
        }
    }

    /// Transactions taken and dead letters so far.
    pub(super) fn taken(&self) -> (u64, u64) {
        let counted = self.score.metrics().counted();
        (self.ingest.counted().transactions, counted.undecodable + counted.id_reused + counted.currency)
    }

    pub(crate) fn live(&self) -> &Arc<Live> {
        &self.live
    }

    /// Records that each consumer has still before it, by consumer and stream.
    pub(super) async fn lags(&self) -> Result<Vec<([String; 2], u64)>> {
        let mut lags = Vec::new();
        for consumer in &self.consumers {
            let reader = self.readers.reader(&consumer.name, consumer.stream).await?;
            let Some(lag) = lag(&reader, &consumer.name, consumer.stream).await? else { continue };
            lags.push(([consumer.name.clone(), consumer.stream.to_owned()], lag));
        }
        let Some(store) = &self.here.store else { return Ok(lags) };
        let newest = store.stats().newest;
        for reader in OUTBOX_READERS {
            let done = self.checkpoints.get(reader, OUTBOX, "0").await?;
            let done = done.as_ref().and_then(Progress::sequence);
            let lag = newest.saturating_sub(done.and_then(|done| done.as_str().parse().ok()).unwrap_or(0));
            lags.push(([reader.to_owned(), OUTBOX.to_owned()], lag));
        }
        Ok(lags)
    }

    /// Sizes of the folders of the home and figures of the process; blocks while it looks.
    pub(super) fn machine(&self) -> (Vec<u64>, Process) {
        (self.sizes.of(&self.folders), Process::read())
    }
}
