//! The contract of [`Streams`] and [`Checkpoints`], run by every adapter.
//!
//! An adapter's test gives a [`Bench`] and awaits [`suite`]; a broken promise is a failed assertion that says which.

use std::sync::Arc;
use std::time::{Duration, Instant};

use weir_events::{RawRecord, Sequence};

use crate::{Checkpoints, NewRecord, Progress, StreamError, Streams};

/// Stream with one shard that every bench has.
pub const SINGLE: &str = "single";
/// Stream with four shards that every bench has.
pub const SHARDED: &str = "sharded";

/// Where the suite gets its adapters from; one bench is one place to keep records.
#[async_trait::async_trait]
pub trait Bench: Send {
    /// The adapter under test.
    type Adapter: Streams + Checkpoints + 'static;

    /// Opens the adapter, at first empty, with the streams [`SINGLE`] (1 shard) and [`SHARDED`] (4 shards).
    async fn open(&mut self) -> Self::Adapter;

    /// Ends the adapter as a kill would and opens what it left; `None` if it keeps nothing.
    async fn reopen(&mut self, adapter: Self::Adapter) -> Option<Self::Adapter>;
}

/// Runs every check, each on a new bench.
///
/// # Errors
/// What the adapter answered where the contract has no error.
///
/// # Panics
/// Where the adapter breaks the contract.
pub async fn suite<B: Bench>(make: impl Fn() -> B) -> Result<(), StreamError> {
    records_come_back_in_order(&make().open().await).await?;
    a_key_stays_in_its_shard_and_in_order(&make().open().await).await?;
    reading_goes_on_after_a_position(&make().open().await).await?;
    an_empty_shard_answers_after_the_wait(&make().open().await).await?;
    a_reader_is_woken_by_a_record(Arc::new(make().open().await)).await?;
    publishers_at_once_lose_nothing(Arc::new(make().open().await)).await?;
    what_is_not_declared_is_an_error(&make().open().await).await?;
    a_checkpoint_is_the_last_one_set(&make().open().await).await?;
    a_finished_shard_stays_finished(make()).await?;
    acknowledged_records_survive_a_kill(make()).await
}

/// The one shard of [`SINGLE`].
async fn single(streams: &impl Streams) -> Result<String, StreamError> {
    let shards = streams.shards(SINGLE).await?;
    assert!(shards.len() == 1 && shards[0].parents.is_empty(), "a stream names its shards");
    Ok(shards[0].id.clone())
}

fn record(key: &str, payload: usize) -> NewRecord {
    NewRecord { key: key.to_owned(), bytes: payload.to_string().into_bytes() }
}

fn payloads(records: &[RawRecord]) -> Vec<String> {
    records.iter().map(|record| String::from_utf8_lossy(&record.bytes).into_owned()).collect()
}

fn numbers(range: std::ops::Range<usize>) -> Vec<String> {
    range.map(|number| number.to_string()).collect()
}

async fn read_all(streams: &impl Streams, stream: &str, shard: &str) -> Result<Vec<RawRecord>, StreamError> {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let records = streams.read(stream, shard, after.as_ref(), 7, Duration::ZERO).await?;
        let Some(last) = records.last() else { return Ok(all) };
        after = Some(last.position.sequence.clone());
        all.extend(records);
    }
}

async fn records_come_back_in_order(streams: &impl Streams) -> Result<(), StreamError> {
    let shard = &*single(streams).await?;
    assert_eq!(streams.newest(SINGLE, shard).await?, None, "an empty shard has no newest record");
    let positions = streams.publish(SINGLE, (0..20).map(|number| record("key", number)).collect()).await?;
    let records = read_all(streams, SINGLE, shard).await?;
    assert_eq!(payloads(&records), numbers(0..20), "records come back in the order they were published");
    let read: Vec<_> = records.iter().map(|record| record.position.clone()).collect();
    assert_eq!(read, positions, "publish answers the positions under which records are read");
    assert!(read.is_sorted() && records.iter().all(|record| record.key == "key"));
    let newest = positions.last().map(|position| position.sequence.clone());
    assert_eq!(streams.newest(SINGLE, shard).await?, newest, "the newest record is the last one published");
    assert!(streams.publish(SINGLE, Vec::new()).await?.is_empty(), "nothing published has no position");
    Ok(())
}

