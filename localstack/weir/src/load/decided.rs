//! How long it takes until a decision is committed: some transactions are looked for until their decision is there.
//!
//! The answer to `GET /decisions/{id}` holds a decision only once it is committed, so the moment of that answer is
//! a bound from above. A transaction is looked for at once when it is accepted and again after a millisecond, or a
//! twentieth of its age if that is longer: what is measured is at most so much too long, and a system that is behind
//! is not asked thousands of times.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::mpsc;

use super::connection::{Connection, Target};
use super::tally::Tally;
use crate::client::path_segment;

/// Least time between two looks for one decision.
const LEAST_WAIT: Duration = Duration::from_millis(1);

/// Share of its age after which a decision is looked for again.
const WAIT_SHARE: u32 = 20;

/// An accepted transaction whose decision is looked for, in order of the next look.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Sample {
    look_at: Instant,
    due: Instant,
    id: String,
}

impl Sample {
    pub(super) fn new(id: String, due: Instant) -> Self {
        Self { look_at: Instant::now(), due, id }
    }
}

/// Looks for decisions until no more samples come and each is found, or was looked for long enough.
pub(super) async fn follow(
    target: Target,
    patience: Duration,
    tally: Arc<Tally>,
    mut samples: mpsc::UnboundedReceiver<Sample>,
) {
    let mut connection = Connection::new(target);
    let mut waiting: BinaryHeap<Reverse<Sample>> = BinaryHeap::new();
    let mut is_open = true;
    while is_open || !waiting.is_empty() {
        let next = waiting.peek().map(|Reverse(sample)| sample.look_at);
        tokio::select! {
            biased;
            sample = samples.recv(), if is_open => match sample {
                Some(sample) => waiting.push(Reverse(sample)),
                None => is_open = false,
            },
            () = pause(next), if next.is_some() => {
                let Some(Reverse(sample)) = waiting.pop() else { continue };
                waiting.extend(look(&mut connection, sample, patience, &tally).await.map(Reverse));
            }
        }
    }
}

async fn pause(until: Option<Instant>) {
    if let Some(until) = until {
        tokio::time::sleep_until(until.into()).await;
    }
}

/// Looks once; answers the sample if it is to be looked for again.
async fn look(
    connection: &mut Connection,
    mut sample: Sample,
    patience: Duration,
    tally: &Tally,
) -> Option<Sample> {
    let answer = connection.get(&format!("/decisions/{}", path_segment(&sample.id))).await;
    let age = sample.due.elapsed();
    if answer.is_ok_and(|answer| answer.status == 200) {
        tally.counts().decided.record(age, 1);
        return None;
    }
    if age > patience {
        tally.counts().undecided += 1;
        return None;
    }
    sample.look_at = Instant::now() + LEAST_WAIT.max(age / WAIT_SHARE);
    Some(sample)
}
