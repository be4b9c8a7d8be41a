//! Records that are decided while their senders wait, and that the stream delivers as well.
//!
//! What was decided here needs no second look when it is delivered: no decoding, no reading of its item. That only saves
//! work: of a record that nothing is known of, the store has the decision.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use weir_events::Position;

/// Records remembered until the stream delivers them; of those that another process reads, so many stay.
const REMEMBERED: usize = 16_384;

/// How long the stream's delivery waits for a sender's decision before it decides by itself.
const PATIENCE: Duration = Duration::from_secs(1);

/// Whether a record was decided: unknown, while it is at work.
type Outcome = Option<bool>;

/// Records whose senders wait or waited.
#[derive(Default)]
pub(crate) struct Answered(Mutex<Known>);

#[derive(Default)]
struct Known {
    records: HashMap<Position, watch::Receiver<Outcome>>,
    /// In the order in which they began; some of them were delivered since.
    order: VecDeque<Position>,
}

/// A record that is being decided; dropped undecided, it is left to the stream's delivery.
pub(crate) struct Deciding(watch::Sender<Outcome>);

impl Answered {
    /// A sender waits for the decision of this record.
    pub(crate) fn begin(&self, position: &Position) -> Deciding {
        let (sender, receiver) = watch::channel(None);
        let mut known = self.known();
        known.records.insert(position.clone(), receiver);
        known.order.push_back(position.clone());
        if known.order.len() > REMEMBERED
            && let Some(oldest) = known.order.pop_front()
        {
            known.records.remove(&oldest);
        }
        Deciding(sender)
    }

    /// Whether a record that was delivered is done with. If it is at work, that is waited for; told once.
    pub(crate) async fn is_done(&self, position: &Position) -> bool {
        let found = {
            let mut known = self.known();
            if known.records.is_empty() { None } else { known.records.remove(position) }
        };
        let Some(mut outcome) = found else { return false };
        let decided = outcome.wait_for(Option::is_some);
        match tokio::time::timeout(PATIENCE, decided).await {
            Ok(Ok(outcome)) => *outcome == Some(true),
            Ok(Err(_)) | Err(_) => false,
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Deciding {
    /// Its decision stands: nothing is left to do for it.
    pub(crate) fn done(self) {
        self.0.send_replace(Some(true));
    }
}

#[cfg(test)]
mod tests {
    use weir_events::Sequence;

    use super::*;

    fn position(sequence: u64) -> Position {
        let sequence = Sequence::from(sequence);
        Position { stream: "transactions".into(), shard: "0".into(), sequence, sub: 0 }
    }

    #[tokio::test]
    async fn a_delivery_waits_for_the_decision_at_work() {
        let answered = Answered::default();
        assert!(!answered.is_done(&position(1)).await, "nobody waits for it");
        let deciding = answered.begin(&position(1));
        let (at_one, two) = (position(1), position(2));
        let delivery = answered.is_done(&at_one);
        let deciding = async { deciding.done() };
        assert!(tokio::join!(delivery, deciding).0);
        assert!(!answered.is_done(&position(1)).await, "told once: a second delivery looks for itself");
        drop(answered.begin(&two));
        assert!(!answered.is_done(&two).await, "given up, so it is left to the stream");
    }

    #[tokio::test]
    async fn what_nobody_delivers_is_forgotten() {
        let answered = Answered::default();
        for sequence in 0..=REMEMBERED as u64 {
            answered.begin(&position(sequence)).done();
        }
        assert_eq!(answered.known().records.len(), REMEMBERED);
        assert!(!answered.is_done(&position(0)).await);
        assert!(answered.is_done(&position(1)).await);
    }
}
