//! What ingest works with.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tokio::sync::Semaphore;

use crate::access::Scope;
use crate::answer::Failure;
use crate::limit::Limit;
use crate::settings::Settings;

/// What ingest works with; store, streams, keyring, currency and clock are those of scoring.
pub struct Context {
    pub(crate) score: Arc<weir_score::Context>,
    pub(crate) settings: Settings,
    /// One permit a byte of body that may still be taken in.
    pub(crate) bytes_left: Arc<Semaphore>,
    /// Records that wait behind this door, as far as it was told.
    waiting: AtomicU64,
    /// Why nothing is taken in, if so.
    held: RwLock<Option<String>>,
    pub(crate) taken: Taken,
}

/// Counters since the process started.
#[derive(Debug, Default)]
pub(crate) struct Taken {
    pub(crate) transactions: AtomicU64,
    pub(crate) labels: AtomicU64,
    pub(crate) rejected: AtomicU64,
    pub(crate) labels_rejected: AtomicU64,
    pub(crate) sent_away: AtomicU64,
}

/// The counters at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counted {
    /// Transactions published.
    pub transactions: u64,
    /// Labels published.
    pub labels: u64,
    /// Items rejected.
    pub rejected: u64,
    /// Of these labels.
    pub labels_rejected: u64,
    /// Requests told to come back later.
    pub sent_away: u64,
}

impl Context {
    /// A context over that of scoring. Check the settings first: [`Settings::validate`].
    pub fn new(score: Arc<weir_score::Context>, settings: Settings) -> Self {
        let bytes_left = Arc::new(Semaphore::new(settings.max_bytes_in_flight.min(Semaphore::MAX_PERMITS)));
        Self {
            score,
            settings,
            bytes_left,
            waiting: AtomicU64::new(0),
            held: RwLock::default(),
            taken: Taken::default(),
        }
    }

    /// Lets a request in to a route beside ingest's own, if it may do one of these things; else the answer it gets.
    ///
    /// # Errors
    /// The answer to give: 401 or 403 in the form of every other refusal.
    #[expect(clippy::result_large_err, reason = "the answer is what the caller gives back")]
    pub fn admit(&self, headers: &HeaderMap, scopes: &[Scope]) -> Result<(), Response> {
        let mut refusal = None;
        for scope in scopes {
            match self.settings.access.check(headers, *scope) {
                Ok(_limit) => return Ok(()),
                Err(failure) => refusal = Some(failure),
            }
        }
        refusal.map_or(Ok(()), |failure| Err(failure.into_response()))
    }

    /// Says how many records the slowest consumer of what is taken in has before it. Over
    /// [`Settings::max_waiting`] nothing more is taken until it has caught up.
    pub fn set_waiting(&self, records: u64) {
        self.waiting.store(records, Ordering::Relaxed);
    }

    /// Says why nothing is taken in for now, not even to be decided at once; `None` opens the door again.
    pub fn hold(&self, reason: Option<String>) {
        *self.held.write().unwrap_or_else(PoisonError::into_inner) = reason;
    }

    /// Lets a sender in, unless its key has sent its share, or too much waits already. Who waits for a decision is
    /// not held back by what others have sent in bulk: it is made in place.
    pub(crate) fn let_in(&self, headers: &HeaderMap, scope: Scope) -> Result<Option<Arc<Limit>>, Failure> {
        let limit = self.settings.access.check(headers, scope)?;
        let waiting = self.waiting.load(Ordering::Relaxed);
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner).clone();
        let refused = match &limit {
            _ if held.is_some() => held.map(Failure::held),
            _ if scope == Scope::Ingest && waiting > self.settings.max_waiting => {
                Some(Failure::behind(waiting))
            }
            Some(limit) => limit.admit(self.score.now()).err().map(Failure::over_limit),
            None => None,
        };
        match refused {
            Some(failure) => {
                count(&self.taken.sent_away, 1);
                Err(failure)
            }
            None => Ok(limit),
        }
    }

    /// Bytes of bodies in work now, and how many may be.
    pub fn bytes_in_flight(&self) -> (usize, usize) {
        let limit = self.settings.max_bytes_in_flight.min(Semaphore::MAX_PERMITS);
        (limit.saturating_sub(self.bytes_left.available_permits()), limit)
    }

    /// What this process has taken in since it started.
    pub fn counted(&self) -> Counted {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Counted {
            transactions: read(&self.taken.transactions),
            labels: read(&self.taken.labels),
            rejected: read(&self.taken.rejected),
            labels_rejected: read(&self.taken.labels_rejected),
            sent_away: read(&self.taken.sent_away),
        }
    }
}

pub(crate) fn count(counter: &AtomicU64, number: usize) {
    counter.fetch_add(number as u64, Ordering::Relaxed);
}
