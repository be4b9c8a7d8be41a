//! Publishes and reads records of 1 KB and prints what it took.
//!
//! `KAFKA_BOOTSTRAP=127.0.0.1:9092 cargo run --release -p weir-streams-kafka --features services --example kafka_throughput -- 100000`
//!
//! Properties of librdkafka may follow, as `security.protocol=SASL_SSL`.

#![expect(clippy::print_stdout, reason = "it prints its figures")]

use std::collections::BTreeMap;
use std::error::Error;
use std::time::{Duration, Instant};

use rdkafka::ClientConfig;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::client::DefaultClientContext;
use weir_streams::{NewRecord, Streams};
use weir_streams_kafka::{KafkaSettings, KafkaStreams};

const PARTITIONS: i32 = 4;
const BATCH: usize = 500;

#[tokio::main(worker_threads = 2)]
async fn main() -> Result<(), Box<dyn Error>> {
    let bootstrap = std::env::var("KAFKA_BOOTSTRAP")?;
    let count: usize = std::env::args().nth(1).map_or(Ok(100_000), |count| count.parse())?;
    let topic = format!("bench-{}", uuid::Uuid::new_v4());
    let properties: BTreeMap<_, _> = std::env::args()
        .skip(2)
        .filter_map(|property| {
            property.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()))
        })
        .collect();
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", &bootstrap).extend(properties.clone());
    let admin: AdminClient<DefaultClientContext> = config.create()?;
    let new = NewTopic::new(&topic, PARTITIONS, TopicReplication::Fixed(1));
    admin.create_topics([&new], &AdminOptions::new()).await?;
    tokio::time::sleep(Duration::from_millis(500)).await;
    let settings = KafkaSettings::new(&bootstrap, [("orders", topic.as_str())]);
    let streams = KafkaStreams::open(KafkaSettings { properties, ..settings })?;

    let (begun, used) = (Instant::now(), processor_time()?);
    for batch in 0..count / BATCH {
        let record = |index: usize| NewRecord {
            key: format!("key-{}", (batch * BATCH + index) % 5_000),
            bytes: vec![b'x'; 1_000],
        };
        streams.publish("orders", (0..BATCH).map(record).collect()).await?;
    }
    tell("published", count, begun, processor_time()? - used);

    let (begun, used) = (Instant::now(), processor_time()?);
    let mut read = 0;
    for shard in streams.shards("orders").await? {
        let mut after = None;
        loop {
            let records = streams.read("orders", &shard.id, after.as_ref(), BATCH, Duration::ZERO).await?;
            let Some(last) = records.last() else { break };
            after = Some(last.position.sequence.clone());
            read += records.len();
        }
    }
    tell("read", read, begun, processor_time()? - used);
    admin.delete_topics(&[&topic], &AdminOptions::new()).await?;
    Ok(())
}

fn tell(what: &str, count: usize, begun: Instant, used: Duration) {
    let (seconds, records) = (begun.elapsed().as_secs_f64(), count as f64);
    let micros = used.as_secs_f64() * 1e6 / records;
    println!("{what} {count}: {:.0} records/s, {micros:.1} µs of processor time a record", records / seconds);
}

/// Processor time of this process, all threads, in steps of 10 ms.
fn processor_time() -> Result<Duration, Box<dyn Error>> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let fields: Vec<_> = stat.rsplit(") ").next().unwrap_or("").split(' ').collect();
    let ticks: u64 = fields[11].parse::<u64>()? + fields[12].parse::<u64>()?;
    Ok(Duration::from_millis(ticks * 10))
}
