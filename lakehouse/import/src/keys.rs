//! Which transactions and labels there are already.

use std::collections::HashSet;
use std::hash::{BuildHasherDefault, Hasher};

use anyhow::Context;
use arrow::array::AsArray;
use arrow::datatypes::TimestampMicrosecondType;
use futures::TryStreamExt;
use weir_engine::Lake;
use weir_tables::{LakeTable, TableName, read};

/// Half of a hash of a key: two different keys share it once in some 10²⁰ lakes.
pub(crate) type Key = u128;

/// The key of a transaction.
pub(crate) fn of_transaction(id: &str) -> Key {
    half(blake3::hash(id.as_bytes()))
}

/// The key of a label.
pub(crate) fn of_label(id: &str, known_at: i64) -> Key {
    let mut bytes = [0; 128];
    let end = 8 + id.len();
    if end > bytes.len() {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&known_at.to_le_bytes()).update(id.as_bytes());
        return half(hasher.finalize());
    }
    // Small inputs are hashed faster in one piece.
    bytes[..8].copy_from_slice(&known_at.to_le_bytes());
    bytes[8..end].copy_from_slice(id.as_bytes());
    half(blake3::hash(&bytes[..end]))
}

fn half(hash: blake3::Hash) -> Key {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.as_bytes()[..16]);
    Key::from_le_bytes(bytes)
}

/// Keys are hashes already.
#[derive(Default)]
pub(crate) struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u128(&mut self, value: u128) {
        self.0 = value as u64;
    }
}

/// Keys that are taken.
pub(crate) type Keys = HashSet<Key, BuildHasherDefault<AsItIs>>;

/// Keys of the rows that a silver table holds.
pub(crate) async fn held(lake: &Lake, table: &LakeTable) -> anyhow::Result<Keys> {
    let is_label = table.name() == TableName::SilverLabels;
    let columns: &[&str] = if is_label { &["transaction_id", "known_at"] } else { &["transaction_id"] };
    let mut keys = Keys::default();
    for file in table.files()? {
        keys.reserve(usize::try_from(file.rows.unwrap_or_default())?);
        let path = format!("{}/{}", table.name().folder(), file.path);
        let mut batches = read(lake, &path, Some(columns)).await?;
        while let Some(batch) = batches.try_next().await? {
            let ids = batch.column(0).as_string_opt::<i32>().context("`transaction_id` is no text")?;
            if is_label {
                let times = batch.column(1).as_primitive_opt::<TimestampMicrosecondType>();
                let times = times.context("`known_at` is no time")?;
                let pairs = ids.iter().zip(times.iter());
                keys.extend(
                    pairs.map(|(id, time)| of_label(id.unwrap_or_default(), time.unwrap_or_default())),
                );
            } else {
                keys.extend(ids.iter().map(|id| of_transaction(id.unwrap_or_default())));
            }
        }
    }
    Ok(keys)
}
