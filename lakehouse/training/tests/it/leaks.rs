//! The answer must not reach the model by another way.

use std::convert::Infallible;

use weir_features::FeatureSet;
use weir_generator::{EventKind, Generator};
use weir_training::{Boosting, Item, Settings, TrainError, train};

use crate::made_up::{DAY, betray, items, label, labelled, orders, settings, train_on};

#[test]
fn an_answer_among_the_fields_of_the_order_changes_nothing() {
    let mut betrayed = orders();
    betrayed.iter_mut().for_each(|(transaction, is_fraud)| betray(transaction, *is_fraud));
    let betrayed = labelled(betrayed, |_, is_fraud| Some((is_fraud, DAY)));
    assert_eq!(
        train_on(betrayed, &settings()).unwrap().model,
        train_on(items(DAY), &settings()).unwrap().model
    );
}

#[test]
fn labels_known_after_the_test_change_neither_model_nor_policy() {
    let later = |is_fraud| {
        let mut items = items(DAY);
        for (transaction, _) in orders() {
            items.push(Item::Label(label(&transaction, is_fraud, 200 * DAY)));
        }
        train_on(weir_training::in_time_order(items), &settings())
    };
    let (all, none) = (later(true).unwrap(), later(false).unwrap());
    assert_eq!(all.policy, none.policy);
    let trees = |trained: &weir_training::Trained| {
        let file: weir_scoring::ModelFile = serde_json::from_slice(&trained.model).unwrap();
        (file.trees, file.calibration, file.features)
    };
    assert_eq!(trees(&all), trees(&none));
}

/// If labels that are drawn by lot could be told, something other than the past would be known.
#[test]
fn labels_drawn_by_lot_cannot_be_told() {
    let shop = weir_generator::Settings {
        days: 45,
        customers: 200,
        merchants: 20,
        transactions: 4_000,
        ..weir_generator::Settings::default()
    };
    let items = Generator::new(shop).unwrap().map(|event| {
        Ok::<_, Infallible>(match event.kind {
            EventKind::Transaction { transaction, .. } => Item::Transaction(transaction),
            EventKind::Label(mut label) => {
                label.is_fraud = blake3::hash(label.transaction_id.as_bytes()).as_bytes()[0] < 51;
                Item::Label(label)
            }
        })
    });
    let boosting = Boosting { trees: 20, depth: 3, bins: 32, ..Boosting::default() };
    let settings = Settings { boosting, ..Settings::default() };
    match train(items, &FeatureSet::full(), &settings) {
        Err(TrainError::NoSkill) => {}
        Err(other) => panic!("{other}"),
        Ok(trained) => {
            let auc = trained.report.test().unwrap().metrics.roc_auc.unwrap();
            assert!((0.4..0.6).contains(&auc), "{}", trained.report);
        }
    }
}
