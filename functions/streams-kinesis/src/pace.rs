//! Five reads a second are what a shard takes, from all its readers together.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// When each shard may be read next.
pub(crate) struct Pace {
    interval: Duration,
    next: Mutex<HashMap<(String, String), Instant>>,
}

impl Pace {
    pub(crate) fn new(interval: Duration) -> Self {
        Self { interval, next: Mutex::default() }
    }

    /// The moment at which this reader may read; nobody else gets it. `None` if it lies after `until`.
    pub(crate) fn turn(&self, name: &str, shard: &str, until: Option<Instant>) -> Option<Instant> {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let place = next.entry((name.to_owned(), shard.to_owned())).or_insert(now);
        let turn = (*place).max(now);
        if until.is_some_and(|until| turn > until) {
            return None;
        }
        *place = turn + self.interval;
        Some(turn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn readers_of_a_shard_take_turns() {
        let pace = Pace::new(Duration::from_millis(200));
        let begun = Instant::now();
        let turns = [(); 3].map(|()| pace.turn("orders", "0", None).unwrap() - begun);
        assert_eq!(turns.map(|turn| turn.as_millis()), [0, 200, 400]);
        assert_eq!(pace.turn("orders", "1", None).unwrap(), begun);
        assert_eq!(pace.turn("orders", "0", Some(begun + Duration::from_millis(500))), None);
        assert!(pace.turn("orders", "0", Some(begun + Duration::from_millis(600))).is_some());
    }
}
