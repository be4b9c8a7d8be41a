//! Transactions from JSON and back.

use serde_json::{Value, json};
use weir_events::{EventError, Found, Scalar, Transaction};

pub(crate) fn full() -> Value {
    json!({
        "transaction_id": "order-1", "occurred_at": "2026-01-31T08:00:00Z", "amount_minor": 1999, "currency": "EUR",
        "merchant_id": "shop-7", "payment_method": "card", "product_category": "toys", "quantity": 2,
        "customer_age": -9, "customer_location": "Northtown", "device_type": "mobile", "account_age_days": 12,
        "attributes": {"colour": "red", "weight": 1.5, "gift": true},
        "customer_id": "customer-1", "card_id": "token-1", "device_id": "device-1", "ip_address": "192.0.2.7",
        "shipping_address": "1 First Street\nNorthtown", "billing_address": "2 Second Street",
        "email": "someone@example.com", "customer_name": "a name",
        "voucher": {"code": "X", "nested": [1, null]}, "is_fraud": true
    })
}

fn errors(value: Value) -> Vec<(String, Found)> {
    let error = Transaction::from_value(value).err().expect("is wrong");
    error.fields().iter().map(|field| (field.path.clone(), field.found)).collect()
}

fn with(name: &str, value: Value) -> Value {
    let mut event = full();
    event[name] = value;
    event
}

#[test]
fn a_transaction_comes_back_from_its_json() {
    let first = Transaction::from_value(full()).expect("valid");
    let again = Transaction::from_json(&first.to_json()).expect("valid");
    assert!(first == again);
    assert_eq!(first.canonical(), again.canonical());
    let reunited = Transaction::reunite(first.order.clone(), &first.personal_json()).expect("valid");
    assert!(first == reunited);
}

#[test]
fn a_label_among_the_fields_stays_unread() {
    let transaction = Transaction::from_value(full()).expect("valid");
    assert_eq!(transaction.unknown.expose().get("is_fraud"), Some(&json!(true)));
    let open = serde_json::to_string(&transaction.order).expect("serialises");
    assert!(!open.contains("fraud") && !open.contains("voucher"));
}

#[test]
fn only_five_fields_are_required() {
    let least = json!({"transaction_id": "1", "occurred_at": "2026-01-31T08:00:00+01:00", "amount_minor": 0,
        "currency": "EUR", "customer_id": "c"});
    assert!(Transaction::from_value(least).is_ok());
    let names = ["transaction_id", "occurred_at", "amount_minor", "currency", "customer_id"];
    let expected: Vec<_> = names.iter().map(|name| ((*name).to_owned(), Found::Missing)).collect();
    assert_eq!(errors(json!({})), expected);
}

#[test]
fn every_wrong_field_is_named_with_what_was_found() {
    let event = json!({"transaction_id": "x".repeat(129), "occurred_at": 5, "amount_minor": "19.99",
        "currency": "eur", "customer_id": null, "quantity": 0, "device_type": "watch",
        "attributes": {"colour": [], "a b@c": {}}, "ip_address": "1.2.3", "schema_version": 99});
    assert_eq!(
        errors(event),
        [
            ("schema_version", Found::Number),
            ("transaction_id", Found::Text),
            ("occurred_at", Found::Number),
            ("amount_minor", Found::Text),
            ("currency", Found::Text),
            ("quantity", Found::Number),
            ("device_type", Found::Text),
            ("attributes[0]", Found::Object),
            ("attributes.colour", Found::Array),
            ("customer_id", Found::Null),
            ("ip_address", Found::Text),
        ]
        .map(|(path, found)| (path.to_owned(), found))
    );
}

#[test]
fn an_error_never_holds_a_value() {
    let secret = "Z9-secret";
    for name in full().as_object().expect("object").keys() {
        let event = with(name, json!([{ "inner": secret }]));
        if let Err(error) = Transaction::from_value(event) {
            assert!(!error.to_string().contains(secret), "{error}");
            assert!(!format!("{error:?}").contains(secret), "{error:?}");
        }
    }
    let text = format!("{{\"amount_minor\": {secret}}}");
    let error = Transaction::from_json(text.as_bytes()).err().expect("is wrong");
    assert!(!error.to_string().contains(secret), "{error}");
}

