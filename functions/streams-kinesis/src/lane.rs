//! The records of one stream that wait to be put, and which of them may go now.
//!
//! A request can be taken in part, so that of two records with one key the second could be there before the first. So
//! one record of each key is under way at a time: while it is, or waits to be tried again, later ones of its key are
//! held back, and records of other keys pass them.

use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;
use tokio::time::Instant;
use weir_events::Position;
use weir_streams::{NewRecord, StreamError};

/// Most records in one request.
const REQUEST_RECORDS: usize = 500;
/// Most bytes in one request.
const REQUEST_BYTES: usize = 5 << 20;
/// Records looked at for one request.
const LOOKED_AT: usize = 4_000;

/// A record that waits.
pub(crate) struct Waiting {
    pub(crate) record: NewRecord,
    pub(crate) call: Arc<Call>,
    /// Its index in the call.
    pub(crate) index: usize,
    pub(crate) deadline: Instant,
    pub(crate) attempts: u32,
    pub(crate) not_before: Option<Instant>,
}

impl Waiting {
    pub(crate) fn size(&self) -> usize {
        self.record.key.len() + self.record.bytes.len()
    }
}

/// Records that wait, in the order in which they came.
#[derive(Default)]
pub(crate) struct Lane {
    waiting: VecDeque<Waiting>,
    /// Keys of records under way.
    busy: HashSet<String>,
}

/// What may go now.
pub(crate) enum Turn {
    /// These, in one request.
    Go(Vec<Waiting>),
    /// Nothing before this moment, unless something happens.
    WaitUntil(Instant),
    /// Nothing until something happens.
    Wait,
}

impl Lane {
    pub(crate) fn push(&mut self, waiting: Waiting) {
        self.waiting.push_back(waiting);
    }

    /// Takes what may go in the next request.
    pub(crate) fn take(&mut self, now: Instant) -> Turn {
        let (mut batch, mut kept, mut bytes) = (Vec::new(), Vec::new(), 0);
        let mut held = HashSet::new();
        let mut earliest: Option<Instant> = None;
        for _ in 0..LOOKED_AT.min(self.waiting.len()) {
            let Some(waiting) = self.waiting.pop_front() else { break };
            let late = waiting.not_before.filter(|time| *time > now);
            let is_held = self.busy.contains(&waiting.record.key) || held.contains(&waiting.record.key);
            if is_held || late.is_some() {
                if let (false, Some(time)) = (is_held, late) {
                    earliest = Some(earliest.map_or(time, |earliest| earliest.min(time)));
                }
                held.insert(waiting.record.key.clone());
                kept.push(waiting);
                continue;
            }
            if batch.len() == REQUEST_RECORDS || bytes + waiting.size() > REQUEST_BYTES {
                kept.push(waiting);
                break;
            }
            bytes += waiting.size();
            self.busy.insert(waiting.record.key.clone());
            batch.push(waiting);
        }
        for waiting in kept.into_iter().rev() {
            self.waiting.push_front(waiting);
        }
        match earliest {
            _ if !batch.is_empty() => Turn::Go(batch),
            Some(time) => Turn::WaitUntil(time),
            None => Turn::Wait,
        }
    }

    /// The record of this key is no longer under way.
    pub(crate) fn release(&mut self, key: &str) {
        self.busy.remove(key);
    }

    /// Puts records back to be tried again, in front of everything that came after them.
    pub(crate) fn put_back(&mut self, again: Vec<Waiting>) {
        for waiting in again.into_iter().rev() {
            self.busy.remove(&waiting.record.key);
            self.waiting.push_front(waiting);
        }
    }
}

/// Records published together.
pub(crate) struct Call {
    state: Mutex<CallState>,
    done: Notify,
}

struct CallState {
    results: Vec<Option<Result<Position, StreamError>>>,
    missing: usize,
}

impl Call {
    pub(crate) fn new(records: usize) -> Arc<Self> {
        let results = std::iter::repeat_with(|| None).take(records).collect();
        Arc::new(Self { state: Mutex::new(CallState { results, missing: records }), done: Notify::new() })
    }

    pub(crate) fn put(&self, index: usize, result: Result<Position, StreamError>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.results[index].replace(result).is_none() {
            state.missing -= 1;
        }
        if state.missing == 0 {
            self.done.notify_one();
        }
    }

