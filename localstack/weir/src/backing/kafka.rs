//! Kafka: one producer, and a consumer group for each consumer of a stream.

use std::collections::HashMap;
use std::sync::Arc;

use anyhow::{Context, Result};
use async_trait::async_trait;
use tokio::sync::Mutex;
use weir_streams_kafka::{KafkaSettings, KafkaStreams};

use super::checkpoints::InFiles;
use super::{BackingSettings, Reader, Readers, Streaming};
use crate::home::Home;
use crate::system::INPUTS;

/// A group a consumer, which reads every input stream; joined when it is first asked for.
struct Groups {
    streams: Arc<KafkaStreams>,
    open: Mutex<HashMap<String, Reader>>,
}

#[async_trait]
impl Readers for Groups {
    async fn reader(&self, consumer: &str, _stream: &'static str) -> Result<Reader> {
        let mut open = self.open.lock().await;
        if let Some(reader) = open.get(consumer) {
            return Ok(reader.clone());
        }
        let group = Arc::new(self.streams.group(consumer, &INPUTS).await?);
        let reader = Reader { streams: Arc::clone(&group) as _, checkpoints: group };
        open.insert(consumer.to_owned(), reader.clone());
        Ok(reader)
    }
}

/// A name that is the same after a restart on the same home and another on any other: a process that was killed takes
/// its partitions up again at once, instead of when its session has timed out.
fn instance_of(home: &Home) -> String {
    let place = home.root().as_os_str().as_encoded_bytes();
    let mixed = place.iter().fold(0xcbf2_9ce4_8422_2325_u64, |mixed, byte| {
        (mixed ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{mixed:016x}")
}

/// What the adapter is told.
pub(crate) fn kafka_settings(settings: &BackingSettings) -> KafkaSettings {
    let mut properties = settings.kafka.clone();
    let servers = properties.remove("bootstrap.servers").unwrap_or_default();
    let group_instance = properties.remove("group.instance.id");
    KafkaSettings {
        properties,
        group_prefix: settings.prefix().to_owned(),
        group_instance,
        ..KafkaSettings::new(&servers, settings.stream_names())
    }
}

pub(super) fn streams(home: &Home, settings: &BackingSettings) -> Result<Streaming> {
    let mut kafka = kafka_settings(settings);
    kafka.group_instance.get_or_insert_with(|| instance_of(home));
    let streams = Arc::new(KafkaStreams::open(kafka)?);
    let checkpoints = InFiles::open(home.checkpoints()).context("cannot keep checkpoints in the home")?;
    Ok(Streaming {
        streams: Arc::clone(&streams) as _,
        checkpoints: Arc::new(checkpoints),
        readers: Arc::new(Groups { streams, open: Mutex::default() }),
        log: None,
        counted: None,
    })
}
