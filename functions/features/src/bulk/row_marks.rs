//! What is unusual about one row.

use weir_events::Mark;

/// A set of marks, as small as a byte; folds add to it, so that folds of several kinds can share a column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RowMarks(u8);

/// In order.
const MARKS: [Mark; 4] = [Mark::Tiled, Mark::Late, Mark::Clock, Mark::Degraded];

const fn bit(mark: Mark) -> u8 {
    match mark {
        Mark::Tiled => 1,
        Mark::Late => 2,
        Mark::Clock => 4,
        Mark::Degraded => 8,
    }
}

impl RowMarks {
    /// Adds a mark.
    pub const fn add(&mut self, mark: Mark) {
        self.0 |= bit(mark);
    }

    /// Adds all marks of another row, as of the same row in the fold of another kind.
    pub const fn add_all(&mut self, other: Self) {
        self.0 |= other.0;
    }

    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The marks, in order, as an [`Observation`](crate::Observation) holds them.
    pub fn iter(self) -> impl Iterator<Item = Mark> {
        MARKS.into_iter().filter(move |mark| self.0 & bit(*mark) != 0)
    }
}
