//! Surrogate keys: signed 64-bit hashes of natural keys, so that a key never moves.

/// Key of a member that the order does not name.
pub const UNKNOWN: i64 = 0;

/// Key of a member of a dimension: the first eight bytes of BLAKE3 over the dimension's name, a zero and the natural
/// key, as a signed integer.
pub fn surrogate(dimension: &str, natural: &str) -> i64 {
    let mut buffer = [0; 160];
    let size = dimension.len() + 1 + natural.len();
    let hash = match buffer.get_mut(..size) {
        // Small inputs are hashed faster in one piece.
        Some(bytes) => {
            bytes[..dimension.len()].copy_from_slice(dimension.as_bytes());
            bytes[dimension.len() + 1..].copy_from_slice(natural.as_bytes());
            blake3::hash(bytes)
        }
        None => {
            let mut hasher = blake3::Hasher::new();
            hasher.update(dimension.as_bytes()).update(&[0]).update(natural.as_bytes());
            hasher.finalize()
        }
    };
    let mut first = [0; 8];
    first.copy_from_slice(&hash.as_bytes()[..8]);
    i64::from_le_bytes(first)
}

/// A transaction's id as a key in memory: half of its BLAKE3 hash.
pub(crate) fn id_hash(id: &str) -> u128 {
    let mut half = [0; 16];
    half.copy_from_slice(&blake3::hash(id.as_bytes()).as_bytes()[..16]);
    u128::from_le_bytes(half)
}

/// Keys that are hashes already are not hashed again.
#[derive(Clone, Copy, Default)]
pub(crate) struct AsItIs(u64);

impl std::hash::Hasher for AsItIs {
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

    fn write_i64(&mut self, value: i64) {
        self.0 = value as u64;
    }
}

/// A map by keys that are hashes.
pub(crate) type HashedMap<K, V> = std::collections::HashMap<K, V, std::hash::BuildHasherDefault<AsItIs>>;

/// A set of keys that are hashes.
pub(crate) type HashedSet<K> = std::collections::HashSet<K, std::hash::BuildHasherDefault<AsItIs>>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_stay_the_same_from_build_to_build() {
        assert_ne!(surrogate("payment_method", "credit card"), surrogate("device", "credit card"));
        let long = "x".repeat(500);
        assert_ne!(surrogate("merchant", &long), surrogate("merchant", &long[1..]));
        assert_eq!(surrogate("payment_method", "credit card"), 6_562_002_319_619_534_021);
    }
}
