//! Several senders at once, who remember what was acknowledged.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::Value;
use weir_events::Transaction;

use crate::process::Weir;
use crate::shop::lines;

/// Pause of a sender who was sent away.
const AGAIN: Duration = Duration::from_millis(50);

/// What came back.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Ids of transactions that were acknowledged.
    pub acknowledged: BTreeSet<String>,
    /// Outcomes that `POST /score` answered, by id.
    pub decided: BTreeMap<String, Value>,
    /// Answers by status.
    pub statuses: BTreeMap<u16, u64>,
    /// Messages of answers that were failures.
    pub failures: BTreeSet<String>,
}

/// What is left to send, and what became of the rest.
#[derive(Clone)]
pub struct Load(Arc<Mutex<State>>);

struct State {
    left: VecDeque<Vec<Transaction>>,
    tally: Tally,
}

/// A request in a sender's hands; what is not acknowledged goes back, whatever ends the sender.
struct Held<'a> {
    load: &'a Load,
    request: Vec<Transaction>,
    is_scored: bool,
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        if !self.request.is_empty() {
            self.load.state().left.push_front(std::mem::take(&mut self.request));
        }
    }
}

impl Load {
    /// All of these.
    pub fn new(requests: Vec<Vec<Transaction>>) -> Self {
        Self(Arc::new(Mutex::new(State { left: requests.into(), tally: Tally::default() })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Requests that are not acknowledged yet and in nobody's hands.
    pub fn left(&self) -> usize {
        self.state().left.len()
    }

    /// What came back so far.
    pub fn tally(&self) -> Tally {
        self.state().tally.clone()
    }

    /// Sends with so many senders until nothing is left or the system does not answer. Every fifth request goes to
    /// `/score`, order by order.
    pub async fn send(&self, system: &Weir, senders: usize) {
        self.send_slowly(system, senders, Duration::ZERO).await;
    }

    /// The same, each sender at most one request in `pace`.
    pub async fn send_slowly(&self, system: &Weir, senders: usize, pace: Duration) {
        let sender = |_| self.send_one_by_one(system, pace);
        let mut waiting: Vec<_> = (0..senders).map(sender).map(Box::pin).collect();
        std::future::poll_fn(|context| {
            waiting.retain_mut(|sender| sender.as_mut().poll(context).is_pending());
            if waiting.is_empty() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
        })
        .await;
    }

    async fn send_one_by_one(&self, system: &Weir, pace: Duration) {
        loop {
            let next = Instant::now() + pace;
            let Some(mut held) = self.take() else { return };
            let taken = if held.is_scored {
                self.score(system, &held.request).await
            } else {
                self.publish(system, &held.request).await
            };
            match taken {
                Some(true) => held.request.clear(),
                Some(false) => {
                    drop(held);
                    tokio::time::sleep(AGAIN).await;
                }
                None => return,
            }
            tokio::time::sleep_until(next.into()).await;
        }
    }

    fn take(&self) -> Option<Held<'_>> {
        let mut state = self.state();
        let is_scored = state.left.len().is_multiple_of(5);
        state.left.pop_front().map(|request| Held { load: self, request, is_scored })
    }

    async fn publish(&self, system: &Weir, request: &[Transaction]) -> Option<bool> {
        let answer = system.post("/transactions?replay=true", "application/x-ndjson", lines(request)).await;
        let (status, answer) = self.count(answer)?;
        if status == 202 {
            assert_eq!(answer["accepted"], request.len(), "{answer}");
            let ids = request.iter().map(|transaction| transaction.order.transaction_id.clone());
            self.state().tally.acknowledged.extend(ids);
        }
        Some(status == 202)
    }

    async fn score(&self, system: &Weir, request: &[Transaction]) -> Option<bool> {
        for transaction in request {
            let answer = system.post("/score?replay=true", "application/json", transaction.to_json()).await;
            let (status, answer) = self.count(answer)?;
            if status != 200 {
                return Some(false);
            }
            let tally = &mut self.state().tally;
            tally.acknowledged.insert(transaction.order.transaction_id.clone());
            let outcome = answer["outcome"].clone();
            let first = tally
                .decided
                .entry(transaction.order.transaction_id.clone())
                .or_insert_with(|| outcome.clone());
            assert_eq!(*first, outcome, "`{}` was decided twice", transaction.order.transaction_id);
        }
        Some(true)
    }

    fn count(&self, answer: Option<(u16, Value)>) -> Option<(u16, Value)> {
        let (status, answer) = answer?;
        let tally = &mut self.state().tally;
        *tally.statuses.entry(status).or_default() += 1;
        if status >= 400 {
            tally.failures.insert(answer["error"]["message"].as_str().unwrap_or("no message").to_owned());
        }
        Some((status, answer))
    }
}
