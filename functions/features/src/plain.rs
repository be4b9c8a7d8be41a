//! A whole state as plain lists, and back: how the bulk fold hands an entity over and takes it back.

use weir_events::EntityKind;

use crate::chunk::Chunk;
use crate::entry::{Entry, FlagChange};
use crate::first_use::FirstUses;
use crate::part::Part;
use crate::state::EntityState;

/// Everything that folding left of an entity, in lists.
#[derive(Clone, Debug)]
pub(crate) struct Plain {
    pub(crate) kind: EntityKind,
    pub(crate) ordinal: u64,
    /// By time, then ordinal; all within the retention before the newest.
    pub(crate) entries: Vec<Entry>,
    /// Of these entries, by ordinal.
    pub(crate) flags: Vec<FlagChange>,
    /// Entries up to this time are as good as gone: the newest one's time less the retention.
    pub(crate) kept_after: i64,
    /// Time of the newest entry that was dropped because of its age.
    pub(crate) expired_until: Option<i64>,
    pub(crate) first_uses: FirstUses,
}

impl From<Plain> for EntityState {
    /// The state that folding would have left, though its entries may be sealed in other segments; which changes
    /// no number. The entries must be at most [`ENTRY_CAP`](crate::ENTRY_CAP).
    fn from(plain: Plain) -> Self {
        let mut state = Self::new(plain.kind);
        state.ordinal = plain.ordinal;
        state.newest = plain.entries.last().map(|entry| entry.occurred_at);
        state.expired_until = plain.expired_until;
        state.kept_after = plain.kept_after;
        state.first_uses = Part::new(plain.first_uses);
        state.seal_all(Chunk { entries: plain.entries, flags: plain.flags });
        state
    }
}

impl EntityState {
    /// The state in lists; `None` if a piece is not loaded or entries lie in tiles.
    pub(crate) fn plain(&self) -> Option<Plain> {
        if !self.is_whole() || self.is_tiled() {
            return None;
        }
        let mut chunk = Chunk::default();
        for segment in &self.segments {
            chunk.append(segment.part.body.clone()?);
        }
        chunk.append(self.recent.clone());
        let expired = chunk.drop_until(self.kept_after);
        Some(Plain {
            kind: self.kind,
            ordinal: self.ordinal,
            entries: chunk.entries,
            flags: chunk.flags,
            kept_after: self.kept_after,
            expired_until: self.expired_until.max(expired),
            first_uses: self.first_uses.body.clone()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aggregate::Seen;
    use crate::label::set_flag;
    use crate::set::FeatureSet;
    use crate::window::DAY;

    fn entry(number: i64) -> Entry {
        let late = if number % 9 == 4 { DAY / 3 } else { 0 };
        Entry {
            occurred_at: number * DAY / 7 - late,
            ordinal: 0,
            amount_minor: number % 13,
            transaction: number as u32,
            counterparties: [Some(number as u32 % 17), None, None],
        }
    }

    fn fold(state: &mut EntityState, number: i64, set: &FeatureSet) -> Seen {
        let entry = Entry { ordinal: state.ordinal + 1, ..entry(number) };
        state.insert(entry.clone(), set.retention());
        Seen::new(state, entry, set.reads(EntityKind::Merchant))
    }

    #[test]
    fn a_state_handed_over_and_back_folds_on_as_before() {
        let set = FeatureSet::full();
        let mut state = EntityState::new(EntityKind::Merchant);
        for number in 0..600 {
            fold(&mut state, number, &set);
            if number % 5 == 2 {
                let flagged = entry(number - 2);
                set_flag(&mut state, flagged.transaction, flagged.occurred_at, true);
            }
            if number % 50 == 0 {
                let mut other = EntityState::from(state.plain().unwrap());
                let (ordinal, again) = (state.ordinal, &mut state.clone());
                for later in number + 1..number + 60 {
                    assert_eq!(fold(&mut other, later, &set), fold(again, later, &set));
                }
                assert_eq!(other.ordinal, ordinal + 59);
            }
        }
    }
}
