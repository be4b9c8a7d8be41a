//! The running system: parts, loops, servers, and how it stops.

mod adapters;
mod behind;
mod board;
mod breakable;
mod chaos;
mod gaps;
mod jobs;
mod lake;
mod parts;
mod pressure;
mod retention;
mod servers;
mod set_aside;
mod space;
mod status;
mod tasks;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use weir_dashboard::Board;
use weir_score::Observer;

use crate::home::{HeldHome, Home};
use crate::metrics::{self, Live, Sources};
use crate::settings::Settings;

use behind::Behind;
use breakable::Functions;
use chaos::ChaosMode;
pub(crate) use chaos::{Answered, Noted, Told};
pub(crate) use lake::{LakeLoop, ids};
pub(crate) use parts::{INPUTS, OUTPUTS, Parts, champion, policy, policy_beside};
pub(crate) use pressure::lag;
use servers::Servers;
use tasks::Task;

/// How long a stop waits for what has been taken in to arrive in the lake.
const DRAIN: Duration = Duration::from_secs(30);

/// So long after the last entry a change stream of a service is taken for read to its end.
const QUIET: Duration = Duration::from_secs(2);

/// A running system.
pub(crate) struct System {
    pub(crate) parts: Parts,
    pub(crate) score: Arc<weir_score::Context>,
    pub(crate) lake: Arc<LakeLoop>,
    pub(crate) settings: Settings,
    pub(crate) ingest_address: SocketAddr,
    pub(crate) page_address: SocketAddr,
    board: Arc<Board>,
    servers: Servers,
    tasks: Vec<Task>,
    scoring_stop: CancellationToken,
    rest_stop: CancellationToken,
    outbox_stop: watch::Sender<bool>,
    held: HeldHome,
    _behind: Behind,
}

impl System {
    /// Opens the home, starts every loop and both servers.
    pub(crate) async fn start(mut held: HeldHome, settings: Settings) -> Result<Self> {
        settings.check()?;
        let access = servers::access(&settings)?;
        let (ingest_listener, page_listener) = servers::bind(&settings).await?;
        crate::stack::make_here(&settings.backing).await?;
        let parts = Box::pin(Parts::open(held.home(), &settings)).await?;
        held.home().sync_names()?;
        let board = Arc::new(Board::new());
        let live = Arc::new(Live::default());
        let observer: Arc<dyn Observer> = Arc::new(board::Recorder(Arc::clone(&board), Arc::clone(&live)));
        let score = parts.score(&settings, Some(observer))?;
        let ingest = Arc::new(weir_ingest::Context::new(Arc::clone(&score), access));
        let lake = Arc::new(LakeLoop::new(parts.lake.clone(), score.features())?);
        board::restore(&board, &parts).await?;

        let (scoring_stop, rest_stop) = (CancellationToken::new(), CancellationToken::new());
        let (outbox_stop, outbox_stopped) = watch::channel(false);
        let (functions, stops) = (Functions::default(), (&scoring_stop, &rest_stop));
        let behind = Behind::start()?;
        let last = &behind.handle();
        let mappings = tasks::start_mappings(&parts, &score, &settings, &functions, stops, last).await?;
        let consumers: Vec<_> = mappings.iter().filter_map(|task| task.consumer.clone()).collect();
        let pressure = pressure::start(&parts, &ingest, &settings, consumers.clone(), &rest_stop);
        let figures = Arc::new(Sources::new(held.home(), &parts, (&ingest, &score), &lake, consumers, &live));
        let mut running = mappings;
        running.push(tasks::start_outbox_archive(&parts, outbox_stopped, &functions.archiver, last));
        running.push(tasks::start_relay(&parts, &rest_stop));
        running.push(pressure);
        let interval = Duration::from_millis(settings.commit_interval_ms);
        running.push(lake::start(&lake, interval, &rest_stop, last));
        running.extend(jobs::start(&lake, settings.jobs, &rest_stop));
        running.push(space::start(held.home(), &settings, &parts.here, &ingest, &rest_stop));
        running.extend(parts.here.log.as_ref().map(|log| retention::start(log, &settings, &rest_stop)));
        running.push(board::start_counters(&board, &ingest, &score, &lake, &rest_stop));

        let summary = metrics::summarize(Arc::clone(&figures), rest_stop.clone());
        running.push(Task::start("summary of the log", summary));

        let status = status::Status::new(held.home(), &settings, &ingest, &score, &lake, &parts.gaps);
        let lookup = board::lookup(&parts, &score);
        let chaos = ChaosMode::open(&settings, held.home(), functions)?;
        running.extend(chaos.as_ref().map(|chaos| chaos::start(chaos, &board, &parts, &rest_stop)));
        let page = chaos::page(Arc::clone(&board), lookup, chaos);
        let api = weir_ingest::router(Arc::clone(&ingest)).merge(status::router(status));
        let servers = Servers::start(
            (ingest_listener, metrics::counted(api, &ingest, &figures)),
            (page_listener, servers::on_loopback_only(page)),
        )?;
        let (ingest_address, page_address) = (servers.ingest_address, servers.page_address);
        held.announce(Some(ingest_address), Some(page_address))?;
        Ok(Self {
            parts,
            score,
            lake,
            settings,
            ingest_address,
            page_address,
            board,
            servers,
            tasks: running,
            scoring_stop,
            rest_stop,
            outbox_stop,
            held,
            _behind: behind,
        })
    }

