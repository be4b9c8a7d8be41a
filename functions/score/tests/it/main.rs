//! Scoring as its callers see it, over memory adapters.

mod concurrency;
mod dead_letters;
mod deciding;
mod faults;
mod labels;
mod refold;
mod support;
mod transactions;
