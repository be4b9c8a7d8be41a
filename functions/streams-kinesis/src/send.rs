//! One request that puts records, and what becomes of each of them.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_kinesis::primitives::Blob;
use aws_sdk_kinesis::types::{PutRecordsRequestEntry, PutRecordsResultEntry};
use tokio::time::Instant;
use tracing::debug;
use weir_events::{Position, Sequence};
use weir_streams::{Kind, StreamError};

use crate::error::{code, failed, is_throttling};
use crate::lane::Waiting;
use crate::publisher::Publisher;
use crate::request::once;
use crate::stats::add;

const ACTION: &str = "put records into";
/// Wait before the second try; it doubles with each one.
const FIRST_WAIT: Duration = Duration::from_millis(50);
const LONGEST_WAIT: Duration = Duration::from_secs(2);

/// Sends records that were taken together and settles each: taken, to be tried again, or given up.
pub(crate) async fn send(publisher: &Arc<Publisher>, batch: Vec<Waiting>) {
    let counters = &publisher.counters;
    add(&counters.put_requests, 1);
    let retried = batch.iter().filter(|waiting| waiting.attempts > 0).count();
    add(&counters.records_retried, retried as u64);
    let entries = batch.iter().filter_map(entry).collect();
    let request = publisher.client.put_records().stream_name(&publisher.name).set_records(Some(entries));
    // Tried again here, record by record.
    match request.customize().config_override(once()).send().await {
        Ok(answer) if answer.records.len() == batch.len() => {
            let outcomes = answer.records.into_iter().map(outcome).collect();
            settle(publisher, batch, outcomes);
        }
        Ok(_) => fail(publisher, batch, "an answer that is none"),
        Err(error) => {
            debug!(stream = publisher.stream, "a request failed: {}", code(&error));
            fail(publisher, batch, code(&error));
        }
    }
}

fn entry(waiting: &Waiting) -> Option<PutRecordsRequestEntry> {
    let data = Blob::new(waiting.record.bytes.as_slice());
    // Both of its fields are set.
    PutRecordsRequestEntry::builder().data(data).partition_key(&waiting.record.key).build().ok()
}

/// Shard and sequence of a record, or the code of its failure.
type Outcome = Result<(String, String), String>;

fn outcome(entry: PutRecordsResultEntry) -> Outcome {
    match (entry.shard_id, entry.sequence_number, entry.error_code) {
        (Some(shard), Some(sequence), None) => Ok((shard, sequence)),
        (_, _, code) => Err(code.unwrap_or_else(|| "an answer that is none".to_owned())),
    }
}

fn fail(publisher: &Publisher, batch: Vec<Waiting>, code: &str) {
    add(&publisher.counters.put_failures, 1);
    let outcomes = batch.iter().map(|_| Err(code.to_owned())).collect();
    settle(publisher, batch, outcomes);
}

fn settle(publisher: &Publisher, batch: Vec<Waiting>, outcomes: Vec<Outcome>) {
    let (now, counters) = (Instant::now(), &publisher.counters);
    let (mut again, mut done) = (Vec::new(), Vec::<(Waiting, Result<Position, StreamError>)>::new());
    for (mut waiting, outcome) in batch.into_iter().zip(outcomes) {
        match outcome {
            Ok((shard, sequence)) => {
                add(&counters.records_put, 1);
                add(&counters.bytes_put, waiting.size() as u64);
                let (stream, sequence) = (publisher.stream.clone(), Sequence::new(&sequence));
                done.push((waiting, Ok(Position { stream, shard, sequence, sub: 0 })));
            }
            Err(code) => {
                add(&counters.records_throttled, u64::from(is_throttling(&code)));
                let failure = failed(ACTION, &publisher.name, &code);
                let next = now + pause(waiting.attempts);
                if failure.kind() != Kind::Retryable || next >= waiting.deadline {
                    add(&counters.records_failed, 1);
                    done.push((waiting, Err(failure)));
                    continue;
                }
                waiting.attempts += 1;
                waiting.not_before = Some(next);
                again.push(waiting);
            }
        }
    }
    let put = done.iter().filter_map(|(_, result)| result.as_ref().ok());
    publisher.tails.put(&publisher.name, put.map(|position| (&*position.shard, &position.sequence)));
    let mut lane = publisher.lane();
    done.iter().for_each(|(waiting, _)| lane.release(&waiting.record.key));
    lane.put_back(again);
    drop(lane);
    publisher.settled(done.len());
    for (waiting, result) in done {
        waiting.call.put(waiting.index, result);
    }
}

/// Between none and a time that doubles, so that those who were refused together do not come again together.
pub(crate) fn pause(attempts: u32) -> Duration {
    let most = FIRST_WAIT.saturating_mul(1 << attempts.min(10)).min(LONGEST_WAIT);
    let share = (RandomState::new().build_hasher().finish() % 1_000) as u32;
    most * share / 1_000 + Duration::from_millis(1)
}
