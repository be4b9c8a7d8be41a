//! Rows in columns, as a fold takes them.

use weir_events::EntityKind;

use crate::bulk::error::BatchError;
use crate::meeting::ByKind;
use crate::vector::slot;

/// Number of an entity that the transaction does not name.
pub const ABSENT: u32 = u32::MAX;

/// The entities of one kind, a value a row.
#[derive(Clone, Copy, Debug, Default)]
pub struct EntityColumn<'a> {
    /// Dense numbers of the entities, from an [`Interner`](crate::bulk::Interner) of the kind; [`ABSENT`] where
    /// the transaction names none. For a kind that is not folded itself, any number will do where there is one.
    pub numbers: &'a [u32],
    /// First 32 bits of the keys, from [`EntityKey::short`](weir_events::EntityKey::short), read where the number
    /// is not [`ABSENT`]. May be empty if no wanted feature asks for distinct counts or first uses of the kind.
    pub shorts: &'a [u32],
}

/// A label that becomes known between two rows, for the fold of [`LABELLED_KINDS`](crate::LABELLED_KINDS).
///
/// It does what [`apply_label`](crate::apply_label) does: nothing if its transaction was not folded before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LabelEvent {
    /// It is applied before this row of the batch; the number of rows means after the last.
    pub row: u32,
    /// Number of the transaction's merchant.
    pub entity: u32,
    /// [`transaction_hash`](crate::bulk::transaction_hash) of the transaction's id.
    pub transaction: u32,
    /// When the transaction occurred, microseconds since 1970.
    pub occurred_at: i64,
    /// What it turned out to be.
    pub is_fraud: bool,
}

/// Rows in the order in which they are folded. Amounts have one currency.
#[derive(Clone, Debug)]
pub struct Batch<'a> {
    /// When each transaction occurred, microseconds since 1970.
    pub occurred_at: &'a [i64],
    /// When each arrived, microseconds since 1970. Empty: each arrived when it occurred, as replayed history does.
    pub received_at: &'a [i64],
    /// Amounts in minor units.
    pub amount_minor: &'a [i64],
    /// [`transaction_hash`](crate::bulk::transaction_hash)es of the ids.
    pub transactions: &'a [u32],
    /// Minor units in one major unit.
    pub minor_per_major: i64,
    /// In order of `row`. Folds of kinds without labels do not read them.
    pub labels: &'a [LabelEvent],
    pub(crate) entities: ByKind<EntityColumn<'a>>,
}

impl<'a> Batch<'a> {
    /// Rows that arrived when they occurred, without labels and entities.
    pub fn new(
        occurred_at: &'a [i64],
        amount_minor: &'a [i64],
        transactions: &'a [u32],
        minor_per_major: i64,
    ) -> Self {
        let (received_at, labels, entities) = (&[][..], &[][..], ByKind::default());
        Self { occurred_at, received_at, amount_minor, transactions, minor_per_major, labels, entities }
    }

    /// Gives the entities of a kind ([`EntityKind::Address`]: the shipping address). A kind that is not given is
    /// named by no row.
    pub fn set_entities(&mut self, kind: EntityKind, column: EntityColumn<'a>) {
        if let Some(place) = self.entities.get_mut(slot(kind)) {
            *place = column;
        }
    }

    /// Number of rows.
    pub const fn len(&self) -> usize {
        self.occurred_at.len()
    }

    /// Whether there are no rows.
    pub const fn is_empty(&self) -> bool {
        self.occurred_at.is_empty()
    }

    /// The entities of a kind.
    pub(crate) fn entities(&self, kind: EntityKind) -> EntityColumn<'a> {
        self.entities.get(slot(kind)).copied().unwrap_or_default()
    }

    /// When a row arrived.
    pub(crate) fn received(&self, row: usize) -> Option<i64> {
        self.received_at.get(row).copied()
    }

    /// Short hash of a row's entity of a kind.
    pub(crate) fn short(&self, kind: EntityKind, row: usize) -> Option<u32> {
        let column = self.entities(kind);
        let is_named = column.numbers.get(row).is_some_and(|number| *number != ABSENT);
        if is_named { column.shorts.get(row).copied() } else { None }
    }

    /// Refuses columns of different lengths and labels out of order.
    pub(crate) fn check(&self) -> Result<(), BatchError> {
        let rows = self.len();
        let same = |column, found| match found == rows {
            true => Ok(()),
            false => Err(BatchError::Rows { column, rows, found }),
        };
        let same_or_empty = |column, found| if found == 0 { Ok(()) } else { same(column, found) };
        same("amount_minor", self.amount_minor.len())?;
        same("transactions", self.transactions.len())?;
        same_or_empty("received_at", self.received_at.len())?;
        for (kind, column) in EntityKind::ALL.iter().zip(&self.entities) {
            same_or_empty(kind.name(), column.numbers.len())?;
            same_or_empty(kind.name(), column.shorts.len())?;
        }
        let mut before = 0;
        for (place, label) in self.labels.iter().enumerate() {
            let row = label.row as usize;
            if row < before || row > rows {
                return Err(BatchError::Label { place, row });
            }
            before = row;
        }
        Ok(())
    }
}
