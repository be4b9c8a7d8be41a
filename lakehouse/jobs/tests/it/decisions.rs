//! The outbox becomes the tables of decisions and label effects.

use weir_jobs::Fault;
use weir_jobs::commit::CommitSettings;

use crate::events::{DAY, decision, effect};
use crate::home::Home;
use crate::{commit, settings};

#[tokio::test]
async fn features_are_columns_and_a_missing_value_is_null() {
    let home = Home::new();
    let entries = [
        (7, 1, decision("order-1", DAY, &[Some(3.0), None])),
        (8, 2, effect("order-1", 3 * DAY, 4)),
        (9, 2, "garbage".to_owned()),
    ];
    home.land("decisions", "0", &entries);
    let metrics = commit(&home).await;
    assert_eq!(metrics.undecodable, 1);
    let decided = "SELECT transaction_id, event_date, outbox_sequence, score, f_customer_count_1h, \
                   f_customer_mean_amount_7d FROM silver.decisions";
    assert_eq!(home.ask(decided).await, "order-1,1970-01-02,7,0.25,3.0,");
    let effects =
        "SELECT transaction_id, ordinal, is_fraud, event_date, outbox_sequence FROM silver.label_effects";
    assert_eq!(home.ask(effects).await, "order-1,4,true,1970-01-04,8");
}

#[tokio::test]
async fn feature_columns_have_no_statistics() {
    let home = Home::new();
    home.land("decisions", "0", &[(1, 1, decision("order-1", 5, &[Some(1.0), Some(2.0)]))]);
    commit(&home).await;
    let log = home.log("silver/decisions", 1);
    assert!(log.contains("outbox_sequence"), "{log}");
    assert!(!log.contains("f_customer"), "{log}");
}

#[tokio::test]
async fn a_new_feature_set_adds_columns_and_keeps_old_decisions() {
    let home = Home::new();
    home.land("decisions", "0", &[(1, 1, decision("order-1", 5, &[Some(1.0), Some(2.0)]))]);
    commit(&home).await;
    let mut feature_names = settings(Fault::None).feature_names;
    feature_names.push("card_count_1d".to_owned());
    let wider = CommitSettings { feature_names, ..settings(Fault::None) };
    let entries = [
        (2, 1, decision("order-2", 6, &[Some(1.5), None, Some(3.0)])),
        (3, 1, decision("order-3", 7, &[Some(9.0), Some(9.0)])),
    ];
    home.land("decisions", "0", &entries);
    let metrics = weir_jobs::commit::run(&home.lake, &wider).await.unwrap();
    assert_eq!(metrics.without_features, 1);
    let features =
        "SELECT transaction_id, f_customer_count_1h, f_card_count_1d FROM silver.decisions ORDER BY 1";
    assert_eq!(home.ask(features).await, "order-1,1.0,\norder-2,1.5,3.0\norder-3,,");
}
