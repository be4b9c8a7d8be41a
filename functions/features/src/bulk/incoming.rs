//! One row of a batch on its way into an entity.

use weir_events::{EntityKind, Mark};

use crate::bulk::batch::Batch;
use crate::bulk::packed::Parts;
use crate::counterparty::{MOST, counterparties};
use crate::entry::bounded;
use crate::meeting::{Event, Used, barred};

/// A row of a batch.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Incoming<'a> {
    pub(crate) batch: &'a Batch<'a>,
    pub(crate) row: usize,
    pub(crate) kind: EntityKind,
}

impl Incoming<'_> {
    /// What its entry may keep; counterparties only if asked for.
    #[inline]
    pub(crate) fn parts(&self, has_parties: bool) -> Parts {
        let mut parties = [None; MOST];
        if has_parties {
            for (hash, other) in parties.iter_mut().zip(counterparties(self.kind)) {
                *hash = self.batch.short(*other, self.row);
            }
        }
        Parts {
            time: self.batch.occurred_at.get(self.row).copied().unwrap_or(0),
            amount: self.batch.amount_minor.get(self.row).map_or(0, |amount| bounded(*amount)),
            transaction: self.batch.transactions.get(self.row).copied().unwrap_or(0),
            parties,
        }
    }

    /// Why it must not be folded anywhere.
    #[inline]
    pub(crate) fn barred(&self, time: i64) -> Option<Mark> {
        self.batch.received(self.row).and_then(|received_at| barred(time, received_at))
    }

    /// What a customer uses.
    #[inline]
    pub(crate) fn used(&self) -> Used {
        Used(EntityKind::ALL.map(|used| self.batch.short(used, self.row)))
    }

    /// The event that a state meets.
    pub(crate) fn event(&self) -> Event {
        let parts = self.parts(true);
        Event { entry: parts.entry(0), barred: self.barred(parts.time), uses: self.used() }
    }
}
