//! Stored vectors, folded again.

use weir_events::{Decision, OutboxEntry, SealedTransaction};
use weir_features::{FeatureSet, States, observe};
use weir_jobs::commit::CommitSettings;
use weir_jobs::refold::{self, RefoldMetrics};

use crate::events::{DAY, decision, transaction};
use crate::home::Home;

/// Orders of one customer, received one after the other.
const ORDERS: u64 = 6;

/// Transactions as they stand on the stream, and their decisions as the function makes them.
fn decided() -> (Vec<String>, Vec<Decision>) {
    let (set, mut states) = (FeatureSet::full(), States::new());
    let (mut payloads, mut decisions) = (Vec::new(), Vec::new());
    for sequence in 1..=ORDERS {
        let at = i64::try_from(sequence).unwrap();
        let id = format!("order-{sequence}");
        let payload = transaction(&id, at * DAY / 4, 100 * at);
        let received = SealedTransaction::from_json(payload.as_bytes()).unwrap();
        let seen = observe(&set, &received.order, &received.entities, received.received_at, &mut states);
        let entry = decision(&id, at * DAY / 4, &[]).replacen(r#""kind":"decision","#, "", 1);
        let mut made = Decision::from_json(entry.as_bytes()).unwrap();
        made.position.sequence = sequence.into();
        made.versions.feature_set = set.version().to_owned();
        (made.vector, made.ordinals) = (seen.vector, seen.ordinals);
        payloads.push(payload);
        decisions.push(made);
    }
    (payloads, decisions)
}

/// Lands and commits them, decisions in another order than they were made in, and folds them again.
async fn refolded(payloads: Vec<String>, decisions: Vec<Decision>) -> RefoldMetrics {
    let home = Home::new();
    let records: Vec<_> = (1..).zip(payloads).map(|(sequence, payload)| (sequence, 1, payload)).collect();
    home.land("transactions", "0", &records);
    let json = |decision: Decision| {
        String::from_utf8(OutboxEntry::Decision(Box::new(decision)).to_json().unwrap()).unwrap()
    };
    let entries = (1..).zip(decisions.into_iter().rev());
    let entries: Vec<_> = entries.map(|(sequence, decision)| (sequence, 1, json(decision))).collect();
    home.land("decisions", "0", &entries);
    let set = FeatureSet::full();
    let feature_names = set.features().iter().map(|feature| feature.name.clone()).collect();
    let settings = CommitSettings { feature_names, ..CommitSettings::default() };
    weir_jobs::commit::run(&home.lake, &settings).await.unwrap();
    refold::run(&home.lake, &set).await.unwrap()
}

#[tokio::test]
async fn what_was_recorded_comes_out_again_in_the_order_of_ordinals() {
    let (payloads, decisions) = decided();
    let found = refolded(payloads, decisions).await;
    assert_eq!(found, RefoldMetrics { vectors: ORDERS, entities: 1, ..RefoldMetrics::default() });
}

#[tokio::test]
async fn one_wrong_bit_is_found_and_named() {
    let (payloads, mut decisions) = decided();
    let value = &mut decisions[3].vector.0[0];
    *value = f64::from_bits(value.to_bits() ^ 1);
    let found = refolded(payloads, decisions).await;
    assert_eq!((found.mismatched, found.examples.as_slice()), (1, ["order-4".to_owned()].as_slice()));
}

#[tokio::test]
async fn a_missing_decision_leaves_a_gap_and_a_second_one_of_an_ordinal_is_told() {
    let (payloads, mut decisions) = decided();
    decisions.remove(2);
    let found = refolded(payloads, decisions).await;
    assert_eq!((found.ordinals_missing, found.unreached, found.vectors), (1, 3, 2));
    let (payloads, mut decisions) = decided();
    decisions[4].ordinals[0].ordinal = 4;
    let found = refolded(payloads, decisions).await;
    assert_eq!((found.ordinals_twice, found.ordinals_missing), (1, 1));
}

#[tokio::test]
async fn a_decision_whose_transaction_is_not_in_the_lake_is_counted() {
    let (mut payloads, decisions) = decided();
    payloads.pop();
    let found = refolded(payloads, decisions).await;
    assert_eq!((found.without_transaction, found.mismatched, found.vectors), (1, 0, ORDERS - 1));
}
