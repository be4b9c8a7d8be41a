//! Labels come later, some are wrong, some never come.

use weir_generator::Settings;

use crate::shop::{Shop, settings};

const DAY: i64 = 86_400_000_000;

#[test]
fn labels_follow_their_transactions_within_the_delay() {
    let shop = Shop::open(settings(1, 10_000));
    for label in &shop.labels {
        let placed = &shop.placed[&label.transaction_id];
        let delay = label.known_at.micros() - placed.at.micros();
        assert!((DAY..=14 * DAY).contains(&delay));
    }
}

#[test]
fn a_transaction_has_at_most_one_label() {
    let shop = Shop::open(settings(1, 10_000));
    let ids: std::collections::BTreeSet<_> = shop.labels.iter().map(|label| &label.transaction_id).collect();
    assert_eq!(ids.len(), shop.labels.len());
}

#[test]
fn shares_of_wrong_and_missing_labels_are_as_set() {
    let mut settings = settings(1, 30_000);
    settings.labels.share_fraud_missed = 0.2;
    settings.labels.share_legit_disputed = 0.01;
    settings.labels.share_never = 0.1;
    let shop = Shop::open(settings);
    let share = |part: usize, whole: usize| part as f64 / whole as f64;
    let never = share(shop.placed.len() - shop.labels.len(), shop.placed.len());
    assert!((never - 0.1).abs() < 0.01, "{never}");
    let (frauds, legits): (Vec<_>, Vec<_>) =
        shop.labels.iter().partition(|label| shop.placed[&label.transaction_id].is_fraud);
    let missed = share(frauds.iter().filter(|label| !label.is_fraud).count(), frauds.len());
    assert!((missed - 0.2).abs() < 0.08, "{missed}");
    let disputed = share(legits.iter().filter(|label| label.is_fraud).count(), legits.len());
    assert!((disputed - 0.01).abs() < 0.003, "{disputed}");
}

#[test]
fn no_label_comes_when_none_is_asked_for() {
    let mut settings: Settings = settings(1, 3_000);
    settings.labels.share_never = 1.0;
    assert!(Shop::open(settings).labels.is_empty());
}
