//! Versions of states as the writer last wrote or read them: nobody else writes, so it need not look them up again.

use std::collections::HashMap;

use super::layout::StateKey;
use crate::Version;

/// Versions that are remembered, some 50 bytes each; with more, all are forgotten and looked up again.
const MOST: usize = 400_000;

/// Versions that the writer knows.
#[derive(Debug, Default)]
pub(super) struct Versions(HashMap<StateKey, Version>);

impl Versions {
    pub(super) fn get(&self, key: &StateKey) -> Option<Version> {
        self.0.get(key).copied()
    }

    /// Remembers what is stored.
    pub(super) fn note(&mut self, key: StateKey, version: Version) {
        if self.0.len() >= MOST {
            self.0.clear();
        }
        self.0.insert(key, version);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_forgotten_is_absent_and_what_was_noted_last_is_there() {
        let mut versions = Versions::default();
        let key = |number: u64| {
            let mut key: StateKey = [0; 19];
            key[..8].copy_from_slice(&number.to_be_bytes());
            key
        };
        for number in 0..=MOST as u64 {
            versions.note(key(number), number);
        }
        assert_eq!(versions.get(&key(0)), None);
        assert_eq!(versions.get(&key(MOST as u64)), Some(MOST as u64));
        assert!(versions.0.len() <= MOST);
    }
}