#[test]
fn limits_are_inclusive() {
    for (name, good, bad) in [
        ("amount_minor", json!(1_000_000_000_000_000_i64), json!(1_000_000_000_000_001_i64)),
        ("amount_minor", json!(0), json!(-1)),
        ("amount_minor", json!(1), json!(1.5)),
        ("transaction_id", json!("x".repeat(128)), json!("x".repeat(129))),
        ("transaction_id", json!("é".repeat(128)), json!(" ")),
        ("merchant_id", json!("x".repeat(1024)), json!("x".repeat(1025))),
        ("occurred_at", json!("1900-01-01T00:00:00Z"), json!("1899-12-31T23:59:59Z")),
        ("occurred_at", json!("9999-12-31T23:59:59.999999Z"), json!("10000-01-01T00:00:00Z")),
        ("occurred_at", json!("1970-01-01T00:00:00Z"), json!("yesterday")),
        ("occurred_at", json!("2099-01-01T00:00:00Z"), json!("")),
        ("ip_address", json!("2001:DB8::1"), json!("192.0.2.1, 192.0.2.2")),
    ] {
        assert!(Transaction::from_value(with(name, good)).is_ok(), "{name} good");
        assert!(Transaction::from_value(with(name, bad)).is_err(), "{name} bad");
    }
    let many = |count: usize| {
        (0..count).map(|number| (format!("a{number}"), json!(1))).collect::<serde_json::Map<_, _>>()
    };
    assert!(Transaction::from_value(with("attributes", many(64).into())).is_ok());
    assert!(Transaction::from_value(with("attributes", many(65).into())).is_err());
}

#[test]
fn null_is_the_same_as_absent_where_a_field_may_be_absent() {
    let transaction = Transaction::from_value(with("merchant_id", Value::Null)).expect("valid");
    assert_eq!(transaction.order.merchant_id, None);
}

#[test]
fn attributes_keep_their_kind() {
    let order = Transaction::from_value(full()).expect("valid").order;
    assert_eq!(order.attributes["weight"], Scalar::Number(1.5));
    assert_eq!(order.attributes["gift"], Scalar::Bool(true));
    assert_eq!(order.attributes["colour"], Scalar::Text("red".to_owned()));
}

#[test]
fn one_thing_written_in_two_ways_is_one_entity() {
    let plain = Transaction::from_value(full()).expect("valid").entities();
    let other = with("shipping_address", json!("1 FIRST  street Northtown"));
    assert_eq!(Transaction::from_value(other).expect("valid").entities(), plain);
    let mapped = with("ip_address", json!("::ffff:192.0.2.7"));
    assert_eq!(Transaction::from_value(mapped).expect("valid").entities(), plain);
}

#[test]
fn garbage_and_deep_nesting_are_errors() {
    let nested = "[".repeat(100_000);
    let hidden = format!("{{\"unknown\": {}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let large = vec![b'x'; 10_000_000];
    let texts: [&[u8]; 7] =
        [b"", b"\xff\xfe", b"null", b"{\"a\":", nested.as_bytes(), hidden.as_bytes(), &large];
    for bytes in texts {
        let error: EventError = Transaction::from_json(bytes).err().expect("is wrong");
        assert_eq!(error.fields()[0].path, "");
        assert!(error.to_string().len() < 200, "{error}");
    }
}

#[test]
fn what_can_be_read_can_be_sealed_and_read_again_at_any_depth() {
    for depth in 1..140 {
        let text = format!(
            "{{\"transaction_id\":\"1\",\"occurred_at\":\"2026-01-31T08:00:00Z\",\"amount_minor\":0,\
             \"currency\":\"EUR\",\"customer_id\":\"c\",\"deep\":{}1{}}}",
            "[".repeat(depth),
            "]".repeat(depth)
        );
        if let Ok(transaction) = Transaction::from_json(text.as_bytes()) {
            assert!(Transaction::reunite(transaction.order.clone(), &transaction.personal_json()).is_ok());
            assert!(Transaction::from_json(&transaction.to_json()).is_ok());
        }
    }
}

#[test]
fn an_error_seen_from_a_batch_has_the_line_in_its_path() {
    let error = Transaction::from_value(with("quantity", json!("two"))).err().expect("is wrong").under("[3]");
    assert_eq!(
        error.to_string(),
        "`[3].quantity`: expected a whole number from 1 to 1,000,000,000, found string"
    );
}

#[test]
fn canonical_bytes_do_not_depend_on_the_order_of_fields() {
    let reversed =
        full().as_object().expect("object").iter().rev().fold(String::new(), |text, (name, value)| {
            let separator = if text.is_empty() { "" } else { "," };
            format!("{text}{separator}{}:{value}", Value::from(name.as_str()))
        });
    let other = Transaction::from_json(format!("{{{reversed}}}").as_bytes()).expect("valid");
    let first = Transaction::from_value(full()).expect("valid");
    assert_eq!(first.canonical(), other.canonical());
    let changed = Transaction::from_value(with("email", json!("other@example.com"))).expect("valid");
    assert_ne!(first.canonical(), changed.canonical());
}

#[test]
fn unknown_fields_are_bounded_together() {
    let text = |length: usize| with("note", "x".repeat(length).into());
    assert!(Transaction::from_value(text(60_000)).is_ok());
    let error = Transaction::from_value(text(70_000)).err().expect("is too much");
    assert_eq!(error.to_string(), "expected unknown fields of at most 65536 bytes together, found object");
}
