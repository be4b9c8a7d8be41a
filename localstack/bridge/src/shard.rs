//! The task of one shard: read, call, checkpoint, one batch after the other.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, SystemTime};

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use crate::batch::Batch;
use crate::mapping::Parts;
use crate::panics::catch;
use crate::stats::{Counters, add};
use crate::{BoxError, GivenUp, Outcome, Over, Progress, Source, Start};

/// How long one read waits for a record; then it is asked again.
const READ_WAIT: Duration = Duration::from_secs(5);

/// How often a shard is read at most while a batch window is open.
const READS_A_WINDOW: u32 = 8;

pub(crate) struct ShardTask<S: Source> {
    parts: Arc<Parts<S>>,
    shard: String,
    stop: CancellationToken,
    counters: Arc<Counters>,
    /// The last sequence done.
    after: Option<String>,
    /// Where to begin without a checkpoint.
    begin: Start,
    /// Whether an earlier run came to its end.
    is_finished: bool,
}

/// How the task of a shard ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    Stopped,
    Over(Over),
}

impl<S: Source> ShardTask<S> {
    pub(crate) fn new(parts: Arc<Parts<S>>, shard: String, begin: Start, stop: CancellationToken) -> Self {
        let counters = parts.stats.shard(&shard);
        Self { parts, shard, stop, counters, after: None, begin, is_finished: false }
    }

    pub(crate) async fn run(mut self) -> Ended {
        let mut failures = 0;
        while let Err(error) = self.start().await {
            failures += 1;
            self.port_failed("find where to begin", &error, failures).await;
            if self.stop.is_cancelled() {
                return Ended::Stopped;
            }
        }
        if self.is_finished {
            return Ended::Over(Over::Closed);
        }
        failures = 0;
        while !self.stop.is_cancelled() {
            match self.collect().await {
                Ok(read) if read.is_empty() => {
                    failures = 0;
                    self.counters.age_ms.store(0, Ordering::Relaxed);
                }
                Ok(read) => {
                    failures = 0;
                    self.work(Batch::new(read)).await;
                }
                Err(error) => {
                    if let Some(over) = self.parts.source.over(&error) {
                        return self.end(over).await;
                    }
                    if let Some(resume) = self.parts.source.resume(&error) {
                        self.pass(&resume, &error).await;
                        continue;
                    }
                    failures += 1;
                    self.port_failed("read the source", &error, failures).await;
                }
            }
        }
        Ended::Stopped
    }

    /// Finds where to begin: behind the checkpoint, or where the settings say.
    async fn start(&mut self) -> Result<(), BoxError> {
        let progress = self.parts.checkpoints.get(&self.parts.settings.name, &self.shard).await?;
        if let Some(progress) = progress {
            self.begin = Start::Oldest;
            self.is_finished = progress == Progress::Finished;
            self.after = progress.after().map(str::to_owned);
        } else if self.begin == Start::Newest {
            self.begin = Start::Oldest;
            if let Some(newest) = self.parts.source.newest(&self.shard).await? {
                self.checkpoint(&newest).await;
            }
        }
        Ok(())
    }

    /// Remembers a closed shard as finished, so that its children may begin.
    async fn end(&mut self, over: Over) -> Ended {
        if over == Over::Closed {
            let mut failures = 0;
            while let Err(error) =
                self.parts.checkpoints.set(&self.parts.settings.name, &self.shard, &Progress::Finished).await
            {
                failures += 1;
                self.port_failed("remember a finished shard", &error, failures).await;
                if self.stop.is_cancelled() {
                    return Ended::Stopped;
                }
            }
        }
        info!(mapping.name = %self.parts.settings.name, shard = %self.shard, "shard is over: {over:?}");
        Ended::Over(over)
    }

