//! What one row sees of its entity, before it becomes numbers.

use crate::aggregate::{DelayedSums, Sums};
use crate::bulk::plan::ByWindow;
use crate::meeting::{ByKind, Met};
use crate::window::Window;

/// What a row sees; as far as the wanted features need it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Row {
    /// Whether the row names an entity of the kind; if not, every value is missing.
    pub(crate) is_named: bool,
    /// Its own amount, as sums count it.
    pub(crate) own: i64,
    pub(crate) windows: ByWindow<Sums>,
    pub(crate) delayed: ByWindow<DelayedSums>,
    /// Microseconds since the entity's event before.
    pub(crate) since_last: Option<i64>,
    pub(crate) first_uses: ByKind<Option<bool>>,
}

impl Row {
    /// What an event sees that met a state.
    pub(crate) fn of(met: &Met) -> Self {
        let seen = &met.seen;
        Self {
            is_named: true,
            own: seen.own.amount_minor,
            windows: seen.windows,
            delayed: seen.delayed,
            since_last: seen.since_last,
            first_uses: met.first_uses,
        }
    }
}

/// Place of the shortest window that holds what is so old; past the end if none does.
#[inline]
pub(crate) fn shortest(age: i64) -> usize {
    Window::ALL.iter().map(|window| usize::from(window.micros() <= age)).sum()
}
