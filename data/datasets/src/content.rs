//! What a file holds, whatever its format.

use weir_events::{Label, PlainTransaction, Timestamp, Transaction};

/// One transaction, with what is known of it if the file says so.
#[derive(Clone, PartialEq)]
pub struct Row {
    /// The transaction.
    pub transaction: Transaction,
    /// Whether it was fraud; `None` if the file does not say.
    pub label: Option<bool>,
    /// When that became known; `None` if the file does not say.
    pub known_at: Option<Timestamp>,
}

/// One row of a file.
#[derive(Clone, PartialEq)]
pub enum Item {
    /// A transaction; in files of events without its label.
    Row(Box<Row>),
    /// A label that stands on its own, at its own time: files of events only.
    Label(Label),
}

/// A [`Row`] whose transaction is borrowed from the file's bytes.
#[derive(Clone, Copy)]
pub struct PlainRow<'a> {
    /// The transaction.
    pub transaction: PlainTransaction<'a>,
    /// Whether it was fraud; `None` if the file does not say.
    pub label: Option<bool>,
    /// When that became known; `None` if the file does not say.
    pub known_at: Option<Timestamp>,
}

impl PlainRow<'_> {
    /// The same with texts of its own.
    pub fn to_row(&self) -> Row {
        Row { transaction: self.transaction.to_transaction(), label: self.label, known_at: self.known_at }
    }
}
