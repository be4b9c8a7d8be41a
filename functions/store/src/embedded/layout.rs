//! How values lie on disk. Every value begins with a layout byte; integers are big-endian.
//!
//! | keyspace | key | value after the layout byte |
//! |---|---|---|
//! | `states` | kind `u8`, key id `u16`, digest 16 bytes | version `u64`, the encoded head |
//! | `parts` | a state's key, number `u64` | the encoded piece |
//! | `items` | transaction id | version `u64`, length of the decision `u32`, decision JSON, label JSON |
//! | `outbox` | sequence `u64` | `d`, time `i64`, outcome (its place in `OUTCOMES`) `u8`, transaction id; or `e`, time `i64`, length of the id `u16`, id, label effect JSON |
//! | `meta` | `head` | newest, trimmed, decisions, labels, states, each `u64` |

use weir_events::{EntityKey, EntityKind, Outcome, Timestamp};

use crate::Version;

/// Layout that this build writes, and the only one it reads.
const LAYOUT: u8 = 1;

/// Length of a state's key.
pub(super) const STATE_KEY_LENGTH: usize = 19;

/// A state's key.
pub(super) type StateKey = [u8; STATE_KEY_LENGTH];

/// Key of a piece of a state.
pub(super) type PartBytes = [u8; STATE_KEY_LENGTH + 8];

/// Key of the head in `meta`.
pub(super) const HEAD_KEY: &str = "head";

pub(super) fn state_key(entity: &EntityKey) -> StateKey {
    let mut key = [0; STATE_KEY_LENGTH];
    key[0] = entity.kind as u8;
    key[1..3].copy_from_slice(&entity.key_id.to_be_bytes());
    key[3..].copy_from_slice(&entity.digest);
    key
}

pub(super) fn part_key(state: &StateKey, number: u64) -> PartBytes {
    let mut key = [0; STATE_KEY_LENGTH + 8];
    let (entity, rest) = key.split_at_mut(STATE_KEY_LENGTH);
    entity.copy_from_slice(state);
    rest.copy_from_slice(&number.to_be_bytes());
    key
}

/// A piece of a state as it is stored.
pub(super) fn encode_part(bytes: &[u8]) -> Vec<u8> {
    [&[LAYOUT], bytes].concat()
}

pub(super) fn decode_part(value: &[u8]) -> Option<&[u8]> {
    value.strip_prefix(&[LAYOUT])
}

pub(super) fn entity_of(key: &[u8]) -> Option<EntityKey> {
    let key: &StateKey = key.try_into().ok()?;
    let [kind, first, second, digest @ ..] = key;
    let kind = EntityKind::ALL.into_iter().find(|known| *known as u8 == *kind)?;
    Some(EntityKey { kind, key_id: u16::from_be_bytes([*first, *second]), digest: *digest })
}

/// A value and the version in front of it.
pub(super) fn encode_state(version: Version, bytes: &[u8]) -> Vec<u8> {
    let mut value = Vec::with_capacity(9 + bytes.len());
    value.push(LAYOUT);
    value.extend_from_slice(&version.to_be_bytes());
    value.extend_from_slice(bytes);
    value
}

pub(super) fn decode_state(value: &[u8]) -> Option<(Version, &[u8])> {
    let rest = value.strip_prefix(&[LAYOUT])?;
    let (version, bytes) = rest.split_first_chunk()?;
    Some((u64::from_be_bytes(*version), bytes))
}

/// A transaction's item, its parts still encoded; an empty part is absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ItemBytes {
    pub(super) version: Version,
    pub(super) decision: Vec<u8>,
    pub(super) label: Vec<u8>,
}

impl ItemBytes {
    pub(super) fn encode(&self) -> Option<Vec<u8>> {
        let length = u32::try_from(self.decision.len()).ok()?;
        let mut value = Vec::with_capacity(13 + self.decision.len() + self.label.len());
        value.push(LAYOUT);
        value.extend_from_slice(&self.version.to_be_bytes());
        value.extend_from_slice(&length.to_be_bytes());
        value.extend_from_slice(&self.decision);
        value.extend_from_slice(&self.label);
        Some(value)
    }

    pub(super) fn decode(value: &[u8]) -> Option<Self> {
        let rest = value.strip_prefix(&[LAYOUT])?;
        let (version, rest) = rest.split_first_chunk()?;
        let (length, parts) = rest.split_first_chunk()?;
        let (decision, label) = parts.split_at_checked(u32::from_be_bytes(*length) as usize)?;
        let version = u64::from_be_bytes(*version);
        Some(Self { version, decision: decision.to_vec(), label: label.to_vec() })
    }
}

/// The decision in a stored item, where it lies; `None` if there is none.
pub(super) fn decision_of(value: &[u8]) -> Option<&[u8]> {
    let (_version, rest) = value.strip_prefix(&[LAYOUT])?.split_first_chunk::<8>()?;
    let (length, parts) = rest.split_first_chunk()?;
    let decision = parts.get(..u32::from_be_bytes(*length) as usize)?;
    (!decision.is_empty()).then_some(decision)
}

/// An outbox entry. A decision's is a pointer: the item holds the one copy, so the two can never differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pointer<'a> {
    /// The decision in the item of this transaction, its time and outcome.
    Decision { at: Timestamp, outcome: Outcome, id: &'a str },
    /// A label effect as JSON, its time and transaction.
    Effect { at: Timestamp, id: &'a str, json: &'a [u8] },
}