    /// The home it works on.
    pub(crate) const fn home(&self) -> &Home {
        self.held.home()
    }

    /// The model that decides, in words.
    pub(crate) fn model(&self) -> String {
        let model = self.score.champion();
        let origin = self.settings.model.as_ref().map_or_else(
            || "bundled; --model FILE takes another".to_owned(),
            |path| path.display().to_string(),
        );
        format!("{} {} ({origin})", model.name(), &model.digest()[..12])
    }

    /// Waits until a loop ends by itself, which it does only by a fault; answers which.
    pub(crate) async fn fault(&self) -> anyhow::Error {
        loop {
            if let Some(task) = self.tasks.iter().find(|task| task.handle.is_finished()) {
                return anyhow!("{} stopped by itself; the log above says why", task.name);
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// Waits until everything taken in is decided, landed and committed to the tables; answers whether it came so far.
    pub(crate) async fn drain(&self, patience: Duration) -> Result<bool> {
        let started = Instant::now();
        while started.elapsed() < patience {
            if self.is_landed().await? {
                self.lake.pass().await?;
                return Ok(true);
            }
            if self.parts.here.store.as_ref().is_some_and(|store| store.has_failed()) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(false)
    }

    /// Makes the tables that people query from what has been drained, as far as their jobs are not turned off.
    pub(crate) async fn make_tables(&self) {
        Box::pin(jobs::make_tables(&self.lake, &self.settings.jobs)).await;
    }

    /// Whether both input streams are scored and archived and the outbox is empty.
    async fn is_landed(&self) -> Result<bool> {
        for stream in ["transactions", "labels"] {
            for consumer in ["score", "archive"] {
                let reader = self.parts.readers.reader(consumer, stream).await?;
                if !status::is_at_end(&reader, consumer, stream).await? {
                    return Ok(false);
                }
            }
        }
        match &self.parts.here.outbox {
            Some(watched) => Ok(watched.quiet_for() > QUIET),
            None => Ok(self.parts.store.counts().await?.outbox == 0),
        }
    }

    /// Stops in the order of the flow: no more requests, then scoring, then archive, relay and lake.
    pub(crate) async fn stop(mut self) -> Result<()> {
        self.board.close();
        self.servers.stop().await;
        let drained = self.drain(DRAIN).await;
        self.scoring_stop.cancel();
        self.outbox_stop.send_replace(true);
        self.rest_stop.cancel();
        // Every loop is waited for, whatever became of the others; the first failure is the one to report.
        let mut outcome = Ok(());
        for task in std::mem::take(&mut self.tasks) {
            outcome = outcome.and(task.end().await);
        }
        let flushed = self.parts.here.log.as_ref().map_or(Ok(()), |log| log.flush_checkpoints());
        let is_drained = drained?;
        outcome?;
        flushed?;
        if !is_drained {
            tracing::warn!("stopped with work left; the next start goes on with it");
        }
        drop(self.held);
        Ok(())
    }
}
