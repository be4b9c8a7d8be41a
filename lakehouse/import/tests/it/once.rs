//! Each transaction once, whatever is imported again.

use weir_jobs::Fault;

use crate::home::{HEADER, Home, row, rows};

#[tokio::test(flavor = "multi_thread")]
async fn the_same_file_again_adds_nothing_and_says_so() {
    let home = Home::new();
    let first = home.import("a.csv", rows(0..250)).await.unwrap();
    assert_eq!((first.transactions, first.labels, first.rejected), (250, 250, 0));
    let again = home.import("b.csv", rows(0..250)).await.unwrap();
    assert!(again.is_repeated && again.transactions == 0);
    assert_eq!(
        home.ask("SELECT count(*), count(DISTINCT transaction_id) FROM silver.transactions").await,
        "250,250"
    );
    assert_eq!(
        home.ask("SELECT sum(transactions_added), sum(labels_added) FROM bronze.imports").await,
        "250,250"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_overlaps_adds_what_is_new() {
    let home = Home::new();
    home.import("a.csv", rows(0..250)).await.unwrap();
    let more = home.import("b.csv", rows(200..300)).await.unwrap();
    assert_eq!((more.transactions, more.repeated, more.labels), (50, 50, 50));
    home.settle().await;
    let facts = "SELECT count(*), sum(amount_minor), count(is_fraud) FROM gold.fact_transactions";
    let sum = (0..300_i64).map(|number| number * 100 + 25).sum::<i64>();
    assert_eq!(home.ask(facts).await, format!("300,{sum},300"));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_personal_is_stored_readable() {
    let home = Home::new();
    home.import("a.csv", rows(0..50)).await.unwrap();
    let keys = home.ask("SELECT DISTINCT customer_key FROM silver.transactions").await;
    assert_eq!(keys.lines().count(), 7);
    assert!(keys.lines().all(|key| key.starts_with("cus_1_")), "{keys}");
    assert_eq!(
        home.ask("SELECT count(*) FROM silver.transactions WHERE sealed_ciphertext IS NULL").await,
        "0"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn late_rows_repair_their_dates_and_what_these_spread_to() {
    let home = Home::new();
    let line = |rows: &[String]| format!("{HEADER}\n{}", rows.join("\n"));
    let early = [row(1, 1, 5, "North"), row(3, 3, 5, "North"), row(5, 5, 5, "South"), row(7, 7, 5, "South")];
    let other = [row(1, 101, 6, "East"), row(3, 103, 6, "East"), row(9, 109, 6, "East")];
    home.import("a.csv", line(&[early.to_vec(), other.to_vec()].concat())).await.unwrap();
    home.settle().await;
    // The customer was in the West between the first and the third day: from then on the fact of the third day points
    // to another version. That of the fifth, with which another version begins as before, is looked at, that of the
    // seventh is not.
    home.import("b.csv", line(&[row(2, 2, 5, "West")])).await.unwrap();
    let report = home.job("star", Fault::None).await.unwrap();
    assert_eq!(report.dates.iter().collect::<Vec<_>>(), ["2024-01-02", "2024-01-03", "2024-01-05"]);
    home.settle().await;
    let versions = "SELECT location, to_char(valid_from, '%d'), to_char(valid_to, '%d') FROM gold.dim_customers ORDER BY customer_key, valid_from";
    let repaired = home.ask(versions).await;
    let anew = Home::new();
    let all = [early.to_vec(), other.to_vec(), vec![row(2, 2, 5, "West")]].concat();
    anew.import("a.csv", line(&all)).await.unwrap();
    anew.settle().await;
    let mut expected = anew.ask(versions).await.lines().map(str::to_owned).collect::<Vec<_>>();
    let mut found = repaired.lines().map(str::to_owned).collect::<Vec<_>>();
    // Keys differ between two keyrings, so does the order of customers.
    expected.sort();
    found.sort();
    assert_eq!(found, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_label_repairs_the_date_of_its_transaction() {
    let home = Home::new();
    home.import("a.csv", rows(0..100)).await.unwrap();
    home.settle().await;
    let label = r#"{"label":{"transaction_id":"t-42","is_fraud":true,"known_at":"2024-03-01T00:00:00Z"}}"#;
    home.import("labels.ndjson", label).await.unwrap();
    let report = home.job("star", Fault::None).await.unwrap();
    assert_eq!(report.dates.iter().collect::<Vec<_>>(), ["2024-01-03"]);
    home.settle().await;
    assert_eq!(
        home.ask("SELECT is_fraud FROM gold.fact_transactions WHERE transaction_id = 't-42'").await,
        "true"
    );
    let known = "SELECT is_fraud FROM silver.labelled_transactions WHERE transaction_id = 't-42' \
        AND known_from <= TIMESTAMP 'MOMENT' AND (known_until IS NULL OR known_until > TIMESTAMP 'MOMENT')";
    let at = async |moment: &str| home.ask(&known.replace("MOMENT", moment)).await;
    assert_eq!(at("2024-01-04T00:00:00Z").await, "\"\"");
    assert_eq!(at("2024-02-01T00:00:00Z").await, "false");
    assert_eq!(at("2024-03-02T00:00:00Z").await, "true");
    assert_eq!(home.ask("SELECT sum(frauds) FROM gold.daily_metrics").await, "6");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_without_news_changes_nothing() {
    let home = Home::new();
    home.import("a.csv", rows(0..100)).await.unwrap();
    home.settle().await;
    home.job("maintain", Fault::None).await.unwrap();
    for job in ["label", "star", "metrics"] {
        let report = home.job(job, Fault::None).await.unwrap();
        assert!(report.dates.is_empty() && report.versions_written.is_empty(), "{job}: {report:?}");
    }
    home.settle().await;
}