    /// A batch of records: full, or what came until the window closed. Empty when stopped.
    async fn collect(&self) -> Result<Vec<(String, S::Record)>, BoxError> {
        let mut read = self.read(self.after.as_deref(), self.parts.settings.batch_size, READ_WAIT).await?;
        let closes = Instant::now() + self.parts.settings.batch_window;
        while let Some((last, _)) = read.last() {
            let missing = self.parts.settings.batch_size.saturating_sub(read.len());
            let left = closes.saturating_duration_since(Instant::now());
            if missing == 0 || left.is_zero() || self.stop.is_cancelled() {
                break;
            }
            // Records that come one by one are read several at a time.
            let gathering = (self.parts.settings.batch_window / READS_A_WINDOW).min(left);
            tokio::select! {
                () = tokio::time::sleep(gathering) => {}
                () = self.stop.cancelled() => {}
            }
            let left = closes.saturating_duration_since(Instant::now());
            match self.read(Some(last), missing, left).await {
                Ok(more) => read.extend(more),
                // What was read is worked on first; the error comes again with the next read, if it is still there.
                Err(_) => break,
            }
        }
        Ok(read)
    }

    async fn read(
        &self,
        after: Option<&str>,
        limit: usize,
        wait: Duration,
    ) -> Result<Vec<(String, S::Record)>, BoxError> {
        tokio::select! {
            read = self.parts.source.read(&self.shard, after, limit, wait) => read,
            () = self.stop.cancelled() => Ok(Vec::new()),
        }
    }

    /// Tells of a place that can never be read, and goes on behind it.
    async fn pass(&mut self, resume: &str, error: &BoxError) {
        add(&self.counters.gaps, 1);
        error!(mapping.name = %self.parts.settings.name, shard = %self.shard, %error,
            "records cannot be read and are passed, going on after `{resume}`");
        self.checkpoint(resume).await;
    }

    /// Calls the handler until the batch is done or the mapping is stopped.
    async fn work(&mut self, mut batch: Batch<S::Record>) {
        self.skip_early(&mut batch).await;
        while batch.done < batch.records.len() {
            let outcome = self.call(&batch.records[batch.done..batch.end()]).await;
            let Some(error) = self.take(&mut batch, outcome).await else { continue };
            add(&self.counters.failures, 1);
            if self.is_given_up(&batch) && self.give_up(&mut batch, &error).await {
                continue;
            }
            self.log_failure(&batch, &error);
            self.pause(batch.failures).await;
            if self.stop.is_cancelled() {
                return;
            }
        }
    }

    /// Passes the records from before the moment at which to begin.
    async fn skip_early(&mut self, batch: &mut Batch<S::Record>) {
        let Start::At(moment) = self.begin else { return };
        let since = SystemTime::now().duration_since(moment).unwrap_or_default();
        if batch.records.first().is_some_and(|record| self.parts.source.age(record).is_none()) {
            warn!(mapping.name = %self.parts.settings.name, shard = %self.shard,
                "the source cannot tell when a record came: beginning at the oldest instead of at a moment");
        }
        let is_early = |record: &S::Record| self.parts.source.age(record).is_some_and(|age| age > since);
        let early = batch.records.iter().take_while(|record| is_early(record)).count();
        if early > 0 {
            batch.advance(early);
            self.checkpoint(&batch.sequences[early - 1]).await;
        }
        if early < batch.records.len() {
            self.begin = Start::Oldest;
        }
    }

    async fn call(&self, records: &[S::Record]) -> Outcome {
        add(&self.counters.calls, 1);
        catch(self.parts.handler.handle(records)).await.unwrap_or_else(|panicked| {
            add(&self.counters.panics, 1);
            Outcome::Failed { error: panicked.into() }
        })
    }

    /// Keeps what is done; answers why the rest failed, if it did.
    async fn take(&mut self, batch: &mut Batch<S::Record>, outcome: Outcome) -> Option<BoxError> {
        let length = batch.end() - batch.done;
        self.note_age(batch, &outcome);
        let (finished, error) = match outcome {
            Outcome::Done => (length, None),
            Outcome::FailedAt { index, error } if index < length => (index, Some(error)),
            Outcome::FailedAt { error, .. } | Outcome::Failed { error } => {
                if self.parts.settings.bisect || self.parts.settings.gives_up() {
                    batch.size = length.div_ceil(2);
                }
                batch.failures += 1;
                batch.tries += u32::from(length == 1);
                return Some(error);
            }
        };
        if finished > 0 {
            batch.advance(finished);
            add(&self.counters.done, finished as u64);
            self.checkpoint(&batch.sequences[batch.done - 1]).await;
        }
        let error = error?;
        batch.failures += 1;
        batch.tries += 1;
        Some(error)
    }

