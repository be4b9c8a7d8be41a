//! The effect of a label on a state.

use weir_events::Timestamp;

use crate::entry::FlagChange;
use crate::hash::transaction_hash;
use crate::state::EntityState;

/// Sets the fraud flag of a transaction in the state of one of its [`LABELLED_KINDS`](crate::LABELLED_KINDS).
///
/// Answers the ordinal that the change took, the state's next one; vectors count it from that ordinal on. `None`
/// if nothing changes: the flag is already so, or the event was never folded or is no longer kept.
pub fn apply_label(
    state: &mut EntityState,
    transaction_id: &str,
    occurred_at: Timestamp,
    is_fraud: bool,
) -> Option<u64> {
    set_flag(state, transaction_hash(transaction_id), occurred_at.micros(), is_fraud)
}

/// The same for the hash of a transaction's id.
pub(crate) fn set_flag(
    state: &mut EntityState,
    transaction: u32,
    occurred_at: i64,
    is_fraud: bool,
) -> Option<u64> {
    let event = state.find(transaction, occurred_at)?.ordinal;
    if state.is_flagged(event) == is_fraud {
        return None;
    }
    let ordinal = state.ordinal + 1;
    state.ordinal = ordinal;
    state.flags.push(FlagChange { ordinal, occurred_at, event, is_fraud });
    Some(ordinal)
}

impl EntityState {
    /// Whether the event with this ordinal counts as fraud now.
    fn is_flagged(&self, event: u64) -> bool {
        self.flags.iter().rev().find(|change| change.event == event).is_some_and(|change| change.is_fraud)
    }
}