async fn a_key_stays_in_its_shard_and_in_order(streams: &impl Streams) -> Result<(), StreamError> {
    let keys: Vec<_> = (0..16).map(|key| format!("key-{key}")).collect();
    for round in 0..5 {
        let positions = streams.publish(SHARDED, keys.iter().map(|key| record(key, round)).collect()).await?;
        assert_eq!(positions.len(), keys.len(), "every record has a position");
    }
    let shards = streams.shards(SHARDED).await?;
    assert_eq!(shards.len(), 4, "a stream names its shards");
    assert!(shards.iter().all(|shard| shard.parents.is_empty()), "they were made from no other");
    let mut used = 0;
    for shard in shards {
        let records = read_all(streams, SHARDED, &shard.id).await?;
        used += usize::from(!records.is_empty());
        for key in &keys {
            let of_key: Vec<_> = records.iter().filter(|record| record.key == *key).cloned().collect();
            assert!(of_key.is_empty() || payloads(&of_key) == numbers(0..5), "a key has one shard, in order");
        }
    }
    assert!(used > 1, "keys are spread over shards");
    Ok(())
}

async fn reading_goes_on_after_a_position(streams: &impl Streams) -> Result<(), StreamError> {
    let positions = streams.publish(SINGLE, (0..10).map(|number| record("key", number)).collect()).await?;
    let (shard, after) = (&*single(streams).await?, &positions[3].sequence);
    let records = streams.read(SINGLE, shard, Some(after), 4, Duration::ZERO).await?;
    assert_eq!(payloads(&records), numbers(4..8), "reading goes on after the position, up to the limit");
    let again = streams.read(SINGLE, shard, Some(after), 4, Duration::ZERO).await?;
    assert!(again == records, "reading removes nothing");
    let end = &positions[9].sequence;
    assert!(streams.read(SINGLE, shard, Some(end), 4, Duration::ZERO).await?.is_empty(), "the end is empty");
    Ok(())
}

async fn an_empty_shard_answers_after_the_wait(streams: &impl Streams) -> Result<(), StreamError> {
    let shard = single(streams).await?;
    let begun = Instant::now();
    let records = streams.read(SINGLE, &shard, None, 10, Duration::from_millis(50)).await?;
    assert!(records.is_empty(), "an empty shard has no records");
    assert!(begun.elapsed() >= Duration::from_millis(45), "the reader waits as long as it said");
    Ok(())
}

async fn a_reader_is_woken_by_a_record<S: Streams + 'static>(streams: Arc<S>) -> Result<(), StreamError> {
    let (reading, shard) = (Arc::clone(&streams), single(&*streams).await?);
    let reader =
        tokio::spawn(async move { reading.read(SINGLE, &shard, None, 10, Duration::from_secs(20)).await });
    tokio::time::sleep(Duration::from_millis(30)).await;
    let begun = Instant::now();
    streams.publish(SINGLE, vec![record("key", 1)]).await?;
    let records = reader.await.map_err(|_| StreamError::Stopped)??;
    assert_eq!(payloads(&records), ["1"], "the waiting reader gets the record");
    assert!(begun.elapsed() < Duration::from_secs(10), "a record wakes the reader");
    Ok(())
}

async fn publishers_at_once_lose_nothing<S: Streams + 'static>(streams: Arc<S>) -> Result<(), StreamError> {
    let publish = |task: usize| {
        let streams = Arc::clone(&streams);
        tokio::spawn(async move {
            for number in 0..25 {
                streams.publish(SINGLE, vec![record(&task.to_string(), number)]).await?;
            }
            Ok::<_, StreamError>(())
        })
    };
    for task in (0..8).map(publish).collect::<Vec<_>>() {
        task.await.map_err(|_| StreamError::Stopped)??;
    }
    let records = read_all(&*streams, SINGLE, &single(&*streams).await?).await?;
    assert_eq!(records.len(), 200, "every record is there once");
    assert!(records.is_sorted_by(|left, right| left.position < right.position), "positions grow");
    for task in 0..8 {
        let of_task: Vec<_> =
            records.iter().filter(|record| record.key == task.to_string()).cloned().collect();
        assert_eq!(payloads(&of_task), numbers(0..25), "one publisher's records keep their order");
    }
    Ok(())
}

