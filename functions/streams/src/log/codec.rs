//! The bytes of one record in a segment file.
//!
//! | bytes | what |
//! |---|---|
//! | 4 | length of everything after the checksum, little endian as all numbers here |
//! | 4 | CRC-32 of the length and of everything after the checksum |
//! | 8 | sequence |
//! | 4 | index of the record within its flush, from 0 |
//! | 8 | arrival, microseconds since 1970 |
//! | 4 | length of the key |
//! | … | key (UTF-8), then payload |
//!
//! The index tells a torn end from damage: a flush is synced before the next one is written, so an unreadable
//! record was acknowledged if and only if a later flush follows it.

/// Bytes before the key.
pub(crate) const HEADER_BYTES: usize = 32;
/// Bytes of length and checksum.
const PREFIX_BYTES: usize = 8;
/// Largest key and payload together.
pub(crate) const MAX_CONTENT_BYTES: usize = 16 << 20;

/// One record as it stands in a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stored<'a> {
    pub(crate) sequence: u64,
    pub(crate) flush_index: u32,
    pub(crate) arrived_micros: i64,
    pub(crate) key: &'a str,
    pub(crate) bytes: &'a [u8],
}

impl Stored<'_> {
    /// Bytes that it takes in the file.
    pub(crate) const fn size(&self) -> usize {
        HEADER_BYTES + self.key.len() + self.bytes.len()
    }

    /// Sequence of the first record of its flush.
    pub(crate) const fn flush_start(&self) -> u64 {
        self.sequence.saturating_sub(self.flush_index as u64)
    }
}

/// What stands at the beginning of some bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decoded<'a> {
    /// A whole record.
    Record(Stored<'a>),
    /// Perhaps the beginning of a record; this many bytes would tell.
    Short(usize),
    /// No record.
    Damaged,
}

/// Appends a record to a buffer.
pub(crate) fn encode(record: &Stored<'_>, buffer: &mut Vec<u8>) {
    let start = buffer.len();
    let length = (record.size() - PREFIX_BYTES) as u32;
    buffer.extend_from_slice(&length.to_le_bytes());
    buffer.extend_from_slice(&[0; 4]);
    buffer.extend_from_slice(&record.sequence.to_le_bytes());
    buffer.extend_from_slice(&record.flush_index.to_le_bytes());
    buffer.extend_from_slice(&record.arrived_micros.to_le_bytes());
    buffer.extend_from_slice(&(record.key.len() as u32).to_le_bytes());
    buffer.extend_from_slice(record.key.as_bytes());
    buffer.extend_from_slice(record.bytes);
    let checksum = checksum(&buffer[start..]);
    buffer[start + 4..start + PREFIX_BYTES].copy_from_slice(&checksum.to_le_bytes());
}

/// Reads the record at the beginning of `bytes`; whatever they are, it answers.
pub(crate) fn decode(bytes: &[u8]) -> Decoded<'_> {
    let Some(size) = size_of(bytes) else {
        return if bytes.len() < 4 { Decoded::Short(HEADER_BYTES) } else { Decoded::Damaged };
    };
    if bytes.len() < size {
        return Decoded::Short(size);
    }
    parse(&bytes[..size]).map_or(Decoded::Damaged, Decoded::Record)
}

/// Size of the record at the beginning of `bytes`, if its length can be one.
fn size_of(bytes: &[u8]) -> Option<usize> {
    let length = u32::from_le_bytes(*bytes.first_chunk()?) as usize;
    let size = length.checked_add(PREFIX_BYTES)?;
    (HEADER_BYTES..=HEADER_BYTES + MAX_CONTENT_BYTES).contains(&size).then_some(size)
}

fn parse(record: &[u8]) -> Option<Stored<'_>> {
    if u32::from_le_bytes(field(record, 4)?) != checksum(record) {
        return None;
    }
    let key_length = u32::from_le_bytes(field(record, 28)?) as usize;
    let (key, bytes) = record.get(HEADER_BYTES..)?.split_at_checked(key_length)?;
    Some(Stored {
        sequence: u64::from_le_bytes(field(record, 8)?),
        flush_index: u32::from_le_bytes(field(record, 16)?),
        arrived_micros: i64::from_le_bytes(field(record, 20)?),
        key: std::str::from_utf8(key).ok()?,
        bytes,
    })
}

