//! What a customer has used before: a bounded set of its own, kept longer than any window.

use weir_events::EntityKind;

use crate::counterparty::FIRST_USE_KINDS;

/// Most records kept of each kind; the oldest give way, and the answer "first use" is marked from then on.
pub const FIRST_USE_CAP: usize = 256;

/// One use: remembered if no earlier-folded use of the same thing lies at or before its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Use {
    /// Ordinal of the event in the customer's state.
    pub(crate) ordinal: u64,
    /// When it occurred.
    pub(crate) occurred_at: i64,
    /// Short hash of the thing used.
    pub(crate) hash: u32,
}

/// The uses of one kind, in order of ordinal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Uses {
    /// Records, by ordinal.
    pub(crate) records: Vec<Use>,
    /// Whether a record has given way.
    pub(crate) is_capped: bool,
}

/// The first-use sets of one customer, in the order of [`FIRST_USE_KINDS`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FirstUses(pub(crate) [Uses; FIRST_USE_KINDS.len()]);

impl FirstUses {
    /// The set of a kind.
    pub(crate) fn of(&self, kind: EntityKind) -> Option<&Uses> {
        let place = FIRST_USE_KINDS.iter().position(|known| *known == kind)?;
        self.0.get(place)
    }

    /// Remembers a use.
    pub(crate) fn remember(&mut self, kind: EntityKind, new: Use) {
        let place = FIRST_USE_KINDS.iter().position(|known| *known == kind);
        if let Some(uses) = place.and_then(|place| self.0.get_mut(place)) {
            uses.remember(new);
        }
    }
}

impl Uses {
    /// Whether an event with this ordinal and time is the first to use it.
    pub(crate) fn is_first(&self, hash: u32, ordinal: u64, occurred_at: i64) -> bool {
        !self.records.iter().any(|earlier| {
            earlier.hash == hash && earlier.ordinal < ordinal && earlier.occurred_at <= occurred_at
        })
    }

    /// Whether a use is the first, so that it has to be remembered.
    pub(crate) fn is_new(&self, new: &Use) -> bool {
        self.is_first(new.hash, new.ordinal, new.occurred_at)
    }

    fn remember(&mut self, new: Use) {
        if !self.is_new(&new) {
            return;
        }
        if self.records.len() >= FIRST_USE_CAP {
            self.records.remove(0);
            self.is_capped = true;
        }
        self.records.push(new);
    }
}
