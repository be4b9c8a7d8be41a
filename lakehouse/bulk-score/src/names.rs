//! Numbers for the entities of one kind, by the values that files hold.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};
use weir_datasets::Text;
use weir_events::{EntityKind, normal_form};
use weir_keyring::Pseudonyms;

/// A value as written; several may name one entity.
struct Written {
    start: u64,
    size: u32,
    number: u32,
    is_escaped: bool,
}

/// Gives each entity of a kind the next number, and makes its pseudonym once.
pub(crate) struct Names {
    kind: EntityKind,
    hasher: DefaultHashBuilder,
    table: HashTable<Written>,
    text: String,
    count: u32,
    /// By number; empty if nothing reads them.
    shorts: Vec<u32>,
    pseudonyms: Option<Pseudonyms>,
}

/// Hash of a value as written.
pub(crate) fn hash_of(hasher: &DefaultHashBuilder, text: Text<'_>) -> u64 {
    hasher.hash_one((text.raw.as_bytes(), text.is_escaped))
}

impl Names {
    /// Short hashes are kept if there are `pseudonyms` to make them.
    pub(crate) fn new(kind: EntityKind, hasher: DefaultHashBuilder, pseudonyms: Option<Pseudonyms>) -> Self {
        let (table, text) = (HashTable::new(), String::new());
        Self { kind, hasher, table, text, count: 0, shorts: Vec::new(), pseudonyms }
    }

    pub(crate) const fn kind(&self) -> EntityKind {
        self.kind
    }

    /// Number of the entity that a value names; `hash` is the value's [`hash_of`].
    pub(crate) fn number(&mut self, text: Text<'_>, hash: u64) -> u32 {
        if let Some(number) = self.find(text, hash) {
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
        let number = match self.find(canonical, canonical_hash) {
            Some(number) => number,
            None => self.add_entity(canonical, canonical_hash),
        };
        self.add(text, hash, number);
        number
    }

    /// First 32 bits of the pseudonym of a number.
    pub(crate) fn short(&self, number: u32) -> u32 {
        self.shorts.get(number as usize).copied().unwrap_or(0)
    }

    fn find(&self, text: Text<'_>, hash: u64) -> Option<u32> {
        let raw = text.raw.as_bytes();
        let is_it = |written: &Written| {
            written.size as usize == raw.len()
                && written.is_escaped == text.is_escaped
                && bytes_of(&self.text, written) == raw
        };
        self.table.find(hash, is_it).map(|written| written.number)
    }

    fn add_entity(&mut self, normal: Text<'_>, hash: u64) -> u32 {
        let number = self.count;
        self.count += 1;
        if let Some(pseudonyms) = &self.pseudonyms {
            self.shorts.push(pseudonyms.of(self.kind, normal.raw).short());
        }
        self.add(normal, hash, number);
        number
    }

    fn add(&mut self, value: Text<'_>, hash: u64, number: u32) {
        let (start, size) = (self.text.len() as u64, value.raw.len() as u32);
        self.text.push_str(value.raw);
        let (text, hasher) = (&self.text, &self.hasher);
        let again = |written: &Written| hasher.hash_one((bytes_of(text, written), written.is_escaped));
        self.table.insert_unique(hash, Written { start, size, number, is_escaped: value.is_escaped }, again);
    }
}

fn bytes_of<'a>(text: &'a str, written: &Written) -> &'a [u8] {
    let start = written.start as usize;
    text.as_bytes().get(start..start + written.size as usize).unwrap_or_default()
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
        let mut names =
            Names::new(EntityKind::Address, DefaultHashBuilder::default(), Some(pseudonyms.clone()));
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
