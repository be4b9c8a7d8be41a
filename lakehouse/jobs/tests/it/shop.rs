//! A lake of twelve orders in which every number can be checked by hand.

use serde_json::{Value, json};

use crate::events::{DAY, decision, label, time};
use crate::home::Home;
use crate::{commit, silver};

/// The days of the orders since 1970, four orders each: 2026-01-10, 2026-02-11 and 2026-03-12.
const DAYS: [i64; 3] = [20_463, 20_495, 20_524];

/// When an order was placed: four on a day, three hours between them.
fn occurred_at(number: i64) -> i64 {
    let day = DAYS[usize::try_from((number - 1) / 4).unwrap()];
    day * DAY + (number - 1) % 4 * 3 * 3_600 + 1_800
}

fn choice(number: i64, words: &[&str]) -> String {
    words[usize::try_from(number).unwrap() % words.len()].to_owned()
}

/// Customers 1 to 3 order in January and February, 4 to 6 in March.
fn customer(number: i64) -> String {
    let customer = if number <= 8 { number % 3 } else { 3 + number % 3 };
    format!("cus_1_{}", format!("0{}", customer + 1).repeat(16))
}

/// An order; the eleventh says little of itself.
fn order(number: i64) -> String {
    let mut order = json!({
        "transaction_id": format!("order-{number}"), "occurred_at": time(occurred_at(number)),
        "amount_minor": 1_000 * number + 25, "currency": "EUR",
    });
    let mut entities = json!({ "customer": customer(number) });
    if number != 11 {
        order["payment_method"] = choice(number, &["card", "paypal", "transfer"]).into();
        order["product_category"] = choice(number, &["electronics", "clothing"]).into();
        order["quantity"] = (1 + number % 3).into();
        order["customer_age"] = [17, 25, 33, 61][usize::try_from(number % 4).unwrap()].into();
        order["device_type"] = choice(number, &["desktop", "mobile"]).into();
        entities["device"] = Value::from(format!("dev_1_{}", choice(number, &["0a", "0b"]).repeat(16)));
    }
    json!({
        "schema_version": 1, "received_at": time(occurred_at(number)), "order": order, "entities": entities,
        "content_hash": "09".repeat(16),
        "sealed": {"subject": customer(number), "key_id": 1, "nonce": "07".repeat(12), "ciphertext": "00ff"},
    })
    .to_string()
}

/// Twelve orders; of the first eight it is known how they turned out, every fourth was fraud; the first ten are decided.
pub(crate) async fn shop() -> Home {
    let home = Home::new();
    let records = |numbers: std::ops::RangeInclusive<i64>, payload: &dyn Fn(i64) -> String| -> Vec<_> {
        numbers.map(|number| (number.unsigned_abs(), occurred_at(number), payload(number))).collect()
    };
    home.land("transactions", "0", &records(1..=12, &order));
    let outcome = |number: i64| match number % 4 {
        0 => "\"decline\"",
        1 => "\"review\"",
        _ => "\"approve\"",
    };
    let decided = |number: i64| {
        let text = decision(&format!("order-{number}"), occurred_at(number), &[Some(1.0), None]);
        text.replace("\"approve\"", outcome(number))
    };
    home.land("decisions", "0", &records(1..=10, &decided));
    let labelled =
        |number: i64| label(&format!("order-{number}"), number % 4 == 0, occurred_at(number) + 7 * DAY);
    home.land("labels", "0", &records(1..=8, &labelled));
    commit(&home).await;
    silver(&home).await;
    for job in ["label", "star", "metrics", "check"] {
        let options = weir_jobs::JobOptions::default();
        weir_jobs::run_job(&home.lake, job, &options, &mut |_| ()).await.unwrap();
    }
    home
}
