//! From an entity's ring to its state and back: the only code here that knows how a state is built.

use std::collections::BTreeSet;

use weir_events::EntityKind;

use crate::bulk::arena::entry_at;
use crate::bulk::head::{Drift, Head, NONE};
use crate::bulk::packed::{Packed, Parts};
use crate::counterparty::MOST;
use crate::entry::Entry;
use crate::first_use::FirstUses;
use crate::state::{ENTRY_CAP, EntityState};

/// The state of an entity whose entries stand in a ring, as folding them would have left it.
pub(crate) fn to_state<E: Packed>(
    kind: EntityKind,
    head: &Head,
    ring: &[E],
    drift: Option<&Drift>,
    retention: i64,
    first_uses: FirstUses,
) -> EntityState {
    let mut state = EntityState::new(kind);
    state.ordinal = head.ordinal();
    state.first_uses = first_uses;
    let mut gone_until = head.gone_until;
    for sequence in head.begin..head.end {
        let Some(packed) = entry_at(ring, sequence) else { continue };
        if packed.time() <= head.newest.saturating_sub(retention) {
            gone_until = gone_until.max(packed.time());
            continue;
        }
        let ordinal = drift.map_or(u64::from(sequence) + 1, |drift| drift.ordinal(sequence));
        state.entries.push_back(unpack(&packed, ordinal));
    }
    state.gone_until = (gone_until > i64::MIN).then_some(gone_until);
    if let (Some(drift), Some(oldest)) = (drift, state.entries.front().map(Entry::place)) {
        let kept = drift.changes.iter().filter(|change| (change.occurred_at, change.event) >= oldest);
        state.flags = kept.cloned().collect();
    }
    state
}

fn unpack<E: Packed>(packed: &E, ordinal: u64) -> Entry {
    let mut parties = [None; MOST];
    for (slot, hash) in parties.iter_mut().enumerate() {
        *hash = packed.party(slot);
    }
    let (time, amount, transaction) = (packed.time(), packed.amount(), packed.transaction());
    Parts { time, amount, transaction, parties }.entry(ordinal)
}

/// An entity taken out of its state: where it stands, and its entries.
pub(crate) struct Regular<E> {
    /// Without ring, and with no drift if there is none.
    pub(crate) head: Head,
    pub(crate) entries: Vec<E>,
    pub(crate) drift: Option<Drift>,
}

/// The entity of a state, if it is regular: entries in the order of folding, few enough, none missing in a window,
/// and all of a size that fits.
pub(crate) fn from_state<E: Packed>(state: &EntityState, retention: i64) -> Option<Regular<E>> {
    let newest = state.entries.back()?.occurred_at;
    let first = state.entries.front()?.ordinal;
    let count = state.entries.len() as u32;
    let is_short = state.entries.len() <= ENTRY_CAP / 2 && state.ordinal < u64::from(NONE) / 2;
    let is_complete = state.gone_until.is_none_or(|gone| gone <= newest.saturating_sub(retention));
    let in_order = state.entries.iter().zip(state.entries.iter().skip(1));
    if !is_short || !is_complete || !in_order.into_iter().all(|(one, next)| one.ordinal < next.ordinal) {
        return None;
    }
    let begin = first as u32 - 1;
    let mut head = Head { begin, end: begin + count, newest, ..Head::NEW };
    head.gone_until = state.gone_until.unwrap_or(i64::MIN);
    head.drifted = (state.ordinal - u64::from(head.end)) as u32;
    let mut drift = Drift { steps: vec![(begin, 0)], changes: state.flags.clone() };
    let mut entries = Vec::with_capacity(state.entries.len());
    for (sequence, entry) in (begin..).zip(&state.entries) {
        let ahead = (entry.ordinal - u64::from(sequence) - 1) as u32;
        if drift.steps.last().is_some_and(|last| last.1 != ahead) {
            drift.step(sequence, ahead);
        }
        let mut packed = E::pack(&Parts::of(entry))?;
        let flag = state.flags.iter().rev().find(|change| change.event == entry.ordinal);
        packed.set_fraud(flag.is_some_and(|change| change.is_fraud));
        entries.push(packed);
    }
    if drift.steps.last().is_some_and(|last| last.1 != head.drifted) {
        drift.step(head.end, head.drifted);
    }
    supersede(&mut entries);
    let has_drift = drift.steps.len() > 1 || !drift.changes.is_empty();
    Some(Regular { head, entries, drift: has_drift.then_some(drift) })
}

/// Marks every counterparty that a later entry has too.
fn supersede<E: Packed>(entries: &mut [E]) {
    for slot in 0..MOST {
        let mut later = BTreeSet::new();
        for entry in entries.iter_mut().rev() {
            let Some(hash) = entry.party(slot) else { continue };
            if !later.insert(hash) {
                entry.supersede(slot);
            }
        }
    }
}
