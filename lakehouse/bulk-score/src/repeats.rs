//! Which transaction ids came before.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

/// Two hashes of an id under keys that are new in each process: ids with equal ones are equal, but for one chance
/// in far more than there are transactions.
pub(crate) type IdHash = [u64; 2];

/// The keys of the two hashes.
#[derive(Clone, Debug, Default)]
pub(crate) struct IdHasher {
    first: DefaultHashBuilder,
    second: DefaultHashBuilder,
}

impl IdHasher {
    pub(crate) fn hash(&self, id: &[u8]) -> IdHash {
        [self.first.hash_one(id), self.second.hash_one(id)]
    }
}

/// Ids seen so far, 16 bytes each.
#[derive(Default)]
pub(crate) struct Seen(HashTable<IdHash>);

impl Seen {
    /// Takes an id in; answers whether it is new.
    pub(crate) fn is_new(&mut self, id: IdHash) -> bool {
        let entry = self.0.entry(id[0], |known| *known == id, |known| known[0]);
        let is_new = matches!(entry, hashbrown::hash_table::Entry::Vacant(_));
        entry.or_insert(id);
        is_new
    }
}
