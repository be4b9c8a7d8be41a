//! Which shard a key belongs to.

/// Shard of a key among `count` (at least 1) shards. Stable for good: the order of a key's records rests on it.
///
/// ```
/// assert_eq!(weir_streams::shard_of("order-1", 4), weir_streams::shard_of("order-1", 4));
/// assert_eq!(weir_streams::shard_of("order-1", 1), 0);
/// ```
pub fn shard_of(key: &str, count: u32) -> u32 {
    crc32fast::hash(key.as_bytes()) % count.max(1)
}
