//! Records as events, or why not.

use weir_events::{Currency, DeadLetterReason, EventError, Label, RawRecord, SealedTransaction};

/// A record that cannot be used, and why.
#[derive(Debug)]
pub(crate) struct Rejected<'a> {
    pub(crate) record: &'a RawRecord,
    pub(crate) reason: DeadLetterReason,
    /// Path, kind found and what was expected; never a value.
    pub(crate) detail: String,
}

/// A transaction with the record it came in.
#[derive(Debug)]
pub(crate) struct Incoming<'a> {
    pub(crate) record: &'a RawRecord,
    pub(crate) transaction: SealedTransaction,
}

impl Incoming<'_> {
    pub(crate) fn id(&self) -> &str {
        &self.transaction.order.transaction_id
    }
}

/// A record as a transaction in the deployment's currency.
pub(crate) fn transaction(record: &RawRecord, currency: Currency) -> Result<Incoming<'_>, Rejected<'_>> {
    let transaction =
        SealedTransaction::from_json(&record.bytes).map_err(|error| undecodable(record, &error))?;
    let found = transaction.order.currency;
    if found != currency {
        let detail = format!("`order.currency`: expected {currency}, the currency of this deployment");
        return Err(Rejected { record, reason: DeadLetterReason::Currency, detail });
    }
    Ok(Incoming { record, transaction })
}

/// A record as a label.
pub(crate) fn label(record: &RawRecord) -> Result<Label, Rejected<'_>> {
    Label::from_json(&record.bytes).map_err(|error| undecodable(record, &error))
}

fn undecodable<'a>(record: &'a RawRecord, error: &EventError) -> Rejected<'a> {
    Rejected { record, reason: DeadLetterReason::Undecodable, detail: error.to_string() }
}
