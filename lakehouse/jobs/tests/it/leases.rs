//! One run of a job at a time, and runs that are asked to stop.

use tokio::sync::watch;
use weir_jobs::{JobOptions, Lease, Stopped, run_job};

use crate::events::transactions;
use crate::home::Home;
use crate::{commit, silver};

const RUNS: &str = "SELECT count(*) FROM system.job_runs WHERE job = 'star'";

async fn filled() -> Home {
    let home = Home::new();
    home.land("transactions", "0", &transactions(1..=4));
    commit(&home).await;
    silver(&home).await;
    home
}

async fn star(home: &Home, options: &JobOptions) -> anyhow::Result<usize> {
    let outcome = run_job(&home.lake, "star", options, &mut |_| ()).await?;
    Ok(outcome.report.dates.len())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_another_run_has_is_told_who() {
    let home = filled().await;
    let lease = Lease::take(&home.lake, "star/changed", "the-first").await.unwrap();
    let told = format!("{:#}", star(&home, &JobOptions::default()).await.unwrap_err());
    assert!(told.contains("`the-first`") && told.contains(&std::process::id().to_string()), "{told}");
    // Another job is not held up.
    run_job(&home.lake, "label", &JobOptions::default(), &mut |_| ()).await.unwrap();
    lease.release().await.unwrap();
    assert_eq!(star(&home, &JobOptions::default()).await.unwrap(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lease_of_a_process_that_is_gone_is_taken_over() {
    let home = filled().await;
    let lease = Lease::take(&home.lake, "star/changed", "the-first").await.unwrap();
    let path = "leases/star/changed/0000000000.json";
    let mut held: serde_json::Value = serde_json::from_str(&home.read(path)).unwrap();
    held["process"] = 0.into();
    home.write(path, &held.to_string());
    assert_eq!(star(&home, &JobOptions::default()).await.unwrap(), 2);
    drop(lease);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_is_asked_to_stop_leaves_neither_a_row_nor_its_lease() {
    let home = filled().await;
    let (ask, asked) = watch::channel(true);
    let options = JobOptions { stop: Some(asked), ..JobOptions::default() };
    let stopped = star(&home, &options).await.unwrap_err();
    assert!(stopped.is::<Stopped>(), "{stopped:#}");
    ask.send_replace(false);
    assert_eq!(star(&home, &options).await.unwrap(), 2);
    assert_eq!(home.ask(RUNS).await, "1");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quiet_run_that_finds_nothing_to_do_leaves_no_row() {
    let home = filled().await;
    let quiet = JobOptions { is_quiet: true, ..JobOptions::default() };
    for _ in 0..3 {
        star(&home, &quiet).await.unwrap();
    }
    assert_eq!(home.ask(RUNS).await, "1");
}
