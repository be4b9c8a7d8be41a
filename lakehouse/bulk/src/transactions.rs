//! The transactions of a file in columns: what features are computed from.

use weir_events::EntityKind;
use weir_features::Field;
use weir_features::bulk::ABSENT;

use crate::ids::Ids;
use crate::labels::Label;
use crate::order::Moves;

/// A field that the order does not name.
pub(crate) const MISSING: i32 = i32::MIN;

/// Fields of the order that are kept; the others are told from time and amount.
pub(crate) const KEPT_FIELDS: [Field; 7] = [
    Field::Quantity,
    Field::CustomerAge,
    Field::AccountAgeDays,
    Field::PaymentMethod,
    Field::ProductCategory,
    Field::DeviceType,
    Field::ShippingDiffersFromBilling,
];

/// The entities of one kind.
#[derive(Clone, Debug, Default)]
pub(crate) struct Entities {
    /// Dense number a row, [`ABSENT`] where the row names none; empty if none does.
    pub(crate) numbers: Vec<u32>,
    /// Short hash of the key, by number; empty if the features do not need it.
    pub(crate) shorts: Vec<u32>,
}

/// Rows in the order in which they are folded.
#[derive(Clone, Debug)]
pub(crate) struct Transactions {
    pub(crate) ids: Ids,
    /// Microseconds since 1970.
    pub(crate) occurred_at: Vec<i64>,
    /// Minor units.
    pub(crate) amount_minor: Vec<i64>,
    /// Hashes of the ids.
    pub(crate) hashes: Vec<u32>,
    /// By kind, in the order of [`EntityKind::ALL`].
    pub(crate) entities: [Entities; EntityKind::ALL.len()],
    /// In the order of [`KEPT_FIELDS`], [`MISSING`] where the row names none; empty if none does.
    pub(crate) fields: [Vec<i32>; KEPT_FIELDS.len()],
    /// Labels, in no order.
    pub(crate) labels: Vec<Label>,
    /// Whether the file says of any transaction what it turned out to be.
    pub(crate) has_labels: bool,
    /// Minor units in one major unit.
    pub(crate) minor_per_major: i64,
    /// Whether the rows are known to be in order already.
    pub(crate) is_in_order: bool,
}

impl Transactions {
    /// Number of rows.
    pub(crate) const fn len(&self) -> usize {
        self.occurred_at.len()
    }

    pub(crate) fn of_kind(&self, kind: EntityKind) -> &Entities {
        &self.entities[slot(kind)]
    }

    /// Whether any row names an entity of a kind.
    pub(crate) fn names(&self, kind: EntityKind) -> bool {
        !self.of_kind(kind).numbers.is_empty()
    }

    /// Puts rows into other places.
    pub(crate) fn make(&mut self, moves: &Moves) {
        self.ids.make(moves);
        moves.make(&mut self.occurred_at);
        moves.make(&mut self.amount_minor);
        moves.make(&mut self.hashes);
        for entities in &mut self.entities {
            moves.make(&mut entities.numbers);
        }
        for field in &mut self.fields {
            moves.make(field);
        }
        for label in &mut self.labels {
            label.row = moves.place(label.row);
        }
    }
}

/// Place of a kind in arrays by kind.
pub(crate) const fn slot(kind: EntityKind) -> usize {
    kind as usize - 1
}

/// Adds one row's number, making up for the rows before that named none.
pub(crate) fn push_number(numbers: &mut Vec<u32>, row: usize, number: Option<u32>) {
    if let Some(number) = number {
        numbers.resize(row, ABSENT);
        numbers.push(number);
    } else if !numbers.is_empty() {
        numbers.push(ABSENT);
    }
}
