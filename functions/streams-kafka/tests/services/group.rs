//! Members of a group come and go while records are published and read.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::task::{JoinHandle, JoinSet};
use weir_streams::{Checkpoints, Kind, NewRecord, Progress, StreamError, Streams};
use weir_streams_kafka::{KafkaGroup, KafkaSettings, KafkaStreams};

use crate::support::settings;

const KEYS: usize = 40;

/// What was read of each key, and whether a record ever came before an earlier one of its key was there.
#[derive(Default)]
struct Seen {
    of_key: BTreeMap<String, BTreeSet<usize>>,
    /// Keys whose record was read before the one in front of it.
    disordered: Vec<(String, usize)>,
}

impl Seen {
    fn take(&mut self, key: &str, number: usize) {
        let of_key = self.of_key.entry(key.to_owned()).or_default();
        if number > 0 && !of_key.contains(&(number - 1)) {
            self.disordered.push((key.to_owned(), number));
        }
        of_key.insert(number);
    }

    fn count(&self) -> usize {
        self.of_key.values().map(BTreeSet::len).sum()
    }
}

/// A member that reads what it is given, as a mapping of the bridge does.
struct Member {
    group: Arc<KafkaGroup>,
    is_stopping: Arc<AtomicBool>,
    task: JoinHandle<()>,
}

impl Member {
    async fn join(settings: &KafkaSettings, seen: &Arc<Mutex<Seen>>) -> Self {
        let streams = KafkaStreams::open(settings.clone()).unwrap();
        let group = Arc::new(streams.group("score", &["orders"]).await.unwrap());
        let is_stopping = Arc::new(AtomicBool::new(false));
        let task = tokio::spawn(run(Arc::clone(&group), Arc::clone(seen), Arc::clone(&is_stopping)));
        Self { group, is_stopping, task }
    }

    async fn shards(&self) -> usize {
        self.group.shards("orders").await.unwrap().len()
    }

    async fn leave(self) {
        self.is_stopping.store(true, Ordering::Relaxed);
        self.task.await.unwrap();
        let Some(group) = Arc::into_inner(self.group) else { panic!("a reader goes on") };
        group.close().await.unwrap();
    }

    /// Ends as a kill would.
    fn kill(self) {
        self.task.abort();
    }
}

