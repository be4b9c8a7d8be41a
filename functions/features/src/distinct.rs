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

/// Places on the stack: enough for most entities.
const FEW: usize = 128;

/// Hashes that were seen, from the newest event to the oldest: the first sight of one lies in the shortest window
/// that holds it.
struct Hashes<'a> {
    /// A power of two of places, at most half of them taken; 0 is free.
    places: &'a mut [u32],
    has_zero: bool,
}

impl Hashes<'_> {
    /// Whether it was not seen before.
    #[inline]
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
    let within = |chunk: &Chunk| chunk.between(reach.after, reach.until).len();
    let most = 1 + chunks(state).map(within).sum::<usize>();
    let (mut few, mut many) = ([0; FEW], Vec::new());
    let places = match (most * 2).next_power_of_two() {
        length @ ..=FEW => &mut few[..length],
        length => {
            many.resize(length, 0);
            many.as_mut_slice()
        }
    };
    let mut counts = ByWindow::<[u64; MOST]>::default();
    for (slot, _) in counterparties(state.kind).iter().enumerate() {
        places.fill(0);
        count(state, own, reach, slot, Hashes { places, has_zero: false }, &mut counts);
    }
    widen(&mut counts);
    estimate(state, own, reach, totals, &mut counts);
    counts
}

/// Counts the counterparties of one slot.
fn count(
    state: &EntityState,
    own: &Entry,
    reach: Reach,
    slot: usize,
    mut hashes: Hashes<'_>,
    counts: &mut ByWindow<[u64; MOST]>,
) {
    if own.counterparties[slot].is_some_and(|hash| hashes.is_new(hash)) {
        counts[0][slot] += 1;
    }
    for chunk in chunks(state) {
        for entry in chunk.between(reach.after, reach.until).iter().rev() {
            let Some(hash) = entry.counterparties[slot] else { continue };
            if entry.ordinal < reach.ordinal && hashes.is_new(hash) {
                counts[reach.shortest(entry.occurred_at)][slot] += 1;
            }
        }
    }
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
