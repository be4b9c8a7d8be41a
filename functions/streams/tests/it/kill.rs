//! A process killed while it publishes: what it was told is there, once, in order.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::time::Duration;

use weir_streams::{LogStreams, NewRecord, Streams};

use crate::contract::noon;
use crate::log::settings;

/// Tells the child where to write.
const HOME: &str = "WEIR_STREAMS_KILL_TEST_HOME";

/// The child: publishes for ever and prints what was acknowledged. Without a home it is not the child.
#[tokio::test(flavor = "multi_thread")]
async fn child_that_publishes_until_it_is_killed() {
    let Ok(home) = std::env::var(HOME) else { return };
    let streams = LogStreams::open(home, settings(), noon).unwrap();
    loop {
        let newest = streams.newest("orders", "0").await.unwrap();
        let from: u64 = newest.map_or(0, |newest| newest.as_str().parse().unwrap());
        let record =
            |number: u64| NewRecord { key: "key".to_owned(), bytes: number.to_string().into_bytes() };
        let positions = streams.publish("orders", (from + 1..from + 8).map(record).collect()).await.unwrap();
        println!("acknowledged {}", positions[6].sequence);
        std::io::stdout().flush().unwrap();
    }
}

#[tokio::test]
async fn nothing_acknowledged_is_lost_by_a_kill() {
    let home = tempfile::tempdir().unwrap();
    let mut acknowledged = 0;
    for round in 0..10 {
        acknowledged = publish_and_kill(home.path(), 20 + round * 13).max(acknowledged);
        let streams = LogStreams::open(home.path(), settings(), noon).unwrap();
        let records = streams.read("orders", "0", None, usize::MAX, Duration::ZERO).await.unwrap();
        let numbers: Vec<u64> =
            records.iter().map(|record| String::from_utf8_lossy(&record.bytes).parse().unwrap()).collect();
        assert!(numbers.len() as u64 >= acknowledged, "{} of {acknowledged}", numbers.len());
        assert_eq!(numbers, (1..=numbers.len() as u64).collect::<Vec<_>>());
    }
    assert!(acknowledged > 100, "the child published");
}

/// Runs the child for a while; answers the last sequence that it was told of.
fn publish_and_kill(home: &std::path::Path, milliseconds: u64) -> u64 {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "kill::child_that_publishes_until_it_is_killed", "--nocapture"])
        .env(HOME, home)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut last = 0;
    let mut take = |line: std::io::Result<String>| {
        let line = line.unwrap();
        let number = line.rsplit_once("acknowledged ").and_then(|(_, number)| number.parse().ok());
        last = number.unwrap_or(last);
        last
    };
    while take(lines.next().unwrap()) == 0 {}
    std::thread::sleep(Duration::from_millis(milliseconds));
    child.kill().unwrap();
    for line in lines {
        take(line);
    }
    child.wait().unwrap();
    last
}
