//! Stored events from JSON and back.

use proptest::prelude::*;
use weir_events::{DeadLetter, Decision, Label, OutboxEntry, SealedTransaction, Transaction, Vector};

use crate::examples;

#[test]
fn stored_events_come_back_from_their_json() {
    let transaction = examples::transaction();
    assert_eq!(SealedTransaction::from_json(&transaction.to_json().expect("writes")), Ok(transaction));
    let decision = examples::decision();
    assert_eq!(Decision::from_json(&decision.to_json().expect("writes")), Ok(decision.clone()));
    let letter = examples::dead_letter();
    assert_eq!(DeadLetter::from_json(&letter.to_json().expect("writes")), Ok(letter));
    for entry in
        [OutboxEntry::Decision(Box::new(decision)), OutboxEntry::LabelEffect(examples::label_effect())]
    {
        assert_eq!(OutboxEntry::from_json(&entry.to_json().expect("writes")), Ok(entry));
    }
}

#[test]
fn an_infinite_feature_value_is_an_error_and_no_null() {
    let mut decision = examples::decision();
    decision.vector = Vector(vec![f64::INFINITY]);
    assert!(decision.to_json().is_err());
}

#[test]
fn an_event_of_a_newer_schema_is_refused_by_its_version() {
    let mut decision = examples::decision();
    decision.schema_version += 1;
    let error = Decision::from_json(&decision.to_json().expect("writes")).expect_err("is newer");
    assert_eq!(error.fields()[0].path, "schema_version");
}

#[test]
fn an_error_of_a_stored_event_holds_no_value() {
    let text = String::from_utf8(examples::transaction().to_json().expect("writes")).expect("is text");
    let broken = text.replace("\"mobile\"", "\"Z9-secret\"");
    let error = SealedTransaction::from_json(broken.as_bytes()).expect_err("is wrong");
    assert!(error.to_string().contains("line 1 column") && !error.to_string().contains("Z9"), "{error}");
}

fn read_all(bytes: &[u8]) {
    let _ = Transaction::from_json(bytes).is_ok();
    let _ = Label::from_json(bytes).is_ok();
    let _ = SealedTransaction::from_json(bytes).is_ok();
    let _ = Decision::from_json(bytes).is_ok();
    let _ = OutboxEntry::from_json(bytes).is_ok();
    let _ = DeadLetter::from_json(bytes).is_ok();
}

proptest! {
    #[test]
    fn garbage_is_never_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        read_all(&bytes);
    }

    #[test]
    fn a_damaged_event_is_never_a_panic(at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<bool>()) {
        let mut bytes = examples::transaction().to_json().expect("writes");
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if cut {
            bytes.truncate(at);
        }
        read_all(&bytes);
        let mut bytes = crate::transaction::full().to_string().into_bytes();
        let at = at % bytes.len();
        bytes[at] = byte;
        read_all(&bytes);
    }
}

#[test]
fn deep_nesting_and_large_garbage_are_errors() {
    let nested = "{\"order\":".repeat(100_000);
    let large = vec![b'{'; 10_000_000];
    assert!(SealedTransaction::from_json(nested.as_bytes()).is_err());
    assert!(SealedTransaction::from_json(&large).is_err());
    assert!(Decision::from_json(&large).is_err());
    assert!(Label::from_json(&large).is_err());
}
