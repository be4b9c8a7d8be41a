//! The threads of a run: one makes bodies, one keeps the time, one sends.
//!
//! Timers of an asynchronous runtime are a millisecond coarse; a thread that sleeps is twenty times finer.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use super::connection::Target;
use super::decided;
use super::feed::{Feed, Job};
use super::processor;
use super::schedule::Schedule;
use super::sending::Sending;
use super::settings::LoadSettings;
use super::tally::Tally;

/// Bytes of bodies made ahead.
const AHEAD_BYTES: usize = 128 << 20;

/// Requests that are due and wait for a connection, beyond which the next ones wait in the thread that keeps time.
const DUE: usize = 256;

/// How long after the end of the time what was due then may still be begun.
const AFTER_END: Duration = Duration::from_millis(250);

/// Processor time of each thread.
type Spent = Option<Duration>;

/// Makes bodies ahead of their time.
pub(super) fn make(feed: Feed, settings: &LoadSettings) -> Result<(Receiver<Job>, JoinHandle<Spent>)> {
    let body_bytes = settings.request_size() * 700;
    let (made, bodies) = sync_channel((AHEAD_BYTES / body_bytes).clamp(2, 100_000));
    let thread = named("weir-load-make", move || fill(feed, &made))?;
    Ok((bodies, thread))
}

fn fill(feed: Feed, made: &SyncSender<Job>) {
    for job in feed {
        if made.send(job).is_err() {
            return;
        }
    }
}

/// Hands each body on when it is due, however late the ones before it are.
pub(super) fn keep_time(
    bodies: Receiver<Job>,
    schedule: Schedule,
) -> Result<(mpsc::Receiver<Job>, JoinHandle<Spent>)> {
    let (hand_on, due) = mpsc::channel(DUE);
    let thread = named("weir-load-time", move || {
        for job in bodies {
            thread::sleep(schedule.at(job.due).saturating_duration_since(Instant::now()));
            if hand_on.blocking_send(job).is_err() {
                return;
            }
        }
    })?;
    Ok((due, thread))
}

/// Sends on a runtime of its own, so that nothing else waits for it nor it for anything else.
pub(super) fn send(
    settings: &LoadSettings,
    schedule: Schedule,
    due: mpsc::Receiver<Job>,
    tally: &Arc<Tally>,
    stop: &CancellationToken,
) -> Result<(oneshot::Receiver<()>, JoinHandle<Spent>)> {
    let target = Target::new(&settings.base, settings.api_key.as_deref(), settings.timeout)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (samples, sampled) = mpsc::unbounded_channel();
    let sending = Sending::new(settings, schedule, target.clone(), Arc::clone(tally), samples);
    let following = decided::follow(target, settings.patience, Arc::clone(tally), sampled);
    let end = settings.time.map(|time| time + AFTER_END);
    let stop = stop.clone();
    let (done, is_done) = oneshot::channel();
    let thread = named("weir-load-send", move || {
        runtime.block_on(async { tokio::join!(sending.run(due, end, &stop), following) });
        // Whoever waited may have gone.
        let _ = done.send(());
    })?;
    Ok((is_done, thread))
}

fn named(name: &str, work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<Spent>> {
    let work = move || {
        work();
        processor::of_this_thread()
    };
    thread::Builder::new().name(name.to_owned()).spawn(work).context("cannot start a thread for the load")
}