async fn run(group: Arc<KafkaGroup>, seen: Arc<Mutex<Seen>>, is_stopping: Arc<AtomicBool>) {
    let (mut readers, mut running) = (JoinSet::new(), BTreeSet::new());
    while !is_stopping.load(Ordering::Relaxed) {
        for shard in group.shards("orders").await.unwrap() {
            if running.insert(shard.id.clone()) {
                readers.spawn(read(
                    Arc::clone(&group),
                    shard.id,
                    Arc::clone(&seen),
                    Arc::clone(&is_stopping),
                ));
            }
        }
        if let Ok(Some(ended)) = tokio::time::timeout(Duration::from_millis(50), readers.join_next()).await {
            running.remove(&ended.unwrap());
        } else {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
    while readers.join_next().await.is_some() {}
}

async fn read(
    group: Arc<KafkaGroup>,
    shard: String,
    seen: Arc<Mutex<Seen>>,
    is_stopping: Arc<AtomicBool>,
) -> String {
    let progress = group.get("score", "orders", &shard).await.unwrap();
    let mut after = progress.as_ref().and_then(Progress::sequence).cloned();
    while !is_stopping.load(Ordering::Relaxed) {
        match group.read("orders", &shard, after.as_ref(), 50, Duration::from_millis(200)).await {
            Ok(records) => {
                for record in &records {
                    let number = String::from_utf8_lossy(&record.bytes).parse().unwrap();
                    seen.lock().unwrap().take(&record.key, number);
                }
                let Some(last) = records.last() else { continue };
                after = Some(last.position.sequence.clone());
                match group.set("score", "orders", &shard, &last.position.sequence).await {
                    Err(StreamError::Moved { .. }) => break,
                    other => other.unwrap(),
                }
            }
            Err(StreamError::Moved { .. }) => break,
            Err(error) if error.kind() == Kind::Retryable => {}
            Err(error) => panic!("{error}"),
        }
    }
    shard
}

async fn until(what: &str, condition: impl AsyncFn() -> bool) {
    let waiting = async {
        while !condition().await {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), waiting).await.unwrap_or_else(|_| panic!("{what}"));
}

async fn publish(streams: &KafkaStreams, numbers: std::ops::Range<usize>) {
    for number in numbers {
        let record = |key| NewRecord { key: format!("key-{key}"), bytes: number.to_string().into_bytes() };
        streams.publish("orders", (0..KEYS).map(record).collect()).await.unwrap();
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_or_reordered_while_members_join_leave_and_die() {
    let mut settings = settings(&[("orders", 6)]).await;
    settings.properties.insert("session.timeout.ms".to_owned(), "6000".to_owned());
    settings.properties.insert("heartbeat.interval.ms".to_owned(), "500".to_owned());
    let (publisher, seen) = (KafkaStreams::open(settings.clone()).unwrap(), Arc::default());
    let first = Member::join(&settings, &seen).await;
    until("the first member reads alone", async || first.shards().await == 6).await;
    publish(&publisher, 0..100).await;
    let second = Member::join(&settings, &seen).await;
    publish(&publisher, 100..200).await;
    until("two members share", async || first.shards().await == 3 && second.shards().await == 3).await;
    publish(&publisher, 200..300).await;
    second.leave().await;
    publish(&publisher, 300..400).await;
    until("the first takes all back", async || first.shards().await == 6).await;
    let third = Member::join(&settings, &seen).await;
    until("the third has its share", async || third.shards().await == 3).await;
    publish(&publisher, 400..500).await;
    third.kill();
    publish(&publisher, 500..600).await;
    let expected = 600 * KEYS;
    until("everything is read", async || seen.lock().unwrap().count() == expected).await;
    assert_eq!(seen.lock().unwrap().disordered, [], "records of a key come in order");
    first.leave().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_static_member_finds_its_partitions_again() {
    let settings = settings(&[("orders", 2)]).await;
    let settings = KafkaSettings { group_instance: Some("machine-1".to_owned()), ..settings };
    let (publisher, seen) = (KafkaStreams::open(settings.clone()).unwrap(), Arc::default());
    let first = Member::join(&settings, &seen).await;
    until("the member reads", async || first.shards().await == 2).await;
    publish(&publisher, 0..20).await;
    until("all is read", async || seen.lock().unwrap().count() == 20 * KEYS).await;
    first.leave().await;
    let again = Member::join(&settings, &seen).await;
    until("it reads again", async || again.shards().await == 2).await;
    publish(&publisher, 20..30).await;
    until("all is read", async || seen.lock().unwrap().count() == 30 * KEYS).await;
    again.leave().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shard_of_another_member_has_moved() {
    let streams = KafkaStreams::open(settings(&[("orders", 2)]).await).unwrap();
    let group = streams.group("score", &["orders"]).await.unwrap();
    until("the group reads", async || group.shards("orders").await.unwrap().len() == 2).await;
    let other = streams.group("score", &["orders"]).await.unwrap();
    until("they share", async || {
        group.shards("orders").await.unwrap().len() == 1 && other.shards("orders").await.unwrap().len() == 1
    })
    .await;
    let theirs = other.shards("orders").await.unwrap().remove(0).id;
    let error = group.read("orders", &theirs, None, 1, Duration::ZERO).await.unwrap_err();
    assert!(matches!(error, StreamError::Moved { .. }) && error.kind() == Kind::Gone, "{error}");
    let sequence = weir_events::Sequence::from(1);
    let error = group.set("score", "orders", &theirs, &sequence).await.unwrap_err();
    assert!(matches!(error, StreamError::Moved { .. }), "{error}");
    let error = group.get("archive", "orders", "0").await.unwrap_err();
    assert_eq!(error.kind(), Kind::Settings, "{error}");
    let error = group.read("orders", "7", None, 1, Duration::ZERO).await.unwrap_err();
    assert!(matches!(error, StreamError::UnknownShard { .. }), "{error}");
}
