//! Pieces whose rows are borrowed from the file's bytes: from cells to columns with nothing made for a row by itself.

use weir_datasets::{Piece, ReadError};
use weir_events::arrow::{PlainRows, dataset_labels};
use weir_events::{PlainTransaction, Timestamp};
use weir_keyring::{SealedRows, seal_plain};

use crate::decode::{Decoded, Decoder, Sealed};
use crate::keys::{of_label, of_transaction};

/// Rows of a piece that are new.
struct Taken<'a> {
    transactions: Vec<PlainTransaction<'a>>,
    numbers: Vec<u64>,
    labels: Labels<'a>,
}

#[derive(Default)]
struct Labels<'a> {
    ids: Vec<&'a str>,
    is_fraud: Vec<bool>,
    known_at: Vec<Timestamp>,
    numbers: Vec<u64>,
}

impl Decoder {
    /// Decodes and seals; `None` if a row of the piece cannot be borrowed.
    pub(crate) async fn decode_plain(
        &self,
        piece: &Piece,
        first_row: u64,
    ) -> anyhow::Result<Option<Decoded>> {
        let rows = piece.len();
        let mut decoded = Decoded { first_row, rows: rows as u64, ..Decoded::default() };
        let Some(taken) = self.taken(piece, &mut decoded)? else { return Ok(None) };
        decoded.transactions = self.sealed(&taken).await?;
        decoded.labels = self.label_rows(&taken.labels)?;
        Ok(Some(decoded))
    }

    fn taken<'a>(&self, piece: &'a Piece, decoded: &mut Decoded) -> anyhow::Result<Option<Taken<'a>>> {
        let Some(rows) = piece.plain() else { return Ok(None) };
        let mut taken = Taken {
            transactions: Vec::with_capacity(piece.len()),
            numbers: Vec::with_capacity(piece.len()),
            labels: Labels::default(),
        };
        for (row, number) in rows.zip(decoded.first_row..) {
            let row = match row {
                Ok(Some(row)) => row,
                Ok(None) => return Ok(None),
                Err(ReadError::Rejected(reject)) => {
                    decoded.rejects.push(*reject);
                    continue;
                }
                Err(error) => return Err(error.into()),
            };
            let transaction = row.transaction;
            if let Some(reject) = self.other_currency(transaction.currency, number) {
                decoded.rejects.push(reject);
                continue;
            }
            if number > self.done.labels
                && let Some(is_fraud) = row.label
            {
                let labels = &mut taken.labels;
                labels.ids.push(transaction.transaction_id);
                labels.is_fraud.push(is_fraud);
                labels.known_at.push(self.known_at(row.known_at, transaction.occurred_at));
                labels.numbers.push(number);
            }
            if number > self.done.transactions {
                taken.transactions.push(transaction);
                taken.numbers.push(number);
            }
        }
        Ok(Some(taken))
    }

    async fn sealed(&self, taken: &Taken<'_>) -> anyhow::Result<Sealed> {
        let transactions = &taken.transactions;
        if transactions.is_empty() {
            return Ok(Sealed::default());
        }
        let SealedRows { entities, content_hashes, sealed } =
            seal_plain(&*self.keyring, transactions).await?;
        let rows = PlainRows {
            transactions,
            entities: &entities,
            content_hashes: &content_hashes,
            key_ids: &sealed.key_ids,
            nonces: &sealed.nonces,
            ciphertexts: &sealed.ciphertexts,
            ends: &sealed.ends,
        };
        let keys = transactions.iter().map(|row| of_transaction(row.transaction_id)).collect();
        let days = transactions.iter().map(|row| row.occurred_at.epoch_day());
        Ok(Sealed { rows: Some(self.placed(&rows.rows()?, &taken.numbers, days)?), keys })
    }

    fn label_rows(&self, labels: &Labels<'_>) -> anyhow::Result<Sealed> {
        if labels.ids.is_empty() {
            return Ok(Sealed::default());
        }
        let pairs = labels.ids.iter().zip(&labels.known_at);
        let keys = pairs.map(|(id, known_at)| of_label(id, known_at.micros())).collect();
        let rows = dataset_labels(&labels.ids, &labels.is_fraud, &labels.known_at)?;
        let days = labels.known_at.iter().map(|known_at| known_at.epoch_day());
        Ok(Sealed { rows: Some(self.placed(&rows, &labels.numbers, days)?), keys })
    }
}
