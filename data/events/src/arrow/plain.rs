//! Rows of transactions that are borrowed, column by column: what bulk work has millions of.

use std::sync::Arc;

use arrow_array::builder::BinaryBuilder;
use arrow_array::{ArrayRef, BooleanArray, Int32Array, RecordBatch, StringArray};

use super::columns::Cell;
use super::{TableError, labels_schema, transactions_schema};
use crate::{ContentHash, Entities, EntityKey, LabelSource, PlainTransaction, SCHEMA_VERSION, Timestamp};

/// Transactions that were sealed in columns, each received when it occurred.
#[derive(Clone, Copy)]
pub struct PlainRows<'a> {
    /// What is not personal of them.
    pub transactions: &'a [PlainTransaction<'a>],
    /// Their pseudonyms.
    pub entities: &'a [Entities<EntityKey>],
    /// Hashes of their whole content.
    pub content_hashes: &'a [ContentHash],
    /// Ids of the keys under which they are sealed.
    pub key_ids: &'a [u32],
    /// Nonces.
    pub nonces: &'a [[u8; 12]],
    /// Ciphertexts, one after the other.
    pub ciphertexts: &'a [u8],
    /// Where each ciphertext ends.
    pub ends: &'a [usize],
}

impl PlainRows<'_> {
    /// The rows that [`transactions`](super::transactions) makes of the same.
    pub fn rows(&self) -> Result<RecordBatch, TableError> {
        let rows = self.transactions.len();
        let times = Timestamp::array("", self.transactions.iter().map(|row| Some(&row.occurred_at)))?;
        let customers = self.keys(|keys| Some(&keys.customer))?;
        let columns = vec![
            versions(rows),
            Arc::clone(&times),
            texts(rows, self.transactions.iter().map(|row| Some(row.transaction_id))),
            times,
            i64::array("", self.transactions.iter().map(|row| Some(&row.amount_minor)))?,
            texts(rows, self.transactions.iter().map(|row| Some(row.currency.code()))),
            texts(rows, self.transactions.iter().map(|row| row.merchant_id)),
            texts(rows, self.transactions.iter().map(|row| row.payment_method)),
            texts(rows, self.transactions.iter().map(|row| row.product_category)),
            i64::array("", self.transactions.iter().map(|row| row.quantity.as_ref()))?,
            i64::array("", self.transactions.iter().map(|row| row.customer_age.as_ref()))?,
            texts(rows, self.transactions.iter().map(|row| row.customer_location)),
            texts(rows, self.transactions.iter().map(|row| row.device_type.map(|word| word.name()))),
            i64::array("", self.transactions.iter().map(|row| row.account_age_days.as_ref()))?,
            texts(rows, self.transactions.iter().map(|_| Some("{}"))),
            Arc::clone(&customers),
            self.keys(|keys| keys.merchant.as_ref())?,
            self.keys(|keys| keys.card.as_ref())?,
            self.keys(|keys| keys.device.as_ref())?,
            self.keys(|keys| keys.ip.as_ref())?,
            self.keys(|keys| keys.shipping_address.as_ref())?,
            self.keys(|keys| keys.billing_address.as_ref())?,
            ContentHash::array("", self.content_hashes.iter().map(Some))?,
            customers,
            u32::array("", self.key_ids.iter().map(Some))?,
            self.nonces(),
            self.ciphertexts(),
        ];
        Ok(RecordBatch::try_new(transactions_schema(), columns)?)
    }

    fn keys(&self, of: fn(&Entities<EntityKey>) -> Option<&EntityKey>) -> Result<ArrayRef, TableError> {
        EntityKey::array("", self.entities.iter().map(of))
    }

    fn nonces(&self) -> ArrayRef {
        let mut builder = BinaryBuilder::with_capacity(self.nonces.len(), self.nonces.as_flattened().len());
        self.nonces.iter().for_each(|nonce| builder.append_value(nonce));
        Arc::new(builder.finish())
    }

    fn ciphertexts(&self) -> ArrayRef {
        let mut builder = BinaryBuilder::with_capacity(self.ends.len(), self.ciphertexts.len());
        let mut start = 0;
        for end in self.ends {
            builder.append_value(self.ciphertexts.get(start..*end).unwrap_or_default());
            start = *end;
        }
        Arc::new(builder.finish())
    }
}

