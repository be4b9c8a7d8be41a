//! From a piece of a file to sealed rows, on any thread.

use std::sync::Arc;

use arrow::array::{Date32Array, RecordBatch};
use arrow::datatypes::{Field, Schema};
use weir_datasets::{Item, Piece, ReadError, Reject, Row};
use weir_events::{Currency, Label, LabelSource, SCHEMA_VERSION, SealedTransaction, Timestamp, Transaction};
use weir_keyring::{Keyring, seal_transactions};
use weir_tables::{EVENT_DATE, position_fields};

use crate::keys::{Key, of_label, of_transaction};
use crate::places::Places;

/// What is the same for all pieces of a file.
pub(crate) struct Decoder {
    pub(crate) keyring: Arc<dyn Keyring>,
    pub(crate) currency: Currency,
    pub(crate) label_delay: i64,
    pub(crate) places: Places,
    pub(crate) input: std::path::PathBuf,
    /// Rows whose transactions, and whose labels, are in the lake.
    pub(crate) done: Done,
}

/// How many rows of the file an earlier run has brought in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Done {
    pub(crate) transactions: u64,
    pub(crate) labels: u64,
}

/// Rows of a table with their keys.
#[derive(Default)]
pub(crate) struct Sealed {
    pub(crate) rows: Option<RecordBatch>,
    pub(crate) keys: Vec<Key>,
}

/// What a piece became.
#[derive(Default)]
pub(crate) struct Decoded {
    /// Number of its first row, from 1.
    pub(crate) first_row: u64,
    pub(crate) rows: u64,
    pub(crate) transactions: Sealed,
    pub(crate) labels: Sealed,
    pub(crate) rejects: Vec<Reject>,
}

impl Decoder {
    /// Decodes and seals.
    pub(crate) async fn decode(&self, piece: Piece, first_row: u64) -> anyhow::Result<Decoded> {
        match self.decode_plain(&piece, first_row).await? {
            Some(decoded) => Ok(decoded),
            None => self.decode_any(piece, first_row).await,
        }
    }

    async fn decode_any(&self, piece: Piece, first_row: u64) -> anyhow::Result<Decoded> {
        let mut decoded = Decoded { first_row, rows: piece.len() as u64, ..Decoded::default() };
        let rows = piece.len();
        let (mut transactions, mut numbers) = (Vec::with_capacity(rows), Vec::with_capacity(rows));
        let (mut labels, mut label_numbers) = (Vec::with_capacity(rows), Vec::with_capacity(rows));
        for (item, number) in piece.decode().zip(first_row..) {
            let row = match item {
                Ok(Item::Row(row)) => row,
                Ok(Item::Label(label)) => {
                    labels.push(label);
                    label_numbers.push(number);
                    continue;
                }
                Err(ReadError::Rejected(reject)) => {
                    decoded.rejects.push(*reject);
                    continue;
                }
                Err(error) => return Err(error.into()),
            };
            if let Some(reject) = self.other_currency(row.transaction.order.currency, number) {
                decoded.rejects.push(reject);
                continue;
            }
            if number > self.done.labels
                && let Some(label) = self.label(&row)
            {
                labels.push(label);
                label_numbers.push(number);
            }
            if number > self.done.transactions {
                let occurred_at = row.transaction.order.occurred_at;
                transactions.push((row.transaction, occurred_at));
                numbers.push(number);
            }
        }
        decoded.transactions = self.seal(transactions, &numbers).await?;
        decoded.labels = self.labels(&labels, &label_numbers)?;
        Ok(decoded)
    }

    pub(crate) fn other_currency(&self, found: Currency, number: u64) -> Option<Reject> {
        (found != self.currency).then(|| Reject {
            file: self.input.clone(),
            line: number,
            field: "currency".to_owned(),
            expected: format!("the currency of this deployment, `{}`", self.currency),
            found: format!("`{found}`"),
        })
    }

    fn label(&self, row: &Row) -> Option<Label> {
        let order = &row.transaction.order;
        Some(Label {
            schema_version: SCHEMA_VERSION,
            transaction_id: order.transaction_id.clone(),
            is_fraud: row.label?,
            known_at: self.known_at(row.known_at, order.occurred_at),
            source: LabelSource::Other,
        })
    }

    /// When a label became known, if the file does not say.
    pub(crate) fn known_at(&self, known_at: Option<Timestamp>, occurred_at: Timestamp) -> Timestamp {
        known_at.unwrap_or_else(|| occurred_at.plus_micros(self.label_delay))
    }

    async fn seal(
        &self,
        transactions: Vec<(Transaction, Timestamp)>,
        numbers: &[u64],
    ) -> anyhow::Result<Sealed> {
        if transactions.is_empty() {
            return Ok(Sealed::default());
        }
        let sealed: Vec<SealedTransaction> = seal_transactions(&*self.keyring, transactions).await?;
        let keys = sealed.iter().map(|event| of_transaction(&event.order.transaction_id)).collect();
        let days = sealed.iter().map(|event| event.order.occurred_at.epoch_day());
        let rows = self.placed(&weir_events::arrow::transactions(&sealed)?, numbers, days)?;
        Ok(Sealed { rows: Some(rows), keys })
    }

    fn labels(&self, labels: &[Label], numbers: &[u64]) -> anyhow::Result<Sealed> {
        if labels.is_empty() {
            return Ok(Sealed::default());
        }
        let days = labels.iter().map(|label| label.known_at.epoch_day());
        let keys = labels.iter().map(|label| of_label(&label.transaction_id, label.known_at.micros()));
        let keys = keys.collect();
        let rows = self.placed(&weir_events::arrow::labels(labels)?, numbers, days)?;
        Ok(Sealed { rows: Some(rows), keys })
    }

    /// The rows with their place in the file and their event date.
    pub(crate) fn placed(
        &self,
        events: &RecordBatch,
        numbers: &[u64],
        days: impl Iterator<Item = i32>,
    ) -> anyhow::Result<RecordBatch> {
        let mut fields = events.schema().fields().iter().cloned().collect::<Vec<_>>();
        let mut columns = events.columns().to_vec();
        for (field, column) in position_fields().into_iter().zip(self.places.columns(numbers)) {
            fields.push(Arc::new(field));
            columns.push(column);
        }
        fields.push(Arc::new(Field::new(EVENT_DATE, arrow::datatypes::DataType::Date32, true)));
        columns.push(Arc::new(Date32Array::from_iter_values(days)));
        Ok(RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)?)
    }
}
