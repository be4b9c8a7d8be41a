//! Numbers for the entities of one kind, by the values that files hold.

use hashbrown::HashTable;
use weir_datasets::Text;
use weir_events::{EntityKind, normal_form};
use weir_keyring::Pseudonyms;

use crate::twofold::{Hash, Hasher};

/// A value as written; several may name one entity.
struct Written {
    hash: Hash,
    number: u32,
}

/// Gives each entity of a kind the next number, and makes its pseudonym once.
///
/// Values are known by their hashes alone: to compare them, their texts would have to be kept and fetched from memory
/// for every row.
pub(crate) struct Names {
    kind: EntityKind,
    hasher: Hasher,
    table: HashTable<Written>,
    count: u32,
    /// By number; empty if nothing reads them.
    shorts: Vec<u32>,
    pseudonyms: Option<Pseudonyms>,
}

/// Hash of a value as written.
pub(crate) fn hash_of(hasher: &Hasher, text: Text<'_>) -> Hash {
    hasher.hash(&(text.raw.as_bytes(), text.is_escaped))
}

impl Names {
    /// Short hashes are kept if there are `pseudonyms` to make them.
    pub(crate) fn new(kind: EntityKind, hasher: Hasher, pseudonyms: Option<Pseudonyms>) -> Self {
        Self { kind, hasher, table: HashTable::new(), count: 0, shorts: Vec::new(), pseudonyms }
    }

    pub(crate) const fn kind(&self) -> EntityKind {
        self.kind
    }

    /// Number of the entity that a value names; `hash` is the value's [`hash_of`].
    pub(crate) fn number(&mut self, text: Text<'_>, hash: Hash) -> u32 {
        if let Some(number) = self.find(hash) {
            return number;
        }
        let plain = text.plain();
        let normal = normal_form(self.kind, &plain);
        let is_normal = !text.is_escaped && normal == text.raw;
        if is_normal {
            return self.add_entity(text, hash);
        }
        let canonical = Text { raw: &normal, is_escaped: false };
        let canonical_hash = hash_of(&self.hasher, canonical);
        let number = match self.find(canonical_hash) {
            Some(number) => number,
            None => self.add_entity(canonical, canonical_hash),
        };
        self.add(hash, number);
        number
    }

    /// First 32 bits of the pseudonym of a number.
    pub(crate) fn short(&self, number: u32) -> u32 {
        self.shorts.get(number as usize).copied().unwrap_or(0)
    }

    fn find(&self, hash: Hash) -> Option<u32> {
        self.table.find(hash[0], |written| written.hash == hash).map(|written| written.number)
    }

    fn add_entity(&mut self, normal: Text<'_>, hash: Hash) -> u32 {
        let number = self.count;
        self.count += 1;
        if let Some(pseudonyms) = &self.pseudonyms {
            self.shorts.push(pseudonyms.of(self.kind, normal.raw).short());
        }
        self.add(hash, number);
        number
    }

    fn add(&mut self, hash: Hash, number: u32) {
        self.table.insert_unique(hash[0], Written { hash, number }, |written| written.hash[0]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(names: &mut Names, raw: &str, is_escaped: bool) -> u32 {
        let text = Text { raw, is_escaped };
        let hash = hash_of(&names.hasher, text);
        names.number(text, hash)
    }

    #[test]
    fn one_thing_written_in_several_ways_is_one_entity() {
        let pseudonyms = Pseudonyms::for_one_process();
        let mut names = Names::new(EntityKind::Address, Hasher::default(), Some(pseudonyms.clone()));
        let first = number(&mut names, r"Mill Lane 1\nTown", true);
        for (raw, is_escaped) in
            [("mill lane 1 town", false), ("MILL  lane 1 Town", false), (r"mill lane 1\ttown", true)]
        {
            assert_eq!(number(&mut names, raw, is_escaped), first);
        }
        // A backslash that is a letter of the text is another text.
        assert_ne!(number(&mut names, r"Mill Lane 1\nTown", false), first);
        assert_eq!(names.short(first), pseudonyms.of(EntityKind::Address, "mill lane 1 town").short());
    }
}
