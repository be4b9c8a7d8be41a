//! JSON, types and tables hold the same, to the bit.

use arrow_array::{Array, RecordBatch, cast::AsArray, types::Float64Type};
use proptest::collection::vec;
use proptest::prelude::*;
use weir_events::arrow::{self, TableError};
use weir_events::{Decision, Label, SealedTransaction, Transaction, Vector};

use crate::{examples, strategies};

const FEATURES: [&str; 3] = ["customer_count_1h", "customer_mean_amount_7d", "is_night"];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn transactions_come_back(event in strategies::transaction()) {
        let transaction = Transaction::from_value(event).expect("valid");
        let again = Transaction::from_json(&transaction.to_json());
        prop_assert!(again.is_ok_and(|again| again == transaction && again.canonical() == transaction.canonical()));
        let reunited = Transaction::reunite(transaction.order.clone(), &transaction.personal_json());
        prop_assert!(reunited.is_ok_and(|again| again == transaction));
    }

    #[test]
    fn sealed_transactions_come_back(events in vec(strategies::sealed_transaction(), 0..4)) {
        for event in &events {
            let json = event.to_json().expect("writes");
            prop_assert_eq!(&SealedTransaction::from_json(&json).expect("reads"), event);
        }
        let batch = arrow::transactions(&events).expect("writes");
        prop_assert_eq!(arrow::transactions_from(&batch).expect("reads"), events);
    }

    #[test]
    fn labels_come_back(events in vec(strategies::label(), 0..4)) {
        for event in &events {
            prop_assert_eq!(&Label::from_json(&event.to_json()).expect("reads"), event);
        }
        let batch = arrow::labels(&events).expect("writes");
        prop_assert_eq!(arrow::labels_from(&batch).expect("reads"), events);
    }

    #[test]
    fn label_effects_come_back(events in vec(strategies::label_effect(), 0..4)) {
        let batch = arrow::label_effects(&events).expect("writes");
        prop_assert_eq!(arrow::label_effects_from(&batch).expect("reads"), events);
    }

    #[test]
    fn decisions_come_back(events in vec(strategies::decision(), 0..4)) {
        for event in &events {
            let json = event.to_json().expect("writes");
            prop_assert_eq!(&Decision::from_json(&json).expect("reads"), event);
        }
        let batch = arrow::decisions(&events, &FEATURES).expect("writes");
        prop_assert_eq!(arrow::decisions_from(&batch, &FEATURES).expect("reads"), events);
    }
}

fn batch() -> RecordBatch {
    arrow::decisions(&[examples::decision()], &FEATURES).expect("writes")
}

#[test]
fn a_missing_feature_is_null_and_no_bit_is_lost() {
    let batch = batch();
    let column =
        |name: &str| batch.column_by_name(name).expect("a column").as_primitive::<Float64Type>().clone();
    assert_eq!(column("f_customer_count_1h").value(0).to_bits(), (0.1_f64 + 0.2).to_bits());
    assert!(column("f_customer_mean_amount_7d").is_null(0));
    assert_eq!(column("f_is_night").value(0).to_bits(), (-0.0_f64).to_bits());
    assert_eq!(column("score").value(0).to_bits(), (1.0_f64 / 3.0).to_bits());
    assert_eq!(
        batch.column_by_name("model").expect("a column").as_string::<i32>().value(0),
        "trees-champion"
    );
}

#[test]
fn a_decision_without_a_champion_has_no_score() {
    let mut event = examples::decision();
    event.scores.remove(0);
    let batch = arrow::decisions(&[event], &FEATURES).expect("writes");
    assert!(batch.column_by_name("score").expect("a column").is_null(0));
}

#[test]
fn a_vector_of_another_feature_set_is_refused() {
    let mut event = examples::decision();
    event.vector = Vector(vec![1.0]);
    let error = arrow::decisions(&[examples::decision(), event], &FEATURES).expect_err("too short");
    assert!(matches!(error, TableError::VectorLength { row: 1, found: 1, expected: 3 }), "{error}");
}

#[test]
fn a_batch_without_a_column_names_it() {
    let error = arrow::decisions_from(&batch(), &["other"]).expect_err("is missing");
    assert!(matches!(&error, TableError::MissingColumn { column } if column == "f_other"), "{error}");
    let error = arrow::labels_from(&batch()).expect_err("is missing");
    assert!(matches!(&error, TableError::MissingColumn { column } if column == "is_fraud"), "{error}");
}

#[test]
fn an_ordinal_beyond_the_signed_range_is_an_error() {
    let mut event = examples::label_effect();
    event.ordinal = u64::MAX;
    assert!(matches!(arrow::label_effects(&[event]), Err(TableError::Unwritable { .. })));
}

#[test]
fn a_table_read_as_text_views_is_read_alike() {
    let batch = arrow::labels(&[examples::label()]).expect("writes");
    let (fields, columns): (Vec<_>, Vec<_>) = batch
        .schema()
        .fields()
        .iter()
        .zip(batch.columns())
        .map(|(field, column)| match column.as_string_opt::<i32>() {
            Some(texts) => {
                let views = texts.iter().collect::<arrow_array::StringViewArray>();
                let field = field.as_ref().clone().with_data_type(views.data_type().clone());
                (field, std::sync::Arc::new(views) as arrow_array::ArrayRef)
            }
            None => (field.as_ref().clone(), std::sync::Arc::clone(column)),
        })
        .unzip();
    let schema = std::sync::Arc::new(arrow_schema::Schema::new(fields));
    let views = RecordBatch::try_new(schema, columns).expect("fits");
    assert_eq!(arrow::labels_from(&views).expect("reads"), [examples::label()]);
}
