//! Scoring as its callers see it, over memory adapters and the embedded store.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail as tests do")]

mod clock;
mod concurrency;
mod dead_letters;
mod deciding;
mod embedded;
mod faults;
mod interleaving;
mod labels;
mod refold;
mod segments;
mod support;
mod transactions;