    /// What became of each record, once that is known of all.
    pub(crate) async fn wait(&self) -> Vec<Result<Position, StreamError>> {
        loop {
            let done = self.done.notified();
            {
                let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
                if state.missing == 0 {
                    return std::mem::take(&mut state.results).into_iter().flatten().collect();
                }
            }
            done.await;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;

    fn waiting(key: &str, bytes: Vec<u8>) -> Waiting {
        let record = NewRecord { key: key.to_owned(), bytes };
        let deadline = Instant::now() + Duration::from_secs(30);
        Waiting { record, call: Call::new(1), index: 0, deadline, attempts: 0, not_before: None }
    }

    #[test]
    fn one_record_of_a_key_is_under_way_at_a_time() {
        let mut lane = Lane::default();
        for key in ["a", "b", "a", "c"] {
            lane.push(waiting(key, vec![0]));
        }
        let Turn::Go(first) = lane.take(Instant::now()) else { panic!("nothing goes") };
        assert_eq!(first.iter().map(|waiting| &*waiting.record.key).collect::<Vec<_>>(), ["a", "b", "c"]);
        assert!(matches!(lane.take(Instant::now()), Turn::Wait));
        lane.release("a");
        let Turn::Go(second) = lane.take(Instant::now()) else { panic!("nothing goes") };
        assert_eq!(second.len(), 1);
    }

    #[test]
    fn a_request_stays_within_its_limits() {
        let mut lane = Lane::default();
        for number in 0..12 {
            lane.push(waiting(&number.to_string(), vec![0; 1 << 19]));
        }
        let Turn::Go(batch) = lane.take(Instant::now()) else { panic!("nothing goes") };
        assert!(batch.iter().map(Waiting::size).sum::<usize>() <= REQUEST_BYTES && batch.len() == 9);
        for number in 20..900 {
            lane.push(waiting(&number.to_string(), vec![0]));
        }
        let Turn::Go(batch) = lane.take(Instant::now()) else { panic!("nothing goes") };
        assert_eq!(batch.len(), REQUEST_RECORDS);
    }

    #[test]
    fn a_record_that_waits_to_be_tried_again_holds_its_key_back() {
        let mut lane = Lane::default();
        lane.push(waiting("a", vec![1]));
        lane.push(waiting("a", vec![2]));
        let Turn::Go(mut batch) = lane.take(Instant::now()) else { panic!("nothing goes") };
        let later = Instant::now() + Duration::from_secs(5);
        batch[0].not_before = Some(later);
        lane.put_back(batch);
        assert!(matches!(lane.take(Instant::now()), Turn::WaitUntil(time) if time == later));
        let Turn::Go(batch) = lane.take(later) else { panic!("nothing goes") };
        assert_eq!(batch[0].record.bytes, [1]);
    }

    proptest! {
        #[test]
        fn whatever_fails_the_order_of_a_key_is_kept(
            keys in prop::collection::vec(0..5_u8, 1..60),
            fails in prop::collection::vec(any::<bool>(), 200),
            in_flight in 1..4_usize,
        ) {
            let mut lane = Lane::default();
            for (number, key) in keys.iter().enumerate() {
                lane.push(waiting(&key.to_string(), vec![u8::try_from(number).unwrap()]));
            }
            let (mut taken, mut fails) = (BTreeMap::<String, Vec<u8>>::new(), fails.into_iter());
            let mut under_way = VecDeque::new();
            while !(lane.waiting.is_empty() && lane.busy.is_empty()) {
                if under_way.len() < in_flight && let Turn::Go(batch) = lane.take(Instant::now()) {
                    under_way.push_back(batch);
                    continue;
                }
                let (mut again, batch) = (Vec::new(), under_way.pop_front().unwrap());
                for waiting in batch {
                    if fails.next().unwrap_or(false) {
                        again.push(waiting);
                    } else {
                        lane.release(&waiting.record.key);
                        taken.entry(waiting.record.key).or_default().push(waiting.record.bytes[0]);
                    }
                }
                lane.put_back(again);
            }
            prop_assert_eq!(taken.values().map(Vec::len).sum::<usize>(), keys.len());
            prop_assert!(taken.values().all(|numbers| numbers.is_sorted()));
        }
    }
}
