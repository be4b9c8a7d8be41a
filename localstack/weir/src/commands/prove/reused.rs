//! Ids that are used twice: for the same content, and for other content, which has to end as a dead letter.

use anyhow::{Result, bail};
use serde_json::{Value, json};
use weir_events::Currency;

use super::deployment::Deployment;

/// Ids sent with other content, and as many with the same.
const IDS: usize = 50;

/// What ids used twice began with.
pub(super) const PREFIX: &str = "prove-reused-";

/// What was sent.
pub(super) struct Reused {
    /// Transactions with an id of their own.
    pub(super) transactions: u64,
    /// Records that must have become dead letters.
    pub(super) dead_letters: u64,
}

/// Sends each id, then half of them again as they were and half with another amount.
pub(super) async fn send(deployment: &Deployment, currency: Currency) -> Result<Reused> {
    let client = deployment.client()?;
    let now = crate::clock::now().to_string();
    let order = |number: usize, amount: usize| {
        json!({
            "transaction_id": format!("{PREFIX}{number}"),
            "customer_id": format!("{PREFIX}customer-{number}"),
            "amount_minor": amount,
            "currency": currency.to_string(),
            "occurred_at": now,
        })
    };
    let first: Vec<Value> = (0..2 * IDS).map(|number| order(number, 100)).collect();
    let again: Vec<Value> =
        (0..2 * IDS).map(|number| order(number, if number < IDS { 100 } else { 200 })).collect();
    for batch in [first, again] {
        let lines: Vec<String> = batch.iter().map(Value::to_string).collect();
        let taken = client.post_lines("/transactions", lines.join("\n").into_bytes()).await?;
        if taken.accepted != batch.len() as u64 {
            bail!("only {} of {} transactions with an id used twice were taken", taken.accepted, batch.len());
        }
    }
    Ok(Reused { transactions: 2 * IDS as u64, dead_letters: IDS as u64 })
}
