//! One transaction, decided while its sender waits.

use std::sync::{Arc, Mutex};

use weir_events::{Decision, LabelEffect, Outcome};
use weir_score::{BatchResult, Context, Kind, Observer, ScoreError, decide, handle_transactions};

use crate::support::{Deployment, order, raw};

#[tokio::test]
async fn the_answer_is_the_committed_decision_and_the_stream_finds_it_done() {
    let deployment = Deployment::new();
    let context = deployment.context();
    let record = deployment.record(1, order("order-1", "customer-1", "shop", 9, 500_000)).await;
    let answer = decide(&context, record.clone()).await.unwrap();
    assert!(!answer.repeated);
    assert_eq!(answer.decision.outcome, Outcome::Decline);
    assert_eq!(deployment.decision("order-1").await, Some(answer.decision.clone()));
    assert_eq!(handle_transactions(std::slice::from_ref(&record), &context).await, BatchResult::default());
    assert_eq!(deployment.outbox().await.0.len(), 1);
    assert_eq!(deployment.dead_letter_records().await, 0);
    // Asked again for the very same record, it is still no repeat by the sender.
    assert_eq!(decide(&context, record).await.unwrap(), answer);
}

#[tokio::test]
async fn the_same_content_at_another_position_gets_the_first_decision() {
    let deployment = Deployment::new();
    let context = deployment.context();
    let placed = order("order-1", "customer-1", "shop", 9, 5_000);
    let first = decide(&context, deployment.record(1, placed.clone()).await).await.unwrap();
    let second = decide(&context, deployment.record(2, placed).await).await.unwrap();
    assert!(second.repeated);
    assert_eq!(second.decision, first.decision);
}

#[tokio::test]
async fn other_content_under_the_same_id_is_refused_with_the_first_decision() {
    let deployment = Deployment::new();
    let context = deployment.context();
    let record = deployment.record(1, order("order-1", "customer-1", "shop", 9, 5_000)).await;
    let first = decide(&context, record).await.unwrap();
    let other = deployment.record(2, order("order-1", "customer-1", "shop", 9, 6_000)).await;
    let error = decide(&context, other).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Conflict);
    let ScoreError::IdReused { first: stands } = error else { panic!("{error}") };
    assert_eq!(*stands, first.decision);
}

#[tokio::test]
async fn what_is_no_transaction_is_refused() {
    let deployment = Deployment::new();
    let error = decide(&deployment.context(), raw("transactions", 1, "", b"[]".to_vec())).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Poison);
}

#[derive(Default)]
struct Watching(Mutex<Vec<String>>);

impl Observer for Watching {
    fn committed(&self, decisions: &[&Decision], _effects: &[LabelEffect]) {
        let ids = decisions.iter().map(|decision| decision.transaction_id.clone());
        self.0.lock().unwrap().extend(ids);
    }
}

#[tokio::test]
async fn an_observer_is_told_of_each_commit_once() {
    let deployment = Deployment::new();
    let watching = Arc::new(Watching::default());
    let mut parts = deployment.parts();
    parts.observer = Some(Arc::clone(&watching) as Arc<dyn Observer>);
    let context = Context::new(parts);
    let record = deployment.record(1, order("order-1", "customer-1", "shop", 9, 5_000)).await;
    for _ in 0..2 {
        decide(&context, record.clone()).await.unwrap();
    }
    assert_eq!(*watching.0.lock().unwrap(), ["order-1"]);
}
