//! Silver tables: each event once, the first that arrived.

use weir_jobs::silver::SilverSettings;
use weir_jobs::{Fault, FaultPoint};

use crate::events::{DAY, label, transaction, transactions};
use crate::home::Home;
use crate::{commit, silver};

const ROWS: &str = "SELECT count(*), count(DISTINCT transaction_id) FROM silver.transactions";

#[tokio::test]
async fn each_transaction_is_there_once_with_its_event_date() {
    let home = Home::new();
    home.land("transactions", "0", &transactions(1..=8));
    commit(&home).await;
    let metrics = silver(&home).await;
    assert_eq!(metrics.tables["silver.transactions"].added, 8);
    let dates = "SELECT event_date, count(*) FROM silver.transactions GROUP BY 1 ORDER BY 1";
    assert_eq!(home.ask(dates).await, "1970-01-01,3\n1970-01-02,4\n1970-01-03,1");
    let again = silver(&home).await;
    assert_eq!(again.tables["silver.transactions"].version, None);
    assert_eq!(home.ask(ROWS).await, "8,8");
}

#[tokio::test]
async fn the_first_that_arrived_stays_whatever_is_committed_first() {
    let home = Home::new();
    home.land("transactions", "1", &[(1, 500, transaction("order-1", 3 * DAY, 222))]);
    commit(&home).await;
    silver(&home).await;
    // The same id on another shard, another day and with another amount: it arrived earlier.
    home.land("transactions", "0", &[(1, 400, transaction("order-1", 9 * DAY, 111))]);
    // And once more, later.
    home.land("transactions", "1", &[(2, 600, transaction("order-1", 5 * DAY, 333))]);
    commit(&home).await;
    let metrics = silver(&home).await;
    assert_eq!(metrics.tables["silver.transactions"].replaced, 1);
    let kept = "SELECT transaction_id, amount_minor, event_date, shard FROM silver.transactions";
    assert_eq!(home.ask(kept).await, "order-1,111,1970-01-10,0");
}

#[tokio::test]
async fn rows_that_are_no_events_are_counted_and_passed_over() {
    let home = Home::new();
    let newer = transaction("order-9", 5, 1).replace("\"schema_version\":1", "\"schema_version\":99");
    let records = [
        (1, 1, "{}".to_owned()),
        (2, 1, transaction("order-2", 5, 1)),
        (3, 1, "\u{fffd}".to_owned()),
        (4, 1, newer),
    ];
    home.land("transactions", "0", &records);
    commit(&home).await;
    let metrics = silver(&home).await;
    assert_eq!(metrics.tables["silver.transactions"].undecodable, 3);
    assert_eq!(home.ask(ROWS).await, "1,1");
}

#[tokio::test]
async fn a_label_that_changes_is_another_row_and_a_repeated_one_is_not() {
    let home = Home::new();
    home.land("labels", "0", &[(1, 1, label("order-1", true, DAY)), (2, 1, label("order-1", true, DAY))]);
    commit(&home).await;
    silver(&home).await;
    home.land(
        "labels",
        "0",
        &[(3, 2, label("order-1", true, DAY)), (4, 2, label("order-1", false, 2 * DAY))],
    );
    commit(&home).await;
    silver(&home).await;
    let labels = "SELECT transaction_id, is_fraud, event_date FROM silver.labels ORDER BY known_at";
    assert_eq!(home.ask(labels).await, "order-1,true,1970-01-02\norder-1,false,1970-01-03");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn a_crash_before_the_commit_and_two_runs_at_once_add_nothing_twice() {
    let home = Home::new();
    home.land("transactions", "0", &transactions(1..=40));
    commit(&home).await;
    let stopped =
        SilverSettings { fault: Fault::Error(FaultPoint::AfterSilverFiles), ..SilverSettings::default() };
    weir_jobs::silver::run(&home.lake, &stopped).await.unwrap_err();
    assert_eq!(home.ask(ROWS).await, "0,0");
    let runs = (0..3).map(|_| {
        let lake = home.lake.clone();
        tokio::spawn(async move { weir_jobs::silver::run(&lake, &SilverSettings::default()).await })
    });
    for finished in futures::future::join_all(runs).await {
        finished.unwrap().unwrap();
    }
    silver(&home).await;
    assert_eq!(home.ask(ROWS).await, "40,40");
}

#[tokio::test]
async fn many_small_files_of_a_date_become_one() {
    let home = Home::new();
    let settings = SilverSettings { most_small_files: 3, ..SilverSettings::default() };
    let mut rewritten = 0;
    for sequence in 1..=6 {
        let payload = transaction(&format!("order-{sequence}"), 60, 5);
        home.land("transactions", "0", &[(sequence, 1, payload)]);
        commit(&home).await;
        let metrics = weir_jobs::silver::run(&home.lake, &settings).await.unwrap();
        rewritten += metrics.tables["silver.transactions"].files_rewritten;
    }
    assert_eq!(rewritten, 3);
    assert_eq!(home.ask(ROWS).await, "6,6");
}

#[tokio::test]
async fn bronze_whose_log_is_gone_is_looked_at_once_more() {
    let home = Home::new();
    home.land("transactions", "0", &transactions(1..=10));
    commit(&home).await;
    silver(&home).await;
    for round in 1..4 {
        home.land("transactions", "0", &transactions(round * 10 + 1..=round * 10 + 10));
        commit(&home).await;
    }
    home.forget_log("bronze/transactions").await;
    let small = SilverSettings { group_rows: 5, ..SilverSettings::default() };
    let metrics = weir_jobs::silver::run(&home.lake, &small).await.unwrap();
    assert_eq!(metrics.tables["silver.transactions"].added, 30);
    assert_eq!(metrics.tables["silver.transactions"].repeated, 10);
    assert_eq!(home.ask(ROWS).await, "40,40");
    assert_eq!(silver(&home).await.tables["silver.transactions"].version, None);
}
