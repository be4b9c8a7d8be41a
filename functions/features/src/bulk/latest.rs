//! The newest entry of each counterparty of one entity.

use crate::bulk::arena::entry_at;
use crate::bulk::head::Head;
use crate::bulk::packed::Packed;

/// Sequences by short hash: open addressing over a power of two of places. Entries that have left the ring are
/// forgotten when it grows full.
#[derive(Clone, Debug)]
pub(crate) struct Latest {
    /// Hash, and sequence + 1; 0 if free.
    places: Vec<(u32, u32)>,
    taken: usize,
}

impl Latest {
    /// The newest entries of a ring by their counterparties in a slot.
    pub(crate) fn of<E: Packed>(head: &Head, ring: &[E], slot: usize) -> Self {
        let mut latest = Self::with_room(head.len() as usize);
        for sequence in head.begin..head.end {
            if let Some(hash) = entry_at(ring, sequence).and_then(|entry| entry.party(slot)) {
                latest.put(hash, sequence);
            }
        }
        latest
    }

    fn with_room(entries: usize) -> Self {
        Self { places: vec![(0, 0); (entries * 2).next_power_of_two().max(16)], taken: 0 }
    }

    /// Notes that the next entry has a counterparty; answers the sequence of the one before that has it, if it is
    /// still in the ring.
    pub(crate) fn replace(&mut self, hash: u32, head: &Head) -> Option<u32> {
        if (self.taken + 1) * 4 > self.places.len() * 3 {
            self.tidy(head.begin);
        }
        self.put(hash, head.end).filter(|before| *before >= head.begin)
    }

    fn put(&mut self, hash: u32, sequence: u32) -> Option<u32> {
        let mask = self.places.len() - 1;
        let mut at = hash.wrapping_mul(0x9e37_79b9) as usize & mask;
        loop {
            let place = self.places.get_mut(at)?;
            if place.1 == 0 {
                *place = (hash, sequence + 1);
                self.taken += 1;
                return None;
            }
            if place.0 == hash {
                let before = place.1 - 1;
                place.1 = sequence + 1;
                return Some(before);
            }
            at = (at + 1) & mask;
        }
    }

    /// Forgets entries before a sequence, and makes room for as many again as are left.
    fn tidy(&mut self, begin: u32) {
        let kept: Vec<_> = self.places.iter().copied().filter(|place| place.1 > begin).collect();
        *self = Self::with_room(kept.len() * 2);
        for (hash, next) in kept {
            self.put(hash, next - 1);
        }
    }
}
