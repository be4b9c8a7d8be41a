//! Requests in flight: so many at once, each as often as it takes.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::StreamExt;
use futures::future::BoxFuture;
use futures::stream::FuturesUnordered;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::connection::{Answer, Connection, NoAnswer, Target};
use super::decided::Sample;
use super::feed::{Content, Job};
use super::meaning::{Batch, Meaning, meaning};
use super::schedule::Schedule;
use super::settings::LoadSettings;
use super::tally::{Counts, Items, Tally};

/// Bytes of requests that may wait to be sent again before nothing new is begun.
const WAITING_BYTES: usize = 64 << 20;

/// Wait before a request is sent again, if the answer does not say how long; doubles up to [`LONGEST_WAIT`].
const FIRST_WAIT: Duration = Duration::from_millis(50);

/// Longest wait before a request is sent again.
const LONGEST_WAIT: Duration = Duration::from_secs(1);

/// Sends what is due.
pub(super) struct Sending {
    schedule: Schedule,
    patience: Duration,
    connections: usize,
    target: Target,
    tally: Arc<Tally>,
    samples: mpsc::UnboundedSender<Sample>,
    idle: Vec<Connection>,
    in_flight: FuturesUnordered<BoxFuture<'static, Sent>>,
    waiting: FuturesUnordered<BoxFuture<'static, Job>>,
    waiting_bytes: usize,
}

/// A request that was sent, and what came of it.
struct Sent {
    job: Job,
    connection: Connection,
    answer: Result<Answer, NoAnswer>,
}

impl Sending {
    pub(super) fn new(
        settings: &LoadSettings,
        schedule: Schedule,
        target: Target,
        tally: Arc<Tally>,
        samples: mpsc::UnboundedSender<Sample>,
    ) -> Self {
        Self {
            schedule,
            patience: settings.patience,
            connections: settings.connections.max(1),
            target,
            tally,
            samples,
            idle: Vec::new(),
            in_flight: FuturesUnordered::new(),
            waiting: FuturesUnordered::new(),
            waiting_bytes: 0,
        }
    }

    /// Sends until nothing is due any more and everything is answered or given up; after `stop` or `end` it begins
    /// nothing new.
    pub(super) async fn run(
        mut self,
        mut due: mpsc::Receiver<Job>,
        end: Option<Duration>,
        stop: &CancellationToken,
    ) {
        let end = end.map_or_else(far_away, |end| self.schedule.at(end));
        let ended = tokio::time::sleep_until(end.into());
        tokio::pin!(ended);
        let mut is_open = true;
        while is_open || !self.in_flight.is_empty() || !self.waiting.is_empty() {
            let has_room = self.in_flight.len() < self.connections;
            let may_begin = is_open && has_room && self.waiting_bytes < WAITING_BYTES;
            tokio::select! {
                biased;
                Some(sent) = self.in_flight.next(), if !self.in_flight.is_empty() => self.settle(sent),
                Some(job) = self.waiting.next(), if has_room && !self.waiting.is_empty() => self.again(job),
                () = stop.cancelled(), if is_open => is_open = false,
                () = &mut ended, if is_open => is_open = false,
                job = due.recv(), if may_begin => match job {
                    Some(job) => self.begin(job),
                    None => is_open = false,
                },
            }
        }
    }

    fn begin(&mut self, mut job: Job) {
        job.begun = Some(Instant::now());
        let delay = self.schedule.at(job.due).elapsed();
        {
            let mut counts = self.tally.counts();
            counts.left(delay);
            items(&mut counts, job.content).sent += job.items;
        }
        self.send(job);
    }

    fn again(&mut self, job: Job) {
        self.waiting_bytes -= job.body.len();
        self.send(job);
    }

    fn send(&mut self, mut job: Job) {
        job.tries += 1;
        let mut connection = self.idle.pop().unwrap_or_else(|| Connection::new(self.target.clone()));
        self.in_flight.push(Box::pin(async move {
            let answer = connection.post(job.path, job.body.clone()).await;
            Sent { job, connection, answer }
        }));
    }

    fn settle(&mut self, Sent { job, connection, answer }: Sent) {
        self.idle.push(connection);
        let latency = self.schedule.at(job.due).elapsed();
        let mut counts = self.tally.counts();
        counts.requests += 1;
        if job.content == Content::Transactions {
            counts.elapsed = self.schedule.start.elapsed();
        }
        match meaning(&job, answer, &mut counts.errors) {
            Meaning::Taken(batch) => {
                take(&mut counts, &job, &batch, latency);
                drop(counts);
                self.follow(job);
            }
            Meaning::Refused(reason) => {
                items(&mut counts, job.content).rejected += job.items;
                counts.keep(|| reason);
            }
            Meaning::Again(_) if job.begun.is_some_and(|begun| begun.elapsed() > self.patience) => {
                items(&mut counts, job.content).given_up += job.items;
            }
            Meaning::Again(wait) => {
                drop(counts);
                self.wait(job, wait);
            }
        }
    }

    fn wait(&mut self, job: Job, wait: Option<Duration>) {
        let doubled = FIRST_WAIT * 2_u32.saturating_pow(job.tries.saturating_sub(1).min(8));
        let wait = wait.unwrap_or(doubled.min(LONGEST_WAIT));
        self.waiting_bytes += job.body.len();
        self.waiting.push(Box::pin(async move {
            tokio::time::sleep(wait).await;
            job
        }));
    }

    /// Has the decision of the job's sample looked for.
    fn follow(&self, job: Job) {
        if let Some(id) = job.sample {
            // Nobody looks for decisions once the run is over.
            let _ = self.samples.send(Sample::new(id, self.schedule.at(job.due)));
        }
    }
}

fn take(counts: &mut Counts, job: &Job, batch: &Batch, latency: Duration) {
    let counted = items(counts, job.content);
    counted.accepted += batch.accepted;
    counted.rejected += batch.rejected.len() as u64;
    for rejected in &batch.rejected {
        counts.keep(|| format!("`{}`: expected {}", rejected.field, rejected.expected));
    }
    if job.content == Content::Transactions {
        counts.answered.record(latency, job.items);
    }
}

const fn items(counts: &mut Counts, content: Content) -> &mut Items {
    match content {
        Content::Transactions => &mut counts.transactions,
        Content::Labels => &mut counts.labels,
    }
}

fn far_away() -> Instant {
    Instant::now() + Duration::from_secs(30 * 365 * 86_400)
}
