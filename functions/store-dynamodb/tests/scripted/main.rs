//! The outbox on a stream that does what no service on one machine does: shards that end and are followed by others,
//! iterators that expire, records that are trimmed.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod images;
mod server;

use std::time::Duration;

use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use weir_events::{OutboxEntry, Sequence};
use weir_store::contract::all;
use weir_store::{Kind, Outbox, OutboxRecord, StoreError};
use weir_store_dynamodb::{DynamoSettings, DynamoStore};

use self::images::{decided, decided_with_effect, labelled, removed};
use self::server::{FakeShard, FakeStream, start};

fn store(address: &str) -> DynamoStore {
    let (credentials, region) =
        (Credentials::new("test", "test", None, None, "test"), Region::new("eu-central-1"));
    let http = aws_smithy_http_client::Builder::new().build_http();
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(region.clone())
        .credentials_provider(credentials.clone())
        .http_client(http.clone())
        .endpoint_url(address);
    let streams = aws_sdk_dynamodbstreams::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(region)
        .credentials_provider(credentials)
        .http_client(http)
        .endpoint_url(address);
    let mut settings = DynamoSettings::new("fake-");
    settings.outbox_poll = Duration::from_millis(1);
    DynamoStore::new(
        &aws_sdk_dynamodb::Client::from_conf(config.build()),
        &aws_sdk_dynamodbstreams::Client::from_conf(streams.build()),
        settings,
    )
}

fn shard(id: &str, parent: Option<&str>, first: u64, images: Vec<images::Change>) -> FakeShard {
    FakeShard {
        id: id.to_owned(),
        parent: parent.map(ToOwned::to_owned),
        first,
        changes: images,
        trimmed: 0,
        is_closed: false,
    }
}

fn told(records: &[OutboxRecord]) -> Vec<String> {
    let tell = |record: &OutboxRecord| match record.entry.decode().unwrap() {
        OutboxEntry::Decision(decision) => format!("decision {}", decision.transaction_id),
        OutboxEntry::LabelEffect(effect) => format!("effect {}", effect.transaction_id),
    };
    records.iter().map(tell).collect()
}

async fn read(
    store: &DynamoStore,
    shard: &str,
    after: Option<&Sequence>,
    limit: usize,
) -> Result<Vec<OutboxRecord>, StoreError> {
    store.read(shard, after, limit, Duration::ZERO).await
}

#[tokio::test]
async fn shards_are_followed_from_parent_to_child_and_removals_bring_nothing() {
    let first = vec![decided("a"), labelled("x"), removed("old"), decided_with_effect("b")];
    let parent = FakeShard { is_closed: true, ..shard("shard-1", Some("shard-0"), 100, first) };
    let child = shard("shard-2", Some("shard-1"), 200, vec![decided("c")]);
    let address = start(FakeStream { shards: vec![parent, child], expires_every: 0 }).await;
    let store = store(&address);
    let shards = store.shards().await.unwrap();
    let parents: Vec<&[String]> = shards.iter().map(|shard| shard.parents.as_slice()).collect();
    assert_eq!(parents, [&[][..], &["shard-1".to_owned()][..]], "a parent that is gone is not named");
    let records = all(&store, 4).await;
    assert_eq!(told(&records), ["decision a", "decision b", "effect b", "decision c"]);
    let last = &records[2].sequence;
    let ended = read(&store, "shard-1", Some(last), 10).await;
    assert!(matches!(ended, Err(StoreError::OutboxShardClosed { .. })), "{ended:?}");
    assert!(read(&store, "shard-2", Some(&records[3].sequence), 10).await.unwrap().is_empty());
    let absent = read(&store, "shard-0", None, 10).await;
    assert!(matches!(absent, Err(StoreError::OutboxShardClosed { .. })), "{absent:?}");
}

#[tokio::test]
async fn pages_may_end_between_the_entries_of_one_record() {
    let changes = vec![decided_with_effect("a"), decided_with_effect("b"), decided("c")];
    let address =
        start(FakeStream { shards: vec![shard("shard-1", None, 100, changes)], expires_every: 0 }).await;
    let store = store(&address);
    for size in 1..=5 {
        let mut found: Vec<OutboxRecord> = Vec::new();
        loop {
            let after = found.last().map(|record| record.sequence.clone());
            let page = read(&store, "shard-1", after.as_ref(), size).await.unwrap();
            assert!(page.len() <= size);
            if page.is_empty() {
                break;
            }
            found.extend(page);
        }
        assert_eq!(told(&found), ["decision a", "effect a", "decision b", "effect b", "decision c"]);
        assert!(found.windows(2).all(|pair| pair[0].sequence < pair[1].sequence));
    }
}

#[tokio::test]
async fn iterators_that_expire_lose_nothing_and_repeat_nothing() {
    let changes = (0..40).map(|number| decided(&format!("order-{number:02}"))).collect();
    let address =
        start(FakeStream { shards: vec![shard("shard-1", None, 100, changes)], expires_every: 2 }).await;
    let store = store(&address);
    let mut found: Vec<OutboxRecord> = Vec::new();
    while found.len() < 40 {
        let after = found.last().map(|record| record.sequence.clone());
        found.extend(read(&store, "shard-1", after.as_ref(), 7).await.unwrap());
    }
    let expected: Vec<String> = (0..40).map(|number| format!("decision order-{number:02}")).collect();
    assert_eq!(told(&found), expected);
}

#[tokio::test]
async fn what_was_trimmed_is_told_with_the_place_where_reading_goes_on() {
    let changes = vec![decided("a"), decided("b"), decided("c"), decided("d")];
    let whole = shard("shard-1", None, 100, changes);
    let address = start(FakeStream { shards: vec![whole.clone()], expires_every: 0 }).await;
    let before = all(&store(&address), 4).await;
    let trimmed = FakeShard { trimmed: 2, ..whole };
    let address = start(FakeStream { shards: vec![trimmed], expires_every: 0 }).await;
    let store = store(&address);
    match read(&store, "shard-1", Some(&before[0].sequence), 10).await {
        Err(StoreError::OutboxTrimmed { oldest, after, .. }) => {
            assert_eq!((oldest, after), (Some(before[2].sequence.clone()), before[0].sequence.clone()));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(read(&store, "shard-1", None, 10).await.unwrap(), before[2..]);
    assert_eq!(read(&store, "shard-1", Some(&before[2].sequence), 10).await.unwrap(), before[3..]);
}

#[tokio::test]
async fn a_sequence_of_another_outbox_is_refused() {
    let address =
        start(FakeStream { shards: vec![shard("shard-1", None, 100, Vec::new())], expires_every: 0 }).await;
    let error = read(&store(&address), "shard-1", Some(&Sequence::from(7)), 1).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Internal);
    assert!(error.to_string().contains("checkpoint"), "{error}");
}
