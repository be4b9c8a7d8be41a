//! Which transaction ids came before.

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

use crate::twofold::Hash;

/// Ids seen so far, 16 bytes each.
#[derive(Default)]
pub(crate) struct Seen(HashTable<Hash>);

impl Seen {
    /// Takes an id in; answers whether it is new.
    pub(crate) fn is_new(&mut self, id: Hash) -> bool {
        let entry = self.0.entry(id[0], |known| *known == id, |known| known[0]);
        let is_new = matches!(entry, Entry::Vacant(_));
        entry.or_insert(id);
        is_new
    }
}
