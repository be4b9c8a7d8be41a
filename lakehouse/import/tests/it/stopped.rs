//! An import or job may stop anywhere.

use weir_jobs::{Fault, FaultPoint};

use crate::home::{Home, rows};

#[tokio::test(flavor = "multi_thread")]
async fn an_import_goes_on_where_it_was_stopped() {
    for point in
        [FaultPoint::AfterImportFiles, FaultPoint::AfterImportTransactions, FaultPoint::AfterImportLabels]
    {
        let home = Home::new();
        let stopped = home.import_up_to("a.csv", rows(0..450), Fault::Error(point)).await.unwrap_err();
        assert!(format!("{stopped:#}").contains(point.name()), "{stopped:#}");
        home.settle().await;
        let rest = home.import("a.csv", rows(0..450)).await.unwrap();
        assert!(!rest.is_repeated, "{}", point.name());
        home.settle().await;
        let counts = "SELECT count(*), count(DISTINCT transaction_id) FROM silver.transactions";
        assert_eq!(home.ask(counts).await, "450,450", "{}", point.name());
        assert_eq!(home.ask(&counts.replace("transactions", "labels")).await, "450,450", "{}", point.name());
        assert!(home.import("a.csv", rows(0..450)).await.unwrap().is_repeated);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_star_is_whole_after_the_next_run() {
    for point in [FaultPoint::AfterStarFiles, FaultPoint::AfterStarDimensions, FaultPoint::AfterStarFacts] {
        let home = Home::new();
        home.import("a.csv", rows(0..100)).await.unwrap();
        home.settle().await;
        home.import("b.csv", rows(100..150)).await.unwrap();
        home.job("star", Fault::Error(point)).await.unwrap_err();
        home.settle().await;
        assert_eq!(home.ask("SELECT count(*) FROM gold.fact_transactions").await, "150", "{}", point.name());
        let failed = "SELECT count(*) FROM system.job_runs WHERE job = 'star' AND status = 'failed' AND error LIKE '%stopped at%'";
        assert_eq!(home.ask(failed).await, "1");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_maintained_stays_whole() {
    let home = Home::new();
    home.import("a.csv", rows(0..150)).await.unwrap();
    home.import("b.csv", rows(150..300)).await.unwrap();
    home.settle().await;
    home.job("maintain", Fault::Error(FaultPoint::AfterMaintainFiles)).await.unwrap_err();
    home.settle().await;
    home.job("maintain", Fault::None).await.unwrap();
    home.settle().await;
    assert_eq!(home.ask("SELECT count(*) FROM silver.transactions").await, "300");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_runs_at_once_one_works_and_the_other_is_told() {
    let home = Home::new();
    home.import("a.csv", rows(0..200)).await.unwrap();
    let (one, other) = tokio::join!(home.job("star", Fault::None), home.job("star", Fault::None));
    let told =
        [&one, &other].into_iter().filter_map(|run| run.as_ref().err()).map(|error| format!("{error:#}"));
    let told = told.collect::<Vec<_>>();
    assert!(told.len() <= 1, "{told:?}");
    assert!(told.iter().all(|text| text.contains("another run") || text.contains("holds")), "{told:?}");
    home.settle().await;
}
