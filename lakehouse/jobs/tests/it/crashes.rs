//! A run may stop anywhere.

use weir_jobs::FaultPoint;

use crate::events::{decision, effect, transactions};
use crate::home::Home;
use crate::{commit, commit_up_to};

const POINTS: [FaultPoint; 5] = [
    FaultPoint::AfterPlan,
    FaultPoint::AfterDataFiles,
    FaultPoint::AfterDeltaCommit,
    FaultPoint::BeforeCleanup,
    FaultPoint::DuringCleanup,
];

#[tokio::test]
async fn the_next_run_finishes_what_a_crash_left() {
    for point in POINTS {
        let home = Home::new();
        home.land("transactions", "0", &transactions(1..=10));
        home.land("transactions", "0", &transactions(11..=20));
        commit_up_to(&home, point).await;
        home.land("transactions", "0", &transactions(11..=25));
        home.land("transactions", "0", &transactions(26..=30));
        commit(&home).await;
        let positions = "SELECT count(*), count(DISTINCT sequence) FROM bronze.transactions";
        assert_eq!(home.ask(positions).await, "30,30", "{}", point.name());
        assert_eq!(home.landed("transactions"), 0, "{}", point.name());
    }
}

#[tokio::test]
async fn a_crash_at_the_same_point_again_and_again_loses_nothing() {
    for point in POINTS {
        let home = Home::new();
        for round in 0..2 {
            home.land("transactions", "0", &transactions(round * 5 + 1..=round * 5 + 5));
            commit_up_to(&home, point).await;
        }
        commit(&home).await;
        let positions = "SELECT count(*), count(DISTINCT sequence) FROM bronze.transactions";
        assert_eq!(home.ask(positions).await, "10,10", "{}", point.name());
    }
}

#[tokio::test]
async fn a_crash_between_the_two_tables_of_a_plan_is_finished() {
    let home = Home::new();
    let entries = [(1, 1, decision("order-1", 5, &[Some(1.0), None])), (2, 2, effect("order-1", 9, 2))];
    home.land("decisions", "0", &entries);
    commit_up_to(&home, FaultPoint::AfterDeltaCommit).await;
    assert_eq!(home.ask("SELECT count(*) FROM silver.decisions").await, "1");
    assert_eq!(home.ask("SELECT count(*) FROM silver.label_effects").await, "0");
    commit(&home).await;
    assert_eq!(home.ask("SELECT count(*) FROM silver.decisions").await, "1");
    assert_eq!(home.ask("SELECT count(*) FROM silver.label_effects").await, "1");
    assert_eq!(home.landed("decisions"), 0);
}

#[tokio::test]
async fn a_plan_that_a_power_failure_left_empty_is_made_again() {
    let home = Home::new();
    home.land("transactions", "0", &transactions(1..=5));
    commit_up_to(&home, FaultPoint::AfterPlan).await;
    home.empty_plan("bronze.transactions", 1);
    commit(&home).await;
    assert_eq!(home.ask("SELECT count(*), count(DISTINCT sequence) FROM bronze.transactions").await, "5,5");
}
