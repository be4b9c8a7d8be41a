//! What an answer means for its request.

use std::time::Duration;

use serde::Deserialize;

use super::connection::{Answer, NoAnswer};
use super::feed::Job;
use super::tally::Errors;
use crate::client::{Rejected, message};

/// What is done with a request once it was sent.
pub(super) enum Meaning {
    /// It was taken, but for the items that were not.
    Taken(Batch),
    /// It is wrong as it is; with the reason.
    Refused(String),
    /// Not now; with the time to wait, if the answer says one.
    Again(Option<Duration>),
}

/// What is read of the answer to a batch.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Batch {
    pub(super) accepted: u64,
    pub(super) rejected: Vec<Rejected>,
}

/// Reads an answer, and counts what went wrong by its kind.
pub(super) fn meaning(job: &Job, answer: Result<Answer, NoAnswer>, errors: &mut Errors) -> Meaning {
    match answer {
        Ok(answer) if (200..300).contains(&answer.status) => Meaning::Taken(batch(job, &answer)),
        Ok(answer) if answer.status == 429 => {
            errors.busy += 1;
            Meaning::Again(answer.retry_after)
        }
        Ok(answer) if answer.status >= 500 => {
            errors.server += 1;
            Meaning::Again(answer.retry_after)
        }
        Ok(answer) => {
            errors.refused += 1;
            let value = serde_json::from_slice(&answer.body).unwrap_or_default();
            Meaning::Refused(format!("status {}: {}", answer.status, message(&value)))
        }
        Err(NoAnswer::TimedOut) => {
            errors.timeouts += 1;
            Meaning::Again(None)
        }
        Err(NoAnswer::Broken) => {
            errors.broken += 1;
            Meaning::Again(None)
        }
    }
}

/// A decision is the answer to the one transaction that was sent; anything else is a batch.
fn batch(job: &Job, answer: &Answer) -> Batch {
    if job.path == "/score" {
        return Batch { accepted: job.items, rejected: Vec::new() };
    }
    serde_json::from_slice(&answer.body).unwrap_or_default()
}
