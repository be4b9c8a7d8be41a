//! Labels meet their transactions.

use weir_events::{EntityKind, LabelEffect};
use weir_score::{BatchResult, Context, handle_labels, handle_transactions};

use crate::support::{Deployment, label, label_record, order, raw};

async fn decide(deployment: &Deployment, context: &Context, id: &str, sequence: u64) {
    let record =
        deployment.record(sequence, order(id, "customer-1", "shop", 60 - sequence as i64, 5_000)).await;
    assert_eq!(handle_transactions(&[record], context).await, BatchResult::default());
}

async fn say(context: &Context, id: &str, is_fraud: bool, known_day: i64) {
    let record = label_record(1, &label(id, is_fraud, known_day));
    assert_eq!(handle_labels(&[record], context).await, BatchResult::default());
}

async fn effects(deployment: &Deployment) -> Vec<(String, u64, bool)> {
    let told = |effect: LabelEffect| {
        assert_eq!(effect.entity.kind, EntityKind::Merchant);
        (effect.transaction_id, effect.ordinal, effect.is_fraud)
    };
    deployment.outbox().await.1.into_iter().map(told).collect()
}

#[tokio::test]
async fn a_label_after_its_decision_takes_an_ordinal_of_its_own() {
    let deployment = Deployment::new();
    let context = deployment.context();
    decide(&deployment, &context, "order-1", 1).await;
    say(&context, "order-1", true, 3).await;
    assert_eq!(effects(&deployment).await, [("order-1".into(), 2, true)]);
    assert!(deployment.label("order-1").await.unwrap().is_fraud);
    decide(&deployment, &context, "order-2", 2).await;
    let ordinals = deployment.decision("order-2").await.unwrap().ordinals;
    let of = |kind| ordinals.iter().find(|read| read.entity.kind == kind).unwrap().ordinal;
    assert_eq!((of(EntityKind::Customer), of(EntityKind::Merchant)), (2, 3));
}

#[tokio::test]
async fn a_label_before_its_transaction_waits_and_is_applied_with_the_decision() {
    let deployment = Deployment::new();
    let context = deployment.context();
    say(&context, "order-1", true, 3).await;
    assert_eq!(effects(&deployment).await, []);
    assert!(deployment.decision("order-1").await.is_none());
    decide(&deployment, &context, "order-1", 1).await;
    assert_eq!(effects(&deployment).await, [("order-1".into(), 2, true)]);
    // What the model saw is of the moment of the fold, before the effect.
    let sealed = [deployment.sealed(order("order-1", "customer-1", "shop", 59, 5_000)).await];
    let (decisions, effects) = deployment.outbox().await;
    assert_eq!(crate::refold::check(&sealed, &decisions, &effects), 2);
}

#[tokio::test]
async fn the_same_label_again_changes_nothing_and_a_newer_one_of_the_same_flag_only_the_item() {
    let deployment = Deployment::new();
    let context = deployment.context();
    decide(&deployment, &context, "order-1", 1).await;
    say(&context, "order-1", true, 3).await;
    say(&context, "order-1", true, 3).await;
    assert_eq!(deployment.label("order-1").await, Some(label("order-1", true, 3)));
    say(&context, "order-1", true, 5).await;
    assert_eq!(deployment.label("order-1").await, Some(label("order-1", true, 5)));
    assert_eq!(effects(&deployment).await.len(), 1);
}

#[tokio::test]
async fn a_newer_label_takes_the_flag_back_and_an_older_one_does_not_count() {
    let deployment = Deployment::new();
    let context = deployment.context();
    decide(&deployment, &context, "order-1", 1).await;
    say(&context, "order-1", true, 3).await;
    say(&context, "order-1", false, 2).await;
    assert!(deployment.label("order-1").await.unwrap().is_fraud);
    say(&context, "order-1", false, 4).await;
    assert_eq!(effects(&deployment).await, [("order-1".into(), 2, true), ("order-1".into(), 3, false)]);
    assert!(!deployment.label("order-1").await.unwrap().is_fraud);
}

#[tokio::test]
async fn a_label_that_says_legitimate_from_the_start_has_no_effect_on_states() {
    let deployment = Deployment::new();
    let context = deployment.context();
    decide(&deployment, &context, "order-1", 1).await;
    say(&context, "order-1", false, 3).await;
    assert_eq!(effects(&deployment).await, []);
    assert!(deployment.label("order-1").await.is_some());
}

#[tokio::test]
async fn several_labels_of_one_transaction_in_one_batch_are_taken_in_order_and_once() {
    let deployment = Deployment::new();
    let context = deployment.context();
    decide(&deployment, &context, "order-1", 1).await;
    let batch =
        [label("order-1", true, 1), label("order-1", false, 2), label("order-1", true, 3)].map(|one| one);
    let records: Vec<_> =
        batch.iter().enumerate().map(|(index, one)| label_record(index as u64 + 1, one)).collect();
    for _ in 0..2 {
        assert_eq!(handle_labels(&records, &context).await, BatchResult::default());
    }
    let expected =
        [(2, true), (3, false), (4, true)].map(|(ordinal, flag)| ("order-1".into(), ordinal, flag));
    assert_eq!(effects(&deployment).await, expected);
}

#[tokio::test]
async fn a_transaction_without_a_merchant_keeps_its_label_and_nothing_else_happens() {
    let deployment = Deployment::new();
    let context = deployment.context();
    let mut placed = order("order-1", "customer-1", "shop", 9, 5_000);
    placed.as_object_mut().unwrap().remove("merchant_id");
    let record = deployment.record(1, placed).await;
    assert_eq!(handle_transactions(&[record], &context).await, BatchResult::default());
    say(&context, "order-1", true, 3).await;
    assert_eq!(effects(&deployment).await, []);
    assert!(deployment.label("order-1").await.unwrap().is_fraud);
}

#[tokio::test]
async fn what_is_no_label_is_set_aside_and_the_others_are_stored() {
    let deployment = Deployment::new();
    let context = deployment.context();
    let records = [raw("labels", 1, "", b"{}".to_vec()), label_record(2, &label("order-1", true, 1))];
    assert_eq!(handle_labels(&records, &context).await, BatchResult::default());
    assert_eq!(deployment.dead_letter_records().await, 1);
    assert!(deployment.label("order-1").await.is_some());
    assert_eq!(context.metrics().counted().labels, 1);
}
