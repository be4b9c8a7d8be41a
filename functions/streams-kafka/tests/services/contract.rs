//! The contract of every stream.

use weir_streams::contract::{Bench, SHARDED, SINGLE, suite};
use weir_streams_kafka::{KafkaSettings, KafkaStreams};

use crate::support::settings;

#[derive(Default)]
struct Kafka(Option<KafkaSettings>);

#[async_trait::async_trait]
impl Bench for Kafka {
    type Adapter = KafkaStreams;

    async fn open(&mut self) -> KafkaStreams {
        let settings = settings(&[(SINGLE, 1), (SHARDED, 4)]).await;
        self.0 = Some(settings.clone());
        KafkaStreams::open(settings).unwrap()
    }

    async fn reopen(&mut self, adapter: KafkaStreams) -> Option<KafkaStreams> {
        drop(adapter);
        self.0.clone().map(|settings| KafkaStreams::open(settings).unwrap())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn kafka_keeps_the_contract() {
    suite(Kafka::default).await.unwrap();
}
