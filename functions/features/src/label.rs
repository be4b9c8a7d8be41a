//! The effect of a label on a state.

use weir_events::Timestamp;

use crate::entry::FlagChange;
use crate::hash::transaction_hash;
use crate::state::EntityState;
use crate::tiles::TileFlag;

/// Sets the fraud flag of a transaction in the state of one of its [`LABELLED_KINDS`](crate::LABELLED_KINDS).
///
/// Answers the ordinal that the change took, the state's next one; vectors count it from that ordinal on. `None`
/// if nothing changes: the flag is already so, or the event was never folded or is no longer kept. Of an event that
/// lies in a time tile it is taken that it was folded, and only the newest flags of its day are remembered.
pub fn apply_label(
    state: &mut EntityState,
    transaction_id: &str,
    occurred_at: Timestamp,
    is_fraud: bool,
) -> Option<u64> {
    set_flag(state, transaction_hash(transaction_id), occurred_at.micros(), is_fraud)
}

/// The ordinal that the newest change of a transaction's flag took, if it is the one to `is_fraud`: the effect of a
/// label that was applied before, but of which nobody heard. `None` for an event in a time tile, where flags have no
/// ordinals.
pub fn applied_label(
    state: &EntityState,
    transaction_id: &str,
    occurred_at: Timestamp,
    is_fraud: bool,
) -> Option<u64> {
    let time = occurred_at.micros();
    let event = state.find(transaction_hash(transaction_id), time)?.ordinal;
    let sealed = state.segments.iter().filter_map(|segment| segment.part.body.as_ref());
    let changes = sealed.chain([&state.recent]).flat_map(|chunk| &chunk.flags);
    let newest = changes.filter(|change| change.event == event).max_by_key(|change| change.ordinal)?;
    (newest.is_fraud == is_fraud).then_some(newest.ordinal)
}

/// The same for the hash of a transaction's id.
pub(crate) fn set_flag(
    state: &mut EntityState,
    transaction: u32,
    occurred_at: i64,
    is_fraud: bool,
) -> Option<u64> {
    let ordinal = state.ordinal + 1;
    let is_changed = match state.find(transaction, occurred_at).map(|entry| entry.ordinal) {
        Some(event) => state.change_flag(FlagChange { ordinal, occurred_at, event, is_fraud }),
        None => state.change_tile(TileFlag { transaction, occurred_at, is_fraud }),
    };
    is_changed.then(|| {
        state.ordinal = ordinal;
        ordinal
    })
}

impl EntityState {
    /// Changes the flag of an entry that is kept; answers whether it was not so before.
    fn change_flag(&mut self, change: FlagChange) -> bool {
        let (event, time) = (change.event, change.occurred_at);
        let holds = |entry: &crate::entry::Entry| entry.ordinal == event;
        if self.recent.between(time.saturating_sub(1), time).iter().any(holds) {
            let is_changed = self.recent.is_flagged(event) != change.is_fraud;
            if is_changed {
                self.recent.change(change);
            }
            return is_changed;
        }
        let holder = self.segments.iter_mut().find(|segment| {
            let chunk = segment.part.body.as_ref();
            chunk.is_some_and(|chunk| chunk.between(time.saturating_sub(1), time).iter().any(holds))
        });
        let Some(segment) = holder else { return false };
        let is_changed =
            segment.part.body.as_ref().is_some_and(|chunk| chunk.is_flagged(event) != change.is_fraud);
        if is_changed {
            segment.change(&mut self.removed, |chunk| chunk.change(change));
        }
        is_changed
    }

    /// Changes the flag of an event in a tile.
    fn change_tile(&mut self, flag: TileFlag) -> bool {
        let Some(tiles) = &mut self.tiles else { return false };
        if flag.occurred_at > tiles.until || flag.occurred_at <= self.kept_after {
            return false;
        }
        let day = tiles.days.iter_mut().find(|day| day.line.holds(flag.occurred_at));
        day.is_some_and(|day| day.flag(flag, &mut self.removed))
    }
}
