//! Structures whose columns carry a prefix or suffix of their own.

use std::sync::Arc;

use arrow_array::builder::BinaryBuilder;
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::Field;

use super::{Columns, TableError};
use crate::{Entities, EntityKey, Sealed, Vector};

impl Columns for Entities<EntityKey> {
    fn schema(_name: &str, into: &mut Vec<Field>) {
        EntityKey::schema("customer_key", into);
        for name in OPTIONAL_KEYS {
            Option::<EntityKey>::schema(name, into);
        }
    }

    fn write(_name: &str, values: &[&Self], into: &mut Vec<ArrayRef>) -> Result<(), TableError> {
        let customers: Vec<_> = values.iter().map(|entities| &entities.customer).collect();
        EntityKey::write("customer_key", &customers, into)?;
        for (name, key) in OPTIONAL_KEYS.iter().zip(OPTIONAL_GETTERS) {
            Option::write(name, &values.iter().map(|entities| key(entities)).collect::<Vec<_>>(), into)?;
        }
        Ok(())
    }

    fn read(batch: &RecordBatch, _name: &str) -> Result<Vec<Self>, TableError> {
        let customers = EntityKey::read(batch, "customer_key")?;
        let [mut merchant, mut card, mut device, mut ip, mut shipping, mut billing] = read_optional(batch)?;
        let entities = customers.into_iter().map(|customer| Self {
            customer,
            merchant: merchant.next().flatten(),
            card: card.next().flatten(),
            device: device.next().flatten(),
            ip: ip.next().flatten(),
            shipping_address: shipping.next().flatten(),
            billing_address: billing.next().flatten(),
        });
        Ok(entities.collect())
    }
}

const OPTIONAL_KEYS: [&str; 6] =
    ["merchant_key", "card_key", "device_key", "ip_key", "shipping_address_key", "billing_address_key"];

type Getter = fn(&Entities<EntityKey>) -> &Option<EntityKey>;
type Keys = std::vec::IntoIter<Option<EntityKey>>;

const OPTIONAL_GETTERS: [Getter; 6] = [
    |entities| &entities.merchant,
    |entities| &entities.card,
    |entities| &entities.device,
    |entities| &entities.ip,
    |entities| &entities.shipping_address,
    |entities| &entities.billing_address,
];

fn read_optional(batch: &RecordBatch) -> Result<[Keys; 6], TableError> {
    let mut columns = [(); 6].map(|()| Vec::new().into_iter());
    for (column, name) in columns.iter_mut().zip(OPTIONAL_KEYS) {
        *column = Option::<EntityKey>::read(batch, name)?.into_iter();
    }
    Ok(columns)
}

impl Columns for Sealed {
    fn schema(_name: &str, into: &mut Vec<Field>) {
        Option::<EntityKey>::schema("sealed_subject", into);
        u32::schema("sealed_key_id", into);
        Vec::<u8>::schema("sealed_nonce", into);
        Vec::<u8>::schema("sealed_ciphertext", into);
    }

    fn write(_name: &str, values: &[&Self], into: &mut Vec<ArrayRef>) -> Result<(), TableError> {
        Columns::write(
            "sealed_subject",
            &values.iter().map(|sealed| &sealed.subject).collect::<Vec<_>>(),
            into,
        )?;
        Columns::write(
            "sealed_key_id",
            &values.iter().map(|sealed| &sealed.key_id).collect::<Vec<_>>(),
            into,
        )?;
        into.push(bytes(values, |sealed| &sealed.nonce));
        into.push(bytes(values, |sealed| &sealed.ciphertext));
        Ok(())
    }

    fn read(batch: &RecordBatch, _name: &str) -> Result<Vec<Self>, TableError> {
        let mut subjects = Option::<EntityKey>::read(batch, "sealed_subject")?.into_iter();
        let mut key_ids = u32::read(batch, "sealed_key_id")?.into_iter();
        let mut ciphertexts = Vec::<u8>::read(batch, "sealed_ciphertext")?.into_iter();
        let mut all = Vec::with_capacity(batch.num_rows());
        for (row, nonce) in Vec::<u8>::read(batch, "sealed_nonce")?.into_iter().enumerate() {
            let nonce = nonce.try_into().map_err(|_| TableError::value("sealed_nonce", row, "12 bytes"))?;
            let (Some(subject), Some(key_id), Some(ciphertext)) =
                (subjects.next(), key_ids.next(), ciphertexts.next())
            else {
                break;
            };
            all.push(Self { key_id, nonce, ciphertext, subject });
        }
        Ok(all)
    }
}

/// A column of bytes, in memory of just its size.
fn bytes(values: &[&Sealed], part: fn(&Sealed) -> &[u8]) -> ArrayRef {
    let size = values.iter().map(|sealed| part(sealed).len()).sum();
    let mut builder = BinaryBuilder::with_capacity(values.len(), size);
    for sealed in values {
        builder.append_value(part(sealed));
    }
    Arc::new(builder.finish())
}

/// A vector has a column for each feature, named by the feature set: `decisions` adds them.
impl Columns for Vector {
    fn schema(_name: &str, _into: &mut Vec<Field>) {}

    fn write(_name: &str, _values: &[&Self], _into: &mut Vec<ArrayRef>) -> Result<(), TableError> {
        Ok(())
    }

    fn read(batch: &RecordBatch, _name: &str) -> Result<Vec<Self>, TableError> {
        Ok(vec![Self::default(); batch.num_rows()])
    }
}
