//! A small history whose frauds can be told, made up for tests.

use std::collections::BTreeMap;
use std::convert::Infallible;

use weir_events::{Label, LabelSource, Order, Personal, Scalar, Sensitive, Timestamp, Transaction};
use weir_features::FeatureSet;
use weir_training::{Boosting, Item, Settings, TrainError, Trained, in_time_order, train};

pub(crate) const HOUR: i64 = 3_600;
pub(crate) const DAY: i64 = 24 * HOUR;
const START: i64 = 1_767_225_600;

/// Settings of a small and quick model.
pub(crate) fn settings() -> Settings {
    let boosting = Boosting { trees: 8, depth: 3, least_child_rows: 5, bins: 32, ..Boosting::default() };
    Settings { boosting, warm_up_days: 0, label_delay_days: 3, alert_share: 0.2, ..Settings::default() }
}

/// A moment some seconds after the start.
pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(START + seconds)
}

/// One order every hour for 60 days; every seventh is fraud, told by its amount.
pub(crate) fn orders() -> Vec<(Transaction, bool)> {
    (0..60 * 24)
        .map(|hour| {
            let is_fraud = hour % 7 == 3;
            let amount_minor = if is_fraud { 60_000 + hour % 100 } else { 2_000 + (hour * 37) % 9_000 };
            (transaction(hour, amount_minor), is_fraud)
        })
        .collect()
}

pub(crate) fn transaction(hour: i64, amount_minor: i64) -> Transaction {
    let text = |prefix: &str, number: i64| Sensitive::new(format!("{prefix}{number}"));
    Transaction {
        order: Order {
            transaction_id: format!("t{hour}"),
            occurred_at: at(hour * HOUR),
            amount_minor,
            currency: "EUR".parse().unwrap(),
            merchant_id: Some(format!("m{}", hour % 5)),
            payment_method: None,
            product_category: None,
            quantity: None,
            customer_age: None,
            customer_location: None,
            device_type: None,
            account_age_days: None,
            attributes: BTreeMap::new(),
        },
        personal: Personal {
            customer_id: text("c", hour % 40),
            card_id: Some(text("k", hour % 45)),
            device_id: None,
            ip_address: None,
            shipping_address: None,
            billing_address: None,
            email: None,
            customer_name: None,
        },
        unknown: Sensitive::new(serde_json::Map::new()),
    }
}

/// What turned out about a transaction, known so many seconds after it occurred.
pub(crate) fn label(transaction: &Transaction, is_fraud: bool, delay: i64) -> Label {
    Label {
        schema_version: weir_events::SCHEMA_VERSION,
        transaction_id: transaction.order.transaction_id.clone(),
        is_fraud,
        known_at: transaction.order.occurred_at.plus_micros(delay * 1_000_000),
        source: LabelSource::Other,
    }
}

/// The orders with a label for each, known after `delay` seconds.
pub(crate) fn items(delay: i64) -> Vec<Item> {
    labelled(orders(), |_, is_fraud| Some((is_fraud, delay)))
}

/// Orders in order of time, each with the label and delay that `answer` gives it, if any.
pub(crate) fn labelled(
    orders: Vec<(Transaction, bool)>,
    answer: impl Fn(&Transaction, bool) -> Option<(bool, i64)>,
) -> Vec<Item> {
    let both = |(transaction, is_fraud): (Transaction, bool)| {
        let label =
            answer(&transaction, is_fraud).map(|(is_fraud, delay)| label(&transaction, is_fraud, delay));
        [Some(Item::Transaction(Box::new(transaction))), label.map(Item::Label)]
    };
    in_time_order(orders.into_iter().flat_map(both).flatten().collect())
}

/// Trains on the full feature set.
pub(crate) fn train_on(items: Vec<Item>, settings: &Settings) -> Result<Trained, TrainError> {
    train(items.into_iter().map(Ok::<_, Infallible>), &FeatureSet::full(), settings)
}

/// Puts the answer into an order as an attribute of the shop and as an unknown field.
pub(crate) fn betray(transaction: &mut Transaction, is_fraud: bool) {
    transaction.order.attributes.insert("is_fraud".to_owned(), Scalar::Bool(is_fraud));
    let mut unknown = serde_json::Map::new();
    unknown.insert("Is Fraudulent".to_owned(), is_fraud.into());
    transaction.unknown = Sensitive::new(unknown);
}
