//! Publishes and reads records of 1 KB and prints what it took.
//!
//! `AWS_ENDPOINT_URL_KINESIS=http://127.0.0.1:4566 cargo run --release -p weir-streams-kinesis --features services
//! --example kinesis_throughput -- 100000`

#![expect(clippy::print_stdout, reason = "it prints its figures")]

use std::error::Error;
use std::time::{Duration, Instant};

use aws_sdk_kinesis::Client;
use aws_sdk_kinesis::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_kinesis::types::StreamStatus;
use weir_streams::{NewRecord, Streams};
use weir_streams_kinesis::{KinesisSettings, KinesisStreams};

const SHARDS: i32 = 4;
const BATCH: usize = 500;

#[tokio::main(worker_threads = 2)]
async fn main() -> Result<(), Box<dyn Error>> {
    let endpoint = std::env::var("AWS_ENDPOINT_URL_KINESIS")?;
    let count: usize = std::env::args().nth(1).map_or(Ok(100_000), |count| count.parse())?;
    let name = format!("bench-{}", uuid::Uuid::new_v4());
    let client = client(&endpoint);
    client.create_stream().stream_name(&name).shard_count(SHARDS).send().await?;
    until_active(&client, &name).await?;
    let settings =
        KinesisSettings { fetch_records: 5_000, ..KinesisSettings::new([("orders", name.as_str())]) };
    let streams = KinesisStreams::new(client.clone(), settings)?;

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
    println!("{:?}", streams.stats());
    client.delete_stream().stream_name(&name).send().await?;
    Ok(())
}

fn client(endpoint: &str) -> Client {
    let config = aws_sdk_kinesis::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .endpoint_url(endpoint)
        .credentials_provider(Credentials::new("test", "test", None, None, "bench"))
        .http_client(aws_smithy_http_client::Builder::new().build_http());
    Client::from_conf(config.build())
}

async fn until_active(client: &Client, name: &str) -> Result<(), Box<dyn Error>> {
    loop {
        let found = client.describe_stream_summary().stream_name(name).send().await?;
        if found.stream_description_summary.is_some_and(|found| found.stream_status == StreamStatus::Active) {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
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