async fn what_is_not_declared_is_an_error(streams: &impl Streams) -> Result<(), StreamError> {
    let unknown = streams.shards("absent").await;
    assert!(matches!(unknown, Err(StreamError::UnknownStream { .. })), "an unknown stream has no shards");
    let unknown = streams.publish("absent", vec![record("key", 1)]).await;
    assert!(matches!(unknown, Err(StreamError::UnknownStream { .. })), "an unknown stream takes no records");
    let unknown = streams.read(SINGLE, "77", None, 1, Duration::ZERO).await;
    assert!(matches!(unknown, Err(StreamError::UnknownShard { .. })), "an unknown shard cannot be read");
    Ok(())
}

async fn a_checkpoint_is_the_last_one_set<A: Streams + Checkpoints>(adapter: &A) -> Result<(), StreamError> {
    let after = |sequence: u64| Some(Progress::After(Sequence::from(sequence)));
    let shard = &*single(adapter).await?;
    let sharded = adapter.shards(SHARDED).await?;
    assert_eq!(adapter.get("reader", SINGLE, shard).await?, None, "at first there is no checkpoint");
    for sequence in 1..=100_u64 {
        adapter.set("reader", SINGLE, shard, &Sequence::from(sequence)).await?;
    }
    adapter.set("reader", SHARDED, &sharded[3].id, &Sequence::from(7)).await?;
    assert_eq!(adapter.get("reader", SINGLE, shard).await?, after(100), "the last one counts");
    assert_eq!(adapter.get("reader", SHARDED, &sharded[3].id).await?, after(7), "one for each shard");
    assert_eq!(adapter.get("reader", SHARDED, &sharded[2].id).await?, None, "none for those not begun");
    assert_eq!(adapter.get("other", SINGLE, shard).await?, None, "one for each consumer");
    Ok(())
}

async fn a_finished_shard_stays_finished<B: Bench>(mut bench: B) -> Result<(), StreamError> {
    let adapter = bench.open().await;
    let shard = adapter.shards(SHARDED).await?[1].id.clone();
    adapter.set("reader", SHARDED, &shard, &Sequence::from(7)).await?;
    adapter.finish("reader", SHARDED, &shard).await?;
    let finished = Some(Progress::Finished);
    assert_eq!(adapter.get("reader", SHARDED, &shard).await?, finished, "a finished shard is known to be");
    assert_eq!(adapter.get("other", SHARDED, &shard).await?, None, "one for each consumer");
    // Checkpoints may lose their last moments in a kill, so that what is kept is of no interest here.
    let Some(reopened) = bench.reopen(adapter).await else { return Ok(()) };
    reopened.finish("reader", SHARDED, &shard).await?;
    assert_eq!(reopened.get("reader", SHARDED, &shard).await?, finished, "finishing twice is no error");
    Ok(())
}

async fn acknowledged_records_survive_a_kill<B: Bench>(mut bench: B) -> Result<(), StreamError> {
    let mut streams = bench.open().await;
    for round in 0..3 {
        let from = round * 10;
        streams.publish(SINGLE, (from..from + 10).map(|number| record("key", number)).collect()).await?;
        let shard = &*single(&streams).await?;
        let finished = streams.newest(SINGLE, shard).await?.unwrap_or_else(|| Sequence::from(0));
        streams.set("reader", SINGLE, shard, &finished).await?;
        let Some(reopened) = bench.reopen(streams).await else { return Ok(()) };
        streams = reopened;
        let records = read_all(&streams, SINGLE, shard).await?;
        assert_eq!(
            payloads(&records),
            numbers(0..from + 10),
            "what was acknowledged is there, once, in order"
        );
        assert!(
            records.is_sorted_by(|left, right| left.position < right.position),
            "positions go on growing"
        );
        let kept = streams.get("reader", SINGLE, shard).await?;
        let is_behind = |kept: Progress| kept.sequence().is_some_and(|sequence| *sequence <= finished);
        assert!(kept.is_none_or(is_behind), "a checkpoint never runs ahead");
    }
    Ok(())
}
