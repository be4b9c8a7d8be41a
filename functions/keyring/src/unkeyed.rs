//! Entity keys that live in memory only.

use weir_events::{Entities, EntityKey, EntityKind, Transaction};

/// Keys of a transaction's entities by an unkeyed hash, for training and for features of files. Never store one:
/// who knows the hash could guess what it stands for.
pub fn unkeyed(transaction: &Transaction) -> Entities<EntityKey> {
    transaction.entities().map(|kind, value| key(kind, value))
}

fn key(kind: EntityKind, value: &str) -> EntityKey {
    let mut hasher = blake3::Hasher::new();
    hasher.update(kind.name().as_bytes());
    hasher.update(b"\0");
    hasher.update(value.as_bytes());
    let mut digest = [0; 16];
    hasher.finalize_xof().fill(&mut digest);
    EntityKey { kind, key_id: 0, digest }
}
