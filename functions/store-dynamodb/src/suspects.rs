//! What was lately seen to be stale, and is read consistently for a while.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::keys::Place;

/// How long something stays suspect: far longer than an eventually consistent read is behind.
const SUSPECT_FOR: Duration = Duration::from_secs(5);
/// When so many are remembered, those whose time is over are forgotten.
const MANY: usize = 4_096;

#[derive(Debug, Default)]
pub(crate) struct Suspects(Mutex<HashMap<Place, Instant>>);

impl Suspects {
    pub(crate) fn add(&self, places: impl IntoIterator<Item = Place>) {
        let (now, mut known) = (Instant::now(), self.0.lock().unwrap_or_else(PoisonError::into_inner));
        if known.len() >= MANY {
            known.retain(|_, until| *until > now);
        }
        known.extend(places.into_iter().map(|place| (place, now + SUSPECT_FOR)));
    }

    pub(crate) fn holds(&self, place: &Place) -> bool {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(place).is_some_and(|until| *until > Instant::now())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_suspicion_passes() {
        let suspects = Suspects::default();
        let place = Place::Item("a".to_owned());
        assert!(!suspects.holds(&place));
        suspects.add([place.clone()]);
        assert!(suspects.holds(&place));
        tokio::time::sleep(SUSPECT_FOR).await;
        assert!(!suspects.holds(&place));
    }
}
