//! Order of time, the label delay, periods, determinism.

use weir_features::FeatureSet;
use weir_scoring::{Model, Policy, Scorer};
use weir_training::{Item, Settings, Thresholds, TrainError, Unlabelled, evaluate};

use crate::made_up::{DAY, at, items, label, labelled, orders, settings, train_on};

#[test]
fn a_known_difference_is_learned_and_tested_on_later_time() {
    let trained = train_on(items(DAY), &settings()).unwrap();
    let report = trained.report;
    let bounds: Vec<_> = report.periods.iter().map(|period| period.bounds).collect();
    assert_eq!(bounds[0].until.plus_micros(3 * DAY * 1_000_000), bounds[1].from);
    assert_eq!(bounds[1].until.plus_micros(3 * DAY * 1_000_000), bounds[2].from);
    let test = report.test().unwrap();
    assert!(test.metrics.roc_auc.unwrap() > 0.999 && test.metrics.review.recall.unwrap() > 0.99, "{report}");
    assert!(report.told_by[0].feature.contains("amount"), "{report}");
    assert!(report.to_string().contains("model `boosted`: 8 trees"), "{report}");
}

#[test]
fn the_same_items_give_the_same_bytes() {
    let first = train_on(items(DAY), &settings()).unwrap();
    assert_eq!(first, train_on(items(DAY), &settings()).unwrap());
}

#[test]
fn the_scorer_and_the_policy_take_what_was_trained() {
    let trained = train_on(items(DAY), &settings()).unwrap();
    let set = FeatureSet::full();
    let scorer = Scorer::bind(Model::from_json(&trained.model).unwrap(), &set).unwrap();
    let policy = Policy::from_json(&trained.policy).unwrap();
    policy.check(&set).unwrap();
    let thresholds = Thresholds::of(&policy).unwrap();
    assert_eq!(thresholds, trained.report.thresholds);
    let amount = scorer.model().features().iter().find(|feature| feature.name == "amount").unwrap();
    assert!((20.0..110.0).contains(&amount.usual.unwrap()));
    let again = items(DAY).into_iter().map(Ok::<_, std::convert::Infallible>);
    let measured = evaluate(again, &set, &scorer, thresholds, &settings()).unwrap();
    assert_eq!(measured.transactions, 60 * 24);
    assert!(measured.metrics.average_precision.unwrap() > 0.99);
}

#[test]
fn a_label_counts_only_if_it_was_known_when_the_model_was_made() {
    let known = |delay| train_on(items(delay), &settings()).unwrap().report.periods[0].metrics.rows;
    let soon = known(DAY);
    // Labels that take five days miss the last two of the period, for which the gap of three is too short.
    assert!(known(5 * DAY).abs_diff(soon - 2 * 24) <= 1);
    assert!(matches!(
        train_on(items(50 * DAY), &settings()),
        Err(TrainError::TooFewLabels { period: "train", frauds: 0, .. })
    ));
}

#[test]
fn a_correction_counts_from_when_it_was_known() {
    let frauds = |known_at: i64| {
        let mut items = items(DAY);
        let first = orders().into_iter().find(|(_, is_fraud)| *is_fraud).unwrap().0;
        items.push(Item::Label(label(&first, false, known_at)));
        let items = weir_training::in_time_order(items);
        train_on(items, &settings()).unwrap().report.periods[0].metrics.frauds
    };
    assert_eq!(frauds(2 * DAY) + 1, frauds(59 * DAY));
}

#[test]
fn without_reports_of_legitimate_orders_the_setting_is_named() {
    let only_fraud = || labelled(orders(), |_, is_fraud| is_fraud.then_some((true, DAY)));
    let error = train_on(only_fraud(), &settings()).unwrap_err();
    assert!(error.to_string().contains("`unlabelled` to `legit`"), "{error}");
    let settings = Settings { unlabelled: Unlabelled::Legit, ..settings() };
    let trained = train_on(only_fraud(), &settings).unwrap();
    assert!(trained.report.test().unwrap().metrics.roc_auc.unwrap() > 0.999);
}

#[test]
fn items_out_of_order_are_refused() {
    let mut items = items(DAY);
    items.reverse();
    assert!(matches!(train_on(items, &settings()), Err(TrainError::OutOfOrder { .. })));
}

#[test]
fn a_failing_source_is_passed_on() {
    let failing = vec![Err(std::io::Error::other("unplugged"))];
    let error = weir_training::train(failing, &FeatureSet::full(), &settings()).unwrap_err();
    assert!(matches!(error, TrainError::Input(_)));
    assert!(matches!(train_on(vec![], &settings()), Err(TrainError::TooShort { .. })));
}

#[test]
fn an_order_that_is_sent_twice_counts_once() {
    let mut twice = items(DAY);
    let repeated = twice[0].clone();
    twice.insert(1, repeated);
    assert_eq!(twice[1].at(), at(0));
    assert_eq!(train_on(twice, &settings()).unwrap(), train_on(items(DAY), &settings()).unwrap());
}

#[test]
fn a_feature_that_is_left_out_is_not_read() {
    let set = FeatureSet::full();
    let amounts = set.features().iter().filter(|feature| feature.name.contains("amount"));
    let leave_out: Vec<String> = amounts.map(|feature| feature.name.clone()).collect();
    let left_out = Settings { leave_out, ..settings() };
    let trained = train_on(items(DAY), &left_out).unwrap();
    let model = Model::from_json(&trained.model).unwrap();
    assert!(model.features().iter().all(|feature| !feature.name.contains("amount")));
    let unknown = Settings { leave_out: vec!["shoe_size".to_owned()], ..settings() };
    assert!(train_on(items(DAY), &unknown).unwrap_err().to_string().contains("`shoe_size`"));
}
