//! The loops of a running system, stopped in the order of the flow.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use object_store::ObjectStore;
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use weir_archive::{OutboxContext, OutboxSettings};
use weir_bridge::{Handler, Mapping};
use weir_events::RawRecord;

use super::adapters::{Archive, ScoreLabels, ScoreTransactions, StreamCheckpoints, StreamSource};
use super::breakable::{Breakable, Functions};
use super::parts::Parts;
use super::set_aside::SetAside;
use crate::metrics::Consumer;
use crate::settings::Settings;

/// Most records in one landing file.
const LANDING_ROWS: usize = 5_000;

/// How long a landing file waits to fill.
const LANDING_WINDOW: Duration = Duration::from_millis(500);

/// How long a batch waits to fill before it is decided, where a commit is requests to a service.
const FAR_WINDOW: Duration = Duration::from_millis(50);

/// One loop: its name for messages, and how it ended.
pub(super) struct Task {
    pub(super) name: &'static str,
    pub(super) handle: JoinHandle<Result<()>>,
    /// What it consumes, if it is a mapping.
    pub(super) consumer: Option<Consumer>,
}

impl Task {
    /// Starts a loop.
    pub(super) fn start(name: &'static str, work: impl Future<Output = Result<()>> + Send + 'static) -> Self {
        Self::start_on(&Handle::current(), name, work)
    }

    /// Starts a loop on a runtime.
    pub(super) fn start_on(
        runtime: &Handle,
        name: &'static str,
        work: impl Future<Output = Result<()>> + Send + 'static,
    ) -> Self {
        Self { name, handle: runtime.spawn(work), consumer: None }
    }

    /// Waits for its end.
    pub(super) async fn end(self) -> Result<()> {
        self.handle.await.context("panicked")?.with_context(|| format!("{} failed", self.name))
    }
}

/// Connects the input streams with score and archive.
pub(super) async fn start_mappings(
    parts: &Parts,
    score: &Arc<weir_score::Context>,
    settings: &Settings,
    functions: &Functions,
    (scoring_stop, archiving_stop): (&CancellationToken, &CancellationToken),
    behind: &Handle,
) -> Result<Vec<Task>> {
    let here = Handle::current();
    let scoring_ends = (scoring_stop, &functions.scorer, &here);
    let archiving_ends = (archiving_stop, &functions.archiver, behind);
    let batch_window = if parts.here.store.is_some() { Duration::ZERO } else { FAR_WINDOW };
    let batch_size = settings.batch_size;
    let retries = settings.retries;
    let named = weir_bridge::Settings::new;
    let scoring = weir_bridge::Settings { batch_size, batch_window, retries, ..named("score") };
    let transactions = Arc::new(ScoreTransactions(Arc::clone(score)));
    let labels = Arc::new(ScoreLabels(Arc::clone(score)));
    let mut tasks = vec![
        mapping("scoring", parts, "transactions", scoring.clone(), transactions, scoring_ends).await?,
        mapping("scoring of labels", parts, "labels", scoring, labels, scoring_ends).await?,
    ];
    for stream in ["transactions", "labels"] {
        let landing = weir_bridge::Settings {
            batch_size: LANDING_ROWS,
            batch_window: LANDING_WINDOW,
            ..weir_bridge::Settings::new("archive")
        };
        let archive = Arc::new(Archive(Arc::clone(&parts.files)));
        tasks.push(mapping("archive", parts, stream, landing, archive, archiving_ends).await?);
    }
    Ok(tasks)
}

async fn mapping(
    name: &'static str,
    parts: &Parts,
    stream: &'static str,
    settings: weir_bridge::Settings,
    handler: Arc<dyn Handler<RawRecord>>,
    (stop, function, runtime): (&CancellationToken, &Arc<Breakable>, &Handle),
) -> Result<Task> {
    let reader = parts.readers.reader(&settings.name, stream).await?;
    let (gaps, is_here) = (Arc::clone(&parts.gaps), parts.here.log.is_some());
    let source = Arc::new(StreamSource { streams: reader.streams, stream, gaps, is_here });
    let checkpoints = Arc::new(StreamCheckpoints { checkpoints: reader.checkpoints, stream });
    let consumer = settings.name.clone();
    let mapping = if settings.retries.is_some() {
        let set_aside = Arc::new(SetAside(Arc::clone(&parts.files)));
        Mapping::giving_up(settings, source, handler, checkpoints, set_aside)?
    } else {
        Mapping::new(settings, source, handler, checkpoints)?
    };
    let consumer = Some(Consumer { name: consumer, stream, stats: mapping.stats() });
    let (stop, function) = (stop.clone(), Arc::clone(function));
    let work = async move {
        let life = || async { Ok(mapping.clone().run(stop.clone()).await?) };
        function.run(life).await
    };
    Ok(Task { consumer, ..Task::start_on(runtime, name, work) })
}

/// Lands decisions and label effects from the outbox.
pub(super) fn start_outbox_archive(
    parts: &Parts,
    stop: watch::Receiver<bool>,
    function: &Arc<Breakable>,
    behind: &Handle,
) -> Task {
    let outbox: Arc<dyn weir_store::Outbox> = Arc::clone(&parts.store) as _;
    let checkpoints = Arc::clone(&parts.checkpoints);
    let files: Arc<dyn ObjectStore> = Arc::clone(&parts.files);
    let settings = OutboxSettings { max_wait: LANDING_WINDOW, ..OutboxSettings::default() };
    let context = OutboxContext { outbox, checkpoints, files, settings };
    let function = Arc::clone(function);
    Task::start_on(behind, "archive of the outbox", async move {
        let life = || async { Ok(weir_archive::run_outbox(&context, stop.clone()).await?) };
        function.run(life).await
    })
}

/// Publishes decisions and alerts from the outbox.
pub(super) fn start_relay(parts: &Parts, stop: &CancellationToken) -> Task {
    let context = weir_relay::Context::new(Arc::clone(&parts.streams));
    let outbox: Arc<dyn weir_store::Outbox> = Arc::clone(&parts.store) as _;
    let (checkpoints, stop) = (Arc::clone(&parts.checkpoints), stop.clone());
    Task::start("relay", async move {
        Ok(weir_relay::run(&context, outbox.as_ref(), checkpoints.as_ref(), &stop).await?)
    })
}
