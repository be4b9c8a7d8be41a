//! Records that a function has given up: each a document in the lake's object store, as an event-source mapping's
//! on-failure destination keeps it.

use std::sync::Arc;

use async_trait::async_trait;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};
use serde_json::json;
use weir_bridge::{BoxError, GivenUp, OnFailure};
use weir_events::RawRecord;

use crate::clock;

/// Folder of the documents, beside landing and tables.
const FOLDER: &str = "failed";

/// Keeps them as `failed/<consumer>/<stream>/<shard>/<sequence>.json`; the same record again is the same document.
pub(super) struct SetAside(pub(super) Arc<dyn ObjectStore>);

#[async_trait]
impl OnFailure<RawRecord> for SetAside {
    async fn given_up(&self, record: GivenUp<'_, RawRecord>) -> Result<(), BoxError> {
        let RawRecord { position, key, bytes, arrived_at } = record.record;
        let document = json!({
            "version": "1.0",
            "timestamp": clock::now(),
            "condition": "RetryAttemptsExhausted",
            "consumer": record.mapping,
            "tries": record.tries,
            "error": record.error.to_string(),
            "stream": position.stream,
            "shard": record.shard,
            "sequence": record.sequence,
            "arrived_at": arrived_at,
            "key": key,
            // As it was on the stream, where personal data is sealed.
            "payload": String::from_utf8_lossy(bytes),
        });
        let parts =
            [FOLDER, record.mapping, &position.stream, record.shard, &format!("{}.json", record.sequence)];
        let path = Path::from_iter(parts);
        self.0.put(&path, document.to_string().into_bytes().into()).await?;
        tracing::error!(
            stream = position.stream,
            "record `{position}` was given up after {} tries and is kept as `{path}`",
            record.tries
        );
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use object_store::memory::InMemory;
    use weir_events::Position;

    use super::*;

    #[tokio::test]
    async fn a_record_is_kept_with_where_it_stood_and_why() {
        let files: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
        let position =
            Position { stream: "labels".to_owned(), shard: "0".to_owned(), sequence: 7.into(), sub: 0 };
        let record = RawRecord {
            position,
            key: "order-1".to_owned(),
            bytes: b"{}".to_vec(),
            arrived_at: clock::now(),
        };
        let error: BoxError = "the store is away".into();
        for _ in 0..2 {
            let given_up = GivenUp {
                mapping: "score",
                shard: "0",
                sequence: "7",
                record: &record,
                error: &error,
                tries: 3,
            };
            SetAside(Arc::clone(&files)).given_up(given_up).await.unwrap();
        }
        let kept =
            files.get(&Path::from("failed/score/labels/0/7.json")).await.unwrap().bytes().await.unwrap();
        let kept: serde_json::Value = serde_json::from_slice(&kept).unwrap();
        assert_eq!((&kept["tries"], &kept["payload"]), (&json!(3), &json!("{}")));
        assert_eq!(kept["error"], "the store is away");
    }
}
