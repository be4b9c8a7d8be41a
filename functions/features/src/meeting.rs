//! One event meets the state of one of its entities: what [`observe`](crate::observe) and the bulk fold share.

use weir_events::{EntityKind, Mark};

use crate::aggregate::Seen;
use crate::counterparty::FIRST_USE_KINDS;
use crate::entry::Entry;
use crate::first_use::{FIRST_USE_CAP, FirstUses, Use};
use crate::set::{FeatureSet, LATENESS, Reads};
use crate::state::EntityState;
use crate::vector::slot;

/// How far ahead of its arrival an event may lie and still be folded.
pub const CLOCK_AHEAD: i64 = 5 * 60 * 1_000_000;

/// Something for each kind, in the order of [`EntityKind::ALL`].
pub(crate) type ByKind<T> = [T; EntityKind::ALL.len()];

/// What a feature set asks of the states of one kind.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules {
    pub(crate) reads: Reads,
    /// How far back a vector reads, microseconds.
    pub(crate) reach: i64,
    /// How long entries are kept, microseconds.
    pub(crate) retention: i64,
}

/// One event on its way into a state.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    /// Its entry; [`Event::meet`] gives it its ordinal.
    pub(crate) entry: Entry,
    /// Why it must not be folded anywhere.
    pub(crate) barred: Option<Mark>,
    /// What the customer uses; read for customers only.
    pub(crate) uses: Used,
}

/// What came of it.
#[derive(Clone, Debug)]
pub(crate) struct Met {
    /// What the event sees; its own ordinal is the one that it has or would have.
    pub(crate) seen: Seen,
    pub(crate) is_folded: bool,
    /// First uses by the customer.
    pub(crate) first_uses: ByKind<Option<bool>>,
}

impl Rules {
    pub(crate) fn new(set: &FeatureSet, kind: EntityKind) -> Self {
        Self { reads: set.reads(kind), reach: set.reach(kind), retention: set.retention() }
    }
}

/// Why a transaction must not be folded anywhere, judged by its arrival.
pub(crate) const fn barred(occurred_at: i64, received_at: i64) -> Option<Mark> {
    if occurred_at > received_at.saturating_add(CLOCK_AHEAD) {
        Some(Mark::Clock)
    } else if occurred_at < received_at.saturating_sub(LATENESS) {
        Some(Mark::Late)
    } else {
        None
    }
}

impl Event {
    /// Finds the event in the state, or folds it in unless it must not be; then reads what it sees.
    pub(crate) fn meet(mut self, rules: &Rules, state: &mut EntityState, marks: &mut Vec<Mark>) -> Met {
        self.entry.ordinal = state.ordinal() + 1;
        let is_folded = self.place(rules, state, marks);
        let first_uses = match rules.reads.first_uses {
            true => self.uses.answers(&state.first_uses, self.entry.place(), marks),
            false => ByKind::default(),
        };
        Met { seen: Seen::new(state, self.entry, rules.reads), is_folded, first_uses }
    }

    fn place(&mut self, rules: &Rules, state: &mut EntityState, marks: &mut Vec<Mark>) -> bool {
        if let Some(known) = state.find(self.entry.transaction, self.entry.occurred_at) {
            self.entry = known.clone();
        } else {
            let is_late = state.is_too_old(self.entry.occurred_at);
            if let Some(mark) = self.barred.or(is_late.then_some(Mark::Late)) {
                marks.push(mark);
                return false;
            }
            if rules.reads.first_uses {
                self.uses.remember(&mut state.first_uses, self.entry.place());
            }
            state.insert(self.entry.clone(), rules.retention);
        }
        // Entries that its windows reach may have given way.
        if state.is_incomplete_after(self.entry.occurred_at.saturating_sub(rules.reach)) {
            marks.push(Mark::Degraded);
        }
        true
    }
}

/// What a customer's transaction uses: short hashes by kind.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Used(pub(crate) ByKind<Option<u32>>);

impl Used {
    /// Adds the uses of an event with this time and ordinal to the customer's.
    pub(crate) fn remember(&self, known: &mut FirstUses, (occurred_at, ordinal): (i64, u64)) {
        for kind in FIRST_USE_KINDS {
            if let Some(hash) = self.of(kind) {
                known.remember(kind, Use { ordinal, occurred_at, hash });
            }
        }
    }

    /// Which of its entities the customer uses for the first time in the event with this time and ordinal.
    pub(crate) fn answers(
        &self,
        known: &FirstUses,
        (occurred_at, ordinal): (i64, u64),
        marks: &mut Vec<Mark>,
    ) -> ByKind<Option<bool>> {
        let mut answers = ByKind::default();
        for kind in FIRST_USE_KINDS {
            let Some((hash, uses)) = self.of(kind).zip(known.of(kind)) else { continue };
            let is_first = uses.is_first(hash, ordinal, occurred_at);
            if let Some(answer) = answers.get_mut(slot(kind)) {
                *answer = Some(is_first);
            }
            if is_first && uses.is_capped && uses.records.len() >= FIRST_USE_CAP {
                marks.push(Mark::Degraded);
            }
        }
        answers
    }

    /// What it uses of a kind.
    #[inline]
    pub(crate) fn of(&self, kind: EntityKind) -> Option<u32> {
        self.0.get(slot(kind)).copied().flatten()
    }
}
