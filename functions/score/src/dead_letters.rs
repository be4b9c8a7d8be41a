//! Dead letters: records set aside, with a way to look at them and to try them again.
//!
//! They are records of the stream `dead-letters`, either a [`DeadLetter`] or a [`Retried`] mark. The id of a dead
//! letter is the position of its record, so a record that is delivered again is the same dead letter.

mod list;
mod retry;
mod set_aside;

use serde::{Deserialize, Serialize};
use weir_events::{DeadLetter, Position, Timestamp};

pub use list::{Listed, list, open, show};
pub use retry::retry;
pub(crate) use set_aside::set_aside;

/// Name of the stream that holds them.
pub const DEAD_LETTERS: &str = "dead-letters";

/// Says that a dead letter was published again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retried {
    /// Id of the dead letter.
    pub retried: String,
    /// When.
    pub at: Timestamp,
    /// Where the record stands now.
    pub position: Position,
}

/// One record of the stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Entry {
    /// A record was set aside.
    SetAside(DeadLetter),
    /// A dead letter was published again.
    Retried(Retried),
}
