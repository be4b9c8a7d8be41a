//! A disk that is full in the middle of a command, and has space again later.

use weir_jobs::Fault;

use crate::home::{Home, rows};
use crate::watched::Watched;

/// Files that a run may write before the disk is full: more and more until the run ends well.
fn rooms() -> impl Iterator<Item = i64> {
    std::iter::successors(Some(0), |room| Some(room + 1 + room / 3)).take_while(|room| *room < 1_000)
}

/// Whether a run failed since the disk was full, and not of something else.
fn is_full(error: &anyhow::Error) -> bool {
    let text = format!("{error:#} {error:?}");
    text.contains("storage") || text.contains("StorageFull") || text.contains("space")
}

/// Tables can be read whatever a run left, and hold each transaction once.
async fn is_readable(home: &Home, table: &str) {
    let twice = format!("SELECT count(*) - count(DISTINCT transaction_id) FROM {table}");
    assert_eq!(home.ask(&twice).await, "0");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_on_a_full_disk_fails_and_goes_on_when_there_is_space() {
    let store = Watched::new();
    let home = Home::remote(&store);
    home.import("first.csv", rows(0..50)).await.unwrap();
    let mut failures = 0;
    for room in rooms() {
        store.set_room(room);
        let done = home.import("a.csv", rows(50..450)).await;
        store.set_room(i64::MAX);
        is_readable(&home, "silver.transactions").await;
        match done {
            Ok(_) => break,
            Err(error) => assert!(is_full(&error), "{error:#}"),
        }
        failures += 1;
    }
    assert!(failures > 3, "the disk was full {failures} times");
    assert!(home.import("a.csv", rows(50..450)).await.unwrap().is_repeated);
    home.settle().await;
    let counts = "SELECT count(*), count(DISTINCT transaction_id) FROM silver.transactions";
    assert_eq!(home.ask(counts).await, "450,450");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_star_on_a_full_disk_fails_and_is_whole_when_there_is_space() {
    let store = Watched::new();
    let home = Home::remote(&store);
    home.import("a.csv", rows(0..100)).await.unwrap();
    home.settle().await;
    home.import("b.csv", rows(100..200)).await.unwrap();
    let failures = until_done(&home, &store, "star", "gold.fact_transactions").await;
    assert!(failures > 5, "the disk was full {failures} times");
    home.settle().await;
    assert_eq!(home.ask("SELECT count(*) FROM gold.fact_transactions").await, "200");
}

#[tokio::test(flavor = "multi_thread")]
async fn upkeep_on_a_full_disk_fails_and_loses_nothing() {
    let store = Watched::new();
    let home = Home::remote(&store);
    for numbers in [0..100, 100..200, 200..300] {
        home.import(&format!("{}.csv", numbers.start), rows(numbers)).await.unwrap();
    }
    home.settle().await;
    let failures = until_done(&home, &store, "maintain", "silver.transactions").await;
    assert!(failures > 5, "the disk was full {failures} times");
    home.settle().await;
    assert_eq!(home.ask("SELECT count(*) FROM silver.transactions").await, "300");
}

/// Runs a job with room for more and more files; how often the disk was full.
async fn until_done(home: &Home, store: &Watched, job: &str, table: &str) -> u64 {
    let mut failures = 0;
    for room in rooms() {
        store.set_room(room);
        let done = home.job(job, Fault::None).await;
        store.set_room(i64::MAX);
        is_readable(home, table).await;
        match done {
            Ok(_) => return failures,
            Err(error) => assert!(is_full(&error), "{error:#}"),
        }
        failures += 1;
    }
    failures
}