fn field<const N: usize>(record: &[u8], at: usize) -> Option<[u8; N]> {
    record.get(at..)?.first_chunk().copied()
}

fn checksum(record: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&record[..4]);
    hasher.update(&record[PREFIX_BYTES..]);
    hasher.finalize()
}

/// The sequence that a record at the beginning of `bytes` would have, checksum not looked at.
fn claimed_sequence(bytes: &[u8]) -> Option<u64> {
    size_of(bytes)?;
    field(bytes, 8).map(u64::from_le_bytes)
}

/// The first whole record in `bytes` with a sequence of at least `least`, and where it begins.
pub(crate) fn find(bytes: &[u8], least: u64) -> Option<(usize, Stored<'_>)> {
    let most = least.saturating_add((bytes.len() / HEADER_BYTES) as u64);
    (0..bytes.len().saturating_sub(HEADER_BYTES - 1)).find_map(|at| {
        // The claim costs little and rules nearly every place out before a checksum is computed.
        let claim = claimed_sequence(&bytes[at..])?;
        match (least..=most).contains(&claim).then(|| decode(&bytes[at..]))? {
            Decoded::Record(record) => Some((at, record)),
            Decoded::Short(_) | Decoded::Damaged => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    type Parts = (u32, i64, String, Vec<u8>);

    fn parts() -> impl Strategy<Value = Parts> {
        (any::<u32>(), any::<i64>(), ".{0,20}", vec(any::<u8>(), 0..100))
    }

    fn stored(index: usize, parts: &Parts) -> Stored<'_> {
        Stored {
            sequence: index as u64 + 1,
            flush_index: parts.0,
            arrived_micros: parts.1,
            key: &parts.2,
            bytes: &parts.3,
        }
    }

    fn encoded(all: &[Parts]) -> Vec<u8> {
        let mut buffer = Vec::new();
        for (index, parts) in all.iter().enumerate() {
            encode(&stored(index, parts), &mut buffer);
        }
        buffer
    }

    fn decode_all(mut bytes: &[u8]) -> Vec<Stored<'_>> {
        let mut records = Vec::new();
        while let Decoded::Record(record) = decode(bytes) {
            bytes = &bytes[record.size()..];
            records.push(record);
        }
        records
    }

    proptest! {
        #[test]
        fn a_record_comes_back_as_it_was(all in vec(parts(), 1..5)) {
            let bytes = encoded(&all);
            let expected: Vec<_> = all.iter().enumerate().map(|(index, parts)| stored(index, parts)).collect();
            prop_assert_eq!(decode_all(&bytes), expected);
        }

        #[test]
        fn any_bytes_are_answered_without_panic(bytes in vec(any::<u8>(), 0..400), least in any::<u64>()) {
            decode_all(&bytes);
            find(&bytes, least);
        }

        #[test]
        fn cut_at_any_byte_the_whole_records_before_the_cut_are_read(
            all in vec(parts(), 1..5), cut in any::<prop::sample::Index>(),
        ) {
            let bytes = encoded(&all);
            let cut = cut.index(bytes.len());
            let mut end = 0;
            let sizes = all.iter().enumerate().map(|(index, parts)| stored(index, parts).size());
            let whole = sizes.take_while(|size| { end += size; end <= cut }).count();
            prop_assert_eq!(decode_all(&bytes[..cut]).len(), whole);
        }

        #[test]
        fn a_flipped_bit_hides_its_record_and_no_other(
            all in vec(parts(), 3..4), place in any::<prop::sample::Index>(), bit in 0..8_u32,
        ) {
            let mut bytes = encoded(&all);
            let first = stored(0, &all[0]).size();
            bytes[place.index(first)] ^= 1_u8 << bit;
            prop_assert!(decode_all(&bytes).is_empty());
            prop_assert_eq!(find(&bytes, 1), Some((first, stored(1, &all[1]))));
        }
    }
}
