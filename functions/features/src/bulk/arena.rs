//! Room for the entries of many entities: rings of powers of two, in one place.

use crate::bulk::packed::Packed;

/// Rings are cut from segments of so many entries; a segment never moves.
const SEGMENT_BITS: u32 = 16;
/// Longest ring as a power of two.
pub(crate) const LONGEST: u8 = 13;

/// Where a ring lies.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    start: u32,
    /// Power of two of its length, plus 1; 0 for no ring.
    class: u8,
}

/// Segments, and for each length the rings that were given back.
#[derive(Clone, Debug)]
pub(crate) struct Arena<E> {
    segments: Vec<Vec<E>>,
    free: [Vec<u32>; LONGEST as usize + 1],
    /// Entries on their way from ring to ring.
    moved: Vec<E>,
}

impl Place {
    /// No ring.
    pub(crate) const EMPTY: Self = Self { start: 0, class: 0 };

    /// Number of entries that fit.
    #[inline]
    pub(crate) const fn room(self) -> u32 {
        if self.class == 0 { 0 } else { 1 << (self.class - 1) }
    }

    /// Power of two of the ring to grow to; `None` if this is the longest. Many entities have one entry only; who
    /// comes again may well come often.
    pub(crate) const fn longer(self) -> Option<u8> {
        match self.class {
            1 => Some(2),
            class if class > LONGEST => None,
            class => Some(class),
        }
    }
}

impl<E: Copy + Default> Arena<E> {
    pub(crate) const fn new() -> Self {
        Self { segments: Vec::new(), free: [const { Vec::new() }; LONGEST as usize + 1], moved: Vec::new() }
    }

    /// The entries of a ring; the entry with the sequence `n` stands at `n` modulo their number.
    #[inline]
    pub(crate) fn ring(&self, place: Place) -> &[E] {
        let start = (place.start & ((1 << SEGMENT_BITS) - 1)) as usize;
        let segment = self.segments.get((place.start >> SEGMENT_BITS) as usize);
        segment.and_then(|segment| segment.get(start..start + place.room() as usize)).unwrap_or_default()
    }

    /// The same, to change them.
    #[inline]
    pub(crate) fn ring_mut(&mut self, place: Place) -> &mut [E] {
        let start = (place.start & ((1 << SEGMENT_BITS) - 1)) as usize;
        let segment = self.segments.get_mut((place.start >> SEGMENT_BITS) as usize);
        segment.and_then(|segment| segment.get_mut(start..start + place.room() as usize)).unwrap_or_default()
    }

    /// A ring of a power of two.
    pub(crate) fn take(&mut self, power: u8) -> Place {
        let power = power.min(LONGEST);
        let place = |start| Place { start, class: power + 1 };
        if let Some(start) = self.free.get_mut(usize::from(power)).and_then(Vec::pop) {
            return place(start);
        }
        let room = 1_usize << power;
        let is_full = |segment: &Vec<E>| segment.len() + room > 1 << SEGMENT_BITS;
        if self.segments.last().is_none_or(is_full) {
            // The first grows with what comes; where it was not enough, much will come.
            let room = if self.segments.is_empty() { 0 } else { 1 << SEGMENT_BITS };
            self.segments.push(Vec::with_capacity(room));
        }
        let number = self.segments.len() as u32 - 1;
        let Some(segment) = self.segments.last_mut() else { return Place::EMPTY };
        let start = segment.len();
        segment.resize(start + room, E::default());
        place((number << SEGMENT_BITS) | start as u32)
    }

    /// Gives a ring back.
    pub(crate) fn give_back(&mut self, place: Place) {
        if let Some(free) = place.class.checked_sub(1).and_then(|power| self.free.get_mut(usize::from(power)))
        {
            free.push(place.start);
        }
    }

    /// Moves the entries with the sequences `begin..end` to a ring of another length, which has room for them.
    pub(crate) fn change(&mut self, old: Place, power: u8, begin: u32, end: u32) -> Place {
        let new = self.take(power);
        let mut moved = std::mem::take(&mut self.moved);
        let ring = self.ring(old);
        moved.extend((begin..end).filter_map(|sequence| entry_at(ring, sequence)));
        let ring = self.ring_mut(new);
        for (sequence, entry) in (begin..).zip(moved.drain(..)) {
            if let Some(room) = entry_at_mut(ring, sequence) {
                *room = entry;
            }
        }
        self.moved = moved;
        self.give_back(old);
        new
    }
}

/// The entry with a sequence in a ring.
#[inline]
pub(crate) fn entry_at<E: Copy>(ring: &[E], sequence: u32) -> Option<E> {
    ring.get(sequence as usize & ring.len().wrapping_sub(1)).copied()
}

/// The same, to change it.
#[inline]
pub(crate) fn entry_at_mut<E>(ring: &mut [E], sequence: u32) -> Option<&mut E> {
    let mask = ring.len().wrapping_sub(1);
    ring.get_mut(sequence as usize & mask)
}

/// Nearly always so many entries at most leave a window at once.
pub(crate) const USUAL: usize = 2;

/// Whether the entry with a sequence is one before `end` and not later than `oldest`: 1 or 0, since a branch on it
/// would be guessed wrong half of the time; and the entry.
#[inline(always)]
pub(crate) fn leaving<E: Packed>(ring: &[E], sequence: u32, end: u32, oldest: i64) -> (u32, E) {
    let entry = entry_at(ring, sequence).unwrap_or_default();
    (u32::from(sequence < end) & u32::from(entry.time() <= oldest), entry)
}