impl<'a> Pointer<'a> {
    /// The bytes; `None` if the id is longer than any that an event may have.
    pub(super) fn encode(self) -> Option<Vec<u8>> {
        Some(match self {
            Self::Decision { at, outcome, id } => {
                let outcome = OUTCOMES.iter().position(|known| *known == outcome)? as u8;
                [&[LAYOUT, b'd'], at.micros().to_be_bytes().as_slice(), &[outcome], id.as_bytes()].concat()
            }
            Self::Effect { at, id, json } => {
                let length = u16::try_from(id.len()).ok()?.to_be_bytes();
                [&[LAYOUT, b'e'], at.micros().to_be_bytes().as_slice(), &length, id.as_bytes(), json].concat()
            }
        })
    }

    pub(super) fn decode(value: &'a [u8]) -> Option<Self> {
        let [LAYOUT, kind, rest @ ..] = value else { return None };
        let (at, rest) = rest.split_first_chunk()?;
        let at = Timestamp::from_micros(i64::from_be_bytes(*at));
        match kind {
            b'd' => {
                let (outcome, id) = rest.split_first()?;
                let outcome = *OUTCOMES.get(usize::from(*outcome))?;
                Some(Self::Decision { at, outcome, id: std::str::from_utf8(id).ok()? })
            }
            b'e' => {
                let (length, rest) = rest.split_first_chunk()?;
                let (id, json) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
                Some(Self::Effect { at, id: std::str::from_utf8(id).ok()?, json })
            }
            _ => None,
        }
    }
}

/// Every outcome; its place here is what is stored.
const OUTCOMES: [Outcome; 3] = [Outcome::Approve, Outcome::Review, Outcome::Decline];

/// Where the outbox stands and how much there is: written with every batch, so that it is always exact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Head {
    /// Sequence of the newest outbox entry ever made.
    pub(super) newest: u64,
    /// Entries up to this sequence are forgotten.
    pub(super) trimmed: u64,
    pub(super) decisions: u64,
    pub(super) labels: u64,
    pub(super) states: u64,
}

impl Head {
    pub(super) fn encode(&self) -> Vec<u8> {
        let fields = [self.newest, self.trimmed, self.decisions, self.labels, self.states];
        std::iter::once(LAYOUT).chain(fields.into_iter().flat_map(u64::to_be_bytes)).collect()
    }

    pub(super) fn decode(value: &[u8]) -> Option<Self> {
        let (fields, rest) = value.strip_prefix(&[LAYOUT])?.as_chunks::<8>();
        let [newest, trimmed, decisions, labels, states] = fields else { return None };
        let number = |bytes: &[u8; 8]| u64::from_be_bytes(*bytes);
        rest.is_empty().then_some(Self {
            newest: number(newest),
            trimmed: number(trimmed),
            decisions: number(decisions),
            labels: number(labels),
            states: number(states),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn state_keys_order_as_their_entities(digests in any::<[[u8; 16]; 2]>(), key_ids in any::<[u16; 2]>()) {
            let [left, right] = [0, 1].map(|index| EntityKey {
                kind: EntityKind::ALL[usize::from(digests[index][0]) % EntityKind::ALL.len()],
                key_id: key_ids[index],
                digest: digests[index],
            });
            prop_assert_eq!(entity_of(&state_key(&left)), Some(left));
            prop_assert_eq!(state_key(&left).cmp(&state_key(&right)), left.cmp(&right));
        }

        #[test]
        fn values_come_back_as_they_went(
            version: u64, decision: Vec<u8>, label: Vec<u8>, id: String, fields: [u64; 5],
        ) {
            let state = encode_state(version, &label);
            prop_assert_eq!(decode_state(&state), Some((version, label.as_slice())));
            let at = Timestamp::from_micros(fields[0] as i64);
            let decisions = OUTCOMES.map(|outcome| Pointer::Decision { at, outcome, id: &id });
            for pointer in decisions.into_iter().chain([Pointer::Effect { at, id: &id, json: &label }]) {
                let entry = pointer.encode().unwrap();
                prop_assert_eq!(Pointer::decode(&entry), Some(pointer));
            }
            let [newest, trimmed, decisions, labels, states] = fields;
            let head = Head { newest, trimmed, decisions, labels, states };
            prop_assert_eq!(Head::decode(&head.encode()), Some(head));
            let item = ItemBytes { version, decision, label };
            prop_assert_eq!(ItemBytes::decode(&item.encode().unwrap()), Some(item));
        }

        #[test]
        fn no_bytes_make_decoding_panic(mut bytes: Vec<u8>) {
            for first in [None, Some(LAYOUT)] {
                if let (Some(layout), Some(byte)) = (first, bytes.first_mut()) {
                    *byte = layout;
                }
                let _ = (entity_of(&bytes), decode_state(&bytes), ItemBytes::decode(&bytes));
                let _ = (Pointer::decode(&bytes), Head::decode(&bytes));
            }
        }
    }

    #[test]
    fn a_later_layout_is_refused() {
        let mut value = encode_state(1, b"state");
        value[0] = LAYOUT + 1;
        assert_eq!(decode_state(&value), None);
    }
}
