//! What the wanted features of one kind need.

use weir_events::EntityKind;

use crate::definition::Definition;
use crate::statistic::{DelayedStatistic, Statistic};
use crate::window::Window;

/// A flag for each window.
pub(crate) type ByWindow<T> = [T; Window::ALL.len()];

/// The windows that are wanted of all.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Wanted {
    count: usize,
    windows: ByWindow<(usize, i64)>,
}

impl Wanted {
    /// Place and width of each.
    #[inline]
    pub(crate) fn each(&self) -> impl Iterator<Item = (usize, i64)> {
        self.windows.get(..self.count).unwrap_or_default().iter().copied()
    }

    const fn is_empty(&self) -> bool {
        self.count == 0
    }

    fn add(&mut self, window: Window) {
        let new = (window.index(), window.micros());
        if self.each().all(|known| known != new)
            && let Some(free) = self.windows.get_mut(self.count)
        {
            *free = new;
            self.count += 1;
        }
    }
}

/// What must be summed up, and so what must be kept of each entry.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Plan {
    /// Which plain windows.
    pub(crate) windows: Wanted,
    /// Which delayed windows.
    pub(crate) delayed: Wanted,
    /// The delay, if any delayed window is wanted.
    pub(crate) delay: Option<i64>,
    pub(crate) sums: bool,
    pub(crate) squares: bool,
    pub(crate) maxima: bool,
    /// Distinct counterparties.
    pub(crate) parties: bool,
    /// Fraud counts of delayed windows.
    pub(crate) frauds: bool,
}

/// The kind whose state a feature is read from.
pub(crate) const fn state_kind(definition: Definition) -> Option<EntityKind> {
    match definition {
        Definition::Field(_) => None,
        Definition::Windowed { kind, .. }
        | Definition::SecondsSinceLast(kind)
        | Definition::Delayed { kind, .. } => Some(kind),
        Definition::FirstUse(_) => Some(EntityKind::Customer),
    }
}

impl Plan {
    /// What these features of one kind need.
    pub(crate) fn new(definitions: &[Definition]) -> Self {
        let mut plan = Self::default();
        for definition in definitions {
            plan.add(*definition);
        }
        plan
    }

    /// Whether any plain window is wanted.
    pub(crate) const fn has_windows(&self) -> bool {
        !self.windows.is_empty()
    }

    /// Whether entries must hold their amounts.
    pub(crate) const fn amounts(&self) -> bool {
        self.sums || self.squares || self.maxima
    }

    /// Whether more is wanted than counts and sums.
    pub(crate) const fn is_rich(&self) -> bool {
        self.squares || self.maxima || self.parties
    }

    fn add(&mut self, definition: Definition) {
        match definition {
            Definition::Windowed { window, statistic, .. } => {
                self.windows.add(window);
                match statistic {
                    Statistic::Count => (),
                    Statistic::Sum | Statistic::Mean | Statistic::Ratio => self.sums = true,
                    Statistic::Max => self.maxima = true,
                    Statistic::ZScore => (self.sums, self.squares) = (true, true),
                    Statistic::Distinct(_) => self.parties = true,
                }
            }
            Definition::Delayed { window, delay, statistic, .. } => {
                self.delayed.add(window);
                self.delay = Some(delay);
                self.frauds |= statistic != DelayedStatistic::Count;
            }
            Definition::Field(_) | Definition::SecondsSinceLast(_) | Definition::FirstUse(_) => (),
        }
    }
}
