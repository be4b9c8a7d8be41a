//! Events in JSON: from shops, from streams and from the store.

use serde_json::Value;
use weir_events::{
    Decision, EntityKind, EventError, Label, OutboxEntry, SealedTransaction, Transaction, normal_form,
};

use crate::MARK;

/// A number that no message of ours holds.
const MARK_NUMBER: u64 = 7_730_190_463_381;

/// Checks every reader of one event.
pub fn check(bytes: &[u8]) {
    transaction(bytes);
    label(bytes);
    stored(bytes, SealedTransaction::from_json, SealedTransaction::to_json);
    stored(bytes, Decision::from_json, Decision::to_json);
    stored(bytes, OutboxEntry::from_json, OutboxEntry::to_json);
    stored(bytes, weir_events::DeadLetter::from_json, weir_events::DeadLetter::to_json);
    if let Ok(value) = serde_json::from_slice::<Value>(bytes) {
        says_nothing(value);
    }
}

fn transaction(bytes: &[u8]) {
    let Ok(read) = Transaction::from_json(bytes) else { return };
    let again = Transaction::from_json(&read.to_json());
    assert!(
        again.is_ok_and(|again| again == read && again.canonical() == read.canonical()),
        "another transaction"
    );
    let reunited = Transaction::reunite(read.order.clone(), &read.personal_json());
    assert!(reunited.is_ok_and(|reunited| reunited == read), "sealing loses something");
    let entities = read.entities();
    for kind in EntityKind::ALL {
        if let Some(text) = entities.get(kind) {
            assert_eq!(normal_form(kind, text), text.as_str(), "the normal form of a normal form is another");
        }
    }
}

fn label(bytes: &[u8]) {
    let Ok(read) = Label::from_json(bytes) else { return };
    assert_eq!(Label::from_json(&read.to_json()).as_ref(), Ok(&read));
}

/// What we wrote ourselves: written and read again it is the same bytes.
fn stored<T>(
    bytes: &[u8],
    read: impl Fn(&[u8]) -> Result<T, EventError>,
    write: impl Fn(&T) -> Result<Vec<u8>, EventError>,
) {
    let Ok(event) = read(bytes) else { return };
    let Ok(written) = write(&event) else { return };
    let again = read(&written).and_then(|again| write(&again));
    assert_eq!(again.as_ref(), Ok(&written), "written, read and written again");
}

/// No error quotes a value, whatever is wrong.
fn says_nothing(mut value: Value) {
    mark(&mut value);
    let marked = value.to_string();
    let errors = [
        Transaction::from_value(value.clone()).err(),
        Label::from_value(value).err(),
        SealedTransaction::from_json(marked.as_bytes()).err(),
        Decision::from_json(marked.as_bytes()).err(),
        OutboxEntry::from_json(marked.as_bytes()).err(),
    ];
    for error in errors.into_iter().flatten() {
        let texts = [error.to_string(), format!("{error:?}")];
        for text in texts {
            assert!(
                !text.contains(MARK) && !text.contains(&MARK_NUMBER.to_string()),
                "a value stands in an error"
            );
        }
    }
}

/// Marks every value, and every name that could hold more than a name.
fn mark(value: &mut Value) {
    match value {
        Value::String(text) => text.push_str(MARK),
        Value::Number(number) => *number = MARK_NUMBER.into(),
        Value::Array(items) => items.iter_mut().for_each(mark),
        Value::Object(fields) => fields.values_mut().for_each(mark),
        Value::Null | Value::Bool(_) => (),
    }
}
