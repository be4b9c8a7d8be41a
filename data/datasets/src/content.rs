//! What a file holds, whatever its format.

use weir_events::{Label, Timestamp, Transaction};

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