/// Labels from a dataset: the rows that [`labels`](super::labels) makes of the same.
pub fn dataset_labels(
    ids: &[&str],
    is_fraud: &[bool],
    known_at: &[Timestamp],
) -> Result<RecordBatch, TableError> {
    let rows = ids.len();
    let columns = vec![
        versions(rows),
        texts(rows, ids.iter().map(|id| Some(*id))),
        Arc::new(BooleanArray::from(is_fraud.to_vec())) as ArrayRef,
        Timestamp::array("", known_at.iter().map(Some))?,
        texts(rows, ids.iter().map(|_| Some(LabelSource::Other.name()))),
    ];
    Ok(RecordBatch::try_new(labels_schema(), columns)?)
}

fn versions(rows: usize) -> ArrayRef {
    Arc::new(Int32Array::from_value(i32::from(SCHEMA_VERSION), rows))
}

/// A column of texts, in memory of just its size.
fn texts<'a>(rows: usize, values: impl Iterator<Item = Option<&'a str>> + Clone) -> ArrayRef {
    let size = values.clone().flatten().map(str::len).sum();
    let mut builder = arrow_array::builder::StringBuilder::with_capacity(rows, size);
    values.for_each(|text| builder.append_option(text));
    let texts: StringArray = builder.finish();
    Arc::new(texts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arrow::{labels, transactions};
    use crate::{Currency, DeviceType, EntityKind, Label, PlainPersonal, Sealed, SealedTransaction};

    fn transaction(id: &'static str, has_all: bool) -> PlainTransaction<'static> {
        PlainTransaction {
            transaction_id: id,
            occurred_at: Timestamp::from_seconds(id.len() as i64 * 100_000),
            amount_minor: 1_234,
            currency: "EUR".parse::<Currency>().unwrap(),
            merchant_id: has_all.then_some("m"),
            payment_method: has_all.then_some("card"),
            product_category: None,
            quantity: has_all.then_some(3),
            customer_age: None,
            customer_location: has_all.then_some("North"),
            device_type: has_all.then_some(DeviceType::Mobile),
            account_age_days: Some(7),
            personal: PlainPersonal { customer_id: "c", ..PlainPersonal::default() },
        }
    }

    #[test]
    fn columns_are_those_of_sealed_transactions() {
        let plain = [transaction("t-1", true), transaction("t-22", false)];
        let key = |kind, digit| EntityKey { kind, key_id: 1, digest: [digit; 16] };
        let entities = [8, 9].map(|digit| Entities {
            customer: key(EntityKind::Customer, digit),
            merchant: None,
            card: (digit == 8).then(|| key(EntityKind::Card, digit)),
            device: None,
            ip: Some(key(EntityKind::Ip, digit)),
            shipping_address: Some(key(EntityKind::Address, digit)),
            billing_address: None,
        });
        let sealed = [(3, [4; 12], vec![5_u8; 20]), (6, [7; 12], vec![8; 30])];
        let events = plain.iter().zip(&entities).zip(&sealed).map(|((plain, entities), sealed)| {
            let (key_id, nonce, ciphertext) = sealed.clone();
            SealedTransaction {
                schema_version: SCHEMA_VERSION,
                received_at: plain.occurred_at,
                order: plain.to_transaction().order,
                entities: entities.clone(),
                content_hash: ContentHash([nonce[0]; 16]),
                sealed: Sealed { key_id, nonce, ciphertext, subject: Some(entities.customer) },
            }
        });
        let events = events.collect::<Vec<_>>();
        let rows = PlainRows {
            transactions: &plain,
            entities: &entities,
            content_hashes: &sealed.each_ref().map(|sealed| ContentHash([sealed.1[0]; 16])),
            key_ids: &sealed.each_ref().map(|sealed| sealed.0),
            nonces: &sealed.each_ref().map(|sealed| sealed.1),
            ciphertexts: &sealed.each_ref().map(|sealed| sealed.2.as_slice()).concat(),
            ends: &[20, 50],
        };
        assert_eq!(rows.rows().unwrap(), transactions(&events).unwrap());
    }

    #[test]
    fn label_columns_are_those_of_labels() {
        let known_at = [1, 2].map(Timestamp::from_seconds);
        let label = |index: usize| Label {
            schema_version: SCHEMA_VERSION,
            transaction_id: ["t-1", "t-2"][index].to_owned(),
            is_fraud: index == 1,
            known_at: known_at[index],
            source: LabelSource::Other,
        };
        let rows = dataset_labels(&["t-1", "t-2"], &[false, true], &known_at).unwrap();
        assert_eq!(rows, labels(&[label(0), label(1)]).unwrap());
    }
}
