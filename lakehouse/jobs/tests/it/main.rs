//! The jobs over a lake in a folder of its own.

#![expect(clippy::unwrap_used, reason = "a test that cannot set up its world has failed")]

mod crashes;
mod decisions;
mod deliveries;
mod events;
mod home;
mod leases;
mod numbers;
mod pins;
mod pruning;
mod queries;
mod reconcile;
mod refold;
mod shipped;
mod shop;
mod silver;

use weir_jobs::commit::{CommitMetrics, CommitSettings};
use weir_jobs::silver::{SilverMetrics, SilverSettings};
use weir_jobs::{Fault, FaultPoint};

use home::Home;

async fn commit(home: &Home) -> CommitMetrics {
    weir_jobs::commit::run(&home.lake, &settings(Fault::None)).await.unwrap()
}

async fn silver(home: &Home) -> SilverMetrics {
    weir_jobs::silver::run(&home.lake, &SilverSettings::default()).await.unwrap()
}

fn settings(fault: Fault) -> CommitSettings {
    let feature_names = vec!["customer_count_1h".to_owned(), "customer_mean_amount_7d".to_owned()];
    CommitSettings { fault, feature_names, ..CommitSettings::default() }
}

/// Runs `commit` and has it stop at a point.
async fn commit_up_to(home: &Home, point: FaultPoint) {
    let error = weir_jobs::commit::run(&home.lake, &settings(Fault::Error(point))).await.unwrap_err();
    assert!(format!("{error:#}").contains(point.name()), "{error:#}");
}
