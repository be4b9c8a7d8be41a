//! How much history is on its way through scoring.

use std::collections::VecDeque;

use weir_events::Timestamp;

use super::REQUEST_SPAN;

/// Most history in work at once, in microseconds of its own time.
const SPAN_IN_WORK: i64 = 2 * REQUEST_SPAN;

/// Requests that may not be scored yet.
#[derive(Default)]
pub(super) struct InWork {
    /// Records scored by the system when sending began.
    pub(super) scored_before: Option<u64>,
    /// Records scored since, when last asked.
    pub(super) scored: u64,
    /// Of each request: transactions taken up to its end, and when its first one occurred.
    pub(super) requests: VecDeque<(u64, Timestamp)>,
}

impl InWork {
    /// Whether a request that ends at `last` would put too much history in work.
    pub(super) fn is_too_much(&mut self, last: Timestamp) -> bool {
        while self.requests.front().is_some_and(|(upto, _)| *upto <= self.scored) {
            self.requests.pop_front();
        }
        let oldest = self.requests.front().map(|(_, first)| *first);
        oldest.is_some_and(|first| last.micros().saturating_sub(first.micros()) > SPAN_IN_WORK)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000_000;

    #[test]
    fn twelve_hours_may_be_in_work_and_no_more() {
        let at = |hours: i64| Timestamp::from_micros(hours * HOUR);
        let mut in_work = InWork::default();
        assert!(!in_work.is_too_much(at(1_000)), "nothing is in work");
        in_work.requests.extend([(10, at(0)), (20, at(6))]);
        assert!(!in_work.is_too_much(at(12)));
        assert!(in_work.is_too_much(at(13)));
        in_work.scored = 10;
        assert!(!in_work.is_too_much(at(18)), "the first request is scored");
        assert!(in_work.is_too_much(at(19)));
        in_work.scored = 20;
        assert!(!in_work.is_too_much(at(1_000)));
    }
}
