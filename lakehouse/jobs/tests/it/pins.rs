//! Versions that stay.

use std::time::Duration;

use weir_jobs::{JobOptions, MaintainSettings, Report, pin, pins, run_job, unpin};
use weir_tables::{LakeTable, TableName};

use crate::events::transactions;
use crate::home::Home;
use crate::{commit, silver};

const TABLE: TableName = TableName::SilverTransactions;

/// Maintains a lake as if its retention had passed.
async fn maintain(home: &Home) -> anyhow::Result<Report> {
    let maintain = MaintainSettings { retention: Duration::ZERO, ..MaintainSettings::default() };
    let options = JobOptions { maintain, ..JobOptions::default() };
    Ok(run_job(&home.lake, "maintain", &options, &mut |_| ()).await?.report)
}

/// Three files of one date and more, which compaction makes one.
async fn filled() -> Home {
    let home = Home::new();
    for round in 0..3 {
        home.land("transactions", "0", &transactions(round * 3 + 1..=round * 3 + 3));
        commit(&home).await;
        silver(&home).await;
    }
    home
}

async fn newest(home: &Home) -> u64 {
    LakeTable::open(&home.lake, TABLE).await.unwrap().unwrap().version()
}

async fn rows(home: &Home, version: u64) -> anyhow::Result<String> {
    // A plain count is answered from the log.
    let query =
        format!("SELECT count(DISTINCT transaction_id) FROM at_version('silver.transactions', {version})");
    let text = home.answer(&query, weir_sql::Format::Csv).await?;
    Ok(text.lines().nth(1).unwrap_or_default().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pinned_version_outlives_its_retention_and_another_does_not() {
    let home = filled().await;
    let last = newest(&home).await;
    let held = pin(&home.lake, TABLE, Some(last - 1), "model-7", "trained from it").await.unwrap();
    assert_eq!((held.version, held.who.as_str()), (last - 1, "model-7"));
    assert_eq!(pins(&home.lake).await.unwrap(), [held]);
    let report = maintain(&home).await.unwrap();
    let told =
        format!("silver.transactions: version {} stays: pinned by `model-7`, trained from it", last - 1);
    assert!(report.notes.contains(&told), "{:?}", report.notes);
    assert_eq!(rows(&home, last - 1).await.unwrap(), "6");
    rows(&home, last).await.unwrap_err();
    let oldest =
        report.notes.iter().find(|note| note.starts_with("silver.transactions: ") && note.contains("oldest"));
    assert!(
        oldest.unwrap().contains(&format!("version {} is the oldest that can be read", last + 1)),
        "{oldest:?}"
    );

    assert!(unpin(&home.lake, TABLE, last - 1, "model-7").await.unwrap());
    assert!(!unpin(&home.lake, TABLE, last - 1, "model-7").await.unwrap());
    maintain(&home).await.unwrap();
    rows(&home, last - 1).await.unwrap_err();
    assert_eq!(home.ask("SELECT count(*) FROM silver.transactions").await, "9");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_cannot_be_pinned_and_a_broken_pin_stops_the_upkeep() {
    let home = filled().await;
    let last = newest(&home).await;
    maintain(&home).await.unwrap();
    let gone = pin(&home.lake, TABLE, Some(last), "late", "").await.unwrap_err();
    assert!(format!("{gone:#}").contains("can no longer be read"), "{gone:#}");
    for (version, who) in [(Some(900), "early"), (None, "a/b"), (None, ""), (None, "..")] {
        pin(&home.lake, TABLE, version, who, "").await.unwrap_err();
    }
    assert_eq!(pins(&home.lake).await.unwrap(), []);
    home.write("pins/silver.transactions/7/x.json", "{");
    let refused = maintain(&home).await.unwrap_err();
    assert!(format!("{refused:#}").contains("is no pin"), "{refused:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_may_hold_one_version() {
    let home = filled().await;
    let version = newest(&home).await;
    for who in ["one", "other"] {
        pin(&home.lake, TABLE, None, who, "compared").await.unwrap();
    }
    unpin(&home.lake, TABLE, version, "one").await.unwrap();
    maintain(&home).await.unwrap();
    assert_eq!(rows(&home, version).await.unwrap(), "9");
}
