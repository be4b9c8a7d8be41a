//! Entries as small as the wanted features allow.

use crate::counterparty::MOST;
use crate::entry::Entry;

/// What an entry may keep.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parts {
    pub(crate) time: i64,
    /// As sums count it.
    pub(crate) amount: i64,
    pub(crate) transaction: u32,
    /// Short hashes of the counterparties.
    pub(crate) parties: [Option<u32>; MOST],
}

impl Parts {
    /// The same as an entry of a state.
    pub(crate) const fn entry(&self, ordinal: u64) -> Entry {
        let Self { time, amount, transaction, parties } = *self;
        Entry { occurred_at: time, ordinal, amount_minor: amount, transaction, counterparties: parties }
    }

    pub(crate) const fn of(entry: &Entry) -> Self {
        let Entry { occurred_at, amount_minor, transaction, counterparties, .. } = *entry;
        Self { time: occurred_at, amount: amount_minor, transaction, parties: counterparties }
    }
}

/// An entry in a ring: its time and transaction, and as much more as a layout has room for. What a layout does not
/// keep reads as 0, absent or false.
pub(crate) trait Packed: Copy + Default + std::fmt::Debug {
    /// Whether it keeps counterparties.
    const HAS_PARTIES: bool = false;
    /// Packs an entry without a flag; `None` if it does not fit.
    fn pack(entry: &Parts) -> Option<Self>;
    fn time(&self) -> i64;
    fn transaction(&self) -> u32;
    fn amount(&self) -> i64 {
        0
    }
    fn is_fraud(&self) -> bool {
        false
    }
    fn set_fraud(&mut self, _is_fraud: bool) {}
    /// Counterparty in a slot.
    fn party(&self, _slot: usize) -> Option<u32> {
        None
    }
    /// Whether a later entry within the longest window has the same counterparty in the slot.
    fn is_superseded(&self, _slot: usize) -> bool {
        false
    }
    fn supersede(&mut self, _slot: usize) {}
}

/// 16 bytes: with an amount of 32 bits, without flags and counterparties.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Priced {
    time: i64,
    transaction: u32,
    amount: i32,
}

impl Packed for Priced {
    #[inline]
    fn pack(entry: &Parts) -> Option<Self> {
        let amount = i32::try_from(entry.amount).ok()?;
        Some(Self { time: entry.time, transaction: entry.transaction, amount })
    }
    #[inline]
    fn time(&self) -> i64 {
        self.time
    }
    #[inline]
    fn transaction(&self) -> u32 {
        self.transaction
    }
    #[inline]
    fn amount(&self) -> i64 {
        i64::from(self.amount)
    }
}

/// 16 bytes: with a flag, without amount and counterparties.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Flagged {
    time: i64,
    transaction: u32,
    is_fraud: bool,
}

impl Packed for Flagged {
    #[inline]
    fn pack(entry: &Parts) -> Option<Self> {
        Some(Self { time: entry.time, transaction: entry.transaction, is_fraud: false })
    }
    #[inline]
    fn time(&self) -> i64 {
        self.time
    }
    #[inline]
    fn transaction(&self) -> u32 {
        self.transaction
    }
    #[inline]
    fn is_fraud(&self) -> bool {
        self.is_fraud
    }
    #[inline]
    fn set_fraud(&mut self, is_fraud: bool) {
        self.is_fraud = is_fraud;
    }
}

/// 32 bytes: everything.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Whole {
    time: i64,
    /// The amount, shifted by [`BITS`] (amounts are below 2^50), over the flag, a bit for each counterparty that
    /// is there, and a bit for each that is superseded.
    amount_and_bits: i64,
    transaction: u32,
    parties: [u32; MOST],
}

const BITS: u32 = 8;
const FRAUD: i64 = 1;
const PRESENT: i64 = 1 << 1;
const SUPERSEDED: i64 = 1 << (1 + MOST);

impl Packed for Whole {
    const HAS_PARTIES: bool = true;
    #[inline]
    fn pack(entry: &Parts) -> Option<Self> {
        let mut packed = Self {
            time: entry.time,
            amount_and_bits: entry.amount << BITS,
            transaction: entry.transaction,
            parties: [0; MOST],
        };
        for (slot, (party, hash)) in packed.parties.iter_mut().zip(entry.parties).enumerate() {
            if let Some(hash) = hash {
                *party = hash;
                packed.amount_and_bits |= PRESENT << slot;
            }
        }
        Some(packed)
    }
    #[inline]
    fn time(&self) -> i64 {
        self.time
    }
    #[inline]
    fn transaction(&self) -> u32 {
        self.transaction
    }
    #[inline]
    fn amount(&self) -> i64 {
        self.amount_and_bits >> BITS
    }
    #[inline]
    fn is_fraud(&self) -> bool {
        self.amount_and_bits & FRAUD != 0
    }
    #[inline]
    fn set_fraud(&mut self, is_fraud: bool) {
        self.amount_and_bits = (self.amount_and_bits & !FRAUD) | i64::from(is_fraud);
    }
    #[inline]
    fn party(&self, slot: usize) -> Option<u32> {
        let is_present = self.amount_and_bits & (PRESENT << slot) != 0;
        if is_present { self.parties.get(slot).copied() } else { None }
    }
    #[inline]
    fn is_superseded(&self, slot: usize) -> bool {
        self.amount_and_bits & (SUPERSEDED << slot) != 0
    }
    #[inline]
    fn supersede(&mut self, slot: usize) {
        self.amount_and_bits |= SUPERSEDED << slot;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::LARGEST_AMOUNT_MINOR;

    #[test]
    fn entries_keep_their_sizes() {
        assert_eq!(size_of::<Priced>(), 16);
        assert_eq!(size_of::<Flagged>(), 16);
        assert_eq!(size_of::<Whole>(), 32);
    }

    #[test]
    fn a_whole_entry_keeps_everything() {
        for amount_minor in [LARGEST_AMOUNT_MINOR, -LARGEST_AMOUNT_MINOR, -1, 0] {
            let parties = [Some(7), None, Some(0)];
            let entry = Parts { time: -5, amount: amount_minor, transaction: 9, parties };
            let mut packed = Whole::pack(&entry).unwrap();
            packed.set_fraud(true);
            packed.supersede(2);
            assert_eq!((packed.time(), packed.amount(), packed.transaction()), (-5, amount_minor, 9));
            assert_eq!([0, 1, 2].map(|slot| packed.party(slot)), parties);
            assert_eq!([0, 1, 2].map(|slot| packed.is_superseded(slot)), [false, false, true]);
            assert!(packed.is_fraud());
        }
    }
}
