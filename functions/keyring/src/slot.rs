//! The bytes of one slot of `subjects.keys`: one key of one subject.
//!
//! | bytes | what |
//! |---|---|
//! | 1 | 1 live, 2 destroyed |
//! | 19 | subject: kind, id of the pseudonym key, digest |
//! | 4 | id of the key among the subject's keys, little endian as all numbers here |
//! | 4 | index of the slot within its append, from 0 |
//! | 12 + 48 | nonce and wrapped key; zeros once destroyed |
//! | 36 | zeros |
//! | 4 | CRC-32 of the bytes before |
//!
//! A slot has 128 bytes so that none lies across two sectors of a disk: it is overwritten whole or not at all.

use weir_events::{EntityKey, EntityKind};

use crate::sealing::{NONCE_BYTES, WRAPPED_BYTES, Wrapped, subject_bytes};

/// Bytes of a slot.
pub(crate) const SLOT_BYTES: usize = 128;
const CHECKSUM_AT: usize = SLOT_BYTES - 4;
const NONCE_AT: usize = 28;
const WRAPPED_AT: usize = NONCE_AT + NONCE_BYTES;

/// One key of one subject.
#[derive(Clone)]
pub(crate) struct Slot {
    pub(crate) subject: EntityKey,
    pub(crate) key_id: u32,
    pub(crate) append_index: u32,
    /// `None` once destroyed.
    pub(crate) wrapped: Option<Wrapped>,
}

pub(crate) fn encode(slot: &Slot) -> [u8; SLOT_BYTES] {
    let mut bytes = [0; SLOT_BYTES];
    bytes[0] = if slot.wrapped.is_some() { 1 } else { 2 };
    bytes[1..20].copy_from_slice(&subject_bytes(&slot.subject));
    bytes[20..24].copy_from_slice(&slot.key_id.to_le_bytes());
    bytes[24..28].copy_from_slice(&slot.append_index.to_le_bytes());
    if let Some(wrapped) = &slot.wrapped {
        bytes[NONCE_AT..WRAPPED_AT].copy_from_slice(&wrapped.nonce);
        bytes[WRAPPED_AT..WRAPPED_AT + WRAPPED_BYTES].copy_from_slice(&wrapped.bytes);
    }
    let checksum = crc32fast::hash(&bytes[..CHECKSUM_AT]);
    bytes[CHECKSUM_AT..].copy_from_slice(&checksum.to_le_bytes());
    bytes
}

/// Reads a slot; `None` if the bytes are none.
pub(crate) fn decode(bytes: &[u8]) -> Option<Slot> {
    if bytes.len() != SLOT_BYTES
        || field(bytes, CHECKSUM_AT)? != crc32fast::hash(&bytes[..CHECKSUM_AT]).to_le_bytes()
    {
        return None;
    }
    let kind = EntityKind::ALL.into_iter().find(|kind| *kind as u8 == bytes[1])?;
    let subject = EntityKey { kind, key_id: u16::from_le_bytes(field(bytes, 2)?), digest: field(bytes, 4)? };
    let wrapped = match bytes[0] {
        1 => Some(Wrapped { nonce: field(bytes, NONCE_AT)?, bytes: field(bytes, WRAPPED_AT)? }),
        2 => None,
        _ => return None,
    };
    let key_id = u32::from_le_bytes(field(bytes, 20)?);
    Some(Slot { subject, key_id, append_index: u32::from_le_bytes(field(bytes, 24)?), wrapped })
}

fn field<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..)?.first_chunk().copied()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn slot(is_live: bool) -> Slot {
        let subject = EntityKey { kind: EntityKind::Customer, key_id: 1, digest: [9; 16] };
        let wrapped = Wrapped { nonce: [3; NONCE_BYTES], bytes: [4; WRAPPED_BYTES] };
        Slot { subject, key_id: 7, append_index: 2, wrapped: is_live.then_some(wrapped) }
    }

    #[test]
    fn a_slot_comes_back_as_it_was() {
        for is_live in [true, false] {
            let read = decode(&encode(&slot(is_live))).unwrap();
            assert_eq!((read.subject, read.key_id, read.append_index), (slot(is_live).subject, 7, 2));
            assert_eq!(read.wrapped.map(|wrapped| wrapped.bytes), is_live.then_some([4; WRAPPED_BYTES]));
        }
    }

    #[test]
    fn a_destroyed_slot_holds_nothing_of_the_key() {
        assert!(encode(&slot(false))[NONCE_AT..CHECKSUM_AT].iter().all(|byte| *byte == 0));
    }

    proptest! {
        #[test]
        fn any_bytes_are_answered_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            decode(&bytes);
        }

        #[test]
        fn a_flipped_bit_is_seen(at in 0..SLOT_BYTES, bit in 0..8_u32) {
            let mut bytes = encode(&slot(true));
            bytes[at] ^= 1_u8 << bit;
            prop_assert!(decode(&bytes).is_none());
        }
    }
}
