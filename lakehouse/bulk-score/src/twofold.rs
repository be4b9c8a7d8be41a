//! Hashes that stand for what they are made of.

use std::hash::{BuildHasher, Hash as Hashed};

use hashbrown::DefaultHashBuilder;

/// Two hashes of a value under keys that are new in each process: values with equal ones are equal, but for one
/// chance in far more than there are values.
pub(crate) type Hash = [u64; 2];

/// The keys of the two hashes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hasher {
    first: DefaultHashBuilder,
    second: DefaultHashBuilder,
}

impl Hasher {
    #[inline]
    pub(crate) fn hash(&self, value: &impl Hashed) -> Hash {
        [self.first.hash_one(value), self.second.hash_one(value)]
    }
}
