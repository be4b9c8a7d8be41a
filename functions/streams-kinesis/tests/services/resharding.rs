//! Shards are split and merged while records are published and read.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::task::JoinSet;
use weir_events::Timestamp;
use weir_streams::{Checkpoints, MemoryStreams, NewRecord, Progress, StreamError, Streams};
use weir_streams_kinesis::KinesisStreams;

use crate::support::{client, settings, until_active};

const KEYS: usize = 30;

#[derive(Default)]
struct Seen {
    of_key: BTreeMap<String, Vec<usize>>,
    finished: BTreeSet<String>,
}

struct Reading {
    streams: KinesisStreams,
    checkpoints: MemoryStreams,
    seen: Mutex<Seen>,
}

/// Reads every shard when its parents are finished, as a mapping of the bridge does.
async fn run(reading: Arc<Reading>, expected: usize) {
    let (mut readers, mut begun) = (JoinSet::new(), BTreeSet::new());
    loop {
        for shard in reading.streams.shards("orders").await.unwrap() {
            let mut is_ready = true;
            for parent in &shard.parents {
                let progress = reading.checkpoints.get("score", "orders", parent).await.unwrap();
                is_ready &= progress == Some(Progress::Finished);
            }
            if is_ready && begun.insert(shard.id.clone()) {
                readers.spawn(read(Arc::clone(&reading), shard.id));
            }
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
        if reading.seen.lock().unwrap().of_key.values().map(Vec::len).sum::<usize>() >= expected {
            return;
        }
    }
}

async fn read(reading: Arc<Reading>, shard: String) {
    let mut after = None;
    loop {
        let wait = Duration::from_millis(500);
        match reading.streams.read("orders", &shard, after.as_ref(), 100, wait).await {
            Ok(records) => {
                let mut seen = reading.seen.lock().unwrap();
                for record in &records {
                    let number = String::from_utf8_lossy(&record.bytes).parse().unwrap();
                    seen.of_key.entry(record.key.clone()).or_default().push(number);
                }
                after = records.last().map(|record| record.position.sequence.clone()).or(after);
            }
            Err(StreamError::Closed { .. }) => {
                reading.seen.lock().unwrap().finished.insert(shard.clone());
                return reading.checkpoints.finish("score", "orders", &shard).await.unwrap();
            }
            Err(error) => panic!("{error}"),
        }
    }
}

async fn publish(streams: &KinesisStreams, numbers: std::ops::Range<usize>) {
    for number in numbers {
        let record = |key| NewRecord { key: format!("key-{key}"), bytes: number.to_string().into_bytes() };
        streams.publish("orders", (0..KEYS).map(record).collect()).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_or_reordered_while_shards_are_split_and_merged() {
    let client = client();
    let settings = settings(&client, &[("orders", 2)]).await;
    let name = settings.streams["orders"].clone();
    let publisher = KinesisStreams::new(client.clone(), settings.clone()).unwrap();
    let checkpoints = MemoryStreams::new([("none", 1)], || Timestamp::from_seconds(0));
    let streams = KinesisStreams::new(client.clone(), settings).unwrap();
    let reading = Arc::new(Reading { streams, checkpoints, seen: Mutex::default() });
    let running = tokio::spawn(run(Arc::clone(&reading), 200 * KEYS));

    publish(&publisher, 0..50).await;
    let split = publisher.shards("orders").await.unwrap()[0].id.clone();
    let half = (1_u128 << 126).to_string();
    client
        .split_shard()
        .stream_name(&name)
        .shard_to_split(&split)
        .new_starting_hash_key(half)
        .send()
        .await
        .unwrap();
    publish(&publisher, 50..100).await;
    until_active(&client, &name).await;
    let shards = publisher.shards("orders").await.unwrap();
    let children: Vec<_> = shards.iter().filter(|shard| shard.parents == [split.clone()]).collect();
    assert_eq!(children.len(), 2, "{shards:?}");
    publish(&publisher, 100..150).await;
    let merge = client.merge_shards().stream_name(&name).shard_to_merge(&children[0].id);
    merge.adjacent_shard_to_merge(&children[1].id).send().await.unwrap();
    publish(&publisher, 150..200).await;
    until_active(&client, &name).await;
    let shards = publisher.shards("orders").await.unwrap();
    assert!(shards.iter().any(|shard| shard.parents.len() == 2), "{shards:?}");

    tokio::time::timeout(Duration::from_secs(60), running).await.expect("everything is read").unwrap();
    let seen = reading.seen.lock().unwrap();
    let expected: Vec<_> = (0..200).collect();
    assert!(seen.of_key.len() == KEYS && seen.of_key.values().all(|numbers| *numbers == expected));
    assert_eq!(seen.finished.len(), 3, "the split one and the merged two are finished: {:?}", seen.finished);
}
