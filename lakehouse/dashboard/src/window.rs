//! The last two minutes, second by second.

use weir_events::Outcome;

use crate::histogram::Histogram;
use crate::snapshot::{Outcomes, Second};

/// Seconds that the charts look back.
pub const KEPT_SECONDS: u64 = 120;

struct Slot {
    second: u64,
    outcomes: Outcomes,
    latency: Histogram,
}

/// A ring of seconds, counted from the board's start.
pub(crate) struct Window {
    slots: Vec<Slot>,
}

impl Window {
    pub(crate) fn new() -> Self {
        let slot = |second| Slot { second, outcomes: Outcomes::default(), latency: Histogram::new() };
        Self { slots: (0..KEPT_SECONDS).map(slot).collect() }
    }

    pub(crate) fn record(&mut self, second: u64, outcome: Outcome, latency_micros: u64) {
        let slot = &mut self.slots[(second % KEPT_SECONDS) as usize];
        if slot.second != second {
            slot.second = second;
            slot.outcomes = Outcomes::default();
            slot.latency.clear();
        }
        slot.outcomes.count(outcome);
        slot.latency.record(latency_micros);
    }

    fn slot(&self, second: u64) -> Option<&Slot> {
        let slot = &self.slots[(second % KEPT_SECONDS) as usize];
        (slot.second == second).then_some(slot)
    }

    /// The `seconds` whole seconds before `now`.
    fn before(&self, now: u64, seconds: u64) -> impl Iterator<Item = Option<&Slot>> {
        (now.saturating_sub(seconds)..now).map(|second| self.slot(second))
    }

    /// Outcomes of the `seconds` whole seconds before `now`.
    pub(crate) fn outcomes(&self, now: u64, seconds: u64) -> Outcomes {
        let mut sum = Outcomes::default();
        self.before(now, seconds).flatten().for_each(|slot| sum.add(slot.outcomes));
        sum
    }

    /// Latencies of the `seconds` whole seconds before `now`.
    pub(crate) fn latency(&self, now: u64, seconds: u64) -> Histogram {
        let mut sum = Histogram::new();
        self.before(now, seconds).flatten().for_each(|slot| sum.add(&slot.latency));
        sum
    }

    /// One entry for each of the last whole seconds, oldest first.
    pub(crate) fn series(&self, now: u64) -> Vec<Second> {
        self.before(now, KEPT_SECONDS - 1)
            .map(|slot| {
                slot.map_or_else(Second::default, |slot| Second {
                    outcomes: slot.outcomes,
                    p50_ms: slot.latency.quantile_ms(0.50),
                    p95_ms: slot.latency.quantile_ms(0.95),
                    p99_ms: slot.latency.quantile_ms(0.99),
                })
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_is_forgotten_when_its_place_is_used_again() {
        let mut window = Window::new();
        window.record(5, Outcome::Approve, 1_000);
        window.record(5 + KEPT_SECONDS, Outcome::Decline, 1_000);
        assert_eq!(window.outcomes(6, 6).total(), 0);
        assert_eq!(window.outcomes(6 + KEPT_SECONDS, 10), Outcomes { decline: 1, ..Outcomes::default() });
    }

    #[test]
    fn the_second_under_way_is_not_shown() {
        let mut window = Window::new();
        window.record(3, Outcome::Review, 2_000);
        assert_eq!(window.series(3).len(), 3);
        assert_eq!(window.outcomes(3, 10).total(), 0);
        assert_eq!(window.series(4)[3].outcomes.review, 1);
    }
}
