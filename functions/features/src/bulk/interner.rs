//! Dense numbers for keys.

/// Gives each distinct key the next number from 0, in order of first appearance.
///
/// Keys are 128 bits: the digest of an [`EntityKey`](weir_events::EntityKey) of one kind
/// ([`Interner::digest_number`]), or any id as a number.
#[derive(Clone, Debug, Default)]
pub struct Interner {
    keys: Vec<u128>,
    /// Open addressing over a power of two of places: number + 1 and the upper half of the mixed key, 0 if free.
    table: Vec<(u32, u32)>,
}

impl Interner {
    /// No keys.
    pub const fn new() -> Self {
        Self { keys: Vec::new(), table: Vec::new() }
    }

    /// Number of distinct keys so far.
    pub const fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there are no keys.
    pub const fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Number of a pseudonym's digest.
    pub fn digest_number(&mut self, digest: &[u8; 16]) -> u32 {
        self.number(u128::from_le_bytes(*digest))
    }

    /// Number of a key.
    pub fn number(&mut self, key: u128) -> u32 {
        if self.table.len() * 3 <= self.keys.len() * 4 {
            self.grow();
        }
        let mixed = mix(key);
        let (mask, tag) = (self.table.len() - 1, (mixed >> 32) as u32);
        let mut place = mixed as usize & mask;
        loop {
            match self.table.get_mut(place) {
                Some(free) if free.0 == 0 => {
                    self.keys.push(key);
                    *free = (self.keys.len() as u32, tag);
                    return free.0 - 1;
                }
                Some(taken) if taken.1 == tag && self.keys.get(taken.0 as usize - 1) == Some(&key) => {
                    return taken.0 - 1;
                }
                _ => place = (place + 1) & mask,
            }
        }
    }

    fn grow(&mut self) {
        let places = (self.table.len() * 2).max(64);
        let mut table = vec![(0_u32, 0_u32); places];
        for (number, key) in (1..).zip(&self.keys) {
            let mixed = mix(*key);
            let mut place = mixed as usize & (places - 1);
            while table.get(place).is_some_and(|taken| taken.0 != 0) {
                place = (place + 1) & (places - 1);
            }
            if let Some(free) = table.get_mut(place) {
                *free = (number, (mixed >> 32) as u32);
            }
        }
        self.table = table;
    }
}

/// Spreads the bits of a key (two multiplications of 64 bits, halves folded).
const fn mix(key: u128) -> u64 {
    let (low, high) = (key as u64, (key >> 64) as u64);
    let first = ((low ^ 0x9e37_79b9_7f4a_7c15) as u128) * ((high ^ 0xd6e8_feb8_6659_fd93) as u128);
    let folded = (first as u64) ^ ((first >> 64) as u64);
    let second = (folded as u128) * 0xa076_1d64_78bd_642f;
    (second as u64) ^ ((second >> 64) as u64)
}

#[cfg(test)]
mod tests {
    use super::Interner;

    #[test]
    fn numbers_are_dense_and_stay() {
        let mut interner = Interner::new();
        for round in 0..2 {
            for key in 0..10_000_u32 {
                assert_eq!(interner.number(u128::from(key).rotate_right(20)), key, "in round {round}");
            }
        }
        assert_eq!(interner.len(), 10_000);
    }
}
