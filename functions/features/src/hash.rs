//! The 32-bit hash by which an entry remembers its transaction.

/// FNV-1a over the bytes, then a full mix, upper half. Part of the stored state: it never changes.
///
/// It tells entries of one entity at one microsecond apart, so 32 bits are enough; it protects nothing.
pub(crate) fn transaction_hash(transaction_id: &str) -> u32 {
    hash_of(transaction_id.as_bytes())
}

/// The same of the text's bytes.
pub(crate) fn hash_of(text: &[u8]) -> u32 {
    TransactionHash::default().with(text).finish()
}

/// A transaction's hash in the making: texts that begin alike share the beginning.
#[derive(Clone, Copy, Debug)]
pub struct TransactionHash(u64);

impl Default for TransactionHash {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl TransactionHash {
    /// With more of the id's text.
    #[inline]
    #[must_use]
    pub fn with(self, bytes: &[u8]) -> Self {
        let add = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        Self(bytes.iter().fold(self.0, add))
    }

    /// The hash of the text so far.
    #[inline]
    pub const fn finish(self) -> u32 {
        let hash = (self.0 ^ (self.0 >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
        let hash = (hash ^ (hash >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
        (hash >> 32) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::transaction_hash;

    #[test]
    fn the_stored_hash_never_changes() {
        assert_eq!(transaction_hash("t-1"), transaction_hash("t-1"));
        assert_ne!(transaction_hash("t-1"), transaction_hash("t-2"));
        assert_eq!(transaction_hash(""), GOLDEN_EMPTY);
        assert_eq!(transaction_hash("t-1"), GOLDEN_T_1);
    }

    const GOLDEN_EMPTY: u32 = 4_023_394_144;
    const GOLDEN_T_1: u32 = 4226971036;
}
