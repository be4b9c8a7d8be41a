//! Each position once, however it was delivered.

use weir_jobs::commit::CommitSettings;
use weir_landing::Limits;

use crate::events::transactions;
use crate::home::Home;
use crate::{commit, settings};
use weir_jobs::Fault;

const POSITIONS: &str = "SELECT count(*), count(DISTINCT shard || '/' || sequence) FROM bronze.transactions";

#[tokio::test]
async fn nothing_landed_is_no_plan_and_no_rows() {
    let home = Home::new();
    let metrics = commit(&home).await;
    assert_eq!((metrics.plans, metrics.total_rows()), (0, 0));
    assert_eq!(home.plans("bronze.transactions"), 0);
    assert_eq!(home.ask(POSITIONS).await, "0,0");
}

#[tokio::test]
async fn overlapping_deliveries_are_committed_once_and_cleaned_up() {
    let home = Home::new();
    home.land("transactions", "0", &transactions(1..=10));
    home.land("transactions", "0", &transactions(5..=14));
    home.land("transactions", "1", &transactions(1..=3));
    let metrics = commit(&home).await;
    assert_eq!(metrics.rows["bronze.transactions"], 17);
    assert_eq!(home.ask(POSITIONS).await, "17,17");
    assert_eq!(home.landed("transactions"), 0);

    home.land("transactions", "0", &transactions(1..=10));
    home.land("transactions", "0", &transactions(11..=20));
    commit(&home).await;
    commit(&home).await;
    assert_eq!(home.ask(POSITIONS).await, "23,23");
    assert_eq!(home.landed("transactions"), 0);
}

#[tokio::test]
async fn a_backlog_is_committed_in_plans_of_bounded_size_and_old_plans_go() {
    let home = Home::new();
    for start in 0..5 {
        home.land("transactions", "0", &transactions(start * 10 + 1..=start * 10 + 10));
    }
    let limits = Limits { files: 1, bytes: 1 << 20 };
    let bounded = CommitSettings { limits, kept_plans: 2, ..settings(Fault::None) };
    let metrics = weir_jobs::commit::run(&home.lake, &bounded).await.unwrap();
    assert_eq!(metrics.plans, 5);
    assert_eq!(home.ask(POSITIONS).await, "50,50");
    assert_eq!(home.plans("bronze.transactions"), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn two_runs_at_once_commit_each_position_once() {
    let home = Home::new();
    for round in 0..4 {
        home.land("transactions", "0", &transactions(round * 20 + 1..=round * 20 + 20));
        let runs = (0..3).map(|_| {
            let lake = home.lake.clone();
            tokio::spawn(async move { weir_jobs::commit::run(&lake, &settings(Fault::None)).await })
        });
        for finished in futures::future::join_all(runs).await {
            finished.unwrap().unwrap();
        }
    }
    commit(&home).await;
    assert_eq!(home.ask(POSITIONS).await, "80,80");
    assert_eq!(home.landed("transactions"), 0);
}
