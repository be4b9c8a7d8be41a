//! How long one transaction takes in process, features, score and policy: `one_by_one MODEL [ENTITIES]`.
#![expect(clippy::print_stdout, reason = "an example that prints")]

use std::time::Instant;

use weir_bulk_score::{Desk, Rulebook};
use weir_events::Transaction;
use weir_features::FeatureSet;
use weir_keyring::Pseudonyms;
use weir_scoring::{DEFAULT_POLICY, Model, Policy, Scorer};

const MEASURED: u64 = 200_000;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let model = arguments.first().ok_or("usage: one_by_one MODEL [ENTITIES]")?;
    let entities: u64 = arguments.get(1).map_or(Ok(1_000_000), |text| text.parse())?;
    let scorer = Scorer::bind(Model::from_json(&std::fs::read(model)?)?, &FeatureSet::full())?;
    let policy = Policy::from_json(DEFAULT_POLICY.as_bytes())?;
    let rulebook = Rulebook::new(scorer, policy, Pseudonyms::for_one_process(), "EUR".parse()?)?;
    let mut desk = Desk::new(&rulebook);
    let mut order = 0;
    // Every customer, device, address and card of its own: so many entities of each kind as there are orders.
    for customer in 0..entities {
        order += 1;
        desk.judge(&transaction(order, customer)?)?;
    }
    let mut nanos = Vec::new();
    for _ in 0..MEASURED {
        order += 1;
        let next = transaction(order, order.wrapping_mul(0x9e37_79b9_7f4a_7c15) % entities)?;
        let started = Instant::now();
        desk.judge(&next)?;
        nanos.push(started.elapsed().as_nanos());
    }
    nanos.sort_unstable();
    let at = |share: f64| nanos[(nanos.len() as f64 * share) as usize] as f64 / 1e3;
    println!("p50 {:.2} µs, p99 {:.2} µs, p99.9 {:.2} µs", at(0.5), at(0.99), at(0.999));
    Ok(())
}

fn transaction(order: u64, customer: u64) -> Result<Transaction, weir_events::EventError> {
    let moment = weir_events::Timestamp::from_seconds(1_767_225_600 + order as i64);
    let json = format!(
        r#"{{"transaction_id":"t-{order}","customer_id":"c-{customer}","amount_minor":{},"currency":"EUR",
        "occurred_at":"{moment}","device_id":"d-{customer}","card_id":"k-{customer}","merchant_id":"m-{}",
        "quantity":1,"customer_age":40,"account_age_days":100,"payment_method":"paypal","ip_address":"10.{}.{}.{}",
        "shipping_address":"street {customer}","billing_address":"street {customer}"}}"#,
        100 + order % 90_000,
        customer % 1_000,
        customer >> 16 & 255,
        customer >> 8 & 255,
        customer & 255,
    );
    Transaction::from_json(json.as_bytes())
}
