//! Distinct counterparties in windows.

use crate::aggregate::ByWindow;
use crate::chunk::Chunk;
use crate::counterparty::{MOST, counterparties};
use crate::entry::Entry;
use crate::reach::Reach;
use crate::sketch::Sketch;
use crate::state::EntityState;
use crate::totals::Totals;
use crate::window::Window;

/// Hashes that were seen, from the newest event to the oldest: the first sight of one lies in the shortest window
/// that holds it.
struct Hashes {
    /// A power of two of places, at most half of them taken; 0 is free.
    places: Vec<u32>,
    has_zero: bool,
}

impl Hashes {
    fn new(most: usize) -> Self {
        Self { places: vec![0; (most * 2).next_power_of_two()], has_zero: false }
    }

    fn clear(&mut self) {
        self.places.fill(0);
        self.has_zero = false;
    }

    /// Whether it was not seen before.
    fn is_new(&mut self, hash: u32) -> bool {
        if hash == 0 {
            return !std::mem::replace(&mut self.has_zero, true);
        }
        let mask = self.places.len() - 1;
        let mut place = hash as usize & mask;
        while let Some(kept) = self.places.get_mut(place) {
            if *kept == 0 {
                *kept = hash;
                return true;
            }
            if *kept == hash {
                return false;
            }
            place = (place + 1) & mask;
        }
        false
    }
}

/// Counts each hash in the shortest window that holds it and in every longer one. `totals` bound estimates.
pub(crate) fn distinct(
    state: &EntityState,
    own: &Entry,
    mut reach: Reach,
    totals: &ByWindow<Totals>,
) -> ByWindow<[u64; MOST]> {
    reach.after = reach.after.max(state.kept_after);
    let seen: Vec<&[Entry]> = chunks(state)
        .map(|chunk| chunk.between(reach.after, reach.until))
        .filter(|part| !part.is_empty())
        .collect();
    let most = 1 + seen.iter().map(|part| part.len()).sum::<usize>();
    let mut counts = ByWindow::<[u64; MOST]>::default();
    let mut hashes = Hashes::new(most);
    for (slot, _) in counterparties(state.kind).iter().enumerate() {
        hashes.clear();
        if own.counterparties[slot].is_some_and(|hash| hashes.is_new(hash)) {
            counts[0][slot] += 1;
        }
        for entry in seen.iter().flat_map(|part| part.iter().rev()) {
            let Some(hash) = entry.counterparties[slot] else { continue };
            if entry.ordinal < reach.ordinal && hashes.is_new(hash) {
                counts[reach.shortest(entry.occurred_at)][slot] += 1;
            }
        }
    }
    widen(&mut counts);
    estimate(state, own, reach, totals, &mut counts);
    counts
}

/// Chunks at hand, the newest first.
fn chunks(state: &EntityState) -> impl Iterator<Item = &Chunk> {
    let sealed = state.segments.iter().rev().filter_map(|segment| segment.part.body.as_ref());
    std::iter::once(&state.recent).chain(sealed)
}

fn widen(counts: &mut ByWindow<[u64; MOST]>) {
    let mut shorter = [0; MOST];
    for counts in counts {
        for (count, less) in counts.iter_mut().zip(shorter) {
            *count += less;
        }
        shorter = *counts;
    }
}

/// Replaces the counts of windows that reach into tiles by estimates from the sketches and the entries.
fn estimate(
    state: &EntityState,
    own: &Entry,
    reach: Reach,
    totals: &ByWindow<Totals>,
    counts: &mut ByWindow<[u64; MOST]>,
) {
    let Some(tiles) = &state.tiles else { return };
    let Some(sketches) = &tiles.sketches.body else { return };
    for ((window, counts), totals) in Window::ALL.into_iter().zip(counts).zip(totals) {
        let after = reach.after.max(reach.until.saturating_sub(window.micros()));
        if after >= tiles.until {
            continue;
        }
        let slots = counts.iter_mut().zip(sketches).take(counterparties(state.kind).len());
        for (slot, (count, sketch)) in slots.enumerate() {
            let found = estimate_one(state, own, sketch, slot, after, reach);
            *count = found.clamp(*count, totals.count.max(*count));
        }
    }
}

fn estimate_one(
    state: &EntityState,
    own: &Entry,
    sketch: &Sketch,
    slot: usize,
    after: i64,
    reach: Reach,
) -> u64 {
    let mut ranks = sketch.after(after);
    own.counterparties[slot].into_iter().for_each(|hash| ranks.add(hash));
    for entry in chunks(state).flat_map(|chunk| chunk.between(after, reach.until)) {
        if entry.ordinal < reach.ordinal {
            entry.counterparties[slot].into_iter().for_each(|hash| ranks.add(hash));
        }
    }
    ranks.estimate()
}