    /// Notes how long the last record that is done was on its way, or the first that is not.
    fn note_age(&self, batch: &Batch<S::Record>, outcome: &Outcome) {
        let place = if matches!(outcome, Outcome::Done) { batch.end() - 1 } else { batch.done };
        let age = batch.records.get(place).and_then(|record| self.parts.source.age(record));
        let age_ms = age.map_or(0, |age| u64::try_from(age.as_millis()).unwrap_or(u64::MAX));
        self.counters.age_ms.store(age_ms, Ordering::Relaxed);
    }

    fn is_given_up(&self, batch: &Batch<S::Record>) -> bool {
        let settings = &self.parts.settings;
        let is_tried_out = settings.retries.is_some_and(|retries| batch.tries > retries);
        let age = self.parts.source.age(&batch.records[batch.done]);
        let is_old = settings.max_age.zip(age).is_some_and(|(most, age)| age > most);
        batch.tries > 0 && (is_tried_out || is_old)
    }

    /// Hands the first record over to the hook; false if that failed and has to be tried again.
    async fn give_up(&mut self, batch: &mut Batch<S::Record>, error: &BoxError) -> bool {
        let Some(hook) = self.parts.on_failure.clone() else { return false };
        let sequence = &batch.sequences[batch.done];
        let record = GivenUp {
            mapping: &self.parts.settings.name,
            shard: &self.shard,
            sequence,
            record: &batch.records[batch.done],
            error,
            tries: batch.tries,
        };
        let taken = catch(hook.given_up(record)).await;
        if let Err(error) = taken.map_err(BoxError::from).flatten() {
            add(&self.counters.port_errors, 1);
            warn!(mapping.name = %self.parts.settings.name, shard = %self.shard, %sequence, %error,
                "the hook did not take a record that is given up");
            return false;
        }
        warn!(mapping.name = %self.parts.settings.name, shard = %self.shard, %sequence, %error, tries = batch.tries,
            "gave up the record at `{sequence}`");
        add(&self.counters.given_up, 1);
        batch.advance(1);
        self.checkpoint(&batch.sequences[batch.done - 1]).await;
        true
    }

    /// Remembers a sequence as done. If that fails, records come again after a restart, and nothing else happens.
    async fn checkpoint(&mut self, sequence: &str) {
        self.after = Some(sequence.to_owned());
        let progress = Progress::After(sequence.to_owned());
        let set = self.parts.checkpoints.set(&self.parts.settings.name, &self.shard, &progress).await;
        if let Err(error) = set {
            add(&self.counters.port_errors, 1);
            warn!(mapping.name = %self.parts.settings.name, shard = %self.shard, %error, "could not write a checkpoint");
        }
        if let Some(lag) = self.parts.source.lag(&self.shard, Some(sequence)).await {
            self.counters.lag.store(lag, Ordering::Relaxed);
        }
    }

    fn log_failure(&self, batch: &Batch<S::Record>, error: &BoxError) {
        let (sequence, failures) = (&batch.sequences[batch.done], batch.failures);
        warn!(mapping.name = %self.parts.settings.name, shard = %self.shard, %sequence, failures, %error,
            "a batch failed from `{sequence}` on, trying it again");
    }

    async fn port_failed(&self, action: &str, error: &BoxError, failures: u32) {
        add(&self.counters.port_errors, 1);
        warn!(mapping.name = %self.parts.settings.name, shard = %self.shard, %error, failures,
            "could not {action}, trying again");
        self.pause(failures).await;
    }

    async fn pause(&self, failures: u32) {
        tokio::select! {
            () = tokio::time::sleep(self.parts.settings.backoff(failures)) => {}
            () = self.stop.cancelled() => {}
        }
    }
}
