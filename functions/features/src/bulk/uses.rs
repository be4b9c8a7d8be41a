//! What regular customers have used before, each in one list for all kinds.

use crate::bulk::arena::{Arena, Place, entry_at, entry_at_mut};
use crate::counterparty::FIRST_USE_KINDS;
use crate::first_use::{FIRST_USE_CAP, FirstUses, Use};
use crate::meeting::{ByKind, Used};
use crate::vector::slot;

/// Ordinals up to this fit a record.
pub(crate) const LARGEST_ORDINAL: u64 = (1 << 29) - 1;

/// One first use.
#[derive(Clone, Copy, Debug, Default)]
struct Record {
    occurred_at: i64,
    hash: u32,
    /// The event's ordinal, over three bits for the place in [`FIRST_USE_KINDS`].
    ordinal_and_kind: u32,
}

/// The records of one customer.
#[derive(Clone, Copy, Debug)]
struct List {
    place: Place,
    /// Number of records of each kind.
    counts: [u16; FIRST_USE_KINDS.len()],
}

/// The lists, by number of the customer.
#[derive(Clone, Debug)]
pub(crate) struct UseLists {
    lists: Vec<List>,
    arena: Arena<Record>,
}

impl List {
    const NEW: Self = Self { place: Place::EMPTY, counts: [0; FIRST_USE_KINDS.len()] };

    fn len(&self) -> u32 {
        self.counts.iter().map(|count| u32::from(*count)).sum()
    }
}

impl UseLists {
    pub(crate) const fn new() -> Self {
        Self { lists: Vec::new(), arena: Arena::new() }
    }

    /// Makes empty lists up to so many customers.
    pub(crate) fn make(&mut self, count: usize) {
        if self.lists.len() < count {
            self.lists.resize(count, List::NEW);
        }
    }

    /// Whether one more event fits: no kind's records are at their cap.
    pub(crate) fn has_room(&self, number: usize, ordinal: u64) -> bool {
        let list = self.lists.get(number).unwrap_or(&List::NEW);
        ordinal < LARGEST_ORDINAL && list.counts.iter().all(|count| usize::from(*count) < FIRST_USE_CAP)
    }

    /// Brings a customer's list near, for what comes soon.
    #[inline]
    pub(crate) fn touch(&self, number: usize) -> u32 {
        let Some(list) = self.lists.get(number) else { return 0 };
        let lines = self.arena.ring(list.place).chunks(4);
        lines.filter_map(<[Record]>::first).fold(0, |sum, record| sum.wrapping_add(record.hash))
    }

    /// Takes in the uses of a customer's newest event; answers which are the first.
    pub(crate) fn take(
        &mut self,
        number: usize,
        used: &Used,
        (occurred_at, ordinal): (i64, u64),
    ) -> ByKind<Option<bool>> {
        let mut answers = ByKind::default();
        let Some(list) = self.lists.get_mut(number) else { return answers };
        let end = list.len();
        let mut is_known = [false; FIRST_USE_KINDS.len()];
        let wanted = FIRST_USE_KINDS.map(|kind| used.of(kind));
        let ring = self.arena.ring(list.place);
        for record in (0..end).filter_map(|sequence| entry_at(ring, sequence)) {
            let kind = (record.ordinal_and_kind & 7) as usize;
            if let Some(is_known) = is_known.get_mut(kind) {
                *is_known |= wanted[kind] == Some(record.hash);
            }
        }
        let mut end = end;
        for (place, kind) in FIRST_USE_KINDS.into_iter().enumerate() {
            let Some(hash) = wanted[place] else { continue };
            answers[slot(kind)] = Some(!is_known[place]);
            if !is_known[place] {
                let ordinal_and_kind = (ordinal as u32) << 3 | place as u32;
                push(&mut self.arena, list, end, Record { occurred_at, hash, ordinal_and_kind });
                list.counts[place] += 1;
                end += 1;
            }
        }
        answers
    }

    /// Takes a customer's list away, as a state keeps it.
    pub(crate) fn remove(&mut self, number: usize) -> FirstUses {
        let mut uses = FirstUses::default();
        let Some(list) = self.lists.get_mut(number) else { return uses };
        let ring = self.arena.ring(list.place);
        for record in (0..list.len()).filter_map(|sequence| entry_at(ring, sequence)) {
            if let Some(uses) = uses.0.get_mut((record.ordinal_and_kind & 7) as usize) {
                let ordinal = u64::from(record.ordinal_and_kind >> 3);
                uses.records.push(Use { ordinal, occurred_at: record.occurred_at, hash: record.hash });
            }
        }
        self.arena.give_back(list.place);
        *list = List::NEW;
        uses
    }

    /// Puts back what a state keeps; false if it cannot be a list.
    pub(crate) fn put(&mut self, number: usize, uses: &FirstUses) -> bool {
        let is_small = uses.0.iter().all(|uses| !uses.is_capped && uses.records.len() < FIRST_USE_CAP);
        let Some(list) = self.lists.get_mut(number).filter(|_| is_small) else { return false };
        let mut end = 0;
        for (place, uses) in uses.0.iter().enumerate() {
            for Use { ordinal, occurred_at, hash } in &uses.records {
                let ordinal_and_kind = (*ordinal as u32) << 3 | place as u32;
                let record = Record { occurred_at: *occurred_at, hash: *hash, ordinal_and_kind };
                push(&mut self.arena, list, end, record);
                list.counts[place] += 1;
                end += 1;
            }
        }
        true
    }
}

/// Writes the record after the last.
fn push(arena: &mut Arena<Record>, list: &mut List, end: u32, record: Record) {
    if end == list.place.room()
        && let Some(power) = list.place.longer()
    {
        // A customer has several records from the beginning.
        list.place = arena.change(list.place, power.max(2), 0, end);
    }
    if let Some(room) = entry_at_mut(arena.ring_mut(list.place), end) {
        *room = record;
    }
}
