//! The fold over many transactions at once: the same vectors as [`observe`](crate::observe), in columns.
//!
//! A [`KindFold`] folds the entities of one kind. It takes batches of rows in the order in which they were
//! received, and answers for each row what `observe` and [`apply_label`](crate::apply_label) would have answered
//! in that order, bit for bit, however the rows are cut into batches. Kinds do not depend on each other: a caller
//! may fold them on different threads. The fields of the order are columns of their own, from
//! [`OrderFields::value`](crate::OrderFields::value).
//!
//! ```
//! use weir_events::EntityKind;
//! use weir_features::FeatureSet;
//! use weir_features::bulk::{Batch, EntityColumn, Interner, KindFold, RowMarks, transaction_hash};
//!
//! let set = FeatureSet::handbook();
//! let wanted: Vec<usize> = (0..set.features().len()).collect();
//! let mut fold = KindFold::new(&set, EntityKind::Customer, &wanted);
//! let mut customers = Interner::new();
//! let numbers: Vec<u32> = [71, 71, 99].map(|id| customers.number(id)).to_vec();
//! let hashes = ["t-1", "t-2", "t-3"].map(|id| transaction_hash(id.as_bytes()));
//! let mut batch = Batch::new(&[0, 1_000_000, 2_000_000], &[500, 700, 900], &hashes, 100);
//! batch.set_entities(EntityKind::Customer, EntityColumn { numbers: &numbers, shorts: &[] });
//!
//! let mut columns = vec![Vec::new(); fold.positions().len()];
//! let mut marks = vec![RowMarks::default(); 3];
//! fold.fold(&batch, &mut columns, &mut marks)?;
//! let name = |column: usize| set.features()[fold.positions()[column]].name.as_str();
//! assert_eq!(name(0), "customer_count_1d");
//! assert_eq!(columns[0], [1.0, 2.0, 1.0]);
//! # Ok::<(), weir_features::bulk::BatchError>(())
//! ```

mod arena;
mod batch;
mod block;
mod columns;
mod convert;
mod edge;
mod engine;
mod error;
mod fold;
mod head;
mod incoming;
mod interner;
mod labels;
mod latest;
mod packed;
mod plan;
mod row;
mod row_marks;
mod run;
mod running;
mod running_delayed;
mod running_maxima;
mod running_parties;
mod scan;
mod uses;

pub use batch::{ABSENT, Batch, EntityColumn, LabelEvent};
pub use error::BatchError;
pub use fold::KindFold;
pub use interner::Interner;
pub use row_marks::RowMarks;

pub use crate::hash::TransactionHash;

/// The 32-bit hash by which states know a transaction: of the bytes of its id's text.
pub fn transaction_hash(transaction_id: &[u8]) -> u32 {
    crate::hash::hash_of(transaction_id)
}
